"""
Values that are computed when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    # to checkers it is what it is like
    from builtins import property as kept
else:

    class kept:  # noqa: N801  # used like `property`
        """
        A property that is computed when it is first asked for, and kept.

        It takes no lock, unlike functools.cached_property of Python 3.11: a fork would leave that
        locked for good. Of two threads that compute it at once, both get what the first one kept.
        """

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self._compute = compute
            self._name = compute.__name__
            self.__doc__ = compute.__doc__

        def __get__(self, instance: object, owner: type) -> Any:
            return instance.__dict__.setdefault(self._name, self._compute(instance))


__all__ = ["kept"]
