"""
Which file is taken, and what its path may say.
"""

from __future__ import annotations

import os

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore.config import structure
from certcore.exceptions import ConfigurationError, RetrievalError
from certcore.retrievers import FileContext, FileOptions, ReportOptions
from certcore.retrievers._paths import fill, newest


BIO = "course-v1:Uni+BIO101+2026T1"


@pytest.fixture
def touch(tmp_path):
    """
    Make files; the later ones are newer.
    """

    def make(*names):
        for age, name in enumerate(names):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("id\n")
            os.utime(path, (1_000_000 + age, 1_000_000 + age))

    return make


@pytest.mark.parametrize(
    "pattern,key,expected",
    [
        ("grades.csv", BIO, "grades.csv"),
        ("{key}.csv", BIO, "course-v1_Uni_BIO101_2026T1.csv"),
        ("{org}/{course}_{run}_*.csv", BIO, "Uni/BIO101_2026T1_*.csv"),
        ("{org}-{course}-{run}.csv", "Uni/BIO 101/Now", "Uni-BIO101-Now.csv"),
        ("{course}.csv", "course-v1:Uni+a.b~c:d+T1", "a.bcd.csv"),
        ("{key}/x.csv", "../../etc", "_.._etc/x.csv"),
        ("{key}.csv", "größe 1", "größe_1.csv"),
    ],
)
def test_placeholders_are_filled_from_the_key(pattern, key, expected):
    """
    Whole or in its parts, made safe for the names of files.
    """
    assert expected == fill(pattern, key)


@pytest.mark.parametrize(
    "pattern,key",
    [("{org}.csv", "path-v1:Uni+A"), ("{key}.csv", ".."), ("{run}.csv", "course-v1:a+b+~")],
)
def test_what_cannot_be_filled_is_an_error(pattern, key):
    """
    It says which placeholder, and which key.
    """
    with pytest.raises(RetrievalError, match="of the file's path can't be filled") as caught:
        fill(pattern, key)

    assert pattern[: pattern.index("}") + 1] in str(caught.value)
    assert repr(key) in str(caught.value)


@given(st.text())
def test_no_key_leads_out_of_the_folder(key):
    """
    Nor does it match more than one name.
    """
    try:
        filled = fill("{key}", key)
    except RetrievalError:
        return

    assert not set(filled) & set("/\\*?[]\0")
    assert not filled.startswith(".")


def test_the_newest_is_taken(touch, tmp_path):
    """
    By when it was written, not by its name.
    """
    touch("bio_2.csv", "bio_1.csv", "chem_9.csv")
    os.utime(tmp_path / "bio_2.csv", (999_999, 999_999))

    found = newest(tmp_path, "{course}_?.csv".replace("{course}", "bio"), BIO)

    assert ("bio_1.csv", 1) == (found.name, found.others)


def test_of_those_written_together_the_last_name_is_taken(touch, tmp_path):
    """
    Names often count.
    """
    touch("bio_1.csv", "bio_2.csv", "bio_0.csv")
    for path in tmp_path.iterdir():
        os.utime(path, (1_000_000, 1_000_000))

    assert "bio_2.csv" == newest(tmp_path, "bio_*.csv", BIO).name


def test_dates_in_names_come_first_where_that_is_wanted(touch, tmp_path):
    """
    A copy that was made later is no later report; digits that are no date say nothing.
    """
    touch("r_2026-06-15-0910.csv", "r_2026-06-14-2359.csv", "r_9999-99-99-9999.csv")

    assert "r_2026-06-15-0910.csv" == newest(tmp_path, "r_*.csv", BIO, by="name").name
    assert "r_9999-99-99-9999.csv" == newest(tmp_path, "r_*.csv", BIO).name


def test_hidden_files_are_taken_only_by_name(touch, tmp_path):
    """
    Programs that copy files leave some behind.
    """
    touch("bio.csv", ".bio.csv.part.csv", "._bio.csv")

    assert "bio.csv" == newest(tmp_path, "*.csv", BIO).name
    assert "._bio.csv" == newest(tmp_path, "._*.csv", BIO).name


def test_brackets_are_letters(touch, tmp_path):
    """
    Names of files may have some.
    """
    touch("bio [final].csv", "bio f.csv")

    assert "bio [final].csv" == newest(tmp_path, "bio [final].csv", BIO).name


