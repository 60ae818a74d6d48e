"""What our own export writes for RevMan, and what reading it back gives."""

import adapter_cases
import pytest

from curation.exchange import revman_csv, revman_web
from curation.exchange.formats import recognise
from curation.exchange.reading import bundle_of
from curation.exchange.repool import repooled
from curation.exchange.revman_compare import differences
from store.export.adapters import revman

TAKEN = {"two_group_counts": "count", "two_group_means": "mean"}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The CSV file of RevMan 5, and a folder with the files of RevMan Web."""
    folder = tmp_path_factory.mktemp("export")
    web = folder / "web"
    web.mkdir()
    appraisals = [{"study": "s4", "tool": "RoB 2", "domain": "Missing outcome data", "judgement": "some_concerns"}]
    for name, data in revman.make(adapter_cases.dataset(appraisals=appraisals)).items():
        target = folder if name in {"revman-5.csv", "revman-left-out.csv"} else web
        (target / name).write_bytes(data)
    return folder / "revman-5.csv", web


def test_both_files_are_recognised_and_say_the_same(exported):
    five, web = exported
    assert (recognise(five), recognise(web)) == (revman_csv.FORMAT, revman_web.FORMAT)
    found = differences(revman_csv.read(five), revman_web.read(web))
    assert {(each.kind, each.field, each.how) for each in found} == {
        ("characteristic", "", "only in the second"), ("appraisal", "", "only in the second"),
        ("effect", "level", "another text"),
    }  # fmt: skip


def test_every_number_that_went_out_comes_back(exported):
    analyses = [each for each in adapter_cases.analyses() if not _refused(each, exported[0])]
    for module, path in zip((revman_csv, revman_web), exported, strict=True):
        taken = bundle_of(module.read(path))
        assert not taken.leftovers
        tables = taken.bundle.tables
        for table, kind in TAKEN.items():
            mine = [each for each in analyses if each["table"] == table]
            assert len(tables[kind]) == 2 * sum(each["studies"] for each in mine), kind
        first = [tables["count"][name][0].as_py()["text"] for name in ("events", "total")]
        assert first == ["4", "123"]
        assert tables["mean"]["sd"][0].as_py()["text"] == "47"
        assert sorted({each["text"] for each in tables["effect"]["se"].to_pylist()}) == ["0.1222", "0.15", "0.2"]


def _refused(analysis, five):
    listed = adapter_cases.left_out(five.with_name("revman-left-out.csv").read_bytes())
    return analysis["analysis"] in listed


def test_a_log_hazard_ratio_comes_back_as_the_ratio(exported):
    for module, path in zip((revman_csv, revman_web), exported, strict=True):
        found = [cells for _, cells in module.read(path).rows["effect"] if cells["measure"] == "HR"]
        assert [each["estimate"] for each in found] == ["0.66001019", "0.90483742", "1.0512711"]


def test_what_comes_back_can_be_pooled(exported):
    for module, path in zip((revman_csv, revman_web), exported, strict=True):
        lines = repooled(module.review(path))
        assert {each.agrees for each in lines if not each.of_study} == {None}
        mine = next(each for each in lines if each.name == "Analysis rr-mh" and each.quantity == "estimate")
        assert mine.recomputed == pytest.approx(
            0.6337727, abs=1e-7
        )  # metafor: rma.mh, halves in the study without events
