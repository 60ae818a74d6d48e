"""Table 2 of zhong-2021, pooled again from its Table 1."""
