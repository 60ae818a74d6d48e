"""report.html: the published tables redrawn with what is wrong marked in them, on one page that needs nothing else."""
