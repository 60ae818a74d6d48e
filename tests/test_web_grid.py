"""Many records typed or pasted as one table: saved all or none, marked beside the cells, nothing typed ever lost."""

from __future__ import annotations

import re
import socket
import threading

import pytest
import uvicorn
from browsing import NARROW, WIDE, browser, focused, overflow, press, too_small, violations
from web_case import PASSWORD, count, make_review, served

from curation.web import grid_form
from curation.web.app import create_app
from curation.web.desk import Desk
from store.review import Review

PRINTED = {"kind": "count", "layout": "printed", "was": "printed", "columns": "2", "c-source": "donk", "c-section": "Table 2", "c-page": "3"}  # fmt: skip
ROWS = {"kind": "count", "layout": "rows", "was": "rows", "c-source": "donk", "c-study": "donk", "c-section": "Table 2"}
HEADS = {"head-1-column": "Len-dex", "head-1-study": "donk", "head-1-arm": "all", "head-2-column": "Evaluable", "head-2-study": "donk", "head-2-arm": "all", "head-2-analysis_set": "evaluable"}  # fmt: skip


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "r.duckdb")) as found:
        yield found


def cells(*rows, names=("row", "outcome", "v1", "v2")):
    return {f"cell-{at}-{name}": text for at, row in enumerate(rows, 1) for name, text in zip(names, row, strict=False)}


def kept(site, who="ana"):
    return [row.cells for row in site.review.rows("count", extractors=[who], limit=1000).rows]


def value_of(page, name):
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    return found[1] if found else None


def test_somebody_chooses_a_source_a_kind_and_a_layout(site):
    page = site.sign_in("ana").get("/grid").text
    assert "donk" in page
    assert "counts" in page
    assert "as the table is printed" in page


@pytest.mark.parametrize("query", ["source=nowhere&kind=count", "source=donk&kind=cuont", "source=donk&kind=count&layout=round"])  # fmt: skip
def test_nonsense_in_the_address_gets_a_sentence(site, query):
    answer = site.sign_in("ana").get(f"/grid?{query}")
    assert answer.status_code == 422
    assert "choose one from the list" in answer.text


def test_every_kind_has_a_table_in_both_layouts(site):
    ana = site.sign_in("ana")
    for kind in (
        "count",
        "rate",
        "mean",
        "survival",
        "effect",
        "pooled",
        "flow",
        "characteristic",
        "appraisal",
        "test",
    ):
        for layout in ("rows", "printed"):
            assert ana.get(f"/grid?source=donk&kind={kind}&layout={layout}").status_code == 200, (kind, layout)


def test_each_cell_of_a_table_as_printed_becomes_a_record_at_its_place(site):
    ana = site.sign_in("ana")
    typed = cells(
        ("Complete response", "", "22/52 (42.3%)", "22/50 (44.0%)"), ("Acute GVHD", "gvhd", "10/52 (19.2%)", "")
    )
    before = site.review.revision
    answer = ana.post("/grid", {**PRINTED, **HEADS, **typed})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/table?source=donk&by=ana#section-")
    found = kept(site)
    assert site.review.revision == before + 1
    assert [(one["section"], one["row"], one["column"], one["outcome"], one["printed"]) for one in found] == [
        ("Table 2", "Complete response", "Len-dex", "cr", "22/52 (42.3%)"),
        ("Table 2", "Complete response", "Evaluable", "cr", "22/50 (44.0%)"),
        ("Table 2", "Acute GVHD", "Len-dex", "gvhd", "10/52 (19.2%)"),
    ]
    assert found[1]["analysis_set"] == "evaluable"
    assert found[0]["events"] == "22"
    assert found[0]["page"] == "3"
    page = ana.get(answer.headers["location"].split("#")[0]).text
    assert "3 counts are saved" in page
    assert f'id="{answer.headers["location"].split("#")[1]}"' in page


def test_a_total_in_the_head_of_a_column_belongs_to_all_its_cells(site):
    ana = site.sign_in("ana")
    ana.post("/grid", {**PRINTED, **HEADS, "head-1-total": "52", **cells(("CR", "cr", "22 (42.3%)"))})
    assert [(one["total"], one["total_from"], one["percent"]) for one in kept(site)] == [("52", "header", "42.3%")]


