"""The clean dataset as its readers see it: columns of exported tables, and the analysis tables with metafor's names.

Written by ``store.export``, read by ``pooling`` and by anyone with R or a spreadsheet. Declared here once.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.measures import MEASURES, METHODS, TESTS


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an exported table. ``type``: string, integer or number; ``above_zero``: zero itself is out."""

    name: str
    meaning: str
    type: str = "string"
    unit: str = ""
    example: str = ""
    required: bool = False
    unique: bool = False
    codes: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    above_zero: bool = False


@dataclass(frozen=True, slots=True)
class AnalysisTable:
    """What the analyses of one design are computed from: one row per study.

    ``rises``: pairs of columns of which the first is at most the second. ``adds_up``: triples a + b = n.
    """

    name: str
    title: str
    meaning: str
    numbers: tuple[Column, ...]
    rises: tuple[tuple[str, str], ...] = ()
    adds_up: tuple[tuple[str, str, str], ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in order: whose row it is, the numbers, and where they come from."""
        return (*WHOSE, *self.numbers, *WHENCE)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that can be computed from it, the customary one first."""
        return tuple(name for name, each in MEASURES.items() if each.table == self.name)


def _events(name: str, whose: str = "") -> Column:
    return Column(
        name, f"Participants{whose} who had the event", "integer", "participants", "22", required=True, lowest=0
    )


def _without(name: str, whose: str) -> Column:
    return Column(name, f"Participants{whose} who did not", "integer", "participants", "30", required=True, lowest=0)


def _size(name: str, whose: str = "") -> Column:
    return Column(name, f"Participants{whose}", "integer", "participants", "52", required=True, lowest=1)


def _mean(name: str, whose: str = "") -> Column:
    return Column(name, f"Mean{whose}", "number", example="58.5", required=True)


def _sd(name: str, whose: str = "") -> Column:
    said = f"Standard deviation{whose}"
    return Column(name, said, "number", example="9.1", required=True, lowest=0, above_zero=True)


def _counted(name: str, whose: str = "") -> Column:
    return Column(name, f"Events{whose}", "integer", "events", "12", required=True, lowest=0)


def _followed(name: str, whose: str = "") -> Column:
    said = f"Time that participants{whose} were followed, all together"
    return Column(name, said, "number", "person-time", "843.5", required=True, lowest=0, above_zero=True)


_ONE, _TWO = " of group 1 (experimental)", " of group 2 (control)"

WHOSE = (
    Column("analysis", "Id of the analysis the row belongs to", example="cr", required=True),
    Column("study", "Id of the study", example="coman-2013", required=True),
    Column("label", "Name of the study as readers know it", example="Coman 2013", required=True),
    Column("year", "Year of publication of the study", example="2013"),
    Column("arm", "Ids of the arms of group 1, separated by spaces; blank for the whole study", example="len-dex"),
    Column("comparator", "Ids of the arms of group 2, separated by spaces", example="dex"),
)
WHENCE = (
    Column("derived", "How a number that is not printed follows from printed ones; blank if all are printed",
           example="xi from percent and total"),
    Column("records", "Ids of the records behind the row, separated by spaces", example="zhong-t1-coman-cr", required=True),
)  # fmt: skip

_TABLES = (
    AnalysisTable(
        "single_counts", "events of one group", "Events out of a total, one group per study.",
        (_events("xi"), _size("ni")), rises=(("xi", "ni"),),
    ),
    AnalysisTable(
        "two_group_counts", "events of two groups", "Two by two tables: events in group 1 and group 2 of each study.",
        (_events("ai", _ONE), _without("bi", _ONE), _events("ci", _TWO), _without("di", _TWO),
         _size("n1i", _ONE), _size("n2i", _TWO)),
        rises=(("ai", "n1i"), ("ci", "n2i")), adds_up=(("ai", "bi", "n1i"), ("ci", "di", "n2i")),
    ),
    AnalysisTable(
        "single_rates", "rates of one group", "Events and person-time, one group per study.",
        (_counted("xi"), _followed("ti")),
    ),
    AnalysisTable(
        "two_group_rates", "rates of two groups", "Events and person-time of two groups of each study.",
        (_counted("x1i", _ONE), _followed("t1i", _ONE), _counted("x2i", _TWO), _followed("t2i", _TWO)),
    ),
    AnalysisTable(
        "single_means", "means of one group", "Mean, standard deviation and size, one group per study.",
        (_mean("mi"), _sd("sdi"), _size("ni")),
    ),
    AnalysisTable(
        "two_group_means", "means of two groups", "Mean, standard deviation and size of two groups of each study.",
        (_mean("m1i", _ONE), _sd("sd1i", _ONE), _size("n1i", _ONE),
         _mean("m2i", _TWO), _sd("sd2i", _TWO), _size("n2i", _TWO)),
    ),
    AnalysisTable(
        "correlations", "correlations", "Correlation coefficient and number of participants of each study.",
        (Column("ri", "Correlation coefficient", "number", example="0.42", required=True, lowest=-1, highest=1), _size("ni")),
    ),
    AnalysisTable(
        "effects", "effects as reported",
        "An effect of each study with its standard error; ratios as logarithms, Fisher's z for correlations.",
        (Column("yi", "Effect on the scale of analysis", "number", example="-0.4155", required=True),
         Column("vi", "Its sampling variance", "number", example="0.0149", required=True, lowest=0, above_zero=True),
         Column("sei", "Its standard error", "number", example="0.1222", required=True, lowest=0, above_zero=True)),
    ),
)  # fmt: skip
ANALYSIS_TABLES = {each.name: each for each in _TABLES}
"""Name -> analysis table. In the data package its resource is called ``analysis_`` and the name."""

SCALES = ("none", "log", "logit", "arcsine", "double_arcsine", "fisher_z")
ANALYSES = (
    Column("analysis", "Id of the analysis", example="cr", required=True, unique=True),
    Column("title", "What is pooled, in words", example="Complete remission", required=True),
    Column("table", "Analysis table that holds its rows", example="single_counts", required=True, codes=tuple(ANALYSIS_TABLES)),
    Column("measure", "Effect measure, as metafor names it", example="PLO", required=True, codes=tuple(MEASURES)),
    Column("effect", "What the effect is, in words", example="proportion", required=True),
    Column("scale", "Scale on which the effect is analysed", example="logit", required=True, codes=SCALES),
    Column("method", "How the studies are pooled", example="REML", required=True, codes=tuple(METHODS)),
    Column("test", "How the interval of the pooled effect is made", example="z", required=True, codes=tuple(TESTS)),
    Column("level", "Confidence level", "number", "%", "95", required=True, lowest=0, highest=100, above_zero=True),
    Column("unit", "Unit of the quantity, where it has one", example="years"),
    Column("outcome", "Id of the outcome", example="cr"),
    Column("timepoint", "When it was measured, as printed", example="2 years"),
    Column("analysis_set", "Which participants; blank for all", example="evaluable"),
    Column("part", "Which arms of the studies, where arms are pooled separately", example="experimental", codes=("experimental", "control")),
    Column("tabulated_by", "Review whose table gives the numbers; blank if they come from reports of the studies", example="zhong-2021"),
    Column("studies", "Rows of the analysis", "integer", "studies", "8", required=True, lowest=1),
)  # fmt: skip
"""Columns of the table ``analyses``: one row per set of studies that can be pooled. Measure, method, test and level
are proposals; whoever pools may change them."""


def resource(table: str) -> str:
    """Name of an analysis table in the data package.

    >>> resource("single_counts")
    'analysis_single_counts'
    """
    return f"analysis_{table}"
