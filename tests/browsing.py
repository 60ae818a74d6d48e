"""A real browser for tests: pages of a local server only, at a given width, light or dark."""

from __future__ import annotations

import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
WIDE, NARROW = (1440, 900), (375, 800)
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; frame-ancestors 'none'; form-action 'self'"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def missing(what: str) -> None:
    """Skip, or fail where CURATION_REQUIRE_BROWSER=1 says that a browser has to be there."""
    reason = f"{what} is not on this machine; install it to run the browser tests"
    if os.environ.get("CURATION_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def chromium_path() -> str:
    """Where Chromium is; without it the test is skipped (or fails, see ``missing``)."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("Chromium")
    return str(found)


@contextmanager
def browser(*, dark: bool = False) -> Iterator[Any]:
    """A function that opens pages: ``open_page(viewport)``; everything closes at the end.

    What a page says on its console is kept in ``page.said``.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright")
    path = chromium_path()
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=list(FLAGS))

        def open_page(viewport: tuple[int, int] = WIDE, **more: Any) -> Any:
            size: Any = {"width": viewport[0], "height": viewport[1]}
            page: Any = running.new_page(
                viewport=size, color_scheme="dark" if dark else "light", reduced_motion="reduce", **more
            )
            page.set_default_timeout(10_000)
            page.said = []
            page.on("console", lambda message: page.said.append(message.text))
            page.on("pageerror", lambda trouble: page.said.append(str(trouble)))
            return page

        try:
            yield open_page
        finally:
            running.close()


@contextmanager
def browser_page(viewport: tuple[int, int] = WIDE, *, dark: bool = False) -> Iterator[Any]:
    """One Playwright page of the given width and height."""
    with browser(dark=dark) as open_page:
        yield open_page(viewport)


def violations(page: Any) -> list[str]:
    """What axe finds against WCAG 2 A and AA, one line each: rule, element, what is wrong."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("axe-playwright-python")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": tags}).response["violations"]
    return [f"{one['id']}: {node['target']}: {node['failureSummary']}" for one in found for node in one["nodes"]]


def overflow(page: Any) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


TOO_SMALL = """() => Array.from(document.querySelectorAll("main button, main .button, nav a, input, select, summary"))
  .filter((each) => each.checkVisibility() && !["radio", "checkbox"].includes(each.type))
  .filter((each) => Math.min(each.getBoundingClientRect().height, each.getBoundingClientRect().width) < 24).map((each) => each.outerHTML)"""


def too_small(page: Any) -> list[str]:
    """What is pressed or typed into and is smaller than 24 by 24 pixels."""
    return list(page.evaluate(TOO_SMALL))


def focused(page: Any) -> str:
    """The name, or else the id, of what has the focus."""
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))


def press(page: Any, *keys: str) -> None:
    """Keys, one after the other."""
    for each in keys:
        page.keyboard.press(each)


class Site(http.server.BaseHTTPRequestHandler):
    """Answers under the content security policy of the web app; ``seen`` of the server keeps what was sent."""

    folder: Path

    def show(self, name: str) -> None:
        """Answer what was asked for by name."""
        raise NotImplementedError

    def take(self, sent: str) -> None:
        """Answer what was sent."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """A file below /static/, or a page."""
        file = self.folder / self.path.removeprefix("/static/")
        if self.path.startswith("/static/") and file.is_file():
            self.answer(200, file.read_text(encoding="utf-8"), KINDS[file.suffix])
        else:
            self.show(self.path.strip("/"))

    def do_POST(self) -> None:
        """Keep the path, the token in the header and what was sent."""
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append((self.path, self.headers["X-CSRF-Token"], sent))  # type: ignore[attr-defined]
        self.take(sent)

    def answer(self, status: int, text: str, kind: str = "text/html") -> None:
        """One answer."""
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving(handler: type[Site]) -> Iterator[Any]:
    """A server on 127.0.0.1 with ``address`` (ends in a slash) and ``seen``."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.seen = []  # type: ignore[attr-defined]
        server.address = f"http://127.0.0.1:{server.server_port}/"  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
