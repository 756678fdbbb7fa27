"""
Texts that say something of a certificate.
"""

import datetime as dt
import math
import subprocess
import sys

import pytest

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import Certificate, Issuer, StatedIssuer, normalize_code
from certcore.exceptions import ConfigurationError, GenerationError
from certcore.placeholders import (
    DATE_FORMS,
    PLACEHOLDERS,
    Placeholder,
    compile_text,
    sample_certificate,
    sample_for,
    unprintable,
)


def said(text: str, certificate: Certificate | None = None, *, language: str = "") -> str:
    return compile_text(text).render(certificate or sample_certificate(), language=language)


def with_statement(**changes: object) -> Certificate:
    sample = sample_certificate()
    return evolve(sample, statement=evolve(sample.statement, **changes))


def with_issuer(**changes: object) -> Certificate:
    return with_statement(issuer=evolve(sample_certificate().statement.issuer, **changes))


def with_context(**changes: object) -> Certificate:
    return with_statement(context=evolve(sample_certificate().statement.context, **changes))


def with_evidence(**changes: object) -> Certificate:
    return with_statement(evidence=evolve(sample_certificate().statement.evidence, **changes))


@pytest.mark.parametrize("placeholder", PLACEHOLDERS, ids=lambda each: each.name)
def test_each_placeholder_gives_what_its_row_shows(placeholder: Placeholder):
    """
    The sample in the table is what the made-up certificate really gives.
    """
    names = {"grades.*": "grades.Total", "facts.*": "facts.hours"}
    name = names.get(placeholder.name, placeholder.name)

    assert placeholder.sample == said(f"{{{name}}}")
    assert placeholder.label.endswith(".")


@pytest.mark.parametrize(
    "form,expected",
    [
        ("", "26 de junio de 2026"),
        (":short", "26/6/26"),
        (":medium", "26 jun 2026"),
        (":long", "26 de junio de 2026"),
        (":full", "viernes, 26 de junio de 2026"),
    ],
)
def test_dates_are_written_in_the_language_and_form_asked_for(form: str, expected: str):
    """
    A date has four forms; the long one is taken if none is named.
    """
    assert expected == said(f"{{date{form}}}", sample_certificate(language="es"))


@pytest.mark.parametrize(
    "asked,recipient,issuer,expected",
    [
        ("de", "es", "fr", "26. Juni 2026"),
        ("", "es", "fr", "26 de junio de 2026"),
        ("", "", "fr", "26 juin 2026"),
        ("", "es-XX", "fr", "26 de junio de 2026"),
        ("", "pt_BR", "fr", "26 de junho de 2026"),
        ("", "zh-TW", "fr", "2026年6月26日"),
        ("", "tlh", "fr", "June 26, 2026"),
        ("", "?!", "fr", "June 26, 2026"),
        ("", "\ud800", "fr", "June 26, 2026"),
        ("", "es-\ud800", "fr", "26 de junio de 2026"),
        ("", "es\0", "fr", "June 26, 2026"),
        ("", "../../es", "fr", "June 26, 2026"),
        ("", "x" * 9000, "fr", "June 26, 2026"),
        ("", "", "", "June 26, 2026"),
    ],
)
def test_the_language_is_that_of_the_text_else_recipient_else_issuer(
    asked: str, recipient: str, issuer: str, expected: str
):
    """
    A language that isn't known falls back to its parent, and at last to English.
    """
    sample = sample_certificate(language=recipient)
    certificate = evolve(
        sample,
        statement=evolve(sample.statement, issuer=evolve(sample.statement.issuer, language=issuer)),
    )

    assert expected == said("{date}", certificate, language=asked)


def test_dates_are_those_of_the_issuers_zone():
    """
    Just before midnight in London, it is tomorrow in Madrid.
    """
    late = dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)
    sample = with_statement(awarded_at=late, earned_at=None)
    madrid = evolve(
        sample,
        statement=evolve(
            sample.statement,
            issuer=evolve(sample.statement.issuer, time_zone="Europe/Madrid"),
        ),
    )

    assert ["June 30, 2026", "July 1, 2026"] == [said("{date}", sample), said("{date}", madrid)]


@pytest.mark.parametrize(
    "moment,zone,expected",
    [
        (dt.datetime.max.replace(tzinfo=dt.UTC), "Pacific/Kiritimati", "December 31, 9999"),
        (dt.datetime.min.replace(tzinfo=dt.UTC), "America/New_York", "January 1, 1"),
    ],
)
def test_there_is_no_day_after_the_last_one(moment: dt.datetime, zone: str, expected: str):
    """
    Nor one before the first.
    """
    sample = with_issuer(time_zone=zone)
    never = evolve(sample.statement, expires_at=moment)

    assert expected == said("{expires}", evolve(sample, statement=never))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -1e26, 10**400])
