"""
From what a list says of a certificate to what the ledger is to take over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from certcore.config import near
from certcore.domain import (
    Artifact,
    CertificateConfiguration,
    CertificateType,
    Decision,
    Evidence,
    Issuer,
    LearnerKey,
    LearningContext,
    Recipient,
    StatedContext,
    StatedType,
    Statement,
    Status,
    Verdict,
    id_of,
    new_code,
    new_id,
)
from certcore.exceptions import ConfigurationError
from certcore.ports import Adoption, Catalog
from certcore.registrar._import_cells import codes, fraction, grades, key, line, moment, text
from certcore.registrar._import_reading import ImportRow, misnamed
from certcore.registrar._statements import stated_issuer


_STATUSES: Mapping[str, Status | None] = {
    "": Status.ISSUED,
    "issued": Status.ISSUED,
    "available": Status.ISSUED,
    "valid": Status.ISSUED,
    "revoked": Status.REVOKED,
    "invalidated": Status.REVOKED,
    "annulled": Status.ANNULLED,
    "pending": None,
    "generating": None,
    "failed": None,
    "error": None,
}
"""What another system's words mean here; None: nothing was issued yet."""

_PDF = b"%PDF-"
_HEAD = 1024
"""Bytes at the beginning of a file, somewhere in which a PDF says that it is one."""


class LeftToLaterError(ValueError):
    """
    Nothing was issued yet: the next run decides.
    """


@frozen(kw_only=True)
class Ready:
    """
    What may be taken over, and where its file lies.
    """

    line: int
    adoption: Adoption
    file: Path | None = None

    def artifact(self) -> Artifact:
        assert self.file is not None  # noqa: S101  # asked of those that have one
        return Artifact(content=self.file.read_bytes())


@frozen(kw_only=True)
class Offered:
    """
    Contexts, types and configurations that rows may name.
    """

    contexts: Mapping[str, LearningContext] = field(factory=dict[str, LearningContext])
    """By key and by alias."""
    types: Mapping[str, CertificateType] = field(factory=dict[str, CertificateType])
    """By key, an old one included."""
    configurations: Mapping[tuple[str, str], CertificateConfiguration] = field(
        factory=dict[tuple[str, str], CertificateConfiguration]
    )
    """By the keys of context and type."""

    @classmethod
    def of(cls, catalog: Catalog | None) -> Offered:
        if catalog is None:
            return cls()
        contexts: dict[str, LearningContext] = {}
        types: dict[str, CertificateType] = {}
        renamed: dict[str, CertificateType] = {}
        configurations: dict[tuple[str, str], CertificateConfiguration] = {}
        for name in catalog.keys():  # noqa: SIM118  # a port, not a dict
            try:
                found = catalog.get(name)
            except ConfigurationError:
                # it can't run, and rows that need it will say that it isn't there
                continue
            context, type_ = found.context, found.type
            contexts |= {context.alias or context.key: context, context.key: context}
            types[type_.key] = type_
            renamed[type_.was or type_.key] = type_
            configurations[context.key, type_.key] = found
        return cls(contexts=contexts, types=renamed | types, configurations=configurations)


