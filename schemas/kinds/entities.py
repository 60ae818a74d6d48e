"""What records are about: sources, studies, arms and outcomes, each with an id that records refer to; and settings."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Count, Number, OneOf, RefersTo, about
from schemas.kinds.base import Declared


class Source(Declared):
    """A document that prints numbers, or a registry record."""

    kind: ClassVar[str] = "source"
    label_plural: ClassVar[str] = "sources"

    source: str = about("Short id, used everywhere else", example="zhong-2021", required=True, key=True)
    title: str = about("Title of the document", example="Lenalidomide after allogeneic transplantation", required=True)
    type: Annotated[str, OneOf("source_type")] = about("What kind of document it is", example="article", required=True)
    year: str | None = about("Year of publication", example="2021")
    doi: str | None = about("DOI without a resolver", example="10.21037/apm-21-1598")
    citation: str | None = about("How to cite it, in one line", example="Ann Palliat Med 2021;10:7736-46")
    licence: str | None = about("Licence of the document", example="CC BY 4.0")
    document: str | None = about("File with the text of the document, for the quote check", example="zhong-2021.txt")
    note: str | None = about("Anything a reader should know", example="scanned; Table 1 is rotated")


class Study(Declared):
    """A study that a source reports or reviews."""

    kind: ClassVar[str] = "study"
    label_plural: ClassVar[str] = "studies"

    study: str = about("Short id, used everywhere else", example="coman-2013", required=True, key=True)
    label: str = about("Name as readers know it", example="Coman 2013", required=True)
    design: Annotated[str, OneOf("design")] = about("Design of the study", example="cohort", default="unknown")
    year: str | None = about("Year of publication", example="2013")
    registry: str | None = about("Registry number", example="NCT02215980")
    included_in: Annotated[str, RefersTo("source")] | None = about(
        "Source that pools or tabulates the study", example="zhong-2021"
    )
    note: str | None = about("Anything a reader should know", example="the same cohort as Kröger 2010")


class Arm(Declared):
    """A group of participants of one study."""

    kind: ClassVar[str] = "arm"
    label_plural: ClassVar[str] = "arms"

    study: Annotated[str, RefersTo("study")] = about(
        "Study the arm belongs to", example="weber-2007", required=True, key=True
    )
    arm: str = about("Short id, unique within the study", example="len-dex", required=True, key=True)
    label: str = about("Name as readers know it", example="Lenalidomide + dexamethasone", required=True)
    role: Annotated[str, OneOf("arm_role")] = about(
        "Part the arm plays in the comparison", example="experimental", default="single"
    )
    part_of: Annotated[str, RefersTo("arm")] | None = about("Arm of which this one is a subgroup", example="all")
    note: str | None = about("Anything a reader should know", example="dose-escalation cohorts together")


class Outcome(Declared):
    """What was measured. The family says how outcomes relate: categories exclude each other, thresholds nest."""

    kind: ClassVar[str] = "outcome"
    label_plural: ClassVar[str] = "outcomes"

    outcome: str = about("Short id, used everywhere else", example="vgpr", required=True, key=True)
    label: str = about("Name as readers know it", example="Very good partial response", required=True)
    family: str | None = about("Outcomes that belong together share a family", example="response")
    family_kind: Annotated[str, OneOf("family_kind")] = about(
        "How the outcomes of the family relate", example="exclusive", default="event"
    )
    rank: Count = about(
        "Place in the family, best or strictest first; a threshold of rank 3 takes in the categories of ranks 1 to 3",
        example="2",
    )
    complete: Annotated[str, OneOf("yes_no")] = about(
        "Whether the exclusive categories of the family cover everyone", example="no", default="no"
    )
    contains: Annotated[str, RefersTo("outcome", several=True)] | None = about(
        "Ids of outcomes that this one takes in, separated by spaces", example="cr vgpr pr"
    )
    note: str | None = about("Anything a reader should know", example="IMWG criteria")


class Setting(Declared):
    """A limit that is judgement, not arithmetic, set for this review instead of its default."""

    kind: ClassVar[str] = "setting"
    label_plural: ClassVar[str] = "settings"

    setting: str = about(
        "Name of the limit, as 'curation rules ID' shows it", example="registry_size_gap", required=True, key=True
    )
    value: Number = about("Value for this review", example="0.15")
    reason: str = about("Why this review sets it so", example="protocol, section 2.4", required=True)


ENTITIES: tuple[type[Declared], ...] = (Source, Study, Arm, Outcome, Setting)
