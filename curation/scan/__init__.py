"""Statistics printed in an article: found, turned into records with places, and judged by the rules."""
