"""
Where figures are.
"""

from __future__ import annotations

from typing import TypeAlias


Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, width and height. In points, from the lower left corner of the page."""
