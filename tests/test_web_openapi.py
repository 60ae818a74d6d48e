"""The API against its own description: whatever is sent, the answer is one that is described, and never a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from web_api_case import Program, busy_site

from schemas.registry import KINDS

TESTED = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "negative_data_rejection", "ignored_auth", "unsupported_method",
)  # fmt: skip
PASSED_OVER = {"DELETE /api/v1/session"}
"""It would end the session that all the others need."""
ROLES = ("olga", "ana", "cara")


def _operations(site):
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", site.app, config=SchemathesisConfig(seed=1))
    schema.config.generation.with_security_parameters = False  # the token is ours
    schema.config.generation.allow_extra_parameters = False
    schema.config.generation.database = "none"
    return [each for found in schema.get_all_operations() if (each := found.ok()).label not in PASSED_OVER]


def _hold(operation, who: Program, mode: GenerationMode, examples: int) -> None:
    lenient = operation.path.endswith("/check")  # what is malformed there is the answer
    checks = [CHECKS.get_one(name) for name in TESTED if not (lenient and name == "negative_data_rejection")]

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case) -> None:
        case.call_and_validate(headers=who.headers, checks=checks)

    try:
        holds()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # a request of which nothing can be wrong
    except BaseException as problem:
        problem.add_note(f"{operation.label}, {mode}")
        raise


def _hold_all(tmp_path: Path, name: str, examples: int, of_kinds: int) -> None:
    """As this person; ``of_kinds``: examples of the requests that every kind has, but for counts."""
    with busy_site(tmp_path / "r.duckdb") as site:
        who = Program(site, name)
        for operation in _operations(site):
            number = of_kinds if set(operation.path.split("/")) & (KINDS.keys() - {"count"}) else examples
            _hold(operation, who, GenerationMode.POSITIVE, number)
            _hold(operation, who, GenerationMode.NEGATIVE, number)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROLES)
def test_whatever_is_sent_at_length_is_answered_as_described(tmp_path, name):
    _hold_all(tmp_path, name, 60, 15)
