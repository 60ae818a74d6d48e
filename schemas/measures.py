"""Effect measures and pooling methods by their customary short names: what each needs, and the scale it is analysed on.

The names of measures and of the columns they are computed from are those of metafor's escalc
(Viechtbauer 2010, doi:10.18637/jss.v036.i03), so that a data set reads the same in both.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.codes import CODES


@dataclass(frozen=True, slots=True)
class Measure:
    """One effect measure.

    ``scale`` is where studies are analysed: none, log, logit, arcsine, double_arcsine (with the factor 1/2), fisher_z.
    ``null`` is the value on that scale that says "no difference"; None for measures of one group.
    """

    name: str
    label: str
    table: str
    scale: str
    null: float | None = None

    @property
    def ratio(self) -> bool:
        """Whether it compares groups by a ratio, analysed as a logarithm."""
        return self.scale == "log" and self.null is not None


_ALL = (
    Measure("PLO", "proportion (analysed as log odds)", "single_counts", "logit"),
    Measure("PR", "proportion", "single_counts", "none"),
    Measure("PLN", "proportion (analysed as logarithm)", "single_counts", "log"),
    Measure("PAS", "proportion (analysed as arcsine)", "single_counts", "arcsine"),
    Measure("PFT", "proportion (analysed as double arcsine)", "single_counts", "double_arcsine"),
    Measure("RR", "risk ratio", "two_group_counts", "log", 0.0),
    Measure("OR", "odds ratio", "two_group_counts", "log", 0.0),
    Measure("PETO", "odds ratio (Peto)", "two_group_counts", "log", 0.0),
    Measure("RD", "risk difference", "two_group_counts", "none", 0.0),
    Measure("AS", "difference of arcsines", "two_group_counts", "none", 0.0),
    Measure("IRLN", "incidence rate (analysed as logarithm)", "single_rates", "log"),
    Measure("IR", "incidence rate", "single_rates", "none"),
    Measure("IRR", "incidence rate ratio", "two_group_rates", "log", 0.0),
    Measure("IRD", "incidence rate difference", "two_group_rates", "none", 0.0),
    Measure("MN", "mean", "single_means", "none"),
    Measure("MD", "mean difference", "two_group_means", "none", 0.0),
    Measure("SMD", "standardised mean difference (Hedges' g)", "two_group_means", "none", 0.0),
    Measure("SMDH", "standardised mean difference, unequal variances", "two_group_means", "none", 0.0),
    Measure("ROM", "ratio of means", "two_group_means", "log", 0.0),
    Measure("ZCOR", "correlation (analysed as Fisher's z)", "correlations", "fisher_z", 0.0),
    Measure("COR", "correlation", "correlations", "none", 0.0),
    Measure("HR", "hazard ratio", "effects", "log", 0.0),
    Measure("GEN", "effect as given", "effects", "none", 0.0),
    Measure("EST", "estimate of one group as given", "effects", "none"),
)
MEASURES = {each.name: each for each in _ALL}
"""Short name -> measure. Of the measures of one table, the first is the one chosen where nobody chooses."""

ESTIMATORS = {name: said for name, said in CODES["tau2_estimator"].items() if name not in {"none", "unknown"}}
"""Estimators of the between-study variance."""
METHODS = {
    "CE": "common effect, weights are inverse variances",
    **ESTIMATORS,
    "MH": CODES["pooling_method"]["mantel_haenszel"],
    "PETO": CODES["pooling_method"]["peto"],
    "GLMM": CODES["pooling_method"]["glmm"],
}
"""How studies are pooled."""
TESTS = {
    "z": "normal distribution",
    "t": "t distribution on k - 1 degrees of freedom",
    "knha": "Hartung, Knapp, Sidik and Jonkman",
    "adhoc": "the same, never narrower than with the normal distribution",
}
"""How the interval of the pooled effect is made."""
