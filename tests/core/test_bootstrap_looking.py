"""
A closer look at a project: designs and their assets, rules and what sources can give, plugins.
"""

from __future__ import annotations

import io

from contextlib import contextmanager

import pytest

from attrs import frozen
from reportlab.pdfgen.canvas import Canvas

from certcore import hookimpl, option, provider
from certcore.bootstrap import load_project
from certcore.domain import Decision, Fact, Verdict
from certcore.exceptions import ConfigurationError, RetrievalError
from certcore.plugins import NoOptions, PluginRegistry


MAIN = """
[issuers.uni]
name = "Uni"
[sources.campus]
use = "openedx-reports"
realm = "campus"
[types.completion]
source = "campus"
design = "diploma"
rule = { grades = { Total = 0.60 } }
[contexts.bio]
key = "BIO"
[[configurations]]
context = "bio"
type = "completion"
"""
DESIGN = """
template = "diploma.pdf"
[elements.name]
text = "{recipient.name}"
at = [100, 98]
"""


@pytest.fixture
def load(tmp_path):
    """
    Load a project of one configuration, with a template.
    """
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(842, 595))
    canvas.showPage()
    canvas.save()
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "diploma.pdf").write_bytes(content.getvalue())

    def write(main="", *, design=DESIGN, plugins=(), base=MAIN):
        (tmp_path / "designs").mkdir(exist_ok=True)
        (tmp_path / "designs" / "diploma.toml").write_text(design)
        (tmp_path / "certcore.toml").write_text(base + main, "utf-8")
        return load_project(tmp_path, plugins=PluginRegistry(plugins))

    return write


def told(project):
    return [(p.file, p.path, p.message) for p in project.problems()]


# designs


def test_a_missing_asset_names_near_misses(load):
    """
    It is told in the design's file, once, however many configurations use the design.
    """
    more = '[contexts.b]\nkey = "B"\n[[configurations]]\ncontext = "b"\ntype = "completion"'

    [(file, path, message)] = told(load(more, design=DESIGN.replace("diploma.", "dipolma.")))

    assert ("designs/diploma.toml", "template") == (file, path)
    assert "Did you mean 'diploma.pdf'?" in message


def test_what_designs_remark_is_kept_by_file(load):
    """
    Once for each, however many issuers use it.
    """
    more = """
[issuers.other]
name = "Other"
[types.other]
extends = "completion"
issuer = "other"
[[configurations]]
context = "bio"
type = "other"
"""

    assert {"designs/diploma.toml": ("PDF/A-2b: yes",)} == load(more).inspect().remarks
    assert {} == load(design="template = 5").inspect().remarks


def test_an_override_has_a_design_of_its_own(load, tmp_path):
    """
    What a configuration takes instead of its type's design is looked at as well.
    """
    (tmp_path / "designs").mkdir()
    (tmp_path / "designs" / "other.es.toml").write_text('template = "other.pdf"')
    project = load('design = "other"')

    assert "other" == project.catalog.get("bio/completion").type.design.name
    assert [("designs/other.es.toml", "template")] == [(f, p) for f, p, _ in told(project)]


def test_what_cant_be_drawn_is_told(load, tmp_path):
    """
    A template that is none, and an element off the page.
    """
    outside = load(design=DESIGN.replace("[100, 98]", "[100, 980]"))

    assert [("designs/diploma.toml", "elements.name.at")] == [p[:2] for p in told(outside)]
    (tmp_path / "assets" / "diploma.pdf").write_bytes(b"not a PDF")
    assert ["designs/diploma.toml"] == [p[0] for p in told(load())]


def test_a_printed_address_has_to_be_set(load):
    """
    A QR code of the verification address needs one.
    """
    design = DESIGN + '[elements.qr]\nqr = "{verification.address}"\nat = [10, 10]\nsize = 20'

    [(file, path, message)] = told(load(design=design))

    assert ("designs/diploma.toml", "elements") == (file, path)
    assert "issuers.uni.verification isn't set" in message


def test_a_logo_has_to_be_there(load):
    """
    An issuer's logo is an asset.
    """
    base = MAIN.replace('name = "Uni"', 'name = "Uni"\nlogo = "diploma.pfd"')

    [(file, path, message)] = told(load(base=base))

    assert ("certcore.toml", "issuers.uni.logo") == (file, path)
    assert message.endswith("Did you mean 'diploma.pdf'?")


