"""
Pathways and lessons in files whose columns are named.
"""

from __future__ import annotations

import pytest

from certcore.domain import LearnerProgress, LearningContext, Progress, Skipped, Step
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest
from certcore.retrievers import FileContext


BIO = "course-v1:Uni+BIO101+2026T1"
CHEM = "course-v1:Uni+CHEM101+2026T1"


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


def pathway(*courses, **more):
    steps = [each if isinstance(each, Step) else Step(course=each) for each in courses]
    return LearningContext(key="path", kind="pathway", steps=tuple(steps), **more)


def retrieve(retriever, context=None, **request):
    return list(retriever.retrieve(RetrievalRequest(context=context or course(), **request)))


def learners(found):
    return {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}


class TestPathways:
    """
    Several courses, each with alternatives.
    """

    def test_each_course_has_its_file(self, build, write):
        """
        Who isn't in a course's complete file isn't enrolled there; the name may be in any of them.
        """
        write("grades/BIO101.csv", "id,name,Grade\nada,Ada,0.9\nbob,,0.5\n")
        write("grades/CHEM101.csv", "id,name,Grade\nbob,Bob,0.6\ncy,Cy,0.7\n")
        retriever = build(
            path="grades/{course}.csv",
            columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}},
        )

        found = learners(retrieve(retriever, pathway(Step(course=BIO, alternatives=(CHEM,)))))

        away = Progress(enrolled=False)
        assert {
            "ada": {BIO: Progress(enrolled=True, grades={"Total": 0.9}), CHEM: away},
            "bob": {
                BIO: Progress(enrolled=True, grades={"Total": 0.5}),
                CHEM: Progress(enrolled=True, grades={"Total": 0.6}),
            },
            "cy": {BIO: away, CHEM: Progress(enrolled=True, grades={"Total": 0.7})},
        } == {key: each.steps for key, each in found.items()}
        assert "Bob" == found["bob"].learner.name

    def test_a_row_that_cannot_be_read_leaves_a_step_unknown(self, build, write):
        """
        Whoever's row it may be isn't turned down for it.
        """
        write("BIO101.csv", "id,name,Grade\nada,Ada,x\nbob,Bob,0.5\n")
        write("CHEM101.csv", "id,name,Grade\nada,Ada,0.6\nlost\n")
        retriever = build(
            path="{course}.csv",
            columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}},
        )

        found = learners(retrieve(retriever, pathway(BIO, CHEM)))

        assert Progress() == found["ada"].steps[BIO]
        assert Progress() == found["bob"].steps[CHEM]

    def test_one_file_serves_all_steps(self, build, write):
        """
        A column says which course a row is about; rows about others don't matter.
        """
        write(
            "path.csv",
            "id,name,course,Grade\nada,Ada,DS1,0.9\nada,Ada,DS2,0.8\nbob,Bob,DS2,0.7\n"
            "ada,Ada,DS9,0\nada,Ada,DS2,0.85\ncy,Cy,DS2,x\ncy,Cy,DS1,0.1\nlost\n",
        )
        retriever = build(
            path="{key}.csv",
            columns={
                "id": "id",
                "name": "name",
                "step": "course",
                "grades": {"Total": "Grade"},
            },
        )

        found = retrieve(retriever, pathway("DS1", "DS2"))

        steps = {key: each.steps for key, each in learners(found).items()}
        assert {"Total": 0.9} == steps["ada"]["DS1"].grades
        assert {"Total": 0.85} == steps["ada"]["DS2"].grades
        assert Progress() == steps["cy"]["DS2"]
        assert Progress() == steps["bob"]["DS1"]
        assert ["bad-data", "bad-data", "duplicate"] == [
            each.kind for each in found if isinstance(each, Skipped)
        ]

    def test_the_same_file_serves_a_single_course(self, build, write):
        """
        Only its own rows count.
        """
        write("all.csv", "id,name,course\nada,Ada,DS1\nbob,Bob,DS2\n")
        retriever = build(path="all.csv", columns={"id": "id", "name": "name", "step": "course"})

        assert {"bob"} == set(learners(retrieve(retriever, course("DS2"))))

    def test_rows_about_something_else_alone_are_an_error(self, build, write):
        """
        The key is misspelt; nobody is turned down for that.
        """
        write("all.csv", "id,name,course\nada,Ada,DS-1\nbob,Bob,DS-2\n")
        retriever = build(path="all.csv", columns={"id": "id", "name": "name", "step": "course"})

        with pytest.raises(RetrievalError) as caught:
            retrieve(retriever, pathway("DS1"))

        assert (
            "no row of all.csv is about DS1. Did you mean 'DS-1'? "
            "The rows are about: DS-1, DS-2." == str(caught.value)
        )

    def test_courses_that_nothing_tells_apart_are_refused(self, build, write):
        """
        One file can't be the roster of two courses.
        """
        write("bio.csv", "id,name\nada,Ada\n")

        with pytest.raises(RetrievalError, match="nothing in it tells them apart"):
            retrieve(build(), pathway(BIO, CHEM))

    def test_steps_may_have_files_of_their_own(self, build, write):
        """
        What stands beside a step wins over the source's path.
        """
        write("a.csv", "id,name\nada,Ada\n")
        write("b.csv", "id,name\nada,Ada\n")
        steps = pathway(
            Step(course="A", options=FileContext(path="a.csv")),
            Step(course="B", options=FileContext(path="b.csv")),
            Step(course="A", options=FileContext(path="b.csv")),
        )

        (found,) = retrieve(build(), steps)

        assert {"A", "B"} == set(found.steps)

    def test_columns_may_tell_steps_apart(self, build, write):
        """
        A wide file has a column for each; a bad cell costs its step alone.
        """
        write("bio.csv", "id,name,Week 1,Week 2\nada,Ada,0.9,x\n")
        steps = pathway(
            Step(course="W1", options=FileContext(column="Week 1")),
            Step(course="W2", options=FileContext(column="Week 2")),
        )

        bad, good = retrieve(build(), steps)

        assert "column 'Week 2': a text: a number is wanted" == bad.reason
        assert {
            "W1": Progress(enrolled=True, grades={"Total": 0.9}),
            "W2": Progress(),
        } == good.steps

    def test_a_pathway_without_steps_is_refused(self, build):
        """
        It isn't one without conditions.
        """
        with pytest.raises(RetrievalError, match="has no steps"):
            retrieve(build(), pathway())

    def test_somebody_without_a_name_anywhere_is_skipped(self, build, write):
        """
        Once, not in each course.
        """
        write("BIO101.csv", "id,name\nada,\n")
        write("CHEM101.csv", "id,name\nada,\n")

        (found,) = retrieve(build(path="{course}.csv"), pathway(BIO, CHEM))

        assert ("ada", "no-name", "BIO101.csv line 2") == (found.learner, found.kind, found.where)


