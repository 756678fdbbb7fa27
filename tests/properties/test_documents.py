"""
Laws of documents: what is written reads the same, and goes on doing so.
"""

from __future__ import annotations

import datetime as dt
import json

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from certcore.config import dump, load, plain
from certcore.domain import (
    Certificate,
    Decision,
    Evidence,
    Recipient,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    Validity,
    Verdict,
)
from certcore.testing.strategies import certificates, decisions, evidence, statements


@given(decisions())
def test_decisions(decision: Decision) -> None:
    """
    Trees of any shape, with notes in any script.
    """
    assert decision == load(dump(decision), Decision)


@given(evidence())
def test_evidence(value: Evidence) -> None:
    """
    Floats come back to the last bit.
    """
    assert value == load(dump(value), Evidence)


@given(statements())
def test_statements(statement: Statement) -> None:
    """
    All fields; date-times with the offset they had.
    """
    read = load(dump(statement), Statement)

    assert statement == read
    assert statement.awarded_at.utcoffset() == read.awarded_at.utcoffset()


@given(certificates())
def test_certificates(certificate: Certificate) -> None:
    """
    At any point of their life.
    """
    assert certificate == load(dump(certificate), Certificate)


@given(statements())
def test_writing_is_stable(statement: Statement) -> None:
    """
    Equal values give equal documents, so that a digest of one means something.
    """
    document = dump(statement)

    assert document == dump(load(document, Statement))
    assert json.loads(document) == plain(statement)


@given(statements(), st.dictionaries(st.text(min_size=1).map("x-{}".format), st.integers()))
def test_what_a_newer_version_added_is_passed_over(
    statement: Statement, more: dict[str, int]
) -> None:
    """
    A document with more in it than is known here can be read.
    """
    document: dict[str, Any] = {**json.loads(dump(statement)), **more}
    document["recipient"] = {**document["recipient"], **more}

    assert statement == load(json.dumps(document), Statement)


@given(st.none() | st.timedeltas(min_value=dt.timedelta(microseconds=1)))
def test_spans(duration: dt.timedelta | None) -> None:
    """
    Written as people do.
    """
    validity = Validity(duration=duration)

    assert validity == load(dump(validity), Validity)


MADRID = dt.timezone(dt.timedelta(hours=2))
STATEMENT = Statement(
    context=StatedContext(
        key="course-v1:Uni+BIO101+2026T1",
        name="Introducción a la Biología",
        end=dt.datetime(2026, 6, 30, 23, 59, tzinfo=MADRID),
    ),
    type=StatedType(key="completion", title="Certificate of completion"),
    issuer=StatedIssuer(key="uni", name="Universidad de Ejemplo"),
    recipient=Recipient(name="Łukasz Żółć", language="pl"),
    evidence=Evidence(
        decision=Decision(
            verdict=Verdict.MET, kind="grade", name="Total", required=0.6, actual=0.83
        ),
        grades={"Total": 0.83},
    ),
    awarded_at=dt.datetime(2026, 7, 1, 4, 0, 0, 123456, tzinfo=dt.UTC),
)
DOCUMENT = (
    '{"awarded_at":"2026-07-01T04:00:00.123456+00:00",'
    '"context":{"end":"2026-06-30T23:59:00+02:00","key":"course-v1:Uni+BIO101+2026T1",'
    '"name":"Introducción a la Biología"},'
    '"evidence":{"decision":{"actual":0.83,"kind":"grade","name":"Total","required":0.6,'
    '"verdict":"met"},"grades":{"Total":0.83}},'
    '"issuer":{"key":"uni","name":"Universidad de Ejemplo"},'
    '"recipient":{"language":"pl","name":"Łukasz Żółć"},'
    '"type":{"key":"completion","title":"Certificate of completion"}}'
)


def test_old_documents_read_the_same_for_ever() -> None:
    """
    What was awarded stays: neither a name nor a default of a stated value may change.
    """
    assert DOCUMENT == dump(STATEMENT)
    assert STATEMENT == load(DOCUMENT, Statement)
    assert ("UTC", "en", "", "course", "") == (
        STATEMENT.issuer.time_zone,
        STATEMENT.issuer.language,
        STATEMENT.issuer.verification,
        STATEMENT.context.kind,
        STATEMENT.cycle,
    )
