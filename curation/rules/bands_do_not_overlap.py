"""BAND-001. Catalogue 56: bands that overlap."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


def _bands(*pairs, label="age"):
    return [dict(kind="characteristic", characteristic="band", label=label, **pair) for pair in pairs]


@rule(
    "BAND-001",
    severity="warning",
    source="arithmetic: a value falls in one band",
    field="band_before",
    rows="""
        WITH sized AS (
            SELECT *, count(*) OVER (PARTITION BY system) AS size,
                   min(unit) OVER (PARTITION BY system) IS DISTINCT FROM max(unit) OVER (PARTITION BY system) AS mixed,
                   row_number() OVER (PARTITION BY system ORDER BY starts, ends, record) AS number
            FROM bands
        )
        SELECT 'characteristic' AS kind, b.record, [a.record, b.record] AS records, CASE WHEN b.low IS NULL THEN 'high' ELSE 'low' END AS field,
               CASE WHEN NOT a.mixed THEN b.band END AS band, a.band AS band_before,
               CASE WHEN b.ends <= a.ends OR b.starts = a.starts OR b.starts > a.ends THEN 'nothing'
                    WHEN b.starts = a.ends THEN 'point' ELSE 'stretch' END AS shared,
               CASE WHEN 'out' IN (b.low_end, a.high_end) THEN 'out' WHEN 'unknown' IN (b.low_end, a.high_end) THEN 'unknown' ELSE 'in' END AS ends
        FROM sized a JOIN sized b USING (system)
        WHERE a.number < b.number AND a.size <= 60
    """,
    consistent=[
        _bands(dict(low="1", high="3", inclusive="both"), dict(low="4", high="7", inclusive="both")),
        _bands(dict(low="75 years", inclusive="neither"), dict(high="75", inclusive="high")),
        _bands(dict(high="60"), dict(high="30")),
    ],
    inconsistent=[
        _bands(dict(low="18", high="65"), dict(low="60", high="75")),
        _bands(dict(low="30", high="50 mL/min"), dict(low="50 mL/min", inclusive="low"), label="creatinine clearance"),
        _bands(dict(low="18", high="65", inclusive="both"), dict(low="65", high="75", inclusive="both")),
    ],
    cannot_tell=[_bands(dict(low="18 months", high="6 years"), dict(low="5 years", high="9 years"))],
    limits=(
        "Bands are compared within one section of one source, up to 60 of one scale. A band inside another one may be a part of it, "
        "and is passed over. The label up to a colon names the scale."
    ),
    look="which band a value in the part they share belongs to",
    oracle="brute force: test_bruteforce_spans.py",
)  # fmt: skip
def bands_do_not_overlap(band, band_before, shared=None, ends=None):
    """Two bands of one scale overlap.

    Two bands [a, b] and [c, d] with a < c and b < d need b <= c, and where b = c one of them must leave that point out.
    The ends of a band are definitions: exact, not rounded. Nothing can be told where the ends of one scale carry
    different units.
    """
    return Verdicts.of(shared.is_("stretch") | (shared.is_("point") & ~ends.is_("out")), band.known)


@bands_do_not_overlap.reading("they share one point only, and it is not said that both bands include it", "note")
def open_end(row):
    return row.code("shared") == "point" and row.code("ends") == "unknown"
