"""Sorted groups of rows: joined texts and sums of whole groups at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def joined(groups: NDArray[Any], words: Any, size: int, separator: str = " ") -> NDArray[Any]:  # noqa: ANN401 - texts
    """For every group 0, 1, ... of ``size`` its distinct words, sorted and joined; blank for a group without words."""
    pairs = pd.DataFrame({"group": groups, "word": words})
    pairs = pairs[pairs["word"] != ""].drop_duplicates().sort_values(["group", "word"])
    offsets = np.concatenate([[0], np.cumsum(np.bincount(pairs["group"], minlength=size))]).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(pairs["word"], pa.string()))
    return np.asarray(pc.binary_join(lists, separator).to_numpy(zero_copy_only=False), dtype=object)


def of_group(groups: NDArray[Any], values: Any, size: int, ufunc: np.ufunc = np.add) -> NDArray[Any]:  # noqa: ANN401 - of any kind
    """For every group 0, 1, ... of ``size`` the sum (or other reduction) of its values."""
    cells = np.asarray(values)
    found = np.zeros(size, dtype=cells.dtype)
    ufunc.at(found, groups, cells)
    return found