def test_rows_are_saved_with_what_is_common_to_all(site):
    ana = site.sign_in("ana")
    names = ("outcome", "arm", "printed", "row", "column")
    typed = cells(("cr", "all", "22/52 (42.3%)", "CR", "n"), ("", "", "", "", ""), ("Acute GVHD", "All participants", "9/52", "GVHD", "n"), names=names)  # fmt: skip
    assert ana.post("/grid", {**ROWS, **typed}).status_code == 303
    assert [(one["study"], one["arm"], one["outcome"], one["section"]) for one in kept(site)] == [
        ("donk", "all", "cr", "Table 2"), ("donk", "all", "gvhd", "Table 2"),
    ]  # fmt: skip


def test_one_malformed_cell_keeps_all_back_and_everything_typed_stays(site):
    ana = site.sign_in("ana")
    typed = cells(("CR", "cr", "22/52 (42.3%)", "twenty"), ("<b>GVHD", "gvhd", "1/5", ""))
    answer = ana.post("/grid", {**PRINTED, **HEADS, "head-1-arm": "nobody", **typed})
    assert answer.status_code == 422
    assert not kept(site)
    assert 'id="cell-1-v2-said"' in answer.text
    assert 'id="head-1-arm-said"' in answer.text
    assert value_of(answer.text, "cell-1-v2") == "twenty"
    assert value_of(answer.text, "cell-2-row") == "&lt;b&gt;GVHD"
    assert '<option value="nobody" selected>' in answer.text


def test_a_contradiction_is_marked_and_never_blocks(site):
    ana = site.sign_in("ana")
    typed = {**PRINTED, **HEADS, **cells(("CR", "cr", "22/52 (52.3%)"))}
    said = ana.post("/grid/check", typed).text
    assert 'hx-swap-oob="afterend:#cell-1-v1"' in said
    assert "cell-said error" in said
    assert "1 error" in said
    assert ana.post("/grid", typed).status_code == 303
    assert len(kept(site)) == 1


def test_a_check_answers_with_what_differs_only(site):
    ana = site.sign_in("ana")
    typed = {**PRINTED, **HEADS, **cells(("CR", "cr", "twenty", "x y"))}
    first = ana.post("/grid/check", typed).text
    shown = re.search(r'name="shown" value="([^"]*)"', first)[1].replace("&#34;", '"')
    again = ana.post("/grid/check", {**typed, "shown": shown}).text
    assert "cell-1-v1-said" in first
    assert "cell-1-v1-said" not in again
    mended = ana.post("/grid/check", {**typed, "cell-1-v1": "22/52", "shown": shown}).text
    assert 'hx-swap-oob="outerHTML:#cell-1-v1-said"' in mended
    assert "data-malformed" not in mended.split("grid-found")[0]


def test_the_outcome_that_a_row_names_is_offered(site):
    said = site.sign_in("ana").post("/grid/check", {**PRINTED, **HEADS, **cells(("acute  gvhd", "", "1/5"))}).text
    assert "Taken as Acute GVHD" in said


def test_the_same_table_twice_is_refused_and_stays_typed(site):
    ana = site.sign_in("ana")
    typed = {**PRINTED, **HEADS, **cells(("CR", "cr", "22/52 (42.3%)"))}
    assert ana.post("/grid", typed).status_code == 303
    again = ana.post("/grid", typed)
    assert again.status_code == 422
    assert "You have entered exactly this already" in again.text
    assert len(kept(site)) == 1
    other = ana.post("/grid", {**typed, "cell-1-v1": "23/52 (44.2%)"})
    assert other.status_code == 422
    assert "at the same place as 22/52 (42.3%) already" in other.text


def test_two_people_save_the_same_table_and_learn_nothing_of_each_other(site):
    ana, ben = site.sign_in("ana"), site.sign_in("ben")
    typed = {**PRINTED, **HEADS, **cells(("CR", "cr", "22/52 (42.3%)"))}
    assert ana.post("/grid", typed).status_code == 303
    assert "already" not in ben.post("/grid/check", typed).text
    assert ben.post("/grid", typed).status_code == 303
    assert len(kept(site)) == len(kept(site, "ben")) == 1


