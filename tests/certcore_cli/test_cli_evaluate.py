"""
`certcore evaluate` and `certcore explain`: who would get one, and what everybody else lacks.
"""

from __future__ import annotations

import csv
import io
import re

from typing import Any

import pytest


BIO = "bio101/completion"


def numbers(output: str) -> dict[str, int]:
    found = re.findall(r"^  (\w[\w' ]*?) {2,}([\d,]+)(?: |$)", output, re.MULTILINE)
    return {words: int(number) for words, number in found}


def test_the_numbers_add_up_and_nothing_is_written(campus: Any) -> None:
    """
    A dry run counts everybody once, says what each lacks, and leaves no trace in the ledger.
    """
    result = campus.run("evaluate", BIO)

    said = numbers(result.stdout)
    assert 0 == result.exit_code
    assert {"would get one": 2, "have one": 0, "not yet": 2, "can't be judged": 1} == said
    assert "Introduction to Biology · course-v1:Uni+BIO101+2026T1 · 12 Jan 2026 to" in result.stderr
    assert "Certificate of completion: completion ≥ 90 % and Total ≥ 60 %" in result.stderr
    assert "5 records read from book" in result.stderr
    assert re.search(r"alopez +Ada López +completion 84 % of 90 %\n", result.stdout)
    assert re.search(r"ungraded .* can't be judged: no grade for 'Total'", result.stdout)
    assert "completion 1, completion and Total 1" in result.stdout
    assert f"certcore -p {campus.folder} issue {BIO}" in result.stderr
    assert [] == campus.json("runs")["runs"]
    assert [] == campus.json("list")["certificates"]


def test_after_issuing_they_have_one(issued: Any) -> None:
    """
    Who has a certificate is counted as such, and not listed.
    """
    result = issued.run("evaluate", BIO)

    assert {"would get one": 0, "have one": 2}.items() <= numbers(result.stdout).items()
    assert "lzolc" not in result.stdout
    assert " issue bio101" not in result.stderr


def test_long_lists_are_cut_unless_all_are_wanted(campus: Any) -> None:
    """
    A dozen learners are listed, some of each kind; how to get the others is said.
    """
    campus.book([(f"p{n}", f"Person {n}", "", n / 40, 1, "") for n in range(40)])

    some = campus.run("evaluate", BIO)
    everybody = campus.run("evaluate", BIO, "--all")

    assert 12 == some.stdout.count("Person ")
    assert 4 == some.stdout.count("nothing: would get one")
    assert "… 28 more: --all, or --format csv > missing.csv" in some.stderr
    assert 40 == everybody.stdout.count("Person ")


