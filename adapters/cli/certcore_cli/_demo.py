"""
`certcore demo`: certificates in a folder, a minute after it was installed.
"""

from __future__ import annotations

import os
import re
import shlex

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from attrs import frozen

from certcore.domain import (
    Certificate,
    CertificateConfiguration,
    LearnerKey,
    LearningContext,
    Run,
    RunStatus,
    Skipped,
    Status,
    format_code,
)
from certcore_cli._init import make_project, meant
from certcore_cli._lookup import every
from certcore_cli._output import clean, columns, say, tell
from certcore_cli._program import program, shown
from certcore_cli._progress import Progress
from certcore_cli._session import (
    PROJECT_FILE,
    Session,
    common_options,
    pass_session,
    whoami,
)
from certcore_cli._words import count, day, missing_words, rule_words, short, short_key


if TYPE_CHECKING:
    from certcore.bootstrap import Project
    from certcore.registrar import Judgement, Registrar

REALM = "demo"
"""Of the learners who come with a new project; nobody else's certificates are issued here."""

BY_NAME = "pdfs"
"""Folder of copies that go by their learners: in the store, files go by ids."""

_FOLDER = "demo"
"""Where it takes place unless something else is said."""

_NAME = 28
"""Letters of a name that a table has room for; the certificate has room for all."""

_ORDER = ("issued", "have one", "failed", "not yet", "can't be judged", "taken back", "skipped")

Kept: TypeAlias = Mapping[LearnerKey, Certificate]


@frozen
class _Row:
    """
    What happened to somebody.
    """

    kind: str
    learner: str
    name: str
    what: str
    code: str = ""


@frozen
class _Result:
    """
    What one configuration came to.
    """

    configuration: CertificateConfiguration
    run: Run
    rows: tuple[_Row, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.kind for row in self.rows)

    @property
    def well(self) -> bool:
        return self.run.status is RunStatus.DONE and not self.counts["failed"]


@click.command()
@click.argument(
    "folder",
    metavar="[DIR]",
    required=False,
    type=click.Path(file_okay=False, path_type=Path),
)
@common_options
@pass_session
@click.pass_context
def demo(ctx: click.Context, session: Session, *, folder: Path | None) -> None:
    """
    Make a project in DIR (demo, if nothing is said) and issue what its sample learners have earned.

    The messages are written to a folder; nobody is sent anything. Run again, it issues nothing new.

    \b
      certcore demo
      certcore demo /tmp/certificates
    """
    folder = meant(folder, session, _FOLDER)
    if not (folder / PROJECT_FILE).is_file():
        make_project(folder)
        say(clean(f"A project was made in {shown(folder)}: certcore init makes the same."))
    results = _issue_all(folder)
    new = sum(result.counts["issued"] for result in results)
    for result in results:
        _tell_result(result, folder, briefly=not new)
    if new:
        tell(f"{count(new, 'certificate')} issued. Nobody was sent anything.")
    else:
        tell("Nothing new: whoever has earned a certificate has it, and nobody got a second one.")
    _tell_places(folder, results)
    if not all(result.well for result in results):
        ctx.exit(1)


def _issue_all(folder: Path) -> list[_Result]:
    from certcore.bootstrap import load_project  # noqa: PLC0415  # loads the plugins

    project = load_project(folder)
    wanted = [each for each in _configurations(project) if each.enabled]
    for each in wanted:
        if each.type.source is None or each.type.source.realm != REALM:
            raise click.UsageError(
                clean(
                    f"{each.name} isn't about the sample learners, and a demonstration issues to "
                    f"nobody else. In earnest: certcore issue {each.name}"
                )
            )
    # whatever the project says of messages by now: these are nobody's business
    with project.registrar(notifier={"use": "outbox"}) as registrar:
        return [_issue(registrar, project.folder, each) for each in wanted]


def _configurations(project: Project) -> list[CertificateConfiguration]:
    names = project.catalog.keys()
    return [project.catalog.get(name) for name in names]


def _issue(registrar: Registrar, folder: Path, configuration: CertificateConfiguration) -> _Result:
    with Progress(configuration.name) as progress:
        run = registrar.issue(configuration, actor=whoami(), watch=progress)
    kept = _kept(registrar, configuration)
    files = _copy(registrar, folder, configuration.name, kept.values())
    rows: list[_Row] = []
    if run.status is RunStatus.DONE:
        for item in registrar.evaluate(configuration):
            if isinstance(item, Skipped):
                rows.append(_skipped(item))
            elif item.learner.key in kept:
                rows.append(_kept_row(kept[item.learner.key], run, files))
            else:
                rows.append(_without(item, configuration.context))
    rows.sort(key=lambda row: _ORDER.index(row.kind))
    return _Result(configuration, run, tuple(rows))


def _kept(registrar: Registrar, configuration: CertificateConfiguration) -> Kept:
    """
    Give what the ledger has for each learner.
    """
    from certcore.ports import CertificateFilter  # noqa: PLC0415  # loaded by whoever comes here

    wanted = CertificateFilter(configuration=configuration.key)
    return {
        certificate.learner: certificate
        for certificate in every(registrar, wanted)
        if certificate.status.holds_slot
    }


