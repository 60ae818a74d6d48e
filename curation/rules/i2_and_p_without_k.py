"""POOLED-005. Catalogue 39 and 53: I2 in a table, the number of studies in the text."""

import numpy as np

from curation.engine.rule import rule
from schemas.heterogeneity import degrees_of_freedom, degrees_that_fit, from_q_by_definition, p_of_i2, repeated, span
from schemas.intervals import Column
from schemas.ragged import Ragged
from schemas.scales import possible_p
from schemas.thresholds import threshold
from schemas.verdicts import Verdict, Verdicts

MOST_STUDIES = threshold(
    "most_studies_tried",
    200,
    meaning="greatest number of studies tried where the source does not state how many were pooled",
    source="this project's choice: few meta-analyses pool more",
    least=2,
    most=5000,
)


@rule(
    "POOLED-005",
    severity="error",
    source="Q = df / (1 - I2), compared with chi-square; Higgins and Thompson 2002, doi:10.1002/sim.1186",
    oracle="brute force: test_bruteforce_pooled.py",
    thresholds=[MOST_STUDIES],
    field="i2",
    rows="""
        SELECT 'pooled' AS kind, p.record, list_prepend(p.record, f.records) AS records, 'i2' AS field,
               p.i2, coalesce(p.p_heterogeneity, f.ps[1]) AS p_heterogeneity, f.ks AS k,
               CASE WHEN f.ks IS NULL THEN r.stated_studies END AS stated,
               p.model, p.tau2_estimator, f.ps AS elsewhere, f.p_places AS places
        FROM pooled_results p JOIN pooled_facts f USING (fact) LEFT JOIN review_sizes r ON r.source = p.source
        WHERE p.i2 IS NOT NULL AND (p.p_heterogeneity IS NOT NULL OR f.ps IS NOT NULL)
          AND (p.p_heterogeneity IS NULL OR (p.k.low IS NULL AND p.df.low IS NULL))
    """,
    consistent=[
        [dict(kind="pooled", outcome="cr", i2="32.4%", p_heterogeneity="0.169", section="Table 2"), dict(kind="pooled", outcome="cr", k="8", section="Results")],
        [dict(kind="pooled", outcome="cr", i2="32.4%", p_heterogeneity="0.169")],
        [dict(kind="pooled", outcome="cr", i2="0%", section="Table 2"), dict(kind="pooled", outcome="cr", k="8", p_heterogeneity="0.628", section="Results")],
    ],
    inconsistent=[
        [dict(kind="pooled", outcome="cr", i2="79.1%", p_heterogeneity="0.169", section="Table 2"), dict(kind="pooled", outcome="cr", k="8", section="Results")],
        [dict(kind="pooled", outcome="cr", i2="79.1%", p_heterogeneity="0.169")],
        [dict(kind="pooled", outcome="cr", i2="57.6%", p_heterogeneity="<0.001"), dict(kind="characteristic", characteristic="studies", value="8")],
    ],
    cannot_tell=[[dict(kind="pooled", outcome="cr", i2="79.1%", p_heterogeneity="NR")]],
    look="whether I2 and P stand in the right rows",
)  # fmt: skip
def i2_and_p_without_k(i2, p_heterogeneity, k=None, stated=None, model=None, tau2_estimator=None):
    """The printed I2 and P value of heterogeneity do not go together.

    As in POOLED-004, with the number of studies that another place of the source prints for the same result. Where
    none does, any number from 2 to the number of studies the source states (or 200) may reconcile I2 and P.
    """
    numbers = k if isinstance(k, Ragged) else Ragged(k, np.arange(len(i2.low) + 1))
    given = _any_given(i2, p_heterogeneity, numbers)
    unknown = np.flatnonzero(given == Verdict.CANNOT_TELL)
    if len(unknown):
        given[unknown] = _any_at_all(
            i2.take(unknown), p_heterogeneity.take(unknown), _most(stated, len(i2.low))[unknown]
        )
    return Verdicts(given).cannot_tell(~i2.known | ~possible_p(p_heterogeneity))


