"""
Taking over what another system issued.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias

from attrs import Attribute, field, frozen

from certcore.domain import (
    AwardIdentity,
    Certificate,
    LearnerKey,
    Statement,
    Status,
    StoredArtifact,
    new_code,
    new_id,
    read_old_code,
)


_TAKEN_OVER = frozenset({Status.ISSUED, Status.REVOKED, Status.ANNULLED})


def _status(instance: Adoption, attribute: Attribute[Any], value: Status) -> None:
    del attribute
    if value not in _TAKEN_OVER:
        msg = f"only what was issued, revoked or annulled can be taken over, not {value.value}"
        raise ValueError(msg)
    if not value.holds_slot and not instance.codes:
        # without a slot, nothing else would tell it from another one the next time
        msg = "what was annulled can be taken over by its old code alone"
        raise ValueError(msg)


def _codes(instance: Adoption, attribute: Attribute[Any], value: tuple[str, ...]) -> None:
    del instance, attribute
    if not all(read_old_code(code)[1] for code in value):
        msg = "an old code has letters or digits"
        raise ValueError(msg)


@frozen(kw_only=True)
class Adoption:
    """
    A certificate that another system issued, as it is to stand in the ledger.
    """

    id: str = field(factory=new_id)
    """The same whenever the same one is offered, where a file is stored under it."""
    code: str = field(factory=new_code)
    """Its verification code here, normalized; its old one if that is a code like ours."""
    codes: tuple[str, ...] = field(default=(), validator=_codes)
    """The codes it had there, in any form."""
    learner: LearnerKey
    statement: Statement
    status: Status = field(default=Status.ISSUED, validator=_status)
    """ISSUED, REVOKED or, with an old code, ANNULLED."""
    reason: str = ""
    """Why it was revoked or annulled."""
    issued_at: dt.datetime
    artifact: StoredArtifact | None = None
    """Its file, stored already; None: it has none here."""

    @property
    def identity(self) -> AwardIdentity:
        """
        What there is one live certificate of.
        """
        said = self.statement
        return AwardIdentity(said.context.key, said.type.key, self.learner, said.cycle)


AdoptionKind: TypeAlias = Literal["new", "known", "held", "conflict"]


@frozen
class Adopted:
    """
    What became of a certificate that was to be taken over.
    """

    kind: AdoptionKind
    """`new`: taken over now. `known`: taken over before. `held`: the learner has another one of
    this kind. `conflict`: one of its codes belongs to another certificate. Only for `new`,
    something was changed."""
    certificate: str
    """Id of the certificate that is there: this one, the one that has the slot, or the code."""
    code: str = field(default="", repr=False)
    """Which of its codes is another one's, as it was given."""


class LedgerAdoption(Protocol):
    """
    Taking over what another system issued, and finding it by the code it had there.
    """

    def adopt(
        self,
        adoptions: Sequence[Adoption],
        *,
        actor: str,
        now: dt.datetime,
        dry_run: bool = False,
    ) -> tuple[Adopted, ...]:
        """
        Take over each that isn't here yet; give what became of each, in order.

        Each has a row `imported` in its history and no message, now or later. Its slot is taken,
        unless it is ANNULLED, and a file that isn't to be seen any more leaves a chore. Repeatable:
        what was taken over before is `known` by its code, if it had one, and else by its identity,
        whatever has become of it since; so is one of somebody who was forgotten. The second of two
        that are for the same slot in one call finds it taken. With `dry_run`, it says the same and
        writes nothing.
        """
        ...

    def by_old_code(self, code: str) -> Certificate | None:
        """
        Give the certificate that had this code where it was taken over from, as somebody typed it.

        As it stands, it is that of one certificate at most. If nobody has it, case and grouping
        are left out of account, unless there are several that differ in nothing else.
        """
        ...

    def old_codes(self, certificate: str) -> tuple[str, ...]:
        """
        Give the codes that a certificate had before, sorted; none once its learner is forgotten.
        """
        ...
