"""What is taken as plainly consistent without a query is what the rules themselves call consistent."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.engine.registry import rules, select
from curation.engine.run import check
from curation.scan.plainly import to_ask
from curation.scan.result import Spot, Statement
from schemas.arrow import to_table
from schemas.registry import KINDS

NUMBERS = st.integers(-30, 60).map(lambda each: str(each / 10)) | st.sampled_from(["0", "5", "5.0", "-5", "1"])
FIELDS = ("minimum", "q1", "median", "q3", "maximum", "mean")


@settings(deadline=None, max_examples=cases(40))
@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), NUMBERS, min_size=1), min_size=1, max_size=12),
    st.lists(
        st.sampled_from(["0", "0.000", "<0.000", "0.03", "<0.001", ">0.05", "1", "1.0", "1.2", "-0.1", "NR"]),
        max_size=6,
    ),
)
def test_what_is_not_asked_is_consistent(means, ps):
    spot = (Spot(0, 0, 1),)
    made = [Statement(f"m{at}", "mean", cells, spot) for at, cells in enumerate(means)]
    made += [Statement(f"t{at}", "test", {"p": p}, spot) for at, p in enumerate(ps)]
    asked, holds = to_ask(made)
    skipped = [one for one in made if one not in asked]
    tables = {
        kind: to_table(
            KINDS[kind],
            [KINDS[kind].model_validate({"record": one.record, "source": "s", **one.cells}) for one in skipped if one.kind == kind],
        )
        for kind in ("mean", "test")
    }  # fmt: skip
    tallies = check(tables, select(rules(), ("SPAN-002", "P-001"))).tallies
    for rule in ("SPAN-002", "P-001"):
        assert tallies[rule].contradicts == 0
        assert tallies[rule].consistent == holds[rule]
