"""
A project whose ledger, files and messages are in memory.
"""

from __future__ import annotations

import datetime as dt
import json

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from attrs import field, fields, frozen

from certcore.domain import Learner, LearnerProgress, LearningContext, Run, Skipped
from certcore.plugins import NoOptions, PluginRegistry, Provider, Services, hookimpl, provider
from certcore.ports import ArtifactStore, Ledger, Notifier
from certcore.testing._clock import FixedClock
from certcore.testing._generator import PlainDesign, PlainGenerator
from certcore.testing._ledger import MemoryLedger
from certcore.testing._outbox import MemoryOutbox
from certcore.testing._retriever import CannedRetriever
from certcore.testing._stores import MemoryStore


if TYPE_CHECKING:
    from certcore.registrar import Judgement, Registrar


_SCHOOL = {
    "name": "Example School",
    "sender": "Example School <office@example.org>",
    "verification": "https://certificates.example.org/v/{code}",
}
_ADA = LearnerProgress(
    learner=Learner(realm="school", id="ada", name="Ada López", email="ada@example.org"),
    completion=0.95,
    grades={"Total": 0.83},
)


@frozen(kw_only=True)
class ProjectRun:
    """
    A run, its counts at hand.
    """

    run: Run
    retrieved: int
    skipped: int
    eligible: int
    held: int
    not_yet: int
    unknown: int
    new: int
    issued: int
    failed: int
    sent: int

    @classmethod
    def of(cls, run: Run) -> ProjectRun:
        """
        Take the counts out of a run.
        """
        names = [each.name for each in fields(cls) if each.name != "run"]
        return cls(run=run, **{name: run.counts.get(name.replace("_", "-"), 0) for name in names})


@frozen(kw_only=True)
class MemoryProject:
    """
    Issues what a `certcore.toml` says, with the plugins that are installed.

    The tables are those of a project's files and are read in the same way; so are the messages if
    something in them is wrong. What comes of it stays in memory, from one run to the next.
    """

    folder: Path
    """What relative paths in options are relative to."""
    source: Mapping[str, Any] = field(factory=lambda: {"use": "canned"})
    """`[sources.NAME]`: `use` and the retriever's options; `canned` gives `learners`."""
    learners: Sequence[LearnerProgress | Skipped] = (_ADA,)
    rule: Mapping[str, Any] = field(factory=lambda: {"grades": {"Total": 0.60}})
    design: Mapping[str, Any] = field(factory=lambda: {"use": "plain"})
    """What stands in a design's file; `plain` makes a line of text."""
    settings: Mapping[str, Any] = field(factory=dict[str, Any])
    """Whatever else the type says: `validity`, `message`, `max_new`."""
    clock: FixedClock = field(factory=FixedClock)
    ledger: Ledger = field(factory=MemoryLedger)
    store: ArtifactStore = field(factory=MemoryStore)
    notifier: Notifier = field(factory=MemoryOutbox)

    def issue(self, context: str, **said: Any) -> ProjectRun:
        """
        Run once.

        Args:
            context: The context's key.

            said: What else its table says: `name` and dates that the source doesn't know, options.

        Raises:
            certcore.exceptions.ConfigurationError:
                If the tables can't be used, with all of their problems.
        """
        with self.registrar(context, **said) as registrar:
            return ProjectRun.of(registrar.issue("context/type", actor="tests"))

    def evaluate(self, context: str, **said: Any) -> list[Judgement | Skipped]:
        """
        Judge everybody and write nothing. Raises as `issue`.
        """
        with self.registrar(context, **said) as registrar:
            return list(registrar.evaluate("context/type"))

    def registrar(self, context: str, **said: Any) -> Registrar:
        """
        Make the Registrar of it; its only configuration is called `context/type`.
        """
        # importing the fakes alone doesn't load what puts projects together
        from certcore.bootstrap import load_project  # noqa: PLC0415  # loads what only projects in files need

        tables = {
            "issuers": {"school": _SCHOOL},
            "sources": {"source": {"realm": "school", **self.source}},
            "contexts": {"context": {"key": context, **said}},
            "types": {
                "type": {
                    "title": "Certificate",
                    "source": "source",
                    "design": "design",
                    "rule": self.rule,
                    **self.settings,
                }
            },
            "configurations": [{"context": "context", "type": "type"}],
        }
        (self.folder / "designs").mkdir(exist_ok=True)
        (self.folder / "designs" / "design.toml").write_text(_document(self.design), "utf-8")
        (self.folder / "certcore.toml").write_text(_document(tables), "utf-8")
        canned = CannedRetriever(
            self.learners, contexts=[LearningContext(key=context, name="Sample course")]
        )
        project = load_project(self.folder, plugins=PluginRegistry([_Fakes(canned)]))
        return project.registrar(
            ledger=self.ledger, store=self.store, notifier=self.notifier, clock=self.clock
        )


class _Fakes:
    """
    A plugin that offers a source and a generator to those who are testing something else.
    """

    def __init__(self, retriever: CannedRetriever) -> None:
        self._retriever = retriever

    @hookimpl
    def certcore_retrievers(self) -> list[Provider]:
        return [provider("canned", NoOptions, self._canned)]

    @hookimpl
    def certcore_generators(self) -> list[Provider]:
        return [provider("plain", PlainDesign, self._plain)]

    def _canned(self, _: NoOptions, __: Services) -> AbstractContextManager[CannedRetriever]:
        return nullcontext(self._retriever)

    def _plain(self, _: NoOptions, __: Services) -> AbstractContextManager[PlainGenerator]:
        return nullcontext(PlainGenerator())


def _document(table: Mapping[str, Any]) -> str:
    return "".join(f"{_json(name)} = {_value(value)}\n" for name, value in table.items())


def _value(value: Any) -> str:
    """
    Write a value as TOML has it.
    """
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return f"{{ {_document(table).strip().replace(chr(10), ', ')} }}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_value, cast('list[Any]', value)))}]"
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    # texts, numbers, yes and no look the same in both
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