def _copy(
    registrar: Registrar, folder: Path, name: str, certificates: Iterable[Certificate]
) -> Mapping[str, str]:
    """
    Copy the files of certificates out of the store; give what they are called by their ids.
    """
    names: dict[str, str] = {}
    target = folder / BY_NAME / _safe(name)
    for certificate in certificates:
        if certificate.artifact is None or certificate.status is not Status.ISSUED:
            continue
        target.mkdir(parents=True, exist_ok=True)
        names[certificate.id] = f"{_safe(certificate.learner.id)}.pdf"
        content = registrar.store.open(certificate.artifact.key)
        (target / names[certificate.id]).write_bytes(content)
    return names


def _safe(name: str) -> str:
    return re.sub(r"[^\w.@+-]", "-", name).lstrip(".")


def _skipped(item: Skipped) -> _Row:
    line = re.search(r"line \d+$", item.where)
    where = f"{line[0]}: " if line else ""
    return _Row("skipped", item.learner or "", "", f"skipped, {where}{item.reason}")


def _kept_row(certificate: Certificate, run: Run, files: Mapping[str, str]) -> _Row:
    said = certificate.statement
    who = (certificate.learner.id, said.recipient.name)
    if certificate.status is Status.ISSUED:
        code = format_code(certificate.code)
        if certificate.run != run.id:
            since = day(certificate.issued_at, said.issuer.time_zone)
            return _Row("have one", *who, f"has one since {since}", code)
        unsent = "" if said.recipient.email else "; no e-mail address, so no message"
        return _Row("issued", *who, f"issued: {files[certificate.id]}{unsent}", code)
    if certificate.status in {Status.PENDING, Status.FAILED}:
        failure = certificate.failure
        why = failure.message if failure else "its file isn't made yet"
        return _Row("failed", *who, f"failed: {why}")
    return _Row("taken back", *who, f"{certificate.status.value}: {certificate.reason}")


def _without(judgement: Judgement, context: LearningContext) -> _Row:
    who = (judgement.learner.id, judgement.learner.name)
    lacking = missing_words(judgement.decision)
    for step in context.steps:
        # nobody calls a course by its key
        for key in (step.course, short_key(step.course)):
            lacking = lacking.replace(key, step.name or key)
    if judgement.decision.evaluable:
        return _Row("not yet", *who, f"not yet: {lacking}")
    return _Row("can't be judged", *who, lacking)


def _tell_result(result: _Result, folder: Path, *, briefly: bool) -> None:
    configuration, run = result.configuration, result.run
    counts = result.counts
    said = ", ".join(f"{kind} {counts[kind]}" for kind in _ORDER if counts[kind])
    name, context = clean(configuration.name), configuration.context
    if run.status is not RunStatus.DONE:
        tell(clean(f"{name} was {run.status.value}: {run.message}"))
    elif briefly:
        tell(f"{name}: {said}")
    else:
        rule = rule_words(configuration.type.rule, context)
        rows = [(row.learner, short(row.name, _NAME), row.what) for row in result.rows]
        tell(click.style(clean(f"{context.name} · {name}"), bold=True))
        tell(clean(f"{configuration.type.title} · {rule}"))
        tell()
        tell(columns(rows, headers=("Learner", "Name", "What happened"), whole=(0, 1)))
        tell()
        tell(f"{said}. Files: {_folder_of(folder, name)}")
        tell()


def _folder_of(folder: Path, name: str) -> str:
    return clean(f"{shown(folder / BY_NAME / _safe(name))}{os.sep}")


def _tell_places(folder: Path, results: list[_Result]) -> None:
    project = shown(folder)
    tell()
    tell("Look at")
    places = [
        (BY_NAME + os.sep, "the certificates, copied for looking at"),
        ("outbox" + os.sep, "the messages: .eml files, for any mail program"),
        ("ledger.db", "who was awarded what, when and why"),
        (PROJECT_FILE, "what was asked for; the comments say what can be changed"),
    ]
    tell(columns([(os.path.join(project, name), why) for name, why in places], whole=(0,)))  # noqa: PTH118  # a Path would drop what says that it is a folder
    tell()
    tell("Go on with")
    quoted = shlex.quote(project)
    steps = [(f"-p {quoted} {words}", why) for words, why in _examples(results)]
    once_more = "demo" if project == _FOLDER else f"demo {quoted}"
    steps.append((once_more, "once more: nobody gets a second one"))
    for words, why in steps:
        tell(clean(f"  {program()} {words}"))
        tell(f"      {why}")


def _examples(results: list[_Result]) -> list[tuple[str, str]]:
    """
    Give commands about people who are there.
    """
    rows = [(result, row) for result in results for row in result.rows]
    steps: list[tuple[str, str]] = []
    code = next((row.code for _, row in rows if row.code), "")
    if code:
        steps.append((f"verify {code}", "is it genuine? The code is printed on the certificate"))
    late = next((row for _, row in rows if row.kind == "not yet"), None)
    if late is not None:
        who = shlex.quote(late.learner)
        steps.append((f"explain {who}", "everything about one learner, and what is missing"))
    if results:
        name = shlex.quote(results[0].configuration.name)
        steps.append((f"evaluate {name}", "a dry run: who would get one, who wouldn't, and why"))
    return steps
