"""
Slots are digests that never change: what they are made of is written down here once more.
"""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import AwardIdentity, LearnerKey
from certcore.ledgers._slots import slot_of


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
FILLED = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80
)


@given(
    key=st.binary(min_size=32, max_size=32),
    identity=st.builds(AwardIdentity, FILLED, FILLED, st.builds(LearnerKey, FILLED, FILLED), TEXT),
)
def test_a_slot_is_an_hmac_of_the_counted_parts(key: bytes, identity: AwardIdentity) -> None:
    """
    However much of it was worked out for others before.
    """
    who = identity.learner
    texts = (identity.context, identity.type, who.realm, who.id, identity.cycle)
    parts = [text.encode() for text in texts]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    expected = hmac.new(key, message, hashlib.sha256).hexdigest()

    assert expected == slot_of(key, identity)
    assert expected == slot_of(key, identity)


def test_the_digest_is_the_same_for_ever() -> None:
    """
    With another one everybody would be awarded once more.
    """
    expected = "74d00adaf067d3f97643f74df293cbed7a23427fbc913620875cc636c5fb8dde"
    identity = AwardIdentity("course-7", "completion", LearnerKey("school", "ada"), "2026T1")

    assert expected == slot_of(bytes(range(32)), identity)
