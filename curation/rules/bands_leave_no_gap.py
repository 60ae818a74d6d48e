"""BAND-002. Catalogue 56: bands that leave a gap."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


def _bands(*pairs, label="age"):
    return [dict(kind="characteristic", characteristic="band", label=label, **pair) for pair in pairs]


@rule(
    "BAND-002",
    severity="note",
    source="arithmetic: bands that cover a scale leave nothing out between them",
    field="band_before",
    rows="""
        WITH covered AS (
            SELECT *, min(unit) OVER (PARTITION BY system) IS DISTINCT FROM max(unit) OVER (PARTITION BY system) AS mixed,
                   max_by(struct_pack(record, band, ends, high_end, places := high.decimals), struct_pack(ends, high_end := high_end <> 'out'))
                       OVER (PARTITION BY system ORDER BY starts, low_end <> 'out' DESC, ends, record ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM bands
        )
        SELECT 'characteristic' AS kind, record, [before.record, record] AS records, 'low' AS field,
               CASE WHEN NOT mixed THEN band END AS band, before.band AS band_before,
               CASE WHEN starts < before.ends OR (starts = before.ends AND NOT (low_end = 'out' AND before.high_end = 'out')) THEN 'nothing'
                    WHEN starts = before.ends THEN 'point'
                    WHEN starts - before.ends <= 1.000001 * 0.1 ** least(low.decimals, before.places) THEN 'nothing'
                    ELSE 'stretch' END AS missing
        FROM covered WHERE before IS NOT NULL AND low.value IS NOT NULL
    """,
    consistent=[
        _bands(dict(low="1", high="3", inclusive="both"), dict(low="4", high="7", inclusive="both")),
        _bands(dict(low="1", high="1.9"), dict(low="2", high="2.9")),
        _bands(dict(low="75 years", inclusive="neither"), dict(high="75", inclusive="high")),
    ],
    inconsistent=[
        _bands(dict(low="18", high="60"), dict(low="65", high="75")),
        _bands(dict(high="30", inclusive="neither"), dict(low="30", inclusive="neither"), label="creatinine clearance"),
    ],
    cannot_tell=[_bands(dict(low="18 months", high="4 years"), dict(low="5 years", high="9 years"))],
    limits="Bands are compared within one section of one source; the label up to a colon names the scale.",
    look="which band a value between the two belongs to, and whether a band was left out",
    oracle="brute force: test_bruteforce_spans.py",
)  # fmt: skip
def bands_leave_no_gap(band, band_before, missing=None):
    """Two neighbouring bands of one scale leave a gap between them.

    The next band starts where those before it end, or one unit of the last printed place later (1-3, 4-7: a scale of
    whole numbers, or ages in completed years). Where both leave out the point at which they meet, that point is the gap.
    """
    return Verdicts.of(missing.is_("point", "stretch"), band.known)


@bands_leave_no_gap.explain
def what_is_missing(row):
    return ["both leave out the point at which they meet"] if row.code("missing") == "point" else []
