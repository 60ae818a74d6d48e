"""Sound inputs of every kind, to be broken: small files as other programs write them, from the builders of the other tests."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import openpyxl
import readers_case
import registry_case
import revman_case
import test_aact_tables
import test_covidence
import test_frames
import test_frames_robvis
import test_prisma
import test_redcap
import test_srdr

from curation.exchange.frames_mapping import COLUMNS
from curation.workbook.template import write_template
from fuzz.pieces import EVERYTHING, NUMBERS, PROSE
from schemas.kinds.base import Declared
from schemas.registry import KINDS

TESTS = Path(__file__).resolve().parents[1]
EXAMPLES = TESTS.parent / "examples"
Seeds = tuple[bytes, ...]


def texts(several: tuple[str, ...]) -> Seeds:
    """Texts as bytes, half characters too."""
    return tuple(each.encode("utf-8", "surrogatepass") for each in several)


def numbers() -> Seeds:
    """Printed numbers."""
    return texts(NUMBERS)


def columns() -> Seeds:
    """Printed numbers, one a line."""
    return texts(
        ("\n".join(each for each in NUMBERS if len(each) < 30), "\n".join(["39.0%", "1,623", "−0.53", "0.049"] * 5))
    )


def prose() -> Seeds:
    """Sentences with statistics."""
    return texts((*PROSE, "".join(PROSE[:4]), *EVERYTHING[:20]))


def example(kind: str) -> dict[str, str]:
    """The example of every field of a kind."""
    model: type[Declared] = KINDS[kind]
    return {each.name: each.example for each in model.fields()}


def csv_of(rows: list[list[str]], separator: str = ",") -> bytes:
    """Rows as a CSV text."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def table(kind: str) -> Seeds:
    """A CSV file of a kind: its example row, three rows with a few cells, the header alone, published rows."""
    one = example(kind)
    required = [each.name for each in KINDS[kind].fields() if each.required]
    printed = [each.name for each in KINDS[kind].printed_fields()][:3]
    few = [*required, *printed]
    rows = [few, *([one[name] for name in few] for _ in range(3))]
    published = sorted(EXAMPLES.rglob(f"{kind}.csv"))[:2]
    short = tuple(b"".join(each.read_bytes().splitlines(keepends=True)[:8]) for each in published)
    return (csv_of([list(one), list(one.values())]), csv_of(rows), csv_of(rows[:1]), csv_of(rows, ";"), *short)


def objects() -> Seeds:
    """JSON intake."""
    small = {
        kind: [{name: text for name, text in example(kind).items() if text}]
        for kind in ("source", "study", "count", "effect")
    }
    return (
        json.dumps(small).encode(),
        json.dumps({"count": [{"source": "a", "events": "22", "total": "52"}] * 3}).encode(),
        b"{}",
    )


def lines() -> Seeds:
    """JSON Lines intake."""
    rows = [
        {"kind": kind, **{name: text for name, text in example(kind).items() if text}}
        for kind in ("source", "study", "count", "mean")
    ]
    return ("\n".join(map(json.dumps, rows)).encode(), b'{"kind": "count", "source": "a", "events": "22"}\n' * 3)


@cache
def workbooks() -> Seeds:
    """The extraction workbook, filled in, and a plain workbook with two sheets."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "extraction.xlsx"
        write_template(path)
        book = openpyxl.load_workbook(path)
        for name in list(book.sheetnames):
            if name.casefold() not in {"source", "count", "study"}:
                del book[name]
        filled = book["count"]
        header = {str(cell.value): cell.column for row in filled.iter_rows(max_row=1) for cell in row}
        for name, text in {"source": "a", "events": "22", "total": "52", "percent": "42.3%"}.items():
            filled.cell(filled.max_row + (name == "source"), header[name], text)
        book.save(path)
        whole = path.read_bytes()
    plain = openpyxl.Workbook()
    sheet = plain.active
    sheet.title = "count"
    for row in (["source", "events", "total", "percent"], ["a", 22, 52, 0.423], ["b", "NR", "=1+1", "42.3%"]):
        sheet.append(row)
    sheet["D2"].number_format = "0.0%"
    out = io.BytesIO()
    plain.save(out)
    return (whole, out.getvalue())


@cache
def ods() -> Seeds:
    """An OpenDocument workbook."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    sheet = Table(name="count")
    for row in (["source", "events", "total"], ["a", "22", "52"], ["b", "NR", "42"]):
        line = TableRow()
        for text in row:
            cell = TableCell(valuetype="string", numbercolumnsrepeated=1)
            cell.addElement(P(text=text))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    book.write(out)
    return (out.getvalue(),)


