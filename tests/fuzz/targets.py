"""What is fuzzed: every parser with its seeds, how they are broken, and what must hold of whatever it makes of them.

``run`` returns the outcome in a few words, the same for inputs that go the same way; anything it raises is a defect.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pyarrow as pa

from curation.exchange.formats import named, recognise
from curation.exchange.imported import Imported
from curation.exchange.reading import bundle_of, told_apart
from curation.intake.bundle import Bundle
from curation.intake.problems import Problem, Refused
from curation.intake.read import read
from curation.intake.references import references
from curation.readers.document import Document, Table
from curation.readers.read import read_document
from curation.scan.grammar.prose import read_prose
from curation.scan.judge import scan_document
from curation.scan.statements import statements
from fuzz import seeds
from fuzz.mutate import Change, decoded, of_archive, of_bytes, of_csv, of_json, of_markup, of_numbers, of_prose, of_text
from schemas import grammar, quantities
from schemas.plain_numbers import plain
from schemas.printed import Malformed, Mark, Printed, parse
from schemas.statistics_text import read_statistic, statistics_in

QUANTITIES = (
    quantities.COUNT, quantities.PERCENT, quantities.PROPORTION, quantities.NUMBER, quantities.NONNEGATIVE, quantities.TIME, quantities.P_VALUE,
)  # fmt: skip
MARKS: tuple[Mark, ...] = get_args(Mark)


@dataclass(frozen=True)
class Target:
    """A parser that is fuzzed. ``share`` is its part of about a thousand inputs of a full run: small ones are the most."""

    name: str
    title: str
    share: float
    seeds: Callable[[], seeds.Seeds]
    changes: tuple[Change, ...]
    run: Callable[[bytes, Path], str]
    longest: float = 1.0
    """Seconds of computing that one input may take."""


# Texts


def printed(data: bytes, _: Path) -> str:
    """A printed number, as two quantities; which, and with which decimal mark, follows from the input."""
    text, turn = _text(data), sum(data)
    mark, outcome = MARKS[turn % 5 == 0], ""
    for quantity in (quantities.NUMBER, QUANTITIES[turn % len(QUANTITIES)]):
        try:
            one = parse(text, quantity, mark)
        except Malformed as problem:
            said = str(problem)
            assert said
            assert "\n" not in said, f"no sentence: {said!r}"
            outcome = outcome or " ".join(said.rsplit("'", 1)[-1].split()[:4])
        else:
            _holds(one, text)
            outcome = outcome or f"{one.status} {one.relation} {one.unit}"
    return outcome


def composite(data: bytes, _: Path) -> str:
    """Several numbers in one cell, taken apart."""
    text = _text(data)
    parts = [grammar.split(text, mark) for mark in MARKS]
    assert all(part.text in text for several in parts for part in several), "a part is not in the text"
    return " ".join(part.role for part in max(parts, key=len))


def _holds(one: Printed, text: str) -> None:
    """The text is kept, and its interval contains what is printed and lies within wider readings."""
    assert one.text == str(one) == text, "not verbatim"
    for each in one.candidates or (one,):
        half = each.interval()
        assert (half is None) == (each.value is None)
        if each.value is None or half is None:
            continue
        exact, coarse, cut = Fraction(each.value), each.interval("coarse"), each.interval("truncated")
        assert coarse is not None
        assert cut is not None
        assert coarse[0] <= half[0] <= exact <= half[1] <= coarse[1], "the interval leaves the number out"
        assert cut[0] <= exact <= cut[1], "cut off, the interval leaves the number out"
        assert not math.isnan(float(half[0]))


def columns(data: bytes, _: Path) -> str:
    """Many numbers at a time, against the grammar one by one."""
    texts = [each for each in _text(data).split("\n") if not any("\ud800" <= sign <= "\udfff" for sign in each)][:100]
    outcome = set()
    for mark in MARKS:
        for quantity in QUANTITIES:
            found, derived = plain(pa.array(texts, pa.string()), quantity, mark)
            rows = zip(
                *(
                    derived[name].to_pylist()
                    for name in ("value", "low", "high", "decimals", "unit", "status", "relation")
                ),
                strict=True,
            )
            for text, row in zip(
                [text for text, is_plain in zip(texts, found, strict=True) if is_plain], rows, strict=True
            ):
                one = parse(text, quantity, mark)
                ends = one.interval()
                assert one.value is not None
                assert ends is not None
                assert row == (
                    float(Fraction(one.value)),
                    float(ends[0]),
                    float(ends[1]),
                    one.decimals,
                    one.unit,
                    one.status,
                    one.relation,
                ), f"{text!r} {row}"
                outcome.add((quantity.name, one.unit))
    return " ".join(sorted(f"{name}{unit}" for name, unit in outcome))


def statistic(data: bytes, _: Path) -> str:
    """A test statistic in a cell, and all of them in a text."""
    text, kinds = _text(data), []
    for mark in MARKS:
        fields = read_statistic(text, mark)
        assert all(isinstance(cell, str) and cell for cell in fields.values())
        for start, end, found in statistics_in(text, mark):
            assert 0 <= start < end <= len(text), "out of the text"
            kinds.append(found["statistic_type"])
        kinds += fields
    return " ".join(sorted(set(kinds)))


def prose(data: bytes, _: Path) -> str:
    """Statistics in running text."""
    text = _text(data)
    found, unread = read_prose(text)
    for one in (*found, *unread):
        assert 0 <= one.start <= one.end <= len(text), "out of the text"
    return " ".join(sorted({one.kind for one in found} | {one.why for one in unread}))


# Files


def _taken_in(name: str) -> Callable[[bytes, Path], str]:
    def run(data: bytes, folder: Path) -> str:
        path = folder / name
        path.write_bytes(data)
        try:
            bundle = read([path])
        except Refused as refused:
            return _refusal(refused)
        _derived(bundle)
        return (
            "taken in "
            + " ".join(f"{kind}{bool(len(one))}" for kind, one in bundle.tables.items())
            + _refusal_of(references(bundle, {}))
        )

    return run


def _derived(bundle: Bundle) -> None:
    """Derived tables say the texts they were made of."""
    for kind, texts in bundle.texts.items():
        one = bundle.tables[kind]
        assert len(texts) == len(one)
        for batch in texts.batches():
            assert batch.schema.names


def _imported(name: str, form: str, beside: dict[str, bytes] | None = None) -> Callable[[bytes, Path], str]:
    def run(data: bytes, folder: Path) -> str:
        for each in folder.glob("*.mapping.csv"):
            each.unlink()
        for other, given in (beside or {}).items():
            (folder / other).write_bytes(given)
        path = folder / name
        path.write_bytes(data)
        target = (
            folder
            if name == "datapackage.json"
            else next((folder / other for other in (beside or {}) if name.endswith(".mapping.csv")), path)
        )
        try:
            known = recognise(target)
            one = (known or named(form)).read(target)
        except Refused as refused:
            return _refusal(refused)
        return f"{known.name if known else None} " + _of_import(one)

    return run


def _of_import(one: Imported) -> str:
    """What was imported goes the way of an intake, and all of it is accounted for."""
    rows = sum(map(len, one.rows.values()))
    taken = bundle_of(*told_apart([(one.file, one)]))
    account = taken.accounts[0]
    assert account.rows == rows + len(one.leftovers) == account.taken + account.again + account.left, "rows are lost"
    for left in taken.leftovers:
        _sentence(left.sentence.replace("\n", " "))
        assert left.found, "a leftover of nothing"
        assert left.why, "a leftover without a reason"
    return f"{sorted(one.rows)} {len(one.leftovers) > 0} {sorted({_short(left.why) for left in taken.leftovers})[:3]}"


def _document(name: str) -> Callable[[bytes, Path], str]:
    def run(data: bytes, folder: Path) -> str:
        path = folder / name
        path.write_bytes(data)
        try:
            document = read_document(path)
        except Refused as refused:
            return _refusal(refused)
        _sound(document)
        found, unread = statements(document, "x")
        return f"{document.format} {sorted({one.kind for one in found})} {sorted({_short(one.why) for one in unread})[:3]} {[_short(each) for each in document.remarks][:3]}"

    return run


def _sound(document: Document) -> None:
    document.text.encode()
    for part in document.parts:
        if isinstance(part, Table):
            covered = sum(cell.rows * cell.columns for cell in part.cells)
            assert covered == sum(1 for row in part.grid() for cell in row if cell is not None), "cells overlap"


def scanned(data: bytes, folder: Path) -> str:
    """A page, read and asked every rule that needs no more than the print."""
    path = folder / "page.html"
    path.write_bytes(data)
    try:
        scan = scan_document(read_document(path), "page")
    except Refused as refused:
        return _refusal(refused)
    for one in scan.checked.findings:
        assert not one.rule.startswith("ENGINE"), one.message
    return " ".join(sorted({one.rule for one in scan.checked.findings}))


def called(data: bytes, folder: Path) -> str:
    """A command line, on a review that is there."""
    from click.testing import CliRunner

    from curation.cli import curation
    from store.review import Review

    review = folder / "fuzz.duckdb"
    if not review.exists():
        with Review.create(review):
            pass
    text = "".join(sign for sign in _text(data) if sign not in "\0" and not "\ud800" <= sign <= "\udfff")[:300]
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    command = (
        words[0]
        if words and words[0] in {"history", "waive", "query", "proposals", "reconcile", "rules", "fields", "pool"}
        else "rules"
    )
    rest = [
        word
        for word in words[1:]
        if not word.startswith(("--out", "--plots", "--redcap", "--rules", "--doc", "--source"))
    ]
    on = [] if command in {"rules", "fields"} else [str(folder / "no") if command == "pool" else str(review)]
    if command == "query":
        on = [rest.pop(0) if rest else "list", *on]
    if command == "export":
        on = [*on, str(folder / "out")]
    done = CliRunner().invoke(curation, [command, *on, *rest])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code in (0, 1, 2), done.exit_code
    assert "Traceback" not in done.output
    return f"{command} {done.exit_code} {_short(done.output.splitlines()[-1]) if done.output.strip() and done.exit_code == 2 else ''}"


# What is asked of every refusal


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass") if _is_passable(data) else decoded(data)


def _is_passable(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _sentence(text: str) -> None:
    assert text.strip(), "nothing is said"
    assert not re.search(r"\n|Traceback", text), f"no sentence: {text!r}"


def _refusal(refused: Refused) -> str:
    assert refused.total >= len(refused.problems) > 0, "refused without a problem"
    return "refused" + _refusal_of(refused.problems)


def _refusal_of(problems: Iterable[Problem]) -> str:
    for each in problems:
        assert all(part.strip() for part in (each.file, each.found, each.expected)), f"says too little: {each}"
        assert each.row is None or each.row >= 1, f"no such row: {each}"
        _sentence(each.sentence)
        each.sentence.encode()
    return " " + " + ".join(sorted({_short(f"{each.found}, {each.expected}") for each in problems})[:3])


def _short(text: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"|[0-9][0-9,.]*|\([^)]*\)|[^ -~]", "_", text)[:60]


DATA = b"source,events\na,22\nb,NR\n"
SHEET = b"Study,Events,Total\nKim 2004,22,52\nLee 2005,nine,50\n"

TARGETS = (
    Target("printed", "printed numbers, one by one", 872, seeds.numbers, of_numbers, printed),
    Target("composite", "several numbers in a cell", 115, seeds.numbers, of_numbers, composite),
    Target("columns", "printed numbers, columns at a time", 0.2, seeds.columns, of_text, columns),
    Target("statistic", "test statistics in cells and texts", 4, seeds.prose, of_prose, statistic),
    Target("prose", "statistics in prose", 1.2, seeds.prose, of_prose, prose),
    Target("csv-count", "CSV intake, counts", 0.6, lambda: seeds.table("count"), of_csv, _taken_in("count.csv")),
    Target(
        "csv-pooled", "CSV intake, pooled results", 0.4, lambda: seeds.table("pooled"), of_csv, _taken_in("pooled.csv")
    ),
    Target("csv-arm", "CSV intake, arms", 0.4, lambda: seeds.table("arm"), of_csv, _taken_in("arm.csv")),
    Target("json", "JSON intake", 0.6, seeds.objects, of_json, _taken_in("review.json")),
    Target("jsonl", "JSON Lines intake", 0.4, seeds.lines, (*of_json[:1], *of_text), _taken_in("review.jsonl")),
    Target("xlsx", "extraction workbook (XLSX)", 0.3, seeds.workbooks, of_archive, _taken_in("book.xlsx")),
    Target("ods", "OpenDocument workbook", 0.3, seeds.ods, of_archive, _taken_in("book.ods")),
    Target("jats", "articles in JATS XML", 0.8, seeds.jats, of_markup, _document("article.xml")),
    Target("html", "pages in HTML", 0.4, seeds.html, of_markup, _document("page.html")),
    Target("text", "articles in plain text", 0.3, seeds.plain_texts, of_text, _document("article.txt")),
    Target("docx", "Word files", 0.3, seeds.word, of_archive, _document("article.docx")),
    Target(
        "pdf", "PDF files", 0.2, seeds.pdfs, of_bytes, _document("article.pdf"), longest=4.0
    ),  # 50 microseconds a character, and pages have up to 40,000
    Target("book", "tables of articles in a workbook", 0.3, seeds.workbooks, of_archive, _document("tables.xlsx")),
    Target("scan", "pages scanned, with all rules", 0.03, seeds.html, of_markup, scanned),
    Target("rm5", "RevMan 5 reviews", 0.3, seeds.rm5, of_markup, _imported("review.rm5", "revman-5")),
    Target("revman-csv", "RevMan 5 CSV", 0.15, seeds.revman_csv, of_csv, _imported("review.csv", "revman-5-csv")),
    Target(
        "revman-web", "RevMan Web packages", 0.15, seeds.revman_web, of_archive, _imported("review.zip", "revman-web")
    ),
    Target("ctgov", "ClinicalTrials.gov JSON", 0.15, seeds.ctgov, of_json, _imported("trial.json", "ctgov")),
    Target("aact", "AACT flat files", 0.05, seeds.aact, of_archive, _imported("aact.zip", "aact")),
    Target("covidence", "Covidence exports", 0.3, seeds.covidence, of_csv, _imported("export.csv", "covidence")),
    Target(
        "mapped",
        "mappings of other tables",
        0.3,
        seeds.mapped,
        of_csv,
        _imported("sheet.mapping.csv", "mapped", {"sheet.csv": SHEET}),
    ),
    Target("frames", "tables of metafor and meta", 0.3, seeds.frames, of_csv, _imported("table.csv", "frames")),
    Target("robvis", "robvis tables", 0.3, seeds.robvis, of_csv, _imported("rob.csv", "robvis")),
    Target("prisma", "PRISMA diagrams", 0.3, seeds.prisma, of_csv, _imported("flow.csv", "prisma")),
    Target("redcap", "REDCap exports", 0.3, seeds.redcap, of_csv, _imported("redcap.csv", "redcap")),
    Target("srdr", "SRDR+ workbooks", 0.2, seeds.srdr, of_archive, _imported("srdr.xlsx", "srdr")),
    Target(
        "package",
        "data packages",
        0.3,
        seeds.package,
        of_json,
        _imported("datapackage.json", "data-package", {"count.csv": DATA}),
    ),
    Target("arguments", "command lines", 0.05, seeds.arguments, of_text, called),
)
BY_NAME = {each.name: each for each in TARGETS}


def shares(inputs: int) -> dict[str, int]:
    """How many of so many inputs every parser gets, at least one each."""
    whole = sum(each.share for each in TARGETS)
    return {each.name: max(1, math.ceil(inputs * each.share / whole)) for each in TARGETS}
