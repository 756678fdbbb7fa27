"""
Reading a project's files, its secrets and whom its alerts go to.
"""

from __future__ import annotations

import datetime as dt
import http.server
import json
import logging
import os
import socket
import threading

import pytest

from attrs import frozen

from certcore.bootstrap import load_project
from certcore.bootstrap._secrets import anchored
from certcore.bootstrap._webhook import post_alert
from certcore.config import SecretRef, option
from certcore.domain import Alert
from certcore.exceptions import ConfigurationError, NotificationError


TERM = '[contexts.bio]\nkey = "BIO"\n'
SECRET = "hunter2-correct-horse"


@pytest.fixture
def found(tmp_path):
    """
    Load a project, and tell what is wrong with it.
    """

    def tell(main):
        (tmp_path / "certcore.toml").write_text(main, "utf-8")
        problems = load_project(tmp_path).problems()
        return [(p.file, p.path, f"{p.message} {p.hint}".strip()) for p in problems]

    return tell


# files


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path):
    """
    The message names the command.
    """
    with pytest.raises(ConfigurationError) as caught:
        load_project(tmp_path)

    said = f"certcore.toml: isn't there. 'certcore init {tmp_path}' makes a project."
    assert said == str(caught.value)


@pytest.mark.parametrize(
    "content, said",
    [
        (
            b'alerts = []\n[a]\nb = "x\n',
            "isn't TOML: Illegal character '\\n' (at line 3, column 7).",
        ),
        (b"a = 1\na = 2\n", "isn't TOML: Cannot overwrite a value (at line 2, column 6)."),
        (b"a = " + b"[" * 9999, "isn't TOML: "),
        (b"a = " + b"9" * 9999, "isn't TOML: "),
        (b'a = 1\nb = "\xe9"\n', "isn't UTF-8 text (at line 2)."),
    ],
)
def test_what_isnt_toml_is_told_with_its_line(tmp_path, content, said):
    """
    A main file that can't be read at all is refused at once.
    """
    (tmp_path / "certcore.toml").write_bytes(content)

    with pytest.raises(ConfigurationError) as caught:
        load_project(tmp_path)

    assert said in str(caught.value)
    assert 1 == len(caught.value.problems)


def test_editors_leave_marks(tmp_path):
    """
    A byte order mark and Windows line ends make no difference.
    """
    (tmp_path / "certcore.toml").write_bytes(b'\xef\xbb\xbfinclude = ["t.toml"]\r\nalerts = []\r\n')
    (tmp_path / "t.toml").write_bytes(b"\xef\xbb\xbf" + TERM.replace("\n", "\r\n").encode())

    assert () == load_project(tmp_path).problems()


@pytest.mark.parametrize(
    "main, path, said",
    [
        ("inclde = []", "inclde", "unknown key. Did you mean 'include'?"),
        ("x = 1", "x", "unknown key. Known are: alerts, assets, configurations, "),
        (
            "[designs.a]",
            "designs",
            "unknown key. A design has a file of its own: designs/NAME.toml.",
        ),
        ('include = "a.toml"', "include", "'a.toml': a list is wanted."),
        (
            "include = [5]",
            "include[0]",
            "5: TOML files of this project are wanted, 'terms/*.toml'.",
        ),
        ('include = ["/etc/a.toml"]', "include[0]", "'/etc/a.toml': TOML files of this project"),
        ('include = ["../a.toml"]', "include[0]", "'../a.toml': TOML files of this project"),
        ('include = ["terms"]', "include[0]", "'terms': TOML files of this project are"),
        (
            'include = ["certcore.toml", "*s/*.toml"]',
            "include[1]",
            "'*s/*.toml': no file is called",
        ),
        ('include = ["a.toml"]', "include[0]", "'a.toml': no file is called so. Make one, or take"),
        ('include = ["**a.toml"]', "include[0]", "'**a.toml': no file is called so."),
        ("types = 5", "types", "5: a table is wanted."),
        ("[types]\na = 5", "types.a", "5: a table is wanted."),
        ("defaults = 5", "defaults", "5: a table is wanted."),
        ("store = 5", "store", "5: a table is wanted."),
        ("[configurations]", "configurations", "is written [[configurations]]."),
        ("configurations = [5]", "configurations[0]", "5: a table is wanted."),
        ('[contexts."a/b"]\nkey = "A"', 'contexts."a/b"', "a name without slashes is wanted."),
        ('[contexts.""]\nkey = "A"', 'contexts.""', "a name without slashes is wanted."),
        ('[contexts."a "]\nkey = "A"', 'contexts."a "', "a name without slashes is wanted."),
        ('[contexts."a\\nb"]\nkey = "A"', 'contexts."a\nb"', "a name without slashes is wanted."),
    ],
)
def test_what_doesnt_belong_into_a_project(found, main, path, said):
    """
    Unknown keys and tables that are none are told where they stand.
    """
    problem = found(main)[0]

    assert ("certcore.toml", path) == problem[:2]
    assert problem[2].startswith(said)


