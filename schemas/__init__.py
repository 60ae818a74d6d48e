"""What a record is: printed numbers, intervals, declared models and everything derived from them. No input or output."""

PART_OF = "curation"
"""Marks this package as ours: ``schemas`` is a common name, and another one may stand in front of it."""
