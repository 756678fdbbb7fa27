"""
How a source reads the columns of its files, for people and for programs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._words import count


if TYPE_CHECKING:
    from certcore.domain import CertificateConfiguration
    from certcore.ports import FileReading


def tell_columns(
    wanted: CertificateConfiguration, readings: Iterable[FileReading], form: str
) -> None:
    """
    Write what is made of each column of each file. Nothing that stands in them is shown.
    """
    if form == "json":
        tell_json(
            {
                "configuration": wanted.name,
                "files": [_of_reading(reading) for reading in readings],
            }
        )
        return
    for reading in readings:
        tell(clean(f"{reading.file}: {reading.kind}; {reading.form}"))
        rows = [
            (
                each.title or "(no title)",
                each.use or "not read",
                each.note,
                f"{each.filled:,}",
                f"{reading.rows - each.filled:,}",
            )
            for each in reading.columns
        ]
        headers = ("Column", "Read as", "", "Filled", "Empty")
        tell(columns(rows, headers=headers, right=(3, 4)))
        for note in reading.notes:
            tell(clean(f"  {note}"))
        say(f"{count(reading.rows, 'row')} looked at.")


def _of_reading(reading: FileReading) -> dict[str, object]:
    return {
        "file": reading.file,
        "kind": reading.kind,
        "form": reading.form,
        "rows": reading.rows,
        "notes": list(reading.notes),
        "columns": [
            {
                "title": each.title,
                "use": each.use or None,
                "note": each.note,
                "filled": each.filled,
                "empty": reading.rows - each.filled,
            }
            for each in reading.columns
        ],
    }
