"""
A plugin for certcore: hours from an attendance book, certificates as letters.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from attrs import frozen

from certcore import hookimpl, option, provider
from certcore.placeholders import compile_text
from certcore.plugins import NoOptions, Provider, Services


# the retriever's options


@frozen(kw_only=True)
class BookOptions:
    """
    A text file with a line for each evening and learner: `date;course;number;name;hours`.
    """

    book: str = option("The file, seen from the project's folder: attendance.txt")


# the generator's options


def _text(instance: object, attribute: object, value: str) -> None:
    compile_text(value)


@frozen(kw_only=True)
class Letter:
    """
    A letter in plain text.
    """

    text: str = option("What it says, with placeholders", validator=_text)
    width: int = option("Where lines are broken", default=72, unit="characters", minimum=20)


# how they are built


@contextmanager
def _book(options: BookOptions, services: Services) -> Iterator[object]:
    from certcore_attendance._book import AttendanceBook  # loaded when it is used

    yield AttendanceBook(services.folder / options.book, realm=services.realm)


@contextmanager
def _letter(options: NoOptions, services: Services) -> Iterator[object]:
    from certcore_attendance._letter import LetterWriter  # loaded when it is used

    yield LetterWriter()


# what is offered


@hookimpl
def certcore_retrievers() -> Iterable[Provider]:
    return [provider("attendance", BookOptions, _book, summary="An attendance book")]


@hookimpl
def certcore_generators() -> Iterable[Provider]:
    return [provider("letter", Letter, _letter, summary="Writes letters in plain text")]