TABLE = (
    "<table><thead><tr><th>Outcome</th><th colspan='2'>Drug (n = 52)</th></tr></thead><tbody><tr><td rowspan='2'>Response</td>"
    "<td>22 (42.3%)</td><td>0.79 (0.66–0.94)</td></tr><tr><td>61.5 ± 9.2</td><td>&lt;0.001</td></tr></tbody></table>"
)


def jats() -> Seeds:
    """Articles in JATS."""
    body = "".join(f"<p>{each.replace('<', '&lt;')}</p>" for each in PROSE[:5])
    math = "<p>χ<sup>2</sup>(1) = 3.84 <inline-formula><mml:math><mml:mi>p</mml:mi><mml:mo>=</mml:mo><mml:mn>.05</mml:mn></mml:math></inline-formula></p>"
    return (
        readers_case.jats(body + readers_case.wrapped(TABLE, "<p>* P &lt; 0.05</p>")),
        readers_case.jats(math),
        b"<article><body><p>6 of 60 (10%)</p></body></article>",
    )


def html() -> Seeds:
    """Pages."""
    body = "".join(f"<p>{each.replace('<', '&lt;')}</p>" for each in PROSE[:5])
    return (
        f"<!doctype html><html><body><h2>Results</h2>{body}{TABLE}</body></html>".encode(),
        (EXAMPLES / "article" / "trial.html").read_bytes(),
    )


def plain_texts() -> Seeds:
    """Articles as pdftotext leaves them."""
    return (
        b"Results\n\n" + "\n".join(PROSE).encode(),
        b"Table 1. Outcomes\nOutcome   Drug (n = 52)   Placebo (n = 50)\nResponse  22 (42.3%)      10 (20.0%)\nAge       61.5 (9.2)      60.1 (8.8)\n\nText.\f",
        b"Abstract\n\nSix fell.\n\n1. Doe J. 1999;3:12.\n\x0c2 Methods\n\na\tb\tc\n1\t2\t3\n",
    )


@cache
def word() -> Seeds:
    """Word files."""
    made = docx.Document()
    made.add_heading("Results", 1)
    made.add_paragraph(PROSE[0])
    cells = made.add_table(2, 2)
    cells.cell(0, 0).text, cells.cell(0, 1).text, cells.cell(1, 0).text, cells.cell(1, 1).text = (
        "Outcome",
        "Drug",
        "Falls",
        "6 (10.0)",
    )
    out = io.BytesIO()
    made.save(out)
    return (out.getvalue(), (TESTS / "documents" / "article.docx").read_bytes())


def pdfs() -> Seeds:
    """PDF files: one as a program writes it, one by hand."""
    stream = b"BT /F1 12 Tf 72 700 Td (Response in 22 of 52 patients \\(42.3%\\)) Tj 0 -20 Td (p = 0.049) Tj ET"
    by_hand = (
        b"%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1"
        b"/BaseFont/Helvetica>>>>>>>>\nendobj\n4 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%%%EOF"
        % (len(stream), stream)
    )
    return (by_hand, by_hand, (TESTS / "documents" / "trial.pdf").read_bytes())


def _some_cases() -> list:
    kinds: dict[str, object] = {}
    for each in revman_case.cases():
        kinds.setdefault(each.type, each)
        each.rows = each.rows[:4]
    return list(kinds.values())


@cache
def rm5() -> Seeds:
    """RevMan 5 reviews, one of each type of outcome."""
    several = _some_cases()
    return (revman_case.rm5(several), revman_case.rm5(several[:1]))


@cache
def revman_csv() -> Seeds:
    """RevMan 5, as CSV."""
    made = revman_case.five(_some_cases())
    return (made if isinstance(made, bytes) else str(made).encode(),)


