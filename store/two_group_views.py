"""Views that set the two arms of a comparison side by side.

``compared_counts``, ``compared_means``, ``compared_rates``: for every effect and test that names an arm and the arm it
is compared with, what the same source prints of the two arms for the same outcome, people and time. Columns: kind and
record of the comparison, ``records`` of the two arms, and their numbers; those of the arm compared with carry the
prefix ``comparator_``. Of several places the one nearest to the comparison counts: its own section, then one that has
both arms. ``arm_means``: the means of all arms of a study for one outcome, people and time, as lists.
"""

from __future__ import annotations

_KEY = "source, study, outcome, coalesce(analysis_set, '') AS of_set, coalesce(timepoint, '') AS at_time"
_QUESTIONS = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, record, section, arm, comparator, {_KEY} FROM \"{kind}\""
    " WHERE study IS NOT NULL AND outcome IS NOT NULL AND arm <> comparator"
    for kind in ("effect", "test")
)
_SAME = " AND ".join(f"{{one}}.{name} = {{two}}.{name}" for name in ("source", "study", "outcome", "of_set", "at_time"))


def _compared(table: str, fields: tuple[str, ...], condition: str, *, alike: str = "true") -> str:
    chosen = [f"one.{name} AS {name}" for name in fields] + [f"two.{name} AS comparator_{name}" for name in fields]
    return f"""
        WITH measured AS (SELECT *, coalesce(analysis_set, '') AS of_set, coalesce(timepoint, '') AS at_time FROM "{table}" WHERE {condition})
        SELECT q.kind AS kind, q.record AS record, list_distinct([one.record, two.record]) AS records, {", ".join(chosen)}
        FROM ({_QUESTIONS}) q
        JOIN measured one ON one.arm = q.arm AND {_SAME.format(one="one", two="q")}
        JOIN measured two ON two.arm = q.comparator AND {_SAME.format(one="two", two="q")} AND {alike}
        QUALIFY row_number() OVER (
            PARTITION BY q.kind, q.record
            ORDER BY (one.section IS DISTINCT FROM q.section)::INT + (two.section IS DISTINCT FROM q.section)::INT,
                     one.section IS DISTINCT FROM two.section, one.record, two.record) = 1
    """


_ONE_MOMENT = """
    n IS NOT NULL AND mean IS NOT NULL
    QUALIFY min(moment) OVER (PARTITION BY source, study, outcome, of_set, at_time)
          = max(moment) OVER (PARTITION BY source, study, outcome, of_set, at_time)
"""
"""Where both the values and their changes are printed, a difference may be of either."""

_ARM_MEANS = f"""
    WITH once AS (
        SELECT m.*, coalesce(m.analysis_set, '') AS of_set, coalesce(m.timepoint, '') AS at_time FROM mean m JOIN arm a USING (study, arm)
        WHERE m.n IS NOT NULL AND m.mean IS NOT NULL AND m.sd IS NOT NULL AND a.role IN ('experimental', 'control', 'single') AND a.part_of IS NULL
    ), groups AS (
        SELECT source, study, outcome, of_set, at_time, section, moment, list(record ORDER BY arm) AS records,
               list(n ORDER BY arm) AS n, list(mean ORDER BY arm) AS mean, list(sd ORDER BY arm) AS sd
        FROM once GROUP BY ALL HAVING count(*) = count(DISTINCT arm) AND count(*) > 1
    )
    SELECT 'test' AS kind, q.record AS record, g.records AS records, g.n AS n, g.mean AS mean, g.sd AS sd,
           q.statistic AS statistic, q.df1 AS df1, q.df2 AS df2
    FROM (SELECT record, section, statistic, df1, df2, {_KEY} FROM "test" WHERE statistic_type = 'F' AND comparator IS NULL AND statistic IS NOT NULL) q
    JOIN groups g ON {_SAME.format(one="g", two="q")}
    QUALIFY row_number() OVER (PARTITION BY q.record ORDER BY g.section IS DISTINCT FROM q.section, g.moment, g.records) = 1
        AND min(g.moment) OVER (PARTITION BY q.record) = max(g.moment) OVER (PARTITION BY q.record)
"""

QUERIES = {
    "compared_counts": _compared(
        "count", ("events", "total"), "estimator = 'proportion' AND events IS NOT NULL AND total IS NOT NULL"
    ),
    "compared_means": _compared("mean", ("n", "mean", "sd"), _ONE_MOMENT, alike="two.moment = one.moment"),
    "compared_rates": _compared(
        "rate",
        ("events", "person_time", "rate"),
        "true",
        alike="two.per = one.per AND two.time_unit IS NOT DISTINCT FROM one.time_unit",
    ),
    "arm_means": _ARM_MEANS,
}
"""The views and their SQL."""
