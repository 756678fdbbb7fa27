"""
Gradebooks in spreadsheets: what their cells hold, and files that would take the process with them.
"""

from __future__ import annotations

import csv
import datetime as dt
import struct
import sys
import zipfile
import zlib

from pathlib import Path

import openpyxl
import pytest

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from certcore.domain import LearnerProgress, LearningContext, Skipped
from certcore.exceptions import MissingExtraError, RetrievalError
from certcore.ports import RetrievalRequest
from certcore.retrievers import _sheet_limits


GOLDEN = Path(__file__).parents[1] / "gradebooks"
GRADES = ["Quiz: Cells (Real)", "Course total (Real)"]


@pytest.fixture
def excel(tmp_path):
    """
    Write rows into a sheet of a .xlsx file.
    """

    def make(rows, name="bio.xlsx", sheet="Grades", percent=()):
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append(row)
        for cell in percent:
            book.active[cell].number_format = "0.00%"
        book.create_sheet("Notes").append(["nothing"])
        book.save(tmp_path / name)

    return make


@pytest.fixture
def opendocument(tmp_path):
    """
    Write rows into a sheet of a .ods file, empty rows below as LibreOffice leaves them.
    """

    def make(rows, name="bio.ods", repeat=1):
        document = OpenDocumentSpreadsheet()
        table = Table(name="Grades")
        for row in rows:
            line = TableRow(numberrowsrepeated=repeat)
            for value in row:
                said = {"valuetype": "string"}
                if isinstance(value, float):
                    said = {"valuetype": "float", "value": value}
                if isinstance(value, dt.datetime):
                    said = {"valuetype": "date", "datevalue": value.isoformat()}
                cell = TableCell(**said)
                cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        blank = TableRow(numberrowsrepeated=1_000_000)
        blank.addElement(TableCell(numbercolumnsrepeated=16_384))
        table.addElement(blank)
        document.spreadsheet.addElement(table)
        document.save(tmp_path / name)

    return make


@pytest.fixture
def build(provide):
    """
    Make the retriever of named columns.
    """

    def make(**options):
        columns = {"id": "id", "name": "name", "grades": {"Total": "Grade"}, "earned_at": "when"}
        return provide("files", {"path": "bio.xlsx", "columns": columns, **options})

    return make


def retrieve(retriever):
    return list(retriever.retrieve(RetrievalRequest(context=LearningContext(key="bio"))))


