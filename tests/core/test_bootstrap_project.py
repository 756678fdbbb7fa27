"""
A project: certcore.toml, what it includes, its designs; and what comes of them.
"""

from __future__ import annotations

import datetime as dt
import io
import textwrap
import zoneinfo

import pytest

from reportlab.pdfgen.canvas import Canvas

from certcore import Registrar
from certcore.bootstrap import Setting, load_project, load_registrar
from certcore.domain import AssetRef, ConfigurationKey, Moment, Schedule
from certcore.exceptions import ConfigurationError, NotFoundError
from certcore.rules import AllOf, AnyOf, EveryStep, MinimumCompletion, MinimumGrades


MADRID = zoneinfo.ZoneInfo("Europe/Madrid")

MAIN = """
include = ["terms/*.toml"]
alerts  = ["certificates@uni.example"]

[issuers.uni]
name         = "Universidad de Ejemplo"
time_zone    = "Europe/Madrid"
language     = "es"
sender       = "Uni Certificates <certificates@uni.example>"
verification = "https://certs.uni.example/v/{code}"
page         = "https://certs.uni.example/c/{token}"

[sources.campus]
use     = "files"
realm   = "campus"
path    = "{key}.csv"
columns = { id = "id", name = "name", completion = "done", grades = { Total = "grade" } }

[defaults]
schedule = { cron = "0 6 * * *" }
gate     = { close = "14 days after end" }

[types.completion]
title  = "Certificate of completion"
issuer = "uni"
source = "campus"
design = "diploma"
rule   = { completion = 0.90, grades = { Total = 0.60 } }

[types.distinction]
extends = "completion"
title   = "Certificate with distinction"
rule    = { grades = { Total = 0.85, "Final project" = 0.80 }, any_of = [
    { grades = { "Final exam" = 0.90 } },
    { completion = 1.00 },
] }
"""

TERM = """
[contexts.bio101]
key = "course-v1:Uni+BIO101+2026T1"

[contexts.data]
key   = "path-v1:Uni+DATA+2026+A"
name  = "Data Science Foundations"
end   = 2026-07-31
steps = [
    { course = "DS1" },
    { course = "DS2", or = ["STATS"], options = { column = "grade" } },
    { course = "DS3", rule = { grades = { Total = 0.50 } } },
    { course = "DS4", holds = "completion", name = "Four" },
]

[[configurations]]
context = "bio101"
type    = "completion"
enabled = true

[[configurations]]
context  = "bio101"
type     = "distinction"
schedule = { once = 2026-07-10T09:00:00 }
release  = "by hand"
gate     = { open = 2026-06-01 }
max_new  = "unlimited"

[[configurations]]
context  = "data"
type     = "distinction"
enabled  = false
schedule = { cron = "0 7 * * mon" }
rule     = { every_step = { grades = { Total = 0.85 } } }
"""

SPANISH = """
template = "diploma.pdf"

[elements.name]
text = "{recipient.name}"
at   = [100, 98]

[elements.course]
text = "ha superado {context.name} el {date:long}"
at   = [100, 124]
"""
ENGLISH = SPANISH.replace("ha superado", "has passed")


def blank_page():
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(842, 595))
    canvas.showPage()
    canvas.save()
    return content.getvalue()


@pytest.fixture
def write(tmp_path):
    """
    Write files of a project; a template lies there already.
    """

    def write_all(**files):
        for name, content in files.items():
            path = tmp_path / f"{name.replace('__', '/').replace('_', '.')}.toml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(textwrap.dedent(content), "utf-8")
        return tmp_path

    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "diploma.pdf").write_bytes(blank_page())
    return write_all


@pytest.fixture
def folder(write):
    """
    The project of the sketch.
    """
    return write(
        certcore=MAIN, terms__2026T1=TERM, designs__diploma_es=SPANISH, designs__diploma_en=ENGLISH
    )


def told(problems):
    return [(p.file, p.path, p.message) for p in problems]


def test_the_sketch_is_a_good_project(folder):
    """
    The project that the documentation shows has no problems, and nothing is written to find out.
    """
    before = sorted(folder.rglob("*"))

    project = load_project(folder)

    assert () == project.problems()
    assert ("bio101/completion", "bio101/distinction", "data/distinction") == project.catalog.keys()
    assert before == sorted(folder.rglob("*"))
    assert folder == project.folder
    assert ("certificates@uni.example",) == project.alerts


