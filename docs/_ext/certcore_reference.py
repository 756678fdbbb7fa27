"""
Reference pages that are made from the code: options of providers, placeholders, the command line.

Directives::

    {certcore-providers} retriever      every built-in provider of a kind, with its options
    {certcore-placeholders}             what a text may say of a certificate
    {certcore-tables}                   the tables of certcore.toml
    {certcore-commands}                 the command line's own help

Names that the reference has at a public address are found under it, wherever they are defined.
"""

from __future__ import annotations

import builtins
import datetime as dt
import importlib
import pkgutil
import sys

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import attrs

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.util.docutils import SphinxDirective

import certcore

from certcore.bootstrap import _schema
from certcore.config import OptionDescription, describe, format_span
from certcore.placeholders import PLACEHOLDERS
from certcore.plugins import PluginRegistry, Provider, ProviderKind


TABLES = {
    "issuers.NAME": _schema.IssuerTable,
    "sources.NAME": _schema.SourceTable,
    "contexts.NAME": _schema.ContextTable,
    "steps of a context": _schema.StepTable,
    "defaults, types.NAME and configurations": _schema.SettingsTable,
    "schedule": _schema.ScheduleTable,
    "gate": _schema.GateTable,
    "message": _schema.MessageTable,
}

# whose names appear in signatures, and whose documentation is elsewhere
ELSEWHERE = {
    "attr",
    "attrs",
    "cattrs",
    "click",
    "dt",
    "hypothesis",
    "pluggy",
    "pytest",
    "sqlalchemy",
}


# options as tables


def rows(fields: Iterable[OptionDescription]) -> Iterator[tuple[str, str, str, str]]:
    """
    Give name, kind, default and meaning of each option.
    """
    for option in fields:
        name = f"`{option.name}`"
        yield name, _kind(option), _default(option), _cell(option.help)


def _kind(option: OptionDescription) -> str:
    if option.kind == "choice":
        return " or ".join(f"`{choice}`" for choice in option.choices)
    if option.kind == "list" and option.item is not None:
        many = "" if option.length is None else f"{option.length} "
        return _with_unit(f"list of {many}{_kind(option.item)}", option)
    if option.kind == "table" and option.item is not None:
        return f"table of {_kind(option.item)} by name"
    if option.kind == "union":
        marks = (_mark(variant, option.variants) for variant in option.variants)
        return "table with " + " or ".join(f"`{mark}`" for mark in marks)
    if option.kind == "record":
        return "table, see below"
    return _with_unit(option.kind, option)


def _with_unit(kind: str, option: OptionDescription) -> str:
    bounds = {
        (True, True): f"{_number(option.minimum)} to {_number(option.maximum)}",
        (True, False): f"from {_number(option.minimum)}",
        (False, True): f"up to {_number(option.maximum)}",
        (False, False): "",
    }[option.minimum is not None, option.maximum is not None]
    said = [kind, *([option.unit] if option.unit else []), *([bounds] if bounds else [])]
    return ", ".join(said)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _default(option: OptionDescription) -> str:
    if option.required:
        return "required"
    value = option.default
    if value is None or value in ("", (), {}, []):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dt.timedelta):
        return f"`{format_span(value)}`"
    if attrs.has(type(value)):
        return "see below"
    return f"`{_cell(str(value))}`"


def _cell(text: str) -> str:
    # a table's cell is one line, its own bar would end it, and <address> is no HTML
    return " ".join(text.split()).replace("|", "\\|").replace("<", "\\<")


def _mark(variant: tuple[OptionDescription, ...], variants: tuple[Any, ...]) -> str:
    others = {o.name for other in variants if other is not variant for o in other}
    return next(o.name for o in variant if o.required and o.name not in others)


