"""
Laws of verification codes.
"""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from certcore.domain import format_code, new_id, normalize_code
from certcore.domain.codes import ALPHABET
from certcore.testing.strategies import codes


@given(codes())
def test_what_is_printed_can_be_read(code: str) -> None:
    """
    Grouping and reading again is the identity.
    """
    assert code == normalize_code(format_code(code))


@given(codes(), st.integers(0, 26), st.characters(codec="ascii", categories=["L", "N", "P", "S"]))
def test_a_mistyped_character_is_noticed(code: str, place: int, typed: str) -> None:
    """
    Any one character instead of another, wherever, unless the two look alike.
    """
    meant = code[place]
    alike = {"0": "0Oo", "1": "1IiLl"}.get(meant, meant + meant.lower())
    assume(typed not in alike)

    assert normalize_code(code[:place] + typed + code[place + 1 :]) is None


@given(codes(), st.data())
def test_swapped_neighbours_are_noticed(code: str, data: st.DataObject) -> None:
    """
    Any two that stand side by side, the check character included.
    """
    places = [place for place in range(26) if code[place] != code[place + 1]]
    assume(places)
    place = data.draw(st.sampled_from(places))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert normalize_code(swapped) is None


@given(codes(), st.data())
def test_grouping_and_case_dont_matter(code: str, data: st.DataObject) -> None:
    """
    Spaces, dashes and dots anywhere, in capitals or not.
    """
    separators = st.text(" -\t\n\u00a0\u2011\u2013\u200b.", max_size=2)
    entered = "".join(
        data.draw(separators) + data.draw(st.sampled_from([character, character.lower()]))
        for character in code
    )

    assert code == normalize_code(entered)


@given(st.text())
def test_anything_may_be_entered(entered: str) -> None:
    """
    Never an error; and what is read reads as itself.
    """
    read = normalize_code(entered)

    assert read is None or (read == normalize_code(read) and set(read) <= set(ALPHABET))


@given(st.integers(2, 50))
def test_ids_are_unique(count: int) -> None:
    """
    Made in the same millisecond or not.
    """
    ids = {new_id() for _ in range(count)}

    assert count == len(ids)
