"""
Hypothesis strategies for the values of certcore. Needs `hypothesis`, which certcore doesn't bring.

Rules and progress draw from the same few categories, facts and courses, so that they meet: a rule
asks for what a learner has, or nearly has.
"""

from __future__ import annotations

from certcore.testing.strategies._certificates import (
    artifacts,
    candidates,
    certificates,
    codes,
    decisions,
    evidence,
    notices,
    statements,
)
from certcore.testing.strategies._learning import (
    CATEGORIES,
    COURSES,
    FACTS,
    TYPES,
    contexts,
    fractions,
    instants,
    learner_progress,
    learners,
    names,
    progress,
    records,
    rules,
    steps,
)


__all__ = [
    "CATEGORIES",
    "COURSES",
    "FACTS",
    "TYPES",
    "artifacts",
    "candidates",
    "certificates",
    "codes",
    "contexts",
    "decisions",
    "evidence",
    "fractions",
    "instants",
    "learner_progress",
    "learners",
    "names",
    "notices",
    "progress",
    "records",
    "rules",
    "statements",
    "steps",
]
