"""
`certcore list`, `show`, `verify`, `revoke`: what was issued.
"""

from __future__ import annotations

import csv
import getpass
import io
import os
import re

from typing import Any

import pytest


BIO = "bio101/completion"


def test_list_shows_codes_and_names(issued: Any) -> None:
    """
    Each certificate has a line with its code, and filters leave out the others.
    """
    everything = issued.run("list")
    one = issued.run("list", BIO, "--person", "ŁUKASZ", "--status", "issued", "--run", "1")
    none = issued.run("list", "--status", "revoked")

    listed = re.findall(
        r"^  [\dA-Z-]{33} +(.+?)  +bio101/completion +issued", everything.stdout, re.MULTILINE
    )
    assert {"Łukasz Żółć", "Máire Ní Bhriain"} == set(listed)
    assert "Máire" not in one.stdout
    assert (0, "", "No such certificate.\n") == (none.exit_code, none.stdout, none.stderr)


def test_list_is_cut_unless_all_are_wanted(campus: Any) -> None:
    """
    Fifty are listed; CSV has all of them.
    """
    campus.change("[[configurations]]", "[[configurations]]\nquiet = true")
    campus.book([(f"p{n}", f"Person {n}", "", 1, 1, "") for n in range(55)])
    campus.run("issue")

    some, everything = campus.run("list"), campus.run("list", "--all")
    cells = list(csv.DictReader(io.StringIO(campus.run("list", "--format", "csv").stdout)))

    assert 50 == some.stdout.count("Person ")
    assert "and more: --all" in some.stderr
    assert 55 == everything.stdout.count("Person ")
    assert 55 == len({row["code"] for row in cells})


def test_show_tells_statement_file_messages_and_history(issued: Any) -> None:
    """
    A code as it was typed, or an id, leads to everything about the certificate.
    """
    document = issued.json("show", issued.code("lzolc").lower().replace("-", " "))
    text = issued.run("show", document["certificate"]["id"])

    certificate = document["certificate"]
    assert ("issued", BIO) == (certificate["status"], certificate["configuration"])
    assert {"name": "Łukasz Żółć", "email": "lukasz@uni.example"}.items() <= (
        certificate["recipient"].items()
    )
    assert {"Total": 0.83} == certificate["evidence"]["grades"]
    assert ["award", "record"] == [entry["verb"] for entry in document["history"]]
    assert [getpass.getuser()] * 2 == [entry["actor"] for entry in document["history"]]
    assert ["sent"] == [message["status"] for message in document["messages"]]
    assert "completion ≥ 90 %: 95 %; Total ≥ 60 %: 83 %" in text.stdout
    assert certificate["file"]["key"] in text.stdout
    assert re.search(r"Messages\n  sent .* to lukasz@uni.example", text.stdout)
    assert re.search(r"History\n  .* award by ", text.stdout)


def test_show_tells_why_it_failed(campus: Any) -> None:
    """
    A certificate that couldn't be made shows the reason.
    """
    campus.book([("tenzin", "བསྟན་འཛིན", "", 1, 1, "")])
    campus.run("issue")

    document = campus.json("list", "--status", "failed")
    text = campus.run("show", document["certificates"][0]["id"])

    assert "missing-glyphs" == document["certificates"][0]["failure"]["code"]
    assert re.search(r"Status +failed: element 'name'", text.stdout)
    assert "Messages\n  none" in text.stdout


@pytest.mark.parametrize("word", ["ABC", "0" * 32, "0000-0000-0000-0000-0000-0000-000"])
def test_what_is_no_certificate_is_refused(issued: Any, word: str) -> None:
    """
    A mistyped code, an unknown id and an unknown code are errors with a hint.
    """
    result = issued.run("show", word)

    assert 1 == result.exit_code
    assert f"there is no certificate '{word}'" in result.stderr


