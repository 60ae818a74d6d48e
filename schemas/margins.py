"""Margins of judgement that several rules share, each declared once."""

from __future__ import annotations

from schemas.thresholds import threshold

STATISTICS_NEAR = threshold(
    "statistics_near",
    0.15,
    meaning="relative difference of two test statistics that customary tests of one hypothesis (Wald, score, log-rank) easily show",
    source="this project's choice",
    least=0,
    most=0.5,
)
OTHER_WEIGHTS_SE = threshold(
    "other_weights_se",
    0.1,
    meaning="relative difference of the standard error by Mantel-Haenszel or Peto weights from that by inverse variances",
    source="this project's choice: the two agree to a few percent where studies are not small and events not rare",
    least=0,
    most=1,
)
OTHER_WEIGHTS_Q = threshold(
    "other_weights_q",
    0.25,
    meaning="how much greater, relatively, Q (and tau2 made of it) may be about a Mantel-Haenszel or Peto mean than about the inverse-variance mean",
    source="this project's choice: Q is least about the inverse-variance mean, and near it grows only with the square of the distance",
    least=0,
    most=2,
)
