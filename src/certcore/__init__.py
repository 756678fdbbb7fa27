"""
certcore issues certificates from the data of a learning platform.
"""
