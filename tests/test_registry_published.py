"""A published trial beside its registry record: NCT02210780 and Blauvelt and others, "Dupilumab does not affect correlates
of vaccine-induced immunity", J Am Acad Dermatol 2019. By the registry 92 and 89 of 97 completed in the two arms, which is
181; the abstract says that 178 patients completed the study. The primary outcome is the same in both: 83.3% and 83.7%.
"""

from __future__ import annotations

from registry_case import each, from_file, groups, written
from test_registry_command import call, compared

from curation.exchange.reading import bundle_of
from curation.intake.read import read
from store.review import Review

TITLES = ("Placebo qw", "Dupilumab 300 mg qw")


def record():
    """The facts of the registry record that the abstract speaks of."""
    boxes = {"STARTED": ("97", "97"), "COMPLETED": ("92", "89"), "NOT COMPLETED": ("5", "8")}
    milestones = [
        {"type": kind, "achievements": each("FG", "numSubjects", *numbers)} for kind, numbers in boxes.items()
    ]
    tetanus = {
        "type": "PRIMARY", "title": "Positive Response (≥4-Fold Increase) to Tetanus Toxoid at Week 16", "reportingStatus": "POSTED", "paramType": "NUMBER",
        "unitOfMeasure": "Percentage of participants", "timeFrame": "Week 16", "groups": groups("OG", *TITLES),
        "denoms": [{"units": "Participants", "counts": each("OG", "value", "92", "90")}],
        "classes": [{"categories": [{"measurements": each("OG", "value", "83.7", "83.3")}]}],
    }  # fmt: skip
    return {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT02210780", "briefTitle": "Dupilumab and Immune Responses in Adults With Atopic Dermatitis"},
            "designModule": {"studyType": "INTERVENTIONAL", "designInfo": {"allocation": "RANDOMIZED"}, "enrollmentInfo": {"count": 194, "type": "ACTUAL"}},
        },
        "resultsSection": {
            "participantFlowModule": {"groups": groups("FG", *TITLES), "periods": [{"title": "Overall Study", "milestones": milestones}]},
            "outcomeMeasuresModule": {"outcomeMeasures": [tetanus]},
        },
    }  # fmt: skip


ABSTRACT = {
    "source": "source,title,type,year\nblauvelt,Dupilumab does not affect correlates of vaccine-induced immunity,article,2019\n",
    "study": "study,label,registry\nblauvelt,Blauvelt 2019,NCT02210780\n",
    "arm": "study,arm,label,role\nblauvelt,dup,Dupilumab 300 mg weekly,experimental\nblauvelt,pla,Placebo,control\n",
    "outcome": "outcome,label\ntetanus,Positive response to tetanus\n",
    "count": "source,study,arm,outcome,timepoint,percent,section\nblauvelt,blauvelt,dup,tetanus,week 16,83.3%,Abstract\nblauvelt,blauvelt,pla,tetanus,week 16,83.7%,Abstract\n",
    "flow": "source,study,diagram,node,n,section\nblauvelt,blauvelt,consort,completed,178,Abstract\n",
}


def test_the_numbers_that_completed_differ_and_the_primary_outcome_does_not(tmp_path):
    review, paper = tmp_path / "review.duckdb", tmp_path / "paper"
    paper.mkdir()
    for name, text in ABSTRACT.items():
        (paper / f"{name}.csv").write_text(text, encoding="utf-8")
    with Review.create(review) as store:
        store.intake(read([paper]).tables, who="ana", why="extraction")
        store.intake(bundle_of(from_file(written(tmp_path, record()))).bundle.tables, who="ana", why="registry")
    said = call("registry", review).output
    assert "placebo-qw 'Placebo qw' (control) -> pla 'Placebo'" in said
    assert (
        "dupilumab-300-mg-qw 'Dupilumab 300 mg qw' (experimental) -> dup 'Dupilumab 300 mg weekly': 1.00; both say dupilumab, the same dose, the same schedule"
        in said
    )
    assert "-> tetanus 'Positive response to tetanus'" in said
    outcome = next(line.split()[0] for line in said.splitlines() if "-> tetanus" in line)
    call(
        "registry",
        review,
        "NCT02210780",
        "--confirm",
        "placebo-qw=pla",
        "--confirm",
        "dupilumab-300-mg-qw=dup",
        "--outcome",
        f"{outcome}=tetanus",
    )
    assert compared(review) == {("REGISTRY-005", "note", "", "")}
