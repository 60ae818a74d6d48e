"""Every rule of the package can be held to account: an oracle, a case it cannot tell, a way to break it, a page."""

import re
from pathlib import Path

import pytest

from curation.engine.page import markdown, sections
from curation.engine.registry import rules
from schemas.strategies import BREAKERS

TESTS = Path(__file__).parent
ALL = {each.id: each for each in rules()}
KINDS_OF_ORACLE = ("brute force", "R", "published")


@pytest.mark.parametrize("rule", ALL.values(), ids=ALL)
def test_a_rule_names_what_it_was_held_against(rule):
    sort, _, name = rule.oracle.partition(": ")
    assert sort in KINDS_OF_ORACLE, f"{rule.id}: oracle={rule.oracle!r}"
    for file in name.split(", "):
        assert (TESTS / file).is_file(), f"{rule.id}: tests/{file} does not exist"
        assert sort != "R" or (TESTS / file).with_suffix(".R").is_file(), f"{rule.id}: no script beside {file}"


@pytest.mark.parametrize("rule", ALL.values(), ids=ALL)
def test_a_rule_shows_a_case_it_cannot_tell(rule):
    assert rule.cannot_tell


@pytest.mark.parametrize("rule", ALL.values(), ids=ALL)
def test_a_rule_can_be_broken_on_purpose(rule):
    assert rule.id in BREAKERS


FROM_R = sorted(
    {TESTS / file for rule in ALL.values() if rule.oracle.startswith("R: ") for file in rule.oracle[3:].split(", ")}
)


@pytest.mark.parametrize("file", FROM_R, ids=lambda file: file.stem)
def test_a_reference_from_r_says_with_which_versions_it_was_made(file):
    assert file.with_suffix(".R").is_file()
    head = "".join(line for line in file.read_text(encoding="utf-8").splitlines()[:8] if line.startswith("#"))
    assert re.search(r"R (version )?\d+\.\d+", head), f"{file.name}: the first lines do not name the R version"


def test_a_page_shows_what_every_contradiction_gives():
    rule = ALL["COUNT-002"]
    page = {each.title: each.lines for each in sections(rule)}
    assert page["Source"] == (rule.source,)
    assert len(page["Contradicts"]) == len(rule.inconsistent)
    assert all("error: " in line or "note: " in line or "warning: " in line for line in page["Contradicts"])
    assert "](../" not in markdown(rule)


def test_the_catalogue_by_idea_names_every_rule_and_no_other():
    text = (TESTS.parent / "docs" / "catalogue.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\b[A-Z]+-\d{3}\b", text)) == set(ALL)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert all((TESTS.parent / "docs" / link).is_file() for link in links), links


def test_the_readme_counts_the_rules_and_the_ideas():
    readme, ideas = ((TESTS.parent / name).read_text(encoding="utf-8") for name in ("README.md", "docs/catalogue.md"))
    numbered = re.findall(r"^\| \d+ \|", ideas, re.MULTILINE)
    assert f"{len(ALL)} rules in [{len(numbered)} ideas]" in readme
