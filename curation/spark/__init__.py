"""Checks on a cluster: the same rules through the same function, in the tasks of a Spark session.

    from curation.spark import check, write

    write(review.tables(extractor="AB"), "records/")      # Parquet, partitioned by study
    check("records/", out="findings/")                     # tasks read their files and write their findings

docs/scale.md says when it is worth it, how to submit it, and what it costs.
"""

from curation.spark.check import check
from curation.spark.errors import CannotCheck
from curation.spark.layout import write

__all__ = ["CannotCheck", "check", "write"]
