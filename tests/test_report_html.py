import re
import time
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib import resources

import pyarrow as pa
import pytest
from report_example import HOSTILE, asked, checked, many, tables

from curation.engine.findings import Finding
from curation.engine.run import Checked
from curation.report.html.facts import Fact, facts, names
from curation.report.html.page import MOST_FACTS, MOST_FINDINGS, html_page, write_html
from curation.report.html.values import Cell
from schemas.arrow import to_table
from schemas.registry import KINDS
from store.findings import Waiver

VOID = {"meta", "link", "br", "img", "input", "rect"}


class Page(HTMLParser):
    """What a browser would build, with a complaint where tags do not match."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.cells, self.texts = [], [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page():
    return html_page(checked(), tables(), asked(), "Myeloma <b>review</b>")


@pytest.fixture(scope="module")
def parsed(page):
    return Page(page)


def test_hostile_text_stands_on_the_page_as_text(page, parsed):
    assert HOSTILE not in page
    assert HOSTILE in parsed.text
    assert "Myeloma <b>review</b>" in parsed.text
    assert not parsed.all("img")
    assert len(parsed.all("script")) == 1
    assert not [attrs for _, attrs in parsed.tags for name in attrs if name.startswith("on")]


def test_the_page_asks_nothing_of_any_network(page, parsed):
    targets = [
        attrs[name] for _, attrs in parsed.tags for name in ("src", "href", "action", "data", "srcset") if name in attrs
    ]
    assert all(each.startswith(("#", "data:,")) for each in targets)
    assert not re.search(r"@import|url\(", page)
    policy = next(attrs["content"] for attrs in parsed.all("meta") if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_every_link_leads_somewhere_and_every_id_is_used_once(parsed):
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {attrs["href"][1:] for attrs in parsed.all("a")}
    named |= {attrs[name] for _, attrs in parsed.tags for name in ("aria-labelledby",) if name in attrs}
    assert named <= set(ids)


def test_published_tables_are_tables_with_caption_and_scoped_headings(parsed):
    assert len(parsed.all("caption")) == 2
    assert all(attrs.get("scope") in {"row", "col"} for attrs in parsed.all("th"))
    assert "lang" in parsed.all("html")[0]


def text_of(page, anchor, row):
    table = page[page.index(f'id="{anchor}"') :]
    found = re.search(rf"<tr><th scope=\"row\">{row}</th>(.*?)</tr>", table, re.S).group(1)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found, re.S)]


def anchor_of(page, section):
    return re.search(rf'<h3 id="(table-\d+)-h">{section}', page).group(1)


def test_cells_show_what_is_printed_in_rows_and_columns_of_the_publication(page):
    rows = {row: text_of(page, anchor_of(page, "Table 1"), row) for row in ("Coman", "Weber")}
    age, cr, pr = rows["Coman"]
    assert age == "50.0 years"
    assert cr.startswith("36 /30")
    assert "Waived" in cr
    assert rows["Weber"][0] == ""
    assert re.match(r"22/52 \( 44.3% \) ✕ Error \d", rows["Weber"][1])
    assert pr.startswith("6 or 9")
    assert "? Unclear" in pr
    assert text_of(page, anchor_of(page, "Table 2"), "CR")[0].startswith(
        "0.390 (0.303-0.480), P for heterogeneity 0.169"
    )


def test_an_interval_that_begins_below_zero_is_written_out(page):
    assert "-0.092 to 0.343" in page


def test_a_flag_is_colour_symbol_and_word_and_leads_to_its_explanation(page):
    cell = re.search(r'<td class="error">(.*?)</td>', page, re.S).group(1)
    target = re.search(r'class="flag error" href="#([\w-]+)"><span aria-hidden="true">✕</span> Error \d', cell).group(1)
    listed = page[page.index(f'id="{target}"') :]
    assert "Printed" in listed[:1500]


def test_a_contradicting_field_is_marked_within_its_cell(page):
    assert "<mark>44.3%</mark>" in page


def test_unclear_cells_list_their_readings_and_notes(parsed):
    assert "Coman, PR: may read 6 or 9 (a smudge)" in parsed.text


def test_a_waived_finding_shows_who_and_why(parsed):
    assert "the registry confirms 36 of 40 (ada)" in parsed.text


def test_a_finding_shows_its_parts_and_that_it_changes_the_conclusion(parsed):
    for words in (
        "Where",
        "Printed",
        "Would fit",
        "Look at",
        "Explanation",
        "Changes the conclusion",
        "00112233445566aa",
    ):
        assert words in parsed.text


def test_the_summary_counts_outcomes_and_severities(parsed):
    summary = checked().summary()
    for outcome in ("checked", "consistent", "cannot_tell", "contradicts"):
        assert f"{summary[outcome]}" in parsed.text
    for words in (
        "cannot be true as printed",
        "may be true, but needs an explanation",
        "worth a look",
        "total is not given",
        "1 accepted with a reason",
    ):
        assert words in parsed.text or words == "total is not given"


def test_every_rule_is_listed_with_sentence_and_source(parsed):
    for each in asked():
        assert f"{each.title}." in parsed.text
        assert each.source in parsed.text


def test_nothing_found_and_nothing_given_still_make_a_page():
    text = Page(html_page(Checked(), {}, (), "Empty")).text
    assert "There are no findings." in text
    assert "Nothing that could be checked contradicts itself." in text


def test_waivers_whose_finding_is_gone_and_rules_that_stopped_are_said():
    gone = Waiver(
        "a" * 16, "ada", datetime(2026, 11, 20, tzinfo=UTC), HOSTILE, "COUNT-001", "36 of 30", None, None, stale=True
    )
    stopped = Finding(
        "COUNT-001", "events_within_total", "warning", "Rule COUNT-001 stopped.", place="rule", fingerprint="0" * 16
    )
    page = html_page(Checked(findings=[stopped], crashed=1), {}, asked(), "Stale", stale=[gone])
    text = Page(page).text
    assert HOSTILE not in page
    for words in (
        "Waivers whose finding is gone",
        HOSTILE,
        "(ada)",
        "The check itself",
        "1 rule part stopped",
        "Rule COUNT-001 stopped.",
    ):
        assert words in text


def test_the_same_input_gives_the_same_page(tmp_path, page):
    write_html(tmp_path / "report.html", checked.__wrapped__(), tables.__wrapped__(), asked(), "Myeloma <b>review</b>")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page


def test_of_very_many_findings_the_gravest_are_listed_and_the_rest_counted():
    found = many(MOST_FINDINGS + 5000)
    page = html_page(found, {}, asked(), "Many")
    assert page.count('<article class="finding') == MOST_FINDINGS
    assert page.count('<article class="finding error') == sum(one.severity == "error" for one in found.findings)
    assert "5,000 more findings</strong> are in findings.json" in page


def large(records):
    one = tables()["count"].slice(2, 1)
    copies = pa.concat_tables([one] * records).combine_chunks()
    ids = pa.array([f"count-{at:07}" for at in range(records)])
    rows = pa.array([f"row {at // 20}" for at in range(records)])
    sections = pa.array([f"Table {at // 2000}" for at in range(records)])
    columns = pa.array([f"column {at % 20}" for at in range(records)])
    for name, values in (("record", ids), ("row", rows), ("section", sections), ("column", columns)):
        copies = copies.set_column(copies.column_names.index(name), name, values)
    return {"count": copies}


@pytest.mark.slow
def test_fifty_thousand_records_make_a_page_of_a_few_megabytes_in_seconds():
    found = many(3000)
    start = time.perf_counter()
    page = html_page(found, large(50_000), asked(), "Large")
    assert time.perf_counter() - start < 30  # about 3 s on an idle machine
    assert len(page) < 12_000_000
    assert f"{50_000 - MOST_FACTS:,} records without a finding are not drawn" in page


@pytest.mark.parametrize(
    ("text", "status", "shown"),
    [
        ("36", "reported", "36"),
        ("6|9?", "unclear", "6 or 9"),
        ("5?", "unclear", "5, uncertain"),
        ("?", "unclear", "illegible"),
        ("NR", "not_reported", "NR"),
    ],
)
def test_a_cell_reads_as_people_would_say_it(text, status, shown):
    assert Cell(text, status).shown == shown


def value(kind, **cells) -> Fact:
    model = KINDS[kind]
    return next(facts({kind: to_table(model, [model(record="one", source="s", **cells)])}, names({}))).value


@pytest.mark.parametrize(
    ("kind", "cells", "shown"),
    [
        ("count", dict(events="22", total="52", percent="42.3%"), "22/52 (42.3%)"),
        ("count", dict(events="22", total="52", total_from="header", percent="42.3%"), "22 (42.3%)"),
        ("count", dict(percent="42.3%", lower="29.2%", upper="56.8%"), "42.3% (29.2%-56.8%)"),
        ("count", dict(events="22", total="NR"), "22 of NR"),
        ("pooled", dict(measure="proportion", estimate="0.390", lower="0.303", upper="0.480"), "0.390 (0.303-0.480)"),
        ("effect", dict(measure="HR", estimate="0.66", lower="0.52", upper="0.84", level="95%", p="<0.001"), "HR 0.66 (95% CI 0.52-0.84), P <0.001"),
        ("survival", dict(median="24.9 months", lower="12.5", upper="not reached"), "24.9 months (12.5 to not reached)"),
        ("survival", dict(rate="69.0%", time="2 years", timepoint="2 years"), "69.0%"),
        ("survival", dict(rate="69.0%", time="2 years"), "69.0%, time 2 years"),
        ("mean", dict(mean="58.5", sd="9.1", unit="years"), "58.5 years, SD 9.1"),
        ("mean", dict(median="59", q1="52", q3="66"), "median 59, q1 52, q3 66"),
        ("characteristic", dict(characteristic="age", low="40", high="76"), "40-76"),
        ("characteristic", dict(characteristic="country", text="France"), "France"),
        ("flow", dict(diagram="prisma", node="identified", n="325"), "n 325"),
        ("appraisal", dict(tool="QUADAS-2", judgement="low"), "low"),
        ("test", dict(statistic_type="t", statistic="2.20", df1="28", p="0.036"), "statistic 2.20, df1 28, P 0.036"),
    ],
)  # fmt: skip
def test_a_record_reads_as_a_paper_prints_it(kind, cells, shown):
    assert value(kind, **cells) == shown


def test_the_whole_cell_as_printed_comes_before_its_parts():
    assert value("count", printed="22 of 52 (42.3%)") == "22 of 52 (42.3%)"


def colours():
    css = resources.files("curation.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    blocks = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", css, re.S)
    ]
    light, dark, printed = blocks
    return {"light": light, "dark": light | dark, "print": light | printed}


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    r, g, b = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_has_the_contrast_that_wcag_aa_asks(scheme):
    shade = colours()[scheme]
    grounds = ("paper", "panel", "faint", "mark")
    pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in grounds]
    pairs += [
        (mark, ground)
        for mark in ("error", "warning", "note", "unclear")
        for ground in (f"{mark}-back", "panel", "paper")
    ]
    pairs += [("ink", f"{mark}-back") for mark in ("error", "warning", "note", "unclear")] + [("good", "panel")]
    short = [
        (ink, ground, round(contrast(shade[ink], shade[ground]), 2))
        for ink, ground in pairs
        if contrast(shade[ink], shade[ground]) < 4.5
    ]
    assert not short
