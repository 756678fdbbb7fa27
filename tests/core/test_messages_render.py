"""
What messages say: templates, the built-in words, and checks when they are saved.
"""

from __future__ import annotations

import re
import subprocess
import sys

from collections.abc import Mapping
from xml.etree import ElementTree as ET

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import MessageTemplate
from certcore.exceptions import NotificationError, Problem
from certcore.messages import SAMPLE_VARIABLES, Rendered, check, render


def said(text: str, variables: Mapping[str, object] = SAMPLE_VARIABLES) -> str:
    return render(MessageTemplate(text=text), variables).text


def told(text: str) -> list[str]:
    return [str(problem) for problem in check(MessageTemplate(text=text))]


def parsed(page: str) -> ET.Element:
    """
    A page, which has to be well-formed.
    """
    return ET.fromstring(page)  # noqa: S314  # our own


def words(page: str) -> str:
    """
    What is read on a page.
    """
    body = parsed(page.replace("<br />", " ")).find("body")
    assert body is not None
    return " ".join("".join(body.itertext()).split())


def test_the_built_in_message() -> None:
    """
    Text and HTML say the same; everything that the learner needs is there.
    """
    rendered = render(MessageTemplate(), SAMPLE_VARIABLES)

    assert "Your certificate for Introduction to Biology" == rendered.subject
    assert (
        """\
Dear Ada López,

congratulations! You have earned this certificate:

    Introduction to Biology
    Certificate of completion
    22 May 2026

Open your certificate here:
https://certs.uni.example/c/4f8a1c

The link works until 31 July 2026. Please save the file before then.

The file is attached to this message.

Its verification code is 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE.
Whoever you show it to can check that it is genuine:
https://certs.uni.example/v/6R2K9WQX3MTB7C5D0FHENPVZ1AE

With best wishes
Universidad de Ejemplo
"""
        == rendered.text
    )
    assert (
        "Dear Ada López, congratulations! You have earned this certificate: Introduction to "
        "Biology Certificate of completion 22 May 2026 Open your certificate The link works until "
        "31 July 2026. Please save the file before then. The file is attached to this message. Its "
        "verification code is 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE. Whoever you show it to can check "
        "that it is genuine. With best wishes Universidad de Ejemplo"
    ) == words(rendered.html)
    assert 'href="https://certs.uni.example/c/4f8a1c"' in rendered.html
    assert 'href="https://certs.uni.example/v/6R2K9WQX3MTB7C5D0FHENPVZ1AE"' in rendered.html
    assert "en" == rendered.language


def test_what_there_is_none_of() -> None:
    """
    A message without link, file, title and verification page says nothing of them, and has no gaps.
    """
    bare = {
        **SAMPLE_VARIABLES,
        "type": {"title": ""},
        "link": "",
        "link_until": "",
        "attached": False,
        "verification": {"code": "6R2K-9WQX", "address": ""},
    }
    rendered = render(MessageTemplate(), bare)

    assert (
        """\
Dear Ada López,

congratulations! You have earned this certificate:

    Introduction to Biology
    22 May 2026

Its verification code is 6R2K-9WQX.

With best wishes
Universidad de Ejemplo
"""
        == rendered.text
    )
    assert "href" not in rendered.html
    assert (
        "Dear Ada López, congratulations! You have earned this certificate: Introduction to "
        "Biology 22 May 2026 Its verification code is 6R2K-9WQX. With best wishes Universidad de "
        "Ejemplo"
    ) == words(rendered.html)


@pytest.mark.parametrize(
    "purpose, subject, opening",
    [
        ("reissue", "Your renewed certificate for", "your certificate was renewed."),
        ("reminder", "Reminder: your certificate for", "a reminder: this certificate is waiting"),
        ("revocation", "is no longer valid", "this certificate is no longer valid:"),
    ],
)
def test_other_purposes(purpose: str, subject: str, opening: str) -> None:
    """
    Only somebody who was awarded something is congratulated.
    """
    rendered = render(MessageTemplate(), {**SAMPLE_VARIABLES, "purpose": purpose})

    assert subject in rendered.subject
    assert opening in rendered.text
    assert opening in words(rendered.html)
    assert "congratulations" not in rendered.text + rendered.html


