"""Two or more extractions of one source: which rows are the same record, how they differ, how well they agree."""