def test_an_id_that_is_taken_is_said_and_nothing_is_lost(site):
    ana = site.sign_in("ana")
    site.review.add("count", [count("cr", "1/5", record="mine")], who="ana", why="before")
    names = ("record", "outcome", "arm", "printed", "row", "column")
    places = {"at-record": "row", "at-outcome": "row", "at-arm": "row", "at-printed": "row", "at-row": "row", "at-column": "row", "at-study": "above", "at-section": "above"}  # fmt: skip
    answer = ana.post("/grid", {**ROWS, **places, **cells(("mine", "gvhd", "all", "2/5", "GVHD", "n"), names=names)})
    assert answer.status_code == 422
    assert "already (mine)" in answer.text
    assert value_of(answer.text, "cell-1-printed") == "2/5"
    assert len(kept(site)) == 1


def test_a_retired_record_can_be_typed_again(site):
    ana = site.sign_in("ana")
    typed = {**PRINTED, **HEADS, **cells(("CR", "cr", "22/52 (42.3%)"))}
    ana.post("/grid", typed)
    site.review.retire("count", kept(site)[0]["record"], who="ana", why="wrong", extractor="ana")
    assert ana.post("/grid", typed).status_code == 303
    assert len(kept(site)) == 1


def test_a_source_that_was_handed_in_takes_no_table(site):
    ana = site.sign_in("ana")
    site.review.add("count", [count("cr", "1/5")], who="ana", why="before")
    site.review.submit("ana", who="ana", why="done", sources=["donk"])
    assert "you have handed in donk" in ana.get("/grid?source=donk&kind=count").text
    answer = ana.post("/grid", {**PRINTED, **HEADS, **cells(("CR", "cr", "22/52"))})
    assert answer.status_code == 403
    assert "you have handed in donk" in answer.text
    assert value_of(answer.text, "cell-1-v1") == "22/52"


def test_who_enters_no_records_gets_no_table(site):
    cara = site.sign_in("cara")
    assert cara.get("/grid").status_code == cara.post("/grid", PRINTED).status_code == cara.post("/grid/check", PRINTED).status_code == 403  # fmt: skip


def test_a_whole_table_is_pasted_with_its_heads(site):
    ana = site.sign_in("ana")
    text = "Response\tLen-dex\tDex\tAll\nComplete response\t22/52 (42.3%)\t1/50\t\nSomething\t3/52\t4/50\t5/90\n"
    page = ana.post("/grid", {**PRINTED, "go": "paste", "pasted": text, **cells(("", "", "", ""))}).text
    assert "2 rows and 3 columns were laid out" in page
    assert not kept(site)
    assert value_of(page, "head-3-column") == "All"
    assert value_of(page, "cell-2-v3") == "5/90"
    assert '<option value="cr" selected>' in page
    assert "No outcome is chosen for this row" in page


def test_laying_out_anew_keeps_what_was_typed(site):
    ana = site.sign_in("ana")
    typed = {**PRINTED, **HEADS, **cells(("CR", "cr", "22/52", "20/50"))}
    page = ana.post("/grid", {**typed, "go": "columns", "layout": "rows"}).text
    assert value_of(page, "cell-2-printed") == "20/50"
    assert value_of(page, "cell-1-column") == "Len-dex"
    assert value_of(page, "cell-2-analysis_set") == "evaluable"
    hidden = ana.post("/grid", {**ROWS, "at-printed": "row", "at-outcome": "", "cell-1-outcome": "cr", "cell-1-printed": "1/5", "go": "columns"}).text  # fmt: skip
    assert value_of(hidden, "cell-1-outcome") == "cr"
    assert "not saved" in hidden


def test_nothing_and_too_much_are_refused_in_words(site):
    ana = site.sign_in("ana")
    assert "nothing is typed yet" in ana.post("/grid", PRINTED).text
    many = cells(*(("CR", "cr", "1/5") for _ in range(grid_form.MOST_ROWS + 1)))
    answer = ana.post("/grid", {**PRINTED, **HEADS, **many})
    assert answer.status_code == 422
    assert "at most 500 are saved at a time" in answer.text


@pytest.mark.parametrize("posted", [{}, {"kind": "x"}, {"kind": "count", "columns": "99999999"}, {"kind": "count", "columns": "-1", "was": "printed", "shown": "[1]"}, {"kind": "count", "cell-99999999-v1": "1", "head-0-arm": "x", "shown": "{"}])  # fmt: skip
@pytest.mark.parametrize("address", ["/grid", "/grid/check"])
def test_a_strange_form_gets_an_answer(site, posted, address):
    assert site.sign_in("ana").post(address, posted).status_code in (200, 403, 422)


