"""Every published article and text that lies beside the checkout is read; a slow sweep, where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest
from readers_case import tables

from curation.readers.read import read_document

SHARED = Path(__file__).parents[2] / "shared"


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "pattern", "tabled"), [("papers", "*.nxml", 100), ("sources", "*.txt", 0)])
def test_whole_articles_are_read(folder, pattern, tabled):
    files = sorted((SHARED / folder).glob(pattern))
    if not files:
        pytest.skip(f"no {folder} beside the checkout to sweep over")
    found = [read_document(file) for file in files]
    assert all(document.text for document in found)
    assert all(len(table.grid()) == table.height for document in found for table in tables(document))
    assert sum(1 for document in found if tables(document)) >= tabled
