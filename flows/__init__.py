"""The order of work, and the one place where the outside is plugged in."""
