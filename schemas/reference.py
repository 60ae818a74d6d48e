"""Reference face of the models: the field reference page, and its terminal form for ``curation fields``."""

from __future__ import annotations

import textwrap

from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS, RECORDS

WIDTH = 100
"""Columns of the terminal form."""

_INTRODUCTION = """\
# Fields

Every kind of record and every field, as declared in `schemas/kinds`. This page is derived from the declarations.

A cell holds the text that the source prints, verbatim: `39.0%`, `<0.001`, `1,623`. Where there is no number it holds
`NR` (not reported), `NA` (not applicable), `NE` (not estimable) or `not reached`; a cell that cannot be read with
certainty holds its possible readings and a question mark: `24|9?`. Fields marked **key** say what a record is about:
two records with equal keys at different places are one fact printed twice.
"""


def reference_page() -> str:
    """The field reference as Markdown: per kind, each field with its meaning, type, unit, example and duty."""
    kinds = ["## Kinds\n", *(f"- [{kind}](#{kind}): {_first_line(model)}" for kind, model in KINDS.items())]
    shared = ["\n## Fields of every record\n", "Every record kind has these.\n", *_table(_shared())]
    sections = [line for model in KINDS.values() for line in _section(model)]
    codes = ["\n## Code lists\n", *(line for name in CODES for line in _code_list(name))]
    return "\n".join([_INTRODUCTION, *kinds, *shared, *sections, *codes]).rstrip() + "\n"


def fields_text(kind: str | None = None) -> str:
    """The fields of a kind as terminal text; without a kind, the kinds there are.

    Raises ValueError, with a sentence, for an unknown kind.
    """
    if kind is None:
        wide = max(map(len, KINDS))
        lines = [f"{name:{wide}}  {_first_line(model)}" for name, model in KINDS.items()]
        hint = "curation fields KIND lists the fields of one kind, as in: curation fields count"
        return "\n".join([*lines, "", hint])
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a kind of record; the kinds are {', '.join(KINDS)}")
    model = KINDS[kind]
    head = f"{kind}: {_first_line(model)}"
    return "\n".join([head, *(line for each in model.fields() for line in _entry(each))])


def _shared() -> list[FieldFacts]:
    return Record.fields()


def _own(model: type[Declared]) -> list[FieldFacts]:
    return model.own_fields() if issubclass(model, Record) else model.fields()


def _section(model: type[Declared]) -> list[str]:
    note = ["", "Besides the [fields of every record](#fields-of-every-record):"] if model.kind in RECORDS else []
    about = " ".join((model.__doc__ or "").split())
    return [f"\n## {model.kind}\n", about, *note, "", *_table(_own(model))]


def _table(fields: list[FieldFacts]) -> list[str]:
    head = [
        "| field | meaning | type or allowed values | unit | example | required, key, default |",
        "|---|---|---|---|---|---|",
    ]
    return head + ["| " + " | ".join(map(_cell, _columns(each))) + " |" for each in fields]


def _columns(field: FieldFacts) -> list[str]:
    return [
        f"`{field.name}`",
        field.meaning,
        _linked_type(field),
        field.unit,
        f"`{field.example}`" if field.example else "",
        _duties(field),
    ]


def _linked_type(field: FieldFacts) -> str:
    if field.codes:
        return f"one of [{field.codes}](#{_anchor(field.codes)})"
    if field.refers_to:
        return f"{_ids(field)} of the [{KINDS[field.refers_to].label_plural}](#{field.refers_to})"
    return field.type_name


def _plain_type(field: FieldFacts) -> str:
    return f"{_ids(field)} of the {KINDS[field.refers_to].label_plural}" if field.refers_to else field.type_name


def _ids(field: FieldFacts) -> str:
    return "ids of some" if field.several else "id of one"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _duties(field: FieldFacts) -> str:
    duties = [word for word, due in (("required", field.required), ("key", field.key)) if due]
    return ", ".join(duties + ([f"default: {field.default}"] if field.default else []))


def _anchor(name: str) -> str:
    return f"codes-{name.replace('_', '-')}"


def _code_list(name: str) -> list[str]:
    rows = [f"| `{_cell(code)}` | {_cell(meaning)} |" for code, meaning in CODES[name].items()]
    return [f'<a id="{_anchor(name)}"></a>\n\n### {name}\n', "| code | meaning |", "|---|---|", *rows, ""]


def _entry(field: FieldFacts) -> list[str]:
    unit = f", in {field.unit}" if field.unit and field.unit != "%" else ""
    facts = [_duties(field), f"{_plain_type(field)}{unit}", f"e.g. {field.example}" if field.example else ""]
    detail = "; ".join(each for each in facts if each)
    wrap = textwrap.TextWrapper(WIDTH, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False)
    return ["", f"  {field.name}", *wrap.wrap(field.meaning + "."), *wrap.wrap(detail)]


def _first_line(model: type[Declared]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]
