"""
Lists of certificates as files: what can be read, and what a row that can't be costs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from certcore.exceptions import RetrievalError
from certcore.registrar import ImportRow, read_import


def read(path: Path, content: str | bytes, **more: Any) -> list[ImportRow]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_import(path, **more))


def told(rows: list[ImportRow]) -> list[tuple[int, Any]]:
    return [(row.line, row.problem or dict(row.fields)) for row in rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_with_any_separator(tmp_path: Path, separator: str) -> None:
    """
    Whichever the first row has most of.
    """
    text = "learner,name\nada,Ada López\n".replace(",", separator)

    rows = read(tmp_path / "list.csv", text.encode("utf-8-sig"))

    assert [(2, {"learner": "ada", "name": "Ada López"})] == told(rows)


def test_rows_of_csv_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """
    A cell may have several lines; one row's trouble is its own.
    """
    text = 'learner,name\n\nada,"Ada\nLópez"\n,\nbob\n"x"y,z\neva,Eva\n"zoe,Zoe\n'

    rows = read(tmp_path / "list.csv", text)

    assert [
        (3, {"learner": "ada", "name": "Ada\nLópez"}),
        (5, {"learner": "", "name": ""}),
        (6, "1 cells, 2 are wanted"),
        (7, "the row can't be read: ',' expected after '\"'"),
        (8, {"learner": "eva", "name": "Eva"}),
        (9, "the row can't be read: unexpected end of data"),
    ] == told(rows)


def test_a_cell_without_end(tmp_path: Path) -> None:
    """
    It costs its row; what may be wrong is said.
    """
    rows = read(tmp_path / "list.csv", f"learner,name\nada,{'x' * 150_000}\neva,Eva\n")

    assert [
        (2, "a cell has more than 131,072 characters: is a quote missing?"),
        (3, {"learner": "eva", "name": "Eva"}),
    ] == told(rows)


def test_json_lines(tmp_path: Path) -> None:
    """
    An object in each; values keep their kinds.
    """
    text = '{"learner": 17, "grades": {"Total": 0.8}}\n\n[1]\n{"learner":\n{"code": ["a", "b"]}'

    rows = read(tmp_path / "list.jsonl", text)

    assert [
        (1, {"learner": 17, "grades": {"Total": 0.8}}),
        (3, "the line isn't a JSON object"),
        (4, "the line isn't a JSON object"),
        (5, {"code": ["a", "b"]}),
    ] == told(rows)


@pytest.mark.parametrize("ending", [".txt", ""])
def test_an_ending_that_says_nothing(tmp_path: Path, ending: str) -> None:
    """
    Then it has to be said.
    """
    path = tmp_path / f"list{ending}"

    with pytest.raises(RetrievalError, match="its ending doesn't say what it is"):
        read(path, '{"learner": "ada"}')

    assert [(1, {"learner": "ada"})] == told(list(read_import(path, "jsonl")))


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("a.csv", "", "a.csv is empty: not even the names of fields are there"),
        ("a.csv", "\n\n", "a.csv is empty"),
        ("a.csv", b"PK\x03\x04\x00\x00", "a.csv isn't a CSV file in UTF-8"),
        ("a.csv", "learner,name".encode("utf-16"), "a.csv isn't a CSV file in UTF-8"),
        ("a.csv", "Name;Prénom".encode("cp1252"), "a.csv isn't a CSV file in UTF-8"),
        ("a.csv", "learner,expire_at\n", "'expire_at' is no field. Did you mean 'expires_at'?"),
        ("a.csv", "learner,xyz\n", "'xyz' is no field. There are: context, context_name, type"),
        ("a.csv", "learner,name,learner\n", "'learner' stands there twice"),
        ("a.jsonl", b"x" * 1_000_001, "a.jsonl line 1 is too long: is it a list at all?"),
    ],
)
def test_what_is_no_list(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    """
    Is refused as a whole, before anything is taken over.
    """
    with pytest.raises(RetrievalError) as refused:
        read(tmp_path / name, content)

    assert said in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """
    Is told by its name.
    """
    with pytest.raises(RetrievalError, match=r"list\.csv can't be read: No such file"):
        list(read_import(tmp_path / "list.csv"))


def test_bytes_that_are_not_utf_8_cost_their_row(tmp_path: Path) -> None:
    """
    They are marked, for whoever looks at the row.
    """
    rows = read(tmp_path / "list.csv", b"learner,name\nada,L\xf3pez\nbob,Bob\n")

    assert ["L\udcf3pez", "Bob"] == [row.fields["name"] for row in rows]
