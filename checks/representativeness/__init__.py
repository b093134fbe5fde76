"""Whether the data contain the people that the system will meet, in the shares in which they exist."""
