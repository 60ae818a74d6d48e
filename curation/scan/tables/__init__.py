"""Statistics in tables: which headers rule a cell, what its shape means, and which cells of a row belong together."""
