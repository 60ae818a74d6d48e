"""A command through the server that holds the review: as somebody who works there, who sees there what they may see."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import ssl
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import click

from curation.commands.common import whoever
from curation.commands.served import Served
from store.errors import StoreError

PASSWORD_FILE = "CURATION_PASSWORD_FILE"  # noqa: S105 - the name of a setting
"""Names a private file with the password, where nobody is there to type it."""
SLOWEST = 600.0
"""Seconds for which an answer is waited for."""

Files = Mapping[str, bytes]


class Server:
    """A signed-in connection to the server of a review. Every failure is a StoreError with a sentence."""

    def __init__(self, served: Served, who: str | None) -> None:
        self.served = served
        self._token = ""
        self.name = self._sign_in(who)

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401 - whatever JSON the server answers
        """What stands at an address of the API."""
        return json.loads(self._send("GET", f"{path}?{urlencode(query)}" if query else path))

    def send(self, method: str, path: str, given: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - as above
        """Send JSON; the answer's, or None where it has none."""
        answer = self.fetch(method, path, given)
        return json.loads(answer) if answer else None

    def fetch(self, method: str, path: str, given: Mapping[str, object] | None = None) -> bytes:
        """Send JSON; the bytes of the answer."""
        return self._send(method, path, json.dumps(given or {}).encode(), "application/json")

    def upload(self, path: str, fields: Mapping[str, str], files: Files) -> Any:  # noqa: ANN401 - as above
        """Send files with some fields; the answer's JSON."""
        body, kind = _form(fields, files)
        return json.loads(self._send("POST", path, body, kind))

    def _sign_in(self, who: str | None) -> str:
        name, password = whoever(who), self.served.key
        if not password:
            password = _password(name, self.served.address)
        answer = self.send("POST", "/session", {"name": name, "password": password})
        self._token = answer["token"]
        if who is not None and answer["name"] != who:
            self.close()
            raise StoreError(f"the review is served at {self.served.address} for {answer['name']}; leave {who!r} out, or stop the server first")  # fmt: skip
        return str(answer["name"])

    def close(self) -> None:
        """End the session."""
        if self._token:
            with suppress(StoreError):
                self._send("DELETE", "/session")
            self._token = ""

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
        headers = {"Accept": "application/json"}
        if kind:
            headers["Content-Type"] = kind
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            connection = _connected(self.served)
            try:
                connection.request(method, f"/api/v1{path}", body, headers)
                answer = connection.getresponse()
                content, status = answer.read(), answer.status
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as problem:
            raise StoreError(f"the server at {self.served.address} does not answer ({problem or type(problem).__name__}); look at where it runs, and try again") from None  # fmt: skip
        if status >= 400:
            raise StoreError(f"the server at {self.served.address} says: {_sentence(content, status)}")
        return content


def _connected(served: Served) -> http.client.HTTPConnection:
    """A connection that has shown the certificate of the note, before anything is sent."""
    where = urlsplit(served.address)
    host, port = where.hostname or "", where.port or 0
    if where.scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=SLOWEST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # this very certificate is asked for, whatever name it is for
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, port, timeout=SLOWEST, context=context)
    connection.connect()
    shown = connection.sock.getpeercert(binary_form=True) or b""
    if not secrets.compare_digest(sha256(shown).hexdigest(), served.certificate):
        connection.close()
        raise ssl.SSLError("it shows another certificate than the server of this review")
    return connection


def _sentence(content: bytes, status: int) -> str:
    with suppress(ValueError, TypeError, AttributeError):
        read = json.loads(content)
        said = [str(each) for each in read.get("said", ())]
        return "\n".join([*said, str(read["error"])]) if said else str(read["error"])
    return content.decode("utf-8", "replace").strip() or f"no, with status {status}"


def _password(name: str, address: str) -> str:
    given = os.environ.get(PASSWORD_FILE)
    if given:
        file = Path(given)
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise StoreError(f"{file} can be read by others; make it private with: chmod 600 {file}")
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    if not sys.stdin.isatty():
        raise StoreError(f"the review is served at {address}, where {name} has to sign in, and nobody is here to type the password; name a private file with it in {PASSWORD_FILE}")  # fmt: skip
    return str(click.prompt(f"Password of {name} at {address}", hide_input=True, err=True))


def _form(fields: Mapping[str, str], files: Files) -> tuple[bytes, str]:
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    for name, content in files.items():
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{quote(name, safe=" ()+,=@~")}"\r\n'
        )
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
