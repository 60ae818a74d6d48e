"""The section of docs/benchmarks.md about row checks."""

from __future__ import annotations

import statistics

import section
from six_checks_engines import ALL_RULES, BASELINE, BASELINES, ENGINES, FLAGGED, OURS, Results, Run, median

from curation.engine.batches import row_plans
from curation.engine.registry import rules

BUSY = 2.5
"""Load average above which the measurements, which need two cores at most, were not alone."""
PROSE = """Six checks of simulated facts, and all rules for single rows: curation beside hand-written NumPy, SQL and other
libraries, in one run.

A row is a count (events, total, percentage at one decimal) and an effect (ratio with a Wald interval at two decimals, P at
three or "<0.001"). The checks: events within total (COUNT-001), percentage within 0 to 100 (PERCENT-001), percentage is
events out of total (COUNT-002), limits in order (EFFECT-001), limits even around the estimate on the logarithmic scale
(EFFECT-005), P follows from the interval (EFFECT-006). All of them carry half a unit of the last printed place of
every number. True values are printed rounded, so that they contradict nothing; of one count and one effect in 10,000 a
number is changed by more than any rounding. Every engine must find the same contradictions, check by check, or the script
stops.

curation reads a review file: two records per row with their texts, history and revisions as an intake leaves them. "NumPy
by hand, review file" reads the same file, and nothing but the columns of numbers that it needs. The others read these
numbers as plain doubles from one table of a DuckDB file beside it. All but curation may take for granted that every
column has its number of decimals and every measure is a ratio. They allow a tolerance of a billionth at the edges of
intervals, where doubles are off by dust; curation needs none, because it decides edges in exact rationals. It also
counts what it cannot tell, with the reason, and names every record it flags."""

NOTES = """Every measurement is a process of its own and the engines take turns; seconds are medians of the check, reading
included, loading left out. Load is the time to import the libraries and check {small} rows, in which they load what they
load late. Peak memory is that of the whole process. "x curation" is how many times as long as curation. pydantic was given
100,000 rows only. great-expectations has no engine for DuckDB (through duckdb-engine 0.17 its queries come back
empty: it reads a result after the connection has gone back to the pool), so that it checks a pandas frame, as pandera does;
both compute derived columns as whole-column expressions. Libraries that can say which rows fail are asked to, as curation
is: pandera and great-expectations by their index, pointblank by keeping them; NumPy and SQL only count. curation is run as
its command `flag` runs, with 96 MB for what DuckDB keeps of the file. {slow}"""


def page(results: Results, repeat: int) -> str:
    """The whole section."""
    sizes = sorted({rows for rows, _ in results})
    parts = [PROSE, six(results, sizes), ratios(results, sizes[-1]), NOTES.format(small="1,000", slow=_slow(results, repeat))]  # fmt: skip
    parts += ["### 5% flagged", flagged(results, sizes), "### All rules for single rows", all_rules(results, sizes)]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(_versions(results).items()))
    parts.append(f"Machine: {section.machine()}; {versions}; {repeat} run{'s' * (repeat > 1)} each.{_busy(results)}")
    parts.append("Reproduce: `python benchmarks/six_checks.py --peers`, then `python benchmarks/six_checks.py --write`")
    return "\n\n".join(parts) + "\n"


