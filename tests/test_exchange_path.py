"""The import path: recognised by content, rows of several files in one bundle, what has no place kept with its reason."""

import csv
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.cli import curation
from curation.commands.reading import read_everything
from curation.exchange.formats import described, formats, recognise
from curation.exchange.imported import Format, Imported
from curation.exchange.leftovers import COLUMNS, beside
from curation.exchange.page import imports_page
from curation.exchange.reading import bundle_of, told_apart
from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.references import references
from schemas.registry import KINDS

SOURCE = {"source": "review", "title": "A review", "type": "systematic_review"}
STUDY = {"study": "ana-2001", "label": "Ana 2001"}
ARM = {"study": "ana-2001", "arm": "a", "label": "A"}
OUTCOME = {"outcome": "death", "label": "Death"}
COUNT = {"source": "review", "study": "ana-2001", "arm": "a", "outcome": "death", "events": "3", "total": "10"}

PRISMA = """data,node,box,description,boxtext,tooltips,url,n
NA,node6,newstud,Title,Title,,,0
database_results,node7,box2,Databases,Databases,,,120
register_results,NA,box2,Registers,Registers,,,10
duplicates,node8,box3,Duplicates,Duplicates,,,30
records_screened,node9,box4,Screened,Screened,,,100
records_excluded,node10,box5,Excluded,Excluded,,,80
dbr_sought_reports,node11,box6,Sought,Sought,,,20
dbr_notretrieved_reports,node12,box7,Not retrieved,Not retrieved,,,2
dbr_assessed,node13,box8,Assessed,Assessed,,,18
dbr_excluded,node14,box9,Excluded,Excluded,,,"Wrong outcome, 6; No control, 4; Reason3, xxx"
new_studies,node15,box10,New,New,,,8
"""


def imported(*rows, file="theirs.dat", leftovers=0):
    one = Imported(file, "theirs")
    for number, (kind, cells) in enumerate(rows, 1):
        one.add(kind, number, cells)
    for number in range(leftovers):
        one.left(f"row {number}", "a remark", "it has no number")
    return one


def whole(**changed):
    return imported(
        ("source", SOURCE), ("study", STUDY), ("arm", ARM), ("outcome", OUTCOME), ("count", COUNT | changed)
    )


def run(*arguments, code=0):
    done = CliRunner().invoke(curation, [str(each) for each in arguments], prog_name="curation")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, (done.exit_code, done.stdout, done.stderr)
    return done


def test_imported_rows_give_the_bundle_that_typing_them_gives(tmp_path):
    one = whole(total_from="")
    typed = tmp_path / "typed.json"
    typed.write_text(json.dumps({kind: [cells for _, cells in rows] for kind, rows in one.rows.items()}))
    taken = bundle_of(one)
    assert not taken.leftovers
    assert dict(taken.bundle.tables) == dict(read([typed]).tables)
    assert references(taken.bundle, {}) == []
    assert taken.bundle.place("count", 0) == ("theirs.dat", 5)


def test_a_refused_row_is_left_over_with_the_sentence_and_sinks_nothing_else():
    one = whole()
    one.add("count", 6, COUNT | {"events": "three"})
    taken = bundle_of(one)
    assert len(taken.bundle.tables["count"]) == 1
    (left,) = taken.leftovers
    assert "row 6 (count)" in left.sentence
    assert "events: found 'three'" in left.why


def test_rows_that_need_a_refused_row_are_left_over_too():
    one = imported(("source", SOURCE), ("study", {"study": "x"}), ("arm", ARM | {"study": "x"}), ("outcome", OUTCOME))
    one.add("count", 9, COUNT | {"study": "x"})
    taken = bundle_of(one)
    assert sorted(taken.bundle.tables) == ["outcome", "source"]
    assert [each.place for each in taken.leftovers] == ["row 2 (study)", "row 3 (arm)", "row 9 (count)"]
    assert references(taken.bundle, {}) == []


def test_a_record_that_states_nothing_is_left_over():
    taken = bundle_of(whole(events="", total=""))
    assert "a count that states nothing" in taken.leftovers[0].why


def test_an_unknown_field_is_told_not_lost():
    taken = bundle_of(whole(evnts="3"))
    assert "the column 'evnts'" in taken.leftovers[0].why


