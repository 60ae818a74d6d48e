"""Checks on a cluster: the same rules through the same function, in the tasks of a Spark session.

    from curation import spark

    spark.write(review.tables(extractor="AB"), "records/")  # Parquet, partitioned by study
    spark.check("records/", out="findings/")                 # tasks read their files and write their findings

docs/scale.md says when it is worth it, how to submit it, and what it costs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from curation.spark.errors import CannotCheck

if TYPE_CHECKING:
    from curation.spark.driver import check
    from curation.spark.layout import write
    from curation.spark.results import read_folder, summary_of

__all__ = ["CannotCheck", "check", "read_folder", "summary_of", "write"]
_WHERE = {"check": "driver", "write": "layout", "read_folder": "results", "summary_of": "results"}


def __getattr__(name: str) -> object:
    """What is asked of this package is loaded when it is asked for: the engine takes a while."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