def test_csv_has_everybody(campus: Any) -> None:
    """
    The CSV has a row for each record, with what is missing.
    """
    result = campus.run("evaluate", BIO, "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert ["new", "new", "not-yet", "not-yet", "unknown"] == [row["outlook"] for row in rows]
    assert "completion 84 % of 90 %" == rows[2]["missing"]


def test_json_has_everybody_with_numbers(campus: Any) -> None:
    """
    The JSON document has counts, and for each learner what is missing as numbers.
    """
    campus.book([("ada", "Ada", "ada@uni.example", 0.84, 1, ""), ("bad", "B", "", "x", 1, "")])

    document = campus.json("evaluate", BIO)

    assert {"retrieved": 2, "not-yet": 1, "skipped": 1} == document["counts"]
    ada, bad = sorted(document["learners"], key=lambda each: each["outlook"])
    assert {"realm": "campus", "id": "ada"} == ada["learner"]
    assert (0.9, 0.84) == (ada["missing"][0]["required"], ada["missing"][0]["actual"])
    assert ("skipped", "gradebook.csv line 3") == (bad["outlook"], bad["where"])


def test_unreadable_rows_are_listed_with_their_lines(campus: Any) -> None:
    """
    A record that can't be used is one of the numbers that add up, and has a line of its own.
    """
    campus.book([("ada", "Ada", "", 0.84, 1, ""), ("bad", "B", "", "x", 1, "")])

    text = campus.run("evaluate", BIO)
    cells = campus.run("evaluate", BIO, "--format", "csv")

    assert 1 == numbers(text.stdout)["left out"]
    assert "left out: gradebook.csv line 3: " in text.stdout
    assert "skipped,gradebook.csv line 3: " in cells.stdout


def test_one_person_is_shown_criterion_by_criterion(campus: Any) -> None:
    """
    Each criterion has its mark, required and actual.
    """
    campus.change(
        "[[configurations]]", '[[configurations]]\ngate = { close = "14 days after end" }'
    )

    result = campus.run("evaluate", BIO, "--learner", "alopez")

    assert 0 == result.exit_code
    assert "Ada López · campus:alopez · read live, " in result.stdout
    assert (
        "Not yet:\n  ✗   completion   84 % of 90 %\n  ✓   Total        90 % of 60 %"
        in result.stdout
    )
    assert "The gate closes on 14 Jul 2126." in result.stderr


def test_one_person_as_json_and_csv(issued: Any) -> None:
    """
    One person can be had as data too, with the id of the certificate if there is one.
    """
    document = issued.json("evaluate", BIO, "--learner", "lzolc")
    cells = issued.run("evaluate", BIO, "--learner", "alopez", "--format", "csv")
    text = issued.run("evaluate", BIO, "--learner", "lzolc")

    assert "held" == document["outlook"]
    assert ["met", "met"] == [each["verdict"] for each in document["criteria"]]
    found = issued.json("list", "--person", "lzolc")["certificates"]
    assert [document["certificate"]] == [each["id"] for each in found]
    assert "alopez,Ada López,ada@uni.example,not-yet,completion 84 % of 90 %" in cells.stdout
    assert document["certificate"] in text.stderr


def test_a_person_the_source_does_not_know(campus: Any) -> None:
    """
    An id that isn't there is refused, and --learner goes with no list.
    """
    assert 1 == campus.run("evaluate", BIO, "--learner", "ghost").exit_code
    assert 2 == campus.run("evaluate", BIO, "--learner", "lzolc", "--all").exit_code


def test_nobody_lapsed_is_said(issued: Any) -> None:
    """
    --held with nothing to list says so.
    """
    result = issued.run("evaluate", BIO, "--held")

    assert "Everybody who has one would get it again.\n" == result.stdout


def test_waiting_and_revoked_certificates_are_explained(campus: Any) -> None:
    """
    Who was awarded but not issued, or lost the certificate again, has a line that says so.
    """
    campus.run("issue", BIO)
    campus.run("revoke", campus.code("mobrien"), "--reason", "mistake", "--yes")
    campus.book([("tenzin", "བ", "", 1, 1, ""), ("mobrien", "Máire Ní Bhriain", "", 1, 1, "")])
    campus.run("issue", BIO)

    result = campus.run("evaluate", BIO)

    assert {"being made": 1, "taken back": 1}.items() <= numbers(result.stdout).items()
    assert "their certificate is failed: element 'name'" in result.stdout
    assert "their certificate is revoked" in result.stdout


@pytest.mark.parametrize(
    "rule, words",
    [
        ("{ completion = 0.845 }", "completion ≥ 84.5 %"),
        (
            "{ any_of = [{ completion = 1 }, { grades = { Total = 0.9 } }] }",
            "completion ≥ 100 % or Total ≥ 90 %",
        ),
        (
            "{ any_of = [{ completion = 1 }, { grades = { Total = 0.9 } }], at_least = 2 }",
            "2 of (completion ≥ 100 %, Total ≥ 90 %)",
        ),
        (
            "{ completion = 0.5, any_of = [{ grades = { Total = 0.9 } }, { completion = 0.8 }] }",
            "completion ≥ 50 % and (Total ≥ 90 % or completion ≥ 80 %)",
        ),
    ],
)
def test_rules_are_read_out(campus: Any, rule: str, words: str) -> None:
    """
    A rule is printed as a sentence.
    """
    campus.change("{ completion = 0.90, grades = { Total = 0.60 } }", rule)

    assert words == campus.json("evaluate", BIO)["rule"]


PATHWAY = """
[contexts.data]
key   = "path-v1:Uni+DATA"
name  = "Data Science"
steps = [
    { course = "course-v1:Uni+DS1+2026", name = "First" },
    { course = "course-v1:Uni+DS2+2026", name = "Second"%s },
]

[[configurations]]
context = "data"
type    = "completion"
"""


@pytest.mark.parametrize(
    "rule, second, words",
    [
        ("{ grades = { Total = 0.6 } }", "", "every step: Total ≥ 60 %"),
        ("{ every_step = { grades = { Total = 0.6 } } }", "", "every step: Total ≥ 60 %"),
        (
            "{ every_step = { grades = { Total = 0.6 } } }",
            ", rule = { grades = { Total = 0.8 } }",
            "every step: First: Total ≥ 60 %; Second: Total ≥ 80 %",
        ),
        (
            "{ every_step = { grades = { Total = 0.6 } } }",
            ', holds = "completion"',
            (
                "every step: First: Total ≥ 60 %; "
                "Second: Total ≥ 60 % or certificate 'completion' held"
            ),
        ),
    ],
)
def test_rules_of_pathways_are_read_out(campus: Any, rule: str, second: str, words: str) -> None:
    """
    A pathway's rule says that it is asked of every step, and where the steps differ.
    """
    campus.change("{ completion = 0.90, grades = { Total = 0.60 } }", rule)
    campus.change("columns.language ", "columns.step ")
    campus.add(PATHWAY % second)
    campus.book([("ada", "Ada", "", 1, 0.5, "course-v1:Uni+DS1+2026")])

    document = campus.json("evaluate", "data/completion")
    text = campus.run("evaluate", "data/completion", "--learner", "ada")

    assert words == document["rule"]
    assert "Uni+DS1+2026: Total   " in text.stdout


# explain


def test_explain_tells_everything_about_a_person(issued: Any) -> None:
    """
    Certificates with the server's words and history, and what is missing elsewhere, read live.
    """
    issued.add(
        '\n[types.honour]\nextends = "completion"\nrule = { grades = { Total = 0.95 } }\n'
        '\n[[configurations]]\ncontext = "bio101"\ntype = "honour"\n'
    )

    result = issued.run("explain", "lukasz@uni.example")

    assert 0 == result.exit_code
    assert "Łukasz Żółć · campus:lzolc · lukasz@uni.example\n" in result.stdout
    assert "bio101/completion · issued " in result.stdout
    assert issued.code("lzolc") in result.stdout
    assert re.search(r"message +sent .* to lukasz@uni\.example: written to \S+\.eml", result.stdout)
    assert re.search(r"award by \w+", result.stdout)
    assert re.search(r"bio101/honour +none yet: Total 83 % of 95 % \(read live\)", result.stdout)


@pytest.mark.parametrize(
    "who", ["lzolc", "campus:lzolc", "LUKASZ@uni.example", "Łukasz Żółć", "CODE"]
)
def test_explain_finds_people_by_whatever_is_known(issued: Any, who: str) -> None:
    """
    Id, key, address, name and verification code lead to the same person.
    """
    who = issued.code("lzolc") if who == "CODE" else who

    people = issued.json("explain", who)["people"]

    assert ["lzolc"] == [person["learner"]["id"] for person in people]
    assert ["sent"] == [each["status"] for each in people[0]["certificates"][0]["messages"]]


@pytest.mark.parametrize("who", ["alopez", "ada@uni.example", "ada l", "López"])
def test_explain_finds_people_without_certificates(campus: Any, who: str) -> None:
    """
    Whoever has no certificate yet is looked for in the sources.
    """
    document = campus.json("explain", who)

    (person,) = document["people"]
    assert ("alopez", []) == (person["learner"]["id"], person["certificates"])
    assert ["not-yet"] == [each["outlook"] for each in person["live"]]


def test_explain_shows_both_people_of_one_name(issued: Any) -> None:
    """
    Two people may have one name; the one without a certificate is found beside the other.
    """
    issued.book(
        [
            ("lzolc", "Łukasz Żółć", "lukasz@uni.example", 1, 1, ""),
            ("other", "Łukasz Żółć", "other@uni.example", 0, 1, ""),
        ]
    )

    by_name = issued.json("explain", "Łukasz Żółć")["people"]
    by_id = issued.json("explain", "lzolc")["people"]

    shown = issued.run("explain", "Łukasz Żółć").stdout
    assert ["lzolc", "other"] == [person["learner"]["id"] for person in by_name]
    assert "\n\nŁukasz Żółć · campus:other · " in shown
    assert ["lzolc"] == [person["learner"]["id"] for person in by_id]


def test_explain_says_who_is_eligible_and_why_a_file_failed(campus: Any) -> None:
    """
    A failure is told with its reason; who is next is told so.
    """
    campus.book([("tenzin", "བསྟན་འཛིན", "", 1, 1, "")])
    before = campus.run("explain", "tenzin")
    campus.run("issue", BIO)
    after = campus.run("explain", "tenzin")

    assert "none yet: the next run issues it (read live)" in before.stdout
    assert "bio101/completion · failed" in after.stdout
    assert "none of the design's fonts" in after.stdout


def test_explain_of_nobody_and_of_too_many(campus: Any) -> None:
    """
    Nobody is an error; a word that fits a crowd is too short.
    """
    campus.book([(f"p{n}", f"Person {n}", "", 1, 1, "") for n in range(12)])

    nobody = campus.run("explain", "ghost")
    crowd = campus.run("explain", "person")

    assert (1, 2) == (nobody.exit_code, crowd.exit_code)
    assert "there is no person 'ghost'" in nobody.stderr
    assert "12 people fit 'person'" in crowd.stderr


def test_explain_says_which_source_could_not_be_read(issued: Any) -> None:
    """
    What the ledger knows is told although a source fails, and a broken configuration is named.
    """
    (issued.folder / "gradebook.csv").unlink()
    issued.add('\n[[configurations]]\ncontext = "bio101"\ntype = "nothing"\n')

    result = issued.run("explain", "lzolc")

    assert 1 == result.exit_code
    assert issued.code("lzolc") in result.stdout
    assert "bio101/completion couldn't be read: " in result.stderr
    assert "bio101/nothing couldn't be read: " in result.stderr


@pytest.mark.parametrize(
    "start, end, said",
    [
        ("", "2126-06-30", " · until 30 Jun 2126"),
        ("2026-01-12", "", " · from 12 Jan 2026"),
        ("", "", ""),
    ],
)
def test_contexts_with_few_dates_are_introduced(
    campus: Any, start: str, end: str, said: str
) -> None:
    """
    What isn't known isn't said.
    """
    campus.change("start = 2026-01-12\n", f"start = {start}\n" if start else "")
    campus.change("end   = 2126-06-30\n", f"end   = {end}\n" if end else "")

    result = campus.run("evaluate", BIO)

    introduction = result.stderr.splitlines()[0]
    assert f"Introduction to Biology · course-v1:Uni+BIO101+2026T1{said}" == introduction


def test_reasons_beyond_the_commonest_are_summed_up(campus: Any) -> None:
    """
    The three commonest reasons are named, and the numbers still add up.
    """
    campus.change(
        "completion = 0.90, grades = { Total = 0.60 }", "grades = { T = 1, A = 1, B = 1 }"
    )
    campus.change('{ Total = "total" }', '{ T = "total", A = "done", B = "lang" }')
    campus.change('columns.completion = "done"\n', "")
    campus.change('columns.language   = "lang"\n', "")
    reached = [(1, 1, 0), (1, 0, 1), (0, 1, 1), (0, 0, 1), (0, 1, 0)]
    campus.book([(f"p{n}", "P", "", done, *rest) for n, (done, *rest) in enumerate(reached)])

    result = campus.run("evaluate", BIO)

    assert 5 == numbers(result.stdout)["not yet"]
    assert ", something else 2\n" in result.stdout


def test_explain_nobody_is_refused(campus: Any) -> None:
    """
    An empty variable in a script doesn't print everybody.
    """
    result = campus.run("explain", " ")

    assert 2 == result.exit_code
    assert "somebody's id, name, address or code is wanted" in result.stderr