def test_designs_are_looked_at_though_nothing_whole_uses_them(load):
    """
    A mistake elsewhere doesn't hide what is wrong with a design, nor with a rule.
    """
    base = MAIN.replace('key = "BIO"', "").replace("grades = { Total = 0.60 }", "completion = 1")
    project = load(base=base, design=DESIGN.replace("diploma.", "x."))

    assert {
        ("certcore.toml", "contexts.bio.key"),
        ("certcore.toml", "types.completion.rule.completion"),
        ("designs/diploma.toml", "template"),
    } == {problem[:2] for problem in told(project)}
    assert 3 == len(told(project))


# rules and sources


@pytest.mark.parametrize(
    "rule, paths",
    [
        ("{ completion = 0.9, grades = { Total = 0.6 } }", ["completion"]),
        (
            "{ any_of = [{ completion = 0.9 }, { all_of = [{ completion = 1 }] }] }",
            ["any_of[0].completion", "any_of[1].all_of[0].completion"],
        ),
    ],
)
def test_a_rule_asks_for_no_more_than_its_source_gives(load, rule, paths):
    """
    It is refused at each place that asks for more, and once for all configurations of the type.
    """
    more = '[contexts.b]\nkey = "B"\n[[configurations]]\ncontext = "b"\ntype = "completion"'
    project = load(more, base=MAIN.replace("{ grades = { Total = 0.60 } }", rule))

    said = "'campus' (openedx-reports) gives grades, not completion."
    assert [("certcore.toml", f"types.completion.rule.{path}", said) for path in paths] == told(
        project
    )


def test_rules_are_told_where_they_stand(load):
    """
    An override is the configuration's, a step's rule the context's.
    """
    project = load(
        """
        rule = { facts = { hours = 20 } }
        [contexts.data]
        key = "DATA"
        steps = [{ course = "A" }, { course = "B", rule = { completion = 1 } }]
        [[configurations]]
        context = "data"
        type = "completion"
        [types.t]
        extends = "completion"
        rule = { every_step = { facts = { hours = 1 } } }
        [[configurations]]
        context = "data"
        type = "t"
        """
    )

    says = "'campus' (openedx-reports) gives grades, not"
    assert [
        ("certcore.toml", "configurations[0].rule.facts", f"{says} facts."),
        ("certcore.toml", "contexts.data.steps[1].rule.completion", f"{says} completion."),
        ("certcore.toml", "types.t.rule.every_step.facts", f"{says} facts."),
    ] == told(project)


# plugins


@frozen(kw_only=True)
class Level:
    """
    Options of a rule.
    """

    least: int = option("", minimum=1)


@frozen
class Reached:
    """
    A rule of a plugin.
    """

    least: int

    @property
    def facts(self):
        return frozenset({Fact("completion")})

    def evaluate(self, progress):
        return Decision(verdict=Verdict.UNKNOWN, kind="level")

    def bind(self, context):
        return self


@contextmanager
def nothing(options, services):
    yield None


class AcmeRules:
    """
    A plugin with one good rule and others that aren't.
    """

    @hookimpl
    def certcore_rules(self):
        def breaks(options, services):
            raise RuntimeError("no such table")

        def refuses(options, services):
            raise ValueError(f"{options.least}: there is no such level")

        return [
            provider("level", Level, lambda options, services: Reached(options.least)),
            provider("breaks", Level, breaks),
            provider("refuses", Level, refuses),
            provider("opens", Level, nothing),
        ]


def test_a_plugins_rule_is_one_more_key(load):
    """
    It stands in types and steps, is checked like certcore's own, and asks for facts like them.
    """
    project = load(
        """
        rule = { level = { least = 3 } }
        [contexts.data]
        key = "DATA"
        steps = [{ course = "B", rule = { level = { least = 0 } } }]
        """,
        plugins=[AcmeRules()],
    )

    assert Reached(3) == project.catalog.get("bio/completion").type.rule
    assert [
        ("contexts.data.steps[0].rule.level.least", "0: a number from 1 up is wanted."),
        ("configurations[0].rule", "'campus' (openedx-reports) gives grades, not completion."),
    ] == [problem[1:] for problem in told(project)]


