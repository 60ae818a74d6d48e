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
        import pyspark  # noqa: F401 - to see whether it is there
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
    chosen = [case for case, rule in zip(cases, BREAKERS, strict=True) if ids is None or rule in ids]
    return arrow_tables(stack([*chosen, one_spread_mistaken(), simulate_review(seed, 3)]))


def one_spread_mistaken(studies=8):
    """Two arms in each study, alike but for one standard error in the place of a standard deviation."""
    tables = {"source": [], "study": [], "arm": [], "mean": [], "outcome": [{"outcome": "pain", "label": "Pain"}]}
    for study in (f"s{number}" for number in range(studies)):
        tables["source"].append({"source": f"of-{study}", "title": study, "type": "article"})
        tables["study"].append({"study": study, "label": study, "design": "randomised"})
        for arm, role in (("new", "experimental"), ("old", "control")):
            tables["arm"].append({"study": study, "arm": arm, "label": arm, "role": role})
            sd = "1.1" if (study, arm) == ("s3", "new") else "10.8"
            cells = {"n": "100", "mean": "50.2", "sd": sd, "moment": "value", "section": "Table 1"}
            tables["mean"].append({"source": f"of-{study}", "study": study, "arm": arm, "outcome": "pain"} | cells)
    return tables


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
    assert dict(other.tallies) == dict(one.tallies)
    assert [each.as_dict() for each in other.findings] == [each.as_dict() for each in one.findings]
