"""True data, printed rounded in any typography, in prose or in a table: read back as printed, and never doubted."""

import os
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from curation.readers.document import Cell, Document, Paragraph, Table
from curation.scan.judge import scan_document

EXAMPLES = int(os.environ.get("CURATION_EXAMPLES", "25"))
"""True worlds per test; CURATION_EXAMPLES asks for more."""
DASHES = ["–", "-", " to ", ", ", "; "]
ROUNDING = [ROUND_HALF_UP, ROUND_HALF_EVEN]


def shown(value, decimals, rounding=ROUND_HALF_EVEN):
    return str(Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=rounding))


def scan(*parts):
    return scan_document(Document("trial.xml", "jats", tuple(parts)), "trial")


def doubts(found):
    return [one.message for one in found.checked.findings if one.severity in {"error", "warning"}]


@st.composite
def counts(draw):
    total = draw(st.integers(1, 2000))
    events = draw(st.integers(0, total))
    decimals = draw(st.integers(0, 2))
    percent = shown(Decimal(100 * events) / Decimal(total), decimals, draw(st.sampled_from(ROUNDING)))
    return str(events), str(total), percent


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    counts(),
    st.sampled_from(
        ["{e}/{n} ({p}%)", "{p}% ({e}/{n})", "{e} of {n} patients ({p}%)", "{p} % [{e} of {n}]", "({p}%, {e}/{n})"]
    ),
)
def test_true_counts_in_prose_are_read_back_and_not_doubted(count, shape):
    events, total, percent = count
    found = scan(Paragraph(f"Response was seen in {shape.format(e=events, n=total, p=percent)} at the end.", "Results"))
    read = [one.cells for one in found.statements if one.kind == "count"]
    assert [(one["events"], one["total"], one["percent"]) for one in read] == [(events, total, f"{percent}%")]
    assert doubts(found) == []


@st.composite
def ratios(draw):
    log, se = draw(st.floats(-2, 2)), draw(st.floats(0.02, 1.0))
    decimals = draw(st.integers(2, 3))
    ends = [np.exp(log + times * 1.959963984540054 * se) for times in (0, -1, 1)]
    p = 2 * stats.norm.sf(abs(log / se))
    printed_p = "<0.001" if p < 0.001 else "=" + shown(p, 3)
    return [shown(end, decimals) for end in ends], printed_p


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    ratios(),
    st.sampled_from(DASHES),
    st.sampled_from(["95% CI ", "95% CI: ", "95% CI, ", "95 % confidence interval [CI] "]),
    st.sampled_from(["OR", "HR", "odds ratio", "hazard ratio:", "relative risk of"]),
)
def test_true_ratios_in_prose_are_read_back_and_not_doubted(ratio, dash, name, measure):
    (estimate, lower, upper), p = ratio
    found = scan(
        Paragraph(f"The difference was small ({measure} {estimate}, {name}{lower}{dash}{upper}; P {p}).", "Results")
    )
    read = [one.cells for one in found.statements if one.kind == "effect"]
    assert [(one["estimate"], one["lower"], one["upper"], one["p"]) for one in read] == [
        (estimate, lower, upper, p.lstrip("="))
    ]
    assert doubts(found) == []


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.integers(1, 2), st.sampled_from([" to ", ", ", "; "]))
def test_true_differences_with_either_sign_are_not_doubted(value, se, decimals, dash):
    estimate, lower, upper = (shown(value + times * 1.96 * se, decimals) for times in (0, -1, 1))
    text = f"mean difference {estimate} (95% CI {lower}{dash}{upper})".replace("-", "−")
    found = scan(Paragraph(text, "Results"))
    read = [one.cells for one in found.statements]
    assert [(one["estimate"], one["lower"], one["upper"]) for one in read] == [(estimate, lower, upper)]
    assert doubts(found) == []


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.lists(st.floats(0, 100), min_size=3, max_size=60), st.integers(1, 2))
def test_true_medians_and_quartiles_are_not_doubted(values, decimals):
    q = [shown(each, decimals) for each in np.percentile(values, [50, 25, 75])]
    low, high = (shown(each, decimals) for each in (min(values), max(values)))
    found = scan(
        Paragraph(
            f"The median was {q[0]} (IQR {q[1]}–{q[2]}) and the median of all {q[0]} (range {low} to {high}).",
            "Results",
        )
    )
    assert [one.kind for one in found.statements] == ["mean", "mean"]
    assert doubts(found) == []


