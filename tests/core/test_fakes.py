"""
The fakes do what they are told.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from certcore import testing
from certcore.domain import (
    Artifact,
    Certificate,
    Fact,
    Learner,
    LearnerProgress,
    LearningContext,
    Skipped,
    new_code,
    new_id,
)
from certcore.exceptions import (
    AssetNotFoundError,
    GenerationError,
    NotificationError,
    RetrievalError,
    StorageError,
)
from certcore.ports import RetrievalRequest
from certcore.testing import (
    CannedRetriever,
    FixedClock,
    MemoryAssets,
    MemoryOutbox,
    MemoryStore,
    PlainDesign,
    PlainGenerator,
)
from certcore.testing.contracts._notifier import notice
from certcore.testing.contracts._samples import learner, statement


BIOLOGY = LearningContext(key="bio101", name="Biology")
MINUTE = dt.timedelta(minutes=1)


def progress(*ids: str) -> list[LearnerProgress]:
    """
    Give learners of these ids.
    """
    return [LearnerProgress(learner=Learner(realm="campus", id=each)) for each in ids]


def certificate(id_: str = "ada") -> Certificate:
    """
    Give a certificate of that learner.
    """
    return Certificate(
        id=new_id(), code=new_code(), learner=learner(id_), statement=statement("Ada López")
    )


def test_every_fake_has_a_home():
    """
    What the package names can be had, what it doesn't can't.
    """
    found = {name: getattr(testing, name).__name__ for name in testing.__all__}

    assert found == {name: name for name in sorted(testing.__all__)}
    assert dir(testing) == testing.__all__
    with pytest.raises(AttributeError, match="no attribute 'Mock'"):
        testing.Mock  # noqa: B018  # asking is the point


def test_nothing_is_loaded_before_it_is_asked_for():
    """
    pytest loads the plugin wherever certcore is installed, and starts no slower for it.
    """
    script = "import certcore.testing.pytest_plugin, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    ).stdout.split()

    heavy = {"attrs", "cattrs", "hypothesis", "sqlalchemy", "certcore.domain"}
    assert heavy & set(loaded) == set()


def test_fakes_need_no_test_runner():
    """
    They can be used in a demonstration, without pytest and Hypothesis.
    """
    script = "import sys; from certcore.testing import *; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    ).stdout.split()

    assert {"pytest", "hypothesis", "sqlalchemy", "certcore.registrar"} & set(loaded) == set()


def test_fixtures_are_fresh(certcore_clock, certcore_ledger, certcore_store, certcore_outbox):
    """
    They come with certcore and are empty.
    """
    assert certcore_clock.now() == FixedClock().now()
    assert certcore_ledger.runs() == ()
    assert (certcore_store.files, certcore_outbox.notices) == ({}, [])


def test_the_clock_stands_still():
    """
    Until it is told to go on, in UTC.
    """
    clock = FixedClock(dt.datetime(2026, 7, 1, 14, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    first = clock.now()

    later = clock.advance(MINUTE, seconds=5)

    assert (first, first.tzinfo) == (dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC), dt.UTC)
    assert later == clock.now() == first + dt.timedelta(seconds=65)
    assert clock.advance(hours=1) == later + dt.timedelta(hours=1)


def test_the_clock_tells_aware_times():
    """
    A naive one would be somebody's local time, nobody knows whose.
    """
    with pytest.raises(ValueError, match="offset from UTC"):
        FixedClock(dt.datetime(2026, 7, 1))  # noqa: DTZ001  # the point


def test_a_store_may_fail():
    """
    Told to, it takes nothing, and what it had stays.
    """
    store = MemoryStore()
    kept = store.put("a" * 32, Artifact(content=b"one"))

    store.failing = StorageError("the disk is full", retryable=True)

    with pytest.raises(StorageError, match="the disk is full"):
        store.put("a" * 32, Artifact(content=b"two"))
    assert store.files == {kept.key: b"one"}


def test_a_store_counts_and_links():
    """
    A test can see that somebody asked for durability, and how long a link was to last.
    """
    store = MemoryStore(links=True)
    key = store.put("a" * 32, Artifact(content=b"one")).key

    store.sync()

    assert store.synced == 1
    assert store.link(key, expires=MINUTE, filename="x.pdf") == (
        f"memory://{key}?seconds=60&filename=x.pdf"
    )


def test_an_asset_that_is_nothing_like_any():
    """
    Has no near miss to be named.
    """
    with pytest.raises(AssetNotFoundError, match=r"no asset 'logo.png'$"):
        MemoryAssets().read("logo.png")


def test_an_outbox_keeps_what_it_is_given():
    """
    In order, and says so.
    """
    outbox = MemoryOutbox(repeatable=True, channel="sms")
    first, second = notice("a@uni.example"), notice("b@uni.example")

    receipts = [outbox.send(first), outbox.send(second)]

    assert outbox.notices == [first, second]
    assert [each.response for each in receipts] == ["kept as 1", "kept as 2"]
    assert (outbox.repeatable, outbox.channel) == (True, "sms")


def test_an_outbox_may_refuse():
    """
    One address, or everybody, until it is told otherwise.
    """
    outbox = MemoryOutbox()
    outbox.refuse("a@uni.example")
    outbox.refuse("b@uni.example", NotificationError("421 later", retryable=True))
    with pytest.raises(NotificationError, match="550 no such user"):
        outbox.send(notice("a@uni.example"))
    with pytest.raises(NotificationError, match="421 later"):
        outbox.send(notice("b@uni.example"))
    outbox.send(notice("c@uni.example"))

    outbox.fail()

    with pytest.raises(NotificationError, match="the server is down") as caught:
        outbox.send(notice("c@uni.example"))
    outbox.recover()
    outbox.send(notice("a@uni.example"))
    assert caught.value.retryable
    assert [each.address for each in outbox.notices] == ["c@uni.example", "a@uni.example"]


def test_a_source_gives_what_it_was_told():
    """
    Everybody, or those asked for; it counts as it goes.
    """
    ada, eva = progress("ada", "eva")
    skipped = Skipped(where="line 3", reason="no name", learner="bob")
    source = CannedRetriever([ada, skipped, eva], contexts=[BIOLOGY])
    seen = []
    request = RetrievalRequest(
        context=BIOLOGY, facts=frozenset({Fact("completion")}), on_progress=seen.append
    )

    found = list(source.retrieve(request))

    some = RetrievalRequest(context=BIOLOGY, learners=frozenset({"eva", "bob"}))
    assert found == [ada, skipped, eva]
    assert [(each.learners, each.total) for each in seen] == [(1, 3), (2, 3), (3, 3)]
    assert list(source.retrieve(some)) == [skipped, eva]
    assert source.requests == [request, some]


def test_a_source_knows_its_contexts():
    """
    Any other key is unknown to it.
    """
    source = CannedRetriever(contexts=[BIOLOGY])

    assert source.describe("bio101") is BIOLOGY
    with pytest.raises(RetrievalError, match="no context 'hist200'"):
        source.describe("hist200")
    levels = [
        finding.level
        for context in (BIOLOGY, LearningContext(key="hist200"))
        for finding in source.check(context)
    ]
    assert levels == ["ok", "error"]


@pytest.mark.parametrize("after, given", [(0, 0), (1, 1), (2, 2), (3, 2)])
def test_a_source_may_fail_half_way(after, given):
    """
    What it gave before stays good.
    """
    source = CannedRetriever(progress("ada", "eva"), fail_after=after)
    found = []

    with pytest.raises(RetrievalError, match="half-way"):
        found.extend(source.retrieve(RetrievalRequest(context=BIOLOGY)))

    assert len(found) == given


def test_a_generator_makes_the_same_of_the_same():
    """
    A text with the name and the code in it.
    """
    generator = PlainGenerator()
    ada = certificate()
    prepared = generator.prepare(PlainDesign(), MemoryAssets())

    first, second = prepared.generate(ada), prepared.generate(ada)

    assert first == second
    assert first.content.decode().startswith("Ada López completed Introduction to Biology.\n")
    assert (first.media_type, first.extension) == ("text/plain", "txt")
    assert generator.made == [ada.id, ada.id]


def test_designs_differ_by_digest():
    """
    Another text is another design, and the same text the same.
    """
    generator, assets = PlainGenerator(), MemoryAssets()
    digests = [
        generator.prepare(PlainDesign(text=text), assets).digest
        for text in ("{name}", "{name}!", "{name}")
    ]

    assert digests[0] == digests[2] != digests[1]


def test_a_generator_may_fail_for_one():
    """
    One learner's trouble is that learner's.
    """
    generator = PlainGenerator(failing={"eva"})
    prepared = generator.prepare(PlainDesign(), MemoryAssets())

    with pytest.raises(GenerationError, match="has that letter"):
        prepared.generate(certificate("eva"))
    assert prepared.generate(certificate("ada")).content