def inner(fields: Iterable[OptionDescription], path: str = "") -> Iterator[tuple[str, Any]]:
    """
    Walk the tables within options: where each stands, and its fields.
    """
    for option in fields:
        here = f"{path}{option.name}"
        where, found = here, option
        while found.item is not None:
            where, found = f"{where}.*" if found.kind == "table" else f"{where}[]", found.item
        if found.kind == "record":
            yield where, found.fields
            yield from inner(found.fields, f"{where}.")
        for variant in found.variants:
            yield f"{where} with `{_mark(variant, found.variants)}`", variant
            yield from inner(variant, f"{where}.")


def options_table(fields: Iterable[OptionDescription]) -> list[str]:
    """
    Write options as a Markdown table.
    """
    head = ["| option | kind | default | meaning |", "| --- | --- | --- | --- |"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows(fields)), ""]


def provider_page(provider: Provider) -> list[str]:
    """
    Write what there is to know of a provider.
    """
    lines = [f"## {provider.name}", "", f"{provider.summary}.", ""]
    said = (provider.options.__doc__ or "").strip()
    lines += [*(" ".join(part.split()) + "\n" for part in said.split("\n\n")), ""]
    if provider.schemes:
        lines += ["URL schemes: " + ", ".join(f"`{scheme}://`" for scheme in provider.schemes), ""]
    lines += _tables(describe(provider.options))
    if provider.context_options is not None:
        lines += ["Of each context or step:", "", *_tables(describe(provider.context_options))]
    return lines


def _tables(fields: tuple[OptionDescription, ...]) -> list[str]:
    lines = options_table(fields) if fields else ["It has no options.", ""]
    for where, within in inner(fields):
        lines += [f"Within {_code(where)}:", "", *options_table(within)]
    return lines


def _code(where: str) -> str:
    path, separator, mark = where.partition(" ")
    return f"`{path}`{separator}{mark}"


# directives


class Providers(SphinxDirective):
    """
    Every built-in provider of a kind.
    """

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        kind: ProviderKind = self.arguments[0]
        if kind not in get_args(ProviderKind):
            raise self.error(f"{kind!r} is no kind of provider")
        lines: list[str] = []
        registry = PluginRegistry()
        for name, provider in registry.providers(kind).items():
            if registry.owner(kind, name).startswith("certcore"):
                lines += provider_page(provider)
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


class Tables(SphinxDirective):
    """
    The tables of a project's file.
    """

    def run(self) -> list[nodes.Node]:
        lines: list[str] = []
        for title, table in TABLES.items():
            said = " ".join((table.__doc__ or "").split()).replace(f"`[{title}]`", "")
            lines += [f"## {title}", "", said.strip(" ,"), "", *_fields_table(table)]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def _fields_table(table: type) -> list[str]:
    # not all of them are options in the strict sense: rules have a reader of their own
    lines = ["| key | default | meaning |", "| --- | --- | --- |"]
    for field in attrs.fields(table):
        if field.default is attrs.NOTHING:
            default = "required"
        elif isinstance(field.default, attrs.Factory) or field.default in (None, "", ()):
            default = "none"
        else:
            default = f"`{_toml(field.default)}`"
        key = field.metadata.get("key") or field.name
        lines.append(f"| `{key}` | {default} | {_cell(field.metadata['help'])} |")
    return [*lines, ""]


