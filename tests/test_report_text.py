import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_example import checked, many, tables

from curation.engine.run import Checked
from curation.report.text import SCREEN, full_text, terminal


def came_in():
    return {kind: len(table) for kind, table in tables().items()}


def test_one_screen_says_what_came_in_what_was_checked_and_where_the_report_is():
    text = terminal(checked(), came_in=came_in(), report=Path("out/report.html"), width=100)
    assert text.startswith("Came in: 2 sources, 2 studies, 2 arms, 3 outcomes, 8 records (4 counts, 1 means, 3 pooled")
    for words in ("consistent", "cannot tell", "contradict", "out/report.html", "1 accepted with a reason"):
        assert words in " ".join(text.split())


@pytest.mark.parametrize("width", [40, 80, 100, 160])
@pytest.mark.parametrize("number", [0, 1, 8, 500])
def test_it_fits_one_screen(number, width):
    text = terminal(many(number), came_in={"count": number}, report=Path("report.html"), width=width)
    assert text.count("\n") < SCREEN + (0 if width >= 80 else 10)
    assert max(map(len, text.split("\n"))) <= width


def test_many_sources_fit_one_screen_and_the_rest_is_counted():
    findings = [replace(one, source=f"source-{number:03}") for number, one in enumerate(many(300).findings)]
    text = terminal(Checked(findings=findings), came_in={}, report=Path("report.html"), width=100)
    assert text.count("\n") < SCREEN
    assert "more sources in report.html" in text


def test_what_does_not_fit_is_counted_exactly():
    text = terminal(many(500), came_in={"count": 500}, report=Path("report.html"), width=100)
    left = sum(int(number) for number in re.findall(r"(?i)and (\d+) (?:more|findings)", text))
    assert left + sum(line.startswith(("  ERROR", "  NOTE")) for line in text.split("\n")) == 500


def test_the_source_with_the_gravest_findings_comes_first_and_its_gravest_finding_too():
    lines = [
        line
        for line in terminal(many(70), came_in={}, report=None, width=100).split("\n")
        if line.startswith(("source-", "  "))
    ]
    assert lines[0].startswith("source-0")
    assert lines[1].startswith("  ERROR")


def test_severity_is_a_word_and_colour_only_for_a_person_in_a_terminal():
    plain = terminal(checked(), came_in=came_in(), report=None, width=100)
    assert "\x1b" not in plain
    assert "ERROR  " in plain
    coloured = terminal(checked(), came_in=came_in(), report=None, width=100, tty=True)
    assert "\x1b[31mERROR\x1b[0m" in coloured


def test_without_a_report_it_says_how_to_see_the_rest():
    assert "--format text" in terminal(many(500), came_in={}, report=None, width=100)


def test_what_extractors_share_is_said_where_the_counts_differ():
    shared = replace(checked(), repeated=2)
    assert "2 of them the same for several extractors" in " ".join(full_text(shared).split())
    assert "extractors" not in full_text(checked())


def test_no_findings_are_said_plainly():
    assert "Findings: none." in terminal(Checked(), came_in={}, report=None, width=100)


def test_the_full_text_has_every_finding_with_explanations_and_decisions():
    found = checked()
    text = " ".join(full_text(found).split())
    for one in found.findings:
        assert one.fingerprint in text
        assert one.rule in text
        assert all(" ".join(each.split()) in text for each in one.explanations)
    assert "waived by ada: the registry confirms 36 of 40" in text
    assert "This changes the conclusion." in text
