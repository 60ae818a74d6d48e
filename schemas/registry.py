"""All declared models, by kind. Adding a kind means adding its model to this list."""

from __future__ import annotations

from schemas.kinds.appraisal import Appraisal
from schemas.kinds.base import Declared, Record
from schemas.kinds.characteristic import Characteristic
from schemas.kinds.count import Count
from schemas.kinds.effect import Effect
from schemas.kinds.entities import ENTITIES
from schemas.kinds.flow import Flow
from schemas.kinds.mean import Mean
from schemas.kinds.pooled import Pooled
from schemas.kinds.rate import Rate
from schemas.kinds.survival import Survival
from schemas.kinds.test import Test

RECORD_MODELS: tuple[type[Record], ...] = (
    Count, Rate, Mean, Survival, Effect, Pooled, Flow, Characteristic, Appraisal, Test,
)  # fmt: skip
RECORDS: dict[str, type[Record]] = {model.kind: model for model in RECORD_MODELS}
KINDS: dict[str, type[Declared]] = {model.kind: model for model in (*ENTITIES, *RECORD_MODELS)}
"""Every declared model: entities first, in the order in which they must be taken in."""
