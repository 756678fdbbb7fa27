"""
Secrets: read when needed, never shown.
"""

from __future__ import annotations

import traceback

from pathlib import Path
from typing import Any

import pytest

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from certcore.config import SecretRef, option, structure
from certcore.exceptions import ConfigurationError


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As it is now, not as it was when the reference was made.
    """
    secret = SecretRef(env="CERTCORE_TEST_TOKEN")
    monkeypatch.setenv("CERTCORE_TEST_TOKEN", "first")
    first = secret.reveal()
    monkeypatch.setenv("CERTCORE_TEST_TOKEN", " second ")

    assert ("first", " second ") == (first, secret.reveal())


def test_from_a_file_that_is_rotated(tmp_path: Path) -> None:
    """
    Read again each time, without the newline at its end.
    """
    file = tmp_path / "token"
    secret = SecretRef(file=str(file))
    file.write_text("first\n")
    first = secret.reveal()
    file.write_bytes("zweites Geheimnis ß\r\n".encode())

    assert ("first", "zweites Geheimnis ß") == (first, secret.reveal())


def test_a_relative_file_is_in_the_projects_folder(tmp_path: Path) -> None:
    """
    Wherever the process was started.
    """
    (tmp_path / "token").write_text("s3cret")

    assert "s3cret" == SecretRef(file="token", folder=str(tmp_path)).reveal()


def refusal(secret: SecretRef) -> str:
    with pytest.raises(ConfigurationError) as caught:
        secret.reveal()
    return "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__)


def test_a_secret_that_isnt_there(tmp_path: Path) -> None:
    """
    Named, with the reason.
    """
    absent = refusal(SecretRef(file="token", folder=str(tmp_path)))

    assert "the environment variable NO_SUCH_TOKEN isn't set" in refusal(
        SecretRef(env="NO_SUCH_TOKEN")
    )
    assert "the secret in token can't be read: No such file or directory" in absent
    assert "can't be read: not the name of a file" in refusal(SecretRef(file="a\0b"))


def test_a_file_that_is_no_text_isnt_shown(tmp_path: Path) -> None:
    """
    Not even by the error below the error, which holds all of its bytes.
    """
    (tmp_path / "token").write_bytes(b"hunter2\xff")
    text = refusal(SecretRef(file="token", folder=str(tmp_path)))

    assert "the secret in token can't be read: not a text" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("said", [{}, {"env": "A", "file": "b"}, {"env": ""}])
def test_a_reference_names_one_place(said: dict[str, str]) -> None:
    """
    Neither none nor two.
    """
    with pytest.raises(ValueError, match="a secret is named by"):
        SecretRef(**said)


def test_references_are_shown_by_their_place() -> None:
    """
    Where it is, and not the folder.
    """
    assert "$TOKEN" == str(SecretRef(env="TOKEN"))
    assert "/run/token" == str(SecretRef(file="/run/token"))
    assert "home" not in repr(SecretRef(file="token", folder="/home/ada"))


@frozen(kw_only=True)
class Account:
    user: str = option("Who")
    password: SecretRef = option("Password of the user")
    token: SecretRef | None = option("Token", default=None)
    tokens: tuple[SecretRef, ...] = option("More", default=())
    others: dict[str, SecretRef] = option("By name", factory=dict[str, SecretRef])


# A part of a word that stands in every traceback, `Configuratio`, would be no secret: each one here
# begins as no word does.
SECRETS = st.text(
    st.characters(codec="ascii", categories=["L", "N"]), min_size=12, max_size=60
).map("7Q9x{}".format) | st.integers(min_value=10**12)
WRITTEN = st.recursive(
    SECRETS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(
            st.sampled_from(["env", "file", "value", "password"]), inner, min_size=1, max_size=2
        ).filter(lambda table: set(table) - {"env", "file"} or len(table) == 2)
    ),
    max_leaves=3,
)


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [str(value)]


@given(
    WRITTEN,
    st.sampled_from(
        [
            lambda it: {"user": "certs", "password": it},
            lambda it: {"user": "certs", "password": {"env": "A"}, "token": it},
            lambda it: {"user": "certs", "password": {"env": "A"}, "tokens": [it]},
            lambda it: {"user": "certs", "password": {"env": "A"}, "others": {"x": it}},
            lambda it: {"user": 1, "password": it, "passwort": it},
        ]
    ),
)
def test_a_secret_in_the_file_is_never_shown(written: Any, place: Any) -> None:
    """
    Whoever writes the secret itself is told where it stands, and nobody who reads that learns it.
    """
    with pytest.raises(ConfigurationError) as caught:
        structure(place(written), Account, path="sources.campus")
    exc = caught.value
    said = [str(exc), repr(exc), *traceback.format_exception(exc)]

    assert any(
        "password" in p.path or "token" in p.path or "others" in p.path for p in exc.problems
    )
    assert not [leaf for leaf in leaves(written) for text in said if leaf in text]


@given(SECRETS.map(str))
def test_a_revealed_secret_is_never_shown(value: str) -> None:
    """
    The reference that gave it doesn't keep it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCORE_TEST_TOKEN", value)
        account = structure({"user": "certs", "password": {"env": "CERTCORE_TEST_TOKEN"}}, Account)
        revealed = account.password.reveal()

        assert value == revealed
        assert value not in f"{account!r}{account.password}{account.password!r}"