def test_what_lasts_stands_in_the_main_file(tmp_path, found):
    """
    An included file has no collaborators, defaults and includes.
    """
    (tmp_path / "t.toml").write_text('include = []\nalerts = []\n[ledger]\nurl = "x"\n[defaults]\n')

    assert [
        ("t.toml", name, "belongs into certcore.toml.")
        for name in ("include", "alerts", "ledger", "defaults")
    ] == found('include = ["t.toml"]')


def test_names_stand_once(tmp_path, found):
    """
    The second file that says something of a name is told where the first is.
    """
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(TERM)

    assert [("b.toml", "contexts.bio", "stands in a.toml as well.")] == found(
        'include = ["?.toml"]'
    )


def test_a_file_is_included_once(tmp_path, found):
    """
    Patterns may overlap, and may match the main file; what editors leave isn't read.
    """
    (tmp_path / "a.toml").write_text(TERM)
    (tmp_path / ".#a.toml").symlink_to("nowhere")

    assert [] == found('include = ["*.toml", "a.toml", "[ab].toml"]')


def test_an_included_file_that_cant_be_read_is_one_problem(tmp_path, found):
    """
    The rest of the project is read all the same.
    """
    (tmp_path / "a.toml").mkdir()
    (tmp_path / "b.toml").write_text("x = ")
    (tmp_path / "c.toml").symlink_to("nowhere.toml")
    (tmp_path / "d.toml").write_text(TERM)

    assert [
        ("a.toml", "", "can't be read: Is a directory."),
        ("b.toml", "", "isn't TOML: Invalid value (at end of document)."),
        ("c.toml", "", "can't be read: No such file or directory."),
    ] == found('include = ["a.toml", "b.toml", "c.toml", "d.toml"]')


def test_links_stay_within_the_project(tmp_path):
    """
    What stands outside of it isn't reviewed with it.
    """
    project, outside = tmp_path / "project", tmp_path / "secrets.toml"
    (project / "designs").mkdir(parents=True)
    outside.write_text('password = "x"')
    (project / "a.toml").symlink_to(outside)
    (project / "b.toml").symlink_to("c.txt")
    (project / "c.txt").write_text(TERM)
    (project / "designs" / "d.toml").symlink_to(outside)
    (project / "certcore.toml").write_text('include = ["a.toml", "b.toml"]')

    said = "is a link out of the project. Put the file itself here."
    problems = load_project(project).problems()
    assert [("a.toml", said), ("designs/d.toml", said)] == [(p.file, p.message) for p in problems]


def test_the_project_itself_may_be_a_link(tmp_path):
    """
    Its main file may come from elsewhere: a mounted configuration does.
    """
    (tmp_path / "elsewhere.toml").write_text("alerts = []")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "certcore.toml").symlink_to(tmp_path / "elsewhere.toml")
    (tmp_path / "link").symlink_to("project")

    assert () == load_project(tmp_path / "link").problems()


def test_two_variants_for_one_language(tmp_path, found):
    """
    Nobody knows which of them is meant.
    """
    (tmp_path / "designs").mkdir()
    (tmp_path / "designs" / "d.pt-BR.toml").write_text('template = "d.pdf"')
    (tmp_path / "designs" / "d.pt_br.toml").write_text('template = "d.pdf"')

    said = "is for the same language as designs/d.pt-BR.toml."
    assert [("designs/d.pt_br.toml", "", said)] == found("")


@pytest.mark.parametrize(
    "design, path, said",
    [
        ("use = 5", "use", "5: a text is wanted."),
        ('use = "pfd"', "use", "'pfd': no such generator. Did you mean 'pdf'?"),
        ("", "template", "is missing."),
        ('template = "a.pdf"\nelments = {}', "elments", "unknown key. Did you mean 'elements'?"),
    ],
)
def test_designs_are_looked_at_unused(tmp_path, found, design, path, said):
    """
    A design is checked whether or not a type wants it.
    """
    (tmp_path / "designs").mkdir()
    (tmp_path / "designs" / "d.es.toml").write_text(design)

    assert [("designs/d.es.toml", path, said)] == found("")


# secrets

HIDDEN = 'a password may stand in the file. Write { env = "NAME" } or { file = "…" }.'


