"""Ids and titles of analyses: whatever outcomes are called, each its own, the same in any order, and safe as file names."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.dataset import ANALYSIS_TABLES
from store.export.analyses import names

FACTS = ("tabulated_by", "outcome", "timepoint", "analysis_set", "detail", "part", "table", "unit")
ODD = ["CR", "cr", "c r", "c-r", "CR!", "α", "β", "α-β", "IFN-γ", "≥ VGPR", "VGPR", "—", "…?!", "完全缓解", "x", "x-2",
       "con", "COM1", "..", "../../etc", "a/b", "a\\b", "a.b", "É" * 9, "long " * 60, "long " * 59 + "end", "=1+1", "\u202eevil"]  # fmt: skip
WORDS = st.sampled_from(ODD) | st.text(max_size=12)
ANALYSES = st.lists(
    st.fixed_dictionaries({
        "tabulated_by": st.just("") | WORDS, "outcome": WORDS.filter(bool), "timepoint": st.just("") | WORDS,
        "analysis_set": st.just("") | WORDS, "detail": st.sampled_from(["", "value", "change", "HR", "RR"]),
        "part": st.sampled_from(["", "experimental", "control"]), "table": st.sampled_from([*ANALYSIS_TABLES]),
        "unit": st.sampled_from(["", "years", "Years", "months", "mg/m²"]),
    }),
    min_size=1, max_size=12, unique_by=lambda one: tuple(one[name] for name in FACTS),
)  # fmt: skip
WHOLE = dict.fromkeys(FACTS, "") | {"table": "single_counts"}


def named(analyses: list[dict[str, str]]) -> pd.DataFrame:
    """As the export names them: in the order of their facts."""
    frame = pd.DataFrame(analyses, columns=[*FACTS]).sort_values(list(FACTS)).reset_index(drop=True)
    frame["analysis"] = names.ids(frame)
    frame["title"] = names.titles(frame, {"CR": "Complete remission", "cr": "Complete remission"})
    return frame


@given(ANALYSES)
@example([WHOLE | {"outcome": each} for each in ODD])
@example([dict.fromkeys(FACTS, "long name " * 9) | {"detail": "", "part": "", "table": "effects", "unit": unit} for unit in "ab"])  # fmt: skip
def test_ids_and_titles_are_unique_stable_and_safe(analyses):
    frame = named(analyses)
    assert frame["analysis"].is_unique
    assert frame["title"].is_unique
    assert frame["title"].str.strip().ne("").all()
    for one in frame["analysis"]:
        assert set(one) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
        assert len(one) <= names.LONGEST_ID + len("-12")
        assert one[0] not in ".-"
        assert one[-1] not in ".-"
        assert ".." not in one
        assert one.split(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
    assert named(analyses[::-1]).equals(frame)


@pytest.mark.parametrize(
    ("text", "name"),
    [("β-hCG", "beta-hcg"), ("µg", "mug"), ("Ω", "omega"), ("p<0.05", "p-lt-0-05"), ("...", "x"), ("a" * 99, "a" * 40)],
)
def test_a_name_is_spelled_in_plain_letters(text, name):
    assert names.safe(text) == name


def test_what_is_named_alike_says_in_its_title_how_it_differs():
    rates = [WHOLE | {"outcome": "inf", "table": "single_rates", "unit": unit} for unit in ("years", "months")]
    both = [WHOLE | {"outcome": one} for one in ("CR", "cr")]
    frame = named([*rates, *both])
    assert set(frame["title"]) == {"inf, years", "inf, months", "Complete remission, CR", "Complete remission, cr"}
    assert set(frame["analysis"]) == {"inf.years", "inf.months", "cr", "cr-2"}
