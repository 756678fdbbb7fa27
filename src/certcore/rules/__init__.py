"""
Conditions on a learner's progress, composed with `&` and `|`.
"""

from certcore.rules._composite import AllOf, AnyOf
from certcore.rules._minimum import FactAtLeast, MinimumCompletion, MinimumGrades
from certcore.rules._steps import EveryStep


__all__ = [
    "AllOf",
    "AnyOf",
    "EveryStep",
    "FactAtLeast",
    "MinimumCompletion",
    "MinimumGrades",
]
