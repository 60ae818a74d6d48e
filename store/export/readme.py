"""README.txt: what is in the folder, and how to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from store.export.decide import Decisions
from store.export.decide import exported as how_many
from store.export.package import Heading
from store.export.sheets import Sheet

if TYPE_CHECKING:
    from store.export.analyses.build import Analyses

_HOW_TO_READ = """\
Columns
  A printed number fills several columns. Of the field percent, printed as 42.3%:
    percent                    42.3         its value
    percent_printed            42.3%        its text in the source
    percent_relation                        the sign before it: blank where equal, otherwise <, >, <=, >= or ~
    percent_low, percent_high  42.25 42.35  least and greatest true value that is printed so; blank where there is no bound
  Lengths of time and other quantities with units also have their unit (median_unit); values are not converted.
  Percentages are in percent; estimates printed with a % sign are proportions (39.0% is 0.39).
  A value is blank where the source prints no definite number; its text (NR, not reached) says why. A blank confidence
  level is 95%. Every record has its place in print: source, page, section, row, column, quote.
  datapackage.json says of every column what it means.

CSV
  UTF-8, comma, decimal point, texts in double quotes. Blank is missing; NA and NR are texts of the source. Read it so:
    R       read.csv("count.csv", na.strings = "", encoding = "UTF-8")
    Python  pandas.read_csv("count.csv", keep_default_na=False, na_values=[""])
  A text that a spreadsheet would run as a formula (it begins with =, +, - or @ and is no number) has an apostrophe
  before it, in both formats. Take one apostrophe away to have the original.

Account
  account.csv has a row for every record that came in. exported is yes or no. Of a record that is held back, reason says
  why, and rules and fingerprints name the findings behind it. Of an exported one, analyses lists the analyses it feeds;
  if it feeds none, not_pooled says why. Its numbers are in the table of its kind all the same.

Analyses
  analyses.csv lists what can be pooled, one row per set of studies that agree in outcome, timepoint, participants and
  design; table names the file of its numbers, analysis_<table>.csv, which has one row per study and the column names of
  metafor's escalc. Measure, method, test and level are proposals. derived says how a number that is not printed follows
  from printed ones, records which records stand behind a row.

Checking
  datapackage.json holds a SHA-256 hash of every table, and one of the whole: the SHA-256 of the sorted hashes of the CSV
  files, one on a line. The same records and decisions give the same bytes.
  waivers.csv lists findings that somebody has accepted, and why: these records are in the tables as they are printed.
"""


def readme(
    heading: Heading,
    sheets: Sequence[Sheet],
    decisions: Mapping[str, Decisions],
    found: Analyses,
    added: Sequence[str] = (),
) -> bytes:
    """The page a person opens first. ``added`` are files beside the tables."""
    records, exported = sum(len(each.table) for each in decisions.values()), how_many(decisions.values())
    lines = [f"Clean dataset of the review {heading.review}", f"Extraction: {heading.extraction.said}", ""]
    lines += [f"{records} records came in: {exported} are exported, {records - exported} are held back.", ""]
    lines += _counted(
        "Held back, by reason (a record may have several; account.csv gives them in full)", why_held_back(decisions)
    )
    lines += _pooled(found)
    wide = max(len(each.name) for each in sheets)
    lines += ["Tables, each as .csv and .parquet with the same content"]
    lines += [f"  {each.name:{wide}}  {len(each.table):>7} rows  {each.title}" for each in sheets]
    lines += ["", "Further files", *(f"  {name}" for name in added)] if added else []
    return "\n".join([*lines, "", _HOW_TO_READ]).encode()


def why_held_back(decisions: Mapping[str, Decisions]) -> dict[str, int]:
    """How many records each general reason holds back, most first; a record may have several."""
    given = (reasons for each in decisions.values() for reasons in each.reasons.values())
    return _most_first(Counter(general for reasons in given for general in {each.general for each in reasons}))


def _pooled(found: Analyses) -> list[str]:
    """How many exported records feed analyses, and in general why the others do not."""
    why = found.account.column("not_pooled").value_counts()
    counted: Counter[str] = Counter()
    for each in why.to_pylist():
        if each["values"] is not None:
            counted[each["values"].split(" (", 1)[0].split(": ", 1)[0]] += each["counts"]
    head = (
        f"Of the exported records {found.pooled} feed {len(found.analyses)} analyses. The others feed none, by reason"
    )
    return _counted(f"{head} (account.csv, column not_pooled)", _most_first(counted))


def _most_first(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _counted(head: str, why: Mapping[str, int]) -> list[str]:
    return [head, *(f"  {count:>7}  {reason}" for reason, count in why.items()), ""] if why else []
