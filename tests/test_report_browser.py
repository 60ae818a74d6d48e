"""The report in a real browser: it works, keeps quiet, and asks nothing of any network."""

import functools
import html
import http.server
import json
import os
import re
import shutil
import subprocess
import threading

import pytest
from report_example import asked, checked, many, tables

from curation.report.html.page import write_html

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr", "--virtual-time-budget=8000",
    "--window-size=1440,1000", "--dump-dom",
)  # fmt: skip

DRIVER = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><pre id="out"></pre>
<iframe id="wide" src="report.html" width="1440" height="900"></iframe>
<iframe id="narrow" src="report.html" width="375" height="800"></iframe>
<iframe id="many" src="many.html" width="1440" height="900"></iframe>
<iframe id="still" src="report.html" width="1440" height="900" sandbox="allow-same-origin"></iframe>
<script>
const frame = (id) => document.getElementById(id);
const pause = () => new Promise((done) => setTimeout(done, 60));
const visible = (doc) => Array.from(doc.querySelectorAll("article.finding")).filter((each) => each.offsetParent !== null);
const facts = (doc) => visible(doc).map((each) => [each.dataset.severity, each.closest(".group").dataset.source, each.dataset.family, each.dataset.status]);
async function set(doc, change) {
  const form = doc.getElementById("filters");
  form.reset();
  await pause();
  change(form);
  form.dispatchEvent(new Event("input", {bubbles: true}));
  await pause();
  return {findings: facts(doc), said: doc.getElementById("shown").textContent};
}
window.onload = async () => {
  await pause();
  const out = {}, doc = frame("wide").contentDocument, win = frame("wide").contentWindow;
  out.all = await set(doc, () => {});
  out.errors = await set(doc, (form) => { form.querySelector("[value=warning]").checked = false; form.querySelector("[value=note]").checked = false; });
  out.source = await set(doc, (form) => { form.elements.source.value = "weber-2007"; });
  out.family = await set(doc, (form) => { form.elements.family.value = "SUM"; });
  out.status = await set(doc, (form) => { form.elements.status.value = "waived"; });
  out.words = await set(doc, (form) => { form.elements.words.value = "DENOMINATOR weber"; });
  out.nothing = await set(doc, (form) => { form.elements.words.value = "no such words"; });
  win.location.hash = "finding-1";
  await pause();
  out.revealed = facts(doc).length;
  out.reached = doc.querySelector(":target") && doc.querySelector(":target").id;
  const reachable = Array.from(doc.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")).filter((each) => each.checkVisibility());
  out.unfocusable = reachable.filter((each) => { each.focus(); return doc.activeElement !== each; }).map((each) => each.outerHTML);
  out.unnamed = Array.from(doc.querySelectorAll("input, select")).filter((each) => !each.labels.length).length;
  doc.querySelectorAll("details").forEach((each) => { each.open = false; });
  win.dispatchEvent(new Event("beforeprint"));
  out.folded = doc.querySelectorAll("details:not([open])").length;
  out.resources = win.performance.getEntriesByType("resource").map((each) => each.name);
  const narrow = frame("narrow").contentDocument;
  narrow.querySelectorAll("details").forEach((each) => { each.open = true; });
  out.narrow = [narrow.documentElement.scrollWidth, narrow.documentElement.clientWidth];
  out.wide = [doc.documentElement.scrollWidth, doc.documentElement.clientWidth];
  out.many = frame("many").contentDocument.querySelectorAll("article.finding").length;
  const still = frame("still").contentDocument;
  out.still = [visible(still).length, still.getElementById("filters").offsetParent === null];
  out.alerts = doc.querySelectorAll("main script, main img").length;
  document.getElementById("out").textContent = JSON.stringify(out);
};
</script>"""


def chromium():
    if CHROMIUM:
        return CHROMIUM
    reason = "Chromium is not on this machine; install it to run the browser tests"
    if os.environ.get("CURATION_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
    return None


class Server(http.server.SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What the page said and did in one run of the browser: results, requests, console."""
    browser, folder = chromium(), tmp_path_factory.mktemp("site")
    write_html(folder / "report.html", checked(), tables(), asked(), "Myeloma")
    write_html(folder / "many.html", many(2500), {}, asked(), "Many")
    (folder / "driver.html").write_text(DRIVER, encoding="utf-8")
    requests: list[str] = []
    handler = functools.partial(type("Logged", (Server,), {"asked": requests}), directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        profile = tmp_path_factory.mktemp("profile")
        address = f"http://127.0.0.1:{server.server_port}/driver.html"
        done = subprocess.run(
            [browser, *FLAGS, f"--user-data-dir={profile}", address],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        server.shutdown()
    found = re.search(r'<pre id="out">(.+?)</pre>', done.stdout, re.S)
    assert found, done.stderr[-3000:]
    return (
        json.loads(html.unescape(found.group(1))),
        requests,
        [line for line in done.stderr.splitlines() if "CONSOLE" in line],
    )


def test_the_page_requests_nothing(seen):
    results, requests, _ = seen
    assert results["resources"] == []
    assert sorted(set(requests)) == ["/driver.html", "/many.html", "/report.html"]


def test_the_console_stays_empty(seen):
    # the frame without scripts says that its script was not run, as it should
    assert [line for line in seen[2] if "sandboxed" not in line] == []


def test_hostile_text_makes_no_elements(seen):
    assert seen[0]["alerts"] == 0


def test_all_findings_are_shown_at_first(seen):
    shown = seen[0]["all"]
    assert len(shown["findings"]) == len(checked().findings)
    assert shown["said"] == f"All {len(checked().findings)} findings are shown."


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("errors", 0, "error"), ("source", 1, "weber-2007"), ("family", 2, "SUM"), ("status", 3, "waived")],
)
def test_each_filter_leaves_what_was_asked_for_and_says_how_many(seen, name, column, value):
    shown = seen[0][name]
    expected = [each for each in seen[0]["all"]["findings"] if each[column] == value]
    assert shown["findings"] == expected
    assert expected
    assert shown["said"] == f"{len(expected)} of {len(checked().findings)} findings are shown."


def test_words_are_found_in_any_order_and_case(seen):
    assert [each[2] for each in seen[0]["words"]["findings"]] == ["COUNT"]
    assert seen[0]["nothing"]["findings"] == []


def test_a_link_to_a_filtered_finding_brings_it_back(seen):
    assert seen[0]["revealed"] == len(checked().findings)
    assert seen[0]["reached"] == "finding-1"


def test_everything_can_be_reached_by_keyboard_and_has_a_name(seen):
    assert seen[0]["unfocusable"] == []
    assert seen[0]["unnamed"] == 0


def test_printing_unfolds_everything(seen):
    assert seen[0]["folded"] == 0


def test_only_tables_scroll_sideways_not_the_page(seen):
    for width in ("narrow", "wide"):
        needed, given = seen[0][width]
        assert needed <= given


def test_without_scripts_the_findings_are_a_plain_list(seen):
    assert seen[0]["still"] == [len(checked().findings), True]


def test_a_page_of_very_many_findings_opens(seen):
    assert seen[0]["many"] == 2000
