"""The documents of a submission: whether they are there, and whether their figures are true."""
