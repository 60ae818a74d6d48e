"""Files with the work of several people: what one of them extracted is taken in at a time, as theirs."""

from __future__ import annotations

from curation.exchange.imported import Imported
from curation.intake.problems import Problem, Refused, shown, suggestion

_NAMED = 10
"""People who are named before the rest is only counted."""


def work_of(imported: Imported, person: str | None) -> Imported:
    """What a person extracted, with what is nobody's alone; all of it where the file does not tell people apart.

    Raises Refused, naming the people, where there are several and none of them was said.
    """
    people = imported.people
    if not people or (person is None and len(people) == 1):
        return imported
    if person in people:
        return imported.of(person)
    named = ", ".join(people[:_NAMED]) + (f" and {len(people) - _NAMED} more" if len(people) > _NAMED else "")
    if person is None:
        found, expected = (
            f"the work of {len(people)} people",
            f"one of them ({named}); say whose with --of {shown(people[0])}",
        )
    else:
        found, expected = f"nothing of {shown(person)}", f"one of {named}{suggestion(person, people)}"
    raise Refused([Problem(imported.file, None, None, found, expected)])
