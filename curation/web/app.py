"""The app: one review, its pages, its API, and what guards them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from curation.web.desk import Desk
from curation.web.errors import handle
from curation.web.routes import ROUTERS
from curation.web.wire import Wire

LOCAL = ["localhost", "127.0.0.1", "[::1]", "testserver"]
"""Names under which a review without accounts is served: no other site can point its own name here."""


def create_app(desk: Desk) -> FastAPI:
    """The app that serves this review; what it keeps is at ``app.state.desk``."""
    app = FastAPI(
        title="curation", summary="Extraction, adjudication and findings of one review", version="1",
        openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.desk = desk
    handle(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    if desk.alone is not None:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOCAL, www_redirect=False)
    app.add_middleware(Wire)
    return app
