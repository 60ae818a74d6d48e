"""The clean dataset as other programs want it: further files beside its tables, one adapter per program."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from schemas.programs import PROGRAMS

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One program and how its files are made.

    ``make`` takes the tables of the clean dataset by resource name and returns file names and their bytes. Equal
    tables give equal bytes. What a program cannot take is named, with the reason, in a file ``NAME-left-out.csv``.
    """

    name: str
    title: str
    make: Callable[[Tables], dict[str, bytes]]


def _make(module: str, tables: Tables) -> dict[str, bytes]:
    """Load the adapter when it is used: a list of names should cost nothing."""
    made: dict[str, bytes] = importlib.import_module(f"{__name__}.{module}").make(tables)
    return made


ADAPTERS: dict[str, Adapter] = {name: Adapter(name, title, partial(_make, name)) for name, title in PROGRAMS.items()}
"""Name -> adapter. Each has a module of its name in this folder, with a function ``make``."""
