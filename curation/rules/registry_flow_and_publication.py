"""REGISTRY-005. Catalogue 8 and 49: who entered and completed by the registry and by the publication."""

from curation.engine.rule import rule


def _both(started, randomised, *, node="allocated", box="started", arm="len", **more):
    key = dict(study="s") | ({"arm": arm} if arm else {})
    arms = [
        dict(kind="arm", study="s", arm=one, label=one, role=role)
        for one, role in (("len", "experimental"), ("dex", "control"))
    ]
    numbers = started if isinstance(started, tuple) else (started,)
    boxes = [
        dict(kind="flow", source="nct", study="s", arm=one, diagram="consort", node=box, n=n)
        for one, n in zip(("len", "dex"), numbers, strict=False)
    ]
    published = more or dict(kind="flow", diagram="consort", node=node, n=randomised)
    return [
        dict(kind="source", source="nct", title="Registry record", type="registry"),
        dict(kind="source", source="paper", title="Report", type="article"), *arms, *boxes, key | dict(source="paper") | published,
    ]  # fmt: skip


@rule(
    "REGISTRY-005",
    severity="warning",
    source="differences between registries and publications: Hartung 2014 Ann Intern Med 160:477",
    oracle="brute force: test_registry_bruteforce.py",
    after=["COUNT-003", "SOURCE-001"],
    field="published",
    rows="""
        WITH shelves AS (SELECT source, type = 'registry' AS registered FROM source), boxed AS (
            SELECT f.*, CASE node WHEN 'completed' THEN 'completed' ELSE 'entered' END AS stage, s.registered
            FROM flow f JOIN shelves s USING (source) WHERE diagram = 'consort' AND n IS NOT NULL AND study IS NOT NULL
        ), began AS (
            SELECT source, study, arm, stage, max_by(n, n.high) AS n, max_by(record, n.high) AS record FROM boxed
            WHERE registered AND arm IS NOT NULL AND (node = 'started' OR (node = 'completed' AND "group" IS NULL)) GROUP BY source, study, arm, stage
        ), wanted AS (SELECT study, count(*) AS arms FROM arm WHERE role IN ('experimental', 'control', 'single') AND part_of IS NULL GROUP BY study
        ), counted AS (
            SELECT study, arm, stage, [n] AS numbers, [record] AS records FROM began
            UNION ALL
            SELECT study, NULL, stage, list(n ORDER BY arm), list(b.record ORDER BY arm) FROM began b JOIN arm a USING (study, arm) JOIN wanted USING (study)
            WHERE a.role IN ('experimental', 'control', 'single') AND a.part_of IS NULL GROUP BY b.source, study, stage HAVING count(*) = any_value(wanted.arms)
        ), stated AS (
            SELECT 'flow' AS kind, 'n' AS field, record, source, study, arm, stage, n AS number, registered, CASE node WHEN 'randomised' THEN 0 ELSE 1 END AS rank
            FROM boxed WHERE node IN ('randomised', 'allocated', 'completed') AND "group" IS NULL
            UNION ALL
            SELECT 'characteristic', 'value', record, source, study, arm, 'entered', value, registered, 2 FROM stated_numbers JOIN shelves USING (source)
            WHERE characteristic = 'participants' AND label IS NULL AND analysis_set IS NULL AND outcome IS NULL AND arm IS NOT NULL AND study IS NOT NULL AND value IS NOT NULL
        ), published AS (
            SELECT * FROM stated WHERE NOT registered QUALIFY row_number() OVER (PARTITION BY source, study, arm, stage ORDER BY rank, record) = 1
        )
        SELECT p.kind AS kind, p.record AS record, list_prepend(p.record, c.records) AS records, p.field AS field, c.numbers AS registered, p.number AS published, stage
        FROM published p JOIN counted c USING (study, stage) WHERE c.arm IS NOT DISTINCT FROM p.arm
    """,
    consistent=[_both("97", "97"), _both(("97", "96"), "193", node="randomised", arm=""), _both("97", "", kind="characteristic", characteristic="participants", value="97")],
    inconsistent=[_both(("92", "89"), "178", node="completed", box="completed", arm=""), _both("97", "79"), _both(("97", "96"), "194", node="randomised", arm=""), _both("97", "100")],
    cannot_tell=[_both("97", "NR"), _both("NR", "97")],
    limits="Compared where the arms of the registry record and of the publication are one: curation registry proposes which are, and a person confirms it.",
    look="whether both speak of the same stage and of everyone who was randomised, and whether sites or participants were left out later",
)  # fmt: skip
def registry_flow_and_publication(registered, published):
    """The registry and the publication give different numbers of participants who entered or completed.

    n started (registry) = n randomised or allocated (publication), and n completed = n completed, arm by arm and, where
    every arm has a number, together. Of several periods the largest number that started counts.
    """
    return registered.sum().meets(published)


@registry_flow_and_publication.expects
def one_number(row):
    numbers = row.several("registered")
    if any(each.value is None for each in numbers):
        return ""
    said = " + ".join(each.text.strip() for each in numbers)
    return f"{said} = {sum(int(each.value) for each in numbers)}" if len(numbers) > 1 else said


@registry_flow_and_publication.reading(
    "the registry may count those who started, the publication all who were randomised", "note"
)
def some_never_started(row):
    return (
        row.code("stage") == "entered" and sum(each.high for each in row.several("registered")) < row["published"].low
    )


@registry_flow_and_publication.reading("one may speak of the treatment, the other of the whole study", "note")
def completed_what(row):
    return row.code("stage") == "completed"