def test_an_entity_said_twice_alike_is_one_and_said_otherwise_is_left_over():
    taken = bundle_of(whole(), imported(("study", STUDY), ("outcome", OUTCOME | {"label": "Dead"}), file="second.dat"))
    assert [len(taken.bundle.tables[kind]) for kind in ("study", "outcome")] == [1, 1]
    (left,) = taken.leftovers
    assert "the label 'Death' in theirs.dat, row 4" in left.why
    assert [(one.rows, one.taken, one.again, one.left) for one in taken.accounts] == [(5, 5, 0, 0), (2, 0, 1, 1)]


def test_two_sources_under_one_id_are_not_mixed_up():
    other = imported(("source", SOURCE | {"title": "Another"}), ("count", COUNT | {"events": "9"}), file="second.dat")
    taken = bundle_of(whole(), other)
    assert len(taken.bundle.tables["count"]) == 1
    assert [each.file for each in taken.leftovers] == ["second.dat", "second.dat"]


def test_records_of_several_files_have_ids_of_their_own():
    first, second = whole(), imported(("count", COUNT | {"events": "4"}), file="second.dat")
    ids = bundle_of(first, second).bundle.tables["count"]["record"].to_pylist()
    assert len(set(ids)) == 2
    assert ids[1] == f"{ids[0]}-2"


def test_our_own_rows_come_first_and_define_what_imports_name(tmp_path):
    own = tmp_path / "own.json"
    own.write_text(
        json.dumps({"source": [SOURCE], "study": [STUDY], "arm": [ARM], "outcome": [OUTCOME], "count": [COUNT]})
    )
    taken = bundle_of(imported(("count", COUNT | {"events": "4"}), ("study", STUDY)), own=read([own]))
    assert [cell["text"] for cell in taken.bundle.tables["count"]["events"].to_pylist()] == ["3", "4"]
    assert taken.bundle.place("count", 0) == ("own.json, count", 1)
    assert taken.accounts[0].again == 1


def test_what_the_review_knows_needs_no_definition():
    known = {"source": {"review"}, "study": {"ana-2001"}, "arm": {"ana-2001/a"}, "outcome": {"death"}}
    assert not bundle_of(imported(("count", COUNT)), known=known).leftovers
    assert len(bundle_of(imported(("count", COUNT))).leftovers) == 1


def test_files_called_alike_are_told_apart():
    one, two = whole(), imported(file="theirs.dat", leftovers=1)
    told = told_apart([("a/theirs.dat", one), ("b/theirs.dat", two)])
    assert [each.file for each in told] == ["a/theirs.dat", "b/theirs.dat"]
    assert told[1].leftovers[0].file == "b/theirs.dat"


TEXT = st.sampled_from(["", "3", "10", "three", "0.5", "NR", "ana-2001", "death", "review", "nobody", "<0.01", "=A1"])


@settings(max_examples=cases(60))
@given(
    st.lists(
        st.tuples(st.sampled_from(["study", "arm", "count", "mean", "effect"]), st.lists(TEXT, min_size=8, max_size=8))
    )
)
def test_whatever_rows_come_all_are_accounted_for_and_what_is_taken_in_leads_somewhere(rows):
    one = imported(("source", SOURCE), ("outcome", OUTCOME), leftovers=2)
    for number, (kind, texts) in enumerate(rows, 3):
        names = [each.name for each in KINDS[kind].fields()]
        wanted = ["source", "study", "arm", "outcome", "label", "measure", *names[-4:]]
        one.add(kind, number, {name: text for name, text in zip(wanted, texts, strict=False) if name in names})
    taken = bundle_of(one)
    (account,) = taken.accounts
    assert account.rows == len(rows) + 4 == account.taken + account.again + account.left
    assert account.taken == sum(map(len, taken.bundle.tables.values()))
    assert account.left == len(taken.leftovers)
    assert references(taken.bundle, {}) == []


# recognition


def other(name, *suffixes):
    """A format that would take anything."""
    return Format(name, name.upper(), suffixes or (".dat",), lambda *_: True, lambda _: whole())


