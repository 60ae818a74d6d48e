"""Risk-of-bias records on their way to other programs: what each is about, and which cannot go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from store.export.adapters.common import LeftOut, Row, Rows, Tables, labels, rows_of

PARTS = ("source", "outcome", "arm", "timepoint", "analysis_set")
"""What tells two appraisals of one study with one tool apart."""


def sorted_out(tables: Tables, words: Mapping[str, Mapping[str, str]], program: str) -> tuple[Rows, list[LeftOut]]:
    """The records a program can take, each with its word for the judgement under ``word``, and the others.

    Args:
        tables: the clean dataset.
        words: tool -> our judgement -> the program's word.
        program: its name, for the reasons.
    """
    taken: Rows = []
    without: list[LeftOut] = []
    for row in rows_of(tables, "appraisal"):
        if why := _why_not(row, words, program):
            without.append(LeftOut("appraisal", row["record"], why, row["study"] or ""))
        else:
            taken.append(row | {"word": words[row["tool"]][row["judgement"]]})
    return taken, without


def _why_not(row: Row, words: Mapping[str, Mapping[str, str]], program: str) -> str:
    if row["tool"] not in words:
        return f"{program} has no layout for {row['tool_name'] or row['tool']}"
    if not row["study"]:
        return "it is about no single study"
    if not row["judgement"]:
        return "it gives no judgement" + (", only a score" if row["score_printed"] else "")
    known = words[row["tool"]]
    if row["judgement"] not in known:
        said = ", ".join(dict.fromkeys(known.values()))
        return f"the judgement {row['judgement']!r} is not one of {row['tool']}'s in {program}: {said}"
    return ""


def subject(row: Row) -> tuple[str, ...]:
    """Whose appraisal it is: the study first, then what else tells appraisals apart."""
    return (row["study"], *(row[name] or "" for name in PARTS))


def names(subjects: Iterable[tuple[str, ...]], tables: Tables) -> dict[tuple[str, ...], str]:
    """Subject -> its name: the label of the study, with what tells it apart in brackets where a study has several."""
    of_study: dict[str, list[tuple[str, ...]]] = {}
    for each in dict.fromkeys(subjects):
        of_study.setdefault(each[0], []).append(each)
    known = labels(tables)
    outcomes = {row["outcome"]: row["label"] for row in rows_of(tables, "outcome")}
    found = {}
    for study, several in of_study.items():
        differ = [n for n in range(1, len(PARTS) + 1) if len({each[n] for each in several}) > 1]
        for each in several:
            parts = [outcomes.get(each[n], each[n]) if PARTS[n - 1] == "outcome" else each[n] for n in differ]
            apart = ", ".join(part for part in parts if part)
            found[each] = known.get(study, study) + (f" ({apart})" if apart else "")
    return found