def moodle():
    """
    Give Moodle's export as its spreadsheets have it: numbers are numbers, the rest is text.
    """
    with (GOLDEN / "moodle-grader.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    numbers = [at for at, title in enumerate(header) if title.endswith("(Real)")]
    for row in rows:
        for at in numbers:
            row[at] = row[at] if row[at] == "-" else float(row[at])
    return [header, *rows]


def refused(retriever):
    with pytest.raises(RetrievalError) as caught:
        retrieve(retriever)
    return str(caught.value)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_moodle_exports_the_same_in_each_format(provide, excel, opendocument, write, ending):
    """
    Text, Excel and OpenDocument: the learners are the same.
    """
    rows = moodle()
    write("bio.csv", (GOLDEN / "moodle-grader.csv").read_bytes())
    excel(rows)
    opendocument(rows)
    points = {"Assignment: Herbarium": 10}

    retriever = provide("gradebook", {"path": f"bio.{ending}", "id": "ID number", "points": points})
    found = retrieve(retriever)

    assert {
        "U-1041": {
            "Quiz: Cells": 0.925,
            "Assignment: Herbarium": 0.9,
            "Homework total": 0.91,
            "Total": 0.9175,
        },
        "U-1048": {"Quiz: Cells": 0.7, "Homework total": 0.35, "Total": 0.525},
    } == {e.learner.id: e.grades for e in found if isinstance(e, LearnerProgress)}
    assert [f"bio.{ending} line 4"] == [each.where for each in found if isinstance(each, Skipped)]


def test_cells_are_what_they_hold(build, excel):
    """
    Whole numbers are ids, dates are dates, and of 85 % there is 0.85.
    """
    day, moment = dt.date(2026, 5, 22), dt.datetime.fromisoformat("2026-05-22T14:03")
    excel(
        [
            [None, None, None, None],
            ["id", "name", "Grade", "when"],
            [17, "Ada López", 0.85, day],
            [18, "=HYPERLINK(1)", 0.5, moment],
            [None, None, None, None],
            ["19", "Łukasz", 1, None],
            [20.5, "Half", 1, None],
            [21, "Clock", 1, dt.time(9, 30)],
            [22, "Span", 1, dt.timedelta(hours=30)],
            [10**16, "Long", 1, None],
            [True, "Bool", 1, None],
        ],
        percent=["C3"],
    )

    found = retrieve(build())

    given = {e.learner.id: e for e in found if isinstance(e, LearnerProgress)}
    assert {"17": 0.85, "19": 1.0} == {key: e.grades["Total"] for key, e in given.items()}
    assert dt.datetime(2026, 5, 22, 12, tzinfo=dt.UTC) == given["17"].earned_at
    lines = {each.where: each.reason for each in found if isinstance(each, Skipped)}
    assert {
        "bio.xlsx line 4": "no name",  # nobody has worked the formula out
        "bio.xlsx line 7": "column 'id': 20.5: a text is wanted",
        "bio.xlsx line 8": "column 'when': a time: a text is wanted",
        "bio.xlsx line 9": "column 'when': a timedelta: a text is wanted",
        "bio.xlsx line 10": "column 'id': a float: a text is wanted",
        "bio.xlsx line 11": "column 'id': a bool: a text is wanted",
    } == lines


def test_midnight_is_a_day(build, opendocument):
    """
    A date that is shown with a time.
    """
    day, moment = map(dt.datetime.fromisoformat, ("2026-05-22T00:00", "2026-05-22T14:03"))
    header = ["id", "name", "Grade", "when"]
    opendocument([header, [17.0, "Ada", 1.0, day], [18.0, "Bob", 1.0, moment]])

    first, second = retrieve(build(path="bio.ods"))

    assert (12, 14) == (first.earned_at.hour, second.earned_at.hour)


def test_a_percent_cell_is_no_percentage(provide, excel):
    """
    Moodle writes "85.00 %"; a number without the sign may be 85 % or 0.85 %.
    """
    rows = moodle()
    at = rows[0].index("Course total (Percentage)")
    rows[1][at] = 0.9175
    excel(rows, percent=["O2"])

    found = retrieve(provide("gradebook", {"path": "bio.xlsx", "id": "ID number"}))

    assert ["U-1048"] == [e.learner.id for e in found if isinstance(e, LearnerProgress)]
    assert "a percent sign is wanted" in str(found[0])


def test_a_sheet_may_be_named(build, excel):
    """
    Else it is the first.
    """
    excel([["id", "name", "Grade", "when"], [17, "Ada", 1, None]])
    (named,) = retrieve(build(sheet="Grades"))

    assert [named] == retrieve(build())
    assert refused(build(sheet="Grade")) == (
        "bio.xlsx has no sheet 'Grade'. Did you mean 'Grades'? It has: Grades, Notes."
    )
    assert "has no column 'id'" in refused(build(sheet="Notes"))


def test_nothing_in_it(build, excel):
    """
    It isn't a course without learners: an export went wrong.
    """
    excel([])

    assert "bio.xlsx is empty: not even the names of columns are there" == refused(build())


@pytest.mark.parametrize("content", [b"", b"id,name\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_something_else_by_that_name(build, write, content):
    """
    A renamed text file, a truncated one, Excel's format of the nineties or one with a password.
    """
    write("bio.xlsx", content)

    assert "bio.xlsx isn't a spreadsheet that can be read, or is damaged." in refused(build())


def test_another_archive(build, tmp_path):
    """
    A .docx is one as well.
    """
    with zipfile.ZipFile(tmp_path / "bio.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr("word/picture.png", b"\x89PNG")

    assert "bio.xlsx can't be read as a spreadsheet" in refused(build())


def test_a_file_that_goes_away(build, excel, tmp_path):
    """
    Between being found and being opened.
    """
    excel([["id"]])
    found = build().retrieve(RetrievalRequest(context=LearningContext(key="bio")))
    (tmp_path / "bio.xlsx").unlink()

    with pytest.raises(RetrievalError, match=r"bio\.xlsx can't be read: No such file"):
        next(found)


def test_without_the_extra(build, excel, monkeypatch):
    """
    It says what to install.
    """
    excel([["id"]])
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    with pytest.raises(MissingExtraError, match=r"certcore\[spreadsheets\]"):
        retrieve(build())


class TestBombs:
    """
    Small files that would make a reader take all memory there is.
    """

    def pack(self, path, sheet, *, packing=zipfile.ZIP_DEFLATED, more=()):
        """
        Write a .xlsx file whose only sheet is some markup.
        """
        book = openpyxl.Workbook()
        book.active["A1"] = "id"
        book.save(path)
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/worksheets/sheet1.xml"] = sheet
        with zipfile.ZipFile(path, "w", packing) as archive:
            for name, content in [*parts.items(), *more]:
                archive.writestr(name, content)

    def sheet(self, cells):
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()

    @pytest.mark.parametrize(
        "cells",
        [
            '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            '<row r="1048575"/><row><c/><c/><c/><c/></row>',
            '<row r="900000"><c r="A900000"/><c/><c/><c/><c/></row>',
        ],
    )
    def test_a_cell_far_away(self, build, tmp_path, cells):
        """
        A reader makes room for all between.
        """
        self.pack(tmp_path / "bio.xlsx", self.sheet(cells))

        said = refused(build())

        assert "can't be read safely: it has more than 4,000,000 cells. Save it as CSV." in said

    def test_cells_that_are_repeated(self, build, opendocument):
        """
        A few bytes of OpenDocument are a thousand rows.
        """
        opendocument([["x"] * 10], repeat=1_000_000)

        assert "more than 4,000,000 cells" in refused(build(path="bio.ods"))

    def test_what_unpacks_to_much(self, build, tmp_path, monkeypatch):
        """
        Whatever it says of itself.
        """
        monkeypatch.setattr(_sheet_limits, "MOST_BYTES", 5_000_000)
        self.pack(tmp_path / "bio.xlsx", self.sheet("<!--" + "x" * 6_000_000 + "-->"))

        assert "larger than 5,000,000 bytes when unpacked" in refused(build())

    def test_a_size_that_is_a_lie(self, build, tmp_path, monkeypatch):
        """
        All is unpacked and counted, not what the list of contents says.
        """
        monkeypatch.setattr(_sheet_limits, "MOST_BYTES", 5_000_000)
        markup = self.sheet("<!--" + "x" * 6_000_000 + "-->")
        path = tmp_path / "bio.xlsx"
        self.pack(path, markup)
        content = bytearray(path.read_bytes())
        entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
        struct.pack_into("<I", content, entry + 16, zlib.crc32(markup[:10]))
        struct.pack_into("<I", content, entry + 24, 10)
        path.write_bytes(content)

        assert "larger than 5,000,000 bytes when unpacked" in refused(build())

    def test_a_long_cell(self, build, excel, tmp_path):
        """
        Five megabytes of text are no feedback.
        """
        self.pack(
            tmp_path / "bio.xlsx",
            self.sheet(f'<row><c t="inlineStr"><is><t>{"x" * 5_000_000}</t></is></c></row>'),
        )

        assert "a cell has more than 100,000 characters" in refused(build())

    def test_markup_that_is_broken(self, build, tmp_path):
        """
        What can't be counted isn't read.
        """
        self.pack(tmp_path / "bio.xlsx", b'<worksheet><c r="A1" r="B1"/></worksheet>')

        assert "isn't a spreadsheet that can be read, or is damaged" in refused(build())

    @pytest.mark.parametrize(
        "change",
        [
            {"packing": zipfile.ZIP_BZIP2},
            {"more": [(f"{number}.xml", b"") for number in range(2_001)]},
        ],
    )
    def test_an_archive_of_another_kind(self, build, tmp_path, change):
        """
        No program for spreadsheets writes such a one.
        """
        self.pack(tmp_path / "bio.xlsx", self.sheet(""), **change)

        assert "can't be read safely" in refused(build())

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_two_parts_of_one_name(self, build, tmp_path):
        """
        Nobody knows which one a reader takes.
        """
        self.pack(
            tmp_path / "bio.xlsx", self.sheet(""), more=[("xl/worksheets/sheet1.xml", b"<x/>")]
        )

        assert "it has too many parts" in refused(build())
