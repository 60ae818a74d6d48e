"""Data entry without any web: typed cells to problems and findings, documents and quotes, what a form shows."""
