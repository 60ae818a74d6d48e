"""A whole review with workbooks and the command line alone: two people type a table, a third settles it, a fourth asks."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from walk_case import COLUMNS, LEFT_OUT, PLANTED, SOURCE, first_extraction, read, second_extraction

from curation.cli import curation
from curation.workbook.marks import COLOURS
from store.consensus import CONSENSUS
from store.review import Review

CLASSES = dict(zip(PLANTED, ("digits", "rounding", "missing", "factor", "value"), strict=True))
CR, _, NO_TOTAL, NO_POINT, OTHER_ARM = PLANTED
BAD = "eleven percent"
BEFORE = 4
"""The revision before the first decision: two intakes, two submissions."""


def key_of(row):
    return row["study"], row["arm"], row["outcome"]


class Desk:
    """A folder with a review, its workbooks, and the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.review = folder, folder / "r.duckdb"

    def run(self, command, *arguments, code=0):
        done = CliRunner().invoke(curation, [command, *map(str, arguments)])
        assert done.exit_code == code, (command, arguments, done.output, done.exception)
        return done

    def on(self, command, *arguments, code=0):
        return self.run(command, self.review, *arguments, code=code)

    def typed(self, name, counts):
        """The template filled in, as text, from the first free row."""
        book = openpyxl.load_workbook(self.folder / "book.xlsx")
        rows = {
            "source": [row for row in read("source.csv") if row["source"] == SOURCE],
            "study": read(f"{SOURCE}/study.csv"),
            "arm": read(f"{SOURCE}/arm.csv"),
            "outcome": [*read("outcome.csv"), *read(f"{SOURCE}/outcome.csv")],
            "count": [{"source": SOURCE, "section": "Table 1"} | row for row in counts],
        }
        for kind, lines in rows.items():
            head = [cell.value for cell in book[kind][1]]
            assert {name for line in lines for name in line} <= set(head), kind
            for line in lines:
                book[kind].append([line.get(each) or None for each in head])
        book.save(self.folder / name)
        return self.folder / name

    def differences(self, code):
        return json.loads(self.on("reconcile", "--format", "json", code=code).stdout)

    def decide(self, record, field, chosen, reason, code=1):
        return self.on("reconcile", "--decide", record, field, chosen, "--reason", reason, "--by", "cara", "--no-agreement", code=code)  # fmt: skip


def cells_marked(file):
    book = openpyxl.load_workbook(file)
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.fill.fgColor.rgb[2:], cell.comment.text)
        for sheet in book
        if sheet.title in ("source", "study", "arm", "outcome", "count")
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.comment
    }


