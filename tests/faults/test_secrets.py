"""Keys and passwords: where they may be found, and all the places where they never are."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null

from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from sync.settings.secrets import Secrets, unlock
from sync.settings.settings_file import load
from tests.cli.test_words import SETTINGS
from tests.cli.world import Terminal
from tests.support.sage_books import SageBooks, sqlite_books

CANARY = "s3cret-canary"
KEYS = ("TIEOUT_MANAGE_PUBLIC_KEY", "TIEOUT_MANAGE_PRIVATE_KEY", "TIEOUT_SAGE_PASSWORD")


@pytest.fixture(params=[fail.Keyring, null.Keyring], ids=["missing", "empty"])
def no_keyring(request: pytest.FixtureRequest) -> Iterator[None]:
    """A computer whose keyring is missing or locked, or holds nothing."""
    before = keyring.get_keyring()
    keyring.set_keyring(request.param())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_the_keys_are_asked_for_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 83: refused with the names of the variables; no file is looked at; the environment helps."""
    path = tmp_path / "tieout.toml"
    path.write_text(SETTINGS.format(books="b.db").replace("http://127.0.0.1:9", "https://x.example.net"), "utf-8")
    with pytest.raises(SetupError) as refused:
        unlock(load(path))
    assert "TIEOUT_MANAGE_PUBLIC_KEY" in refused.value.said(ENGLISH)
    assert [found.name for found in tmp_path.iterdir()] == ["tieout.toml"]
    for name in KEYS:
        monkeypatch.setenv(name, CANARY)
    found = unlock(load(path))
    assert (found.public_key, found.private_key, CANARY in repr(found)) == (CANARY, CANARY, False)


def everything_below(folder: Path) -> Iterator[bytes]:
    """All bytes of all files, those inside of workbooks too."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as parts:
                    yield from (parts.read(name) for name in parts.namelist())


def test_a_secret_stands_nowhere(terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 82: not in what is said, not in a file, a workbook, the ledger or the log of a defect."""
    said = terminal.at(practice, "sync", "--since", "past-month", "--out", "p.xlsx", "--json", "p.json").words
    for name in KEYS:
        monkeypatch.setenv(name, CANARY)

    def broken(*_: object) -> None:
        secrets = Secrets(sage_password=CANARY, public_key=CANARY, private_key=CANARY)
        raise RuntimeError(f"{secrets!r} DRIVER=x;UID=y;PWD={CANARY};Authorization: Basic {CANARY}")

    for command in (["check"], ["sync", "--since", "past-week"], ["push", "p.xlsx"], ["history"], ["verify"]):
        said += terminal.at(practice, *command).words
    monkeypatch.setattr("sync.usecases.find_rows.read_and_propose", broken)
    said += terminal.at(practice, "sync", "--since", "past-week").words
    assert "tieout.log" in said
    assert CANARY not in said
    assert [data for data in everything_below(terminal.folder) if CANARY.encode() in data] == []


HOSTILE = ["x'; DELETE FROM tcustr; --", 'x" or 1=1', "%", "_", "x\\", "');--", "\u2019; --", "1001\x00"]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_the_books_are_never_sql(tmp_path: Path, words: str) -> None:
    """Fault 85: numbers, names and prefixes that look like SQL are found as themselves and change nothing."""
    books = sqlite_books(tmp_path / "books.db")
    books.document(1, words)
    books.document(2, f"{words}-{words}")
    books.row(5, 1, -100.0, "2026-03-15", source=words)
    books.run("UPDATE tcustomr SET sName = (SELECT sSource FROM tcustr WHERE lId = 1)")
    before = _dump(books)
    reading = books.read(prefixes=(words,))
    assert 1 in {document.id for document in reading.documents}
    assert {document.customer for document in reading.documents} == {words}
    assert before == _dump(books)


def _dump(books: SageBooks) -> list[str]:
    assert isinstance(books.admin, sqlite3.Connection)
    with closing(sqlite3.connect(":memory:")) as copy:
        books.admin.backup(copy)
        return list(copy.iterdump())
