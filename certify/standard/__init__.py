"""A check as a standards body writes it: requirement, method that measures, criterion that judges.

Parameters go to the method, limits to the criterion, and the two never meet: a method cannot see what it
would have to reach. Every number says where it comes from.
"""

from certify.standard.check import (
    LOWEST_CONFIDENCE,
    Applicability,
    Bond,
    Check,
    Clause,
    ControlName,
    Demand,
    Identity,
    Membership,
    MethodSignature,
    MethodUse,
    Mode,
    Silence,
    VectorFile,
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
from certify.standard.extent import MOST_STRATA, require_extent
from certify.standard.parameter import Expectation, Loosening, Origin, Parameter, ParameterType, Setting

__all__ = [
    "LOWEST_CONFIDENCE",
    "MOST_STRATA",
    "Among",
    "Applicability",
    "AtLeast",
    "AtMost",
    "Bond",
    "Check",
    "Clause",
    "Condition",
    "ControlName",
    "Count",
    "Criterion",
    "Demand",
    "Expectation",
    "Holds",
    "Identity",
    "Loosening",
    "Membership",
    "MethodSignature",
    "MethodUse",
    "Mode",
    "NothingFound",
    "Origin",
    "Parameter",
    "ParameterType",
    "Setting",
    "Silence",
    "Strata",
    "VectorFile",
    "Version",
    "pair_of",
    "require_extent",
]
