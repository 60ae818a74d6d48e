"""APPRAISAL-005."""

import re

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts

DOMAINS = {
    "QUADAS-2": r"patient|selection|spectrum|index|reference|flow|timing|applicab|overall|summary",
    "RoB 2": r"randomi[sz]|allocation|sequence|deviat|intervention|adhere|missing|attrition|incomplete|measure|assess|outcome|report|select|carry|period|recruit|identif|overall|summary",
    "RoB 1": r"random|sequence|allocat|conceal|blind|mask|incomplete|missing|attrition|report|select|other|contaminat|baseline|overall|summary",
    "ROBINS-I": r"confound|selection|classif|intervention|deviat|missing|measure|outcome|report|exposure|overall|summary",
    "Newcastle-Ottawa": r"select|represent|ascertain|compar|exposure|outcome|follow|case|control|cohort|definition|assess|respon|demonstrat|adjust|confound|overall|total",
    "Jadad": r"random|sequence|blind|mask|withdraw|drop|quit|attrition|conceal|hid|allocat|overall|total",
}
"""Words of which a domain (or signalling item) of the tool contains at least one. Generous: a domain without any of them
is none of the tool."""
NAMES = {
    "QUADAS-2": "patient selection, index test, reference standard, flow and timing",
    "RoB 2": "randomisation process, deviations from intended interventions, missing outcome data, measurement of the outcome, selection of the reported result",
    "RoB 1": "random sequence generation, allocation concealment, blinding, incomplete outcome data, selective reporting, other bias",
    "ROBINS-I": "confounding, selection, classification of interventions, deviations, missing data, measurement of outcomes, selection of the reported result",
    "Newcastle-Ottawa": "selection, comparability, outcome or exposure",
    "Jadad": "randomisation, blinding, withdrawals and dropouts",
}


@rule(
    "APPRAISAL-005",
    severity="warning",
    oracle="published: oracles/appraisal_tools.csv",
    source=(
        "the instruments: QUADAS-2 (Whiting 2011), RoB 1 (Higgins 2011), RoB 2 (Sterne 2019), ROBINS-I (Sterne 2016), "
        "Newcastle-Ottawa (Wells et al), Jadad 1996"
    ),
    field="domains",
    rows="""
        SELECT 'appraisal' AS kind, min(record) AS record, list(record ORDER BY record) AS records, 'domain' AS field,
               tool, string_agg(DISTINCT domain, '; ' ORDER BY domain) AS domains
        FROM appraisal WHERE domain IS NOT NULL GROUP BY source, study, tool
    """,
    consistent=[
        [dict(kind="appraisal", tool="QUADAS-2", domain="Patient selection", judgement="low"), dict(kind="appraisal", tool="QUADAS-2", domain="Flow and timing", judgement="high")],
        dict(kind="appraisal", tool="RoB 1", domain="Blinding of outcome assessment", judgement="low"),
    ],
    inconsistent=[[dict(kind="appraisal", tool="QUADAS-2", domain="blind method", questions="3"), dict(kind="appraisal", tool="QUADAS-2", domain="quitting and withdrawal", questions="2")]],
    cannot_tell=[dict(kind="appraisal", tool="other", domain="blind method"), dict(kind="appraisal", tool="JBI", domain="Was follow up complete?")],
    limits="It knows the domains of six tools, and is generous: a domain is accepted if it has one word of a domain of the tool.",
    look="which instrument the domains come from",
)  # fmt: skip
def tool_domains(tool, domains):
    """The tool has no such domain.

    The domain has no word in common with any domain or item of the tool.
    """
    known = tool.is_(*DOMAINS)
    foreign = [bool(_foreign(one, several)) for one, several in zip(tool.values, domains.values, strict=True)]
    return Verdicts.of(np.array(foreign, dtype=bool) & known, known)


@tool_domains.expects
def its_own(row):
    return NAMES.get(row.code("tool"), "")


@tool_domains.explain
def where_they_belong(row):
    foreign = _foreign(row.code("tool"), row.code("domains"))
    others = [tool for tool in DOMAINS if not any(_foreign(tool, each) for each in foreign)]
    found = [f"not of {row.code('tool')}: {', '.join(foreign)}"]
    return found + ([f"such domains belong to {' or '.join(others)}"] if others else [])


def _foreign(tool, domains):
    pattern = DOMAINS.get(tool, "")
    return [each for each in (domains or "").split("; ") if not re.search(pattern, each.lower())]
