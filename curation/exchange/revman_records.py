"""From a RevMan review to records: studies, arms, outcomes, counts, means, effects, pooled results, risk of bias."""

from __future__ import annotations

from scipy.special import chdtrc

from curation.exchange.imported import Cells, Imported
from curation.exchange.naming import Ids, source_of
from curation.exchange.revman_numbers import decimal, is_zero, natural, number, p_value, percent, typed
from curation.exchange.revman_review import Analysis, Group, Part, Result, Review, Row, has_estimate
from schemas.fields import LONGEST_TEXT

_FAMILY = {"MD": "continuous", "SMD": "continuous", "ROM": "continuous", "HR": "time_to_event"}
_METHOD = {"MH": "mantel_haenszel", "PETO": "peto", "IV": "inverse_variance", "EXP_O_E_VAR": "inverse_variance"}
"""Observed less expected events over their variance, weighted by it, are inverse variances of log ratios."""
_CODE = {"PETO_OR": "OR", "OTHER": "other"}
_SPLIT = "subgroup"
"""What divides the studies, where the file does not say it."""


def records(review: Review) -> Imported:
    """The rows of all kinds, and what of the review has no place among them."""
    return _Maker(review).made()


class _Maker:
    """Makes the rows of one review; ids are made of names, in the order in which they come."""

    def __init__(self, review: Review) -> None:
        self.review, self.out = review, review.account
        self.studies, self.outcomes = Ids(), Ids()
        self.arms: dict[str, Ids] = {}
        self.one_comparison = len({each.comparison for each in review.analyses}) <= 1

    def made(self) -> Imported:
        about = source_of(self.review.path, self.review.title, self.review.note)
        self.source = about["source"]
        self.out.add("source", 1, about | {"doi": self.review.doi})
        for key, study in self.review.studies.items():
            cells = {"study": self._study(key), "label": study.label, "year": study.year, "included_in": self.source}
            self.out.add("study", study.number, cells)
            for heading, text in study.texts:
                self._text(study.number, key, heading, text)
        for analysis in self.review.analyses:
            self._analysis(analysis)
        for each in self.review.judgements:
            cells = {"tool": each.tool, "domain": each.domain, "judgement": each.judgement}
            if self._fits(f"risk of bias, {self._study(each.study)}, {each.domain}", each.support):
                cells["support"] = each.support
            cells |= {"source": self.source, "study": self._study(each.study), "analysis_set": each.group}
            if each.tool == "other":
                cells["tool_name"] = "risk of bias table"
            self.out.add("appraisal", each.number, cells | {"section": "Risk of bias"})
        return self.out

    def _study(self, key: str) -> str:
        study = self.review.studies.get(key)
        return self.studies.of(key, study.label if study else key)

    def _text(self, at: int, key: str, heading: str, text: str) -> None:
        if not self._fits(f"study {self.review.studies[key].label}, {heading}", text):
            return
        cells = {"source": self.source, "study": self._study(key), "characteristic": "other"}
        self.out.add("characteristic", at, cells | {"label": heading, "text": text, "section": "Characteristics"})

    def _fits(self, place: str, text: str) -> bool:
        """Whether a text fits a cell; one that does not is left over."""
        if len(text) > LONGEST_TEXT:
            why = f"a cell holds at most {LONGEST_TEXT} characters"
            self.out.left(place, f"a text of {len(text)} characters", why)
        return len(text) <= LONGEST_TEXT

    def _analysis(self, one: Analysis) -> None:
        outcome = self.outcomes.of(one.place, one.name)
        note = (
            f"analysis {one.place}, comparison {one.comparison_name}"
            if one.comparison_name
            else f"analysis {one.place}"
        )
        cells = {"outcome": outcome, "label": one.name or one.place, "family_kind": _family(one), "note": note}
        self.out.add("outcome", one.result.number, cells)
        judged = outcome
        if one.swap:  # the events are counted, the effect is of those without
            judged = self.outcomes.of(f"{one.place} free", f"{one.name} free of it")
            free = {"outcome": judged, "label": f"{one.name}: without the event", "note": f"{note}; events exchanged"}
            self.out.add("outcome", one.result.number, cells | free)
        for part in one.parts:
            for row in part.rows:
                self._row(one, part, row, outcome, judged)
            if part.name and part.result:
                self._pooled(one, part.name, part.result, part.rows, judged)
        self._pooled(one, "", one.result, list(one.rows), judged)

    # rows

    def _row(self, one: Analysis, part: Part, row: Row, outcome: str, judged: str) -> None:
        study = self._study(row.study)
        common = {"source": self.source, "study": study, "analysis_set": part.name, "section": f"Analysis {one.place}"}
        common["row"] = self.review.studies[row.study].label if row.study in self.review.studies else row.study
        arms, before = [self._arm(one, row, study, at) for at in (0, 1)], self._made()
        for arm, group, column in zip(arms, (row.first, row.second), one.labels, strict=True):
            self._group(one, row, group, common | {"arm": arm, "outcome": outcome, "column": column})
        self._effect(one, row, common | {"arm": arms[0], "comparator": arms[1], "outcome": judged})
        if self._made() == before:
            self.out.left(f"analysis {one.place}, {common['row']}", "a row", "it holds no number")

    def _made(self) -> int:
        """How much the rows of studies have given so far."""
        return len(self.out.leftovers) + sum(len(self.out.rows.get(kind, ())) for kind in ("count", "mean", "effect"))

    def _arm(self, one: Analysis, row: Row, study: str, at: int) -> str:
        """The arm of a group: one per study, comparison, label and part it plays."""
        label, role = one.labels[at], ("experimental", "control")[at]
        ids = self.arms.setdefault(study, Ids())
        key = f"{one.comparison}/{label}/{role}"
        known = key in ids
        arm = ids.of(key, label if self.one_comparison else f"c{one.comparison} {label}")
        if not known:
            self.out.add("arm", row.number, {"study": study, "arm": arm, "label": label, "role": role})
        return arm

    def _group(self, one: Analysis, row: Row, group: Group, common: Cells) -> None:
        events, total = typed(group.events), typed(group.total)
        if one.type in {"DICH", "IPD"} and events and not is_zero(total):
            self.out.add("count", row.number, common | {"events": events, "total": total, "total_from": "cell"})
        elif one.type == "CONT" and not (is_zero(total) and is_zero(group.mean) and is_zero(group.sd)):
            cells = {"mean": typed(group.mean), "sd": typed(group.sd), "n": total}
            self.out.add("mean", row.number, common | cells)

    def _effect(self, one: Analysis, row: Row, common: Cells) -> None:
        logs = one.ratio and bool(number(row.effect)) and not number(row.estimate)
        estimate = natural(row.effect) if logs else number(row.estimate or row.effect)
        place = f"analysis {one.place}, {common['row']}"
        if not row.estimable:
            why = "no estimate follows from its numbers; what was typed is taken in"
            self.out.left(place, "the effect of this study, not estimable", why)
            return
        if not has_estimate(row):
            return
        notes = [row.note, f"ln {row.effect}" if logs else ""]
        notes += [f"O-E {number(row.o_e)}, variance {number(row.variance)}" if one.type == "IPD" else ""]
        interval = {} if _all_zero(row) else {"lower": number(row.lower), "upper": number(row.upper)}
        cells = common | interval | {
            "measure": _CODE.get(one.measure, one.measure), "estimate": estimate, "se": number(row.se or row.effect_se),
            "level": percent(one.level_study), "interval_method": _interval(one), "note": "; ".join(filter(None, notes)),
        }  # fmt: skip
        if not is_zero(row.weight):
            cells["weight"] = percent(row.weight)
        self.out.add("effect", row.number, cells)

    # results

    def _pooled(self, one: Analysis, part: str, result: Result, rows: list[Row], outcome: str) -> None:
        place = f"analysis {one.place}{', ' + part if part else ''}"
        if not result.calculated:
            return
        if not result.shown:
            self.out.left(place, f"the result {number(result.estimate)}", "the review does not show it")
            return
        used = [row for row in rows if row.estimable]
        studies = list(dict.fromkeys(self._study(row.study) for row in used))
        split = one.split or _SPLIT if one.subgroups else ""
        cells = {
            "source": self.source, "outcome": outcome, "analysis_set": part, "split": split,
            "section": f"Analysis {one.place}", "row": part or "Total", "measure": _CODE.get(one.measure, one.measure),
            "estimate": number(result.estimate), "lower": number(result.lower), "upper": number(result.upper),
            "level": percent(one.level), "k": str(len(used)), "n": _sum(result.total_1, result.total_2) if len(used) == len(rows) else "",
            "pooling_method": _METHOD.get(one.method, "unknown"), "model": "random" if one.random else "common",
            "transform": "log" if one.ratio else "none", "interval_method": _interval(one),
            "tau2_estimator": one.tau2_estimator if one.random else "none",
            "studies": " ".join(studies) if len(studies) == len(used) else "",
        } | _tests(result, several=len(used) > 1, random=one.random)  # fmt: skip
        if not part and one.subgroups:
            cells |= _between(result, len(one.subgroups))
        self.out.add("pooled", result.number, cells)


