-- People who work in the review together: their accounts, submissions that were taken back, and whose findings are whose.
-- Rows are only ever added; who, when and why are those of the revision.

-- The row of the latest revision counts; a blank role means that the account was removed. password holds an encoded hash.
CREATE TABLE account (
    name VARCHAR NOT NULL,
    role VARCHAR,
    password VARCHAR,
    revision INTEGER NOT NULL
);

-- An extractor has taken back that a source was handed in; it counts for the submissions before it.
CREATE TABLE withdrawal (
    source VARCHAR NOT NULL,
    extractor VARCHAR NOT NULL,
    revision INTEGER NOT NULL
);

-- From whose records a finding follows; NULL in findings saved without saying so.
ALTER TABLE finding ADD COLUMN extractor VARCHAR;
