"""Exact statements about ensembles of decision trees (ai.onnx.ml).

Within a box in which each tree keeps to one leaf an ensemble answers one constant, so that a region is
settled by finitely many boxes. `ensemble` reads the graph, `cells` cuts the axes at the thresholds, `scores`
says what a condition on answers means before the last transform, `search` bounds, `prover` decides.
"""
