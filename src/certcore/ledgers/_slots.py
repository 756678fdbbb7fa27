"""
Slots: digests of award identities, the same for the same, whatever a database takes for equal.
"""

from __future__ import annotations

import hashlib

from functools import lru_cache
from typing import Any

from certcore.domain import AwardIdentity


_BLOCK = 64


def slot_of(key: bytes, identity: AwardIdentity) -> str:
    """
    Digest an identity: HMAC-SHA256 of its parts, each behind its length.
    """
    learner = identity.learner
    begun, ended, cycle = _common(
        key, identity.context, identity.type, learner.realm, identity.cycle
    )
    inner, outer = begun.copy(), ended.copy()
    inner.update(_counted(learner.id) + cycle)
    outer.update(inner.digest())
    return str(outer.hexdigest())


@lru_cache(maxsize=64)
def _common(key: bytes, context: str, type_: str, realm: str, cycle: str) -> tuple[Any, Any, bytes]:
    """
    Work out what an identity has in common with a million others: two digests begun, and an end.
    """
    # RFC 2104; the key is shorter than a block
    padded = key.ljust(_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))
    inner.update(_counted(context) + _counted(type_) + _counted(realm))
    return inner, outer, _counted(cycle)


def _counted(part: str) -> bytes:
    encoded = part.encode()
    return len(encoded).to_bytes(4) + encoded
