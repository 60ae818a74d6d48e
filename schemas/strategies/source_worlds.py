"""True worlds of several sources: a registry and a publication, cohorts of one centre, three arms, baseline tables."""

from __future__ import annotations

import numpy as np

from schemas.strategies.draw import Draw, Row, Tables

ARTICLE: Row = {"source": "article", "title": "Report", "type": "article", "year": "2015"}
REGISTRY: Row = {"source": "registry", "title": "Registry record", "type": "registry", "year": "2015"}
QUANTITIES = {"age": (60.0, 9.0), "weight": (75.0, 14.0), "albumin": (38.0, 4.5), "creatinine": (88.0, 21.0)}
"""Mean and standard deviation of what is measured at baseline."""


def trial_entities(*arms: str, design: str = "randomised") -> Tables:
    """A study with its article and its registry record, and so many arms."""
    return {
        "source": [ARTICLE, REGISTRY],
        "study": [{"study": "study-1", "label": "Alder 2015", "design": design, "year": "2015"}],
        "arm": [
            {"study": "study-1", "arm": arm, "label": arm, "role": "control" if arm.startswith("ctl") else "experimental"}
            for arm in arms
        ],
        "outcome": [
            {"outcome": name, "label": name.title(), "family_kind": kind}
            for name, kind in (("death", "event"), ("sae", "event"), ("os", "time_to_event"), *((each, "continuous") for each in QUANTITIES))
        ],
    }  # fmt: skip


def registered_trial(draw: Draw) -> Tables:
    """A registry and an article that report the same trial, and a plan that was kept to within a tenth."""
    tables, rows = trial_entities("exp", "ctl"), []
    randomised = draw.between(40, 900)
    sizes = {"exp": randomised // 2, "ctl": randomised - randomised // 2}
    for arm, size in sizes.items():
        for outcome in ("death", "sae"):
            events = draw.between(0, size)
            for source in ("article", "registry"):
                cells = {"events": draw.to.count(events), "total": draw.to.count(size)}
                if source == "article":
                    cells["percent"] = draw.to.percent(100 * events / size)
                rows.append({"source": source, "study": "study-1", "arm": arm, "outcome": outcome} | cells)
    planned = round(randomised / draw.rng.uniform(0.9, 1.1))
    identity = {"study": "study-1", "diagram": "consort", "node": "randomised", "n": draw.to.count(randomised)}
    tables["study"][0] |= {"registry": f"ACTRN{draw.between(10**13, 10**14 - 1)}"}
    tables["source"] = [ARTICLE | {"doi": f"10.1000/{draw.between(1, 10**9)}"}, REGISTRY]
    stated = {"source": "registry", "study": "study-1", "characteristic": "participants_planned"}
    return tables | {
        "count": rows,
        "flow": [identity | {"source": source} for source in ("article", "registry")],
        "characteristic": [stated | {"value": draw.to.count(planned)}],
    }


def cohorts_of_one_centre(draw: Draw) -> Tables:
    """Cohorts of one centre that follow each other, and one of another centre at the same time."""
    start, tables = (
        draw.between(1985, 2000),
        {"source": [ARTICLE | {"type": "systematic_review"}], "study": [], "characteristic": []},
    )
    for number in range(1, 4):
        study, end = f"study-{number}", start + draw.between(0, 5)
        elsewhere = number == 3
        tables["study"].append(
            {"study": study, "label": f"Birch-{number}", "design": "cohort", "included_in": "article",
             "registry": f"ACTRN{draw.between(10**13, 10**14 - 1)}"}
        )  # fmt: skip
        place = {"source": "article", "study": study, "section": "Table 1"}
        tables["characteristic"] += [
            place
            | {
                "characteristic": "centre",
                "text": "Hospital East" if elsewhere else draw.one_of("Hospital West", "hospital west"),
            },
            place | {"characteristic": "period", "low": str(start - 3 * elsewhere), "high": str(end)},
        ]
        start = end + draw.between(0, 2)
    return tables


def three_arms(draw: Draw) -> Tables:
    """Two doses against one control, which was shared out between the two comparisons; another study is pooled too."""
    tables = trial_entities("low", "high", "ctl-1", "ctl-2", "ctl")
    tables["study"].append({"study": "study-2", "label": "Cedar 2012", "design": "randomised", "year": "2012"})
    errors = draw.rng.uniform(0.1, 0.4, 3)
    shares = 100 * errors**-2 / (errors**-2).sum()
    pairs = (("study-1", "low", "ctl-1"), ("study-1", "high", "ctl-2"), ("study-2", "", ""))
    return tables | {
        "effect": [
            _effect(draw, pair, float(se), float(share)) for pair, se, share in zip(pairs, errors, shares, strict=True)
        ]
    }


def _effect(draw: Draw, pair: tuple[str, str, str], se: float, share: float) -> Row:
    y = draw.rng.normal(-0.2, 0.3)
    ends = {"estimate": y, "lower": y - 1.959963985 * se, "upper": y + 1.959963985 * se}
    named = {name: each for name, each in zip(("study", "arm", "comparator"), pair, strict=True) if each}
    row = {"source": "article", "outcome": "os", "measure": "HR", "weight": draw.to.percent(share)} | named
    return row | {name: draw.to.number(float(np.exp(end)), 3) for name, end in ends.items()}


def baseline_table(draw: Draw) -> Tables:
    """Correlated quantities of the participants of a randomised trial, before treatment."""
    tables, rows = trial_entities("exp", "ctl"), []
    shared = float(draw.rng.uniform(0, 0.9))
    decimals = draw.between(0, 2)
    for arm in ("exp", "ctl"):
        n = draw.between(8, 200)
        common = draw.rng.normal(size=n)
        for name, (centre, spread) in QUANTITIES.items():
            own = draw.rng.normal(size=n)
            values = centre + spread * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own)
            rows.append(
                {"source": "article", "study": "study-1", "arm": arm, "outcome": name, "timepoint": "baseline", "section": "Table 1",
                 "n": str(n), "mean": draw.to.number(float(values.mean()), decimals), "sd": draw.to.number(float(values.std(ddof=1)), decimals)}
            )  # fmt: skip
    return tables | {"mean": rows}


SOURCE_WORLDS = {
    "registered trial": registered_trial,
    "cohorts of one centre": cohorts_of_one_centre,
    "three arms": three_arms,
    "baseline table": baseline_table,
}
