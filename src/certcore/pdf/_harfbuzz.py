"""
HarfBuzz as a value of any type: its Python package says nothing of types.
"""

from __future__ import annotations

from typing import Any, cast

import uharfbuzz


hb = cast("Any", uharfbuzz)
