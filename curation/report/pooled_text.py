"""Pooled results in the terminal: a table by who tabulates the numbers, and what could not be pooled."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pooling.run import NotPooled, Pooled

FORMATS = ("svg", "png", "both", "none")
"""Which plots can be asked for."""
TITLE = 48
"""Characters of a title in one line of the table."""


def results_text(outcomes: Sequence[Pooled | NotPooled], target: Path) -> str:
    """The results as a table of at most 100 columns, then where the rest is."""
    from curation.report.html.pooled import plain_title  # noqa: PLC0415 - loads pandas
    from pooling.run import Pooled  # noqa: PLC0415 - slow to import, loaded when needed
    from pooling.words.cells import cells  # noqa: PLC0415 - slow to import, loaded when needed

    lines: list[str] = []
    group = None
    for each in outcomes:
        facts = each.analysis.facts
        if facts["tabulated_by"] != group:
            group = facts["tabulated_by"]
            lines += ["", f"Numbers tabulated by {group}" if group else "Numbers from reports of the studies"]
            lines += [_line(("outcome", "effect", "k", "estimate", "interval", "I²"))]
        if isinstance(each, Pooled):
            numbers = cells(each.result)
            said = (
                (numbers["estimate"] + numbers["unit"], numbers["interval"])
                if each.result.status in {0, 2}
                else (each.result.state, "")
            )
            lines.append(_line((plain_title(each.analysis), each.result.measure, numbers["k"], *said, numbers["i2"])))
        else:
            lines.append(
                _line((plain_title(each.analysis), facts["measure"], len(each.analysis.rows), "not pooled", "", ""))
            )
            lines += textwrap.wrap(each.why, 96, initial_indent="    ", subsequent_indent="    ")
    return "\n".join([*lines[1:], "", *_ending(outcomes, target)])


def _line(cells: Iterable[object]) -> str:
    """A line of the table; a long title goes on below."""
    title, effect, k, estimate, interval, i2 = (str(each) for each in cells)
    first, *more = textwrap.wrap(title, TITLE)
    line = f"  {first:{TITLE}}  {effect:5} {k:>3}  {estimate:>9}  {interval:>18}  {i2:>4}".rstrip()
    return "\n".join([line, *(f"    {each}" for each in more)])


def _ending(outcomes: Sequence[Pooled | NotPooled], target: Path) -> list[str]:
    from pooling.run import Pooled  # noqa: PLC0415 - as above

    pooled = [each for each in outcomes if isinstance(each, Pooled)]
    several = sum(each.result.status == 0 for each in pooled)
    single = sum(each.result.status == 2 for each in pooled)
    parts = [f"{several} pooled", f"{single} of one study only", f"{len(outcomes) - several - single} not pooled"]
    return [f"{len(outcomes)} analyses: {', '.join(parts)}. See {target / 'pooled.html'} and {target / 'results.csv'}."]
