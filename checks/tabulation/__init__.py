"""Everything that the checks of data count in one table, counted once: in one scan and two groupings.

What is counted follows from the manifest alone and from no check, so that one tabulation serves them all,
however many there are. It holds counts and no rows: it is small, it can be kept, and a method that reads it
opens no file of a vendor again.
"""

from checks.tabulation.contract import Source, fed_rows, input_hash, sources
from checks.tabulation.counting import tabulate
from checks.tabulation.tabulation import Cell, Distribution, Repetition, SourceCount, Tabulation
from checks.tabulation.times import Times

__all__ = [
    "Cell",
    "Distribution",
    "Repetition",
    "Source",
    "SourceCount",
    "Tabulation",
    "Times",
    "fed_rows",
    "input_hash",
    "sources",
    "tabulate",
]
