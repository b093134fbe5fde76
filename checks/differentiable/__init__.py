"""An ONNX graph as a differentiable function of its weights: torch in double precision, operator by operator.

`network` turns the graphs of a submission into one function and holds it against onnxruntime; `operators` is
the closed list of what can be differentiated; `weights` says which of the numbers in a graph were learnt. A
graph outside the list is refused by the name of the operator: nothing is approximated, nothing is left out.

Whoever imports a module of this package imports torch, which takes seconds: import inside functions.
"""
