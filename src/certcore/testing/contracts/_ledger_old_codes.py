"""
What a ledger promises about codes that another system gave.
"""

from __future__ import annotations

import pytest

from certcore.domain import new_code
from certcore.ports import Adopted, Ledger
from certcore.testing.contracts._ledger_adopting import UUID, adopt, adopted, adoption
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._samples import (
    HISTORY,
    LATER,
    NOW,
    PURGED,
    issue,
    lease,
    record,
    result,
    statement,
)


class OldCodes(Suite):
    """
    Each is one certificate's, and leads to it in any form.
    """

    def test_a_code_is_one_certificates(self, ledger: Ledger) -> None:
        """
        Whoever else claims it is refused, and told which code it is.
        """
        first = adopted(ledger, UUID)

        found = adopt(
            ledger,
            adoption("bob", "ABCDEFGHIJ", UUID),
            adoption("ada", UUID, configuration=HISTORY),
            adoption("eva", code=first.code),
        )

        assert found == (
            Adopted("conflict", first.id, UUID),
            Adopted("conflict", first.id, UUID),
            Adopted("conflict", first.id, first.code),
        )
        assert ledger.by_old_code("ABCDEFGHIJ") is None

    def test_a_code_like_ours_is_kept(self, ledger: Ledger) -> None:
        """
        Moved from one ledger to another, a certificate keeps its code, and is known by it.
        """
        code = new_code()
        first = adopted(ledger, code=code)

        found = adopt(ledger, adoption("ada", code=code))

        assert first.code == code
        assert found == (Adopted("known", first.id),)

    def test_what_was_issued_here_has_its_own_code(self, ledger: Ledger) -> None:
        """
        A list of this ledger's own certificates takes nothing over.
        """
        own = issue(ledger)

        found = adopt(ledger, adoption("ada", code=own.code))

        assert found == (Adopted("held", own.id),)

    @pytest.mark.parametrize(
        "typed",
        [
            UUID,
            f"  {UUID}\n",
            UUID.lower(),
            UUID.replace("-", ""),
            UUID.replace("-", " ").upper(),
            f"{{{UUID}}}",
        ],
    )
    def test_an_old_code_in_any_form(self, ledger: Ledger, typed: str) -> None:
        """
        Case and grouping don't matter where nothing else is meant.
        """
        certificate = adopted(ledger, UUID)

        assert ledger.by_old_code(typed) == certificate

    @pytest.mark.parametrize("first", [1, 4])
    def test_codes_that_differ_in_case_alone(self, ledger: Ledger, first: int) -> None:
        """
        As they stand they are told apart; what both could be is neither, whoever came first.
        """
        every = one, two, three, alone = (
            adoption("ada", "aBcD1"),
            adoption("bob", "AbCd1"),
            adoption("eva", "A-BCD1"),
            adoption("zoe", "xYz9"),
        )

        adopt(ledger, *every[:first])
        adopt(ledger, *every[first:])

        found = [
            getattr(ledger.by_old_code(code), "id", None)
            for code in ("aBcD1", "AbCd1", "A-BCD1", "abcd1", "ABCD1", "XYZ9")
        ]
        assert found == [one.id, two.id, three.id, None, None, alone.id]

    def test_two_spellings_of_one_certificates_code(self, ledger: Ledger) -> None:
        """
        Of one certificate, they are no two that could be meant.
        """
        certificate = adopted(ledger, "ab-cd", "AB CD", "ab-cd ")

        assert ledger.by_old_code("abcd") == certificate
        assert ledger.old_codes(certificate.id) == ("AB CD", "ab-cd")

    @pytest.mark.parametrize("typed", ["", "  ", "--", "\udcff", "3F2504E0", "\0"])
    def test_what_is_no_old_code(self, ledger: Ledger, typed: str) -> None:
        """
        Whatever is asked, nobody has it, and that is no error.
        """
        adopted(ledger, UUID)

        assert ledger.by_old_code(typed) is None

    def test_a_forgotten_ones_code_says_so(self, ledger: Ledger) -> None:
        """
        It still leads there, by whoever has it; the ledger itself can't tell it any more.
        """
        certificate = adopted(ledger, UUID, "alopez-1")

        forgotten = ledger.forget(certificate.id, actor="m.ruiz", now=LATER)

        assert ledger.by_old_code(UUID.lower()) == ledger.by_old_code("alopez-1") == forgotten
        assert ledger.old_codes(certificate.id) == ()
        assert [word for word in PURGED if word in repr(forgotten)] == []

    def test_a_renewed_one_that_is_forgotten_is_known(self, ledger: Ledger) -> None:
        """
        Nothing of whose it was is left but the code.
        """
        old = adopted(ledger, UUID)
        new = ledger.replace(old.id, statement(), reason="", actor="m.ruiz", now=NOW)
        record(ledger, result(lease(ledger, new.id)))
        ledger.forget(new.id, actor="m.ruiz", now=LATER)

        assert adopt(ledger, adoption("ada", UUID)) == (Adopted("known", old.id),)
