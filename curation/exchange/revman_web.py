"""A data package of RevMan Web, version 1: a zip file, or the folder it unpacks to.

Read are the overall estimates and settings, the data rows, the subgroup estimates, the study information and the risk of
bias, in that order; files that are not there are passed over, the settings and the data rows must be. References (.ris)
are left out. ``Mean`` is the estimate on the natural scale, ``GIV Mean`` what was typed, as a logarithm for ratios.
Subgroups are divided by what the column ``Subgroup by`` says.

The risk of bias is of RoB 2 where a judgement says "some concerns", of RoB 1 where one says "unclear" or a domain is
one of its, and else of another tool. A domain of RoB 2 may name the analysis it was judged for after a colon; that goes
under ``analysis_set``.

Packages of reviews of diagnostic tests are refused. What version 2 has beside these columns is left over, as its layout
was not at hand; where it names another method, ours is "unknown".
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path

from curation.exchange.csv_text import CsvText, parsed
from curation.exchange.imported import Format, Imported
from curation.exchange.revman_records import records
from curation.exchange.revman_review import (
    Analysis,
    Group,
    Judgement,
    Part,
    Result,
    Review,
    Row,
    Study,
    Type,
    measure_named,
    tell_what_has_no_estimate,
)
from curation.intake.archive import BROKEN
from curation.intake.problems import Problem, Refused

SETTINGS, ROWS = "overall-estimates-and-settings.csv", "data-rows.csv"
SUBGROUPS, STUDIES, BIAS = "subgroup-estimates.csv", "study-information.csv", "risk-of-bias.csv"
_FILES = (SETTINGS, ROWS, SUBGROUPS, STUDIES, BIAS)
_LARGEST = 256 << 20
"""Bytes all files of a package may have unpacked."""
_TYPES: dict[str, Type] = {
    "dichotomous": "DICH",
    "continuous": "CONT",
    "contrast level": "IV",
    "o-e and variance": "IPD",
}
_RESULT = {
    "estimate": "Mean", "lower": "CI start", "upper": "CI end", "z": "Effect Z", "p": "Effect P",
    "q": "Heterogeneity Chi²", "df": "Heterogeneity df", "p_q": "Heterogeneity P", "i2": "Heterogeneity I²",
    "tau2": "Heterogeneity Tau²", "q_between": "Subgroup Chi²", "df_between": "Subgroup df", "p_between": "Subgroup P",
    "total_1": "Experimental N", "total_2": "Control N",
}  # fmt: skip
_PLACE = ("Analysis group", "Analysis number")
_JUDGEMENT, _SUPPORT = "Domain (judgement): ", "Domain (support): "
_ROB1 = re.compile("sequence generation|allocation concealment|blinding|selective reporting|incomplete outcome", re.I)
_OVERALL = re.compile(r"overall( bias| risk of bias)?", re.I)
_NOT_READ = {"Subgroup I²", "ID", "Applicability"}
Cells = Mapping[str, str]
Files = dict[str, tuple[str, bytes]]
"""Kind of file -> its name and its bytes."""


def _recognises(path: Path, start: bytes) -> bool:
    if path.is_dir():
        return any(True for _ in path.rglob(f"*-{ROWS}")) or any(True for _ in path.rglob("*-data.zip"))
    if not start.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as package:
            return any(name.endswith((f"-{ROWS}", "-data.zip")) for name in package.namelist())
    except BROKEN:
        return False


def read(path: Path) -> Imported:
    """The records of a package."""
    return records(review(path))


def review(path: Path) -> Review:
    """The review as it stands in the package. Raises Refused where its files are not there or cannot be read."""
    files = _files(path)
    missing = [name for name in (SETTINGS, ROWS) if name not in files]
    if missing:
        expected = "a data package of an intervention review"
        raise Refused(
            [Problem(path.name, None, None, f"no file that ends in {' and none in '.join(missing)}", expected)]
        )
    title = files[SETTINGS][0].removesuffix(SETTINGS).rstrip("-")
    one = Review(path, Imported(path.name, FORMAT.title), title=title, note="RevMan Web, data package")
    numbers = count(2)
    analyses = {_place(row): _analysis(row, next(numbers)) for _, row in _table(files, SETTINGS).rows}
    results = {
        (*_place(row), row.get("Subgroup", "")): _result(row, next(numbers)) for _, row in _table(files, SUBGROUPS).rows
    }
    for _, row in _table(files, STUDIES).rows:
        texts = tuple((name.removeprefix("Char: "), text) for name, text in row.items() if name.startswith("Char: "))
        one.studies[row.get("Study", "")] = Study(next(numbers), row.get("Study", ""), row.get("Year", ""), texts)
    _rows(one, _table(files, ROWS), analyses, results, numbers)
    for place, analysis in analyses.items():
        if analysis is None:
            one.account.left(f"analysis {'.'.join(place)}", "an analysis", "its data type has no numbers to pool")
        else:
            tell_what_has_no_estimate(analysis)
            one.analyses.append(analysis)
    _bias(one, _table(files, BIAS), numbers)
    _not_known(one, files)
    return one


# files


def _files(path: Path) -> Files:
    found: Files = {}
    for name, data in _in_folder(path) if path.is_dir() else _in_zip(path.name, path.read_bytes(), 0):
        if name.endswith("-parameters.csv"):
            expected = "a package of an intervention review"
            raise Refused([Problem(path.name, None, None, "a package of a review of diagnostic tests", expected)])
        kind = next((each for each in _FILES if name.endswith(each)), None)
        if kind:
            found.setdefault(kind, (name.rpartition("/")[2], data))
    return found


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for each in sorted(folder.rglob("*")):
        if each.is_file() and each.suffix.lower() == ".csv":
            yield each.name, each.read_bytes()
        elif each.is_file() and each.name.endswith("-data.zip"):
            yield from _in_zip(each.name, each.read_bytes(), 1)


def _in_zip(label: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    """The CSV files of a package, and of the package inside it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(each.file_size for each in package.infolist()) > _LARGEST:
                most = f"at most {_LARGEST >> 20} MB"
                raise Refused([Problem(label, None, None, "a package that unpacks to more than it should", most)])
            for each in package.infolist():
                if each.filename.lower().endswith(".csv"):
                    yield each.filename, package.read(each)
                elif each.filename.endswith("-data.zip") and depth == 0:
                    yield from _in_zip(each.filename, package.read(each), 1)
    except BROKEN as error:
        raise Refused(
            [Problem(label, None, None, f"a zip file that cannot be read ({error})", "a whole one")]
        ) from error


