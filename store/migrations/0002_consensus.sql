-- Double extraction: who handed in what, and how differences were settled. Rows are only ever added; who, when and why
-- are those of the revision. The settled record itself is a row of its kind's table, with the extractor 'consensus'.

-- An extractor has handed in their extraction of a source.
CREATE TABLE submission (
    source VARCHAR NOT NULL,
    extractor VARCHAR NOT NULL,
    revision INTEGER NOT NULL
);

-- One decision: about one field of a matched record, or about all of it (field is NULL). record_key is the id of the
-- consensus. decision: taken (from an extractor), other (a value that nobody gave), agreed (all say the same),
-- left_out (the record does not belong in the review).
CREATE TABLE adjudication (
    id BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    record_key VARCHAR NOT NULL,
    field VARCHAR,
    decision VARCHAR NOT NULL,
    taken_from VARCHAR,
    value VARCHAR
);

-- The extractions a decision was about: which, at which of their revisions, and what they said in the field.
CREATE TABLE adjudicated (
    id BIGINT NOT NULL,
    extractor VARCHAR NOT NULL,
    record_key VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    text VARCHAR
);

-- A decision that counts no more from this revision on.
CREATE TABLE reopening (
    id BIGINT NOT NULL,
    revision INTEGER NOT NULL
);
