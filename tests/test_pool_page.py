"""The page of pooled results in a real browser: it shows everything, keeps quiet, and asks nothing of any network."""

from __future__ import annotations

import functools
import html
import http.server
import itertools
import json
import os
import re
import shutil
import subprocess
import threading

import pool_example as example
import pytest

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr", "--virtual-time-budget=8000",
    "--window-size=1440,1000", "--dump-dom",
)  # fmt: skip
HOSTILE = "x\" onload='alert(1)'><script>alert(2)</script>&amp;"
DRIVER = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><pre id="out"></pre>
<iframe id="wide" src="pooled.html" width="1440" height="900"></iframe>
<iframe id="narrow" src="pooled.html" width="375" height="800"></iframe>
<iframe id="bare" src="bare/pooled.html" width="375" height="800"></iframe>
<script>
const list = (doc, which) => Array.from(doc.querySelectorAll(which));
function facts(frame) {
  const doc = frame.contentDocument, win = frame.contentWindow;
  list(doc, "details").forEach((each) => { each.open = true; });
  const out = {};
  out.images = list(doc, "img").map((each) => [each.alt, each.complete && each.naturalWidth > 0, each.src.slice(0, 19)]);
  out.clipped = list(doc, "img").filter((each) => each.getBoundingClientRect().width > 0 && each.getBoundingClientRect().width < 40).length;
  out.headings = list(doc, "h1, h2, h3, h4, h5, h6").map((each) => [Number(each.tagName[1]), each.textContent]);
  out.ids = list(doc, "[id]").map((each) => each.id);
  out.lost = list(doc, "a[href^='#']").map((each) => each.getAttribute("href").slice(1)).filter((id) => !doc.getElementById(id));
  out.outside = list(doc, "a[href]").map((each) => each.getAttribute("href")).filter((each) => !each.startsWith("#"));
  out.scripts = list(doc, "script").length;
  out.handlers = list(doc, "*").filter((each) => each.getAttributeNames().some((name) => name.startsWith("on") || name === "style")).map((each) => each.outerHTML.slice(0, 90));
  out.policy = doc.querySelector("meta[http-equiv='Content-Security-Policy']").content;
  out.styled = win.getComputedStyle(doc.querySelector("h1")).fontWeight;
  out.resources = win.performance.getEntriesByType("resource").map((each) => each.name).filter((each) => !each.startsWith("data:"));
  out.width = [doc.documentElement.scrollWidth, doc.documentElement.clientWidth, doc.body.scrollWidth];
  out.unnamed = list(doc, "[role=region], nav, section").filter((each) => !each.getAttribute("aria-label") && !doc.getElementById(each.getAttribute("aria-labelledby"))).length;
  out.unreachable = list(doc, "*").filter((each) => ["auto", "scroll"].includes(win.getComputedStyle(each).overflowX) && each !== doc.documentElement && each !== doc.body && each.scrollWidth > each.clientWidth && each.tabIndex < 0).map((each) => each.className);
  out.text = doc.body.textContent;
  out.lang = doc.documentElement.lang;
  out.headless = list(doc, "table").filter((each) => !each.querySelector("th[scope=col]") || list(each, "tbody tr").some((row) => !row.querySelector("th[scope=row]"))).length;
  return out;
}
window.onload = () => setTimeout(() => {
  const found = {};
  for (const name of ["wide", "narrow", "bare"]) found[name] = facts(document.getElementById(name));
  document.getElementById("out").textContent = JSON.stringify(found);
}, 300);
</script>"""


def chromium() -> str:
    if CHROMIUM:
        return CHROMIUM
    reason = "Chromium is not on this machine; install it to run the browser tests"
    (pytest.fail if os.environ.get("CURATION_REQUIRE_BROWSER") == "1" else pytest.skip)(reason)
    return ""


class Server(http.server.SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


def spoil(folder) -> None:
    """Hostile texts in every column that the page shows, and an analysis that cannot be pooled."""

    def listed(rows):
        rows[0] |= {"title": HOSTILE, "effect": HOSTILE, "unit": HOSTILE}
        rows[1] |= {"title": f"Means {HOSTILE}", "method": "MH"}
        rows[2] |= {"tabulated_by": HOSTILE}
        rows[3] |= {"analysis": "results"}
        rows[10] |= {"analysis": "x y"}
        return rows

    example.edit(folder / "analyses.csv", listed)
    renamed = {"cr": "results", "os.hr": "x y"}
    for file in folder.glob("analysis_*.csv"):
        example.edit(file, lambda rows: [row | {"analysis": renamed.get(row["analysis"], row["analysis"]), "records": HOSTILE, "derived": HOSTILE, "year": HOSTILE} for row in rows])  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What the page is and did in one run of the browser: facts per frame, requests, console."""
    browser, place = chromium(), tmp_path_factory.mktemp("page")
    dataset, site = example.written(place), place / "site"
    spoil(dataset)
    chosen = [option for name in ("age", "age.control", "age.experimental", "results", "x y") for option in ("--only", name)]  # fmt: skip
    example.call("pool", dataset, "--out", site, *chosen)
    example.call("pool", dataset, "--out", place / "bare", "--plots", "none")
    shutil.copytree(place / "bare", site / "bare")
    (site / "driver.html").write_text(DRIVER, encoding="utf-8")
    requests: list[str] = []
    handler = functools.partial(type("Logged", (Server,), {"asked": requests}), directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/driver.html"
        command = [browser, *FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
        server.shutdown()
    found = re.search(r'<pre id="out">(.+?)</pre>', done.stdout, re.S)
    assert found, done.stderr[-3000:]
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(html.unescape(found.group(1))), requests, console


FRAMES = pytest.mark.parametrize("frame", ["wide", "narrow", "bare"])


def test_the_console_stays_empty_and_no_policy_is_violated(seen):
    assert seen[2] == []


@FRAMES
def test_the_page_asks_for_nothing(seen, frame):
    results, requests, _ = seen
    assert results[frame]["resources"] == []
    assert sorted(set(requests)) == ["/bare/pooled.html", "/driver.html", "/pooled.html"]


@FRAMES
def test_the_policy_allows_no_script_and_the_page_has_none(seen, frame):
    found = seen[0][frame]
    assert "default-src 'none'" in found["policy"]
    assert "script" not in found["policy"]
    assert (found["scripts"], found["handlers"]) == (0, [])
    assert found["outside"] == []


@FRAMES
def test_hostile_texts_are_shown_as_they_are(seen, frame):
    assert seen[0][frame]["text"].count(HOSTILE) > 10
    assert "<script>alert(1)</script>" in seen[0][frame]["text"]


def test_every_plot_loads_and_says_what_it_shows(seen):
    images = seen[0]["wide"]["images"]
    assert len(images) == 4 * 4  # one of the five analyses cannot be pooled
    assert all(loaded and source == "data:image/svg+xml;" for _, loaded, source in images)
    assert all(len(alt.split()) > 8 for alt, _, _ in images)
    assert len({alt for alt, _, _ in images}) == len(images)
    assert seen[0]["narrow"]["clipped"] == seen[0]["wide"]["clipped"] == 0
    assert seen[0]["bare"]["images"] == []


@FRAMES
def test_headings_are_in_order_and_none_is_empty(seen, frame):
    headings = seen[0][frame]["headings"]
    levels = [level for level, _ in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(text.strip() for _, text in headings)


@FRAMES
def test_every_link_leads_somewhere_and_no_id_is_given_twice(seen, frame):
    found = seen[0][frame]
    assert found["lost"] == []
    assert sorted(found["ids"]) == sorted(set(found["ids"]))


@FRAMES
def test_only_tables_and_plots_scroll_sideways_and_the_keyboard_reaches_them(seen, frame):
    needed, given, body = seen[0][frame]["width"]
    assert max(needed, body) <= given
    assert seen[0][frame]["unreachable"] == []


@FRAMES
def test_tables_regions_and_language_are_named(seen, frame):
    found = seen[0][frame]
    assert (found["unnamed"], found["headless"], found["lang"]) == (0, 0, "en")


def test_what_cannot_be_pooled_is_listed_with_its_reason(seen):
    text = " ".join(seen[0]["bare"]["text"].split())
    assert "10 analyses of the clean dataset; 1 analysis could not be pooled" in text
    assert f"Means {HOSTILE}" in text[text.rindex("Not pooled") :]
