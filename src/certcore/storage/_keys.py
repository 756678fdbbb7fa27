"""
Keys of stored files: `<prefix>/<certificate id>/<sha256>.<extension>`.

The prefix is the last two characters of the id. Ids begin with the time they were made, so that
those of one run begin alike; their ends are random and spread evenly over 256 prefixes.

What is kept beside them has a name: `designs/<digest>`. Its first word is longer than any prefix.
"""

from __future__ import annotations

import re

from certcore.domain import Artifact, StoredArtifact
from certcore.exceptions import StorageError


_ID = r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}"
_EXTENSION = r"[0-9a-z]{1,10}"
_KEY = re.compile(
    rf"(?P<prefix>[0-9a-z_-]{{1,2}})/(?P<id>{_ID})/(?P<sha256>[0-9a-f]{{64}})\.{_EXTENSION}"
)
_NAME = re.compile(r"(?!withdrawn/)[a-z]{3,32}/[0-9A-Za-z_-]{1,64}")


def describe_artifact(certificate_id: str, artifact: Artifact) -> StoredArtifact:
    """
    Tell the key, digest and size that a file will have when it is stored.

    Raises:
        certcore.exceptions.StorageError:
            If the id or the extension can't stand in a key.
    """
    if not re.fullmatch(_ID, certificate_id):
        raise StorageError(
            f"{certificate_id!r} can't name a stored file: up to 64 ASCII letters, digits, "
            "hyphens and underscores are wanted"
        )
    if not re.fullmatch(_EXTENSION, artifact.extension):
        raise StorageError(
            f"{artifact.extension!r} can't end a stored file's name: up to 10 lower-case letters "
            "and digits are wanted"
        )
    sha256 = artifact.sha256
    return StoredArtifact(
        key=f"{_prefix(certificate_id)}/{certificate_id}/{sha256}.{artifact.extension}",
        sha256=sha256,
        size=artifact.size,
        media_type=artifact.media_type,
    )


def digest_in(key: str) -> str:
    """
    Give the SHA-256 that a key names, having made sure that it is a key and nothing else.

    Raises:
        certcore.exceptions.StorageError:
            If it isn't one: an absolute path, say, or one with `..` in it.
    """
    found = _KEY.fullmatch(key)
    if found is None or found["prefix"] != _prefix(found["id"]):
        raise StorageError(f"{key!r} isn't the key of a stored file")
    return found["sha256"]


def check_name(name: str) -> str:
    """
    Give the name of something that is kept beside the certificates' files, if it is one.

    Raises:
        certcore.exceptions.StorageError:
            If it isn't.
    """
    if not _NAME.fullmatch(name):
        raise StorageError(f"{name!r} can't name something that is kept in a store")
    return name


def _prefix(certificate_id: str) -> str:
    return certificate_id[-2:].lower()
