"""
Pages of a PDF template as forms: drawings that can be placed on pages of another file.
"""

from certcore.pdf._pages._limits import Limits
from certcore.pdf._pages._links import Link
from certcore.pdf._pages._pages import Page, Pages, hindrances, read_pages


__all__ = ["Limits", "Link", "Page", "Pages", "hindrances", "read_pages"]
