-- What a scan of a document proposes, and what every extractor has decided about it. Rows are only ever added; who, when
-- and why are those of the revision. A proposal is of the document and the same for all; decisions are each extractor's.

-- One statistic as it stands in the document. proposal is a digest of source, kind, place and texts, so that scanning
-- again proposes nothing twice. cells and remarks (what the rules say) hold JSON text. position orders what was proposed
-- together as it stands in the document.
CREATE TABLE proposal (
    proposal VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    page VARCHAR NOT NULL,
    section VARCHAR NOT NULL,
    "row" VARCHAR NOT NULL,
    "column" VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    cells VARCHAR NOT NULL,
    joined BOOLEAN NOT NULL,
    remarks VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL
);

-- decision: accepted (record says what it became) or declined. The row of the latest revision counts.
CREATE TABLE proposal_decision (
    proposal VARCHAR NOT NULL,
    extractor VARCHAR NOT NULL,
    decision VARCHAR NOT NULL,
    record VARCHAR,
    revision INTEGER NOT NULL
);