def test_a_configuration_has_everything_merged(folder):
    """
    Defaults, type, what it extends and the configuration itself come together; the file may be
    named as well as its folder.
    """
    made = load_project(folder / "certcore.toml").catalog.get("bio101/distinction")

    assert "Certificate with distinction" == made.type.title
    assert "campus" == made.type.source.name
    assert "uni" == made.type.issuer.key
    assert (
        AllOf(
            MinimumGrades({"Total": 0.85, "Final project": 0.80}),
            AnyOf(MinimumGrades({"Final exam": 0.90}), MinimumCompletion(1.00)),
        )
        == made.type.rule
    )
    once = dt.datetime(2026, 7, 10, 9, tzinfo=MADRID)
    assert Schedule(once=once, zone="Europe/Madrid") == made.schedule
    assert Moment(offset=dt.timedelta(days=14), anchor="end") == made.gate.close
    assert Moment(at=dt.datetime(2026, 6, 1, tzinfo=MADRID)) == made.gate.open
    assert "by hand" == made.release
    assert made.max_new is None
    assert made.enabled
    assert "bio101/distinction" == made.name


def test_defaults_hold_where_nobody_says_otherwise(folder):
    """
    A configuration of two lines has the defaults of the project, and certcore's own.
    """
    made = load_project(folder).catalog.get("bio101/completion")

    assert Schedule(cron="0 6 * * *", zone="Europe/Madrid") == made.schedule
    assert 500 == made.max_new
    assert made.release is None
    assert not made.quiet
    assert "course" == made.context.kind


def test_a_pathway_has_its_steps(folder):
    """
    What each step says stays with it; a date as the end means its end, in the issuer's zone.
    """
    made = load_project(folder).catalog.get("data/distinction")
    steps = made.context.steps

    assert "pathway" == made.context.kind
    assert dt.datetime(2026, 7, 31, 23, 59, 59, 999999, tzinfo=MADRID) == made.context.end
    assert ["DS1", "DS2", "DS3", "DS4"] == [step.course for step in steps]
    assert ("STATS",) == steps[1].alternatives
    assert "grade" == steps[1].options.column
    assert MinimumGrades({"Total": 0.50}) == steps[2].rule
    assert ("completion", "Four") == (steps[3].holds, steps[3].name)
    assert EveryStep(MinimumGrades({"Total": 0.85})) == made.type.rule
    assert not made.enabled


def test_a_design_has_a_variant_for_each_language(folder):
    """
    The issuer's own language comes first: it serves whoever has none of the others.
    """
    design = load_project(folder).catalog.get("bio101/completion").type.design

    assert ["es", "en"] == list(design.variants)
    assert AssetRef("diploma.pdf") == design.variants["en"].template
    # what is written in Spanish has its dates in Spanish
    assert ["es", "en"] == [variant.language for variant in design.variants.values()]
    assert "es" == design.language_for("fr")


def test_a_variant_without_a_language_serves_everybody(write):
    """
    NAME.toml is for whoever has no variant of their own; pt_BR is as good as pt-BR.
    """
    folder = write(
        certcore=MAIN, terms__2026T1=TERM, designs__diploma=ENGLISH, designs__diploma_fr=ENGLISH
    )
    (folder / "designs" / "diploma.pt_BR.toml").write_text(ENGLISH)
    (folder / "designs" / ".#diploma.de.toml").write_text("an editor's")

    project = load_project(folder)

    design = project.catalog.get("bio101/completion").type.design
    assert () == project.problems()
    assert ["", "fr", "pt-BR"] == list(design.variants)


def test_configurations_are_found_by_name_and_by_keys(folder):
    """
    People use names, the ledger keys; a type's old key finds what was begun under it.
    """
    main = MAIN.replace("[types.completion]", '[types.completion]\nwas = "passed"')
    (folder / "certcore.toml").write_text(main)
    catalog = load_project(folder).catalog

    wanted = catalog.get("bio101/completion")

    key = "course-v1:Uni+BIO101+2026T1"
    assert wanted == catalog.get(str(ConfigurationKey(key, "completion")))
    assert wanted == catalog.get(str(ConfigurationKey(key, "passed")))
    assert "passed" == wanted.type.was
    assert "" == catalog.get("bio101/distinction").type.was


@pytest.mark.parametrize(
    "name, hint",
    [
        ("bio101/completoin", "Did you mean 'bio101/completion'?"),
        ("?", "There are: bio101/completion, bio101/distinction, data/distinction."),
    ],
)
def test_what_isnt_there_isnt_found(folder, name, hint):
    """
    A misspelt name gets the nearest one, else all of them, to run and to show alike.
    """
    project = load_project(folder)

    with pytest.raises(NotFoundError) as got:
        project.catalog.get(name)
    with pytest.raises(NotFoundError) as shown:
        project.show(name)

    assert hint in str(got.value)
    assert hint in str(shown.value)


def test_a_project_without_configurations_says_so(write):
    """
    Where there are none, that's what is told.
    """
    project = load_project(write(certcore=""))

    with pytest.raises(NotFoundError, match="There are: none"):
        project.catalog.get("a/b")
    with pytest.raises(NotFoundError, match="There are: none"):
        project.show("a/b")
    assert () == project.problems()
    assert () == project.alerts


