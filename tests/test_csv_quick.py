"""The quick reader of CSV files and the careful one say the same of every file that the quick one is given."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.intake import csv_quick, csv_scan, csv_sheets
from curation.intake.csv_scan import told_apart_quickly
from curation.intake.files import InputFile
from curation.intake.problems import Problems
from curation.intake.stack import stack

signs = st.text(st.sampled_from('ab,"\n\r é\0 \t'), max_size=40)
cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6) | st.sampled_from(
    ['"', "a,b", "x\ny", ""]
)


def written(rows, ending, *, always):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ending, quoting=csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL).writerows(rows)
    return out.getvalue()


bodies = signs | st.builds(
    written,
    st.lists(st.lists(cells, max_size=4), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    always=st.booleans(),
)
headers = st.sampled_from(
    ["source,events,note", "source,events", "events,,source,", "source,evnts,evnts", '"source",events,note']
)


def sheets_of(file, *, quick):
    problems = Problems()
    if quick:
        found = list(csv_sheets.csv_sheets(file, problems))
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_sheets, "told_apart_quickly", lambda _: False)
            found = list(csv_sheets.csv_sheets(file, problems))
    if not found:
        return None, said(problems)
    one = stack("count", found)
    columns = {name: column.to_pylist() for name, column in one.cells.items()}
    quiet = {name: mask.tolist() for name, mask in one.quiet.items()}
    return (one.rows.tolist(), columns, quiet, one.doubtful.tolist()), said(problems)


def said(problems):
    return sorted(each.sentence for each in problems.kept)


@settings(max_examples=cases(400), deadline=None)
@given(headers, st.sampled_from(["\n", "\r\n"]), bodies, st.booleans())
@example("source,events,note", "\n", 'a,"5\n6",\n\n ,\n,,\n1,2,3,4\n"x""y",",",""\n', False)
@example("source,events,note", "\n", "", False)
@example("events,,source,", "\n", "1,2,3,4\n5,,6,\n,,,7", False)
@example("source,events,note", "\n", 'a,"5"6,\n', False)
@example("source,events,note", "\n", 'a,b"c,"d"\n', False)
@example("source,events,note", "\n", "a,1,2\n ,\u2003,\x1c\n", True)
def test_both_readers_say_the_same(tmp_path_factory, header, ending, body, mark):
    path = tmp_path_factory.getbasetemp() / "count.csv"
    path.write_bytes((b"\xef\xbb\xbf" if mark else b"") + (header + ending + body).encode())
    file = InputFile(path, "count.csv")
    assert sheets_of(file, quick=True) == sheets_of(file, quick=False)


@pytest.mark.parametrize("block", [3, 7, 64])
def test_blocks_of_any_size_are_looked_at_alike(tmp_path, monkeypatch, block):
    contents = [
        b'source,events\na,"5\n6"\nb,"x""y"\n', "source,note\né,ü\n".encode(), b"source,events\r\na,5\r\n",
        b'source,events\na,"5\n', b"source,note\n\xc3,a\n", b"source,events\ra,5\r", b'source\n"a"b\n', b"source",
    ]  # fmt: skip
    expected = [True, True, True, False, False, False, False, False]
    monkeypatch.setattr(csv_scan, "BLOCK", block)
    for content, quickly in zip(contents, expected, strict=True):
        (tmp_path / "count.csv").write_bytes(content)
        assert told_apart_quickly(tmp_path / "count.csv") == quickly, content


def test_a_file_of_many_blocks_is_numbered_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_quick, "BLOCK", 200)
    lines = [
        "" if number % 7 == 0 else "a,b" if number % 11 == 0 else f'r{number},{number},"a\n,b"'
        for number in range(2, 400)
    ]
    path = tmp_path / "count.csv"
    path.write_text("\n".join(["source,events,note", *lines]) + "\n", encoding="utf-8")
    file = InputFile(path, "count.csv")
    assert told_apart_quickly(path)
    quick, complaints = sheets_of(file, quick=True)
    assert (quick, complaints) == sheets_of(file, quick=False)
    assert quick[1]["source"] == [f"r{number}" for number in quick[0]]
    assert len(complaints) == sum(number % 11 == 0 and number % 7 != 0 for number in range(2, 400))


def test_most_files_are_for_the_quick_reader(tmp_path):
    path = tmp_path / "count.csv"
    path.write_text('source,events,note\na,5,"a ""quoted"" word, and a\nline"\n', encoding="utf-8-sig")
    assert told_apart_quickly(path)
    (numbers, columns, _), *_ = csv_quick.quick_rows(path, 3)
    assert (numbers.tolist(), [pa.array(each).to_pylist() for each in columns][2]) == (
        [2],
        ['a "quoted" word, and a\nline'],
    )
