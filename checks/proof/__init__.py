"""Complete verification: whether a property of a network holds in a whole region, or where it fails.

`linear_map` and `network` are what a proof speaks of: a piecewise linear (or smooth) function in the real
numbers, whose weights are exactly those of the ONNX graph; `reading` makes it from one. Nothing here knows
of a submission, a check or a limit: the methods in the areas ask, and this package answers.

Whoever imports a module of this package imports torch, which takes seconds: import inside functions.
"""