def six(results: Results, sizes: list[int]) -> str:
    """All engines at all sizes."""
    lines = [
        "| rows | engine | seconds (median) | lowest to highest | processor seconds | x curation | million rows/s | load, seconds | peak memory, MB | contradictions |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for rows in sizes:
        for engine in ENGINES:
            if runs := results.get((rows, engine.name)):
                ours = results.get((rows, OURS))
                times = f"{median(runs) / median(ours):.2f}" if ours else ""
                lines.append(
                    f"| {rows:,} | {engine.name} | {_seconds(runs)} | {_range(runs)} | {median(runs, 'processor'):.2f} | {times} | {_rate(runs, rows)} | {median(runs, 'load'):.1f} | {_peak(runs)} | {_found(runs)} |"
                )
    return "\n".join(lines)


def ratios(results: Results, rows: int) -> str:
    """What the largest size says, in a sentence."""
    ours = results.get((rows, OURS))
    base = [
        f"{median(ours) / median(results[rows, each]):.2f} times as long as {each}"
        for each in BASELINES
        if ours and (rows, each) in results
    ]
    if not ours or not base:
        return ""
    others = [
        f"{engine.name} {median(runs) / median(ours):.1f}"
        for engine in ENGINES
        if engine.name not in (*BASELINES, OURS) and (runs := results.get((rows, engine.name)))
    ]
    return f"At {rows:,} rows curation takes {', '.join(base)}. Times as long as curation: {', '.join(others)}."


def flagged(results: Results, sizes: list[int]) -> str:
    """What findings cost."""
    lines = [
        "| rows | engine | one in 10,000 broken, seconds | 5% broken, seconds | ratio | contradictions |",
        "|---:|---|---:|---:|---:|---:|",
    ]
    clean = {heavy.name: heavy.name.removesuffix(", 5% flagged") for heavy in FLAGGED}
    heavies = [each.name for each in ALL_RULES if each.name.endswith("5% broken")]
    clean |= {name: name.replace("5% broken", "one in 10,000 broken") for name in heavies}
    for rows in sizes:
        for heavy, light in clean.items():
            if (rows, heavy) in results and (rows, light) in results:
                two, one = results[rows, heavy], results[rows, light]
                shown = light if light in (OURS, BASELINE) else f"{OURS}, all rules, {light.split(', ')[0]}"
                lines.append(
                    f"| {rows:,} | {shown} | {_seconds(one)} | {_seconds(two)} | {median(two) / median(one):.2f} | {_found(two)} |"
                )
    return "\n".join(lines)


def all_rules(results: Results, sizes: list[int]) -> str:
    """curation with the whole catalogue: speed, memory, growth."""
    lines = [
        f"Every rule of the catalogue that looks at single rows is asked: {_asked('count', 'effect')} apply to counts and effects, {_asked('mean')} to means; some of them have nothing to ask of records that lack their fields. "
        'Means have n, mean, SD, SE, limits, median and quartiles. "Counts and effects" are two records per row.',
        "",
        "| rows | records | of these broken | seconds (median) | million records/s | microseconds per record | peak memory, MB | contradictions |",
        "|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    for engine in ALL_RULES:
        what, broken = engine.name.split(", ", 1)
        for rows in sizes:
            if runs := results.get((rows, engine.name)):
                records = rows * (2 if what == "counts and effects" else 1)
                lines.append(
                    f"| {rows:,} | {what} | {broken.removesuffix(' broken')} | {_seconds(runs)} | {_rate(runs, records)} | {1e6 * median(runs) / records:.2f} | {_peak(runs)} | {_found(runs)} |"
                )
    return "\n".join(lines)


def _asked(*kinds: str) -> int:
    """How many rules for single rows apply to records of these kinds."""
    row_rules = [each for each in rules() if each.rows is None]
    return len({rule.id for kind in kinds for rule, _ in row_plans(kind, row_rules)})


def _busy(results: Results) -> str:
    """A sentence where other work ran beside the measurements."""
    loads = [run["load_average"] for runs in results.values() for run in runs]
    if statistics.median(loads) <= BUSY:
        return ""
    return f" Other work ran on the machine (load average {min(loads):.1f} to {max(loads):.1f}): compare processor seconds; elapsed ones and loading depend on that work."


def _slow(results: Results, repeat: int) -> str:
    fewer = [f"{name} at {rows:,} rows ({len(runs)})" for (rows, name), runs in results.items() if len(runs) < repeat]
    sizes = sorted({rows for rows, _ in results})
    left_out = [
        f"{engine.name} at {rows:,} rows"
        for engine in (*ENGINES, *FLAGGED, *ALL_RULES)
        for rows in sizes
        if rows <= engine.most and (rows, engine.name) not in results
    ]
    said = [f"Run fewer times, because one run takes over two minutes: {'; '.join(fewer)}."] if fewer else []
    said += [f"Not run, because it would take over ten minutes: {'; '.join(left_out)}."] if left_out else []
    return " ".join(said)


def _versions(results: Results) -> dict[str, str]:
    return {name: version for runs in results.values() for name, version in runs[0]["versions"].items()}


def _seconds(runs: list[Run]) -> str:
    return f"{median(runs):.2f}"


def _range(runs: list[Run]) -> str:
    return f"{min(run['seconds'] for run in runs):.2f} to {max(run['seconds'] for run in runs):.2f}"


def _rate(runs: list[Run], rows: int) -> str:
    return f"{rows / median(runs) / 1e6:.2f}"


def _peak(runs: list[Run]) -> str:
    return f"{max(run['peak_mb'] for run in runs):,.0f}"


def _found(runs: list[Run]) -> str:
    return f"{sum(runs[0]['failed'].values()):,}"
