"""Boxes of a flow diagram."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Count, OneOf, about
from schemas.kinds.base import Record


class Flow(Record):
    """One box of a PRISMA or CONSORT diagram."""

    kind: ClassVar[str] = "flow"
    label_plural: ClassVar[str] = "flow boxes"

    diagram: Annotated[str, OneOf("diagram")] = about("Which diagram", example="prisma", required=True, key=True)
    node: Annotated[str, OneOf("node")] = about("Which box", example="identified", required=True, key=True)
    group: str | None = about("Stream, design or reason the box is about", example="cohort studies", key=True)
    n: Count = about("Number in the box", example="325")
