"""Interval methods: named, cited, one-sided, and refusing outside the domain in which they are valid."""