class Intake:
    """
    Reads rows of one list.

    Args:
        offered: What they may name.

        files: The folder that their files lie in; None: they have none.

        defaults: What a row means that leaves a field empty.

        now: When they are taken over.
    """

    def __init__(
        self,
        offered: Offered,
        *,
        files: Path | None,
        defaults: Mapping[str, str],
        now: dt.datetime,
    ) -> None:
        self._offered = offered
        self._files = None if files is None else files.resolve()
        self._defaults = defaults
        self._now = now

    def read(self, row: ImportRow) -> Ready:
        """
        Give what a row means.

        Raises:
            LeftToLaterError:
                If nothing was issued yet.

            ValueError:
                If the row can't be used, with what is wrong.
        """
        for problem in (row.problem, *map(misnamed, row.fields)):
            if problem:
                raise ValueError(problem)
        fields = {**row.fields}
        fields |= {name: said for name, said in self._defaults.items() if not text(fields, name)}
        status, reason = _status(fields)
        learner, statement, zone = self._statement(fields)
        issued_at = moment(fields, "issued_at", zone, now=self._now) or statement.awarded_at
        if status is Status.REVOKED and (revoked_at := moment(fields, "revoked_at", zone)):
            on = f"on {revoked_at.astimezone(zone):%Y-%m-%d}"
            reason = f"{reason} ({on})" if reason else on
        own, old = codes(fields)
        file, digest = self._file(text(fields, "file"))
        adoption = Adoption(
            code=own or new_code(),
            codes=old,
            learner=learner,
            statement=statement,
            status=status,
            reason=reason,
            issued_at=issued_at,
        )
        # a file is stored under the id: it must be the same after a kill. Whoever hasn't the file
        # can't tell from the id whose it is.
        seed = repr((adoption.identity, own, old, digest)) if digest else new_id()
        id_ = id_of(statement.awarded_at, seed.encode())
        return Ready(line=row.line, adoption=evolve(adoption, id=id_), file=file)

    def _statement(
        self, fields: Mapping[str, Any]
    ) -> tuple[LearnerKey, Statement, zoneinfo.ZoneInfo]:
        word, type_word = _needed(fields, "context"), _needed(fields, "type")
        context = self._offered.contexts.get(word) or LearningContext(key=word)
        type_ = self._offered.types.get(type_word)
        type_key = type_.key if type_ is not None else type_word
        configuration = self._offered.configurations.get((context.key, type_key))
        if configuration is not None:
            type_ = configuration.type
        if "/" in type_key:
            raise ValueError("type: a name without slashes is wanted")
        issuer = type_.issuer if type_ is not None else Issuer()
        zone = zoneinfo.ZoneInfo(issuer.time_zone)
        name = _said(fields, "issuer", issuer.name, ("type", type_word, self._offered.types))
        title = _said(fields, "title", _title(type_), ("type", type_word, self._offered.types))
        awarded_at, earned_at, expires_at = self._dates(fields, zone)
        learner = LearnerKey(_realm(fields, type_), _needed(fields, "learner"))
        statement = Statement(
            context=StatedContext(
                key=context.key,
                kind=context.kind,
                name=_said(
                    fields, "context_name", context.name, ("context", word, self._offered.contexts)
                ),
                start=context.start,
                end=context.end,
            ),
            type=StatedType(key=type_key, title=title),
            issuer=stated_issuer(evolve(issuer, name=name)),
            recipient=Recipient(
                name=_needed(fields, "name"),
                email=text(fields, "email"),
                language=text(fields, "language"),
                username=text(fields, "username"),
            ),
            evidence=Evidence(
                decision=Decision(verdict=Verdict.MET, kind="other", note="imported"),
                completion=fraction(fields.get("completion"), "completion"),
                grades=grades(fields),
            ),
            awarded_at=awarded_at,
            earned_at=earned_at,
            expires_at=expires_at,
            cycle=key(fields, "cycle") or (configuration.cycle if configuration else ""),
        )
        return learner, statement, zone

    def _dates(
        self, fields: Mapping[str, Any], zone: zoneinfo.ZoneInfo
    ) -> tuple[dt.datetime, dt.datetime | None, dt.datetime | None]:
        awarded_at = moment(fields, "awarded_at", zone, now=self._now)
        if awarded_at is None:
            raise ValueError("awarded_at: is missing")
        if awarded_at > self._now:
            raise ValueError("awarded_at: lies in the future")
        expires_at = moment(fields, "expires_at", zone)
        if expires_at is not None and expires_at <= awarded_at:
            raise ValueError("expires_at: lies before awarded_at")
        return awarded_at, moment(fields, "earned_at", zone, now=self._now), expires_at

    def _file(self, said: str) -> tuple[Path | None, str]:
        """
        Give where a file lies, and its digest.
        """
        if not said:
            return None, ""
        if self._files is None:
            raise ValueError("file: name the folder that the files lie in: --files FOLDER")
        try:
            # followed to where it is: a link must not lead out of the folder either
            path = (self._files / said).resolve()
            if not path.is_relative_to(self._files):
                raise ValueError("file: lies outside of the folder")
            content = path.read_bytes()
        except OSError as exc:
            raise ValueError(f"file: can't be read: {exc.strerror}") from exc
        if _PDF not in content[:_HEAD]:
            raise ValueError("file: it isn't a PDF")
        return path, hashlib.sha256(content).hexdigest()


def _status(fields: Mapping[str, Any]) -> tuple[Status, str]:
    word = text(fields, "status").casefold()
    if word not in _STATUSES:
        known = ", ".join(filter(None, _STATUSES))
        raise ValueError(f"status: {word!r} is unknown; one of {known} is wanted")
    status = _STATUSES[word]
    if status is None:
        raise LeftToLaterError(word)
    reason = line(fields, "reason")
    if status is Status.ISSUED and (reason or text(fields, "revoked_at")):
        raise ValueError("status: what was revoked isn't issued")
    return status, reason


def _needed(fields: Mapping[str, Any], name: str) -> str:
    said = line(fields, name) if name == "name" else key(fields, name)
    if not said:
        raise ValueError(f"{name}: is missing")
    return said


def _said(
    fields: Mapping[str, Any], name: str, known: str, asked: tuple[str, str, Collection[str]]
) -> str:
    # what was printed then counts, and else what would be printed now
    said = line(fields, name) or known
    if not said:
        kind, word, offered = asked
        if word in offered:
            raise ValueError(f"{name}: is missing, and the project doesn't say it")
        why = f"the project has no {kind} {word!r}"
        raise ValueError(
            ". ".join(filter(None, [f"{name}: is missing, and {why}", near(word, offered)]))
        )
    return said


def _title(type_: CertificateType | None) -> str:
    return "" if type_ is None else type_.title or type_.key


def _realm(fields: Mapping[str, Any], type_: CertificateType | None) -> str:
    source = type_.source if type_ is not None else None
    realm = key(fields, "realm") or (source.realm if source is not None else "")
    if not realm:
        raise ValueError("realm: is missing; whose ids are these?")
    if source is not None and realm != source.realm:
        # the next run would take them all for somebody else, and award them again
        raise ValueError(f"realm: the learners of {source.name} are those of {source.realm!r}")
    return realm
