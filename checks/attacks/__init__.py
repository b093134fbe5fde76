"""Attacks: searches for a case, within a declared reach, that a model decides otherwise.

`space` is a case as one vector; `reach` is how far it may be moved; `goal` is what the attacker wants;
`engine` answers, and gives slopes where it can; `gradient`, `squares` and `wander` are the searches;
`campaign` runs them one after the other, until a case falls or the budget is spent; `minimal` brings what was
found closer to where it came from. Nothing counts before onnxruntime has decided it again, alone.

An attack that finds nothing proves nothing.
"""
