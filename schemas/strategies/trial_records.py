"""The records a review prints of one study: responses, adverse events, survival, effects, tests, baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.strategies import comparison
from schemas.strategies.counts import counted, interval_of
from schemas.strategies.draw import Draw, Row
from schemas.strategies.effects import Effect, effect_row, odds_ratio
from schemas.strategies.flows import consort
from schemas.strategies.others import p_of
from schemas.strategies.rates import rated
from schemas.strategies.survival import landmark, median, time_of
from schemas.strategies.trial import ADVERSE, CATEGORIES, LANDMARKS, THRESHOLDS, Arm, Trial

Found = Iterator[tuple[str, Row]]
"""Kind and row."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where and how a source prints: its id, the prefix of outcome ids, and the columns of its count tables."""

    source: str
    prefix: str
    draw: Draw
    columns: tuple[str, ...] = ("events", "total", "percent")
    intervals: bool = True

    def row(self, section: str, study: Trial, arm: Arm | None, outcome: str, cells: Row) -> Row:
        """A row with its key and place."""
        key = {
            "source": self.source,
            "study": study.id,
            "section": section,
            "row": study.label,
            "column": outcome or "Value",
        }
        if arm is not None:
            key |= {"arm": arm.id, "row": f"{study.label}, {arm.label}"}
        return key | ({"outcome": self.prefix + outcome} if outcome else {}) | cells

    def shown(self, draw: Draw, events: int, total: int) -> Row:
        """A count in the columns that this source prints."""
        cells = counted(draw, events, total) if total else {"events": "0", "total": "0"}
        kept = {name: text for name, text in cells.items() if name in self.columns}
        if self.intervals and draw.maybe(0.1) and total and "percent" in kept:
            kept |= interval_of(draw, events, total)
        kept |= {"quote": " ".join(kept.values())} if draw.maybe(0.1) else {}
        return kept | ({"total_from": "header"} if "events" not in self.columns else {})


def records_of(page: Page, study: Trial) -> Found:
    """Everything printed of a study."""
    for arm in study.arms:
        yield from responses(page, study, arm)
        yield from adverse_events(page, study, arm)
        yield from baseline(page, study, arm)
        yield from survival_of(page, study, arm)
    yield (
        "count",
        page.row(
            "Table 5",
            study,
            study.everyone,
            "relapse",
            page.shown(page.draw, study.everyone.relapsed, study.everyone.size),
        ),
    )
    followed = round(study.everyone.size * page.draw.rng.uniform(0.5, 8), 1)
    rates = rated(page.draw, study.everyone.relapsed, followed)
    yield "rate", page.row("Table 5", study, study.everyone, "relapse", rates)
    yield from compared(page, study)
    yield from described(page, study)


def responses(page: Page, study: Trial, arm: Arm, section: str = "Table 2") -> Found:
    """Response categories and thresholds of one arm; in some arms a category is not printed."""
    left_out = page.draw.one_of(*CATEGORIES) if page.draw.maybe(0.2) else ""
    for place, name in enumerate(CATEGORIES):
        if name != left_out:
            cells = page.shown(page.draw, int(arm.responses[place]), arm.size)
            yield "count", page.row(section, study, arm, name, cells)
    for name in THRESHOLDS:
        yield "count", page.row(section, study, arm, name, page.shown(page.draw, arm.reaching(name), arm.size))


def adverse_events(page: Page, study: Trial, arm: Arm) -> Found:
    """Any grade, grade 3 or higher, and grade 4 or higher, among those treated; second malignancies."""
    safety = {"analysis_set": "safety"}
    for name in ADVERSE:
        for ending, worst in (("", 1), ("-ge3", 3), ("-g4", 4)):
            cells = page.shown(page.draw, int(arm.grades[name][worst:].sum()), arm.treated)
            yield "count", page.row("Table 3", study, arm, name + ending, cells | safety)
    for name, events in zip(("spm", "spm-invasive"), arm.malignancy, strict=True):
        yield "count", page.row("Table 3", study, arm, name, page.shown(page.draw, events, arm.size))


def baseline(page: Page, study: Trial, arm: Arm) -> Found:
    """Participants and their ages."""
    number, ages = page.draw.to.number, arm.ages
    size = {"characteristic": "participants", "value": page.draw.to.count(arm.size)}
    yield "characteristic", page.row("Table 1", study, arm, "", size)
    cells = {
        "n": page.draw.to.count(arm.size),
        "unit": "years",
        "whole_numbers": "yes",
        "items": "1",
        "mean": number(ages.mean()),
        "sd": number(ages.sd()),
    }
    if page.draw.maybe(0.5):
        cells |= {
            "median": number(ages.quantile(0.5, "linear"), 1),
            "minimum": str(ages.totals.min()),
            "maximum": str(ages.totals.max()),
        }
    yield "mean", page.row("Table 1", study, arm, "age", cells)


