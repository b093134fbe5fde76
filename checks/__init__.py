"""Measuring: one package per area, each method a plain function that never sees a limit."""