@pytest.mark.parametrize(
    "name, said",
    [
        ("breaks", "the plugin AcmeRules can't make it: RuntimeError: no such table."),
        ("refuses", "1: there is no such level."),
        ("opens", "the plugin AcmeRules gives a _GeneratorContextManager, and no rule."),
    ],
)
def test_a_broken_rule_of_a_plugin_is_named(load, name, said):
    """
    The plugin's author has to mend it, not whoever wrote the file.
    """
    project = load(f"rule = {{ {name} = {{ least = 1 }} }}", plugins=[AcmeRules()])

    assert [("certcore.toml", f"configurations[0].rule.{name}", said)] == told(project)


class Acme:
    """
    A plugin with sources and a generator that break, each in its way, and a hook misspelt.
    """

    @hookimpl
    def certcore_retrievers(self):
        @contextmanager
        def breaks(options, services):
            raise KeyError
            yield

        @contextmanager
        def refuses(options, services):
            raise RetrievalError("the campus is closed", retryable=True)
            yield

        @contextmanager
        def gives_nothing(options, services):
            class Empty:
                facts = frozenset()

            yield Empty()

        return [
            provider("breaks", NoOptions, breaks),
            provider("refuses", NoOptions, refuses),
            provider("empty", NoOptions, gives_nothing),
        ]

    @hookimpl
    def certcore_generators(self):
        @contextmanager
        def breaks(options, services):
            class Broken:
                def prepare(self, design, assets):
                    raise ZeroDivisionError("division by zero")

            yield Broken()

        return [provider("acme", NoOptions, breaks)]

    @hookimpl
    def certcore_asset_stores(self):
        @contextmanager
        def breaks(options, services):
            class Broken:
                def read(self, slug):
                    raise ZeroDivisionError("division by zero")

            yield Broken()

        return [provider("acme", NoOptions, breaks)]


class Misspelt:
    """
    A plugin that can't be used.
    """

    @hookimpl
    def certcore_retriever(self):
        """Offer nothing."""


@pytest.mark.parametrize(
    "use, path, said",
    [
        ("breaks", "sources.campus", "the plugin Acme can't open it: KeyError."),
        ("refuses", "sources.campus", "the campus is closed."),
        ("empty", "types.completion.rule.grades", "'campus' (empty) gives nothing, not grades."),
    ],
)
def test_a_source_that_cant_be_opened(load, use, path, said):
    """
    Its plugin is named if it is the plugin's fault.
    """
    project = load(base=MAIN.replace("openedx-reports", use), plugins=[Acme()])

    assert [("certcore.toml", path, said)] == told(project)


def test_a_generator_that_breaks(load):
    """
    It is told in the design's file.
    """
    project = load(design='use = "acme"', plugins=[Acme()])

    said = "can't be prepared: ZeroDivisionError: division by zero."
    assert [("designs/diploma.toml", "", said)] == told(project)


def test_an_asset_store_that_breaks(load):
    """
    It is told wherever something was to be read.
    """
    base = MAIN.replace('name = "Uni"', 'name = "Uni"\nlogo = "a.png"')
    project = load('[assets]\nuse = "acme"', base=base, plugins=[Acme()])

    said = "ZeroDivisionError: division by zero."
    assert [
        ("designs/diploma.toml", "", f"can't be prepared: {said}"),
        ("certcore.toml", "issuers.uni.logo", f"can't be read: {said}"),
    ] == told(project)


def test_plugins_that_cant_be_used_come_first(load):
    """
    They may be the reason for the rest.
    """
    project = load(plugins=[Misspelt()])

    [(file, path, message)] = told(project)
    assert ("", "plugins") == (file, path)
    assert "the plugin Misspelt implements certcore_retriever: there is no such hook." == message
    assert project.plugins.problems


def test_a_source_may_want_to_know_nothing_of_contexts(load):
    """
    Options for one that takes none are refused.
    """
    project = load(
        base=MAIN.replace("openedx-reports", "empty").replace(
            'key = "BIO"', 'key = "BIO"\noptions = { lesson = "Lab" }'
        ),
        plugins=[Acme()],
    )

    with pytest.raises(ConfigurationError) as caught:
        project.catalog.get("bio/completion")
    assert ["contexts.bio.options"] == [
        p.path for p in caught.value.problems if p.path.startswith("contexts")
    ]


def test_a_source_without_options_of_contexts_takes_plain_ones(load):
    """
    A context that says nothing more is as good there as anywhere.
    """
    project = load(base=MAIN.replace("openedx-reports", "empty"), plugins=[Acme()])

    assert project.catalog.get("bio/completion").context.options is None