def test_a_revocation_is_told_in_built_in_words() -> None:
    """
    A template that congratulates isn't used, and nothing leads to the file.
    """
    template = MessageTemplate(subject="Hooray!", text="Well done!", html="<p>Hooray!</p>")
    rendered = render(template, {**SAMPLE_VARIABLES, "purpose": "revocation"}, language="es")

    assert "Your certificate for Introduction to Biology is no longer valid" == rendered.subject
    assert "Well done" not in rendered.text
    assert "certs.uni.example" not in rendered.text + rendered.html
    assert "en" == rendered.language


def test_an_own_template() -> None:
    """
    All three parts can be one's own.
    """
    template = MessageTemplate(
        subject="¡Enhorabuena, {{ recipient.name }}!",
        text="{{ context.name }}\n",
        html="<p>{{ context.name }}</p>",
    )

    assert Rendered(
        subject="¡Enhorabuena, Ada López!",
        text="Introduction to Biology\n",
        html="<p>Introduction to Biology</p>",
        language="es",
    ) == render(template, SAMPLE_VARIABLES, language="es")


def test_html_made_from_text() -> None:
    """
    Paragraphs stay paragraphs, links can be clicked, and what looks like HTML is text.
    """
    text = "Hola {{ recipient.name }}:\n\nmira (https://uni.example/?a=1&b=2).\nÁnimo <b>\n"
    rendered = render(MessageTemplate(text=text), SAMPLE_VARIABLES, language="es-MX")

    assert "Hola Ada López: mira (https://uni.example/?a=1&b=2). Ánimo <b>" == words(rendered.html)
    assert 2 == rendered.html.count("<p ")
    assert '<a href="https://uni.example/?a=1&amp;b=2"' in rendered.html
    assert '<html lang="es-MX" dir="ltr">' in rendered.html


def test_languages_written_from_the_right() -> None:
    """
    The page runs as its language does.
    """
    rendered = render(MessageTemplate(text="مرحبا"), SAMPLE_VARIABLES, language="ar_EG")

    assert '<html lang="ar-EG" dir="rtl">' in rendered.html


HOSTILE = "<script>alert(1)</script> & \"Bob\" 'x'\r\nBcc: all@uni.example\n\nhttps://evil.example"


def test_values_are_text_and_nothing_else() -> None:
    """
    A learner's name writes neither HTML nor lines of its own.
    """
    variables = {**SAMPLE_VARIABLES, "recipient": {"name": HOSTILE, "language": ""}}
    template = MessageTemplate(
        subject="For {{ recipient.name }}", html="<p title='{{ recipient.name }}'>x</p>"
    )
    rendered, built_in = render(template, variables), render(MessageTemplate(), variables)

    assert 1 == len(rendered.subject.splitlines())
    assert rendered.text.startswith("Dear <script>alert(1)</script> & \"Bob\" 'x' Bcc: all@uni.exa")
    assert HOSTILE.split() == parsed(rendered.html).attrib["title"].split()
    assert "<script>" not in built_in.html
    assert '<a href="https://evil' not in built_in.html


@given(name=st.text())
def test_whatever_a_learner_is_called(name: str) -> None:
    """
    The message is made, its subject is one line, its HTML well-formed, its structure the same.
    """
    variables = {**SAMPLE_VARIABLES, "recipient": {"name": name, "language": ""}}
    usual = render(MessageTemplate(), SAMPLE_VARIABLES)
    rendered = render(MessageTemplate(subject="{{ recipient.name }}!"), variables)
    pages = [rendered.html, render(MessageTemplate(text=usual.text + name), variables).html]

    assert 1 == len(re.split(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", rendered.subject))
    assert usual.text.count("\n") == rendered.text.count("\n")
    assert 2 == len([parsed(page) for page in pages])
    assert usual.html.count("<") == rendered.html.count("<")
    rendered.text.encode()


def test_a_long_subject_is_cut() -> None:
    """
    Mail programs show a line of it.
    """
    long = {**SAMPLE_VARIABLES, "context": {"name": "x" * 1000}}

    subject = render(MessageTemplate(), long).subject

    assert 250 == len(subject)
    assert subject.endswith("x…")


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("{{ recipient.name|upper }}", "ADA LÓPEZ\n"),
        ("{% if link and not missing is defined %}a{% else %}b{% endif %}", "a\n"),
        ("{% for n in range(3) %}{{ loop.index + 1 }} {% endfor %}", "2 3 4 \n"),
        ("{% for w in ['a', 'b'] %}{{ w }}{% else %}none{% endfor %}", "ab\n"),
        ("{{ recipient['name'][-1] ~ recipient.name[:3] }}", "zAda\n"),
        ("{{ type.title|urlencode }}", "Certificate%20of%20completion\n"),
        ("{{ attached }} {{ 3 }}", "True 3\n"),
        ("a\r\n\r\n\r\n\r\nb\x07", "a\n\nb\n"),
    ],
)
def test_what_templates_can_do(text: str, wanted: str) -> None:
    """
    Conditions, loops, a few filters: what a message needs.
    """
    assert wanted == said(text)


