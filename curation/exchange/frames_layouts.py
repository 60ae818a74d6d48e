"""What the columns of other programs' study tables mean: metafor's names, those of R meta, and those of metaConvert."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from store.export.adapters.meta import DESIGNS

EXPERIMENTAL, CONTROL, SINGLE = "experimental", "control", "single"
Columns = Mapping[str, str]
"""Field of a record -> column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A set of columns that gives records of one kind, by the part that their arm plays.

    ``others`` (participants without the event) are added to the events where the table gives no totals.
    """

    program: str
    kind: str
    arms: Mapping[str, Columns]
    constants: Mapping[str, str]
    others: Columns

    @property
    def columns(self) -> set[str]:
        """Every column that it reads."""
        return {column for fields in self.arms.values() for column in fields.values()} | set(self.others.values())

    def fits(self, header: Collection[str]) -> bool:
        """Whether a table has what the layout needs."""
        return all(
            column in header or (field == "total" and self.others.get(role) in header)
            for role, fields in self.arms.items()
            for field, column in fields.items()
        )


_KINDS = {
    "single_counts": ("count", {SINGLE: {"events": "xi", "total": "ni"}}),
    "two_group_counts": (
        "count", {EXPERIMENTAL: {"events": "ai", "total": "n1i"}, CONTROL: {"events": "ci", "total": "n2i"}},
    ),
    "single_rates": ("rate", {SINGLE: {"events": "xi", "person_time": "ti"}}),
    "two_group_rates": (
        "rate", {EXPERIMENTAL: {"events": "x1i", "person_time": "t1i"}, CONTROL: {"events": "x2i", "person_time": "t2i"}},
    ),
    "single_means": ("mean", {SINGLE: {"mean": "mi", "sd": "sdi", "n": "ni"}}),
    "two_group_means": (
        "mean",
        {EXPERIMENTAL: {"mean": "m1i", "sd": "sd1i", "n": "n1i"}, CONTROL: {"mean": "m2i", "sd": "sd2i", "n": "n2i"}},
    ),
    "correlations": ("effect", {SINGLE: {"estimate": "ri", "n": "ni"}}),
}  # fmt: skip
"""Analysis table -> kind of record, and for each arm which of metafor's columns its fields take."""
_OTHERS = {"two_group_counts": {EXPERIMENTAL: "bi", CONTROL: "di"}}
_CONSTANTS = {"correlations": {"measure": "COR"}}
_METACONVERT = {
    "two_group_counts": {"ai": "n_cases_exp", "bi": "n_controls_exp", "n1i": "n_exp",
                         "ci": "n_cases_nexp", "di": "n_controls_nexp", "n2i": "n_nexp"},
    "two_group_rates": {"x1i": "n_cases_exp", "t1i": "time_exp", "x2i": "n_cases_nexp", "t2i": "time_nexp"},
    "two_group_means": {"n1i": "n_exp", "m1i": "mean_exp", "sd1i": "mean_sd_exp",
                        "n2i": "n_nexp", "m2i": "mean_nexp", "sd2i": "mean_sd_nexp"},
}  # fmt: skip
_RATIOS = {"or": "OR", "rr": "RR"}
"""metaConvert's columns of effects on their natural scale, with limits ``_ci_lo`` and ``_ci_up``."""
EFFECTS: tuple[Columns, ...] = (
    {"estimate": "yi", "se": "sei", "variance": "vi", "measure": "measure"},
    {"estimate": "TE", "se": "seTE", "lower": "lower", "upper": "upper", "measure": "sm"},
)
"""Effects on the scale of analysis, as metafor and meta write them: field -> column."""
PAIRED = {"m1i", "mi"}
"""Columns beside which a correlation is one of two measurements of the same people, and no result."""


def layouts(header: Collection[str]) -> list[Layout]:
    """The layouts that fit a table."""
    fit = [one for one in _all() if one.fits(header)]
    if PAIRED & set(header):
        fit = [one for one in fit if one.constants.get("measure") != "COR"]
    return fit


def _all() -> Iterator[Layout]:
    for table, (kind, arms) in _KINDS.items():
        for program, names in (
            ("metafor", {}), ("meta", DESIGNS[table].columns), ("metaConvert", _METACONVERT.get(table, {})),
        ):  # fmt: skip
            if program == "metafor" or names:
                named = {
                    role: {field: names.get(column, column) for field, column in fields.items()}
                    for role, fields in arms.items()
                }
                others = _OTHERS.get(table, {}) if program != "meta" else {}
                renamed = {role: names.get(column, column) for role, column in others.items()}
                yield Layout(program, kind, named, _CONSTANTS.get(table, {}), renamed)
    for column, measure in _RATIOS.items():
        fields = {"estimate": column, "lower": f"{column}_ci_lo", "upper": f"{column}_ci_up"}
        yield Layout("metaConvert", "effect", {SINGLE: fields}, {"measure": measure}, {})
