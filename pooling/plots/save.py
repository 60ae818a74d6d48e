"""Saving figures: the same figure gives the same bytes, and carries its description for those who cannot see it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from matplotlib.figure import Figure

from pooling.errors import CannotPool
from pooling.plots.style import FONT, PAPER, styled

DPI = 200
"""Dots per inch of PNG."""
_FALLBACK = f"'{FONT}', Verdana, sans-serif"
"""Verdana is as wide as the font that was measured."""


def describe(figure: Figure, title: str, text: str) -> Figure:
    """Give a figure its title (one line) and description."""
    figure.set_label(" ".join(title.split()) + "\n" + text)
    return figure


def described(figure: Figure) -> tuple[str, str]:
    """Title and description of a figure, for those who cannot see it.

    >>> described(describe(Figure(), "Forest plot", "Three studies."))
    ('Forest plot', 'Three studies.')
    """
    title, _, text = str(figure.get_label()).partition("\n")
    return title, text


def save(figure: Figure, path: str | Path) -> tuple[Path, ...]:
    """Write a figure as SVG or PNG, by the suffix of the path; as both where the path ends in neither.

    Text in SVG stays text. Returns the files written.

    Raises:
        CannotPool: the path ends in the suffix of another picture format, or cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() in {".pdf", ".jpg", ".jpeg", ".eps", ".tif", ".tiff", ".gif", ".webp"}:
        raise CannotPool(f"plots are saved as SVG or PNG; {path.name} is neither, name it {path.stem}.svg")
    made = {".svg": lambda: svg(figure).encode(), ".png": lambda: png(figure)}
    chosen = path.suffix.lower() in made
    files = (path,) if chosen else tuple(path.with_name(path.name + suffix) for suffix in made)
    for each in files:
        try:
            each.write_bytes(made[each.suffix.lower()]())
        except OSError as error:
            raise CannotPool(f"{each} cannot be written: {error.strerror}; give a path that can") from None
    return files


def png(figure: Figure) -> bytes:
    """The figure as PNG, 200 dots per inch, with its title and description and without a date."""
    title, text = described(figure)
    kept = io.BytesIO()
    with styled():
        meta = {"Software": None, "Title": title, "Description": text}
        figure.savefig(kept, format="png", dpi=DPI, facecolor=PAPER, metadata=meta)
    return kept.getvalue()


def svg(figure: Figure, *, inline: bool = False) -> str:
    """The figure as SVG: labelled, described, without ids that others may have; ``inline``: as an element of a page."""
    title, text = described(figure)
    kept = io.StringIO()
    with styled():
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(kept, format="svg", facecolor=PAPER, metadata=nothing)
    drawn = re.sub(r'<g id="[a-zA-Z0-9.]+_\d+">', "<g>", kept.getvalue())
    drawn = drawn.replace(f"'{FONT}'", _FALLBACK)
    said = f" <title>{escape(title)}</title>\n <desc>{escape(text)}</desc>\n"
    drawn = re.sub(
        r"<svg ([^>]*)>\n",
        lambda found: f'<svg {found[1]} role="img" aria-label={quoteattr(title)}>\n{said}',
        drawn,
        count=1,
    )
    if not inline:
        return drawn
    return re.sub(r"<style type=.*?</style>", "", drawn[drawn.index("<svg ") :], count=1, flags=re.DOTALL)
