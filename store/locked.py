"""What every DuckDB connection of ours is started with: it reaches the file it was given, and nothing else."""

from __future__ import annotations

Setting = str | bool | int | float | list[str]


def locked(*, files: bool = False) -> dict[str, Setting]:
    """Settings of a connection that no query can leave or change.

    No other file, no network, no ATTACH, no extension that is not built in, whatever a query says. ``files``: files may
    be read all the same, by a connection whose queries are constants.
    """
    return {
        "enable_external_access": str(files).lower(),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "lock_configuration": "true",
    }