def test_show_says_where_each_value_stands(folder):
    """
    Everything that holds is shown, with its file and table; certcore's own has no file.
    """
    settings = {each.path: each for each in load_project(folder).show("bio101/distinction")}

    main, term = "certcore.toml", "terms/2026T1.toml"
    assert Setting("design", "diploma", main, "types.completion") == settings["design"]
    title = "Certificate with distinction"
    assert Setting("title", title, main, "types.distinction") == settings["title"]
    assert Setting("gate.close", "14 days after end", main, "defaults") == settings["gate.close"]
    opens = dt.date(2026, 6, 1)
    assert Setting("gate.open", opens, term, "configurations[1]") == settings["gate.open"]
    once = {"once": dt.datetime(2026, 7, 10, 9)}  # noqa: DTZ001  # as it is written
    assert Setting("schedule", once, term, "configurations[1]") == settings["schedule"]
    assert Setting("quiet", False, "") == settings["quiet"]  # noqa: FBT003  # a value
    assert Setting("enabled", True, "") == settings["enabled"]  # noqa: FBT003  # as above
    key = "course-v1:Uni+BIO101+2026T1"
    assert Setting("context.key", key, term, "contexts.bio101") == settings["context.key"]
    assert "extends" not in settings
    assert sorted(settings) == [
        each.path for each in load_project(folder).show("bio101/distinction")
    ]


def test_an_issuer_that_is_alone_need_not_be_named(folder):
    """
    The only issuer is everybody's, and shown as certcore's own choice.
    """
    (folder / "certcore.toml").write_text(MAIN.replace('issuer = "uni"\n', ""))

    project = load_project(folder)

    assert () == project.problems()
    assert "uni" == project.catalog.get("bio101/completion").type.issuer.key
    assert Setting("issuer", "uni", "") in project.show("bio101/completion")


def test_the_revision_changes_with_every_file(folder):
    """
    Whatever file is changed, added or taken away, the revision is another one.
    """
    seen = [load_project(folder).catalog.revision()]
    for name in ("certcore.toml", "terms/2026T1.toml", "designs/diploma.es.toml"):
        path = folder / name
        path.write_text(path.read_text("utf-8") + "# changed\n", "utf-8")
        seen.append(load_project(folder).catalog.revision())
    (folder / "terms" / "next.toml").write_text("")
    seen.append(load_project(folder).catalog.revision())

    assert 5 == len(set(seen))
    assert seen[-1] == load_project(folder).catalog.revision()


def test_ten_mistakes_are_ten_messages(write):
    """
    Mistakes in three files are told all at once, each once with its file, path and hint, however
    many configurations share the type.
    """
    folder = write(
        certcore="""
            include = ["terms/*.toml"]

            [issuers.uni]
            name      = "Uni"
            time_zone = "Europe/Madird"

            [sources.campus]
            use   = "openedx-reports"
            realm = "campus"
            foler = "reports"

            [types.completion]
            dessign = "diploma"
            source  = "campus"
            rule    = { completion = 90, grades = { Total = 0.60 } }

            [types.distinction]
            extends  = "completoin"
            validity = "2 jears"
            """,
        terms__2026T1="""
            [contexts.bio101]
            key = "course-v1:Uni+BIO101+2026T1"

            [[configurations]]
            context = "bio101"
            type    = "completion"

            [[configurations]]
            context = "bio11"
            type    = "completion"
            max_new = "no end"

            [[configurations]]
            context = "bio101"
            type    = "distinction"
            enabled = 1
            """,
        designs__diploma_es="""
            template = "diploma.pdf"
            [elements.course]
            text = "ha superado {context.name} el {date:lnog}"
            at   = [148.5, 124]
            """,
    )

    problems = load_project(folder).problems()

    main, term = "certcore.toml", "terms/2026T1.toml"
    assert {
        (main, "issuers.uni.time_zone", ""),
        (main, "sources.campus.foler", "Did you mean 'folder'?"),
        (main, "types.completion.dessign", "Did you mean 'design'?"),
        (main, "types.completion.rule.completion", "Did you mean 0.90?"),
        (main, "types.distinction.extends", "Did you mean 'completion'?"),
        (main, "types.distinction.validity", ""),
        (term, "configurations[1].context", "Did you mean 'bio101'?"),
        (term, "configurations[1].max_new", ""),
        (term, "configurations[2].enabled", ""),
        ("designs/diploma.es.toml", "elements.course.text", "One of: short, medium, long, full"),
    } == {(p.file, p.path, p.hint) for p in problems}
    assert 10 == len(problems)


