"""What the commands share: refusals become sentences, progress goes to stderr."""

from __future__ import annotations

import functools
import getpass
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import duckdb
import pyarrow as pa

from curation.engine.registry import rules, select
from curation.engine.rule import MalformedRule, Rule
from curation.intake.problems import Refused
from curation.spark.errors import CannotCheck
from pooling.errors import CannotPool
from schemas.thresholds import UnknownSetting
from store.errors import StoreError
from store.opening import shows_damage
from store.transaction import first_line

Act = TypeVar("Act", bound=Callable[..., Any])
SHOWN = 200
"""Problems listed in the terminal before the rest is only counted."""


def refusing(act: Act) -> Act:
    """Wrap a command: bad input ends in sentences on stderr and exit code 2, never in a traceback."""

    @functools.wraps(act)
    def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passes a command's own arguments through
        try:
            return act(*args, **kwargs)
        except Refused as refused:
            _list_problems(refused)
        except (StoreError, MalformedRule, UnknownSetting, CannotPool, CannotCheck) as error:
            click.echo(f"curation: {error}", err=True)
        except duckdb.Error as error:
            if not shows_damage(error):
                raise
            click.echo(f"curation: the review cannot be read ({first_line(error)}); restore it from a backup", err=True)
        except KeyError as error:
            click.echo(f"curation: {error.args[0] if error.args else error}", err=True)
        except OSError as error:
            click.echo(f"curation: {error.filename or ''}: {error.strerror or error}", err=True)
        sys.exit(2)

    return wrapped  # type: ignore[return-value]  # same signature as the command


def _list_problems(refused: Refused) -> None:
    for problem in refused.problems[:SHOWN]:
        click.echo(problem.sentence, err=True)
    total = refused.total
    more = f" (the first {SHOWN} are listed)" if total > SHOWN else ""
    click.echo(f"curation: {total} problem{'' if total == 1 else 's'}{more}; nothing was taken in", err=True)


def chosen_rules(folder: Path | None, wanted: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of a run: the bundled ones and those of a folder, narrowed to what is wanted."""
    return select(rules(*([folder] if folder else [])), wanted)


def came_in(tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """How many of each kind there are."""
    return {kind: len(table) for kind, table in tables.items() if len(table)}


def whoever(given: str | None) -> str:
    """The name given, or the name of the account."""
    return given or getpass.getuser()


def moment_of(text: str | None) -> int | datetime | None:
    """What --as-of says: a revision number or a time; a time without a zone is UTC."""
    if text is None or text.isdigit():
        return None if text is None else int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise KeyError(f"--as-of {text!r} is neither a revision number nor a time such as 2026-05-01T12:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Progress:
    """Progress on stderr, only for a person and only when it takes a while."""

    def __init__(self, after: float = 1.0, doing: str = "checking") -> None:
        self.doing = doing
        self.start = time.monotonic()
        self.after = after
        self.shown = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far the work is; ``total`` is 0 where it is not known."""
        now = time.monotonic()
        if sys.stderr.isatty() and now - self.start > self.after and now - self.shown > 0.2:
            self.shown = now
            of_all = f" of {total:,}" if total else " rows"
            click.echo(f"\r\x1b[K{self.doing} {what}: {done:,}{of_all}", err=True, nl=False)

    def close(self) -> None:
        """Clear the line."""
        if self.shown:
            click.echo("\r\x1b[K", err=True, nl=False)
