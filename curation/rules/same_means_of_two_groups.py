"""SOURCE-008. Catalogue 19 and 48: identical vectors of n, mean and standard deviation."""

import numpy as np

from curation.engine.rule import rule
from schemas.coincidence import entry_chance, vector_chance
from schemas.thresholds import threshold
from schemas.verdicts import Verdicts

COINCIDENCE = threshold(
    "coincidence", 1e-4, least=1e-9, most=0.01, source="this project's choice",
    meaning="chance, over all groups compared, below which identical numbers are called a duplicate",
)  # fmt: skip
GRAVE = 1e-2
"""Of that chance: below this share of it the finding is a warning, above it a note."""


def _group(study, *values, arm=None):
    names = ("age", "weight", "height", "albumin")
    cells = [
        dict(kind="mean", study=study, outcome=name, n="52", mean=mean, sd=sd)
        for name, (mean, sd) in zip(names, values, strict=False)
    ]
    return [each | ({"arm": arm} if arm else {}) for each in cells]


_ONE = [("58.5", "9.1"), ("71.2", "11.4"), ("1.68", "0.09"), ("38.25", "4.61")]
_OTHER = [("58.5", "9.1"), ("71.2", "11.4"), ("1.68", "0.09"), ("38.26", "4.61")]
_TOLD = "concat_ws('|', {key}, n.text, \"mean\".text, sd.text)"


@rule(
    "SOURCE-008",
    severity="warning",
    source="own derivation; on matching summary rows as a sign of duplicated data: Bolland 2021",
    field="mean",
    rows=f"""
        WITH cells AS (
            SELECT m.record, m.source, m.study, m.arm, m.n, m."mean", m.sd, concat_ws('/', m.study, m.arm) AS whom, coalesce(m.analysis_set, '') AS people,
                   concat_ws(', ', m.outcome, m.timepoint, nullif(m.moment, 'value')) AS quantity
            FROM mean m LEFT JOIN arm a ON m.study = a.study AND m.arm = a.arm
            WHERE m.study IS NOT NULL AND m."mean" IS NOT NULL AND m.sd IS NOT NULL AND m.n IS NOT NULL AND coalesce(a.role, '') NOT IN ('total', 'subgroup')
            QUALIFY row_number() OVER (PARTITION BY m.source, whom, quantity, people ORDER BY m.section, m.record) = 1
        ), vectors AS (
            SELECT 'groups' AS sort, whom AS name, '' AS within, min(record) AS record, list(record ORDER BY quantity, people) AS records, list(n ORDER BY quantity, people) AS n,
                   list("mean" ORDER BY quantity, people) AS "mean", list(sd ORDER BY quantity, people) AS sd, string_agg({_TOLD.format(key="quantity, people")}, ';' ORDER BY quantity, people) AS vector,
                   string_agg(quantity || '|' || people, ';' ORDER BY quantity, people) AS shape
            FROM cells GROUP BY source, whom
            UNION ALL
            SELECT 'quantities', quantity, source || '|' || study, min(record), list(record ORDER BY whom, people), list(n ORDER BY whom, people),
                   list("mean" ORDER BY whom, people), list(sd ORDER BY whom, people), string_agg({_TOLD.format(key="whom, people")}, ';' ORDER BY whom, people),
                   string_agg(whom || '|' || people, ';' ORDER BY whom, people)
            FROM cells GROUP BY source, study, quantity HAVING count(*) > 1
        ), compared AS (SELECT *, count(*) OVER (PARTITION BY sort, within, shape) AS rivals FROM vectors)
        SELECT 'mean' AS kind, min(record) AS record, list_distinct(flatten(list(records ORDER BY record))) AS records, 'mean' AS field, sort,
               min_by(n, record) AS n, min_by("mean", record) AS "mean", min_by(sd, record) AS sd, list(DISTINCT name ORDER BY name) AS printed_for, CAST(max(rivals) AS VARCHAR) AS rivals
        FROM compared GROUP BY sort, within, vector
    """,
    consistent=[[*_group("a", *_ONE), *_group("b", *_OTHER)], [*_group("a", _ONE[0]), *_group("b", _ONE[0])]],
    inconsistent=[[*_group("a", *_ONE), *_group("b", *_ONE)], [*_group("a", *_ONE, arm="x"), *_group("a", *_ONE, arm="y")]],
    cannot_tell=[[*_group("a", ("NR", "9.1")), *_group("b", ("NR", "9.1"))]],
    oracle="brute force: test_bruteforce_sources.py",
    thresholds=[COINCIDENCE],
    limits="Groups are compared over the same set of quantities. Groups of all arms together and subgroups are left out.",
    look="whether the two are one group of participants under two names, or a row was copied",
)  # fmt: skip
def same_means_of_two_groups(n, mean, sd, printed_for, rivals=None):
    """Two groups, or two quantities, have the same numbers of participants, means and standard deviations throughout.

    The chance that independent groups of one population print alike is bounded from above: for each quantity about
    step * root(n) / (2 root(pi) SD) for the mean, and likewise for the SD; the least chance counts in full and each
    further quantity with its square root, because quantities are correlated. Times the number of pairs compared, it
    must not be below the limit. Two quantities of the same groups that agree are at most a note.
    """
    alike = np.array([len(each or ()) > 1 for each in printed_for.values], dtype=bool)
    chances = chance_of(n, mean, sd, rivals, alike)
    return Verdicts.of(alike & (chances < COINCIDENCE.value), n.complete & mean.complete & sd.complete)


def chance_of(n, mean, sd, rivals, rows):
    """Over all pairs compared, the chance of these rows' numbers; 1 for the other rows."""
    found = np.ones(len(rows))
    for row in np.flatnonzero(rows & n.complete & mean.complete & sd.complete):
        at = range(n.starts[row], n.starts[row + 1])
        cells = [[float(end) for one in (n, mean, sd) for end in (one.items.low[i], one.items.high[i])] for i in at]
        able = [each for each in cells if each[0] >= 2 and each[4] + each[5] > 0]
        chances = [entry_chance(a, (e + f) / 2, d - c, f - e) for a, _, c, d, e, f in able]
        pairs = int(rivals.values[row]) * (int(rivals.values[row]) - 1) / 2
        found[row] = vector_chance(chances) * max(1.0, pairs)
    return found


def _chance(row):
    n, mean, sd, rivals = (row.columns[name] for name in ("n", "mean", "sd", "rivals"))
    return float(chance_of(n, mean, sd, rivals, np.array([True]))[0])


@same_means_of_two_groups.reading("two quantities may be one and the same under two names", "note")
def one_quantity(row):
    return row.code("sort") == "quantities"


@same_means_of_two_groups.reading("so few numbers may agree by chance, though seldom", "note")
def few_numbers(row):
    return _chance(row) >= COINCIDENCE.value * GRAVE


@same_means_of_two_groups.explain
def how_seldom(row):
    times = 1 / max(_chance(row), 1e-12)
    return [f"by chance less than once in {float(f'{times:.1g}'):,.0f} such comparisons"]
