"""Files of other programs and of registries, read into records; every row that finds no place is kept, with the reason."""