def _toml(value: object) -> str:
    if isinstance(value, dt.timedelta):
        return format_span(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


class Placeholders(SphinxDirective):
    """
    Everything that a text may say of a certificate.
    """

    def run(self) -> list[nodes.Node]:
        lines = ["| placeholder | meaning | sample | forms |", "| --- | --- | --- | --- |"]
        for known in PLACEHOLDERS:
            forms = ", ".join(f"`{form}`" for form in known.forms)
            name = f"`{{{known.name}}}`"
            lines.append(f"| {name} | {_cell(known.label)} | {_cell(known.sample)} | {forms} |")
        return self.parse_text_to_nodes("\n".join(lines))


class Commands(SphinxDirective):
    """
    The command line's own help, command by command.
    """

    def run(self) -> list[nodes.Node]:
        lines: list[str] = []
        for path, text in command_helps():
            lines += [f"## {path}", "", "```text", text, "```", ""]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def command_helps() -> Iterator[tuple[str, str]]:
    """
    Give each command's name, and its help as `--help` prints it.
    """
    import click  # noqa: PLC0415  # the options' tables are to be had without it

    from certcore_cli.main import certcore as command_line  # noqa: PLC0415  # as above

    def walk(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
        context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100)
        yield path, command.get_help(context)
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                if found is not None and not found.hidden:
                    yield from walk(found, f"{path} {name}")

    yield from walk(command_line, "certcore")


# names


def public_addresses() -> dict[str, str]:
    """
    Give the documented address of each public name, by the address at which it is defined.
    """
    found: dict[str, str] = {}
    for info in pkgutil.walk_packages(certcore.__path__, "certcore."):
        if any(part.startswith("_") for part in info.name.split(".")):
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            home = getattr(thing, "__module__", None) or info.name
            found.setdefault(f"{home}.{name}", f"{info.name}.{name}")
            # annotations are written with the bare name
            found.setdefault(name, f"{info.name}.{name}")
    return found


def find_public(
    app: Sphinx, env: BuildEnvironment, node: nodes.Element, contnode: nodes.TextElement
) -> nodes.reference | nodes.TextElement | None:
    """
    Resolve a name that is documented at another address; let what others document be plain text.
    """
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    addresses: dict[str, str] = app.env.certcore_addresses  # type: ignore[attr-defined]  # Sphinx lets extensions add to it
    public = addresses.get(target)
    if public is not None and public != target:
        domain = env.get_domain("py")
        found = domain.resolve_any_xref(env, node["refdoc"], app.builder, public, node, contnode)
        return found[0][1] if found else contnode  # an alias of types, which has no entry
    root = target.partition(".")[0]
    elsewhere = ELSEWHERE | set(sys.stdlib_module_names) | _standard_names()
    # type variables and private classes are in signatures, and in no reference
    if root in elsewhere or any(part.startswith("_") for part in target.split(".")):
        return contnode
    return None


def _standard_names() -> set[str]:
    import collections.abc  # noqa: PLC0415  # wanted for their names alone
    import contextlib  # noqa: PLC0415  # wanted for their names alone
    import typing  # noqa: PLC0415  # wanted for their names alone

    return {*collections.abc.__all__, *contextlib.__all__, *typing.__all__, "Path", "TracebackType"}


def leave_builtins(app: Sphinx, doctree: nodes.document) -> None:
    """
    Take `type` for Python's own, and not for one of the attributes that are called so.
    """
    del app
    for node in list(doctree.findall(addnodes.pending_xref)):
        if node.get("refdomain") == "py" and node["reftarget"] in vars(builtins):
            node.replace_self(node.children)


def read_sections(  # noqa: PLR0917  # an event's handler
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """
    Make fields of `Args:` and `Raises:`.
    """
    del app, options
    # an attribute's docstring is prose: a colon in it doesn't end the name of a type
    if what not in {"attribute", "data", "property"}:
        config = Config(napoleon_use_rtype=False)
        lines[:] = GoogleDocstring(lines, config, what=what, name=name, obj=obj).lines()


def remember_addresses(app: Sphinx) -> None:
    """
    Look the public names up once.
    """
    app.env.certcore_addresses = public_addresses()  # type: ignore[attr-defined]  # Sphinx lets extensions add to it


def setup(app: Sphinx) -> dict[str, Any]:
    """
    Make the directives known.
    """
    app.add_directive("certcore-providers", Providers)
    app.add_directive("certcore-tables", Tables)
    app.add_directive("certcore-placeholders", Placeholders)
    app.add_directive("certcore-commands", Commands)
    app.connect("builder-inited", remember_addresses)
    app.connect("autodoc-process-docstring", read_sections)
    app.connect("doctree-read", leave_builtins)
    app.connect("missing-reference", find_public)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