@st.composite
def baseline(draw):
    """A table of two arms with categories that cover everyone, some participants missing, and a column of all."""
    sizes = draw(st.lists(st.integers(5, 400), min_size=2, max_size=3))
    decimals = draw(st.integers(0, 2))
    sign = draw(st.sampled_from(["%", ""]))
    categories = draw(st.integers(2, 4))
    rows = []
    missing = draw(st.integers(0, 2))
    people = [size - missing for size in sizes]
    split = [draw(st.lists(st.integers(0, 1000), min_size=categories, max_size=categories)) for _ in sizes]
    for number in range(categories):
        cells = []
        for size, weights in zip(people, split, strict=True):
            bounds = [size * sum(weights[:k]) // max(1, sum(weights)) for k in range(categories + 1)]
            bounds[-1] = size
            events = bounds[number + 1] - bounds[number]
            cells.append(f"{events} ({shown(Decimal(100 * events) / Decimal(size), decimals)}{sign})")
        rows.append((f"category {number}", cells))
    return sizes, rows


@settings(deadline=None, max_examples=EXAMPLES)
@given(baseline())
def test_true_baseline_tables_are_not_doubted(made):
    sizes, rows = made
    cells = [Cell("", 0, 0, head=True)]
    cells += [Cell(f"Group {at} (n = {size})", 0, at + 1, head=True) for at, size in enumerate(sizes)]
    cells.append(Cell("Stage, n (%)", 1, 0))
    for at, (label, texts) in enumerate(rows, 2):
        cells.append(Cell(label, at, 0, indent=1))
        cells += [Cell(text, at, column + 1) for column, text in enumerate(texts)]
    found = scan(Table("Table 1", tuple(cells), "Baseline"))
    assert len([one for one in found.statements if one.kind == "count"]) == len(rows) * len(sizes)
    assert doubts(found) == []


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.lists(st.lists(st.floats(0, 200), min_size=5, max_size=40), min_size=2, max_size=2), st.integers(1, 2))
def test_true_means_of_two_groups_and_their_p_value_are_not_doubted(groups, decimals):
    if any(np.std(each) < 0.5 for each in groups):
        return
    p = stats.ttest_ind(*groups).pvalue
    cells = [Cell("", 0, 0, head=True), Cell(f"A (n = {len(groups[0])})", 0, 1, head=True)]
    cells += [
        Cell(f"B (n = {len(groups[1])})", 0, 2, head=True),
        Cell("P value", 0, 3, head=True),
        Cell("Score, mean ± SD", 1, 0),
    ]
    texts = [
        f"{shown(float(np.mean(each)), decimals)} ± {shown(float(np.std(each, ddof=1)), decimals)}" for each in groups
    ]
    cells += [Cell(text, 1, at) for at, text in enumerate([*texts, "<0.001" if p < 0.001 else shown(float(p), 3)], 1)]
    found = scan(Table("Table 2", tuple(cells)))
    assert [one.kind for one in found.statements] == ["mean", "mean", "test"]
    assert [one.message for one in found.checked.findings] == []


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.lists(st.text(max_size=60) | st.from_regex(r"[0-9 .,%()/±<>=\-–pPnNCI]{0,60}", fullmatch=True), max_size=12))
def test_any_document_is_scanned_without_complaint(texts):
    cells = tuple(Cell(text, at // 3, at % 3) for at, text in enumerate(texts))
    found = scan(*(Paragraph(text, "Results") for text in texts), Table("Table 1", cells, " ".join(texts)))
    for one in found.statements:
        assert all(spot.words(found.document) for spot in one.spots)