@cache
def revman_web() -> Seeds:
    """RevMan Web packages."""
    return (revman_case.web(_some_cases()), revman_case.web(_some_cases()[:1], nested=True))


def ctgov() -> Seeds:
    """Registry records."""
    return (
        json.dumps(registry_case.trial()).encode(),
        json.dumps(test_aact_tables.STUDY).encode(),
        json.dumps(registry_case.trial(results=False)).encode(),
    )


@cache
def aact() -> Seeds:
    """AACT's flat files in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in test_aact_tables.TABLES.items():
            made.writestr(f"{name}.txt", "\n".join(line.strip() for line in text.strip().splitlines()) + "\n")
    return (out.getvalue(),)


def covidence() -> Seeds:
    """Covidence's export."""
    return (csv_of([test_covidence.HEADER, test_covidence.ANA, test_covidence.BO, test_covidence.OTHER]),)


def mapped() -> Seeds:
    """A mapping beside a table (which stays as it is)."""
    rows = [
        dict.fromkeys(COLUMNS, "") | {"position": str(at), "column": name}
        for at, name in enumerate(("Study", "Events", "Total"), 1)
    ]
    rows[0] |= {"kind": "study", "field": "label"}
    rows[1] |= {"kind": "count", "field": "events", "arm": "Drug", "outcome": "Falls"}
    rows[2] |= {"kind": "count", "field": "total", "arm": "Drug", "outcome": "Falls"}
    return (csv_of([list(COLUMNS), *([row[name] for name in COLUMNS] for row in rows)]),)


def frames() -> Seeds:
    """Tables of metafor and meta."""
    other = b"studlab,mean.e,sd.e,n.e,mean.c,sd.c,n.c\nA 2001,5.0,1.20,30,4.5,1.1,28\n"
    third = b"study\tyi\tvi\tsei\nA\t0.5\t0.04\t0.2\nB\t-0.1\t0.01\t0.1\n"
    return (test_frames.COUNTS.encode(), other, third)


def robvis() -> Seeds:
    """Risk-of-bias tables."""
    return (test_frames_robvis.ROB2.encode(),)


def _written(make: object) -> bytes:
    with TemporaryDirectory() as folder:
        return make(Path(folder)).read_bytes()  # type: ignore[operator]  # a builder of the other tests


@cache
def prisma() -> Seeds:
    """PRISMA diagrams."""
    return (_written(lambda folder: test_prisma.diagram(folder, **test_prisma.FULL)),)


@cache
def redcap() -> Seeds:
    """REDCap's export."""
    rows = [*test_redcap.entries("1--1", "22"), *test_redcap.entries("1--2", "23")]
    columns = list(dict.fromkeys(name for row in rows for name in row if name not in test_redcap.HEAD.split(",")))
    return (_written(lambda folder: test_redcap.export(folder, rows, columns)),)


@cache
def srdr() -> Seeds:
    """SRDR+'s workbook."""
    rows = (
        [test_srdr.DESC, *test_srdr.described("Drug", ("Total (N analyzed)", "52"), ("Events", "22"))]
        if hasattr(test_srdr, "DESC")
        else [["x"]]
    )
    return (_written(lambda folder: test_srdr.workbook(folder, desc=rows)),)


def package() -> Seeds:
    """The descriptor of a data package."""
    resource = {
        "name": "count",
        "path": "count.csv",
        "schema": {"fields": [{"name": "source", "type": "string"}, {"name": "events", "type": "integer"}]},
    }
    return (json.dumps({"name": "p", "resources": [resource]}).encode(),)


def arguments() -> Seeds:
    """Command lines."""
    return texts((
        "check --select COUNT-002", "check --fail-on never --format json", "rules COUNT-002", "rules", "fields count", "fields",
        "history --as-of 2026-05-01T12:00", "history --as-of 7", "pool --model random --tau2 REML", "waive 3f9a2c81 --reason x",
        "query open 3f9a2c81 text --who EF", "reconcile --decide count-1a2b3c4d events A --reason x --by EF", "proposals --source a",
        "export --for metafor", "intake --extractor AB", "scan --format json --jobs 1", "account add ana --role extractor",
    ))  # fmt: skip
