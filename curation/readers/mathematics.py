"""Formulas as plain text: MathML, and the TeX that journals put beside it."""

from __future__ import annotations

import re

from curation.readers.markup import Node
from curation.readers.typography import lowered, raised

_UNSEEN_OPERATORS = {"\u2061", "\u2062", "\u2063", "\u2064"}
_ACCENTS = {"¯": "\u0304", "‾": "\u0304", "^": "\u0302", "ˆ": "\u0302", "˜": "\u0303", "~": "\u0303"}
_SPACED = frozenset("=<>≤≥±×+−≈≠∼")


def formula(node: Node) -> str:
    """MathML as text: "a/b", "x²", "√(x)".

    What has no plain form is written side by side.
    """
    tag = node.tag if isinstance(node.tag, str) else ""
    if tag in {"mi", "mn", "mtext", "ms", "mo"}:
        return _token(tag, "".join((node.text or "").split(" ")) if tag != "mtext" else node.text or "")
    parts = [formula(child) for child in node if isinstance(child.tag, str) and not child.tag.startswith("annotation")]
    shape = _SHAPES.get(tag)
    if shape is not None and len(parts) == shape[0]:
        return shape[1].format(*(_low_or_high(tag, place, part) for place, part in enumerate(parts)))
    if tag == "mover" and len(parts) == 2:
        return parts[0] + _ACCENTS.get(parts[1].strip(), parts[1])
    if tag == "mfenced":
        return f"{node.get('open', '(')}{', '.join(parts)}{node.get('close', ')')}"
    return (" " if tag in {"mtr", "mtd"} else "").join(parts)


_SHAPES: dict[str, tuple[int, str]] = {
    "msup": (2, "{0}{1}"),
    "msub": (2, "{0}{1}"),
    "msubsup": (3, "{0}{1}{2}"),
    "munder": (2, "{0}{1}"),
    "munderover": (3, "{0}{1}{2}"),
    "mfrac": (2, "{0}/{1}"),
    "mroot": (2, "{1}√({0})"),
}
"""How many parts an element has, and how they are put together."""


def _low_or_high(tag: str, place: int, part: str) -> str:
    """A part of an element as it is set: lowered, raised, or in brackets where a fraction would be read wrongly."""
    if tag == "mfrac":
        return f"({part})" if re.search(r"[\s+−=/-]", part.strip()) else part
    if place == 0 or tag == "mroot":
        return part
    return raised(part) if tag == "msup" or place == 2 else lowered(part)


def _token(tag: str, text: str) -> str:
    text = "" if text in _UNSEEN_OPERATORS else text.replace("\u2062", "")
    if tag == "mo" and text in _SPACED:
        return f" {text} "
    return text


_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_WORDS = re.compile(r"\\(?:mathrm|mathit|mathbf|mathsf|text|textit|textrm|mbox|operatorname|rm|it|bf)\s*\{([^{}]*)\}")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|(\\?\w))")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s?|\\([^A-Za-z])")
_COMMANDS = dict(
    pair.split()
    for pair in (
        *(
            "pm ±",
            "times ×",
            "cdot ·",
            "leq ≤",
            "le ≤",
            "geq ≥",
            "ge ≥",
            "approx ≈",
            "sim ~",
            "neq ≠",
            "ne ≠",
            "lt <",
            "gt >",
        ),
        *("alpha α", "beta β", "gamma γ", "delta δ", "Delta Δ", "epsilon ε", "eta η", "theta θ", "kappa κ", "lambda λ"),
        *("mu μ", "rho ρ", "sigma σ", "Sigma Σ", "tau τ", "chi χ", "omega ω", "sum ∑", "infty ∞", "circ °"),
    )
)
_LONGEST_TEX = 20_000


def tex(source: str) -> str:
    r"""TeX as text, as well as it can be.

    >>> tex(r"\documentclass{minimal}\begin{document}$$\eta _{p}^{2} = \frac{1}{n} \pm 3\%$$\end{document}")
    'ηp² = 1/n ± 3%'
    """
    source = source[:_LONGEST_TEX]
    body = _BODY.search(source)
    text = (body.group(1) if body else source).replace("$", "")
    for _ in range(4):  # what stands in braces may hold braces
        text = _WORDS.sub(r"\1", text)
        text = _SCRIPT.sub(_script, text)
        text = _FRACTION.sub(r"\1/\2", text)
        text = _ROOT.sub(r"√(\1)", text)
    text = _COMMAND.sub(_command, text)
    text = re.sub(r"[{}]", "", text)
    return " ".join(re.sub(r" (?=[⁰¹²³⁴-⁹₀-₉])", "", text).split())


def _command(match: re.Match[str]) -> str:
    name, escaped = match.groups()
    if name is None:
        return escaped if escaped in "%&#_$" else " "
    sign = _COMMANDS.get(name, " ")
    return sign if sign.isalpha() else f" {sign} "


def _script(match: re.Match[str]) -> str:
    mark, inner, single = match.groups()
    part = inner if inner is not None else single
    return raised(part) if mark == "^" else lowered(part)
