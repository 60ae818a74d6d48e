"""Flow diagrams: true ones raise nothing, and a box changed by one is found."""

import numpy as np
import pytest
from of_text import found
from sweep import every

DIAGRAMS = 2000
OURS = ("FLOW", "COUNT", "SOURCE", "SUM")


def split(rng, n, parts):
    """n in so many parts."""
    cuts = np.sort(rng.integers(0, n + 1, parts - 1)).tolist()
    return [high - low for low, high in zip([0, *cuts], [*cuts, n], strict=True)]


def prisma(seed, spoil=lambda boxes, _rng: boxes, how_many=DIAGRAMS):
    """True selections of studies, some with the exclusions in one number, by reason, or without the middle boxes."""
    rows = []
    for number in range(how_many):
        rng = np.random.default_rng([seed, number])
        identified = int(rng.integers(0, 5000))
        removed, screened = split(rng, identified, 2)
        excluded, sought = split(rng, screened, 2)
        not_retrieved, assessed = split(rng, sought, 2)
        excluded_fulltext, included = split(rng, assessed, 2)
        boxes = dict(identified=identified, removed_before_screening=removed, screened=screened, excluded_screening=excluded, sought=sought,
                     not_retrieved=not_retrieved, assessed=assessed, excluded_fulltext=excluded_fulltext, included=included)  # fmt: skip
        if number % 3 == 1:
            boxes = dict(identified=identified, removed_or_excluded=removed + excluded + not_retrieved, assessed=assessed,
                         excluded_fulltext=excluded_fulltext, included=included)  # fmt: skip
        if number % 3 == 2:
            del boxes["sought"], boxes["not_retrieved"]
            boxes["excluded_screening"] += not_retrieved
        boxes = spoil(boxes, rng)
        reasons = split(rng, boxes["excluded_fulltext"], 3) if number % 2 else [boxes["excluded_fulltext"]]
        for node, n in boxes.items():
            parts = reasons if node == "excluded_fulltext" else [n]
            rows += [dict(source=f"r{number}", diagram="prisma", node=node, n=f"{part:,}") | ({"group": f"reason {at}"} if len(parts) > 1 else {})
                     for at, part in enumerate(parts)]  # fmt: skip
        first, second = split(rng, boxes["included"], 2)
        rows += [
            dict(source=f"r{number}", diagram="prisma", node="included_part", group=group, n=str(n))
            for group, n in (("a", first), ("b", second))
        ]
    return rows


def test_true_selections_raise_nothing():
    checked = found({"flow": prisma(1)}, *OURS)
    assert [each.message for each in checked.findings] == []
    assert all(checked.tallies[name].consistent >= DIAGRAMS for name in ("FLOW-001", "FLOW-002", "FLOW-003", "SUM-011"))


@pytest.mark.parametrize(
    ("node", "name"), every(3, [("assessed", "FLOW-001"), ("included", "FLOW-002"), ("included", "SUM-011")])
)
@pytest.mark.parametrize("by", [-1, 1])
def test_a_box_that_is_off_by_one_is_found(node, name, by):
    def spoil(boxes, _rng):
        return boxes | {node: max(0, boxes[node] + by)}

    true, wrong = prisma(2, how_many=200), prisma(2, spoil, how_many=200)
    if name == "SUM-011":  # keep the true parts
        wrong = [mine if mine["node"] == "included" else row for row, mine in zip(true, wrong, strict=True)]
    changed = {
        row["source"] for row, mine in zip(true, wrong, strict=True) if row["node"] == node and row["n"] != mine["n"]
    }
    assert len(changed) > 150
    assert {each.source for each in found({"flow": wrong}, name).findings} == changed


