"""
Files in parts are the files that they make.
"""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import Artifact
from certcore.storage._disk import DiskStore


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=4), st.booleans())
def test_parts_are_one_file(parts, begun):
    """
    Its bytes, size and digest don't depend on how it was cut, or on what was hashed before.
    """
    whole = b"".join(parts)
    made = Artifact(content=parts, begun=hashlib.sha256(b"".join(parts[:-1])) if begun else None)

    assert whole == made.content
    assert len(whole) == made.size
    assert hashlib.sha256(whole).hexdigest() == made.sha256 == made.sha256
    assert Artifact(content=whole) == made
    assert hash(Artifact(content=whole)) == hash(made)


def test_parts_are_stored_as_one_file(tmp_path):
    """
    And found there when they come once more, cut otherwise.
    """
    store = DiskStore(tmp_path)

    stored = store.put("a" * 32, Artifact(content=[b"beginning, ", b"rest"]))

    assert b"beginning, rest" == store.open(stored.key)
    assert stored == store.put("a" * 32, Artifact(content=[b"beginning", b", rest"]))
    assert (15, hashlib.sha256(b"beginning, rest").hexdigest()) == (stored.size, stored.sha256)
