"""
`certcore plugins`: what there is to choose from, and how it is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import click

from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._session import common_options, format_option


if TYPE_CHECKING:
    from certcore.config import OptionDescription
    from certcore.plugins import Provider


@click.command()
@click.argument("name", required=False)
@format_option("json")
@common_options
@click.pass_context
def plugins(ctx: click.Context, *, name: str | None, form: str) -> None:
    """
    List sources, designs, stores, notifiers and rules that are installed; with NAME, its options.

    \b
      certcore plugins
      certcore plugins openedx-reports
    """
    from certcore.plugins import PluginRegistry, ProviderKind  # noqa: PLC0415  # finding the plugins loads all of them

    registry = PluginRegistry()
    found = [
        (kind, offered, registry.owner(kind, offered.name))
        for kind in get_args(ProviderKind)
        for offered in registry.providers(kind).values()
        if name in {None, offered.name}
    ]
    if name is not None and not found:
        raise click.UsageError(
            f"no plugin offers {name!r}. 'certcore plugins' lists what there is."
        )
    if form == "json":
        tell_json(
            {
                "providers": [
                    {
                        "kind": kind,
                        "name": offered.name,
                        "plugin": owner,
                        "summary": offered.summary,
                        "options": [_of_option(each) for each in offered.describe()],
                    }
                    for kind, offered, owner in found
                ],
                "problems": [str(problem) for problem in registry.problems],
            }
        )
    elif name is None:
        rows = [(kind, offered.name, owner, offered.summary) for kind, offered, owner in found]
        tell(columns(rows, headers=("Kind", "Name", "Plugin", "What it is"), whole=(0, 1)))
    else:
        for kind, offered, owner in found:
            _tell_one(kind, offered, owner)
    for problem in registry.problems:
        say(f"Not used: {clean(str(problem))}")
    if registry.problems:
        ctx.exit(1)


def _tell_one(kind: str, offered: Provider, owner: str) -> None:
    from certcore.config import describe  # noqa: PLC0415  # loads cattrs

    tell(clean(f"{offered.name} · {kind} · {owner}"))
    tell(clean(offered.summary))
    tell()
    _tell_options("", offered.describe())
    if offered.context_options is not None:
        tell()
        tell("Of each context or step, under 'options':")
        tell()
        _tell_options("", describe(offered.context_options))


def _tell_options(prefix: str, options: tuple[OptionDescription, ...]) -> None:
    if not options:
        tell("  no options")
    for option in options:
        path = f"{prefix}{option.name}"
        said = (path, _kind(option), _default(option))
        tell(clean(f"  {', '.join(part for part in said if part)}"))
        if option.help:
            tell(columns([("  ", option.help)], whole=(0,)))
        inner = f"{path}.NAME" if option.kind == "table" else path
        for each in (option, *([option.item] if option.item is not None else [])):
            if each.fields:
                _tell_options(f"{path if each is option else inner}.", each.fields)
            for variant in each.variants:
                mark = next(field.name for field in variant if field.required)
                tell(clean(f"  {inner}, if it has '{mark}':"))
                _tell_options(f"{inner}.", variant)


def _kind(option: OptionDescription) -> str:
    if option.choices:
        return f"one of {', '.join(option.choices)}"
    if option.item is not None:
        inner = "" if option.item.kind in {"record", "union"} else f" of {option.item.kind}"
        length = "" if option.length is None else f" with {option.length} items"
        return f"{option.kind}{inner}{length}"
    return f"{option.kind} in {option.unit}" if option.unit else option.kind


def _default(option: OptionDescription) -> str:
    """
    Say what is taken if it is left out.
    """
    if option.required:
        return "required"
    if option.kind in {"record", "union"} or option.default in (None, "", {}, [], ()):
        return ""
    if isinstance(option.default, bool):
        return f"else {'true' if option.default else 'false'}"
    return f"else {option.default}"


def _of_option(option: OptionDescription) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": option.name,
        "kind": option.kind,
        "help": option.help,
        "required": option.required,
        "default": None if option.required else _default(option).removeprefix("else ") or None,
        "unit": option.unit,
        "choices": list(option.choices),
    }
    if option.item is not None:
        found["item"] = _of_option(option.item)
    if option.fields:
        found["fields"] = [_of_option(each) for each in option.fields]
    if option.variants:
        found["variants"] = [[_of_option(each) for each in some] for some in option.variants]
    return found