def test_a_broken_configuration_says_all_that_is_wrong_with_it(folder):
    """
    It is refused with its own problems and those of what it stands on; the others go on.
    """
    term = TERM.replace('context  = "bio101"', 'context  = "bio101"\nquiet = 1')
    (folder / "terms" / "2026T1.toml").write_text(term)

    project = load_project(folder)

    with pytest.raises(ConfigurationError) as caught:
        project.catalog.get("bio101/distinction")
    expected = [("terms/2026T1.toml", "configurations[1].quiet", "1: true or false is wanted.")]
    assert expected == told(caught.value.problems)
    assert project.catalog.get("bio101/completion").enabled
    assert project.catalog.get("data/distinction")


@pytest.mark.parametrize(
    "old, new, file, path",
    [
        ('name         = "Univ', 'name = 1 # "', "certcore.toml", "issuers.uni.name"),
        ('realm   = "campus"', "", "certcore.toml", "sources.campus.realm"),
        ('cron = "0 6 * * *"', 'cron = "daily"', "certcore.toml", "defaults.schedule.cron"),
        (
            "completion = 0.90",
            "completion = 90",
            "certcore.toml",
            "types.completion.rule.completion",
        ),
    ],
)
def test_a_configuration_is_refused_for_what_it_stands_on(folder, old, new, file, path):
    """
    A broken issuer, source, default or type breaks all that stand on it, and is told once.
    """
    (folder / "certcore.toml").write_text(MAIN.replace(old, new))

    project = load_project(folder)

    for name in ("bio101/completion", "bio101/distinction"):
        with pytest.raises(ConfigurationError) as caught:
            project.catalog.get(name)
        assert [(file, path)] == [(p.file, p.path) for p in caught.value.problems]
    assert 1 == len(project.problems())


def test_a_broken_design_breaks_who_uses_it(folder):
    """
    A variant that can't be read isn't left out silently: its readers would get another language.
    """
    (folder / "designs" / "diploma.es.toml").write_text("template = ")

    project = load_project(folder)

    with pytest.raises(ConfigurationError, match=r"diploma\.es\.toml: isn't TOML"):
        project.catalog.get("bio101/completion")
    assert 1 == len(project.problems())


def test_a_registrar_issues_from_a_project(folder):
    """
    The embedded defaults make a ledger, the files and the messages beside certcore.toml.
    """
    (folder / "terms" / "2026T1.toml").write_text(
        TERM.replace('Uni+BIO101+2026T1"', 'Uni+BIO101+2026T1"\nname = "Biology"', 1)
    )
    (folder / "course-v1_Uni_BIO101_2026T1.csv").write_text(
        "id,name,done,grade\n1,Ada López,0.95,0.8\n2,Łukasz Żółć,0.5,0.8\n", "utf-8"
    )

    with load_registrar(folder) as registrar:
        run = registrar.issue("bio101/completion")

    assert (2, 1) == (run.count("retrieved"), run.count("issued"))
    assert (folder / "ledger.db").is_file()
    assert 1 == len([*(folder / "certificates").rglob("*.pdf")])
    with Registrar.load(folder / "certcore.toml") as again:
        assert 0 == again.issue("bio101/completion").count("issued")


def test_a_registrar_may_have_other_collaborators(folder, certcore_ledger):
    """
    What is handed over stands in for what the project says, even where that is wrong.
    """
    main = f"{MAIN}\n[ledger]\nurl = 5\n[store]\nuse = 'dsk'\n[notifier]\nuse = ['x']\n"
    (folder / "certcore.toml").write_text(main)
    project = load_project(folder)

    with pytest.raises(ConfigurationError) as caught:
        project.registrar()
    with project.registrar(ledger=certcore_ledger, store="out", notifier=None) as registrar:
        assert certcore_ledger is registrar.ledger

    assert [
        (
            "certcore.toml",
            "ledger.url",
            'a secret stands here. Write { env = "NAME" } or { file = "…" }',
        ),
        ("certcore.toml", "store.use", "'dsk': no such artifact store."),
        ("certcore.toml", "notifier.use", "a list: a text is wanted."),
    ] == told(caught.value.problems)
    assert told(caught.value.problems) == told(project.problems())


def test_collaborators_keep_their_defaults(folder):
    """
    A table that says one thing leaves the rest as it is; another provider has its own defaults.
    """
    main = f"{MAIN}\n[ledger]\ndurable = false\n[assets]\nmax_bytes = 9\n"
    (folder / "certcore.toml").write_text(main)
    project = load_project(folder)

    with project.registrar() as registrar:
        assert () == registrar.runs()
    assert (folder / "ledger.db").is_file()
    assert any("larger than 9 bytes" in p.message for p in project.problems())


def test_wrong_assets_are_told_once(folder):
    """
    Where nobody knows where the assets lie, designs aren't looked at any closer.
    """
    (folder / "certcore.toml").write_text(f"{MAIN}\n[assets]\npath = 5\n")

    problems = load_project(folder).problems()

    assert [("certcore.toml", "assets.path", "5: a text is wanted.")] == told(problems)
