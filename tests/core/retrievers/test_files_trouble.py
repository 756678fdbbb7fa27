"""
What keeps a file from being read at all.
"""

from __future__ import annotations

import errno
import io
import os

from pathlib import Path

import pytest

from certcore.domain import LearnerProgress, LearningContext, Skipped
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest
from certcore.retrievers._encoding import UTF_8
from certcore.retrievers._lines import Lines
from certcore.retrievers._separators import Sample


BIO = "course-v1:Uni+BIO101+2026T1"


@pytest.fixture
def build(provide):
    """
    Make the retriever, with two columns unless others are named.
    """

    def make(**options):
        return provide(
            "files", {"path": "bio.csv", "columns": {"id": "id", "name": "name"}, **options}
        )

    return make


def course(key=BIO, **more):
    return LearningContext(key=key, **more)


def retrieve(retriever, context=None, **request):
    return list(retriever.retrieve(RetrievalRequest(context=context or course(), **request)))


def learners(found):
    return {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}


class TestTrouble:
    """
    What keeps a file from being read at all.
    """

    def test_a_column_that_is_not_there(self, build, write):
        """
        The nearest one is suggested.
        """
        write("bio.csv", "Id,name\nada,Ada\n")

        with pytest.raises(RetrievalError) as caught:
            retrieve(build())

        assert "bio.csv has no column 'id'. Did you mean 'Id'? It has: Id, name." == str(
            caught.value
        )

    def test_a_column_that_is_there_twice(self, build, write):
        """
        Nobody can tell which is meant.
        """
        write("bio.csv", "id,name,name\nada,Ada,Bob\n")

        with pytest.raises(RetrievalError, match="2 columns 'name'"):
            retrieve(build())

    @pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
    @pytest.mark.parametrize("name", ["bio.csv", "bio.jsonl"])
    def test_an_empty_file(self, build, write, name, content):
        """
        It isn't a course without learners: an export went wrong.
        """
        write(name, content)

        with pytest.raises(RetrievalError, match="is empty"):
            retrieve(build(path=name))

    def test_a_header_alone_is_no_learners(self, build, write):
        """
        Nobody has enrolled yet.
        """
        write("bio.csv", "id,name\n")

        assert [] == retrieve(build())

    @pytest.mark.parametrize(
        "content", [b"i\0d\0,\0n\0", b"PK\x03\x04\x00\x00\xff", b'"id"x,name\n']
    )
    def test_something_else_by_that_name(self, build, write, content):
        """
        A spreadsheet isn't a CSV file for being called one.
        """
        write("bio.csv", content)

        with pytest.raises(RetrievalError, match="isn't a CSV file in UTF-8"):
            retrieve(build())

    def test_a_quotation_mark_that_is_never_closed(self, build, write):
        """
        The rows that it swallows aren't passed over in silence.
        """
        write("bio.csv", 'id,name\nada,Ada\nbob,"Bob\ncy,Cy\n')

        with pytest.raises(RetrievalError, match=r"bio\.csv line 3: a quotation mark"):
            retrieve(build())

    def test_a_quotation_mark_that_is_closed_much_later(self, build, write):
        """
        Hundreds of learners aren't skipped as one row.
        """
        many = "".join(f"user{number},User\n" for number in range(300))
        write("bio.csv", f'id,name\nbob,"Bob\n{many}cy,"C"y\n')

        with pytest.raises(RetrievalError, match=r"bio\.csv line 2: a quotation mark"):
            retrieve(build())

    @pytest.mark.parametrize("length", [200_000, 999_999, 1_000_000, 5_000_000])
    def test_a_line_that_is_too_long_costs_its_row(self, build, write, length):
        """
        It isn't read into memory as a whole, and the rows behind it count.
        """
        cells = ",".join("x" * 100_000 for _ in range(length // 100_001 + 1))[:length]
        write("bio.csv", f"id,name\nada,Ada\n{cells}\nbob,{'x' * length}\ncy,Cy\n")

        found = retrieve(build())

        assert ["ada", "cy"] == [e.learner.id for e in found if isinstance(e, LearnerProgress)]
        assert ["bio.csv line 3", "bio.csv line 4"] == [
            each.where for each in found if isinstance(each, Skipped)
        ]

    def test_a_last_cell_that_is_cut_costs_its_row(self, build, write):
        """
        What is left of it doesn't pass for all of it.
        """
        wide = ",".join(["x" * 99_999] * 10)
        header = ",".join(f"more{n}" for n in range(10))
        write("bio.csv", f"{header},id,name\n{wide},ada,Ada Lovelace\n")
        long = '{"id": "ada", "name": "' + "x" * 1_000_000 + '"}\n'
        write("bio.jsonl", f'{long}{{"id": "bob"}}\n{long}{{"id": "cy"}}\n')

        (csv,) = retrieve(build())
        first, third, bob, cy = retrieve(build(path="bio.jsonl", columns={"id": "id"}))

        assert ("bio.csv line 2", "the line is too long") == (csv.where, csv.reason)
        assert ("bio.jsonl line 1", "the line is too long") == (first.where, first.reason)
        assert ("bio.jsonl line 3", first.reason) == (third.where, third.reason)
        assert ["bob", "cy"] == [bob.learner.id, cy.learner.id]

    def test_a_long_cell_of_many_lines_passes_for_no_rows(self, build, write):
        """
        Where it ends can't be known, and feedback may hold what looks like a grade.
        """
        lines = "x" * 150_000 + "\neve,Eve\n"
        write("bio.csv", f'id,name\nada,"Ada\n{lines}"\n')

        with pytest.raises(RetrievalError, match=r"line 2: a cell of more than 131,072 characters"):
            retrieve(build())

    def test_a_cell_without_end_on_one_line(self, build, write):
        """
        It costs its row alone.
        """
        write("bio.csv", f"id,name\nada,{'x' * 150_000}\nbob,Bob\n")

        bad, good = retrieve(build())

        assert "a cell has more than 131,072 characters: is a quote missing?" == bad.reason
        assert "bob" == good.learner.id

    def test_characters_that_are_none(self, build, write):
        """
        A name with a NUL in it can't be printed, and no database takes it.
        """
        write("bio.csv", "id,name\nada,A\0da\nbob,B\ufffdb\ncy,Cy\n")

        first, second, good = retrieve(build())

        assert "column 'name': a NUL character, which can't be kept: take it out" == first.reason
        assert "column 'name': a letter can't be read: save the file as UTF-8" == second.reason
        assert "cy" == good.learner.id

    def test_a_name_without_end(self, build, write):
        """
        It is no name, and no certificate has room for it.
        """
        write("bio.csv", f"id,name\nada,{'x' * 10_000}\nbob,{'x' * 500}\n")

        skipped, good = retrieve(build())

        assert "column 'name': a name of 10,000 letters: at most 500 are wanted" == skipped.reason
        assert "bob" == good.learner.id

    def test_a_file_that_changes_meanwhile(self, build, write):
        """
        It is read again another time; nobody was judged on half of it.
        """
        path = write("bio.csv", "id,name\n" + "".join(f"user{n},User\n" for n in range(2000)))
        told = []

        def grow(progress):
            told.append(progress)
            with path.open("a") as file:
                file.write("late,Late\n")

        with pytest.raises(RetrievalError, match="changed while it was being read") as caught:
            retrieve(build(), on_progress=grow)

        assert told
        assert caught.value.retryable

    def test_a_folder(self, build, tmp_path):
        """
        It isn't a file for having the name of one.
        """
        (tmp_path / "bio.csv").mkdir()

        with pytest.raises(RetrievalError, match=r"bio\.csv isn't a file"):
            retrieve(build())

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read(self, build, write):
        """
        The system's words say why.
        """
        write("bio.csv", "id,name\n").chmod(0)

        with pytest.raises(RetrievalError, match=r"bio\.csv can't be read: Permission denied"):
            retrieve(build())

    def test_a_file_that_goes_away(self, build, write):
        """
        Between being found and being opened.
        """
        path = write("bio.csv", "id,name\n")
        found = build().retrieve(RetrievalRequest(context=course()))
        path.unlink()

        with pytest.raises(RetrievalError, match=r"bio\.csv can't be read: No such file"):
            next(found)

    @pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has such a file")
    def test_a_file_that_cannot_be_read_to_its_end(self, build, tmp_path):
        """
        The memory of a process is such a file.
        """
        (tmp_path / "bio.csv").symlink_to("/proc/self/mem")

        with pytest.raises(RetrievalError, match=r"bio\.csv can't be read: Input/output error"):
            retrieve(build())

    def test_a_disk_that_fails_in_the_middle(self, tmp_path):
        """
        What was read before isn't taken for all there is.
        """

        class Failing(io.FileIO):
            def readinto(self, buffer):
                if self.tell() > 0:
                    raise OSError(errno.EIO, "Input/output error")
                return super().readinto(buffer)

        path = tmp_path / "bio.csv"
        path.write_text("id,name\n" * 10_000)
        with io.TextIOWrapper(io.BufferedReader(Failing(path))) as file:
            lines = Lines(file, "bio.csv", UTF_8, Sample("", whole=True))

            with pytest.raises(RetrievalError, match=r"bio\.csv can't be read: Input/output error"):
                list(lines)

            assert lines.number > 0

    def test_an_ending_that_says_nothing(self, build, write):
        """
        The format has to be said.
        """
        write("bio.dat", "id,name\nada,Ada\n")

        assert ["ada"] == list(learners(retrieve(build(path="bio.dat", format="csv"))))
        with pytest.raises(RetrievalError, match=r"bio\.dat: its ending doesn't say what it is"):
            retrieve(build(path="bio.dat"))

    def test_spreadsheets_of_old(self, build, write):
        """
        What to do with them is said at once.
        """
        write("bio.XLS", b"\xd0\xcf\x11\xe0")

        with pytest.raises(RetrievalError, match=r"^bio\.XLS: \.xls isn't read: save it as \.xlsx"):
            retrieve(build(path="bio.XLS"))
