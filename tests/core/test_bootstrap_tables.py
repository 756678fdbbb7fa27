"""
What is refused in a project's tables: types, contexts, configurations, issuers and sources.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from certcore.bootstrap import load_project
from certcore.domain import Gate, Moment, Schedule, Validity
from certcore.exceptions import ConfigurationError


MAIN = """
include = ["terms.toml"]
[issuers.uni]
name = "Uni"
time_zone = "Europe/Madrid"
[sources.campus]
use = "openedx-reports"
realm = "campus"
[types.completion]
source = "campus"
design = "diploma"
rule = { grades = { Total = 0.60 } }
"""
TERM = """
[contexts.bio]
key = "BIO"
name = "Biology"
"""
CONFIGURATION = """
[[configurations]]
context = "bio"
type = "completion"
"""
PATHWAY = """
[contexts.data]
key = "DATA"
steps = [{ course = "DS1" }, { course = "DS2" }]
[[configurations]]
context = "data"
type = "completion"
"""


@pytest.fixture
def load(tmp_path):
    """
    Load a project with these tables in its files.
    """

    def write(main="", term="", *, configuration=CONFIGURATION):
        (tmp_path / "designs").mkdir(exist_ok=True)
        (tmp_path / "designs" / "diploma.toml").write_text('template = "diploma.pdf"\n')
        (tmp_path / "certcore.toml").write_text(MAIN + main, "utf-8")
        (tmp_path / "terms.toml").write_text(TERM + configuration + term, "utf-8")
        return load_project(tmp_path)

    return write


@pytest.fixture
def found(load):
    """
    What is wrong with a project, designs left out.
    """

    def tell(main="", term="", **more):
        project = load(main, term, **more)
        return [
            (p.file, p.path, f"{p.message} {p.hint}".strip())
            for p in project.problems()
            if not p.file.startswith("designs/")
        ]

    return tell


def in_main(path, said):
    return [("certcore.toml", path, said)]


def in_term(path, said):
    return [("terms.toml", path, said)]


def test_the_tables_here_are_good(found):
    """
    What the other tests break isn't broken.
    """
    assert [] == found()
    assert [] == found(term=PATHWAY)


@pytest.mark.parametrize(
    "table, path, said",
    [
        ("extends = 5", "extends", "5: a text is wanted."),
        ('extends = "t"', "extends", "'t': types that extend one another: t → t."),
        ("schedule = { cron = '0 6 * * *' }", "schedule", "unknown key. Known are: design, "),
        ('source = "campsu"', "source", "'campsu': no such source. Did you mean 'campus'?"),
        ('issuer = "x"', "issuer", "'x': no such issuer. There are: uni."),
        ('design = "diplom"', "design", "'diplom': no such design. Did you mean 'diploma'?"),
        ("design = 5", "design", "5: a text is wanted."),
        ('validity = "0 days"', "validity", "a span of time longer than nothing is wanted."),
        ("validity = 5", "validity", "5: a span of time such as '14 days' is wanted."),
        ('was = "completion"', "was", "'completion': there is a type of that name; "),
        (
            "rule = { any_of = [{ grades = { Lab = 85 } }, { completion = 0.5 }] }",
            "rule.any_of[0].grades.Lab",
            "85: a fraction from 0 to 1 is wanted. Did you mean 0.85?",
        ),
        ("rule = {}", "rule", "a table: a table with at least one condition is wanted."),
        ("rule = { completeness = 1 }", "rule.completeness", "no such condition. "),
        ('message = { text = "{{ nam }}" }', "message.text", "line 1: "),
        ('message = { subject = "{% raw" }', "message.subject", "line 1: "),
        ('message = { body = "Hi" }', "message.body", "unknown key. Known are: subject, text"),
        ("message = 5", "message", "5: a table is wanted."),
        ("title = 5", "title", "5: a text is wanted."),
    ],
)
def test_types(found, table, path, said):
    """
    A wrong value of a type is told where it stands, with what is wanted.
    """
    rest = "\n".join(
        f"{name} = {value}"
        for name, value in {
            "source": '"campus"',
            "design": '"diploma"',
            "rule": "{ grades = { Total = 0.6 } }",
        }.items()
        if not table.startswith(name)
    )

    [problem] = found(f"[types.t]\n{rest}\n{table}")

    assert ("certcore.toml", f"types.t.{path}") == problem[:2]
    assert problem[2].startswith(said)


def test_a_circle_of_types_is_told_once(found):
    """
    However many types are in it, or lead to it, it is one mistake: at the one that stands first.
    """
    tables = "".join(
        f'[types.{name}]\nextends = "{parent}"\n'
        for name, parent in [("a", "b"), ("b", "c"), ("c", "a"), ("d", "b")]
    )

    said = "'b': types that extend one another: a → b → c → a."
    assert in_main("types.a.extends", said) == found(
        tables, '[[configurations]]\ncontext = "bio"\ntype = "d"'
    )


def test_a_chain_of_types_is_laid_over_from_below(load):
    """
    The nearest type wins, tables merge, and rules are replaced whole.
    """
    project = load(
        """
        [types.a]
        extends = "completion"
        title = "A"
        validity = "2 years"
        message = { subject = "Well done", text = "Hello" }
        rule = { grades = { Lab = 0.5 } }
        [types.b]
        extends = "a"
        title = "B"
        message = { text = "Servus" }
        """,
        """
        [[configurations]]
        context = "bio"
        type = "b"
        title = "Special"
        message = { html = "<p>Hi</p>" }
        rule = { grades = { Total = 0.9 } }
        """,
    )
    made = project.catalog.get("bio/b")
    message = made.type.message

    assert "Special" == made.type.title
    assert ("Well done", "Servus", "<p>Hi</p>") == (message.subject, message.text, message.html)
    assert Validity(duration=dt.timedelta(days=730)) == made.type.validity
    assert {"Total": 0.9} == dict(made.type.rule.minimums)
    where = {each.path: each.where for each in project.show("bio/b")}
    assert "types.a" == where["message.subject"]
    assert "types.b" == where["message.text"]
    assert "configurations[1]" == where["message.html"]


def test_a_table_replaces_what_is_none_and_the_other_way_round(load):
    """
    What stands on top holds, whatever it is.
    """
    project = load(
        '[defaults]\nmessage = 5\n[types.t]\nextends = "completion"\nmessage = { text = "a" }',
        '[[configurations]]\ncontext = "bio"\ntype = "t"\nmessage = 6',
    )

    assert [6] == [each.value for each in project.show("bio/t") if "message" in each.path]
    with pytest.raises(ConfigurationError):
        project.catalog.get("bio/t")


def test_two_types_cant_have_been_the_same(found):
    """
    Awards of a renamed type go on under one name.
    """
    types = '[types.a]\nextends = "completion"\nwas = "old"\n'

    said = "'old': types.a says the same."
    assert in_main("types.b.was", said) == found(types + types.replace("types.a", "types.b"))


def test_what_is_missing_is_told_where_the_type_stands(found):
    """
    A type that nobody uses is looked at as well; one that only others extend need not be whole.
    """
    problems = found(
        '[issuers.two]\nname = "Two"\n[types.t]\n[types.base]\n[types.u]\nextends = "base"'
    )

    wanted = [f"types.{key}.{name}" for key in ("completion",) for name in ("issuer",)]
    wanted += [
        f"types.{key}.{name}"
        for key in ("t", "u")
        for name in ("issuer", "source", "design", "rule")
    ]
    assert sorted(wanted) == sorted(path for _, path, _ in problems)
    assert "is missing. Such as rule = { grades = { Total = 0.60 } }." in {p[2] for p in problems}


@pytest.mark.parametrize(
    "table, path, said",
    [
        ("enabled = 1", "enabled", "1: true or false is wanted."),
        ("max_new = 1.5", "max_new", "1.5: a whole number or one of unlimited is wanted."),
        ("max_new = -1", "max_new", "-1: a number from 0 up is wanted."),
        ("cycle = 2026", "cycle", "2026: a text is wanted."),
        ('release = "by foot"', "release", "'by foot': a date or a date-time or one of by hand is"),
        ('source = "campus"', "source", "unknown key. Known are: context, "),
        ('source.base_url = "https://evil.example"', "source", "unknown key. Known are: context, "),
        ('was = "x"', "was", "unknown key. "),
        ("schedule = { cron = '0 6 * *' }", "schedule.cron", "'0 6 * *': five fields such as"),
        ("schedule = { cron = '61 6 * * *' }", "schedule.cron", "'61 6 * * *': '61' is no minute"),
        ("schedule = { cron = '0 6 * * fr' }", "schedule.cron", "'0 6 * * fr': 'fr' is no day of"),
        ("schedule = { cron = '0 9-6 * * *' }", "schedule.cron", "'0 9-6 * * *': '9-6' is no hour"),
        ("schedule = { cron = '0 6 ? * *' }", "schedule.cron", "'0 6 ? * *': '?' is no day of the"),
        ("schedule = { cron = '0 6 31 2 *' }", "schedule.cron", "'0 6 31 2 *': no such month has"),
        ("schedule.until = 'soon'", "schedule.until", "'soon': a date, or such as '14 days after"),
        ("schedule = {}", "schedule", "a schedule says one of cron, every and once."),
        (
            "schedule = { every = '1 day', cron = '0 6 * * *' }",
            "schedule",
            "a schedule says one of",
        ),
        ("schedule = { every = '1 day', zone = 'Mars' }", "schedule.zone", "'Mars': a time zone"),
        ("schedule = { crom = '0 6 * * *' }", "schedule.crom", "unknown key. Did you mean 'cron'?"),
        (
            "gate = { close = 'after end' }",
            "gate.close",
            "'after end': a date, or such as '14 days",
        ),
        ("gate = { close = 'ten days after end' }", "gate.close", "'ten days': a span of time"),
        ("gate = { open = 5 }", "gate.open", "5: a text or a date or a date-time is wanted."),
        ("rule = { completion = 90 }", "rule.completion", "90: a fraction from 0 to 1 is wanted. "),
        ('design = "x"', "design", "'x': no such design. There are: diploma."),
        ('issuer = "y"', "issuer", "'y': no such issuer. There are: uni."),
    ],
)
def test_configurations(found, table, path, said):
    """
    A wrong override is told where it stands; a source isn't for a configuration to touch.
    """
    [problem] = found(configuration=CONFIGURATION + table)

    assert ("terms.toml", f"configurations[0].{path}") == problem[:2]
    assert problem[2].startswith(said)


@pytest.mark.parametrize(
    "table, path, said",
    [
        ('type = "completion"', "context", "is missing."),
        ('context = "bio"', "type", "is missing."),
        ('context = 5\ntype = "completion"', "context", "5: a text is wanted."),
        ('context = "bio"\ntype = ["a"]', "type", "a list: a text is wanted."),
        (
            'context = "bi"\ntype = "completion"',
            "context",
            "'bi': no such context. Did you mean 'bio'?",
        ),
        (
            'context = "bio"\ntype = "compl"',
            "type",
            "'compl': no such type. Did you mean 'completion'?",
        ),
    ],
)
def test_a_configuration_names_context_and_type(found, table, path, said):
    """
    Both are needed, and have to be there.
    """
    assert in_term(f"configurations[0].{path}", said) == found(
        configuration=f"[[configurations]]\n{table}"
    )


def test_what_names_nothing_is_there_and_broken(load):
    """
    A configuration with a wrong name can be asked for, and says what is wrong.
    """
    catalog = load(configuration='[[configurations]]\ncontext = "bio"\ntype = "x"').catalog

    assert ("bio/x",) == catalog.keys()
    with pytest.raises(ConfigurationError, match="'x': no such type"):
        catalog.get("bio/x")


def test_the_same_twice(found):
    """
    Two configurations of the same context and type are told at the second.
    """
    said = "bio/completion: configurations[0] in terms.toml is this one as well."
    assert in_term("configurations[1]", said) == found(term=CONFIGURATION)


def test_moments(load):
    """
    Dates without a zone are the issuer's, or the schedule's own; a date that closes means its end.
    """
    made = load(
        term="""
        release = 2026-07-12
        gate = { open = "2 weeks before start", close = 2026-07-14 }
        schedule.every = "6 hours"
        schedule.zone = "Asia/Tokyo"
        schedule.anchor = 2026-01-01
        schedule.jitter = "5 minutes"
        schedule.start = 2026-01-01T00:00:00Z
        schedule.until = 2026-08-01
        """
    ).catalog.get("bio/completion")
    madrid, tokyo = zoneinfo.ZoneInfo("Europe/Madrid"), zoneinfo.ZoneInfo("Asia/Tokyo")
    last = dt.time.max

    assert dt.datetime(2026, 7, 12, tzinfo=madrid) == made.release
    assert (
        Gate(
            open=Moment(offset=dt.timedelta(days=-14), anchor="start"),
            close=Moment(at=dt.datetime.combine(dt.date(2026, 7, 14), last, madrid)),
        )
        == made.gate
    )
    assert (
        Schedule(
            every=dt.timedelta(hours=6),
            zone="Asia/Tokyo",
            anchor=dt.datetime(2026, 1, 1, tzinfo=tokyo),
            jitter=dt.timedelta(minutes=5),
            start=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            until=Moment(at=dt.datetime.combine(dt.date(2026, 8, 1), last, tokyo)),
        )
        == made.schedule
    )


def test_gates_may_hang_on_the_dates_alone(load):
    """
    `start` and `end` are moments as well.
    """
    made = load(term='gate = { open = "start", close = "end" }').catalog.get("bio/completion")

    assert Gate(open=Moment(anchor="start"), close=Moment(anchor="end")) == made.gate


def test_schedules_may_end_with_their_context(load):
    """
    Or some time after it.
    """
    said = 'schedule = { cron = "0 6 * * *", until = "60 days after end" }'
    made = load(term=said).catalog.get("bio/completion")

    assert made.schedule is not None
    assert Moment(offset=dt.timedelta(days=60)) == made.schedule.until


@pytest.mark.parametrize("line", ["*/5 0-6 1,15 jan-mar mon-fri/2", "0 6 * * 7", "0 6 31 12 SUN"])
def test_cron_lines(found, line):
    """
    Lists, ranges, steps and names are understood.
    """
    assert [] == found(term=f'schedule = {{ cron = "{line}" }}')


@pytest.mark.parametrize(
    "table, path, said",
    [
        ("", "key", "is missing."),
        ('key = ""', "key", "'': a text without spaces around it is wanted."),
        ('key = "BIO2 "', "key", "'BIO2 ': a text without spaces around it is wanted."),
        ('key = "BIO"', "key", "'BIO': contexts.bio in terms.toml has this key as well. A course"),
        ('key = "bio"', "key", "'bio': another context is called so."),
        ('key = "X"\nkind = "corse"', "kind", "'corse': one of course, lesson, pathway is wanted."),
        ('key = "X"\nstart = 10:00:00', "start", "10:00:00: a date or a date-time is wanted."),
        ('key = "X"\nstart = 2026-02-01\nend = 2026-01-31', "end", "is before the start."),
        ('key = "X"\ncourse = "BIO"', "course", "only a lesson is part of a course."),
        (
            'key = "X"\nkind = "lesson"\nsteps = [{ course = "A" }]',
            "steps",
            "a lesson has no steps",
        ),
        ('key = "X"\nkind = "course"\nat_least = 2', "at_least", "a course has no steps, only"),
        (
            'key = "X"\nsteps = [{ course = "A" }]\nat_least = 2',
            "at_least",
            "2: there are 1 steps.",
        ),
        (
            'key = "X"\nsteps = [{ course = "A" }]\nat_least = 0',
            "at_least",
            "0: a number from 1 up",
        ),
        ('key = "X"\nsteps = [{ curse = "A" }]', "steps[0].course", "is missing."),
        (
            'key = "X"\nsteps = [{ course = "A" }, { course = "A" }]',
            "steps[1].course",
            "'A': steps[0] is this course as well.",
        ),
        (
            'key = "X"\nsteps = [{ course = "A", or = ["B", "B"] }]',
            "steps[0].or[1]",
            "'B': stands in this step already.",
        ),
        (
            'key = "X"\nsteps = [{ course = "A", or = ["A"] }]',
            "steps[0].or[0]",
            "'A': stands in this step already.",
        ),
        (
            'key = "X"\nsteps = [{ course = "A", holds = "complet" }]',
            "steps[0].holds",
            "'complet': no such type. Did you mean 'completion'?",
        ),
        (
            'key = "X"\nsteps = [{ course = "A", rule = { grades = { Total = 60 } } }]',
            "steps[0].rule.grades.Total",
            "60: a fraction from 0 to 1 is wanted. Did you mean 0.60?",
        ),
        (
            'key = "X"\nsteps = [{ course = "A", rule = { every_step = { completion = 1 } } }]',
            "steps[0].rule",
            "the steps of a pathway have no steps of their own.",
        ),
    ],
)
def test_contexts(found, table, path, said):
    """
    A wrong context is told, used or not.
    """
    problem = found(term=f"[contexts.x]\n{table}")[0]

    assert ("terms.toml", f"contexts.x.{path}") == problem[:2]
    assert problem[2].startswith(said)


def test_all_of_a_context_is_told_at_once(found):
    """
    One wrong step doesn't hide the next, nor the rest of the table.
    """
    problems = found(
        term="""
        [contexts.x]
        key = "X"
        course = "C"
        at_least = 3
        end = 2025-01-01
        start = 2026-01-01
        steps = [{ course = "A", rule = { completion = 50 } }, { course = "A", holds = "no" }]
        """
    )

    assert {
        "course",
        "at_least",
        "end",
        "steps[0].rule.completion",
        "steps[1].course",
        "steps[1].holds",
    } == {path.removeprefix("contexts.x.") for _, path, _ in problems}
    assert 6 == len(problems)


def test_a_pathway_may_leave_its_steps_to_the_source(load):
    """
    How many of them are wanted can be said without saying which there are.
    """
    context = (
        load(
            term="""
            [contexts.x]
            key = "X"
            at_least = 2
            [[configurations]]
            context = "x"
            type = "completion"
            """
        )
        .catalog.get("x/completion")
        .context
    )

    assert ("pathway", 2, ()) == (context.kind, context.at_least, context.steps)


def test_a_lesson_says_which_part_of_a_course_it_is(load):
    """
    Kind, course and the source's own options reach the context.
    """
    context = (
        load(
            term="""
            [contexts.lab]
            key = "LAB"
            kind = "lesson"
            course = "BIO"
            options = { lesson = "Lab 1" }
            start = 2026-01-12
            [[configurations]]
            context = "lab"
            type = "completion"
            """
        )
        .catalog.get("lab/completion")
        .context
    )

    assert ("lesson", "BIO", "Lab 1") == (context.kind, context.course, context.options.lesson)
    assert dt.datetime(2026, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Madrid")) == context.start


def test_options_of_contexts_and_steps_are_all_looked_at(found):
    """
    They are what the source's provider says.
    """
    problems = found(
        term=PATHWAY.replace("steps = [", "options = { leson = 1 }\nsteps = [").replace(
            '"DS2" }', '"DS2", options = [] }'
        )
    )

    assert [
        ("terms.toml", "contexts.data.options.leson", "unknown key. Did you mean 'lesson'?"),
        ("terms.toml", "contexts.data.steps[1].options", "a list: a table is wanted."),
    ] == problems


def test_a_course_has_no_steps_to_ask_for(found):
    """
    A rule about steps can't be judged in a course.
    """
    said = "'bio' is a course, and the rule speaks of steps."
    assert in_term("configurations[0].context", said) == found(
        configuration=f"{CONFIGURATION}\nrule = {{ every_step = {{ grades = {{ Total = 1 }} }} }}"
    )


def test_a_broken_context_breaks_its_configurations(load):
    """
    A context that can't be read at all is enough.
    """
    catalog = load(
        term='[contexts.x]\nkey = 5\n[[configurations]]\ncontext = "x"\ntype = "completion"'
    ).catalog

    with pytest.raises(ConfigurationError, match=r"contexts\.x\.key: 5: a text is wanted"):
        catalog.get("x/completion")


@pytest.mark.parametrize(
    "table, path, said",
    [
        (
            '[issuers.x]\nname = ""',
            "issuers.x.name",
            "'': a text without spaces around it is wanted.",
        ),
        (
            '[issuers.x]\nname = "X"\npage = "https://x.example/"',
            "issuers.x.page",
            "'https://x.example/': an address with {token} in it is wanted.",
        ),
        (
            '[issuers.x]\nname = "X"\nverification = "{code}"',
            "issuers.x.verification",
            "'{code}': an address with {code} in it is wanted.",
        ),
        (
            '[issuers.x]\nname = "X"\nsender = "Uni"',
            "issuers.x.sender",
            "'Uni' has no @: 'Name <address>' is wanted.",
        ),
        (
            '[issuers.x]\nname = "X"\ntime_zone = "Madrid"',
            "issuers.x.time_zone",
            "'Madrid': a time zone such as 'Europe/Madrid' is wanted.",
        ),
        (
            '[sources.x]\nuse = "openedx"\nrealm = "x"',
            "sources.x.use",
            "'openedx': no such retriever. Did you mean 'openedx-reports'?",
        ),
        ('[sources.x]\nrealm = "x"', "sources.x.use", "is missing."),
        ('[sources.x]\nuse = 5\nrealm = "x"', "sources.x.use", "5: a text is wanted."),
        (
            '[sources.x]\nuse = "openedx-reports"\nrealm = ""',
            "sources.x.realm",
            "'': a text without spaces around it is wanted.",
        ),
        ("[defaults]\nmaxnew = 5", "defaults.maxnew", "unknown key. Did you mean 'max_new'?"),
        ('[defaults]\nwas = "x"', "defaults.was", "unknown key. "),
    ],
)
def test_what_lasts(found, table, path, said):
    """
    Issuers, sources and defaults are looked at, used or not.
    """
    problems = [each for each in found(table) if each[1] != "types.completion.issuer"]

    assert ("certcore.toml", path) == problems[0][:2]
    assert problems[0][2].startswith(said)
    assert 1 == len(problems)