def test_verify_says_valid_with_exit_code_0(issued: Any) -> None:
    """
    What is shown is public: the name, but neither address nor learner id.
    """
    code = issued.code("lzolc")

    text = issued.run("verify", code.lower())
    document = issued.json("verify", code)

    assert (0, True) == (text.exit_code, text.stdout.startswith("Valid.\n"))
    assert "Łukasz Żółć" in text.stdout
    assert "lukasz@" not in text.stdout + str(document)
    assert ("valid", True, "Łukasz Żółć") == (
        document["status"],
        document["valid"],
        document["recipient"],
    )


@pytest.mark.parametrize(
    "code, said",
    [
        ("0000-0000-0000-0000-0000-0000-000", "No certificate has this code."),
        ("1234", "No such code is known. One of ours has 26 letters and digits"),
        ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "No such code is known."),
    ],
)
def test_verify_says_what_is_wrong_with_exit_code_1(issued: Any, code: str, said: str) -> None:
    """
    Whatever isn't valid has exit code 1, so that a script can ask.
    """
    result = issued.run("verify", code)

    assert 1 == result.exit_code
    assert said in result.stdout


def test_revoking_takes_a_certificate_back(issued: Any) -> None:
    """
    The code says so from then on, and the history says who did it and why.
    """
    code = issued.code("lzolc")

    result = issued.run("revoke", code, "--reason", "wrong person", "--actor", "m.ruiz", "--yes")
    verified = issued.run("verify", code)
    again = issued.run("revoke", code, "--reason", "wrong person", "--yes")

    last = issued.json("show", code)["history"][-1]
    assert 0 == result.exit_code
    assert "Łukasz Żółć (campus:lzolc) · bio101/completion" in result.stderr
    assert (1, "Revoked: it isn't valid any more.\n") == (verified.exit_code, verified.stdout)
    assert ("revoke", "m.ruiz", "wrong person") == (last["verb"], last["actor"], last["reason"])
    assert 1 == again.exit_code
    assert "the certificate is revoked already" in again.stderr
    assert "revoked: wrong person" in issued.run("show", code).stdout


def test_unsent_messages_of_a_revoked_certificate_are_counted(campus: Any) -> None:
    """
    What hadn't gone out won't, and that is said.
    """
    campus.change("[[configurations]]", '[[configurations]]\nrelease = "by hand"')
    campus.run("issue")

    result = campus.run("revoke", campus.code("lzolc"), "--reason", "wrong", "--yes")

    assert "1 message hadn't gone out and won't." in result.stderr


def test_revoking_asks_first(issued: Any) -> None:
    """
    Where nobody can be asked, --yes is wanted; the certificate stays as it is.
    """
    code = issued.code("lzolc")

    result = issued.run("revoke", code, "--reason", "wrong person")

    assert 2 == result.exit_code
    assert "add --yes" in result.stderr
    assert 0 == issued.run("verify", code).exit_code


def test_certificates_of_a_configuration_that_is_no_more_are_shown(issued: Any) -> None:
    """
    The ledger outlives the project's files; a broken configuration hides nothing either.
    """
    issued.change("course-v1:Uni+BIO101+2026T1", "course-v1:Uni+OTHER+2026T1")
    issued.add('\n[[configurations]]\ncontext = "bio101"\ntype = "nothing"\n')

    result = issued.json("list")

    assert {"course-v1:Uni+BIO101+2026T1/completion"} == {
        each["configuration"] for each in result["certificates"]
    }


def test_messages_say_until_when_they_wait(campus: Any) -> None:
    """
    A message that is to go out later says from when on.
    """
    campus.change("[[configurations]]", "[[configurations]]\nrelease = 2126-07-10T09:00:00")
    campus.run("issue")

    shown = campus.run("show", campus.code("lzolc")).stdout

    assert "pending to lukasz@uni.example, not before 10 Jul 2126 09:00" in shown


def test_the_history_names_whoever_is_logged_in(
    issued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A user without a name, as in a container, is known by number.
    """

    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)

    issued.run("revoke", issued.code("lzolc"), "--reason", "wrong", "--yes")

    history = issued.json("show", issued.code("lzolc"))["history"]
    assert f"uid {os.getuid()}" == history[-1]["actor"]