def test_numbers_that_cant_be_printed(value: float):
    """
    The error names the placeholder.
    """
    for text, certificate in (
        ("{grades.Total}", with_evidence(grades={"Total": value})),
        ("{facts.hours}", with_evidence(facts={"hours": value})),
        ("{completion}", with_evidence(completion=value)),
    ):
        with pytest.raises(GenerationError) as caught:
            said(text, certificate)
        assert f"{text}: its value is no number, or too large for being printed" == str(
            caught.value
        )


def test_the_printed_date_is_the_day_of_earning_else_of_the_award():
    """
    A source that doesn't know when the requirements were met leaves the day of the award.
    """
    unknown = with_statement(earned_at=None)

    assert ["June 26, 2026", "July 1, 2026"] == [said("{date}"), said("{date}", unknown)]


def test_what_may_be_absent_leaves_nothing():
    """
    Not every certificate expires or has a cycle, and not every recipient has an address.
    """
    sample = with_statement(expires_at=None, cycle="")
    statement = evolve(sample.statement, recipient=evolve(sample.statement.recipient, email=""))

    assert "[][][]" == said(
        "[{expires}][{cycle}][{recipient.email}]", evolve(sample, statement=statement)
    )


@pytest.mark.parametrize(
    "text,certificate,message",
    [
        ("{grades.Final exam}", sample_certificate(), "no grade for 'Final exam'"),
        ("{facts.posts}", sample_certificate(), "no number by the name of 'posts'"),
        ("{completion}", with_evidence(completion=None), "how much of the course was done"),
        ("{earned}", with_statement(earned_at=None), "Write {date} instead"),
        ("{context.start}", with_context(start=None), "when the course starts"),
        ("{context.end}", with_context(end=None), "when the course ends"),
        ("{verification.address}", with_issuer(verification=""), "no verification address"),
        ("{recipient.name}", sample_certificate(name=" \u200b\n"), "no name that could be printed"),
        ("{date}", with_issuer(time_zone="Mars/Olympus"), "'Mars/Olympus' isn't known"),
        ("{date}", with_issuer(time_zone="../etc"), "'../etc' isn't known"),
    ],
)
def test_what_is_asked_for_and_not_there_is_that_certificates_failure(
    text: str, certificate: Certificate, message: str
):
    """
    Nothing is printed with a gap in it: the error names what is lacking.
    """
    with pytest.raises(GenerationError, match=message.replace("{", "\\{")) as caught:
        said(text, certificate)

    assert not caught.value.retryable


@pytest.mark.parametrize(
    "grade,language,expected",
    [
        (0.83, "en", "83%"),
        (0.8333333, "en", "83.3%"),
        (0.8999999999, "en", "90%"),
        (0.875, "es", "87,5\N{NO-BREAK SPACE}%"),
        (1.0, "en", "100%"),
        (0.5, "tr", "%50"),
    ],
)
def test_grades_are_percentages_as_the_language_writes_them(
    grade: float, language: str, expected: str
):
    """
    One decimal at most, and the sign where the language has it.
    """
    certificate = sample_certificate(language=language, grades={"Total": grade})

    assert expected == said("{grades.Total}", certificate)


def test_numbers_are_written_as_the_language_does():
    """
    A fact is a number, not a fraction.
    """
    certificate = sample_certificate(language="de", facts={"hours": 1234.5})

    assert "1.234,5" == said("{facts.hours}", certificate)


def test_categories_may_have_blanks_and_any_letters():
    """
    All up to the closing brace is the name.
    """
    certificate = sample_certificate(grades={"Práctica final": 0.9})

    assert "90% - Ada López" == said("{grades.Práctica final} - { recipient.name }", certificate)


def test_doubled_braces_are_braces():
    """
    A brace is written twice where a brace is meant.
    """
    assert "{recipient.name} } Ada López {" == said("{{recipient.name}} }} {recipient.name} {{")


@given(st.text())
def test_any_text_can_be_said_with_doubled_braces(text: str):
    """
    Whatever a text is, doubling its braces gives a template of it.
    """
    template = compile_text(text.replace("{", "{{").replace("}", "}}"))

    assert text == template.render(sample_certificate())
    assert text == template.literal
    assert frozenset() == template.names