def _table(files: Files, kind: str) -> CsvText:
    return parsed(files[kind][1], files[kind][0]) if kind in files else CsvText((), ())


# analyses


def _place(row: Cells) -> tuple[str, str]:
    return row.get(_PLACE[0], ""), row.get(_PLACE[1], "")


def _result(row: Cells, number: int) -> Result:
    return Result(number, **{ours: row.get(theirs, "") for ours, theirs in _RESULT.items()})  # type: ignore[arg-type]  # texts


def _analysis(row: Cells, number: int) -> Analysis | None:
    kind = _TYPES.get(row.get("Data type", "").lower())
    if kind is None:
        return None
    labels = row.get("Experimental group label") or "Experimental", row.get("Control group label") or "Control"
    return Analysis(
        *_place(row), row.get("Analysis group name", ""), row.get("Analysis name", ""), kind,
        row.get("Statistical method", ""), measure_named(row.get("Effect measure", ""), raw=kind == "IV" and not _true(row.get("Log-scale data", ""))),
        row.get("Analysis model", "").startswith("Random"), labels, _result(row, number),
        level=(row.get("Estimate CI") or row.get("CI/PI level", "")).rstrip("%"), level_study=row.get("Study CI", "").rstrip("%"),
        swap=_true(row.get("Swap event and non-event", "")) or "(non-event)" in row.get("Effect measure", "").lower(),
        logs=_true(row.get("Log-scale data", "")), split=row.get("Subgroup by", ""),
        tau2_estimator=_estimator(row.get("Heterogeneity estimator", "")),
        interval_method="unknown" if row.get("CI method") else "wald",
    )  # fmt: skip


def _true(text: str) -> bool:
    return text.upper() in {"TRUE", "YES"}


def _estimator(text: str) -> str:
    """The estimator a later package names; version 1 has DerSimonian-Laird only."""
    return "DL" if not text or "dersimonian" in text.lower() or text == "DL" else text if text == "REML" else "unknown"


