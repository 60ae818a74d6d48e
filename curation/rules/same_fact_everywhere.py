"""SOURCE-001. Catalogue 46 and 50: same analysis, several places; the mistake that explains a difference."""

from curation.engine.rule import rule
from schemas.factors import of_one_fact, swapped_limits


@rule(
    "SOURCE-001",
    severity="error",
    source="arithmetic: one fact has one value",
    rows="""
        SELECT min_by(kind, place_order) AS kind, min_by(record, place_order) AS record,
               list(record ORDER BY place_order) AS records, field, list(printed ORDER BY place_order) AS printed,
               list(concat_ws(', ', section, "row", "column") ORDER BY place_order) AS places,
               list(section ORDER BY place_order) AS sections
        FROM (SELECT *, concat_ws('|', section, "row", "column", record) AS place_order FROM facts
              WHERE field <> 'level' AND NOT (kind = 'characteristic' AND regexp_matches(more_key, '^(dose_band|band|threshold)[|]')))
        GROUP BY kind, source, study, arm, outcome, analysis_set, timepoint, more_key, field
        HAVING count(DISTINCT coalesce(section, '') || '|' || coalesce("row", '') || '|' || coalesce("column", '')) > 1
           AND count(DISTINCT nullif(printed.unit, '')) <= 1
    """,
    consistent=[
        [
            dict(kind="count", outcome="cr", percent="39.0%", section="Abstract"),
            dict(kind="count", outcome="cr", percent="39%", section="Results"),
        ]
    ],
    inconsistent=[
        [
            dict(kind="count", outcome="cr", percent="39.0%", section="Abstract"),
            dict(kind="count", outcome="cr", percent="46.6%", section="Discussion"),
        ]
    ],
    cannot_tell=[
        [
            dict(kind="count", outcome="cr", percent="39.0%", section="Abstract"),
            dict(kind="count", outcome="cr", percent="NR", section="Results"),
        ]
    ],
    look="which place has the right number",
    oracle="brute force: test_bruteforce_sources.py",
)
def same_fact_everywhere(printed):
    """The same fact is printed differently in two places.

    One true value lies in every printed interval of the fact: the highest of the low ends is at most the lowest of the
    high ends. Same source, study, arm, outcome, analysis set, time and field. Facts printed in different units are
    left to the rules that convert them.
    """
    return printed.one_value()


@same_fact_everywhere.explain
def a_known_mistake(row):
    """A unit, a shifted point, a complement, a sign, SE for SD, or two limits exchanged."""
    keys = ("source", "study", "arm", "outcome", "analysis_set", "timepoint", "measure", "moment", "label")
    places = {each.text for each in row.several("sections")}
    own = [
        each
        for each in row.siblings(*(key for key in keys if key in row.record))
        if each.get(row.code("field")) and (each["section"] or "") in places
    ]
    exchanged = [swapped_limits(row.code("field"), row.record, each) for each in own]
    return of_one_fact(row) + next((each for each in exchanged if each), [])


@same_fact_everywhere.explain
def exchanged(row):
    """Two studies, or two arms, whose numbers change places from one section to the other."""
    own = dict(
        zip(
            (one.text for one in row.several("sections")),
            (one.text.strip() for one in row.several("printed")),
            strict=True,
        )
    )
    if len(own) != 2 or len(set(own.values())) != 2:
        return []
    first, second = own
    crossed = {first: own[second], second: own[first]}
    found = []
    for differs, same in (("study", "arm"), ("arm", "study")):
        others: dict[str, dict[str, str]] = {}
        for each in row.siblings("source", same, "outcome", "analysis_set", "timepoint"):
            if each[differs] != row.record.get(differs) and (each[row.code("field")] or {}).get("text"):
                others.setdefault(each[differs], {})[each["section"] or ""] = each[row.code("field")]["text"].strip()
        found += [
            f"{first} and {second} exchange the numbers of {row.record.get(differs)} and {name}"
            for name, its in others.items()
            if its == crossed
        ]
    return found
