"""
What plugin authors test with: fakes for each port, contract suites, Hypothesis strategies.
"""