@given(st.text(alphabet="{}:. abcdefgilmnoprst", max_size=30))
def test_what_compiles_can_be_rendered(text: str):
    """
    A text is refused when it is compiled, or not at all.
    """
    try:
        template = compile_text(text)
    except ConfigurationError:
        return

    assert isinstance(template.render(sample_for(template.names)), str)


@pytest.mark.parametrize(
    "text,problem",
    [
        ("{recipient.nmae}", "no such placeholder. Did you mean {recipient.name}?"),
        ("{Recipient.Name}", "no such placeholder. Did you mean {recipient.name}?"),
        ("{grade.Final exam}", "no such placeholder. Did you mean {grades.Final exam}?"),
        ("{grades.}", "no such placeholder. Did you mean {grades.Total}?"),
        ("{total}", "no such placeholder. Known are: {recipient.name}, "),
        ("{recipient.__class__}", "no such placeholder. "),
        ("{}", "no such placeholder. Known are: "),
        ("{date:lnog}", "no such form. One of: short, medium, long, full"),
        ("{date:}", "no such form. One of: short, medium, long, full"),
        ("{context.name:long}", "takes no form. Write {context.name}."),
    ],
)
def test_a_wrong_placeholder_is_named_with_what_may_have_been_meant(text: str, problem: str):
    """
    The error is a ValueError that says what to write instead.
    """
    with pytest.raises(ValueError, match="no ") as caught:
        compile_text(text)

    assert str(caught.value).startswith(f"{text}: {problem}")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x0b"])
def test_braces_are_on_one_line(end: str):
    """
    A text is read line by line.
    """
    with pytest.raises(ConfigurationError) as caught:
        compile_text(f"For {{recipient.name{end}}}{end}!")

    (problem,) = caught.value.problems
    assert "{recipient.name }: has a line break in its braces. Write it on one line." == str(
        problem
    )


def test_all_problems_of_a_text_are_told_at_once():
    """
    Each wrong placeholder and each lone brace is a problem of its own.
    """
    with pytest.raises(ConfigurationError) as caught:
        compile_text("{a} {date:b} }{")

    assert 4 == len(caught.value.problems)
    assert "a } stands alone. Write }} for one." == str(caught.value.problems[2])


def test_a_template_knows_its_names_and_its_own_words():
    """
    Checks ask for both.
    """
    template = compile_text("On {date:short}, {recipient.name}: {grades.Total}{{!}}")

    assert {"date", "recipient.name", "grades.Total"} == template.names
    assert "On , : {!}" == template.literal


@pytest.mark.parametrize(
    "verification,expected",
    [
        ("https://example.org/{code}", ()),
        ("", ("{verification.address}: the issuer has no verification address.",)),
        (
            "https://example.org/",
            ("{verification.address}: the issuer's verification address lacks {code}.",),
        ),
    ],
)
def test_an_issuer_without_a_verification_address_is_noticed(
    verification: str, expected: tuple[str, ...]
):
    """
    A layout that uses the address needs an issuer who has one.
    """
    names = compile_text("{verification.address}").names
    stated = StatedIssuer(key="uni", name="Uni", verification=verification)

    assert expected == unprintable(names, Issuer(verification=verification))
    assert expected == unprintable(names, stated)
    assert () == unprintable({"recipient.name"}, Issuer())


def test_a_sample_has_whatever_a_design_asks_for():
    """
    Grades and numbers of any name, and those that are handed in.
    """
    names = compile_text("{grades.Práctica} {facts.posts} {grades.Total}").names

    certificate = sample_for(names, name="Zoë", grades={"Total": 0.5})

    evidence = certificate.statement.evidence
    assert {"Práctica": 0.87, "Total": 0.5} == evidence.grades
    assert {"posts": 24, "hours": 24} == evidence.facts
    assert "Zoë" == certificate.statement.recipient.name


def test_a_samples_code_is_one_that_could_be_checked():
    """
    Its check character is right.
    """
    code = sample_certificate().code

    assert code == normalize_code(said("{verification.code}"))


def test_forms_are_those_that_babel_knows():
    """
    Each form can be written.
    """
    assert 4 == len({said(f"{{awarded:{form}}}") for form in DATE_FORMS})


def test_babel_is_loaded_when_a_date_is_written():
    """
    Reading texts costs nothing.
    """
    program = (
        "import sys; from certcore.placeholders import *;"
        "compile_text('{recipient.name}').render(sample_certificate());"
        "assert 'babel' not in sys.modules;"
        "compile_text('{date}').render(sample_certificate());"
        "assert 'babel' in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)

    assert b"" == done.stderr
