"""How well two extractors agree, by kind and field: percent agreement, and Cohen's kappa where it is defined."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from curation.reconcile.classes import MINOR, Difference, Pair, compared
from schemas.kinds.base import Record

Z = 1.959963984540054
"""97.5% point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa with its large-sample standard error (Fleiss, Cohen and Everitt 1969), of ``n`` pairs."""

    kappa: float
    se: float
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one field of a kind, how often two extractors say the same; compared are pairs where at least one says anything.

    ``codes``: kappa of the codes where both give one. ``presence``: kappa of whether a value is given at all.
    """

    kind: str
    field: str
    first: str
    second: str
    compared: int
    equal: int
    rounding: int
    differ: int
    codes: Kappa | None
    presence: Kappa | None

    @property
    def share(self) -> float:
        """Share of the compared that are equal, or equal within rounding."""
        return (self.equal + self.rounding) / self.compared

    @property
    def interval(self) -> tuple[float, float]:
        """95% Wilson interval of the share."""
        return wilson(self.equal + self.rounding, self.compared)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """95% Wilson score interval of a proportion.

    >>> [round(end, 4) for end in wilson(9, 10)]
    [0.5958, 0.9821]
    """
    share, z2 = hits / total, Z * Z
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == total else middle + half)


def cohens_kappa(table: NDArray[np.float64]) -> Kappa | None:
    """Kappa of a square table of counts; None where chance alone agrees always, or nothing is counted.

    >>> found = cohens_kappa(np.array([[20.0, 5.0], [10.0, 15.0]]))
    >>> round(found.kappa, 3), round(found.se, 4)
    (0.4, 0.127)
    """
    total = float(table.sum())
    if not total:
        return None
    share = table / total
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float(np.trace(share)), float(rows @ columns)
    if math.isclose(expected, 1.0):
        return None
    kappa = (observed - expected) / (1 - expected)
    on = float((np.diag(share) * (1 - (rows + columns) * (1 - kappa)) ** 2).sum())
    across = share * (columns[:, None] + rows[None, :]) ** 2
    off = (1 - kappa) ** 2 * float(across.sum() - np.trace(across))
    variance = (on + off - (kappa - expected * (1 - kappa)) ** 2) / (total * (1 - expected) ** 2)
    return Kappa(kappa, math.sqrt(max(variance, 0.0)), round(total))


def agreement(
    model: type[Record], table: pa.Table, pairs: Sequence[Pair], found: Sequence[Difference]
) -> Iterator[Agreement]:
    """The agreement of every two extractors in every field that at least one of them fills."""
    who = table.column("extractor").to_pylist()
    people: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (one, other) in enumerate(pairs):
        people[who[one], who[other]].append(number)
    classes: dict[str, dict[int, str]] = defaultdict(dict)
    for each in found:
        classes[each.field][each.pair] = each.kind_of
    texts = {each.name: _texts(table, each.name) for each in compared(model)}
    for (first, second), mine in sorted(people.items()):
        rows, rows_ = (np.asarray([pairs[number][side] for number in mine], dtype=np.int64) for side in (0, 1))
        for field in compared(model):
            here, there = texts[field.name][rows], texts[field.name][rows_]
            counted = _counted(mine, here, there, classes[field.name])
            if counted is None:
                continue
            both = (here != None) & (there != None)  # noqa: E711 - elementwise
            codes = cohens_kappa(_crossed(here[both], there[both])) if field.codes else None
            yield Agreement(model.kind, field.name, first, second, *counted, codes, _presence(here, there))


def _counted(
    pairs: Sequence[int], one: NDArray[np.object_], other: NDArray[np.object_], classes: Mapping[int, str]
) -> tuple[int, int, int, int] | None:
    total = int(((one != None) | (other != None)).sum())  # noqa: E711 - elementwise
    if not total:
        return None
    kinds = Counter(classes[pair] for pair in pairs if pair in classes)
    differ = sum(count for kind, count in kinds.items() if kind not in MINOR)
    return total, total - kinds["rounding"] - differ, kinds["rounding"], differ


def _presence(one: NDArray[np.object_], other: NDArray[np.object_]) -> Kappa | None:
    return cohens_kappa(_crossed(one != None, other != None))  # noqa: E711 - elementwise


def _crossed(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.float64]:
    """The square table of how often which category meets which."""
    names = {each: at for at, each in enumerate(sorted({*one.tolist(), *other.tolist()}))}
    table = np.zeros((len(names), len(names)))
    for (here, there), count in Counter(zip(one.tolist(), other.tolist(), strict=True)).items():
        table[names[here], names[there]] = count
    return table


def _texts(table: pa.Table, name: str) -> NDArray[np.object_]:
    column = table.column(name).combine_chunks()
    texts = pc.struct_field(column, "text") if pa.types.is_struct(column.type) else column
    return np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)
