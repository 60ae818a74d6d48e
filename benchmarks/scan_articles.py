"""Scanning published articles: curation against R's statcheck, on the same text in one run.

Every engine is given the same articles in a process of its own, all on one core and interleaved. Figures are processor
seconds, medians; they leave out the time to start and to load, which stands beside them. All lines of
plain text, statcheck's too, are of the same text, the one that curation read from the files.

    python benchmarks/scan_articles.py FOLDER [--repeat 5] [--write]

FOLDER holds articles as JATS XML.
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
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import against_statcheck as against
import section

HERE = Path(__file__).resolve().parent
ENDINGS = (".nxml", ".xml")
STATCHECK = "statcheck, plain text: find and recompute"
SAME_TEXT = "curation, plain text: find and judge everything"
WHOLE = "curation, files: read, find and judge everything"
WARM = "Of 52 patients 22 (42.3%) improved (OR 0.79, 95% CI 0.66 to 0.94, p = 0.009); age 61.2 ± 9.8; t(28) = 2.20, p = .036."
"""Scanned before the clock runs, so that what is loaded at first use is loaded."""
COUNTED = ("statements", "tests", "checks", "findings")
"""What must come out alike in every run."""
MOST_LISTED = 20
"""Differences that are listed one by one."""
WARM_FILES = 3
"""As many articles are scanned before the clock runs, for the same reason."""


def articles(folder: Path) -> list[Path]:
    """The articles of a folder, always in the same order."""
    return sorted(each for each in folder.iterdir() if each.suffix in ENDINGS)


@dataclass(frozen=True, slots=True)
class Given:
    """The articles by number: their files, and their texts."""

    files: dict[str, Path]
    texts: dict[str, str]


def reading(given: Given):
    """JATS XML to paragraphs and tables."""
    from curation.readers.read import read_document

    read_document(next(iter(given.files.values())))
    return lambda: [read_document(each) for each in given.files.values()], lambda _: {}


def finding(given: Given):
    """The grammar alone, piece by piece of the text; nothing is judged and no table is a table."""
    from curation.scan.grammar.prose import read_prose

    pieces = [text.split("\n") for text in given.texts.values()]
    read_prose(WARM)
    return lambda: [one for text in pieces for piece in text for one in read_prose(piece)[0]], _counted


def recomputing(given: Given):
    """What statcheck asks and nothing else: test statistics, and whether P follows from them."""
    from curation.engine.registry import rules, select
    from curation.engine.run import check_batches
    from curation.entry.rows import read_rows
    from curation.scan.grammar.text import plain
    from schemas.statistics_text import statistics_in

    asked = select(rules(), [against.RECOMPUTED])

    def run(texts):
        found = [fields for text in texts for piece in text.split("\n") for *_, fields in statistics_in(plain(piece))]
        rows = [{"source": "one", "record": f"t{number}", **fields} for number, fields in enumerate(found)]
        typed = read_rows("test", rows, {"source": ("one",)})
        return found, check_batches("test", typed.good.to_batches(), asked, typed.good)

    run([WARM])
    return lambda: run(given.texts.values()), lambda found: {"statements": len(found[0]), "tests": len(found[0])}


def judging(given: Given):
    """The same text, its statistics found and judged by all rules."""
    from curation.readers.document import Document, Paragraph
    from curation.scan.judge import scan_document

    def plain(name, text):
        return Document(name, "text", tuple(Paragraph(each) for each in text.split("\n")))

    documents = {name: plain(name, text) for name, text in given.texts.items()}
    scan_document(plain("warm", WARM), "warm")
    return lambda: {name: scan_document(each, f"a{name}") for name, each in documents.items()}, _judged


def scanning(given: Given):
    """The whole of a scan: files are read, statistics found in prose and tables, and judged by all rules."""
    from curation.readers.read import read_document
    from curation.scan.judge import scan_document

    def run(files):
        return {name: scan_document(read_document(each), f"a{name}") for name, each in files.items()}

    run(dict(list(given.files.items())[:WARM_FILES]))
    return lambda: run(given.files), _judged


def _counted(found):
    tests = sum(1 for one in found if "statistic_type" in one.cells)
    return {"statements": len(found), "tests": tests}


def _judged(scans):
    statements = [one for scan in scans.values() for one in scan.statements]
    tests = [
        against.of_scan(name, one.cells, flagged=one.record in flagged)
        for name, scan in scans.items()
        for flagged in [{each for found in scan.checked.findings if found.rule == against.RECOMPUTED for each in found.records}]
        for one in scan.statements
        if "statistic_type" in one.cells
    ]  # fmt: skip
    checks = Counter()
    for scan in scans.values():
        checks.update({"checks": scan.checked.summary()["checked"], "findings": len(scan.checked.findings)})
    return {"statements": len(statements), "tests": len(tests), "found": tests, **checks}


ENGINES = {
    "curation, files: read": reading,
    STATCHECK: None,
    "curation, plain text: find and recompute tests alone": recomputing,
    "curation, plain text: find everything": finding,
    SAME_TEXT: judging,
    WHOLE: scanning,
}
"""Engine -> what prepares it in Python: a function to time, and one that counts what it gave."""


def once(engine: str, folder: Path, texts: Path) -> None:
    """One measurement in this process."""
    names = [each.stem for each in sorted(texts.iterdir())]
    read = {each: (texts / f"{each}.txt").read_text(encoding="utf-8") for each in names}
    run, counted = ENGINES[engine](Given(dict(zip(names, articles(folder), strict=True)), read))
    cpu, wall = time.process_time(), time.perf_counter()
    found = run()
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps(took | counted(found)))


def with_statcheck(said: str, out: Path) -> dict:
    """What the R script said and wrote."""
    cpu, wall, version = said.split()[-3:]
    found = against.read_statcheck(out)
    return {"cpu": float(cpu), "wall": float(wall), "version": version, "tests": len(found), "found": found}


def measure(engine: str, folder: Path, texts: Path, work: Path) -> dict:
    """One measurement in a fresh process, with all that the process cost beside it."""
    out = work / "statcheck.tsv"
    ours = [sys.executable, __file__, str(folder), "--once", engine, str(texts)]
    command = ["Rscript", str(HERE / "scan_articles.R"), str(texts), str(out)] if engine == STATCHECK else ours
    load = os.getloadavg()[0]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(HERE.parent)})  # fmt: skip
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{engine}: the process ended with {process.returncode}")
    result = with_statcheck(said, out) if engine == STATCHECK else json.loads(said.splitlines()[-1])
    rest = used.ru_utime + used.ru_stime - result["cpu"]
    return result | {"rest": rest, "peak_mb": used.ru_maxrss / 1024, "load": load}


def write_texts(files: list[Path], folder: Path) -> int:
    """The text of each article as a file of its own, named by its number; gives how many characters there are."""
    from curation.readers.read import read_document

    characters = 0
    for number, file in enumerate(files, 1):
        text = read_document(file).text
        characters += len(text)
        (folder / f"{number:04d}.txt").write_text(text, encoding="utf-8")
    return characters


def table(results: dict[str, list[dict]], count: int) -> str:
    """The results as a Markdown table."""
    lines = [
        "| engine | articles/s per core | processor seconds (median) | lowest to highest | elapsed seconds (median) | start and load, processor seconds | peak memory, MB | statistics found | of these test statistics |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for engine, runs in results.items():
        cpu = [run["cpu"] for run in runs]
        middle = {name: statistics.median(run[name] for run in runs) for name in ("cpu", "wall", "rest")}
        found = [f"{runs[0][name]:,}" if name in runs[0] else "" for name in ("statements", "tests")]
        found = [found[1], found[1]] if engine == STATCHECK else found
        lines.append(
            f"| {engine} | {count / middle['cpu']:,.1f} | {middle['cpu']:.2f} | {min(cpu):.2f} to {max(cpu):.2f} | {middle['wall']:.1f} "
            f"| {middle['rest']:.1f} | {max(run['peak_mb'] for run in runs):,.0f} | {found[0]} | {found[1]} |"
        )
    return "\n".join(lines)


def agreement(results: dict[str, list[dict]]) -> str:
    """Test statistics of statcheck and of the scanner in the same text, as Markdown tables."""
    theirs = results[STATCHECK][0]["found"]
    found = against.compared([against.Test(**each) for each in results[SAME_TEXT][0]["found"]], theirs)
    other, flagged, alone = found.other_p(), found.flagged(), found.alone_with()
    rows = {
        "found by statcheck": len(theirs),
        "of these found by curation, all numbers alike": len(found.pairs) - len(other),
        "of these found by curation, another P value or none": len(other),
        "of these not found by curation": len(found.missed),
        "found by both, P said not to follow by both": flagged["both"],
        "found by both, P said not to follow by statcheck alone": flagged["statcheck"],
        "found by both, P said not to follow by curation alone": flagged["curation"],
        "found by curation alone, with degrees of freedom and P": alone[True, True],
        "found by curation alone, with P": alone[False, True],
        "found by curation alone, without P": alone[True, False] + alone[False, False],
    }
    apart = [
        *((one.printed, "not found", "") for one in found.missed),
        *((one.printed, f"found with P {each.cells.get('p', 'missing')}", "") for each, one in other),
        *((one.printed, "P said not to follow by statcheck alone", against.reason(each)) for each, one in found.pairs if one.flagged and not each.flagged),
        *((one.printed, "P said not to follow by curation alone", "") for each, one in found.pairs if each.flagged and not one.flagged),
    ]  # fmt: skip
    lines = ["| test statistics in the same text | number |", "|---|---:|", *(f"| {what} | {many} |" for what, many in rows.items())]  # fmt: skip
    if apart:
        lines += ["", "| where the two differ | how | why |", "|---|---|---|"]
        lines += [f"| {' | '.join(each)} |" for each in apart[:MOST_LISTED]]
    return "\n".join(lines)


def on_one_core() -> None:
    """This process and all that it starts run on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main() -> None:
    """Measure all engines, interleaved, and print or write the tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="articles as JATS XML")
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    arguments.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.once:
        once(given.once[0], given.folder, Path(given.once[1]))
        return
    if not shutil.which("Rscript"):
        sys.exit(
            "benchmarks/scan_articles.py needs Rscript with statcheck; on Debian: apt-get install r-cran-statcheck"
        )
    files = articles(given.folder) if given.folder.is_dir() else []
    if not files:
        sys.exit(f"{given.folder}: no article found, expected a folder with files that end in {' or '.join(ENDINGS)}")
    on_one_core()
    results: dict[str, list[dict]] = {}
    with tempfile.TemporaryDirectory() as folder:
        work, texts = Path(folder), Path(folder, "texts")
        texts.mkdir()
        characters = write_texts(files, texts)
        for number in range(given.repeat):
            for engine in ENGINES:
                print(f"run {number + 1} of {given.repeat}: {engine}", file=sys.stderr)
                results.setdefault(engine, []).append(measure(engine, given.folder, texts, work))
    for engine, runs in results.items():
        found = {tuple(run.get(name) for name in COUNTED) for run in runs}
        assert len(found) == 1, f"{engine} did not find the same in every run: {found}; was the code changed meanwhile?"
    shown = f"{table(results, len(files))}\n\n{agreement(results)}"
    print(shown)
    if given.write:
        section.write("Scanning articles", page(shown, results, len(files), characters))


def page(shown: str, results: dict[str, list[dict]], count: int, characters: int) -> str:
    """The section of docs/benchmarks.md."""
    load = [run["load"] for runs in results.values() for run in runs]
    whole = results[WHOLE]
    statcheck = results[STATCHECK]
    ratio = statistics.median(run["cpu"] for run in whole) / statistics.median(run["cpu"] for run in statcheck)
    r = subprocess.run(["Rscript", "-e", "cat(as.character(getRversion()))"], capture_output=True, text=True, check=True)  # fmt: skip
    return f"""{(__doc__ or "").split("    python")[0].strip()}

{shown}

{count} trial articles, {characters / 1e6:.1f} million characters of text. statcheck reads test statistics in APA style with their P values and
recomputes P. curation also reads counts, means, effects with intervals, survival and lone P values, in prose and in tables, and judges
them by all rules: {whole[0]["checks"]:,} checks and {whole[0]["findings"]:,} findings in the files, each with its sentence, its other readings and the
repairs that were tried. That costs: a whole scan is {ratio:.0f} times slower than statcheck, which asks one question of {statcheck[0]["tests"]} statistics.
Found alike means the same type, degrees of freedom, value and P as numbers. What curation finds alone is mostly printed in
another style: a semicolon before P, degrees of freedom as subscripts, correlations, z and chi-square without degrees of freedom.
Those without P can be something else, such as a time written "t = 0". What is found in the tables of files is not in this comparison.
Other work ran on the machine (load average {min(load):.1f} to {max(load):.1f}), so the figure is processor time; elapsed time depends on that work. {len(whole)} runs
each. Machine: {section.machine()}, one core used; R {r.stdout}, statcheck {statcheck[0]["version"]}.

Reproduce: `python benchmarks/scan_articles.py FOLDER --write`
"""


if __name__ == "__main__":
    main()
