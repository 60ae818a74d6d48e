"""The page of a scan in a real browser: readable for all, quiet, and the notes beside what they are about."""

import pytest
from browsing import NARROW, WIDE, browser, focused, overflow, press, too_small, violations
from scan_page_case import article, by_hand, quiet
from sweep import every

from curation.scan.judge import scan_rules
from curation.scan.page.page import scan_page

pytestmark = pytest.mark.browser
PAGES = {"alone": (article,), "hand": (by_hand,), "folder": (article, by_hand, quiet)}
LOOKS = [(WIDE, "light"), (NARROW, "dark")]
UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
BOX = (
    "(each) => { const {left, right, top, bottom} = each.getBoundingClientRect(); return {left, right, top, bottom}; }"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scans")
    for name, scans in PAGES.items():
        text = scan_page([each() for each in scans], scan_rules())
        (folder / f"{name}.html").write_text(text, encoding="utf-8", newline="\n")
    return {name: (folder / f"{name}.html").as_uri() for name in PAGES}


@pytest.fixture(scope="module")
def opened():
    with browser() as open_page:
        yield open_page


@pytest.fixture
def show(opened, files):
    """Opens one of the pages; what was asked of any network is kept in ``page.asked``."""
    shown = []

    def open_one(name, size=WIDE, **more):
        page = opened(size, **more)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(files[name])
        shown.append(page)
        return page

    yield open_one
    for page in shown:
        page.close()


@pytest.mark.parametrize("name", every(2, ["hand", "folder"]))
def test_wide_and_narrow_light_and_dark_it_can_be_read_by_all(show, name):
    page, wrong = show(name), []
    page.evaluate(UNFOLD)
    for (width, height), scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = [*violations(page), *(f"too small: {each}" for each in too_small(page))]
        if wide := overflow(page):
            found.append(f"{wide} px wider than the window")
        wrong += [f"{width} {scheme}: {each}" for each in found]
    assert wrong == []


def test_it_asks_nothing_of_any_network_and_says_nothing_on_the_console(show, files):
    for name in PAGES:
        page = show(name)
        assert page.asked == [files[name]]
        assert page.said == []


def boxes(page):
    flag = page.locator(".article p a.flag").first
    note = page.locator(f"[id='{flag.get_attribute('href')[1:]}']")
    paragraph = flag.locator("xpath=ancestor::p")
    return [each.evaluate(BOX) for each in (paragraph, note, flag)]


def test_a_note_stands_beside_its_paragraph_on_a_wide_screen(show):
    paragraph, note, _ = boxes(show("alone"))
    assert note["left"] >= paragraph["right"]
    assert note["top"] < paragraph["bottom"]
    assert note["right"] <= WIDE[0]


def test_a_note_folds_in_below_its_paragraph_on_a_narrow_screen(show):
    paragraph, note, _ = boxes(show("alone", NARROW))
    assert note["top"] >= paragraph["bottom"]
    assert note["left"] >= 0
    assert note["right"] <= NARROW[0]


def test_a_wide_table_scrolls_inside_its_own_box(show):
    page = show("alone", NARROW)
    assert page.evaluate("(() => { const box = document.querySelector('.article .scroll'); return box.scrollWidth > box.clientWidth; })()")  # fmt: skip
    assert overflow(page) == 0


def test_n_and_p_go_from_finding_to_finding_and_round(show):
    page = show("alone")
    count = page.locator("main a.flag[id]").count()
    seen = []
    for _ in range(count + 1):
        press(page, "n")
        seen.append(focused(page))
    assert len(set(seen)) == count
    assert seen[0] == seen[-1]
    press(page, "p")
    assert focused(page) == seen[-2]
    assert page.inner_text("#step") == f"{count} of {count}"
    assert page.evaluate("(() => { const {top, bottom} = document.activeElement.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })()")  # fmt: skip


def test_the_keys_can_be_switched_off_and_the_buttons_remain(show):
    page = show("alone")
    page.uncheck("#keys")
    press(page, "n")
    assert focused(page) == "keys"
    page.click("#next")
    assert focused(page).startswith("d1-m")


def test_the_next_finding_unfolds_the_article_it_is_in(show):
    page = show("folder")
    assert page.locator("details.document[open]").count() == 0
    press(page, "n")
    assert page.locator("details.document[open]").get_attribute("id") == "d1"


def test_how_a_statistic_was_read_shows_on_hover_and_goes_away(show):
    page = show("alone")
    page.hover(".block p mark.read")
    assert page.inner_text("#hint") == "Count: events 10; total 20; percent 50.0%"
    press(page, "Escape")
    assert page.locator("#hint").is_hidden()


def test_how_a_statistic_was_read_shows_when_it_has_the_focus(show):
    page = show("alone")
    press(page, "n")
    page.wait_for_selector("#hint:not([hidden])")
    assert "percent 44.3%" in page.inner_text("#hint")
    press(page, "r")
    assert "percent 50.0%" in page.inner_text("#hint")


def test_a_severity_that_is_switched_off_is_neither_shown_nor_gone_to(show):
    page = show("hand")
    page.uncheck("#show-error")
    for selector in (".found > li.error", ".card.error", "a.flag.error"):
        assert page.locator(selector).evaluate_all("(all) => all.filter((each) => each.checkVisibility()).length") == 0
    page.keyboard.press("n")
    assert "error" not in page.evaluate("document.activeElement.className")
    assert page.locator(".found > li.note").first.is_visible()


def test_without_marks_of_what_was_read_the_article_is_plain(show):
    page = show("alone")
    page.uncheck("#show-read")
    lines = page.evaluate("Array.from(document.querySelectorAll('.block mark.read')).map((each) => getComputedStyle(each).borderBottomColor)")  # fmt: skip
    assert set(lines) == {"rgba(0, 0, 0, 0)"}
    assert page.locator(".card").first.is_visible()


def test_without_scripts_everything_can_still_be_read(show):
    page = show("folder", java_script_enabled=False)
    assert page.locator("#steps").is_hidden()
    page.click(".scanned a >> nth=0")
    page.click("#d1 > summary")
    assert page.locator("#d1 .block mark >> nth=0").get_attribute("title")
    assert page.locator("#d1 .card >> nth=0").is_visible()


def test_in_print_the_notes_are_there_and_what_is_for_the_screen_is_not(show):
    page = show("folder")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.document:not([open])").count() == 0
    assert page.locator(".card").first.is_visible()
    for selector in ("#steps", ".show", ".contents", ".readings >> nth=0"):
        assert page.locator(selector).is_hidden()
