"""Breaking what the numbers of two arms say of each other."""

from __future__ import annotations

from schemas.strategies.break_numbers import alone, precise
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.two_arm_worlds import BETWEEN, KEY


def _counts(effect: Row | None = None, test: Row | None = None) -> Tables:
    """12 of 40 against 20 of 42."""
    tables: Tables = {
        "count": [
            KEY | {"arm": arm, "events": x, "total": n} for arm, x, n in (("one", "12", "40"), ("two", "20", "42"))
        ]
    }
    return tables | ({"effect": [BETWEEN | effect]} if effect else {}) | ({"test": [BETWEEN | test]} if test else {})


def _means(effect: Row | None = None, test: Row | None = None) -> Tables:
    """58.5 (SD 9.1) of 52 against 54.2 (8.7) of 48."""
    arms = (("one", "52", "58.5", "9.1"), ("two", "48", "54.2", "8.7"))
    tables: Tables = {"mean": [KEY | {"arm": arm, "n": n, "mean": mean, "sd": sd} for arm, n, mean, sd in arms]}
    return tables | ({"effect": [BETWEEN | effect]} if effect else {}) | ({"test": [BETWEEN | test]} if test else {})


def effect_of_other_counts(draw: Draw) -> Tables:
    """The odds ratio of 0.47 is printed as something from 0.7 to 0.9, or turned round."""
    estimate = draw.rng.uniform(0.7, 0.9) if draw.maybe(0.5) else draw.rng.uniform(1.9, 2.4)
    return _counts({"measure": "OR", "estimate": draw.to.number(estimate, 2)})


def interval_of_other_counts(draw: Draw) -> Tables:
    """The interval is a good deal narrower than 0.19 to 1.17."""
    upper = draw.to.number(draw.rng.uniform(0.7, 0.9), 2)
    return _counts({"measure": "OR", "estimate": "0.47", "lower": "0.28", "upper": upper})


def p_of_other_counts(draw: Draw) -> Tables:
    """P is far from 0.1."""
    p = draw.rng.uniform(0.3, 0.9) if draw.maybe(0.5) else draw.rng.uniform(0.001, 0.03)
    return _counts(test={"p": precise(draw).to.p_value(p)})


def effect_of_other_means(draw: Draw) -> Tables:
    """The difference of 4.3 is printed as something else."""
    return _means({"measure": "MD", "estimate": draw.to.number(draw.rng.uniform(4.8, 9), 1)})


def p_of_other_means(draw: Draw) -> Tables:
    """P is far from 0.018."""
    return _means(test={"statistic_type": "t", "p": precise(draw).to.p_value(draw.rng.uniform(0.1, 0.9))})


def interval_of_other_means(draw: Draw) -> Tables:
    """The interval is half or twice as wide as it should be."""
    half = draw.rng.uniform(1.5, 2.5) if draw.maybe(0.5) else draw.rng.uniform(5, 8)
    low, high = (draw.to.number(4.3 + by * half, 2) for by in (-1, 1))
    return _means({"measure": "MD", "estimate": "4.3", "lower": low, "upper": high})


def f_of_other_means(draw: Draw) -> Tables:
    """F is far from 3.7."""
    arms = {"a": ("52", "58.5", "9.1"), "b": ("48", "54.2", "8.7"), "c": ("50", "54.1", "9.9")}
    f = draw.to.number(draw.rng.uniform(4.5, 9), 2)
    return {
        "arm": [{"study": "study-1", "arm": arm, "label": arm, "role": "experimental"} for arm in arms],
        "mean": [KEY | {"arm": arm, "n": n, "mean": mean, "sd": sd} for arm, (n, mean, sd) in arms.items()],
        "test": [KEY | {"statistic_type": "F", "statistic": f, "df1": "2", "df2": "147"}],
    }


def error_of_another_interval(draw: Draw) -> Tables:
    """The standard error is twice to three times what the interval gives."""
    se = draw.to.number(0.122 * draw.rng.uniform(2, 3), 3)
    row = {"measure": "HR", "estimate": "0.66", "lower": "0.52", "upper": "0.84", "se": se, "interval_method": "wald"}
    return alone("effect", row)


def statistic_of_another_error(draw: Draw) -> Tables:
    """The statistic is a good deal less than the estimate in standard errors."""
    row = {"measure": "MD", "estimate": "1.20", "se": "0.20", "statistic": draw.to.number(draw.rng.uniform(1, 4), 2)}
    return alone("effect", row)


def p_of_another_error(draw: Draw) -> Tables:
    """P is large though the estimate is six standard errors from nothing."""
    p = precise(draw).to.p_value(draw.rng.uniform(0.2, 0.9))
    return alone("effect", {"measure": "HR", "estimate": "0.50", "se": "0.115", "p": p})


def interval_of_another_proportion(draw: Draw) -> Tables:
    """The interval of 22 of 52 is cut to half its width."""
    half = draw.rng.uniform(4, 8)
    low, high = (draw.to.number(42.3 + by * half, 1) for by in (-1, 1))
    return alone("count", {"events": "22", "total": "52", "lower": low, "upper": high})


def fewer_episodes_than_events(draw: Draw) -> Tables:
    """Fewer events than participants who had one."""
    events = draw.between(2, 60)
    return alone("count", {"events": str(events), "episodes": str(draw.between(0, events - 1))})


def rate_of_other_events(draw: Draw) -> Tables:
    """The rate is a tenth or more off."""
    rate = draw.to.number(1.4226 * draw.rng.uniform(1.1, 3), 2)
    return alone("rate", {"events": "12", "person_time": "843.5", "rate": rate, "per": "100"})


def interval_of_another_rate(draw: Draw) -> Tables:
    """The interval is half as wide as that of 12 events."""
    low, high = draw.to.number(draw.rng.uniform(1, 1.2), 2), draw.to.number(draw.rng.uniform(1.6, 1.9), 2)
    row = {"events": "12", "person_time": "843.5", "rate": "1.42", "per": "100", "lower": low, "upper": high}
    return alone("rate", row)


def ratio_of_other_rates(draw: Draw) -> Tables:
    """The ratio of 0.54 is printed as something else."""
    arms = (("one", "12", "843.5"), ("two", "21", "790.0"))
    rates = [KEY | {"arm": arm, "events": x, "person_time": time, "per": "100"} for arm, x, time in arms]
    return {"rate": rates, "effect": [BETWEEN | {"measure": "IRR", "estimate": draw.to.number(draw.rng.uniform(0.7, 3), 2)}]}  # fmt: skip


BROKEN = {
    "COUNT-004": interval_of_another_proportion,
    "COUNT-005": fewer_episodes_than_events,
    "EFFECT-007": error_of_another_interval,
    "EFFECT-008": statistic_of_another_error,
    "EFFECT-009": effect_of_other_counts,
    "EFFECT-010": interval_of_other_counts,
    "EFFECT-011": p_of_other_counts,
    "EFFECT-012": effect_of_other_means,
    "EFFECT-013": p_of_other_means,
    "EFFECT-014": interval_of_other_means,
    "EFFECT-015": p_of_another_error,
    "EFFECT-016": f_of_other_means,
    "RATE-001": rate_of_other_events,
    "RATE-002": interval_of_another_rate,
    "RATE-003": ratio_of_other_rates,
}
"""Rule id -> breaker."""
