"""
`certcore plugins`: what there is to choose from, and how it is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

import click

from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._session import common_options, format_option


if TYPE_CHECKING:
    from certcore.config import OptionDescription
    from certcore.plugins import Provider


@click.command(short_help="List what is installed, or the options of one of them.")
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
    # finding the plugins loads all of them
    from certcore.plugins import PluginRegistry, ProviderKind  # noqa: PLC0415

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
    tell(clean(f"{offered.name} · {kind} · {owner}"))
    tell(clean(offered.summary))
    rows = list(_rows("", offered.describe()))
    tell()
    tell(columns(rows, headers=("Option", "Kind", "If left out", "What it is")) or "  no options")
    if offered.context_options is not None:
        from certcore.config import describe  # noqa: PLC0415  # loads cattrs

        tell()
        tell("Of each context or step, under 'options':")
        rows = list(_rows("", describe(offered.context_options)))
        tell(columns(rows, headers=("Option", "Kind", "If left out", "What it is")))


def _rows(
    prefix: str, options: tuple[OptionDescription, ...]
) -> Iterator[tuple[str, str, str, str]]:
    for option in options:
        path = f"{prefix}{option.name}"
        yield path, _kind(option), _default(option), option.help
        inner = f"{path}.NAME" if option.kind == "table" else f"{path}[]"
        if option.item is not None:
            yield from _inside(f"{inner}.", option.item)
        yield from _inside(f"{path}.", option)


def _inside(prefix: str, option: OptionDescription) -> Iterator[tuple[str, str, str, str]]:
    yield from _rows(prefix, option.fields)
    for variant in option.variants:
        mark = next(each.name for each in variant if each.required)
        yield prefix.removesuffix("."), "record", "", f"with '{mark}':"
        yield from _rows(prefix, variant)


def _kind(option: OptionDescription) -> str:
    if option.choices:
        return " | ".join(option.choices)
    if option.item is not None:
        inner = "" if option.item.kind in {"record", "union"} else f" of {option.item.kind}"
        length = "" if option.length is None else f"{option.length} "
        return f"{length}{option.kind}{inner}"
    return f"{option.kind}, {option.unit}" if option.unit else option.kind


def _default(option: OptionDescription) -> str:
    if option.required:
        return "required"
    if option.kind in {"record", "union"} or option.default in (None, "", {}, [], ()):
        return ""
    if isinstance(option.default, bool):
        return "true" if option.default else "false"
    return str(option.default)


def _of_option(option: OptionDescription) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": option.name,
        "kind": option.kind,
        "help": option.help,
        "required": option.required,
        "default": None if option.required else _default(option) or None,
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
