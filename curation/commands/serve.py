"""Command serve: the web app of a review."""

from __future__ import annotations

import ipaddress
import signal
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curation.commands.common import refusing, whoever
from curation.commands.holding import open_review, waiting
from curation.commands.served import announced
from store.errors import StoreError

if TYPE_CHECKING:
    from curation.web.desk import Desk

_FILE = click.Path(path_type=Path)
_EXTRA = "the web app needs more packages; install them with: pip install 'curation[web]'"


@click.command()
@click.argument("review", type=_FILE)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to serve at; others than this machine's own need accounts.",
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--documents", type=_FILE, help="Folder with the texts of the sources, shown beside the forms.")
@click.option(
    "--who", help="Who works on a review without accounts; by default the name of the account of this machine."
)
@click.option("--certificate", type=_FILE, help="TLS certificate, for https; with --private-key.")
@click.option("--private-key", type=_FILE, help="Private key of the certificate.")
@waiting
@refusing
def serve(
    review: Path, host: str, port: int, documents: Path | None, who: str | None, certificate: Path | None, private_key: Path | None
) -> None:  # fmt: skip
    """Serve a review as a web app: forms, adjudication, findings, results.

    Example: curation serve myeloma.duckdb --documents texts/
    """
    try:
        from curation.web.desk import Desk as NewDesk
        from curation.web.remembered import stop_all
    except ModuleNotFoundError as missing:
        raise StoreError(f"{_EXTRA} ({missing.name} is not here)") from None
    secured = _secured(certificate, private_key)
    if documents is not None and not documents.is_dir():
        raise StoreError(f"{documents} is not a folder; name the folder with the texts of the sources")
    with open_review(review) as store:
        accounts = store.accounts()
        if not accounts and not _own_machine(host):
            raise StoreError(f"{review} has no accounts, so it is served on this machine only, not at {host}; add people with: curation account {review} add NAME --role owner")  # fmt: skip
        if accounts and who:
            raise StoreError(f"{review} has accounts; people sign in with theirs, and --who is not needed")
        desk = NewDesk(store, documents=documents, alone=whoever(who))
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server lets go first, then the file is closed
        with suppress(KeyboardInterrupt):
            _serve(desk, host, _socket(host, port), secured)
        stop_all()
    click.echo(f"stopped; {review} is closed", err=True)


def _secured(certificate: Path | None, private_key: Path | None) -> dict[str, Any]:
    """What the server needs for https."""
    if (certificate is None) != (private_key is None):
        raise StoreError("--certificate and --private-key go together; give both, or none")
    for needed in (certificate, private_key):
        if needed is not None and not needed.is_file():
            raise StoreError(f"{needed} is not a file; name the certificate and its key as PEM files")
    if certificate is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, private_key)
        except (ssl.SSLError, ValueError) as problem:
            raise StoreError(f"{certificate} and {private_key} are no certificate with its private key ({problem}); name them as PEM files") from None  # fmt: skip
    return {"ssl_certfile": certificate, "ssl_keyfile": private_key} if certificate else {}


def _serve(desk: Desk, host: str, listening: socket.socket, secured: Mapping[str, Any]) -> None:
    """Serve until somebody stops it; the address is said when requests are taken."""
    import uvicorn

    from curation.web.app import create_app

    app = create_app(desk)
    address = f"{_address(host, listening, secured)}/"
    link = address if desk.alone is None else f"{address}login?key={desk.key}"
    settings = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=5, server_header=False, **secured
    )
    here = _address(_reachable(listening), listening, secured)
    key = desk.key if desk.alone else ""
    with announced(desk.review.path, address=here, key=key, certificate=_shown(secured)):
        click.echo(f"{desk.review.path.name} is served at {link}", err=True)
        if not _own_machine(host) and not secured:
            click.echo("passwords travel unencrypted here; give --certificate and --private-key, or put a proxy with https in front", err=True)  # fmt: skip
        click.echo("stop with Ctrl+C", err=True)
        uvicorn.Server(settings).run(sockets=[listening])


def _address(host: str, listening: socket.socket, secured: Mapping[str, Any]) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if secured else 'http'}://{name}:{listening.getsockname()[1]}"


def _reachable(listening: socket.socket) -> str:
    """Where this machine reaches the server itself."""
    bound = str(listening.getsockname()[0])
    if not ipaddress.ip_address(bound.partition("%")[0]).is_unspecified:
        return bound
    return "::1" if listening.family == socket.AF_INET6 else "127.0.0.1"


def _shown(secured: Mapping[str, Any]) -> str:
    """The SHA-256 of the certificate that the server shows; blank without https."""
    if not secured:
        return ""
    mark = "-----BEGIN CERTIFICATE-----"
    first = secured["ssl_certfile"].read_text(encoding="ascii", errors="replace").split(mark)[1]
    return sha256(
        ssl.PEM_cert_to_DER_cert(f"{mark}{first.partition('-----END')[0]}-----END CERTIFICATE-----")
    ).hexdigest()


def _own_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _socket(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError as problem:
        raise StoreError(f"{host} cannot be used ({problem.strerror}); choose another address with --host") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it; without it every answer waits 40 ms for the other side to acknowledge its headers.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as problem:
        listening.close()
        raise StoreError(f"port {port} of {host} cannot be used ({problem.strerror}); choose another with --port") from None  # fmt: skip
    return listening
