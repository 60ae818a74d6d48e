"""The formats that can be read: every module of this package that declares a FORMAT."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import curation.readers
from curation.readers.reader import Reader


@cache
def readers() -> tuple[Reader, ...]:
    """All of them, in the order in which they are asked."""
    modules = (
        importlib.import_module(f"curation.readers.{each.name}")
        for each in pkgutil.iter_modules(curation.readers.__path__)
    )
    found = [module.FORMAT for module in modules if isinstance(getattr(module, "FORMAT", None), Reader)]
    return tuple(sorted(found, key=lambda one: (one.rank, one.name)))


def readable() -> str:
    """What can be read, as a message says it."""
    named = [f"{each.title} ({', '.join(each.suffixes)})" for each in sorted(readers(), key=lambda one: one.title)]
    return ", ".join(named[:-1]) + f" or {named[-1]}"
