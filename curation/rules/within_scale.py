"""MEAN-005. Catalogue 16: a mean, median, quartile or extreme lies within the scale."""

from curation.engine.rule import rule
from schemas.scale_ends import ends_of_scale
from schemas.wording import decimals, show

_NUMBERS = ("mean", "median", "q1", "q3", "minimum", "maximum")
_EACH = " UNION ALL ".join(
    f"SELECT 'mean' AS kind, record, '{name}' AS field, \"{name}\" AS printed, scale_min, scale_max, moment, unit, items "
    f'FROM "mean" WHERE "{name}" IS NOT NULL AND (scale_min IS NOT NULL OR scale_max IS NOT NULL)'
    for name in _NUMBERS
)


@rule(
    "MEAN-005",
    severity="error",
    source="arithmetic",
    field="printed",
    rows=_EACH,
    consistent=[
        dict(kind="mean", mean="6.5", scale_min="1", scale_max="7"),
        dict(kind="mean", mean="0.04", minimum="0", maximum="1", scale_min="0", scale_max="1"),
        dict(kind="mean", mean="-2.4", scale_min="1", scale_max="7", moment="change"),
    ],
    inconsistent=[
        dict(kind="mean", mean="7.5", scale_min="1", scale_max="7"),
        dict(kind="mean", median="52", q3="66", scale_max="60"),
        dict(kind="mean", minimum="0", maximum="7", scale_min="1", scale_max="7"),
        dict(kind="mean", mean="-6.4", scale_min="1", scale_max="7", moment="change"),
    ],
    cannot_tell=[
        dict(kind="mean", mean="NR", scale_min="1", scale_max="7"),
        dict(kind="mean", mean="6.5", scale_min="NR", scale_max="NR"),
    ],
    limits="The scale is that of one participant's score. Changes in percent are not bounded by a scale.",
    look="which scale was used, and whether the number has its decimal point in the right place",
    oracle="brute force: test_mean_bruteforce.py",
)  # fmt: skip
def within_scale(printed, scale_min=None, scale_max=None, moment=None, unit=None):
    """The number lies outside the scale it was measured on.

    a <= value <= b, the value within its rounding, the ends of the scale exact; of a change since baseline,
    -(b - a) <= value <= b - a.
    """
    low, high, percent = ends_of_scale(scale_min, scale_max, moment, unit)
    inside = printed.at_least(low).checked_where_known() & printed.at_most(high).checked_where_known()
    return inside.cannot_tell(~(low.known | high.known)).unless(percent)


@within_scale.reading("the score adds up several items, and the scale printed is that of one of them", "warning")
def sum_of_items(row):
    items = row["items"]
    if items.value is None or items.value < 2:
        return False
    scaled = {name: row.columns[name] * items.value for name in ("scale_min", "scale_max")}
    return row.holds(**scaled)


@within_scale.expects
def between(row):
    low, high, _ = ends_of_scale(*(row.columns[name] for name in ("scale_min", "scale_max", "moment", "unit")))
    places = decimals(row["printed"])
    ends = [show(end.low[0], places) if end.known[0] else "" for end in (low, high)]
    return f"{ends[0]} to {ends[1]}" if all(ends) else f"at least {ends[0]}" if ends[0] else f"at most {ends[1]}"
