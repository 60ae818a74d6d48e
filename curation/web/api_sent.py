"""JSON as it was sent to the API: every key once, numbers with all their digits, no half characters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

MOST_DIGITS = 15
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class Sent(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """The body. Raises HTTPException 422 with a sentence."""
        if not hasattr(self, "_read"):
            self._read = read_json(await self.body())
        return self._read


class StrictRoute(APIRoute):
    """A route that reads JSON strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given such a request."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(Sent(request.scope, request.receive))

        return strictly


def read_json(body: bytes) -> Any:  # noqa: ANN401 - whatever was sent
    """What a body says. Raises HTTPException 422 with a sentence."""
    try:
        read = _DECODER.decode(body.decode("utf-8"))
        if _HALF.search(body):
            json.dumps(read, ensure_ascii=False, default=str).encode("utf-8")
    except json.JSONDecodeError as problem:
        raise HTTPException(422, f"found a mistake at line {problem.lineno}, column {problem.colno} ({problem.msg}), expected valid JSON") from None  # fmt: skip
    except UnicodeDecodeError:
        raise HTTPException(422, "found bytes that are no UTF-8, expected JSON in UTF-8") from None
    except UnicodeEncodeError:
        raise HTTPException(422, "found half a character, expected characters that can be written") from None
    except RecursionError:
        raise HTTPException(422, "found lists or objects nested too deeply, expected rows that hold only text") from None  # fmt: skip
    return read


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise HTTPException(422, f"found the key {twice!r} twice in one object, expected each key once")
    return made


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= MOST_DIGITS else Decimal(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_whole, parse_float=Decimal, parse_constant=Decimal)
