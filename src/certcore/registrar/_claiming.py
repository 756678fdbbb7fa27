"""
One person, now.
"""

from __future__ import annotations

from certcore.domain import (
    CertificateConfiguration,
    Learner,
    LearnerProgress,
    Skipped,
    Status,
)
from certcore.exceptions import ConfigurationError, NotFoundError, Problem
from certcore.registrar._judging import judge, judge_batch
from certcore.registrar._office import Office
from certcore.registrar._setup import Setup, bound_rule, check_realm, set_up
from certcore.registrar._statements import candidate
from certcore.registrar._values import Judgement, Outcome


def claim(
    office: Office,
    configuration: CertificateConfiguration,
    who: Learner | LearnerProgress | str,
    *,
    actor: str,
) -> Outcome:
    """
    Issue to one person, from live facts or from facts handed in; or say what is missing.
    """
    setup, judgement = look_at(office, configuration, who)
    decision, standing = judgement.decision, judgement.standing
    if standing is not None and standing.status is Status.ISSUED:
        certificate = office.ledger.get(standing.certificate)
        # whoever made it may not have got to tell
        office.deliver(configuration, lambda _: None, certificate=certificate.id)
        return Outcome(decision=decision, certificate=certificate, held=True)
    if standing is not None and standing.status not in {Status.PENDING, Status.FAILED}:
        return Outcome(
            decision=decision, failure=f"an earlier certificate was {standing.status.value}"
        )
    if not decision.eligible:
        return Outcome(decision=decision)
    refusal = office.refusal(configuration)
    if not refusal and configuration.gate.shut(setup.context, office.clock.now()):
        refusal = "The gate is shut."
    if refusal:
        return Outcome(decision=decision, failure=refusal)
    return _issue(office, setup.configuration, judgement, actor)


def look_at(
    office: Office, configuration: CertificateConfiguration, who: Learner | LearnerProgress | str
) -> tuple[Setup, Judgement]:
    """
    Judge one person, from live facts or from facts handed in. Writes nothing.

    Raises:
        certcore.exceptions.NotFoundError:
            If the source doesn't know them, or what it has can't be used.
    """
    if isinstance(who, LearnerProgress):
        return _from_facts(office, configuration, who)
    setup = set_up(configuration, office.collaborators)
    check_realm(configuration, office.ledger)
    wanted = who.id if isinstance(who, Learner) else who
    source = configuration.type.source
    skipped = ""
    if isinstance(who, Learner) and source is not None and who.realm != source.realm:
        raise NotFoundError(
            "learner", str(who.key), f"{source.name} knows those of {source.realm}."
        )
    for item in judge(setup, office.ledger, learners=frozenset({wanted})):
        if isinstance(item, Skipped):
            if item.learner == wanted or not skipped:
                skipped = f"{item.where}: {item.reason}"
        elif item.learner.id == wanted:
            return setup, item
    raise NotFoundError("learner", wanted, skipped or f"{configuration.name} doesn't have them.")


def _from_facts(
    office: Office, configuration: CertificateConfiguration, who: LearnerProgress
) -> tuple[Setup, Judgement]:
    source = configuration.type.source
    if source is None:
        setup = Setup(configuration, bound_rule(configuration), None)
    else:
        # the learner's facts are here, but name and dates of the context are the source's to give
        setup = set_up(configuration, office.collaborators)
        check_realm(configuration, office.ledger)
        if who.learner.realm != source.realm:
            raise NotFoundError(
                "learner", str(who.learner.key), f"{source.name} knows those of {source.realm}."
            )
    if not setup.context.name:
        key = configuration.context.key
        raise ConfigurationError([Problem(f"contexts.{key}.name", "is missing.")])
    return setup, judge_batch(setup, office.ledger, [who])[0]


def _issue(
    office: Office, configuration: CertificateConfiguration, judgement: Judgement, actor: str
) -> Outcome:
    if not judgement.learner.name.strip():
        return Outcome(decision=judgement.decision, failure="the learner has no name")
    designs = office.designs(configuration)
    designs.prepare_all()
    certificate_id, held = _award(office, configuration, judgement, actor)
    fulfiller = office.fulfiller(configuration, designs, actor)
    fulfiller.fulfil([certificate_id], watch=lambda _: None)
    certificate = office.ledger.get(certificate_id)
    if certificate.status is not Status.ISSUED:
        failure = certificate.failure.message if certificate.failure else "it is being made"
        return Outcome(decision=judgement.decision, failure=failure)
    office.deliver(configuration, lambda _: None, certificate=certificate.id)
    return Outcome(decision=judgement.decision, certificate=certificate, held=held)


def _award(
    office: Office, configuration: CertificateConfiguration, judgement: Judgement, actor: str
) -> tuple[str, bool]:
    """
    Give the certificate to be made, awarded now or before, and whether somebody was quicker.
    """
    ledger, now = office.ledger, office.clock.now()
    if judgement.renamed and judgement.standing is not None:
        # awarded under the type's old key: that one is finished, and no other begun
        certificate, kind = judgement.standing.certificate, "resting"
    else:
        found = candidate(configuration, judgement.progress, judgement.decision, now)
        award = ledger.award([found], run=None, actor=actor, now=now, quiet=configuration.quiet)[0]
        certificate, kind = award.certificate, award.kind
    if kind == "resting":
        # somebody asks for it now: that is reason enough to try once more
        ledger.retry([certificate], actor=actor, now=now)
    return certificate, kind == "held"