def test_our_own_files_are_never_taken_for_another_programs(tmp_path):
    greedy = [other("greedy", ".csv", ".json", ".jsonl", ".xlsx", "")]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "count.csv").write_text("Source,evnts\nx,3\n")
    (tmp_path / "all.json").write_text('\ufeff {"count": []}')
    (tmp_path / "all.jsonl").write_text('{"source": "x", "kind": "count"}\n')
    run("template", tmp_path / "book.xlsx")
    for own in (folder, folder / "count.csv", tmp_path / "all.json", tmp_path / "all.jsonl", tmp_path / "book.xlsx"):
        assert recognise(own, greedy) is None, own
    (tmp_path / "theirs.json").write_text('{"protocolSection": {}}')
    assert recognise(tmp_path / "theirs.json", greedy).name == "greedy"


def test_another_programs_file_under_the_name_of_a_kind_is_told_by_its_columns(tmp_path):
    file = tmp_path / "flow.csv"
    file.write_text(PRISMA)
    assert recognise(file).name == "prisma"
    file.write_text("source,diagram,node,n,data,box\n")
    assert recognise(file) is None


def test_the_ending_decides_between_formats_and_else_a_sentence_names_them(tmp_path):
    file = tmp_path / "theirs.dat"
    file.write_text("x")
    assert recognise(file, [other("one", ".txt"), other("two")]).name == "two"
    sentence = r"each of ONE \(one\), TWO \(two\), expected one of them; say which with --as one"
    with pytest.raises(Refused, match=sentence):
        recognise(file, [other("one"), other("two")])


def test_a_format_that_is_named_reads_the_file_whatever_it_looks_like(tmp_path):
    file = tmp_path / "theirs.dat"
    file.write_text(PRISMA.replace("box,", "frame,", 1))
    assert recognise(file) is None
    assert read_everything([file], name="prisma").tables["flow"].num_rows == 11


def test_an_unknown_format_name_is_refused_with_the_names_there_are(tmp_path):
    file = tmp_path / "theirs.dat"
    file.write_text("x")
    done = run("check", file, "--as", "prism", code=2)
    assert "did you mean 'prisma'?" in done.stderr


def test_every_format_is_told_by_its_name_and_described():
    assert [one.name for one in formats()] == sorted({one.name for one in formats()})
    for one, about in described().items():
        assert about, one.name
        assert one.suffixes, one.name


def test_a_folder_or_file_of_nobody_is_recognised_by_none(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_bytes(bytes(range(256)))
    assert recognise(file) is None
    assert recognise(tmp_path) is None
    assert recognise(tmp_path / "absent") is None


# the commands


@pytest.fixture
def diagram(tmp_path):
    file = tmp_path / "PRISMA.csv"
    file.write_text(PRISMA, encoding="utf-8")
    return file


def test_intake_takes_another_programs_file_beside_ours_and_accounts_for_every_row(tmp_path, diagram):
    review, own = tmp_path / "r.duckdb", tmp_path / "own.json"
    own.write_text(
        json.dumps(
            {"source": [SOURCE], "flow": [{"source": "review", "diagram": "prisma", "node": "sought", "n": "9"}]}
        )
    )
    run("init", review)
    done = run("intake", review, own, diagram, "--extractor", "AB")
    assert "added: 2 source, 12 flow" in done.stdout
    assert "PRISMA.csv (PRISMA flow diagram): 14 rows in = 12 taken in + 2 left over" in done.stderr
    with beside(diagram).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert tuple(rows[0]) == COLUMNS
    assert "unchanged: 2 source, 12 flow" in run("intake", review, own, diagram, "--extractor", "AB").stdout


def test_check_reads_another_programs_file_and_writes_leftovers_where_asked(tmp_path, diagram):
    target = tmp_path / "left.csv"
    assert "12 taken in" in run("check", diagram, "--leftovers", target).stderr
    assert not beside(diagram).exists()
    assert len(target.read_text().splitlines()) == 3


def test_a_file_of_something_else_is_not_overwritten_by_leftovers(tmp_path, diagram):
    precious = tmp_path / "precious.csv"
    precious.write_text("mine\n")
    assert "a file of something else" in run("check", diagram, "--leftovers", precious, code=2).stderr
    assert precious.read_text() == "mine\n"


def test_the_page_of_the_formats_names_each():
    page = imports_page()
    assert all(f"## {one.name}\n" in page for one in formats())


def test_recognition_loads_no_package_of_an_extra_and_no_frames():
    code = (
        "import sys\n"
        "for name in ('lxml', 'pdfplumber', 'docx', 'pandas'): sys.modules[name] = None\n"
        "from curation.exchange.formats import formats\n"
        "assert formats()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