def _rows(
    one: Review,
    table: CsvText,
    analyses: Mapping[tuple[str, str], Analysis | None],
    results: Mapping[tuple[str, str, str], Result],
    numbers: Iterator[int],
) -> None:
    for at, row in table.rows:
        analysis, name = analyses.get(_place(row)), row.get("Study", "")
        if analysis is None:
            one.account.left(
                f"data rows, row {at}", name, f"no analysis {'.'.join(_place(row))} with a known data type"
            )
            continue
        one.studies.setdefault(name, Study(at, name, row.get("Study year", "")))
        subgroup = row.get("Subgroup", "")
        part = next((each for each in analysis.parts if each.name == subgroup), None)
        if part is None:
            part = Part(subgroup, result=results.get((*_place(row), subgroup)) if subgroup else None)
            analysis.parts.append(part)
        part.rows.append(_row(row, next(numbers)))


def _row(row: Cells, number_of: int) -> Row:
    groups = [
        Group(*(row.get(f"{group} {column}", "") for column in ("cases", "N", "mean", "SD")))
        for group in ("Experimental", "Control")
    ]
    texts = row.get("Mean", ""), row.get("CI start", ""), row.get("CI end", "")
    return Row(
        number_of, row.get("Study", ""), groups[0], groups[1], *texts, weight=row.get("Weight", ""),
        effect=row.get("GIV Mean", ""), effect_se=row.get("GIV SE", ""), o_e=row.get("O-E", ""),
        variance=row.get("Variance", ""), note=row.get("Footnotes", ""),
    )  # fmt: skip


# risk of bias


def _bias(one: Review, table: CsvText, numbers: Iterator[int]) -> None:
    said = [
        (row, name.removeprefix(_JUDGEMENT), word)
        for _, row in table.rows
        for name, word in row.items()
        if name.startswith(_JUDGEMENT)
    ]
    tool = _tool([(domain, word) for _, domain, word in said])
    for row, domain, word in said:
        study, support = row.get("Study", ""), row.get(f"{_SUPPORT}{domain}", "")
        plain, _, group = domain.partition(": ") if tool == "RoB 2" else (domain, "", "")
        judged = _judged(word)
        if study not in one.studies or not judged:
            why = "the word is no judgement that is known" if study in one.studies else "it is no study of the package"
            one.account.left(f"risk of bias, {study}, {domain}", word, why)
            continue
        overall = "" if _OVERALL.fullmatch(plain) else plain
        one.judgements.append(Judgement(next(numbers), study, tool, overall, judged, support, group))


def _tool(said: Iterable[tuple[str, str]]) -> str:
    words = {word.lower() for _, word in said}
    if any("some concerns" in word for word in words):
        return "RoB 2"
    return (
        "RoB 1" if any("unclear" in word for word in words) or any(_ROB1.search(name) for name, _ in said) else "other"
    )


def _judged(word: str) -> str:
    for sign, code in (("low", "low"), ("some concerns", "some_concerns"), ("unclear", "unclear"), ("high", "high")):
        if sign in word.lower():
            return code
    return ""


def _not_known(one: Review, files: Files) -> None:
    """Columns whose meaning is not known here, once each."""
    known = {
        SETTINGS: {
            *_PLACE, *_RESULT.values(), *_NOT_READ, "Analysis name", "Analysis group name", "Data source",
            "Data source eligibility", "Data type", "Log-scale data", "Outcome", "Intervention grouping",
            "Experimental intervention", "Control intervention", "Subgroup by", "Filter criteria",
            "Experimental group label", "Control group label", "Statistical method", "Effect measure",
            "Unit of effect measure", "Analysis model", "Subgroup estimates", "Overall estimates",
            "Test for subgroup differences", "Swap event and non-event", "Study CI", "Estimate CI", "Experimental cases",
            "Control cases", "Heterogeneity estimator", "CI/PI level",
        },
    }  # fmt: skip
    for kind, names in known.items():
        table = _table(files, kind)
        for name in table.header:
            filled = sum(name in row for _, row in table.rows)
            if name and name not in names and filled:
                one.account.left(f"{kind}, column {name}", f"{filled} cells", "its meaning is not known here")


FORMAT = Format("revman-web", "RevMan Web data package", (".zip", ""), _recognises, read)
