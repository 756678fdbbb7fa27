"""
Reports as an Open edX instructor downloads them, and the retriever that reads them.
"""

from __future__ import annotations

import csv

import pytest


BEFORE = ["Student ID", "Email", "Username", "Grade"]
AFTER = [
    "Enrollment Track",
    "Verification Status",
    "Certificate Eligible",
    "Certificate Delivered",
    "Certificate Type",
    "Enrollment Status",
]
GRADES = "Demo_BIO101_2026T1_grade_report_2026-06-15-0910.csv"
PEOPLE = "Demo_BIO101_2026T1_student_profile_info_2026-06-15-0912.csv"


@pytest.fixture
def build(provide, tmp_path):
    """
    Make the retriever, for some folder.
    """

    def make(folder=tmp_path, **options):
        return provide("openedx-reports", options, folder)

    return make


@pytest.fixture
def grades(tmp_path):
    """
    Write a grade report: titles of the grades; for each learner username, grades and status.
    """

    def make(titles, *rows, name=GRADES, more=()):
        header = [*BEFORE, *titles, *more, *AFTER]
        lines = [
            [7, f"{user}@example.org", user, *given, *more, "audit", "N/A", "N", "N", "N/A", status]
            for user, given, status in rows
        ]
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *lines])

    return make


@pytest.fixture
def people(tmp_path):
    """
    Write a profile report.
    """

    def make(*rows, name=PEOPLE, header=("id", "username", "name", "email", "language")):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    return make
