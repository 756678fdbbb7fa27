"""
The composition root without a framework: from a project's files to a Registrar.
"""

from certcore.bootstrap._catalog import TomlCatalog
from certcore.bootstrap._merging import Setting
from certcore.bootstrap._project import Project, load_project, load_registrar


__all__ = ["Project", "Setting", "TomlCatalog", "load_project", "load_registrar"]
