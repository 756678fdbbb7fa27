"""
The command line of certcore.
"""
