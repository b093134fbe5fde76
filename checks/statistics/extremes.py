"""The greatest or the least of several quantities, each with its interval, where the data chose which it is.

A basis cannot name the columns of a vendor, so that a check on every column asks for the extreme one. Towards
the limit no correction is due: that all lie below is shown by all upper bounds (intersection-union, Berger,
Technometrics 24, 1982, 295-300). The bound on the other side is a claim about the one that the data chose: at
either confidence it is the one that is corrected for the family.
"""

from __future__ import annotations

from collections.abc import Sequence

from checks.measured import Interval


def greatest(found: Sequence[Interval]) -> Interval:
    """The interval of the greatest of all; at least one is given, each corrected for their family."""
    lower = max(each.refuting[0] for each in found)
    return Interval(
        name=f"greatest of {len(found)}; {found[0].name}",
        value=max(each.value for each in found),
        n=min(each.n for each in found),
        demonstrating=(lower, max(each.demonstrating[1] for each in found)),
        refuting=(lower, max(each.refuting[1] for each in found)),
    )


def least(found: Sequence[Interval]) -> Interval:
    """The interval of the least of all; at least one is given, each corrected for their family."""
    upper = min(each.refuting[1] for each in found)
    return Interval(
        name=f"least of {len(found)}; {found[0].name}",
        value=min(each.value for each in found),
        n=min(each.n for each in found),
        demonstrating=(min(each.demonstrating[0] for each in found), upper),
        refuting=(min(each.refuting[0] for each in found), upper),
    )
