"""Pooling: effect sizes, models and plots of meta-analyses, from the clean dataset or from plain arrays."""

PART_OF = "curation"
