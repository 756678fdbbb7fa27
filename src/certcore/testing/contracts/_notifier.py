"""
Everything that a notifier promises.
"""

from __future__ import annotations

from certcore.domain import (
    Alert,
    Attachment,
    Certificate,
    Issuer,
    Notice,
    Receipt,
    new_code,
    new_id,
)
from certcore.ports import Notifier
from certcore.testing.contracts._samples import NOW, learner, statement


def notice(address: str = "ada@uni.example") -> Notice:
    """
    Give something to tell: a certificate with its file.
    """
    certificate = Certificate(
        id=new_id(), code=new_code(), learner=learner(), statement=statement(), issued_at=NOW
    )
    return Notice(
        id=new_id(),
        address=address,
        certificate=certificate,
        issuer=Issuer(name="Universidad de Ejemplo", sender="Certificates <certs@uni.example>"),
        attachment=Attachment(
            filename="certificate.pdf", media_type="application/pdf", content=b"%PDF-1.7"
        ),
        at=NOW,
    )


class NotifierContract:
    """
    What a notifier promises. Supply a fixture `notifier`.
    """

    def test_it_says_what_it_is(self, notifier: Notifier) -> None:
        """
        A channel that a column of the ledger has room for, and whether repeating does harm.
        """
        assert 0 < len(notifier.channel) <= 32
        assert notifier.repeatable in {True, False}

    def test_a_learner_is_told(self, notifier: Notifier) -> None:
        """
        A notice that is taken gives a receipt.
        """
        assert isinstance(notifier.send(notice()), Receipt)

    def test_an_operator_is_told(self, notifier: Notifier) -> None:
        """
        So does an alert.
        """
        alert = Alert(
            id=new_id(),
            address="certificates@uni.example",
            sender="Certificates <certs@uni.example>",
            subject="Held: bio101/completion",
            text="12,408 learners would get a new certificate.",
            at=NOW,
        )

        assert isinstance(notifier.alert(alert), Receipt)

    def test_what_is_repeatable_may_be_repeated(self, notifier: Notifier) -> None:
        """
        The same notice twice is taken twice.
        """
        if notifier.repeatable:
            same = notice()
            assert notifier.send(same) == notifier.send(same)
