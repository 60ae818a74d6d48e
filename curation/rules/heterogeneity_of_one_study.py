"""POOLED-038. Catalogue 38: a single study cannot differ from itself."""

from curation.engine.rule import rule

_ONE = dict(kind="pooled", measure="OR")


@rule(
    "POOLED-038",
    severity="error",
    source="arithmetic: Q is the sum of squared distances from the pooled estimate, which is that of the study",
    oracle="brute force: test_number_in_range.py",
    field="k",
    consistent=[_ONE | dict(k="1", q="0.00", i2="0%"), _ONE | dict(k="1"), _ONE | dict(k="2", q="3.10", i2="67.7%")],
    inconsistent=[_ONE | dict(k="1", q="31.10"), _ONE | dict(k="1", i2="35.7%"), _ONE | dict(k="1", tau2="0.21")],
    cannot_tell=[_ONE | dict(k="NR", q="31.10")],
    look="the number of studies, which may have lost a digit",
)  # fmt: skip
def heterogeneity_of_one_study(k, q=None, i2=None, tau2=None):
    """Heterogeneity is printed for a single study.

    With k = 1, Q, I2 and tau2 are zero, or are not given at all; they contradict if their rounding intervals leave out
    zero.
    """
    zero = [one.at_most(0).checked_where_known() for one in (q, i2, tau2)]
    return (zero[0] & zero[1] & zero[2]) | k.at_least(2)
