"""Effect sizes and their sampling variances, from what studies report."""
