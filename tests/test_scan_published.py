"""Statements of published trials that the scanner flagged, each read against its article: how many were rightly flagged."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from curation.scan.many import documents_under, scan_files

VERDICTS = Path(__file__).parent / "published" / "scan_verdicts.csv"
ARTICLES = Path(os.environ.get("CURATION_ARTICLES", Path(__file__).parents[2] / "shared" / "papers"))
LEAST = {"error": 0.95, "warning": 0.70}
"""Share of the findings of each severity that must be right."""


def verdicts():
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_verdicts_are_complete_and_quote_no_more_than_fifteen_words():
    rows = verdicts()
    assert len(rows) >= 150
    for row in rows:
        assert all(row[name] for name in ("doi", "rule", "reason"))
        assert row["verdict"] in {"true", "false", "unclear"}
        assert 1 <= len(row["quote"].split()) <= 15
    assert len({(row["doi"], row["rule"], row["place"], row["printed"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("severity", LEAST)
def test_what_was_read_was_rightly_flagged_as_often_as_promised(severity):
    counted = Counter(row["verdict"] for row in verdicts() if row["severity"] == severity)
    assert counted["true"] / counted.total() >= LEAST[severity], counted


@pytest.mark.slow
def test_the_articles_are_scanned_without_a_crash_and_flagged_as_they_were_read():
    """Every error and warning of today has a verdict, and as many as promised are right."""
    if not ARTICLES.is_dir():
        pytest.skip(f"the articles are not at {ARTICLES}; CURATION_ARTICLES names their folder")
    read = {(row["doi"], row["rule"], row["printed"]): row["verdict"] for row in verdicts()}
    outcomes = list(scan_files(documents_under([ARTICLES]), 2))
    assert [each.problems for each in outcomes if each.problems] == []
    for severity, least in LEAST.items():
        found = [
            ((each.scan.document.doi or each.path.stem), one.rule, one.printed.removeprefix("printed "))
            for each in outcomes for one in each.scan.checked.findings if one.severity == severity
        ]  # fmt: skip
        counted = Counter(read.get(one, "unread") for one in found)
        assert counted["unread"] == 0, [one for one in found if one not in read]
        assert counted["true"] / len(found) >= least, counted