def consort(seed, spoil=lambda boxes, _rng: boxes, how_many=DIAGRAMS):
    """True participant flows of two arms; some who discontinued are analysed, some are not."""
    rng = np.random.default_rng(seed)
    arm_rows, rows = [], []
    for number in range(how_many):
        study = f"t{number}"
        arms = {arm: int(rng.integers(5, 400)) for arm in ("a", "b")}
        out = int(rng.integers(0, 100))
        boxes = {
            ("enrolled", ""): sum(arms.values()) + out,
            ("not_eligible", ""): out,
            ("randomised", ""): sum(arms.values()),
        }
        for arm, n in arms.items():
            left_out = int(rng.integers(0, n // 3 + 1))
            stopped = int(rng.integers(0, n - left_out + 1))
            boxes |= {("allocated", arm): n, ("excluded_analysis", arm): left_out, ("discontinued", arm): stopped,
                      ("analysed", arm): n - left_out - int(rng.integers(0, stopped + 1))}  # fmt: skip
        arm_rows += [
            dict(study=study, arm=arm, label=arm, role=role) for arm, role in (("a", "experimental"), ("b", "control"))
        ]
        rows += [dict(source="x", study=study, diagram="consort", node=node, n=str(n)) | ({"arm": arm} if arm else {})
                 for (node, arm), n in spoil(boxes, rng).items()]  # fmt: skip
    return {"arm": arm_rows, "flow": rows}


def test_true_participant_flows_raise_nothing():
    checked = found(consort(3), *OURS)
    assert [each.message for each in checked.findings] == []
    assert checked.tallies["FLOW-004"].consistent >= 4 * DIAGRAMS
    assert checked.tallies["FLOW-005"].consistent >= 2 * DIAGRAMS


@pytest.mark.parametrize(
    ("box", "by", "severities"),
    [(("randomised", ""), 1, {"error"}), (("enrolled", ""), -1, {"error"}), (("allocated", "a"), -500, {"error", "warning"}),
     (("analysed", "a"), 500, {"warning"}), (("analysed", "a"), -500, {"error"})],
)  # fmt: skip
def test_a_wrong_box_of_the_participant_flow_is_found(box, by, severities):
    rows = consort(4, lambda boxes, _rng: boxes | {box: boxes[box] + by}, 100)
    findings = found(rows, "FLOW-004").findings
    assert {each.study for each in findings} == {f"t{n}" for n in range(100)}
    assert {each.severity for each in findings} == severities


def one(**boxes):
    return [dict(source="zhong", diagram="prisma", node=node, n=n) for node, n in boxes.items()]


def test_the_message_shows_the_equation_with_its_numbers():
    findings = found(
        {"flow": one(identified="325", removed_or_excluded="307", assessed="8", excluded_fulltext="1", included="8")},
        "FLOW",
    ).findings
    assert [(each.rule, each.severity, each.expected) for each in findings] == [
        ("FLOW-001", "error", "325 \u2212 307 = 18, not 8"),
        ("FLOW-002", "warning", "8 \u2212 1 = 7, not 8"),
    ]


def test_records_that_join_on_the_way_make_a_surplus_a_question():
    (finding,) = found({"flow": one(screened="400", excluded_screening="350", sought="55")}, "FLOW-001").findings
    assert finding.severity == "warning"


def test_several_reports_of_one_study_make_fewer_studies_a_question():
    (finding,) = found({"flow": one(assessed="20", excluded_fulltext="5", included="12")}, "FLOW-002").findings
    assert finding.severity == "warning"


def test_streams_are_counted_apart():
    streams = {"databases": dict(identified=100, removed_before_screening=20, screened=80, excluded_screening=70, sought=10),
               "citations": dict(identified=7, sought=7)}  # fmt: skip
    rows = [
        row | {"group": stream}
        for stream, boxes in streams.items()
        for row in one(**{node: str(n) for node, n in boxes.items()})
    ]
    checked = found({"flow": rows}, "FLOW")
    assert [each.message for each in checked.findings] == []
    assert checked.tallies["FLOW-001"].consistent >= 2


def test_a_box_in_parts_is_the_sum_of_its_parts_and_only_a_question():
    reasons = [
        dict(source="zhong", diagram="prisma", node="excluded_fulltext", group=why, n=n)
        for why, n in (("design", "5"), ("language", "3"))
    ]
    assert found({"flow": one(assessed="20", included="12") + reasons}, "FLOW-002").findings == []
    (finding,) = found({"flow": one(assessed="20", included="13") + reasons}, "FLOW-002").findings
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("limit", "severity"),
    [
        (dict(kind="flow", diagram="consort", node="randomised", n="100"), "error"),
        (dict(kind="flow", diagram="consort", node="allocated", n="100", arm="a"), "warning"),
        (dict(kind="characteristic", characteristic="participants", value="100"), "warning"),
    ],
)
def test_more_people_analysed_than_entered(limit, severity):
    limit, of_arm = dict(limit), {"arm": limit["arm"]} if "arm" in limit else {}
    kind = limit.pop("kind")
    rows = {
        "count": [dict(source="x", study="s", outcome="o", events="1", total="101") | of_arm],
        kind: [dict(source="x", study="s") | limit],
    }
    assert [each.severity for each in found(rows, "FLOW-005").findings] == [severity]
    rows["count"][0]["analysis_set"] = "safety"
    assert found(rows, "FLOW-005").findings == []
