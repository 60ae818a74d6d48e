"""What is said of a pooled result, by plots, tables, pages and terminals alike: the same words and the same digits."""