def _tests(result: Result, *, several: bool, random: bool) -> Cells:
    """The tests of a result. One study has no heterogeneity, and a common effect no variance between studies."""
    z = decimal(result.z)
    cells = {"z": number(result.z), "p": p_value(result.p, tiny=z is not None and abs(z) > 4.5)}
    if several:
        cells |= {"q": number(result.q), "df": number(result.df), "i2": percent(result.i2)}
        cells["p_heterogeneity"] = p_value(result.p_q, tiny=_tiny(result.q, result.df))
        if random:
            cells["tau2"] = number(result.tau2)
    return cells


def _between(result: Result, subgroups: int) -> Cells:
    """The test of the subgroups; RevMan writes zeros where there is none."""
    if not number(result.q_between) or (is_zero(result.q_between) and decimal(result.p_between) in {0, None}):
        return {}
    df = number(result.df_between)
    tiny = _tiny(result.q_between, df or str(subgroups - 1))
    return {"q_between": number(result.q_between), "df_between": df, "p_between": p_value(result.p_between, tiny=tiny)}


def _tiny(q: str, df: str) -> bool:
    """Whether the P value of a statistic is below what RevMan can tell from zero."""
    return bool(decimal(q) and decimal(df) and chdtrc(float(df), float(q.replace(",", ""))) < 1e-5)


def _family(one: Analysis) -> str:
    """What the outcome is, as far as type and measure tell it."""
    return (
        "time_to_event"
        if one.type == "IPD"
        else "continuous"
        if one.type == "CONT"
        else _FAMILY.get(one.measure, "event")
    )


def _interval(one: Analysis) -> str:
    """How intervals are made. Observed less expected events come from a log-rank or stratified analysis, not the table."""
    return "adjusted" if one.type == "IPD" else one.interval_method


def _all_zero(row: Row) -> bool:
    return is_zero(row.lower) and is_zero(row.upper)


def _sum(first: str, second: str) -> str:
    one, two = number(first), number(second)
    both = int(one) + int(two) if one.isdigit() and two.isdigit() else 0
    return str(both) if both else ""
