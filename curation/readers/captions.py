"""Captions of tables in formats that do not mark them: a text beside the table that begins with "Table N"."""

from __future__ import annotations

import re

from curation.readers.document import Paragraph
from curation.readers.prose import Gathered

_LABEL = re.compile(
    r"((?:Supplementary |Supplemental |Online |Appendix |Web )?Table\s+(?:[A-Z]?\d+(?:\.\d+)?[A-Za-z]?|[IVX]+|[A-Z]\d?))"
    r"(?=$|[\s.:|—–(-])[\s.:|—–-]*",
    re.IGNORECASE,
)
_BEGINS = r"\s+(?:[A-Z]?\d+(?:\.\d+)?[A-Za-z]?|[IVX]+)(?=\s*$|\s*[.:|—–-]|\s+[A-Z(]|\s+[a-z]+-)"
FLOAT = re.compile(rf"(?i:(?:Supplementary |Appendix )?(?:Table|Figure|Fig\.?|Box)){_BEGINS}")
"""How the caption of a table or figure begins; "Table 3 shows" begins a sentence."""
OF_TABLE = re.compile(rf"(?i:(?:Supplementary |Appendix )?Table){_BEGINS}")
"""How the caption of a table begins."""
_LONGEST = 1500


def split_label(caption: str) -> tuple[str, str]:
    """Label and rest of a caption.

    >>> split_label("Table 2. Response by arm"), split_label("Response by arm")
    (('Table 2', 'Response by arm'), ('', 'Response by arm'))
    """
    match = _LABEL.match(caption)
    return (match.group(1), caption[match.end() :]) if match else ("", caption)


def caption_before(gathered: Gathered) -> tuple[str, str]:
    """Label and caption out of the last paragraphs gathered, which are taken away; blank where they are no caption."""
    last = gathered.parts[-2:]
    for count in (1, 2):
        if len(last) < count or not all(isinstance(part, Paragraph) for part in last[-count:]):
            break
        texts = [part.text for part in last[-count:] if isinstance(part, Paragraph)]
        label, rest = split_label(texts[0])
        if label and len(texts[0]) <= _LONGEST and (count == 1 or not rest):
            del gathered.parts[-count:]
            return label, " ".join(filter(None, [rest, *texts[1:]]))
    return "", ""