@pytest.mark.parametrize(
    "main, path",
    [
        (f'[ledger]\nurl = "postgresql://certcore:{SECRET}@db/certs"', "ledger.url"),
        (f'[ledger]\nurl = "postgresql://certcore:a/b{SECRET}@db/certs"', "ledger.url"),
        (f'[ledger]\nurl = "mysql://db/certs?user=x&PASSWORD={SECRET}"', "ledger.url"),
        (f'[store]\npath = "file://u:{SECRET}@x/"', "store.path"),
        (
            f'[sources.x]\nuse="files"\nrealm="x"\npath="https://u:{SECRET}@x/"\ncolumns={{id="a"}}',
            "sources.x.path",
        ),
        (
            f'[sources.x]\nuse="files"\nrealm="x"\npath="a"\ncolumns={{id="https://u:{SECRET}@x"}}',
            "sources.x.columns.id",
        ),
        (
            f'[sources.x]\nuse="openedx-reports"\nrealm="x"\nurls=["x", "https://u:{SECRET}@x"]',
            "sources.x.urls[1]",
        ),
        (f'alerts = ["https://u:{SECRET}@hooks.example/x"]', "alerts[0]"),
        (f'alerts = ["https://hooks.example/?token={SECRET}"]', "alerts[0]"),
    ],
)
def test_passwords_are_refused_without_being_shown(found, main, path, capsys, caplog):
    """
    Whatever says what is wrong, it doesn't say the secret.
    """
    caplog.set_level(logging.DEBUG)
    problems = found(main)

    assert ("certcore.toml", path, HIDDEN) in problems
    assert SECRET not in repr(problems)
    assert SECRET not in caplog.text + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "url", ["sqlite:///a.db", "sqlite:////srv/a@b.db", "postgresql://certcore@db/certs?a=b"]
)
def test_addresses_without_a_password_are_good(found, url):
    """
    A user's name alone is no secret.
    """
    assert [] == found(f'[ledger]\nurl = "{url}"')


def test_a_secret_from_the_environment(tmp_path, monkeypatch):
    """
    It is looked for when it is needed, and named if it isn't there.
    """
    (tmp_path / "certcore.toml").write_text('[ledger]\nurl = { env = "CERTCORE_TEST_URL" }')
    project = load_project(tmp_path)

    with (
        project.registrar() as registrar,
        pytest.raises(ConfigurationError, match="CERTCORE_TEST_URL isn't set"),
    ):
        registrar.runs()
    monkeypatch.setenv("CERTCORE_TEST_URL", "sqlite:///elsewhere.db")
    with project.registrar() as registrar:
        registrar.runs()

    assert () == project.problems()
    assert (tmp_path / "elsewhere.db").is_file()


def test_a_secret_in_a_file_of_the_project(tmp_path):
    """
    A relative name is relative to the project, wherever one stands.
    """
    (tmp_path / "url").write_text("sqlite:///elsewhere.db\n")
    (tmp_path / "certcore.toml").write_text('[ledger]\nurl = { file = "url" }')

    with load_project(tmp_path).registrar() as registrar:
        registrar.runs()

    assert (tmp_path / "elsewhere.db").is_file()


@frozen(kw_only=True)
class Login:
    password: SecretRef = option("")
    file: str = option("", default="")


@frozen(kw_only=True)
class Key:
    key: SecretRef = option("")


@frozen(kw_only=True)
class Options:
    token: SecretRef = option("")
    address: str | SecretRef = option("")
    login: Login = option("")
    either: Login | Key = option("")
    many: tuple[SecretRef, ...] = option("")
    named: dict[str, SecretRef] = option("")


def test_secrets_are_the_projects_wherever_they_stand_in_the_options(tmp_path):
    """
    In records, lists, tables and either of two records; a table that is called so isn't one.
    """

    plain = {"file": "a"}
    table = {
        "token": plain,
        "address": "x",
        "login": {"password": plain, "file": "a"},
        "either": {"key": plain, "other": 1},
        "many": [plain, {"env": "A"}, {"file": 5}, 5],
        "named": {"x": plain},
        "unknown": plain,
    }

    made = anchored(table, Options, tmp_path)

    ref = SecretRef(file="a", folder=str(tmp_path))
    assert {
        "token": ref,
        "address": "x",
        "login": {"password": ref, "file": "a"},
        "either": {"key": ref, "other": 1},
        "many": [ref, {"env": "A"}, {"file": 5}, 5],
        "named": {"x": ref},
        "unknown": plain,
    } == made
    assert str(tmp_path) == made["token"].folder


# alerts


@pytest.mark.parametrize(
    "alerts, path, said",
    [
        ('"a@uni.example"', "alerts", "'a@uni.example': a list is wanted."),
        ("[5]", "alerts[0]", "5: a mail address is wanted, or that of a webhook, https://…"),
        (
            '["a@uni.example", "certificates"]',
            "alerts[1]",
            "'certificates' has no @: a mail address is wanted, or that of a webhook, https://…",
        ),
        ('[{ evn = "X" }]', "alerts[0]", "a secret is named by"),
    ],
)
def test_alerts_go_to_addresses(found, alerts, path, said):
    """
    Whoever can't be told of trouble is found before there is some.
    """
    [problem] = found(f"alerts = {alerts}")

    assert path == problem[1]
    assert problem[2].startswith(said)


