"""Flow diagrams whose boxes add up: PRISMA for studies, CONSORT for participants."""

from __future__ import annotations

import numpy as np

from schemas.strategies.draw import Draw, Row

REASONS = ("wrong population", "no control group", "not an original study", "no usable outcome")
DATABASES = ("PubMed", "Embase", "Cochrane Library", "trial registers")


def flow(draw: Draw) -> Row:
    """One box of a diagram."""
    boxes = prisma(draw, draw.between(1, 60)) if draw.maybe(0.5) else consort(draw)
    return boxes[draw.between(0, len(boxes) - 1)]


def prisma(draw: Draw, studies: int, designs: dict[str, int] | None = None, *, further_reports: int = 0) -> list[Row]:
    """A PRISMA diagram that ends in so many studies; ``designs`` splits them (label -> number).

    ``further_reports``: reports of studies of which another report is included too.
    """
    excluded_fulltext, not_retrieved = draw.between(0, 40), draw.between(0, 6)
    assessed = studies + further_reports + excluded_fulltext
    sought = assessed + not_retrieved
    excluded_screening, removed = draw.between(0, 3000), draw.between(0, 800)
    screened = sought + excluded_screening
    boxes = _split(draw, "identified", screened + removed, DATABASES)
    if draw.maybe(0.3):  # duplicates and exclusions on the abstract given as one number
        boxes.append(("removed_or_excluded", "", removed + excluded_screening + not_retrieved))
    else:
        boxes += [
            ("removed_before_screening", "", removed),
            ("screened", "", screened),
            ("excluded_screening", "", excluded_screening),
        ]
        if not_retrieved or draw.maybe(0.6):
            boxes += [("sought", "", sought), ("not_retrieved", "", not_retrieved)]
    boxes += [
        ("assessed", "", assessed),
        *_split(draw, "excluded_fulltext", excluded_fulltext, REASONS),
        ("included", "", studies),
    ]
    boxes += [("included_part", label, number) for label, number in (designs or {}).items()]
    return [_box(draw, "prisma", *box) for box in boxes]


def consort(draw: Draw, arms: dict[str, int] | None = None) -> list[Row]:
    """A CONSORT diagram; ``arms`` gives the participants allocated to each arm id."""
    sizes = arms or {f"arm-{n + 1}": draw.between(4, 300) for n in range(draw.between(2, 3))}
    randomised, not_eligible = sum(sizes.values()), draw.between(0, 200)
    boxes = [
        ("enrolled", "", randomised + not_eligible),
        ("not_eligible", "", not_eligible),
        ("randomised", "", randomised),
    ]
    rows = [_box(draw, "consort", *box) for box in boxes]
    per_protocol = draw.maybe(0.5)
    for arm, allocated in sizes.items():
        discontinued = int(draw.rng.binomial(allocated, 0.1))
        excluded = int(draw.rng.binomial(allocated - discontinued, 0.03))
        analysed = allocated - excluded - (discontinued if per_protocol else 0)
        ends = (
            ("allocated", allocated),
            ("discontinued", discontinued),
            ("excluded_analysis", excluded),
            ("analysed", analysed),
        )
        rows += [_box(draw, "consort", node, "", number) | {"arm": arm} for node, number in ends]
    return rows


def _split(draw: Draw, node: str, number: int, labels: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """A box, or its parts by stream or reason, or both."""
    whole, custom = (node, "", number), draw.between(0, 2)
    parts = draw.rng.multinomial(number, np.full(len(labels), 1 / len(labels)))
    split = [(node, label, int(part)) for label, part in zip(labels, parts, strict=True)]
    return [[whole], split, [whole, *split]][custom]


def _box(draw: Draw, diagram: str, node: str, group: str, number: int) -> Row:
    row = {"diagram": diagram, "node": node, "n": draw.to.count(number)}
    return row | ({"group": group} if group else {})
