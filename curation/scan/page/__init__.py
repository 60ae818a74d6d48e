"""The article of a scan as one page: what was read is marked, and what contradicts stands in the margin."""