def test_five_hundred_rows_of_fifteen_columns(site):
    ana = site.sign_in("ana")
    head = {f"head-{at}-{name}": text for at in range(1, 16) for name, text in (("column", f"Arm {at}"), ("study", "donk"), ("arm", "all"))}  # fmt: skip
    names = ("row", "outcome", *(f"v{at}" for at in range(1, 16)))
    typed = cells(*((f"Row {row}", "cr", *(["22/52 (42.3%)"] * 15)) for row in range(500)), names=names)
    form = {**PRINTED, "columns": "15", **head, **typed}
    said = ana.post("/grid/check", form)
    saved = ana.post("/grid", form)
    assert said.status_code == 200
    assert saved.status_code == 303
    assert site.review.rows("count").total == 7500


PASTED = "Complete response\t\t22/52 (42.3%)\t22/50 (54.0%)\nAcute GVHD\tAcute GVHD\ttwenty\t9/50 (18.0%)\n"
PASTE = "text => { const data = new DataTransfer(); data.setData('text/plain', text); document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with Review.open(make_review(tmp_path_factory.mktemp("grid") / "r.duckdb")) as review:
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(Desk(review)), log_level="warning"))
        threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True


def opened(open_page, address, where, size=WIDE):
    page = open_page(size)
    page.goto(f"{address}/login")
    page.fill("[name=name]", "ana")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    page.goto(address + where)
    return page


@pytest.mark.browser
def test_a_table_is_pasted_checked_mended_and_saved_in_a_browser(address):
    with browser() as open_page:
        page = opened(open_page, address, "/grid?source=donk&kind=count&layout=printed&c-section=Table+7")
        for at in (1, 2):
            page.fill(f"[name=head-{at}-column]", f"Arm {at}")
            page.select_option(f"[name=head-{at}-study]", "donk")
            page.select_option(f"[name=head-{at}-arm]", "all")
        page.focus("[name=cell-1-row]")
        page.evaluate(PASTE, PASTED)
        page.wait_for_selector("#cell-2-v1-said.malformed")
        assert page.input_value("[name=cell-2-outcome]") == "gvhd"
        assert page.input_value("[name=cell-1-v2]") == "22/50 (54.0%)"
        assert page.get_attribute("[name=cell-2-v1]", "aria-invalid") == "true"
        assert page.is_visible("#cell-1-v2-said.error")
        assert "1 error" in page.inner_text("#grid-found")
        assert focused(page) == "cell-1-row"
        assert not violations(page)
        page.fill("[name=cell-2-v1]", "20/52 (38.5%)")
        press(page, "ArrowDown")
        assert focused(page) == "cell-3-v1"
        page.wait_for_selector("#cell-2-v1-said.malformed", state="detached")
        assert page.get_attribute("[name=cell-2-v1]", "aria-invalid") == "false"
        assert focused(page) == "cell-3-v1"
        press(page, "Control+s")
        page.wait_for_url("**/table?**")
        page.wait_for_selector("#drawn:not([hx-get])")
        assert "4 counts are saved" in page.inner_text("body")
        assert "22/52 (42.3%)" in page.inner_text("table.published")
        assert not violations(page)
        assert not overflow(page)
        assert not page.said


@pytest.mark.browser
def test_the_keys_lead_through_the_table(address):
    with browser() as open_page:
        page = opened(open_page, address, "/grid?source=wolschke&kind=count&layout=rows")
        page.focus("[name=cell-1-printed]")
        page.keyboard.type("1/5")
        press(page, "Enter")
        assert focused(page) == "cell-2-printed"
        press(page, "ArrowRight")
        assert focused(page) != "cell-2-printed"
        page.focus("[name=cell-15-printed]")
        press(page, "Enter")
        assert focused(page) == "cell-16-printed"
        page.wait_for_selector("#grid-found h2")
        press(page, "Escape")
        assert not focused(page).startswith("cell-")
        assert not page.said


@pytest.mark.browser
def test_the_pages_fit_a_telephone(address):
    with browser(dark=True) as open_page:
        page = opened(open_page, address, "/grid?source=wolschke&kind=effect&layout=printed", NARROW)
        assert not violations(page)
        assert not overflow(page)
        assert not too_small(page)