def survival_of(page: Page, study: Trial, arm: Arm) -> Found:
    """Rates at the landmarks within the follow-up, and the median."""
    draw = page.draw
    for month in LANDMARKS if arm.curves else ():
        time = time_of(draw, month)
        for name, curve in (arm.curves or {}).items():
            if month < curve.last():
                cells = time | landmark(draw, curve, month) | {"total": draw.to.count(arm.size)}
                yield "survival", page.row("Table 4", study, arm, name, cells)
    for name, curve in (arm.curves or {}).items():
        events = {"total": draw.to.count(arm.size), "events": draw.to.count(int(curve.people.event.sum()))}
        yield "survival", page.row("Table 4", study, arm, name, median(draw, curve) | events)


def compared(page: Page, study: Trial) -> Found:
    """Tests of the two arms of a randomised study, and its CONSORT diagram."""
    if study.compared is None:
        return
    one, two = study.compared
    table = one.reaching("ge-pr"), one.size, two.reaching("ge-pr"), two.size
    statistics = {
        "ge-pr": comparison.chi_square(*table),
        "os": _log_rank(one, two, "os"),
        "pfs": _log_rank(one, two, "pfs"),
    }
    for name, value in statistics.items():
        p = page.draw.to.p_value(p_of("chi2", value, 1, 0))
        cells = {
            "statistic_type": "chi2",
            "statistic": page.draw.to.number(value),
            "df1": "1",
            "p": p,
            "comparator": two.id,
        }
        yield "test", page.row("Results", study, one, name, cells)
    for box in consort(page.draw, {arm.id: arm.size for arm in (one, two)}):
        yield "flow", {"source": page.source, "study": study.id, "section": "Figure S1"} | box


def described(page: Page, study: Trial) -> Found:
    """Year, recruitment, size, and risk of bias."""
    started, ages = study.year - page.draw.between(3, 9), study.everyone.ages
    facts: tuple[Row, ...] = (
        {"characteristic": "publication_year", "value": str(study.year)},
        {"characteristic": "period", "low": str(started), "high": str(page.draw.between(started, study.year - 1))},
        {"characteristic": "participants", "value": page.draw.to.count(study.everyone.size)},
        {
            "characteristic": "age",
            "value": page.draw.to.number(ages.quantile(0.5, "linear"), 1),
            "low": str(ages.totals.min()),
            "high": str(ages.totals.max()),
        },
        {"characteristic": "country", "text": page.draw.one_of("France", "Germany", "Japan")},
    )
    for cells in facts:
        yield "characteristic", page.row("Table 1", study, None, "", cells)
    if study.design == "cohort":
        stars = {"tool": "Newcastle-Ottawa", "score": str(page.draw.between(3, 9)), "score_min": "0", "score_max": "9"}
        yield "appraisal", page.row("Table S1", study, None, "", stars)
    else:
        yield (
            "appraisal",
            page.row(
                "Table S1",
                study,
                None,
                "",
                {"tool": "RoB 2", "judgement": page.draw.one_of("low", "some_concerns", "high")},
            ),
        )


def effects_of(study: Trial) -> dict[str, Effect]:
    """The study's effects by outcome: odds ratio of response, hazard ratios; empty without a comparison."""
    if study.compared is None:
        return {}
    one, two = study.compared
    found = {"ge-pr": odds_ratio(one.reaching("ge-pr"), one.size, two.reaching("ge-pr"), two.size)}
    for name in ("os", "pfs"):
        ratio = comparison.cox(_risk(one, two, name))
        if ratio is not None:
            found[name] = ratio
    return found


def effect_records(page: Page, study: Trial, outcome: str, one: Effect, weight: float) -> Found:
    """One line of a forest plot."""
    assert study.compared is not None, "only comparisons have effects"  # noqa: S101 - narrows the type
    experimental, control = study.compared
    cells = effect_row(page.draw, one) | {"weight": page.draw.to.percent(weight), "comparator": control.id}
    yield "effect", page.row("Figure 2", study, experimental, outcome, cells)


def _risk(one: Arm, two: Arm, name: str) -> comparison.AtRisk:
    assert one.curves is not None, "both arms have curves"  # noqa: S101 - narrows the type
    assert two.curves is not None, "both arms have curves"  # noqa: S101 - narrows the type
    return comparison.at_risk(one.curves[name].people, two.curves[name].people)


def _log_rank(one: Arm, two: Arm, name: str) -> float:
    return comparison.log_rank(_risk(one, two, name))
