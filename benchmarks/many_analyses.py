"""Pooling many meta-analyses: curation against statsmodels, PyMARE and R's metafor, on the same data in one run.

Every engine pools the same analyses of eight studies each with random effects and gives the sum of their estimates,
which must agree, but for statsmodels, which lets the between-study variance be negative. Engines that loop are given fewer analyses; the figure is per analysis. Each runs in a process of its
own, interleaved; figures are medians and leave out the time to start and to load.

    python benchmarks/many_analyses.py [--analyses 10000] [--repeat 5] [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import numpy as np
import section

HERE = Path(__file__).resolve().parent
K = 8
LOOPED = 1_000
"""Analyses given to engines that pool one at a time."""
AGREE = 1e-4
"""Relative difference of sums that counts as the same; iterative estimators stop at different places."""


def data(analyses: int) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances, one line per analysis; the first lines do not depend on how many there are."""
    random = np.random.default_rng(2021)
    both = random.random((analyses, 2 * K))
    v = 0.01 + 0.19 * both[:, K:]
    centre = both.mean(axis=1, keepdims=True)
    return centre + 1.2 * (both[:, :K] - 0.5) + np.sqrt(v) * np.sin(40 * both[:, :K]), v


def with_curation(method, y, v):
    """All analyses in one call."""
    from pooling.models.many import pool_many

    pool_many(y[:10], v[:10], method=method)
    start = time.perf_counter()
    found = pool_many(y, v, method=method)
    return time.perf_counter() - start, float(found.estimate.sum())


def with_curation_dl(y, v):
    return with_curation("DL", y, v)


def with_curation_reml(y, v):
    return with_curation("REML", y, v)


def with_statsmodels(y, v):
    """One call per analysis."""
    import warnings

    from statsmodels.stats.meta_analysis import combine_effects

    warnings.simplefilter("ignore")
    start = time.perf_counter()
    found = sum(combine_effects(*each, method_re="dl").mean_effect_re for each in zip(y, v, strict=True))
    return time.perf_counter() - start, float(found)


def with_pymare_parallel(y, v):
    """Analyses as parallel columns of one data set; only for analyses of equal k."""
    from pymare.estimators import DerSimonianLaird

    start = time.perf_counter()
    found = DerSimonianLaird().fit(y.T, v.T, np.ones((K, 1))).summary()
    return time.perf_counter() - start, float(np.sum(found.fe_params))


def with_pymare(y, v):
    """One data set per analysis, restricted maximum likelihood."""
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    start = time.perf_counter()
    found = 0.0
    for one, its in zip(y, v, strict=True):
        made = VarianceBasedLikelihoodEstimator(method="REML").fit(one[:, None], its[:, None], np.ones((K, 1)))
        found += float(made.summary().fe_params.item())
    return time.perf_counter() - start, found


def with_metafor(method, y, v):
    """One rma() per analysis."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.csv"
        np.savetxt(file, np.hstack([y, v]), delimiter=",", fmt="%.17g")
        done = subprocess.run(["Rscript", str(HERE / "many_analyses.R"), str(file), method], capture_output=True, text=True, check=True)  # fmt: skip
    seconds, total, _ = done.stdout.split()
    return float(seconds), float(total)


def with_metafor_dl(y, v):
    return with_metafor("DL", y, v)


def with_metafor_reml(y, v):
    return with_metafor("REML", y, v)


ENGINES = {
    ("DerSimonian-Laird", "curation, one call"): (with_curation_dl, False),
    ("DerSimonian-Laird", "PyMARE, parallel columns"): (with_pymare_parallel, False),
    ("DerSimonian-Laird", "statsmodels, one call each"): (with_statsmodels, True),
    ("DerSimonian-Laird", "metafor, one call each"): (with_metafor_dl, True),
    ("REML", "curation, one call"): (with_curation_reml, False),
    ("REML", "PyMARE, one call each"): (with_pymare, True),
    ("REML", "metafor, one call each"): (with_metafor_reml, True),
}
"""(Estimator, engine) -> its function, and whether it pools one analysis at a time."""
NAMES = {" / ".join(each): each for each in ENGINES}


def once(name: str, analyses: int) -> None:
    """One measurement in this process."""
    run, looped = ENGINES[NAMES[name]]
    count = min(analyses, LOOPED) if looped else analyses
    y, v = data(analyses)
    seconds, _ = run(y[:count], v[:count])
    same = min(analyses, LOOPED)
    total = run(y[:same], v[:same])[1] if not looped else _
    print(json.dumps({"each": seconds / count, "analyses": count, "sum": total}))


def measure(name: str, analyses: int) -> dict[str, float]:
    """One measurement in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--once", name, str(analyses)],
        capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": str(HERE.parent)},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def table(results: dict[str, list[dict[str, float]]]) -> str:
    """The results as a Markdown table."""
    lines = ["| estimator | engine | analyses | microseconds each (median) | times ours | sum of 1,000 estimates |", "|---|---|---:|---:|---:|---:|"]  # fmt: skip
    ours = {}
    for (estimator, engine), runs in ((NAMES[name], runs) for name, runs in results.items()):
        each = 1e6 * statistics.median(run["each"] for run in runs)
        ours.setdefault(estimator, each)
        lines.append(f"| {estimator} | {engine} | {runs[0]['analyses']:,} | {each:,.2f} | {each / ours[estimator]:,.1f} | {runs[0]['sum']:.6f} |")  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Measure all engines, interleaved, and print or write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--analyses", type=int, default=10_000)
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    arguments.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.once:
        once(given.once[0], int(given.once[1]))
        return
    if not shutil.which("Rscript"):
        sys.exit("benchmarks/many_analyses.py needs Rscript with metafor; on Debian: apt-get install r-cran-metafor")
    results: dict[str, list[dict[str, float]]] = {}
    for number in range(given.repeat):
        for name in NAMES:
            print(f"run {number + 1} of {given.repeat}: {name}", file=sys.stderr)
            results.setdefault(name, []).append(measure(name, given.analyses))
    agreeing = [name for name in results if "statsmodels" not in name]
    sums = {estimator: [runs[0]["sum"] for name in agreeing if NAMES[name][0] == estimator for runs in [results[name]]] for estimator, _ in ENGINES}  # fmt: skip
    for estimator, found in sums.items():
        assert max(found) - min(found) <= AGREE * abs(found[0]), f"{estimator}: the engines disagree, {found}"
    shown = table(results)
    print(shown)
    if given.write:
        section.write("Pooling", page(shown, given))


def page(shown: str, given: argparse.Namespace) -> str:
    """The section of docs/benchmarks.md."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "scipy", "statsmodels", "pymare"))
    metafor = subprocess.run(["Rscript", "-e", "cat(as.character(packageVersion('metafor')))"], capture_output=True, text=True, check=True)  # fmt: skip
    return f"""{(__doc__ or "").split("    python")[0].strip()}

{shown}

Beside the estimate, curation gives standard error, interval, prediction interval, Q, I2, H2 and P of each analysis in the
same call; PyMARE's columns need equal numbers of studies. {given.repeat} runs
each. Machine: {section.machine()}; {versions}, metafor {metafor.stdout}.

Reproduce: `python benchmarks/many_analyses.py --write`
"""


if __name__ == "__main__":
    main()
