"""APPRAISAL-006."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np

from curation.engine.rule import rule
from schemas.codes import CODES
from schemas.verdicts import Verdicts

SPELLED_OUT = {
    "Cochrane risk of bias 2": "RoB 2", "revised Cochrane risk of bias": "RoB 2", "Cochrane risk of bias": "RoB 1",
    "risk of bias in non-randomised studies of interventions": "ROBINS-I", "quality assessment of diagnostic accuracy studies 2": "QUADAS-2",
    "Newcastle-Ottawa scale": "Newcastle-Ottawa", "Newcastle-Ottawa quality assessment scale": "Newcastle-Ottawa", "Jadad scale": "Jadad", "Jadad score": "Jadad",
    "methodological index for non-randomised studies": "MINORS", "Joanna Briggs Institute": "JBI",
}  # fmt: skip
NAMES = {name: name for name in CODES["tool"] if name != "other"} | SPELLED_OUT


@rule(
    "APPRAISAL-006",
    severity="note",
    oracle="published: oracles/appraisal_tools.csv",
    source="the code list of tools",
    kinds=["appraisal"],
    field="tool_name",
    consistent=[
        dict(tool="other", tool_name="Downs and Black"),
        dict(tool="other", tool_name="QUADAS"),
    ],
    inconsistent=[
        dict(tool="other", tool_name="Newcastle Ottawa Scale"),
        dict(tool="other", tool_name="QUADAS 2"),
        dict(tool="other", tool_name="ROBIN-I"),
    ],
    cannot_tell=[dict(tool="other", tool_name="NR")],
    look="whether the known tool is meant; its own code makes the other checks possible",
)
def tool_known(tool, tool_name):
    """The tool is entered as another one, but its name is that of a known tool.

    Names are compared without case, spaces, marks and the words tool, scale and checklist. Nearly equal is enough for
    long names, but another digit makes another tool.
    """
    nothing = np.array([_plain(each or "") in ("", "nr", "na") for each in tool_name.values], dtype=bool)
    close = np.array([_meant(each or "") is not None for each in tool_name.values], dtype=bool)
    return Verdicts.of(close & ~nothing, ~nothing).only(tool.is_("other"))


@tool_known.expects
def the_code(row):
    return f"the code {_meant(row.code('tool_name'))}"


@lru_cache(maxsize=4096)
def _meant(name):
    plain = _plain(name)
    for known, code in NAMES.items():
        wanted = _plain(known)
        close = SequenceMatcher(None, plain, wanted).ratio() >= 0.9 and len(wanted) > 6
        if plain == wanted or (close and re.findall(r"\d", plain) == re.findall(r"\d", wanted)):
            return code
    return None


def _plain(name):
    words = re.sub(r"\b(the|tool|scale|checklists?|score|criteria)\b", "", name.lower().replace("z", "s"))
    return re.sub(r"[^a-z0-9]", "", words)
