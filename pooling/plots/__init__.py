"""Plots: forest, funnel, Baujat, leave-one-out."""
