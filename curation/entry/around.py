"""Everything that all rules say about what one extractor has entered from one source, across its rows too."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from curation.engine.registry import rules
from curation.engine.run import Checked, Progress, check
from schemas.registry import RECORDS


def around(tables: Mapping[str, pa.Table], extractor: str, progress: Progress | None = None) -> Checked:
    """Check one extractor's records of one source.

    Args:
        tables: records of the source and the entities of the review, by kind; also "setting", if the review has
            limits of its own, and "document" with the text of the source, for the quote check.
        extractor: whose records they are. Where a table has the column ``extractor``, rows of others are left out.
        progress: called with what is being checked, how far, of how many.
    """
    own = {kind: _of(table, extractor) if kind in RECORDS else table for kind, table in tables.items()}
    return check(own, rules(), progress)


def _of(table: pa.Table, extractor: str) -> pa.Table:
    if "extractor" not in table.column_names:
        return table
    return table.filter(pc.equal(table.column("extractor"), extractor))