class TestLessons:
    """
    A part of a course.
    """

    FILE = "id,name,lesson,Grade\nada,Ada,,0.9\nada,Ada,Cells,0.5\nbob,Bob,Heredity,0.7\n"

    @pytest.fixture
    def retriever(self, build, write):
        write("BIO101.csv", self.FILE)
        return build(
            path="{course}.csv",
            columns={
                "id": "id",
                "name": "name",
                "lesson": "lesson",
                "grades": {"Total": "Grade"},
            },
        )

    def test_only_its_rows_count(self, retriever):
        """
        It is found in the file of its course, by its key or as it is called there.
        """
        lesson = LearningContext(key="Cells", kind="lesson", course=BIO)
        named = LearningContext(
            key="x", kind="lesson", course=BIO, options=FileContext(lesson="Heredity")
        )

        assert {"ada": {"Total": 0.5}} == {
            key: each.grades for key, each in learners(retrieve(retriever, lesson)).items()
        }
        assert {"bob"} == set(learners(retrieve(retriever, named)))

    def test_the_course_has_the_rows_without_one(self, retriever):
        """
        What names no lesson is about the course.
        """
        (found,) = retrieve(retriever)

        assert {"Total": 0.9} == found.grades

    def test_a_lesson_that_no_row_names_is_an_error(self, retriever):
        """
        It is misspelt.
        """
        lesson = LearningContext(key="Cell", kind="lesson", course=BIO)

        with pytest.raises(RetrievalError, match=r"is about Cell\. Did you mean 'Cells'\?"):
            retrieve(retriever, lesson)

    def test_lessons_can_be_steps(self, retriever):
        """
        They share a file; the rows about the course belong to none of them.
        """
        own = FileContext(path="BIO101.csv")
        steps = pathway(Step(course="Cells", options=own), Step(course="Heredity", options=own))

        found = learners(retrieve(retriever, steps))

        assert {"Total": 0.5} == found["ada"].steps["Cells"].grades
        assert Progress(enrolled=False) == found["ada"].steps["Heredity"]
