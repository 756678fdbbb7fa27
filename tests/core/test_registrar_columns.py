"""
How a configuration's source reads its files, for those that read some.
"""

from __future__ import annotations

import pytest

from certcore.exceptions import ConfigurationError
from certcore.ports import ColumnReading, FileReading
from certcore.testing import CannedRetriever


class Files(CannedRetriever):
    """
    A source of one file.
    """

    def read_columns(self, context):
        columns = (ColumnReading(title="Nr", use="id", filled=1),)
        yield FileReading(file=context.key, kind="a list", form="UTF-8", rows=1, columns=columns)


def test_the_source_is_asked(bureau):
    """
    For the context, completed.
    """
    bureau.retriever = Files()
    configuration = bureau.configuration()

    with bureau.registrar() as registrar:
        (reading,) = registrar.columns(configuration)

    assert ("course-7", "Nr") == (reading.file, reading.columns[0].title)


@pytest.mark.parametrize(
    "type_,said", [({}, "canned reads no files"), ({"source": None}, "there is no source")]
)
def test_a_source_without_files(bureau, type_, said):
    """
    It says so.
    """
    configuration = bureau.configuration(type_=type_)

    with bureau.registrar() as registrar, pytest.raises(ConfigurationError, match=said):
        registrar.columns(configuration)
