"""What typesetting does to words: passed over when a quote is looked for in a document."""

from __future__ import annotations

PASSED_OVER = "\t\n\f\r \u00a0\u00ad\u2009\u202f-\u2010\u2011\u2012\u2013\u2014\u2212*_^$\\{}"
"""What typesetting adds or takes away: spaces, line breaks, soft and hard hyphens, dashes, emphasis and LaTeX marks."""

SIGNS = {"⩾": "≥", "⩽": "≤", "“": '"', "”": '"', "‘": "'", "’": "'", "·": "."}
"""One spelling of >= and <=, of quotation marks and of the decimal point."""

LATEX = {r"\geq": "≥", r"\leq": "≤"}
"""Signs in LaTeX."""

ELLIPSIS = r"\[?(?:[.][.][.]|…)\]?"
"""What stands for words left out of a quote, as a regular expression: the parts on both sides may stand apart."""
