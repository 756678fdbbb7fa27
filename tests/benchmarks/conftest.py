"""
Make `benchmarks` importable under the name that scripts and type checkers know it by.
"""

import sys

from pathlib import Path


# Last, so that no other folder of tests hides an installed package.
sys.path.append(str(Path(__file__).parents[1]))
