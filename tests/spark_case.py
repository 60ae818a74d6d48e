"""Records for the tests of checks on a cluster, and what is compared: everything that a check says."""

import os
import shutil

import pytest

from curation.engine.findings import worst_first
from curation.engine.registry import rules
from curation.engine.run import check
from curation.spark.driver import of_files, staged
from curation.spark.results import crashes, read_findings, together
from curation.spark.shape import files_in
from curation.spark.task import judged
from schemas.strategies.breakers import BREAKERS
from schemas.strategies.draw import draw_from
from schemas.strategies.review import simulate_review
from schemas.strategies.stack import arrow_tables, stack


def needs_spark():
    """Skip, or fail where CURATION_REQUIRE_SPARK=1 says that Spark has to be there."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        missing = "PySpark"
    else:
        missing = "" if shutil.which("java") else "Java"
    if missing:
        reason = f"needs {missing} (make spark, Java 17); CURATION_REQUIRE_SPARK=1 makes this a failure"
        (pytest.fail if os.environ.get("CURATION_REQUIRE_SPARK") == "1" else pytest.skip)(reason)


def broken_reviews(seed, ids=None):
    """A broken case of every rule, and a true review, in one set of tables."""
    cases = [make(draw_from(1000 * seed + n)) for n, make in enumerate(BREAKERS.values())]
    chosen = [case for case, id in zip(cases, BREAKERS, strict=True) if ids is None or id in ids]
    return arrow_tables(stack([*chosen, simulate_review(seed, 3)]))


def in_this_process(folder, work, rows_per_task, chosen=None):
    """The stages of a check on a cluster, its tasks run one after the other without one."""
    chosen = chosen or rules()

    def run(references, known):
        return [judged(number, each, known) for number, each in enumerate(references)]

    answers = staged(run, of_files(run, files_in(folder), rows_per_task), chosen, (), work)
    assert not [each.refused for each in answers if each.refused]
    checked = together(answers, [each.id for each in chosen])
    checked.findings = worst_first([*read_findings(each.file for each in answers if each.file), *crashes(answers)])
    return checked


def one_process(tables, chosen=None):
    return check(tables, chosen or rules())


def assert_same(one, other):
    """Every count, every reason, every sentence, in the same order."""
    assert other.summary() == one.summary()
    assert {id: tally for id, tally in other.tallies.items()} == {id: tally for id, tally in one.tallies.items()}
    assert [each.as_dict() for each in other.findings] == [each.as_dict() for each in one.findings]
