"""VOCABULARY-006. The unit of time by its name."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts
from schemas.vocabulary import HEADERS, TIME_UNITS, literal

_ANY = "|".join(TIME_UNITS.values())
_DIGITS = "regexp_extract(printed.text, '[0-9]+([.,·][0-9]+)*')"
_BESIDE = (
    f"regexp_extract_all(coalesce(quote, ''), '(?i)(?:^|[^0-9.,·])' || regexp_escape({_DIGITS}) || "
    f"'[ -]?(' || {literal(_ANY)} || ')\\b', 1)"
)
_IN_A_HEADER = rf"(?i)(?:[(,\[|]|\bin) ?({_ANY})[.]?(?: ?[)\]|]|$)"
_HEADED = f"regexp_extract_all({HEADERS}, {literal(_IN_A_HEADER)}, 1)"
_CODE = " ".join(
    f"WHEN regexp_full_match(lower(one), {literal(spellings)}) THEN '{unit}'" for unit, spellings in TIME_UNITS.items()
)
_ENTERED = " UNION ALL ".join(
    f"""SELECT record, '{field}' AS field, "{field}" AS printed, coalesce(nullif("{field}".unit, ''), time_unit) AS unit,
               quote, "row", "column" FROM survival WHERE "{field}" IS NOT NULL"""
    for field in ("median", "lower", "upper", "time")
)


@rule(
    "VOCABULARY-006",
    severity="warning",
    source="a time is entered with the unit in which it is printed",
    field="printed",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        WITH beside AS (
            SELECT *, list_concat({_BESIDE}, CASE WHEN field <> 'time' AND printed.unit = '' THEN {_HEADED} ELSE [] END) AS spelled
            FROM ({_ENTERED}) WHERE printed.status = 'reported'
        ), read AS (
            SELECT *, list_distinct(list_transform(spelled, lambda one: CASE {_CODE} END)) AS named FROM beside
        )
        SELECT 'survival' AS kind, record, field, printed, unit, named[1] AS other,
               CASE WHEN list_contains(named, unit) THEN 'own' WHEN len(named) = 1 THEN 'other' ELSE 'several' END AS said
        FROM read WHERE len(named) > 0
    """,
    consistent=[
        dict(kind="survival", median="24.9", quote="median OS was 24.9 months"),
        dict(kind="survival", time="1 year", rate="88%", quote="1-year OS: 88%"),
        dict(kind="survival", median="107", time_unit="weeks", column="Median (weeks)"),
    ],
    inconsistent=[
        dict(kind="survival", median="107", quote="median OS was 107 weeks"),
        dict(kind="survival", time="1", rate="88%", quote="1-year OS: 88%"),
        dict(kind="survival", median="2.1", column="Median OS, years"),
    ],
    cannot_tell=[dict(kind="survival", median="12", time_unit="weeks", quote="12 months of treatment; 12 days later")],
    limits="In a quote the unit must stand right after the number, in a header in brackets or after a comma.",
    look="the unit of the time; a blank unit stands for months",
)  # fmt: skip
def words_say_other_time_unit(printed, unit=None, said=None):
    """The words beside the time give another unit than the one it is entered with."""
    return Verdicts.of(said.is_("other"), printed.known & ~said.is_("several"))


@words_say_other_time_unit.expects
def the_unit(row):
    return f"{row['printed'].text.strip()} in {row.code('other')} instead of {row.code('unit')}"
