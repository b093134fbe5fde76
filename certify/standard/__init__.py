"""A check as a standards body writes it: requirement, method that measures, criterion that judges.

Parameters go to the method, limits to the criterion, and the two never meet: a method cannot see what it
would have to reach. Every number says where it comes from.
"""

from certify.standard.check import (
    LOWEST_CONFIDENCE,
    Applicability,
    Check,
    Clause,
    Demand,
    Identity,
    Membership,
    MethodSignature,
    MethodUse,
    Version,
)
from certify.standard.criterion import (
    Among,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Criterion,
    Holds,
    NothingFound,
    Strata,
    pair_of,
)
from certify.standard.parameter import Expectation, Parameter, ParameterType, Setting

__all__ = [
    "LOWEST_CONFIDENCE",
    "Among",
    "Applicability",
    "AtLeast",
    "AtMost",
    "Check",
    "Clause",
    "Condition",
    "Count",
    "Criterion",
    "Demand",
    "Expectation",
    "Holds",
    "Identity",
    "Membership",
    "MethodSignature",
    "MethodUse",
    "NothingFound",
    "Parameter",
    "ParameterType",
    "Setting",
    "Strata",
    "Version",
    "pair_of",
]
