"""The suite's own folders in a Windows: those that need no server of Linux, and `inside`, which is Windows' own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.support.mariadb import PASSWORD, MariaDb, mariadb
from tests.windows.wine import PYTHON, Windows

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]

__all__ = ["mariadb"]
NAME = "Café de l'Œuvre"
ASKED = """
import pyodbc, sys
print(ascii(pyodbc.connect(sys.argv[1]).execute("SELECT sName FROM tCustomr").fetchval()))
"""
FOLDERS = ("windows/inside", "system", "settings", "language")
OPTIONS = ("-q", "-n0", "-p", "no:cacheprovider", "-p", "tests.windows.inside.wine_faults", "--color=no", "--tb=short")


def test_the_suite_passes_on_windows(windows: Windows, record_property: Callable[[str, object], None]) -> None:
    """In one process."""
    folders = [f"tests/{name}" for name in FOLDERS]
    ended = windows.run(PYTHON, "-P", "-m", "pytest", *OPTIONS, *folders, seconds=900)
    assert ended.status == 0, ended.out
    passed = re.search(r"(\d+) passed", ended.out)
    assert passed is not None
    record_property("passed on Windows", int(passed[1]))


@pytest.mark.parametrize(("spoken", "word"), [("en", "Paid Amount"), ("fr", "montant payé")])
def test_the_demo_runs_to_its_end(windows: Windows, spoken: str, word: str) -> None:
    """In both languages, on a console that knows 256 characters; with its pack."""
    folder = windows.drive / f"demo-{spoken}"
    shutil.rmtree(folder, ignore_errors=True)
    command = ("demo", "--dir", f"C:\\{folder.name}", "--lang", spoken)
    ended = windows.run(PYTHON, "-P", "-m", "tieout", *command, seconds=300, code="cp1252")
    assert (ended.status, word in ended.out) == (0, True), ended.out
    assert len(list(folder.rglob("SHA256SUMS.txt"))) == 1


def test_the_language_is_that_of_windows(windows: Windows) -> None:
    """Nobody has to say it."""
    ended = windows.run(PYTHON, "-P", "-m", "tieout", "install", "--dry-run", variables={"LC_ALL": "fr_CA.UTF-8"})
    assert (ended.status, "Le classeur" in ended.out) == (0, True), ended.out


@pytest.mark.mariadb
def test_a_database_is_read_over_odbc(windows: Windows, mariadb: MariaDb) -> None:
    """The words of a customer arrive as they are, though a Windows Python asks."""
    database = mariadb.new_database()
    with closing(mariadb.admin(database)) as connection:
        connection.execute("CREATE TABLE tCustomr (sName VARCHAR(40)) CHARACTER SET utf8mb4")
        connection.execute("INSERT INTO tCustomr VALUES (?)", NAME)
    text = f"{mariadb.connection_string(database)};PWD={{{PASSWORD.replace('}', '}}')}}};CHARSET=utf8mb4"
    code = (
        "import pyodbc, sys; print(ascii(pyodbc.connect(sys.argv[1]).execute('SELECT sName FROM tCustomr').fetchval()))"
    )
    ended = windows.python(code, text)
    assert (ended.status, ended.out.strip()) == (0, ascii(NAME)), ended.out
