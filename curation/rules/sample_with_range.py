"""MEAN-006. Catalogue 18: no sample at all (SPRITE, CLOSURE)."""

from curation.engine.rule import rule
from schemas.sample_ranges import judged_with_range
from schemas.sample_words import neighbours, participants, unknown
from schemas.scores import read
from schemas.verdicts import Verdicts

ARGUMENTS = ("mean", "sd", "n", "items", "scale_min", "scale_max")
RANGE = ("minimum", "maximum", "median")


@rule(
    "MEAN-006",
    severity="error",
    source="Heathers and others 2018, PeerJ Preprints 6:e26968 (SPRITE), and CLOSURE; here by bounds and parity, without search",
    after=["MEAN-001", "MEAN-002", "MEAN-003", "MEAN-004", "MEAN-005", "SPAN-002"],
    field="sd",
    consistent=[
        dict(n="20", mean="3.45", sd="1.19", whole_numbers="yes", minimum="1", maximum="6"),
        dict(n="5", mean="3.00", sd="1.58", whole_numbers="yes", minimum="1", maximum="5", median="3"),
        dict(n="4", mean="2.50", sd="1.29", whole_numbers="yes", median="2.5"),
        dict(n="6", mean="2.17", sd="0.41", whole_numbers="yes", items="2", minimum="2.0", maximum="3.0"),
    ],
    inconsistent=[
        dict(n="20", mean="3.45", sd="1.19", whole_numbers="yes", minimum="1", maximum="9"),
        dict(n="5", mean="3.00", sd="1.22", whole_numbers="yes", minimum="1", maximum="5"),
        dict(n="5", mean="3.00", sd="1.58", whole_numbers="yes", minimum="1", maximum="5", median="1"),
        dict(n="6", mean="2.50", sd="1.05", whole_numbers="yes", minimum="1.5", maximum="4"),
    ],
    cannot_tell=[dict(n="20", mean="3.45", sd="NR", whole_numbers="yes", minimum="1", maximum="6")],
    limits=(
        "Only for scores recorded as whole numbers with a smallest value, a largest value or a median. The smallest and largest value are those "
        "of the participants behind the mean. With a median, what lies between the bounds is taken as possible without proof."
    ),
    look="whether minimum, maximum and median are of the same participants as mean and SD",
    oracle="brute force: test_mean_bruteforce.py",
)  # fmt: skip
def sample_with_range(
    n, mean, sd, whole_numbers, items=None, scale_min=None, scale_max=None, minimum=None, maximum=None, median=None, moment=None
):  # fmt: skip
    """No whole numbers of this many participants have this mean, standard deviation, smallest and largest value and median.

    One participant is at the minimum and one at the maximum; the sum and the sum of squares of the others, who lie
    between them, must be possible as in MEAN-002. With the median M, half of the participants are at most M and half
    at least M, which bounds the sum of squares from both sides.
    """
    given = read(mean, sd, n, items, scale_min, scale_max, moment.is_("change"))
    verdict = judged_with_range(given, minimum, maximum, median)
    return verdict.only(whole_numbers.is_("yes") & (minimum.known | maximum.known | median.known))


@sample_with_range.screen
def surely_not_asked(
    n, mean, sd, whole_numbers, items, scale_min, scale_max, minimum, maximum, median, moment
):  # fmt: skip
    asked = whole_numbers.is_("yes") & (minimum.known | maximum.known | median.known)
    return Verdicts.left_open(~asked) if asked.any() else Verdicts.nobody(len(asked))


@sample_with_range.reading("it fits an SD taken with n instead of n - 1", "warning")
def of_a_population(row):
    mean, sd, n, items, low, high = (row.columns[name] for name in ARGUMENTS)
    given = read(mean, sd, n, items, low, high, row.columns["moment"].is_("change"))
    verdict = judged_with_range(given, *(row.columns[name] for name in RANGE), population=True)
    return bool(verdict.codes[0] == 0)


@sample_with_range.reading(
    "it fits without the median, which may have been interpolated between whole numbers", "warning"
)
def interpolated(row):
    median = row.columns["median"]
    others = any(row.columns[name].known[0] for name in ("minimum", "maximum"))
    return bool(median.known[0]) and (not others or row.holds(median=unknown(median)))


@sample_with_range.reading(
    "it is not reported how many items the score averages, and some number of them fits", "warning"
)
def items_unknown(row):
    return row["items"].status not in ("blank", "reported") and any(row.holds(items=k) for k in range(2, 51))


@sample_with_range.expects
def nearest(row):
    texts = [text for text, _ in neighbours(row, "sd")]
    return f"SD {' or '.join(texts)}" if texts else ""


@sample_with_range.explain
def which(row):
    known = [name for name in RANGE if row.columns[name].known[0]]
    alone = [name for name in known if len(known) > 1 and row.holds(**{name: unknown(row.columns[name])})]
    return [f"the others fit without the {alone[0]}"] if len(alone) == 1 else []


@sample_with_range.explain
def other_ends(row):
    found = []
    for name in ("minimum", "maximum"):
        texts = [text for text, _ in neighbours(row, name)]
        found += [f"a {name} of {' or '.join(texts)} would fit"] if texts else []
    return found


@sample_with_range.explain
def whom(row):
    return participants(row)
