"""
What somebody wrote into a file comes out of it, however awkward its shape.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import LearnerProgress, LearningContext, Skipped
from certcore.exceptions import RetrievalError
from certcore.plugins import Services
from certcore.ports import RetrievalRequest
from certcore.retrievers import FileColumns, FileOptions, certcore_retrievers


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd"), max_size=12
)
AWKWARD = st.text(st.sampled_from("aé\"',;\n\r\t Ł\u2028"), max_size=8)
IDS = (TEXTS | AWKWARD).map(str.strip).filter(bool)
NAMES = (TEXTS | AWKWARD).filter(str.strip)
GRADES = st.none() | st.floats(0, 1.5)
ROWS = st.lists(st.tuples(IDS, NAMES, GRADES, TEXTS | AWKWARD), max_size=12)

COLUMNS = FileColumns(id="id", name="name", grades={"Total": "Grade, final"})


class Never:
    """
    A clock that isn't asked.
    """

    def now(self):
        raise AssertionError


def retrieve(name, content, **options):
    (provider,) = [each for each in certcore_retrievers() if each.name == "files"]
    options = FileOptions(path=name, columns=COLUMNS, **options)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(content)
        services = Services(clock=Never(), folder=Path(folder), realm="campus")
        with provider.build(options, services) as retriever:
            request = RetrievalRequest(context=LearningContext(key="course"))
            return list(retriever.retrieve(request))


def expected_of(rows):
    last = {}
    for learner, name, grade, _ in rows:
        last.pop(learner, None)
        last[learner] = (" ".join(name.split()), {} if grade is None else {"Total": grade})
    return last


def given_by(found):
    return {
        each.learner.id: (each.learner.name, each.grades)
        for each in found
        if isinstance(each, LearnerProgress)
    }


@given(
    ROWS,
    # a writer that ends lines with \n doesn't know that \r must be quoted
    st.sampled_from([("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]),
    st.sampled_from(["comma", "semicolon", "tab"]),
    st.booleans(),
)
def test_csv(rows, dialect, delimiter, marked):
    """
    Delimiters, quotation marks and line ends in cells; whatever ends the lines.
    """
    sign = {"comma": ",", "semicolon": ";", "tab": "\t"}[delimiter]
    end, quoting = dialect
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=sign, lineterminator=end, quoting=quoting)
    writer.writerow(["id", "name", "Grade, final", "more"])
    for learner, name, grade, more in rows:
        writer.writerow([learner, name, "" if grade is None else repr(grade), more])
    content = ("\ufeff" if marked else "") + file.getvalue()

    found = retrieve("course.csv", content.encode(), delimiter=delimiter)

    assert list(expected_of(rows).items()) == list(given_by(found).items())
    duplicates = [each.kind for each in found if isinstance(each, Skipped)]
    assert ["duplicate"] * (len(rows) - len(expected_of(rows))) == duplicates


@given(ROWS.filter(bool), st.booleans())
def test_json_lines(rows, ascii_only):
    """
    Written with or without escapes.
    """
    lines = [
        json.dumps(
            {"id": learner, "name": name, "Grade, final": grade, "more": more},
            ensure_ascii=ascii_only,
        )
        for learner, name, grade, more in rows
    ]

    found = retrieve("course.jsonl", "\n".join(lines).encode())

    assert list(expected_of(rows).items()) == list(given_by(found).items())


@given(st.lists(st.sampled_from(["good", "short", "cell", "blank"]), max_size=20))
def test_lines_are_those_of_an_editor(kinds):
    """
    Each bad row is told with the number of its first line.
    """
    written = {
        "good": 'g{n},"Two\nLines",1\n',
        "short": "s{n}\n",
        "cell": 'c{n},"Two\n\nLines",x\n',
        "blank": "\n",
    }
    content = 'id,name,"Grade, final"\n'
    expected = []
    for number, kind in enumerate(kinds):
        if kind in {"short", "cell"}:
            expected.append(f"course.csv line {content.count(chr(10)) + 1}")
        content += written[kind].format(n=number)

    found = retrieve("course.csv", content.encode())

    assert expected == [each.where for each in found if isinstance(each, Skipped)]
    assert kinds.count("good") == len(given_by(found))


@given(st.binary(max_size=200))
def test_whatever_the_bytes_nothing_but_our_own_error_comes(content):
    """
    Whatever a file holds, it is read, or refused in our words.
    """
    header = b'id,name,"Grade, final"\n'
    for name, start in (("course.csv", header), ("course.csv", b""), ("course.jsonl", b"")):
        with contextlib.suppress(RetrievalError):
            found = retrieve(name, start + content)

            assert all(isinstance(each, (LearnerProgress, Skipped)) for each in found)


def test_many_duplicates_across_batches():
    """
    The last one counts wherever the first one was.
    """
    rows = 501
    lines = "".join(f"user{n},User,{grade}\n" for grade in (0.1, 0.9) for n in range(rows))

    found = retrieve("course.csv", f'id,name,"Grade, final"\n{lines}'.encode())

    assert rows == sum(isinstance(each, Skipped) for each in found)
    assert {0.9} == {grades["Total"] for _, grades in given_by(found).values()}
