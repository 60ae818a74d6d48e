"""Plots as journals print them: forest, funnel, Baujat, leave-one-out; saved as SVG and PNG."""

from pooling.errors import CannotPool

try:
    from pooling.plots.baujat import baujat
    from pooling.plots.forest import forest
    from pooling.plots.funnel import funnel
    from pooling.plots.leave_one_out import leave_one_out
    from pooling.plots.save import described, save, svg
except ModuleNotFoundError as missing:
    if (missing.name or "").split(".")[0] != "matplotlib":
        raise
    raise CannotPool("plots need matplotlib; install it with pip install 'curation[plots]'") from None

__all__ = ["baujat", "described", "forest", "funnel", "leave_one_out", "save", "svg"]
