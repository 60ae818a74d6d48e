"""Risk-of-bias judgements."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Number, OneOf, about
from schemas.kinds.base import Record


class Appraisal(Record):
    """A judgement or score of a risk-of-bias tool, or a statement about how the tool was used."""

    kind: ClassVar[str] = "appraisal"
    label_plural: ClassVar[str] = "appraisals"

    tool: Annotated[str, OneOf("tool")] = about("Tool", example="RoB 2", required=True, key=True)
    tool_name: str | None = about("Tool as the source names it", example="QUADAS-2 Scale")
    domain: str | None = about("Domain; blank for the overall judgement", example="blinding", key=True)
    judgement: Annotated[str, OneOf("judgement")] | None = about("Judgement", example="low")
    score: Number = about("Score", example="6")
    score_min: Number = about("Lowest score of the range the source gives", example="1")
    score_max: Number = about("Highest score of the range the source gives", example="7")
    questions: Number = about("Questions of the domain, as the source states them", example="3")
    applied_to: Annotated[str, OneOf("design")] | None = about(
        "Design of the studies it was applied to", example="cohort"
    )
    support: str | None = about("Reason given", example="allocation concealed by central telephone")
