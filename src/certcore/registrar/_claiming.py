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
        return Outcome(decision=decision, certificate=certificate, held=True)
    if standing is not None and standing.status not in {Status.PENDING, Status.FAILED}:
        return Outcome(
            decision=decision, failure=f"an earlier certificate was {standing.status.value}"
        )
    if not decision.eligible:
        return Outcome(decision=decision)
    refusal = _refusal(office, setup)
    if refusal:
        return Outcome(decision=decision, failure=refusal)
    return _issue(office, setup, judgement, actor)


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
        # nobody needs to be asked: the facts are here
        setup = Setup(configuration, bound_rule(configuration), None)
        if not configuration.context.name:
            key = configuration.context.key
            raise ConfigurationError([Problem(f"contexts.{key}.name", "is missing.")])
        return setup, judge_batch(setup, office.ledger, [who])[0]
    setup = set_up(configuration, office.collaborators)
    check_realm(configuration, office.ledger)
    wanted = who.id if isinstance(who, Learner) else who
    skipped = ""
    for item in judge(setup, office.ledger, learners=frozenset({wanted})):
        if isinstance(item, Skipped):
            if item.learner == wanted or not skipped:
                skipped = f"{item.where}: {item.reason}"
        elif item.learner.id == wanted:
            return setup, item
    raise NotFoundError("learner", wanted, skipped or f"{configuration.name} doesn't have them.")


def _refusal(office: Office, setup: Setup) -> str:
    configuration = setup.configuration
    if not configuration.enabled:
        return "the configuration is switched off"
    if configuration.gate.shut(setup.context, office.clock.now()):
        return "the gate is shut"
    for hold in office.ledger.holds():
        if hold.configuration == configuration.key:
            return f"held: {hold.reason}"
    return ""


def _issue(office: Office, setup: Setup, judgement: Judgement, actor: str) -> Outcome:
    configuration = setup.configuration
    if not judgement.learner.name:
        return Outcome(decision=judgement.decision, failure="the learner has no name")
    designs = office.designs(configuration)
    designs.prepare_all()
    found = candidate(configuration, judgement.progress, judgement.decision, office.clock.now())
    award = office.ledger.award([found], run=None, actor=actor, now=office.clock.now())[0]
    if award.kind == "resting":
        # somebody asks for it now: that is reason enough to try once more
        office.ledger.retry([award.certificate], actor=actor, now=office.clock.now())
    done = office.fulfiller(configuration, designs, actor).fulfil(
        [award.certificate], watch=lambda _: None
    )
    certificate = office.ledger.get(award.certificate)
    if certificate.status is not Status.ISSUED:
        failure = certificate.failure.message if certificate.failure else "it is being made"
        return Outcome(decision=judgement.decision, failure=failure)
    if done.issued:
        office.deliver(configuration, lambda _: None)
    return Outcome(decision=judgement.decision, certificate=certificate, held=award.kind == "held")
