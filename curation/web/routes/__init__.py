"""The pages of the web app, one file per group of pages."""

from __future__ import annotations

from curation.web.routes import (
    adjudicate,
    api,
    entities,
    entry,
    export,
    findings,
    grid,
    login,
    overview,
    proposals,
    queries,
    records,
    results,
    rules,
    sources,
    tables,
    upload,
)

ROUTERS = (
    login.router,
    overview.router,
    sources.router,
    upload.router,
    entry.router,
    proposals.router,
    records.router,
    entities.router,
    grid.router,
    adjudicate.router,
    queries.router,
    findings.router,
    tables.router,
    rules.router,
    results.router,
    export.router,
    api.router,
)
"""Every router of the app."""
