"""Analysis tables: from exported records to what a meta-analysis is computed from, one row per study.

Which records go together, and what is worked out from what, is said in docs/decisions/0015-analyses.md.
"""

from __future__ import annotations

from store.export.analyses.build import Analyses, build

__all__ = ["Analyses", "build"]
