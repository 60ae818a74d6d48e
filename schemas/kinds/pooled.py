"""Results of a meta-analysis."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Count, Nonnegative, Number, OneOf, Percent, Proportion, PValue, RefersTo, about
from schemas.kinds.base import Face, Record


class Pooled(Record):
    """A pooled estimate with its interval and its heterogeneity statistics."""

    kind: ClassVar[str] = "pooled"
    label_plural: ClassVar[str] = "pooled results"
    faces: ClassVar[tuple[Face, ...]] = ({},)
    composite: ClassVar[dict[str, str]] = {"estimate": "estimate", "lower": "lower", "upper": "upper"}

    measure: Annotated[str, OneOf("measure")] = about("Effect measure", example="proportion", required=True, key=True)
    estimate: Proportion = about("Pooled estimate, on the natural scale of the measure", example="39.0%")
    lower: Proportion = about("Lower limit", example="0.303")
    upper: Proportion = about("Upper limit", example="0.480")
    level: Percent = about("Confidence level; blank for 95%", example="95%", unit="%")
    se: Nonnegative = about("Standard error on the scale of analysis (log for ratios)", label="SE", example="0.12")
    z: Number = about("Test statistic of the pooled effect", label="Z", example="3.36")
    pi_lower: Proportion = about("Lower limit of the prediction interval", example="0.180")
    pi_upper: Proportion = about("Upper limit of the prediction interval", example="0.620")
    k: Count = about("Studies pooled", example="8", unit="studies")
    n: Count = about("Participants pooled", example="209", unit="participants")
    p: PValue = about("P value of the pooled effect", label="P", example="<0.001")
    q: Nonnegative = about("Cochran's Q", label="Q", example="10.35")
    df: Count = about("Degrees of freedom of Q", example="7")
    p_heterogeneity: PValue = about(
        "P value of the test for heterogeneity", label="P for heterogeneity", example="0.169"
    )
    i2: Percent = about("I², share of variation due to heterogeneity", label="I²", example="32.4%", unit="%")
    h2: Nonnegative = about("H², Q divided by its degrees of freedom", label="H²", example="1.48")
    tau2: Nonnegative = about("Between-study variance", label="τ²", example="0.012")
    split: str | None = about(
        "What divides the studies into subgroups; the subgroup itself goes under analysis_set, blank for all together",
        example="donor type", key=True,
    )  # fmt: skip
    q_between: Nonnegative = about("Q of the test for subgroup differences", label="Q between", example="3.21")
    df_between: Count = about("Degrees of freedom of the test for subgroup differences", example="1")
    p_between: PValue = about("P value of the test for subgroup differences", label="P between", example="0.073")
    pooling_method: Annotated[str, OneOf("pooling_method")] = about(
        "How the studies were weighted", example="inverse_variance", default="unknown"
    )
    transform: Annotated[str, OneOf("transform")] = about(
        "Scale on which the studies were pooled", example="double_arcsine", default="unknown"
    )
    model: Annotated[str, OneOf("model")] = about("Model", example="random", default="unknown")
    tau2_estimator: Annotated[str, OneOf("tau2_estimator")] = about(
        "Estimator of the between-study variance", example="DL", default="unknown"
    )
    interval_method: Annotated[str, OneOf("interval_method")] = about(
        "How the interval was made", example="wald", default="unknown"
    )
    studies: Annotated[str, RefersTo("study", several=True)] | None = about(
        "Ids of the studies pooled, separated by spaces", example="coman-2013 alsina-2014"
    )
