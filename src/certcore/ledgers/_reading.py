"""
Looking certificates up.
"""

from __future__ import annotations

import sqlalchemy as sa

from certcore.domain import Certificate, ConfigurationKey, HistoryEntry
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, folded, load_certificates, one_row
from certcore.ports import CertificateFilter


_C = t.certificates.c


class Reading(Part):
    """
    Looking certificates up.
    """

    def get(self, certificate: str) -> Certificate:
        with self._reading() as connection:
            return load_certificates(connection, [one_row(connection, certificate, lock=False)])[0]

    def by_code(self, code: str) -> Certificate | None:
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.certificates).where(_C.code == code)).all()
            return next(iter(load_certificates(connection, rows)), None)

    def by_digest(self, sha256: str) -> Certificate | None:
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(t.certificates)
                .join(t.artifacts, t.artifacts.c.certificate_id == _C.id)
                .where(t.artifacts.c.sha256 == sha256)
                .limit(1)
            ).all()
            return next(iter(load_certificates(connection, rows)), None)

    def find(
        self, wanted: CertificateFilter, *, after: str = "", limit: int = 100
    ) -> tuple[Certificate, ...]:
        query = sa.select(t.certificates).where(_C.id > after).order_by(_C.id).limit(limit)
        if wanted.configuration is not None:
            query = query.where(
                _C.context_key == wanted.configuration.context,
                _C.type_key == wanted.configuration.type,
            )
        if wanted.statuses:
            query = query.where(_C.status.in_([status.value for status in wanted.statuses]))
        if wanted.run is not None:
            query = query.where(_C.run_id == wanted.run)
        if wanted.learner is not None:
            query = query.where(
                _C.realm == wanted.learner.realm, _C.learner_id == wanted.learner.id
            )
        if wanted.person:
            query = query.where(_C.search.contains(folded(wanted.person), autoescape=True))
        with self._reading() as connection:
            return load_certificates(connection, connection.execute(query).all())

    def history(self, certificate: str) -> tuple[HistoryEntry, ...]:
        query = (
            sa.select(t.history)
            .where(t.history.c.certificate_id == certificate)
            .order_by(t.history.c.id)
        )
        with self._reading() as connection:
            return tuple(
                HistoryEntry(
                    certificate=row.certificate_id,
                    at=row.at,
                    verb=row.verb,
                    actor=row.actor,
                    reason=row.reason,
                    before=row.before,
                    after=row.after,
                )
                for row in connection.execute(query)
            )

    def realms(self, configuration: ConfigurationKey) -> frozenset[str]:
        query = (
            sa.select(_C.realm)
            .where(_C.context_key == configuration.context, _C.type_key == configuration.type)
            .distinct()
        )
        with self._reading() as connection:
            return frozenset(connection.execute(query).scalars())
