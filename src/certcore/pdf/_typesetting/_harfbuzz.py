"""
HarfBuzz, which comes without type information.
"""

from __future__ import annotations

from typing import Any, cast

import uharfbuzz


harfbuzz = cast("Any", uharfbuzz)
"""The module, of which anything may be asked."""
