"""Certify: a model is presumed non-conforming until every check of its basis is demonstrated.

This package root imports nothing of ours: it is both the innermost layer (facts, judgement,
sealing) and the outermost (the command line), and an import here would close that circle.
"""

__version__ = "0.1.0"
