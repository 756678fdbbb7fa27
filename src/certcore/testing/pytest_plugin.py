"""
Fixtures that come with certcore.
"""
