"""
Values that plugins are tried with, tried on what comes with certcore.
"""

from __future__ import annotations

import datetime as dt

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import LearnerProgress, LearningContext, Skipped, new_id
from certcore.notifiers._outbox import OutboxNotifier
from certcore.ports import RetrievalRequest
from certcore.storage._disk import DiskStore
from certcore.testing import CannedRetriever, MemoryLedger, MemoryStore
from certcore.testing import strategies as some


NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@given(st.lists(some.artifacts(), max_size=5))
def test_stores_give_back_what_they_were_given(made):
    """
    Each of them, under keys that are the same in every store.
    """
    with TemporaryDirectory() as folder:
        disk, memory = DiskStore(Path(folder), durable=False), MemoryStore()
        for artifact in made:
            certificate = new_id()
            stored = disk.put(certificate, artifact)

            assert stored == memory.put(certificate, artifact)
            assert artifact.content == disk.open(stored.key) == memory.open(stored.key)


@given(st.lists(some.candidates(), min_size=1, max_size=2))
def test_an_award_says_what_the_candidate_did(wanted):
    """
    Who isn't first is told who was; the first one's statement is kept to the letter.
    """
    ledger = MemoryLedger()

    awards = ledger.award(wanted, run=None, actor="tests", now=NOON)

    first = {each.identity: each for each in reversed(wanted)}
    assert len(first) == sum(award.kind == "new" for award in awards)
    for candidate, award in zip(wanted, awards, strict=True):
        kept = ledger.get(award.certificate)
        assert candidate.identity == kept.identity
        assert first[candidate.identity].statement.awarded_at == kept.statement.awarded_at


@given(some.notices())
def test_every_notice_can_be_told(notice):
    """
    As a mail that can be read again, with the link in it or the file beside it.
    """
    with TemporaryDirectory() as folder:
        OutboxNotifier(Path(folder)).send(notice)
        (file,) = Path(folder).iterdir()
        mail = message_from_bytes(file.read_bytes(), policy=default)

    attached = [part.get_payload(decode=True) for part in mail.iter_attachments()]
    text = mail.get_body(("plain",)).get_content()
    if notice.purpose == "revocation":
        # of what isn't valid any more, there is nothing to be seen
        assert [] == attached
        assert "https://" not in text
    elif notice.attachment is None:
        assert [] == attached
        assert notice.link in text
    else:
        assert [notice.attachment.content] == attached


@given(st.lists(some.records(), max_size=5))
def test_a_source_gives_what_it_was_told(told):
    """
    Learners and what couldn't be read, in order.
    """
    request = RetrievalRequest(context=LearningContext(key="course-7"))

    found = list(CannedRetriever(told).retrieve(request))

    assert told == found
    assert all(isinstance(each, LearnerProgress | Skipped) for each in found)
    assert [] == list(CannedRetriever(told).retrieve(evolve(request, learners=frozenset())))
