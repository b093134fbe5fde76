"""Direct identifiers of persons in a column, told by its header and by some of its distinct values."""