def _fits(i2, p, k):
    nothing = np.full(len(k.low), np.nan)
    return p.meets(p_of_i2(i2, degrees_of_freedom(Column.from_ends(nothing, nothing), k))).codes


def _any_given(i2, p, numbers):
    """A verdict per row: consistent if one of its numbers of studies fits."""
    rows = np.repeat(np.arange(len(numbers.lengths)), numbers.lengths)
    start = int(numbers.starts[0])
    codes = _fits(i2.take(rows), p.take(rows), numbers.items.take(np.arange(start, start + len(rows))))
    out = np.full(len(numbers.lengths), Verdict.CANNOT_TELL, dtype=np.int8)
    out[rows[codes == Verdict.CONTRADICTS]] = Verdict.CONTRADICTS
    out[rows[np.isin(codes, (Verdict.CONSISTENT, Verdict.EDGE))]] = Verdict.CONSISTENT
    return out


def _any_at_all(i2, p, most):
    out = np.full(len(most), Verdict.CONTRADICTS, dtype=np.int8)
    for studies in range(2, int(most.max()) + 1):
        left = np.flatnonzero((out == Verdict.CONTRADICTS) & (most >= studies))
        number = np.full(len(left), float(studies))
        fits = _fits(i2.take(left), p.take(left), Column.from_ends(number, number))
        out[left[fits != Verdict.CONTRADICTS]] = Verdict.CONSISTENT
    return out


def _most(stated, rows):
    if not isinstance(stated, Ragged):
        return np.full(rows, int(MOST_STUDIES.value))
    greatest = stated.greatest()
    return np.where(
        greatest.known,
        np.nan_to_num(np.asarray(greatest.high, dtype=np.float64), nan=MOST_STUDIES.value),
        int(MOST_STUDIES.value),
    )


@i2_and_p_without_k.reading(
    "with another estimator of tau2 (REML, Paule-Mandel) I2 may be defined differently", "warning"
)
def another_definition(row):
    return not from_q_by_definition(row.columns["model"], row.columns["tau2_estimator"])[0]


@i2_and_p_without_k.explain
def numbers_of_studies(row):
    i2 = row.columns["i2"]
    fits = [1 + df for df in degrees_that_fit(row.columns["p_heterogeneity"], lambda df: p_of_i2(repeated(i2, df), df))]
    return [
        f"both fit {span(fits)} studies" if fits else f"no number of studies up to {MOST_STUDIES.value:.0f} fits both"
    ]


@i2_and_p_without_k.explain
def row_shifted(row):
    table = row.siblings("source", "section", "column") if row.record.get("section") and row.record.get("row") else []
    own = next((at for at, each in enumerate(table) if each["record"] == row.record.get("record")), None)
    found = []
    for at, where in () if own is None else ((own - 1, "above"), (own + 1, "below")):
        if 0 <= at < len(table):
            label = table[at].get("row") or table[at].get("outcome")
            for name, kept, other in (("i2", "P", "I2"), ("p_heterogeneity", "I2", "P")):
                cell = table[at].get(name)
                if (
                    isinstance(cell, dict)
                    and cell["low"] is not None
                    and row.holds(**{name: (cell["low"], cell["high"])})
                ):
                    own_text = row["p_heterogeneity" if name == "i2" else "i2"].text.strip()
                    found.append(
                        f"{kept} {own_text} fits the {other} {cell['text'].strip()} printed in the row {where} ({label})"
                    )
    return found


@i2_and_p_without_k.explain
def printed_elsewhere(row):
    pairs = zip(row.several("elsewhere"), row.several("places"), strict=True)
    own = row["p_heterogeneity"]
    fits = {
        f"I2 fits P {p.text.strip()}, printed in {place.text}"
        for p, place in pairs
        if p.low != own.low and row.holds(p_heterogeneity=(p.low, p.high))
    }
    return sorted(fits)
