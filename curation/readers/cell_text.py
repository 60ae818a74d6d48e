"""The text of a table cell: settled, without citations and without the marks that point to notes."""

from __future__ import annotations

import re

from curation.readers.citations import without_citations

_MARKS = "*†‡§¶‖#"
_AFTER_NUMBER = re.compile(rf"(?<=[\d)\]%])\s?[{_MARKS}]+(?=[\s)\],;:/(]|$)(?!\s*\d)")


def cell_text(text: str) -> str:
    """The text of a cell as it is compared; a cell that is nothing but a mark keeps it.

    >>> cell_text("0.72 ± 0.38* (0.3–1.38)"), cell_text("P value †"), cell_text("**")
    ('0.72 ± 0.38 (0.3–1.38)', 'P value', '**')
    """
    text = without_citations(text)
    if not text.strip(_MARKS + " "):
        return text
    return _AFTER_NUMBER.sub("", text).rstrip(_MARKS).rstrip()