def test_folders_among_the_matches_are_passed_over(touch, tmp_path):
    """
    A file is wanted.
    """
    touch("bio_1.csv", "bio_2.csv/x")

    assert ("bio_1.csv", 0) == (
        newest(tmp_path, "bio_*.csv", BIO).name,
        newest(tmp_path, "bio_*.csv", BIO).others,
    )


def test_what_is_there_is_told_when_nothing_matches(touch, tmp_path):
    """
    With the nearest name.
    """
    touch("in/bio101.csv", "in/x.txt", "in/.hidden.csv", *(f"in/z{n}.csv" for n in range(9)))

    with pytest.raises(RetrievalError) as caught:
        newest(tmp_path, "in/{course}.csv", BIO)

    assert str(caught.value) == (
        f"no file 'in/BIO101.csv' in {tmp_path}. There are: bio101.csv, z0.csv, z1.csv, z2.csv, "
        "z3.csv, z4.csv, z5.csv, z6.csv and 2 more. Did you mean 'bio101.csv'?"
    )


@pytest.mark.parametrize(
    "pattern,said",
    [
        ("out/bio.csv", "There is no folder {folder}/out."),
        ("*/in/bio.csv", "There are no .csv files in {folder}."),
        ("bio", "There are no such files in {folder}."),
    ],
)
def test_what_is_not_there_is_told(tmp_path, pattern, said):
    """
    Not even the folder, or nothing of the kind.
    """
    with pytest.raises(RetrievalError) as caught:
        newest(tmp_path, pattern, BIO)

    assert str(caught.value).endswith(said.format(folder=tmp_path))


def test_a_name_too_long_for_the_disk(tmp_path):
    """
    What the system says is passed on.
    """
    with pytest.raises(RetrievalError, match="can't be read: File name too long"):
        newest(tmp_path, "{key}.csv", "x" * 300)


def test_a_link_to_nothing_is_passed_over(touch, tmp_path):
    """
    Unless there is nothing else.
    """
    touch("bio_1.csv")
    (tmp_path / "bio_2.csv").symlink_to("gone")
    (tmp_path / "chem_1.csv").symlink_to("gone")

    assert "bio_1.csv" == newest(tmp_path, "bio_*.csv", BIO).name
    with pytest.raises(RetrievalError, match=r"chem_1\.csv isn't a file"):
        newest(tmp_path, "chem_*.csv", BIO)


@pytest.mark.parametrize(
    "path,problem",
    [
        ("", "a path within the folder is wanted"),
        (".", "a path within the folder is wanted"),
        ("/etc/passwd", "a path within the folder is wanted"),
        ("C:\\grades.csv", "a path within the folder is wanted"),
        ("../grades.csv", "that stays within the folder, without '..'"),
        ("a\\..\\grades.csv", "that stays within the folder, without '..'"),
        ("**/grades.csv", "one * stands for any letters of one name"),
        ("{lesson}.csv", "there is no {lesson}, there are {key}, {org}, {course}, {run}"),
    ],
)
@pytest.mark.parametrize("kind", [FileOptions, FileContext, ReportOptions])
def test_paths_are_checked_when_they_are_saved(kind, path, problem):
    """
    None leads out of the folder; each placeholder is known.
    """
    document = {
        FileOptions: {"path": path, "columns": {"id": "id"}},
        FileContext: {"path": path},
        ReportOptions: {"grades": path},
    }[kind]

    with pytest.raises(ConfigurationError) as caught:
        structure(document, kind)

    (found,) = caught.value.problems
    assert problem in found.message


def test_a_context_names_tables_only():
    """
    Who edits it isn't the operator: messages that show a file's first line mustn't show secrets.
    """
    with pytest.raises(ConfigurationError, match=r"a name that ends in \.csv"):
        structure({"path": ".env"}, FileContext)

    assert "a/b.JSONL" == structure({"path": "a/b.JSONL"}, FileContext).path
    assert structure({}, FileContext).path is None


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../etc", "/etc/localtime"])
def test_time_zones_are_checked_when_they_are_saved(zone):
    """
    By their names.
    """
    with pytest.raises(ConfigurationError, match="a time zone such as Europe/Madrid is wanted"):
        structure({"path": "x.csv", "columns": {"id": "id"}, "time_zone": zone}, FileOptions)
