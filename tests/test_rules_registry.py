"""The registry against the publication, and the plan against the trial: severities, readings, explanations."""

from __future__ import annotations

import pytest
from whole_tables import asked

from curation.rules.planned_and_actual_size import planned_and_actual_size
from curation.rules.registry_and_publication import registry_and_publication
from curation.rules.same_fact_across_sources import same_fact_across_sources

SOURCES = dict(
    source=["nct", "paper", "review"], title=["R", "P", "V"], type=["registry", "article", "systematic_review"]
)


def deaths(registry, article, review=None, *, years=("2015", "2015", "2016"), totals=("120", "120", "120")):
    sources = SOURCES | dict(year=list(years))
    rows = [
        (source, events, total)
        for source, events, total in zip(SOURCES["source"], (registry, article, review), totals, strict=True)
        if events
    ]
    names = [list(each) for each in zip(*rows, strict=True)]
    count = dict(zip(("source", "events", "total"), names, strict=True))
    return dict(source=sources, count=count | dict(study=["a"] * len(rows), outcome=["death"] * len(rows)))


@pytest.mark.parametrize(
    ("given", "severity"),
    [
        (deaths("14", "14"), None),
        (deaths("19", "14"), "warning"),
        (deaths("19", "14", years=("2016", "2014", "2016")), "note"),
        (deaths("14", "19", years=("2016", "2014", "2016")), "warning"),
        (deaths("14", "19", years=("2012", "2014", "2016")), "note"),
        (deaths("14", "19", years=("2012", "2014", "2016"), totals=("120", "118", "118")), "warning"),
    ],
)
def test_a_later_source_that_counts_more_events_is_a_note(given, severity):
    found = [each for each in asked(registry_and_publication, **given).findings if each.field == "events"]
    assert [each.severity for each in found] == ([severity] if severity else [])
    if severity:
        assert "nct gives" in found[0].expected
        assert "paper gives" in found[0].expected


def test_the_registry_is_compared_with_the_article_and_the_article_with_the_review():
    given = deaths("19", "14", "15")
    assert [each.printed for each in asked(registry_and_publication, **given).findings] == [
        "registered 19; published 14"
    ]
    assert [each.explanations[0] for each in asked(same_fact_across_sources, **given).findings] == [
        "14 in paper; 15 in review"
    ]


def test_the_factor_between_registry_and_publication_is_named():
    rows = dict(
        source=["nct", "paper"],
        study=["a"] * 2,
        outcome=["os"] * 2,
        median=["24.9 months", "2.08"],
        time_unit=["months", "months"],
    )
    [found] = asked(registry_and_publication, source=SOURCES, survival=rows).findings
    assert "24.9 months is 2.08 12 times: months for years" in found.explanations


def test_the_limit_of_the_size_gap_is_a_setting():
    stated = dict(study=["a"] * 2, characteristic=["participants_planned", "participants"], value=["200", "150"])
    assert [each.severity for each in asked(planned_and_actual_size, characteristic=stated).findings] == ["note"]
    setting = dict(setting=["registry_size_gap"], value=["0.3"], reason=["protocol"])
    assert not asked(planned_and_actual_size, characteristic=stated, setting=setting).findings


def test_the_number_randomised_is_preferred_to_a_stated_number():
    stated = dict(study=["a"] * 2, characteristic=["participants_planned", "participants"], value=["200", "90"])
    flow = dict(study=["a"], diagram=["consort"], node=["randomised"], n=["196"])
    assert not asked(planned_and_actual_size, characteristic=stated, flow=flow).findings
