"""Models: from effects and variances to pooled results."""
