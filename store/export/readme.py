"""README.txt: what is in the folder, and how to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from store.export.analyses import Analyses
from store.export.decide import Decision
from store.export.package import Heading
from store.export.sheets import Sheet

_HOW_TO_READ = """\
Columns
  A printed number fills several columns: percent is its value (42.3), percent_printed its text in the source (42.3%),
  percent_relation the sign before it (blank where equal, otherwise <, >, <=, >= or ~), percent_low and percent_high the
  least and greatest true value that would be printed so (42.25 and 42.35; blank where there is no bound). Lengths of
  time and other quantities with units have a column percent_unit of that kind; values are not converted.
  Percentages are in percent; estimates printed with a % sign are proportions (39.0% is 0.39).
  A blank confidence level is 95%. A value is blank where the source prints no definite number; its text says why.
  Every record has its place in print: source, page, section, row, column, quote.
  datapackage.json says of every column what it means.

CSV
  UTF-8, comma, decimal point, texts in double quotes. Blank is missing; NA and NR are texts of the source. Read it so:
    R       read.csv("count.csv", na.strings = "", encoding = "UTF-8")
    Python  pandas.read_csv("count.csv", keep_default_na=False, na_values=[""])
  A text that a spreadsheet would run as a formula (it begins with =, +, - or @ and is no number) has an apostrophe
  before it, in both formats. Take one apostrophe away to have the original.

Analyses
  analyses.csv lists what can be pooled, one row per set of studies; the numbers are in analysis_*.csv, one row per study,
  under the names of metafor's escalc. Measure, method, test and level are proposals. derived says how a number that is
  not printed follows from printed ones, records which records stand behind a row. account.csv says of every exported
  record which analyses it feeds, or why it feeds none.

Checking
  datapackage.json holds a SHA-256 hash of every table, and one of the whole: the SHA-256 of the sorted hashes of the CSV
  files, one on a line. The same records and decisions give the same bytes.
  waivers.csv lists findings that somebody has accepted, and why: these records are in the tables as they are printed.
"""


def readme(
    heading: Heading, sheets: Sequence[Sheet], decisions: Sequence[Decision], found: Analyses, added: Sequence[str] = ()
) -> bytes:
    """The page a person opens first. ``added`` are files beside the tables."""
    exported = sum(one.exported for one in decisions)
    lines = [f"Clean dataset of the review {heading.review}", f"Extraction: {heading.extraction.said}", ""]
    lines += [
        f"{len(decisions)} records came in: {exported} are exported, {len(decisions) - exported} are held back.",
        "",
    ]
    lines += _held_back(decisions)
    lines += _pooled(found)
    wide = max(len(each.name) for each in sheets)
    lines += ["Tables, each as .csv and .parquet with the same content"]
    lines += [f"  {each.name:{wide}}  {len(each.table):>7} rows  {each.title}" for each in sheets]
    lines += ["", "Further files", *(f"  {name}" for name in added)] if added else []
    return "\n".join([*lines, "", _HOW_TO_READ]).encode()


def why_held_back(decisions: Sequence[Decision]) -> dict[str, int]:
    """How many records each general reason holds back, most first; a record may have several."""
    counted = Counter(general for one in decisions for general in {reason.general for reason in one.reasons})
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _held_back(decisions: Sequence[Decision]) -> list[str]:
    return _counted(
        "Held back (a record may have several reasons; account.csv gives all of them)", why_held_back(decisions)
    )


def _pooled(found: Analyses) -> list[str]:
    head = (
        f"{len(found.used)} of the exported records feed {len(found.analyses)} analyses. The others feed none because"
    )
    why = Counter(each.split(" (", 1)[0].split(": ", 1)[0] for each in found.unused.values())
    return _counted(head, dict(sorted(why.items(), key=lambda each: (-each[1], each[0]))))


def _counted(head: str, why: Mapping[str, int]) -> list[str]:
    return [head, *(f"  {count:>7}  {reason}" for reason, count in why.items()), ""] if why else []
