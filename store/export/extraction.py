"""Whose extraction the dataset holds: what several people agree on, or what one person extracted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pyarrow as pa

from schemas.registry import RECORDS
from store.consensus import CONSENSUS


@dataclass(frozen=True, slots=True)
class Extraction:
    """Who extracted the records, by name; no name where it is not known."""

    by: tuple[str, ...] = ()
    models: frozenset[str] = frozenset()
    """Names that are language models, among these or not."""

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table], models: Collection[str] = ()) -> Extraction:
        """The extractors of the records in these tables; ``models`` are the names of language models."""
        named = [tables[kind].column("extractor") for kind in RECORDS if "extractor" in tables[kind].column_names]
        people = {each for column in named for each in column.unique().to_pylist() if each} - {CONSENSUS}
        return cls(tuple(sorted(people)), frozenset(models))

    @property
    def consensus(self) -> bool:
        """Whether several people extracted, so that records go out only where at least two agree."""
        return len(self.by) > 1

    @property
    def said(self) -> str:
        """In words, for the people and programs that read the dataset.

        >>> Extraction(("AB", "CD")).said, Extraction(("AB",)).said, Extraction().said
        ('consensus of AB, CD', 'single extraction by AB', 'single extraction')
        >>> Extraction(("gpt", "llama"), frozenset({"gpt", "llama"})).said
        'consensus of gpt (a language model), llama (a language model); no person extracted'
        """
        named = [f"{each} (a language model)" if each in self.models else each for each in self.by]
        if self.consensus:
            alone = "; no person extracted" if self.models.issuperset(self.by) else ""
            return f"consensus of {', '.join(named)}{alone}"
        return f"single extraction by {named[0]}" if named else "single extraction"
