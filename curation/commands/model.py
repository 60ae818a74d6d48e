"""Intake from a language model: it is marked as one, quotes every record, and its quotes are looked up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import pyarrow as pa
import pyarrow.compute as pc

from curation.commands.common import chosen_rules
from curation.intake.bundle import Bundle
from curation.intake.problems import Problems
from schemas.model_output import NOT_FOR_MODELS
from schemas.registry import KINDS, RECORDS
from store.extractors import MODEL
from store.review import Review

Act = TypeVar("Act", bound=Callable[..., Any])
NAMED = 5
"""Sources without text that are named before the rest is only counted."""


def model_options(act: Act) -> Act:
    """The options of intake for what a language model extracted: ``model`` and ``texts``."""
    model = click.option(
        "--model", is_flag=True, help="The extractor is a language model: every record must carry a quote."
    )
    texts = click.option(
        "--documents",
        "texts",
        type=click.Path(path_type=Path),
        help="Folder with the texts of the sources, for the quote check; always asked of a model.",
    )
    return model(texts(act))


def as_model(store: Review, bundle: Bundle, extractor: str, *, model: bool) -> bool:
    """Whether a language model extracted this; if so, it is marked as one and held to what is asked of models.

    An extractor once marked as a model stays one. Raises Refused with every record that has no quote.
    """
    if not model and store.extractor_kinds().get(extractor) != MODEL:
        return False
    problems = Problems()
    for kind, table in bundle.tables.items():
        if kind in NOT_FOR_MODELS and len(table):
            problems.add(*bundle.place(kind, 0), None, f"a {kind} from a model", f"no {kind}; that is for people")
        if kind in RECORDS:
            _demand_quotes(bundle, kind, table, problems)
    problems.refuse()
    store.declare_extractor(extractor, MODEL, who=extractor)
    return True


def _demand_quotes(bundle: Bundle, kind: str, table: pa.Table, problems: Problems) -> None:
    silent = pc.is_null(table.column("quote")).to_pylist()
    for index in (index for index, one in enumerate(silent) if one):
        expected = "the words around the number, verbatim; a model quotes every record"
        problems.add(*bundle.place(kind, index), "quote", "no quote", expected)


def quotes_looked_up(store: Review, bundle: Bundle, extractor: str, texts: Path | None) -> str:
    """What the quote rules find in the records just taken in, as text. What has been waived is said to be."""
    from curation.commands.check import judged
    from curation.decisions import decide
    from curation.report.text import full_text

    tables = {kind: _just_in(bundle, kind, table) for kind, table in store.tables(extractor=extractor).items()}
    checked = judged(tables, chosen_rules(None, ["QUOTE"]), texts)
    checked, _ = decide(checked, store.waivers())
    return "\n".join(["Quotes:", full_text(checked).rstrip(), *_without_text(tables, texts)])


def _just_in(bundle: Bundle, kind: str, table: pa.Table) -> pa.Table:
    if kind not in RECORDS:
        return table
    taken = bundle.tables[kind].column("record") if kind in bundle.tables else pa.array([], pa.string())
    return table.filter(pc.is_in(table.column("record"), value_set=pa.array(taken.to_pylist(), pa.string())))


def _without_text(tables: dict[str, pa.Table], texts: Path | None) -> list[str]:
    """Which sources of the records could not be looked into, and what to do about it."""
    asked = {one for kind in RECORDS for one in tables[kind].column("source").unique().to_pylist()}
    named = {row["source"]: row["document"] for row in tables["source"].select(["source", "document"]).to_pylist()}
    lacking = sorted(
        one for one in asked if texts is None or not named.get(one) or not (texts / str(named[one])).is_file()
    )
    if not lacking:
        return []
    more = f" and {len(lacking) - NAMED:,} more" if len(lacking) > NAMED else ""
    return [
        f"No text to look quotes up in for {', '.join(lacking[:NAMED])}{more}: name the file in the document field of "
        f"the {KINDS['source'].label_plural}, and its folder with --documents."
    ]
