"""The comparison as one HTML page that needs nothing else but the figures beside it."""

from __future__ import annotations

from html import escape

from repooling.records import STATISTICS, WORDS
from repooling.report import LIMITS, METHOD, counted, interval, number, shared_words, stated
from repooling.verdicts import Shared, Verdict, what_closes

STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #14703b; --bad: #a3320b; }
@media (prefers-color-scheme: dark) { :root { --good: #6fd49a; --bad: #ff9d76; } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 84rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: start; padding-block: .5rem; }
th, td { text-align: start; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
thead th { border-bottom-width: 2px; } thead th:last-child { width: 42%; } tbody th[scope="rowgroup"] { width: 9rem; } p { max-width: 72ch; }
.numbers { white-space: nowrap; }
.agrees { color: var(--good); font-weight: 600; } .differs { color: var(--bad); font-weight: 600; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; background: #fff; }
"""


def html(verdicts: list[Verdict], sets: list[Shared], figures: dict[str, list[str]]) -> str:
    """The page. ``figures``: file names by outcome."""
    body = [
        "<h1>Table 2 of zhong-2021, pooled again from its Table 1</h1>",
        f"<p>{escape(METHOD)}</p>",
        f"<p><strong>{counted(verdicts)}</strong> Ours is the reading of the unclear cells nearest to the print, with variance 1/(n + 1/2).</p>",
        _table(verdicts),
    ]
    if sets:
        body += ["<h2>Totals that close several rows</h2>", *(f"<p>{escape(shared_words(each))}</p>" for each in sets)]
    body += ["<h2>What was tried</h2>", f"<p>{escape(LIMITS)}</p>"]
    if figures:
        body += ["<h2>Figures</h2>", *_figures(verdicts, figures)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Table 2 of zhong-2021, pooled again</title><style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )


def _table(verdicts: list[Verdict]) -> str:
    heads = "".join(f'<th scope="col">{each}</th>' for each in ("Row", "", "Estimate (95% CI)", "P of Q", "I²", "Verdict", "What would close it"))  # fmt: skip
    lines = []
    for one in verdicts:
        p = one.row.printed
        way, sine = stated(one, "sine")
        miller = stated(one, "Miller")[1]
        also = "".join(f" (text: {each})" for each in one.row.also)
        printed = f"{p['estimate']} ({p['lower']}–{p['upper']})"
        model = "DerSimonian-Laird" if way.model == "DL" else "common effect"
        lines.append(
            f'<tbody><tr><th scope="rowgroup" rowspan="3">{escape(one.row.label)}</th><th scope="row">theirs</th>'
            f'<td class="numbers">{escape(printed)}</td>'
            f"<td>{escape(str(p.get('p_heterogeneity', '')) + also)}</td><td>{escape(str(p.get('i2', '')))}</td>"
            f'<td rowspan="3" class="{one.verdict}">{one.verdict}</td><td rowspan="3">{escape(what_closes(one))}</td></tr>'
            f'<tr><th scope="row">ours, sin²(t/2)</th><td class="numbers">{interval(sine)}<br><small>{model}</small></td>'
            f"<td>{sine['p_heterogeneity']:.3f}</td><td>{number(sine['i2'], 'i2')}</td></tr>"
            f'<tr><th scope="row">ours, Miller</th><td class="numbers">{interval(miller)}</td><td></td><td></td></tr></tbody>'
        )
    caption = f"Theirs and ours, row by row: {', '.join(WORDS[name] for name in STATISTICS)}."
    return f'<div class="wide" tabindex="0" role="region" aria-label="Theirs and ours"><table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>{"".join(lines)}</table></div>'


def _figures(verdicts: list[Verdict], figures: dict[str, list[str]]) -> list[str]:
    found = []
    for one in verdicts:
        names = figures.get(one.row.outcome, []) if one.row.in_table else []
        if names:
            kinds = {name: name.rsplit("-", 1)[-1].split(".")[0] for name in names}
            images = "".join(
                f'<img src="{escape(name)}" alt="{escape(one.row.label)}: {kind} plot">' for name, kind in kinds.items()
            )
            found.append(f"<figure>{images}<figcaption>{escape(one.row.label)}</figcaption></figure>")
    return found
