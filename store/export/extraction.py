"""Whose extraction the dataset holds: what several people agree on, or what one person extracted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from schemas.registry import RECORDS


@dataclass(frozen=True, slots=True)
class Extraction:
    """Who extracted the records, by name; no name where it is not known."""

    by: tuple[str, ...] = ()

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table]) -> Extraction:
        """The extractors of the records in these tables."""
        named = [tables[kind].column("extractor") for kind in RECORDS if "extractor" in tables[kind].column_names]
        return cls(tuple(sorted({each for column in named for each in column.unique().to_pylist() if each})))

    @property
    def consensus(self) -> bool:
        """Whether several people extracted, so that records go out only where at least two agree."""
        return len(self.by) > 1

    @property
    def said(self) -> str:
        """In words, for the people and programs that read the dataset.

        >>> Extraction(("AB", "CD")).said, Extraction(("AB",)).said, Extraction().said
        ('consensus of AB, CD', 'single extraction by AB', 'single extraction')
        """
        if self.consensus:
            return f"consensus of {', '.join(self.by)}"
        return f"single extraction by {self.by[0]}" if self.by else "single extraction"
