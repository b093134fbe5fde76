"""Whether the model withstands what reaches it, by accident or on purpose."""
