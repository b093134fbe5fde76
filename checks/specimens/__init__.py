"""Specimens: tiny whole submissions that are known to be good, and mutations that are known to spoil them.

They qualify this program. A pack names a specimen and a mutation; the real method measures both, and the
check must demonstrate the one and refuse the other. A specimen is written by code into a folder, with the
same bytes each time: a real graph, rows drawn with fixed seeds, documents, and a manifest that declares all
there is to declare. A mutation changes one thing in that folder. Neither knows a check or a limit.

- `catalogue` lists all by name and writes them.
- `screening`, `reader` and `gauge` are the specimens: a binary decision, an image in one of four classes, and
  a number.
- `answers`, `cases`, `columns`, `writings` hold the mutations: of what the model answers, of rows, of
  columns, and of what is declared and written.
"""

from checks.specimens.catalogue import CONSTANTS, CONTROLS, MUTATIONS, RANDOM, SPECIMENS, write

__all__ = ["CONSTANTS", "CONTROLS", "MUTATIONS", "RANDOM", "SPECIMENS", "write"]
