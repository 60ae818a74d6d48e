"""Command serve: the web app of a review."""

from __future__ import annotations

import ipaddress
import signal
import socket
from contextlib import suppress
from pathlib import Path

import click

from curation.commands.common import refusing, whoever
from store.errors import StoreError
from store.review import Review

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
@refusing
def serve(
    review: Path, host: str, port: int, documents: Path | None, who: str | None, certificate: Path | None, private_key: Path | None
) -> None:  # fmt: skip
    """Serve a review as a web app: forms, adjudication, findings, results.

    Example: curation serve myeloma.duckdb --documents texts/
    """
    try:
        import uvicorn

        from curation.web.app import create_app
        from curation.web.desk import Desk
        from curation.web.remembered import stop_all
    except ModuleNotFoundError as missing:
        raise StoreError(f"{_EXTRA} ({missing.name} is not here)") from None
    if (certificate is None) != (private_key is None):
        raise StoreError("--certificate and --private-key go together; give both, or none")
    for needed in (certificate, private_key):
        if needed is not None and not needed.is_file():
            raise StoreError(f"{needed} is not a file; name the certificate and its key as PEM files")
    if documents is not None and not documents.is_dir():
        raise StoreError(f"{documents} is not a folder; name the folder with the texts of the sources")
    with Review.open(review) as store:
        accounts = store.accounts()
        if not accounts and not _own_machine(host):
            raise StoreError(f"{review} has no accounts, so it is served on this machine only, not at {host}; add people with: curation account {review} add NAME --role owner")  # fmt: skip
        if accounts and who:
            raise StoreError(f"{review} has accounts; people sign in with theirs, and --who is not needed")
        desk = Desk(store, documents=documents, alone=whoever(who))
        app = create_app(desk)
        listening = _socket(host, port)
        scheme = "https" if certificate else "http"
        address = f"{scheme}://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        click.echo(f"{review.name} is served at {address if accounts else f'{address}login?key={desk.key}'}", err=True)
        if not _own_machine(host) and not certificate:
            click.echo("passwords travel unencrypted here; give --certificate and --private-key, or put a proxy with https in front", err=True)  # fmt: skip
        click.echo("stop with Ctrl+C", err=True)
        settings = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=5,
            ssl_certfile=certificate, ssl_keyfile=private_key, server_header=False,
        )  # fmt: skip
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server lets go first, then the file is closed
        with suppress(KeyboardInterrupt):
            uvicorn.Server(settings).run(sockets=[listening])
        stop_all()
    click.echo(f"stopped; {review} is closed", err=True)


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
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as problem:
        raise StoreError(f"port {port} of {host} cannot be used ({problem.strerror}); choose another with --port") from None  # fmt: skip
    return listening
