"""
These packages are tested where they are installed: `test_third_party_plugin.py` does that.
"""

collect_ignore_glob = ["*"]
