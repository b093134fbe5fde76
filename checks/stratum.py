"""How the part of a population is written that a figure speaks of, and what follows from the writing alone.

`all`; `sex=female`, a group of an attribute; or a crossing of groups of several attributes,
`age_band=under_54 & sex=female`: the rows that belong to each of them. A crossing has one spelling, in which
attributes stand in alphabetical order and none stands twice, so that no stratum goes by two names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from certify.evidence import WHOLE
from checks.measured import CannotMeasure

_AND = re.compile(r" & (?=[a-z][a-z0-9_]*=)")


def parts(stratum: str) -> Mapping[str, str]:
    """The group of each attribute that a stratum names.

    Raises `CannotMeasure` for a part that is no `attribute=group`, an attribute that comes twice, and any
    spelling but the one.

    >>> dict(parts("age_band=under_54 & sex=female"))
    {'age_band': 'under_54', 'sex': 'female'}
    """
    pairs = [part.partition("=")[::2] for part in _AND.split(stratum)]
    names = [name for name, _ in pairs]
    if not all(name and group for name, group in pairs):
        raise CannotMeasure(
            f"the submission declares no stratum {stratum}: expected attribute=group, or some joined by ' & '"
        )
    if len(set(names)) != len(names):
        raise CannotMeasure(f"{stratum} names an attribute twice, and a row belongs to one group of each")
    if names != sorted(names):
        raise CannotMeasure(f"{stratum} is to be written with its attributes in order: {crossing(pairs)}")
    return dict(pairs)


def crossing(pairs: Iterable[tuple[str, str]]) -> str:
    """The one spelling of groups that are crossed.

    >>> crossing([("sex", "female"), ("age_band", "under_54")])
    'age_band=under_54 & sex=female'
    """
    return " & ".join(f"{name}={group}" for name, group in sorted(pairs))


def crossed(first: str, second: str) -> str:
    """The rows of both strata, as a stratum; raises `CannotMeasure` if an attribute is named by both."""
    pairs = [*parts(first).items(), *parts(second).items()]
    return crossing(parts(crossing(pairs)).items())


def apart(first: str, second: str) -> bool:
    """Whether no row can belong to both, whatever the data: they name two groups of one attribute."""
    if WHOLE in (first, second):
        return False
    one, other = parts(first), parts(second)
    return any(one[name] != other[name] for name in one.keys() & other.keys())
