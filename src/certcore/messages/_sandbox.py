"""
Jinja2, cut down to what a message needs.

Whoever edits a template may be an instructor, so that it can't call anything, can't make text grow
faster than the template itself, and can't loop for long: what isn't listed here is refused when the
template is read, with its line.
"""

from __future__ import annotations

import functools
import traceback

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import jinja2

from attrs import frozen
from jinja2 import meta, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from certcore.config import near
from certcore.messages._lines import unbroken


_SOURCE = 50_000
"""Characters that a template may have."""
_ROUNDS = 1_000
"""Rounds of all loops together, in one message."""
_SOURCE_NAME = "<message>"
"""What tracebacks call a template."""
_COUNTED = "_counted"
_ROUNDS_LEFT = "_rounds"

# No set, macro, include or arithmetic but + and -: with them, a short template can write gigabytes.
_ALLOWED = frozenset(
    {
        nodes.Add,
        nodes.And,
        nodes.Compare,
        nodes.Concat,
        nodes.CondExpr,
        nodes.Const,
        nodes.Filter,
        nodes.For,
        nodes.Getattr,
        nodes.Getitem,
        nodes.If,
        nodes.Keyword,
        nodes.List,
        nodes.Name,
        nodes.Neg,
        nodes.Not,
        nodes.Operand,
        nodes.Or,
        nodes.Output,
        nodes.Slice,
        nodes.Sub,
        nodes.Template,
        nodes.TemplateData,
        nodes.Test,
        nodes.Tuple,
    }
)
_WORDS: Mapping[type[nodes.Node], str] = {
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.FromImport: "from",
    nodes.Scope: "autoescape",
}
# No `safe`, which would let a learner's name write HTML; no `replace`, `join`, `center` or
# `format`, a chain of which grows without bound.
_FILTERS = frozenset(
    {
        "abs",
        "capitalize",
        "d",
        "default",
        "e",
        "escape",
        "first",
        "float",
        "int",
        "last",
        "length",
        "lower",
        "round",
        "striptags",
        "title",
        "trim",
        "truncate",
        "upper",
        "urlencode",
        "wordcount",
    }
)
_IN_BRACKETS = frozenset({nodes.Const, nodes.Neg, nodes.Slice})
_BUILT_IN = frozenset({"range"})


@frozen
class Fault:
    """
    Something in a template that can't be: on which line, what, and what to write instead.
    """

    line: int
    message: str
    hint: str = ""


class TooLongError(jinja2.TemplateRuntimeError):
    """
    A template writes more, or goes round its loops more often, than a message needs.
    """


class _Environment(ImmutableSandboxedEnvironment):
    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        # a method that isn't called would be printed with its address in memory
        return not callable(value) and super().is_safe_attribute(obj, attr, value)


def find_faults(source: str, variables: Mapping[str, object], *, html: bool) -> tuple[Fault, ...]:
    """
    Give everything that can be seen to be wrong with a template without filling it in.

    Args:
        variables: Those that there are, with values like those that they will have.
    """
    try:
        tree = _parse(source, html=html)
        return tuple(_refusals(tree)) or tuple(_unknown(tree, variables))
    except jinja2.TemplateSyntaxError as exc:
        return (Fault(exc.lineno, f"{str(exc.message).rstrip('.')}."),)


def fill_in(source: str, variables: Mapping[str, object], *, html: bool, limit: int) -> str:
    """
    Fill a template in; more than so many characters are refused.

    Raises:
        jinja2.TemplateError:
            And anything else that an expression can raise.
    """
    pieces, size = list[str](), 0
    rounds = iter(range(_ROUNDS))
    for piece in _compiled(source, html).generate({**variables, _ROUNDS_LEFT: rounds}):
        size += len(piece)
        if size > limit:
            raise TooLongError(f"it writes more than {limit} characters")
        pieces.append(piece)
    return "".join(pieces)


def explain(exc: Exception) -> str:
    """
    Tell what went wrong when a template was filled in: `line 3: 'code' is undefined`.
    """
    if isinstance(exc, jinja2.TemplateSyntaxError):
        line, said = exc.lineno, exc.message
    else:
        frames = traceback.walk_tb(exc.__traceback__)
        lines = [number for frame, number in frames if frame.f_code.co_filename == _SOURCE_NAME]
        line = lines[-1] if lines else 0
        # what other libraries say may quote a value, which is nobody's but the learner's
        said = exc.message if isinstance(exc, jinja2.TemplateError) else type(exc).__name__
    return f"line {line}: {said}".removeprefix("line 0: ").rstrip(".")