def test_what_is_missing_is_an_error() -> None:
    """
    A message with a gap isn't sent; the error gives part and line, and isn't worth repeating.
    """
    with pytest.raises(NotificationError) as caught:
        said("Hello\n\n{{ recipient.nmae }}")

    assert (
        "the message's text can't be filled in: line 3: 'dict object' has no attribute 'nmae'"
        == str(caught.value)
    )
    assert not caught.value.retryable


def test_what_can_be_harmful_is_refused() -> None:
    """
    Also where nobody has checked the template.
    """
    with pytest.raises(NotificationError, match=r"line 2: a message can't call anything but range"):
        said("\n{{ link.upper() }}")


def test_the_html_is_meant() -> None:
    """
    The part that is wrong is named.
    """
    with pytest.raises(
        NotificationError, match=r"the message's html can't be .*: line 2: unexpected '}'"
    ):
        render(MessageTemplate(html="<p>\n{{ }"), SAMPLE_VARIABLES)


def test_errors_quote_no_values() -> None:
    """
    What a library says of a value may be a learner's name.
    """

    class Shy:
        def __str__(self) -> str:
            raise RuntimeError("Ada López")

    with pytest.raises(NotificationError) as caught:
        said("{{ thing }}", {**SAMPLE_VARIABLES, "thing": Shy()})

    assert str(caught.value).endswith("line 1: RuntimeError")


@pytest.mark.parametrize(
    "text, wanted",
    [
        (
            "a\n{{ recipient.nmae }}",
            ["line 2: unknown variable 'recipient.nmae'. Did you mean 'recipient.name'?"],
        ),
        (
            "{{ recipient['nmae'] }}",
            ["line 1: unknown variable 'recipient.nmae'. Did you mean 'recipient.name'?"],
        ),
        ("{{ lnik }}\n{{ lnik }}", ["line 1: unknown variable 'lnik'. Did you mean 'link'?"]),
        ("{{ zebra.stripes }}", ["line 1: unknown variable 'zebra'."]),
        (
            "{% for x in [link] %}{{ x.y or x[0] }}{% endfor %}{{ loop }}",
            ["line 1: unknown variable 'loop'."],
        ),
        ("a\n{% if %}", ["line 2: Expected an expression, got 'end of statement block'."]),
        (
            "{{ link|replace('a', 'b') }}\n{{ link|uper }}",
            [
                "line 1: there is no filter 'replace'.",
                "line 2: there is no filter 'uper'. Did you mean 'upper'?",
            ],
        ),
        ("{{ 1 is foo }}", ["line 1: No test named 'foo'."]),
        (
            "{{ self }}{{ _rounds }}",
            ["line 1: unknown variable 'self'.", "line 1: unknown variable '_rounds'."],
        ),
        ("{{ recipient[link] }}", ["line 1: in [ ] a number or a word in quotes is wanted."]),
        (
            "{{ link.upper() }}\n{{ loop(1) }}",
            [
                "line 1: a message can't call anything but range(…).",
                "line 2: a message can't call anything but range(…).",
            ],
        ),
        (
            "{{ 9 ** 9 }}{{ 'a' * 9 }}{{ '%9d' % 9 }}",
            [
                "line 1: '**' can't be used in a message.",
                "line 1: '*' can't be used in a message.",
                "line 1: '%' can't be used in a message.",
            ],
        ),
        ("{% set a = link %}", ["line 1: 'set' can't be used in a message."]),
        ("{% macro a() %}{% endmacro %}", ["line 1: 'macro' can't be used in a message."]),
        ("{% include 'x' %}", ["line 1: 'include' can't be used in a message."]),
        ("{% extends 'x' %}", ["line 1: 'extends' can't be used in a message."]),
        (
            "{% autoescape false %}{% endautoescape %}",
            ["line 1: 'autoescape' can't be used in a message."],
        ),
        ("x" * 50_001, ["line 1: a message has at most 50000 characters."]),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", ["line 1: it is nested too deeply."]),
    ],
)
def test_what_is_seen_when_a_template_is_saved(text: str, wanted: list[str]) -> None:
    """
    Each problem has its line, and what was probably meant.
    """
    assert [f"text: {problem}" for problem in wanted] == told(text)