def table(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = Desk(tmp_path_factory.mktemp("walk"))
    made.run("init", made.review)
    made.run("template", made.folder / "book.xlsx")
    return made


@pytest.fixture(scope="module")
def refused(desk):
    """Ana's workbook is taken in; Ben's has one bad cell."""
    desk.on("intake", desk.typed("ana.xlsx", first_extraction()), "--extractor", "ana")
    bad = second_extraction()
    bad[2]["percent"] = BAD
    done = desk.on("intake", desk.typed("ben.xlsx", bad), "--extractor", "ben", code=2)
    return done.output, cells_marked(desk.folder / "ben.checked.xlsx"), desk.on("history").stdout.splitlines()


@pytest.fixture(scope="module")
def taken(desk, refused):
    """Ben corrects the cell and hands the same file in again."""
    book = openpyxl.load_workbook(desk.folder / "ben.xlsx")
    ((_, place),) = refused[1]
    assert book["count"][place].value == BAD
    book["count"][place].value = second_extraction()[2]["percent"]
    book.save(desk.folder / "ben.xlsx")
    return desk.on("intake", desk.folder / "ben.xlsx", "--extractor", "ben").stdout


@pytest.fixture(scope="module")
def listed(desk, taken):
    """Both hand in; what is seen before, between and after."""
    early = desk.on("reconcile", code=2).output
    between = desk.on("reconcile", "--submit", "ana", code=1).output
    shown = desk.on("reconcile", "--submit", "ben", code=1).stdout
    return early, between, shown, desk.differences(1)


@pytest.fixture(scope="module")
def records(listed):
    """Study, arm and outcome -> id of the record on which somebody has to decide."""
    return {tuple(each["about"].split(", ")[:3]): each["record"] for each in listed[3]["differences"]}


@pytest.fixture(scope="module")
def settled(desk, records):
    """What is equal is accepted, the rest decided with reasons, one decision reopened and decided again."""
    said = [desk.on("reconcile", "--agree", "--by", "cara", code=1).stderr]
    left = {each["record"] for each in desk.differences(1)["differences"]}
    assert "needs --reason" in desk.on("reconcile", "--decide", records[CR], "percent", "A", code=2).output
    desk.decide(records[CR], "percent", "A", "the quote has 14.1%")
    desk.decide(records[NO_TOTAL], "total", "A", "it is in the head of the row")
    wrong = desk.decide(records[NO_POINT], "percent", "B", "as B read it").stderr
    desk.decide(records[OTHER_ARM], "total", "=NR", "no total of those at risk is printed")
    desk.decide(records[LEFT_OUT], "record", "A", "B overlooked it", code=0)
    number = re.search(r"decided: (\d+)", wrong)[1]
    said.append(desk.on("reconcile", "--reopen", number, "--reason", "46% is more than in the other arm", "--by", "cara", code=1).output)  # fmt: skip
    desk.decide(records[NO_POINT], "percent", "A", "B lost the point", code=0)
    return said, left, desk.on("reconcile", "--decided").stdout, desk.differences(0)


@pytest.fixture(scope="module")
def found(desk, settled):
    """The findings of a check of what was settled."""
    return json.loads(desk.on("check", "--format", "json").stdout)["findings"]


@pytest.fixture(scope="module")
def asked(desk, found):
    """Olga asks about a finding, Ana answers, Olga accepts it."""
    print_ = next(each["fingerprint"] for each in found if each["severity"] == "warning")
    desk.on("query", "open", print_, "is it 12.0% of 176?", "--who", "olga")
    waiting = desk.on("check", "--select", "PERCENT-002").stdout
    desk.on("query", "answer", 1, "so it is printed", "--who", "ana")
    closed = desk.on("query", "close", 1, "as printed", "--waive", "--who", "olga").stdout
    return print_, waiting, closed, json.loads(desk.on("query", "list", "--format", "json").stdout)


@pytest.fixture(scope="module")
def exported(desk, asked):
    said = desk.on("export", desk.folder / "out").stdout
    return said, {name: table(desk.folder / "out" / f"{name}.csv") for name in ("count", "account", "waivers")}


def test_a_bad_cell_is_refused_by_sheet_and_cell_and_coloured_in_the_checked_copy(refused):
    said, marked, history = refused
    (((sheet, place), (value, colour, note)),) = marked.items()
    assert (sheet, value, colour) == ("count", BAD, COLOURS["refused"])
    assert f"ben.xlsx, count!{place} (percent): found '{BAD}'" in said
    assert "1 problem; nothing was taken in" in said
    assert note.startswith("REFUSED: ")
    assert [line.split()[4] for line in history] == ["ana"]


def test_the_corrected_workbook_is_taken_in_and_its_copy_made_anew(desk, taken):
    assert "added: 19 count" in taken
    assert "unchanged: 1 source" in taken
    assert not any(note.startswith("REFUSED") for _, _, note in cells_marked(desk.folder / "ben.checked.xlsx").values())
    assert not (desk.folder / "ben.checked.2.xlsx").exists()


def test_nobody_sees_the_other_before_both_have_handed_in(listed):
    early, between, shown, _ = listed
    assert "waits for ana, ben" in early
    assert "withheld until ben handed in" in between
    assert "%" not in early + between
    assert "only A has it" in shown


def test_exactly_the_planted_differences_are_listed_with_their_classes(listed):
    _, _, shown, document = listed
    seen = {(tuple(each["about"].split(", ")[:3]), each["field"], each["class"]) for each in document["differences"]}
    wanted = {(key, field, CLASSES[key]) for key, slip in PLANTED.items() for field in slip}
    assert seen == wanted | {(LEFT_OUT, None, "one_side")}
    assert len(document["differences"]) == len(seen)
    texts = {tuple(each["about"].split(", ")[:3]): each["texts"] for each in document["differences"]}
    first = {key_of(row): row for row in first_extraction()}
    for key, slip in PLANTED.items():
        assert texts[key] == {who: row[name] or None for name in slip for who, row in (("ana", first[key]), ("ben", slip))}  # fmt: skip
    for kind in CLASSES.values():
        assert re.search(rf"^    (percent|total) +{kind} +A ", shown, re.MULTILINE), kind


def test_the_agreement_counts_what_was_planted_and_no_decision_changes_it(listed, settled):
    counted = {each["field"]: each for each in listed[3]["agreement"]}
    told = {name: tuple(counted[name][part] for part in ("compared", "equal", "rounding", "differ")) for name in ("percent", "total", "outcome")}  # fmt: skip
    assert told == {"percent": (19, 16, 1, 2), "total": (19, 17, 0, 2), "outcome": (19, 19, 0, 0)}
    assert counted["percent"]["share"] == pytest.approx(17 / 19)
    assert settled[3]["agreement"] == listed[3]["agreement"]


def test_agree_takes_what_is_equal_within_rounding_and_leaves_the_rest(records, settled):
    said, left, _, _ = settled
    assert "accepted: 15 records" in said[0]
    assert left == {record for key, record in records.items() if CLASSES.get(key) != "rounding"}


def test_the_reopened_decision_stays_on_record_beside_the_new_one(records, settled):
    said, _, decided, document = settled
    assert "is open again" in said[1]
    assert "reopened by cara" in decided
    mine = [each for each in document["decisions"] if each["record"] == records[NO_POINT]]
    assert [(each["taken_from"], each["why"], bool(each["reopened"])) for each in mine] == [
        ("ben", "as B read it", True), ("ana", "B lost the point", False),
    ]  # fmt: skip
    assert document["differences"] == []


def test_a_check_of_what_was_settled_finds_percentages_that_no_number_gives(found):
    assert {each["rule"] for each in found} == {"PERCENT-002"}
    assert {each["severity"] for each in found} == {"warning", "note"}
    assert {(each["study"], each["arm"], each["outcome"]) for each in found} == {
        ("weber-2007", "dex", "infection-ge3"), ("weber-2007", "dex", "neutropenia-ge3"),
        ("dimopoulos-2007", "dex", "infection-ge3"), ("dimopoulos-2007", "len-dex", "infection-ge3"),
    }  # fmt: skip


def test_a_question_on_a_finding_is_seen_answered_and_closed_with_a_waiver(asked, exported):
    print_, waiting, closed, (query,) = asked
    assert "query 1 open (olga: 'is it 12.0% of 176?')" in " ".join(waiting.split())
    assert "its finding waived" in closed
    assert [(each["state"], each["who"]) for each in query["messages"]] == [("open", "olga"), ("answered", "ana"), ("closed", "olga")]  # fmt: skip
    (waived,) = exported[1]["waivers"]
    assert (waived["fingerprint"], waived["decided_by"], waived["reason"]) == (print_, "olga", "as printed")


def test_the_export_is_the_first_extraction_but_where_it_was_decided_otherwise(exported):
    wanted = {key_of(row): row for row in first_extraction()}
    wanted[OTHER_ARM]["total"] = "NR"
    seen = {key_of(row): {name: row.get(f"{name}_printed", row[name]) for name in COLUMNS} for row in exported[1]["count"]}  # fmt: skip
    assert seen == wanted
    assert len(exported[1]["count"]) == len(first_extraction())


def test_every_record_is_in_the_account_with_what_became_of_it(desk, records, exported):
    said, tables = exported
    with Review.open(desk.review, read_only=True) as review:
        counts = review.tables()["count"].select(["record", "extractor"]).to_pylist()
    account = {(each["record"], each["extractor"]): each for each in tables["account"]}
    assert set(account) == {(each["record"], each["extractor"]) for each in counts}
    assert len(tables["account"]) == len(counts) == 20 + 19 + 20
    assert "59 records in: 20 exported, 39 held back" in said
    assert all((each["exported"] == "yes") == (who == CONSENSUS) for (_, who), each in account.items())
    assert all(each["reason"] for each in account.values())
    assert "(cara: B lost the point)" in account[records[NO_POINT], CONSENSUS]["reason"]
    assert "as B read it" not in account[records[NO_POINT], CONSENSUS]["reason"]
    assert "(cara: B overlooked it)" in account[records[LEFT_OUT], CONSENSUS]["reason"]


def test_the_history_of_a_decided_record_names_who_when_and_why(desk, records, exported):
    lines = [line for line in desk.on("history", records[NO_POINT]).stdout.splitlines() if line.startswith("revision")]
    wanted = [("ana", "intake", "extraction"), ("ben", "intake", "extraction"), ("cara", "adjudicate", "as B read it"),
              ("cara", "reopen", "46% is more than in the other arm"), ("cara", "adjudicate", "B lost the point")]  # fmt: skip
    for line, (who, action, why) in zip(lines, wanted, strict=True):
        assert re.fullmatch(rf"revision \d+  \d{{4}}-\d\d-\d\d \d\d:\d\d  {who}  {action}  count {records[NO_POINT]}  {why}", line)  # fmt: skip


def test_as_of_before_the_decisions_there_are_two_extractions_and_nothing_settled(desk, records, exported):
    with Review.open(desk.review, read_only=True) as review:
        rows = review.tables(as_of=BEFORE)["count"].to_pylist()
        assert review.adjudications(as_of=BEFORE) == []
    for who, typed in (("ana", first_extraction()), ("ben", second_extraction())):
        seen = {key_of(row): row for row in rows if row["extractor"] == who}
        for row in typed:
            cells = {name: seen[key_of(row)][name] for name in COLUMNS}
            assert {name: (cell["text"] if isinstance(cell, dict) else cell) or "" for name, cell in cells.items()} == row  # fmt: skip
    assert len(rows) == 39
    then = desk.on("history", records[NO_POINT], "--as-of", BEFORE).stdout
    assert ["cara" in then, "percent: (blank) -> 4.6%" in then, "percent: (blank) -> 46%" in then] == [False, True, True]  # fmt: skip
    assert len(desk.on("history", "--as-of", BEFORE).stdout.splitlines()) == BEFORE
