"""README.txt: what is in the folder, and how to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from store.export.decide import Decision
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

Checking
  datapackage.json holds a SHA-256 hash of every table. The same records and decisions give the same bytes.
  waivers.csv lists findings that somebody has accepted, and why: these records are in the tables as they are printed.
"""


def readme(review: str, sheets: Sequence[Sheet], decisions: Sequence[Decision]) -> bytes:
    """The page a person opens first."""
    exported = sum(one.exported for one in decisions)
    lines = [f"Clean dataset of the review {review}", ""]
    lines += [
        f"{len(decisions)} records came in: {exported} are exported, {len(decisions) - exported} are held back.",
        "",
    ]
    lines += _held_back(decisions)
    wide = max(len(each.name) for each in sheets)
    lines += ["Tables, each as .csv and .parquet with the same content"]
    lines += [f"  {each.name:{wide}}  {len(each.table):>7} rows  {each.title}" for each in sheets]
    return "\n".join([*lines, "", _HOW_TO_READ]).encode()


def why_held_back(decisions: Sequence[Decision]) -> dict[str, int]:
    """How many records each general reason holds back, most first; a record may have several."""
    counted = Counter(general for one in decisions for general in {reason.general for reason in one.reasons})
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _held_back(decisions: Sequence[Decision]) -> list[str]:
    why = why_held_back(decisions)
    if not why:
        return []
    head = "Held back (a record may have several reasons; account.csv gives all of them)"
    return [head, *(f"  {count:>7}  {general}" for general, count in why.items()), ""]
