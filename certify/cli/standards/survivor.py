"""A mutant that lived, in words: the mistake that no vector notices, and the vector that would notice it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Survivor:
    """What is not proved, and what to add."""

    mistake: str
    remedy: str


def survivor(mutant: str) -> Survivor:
    """What a surviving mutant means; its name is the one that `certify.mutation` gives it."""
    for pattern, mistake, remedy in _WORDS:
        found = re.fullmatch(pattern, mutant)
        if found:
            return Survivor(mistake=found.expand(mistake), remedy=found.expand(remedy))
    return Survivor(
        mistake=f"the check were written so: {mutant}", remedy="Add a vector that tells the two apart."
    )


_WORDS = (
    (
        r"without (.+)",
        r"the clause `\1` were struck out",
        r"Add a vector in which every other clause is met and `\1` alone is not.",
    ),
    (
        r"(.+) on the wrong side",
        r"`\1` were turned round, at most for at least",
        r"Add two vectors for `\1`: one bound just inside its limit, one just outside.",
    ),
    (
        r"limit (\w+) without (.+)",
        r"`\2` were struck from the list `\1`",
        r"Add a vector with the circumstance `\2`, which must be demonstrated.",
    ),
    (
        r"(parameter) (\w+) without its last",
        r"the last element of `\2` were struck out",
        r"Write all of `\2` under `asked`, and add a vector that must be demonstrated.",
    ),
    (
        r"(.+) without (.+)",
        r"`\1` did not look at \2",
        r"Add a vector in which \2 alone fails `\1`, and one in which nothing is known of \2.",
    ),
    (
        r"limit (\w+) one step (lower|higher)",
        r"the limit `\1` were one step \2",
        r"Add two vectors whose bounds lie within half a percent of `\1`, one on either side.",
    ),
    (
        r"limit (\w+) at the (lowest|highest) of its range",
        r"the limit `\1` were the \2 that its range allows",
        r"Add a vector between that value and `\1`, with the outcome that `\1` demands.",
    ),
    (
        r"not bound to (.+)",
        r"the evidence came from other files than the committed ones (\1)",
        r"Add a vector whose `made_from` lacks them: not demonstrated, decided by `binding`.",
    ),
    (
        r"content with a document",
        r"a figure in a document were taken for a measurement",
        r"Add a vector whose evidence has the kind `document`, and which must not be demonstrated.",
    ),
    (
        r"on (\w+) data",
        r"\1 data were measured instead",
        r"Write the right `role` under `asked`, and add a vector that must be demonstrated.",
    ),
    (
        r"content with a confidence of (.+)",
        r"a confidence of \1 were enough",
        r"Write the right `confidence` under `asked`, and add a vector that must be demonstrated.",
    ),
    (
        r"parameter (\w+) (.+)",
        r"the method were given \2 as `\1`",
        r"Write `\1` under `asked`, and add a vector that must be demonstrated.",
    ),
    (
        r"another (\w+)",
        r"the method were given another `\1`",
        r"Write `\1` under `asked`, and add a vector that must be demonstrated.",
    ),
    (
        r"whatever (.+) is",
        r"the check no longer asked what `\1` is",
        r"Add a vector with a value of `\1` that takes the check out of scope: excused.",
    ),
    (
        r"(.+) excuses as (.+)",
        r"`\1` as `\2` took the check out of scope",
        r"Add a vector with `\2` as `\1` and nothing measured: not demonstrated.",
    ),
    (
        r"an unknown fact excuses",
        r"a fact that nobody declared took the check out of scope",
        r"Add a vector that leaves the fact out, with nothing measured: not demonstrated.",
    ),
)
"""Form of a mutant's name, the mistake, what to do; the first that fits."""