def test_all_parts_are_checked() -> None:
    """
    Problems of all parts are told at once.
    """
    template = MessageTemplate(subject="{{ lnik }}", text="{{ dtae }}", html="<p>{{ x() }}</p>")

    assert (
        Problem("subject", "line 1: unknown variable 'lnik'.", "Did you mean 'link'?"),
        Problem("text", "line 1: unknown variable 'dtae'.", "Did you mean 'date'?"),
        Problem("html", "line 1: a message can't call anything but range(…)."),
    ) == check(template)


@pytest.mark.parametrize(
    "text, why",
    [
        ("{{ link.upper }}", "access to attribute 'upper' of 'str' object is unsafe"),
        ("{{ ''.__class__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ [1][5] }}", "list object has no element 5"),
        ("{{ link|truncate(1) }}", "AssertionError"),
        ("{% for a in range(999999) %}{% endfor %}", "OverflowError"),
        (
            "{% for a in range(99) %}{% for b in range(99) %}{% endfor %}{% endfor %}",
            "its loops take more than 1000 rounds",
        ),
        ("{% for a in [1] %}" * 30 + "{% endfor %}" * 30, "it is nested too deeply"),
    ],
)
def test_what_is_seen_when_it_is_tried(text: str, why: str) -> None:
    """
    A template is filled in once with the sample; what can't end is ended.
    """
    assert [f"the message's text can't be filled in: line 1: {why}."] == told(text)


def test_a_template_that_writes_too_much() -> None:
    """
    What is sent is bounded.
    """
    text = "{% for a in range(900) %}" + "x" * 1000 + "{% endfor %}"

    assert [
        "the message's text can't be filled in: it writes more than 200000 characters."
    ] == told(text)


def test_sound_templates_have_no_problems() -> None:
    """
    Neither the built-in message nor one that uses everything.
    """

    def flat(variables: Mapping[str, object], above: str = "") -> list[str]:
        return [
            path
            for name, value in variables.items()
            for path in (
                flat(value, f"{above}{name}.") if isinstance(value, dict) else [f"{above}{name}"]
            )
        ]

    everything = " ".join(f"{{{{ {path} }}}}" for path in flat(SAMPLE_VARIABLES))

    assert () == check(MessageTemplate())
    assert () == check(MessageTemplate(subject=everything, text=everything, html=everything))
    assert 13 == everything.count("{{")


@given(text=st.text(alphabet="{}%ifor set()[]|.'\"~_ab1+*-\n#", max_size=60))
def test_no_template_does_anything_else(text: str) -> None:
    """
    Whatever somebody writes, it is a message or a problem with its part, never another error.
    """
    template = MessageTemplate(text=text)
    problems = check(template)

    if problems:
        assert {"text", ""} >= {problem.path for problem in problems}
    else:
        assert render(template, SAMPLE_VARIABLES).text.endswith("\n")


def test_jinja_is_loaded_late() -> None:
    """
    Whoever composes no message doesn't wait for it.
    """
    code = "import certcore.messages, sys; print({'jinja2', 'babel'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "set()\n" == done.stdout
