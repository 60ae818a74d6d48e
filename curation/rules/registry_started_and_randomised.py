"""REGISTRY-005. Catalogue 8 and 49: who started by the registry, and who was randomised by the publication."""

from curation.engine.rule import rule


def _both(started, randomised, *, node="allocated", arm="len", **more):
    key = dict(study="s") | ({"arm": arm} if arm else {})
    arms = [
        dict(kind="arm", study="s", arm=one, label=one, role=role)
        for one, role in (("len", "experimental"), ("dex", "control"))
    ]
    numbers = started if isinstance(started, tuple) else (started,)
    boxes = [
        dict(kind="flow", source="nct", study="s", arm=one, diagram="consort", node="started", n=n)
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
        WITH shelves AS (SELECT source, type = 'registry' AS registered FROM source), began AS (
            SELECT f.source, f.study, f.arm, max_by(n, n.high) AS n, max_by(record, n.high) AS record
            FROM flow f JOIN shelves s ON s.source = f.source AND s.registered
            WHERE diagram = 'consort' AND node = 'started' AND n IS NOT NULL AND arm IS NOT NULL AND study IS NOT NULL GROUP BY f.source, f.study, f.arm
        ), wanted AS (SELECT study, count(*) AS arms FROM arm WHERE role IN ('experimental', 'control', 'single') AND part_of IS NULL GROUP BY study
        ), started AS (
            SELECT study, arm, [n] AS numbers, [record] AS records FROM began
            UNION ALL
            SELECT study, NULL, list(n ORDER BY arm), list(b.record ORDER BY arm) FROM began b JOIN arm a USING (study, arm) JOIN wanted USING (study)
            WHERE a.role IN ('experimental', 'control', 'single') AND a.part_of IS NULL GROUP BY b.source, study HAVING count(*) = any_value(wanted.arms)
        ), stated AS (
            SELECT 'flow' AS kind, 'n' AS field, f.record, f.source, f.study, f.arm, f.n AS number, CASE node WHEN 'randomised' THEN 0 ELSE 1 END AS rank
            FROM flow f WHERE diagram = 'consort' AND node IN ('randomised', 'allocated') AND "group" IS NULL AND n IS NOT NULL
            UNION ALL
            SELECT 'characteristic', 'value', record, source, study, arm, value, 2 FROM stated_numbers
            WHERE characteristic = 'participants' AND label IS NULL AND analysis_set IS NULL AND outcome IS NULL AND arm IS NOT NULL AND value IS NOT NULL
        ), published AS (
            SELECT p.* FROM stated p JOIN shelves s ON s.source = p.source AND NOT s.registered WHERE study IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY p.source, study, arm ORDER BY rank, record) = 1
        )
        SELECT p.kind AS kind, p.record AS record, list_prepend(p.record, s.records) AS records, p.field AS field, s.numbers AS started, p.number AS published
        FROM published p JOIN started s ON s.study = p.study AND s.arm IS NOT DISTINCT FROM p.arm
    """,
    consistent=[_both("97", "97"), _both(("97", "96"), "193", node="randomised", arm=""), _both("97", "", kind="characteristic", characteristic="participants", value="97")],
    inconsistent=[_both("97", "79"), _both(("97", "96"), "194", node="randomised", arm=""), _both("97", "100")],
    cannot_tell=[_both("97", "NR"), _both("NR", "97")],
    limits="Compared where the arms of the registry record and of the publication are one: curation registry proposes which are, and a person confirms it.",
    look="whether both count everyone who was randomised, and whether sites or participants were left out later",
)  # fmt: skip
def registry_started_and_randomised(started, published):
    """The registry and the publication give different numbers of participants who entered.

    n started (registry) = n randomised or allocated (publication), arm by arm and, where every arm has a number,
    together. Of several periods the largest number counts.
    """
    return started.sum().meets(published)


@registry_started_and_randomised.expects
def one_number(row):
    numbers = row.several("started")
    if any(each.value is None for each in numbers):
        return ""
    said = " + ".join(each.text.strip() for each in numbers)
    return f"{said} = {sum(int(each.value) for each in numbers)}" if len(numbers) > 1 else said


@registry_started_and_randomised.reading(
    "the registry may count those who started, the publication all who were randomised", "note"
)
def some_never_started(row):
    return sum(each.high for each in row.several("started")) < row["published"].low
