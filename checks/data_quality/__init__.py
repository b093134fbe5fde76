"""Whether the rows are what they should be: rules of Great Expectations by their native names."""