class Hook(http.server.BaseHTTPRequestHandler):
    """
    A webhook that keeps what it is told, and answers what its server says.
    """

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, self.headers["Content-Type"], json.loads(body)))
        if self.server.status is None:
            self.wfile.write(b"what?\r\n\r\n")
            return
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST  # noqa: N815  # the base class's names

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    """
    A web server on this machine.
    """
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        server.told, server.status = [], 204
        server.url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


ALERT = Alert(
    id="a1",
    address="x",
    sender="",
    subject="certcore: bio/completion: held",
    text="Too many.",
    at=dt.datetime(2026, 5, 22, 6, tzinfo=dt.UTC),
)


def test_a_webhook_is_posted_json(hook):
    """
    One document, with a text that chat systems show.
    """
    post_alert(hook.url, ALERT)

    document = {
        "version": 1,
        "id": "a1",
        "subject": "certcore: bio/completion: held",
        "text": "certcore: bio/completion: held\n\nToo many.",
        "at": "2026-05-22T06:00:00+00:00",
    }
    assert [(f"/{SECRET}", "application/json", document)] == hook.told


@pytest.mark.parametrize(
    "status, said, retryable",
    [
        (500, "answered 500", True),
        (429, "answered 429", True),
        (404, "answered 404", False),
        (302, "answered 302", False),
        (None, "failed: BadStatusLine", True),
    ],
)
def test_a_webhook_that_fails_is_told_without_its_address(hook, status, said, retryable, caplog):
    """
    The address may have a secret in it: neither error nor log shows it. A redirect isn't followed.
    """
    caplog.set_level(logging.DEBUG)
    hook.status = status

    with pytest.raises(NotificationError, match=f"^the webhook {said}$") as caught:
        post_alert(hook.url, ALERT)

    assert retryable == caught.value.retryable
    assert caught.value.__cause__ is None
    assert 1 == len(hook.told)
    assert SECRET not in caplog.text


def test_a_webhook_that_isnt_there():
    """
    Nobody listening is worth another try; what is no address isn't.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(NotificationError, match="failed: URLError") as nobody:
        post_alert(f"http://127.0.0.1:{port}/", ALERT)
    with pytest.raises(NotificationError, match="no usable address") as nowhere:
        post_alert("nowhere", ALERT)

    assert (True, False) == (nobody.value.retryable, nowhere.value.retryable)


PROJECT = """
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
key = "course-v1:Uni+BIO+1"
name = "Biology"
[[configurations]]
context = "bio"
type = "completion"
"""


@pytest.mark.parametrize("kind", ["env", "file", "plain"])
def test_a_failing_run_tells_the_webhook_once(tmp_path, hook, monkeypatch, kind, caplog):
    """
    Its address may be a secret; the same trouble is told once.
    """
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("CERTCORE_TEST_HOOK", hook.url)
    (tmp_path / "hook").write_text(f"{hook.url}\n")
    said = {
        "env": '{ env = "CERTCORE_TEST_HOOK" }',
        "file": '{ file = "hook" }',
        "plain": f'"{hook.url}"',
    }[kind]
    (tmp_path / "designs").mkdir()
    (tmp_path / "designs" / "diploma.toml").write_text('template = "diploma.pdf"')
    (tmp_path / "certcore.toml").write_text(f"alerts = [{said}]\n{PROJECT}")
    project = load_project(tmp_path)

    for _ in range(2):
        with project.registrar() as registrar:
            registrar.issue("bio/completion")

    [(_, _, document)] = hook.told
    assert "certcore: bio/completion: failed" == document["subject"]
    assert SECRET not in caplog.text
    assert kind == "plain" or SECRET not in repr((project.alerts, vars(project)))


def test_a_secret_webhook_that_isnt_there_is_told(tmp_path, monkeypatch):
    """
    Alerts that would go nowhere are refused, unless others are handed over.
    """
    monkeypatch.delenv("CERTCORE_TEST_HOOK", raising=False)
    (tmp_path / "certcore.toml").write_text('alerts = [{ env = "CERTCORE_TEST_HOOK" }]')
    project = load_project(tmp_path)

    with pytest.raises(ConfigurationError) as caught:
        project.registrar()
    project.registrar(alerts=()).close()

    said = "certcore.toml: alerts: the environment variable CERTCORE_TEST_HOOK isn't set"
    assert said == str(caught.value)
    assert ("$CERTCORE_TEST_HOOK",) == project.alerts
    assert () == project.problems()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path):
    """
    What may not be read is told as such.
    """
    (tmp_path / "certcore.toml").write_text("")
    (tmp_path / "certcore.toml").chmod(0)

    with pytest.raises(ConfigurationError, match="can't be read: Permission denied"):
        load_project(tmp_path)
