"""A table is extracted twice, handed in, settled, questioned and exported: five people's work in a real browser."""

import csv
import io
import os
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import NARROW, WIDE, browser
from serving import server
from walk_case import SOURCE, as_pasted, first_extraction, make, second_extraction
from web_case import PASSWORD

from store.review import Review

pytestmark = pytest.mark.browser
REASON = "read again in the paper"
TEXT = (
    "Table 1 Results from the two Phase III studies\n"
    + "\n".join(f"{row['row']} {row['column']} {row['quote']}" for row in first_extraction())
)  # fmt: skip


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, page, address, name):
        self.page, self.address, self.name = page, address, name
        page.goto(address)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text(f"{name} ").first.wait_for()

    def go(self, path):
        self.page.goto(self.address + path.lstrip("/"))
        return self.page

    def said(self):
        return " ".join(self.page.locator(".flash").all_inner_texts())

    def picture(self, name):
        """Both widths, for people who want to look: CURATION_SCREENSHOTS names a folder."""
        folder = os.environ.get("CURATION_SCREENSHOTS")
        for width in (NARROW, WIDE) if folder else ():
            self.page.set_viewport_size({"width": width[0], "height": width[1]})
            self.page.screenshot(path=Path(folder) / f"{name}-{width[0]}.png", full_page=True)


@contextmanager
def at_work(tmp_path):
    """The review served, and a way to let people in."""
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / f"{SOURCE}.txt").write_text(TEXT, encoding="utf-8")
    with server(make(tmp_path / "review.duckdb"), "--documents", str(texts)) as address, browser() as open_page:
        pages = []

        def enter(name):
            pages.append(open_page(WIDE))
            pages[-1].set_default_timeout(30_000)
            return Person(pages[-1], address, name)

        yield enter
        assert [each for page in pages for each in page.said if "404 (Not Found)" not in each] == []


def types_the_table(who, rows):
    page = who.go(f"/grid?source={SOURCE}&kind=count&layout=rows")
    page.get_by_role("textbox", name="Section").fill("Table 1")
    page.get_by_text("Paste a whole table").click()
    page.get_by_label("Rows copied from a spreadsheet").fill(as_pasted(rows))
    page.get_by_role("button", name="Lay it out below").click()
    page.get_by_text(f"{len(rows)} rows were laid out.").wait_for()
    page.get_by_text("No whole number of participants gives this percentage of the total.").first.wait_for(
        state="attached"
    )
    who.picture(f"grid-{who.name}")
    page.get_by_role("button", name="Save all").click()
    page.get_by_text(f"{len(rows)} counts are saved.").wait_for()
    who.picture(f"table-{who.name}")


def hands_in(who):
    page = who.go(f"/source?id={SOURCE}")
    page.get_by_role("link", name="Hand in").click()
    page.get_by_role("button", name=f"Hand in {SOURCE}").click()
    page.get_by_text(f"You have handed in {SOURCE}").first.wait_for()


def is_blind(who, other):
    text = who.go(f"/source?id={SOURCE}").inner_text("main")
    assert f"{other}\n" in f"{text}\n" or other in text
    assert "19 records" not in text or who.name == "ben"
    assert who.go(f"/table?source={SOURCE}&by={other}").get_by_role("heading", name="Not Found").count() == 1


def settles(cara):
    page = cara.go("/adjudicate")
    page.get_by_text("two neighbouring digits exchanged").wait_for()
    text = page.inner_text("main")
    for words in ("equal within rounding", "nothing against a value", "the decimal point shifted", "another value",
                  "only one extractor has this record"):  # fmt: skip
        assert words in text
    cara.picture("adjudicate")
    page.get_by_role("link", name=SOURCE).click()
    page.get_by_text("Left to settle: 6").wait_for()
    page.get_by_role("button", name="Choose ana for all on this page").click()
    page.get_by_label("keep it as ana has it").check()
    cara.picture("differences")
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Save the decisions").click()
    page.get_by_text("6 decisions on 6 records saved.").wait_for()
    page.get_by_text("Decisions: 6").click()
    assert page.get_by_text(REASON).count() == 6
    cara.picture("decided")


def finds_and_asks(olga):
    page = olga.go("/findings")
    page.get_by_role("button", name="Check").first.click()
    page.get_by_text("nothing has changed since").wait_for(timeout=120_000)
    page.goto(page.url)
    assert page.locator("[data-item]").count() >= 5
    olga.picture("findings")
    page.get_by_text("Ask a question").first.click()
    page.get_by_label("Your question").first.fill("Is 175 printed anywhere as the total?")
    page.get_by_role("button", name="Ask").first.click()
    olga.picture("asked")


def answers(ana):
    page = ana.go("/queries")
    page.get_by_role("link").filter(has_text="175").or_(page.locator("main a[href^='/query?']")).first.click()
    assert "Is 175 printed anywhere" in page.inner_text("main")
    page.get_by_label("Answer").fill("No; the table prints 176.")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("No; the table prints 176.").wait_for()


def closes(olga):
    page = olga.go("/queries")
    page.locator("main a[href^='/query?']").first.click()
    page.locator("#message").fill("as printed")
    page.get_by_role("button", name="Close, and accept the finding").click()
    page.get_by_text("as printed").first.wait_for()
    olga.picture("question")
    assert olga.go("/findings?status=waived").locator("[data-item]").count() == 1


def exports(olga, tmp_path):
    page = olga.go("/export")
    olga.picture("export")
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name="Download the dataset").click()
    waiting.value.save_as(tmp_path / "dataset.zip")
    with zipfile.ZipFile(tmp_path / "dataset.zip") as archive:
        names = {name.rsplit("/", 1)[-1]: name for name in archive.namelist()}
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(names[name]).decode())))
            for name in ("count.csv", "account.csv")
        }


@pytest.mark.slow
def test_two_extract_one_settles_and_the_dataset_says_what_the_paper_prints(tmp_path):
    with at_work(tmp_path) as enter:
        ana, ben, cara, olga = (enter(name) for name in ("ana", "ben", "cara", "olga"))
        types_the_table(ana, first_extraction())
        is_blind(ben, "ana")
        types_the_table(ben, second_extraction())
        hands_in(ana)
        is_blind(ana, "ben")
        hands_in(ben)
        settles(cara)
        finds_and_asks(olga)
        answers(ana)
        closes(olga)
        olga.go("/results").get_by_role("heading", name="Results").wait_for()
        olga.picture("results")
        dataset = exports(olga, tmp_path)
    printed = {
        (row["study"], row["arm"], row["outcome"]): (row["total"], float(row["percent"].rstrip("%")))
        for row in first_extraction()
    }
    exported = {
        (row["study"], row["arm"], row["outcome"]): (row["total"], float(row["percent"]))
        for row in dataset["count.csv"]
    }
    assert exported == printed
    assert len(dataset["account.csv"]) == 20 + 19 + 6  # what both typed, and what was settled
    with Review.open(tmp_path / "review.duckdb", read_only=True) as review:
        settled = [each for each in review.adjudications() if each.reopened is None]
        assert {(each.made.who, each.made.why) for each in settled} == {("cara", REASON)}
        assert len(review.rows("count", extractors=["ana"], limit=100).rows) == 20
        assert len(review.rows("count", extractors=["ben"], limit=100).rows) == 19
        assert {each.action for each in review.revisions()} >= {"add", "submit", "adjudicate", "account"}
