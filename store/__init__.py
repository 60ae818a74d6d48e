"""Where records live: one DuckDB file per review, with its history, its findings and its waivers."""

PART_OF = "curation"
"""Marks this package as ours: ``store`` is a common name, and another one may stand in front of it."""
