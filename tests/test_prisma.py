"""PRISMA diagrams: boxes become flow records, reasons boxes of their own, and unfilled zeros are not taken for numbers."""

import pytest

from curation.commands.reading import read_everything
from curation.engine.registry import rules
from curation.engine.run import check
from curation.exchange import prisma
from curation.exchange.formats import recognise
from curation.exchange.reading import bundle_of

NAMES = list(prisma.BOXES_2020)
FULL = {
    "database_results": "120", "register_results": "10", "duplicates": "30", "records_screened": "100",
    "records_excluded": "80", "dbr_sought_reports": "20", "dbr_notretrieved_reports": "2", "dbr_assessed": "18",
    "dbr_excluded": "Wrong outcome, 6; No control, 4", "new_studies": "8",
}  # fmt: skip
OTHER = {
    "website_results": "5", "citations_results": "7", "other_sought_reports": "12", "other_notretrieved_reports": "0",
    "other_assessed": "12", "other_excluded": "Animals, 11",
}  # fmt: skip


def diagram(tmp_path, **filled):
    lines = ["data,node,box,description,boxtext,tooltips,url,n", "NA,node6,newstud,Title,Title,,,0"]
    lines += [f'{name},node,box,x,x,,,"{filled.get(name, "0")}"' for name in NAMES]
    path = tmp_path / "flow.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def boxes(one):
    return {(cells["node"], cells.get("group")): cells["n"] for _, cells in one.rows["flow"]}


def test_the_boxes_of_one_stream_stand_for_the_whole(tmp_path):
    one = prisma.read(diagram(tmp_path, **FULL))
    assert boxes(one) == {
        ("identified", "databases"): "120", ("identified", "registers"): "10",
        ("removed_before_screening", "duplicates"): "30", ("removed_before_screening", "automation tools"): "0",
        ("removed_before_screening", "other reasons"): "0", ("screened", None): "100", ("excluded_screening", None): "80",
        ("sought", None): "20", ("not_retrieved", None): "2", ("assessed", None): "18",
        ("excluded_fulltext", "Wrong outcome"): "6", ("excluded_fulltext", "No control"): "4", ("included", None): "8",
    }  # fmt: skip


def test_two_streams_are_told_apart(tmp_path):
    one = prisma.read(diagram(tmp_path, **FULL | OTHER))
    found = boxes(one)
    assert found["screened", "databases and registers"] == "100"
    assert found["assessed", "other methods"] == "12"
    assert found["excluded_fulltext", "other methods: Animals"] == "11"
    assert found["not_retrieved", "other methods"] == "0"
    assert found["included", None] == "8"


@pytest.mark.parametrize("filled", [FULL, FULL | OTHER | {"new_studies": "9"}])
def test_a_diagram_that_adds_up_has_no_finding_and_one_that_does_not_has(tmp_path, filled):
    def found(**boxes_of):
        tables = dict(read_everything([diagram(tmp_path, **boxes_of)]).tables)
        return {each.rule for each in check(tables, rules()).findings}

    assert found(**filled) == set()
    assert found(**filled | {"dbr_sought_reports": "21"}) >= {"FLOW-001"}


def test_zeros_that_mean_nothing_was_filled_in_are_left_over(tmp_path):
    one = prisma.read(
        diagram(tmp_path, **FULL | {"dbr_sought_reports": "0", "dbr_excluded": "Reason1, xxx; Reason2, xxx"})
    )
    assert ("sought", None) not in boxes(one)
    assert ("total_studies", None) not in boxes(one)
    whys = [each.why for each in one.leftovers]
    assert sum("0 stands in the template" in why for why in whys) == 13
    assert whys.count("no number is filled in") == 2


def test_an_update_keeps_its_previous_studies(tmp_path):
    update = {
        "previous_studies": "12",
        "previous_reports": "15",
        "total_studies": "20",
        "total_reports": "1,024",
        "new_reports": "9",
    }
    found = boxes(prisma.read(diagram(tmp_path, **FULL | update)))
    assert found["previous_reports", None] == "15"
    assert found["total_reports", None] == "1,024"
    assert found["included_reports", None] == "9"


@pytest.mark.parametrize(
    ("text", "group", "n"),
    [
        ("Phase 1, 234", "Phase 1", "234"),
        ("Wrong, 1,234", "Wrong", "1,234"),
        ("a, b, 3", "a, b", "3"),
        ("No arm,7", "No arm", "7"),
    ],
)
def test_a_reason_is_split_from_its_number_at_the_last_comma_that_can(tmp_path, text, group, n):
    found = boxes(prisma.read(diagram(tmp_path, **FULL | {"dbr_excluded": text})))
    assert found["excluded_fulltext", group] == n


def test_the_names_of_the_older_package_are_read_too(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text(
        "found,found_other,no_dupes,screened,screen_exclusions,full_text,full_text_exclusions,qualitative,quantitative\n"
        "1000,20,270,270,10,260,20,240,107\n",
        encoding="utf-8",
    )
    assert recognise(path) is prisma.FORMAT
    one = prisma.read(path)
    found = boxes(one)
    assert found["identified", "databases"] == "1000"
    assert found["included", None] == "240"
    assert [each.place for each in one.leftovers] == ["row 2, column no_dupes", "row 2, column quantitative"]
    assert not [each for each in bundle_of(one).leftovers if each not in one.leftovers]
