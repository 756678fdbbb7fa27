"""
Files with a JSON object in each line.
"""

from __future__ import annotations

import pytest

from certcore.domain import LearnerProgress, LearningContext
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest


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


class TestJsonLines:
    """
    A JSON object in each line.
    """

    def test_values_are_read_as_they_are(self, build, write):
        """
        Numbers are numbers; what is null or not there is unknown.
        """
        write(
            "bio.jsonl",
            '\ufeff{"id": 4711, "name": "Ada", "grade": 0.9, "done": "85%"}\n\n'
            '{"id": "bob", "name": "Bob", "grade": null, "more": [1]}\n',
        )
        retriever = build(
            path="bio.jsonl",
            columns={
                "id": "id",
                "name": "name",
                "completion": "done",
                "grades": {"Total": "grade"},
            },
        )

        ada, bob = retrieve(retriever)

        assert ("4711", 0.85, {"Total": 0.9}) == (ada.learner.id, ada.completion, ada.grades)
        assert ("bob", None, {}) == (bob.learner.id, bob.completion, bob.grades)

    @pytest.mark.parametrize(
        "line,reason",
        [
            ("[1]", "the line isn't a JSON object"),
            ('{"id": ', "the line isn't a JSON object"),
            ("[" * 100_000, "the line isn't a JSON object"),
            ('{"id": true}', "column 'id': a bool: a text is wanted"),
            ('{"id": 1.5}', "column 'id': 1.5: a text is wanted"),
            ('{"id": ["x"]}', "column 'id': a list: a text is wanted"),
            ('{"id": "x", "name": {}}', "column 'name': a dict: a text is wanted"),
            ('{"id": "\\ud800"}', "column 'id': a letter can't be read: save the file as UTF-8"),
            ('{"id": "x", "grade": NaN}', "column 'grade': a float: a finite number is wanted"),
            ('{"id": "x", "grade": false}', "column 'grade': a bool: a text is wanted"),
            (
                '{"id": "x", "grade": 1' + "0" * 400 + "}",
                "column 'grade': a int: a finite number is wanted",
            ),
        ],
    )
    def test_a_bad_line_is_skipped(self, build, write, line, reason):
        """
        The first one, too; the rest goes on.
        """
        write("bio.jsonl", f'{line}\n{{"id": "ada", "name": "Ada", "grade": 1}}\n')
        retriever = build(
            path="bio.jsonl", columns={"id": "id", "name": "name", "grades": {"Total": "grade"}}
        )

        bad, good = retrieve(retriever)

        assert ("bio.jsonl line 1", reason) == (bad.where, bad.reason)
        assert "ada" == good.learner.id

    def test_a_field_that_no_line_has_is_an_error(self, build, write):
        """
        It is misspelt.
        """
        write("bio.jsonl", '{"id": "ada", "Name": "Ada"}\n')

        with pytest.raises(RetrievalError) as caught:
            retrieve(build(path="bio.jsonl"))

        assert "bio.jsonl has no column 'name'. Did you mean 'Name'? It has: id, Name." == str(
            caught.value
        )

    def test_a_file_of_something_else_is_an_error(self, build, write):
        """
        A list over many lines isn't JSON lines.
        """
        write("bio.jsonl", '[\n{"id": "ada"},\n{"id": "bob"}\n]\n')
        write("bio.ndjson", "[\n]\n")

        with pytest.raises(RetrievalError, match="no line of it is a JSON object"):
            retrieve(build(path="bio.ndjson"))

    def test_many_fields_do_no_harm(self, build, write):
        """
        Only so many are kept for a message.
        """
        wide = ", ".join(f'"f{number}": 1' for number in range(1500))
        write("bio.jsonl", f'{{"id": "ada", {wide}}}\n{{"id": "bob", "name": "Bob"}}\n')

        assert {"bob"} == set(learners(retrieve(build(path="bio.jsonl"))))
