-- Tables that do not depend on the record kinds. A kind's own table is created from its model.

CREATE TABLE meta (
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);

-- One row per change of the review: a whole intake is one revision.
CREATE TABLE revision (
    revision INTEGER NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    who VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    why VARCHAR NOT NULL
);

-- Findings of the last check. explanations and records hold JSON text.
CREATE TABLE finding (
    rule VARCHAR NOT NULL,
    name VARCHAR,
    severity VARCHAR,
    changes_conclusion BOOLEAN,
    message VARCHAR,
    source VARCHAR,
    place VARCHAR,
    "row" VARCHAR,
    "column" VARCHAR,
    study VARCHAR,
    arm VARCHAR,
    outcome VARCHAR,
    field VARCHAR,
    printed VARCHAR,
    expected VARCHAR,
    explanations VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    decided_by VARCHAR,
    reason VARCHAR,
    records VARCHAR NOT NULL
);

-- One row per check; summary holds JSON text.
CREATE TABLE check_run (
    "at" TIMESTAMPTZ NOT NULL,
    revision INTEGER NOT NULL,
    summary VARCHAR NOT NULL
);

-- Decisions to accept a finding; a withdrawn one stays on record.
CREATE TABLE waiver (
    fingerprint VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    reason VARCHAR NOT NULL,
    rule VARCHAR,
    message VARCHAR,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by VARCHAR
);
