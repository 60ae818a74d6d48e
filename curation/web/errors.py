"""What a person is told when something cannot be done: a sentence, as a page, as a part of one, or as JSON."""

from __future__ import annotations

import sys
import traceback
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from curation.web.guard import NotSignedIn, Refused
from curation.web.pages import is_part, render, went
from store.errors import ChangedMeanwhile, StoreError

WORDS = {
    404: "there is nothing at this address; start again from the overview",
    405: "this address does not take that kind of request; start again from the overview",
    413: "that is more than this server takes at once",
}


def told(request: Request, status: int, sentence: str) -> Response:
    """The sentence in the form in which the request wants its answer."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status_code=status)
    template = "problem_part.html.j2" if is_part(request) else "problem.html.j2"
    return render(request, template, status=status, sentence=sentence, heading=HTTPStatus(status).phrase)


def handle(app: FastAPI) -> None:
    """Answer every refusal and every failure in words."""

    @app.exception_handler(NotSignedIn)
    def not_signed_in(request: Request, _: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            answer = told(request, 401, "nobody is signed in; get a token with POST /api/v1/session")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        if is_part(request):
            return Response(status_code=401, headers={"HX-Redirect": "/login"})
        return went(f"/login?next={request.url.path}")

    @app.exception_handler(Refused)
    def refused(request: Request, problem: Refused) -> Response:
        return told(request, 403, str(problem))

    @app.exception_handler(ChangedMeanwhile)
    def changed(request: Request, problem: ChangedMeanwhile) -> Response:
        return told(request, 409, str(problem))

    @app.exception_handler(StoreError)
    def not_kept(request: Request, problem: StoreError) -> Response:
        return told(request, 422, str(problem))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, problem: RequestValidationError) -> Response:
        return told(request, 422, "; ".join(_worded(each) for each in problem.errors()[:20]))

    @app.exception_handler(HTTPException)
    def plain(request: Request, problem: HTTPException) -> Response:
        answer = told(request, problem.status_code, WORDS.get(problem.status_code, str(problem.detail)))
        answer.headers.update(problem.headers or {})
        return answer

    @app.exception_handler(Exception)
    def failed(request: Request, problem: Exception) -> Response:
        traceback.print_exception(problem, file=sys.stderr)
        return told(request, 500, "something went wrong on the server, which has noted it; nothing was saved by this step")  # fmt: skip


def _worded(problem: dict[str, object]) -> str:
    place = problem["loc"]
    where = ".".join(str(part) for part in place) if isinstance(place, tuple) else ""
    said = str(problem["msg"]).removeprefix("Value error, ")
    return f"{where}: {said}" if where else said
