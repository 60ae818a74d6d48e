"""The building blocks of the web app in a real browser: what they say, how they are typed into, how they look small."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace as Of
from typing import Any

import jinja2
import pytest
from browsing import NARROW, WIDE, Site, browser, focused, overflow, press, serving, too_small, violations
from sweep import every

pytestmark = pytest.mark.browser
WEB = Path(__file__).parents[1] / "curation" / "web"
HOSTILE = "<img src=x onerror=alert(1)>\"'>"


def field(name: str, label: str, meaning: str, control: str = "text", **more: Any) -> Of:
    given = {"unit": "", "example": "", "required": False, "default": None, "options": {}, **more}
    return Of(name=name, label=label, meaning=meaning, control=control, **given)


ESTIMATOR = {"proportion": "events out of a total", "kaplan_meier": "Kaplan-Meier estimate at a time", "unknown": "not stated"}  # fmt: skip
STUDIES = {"dimopoulos-2007": "Dimopoulos 2007 (MM-010)", "weber-2007": "Weber 2007 (MM-009)"}
MANY = {f"study-{number}": f"Study number {number}" for number in range(40)}
PERCENT = Of(
    rule="COUNT-002", severity="error", status="open", name="percent_of_total", field="percent", place="Table 1",
    message="The printed percentage is not events out of total: 52 of 176 is 29.5%, not 25.9%.",
    explanations=("two digits of 29.5 are exchanged", "the percentage belongs to a total of 201"),
    changes_conclusion=True, fingerprint="6b1d0c9e4a7f2230", links=[("the record", "/records/1")], parts=Of(what="The printed percentage is not events out of total.", where="van-de-donk-2012, Table 1, row Dimopoulos et al (MM-010) Len-dex",
             printed="events 52, total 176, percent 25.9%", expected="29.5% (52 of 176), or 45 or 46 events", look="the row above and the text on page 3; tables of safety often use another total"),
)  # fmt: skip
SWAPPED = Of(rule="SAME-001", severity="warning", status="open", name="same_fact", message="The text and Table 1 print different numbers for the same fact.", field="percent", place="Venous thromboembolism", explanations=(), fingerprint="", parts=None, links=[("Table 1", "/records/2"), ("the text", "/records/3")],)  # fmt: skip
WAIVED = Of(rule="PERCENT-004", severity="note", status="waived", name="decimals", message="The percentages of one table have different numbers of decimals.", field="percent", place="Table 2", explanations=(), reason="printed so by the authors", decided_by="A. Okafor",)  # fmt: skip
TEXT = [
    ("Neutropenia\nAn integrated analysis of the frequency of cytopenias in the MM-009 and MM-010 studies showed that grade ≥3 neutropenia occurred more often with lenalidomide plus dexamethasone. "
     "The frequency of grade 3 or 4 neutropenia in the ", False), ("MM-009 and MM-010 studies was 41.2% and 29.5%, respectively", True),
    (", compared to only 4.6% and 2.3%, respectively, in the placebo plus dexamethasone group. Febrile neutropenia was uncommon.\n\n"
     "Venous thromboembolism\nIn both studies the incidence of thromboembolic events was 11.4% and 14.7%, respectively, compared to 4.6% and 3.4%, respectively, in the placebo plus dexamethasone group. "
     "Prophylactic anticoagulation was not required in either of these trials, and the use of erythropoietin was left to the discretion of the investigator.", False),
]  # fmt: skip
COLUMNS = [
    Of(name="study", label="Study", options=STUDIES, required=True), Of(name="outcome", label="Outcome", required=True),
    Of(name="events", label="Events", unit="participants", numeric=True), Of(name="total", label="Total", unit="participants", numeric=True),
    Of(name="percent", label="Percent", unit="%", numeric=True), Of(name="quote", label="Quote", size="long"),
]  # fmt: skip
PRINTED = [
    ("weber-2007", "neutropenia-ge3", "73", "177", "41.2%", "Grade ≥3 neutropenia: 41.2%"), ("weber-2007", "vte-ge3", "26", "177", "14.7%", "Grade ≥3 venous thromboembolism: 14.7%"),
    ("dimopoulos-2007", "neutropenia-ge3", "52", "176", "25.9%", "Grade ≥3 neutropenia: 29.5%"), ("dimopoulos-2007", "vte-ge3", "twenty", "176", "11.4%", "Grade ≥3 venous thromboembolism: 11.4%"),
    ("dimopoulos-2007", "infection-ge3", "20", "176", "11.3%", "Grade ≥3 infection: 11.3%"), ("", "", "", "", "", ""),
]  # fmt: skip
CONTEXT: dict[str, Any] = {
    "review_name": "Lenalidomide in relapsed myeloma", "csrf": "t0ken-'\"<&", "flash": [("good", "42 records are saved as revision 17.")],
    "person": Of(name="A. Okafor", role="extractor", signed_in=True),
    "nav": [("Desk", "/", False), ("Sources", "/sources", False), ("Records", "/records", True), ("Findings", "/findings", False), ("Differences", "/differences", False), ("History", "/history", False), ("Export", "/export", False)],
    "f": Of(
        study=field("study", "Study", "The study the number belongs to", "reference", required=True), far=field("cited", "Cited study", "The study a review cites", "reference"),
        outcome=field("outcome", "Outcome", "What was counted", required=True, example="neutropenia-ge3"), arms=field("arms", "Arms", "The arms taken together", "references"),
        events=field("events", "Events", "Participants who had the event", unit="participants", example="22"), total=field("total", "Total", "Participants who could have had it", unit="participants", example="52"),
        percent=field("percent", "Percent", "Percentage as printed", unit="%", example="42.3%"), estimator=field("estimator", "Estimator", "How the percentage was estimated", "choice", default="proportion", options=ESTIMATOR),
        quote=field("quote", "Quote", "The words of the source, verbatim", "long"), word=field("password", "Password", "", "password", required=True), name=field("name", "Name", "As the owner of the review wrote it", required=True),
        document=field("document", "Document", "The paper as PDF, or its text", "file"), year=field("year", "Year", "Year of publication", "number", example="2012"),
    ),
    "studies": STUDIES, "many": MANY, "finding": PERCENT, "findings": [PERCENT, SWAPPED, WAIVED], "text": TEXT, "columns": COLUMNS, "hostile": HOSTILE,
    "arms": {"len-dex": "Lenalidomide + dexamethasone", "dex": "Placebo + dexamethasone"},
    "rows": [Of(id=str(number), cells=dict(zip([each.name for each in COLUMNS], cells, strict=True))) for number, cells in enumerate(PRINTED, start=1)],
    "states": {
        ("3", "percent"): Of(kind="error", sentence="52 of 176 is 29.5%"), ("4", "events"): Of(kind="malformed", sentence="“twenty” is not a number; write it in digits, as printed"),
        ("5", "percent"): Of(kind="warning", sentence="20 of 176 is 11.4%; fits only if truncated"), ("2", "events"): Of(kind="note", sentence="the text says 11.4% for this study"),
    },
    "sources": [
        [{"text": "van-de-donk-2012", "href": "/sources/van-de-donk-2012"}, "Lenalidomide for the treatment of relapsed and refractory multiple myeloma", 118, 118, {"text": "Submitted", "severity": "good"}, {"text": "2 errors", "severity": "error"}],
        [{"text": "zhong-2021", "href": "/sources/zhong-2021"}, "The efficacy and safety of lenalidomide after allo-HSCT", 1204, 96, {"text": "In work", "severity": "plain"}, {"text": "3 warnings", "severity": "warning"}],
        [{"text": "zhang-2023", "href": "/sources/zhang-2023"}, "Lenalidomide use in multiple myeloma (Review)", 0, None, {"text": "Not begun", "severity": "plain"}, None],
    ],
    "people": [Of(value="A", who="A. Okafor"), Of(value="B", who="M. Lindqvist")],
    "differing": [
        (Of(name="events", label="Events", unit="participants", note="contradicts the percentage"), [Of(value="A", who="A. Okafor", text="52", pieces=[("5", False), ("2", True)]), Of(value="B", who="M. Lindqvist", pieces=[("5", False), ("1", True)])]),
        (Of(name="total", label="Total", agreed="176"), []), (Of(name="percent", label="Percent", unit="%", chosen="A"), [Of(value="A", who="A. Okafor", pieces=[("2", False), ("9.5", True), ("%", False)]), Of(value="B", who="M. Lindqvist", pieces=[("2", False), ("5.9", True), ("%", False)])]),
        (Of(name="quote", label="Quote", chosen="other", other="twenty-nine percent"), [Of(value="A", who="A. Okafor", text="Grade ≥3 neutropenia: 29.5%"), Of(value="B", who="M. Lindqvist", text="")]),
    ],
    "entries": [
        Of(when="2026-05-04 14:12", who="M. Lindqvist", what="Changed", revision=17, why="misread; the print says 29.5%", changes=[("Percent", "25.9%", "29.5%"), ("Note", "", "checked against the text on page 3")]),
        Of(when="2026-05-04 09:40", who="M. Lindqvist", what="Taken in", revision=12, why="from the workbook", changes=[]), Of(when="2026-05-03 16:05", who="A. Okafor", what="Source added"),
    ],
}  # fmt: skip
PAGES = {
    "desk": """{% block title %}Sources{% endblock %}{% block main %}
{% call kit.page_head("Sources", "Five papers; two people extract each of them.", kicker="Review") %}<a class="button" href="/template">Workbook</a> <a class="button main" href="/sources/new">Add a source</a>{% endcall %}
{% call kit.tiles() %}{{ kit.tile("sources", 5) }}{{ kit.tile("records of yours", "1,322", "/records") }}{{ kit.tile("errors are open", 2, "/findings?severity=error", "error") }}{{ kit.tile("warnings are open", 3, "/findings", "warning") }}{{ kit.tile("sources are submitted", 1, none, "good") }}{% endcall %}
<div class="cards"><section class="card"><h2>Your extraction</h2>{{ kit.progress(1, 5, "Sources submitted") }}{{ kit.progress(118, 118, "van-de-donk-2012, printed numbers with a quote") }}</section>
<section class="card"><h2>What to do next</h2><p>zhong-2021 is in work: 96 of its records are typed, three of them have findings.</p><p class="actions"><a class="button" href="/sources/zhong-2021">Go on with zhong-2021</a></p></section></div>
<h2>All sources</h2>
{% call kit.filters("/sources", shown="3 of 5 sources are shown.") %}{{ kit.filter_select("state", "State", {"": "any state", "open": "in work", "done": "submitted"}, "open") }}{{ kit.filter_search("words", "Words", "lenalidomide") }}{% endcall %}
{{ kit.data_table("Sources of this review", ["Source", "Title", {"label": "Your records", "number": true}, {"label": "With quote", "number": true}, "State", "Findings"], sources) }}
{{ kit.pager(4, 12, href) }}{% endblock %}""",
    "record": """{% block title %}A count{% endblock %}{% block main %}
{% call kit.page_head("Neutropenia, grade 3 or higher", "One printed count, in the words and digits of the paper.", kicker="van-de-donk-2012, Table 1") %}<a class="button" href="/history">History</a>{% endcall %}
<div class="panes"><form method="post" action="/records/1" data-main-form data-guard hx-post="/records/1">{{ kit.csrf_field() }}
{% call kit.fieldset("What is reported") %}{{ kit.widget(f.study, "dimopoulos-2007", options=studies) }}{{ kit.widget(f.far, "study-7", options=many) }}{{ kit.widget(f.outcome, "neutropenia-ge3") }}{{ kit.widget(f.year, "2012") }}{{ kit.widget(f.arms, "len-dex", options=arms) }}{% endcall %}
{% call kit.fieldset("The numbers as printed", "Type what is printed, with its decimals and signs.") %}{{ kit.widget(f.events, "fifty-two", ["“fifty-two” is not a number. Write digits, as in 22."], check="/check") }}{{ kit.widget(f.total, "176", derived="read as 176 participants") }}{{ kit.widget(f.percent, "25.9%", remarks=[finding]) }}{{ kit.widget(f.estimator) }}{% endcall %}
{% call kit.fieldset("Where it is printed") %}{{ kit.widget(f.quote, "MM-009 and MM-010 studies was 41.2% and 29.5%", remarks=[{"severity": "note", "message": "The quote names two studies."}]) }}{{ kit.widget(f.document) }}{% endcall %}
{% call kit.save_bar("Save", "Revision 12, saved 4 May") %}<button type="submit" name="next" value="1">Save and type the next</button>{% endcall %}</form>
{{ kit.source_text("van-de-donk-2012", text, "quote", "The quote of this record is marked.") }}</div>{% endblock %}""",
    "grid": """{% set wide = true %}{% block title %}Adverse events{% endblock %}{% block main %}
{{ kit.page_head("Adverse events, Table 1", "Type row by row, or paste rows from a spreadsheet into the first empty cell.", kicker="van-de-donk-2012") }}
<form method="post" action="/grid" data-main-form data-guard>{{ kit.csrf_field() }}{{ kit.grid_table(columns, rows, states, "Counts of van-de-donk-2012; blank rows are passed over") }}{{ kit.save_bar("Save all rows") }}</form>{% endblock %}""",
    "decide": """{% block title %}Differences{% endblock %}{% block main %}
{{ kit.page_head("Dimopoulos 2007, len-dex, neutropenia", "Two people extracted this count. Three fields differ; one decision each.", kicker="Difference 4 of 31") }}
<form method="post" action="/decide" data-main-form data-guard>{{ kit.csrf_field() }}<div class="choices" data-choose-group>{{ kit.choice_head(people) }}{% for one, options in differing %}{{ kit.choice_row(one, options or people, ["“twenty-nine percent” is not a number."] if one.name == "quote" else ()) }}{% endfor %}</div>
<div class="field"><label for="why">Reason</label><textarea id="why" name="why" rows="2" aria-describedby="why-help"></textarea><p class="help" id="why-help">What in the paper decides it</p></div>
{% call kit.save_bar("Decide") %}<a class="button" href="/next">Leave for later</a>{% endcall %}</form><h2>In the paper</h2>{{ kit.source_text("van-de-donk-2012", text) }}{% endblock %}""",
    "findings": """{% block title %}Findings{% endblock %}{% block main %}{{ kit.page_head("Findings", "What the printed numbers say of each other.") }}
{% call kit.filters("/findings") %}{{ kit.filter_select("severity", "Severity", {"": "all", "error": "Errors"}) }}{{ kit.filter_select("status", "Status", {"": "any", "open": "open"}) }}{{ kit.filter_search("words", "Words") }}{% endcall %}
<h2>van-de-donk-2012</h2>{% for each in findings %}{% call kit.finding_card(each) %}<a class="button" href="/waive">Accept with a reason</a>{% endcall %}{% endfor %}
<h2>History of the record</h2>{{ kit.timeline(entries) }}{{ kit.empty("Nobody has asked about this record.", ("Ask the authors", "/queries/new")) }}<p>{{ hostile }} {{ kit.badge("unclear", hostile) }} {{ kit.badge("malformed", "Not accepted") }} {{ kit.badge("good", "Submitted") }}</p>{% endblock %}""",
    "login": """{% block title %}Sign in{% endblock %}{% block main %}<div class="dialog"><h1>Sign in</h1><form method="post" action="/login">{{ kit.csrf_field() }}
{{ kit.widget(f.name, autocomplete="username") }}{{ kit.widget(f.word) }}<button class="main" type="submit">Sign in</button></form></div>{% endblock %}""",
}  # fmt: skip


HEAD = '{% extends "base.html.j2" %}{% import "kit.html.j2" as kit with context %}'
OURS, SAMPLES = jinja2.FileSystemLoader(WEB / "templates"), jinja2.DictLoader({key: HEAD + text for key, text in PAGES.items()})  # fmt: skip
ENVIRONMENT = jinja2.Environment(loader=jinja2.ChoiceLoader([OURS, SAMPLES]), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # fmt: skip


def rendered(name: str) -> str:
    """A sample page."""
    return ENVIRONMENT.get_template(name).render(CONTEXT, href=lambda number: f"/sources?page={number}")


class Samples(Site):
    """Sample pages, and an answer to a field that is checked while typing."""

    folder = WEB / "static"

    def show(self, name: str) -> None:
        self.answer(200 if name in PAGES else 404, rendered(name) if name in PAGES else "<p>nothing here</p>")

    def take(self, sent: str) -> None:
        bad = "events=bad" in sent
        said = ENVIRONMENT.get_template("kit.html.j2").make_module({"csrf": ""}).said
        text = said("events", ["no number"] if bad else (), (), "read as 52 participants")
        text += said("percent", (), (), "fits 52 of 176", oob=True)
        self.answer(500 if "events=crash" in sent else 422 if bad else 200, text)


@pytest.fixture(scope="module")
def site():
    with serving(Samples) as server:
        yield server


@pytest.fixture(scope="module")
def opened():
    with browser() as open_page:
        yield open_page


@pytest.fixture
def go(opened, site):
    pages = []

    def visit(name: str, viewport: tuple[int, int] = WIDE) -> Any:
        page = opened(viewport, permissions=["clipboard-read", "clipboard-write"])
        page.goto(site.address + name)
        pages.append(page)
        return page

    site.seen.clear()
    yield visit
    for page in pages:
        page.close()


def cell(page: Any, row: int, name: str) -> Any:
    return page.locator(f"[name=cell-{row}-{name}]")


def values(page: Any, row: int, *names: str) -> list[str]:
    return [cell(page, row, name).input_value() for name in names]


def paste(page: Any, row: int, name: str, text: str) -> str:
    cell(page, row, name).focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")
    return page.locator("[data-grid-said]").inner_text()


def typed(page: Any, events: str) -> None:
    page.locator("#f-events").fill(events)
    page.keyboard.press("Tab")


def heard(page: Any, sentence: str) -> None:
    page.locator("#said", has_text=sentence).wait_for(state="attached")


@pytest.mark.parametrize(("viewport", "dark"), every(2, [(WIDE, False), (NARROW, True)]))
def test_axe_finds_nothing_in_any_sample(site, viewport, dark):
    with browser(dark=dark) as open_page:
        page = open_page(viewport)
        for name in PAGES:
            page.goto(site.address + name)
            assert violations(page) == [], name


@pytest.mark.parametrize("name", PAGES)
def test_in_a_small_window_nothing_scrolls_sideways_is_too_small_or_refused_by_the_policy(go, name):
    page = go(name, NARROW)
    assert overflow(page) == 0
    assert too_small(page) == []
    assert page.said == []
    assert page.locator("main img, main script, [style]").count() == 0


def test_rows_of_a_spreadsheet_are_spread_over_the_grid_and_rows_are_added(go):
    page = go("grid")
    said = paste(page, 6, "study", "Weber 2007 (MM-009)\tcr\t25\t177\t14.1%\r\ndimopoulos-2007\tcr\t28\t176\t15.9%\r\n")
    assert said == "10 cells filled."
    assert cell(page, 6, "study").input_value() == "weber-2007"
    assert values(page, 7, "study", "outcome", "percent") == ["dimopoulos-2007", "cr", "15.9%"]
    assert page.locator("tbody tr").count() == 7
    assert cell(page, 7, "events").get_attribute("aria-label") == "Events, row 7"
    assert page.locator("tbody tr").last.locator("th").inner_text() == "7"


def test_quoted_cells_keep_their_quotes_tabs_and_lines(go):
    page = go("grid")
    said = paste(page, 6, "percent", '14.1%\t"first line\nsecond ""quoted"" line"\n"15.9%"\t"a word" outside')
    assert said == "4 cells filled."
    assert cell(page, 6, "quote").input_value() == 'first line second "quoted" line'
    assert values(page, 7, "percent", "quote") == ['"15.9%"', '"a word" outside']


def test_what_does_not_fit_is_counted_and_named_and_a_paste_can_be_undone(go):
    page = go("grid")
    said = paste(page, 1, "study", "Palumbo 2006\tneutropenia\t1\t2\t3%\tquote\ttoo far")
    assert said == "5 cells filled. 2 cells did not fit: “Palumbo 2006”, “too far”."
    page.get_by_role("button", name="Undo the paste").click()
    assert values(page, 1, "study", "events") == ["weber-2007", "73"]
    assert page.locator("[data-grid-said]").inner_text() == "The paste is undone."


def test_one_value_is_pasted_as_anywhere(go):
    page = go("grid")
    assert paste(page, 6, "events", "20") == ""
    assert cell(page, 6, "events").input_value() == "20"


def test_arrows_and_enter_walk_the_grid_and_escape_leaves_it(go, site):
    page = go("grid")
    cell(page, 1, "events").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "cell-2-events"
    press(page, "Enter", "ArrowRight")
    assert focused(page) == "cell-3-total"
    press(page, "End", "ArrowLeft")
    assert focused(page) == "cell-3-total", "inside a text the arrow moves the caret"
    press(page, "Home", "ArrowLeft")
    assert focused(page) == "cell-3-events"
    page.keyboard.press("ArrowUp")
    assert focused(page) == "cell-2-events"
    cell(page, 6, "total").focus()
    page.keyboard.press("Enter")
    assert focused(page) == "cell-7-total", "the last row is followed by a new one"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Save all rows"
    assert site.seen == [], "Enter did not send the form"


def test_keys_lead_to_help_search_and_items_but_never_while_typing(go):
    page = go("findings")
    page.keyboard.press("?")
    assert page.locator("dialog#shortcuts").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.type("jj")
    assert "The text and Table 1" in page.evaluate("document.activeElement.innerText")
    page.keyboard.press("k")
    assert focused(page) == "finding-6b1d0c9e4a7f2230"
    page.keyboard.press("/")
    assert focused(page) == "words"
    page.keyboard.type("j/?k")
    assert page.locator("[data-search]").input_value() == "j/?k"
    assert page.locator("dialog#shortcuts").is_hidden()


def test_single_keys_can_be_turned_off(go):
    page = go("findings")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Single keys are on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("?")
    assert page.locator("dialog#shortcuts").is_hidden()


@pytest.mark.parametrize("keys", ["Control+s", "Control+Enter"])
def test_the_form_is_saved_by_key_with_its_token(go, site, keys):
    page = go("grid")
    cell(page, 1, "events").focus()
    with page.expect_navigation():
        page.keyboard.press(keys)
    path, _, sent = site.seen[-1]
    assert path == "/grid"
    assert sent.startswith("csrf=t0ken-%27%22%3C%26&cell-1-study=weber-2007&cell-1-outcome=neutropenia-ge3")


def test_unsaved_changes_hold_a_person_back_and_saved_ones_do_not(go):
    page = go("grid")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == []
    cell(page, 1, "events").fill("74")
    page.reload()
    assert asked == ["beforeunload"]
    cell(page, 1, "events").fill("74")
    with page.expect_navigation():
        page.get_by_role("button", name="Save all rows").click()
    assert asked == ["beforeunload"]


def test_a_field_is_checked_while_typing_and_the_answer_is_read_out(go, site):
    page = go("record")
    assert page.locator("#f-events").get_attribute("aria-invalid") == "true"
    typed(page, "52")
    page.get_by_text("read as 52 participants").first.wait_for()
    assert page.locator("#f-percent-said").inner_text() == "fits 52 of 176"
    assert page.locator("#f-events").get_attribute("aria-invalid") == "false"
    heard(page, "fits 52 of 176 read as 52 participants")
    assert focused(page) == "total", "the answer moves nothing"
    assert site.seen[-1][1] == "t0ken-'\"<&"
    typed(page, "bad")
    page.locator("#f-events-said[data-malformed]").wait_for()
    assert page.locator("#f-events").get_attribute("aria-invalid") == "true", "an answer 422 is shown as well"


def test_trouble_of_the_server_is_said_and_goes_when_it_is_over(go):
    page = go("record")
    typed(page, "crash")
    page.locator("#flash [role=alert]").wait_for()
    assert "The server could not do this (500)." in page.locator("#flash [role=alert]").inner_text()
    page.context.set_offline(True)
    typed(page, "51")
    page.get_by_text("The server cannot be reached.").wait_for()
    assert page.locator("#flash [role=alert]").count() == 1
    page.context.set_offline(False)
    typed(page, "52")
    page.locator("#flash [role=alert]").wait_for(state="detached")


def test_the_text_opens_at_its_mark_and_selected_words_become_the_quote(go):
    page = go("record", (1000, 320))
    seen = page.evaluate("""() => { const pane = document.querySelector("[data-source-text]"), mark = pane.querySelector("mark").getBoundingClientRect();
      return [pane.scrollTop > 0, mark.top >= pane.getBoundingClientRect().top, window.scrollY]; }""")
    assert seen == [True, True, 0]
    page.get_by_role("button", name="Use selection as quote").click()
    heard(page, "Select words in the source text first.")
    page.evaluate("document.getSelection().selectAllChildren(document.querySelector('[data-source-text] mark'))")
    page.wait_for_timeout(50)
    page.get_by_role("button", name="Use selection as quote").click()
    assert page.locator("#f-quote").input_value() == "MM-009 and MM-010 studies was 41.2% and 29.5%, respectively"


def test_one_button_chooses_all_of_a_person_and_typing_chooses_the_other_value(go):
    page = go("decide")
    page.get_by_role("button", name="All of M. Lindqvist").click()
    chosen = (
        "Array.from(document.querySelectorAll('input[type=radio]:checked')).map((each) => each.name + '=' + each.value)"
    )
    assert page.evaluate(chosen) == ["choose-events=B", "choose-percent=B", "choose-quote=B"]
    page.get_by_label("Another value of Percent").fill("29%")
    assert page.evaluate(chosen) == ["choose-events=B", "choose-percent=other", "choose-quote=B"]


def test_without_scripts_the_forms_are_whole(opened, site):
    page = opened(WIDE, java_script_enabled=False)
    page.goto(site.address + "grid")
    page.get_by_role("button", name="Save all rows").click()
    assert site.seen[-1][0] == "/grid"
    for name in ("record", "decide", "findings"):
        page.goto(site.address + name)
        assert page.locator("[data-quote-into], [data-choose], [data-shortcuts]").locator("visible=true").count() == 0
    page.close()


def test_paper_shows_the_page_without_what_is_pressed(go):
    page = go("record")
    page.emulate_media(media="print")
    assert page.locator(".nav, .save-bar, .skip").locator("visible=true").count() == 0
    assert page.evaluate(
        "document.querySelector('[data-source-text]').scrollHeight <= document.querySelector('[data-source-text]').clientHeight"
    )
