"""A small forest plot as records, for the examples of rules."""

from __future__ import annotations


def forest(
    *studies: str, weights: str = "", measure: str = "OR", subgroup: str = "", **pooled: str
) -> list[dict[str, str]]:
    """Effects of studies ("0.80 0.60 1.07") with their weights, and the result pooled from them.

    >>> [row["kind"] for row in forest("0.80 0.60 1.07", "0.70 0.50 0.98", estimate="0.76")]
    ['effect', 'effect', 'pooled']
    """
    part = {"analysis_set": subgroup} if subgroup else {}
    where = {"outcome": "relapse", "measure": measure} | part
    shares = weights.split()
    rows = []
    for at, text in enumerate(studies):
        estimate, lower, upper = text.split()
        row = {
            "kind": "effect",
            "study": f"study-{subgroup}{at + 1}",
            "estimate": estimate,
            "lower": lower,
            "upper": upper,
        }
        rows.append(row | where | ({"weight": shares[at]} if shares else {}))
    return [*rows, {"kind": "pooled", "k": str(len(studies))} | where | pooled]


def events_forest(*studies: str, **pooled: str) -> list[dict[str, str]]:
    """Events and totals of studies of one group ("12/50"), and the proportion pooled from them.

    >>> [row["kind"] for row in events_forest("12/50", "30/110", estimate="26%")]
    ['study', 'count', 'study', 'count', 'pooled']
    """
    rows: list[dict[str, str]] = []
    for at, cell in enumerate(studies, 1):
        events, total = cell.split("/")
        study = {"study": f"study-{at}"}
        rows += [
            study | {"kind": "study", "label": f"Study {at}", "included_in": "example"},
            study | {"kind": "count", "outcome": "cr", "events": events, "total": total},
        ]
    return [*rows, {"kind": "pooled", "measure": "proportion", "outcome": "cr", "k": str(len(studies))} | pooled]
