-- Questions about findings, records and differences, and what kind of extractor somebody is. Rows are only ever added:
-- who, when and the words of every message are those of its revision, and the state of a query is that of its last message.

-- What a query is about, as it stood when the query was opened. target holds a fingerprint or a record key;
-- about says whether it is a finding, a record, or a difference between the extractors of a record.
CREATE TABLE query (
    query INTEGER NOT NULL,
    about VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    extractor VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    said VARCHAR NOT NULL
);

CREATE TABLE query_message (
    query INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state VARCHAR NOT NULL
);

-- Extractors that are not people. The row of the latest revision counts.
CREATE TABLE extractor_kind (
    extractor VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    revision INTEGER NOT NULL
);
