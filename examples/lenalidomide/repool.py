"""Pool Table 2 of zhong-2021 again from its Table 1, and say of every row what agrees and what would close a difference.

    python examples/lenalidomide/repool.py --out out/repooled

Writes repooled.md, repooled.csv, repooled.html and a forest and a funnel plot of every outcome. Takes about a minute.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from repooling import page, report, verdicts  # noqa: E402 - found beside this script
from repooling.records import SOURCE, Row, rows  # noqa: E402 - the same

KEPT = HERE / SOURCE / "repooled.md"


def judged(asked: list[Row]) -> list[verdicts.Verdict]:
    """Every row with what was found about it; progress on standard error."""
    found = []
    for at, row in enumerate(asked, 1):
        tried = 0

        def told(count: int, at: int = at, row: Row = row) -> None:
            nonlocal tried
            tried += count
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{at}/{len(asked)} {row.label}: {tried:,} assignments\033[K")

        found.append(verdicts.judge(row, progress=told))
        start = "\r" if sys.stderr.isatty() else ""
        sys.stderr.write(f"{start}{at}/{len(asked)} {row.label}: {tried:,} assignments\n")
    return found


def figures(found: list[verdicts.Verdict], out: Path) -> dict[str, list[str]]:
    """Forest and funnel plots by outcome; none, with a sentence, where matplotlib is not installed."""
    try:
        from repooling.figures import draw  # noqa: PLC0415 - matplotlib is slow to load and may be missing
    except ImportError as error:
        sys.stderr.write(f"No figures: {error}. Install them with: pip install 'curation[plots]'\n")
        return {}
    return {one.row.outcome: draw(one, out) for one in found if one.row.in_table}


def main() -> None:
    """Write the comparison and print its table."""
    parser = argparse.ArgumentParser(description="Pool Table 2 of zhong-2021 again from its Table 1.")
    parser.add_argument("--out", type=Path, default=Path("out/repooled"), help="folder to write to")
    parser.add_argument("--renew", action="store_true", help="also renew the repooled.md kept beside the records")
    chosen = parser.parse_args()
    found = judged(rows(HERE / SOURCE))
    sets = verdicts.shared(found)
    chosen.out.mkdir(parents=True, exist_ok=True)
    text = report.markdown(found, sets)
    for path in [chosen.out / "repooled.md", *([KEPT] if chosen.renew else [])]:
        path.write_text(text, encoding="utf-8")
    report.write_csv(found, chosen.out / "repooled.csv")
    drawn = figures(found, chosen.out)
    (chosen.out / "repooled.html").write_text(page.html(found, sets, drawn), encoding="utf-8")
    for line in report.terminal(found, sets):
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"\nWritten to {chosen.out}: repooled.md, repooled.csv, repooled.html, figures.\n")


if __name__ == "__main__":
    main()
