"""What stands between the network and the pages: how much may be sent, and what browsers are told about every answer."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 8_000_000
LARGEST_UPLOAD = 64_000_000
"""Bytes of one request; the second where files are sent (UPLOADS)."""

UPLOADS = ("/upload", "/api/v1/upload")

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class TooMuch(Exception):
    """The body is longer than allowed."""


class Wire:
    """ASGI layer around the app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its bytes; add the headers to its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = LARGEST_UPLOAD if scope["path"].startswith(UPLOADS) else LARGEST
        said = Headers(scope=scope).get("content-length", "0")
        if not said.isdecimal() or int(said) > most:
            await _too_much(most)(scope, receive, with_headers(scope, send))
            return
        began = False
        got = 0

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                raise TooMuch
            return message

        async def noted(message: Message) -> None:
            nonlocal began
            began = began or message["type"] == "http.response.start"
            await with_headers(scope, send)(message)

        try:
            await self.app(scope, counted, noted)
        except ClientDisconnect:
            return  # nobody is left to answer
        except TooMuch:
            if not began:
                await _too_much(most)(scope, receive, with_headers(scope, send))


def _too_much(most: int) -> PlainTextResponse:
    return PlainTextResponse(f"that is more than this server takes at once, which is {most // 1_000_000} MB\n", 413)


def with_headers(scope: Scope, send: Send) -> Send:
    """A sender that adds the headers of every answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if not scope["path"].startswith("/static/"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
