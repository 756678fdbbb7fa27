"""
How far a run has come: bars on a terminal, a line now and then in a log.
"""

from __future__ import annotations

import sys
import time

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from attrs import define

from certcore_cli._output import clean, console, say
from certcore_cli._words import count, span


if TYPE_CHECKING:
    from certcore.registrar import StageProgress

_PAUSE = 30.0
"""Seconds between two lines about the same stage in a log."""

_WIDE = 8


@define
class _Stage:
    name: str
    began: float
    at: float
    done: int = 0
    total: int | None = None
    requests: int = 0
    task: Any = None
    over: bool = False

    def line(self) -> tuple[str, str, str]:
        if self.name == "retrieve":
            said = count(self.done, "record")
            if self.requests:
                said += f", {count(self.requests, 'request')}"
        elif self.over:
            # not everybody has an address
            said = count(self.done, "message" if self.name == "deliver" else "certificate")
        else:
            said = f"{self.done:,} of {self.total or self.done:,}"
        took = max(self.at - self.began, 1e-3)
        rate = f"{self.done / took:,.0f}/s" if self.done else ""
        return said, rate, span(took)


class Progress:
    """
    Shows how far a run has come while it runs; a watcher for the Registrar.

    Args:
        hushed: Write nothing.
    """

    def __init__(self, name: str, *, hushed: bool = False) -> None:
        self._name = clean(name)
        self._hushed = hushed
        self._stages: dict[str, _Stage] = {}
        self._bars: Any = None
        self._told = time.monotonic()
        self._began = self._told

    def __enter__(self) -> Self:
        if not self._hushed and sys.stderr.isatty():
            self._bars = _bars()
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def __call__(self, progress: StageProgress) -> None:
        now = time.monotonic()
        # a stage has begun where the one before it was last seen
        before = max((stage.at for stage in self._stages.values()), default=self._began)
        stage = self._stages.setdefault(
            progress.stage, _Stage(name=progress.stage, began=before, at=now)
        )
        stage.at, stage.done = now, progress.done
        stage.total, stage.requests = progress.total, progress.requests
        if self._bars is not None:
            self._draw(stage)
        elif not self._hushed and now - self._told >= _PAUSE:
            self._told = now
            said, rate, _ = stage.line()
            say(f"{self._name}: {stage.name} {said} {rate}".rstrip())

    def _draw(self, stage: _Stage) -> None:
        said, rate, _ = stage.line()
        if stage.task is None:
            stage.task = self._bars.add_task(
                f"{stage.name:<{_WIDE}}", total=None, said=said, rate=rate
            )
        self._bars.update(stage.task, completed=stage.done, total=stage.total, said=said, rate=rate)

    def lines(self) -> list[tuple[str, str, str, str]]:
        """
        Give a line about each stage: its name, how much, how fast, how long.
        """
        for stage in self._stages.values():
            stage.over = True
        return [(stage.name, *stage.line()) for stage in self._stages.values()]


def _bars() -> Any:
    from rich import progress as bars  # noqa: PLC0415  # takes longer to load than --help takes

    return bars.Progress(
        bars.TextColumn("  {task.description}", markup=False),
        bars.TextColumn("{task.fields[said]}", markup=False),
        bars.BarColumn(bar_width=30),
        bars.TextColumn("{task.fields[rate]}", markup=False, justify="right"),
        bars.TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    )