@functools.cache
def _environment(html: bool) -> _Environment:  # noqa: FBT001  # functools caches by position
    environment = _Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=None if html else _on_one_line,
    )
    environment.globals = {name: environment.globals[name] for name in _BUILT_IN}
    filters: dict[str, Any] = dict(environment.filters)
    filters = {name: filters[name] for name in _FILTERS} | {_COUNTED: _count}
    # jinja2's own annotation admits no filters but those that it brings
    environment.filters = cast("Any", filters)
    return environment


def _on_one_line(value: object) -> object:
    # a line break in a learner's name must not begin a paragraph of its own
    return unbroken(value) if isinstance(value, str) else value


@jinja2.pass_context
def _count(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        if next(context[_ROUNDS_LEFT], None) is None:
            raise TooLongError(f"its loops take more than {_ROUNDS} rounds")
        yield item


@functools.lru_cache(maxsize=256)
def _compiled(source: str, html: bool) -> jinja2.Template:  # noqa: FBT001  # as above
    tree = _parse(source, html=html)
    for fault in _refusals(tree):
        raise jinja2.TemplateSyntaxError(fault.message, fault.line)
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
    environment = _environment(html)
    tree.set_environment(environment)
    with _nesting():
        code = environment.compile(tree, filename=_SOURCE_NAME)
    return jinja2.Template.from_code(environment, code, environment.make_globals(None))


def _parse(source: str, *, html: bool) -> nodes.Template:
    if len(source) > _SOURCE:
        raise jinja2.TemplateSyntaxError(f"a message has at most {_SOURCE} characters", 1)
    with _nesting():
        return _environment(html).parse(source)


@contextmanager
def _nesting() -> Generator[None]:
    try:
        yield
    except (SyntaxError, RecursionError, MemoryError) as exc:
        # Python's own limits; where, it can't tell
        raise jinja2.TemplateSyntaxError("it is nested too deeply", 1) from exc


def _refusals(node: nodes.Node) -> Iterator[Fault]:
    if isinstance(node, nodes.Call):
        called = node.node
        if not (isinstance(called, nodes.Name) and called.name in _BUILT_IN):
            yield Fault(node.lineno, "a message can't call anything but range(…).")
    elif type(node) not in _ALLOWED:
        word = getattr(node, "operator", None) or _WORDS.get(
            type(node), type(node).__name__.lower()
        )
        yield Fault(node.lineno or 1, f"'{word}' can't be used in a message.")
        return
    elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield Fault(node.lineno, f"there is no filter {node.name!r}.", near(node.name, _FILTERS))
    elif isinstance(node, nodes.Getitem) and type(node.arg) not in _IN_BRACKETS:
        # the error about a missing part would quote the value
        yield Fault(node.lineno, "in [ ] a number or a word in quotes is wanted.")
    elif isinstance(node, nodes.Name) and (node.name[0] == "_" or node.name == "self"):
        yield Fault(node.lineno, f"unknown variable {node.name!r}.")
    for child in node.iter_child_nodes():
        yield from _refusals(child)


def _unknown(tree: nodes.Template, variables: Mapping[str, object]) -> Iterator[Fault]:
    known = dict(_paths(variables))
    leaves = [path for path, value in known.items() if not isinstance(value, Mapping)]
    with _nesting():
        undeclared = meta.find_undeclared_variables(tree) - known.keys() - _BUILT_IN
    told = set[str]()
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    for node in tree.find_all((nodes.Name, nodes.Getattr, nodes.Getitem)):
        path = _path_of(node)
        root, dot, _ = path.partition(".")
        above = path.rpartition(".")[0]
        if dot and root not in own:
            missing = path not in known and isinstance(known.get(above), Mapping)
        else:
            missing = path in undeclared
        if missing and path not in told:
            told.add(path)
            yield Fault(node.lineno, f"unknown variable {path!r}.", near(path, leaves))


def _path_of(node: nodes.Node) -> str:
    """
    Give `recipient.name` of an expression that reads so, else nothing.
    """
    if isinstance(node, nodes.Name):
        return node.name
    part: object = None
    if isinstance(node, nodes.Getattr):
        part = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        part = node.arg.value
    above = _path_of(cast("nodes.Getattr | nodes.Getitem", node).node) if part is not None else ""
    return f"{above}.{part}" if above else ""


def _paths(variables: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in variables.items():
        yield f"{above}{name}", value
        if isinstance(value, Mapping):
            yield from _paths(cast("Mapping[str, object]", value), f"{above}{name}.")
