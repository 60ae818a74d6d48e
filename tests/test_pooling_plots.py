"""Plots: deterministic, readable, described; no text covers another, and what leaves the axis has an arrow."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Patch
from matplotlib.text import Text
from PIL import Image
from pooling_example import counts, divided, pooled, proportions

from pooling.errors import CannotPool
from pooling.models.one import meta, pool
from pooling.models.trimfill import trim_and_fill
from pooling.plots import baujat, described, forest, funnel, leave_one_out, save, svg
from pooling.plots.axis import axis
from pooling.plots.save import png
from pooling.plots.style import ACCENT, INK, PAPER, SOFT, width_of, wrapped

FAVOURS = ("Favours lenalidomide with dexamethasone", "Favours control")
LONG = "European Myeloma Network and Spanish Myeloma Group collaborative study of maintenance"


def long_labels(k):
    return [f"{LONG} {at}" if at % 2 else f"Unbreakable{'-and-hyphenated' * 6} {at}" for at in range(k)]


def texts(figure):
    renderer = figure.canvas.get_renderer()
    found = [each for each in figure.findobj(Text) if each.get_visible() and each.get_text().strip()]
    return [(each.get_text(), each.get_window_extent(renderer)) for each in found]


def assert_nothing_covered(figure):
    if figure.axes[0].axison:
        figure.draw_without_rendering()
    width, height = figure.bbox.size
    boxes = texts(figure)
    outside = [text for text, box in boxes if min(box.x0, box.y0, width - box.x1, height - box.y1) < 0]
    assert not outside
    x0, y0, x1, y1 = (np.array([getattr(box, name) for _, box in boxes]) for name in ("x0", "y0", "x1", "y1"))
    across = np.minimum.outer(x1, x1) - np.maximum.outer(x0, x0)
    down = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    both = np.argwhere(np.triu((across > 0.5) & (down > 1.5), 1))
    assert not len(both), [(boxes[a][0], boxes[b][0]) for a, b in both]


def assert_graph_free_of_text(figure):
    """No text of the table reaches into the marks."""
    marks = [
        each.get_window_extent() for each in figure.findobj(Patch) if each.get_label() in {"square", "diamond", "arrow"}
    ]
    for text, box in texts(figure):
        for mark in marks:
            assert not (box.x0 < mark.x1 and mark.x0 < box.x1 and box.y0 < mark.y1 - 1 and mark.y0 < box.y1 - 1), text


def marks(figure, kind):
    return [each for each in figure.findobj(Patch) if each.get_label() == kind]


def parsed(drawn):
    return ET.fromstring(drawn)  # noqa: S314 - our own picture


def words_of(drawn):
    return [each.text for each in parsed(drawn).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("k", [1, 2, 8, 40, 60])
@pytest.mark.parametrize("kind", ["ratios", "proportions"])
def test_no_text_of_a_forest_covers_another(k, kind):
    result = counts(k, spread=1.0) if kind == "ratios" else proportions(k)
    figure = forest(result, favours=FAVOURS if kind == "ratios" else None, title="Complete response")
    assert_nothing_covered(figure)
    assert_graph_free_of_text(figure)


@pytest.mark.parametrize("k", [1, 2, 8, 40])
def test_long_labels_are_broken_or_cut(k):
    figure = forest(counts(k, labels=long_labels(k)), title=f"{LONG} " * 3, groups=(LONG, "Control"))
    assert_nothing_covered(figure)
    assert_graph_free_of_text(figure)


@pytest.mark.parametrize("parts", [{"Short": 4, "Other": 4}, {LONG: 7, "One study": 1}, {"A": 3, None: 5}])
def test_subgroups_have_headings_diamonds_and_a_test(parts):
    result = counts(8, labels=long_labels(8))
    groups = divided(result, parts)
    figure = forest(result, subgroups=groups, favours=FAVOURS)
    assert_nothing_covered(figure)
    assert_graph_free_of_text(figure)
    said = " ".join(words_of(svg(figure)))
    assert said.count("Subtotal") == sum(each.k > 1 for each in groups.groups.values())
    assert len(marks(figure, "diamond")) == said.count("Subtotal") + 1
    assert ("Test between subgroups: Q" in said) == (len(groups.groups) > 1)
    assert len(marks(figure, "square")) == 8


def test_two_models_have_two_diamonds_and_two_columns_of_weights():
    figure = forest(counts(8), also=counts(8, method="CE"))
    assert_nothing_covered(figure)
    assert len(marks(figure, "diamond")) == 2
    said = words_of(svg(figure))
    assert {"Random", "Common", "Random effects (DL)", "Common effect"} <= set(said)


def test_a_forest_prints_labels_counts_estimates_and_heterogeneity():
    result = counts(8, missing=(3,))
    said = words_of(svg(forest(result, groups=("Drug", "Placebo"), prediction=False)))
    for label in result.studies.labels:
        assert label in said
    found = result.natural
    whole = f"{found.estimate:.2f} ({found.lower:.2f} to {found.upper:.2f})"
    assert whole in said
    assert {"Drug", "Placebo", "Events/total", "not estimable", "100.0"} <= set(said)
    assert any(each.startswith("Heterogeneity: τ² =") for each in said)
    assert "95% prediction interval" not in said


def test_totals_beside_the_diamond_are_of_the_studies_pooled():
    result = proportions(5)
    said = words_of(svg(forest(result)))
    for name in ("Events", "Total"):
        assert str(sum(int(each) for each in result.studies.shown[name])) in said


def test_squares_have_areas_in_proportion_to_weights():
    result = counts(8)
    areas = [each.get_width() * each.get_height() for each in marks(forest(result), "square")]
    shares = result.studies.weight / result.studies.weight.max()
    assert np.allclose(np.array(areas) / max(areas), shares, atol=0.05)


def test_an_interval_beyond_the_axis_ends_in_an_arrow():
    result = pooled([0.0, 0.1, -0.2], [0.01, 0.02, 9.0])
    assert len(marks(forest(result, limits=(0.5, 2.0)), "arrow")) == 2
    assert not marks(forest(result, limits=(0.0001, 10000.0)), "arrow")
    assert marks(forest(result), "arrow"), "an extreme interval does not crush the others"


def test_a_study_wholly_beyond_the_axis_has_an_arrow_and_no_square():
    result = pooled([0.0, 3.0, 0.1], [0.01, 0.01, 0.01], method="CE")
    figure = forest(result, limits=(0.5, 5.0))
    assert len(marks(figure, "square")) == 2
    assert len(marks(figure, "arrow")) == 1


def test_one_study_has_no_diamond_and_no_study_no_mark():
    one, none = counts(1), pooled([np.nan, np.nan], [1.0, 1.0])
    assert not marks(forest(one), "diamond")
    assert "One study, nothing pooled" in words_of(svg(forest(one)))
    figure = forest(none)
    assert_nothing_covered(figure)
    assert not marks(figure, "square")
    assert words_of(svg(figure)).count("not estimable") == 2


PLOTS = {
    "forest": lambda: forest(counts(6, title="T & <U>")),
    "funnel": lambda: funnel(counts(6, title="T & <U>")),
    "baujat": lambda: baujat(counts(6, title="T & <U>")),
    "leave one out": lambda: leave_one_out(counts(6, title="T & <U>")),
}


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_result_gives_the_same_bytes(name):
    first, second = PLOTS[name](), PLOTS[name]()
    assert svg(first) == svg(second) == svg(first)
    assert png(first) == png(second)
    assert not re.search(r"\d{4}-\d\d-\d\d", svg(first))


@pytest.mark.parametrize("name", PLOTS)
def test_an_element_of_a_page_has_no_prologue_and_no_styles_for_others(name):
    drawn = svg(PLOTS[name](), inline=True)
    assert drawn.startswith("<svg ")
    assert "<style" not in drawn
    assert parsed(drawn).get("role") == "img"


@pytest.mark.parametrize("name", PLOTS)
def test_settings_of_the_reader_change_nothing_and_stay(name):
    usual = svg(PLOTS[name]())
    with mpl.rc_context({"font.size": 20, "svg.fonttype": "path", "axes.grid": True, "lines.linewidth": 5}):
        assert svg(PLOTS[name]()) == usual
        assert mpl.rcParams["font.size"] == 20
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


@pytest.mark.parametrize("name", PLOTS)
def test_a_picture_is_described(name):
    drawn = svg(PLOTS[name]())
    root = parsed(drawn)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "T & <U>"
    title, desc = root[0], root[1]
    assert (title.tag.rpartition("}")[2], title.text) == ("title", "T & <U>")
    assert "Attal 2004" in desc.text
    assert not re.findall(r'<g id="', drawn), "ids would collide when several pictures stand on one page"


@pytest.mark.parametrize("name", PLOTS)
def test_nothing_is_covered_in_any_plot(name):
    assert_nothing_covered(PLOTS[name]())


def test_saved_files_are_readable(tmp_path):
    figure = forest(counts(4))
    both = save(figure, tmp_path / "complete.response")
    assert [each.name for each in both] == ["complete.response.svg", "complete.response.png"]
    with Image.open(both[1]) as picture:
        picture.load()
        assert round(picture.info["dpi"][0]) == 200
        assert np.allclose(np.array(picture.size), figure.get_size_inches() * 200, atol=1)
        assert not {"Software", "Creation Time"} & set(picture.info)
        assert picture.info["Title"] == described(figure)[0]
    assert save(figure, tmp_path / "one.svg") == (tmp_path / "one.svg",)
    with pytest.raises(CannotPool, match="SVG or PNG"):
        save(figure, tmp_path / "one.pdf")
    with pytest.raises(CannotPool, match="cannot be written"):
        save(figure, tmp_path / "absent" / "one.svg")


ALL = ("OR", "RR", "RD", "AS", "PETO")
POOLED_BY = {"CE": ALL, "REML": ALL, "MH": ("OR", "RR", "RD"), "PETO": ("OR", "PETO")}


@pytest.mark.parametrize(("method", "measure"), [(method, each) for method, some in POOLED_BY.items() for each in some])
def test_results_of_the_models_can_be_drawn(measure, method):
    data = {"ai": [4, 6, 0, 0], "n1i": [123, 306, 20, 15], "ci": [11, 29, 3, 0], "n2i": [139, 303, 21, 15]}
    result = meta(measure, data, method=method)
    figure = forest(result)
    assert_nothing_covered(figure)
    assert_nothing_covered(funnel(result))


@pytest.mark.parametrize("measure", ["PLO", "PR", "PLN", "PAS", "PFT"])
def test_proportions_are_in_percent(measure):
    result = meta(measure, {"xi": [3, 0, 22, 10], "ni": [10, 12, 22, 80]}, method="DL")
    figure = forest(result)
    assert_nothing_covered(figure)
    assert "30.0" in " ".join(words_of(svg(figure)))
    drawn = funnel(result)
    assert_nothing_covered(drawn)
    said = set(words_of(svg(drawn)))
    assert {"20", "50", "100"} & said
    assert not {"200", "-20", "−20"} & said


@pytest.mark.parametrize(("measure", "y"), [("SMD", [-0.5, 0.1, 0.3]), ("ZCOR", [0.2, 0.5, -0.1]), ("IRLN", [-3.0, -4.0, -3.5]), ("MN", [120.0, 3000.0, 15.0]), ("HR", [9.0, -9.0, 400.0]), ("GEN", [1e-5, 2e-5, -1e-5])])  # fmt: skip
def test_every_scale_is_drawn(measure, y):
    scale = max(np.ptp(y) / 10, 1e-7)
    result = pool(y, np.full(3, scale**2), measure=measure)
    for make in (forest, funnel, baujat, leave_one_out):
        assert_nothing_covered(make(result))


def test_an_axis_has_round_ticks_and_the_value_of_no_effect():
    def ticks(low, high, null=1.0):
        ends = np.array([low, high])
        return axis(ends, ends, ends, log=True, said=str, null=null, limits=(low, high)).ticks(210)

    assert ticks(0.01, 100) == [0.01, 0.1, 1, 10, 100]
    assert ticks(0.5, 2) == [0.5, 1, 1.5, 2]
    assert all(1 in ticks(low, high) for low, high in ((0.9, 1.1), (1e-9, 1e9), (0.27, 1.66)))


def test_limits_that_are_none_are_refused():
    with pytest.raises(CannotPool, match="higher limit above 0"):
        forest(counts(3), limits=(0.0, 2.0))
    with pytest.raises(CannotPool, match="same studies"):
        forest(counts(3), also=counts(4))


def test_filled_studies_are_open_circles():
    filled = trim_and_fill(counts(18, seed=5), side="right", estimator="R0")
    figure = funnel(counts(18, seed=5), filled=filled, favours=FAVOURS, title="Complete response")
    assert_nothing_covered(figure)
    said = words_of(svg(figure))
    assert {"Filled by trim and fill", "P < 0.01"} <= set(said)
    assert f"adds {filled.k0} " in described(figure)[1]
    assert "P < 0.01" not in words_of(svg(funnel(counts(5), contours=False)))


def test_labels_of_a_crowded_baujat_plot_stay_apart():
    figure = baujat(counts(60, seed=5))
    assert_nothing_covered(figure)
    assert len(texts(figure)) > 20


def test_leaving_one_out_needs_two_studies_and_takes_a_frame():
    with pytest.raises(CannotPool, match="two studies"):
        leave_one_out(counts(1))
    result = counts(5)
    assert svg(leave_one_out(result)).count("Attal 2004")
    other = pd.DataFrame({"study": ["Nobody 1999"], "estimate": [0.0], "se": [1.0]})
    with pytest.raises(CannotPool, match="Nobody 1999"):
        baujat(result, other)


def test_signs_of_mathematics_and_other_scripts_are_plain_text():
    labels = ["Smith $50$ & Co_2 2001", "张伟 2015", "Müller-Łukasiewicz 2010"]
    figure = forest(counts(3, labels=labels))
    assert set(labels) <= set(words_of(svg(figure)))
    assert len(png(figure)) > 1000


def test_text_is_broken_at_spaces_and_cut_with_an_ellipsis():
    pieces = wrapped(LONG, 100.0, lines=2)
    assert len(pieces) == 2
    assert pieces[1].endswith("…")
    assert all(width_of(each) <= 100 for each in pieces)


@pytest.mark.parametrize("ink", [INK, SOFT, ACCENT])
def test_text_has_contrast(ink):
    assert contrast(ink, PAPER) >= 4.5


def contrast(one, other):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_without_matplotlib_a_sentence_says_what_to_install():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "try:\n    import pooling.plots\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "CannotPool plots need matplotlib; install it with pip install 'curation[plots]'"
