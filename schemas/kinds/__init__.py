"""One model per file: what a source, a study, an arm, an outcome and each kind of record is."""
