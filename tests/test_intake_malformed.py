"""Malformed input: refused in sentences, all problems of all files at once."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from curation.intake.lexical import fault
from curation.intake.problems import MOST_KEPT, Problem, Refused
from curation.intake.read import read

COUNT = "source,events,total\n"


def refusal(*paths: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        read(list(paths))
    return refused.value


def only(*paths: Path) -> str:
    """The sentence of the one problem."""
    (problem,) = refusal(*paths).problems
    return problem.sentence


def put(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


# one per malformed cell, row or header: content of count.csv, and what the one sentence must say
SHEETS = {
    "unknown column": ("source,event\na,5\n", ["row 1", "the column 'event'", "did you mean 'events'?"]),
    "unknown column, nothing close": ("source,events,zzz\na,5,\n", ["the column 'zzz'", "a field of count (record,"]),
    "missing required column": ("events\n5\n6\n", ["row 1", "no column of that name", "the column source"]),
    "duplicate header": ("source,events,events\na,5,5\n", ["row 1", "the column 'events' a second time"]),
    "headers that differ in case": ("source,events,Events \na,5,5\n", ["'Events '", "the first is 'events'"]),
    "a header cell left blank over cells": ("source,events,\na,5,6\n", ["row 1", "the column ''"]),
    "not a number": (
        COUNT + "a,5,6\na,fifteen,6\n",
        ["count.csv, row 3, column events: found 'fifteen', expected a number of people", "such as 22, or NR"],
    ),
    "a percentage among counts": (COUNT + "a,5%,6\n", ["found '5%', which is a percentage, expected a number of"]),
    "several numbers in a cell": (COUNT + "a,5/6,6\n", ["found '5/6', which holds 2 numbers ('5', '6'), expected one"]),
    "a unit that does not belong": (COUNT + "a,5 mg,6\n", ["found '5 mg', which carries the unit 'mg'"]),
    "one reading of an unclear cell": (COUNT + "a,24|x?,6\n", ["found '24|x?', in which 'x' is not a printed number"]),
    "not in the code list": (
        "source,events,estimator\na,5,kaplanmeier\n",
        ["column estimator: found 'kaplanmeier', expected one of proportion", "did you mean 'kaplan_meier'?"],
    ),
    "an unknown decimal mark": (
        'source,events,decimal_mark,printed\na,"5,5x",dot,5/6\n',
        ["column decimal_mark: found 'dot', expected one of point, comma"],
    ),
    "a comma that is no decimal mark here": ('source,percent\na,"42,3"\n', ["column percent: found '42,3'"]),
    "missing key cell": (COUNT + " ,5,6\n", ["row 2, column source: found nothing", "such as 'zhong-2021'"]),
    "too few cells": (COUNT + "a,5\n", ["row 2: found 2 cells, expected 3, as in the header"]),
    "too many cells": (COUNT + "a,1,623,700\n", ["found 4 cells, expected 3", "needs quotation marks"]),
    "a quotation mark never closed": (COUNT + 'a,5,6\na,"5,6\n', ["row 3", "never closed (it opens on line 3)"]),
    "text after a closing quotation mark": (COUNT + 'a,"5"x,6\n', ["row 2", "after the closing quotation mark"]),
    "a NUL character": (COUNT + "a,5\0,6\n", ["row 2, column events: found the character NUL in '5\\x00'"]),
    "a huge cell": ("source,events,note\na,5," + "x" * 2001 + "\n", ["column note: found 2001 characters ('xxx"]),
    "a cell beyond any size": (
        "source,events,note\na,5," + "x" * 200_000 + "\n",
        ["row 2: found a cell of more than", "at most 2000 characters"],
    ),
    "a formula": (COUNT + "a,=SUM(B2:B9),6\n", ["found the formula '=SUM(B2:B9)'", "values, not its formulas"]),
    "a record that states nothing": (
        "source,events,estimator,page\na,,kaplan_meier,5\n",
        ["row 2: found a count that states nothing", "at least one of events, total, episodes, percent"],
    ),
    "a composite that cannot be split": (
        "source,printed\na,about half\n",
        ["column printed: found 'about half', expected a cell of several numbers"],
    ),
    "a composite whose part is not readable": (
        "source,printed\na,22.5% of 40\n",
        ["column printed: found '22.5% of 40', whose events would be '22.5%', which is a percentage"],
    ),
    "columns separated by semicolons": ("source;events\na;5\n", ["columns separated by semicolons", "by commas"]),
    "columns separated by tabs": ("source\tevents\na\t5\n", ["columns separated by tabs"]),
    "an id two records share": (
        "source,record,events\na,x,5\na,x,6\n",
        ["row 3, column record: found 'x', which count.csv, row 2 has too"],
    ),
    "not UTF-8": (
        b"source,note,events\na,ok,5\na,caf\xe9,6\n",
        ["found the byte 0xE9 on line 3 (byte 32 of the file)", "UTF-8"],
    ),
    "UTF-16": (codecs.BOM_UTF16_LE + (COUNT + "a,5,6\n").encode("utf-16-le"), ["found text in UTF-16", "UTF-8"]),
    "an empty file": ("", ["count.csv: found an empty file, expected a header"]),
    "a file of blanks": ("\ufeff \r\n\n", ["found an empty file"]),
}  # fmt: skip


@pytest.mark.parametrize("case", SHEETS)
def test_a_malformed_sheet_is_refused_with_one_sentence(tmp_path, case):
    content, said = SHEETS[case]
    sentence = only(put(tmp_path, "count.csv", content))
    assert sentence.startswith("count.csv")
    for part in said:
        assert part in sentence


ONE = '{"source": "a", "events": "5"}'
DOCUMENTS = {
    "syntax": ("a.json", '{"count": [\n  {"source": "a",}\n]}', ["a mistake at line 2, column ", "expected valid JSON"]),
    "not an object": ("a.json", f"[{ONE}]", ["a.json: found a list, expected an object of lists by kind"]),
    "nothing in it": ("a.json", "{}", ["found an empty object"]),
    "empty": ("a.json", " ", ["found an empty file, expected at least one record"]),
    "unknown kind": ("a.json", f'{{"counts": [{ONE}]}}', ["found the kind 'counts'", "did you mean 'count'?"]),
    "not a list": ("a.json", f'{{"count": {ONE}}}', ["column count: found an object, expected a list of objects"]),
    "not a record": ("a.json", '{"count": ["5"]}', ["a.json, count, row 1: found '5', expected an object"]),
    "a number": (
        "a.json", '{"count": [{"source": "a", "events": 5, "percent": "12%"}, {"source": "a", "percent": 12.0}]}',
        ["row 1, column events: found the number 5", 'row 2, column percent: found the number 12.0, expected text in '
         'quotes, "12.0"; a bare number loses its trailing zeros'],
    ),
    "a huge number": ("a.json", '{"count": [{"source": "a", "events": ' + "9" * 5000 + "}]}", ["the number 9999"]),
    "not a number at all": ("a.json", '{"count": [{"source": "a", "events": NaN}]}', ["found the number NaN"]),
    "true": ("a.json", '{"count": [{"source": true, "events": "5"}]}', ["column source: found true, expected text"]),
    "nested": ("a.json", '{"count": [{"source": "a", "events": {"n": "5"}}]}', ["column events: found an object"]),
    "a key twice": ("a.json", '{"count": [{"source": "a", "source": "b", "events": "5"}]}', ["the key 'source' twice"]),
    "keys that differ in case": ("a.json", '{"count": [{"source": "a", "Source": "b", "p": "1"}]}', ["'Source' again"]),
    "a kind twice": ("a.json", f'{{"count": [{ONE}], "count": [{ONE}]}}', ["the key 'count' twice"]),
    "unknown field": ("a.json", '{"count": [{"source": "a", "totl": "5", "p": "1"}]}', ["did you mean 'total'?"]),
    "missing key": ("a.json", '{"count": [{"events": "5"}]}', ["row 1, column source: found nothing"]),
    "half a character": ("a.json", '{"count": [{"source": "\\ud800", "p": "1"}]}', ["half of a character pair"]),
    "too deep": ("a.json", "[" * 200_000, ["nested too deeply"]),
    "syntax on a line": ("a.jsonl", '\n{"kind": "count"\n', ["a.jsonl, line 2: found a mistake at column "]),
    "a line without a kind": ("a.jsonl", ONE, ["line 1, column kind: found nothing, expected one of source, study"]),
    "a line of an unknown kind": ("a.jsonl", '{"kind": "coutn"}', ["found 'coutn'", "did you mean 'count'?"]),
    "a kind twice on a line": ("a.jsonl", '{"kind": "count", "kind": "count", ' + ONE[1:], ["the key 'kind' twice"]),
    "a line that is no object": ("a.jsonl", "[]", ["line 1: found a list, expected an object with a kind"]),
    "a wrong cell on a line": (
        "a.jsonl", '{"kind": "count", ' + ONE[1:] + '\n{"kind": "count", "source": "a", "events": "x"}\n',
        ["a.jsonl, line 2, column events: found 'x'"],
    ),
    "a document not in UTF-8": ("a.jsonl", b'{"kind": "count", "source": "\xe9", "p": "1"}', ["the byte 0xE9"]),
}  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_malformed_document_is_refused(tmp_path, case):
    name, content, said = DOCUMENTS[case]
    refused = refusal(put(tmp_path, name, content))
    assert len(refused.problems) == (2 if case == "a number" else 1), refused.summary
    for part in said:
        assert part in refused.summary


def test_a_file_that_is_not_there(tmp_path):
    assert only(tmp_path / "none.csv").endswith(
        "none.csv: found no such file or folder, expected a folder of CSV files, or an .xlsx, .ods, .csv, .json or .jsonl file"
    )


def test_no_file_at_all():
    assert refusal().problems == [
        Problem("input", None, None, "no file", "a folder of CSV files, or an .xlsx, .ods, .csv, .json or .jsonl file")
    ]


@pytest.mark.parametrize("name", ["data.xls", "data.parquet", "data"])
def test_a_file_of_another_format(tmp_path, name):
    sentence = only(put(tmp_path, name, "x"))
    assert ".csv, .json or .jsonl" in sentence
    assert ("save the workbook" in sentence) == (name == "data.xls")


@pytest.mark.parametrize("alone", [True, False])
def test_a_csv_file_that_is_named_like_no_kind(tmp_path, alone):
    file = put(tmp_path, "counts.csv", COUNT)
    sentence = only(file if alone else tmp_path)
    assert "found the file name 'counts.csv', expected one of source.csv, study.csv," in sentence
    assert sentence.endswith("did you mean 'count'?")


def test_a_folder_without_csv_files(tmp_path):
    put(tmp_path, "README.md", "x")
    assert "found a folder without CSV files, expected at least one of source.csv, study.csv" in only(tmp_path)


def test_a_link_to_nothing_is_not_passed_over(tmp_path):
    (tmp_path / "count.csv").symlink_to(tmp_path / "gone.csv")
    assert "count.csv: found something that is not a file" in only(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens but cannot be read")
def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "count.csv").symlink_to("/proc/self/mem")
    assert "count.csv: found a file that cannot be read (" in only(tmp_path)


def test_every_problem_of_every_file_is_listed_in_order(tmp_path):
    put(tmp_path, "source.csv", "source,titel,type\na,T,artcle\n")
    put(tmp_path, "count.csv", COUNT + "a,fifteen,many\n,=A1,5\na,5\na,,\n")
    put(tmp_path, "paper/count.csv", b"source,events\n\xe9,x\n")
    put(tmp_path, "odd.csv", "x")
    put(tmp_path, "study.csv", "")
    places = [(each.file, each.row, each.column) for each in refusal(tmp_path, tmp_path / "none.json").problems]
    assert places[-1:] != places[:1]
    assert sorted(places, key=str) == sorted(
        [
            ("source.csv", 1, None), ("source.csv", 1, None), ("source.csv", 2, "type"),
            ("count.csv", 2, "events"), ("count.csv", 2, "total"), ("count.csv", 3, "source"),
            ("count.csv", 3, "events"), ("count.csv", 4, None), ("count.csv", 5, None),
            ("paper/count.csv", None, None), ("paper/count.csv", 2, "events"),
            ("odd.csv", None, None), ("study.csv", None, None), (str(tmp_path / "none.json"), None, None),
        ],
        key=str,
    )  # fmt: skip
    in_count = [row for file, row, _ in places if file == "count.csv"]
    assert in_count == sorted(in_count)


def test_a_thousand_problems_are_kept_and_all_are_counted(tmp_path):
    put(tmp_path, "count.csv", COUNT + "a,x,y\n" * 5000)
    refused = refusal(tmp_path)
    assert len(refused.problems) == MOST_KEPT
    assert refused.total == 10_000
    assert refused.summary.endswith("\nand 9000 more")


@pytest.mark.parametrize("name", ["count.csv", "a.json"])
def test_an_unknown_column_does_not_hide_the_other_problems(tmp_path, name):
    as_json = json.dumps({"count": [{"soruce": "a", "events": "x"}, {"soruce": "a", "printed": "5%/6"}]})
    put(tmp_path, name, "soruce,events,printed\na,x,\na,,5%/6\n" if name == "count.csv" else as_json)
    said = [(each.column, "soruce" in each.found) for each in refusal(tmp_path / name).problems]
    missing = [(None, False)] if name == "count.csv" else [("source", False), ("source", False)]
    assert sorted(said, key=str) == sorted([(None, True)] * (1 if name == "count.csv" else 2) + missing
                                           + [("events", False), ("printed", False)], key=str)  # fmt: skip


def test_a_cell_is_complained_of_once(tmp_path):
    """A required cell that is a formula is not missing as well, and a garbled number does not make a record empty."""
    put(tmp_path, "count.csv", COUNT + "=A1,=B1,\n")
    assert [each.column for each in refusal(tmp_path).problems] == ["source", "events"]


@pytest.mark.parametrize("cell", ["+5.2", "-5", "=0.05", "<0.001", "= 5", "+.5", "-", "+ve margins", "p=0.05"])
def test_printed_numbers_and_words_are_no_formulas(cell):
    assert fault(cell) is None


@pytest.mark.parametrize(
    "cell", ["=SUM(A1)", "=A1", "=(1+2)", "+A1+A2", "+(1)", "@SUM(A1)", "=cmd|' /C calc'!A0", "+sum(a1)", "= A1 * 2"]
)
def test_formulas_are_formulas(cell):
    assert fault(cell) is not None


def test_the_sentence_names_file_row_column_found_and_expected():
    problem = Problem("count.csv", 14, "events", "'fifteen'", "a number of people")
    assert problem.sentence == "count.csv, row 14, column events: found 'fifteen', expected a number of people"
    assert Problem("a.jsonl", 3, None, "x", "y").sentence == "a.jsonl, line 3: found x, expected y"
    assert Refused([problem]).total == 1


@pytest.mark.parametrize("kind", ["flow", "appraisal"])
def test_a_composite_of_a_kind_that_does_not_split_is_no_number(tmp_path, kind):
    row = {"source": "a", "printed": "325", "diagram": "prisma", "node": "identified", "tool": "RoB 2"}
    model_fields = {"flow": ("diagram", "node"), "appraisal": ("tool",)}[kind]
    given = {name: row[name] for name in ("source", "printed", *model_fields)}
    file = put(tmp_path, "a.json", json.dumps({kind: [given]}))
    assert f"found a {kind} that states nothing" in only(file).replace("an appraisal", "a appraisal")
