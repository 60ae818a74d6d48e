"""The clean dataset: what of a review an analysis can take, in Parquet and CSV, with an account of every record."""

from __future__ import annotations

from store.export.contract import ContractViolation
from store.export.dataset import ExportAccount, export

__all__ = ["ContractViolation", "ExportAccount", "export"]
