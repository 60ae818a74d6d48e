"""SOURCE-007. Catalogue 48: the same registry number or DOI twice."""

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts

_REGISTRY = (
    "20[0-9]{2}-[0-9]{6}-[0-9]{2}|(?:NCT|ISRCTN|DRKS|UMIN|NTR)[ -]*[0-9]{3,14}|[A-Z]{3,8}(?:-[A-Z]{2,4})?-?[0-9]{3,14}"
)
"""EudraCT numbers; registries whose numbers are often written with a space; and letters joined to a number."""


def _study(study, registry, **more):
    return [
        dict(kind="study", study=study, label=study, registry=registry, **more),
        dict(kind="count", study=study, events="5"),
    ]


def _source(source, doi, type="article"):
    return [
        dict(kind="source", source=source, title=source, type=type, doi=doi),
        dict(kind="count", source=source, events="5"),
    ]


@rule(
    "SOURCE-007",
    severity="warning",
    source="one registered study is one study; duplicate publication: Tramèr 1997 BMJ 315:635",
    field="entered_as",
    rows=f"""
        WITH listed AS (
            SELECT 'source' AS what, source AS name, type AS shelf, regexp_extract_all(lower(doi), '10[.][0-9]{{4,9}}/[^ ,;]+') AS ids FROM source
            UNION ALL
            SELECT 'study', study, coalesce(included_in, ''), list_transform(
                regexp_extract_all(regexp_replace(upper(registry), 'EUDRACT|JPRN[ -]*|NUMBER|NO[.]', '', 'g'), '{_REGISTRY}'),
                lambda one: CASE WHEN one LIKE '20%' THEN one ELSE replace(replace(one, '-', ''), ' ', '') END) FROM study
        ), named AS (
            SELECT DISTINCT what, name, shelf, unnest(CASE WHEN coalesce(len(ids), 0) = 0 THEN [NULL] ELSE ids END) AS identifier FROM listed
        ), first AS (
            SELECT 'source' AS what, source AS name, min(record) AS record, min_by(kind, record) AS kind FROM records GROUP BY source
            UNION ALL
            SELECT 'study', study, min(record), min_by(kind, record) FROM records WHERE study IS NOT NULL GROUP BY study
        )
        SELECT min_by(f.kind, name) AS kind, min_by(f.record, name) AS record, list(f.record ORDER BY name) FILTER (WHERE f.record IS NOT NULL) AS records,
               what, identifier, list(name ORDER BY name) AS entered_as,
               CASE WHEN count(DISTINCT shelf) = count(*) THEN 'yes' ELSE 'no' END AS apart
        FROM named LEFT JOIN first f USING (what, name)
        GROUP BY what, identifier, CASE WHEN identifier IS NULL THEN name END HAVING min_by(f.record, name) IS NOT NULL
    """,
    consistent=[
        [*_study("a", "NCT01234567"), *_study("b", "NCT01234568")],
        [*_source("a", "10.1000/abc"), *_source("b", "10.1000/abd")],
    ],
    inconsistent=[
        [*_study("a", "NCT01234567"), *_study("b", "nct 01234567; EudraCT 2004-000123-45")],
        [*_source("a", "https://doi.org/10.1000/ABC"), *_source("b", "10.1000/abc")],
    ],
    cannot_tell=[_study("a", "not registered")],
    oracle="brute force: test_bruteforce_sources.py",
    limits="Only sources and studies of which something is entered. Publications of one study without a registry number are not seen.",
    look="whether the two are one study, which then counts twice in every sum and every pooled result",
)  # fmt: skip
def entered_under_two_names(identifier, entered_as):
    """Two studies have the same registry number, or two sources the same DOI.

    One identifier belongs to one study or source. Spelling is set aside: case, spaces and hyphens of registry
    numbers, the resolver before a DOI.
    """
    several = np.array([len(each or ()) > 1 for each in entered_as.values], dtype=bool)
    return Verdicts.of(several, identifier.known)


@entered_under_two_names.reading(
    "the two may be a document and its supplement, or one study listed by two reviews", "note"
)
def two_shelves(row):
    return row.code("apart") == "yes"


@entered_under_two_names.expects
def one_name(row):
    return f"one {row.code('what')} for {row.code('identifier')}"
