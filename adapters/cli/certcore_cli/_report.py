"""
The report of a run: numbers that add up, reasons, and what to type next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from certcore.domain import DeliveryStatus, Hold, Note, Run, RunStatus, format_code
from certcore.exceptions import CertcoreError, MissingGlyphsError, NotFoundError
from certcore_cli._output import clean, columns, say, tell
from certcore_cli._session import command
from certcore_cli._words import count, count_word, listed


if TYPE_CHECKING:
    from certcore.registrar import Registrar

SHOWN = 5
"""Reasons listed of each kind; the rest is in the run."""


def needs_somebody(run: Run) -> bool:
    """
    Say whether the run was refused, or a part of it failed.
    """
    if run.status is not RunStatus.DONE:
        return True
    return bool(run.count("failed") or run.count("undelivered"))


def tell_run(
    registrar: Registrar,
    run: Run,
    stages: Callable[[], None] = lambda: None,
    *,
    hushed: bool = False,
) -> None:
    """
    Write what a run did, and what somebody has to do now.

    Args:
        hushed: Leave out the talk.
    """
    name = clean(run.name)
    if run.status in {RunStatus.HELD, RunStatus.STOPPED, RunStatus.FAILED, RunStatus.INTERRUPTED}:
        tell(f"Run {run.id} · {name} · {run.status.value}")
        _tell_refusal(registrar, run, hushed=hushed)
        return
    if run.status is RunStatus.DONE and not _news(run):
        tell(f"Run {run.id} · {name} · nothing new")
        tell(f"  {_in_short(run)}")
        return
    title = _title(registrar, run)
    tell(f"Run {run.id} · {name}{title}")
    if not hushed:
        stages()
    tell(columns(_rows(registrar, run), right=(1,)))
    if not hushed:
        _say_result(run)


def _title(registrar: Registrar, run: Run) -> str:
    try:
        context = registrar.configuration(run.configuration).context
    except NotFoundError:
        # a run of a configuration that is no more
        return ""
    return f" · {clean(context.name)}" if context.name else ""


def _news(run: Run) -> int:
    return (
        run.count("issued")
        + run.count("failed")
        + run.count("sent")
        + run.count("undelivered")
        + run.count("busy")
    )


def _in_short(run: Run) -> str:
    parts = [
        ("have one", run.count("held")),
        ("not yet", run.count("not-yet")),
        ("can't be judged", run.count("unknown")),
        ("left out", run.count("skipped")),
        ("taken back", run.count("blocked")),
        ("failed before", run.count("resting")),
    ]
    said = [f"{words} {number:,}" for words, number in parts if number]
    text = ", ".join(said) or "The source gave no learners."
    return f"{text} ({command('issue', run.name, '--retry')})" if run.count("resting") else text


def _rows(registrar: Registrar, run: Run) -> Iterator[tuple[str, str, str]]:
    issued, lapsed = run.count("issued"), run.count("lapsed")
    yield "issued", f"{issued:,}", _told(run)
    yield (
        "have one",
        f"{run.count('held'):,}",
        f"{lapsed:,} no longer meet the rule: {command('evaluate', run.name, '--held')}"
        if lapsed
        else "",
    )
    yield "not yet", f"{run.count('not-yet'):,}", ""
    unknown = run.count("unknown")
    yield "can't be judged", f"{unknown:,}", command("evaluate", run.name) if unknown else ""
    if run.count("skipped"):
        yield from _reasons(run, "left out", run.count("skipped"), "skipped", _at_place)
    if run.count("blocked"):
        yield "taken back", f"{run.count('blocked'):,}", "revoked, cancelled or forgotten before"
    if run.count("duplicate"):
        yield "came twice", f"{run.count('duplicate'):,}", "the last time counts"
    if run.count("finished"):
        finished = f"{run.count('finished'):,}"
        yield "finished", finished, "of those issued: awarded by an earlier run"
    if run.count("busy"):
        yield "elsewhere", f"{run.count('busy'):,}", "another process works on them"
    if run.count("resting"):
        yield (
            "failed before",
            f"{run.count('resting'):,}",
            command("issue", run.name, "--retry"),
        )
    if run.count("no-address"):
        yield "no address", f"{run.count('no-address'):,}", "issued, but nobody can be told"
    if run.count("failed"):
        yield from _reasons(
            run, "failed", run.count("failed"), "failed", lambda note: _who(registrar, note)
        )
        yield "", "", f"{_remedy(registrar, run)}, then: {command('issue', run.name, '--retry')}"
    if run.count("undelivered"):
        yield from _reasons(
            run,
            "not delivered",
            run.count("undelivered"),
            "undelivered",
            lambda note: _to_whom(registrar, note),
        )


def _told(run: Run) -> str:
    issued, sent = run.count("issued"), run.count("sent")
    if not issued:
        return f"{count(sent, 'message')} of earlier ones sent" if sent else ""
    if sent == issued:
        return "a file, a ledger row and a message each"
    if not sent:
        return "a file and a ledger row each; no message was sent"
    return f"a file and a ledger row each; {count(sent, 'message')} sent"


def _reasons(
    run: Run, words: str, number: int, kind: str, said: Callable[[Note], str]
) -> Iterator[tuple[str, str, str]]:
    notes = [note for note in run.notes if note.kind == kind]
    texts = [said(note) for note in notes[:SHOWN]]
    yield words, f"{number:,}", texts[0] if texts else command("runs", str(run.id))
    for text in texts[1:]:
        yield "", "", text
    if number > len(texts) > 0:
        yield "", "", f"… {number - len(texts):,} more: {command('runs', str(run.id))}"


def _at_place(note: Note) -> str:
    return f"{note.where}: {note.reason}"


def _who(registrar: Registrar, note: Note) -> str:
    found = registrar.get(note.where)
    return f"{found.statement.recipient.name} ({found.learner}): {note.reason}"


def _remedy(registrar: Registrar, run: Run) -> str:
    """
    Say what to do about certificates that failed.
    """
    notes = [note for note in run.notes if note.kind == "failed"]
    failures = [registrar.get(note.where).failure for note in notes[:SHOWN]]
    codes = {failure.code for failure in failures if failure is not None}
    return "add a font to the design" if codes == {MissingGlyphsError.code} else "mend it"


def _to_whom(registrar: Registrar, note: Note) -> str:
    found = registrar.get(note.where)
    waiting = any(each.status is DeliveryStatus.PENDING for each in registrar.deliveries(found.id))
    again = "a later run tries again" if waiting else command("show", format_code(found.code))
    return f"{found.statement.recipient.email}: {note.reason}; {again}"


def _say_result(run: Run) -> None:
    if run.status is RunStatus.RUNNING:
        say("It runs, or was killed: what it began, the next run finishes.")
        return
    trouble = [
        count_word(number, noun)
        for number, noun in (
            (run.count("failed"), "certificate"),
            (run.count("undelivered"), "message"),
        )
        if number
    ]
    say()
    if not trouble:
        say("Done. Running again repeats nothing.")
        return
    both = listed(trouble)
    needs = "needs" if run.count("failed") + run.count("undelivered") == 1 else "need"
    say(
        f"{both[0].upper()}{both[1:]} {needs} a hand; the rest is done. "
        "Running again repeats nothing."
    )


def _tell_refusal(registrar: Registrar, run: Run, *, hushed: bool) -> None:
    message = clean(run.message, lines=True)
    if run.status is RunStatus.INTERRUPTED:
        tell("Stopped from outside. What is done is recorded.")
        say(columns([("To go on:", command("issue", run.name))], stderr=True))
        return
    tell(message)
    if not hushed:
        say(columns(_next(registrar, run), stderr=True))


def _next(registrar: Registrar, run: Run) -> list[tuple[str, str]]:
    allow = ("Let one run through:", command("allow", run.name))
    if run.status is RunStatus.HELD:
        hold, who = _hold_on(registrar, run), ("Who they are:", command("evaluate", run.name))
        if hold is None or hold.count:
            return [who, allow]
        # held by hand as well: letting one run through would find too many again
        return [who, ("Held by:", hold.by), ("To end that:", command("unhold", run.name))]
    if run.status is RunStatus.FAILED:
        issued = run.count("issued")
        done = f"issued {issued:,}, " if issued else "issued none, "
        return [
            ("So far:", f"{done}nothing lost"),
            ("When it is mended:", command("issue", run.name)),
            ("To try:", command("check", "--online")),
        ]
    return _when_stopped(registrar, run, allow)


def _hold_on(registrar: Registrar, run: Run) -> Hold | None:
    """
    Give what the run's configuration waits for now, also under the key that its type had before.
    """
    try:
        keys = registrar.configuration(run.configuration).keys
    except CertcoreError:
        # of a configuration that is no more, or can't be used now
        keys = (run.configuration,)
    return next((hold for hold in registrar.holds() if hold.configuration in keys), None)


def _when_stopped(registrar: Registrar, run: Run, allow: tuple[str, str]) -> list[tuple[str, str]]:
    hold = _hold_on(registrar, run)
    if hold is not None and hold.count:
        return [("Who they are:", command("evaluate", run.name)), allow]
    if hold is not None:
        return [("Held by:", hold.by), ("To end that:", command("unhold", run.name)), allow]
    try:
        enabled = registrar.configuration(run.configuration).enabled
    except NotFoundError:
        # a run of a configuration that is no more
        return []
    if not enabled:
        return [("To change that:", "enabled = true in its table")]
    return [("On purpose?", command("issue", run.name, "--past-gate", "--quiet"))]
