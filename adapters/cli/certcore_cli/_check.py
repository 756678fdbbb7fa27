"""
`certcore check`: what is wrong, before anybody finds out the hard way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from certcore.exceptions import ConfigurationError, Problem
from certcore_cli._output import clean, columns, problem_lines, say, tell, tell_json
from certcore_cli._reading import reading
from certcore_cli._session import Session, common_options, format_option, pass_session
from certcore_cli._words import count, listed


if TYPE_CHECKING:
    from certcore.bootstrap import Project, Setting
    from certcore.domain import Finding
    from certcore.registrar import Inspection


@click.command()
@click.option("--show", "name", metavar="NAME", help="Print one configuration, everything merged.")
@click.option("--online", is_flag=True, help="Ask the sources as well whether they can be read.")
@format_option("json")
@common_options
@pass_session
@click.pass_context
def check(
    ctx: click.Context, session: Session, *, name: str | None, online: bool, form: str
) -> None:
    """
    Look for everything that would keep the project from running, and say what to write instead.

    All problems are told at once, with the file and the path to the value. Nothing is changed.

    Of each design it is told as well whether its files are PDF/A-2b, fit for archives, or why not.
    That is no problem: the exit code stays 0.

    \b
      certcore check
      certcore check --online                     are the sources there, and may we read them?
      certcore check --show bio101/completion     what holds, and which file says so
    """
    project = session.load()
    if name is not None:
        _show(project, name, form)
        return
    inspection = project.inspect()
    problems = inspection.problems
    names = project.catalog.keys()
    findings = _ask_sources(project) if online else {}
    wrong = sum(each.level == "error" for found in findings.values() for each in found)
    if form == "json":
        tell_json(
            {
                "ok": not problems and not wrong,
                "configurations": list(names),
                "problems": [_of_problem(problem) for problem in problems],
                "online": [
                    {
                        "configuration": each,
                        "level": finding.level,
                        "message": finding.message,
                        "hint": finding.hint,
                    }
                    for each, found in findings.items()
                    for finding in found
                ],
                "remarks": [
                    {"file": file, "message": remark} for file, remark in _remarks(inspection)
                ],
            }
        )
    else:
        _tell(inspection, names, findings)
    if problems or wrong:
        ctx.exit(1)


def _ask_sources(project: Project) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    with reading(project) as registrar:
        for name in project.catalog.keys():  # noqa: SIM118  # a catalog is no mapping
            try:
                configuration = project.catalog.get(name)
            except ConfigurationError:
                # told with the problems of the files
                continue
            if configuration.enabled:
                found[name] = list(registrar.check(configuration))
    return found


def _tell(
    inspection: Inspection, names: tuple[str, ...], findings: dict[str, list[Finding]]
) -> None:
    problems, remarks = inspection.problems, _remarks(inspection)
    if problems:
        tell(problem_lines(problems))
    for name, found in findings.items():
        tell(clean(name))
        rows = [(each.level, f"{each.message} {each.hint}".strip()) for each in found]
        tell(columns(rows or [("ok", "its source can be read")]))
    if remarks:
        tell(columns(remarks))
    wrong = sum(each.level == "error" for found in findings.values() for each in found)
    if problems or wrong:
        say(f"{count(len(problems) + wrong, 'problem')}. Nothing was changed.")
    elif names:
        say(f"{count(len(names), 'configuration')}, no problems: {listed(names)}.")
    else:
        say("No problems, and no configurations either: a [[configurations]] table makes one.")


def _remarks(inspection: Inspection) -> list[tuple[str, str]]:
    return [(file, each) for file, said in inspection.remarks.items() for each in said]


def _of_problem(problem: Problem) -> dict[str, str]:
    return {
        "file": problem.file,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
    }


def _show(project: Project, name: str, form: str) -> None:
    settings = project.show(name)
    if form == "json":
        tell_json(
            {
                "configuration": name,
                "settings": [
                    {"path": s.path, "value": _plain(s.value), "file": s.file, "where": s.where}
                    for s in settings
                ],
            }
        )
        return
    tell(clean(name))
    tell(columns([(s.path, _written(s.value), _place(s)) for s in settings]))


def _place(setting: Setting) -> str:
    if not setting.file:
        return "certcore's own"
    return f"{setting.file}: {setting.where}" if setting.where else setting.file


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # TOML
    if isinstance(value, list):
        return [_plain(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]  # TOML
    return str(value)


def _written(value: Any) -> str:
    """
    Give a value as TOML has it.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_written(each)}" for key, each in value.items())  # pyright: ignore[reportUnknownVariableType]  # TOML
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_written(each) for each in value)}]"  # pyright: ignore[reportUnknownVariableType]  # TOML
    return str(value)
