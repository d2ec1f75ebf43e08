"""Secrets in the keyring: which keyrings count, where the password is looked for, and all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH
from sync.settings import interview, secrets, settings_form, settings_writer
from sync.settings.interview import Field
from sync.settings.settings_file import load
from sync.system.log import HIDDEN, without_secrets
from tests.cli.test_words import SETTINGS
from tests.settings.test_interview import KNOWN, Script, failing
from tests.support.kept import FILE, LOCKED, FileKeyring

ODBC = "DRIVER={MariaDB Unicode};SERVER=LOCALHOST;PORT=13540;DATABASE=simply;UID=ann"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileKeyring]:
    """A keyring of this test's own."""
    monkeypatch.setenv(FILE, str(tmp_path / "keyring.json"))
    before, own = keyring.get_keyring(), FileKeyring()  # type: ignore[no-untyped-call] # the base has no types
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


class PlaintextKeyring(FileKeyring):
    """One that writes to a file, as the package keyrings.alt brings along."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, PlaintextKeyring], ids=["none", "null", "file"])
def test_a_keyring_that_keeps_nothing_or_writes_to_a_file_is_none(backend: Callable[[], KeyringBackend]) -> None:
    """Secrets are then left to the environment."""
    assert secrets.keyring_name() == "the keyring of the tests"
    keyring.set_keyring(backend())
    assert secrets.keyring_name() is None


def test_the_password_is_looked_for_under_the_login_and_then_where_it_was_before(kept: FileKeyring) -> None:
    """Two companies in Sage may share one in Manage; a password that was stored by hand is found all the same."""
    kept.set_password(secrets.SERVICE, "https://x/acme/sage", "old")
    assert secrets.kept_password(ODBC, "https://x/acme") == "old"
    kept.set_password(secrets.SERVICE, "ann@localhost:13540/simply", "new")
    assert secrets.kept_password(ODBC, "https://x/acme") == "new"
    assert secrets.kept_password(ODBC.replace("ann", "bob"), "https://x/acme") == "old"


def test_a_practice_site_takes_the_published_key_unless_it_has_its_own(kept: FileKeyring, tmp_path: Path) -> None:
    """The practice world never looks into the keyring; another site on this computer does first."""
    path = tmp_path / "tieout.toml"
    path.write_text(SETTINGS.format(books="b.db"), "utf-8")
    assert secrets.unlock(load(path)).private_key == secrets.PRACTICE_KEY
    kept.set_password(secrets.SERVICE, "http://127.0.0.1:9/acme/private", "own-key")
    assert secrets.unlock(load(path)).private_key == "own-key"
    path.write_text(path.read_text("utf-8").replace('"x"', f'"{secrets.PRACTICE_KEY}"'), "utf-8")
    assert secrets.unlock(load(path)).private_key == secrets.PRACTICE_KEY


def test_the_environment_wins_over_the_keyring(
    kept: FileKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the published key of the practice company over both: it is never sent what is for another site."""
    path = tmp_path / "tieout.toml"
    path.write_text(SETTINGS.format(books="b.db").replace('sqlite = "b.db"', f'odbc = "{ODBC}"'), "utf-8")
    kept.set_password(secrets.SERVICE, "ann@localhost:13540/simply", "kept")
    kept.set_password(secrets.SERVICE, "http://127.0.0.1:9/acme/private", "own-key")
    before = secrets.unlock(load(path))
    names = (secrets.SAGE, secrets.PUBLIC, secrets.PRIVATE)
    for name in names:
        monkeypatch.setenv(name, f"given-{name}")
    found = secrets.unlock(load(path))
    assert (before.sage_password, before.private_key) == ("kept", "own-key")
    assert [found.sage_password, found.public_key, found.private_key] == [f"given-{name}" for name in names]
    path.write_text(path.read_text("utf-8").replace('"x"', f'"{secrets.PRACTICE_KEY}"'), "utf-8")
    assert secrets.unlock(load(path)).private_key == secrets.PRACTICE_KEY


@pytest.mark.parametrize(
    ("public", "private", "said"),
    [
        (None, "k", "settings-manage-keys-missing"),
        ("k", None, "settings-manage-keys-missing"),
        ("clé", "k", "settings-manage-keys-malformed"),
        ("k", "key\n", "settings-manage-keys-malformed"),
    ],
)
def test_both_keys_are_needed_and_both_have_to_be_sendable(
    kept: FileKeyring, tmp_path: Path, public: str | None, private: str | None, said: str
) -> None:
    """Told before anything is sent, whichever of them it is."""
    path = tmp_path / "tieout.toml"
    path.write_text(SETTINGS.format(books="b.db").replace("http://127.0.0.1:9", "https://x.example.net"), "utf-8")
    for name, key in (("public", public), ("private", private)):
        if key is not None:
            kept.set_password(secrets.SERVICE, f"https://x.example.net/acme/{name}", key)
    with pytest.raises(SetupError, match=said):
        secrets.unlock(load(path))


def test_all_or_none_is_kept(kept: FileKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before comes back, and what was not is gone."""
    secrets.keep({"a": "1"})
    monkeypatch.setenv(LOCKED, "c")
    with pytest.raises(SetupError, match=r"settings-keyring-refused.*why=it is locked"):
        secrets.keep({"a": "2", "b": "2", "c": "2"})
    assert [kept.get_password(secrets.SERVICE, name) for name in "abc"] == ["1", None, None]


def test_what_cannot_be_read_is_not_taken_for_nothing(kept: FileKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyring whose question somebody waved away keeps what it holds: nothing is written, and nothing taken away."""
    secrets.keep({"a": "1", "b": "1"})

    def locked(*_: str) -> None:
        raise KeyringLocked("it is locked")

    with monkeypatch.context() as patch:
        patch.setattr(FileKeyring, "get_password", locked)
        with pytest.raises(SetupError, match=r"settings-keyring-refused.*why=it is locked"):
            secrets.keep({"a": "2", "b": "2"})
        assert secrets.kept("a") is None
    assert [kept.get_password(secrets.SERVICE, name) for name in "ab"] == ["1", "1"]


def test_what_a_locked_keyring_holds_is_not_taken_for_nothing_at_login(
    kept: FileKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sage would be sent no password, and say that it is wrong; Manage's keys would be said to be nowhere."""
    path = tmp_path / "tieout.toml"
    real = SETTINGS.format(books="b.db").replace('sqlite = "b.db"', f'odbc = "{ODBC}"')
    path.write_text(real.replace("http://127.0.0.1:9", "https://x.example.net"), "utf-8")
    kept.set_password(secrets.SERVICE, "ann@localhost:13540/simply", "sage")
    for name in ("public", "private"):
        kept.set_password(secrets.SERVICE, f"https://x.example.net/acme/{name}", "key")
    assert secrets.unlock(load(path)).sage_password is not None

    def locked(*_: str) -> None:
        raise KeyringLocked("it is locked")

    monkeypatch.setattr(FileKeyring, "get_password", locked)
    for names in ((), (secrets.PUBLIC, secrets.PRIVATE)):
        for name in names:
            monkeypatch.setenv(name, "key")
        with pytest.raises(SetupError, match=r"settings-keyring-unread.*why=it is locked"):
            secrets.unlock(load(path))
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call] # where there is none, none is asked
    assert secrets.unlock(load(path)).sage_password is None


def test_a_password_that_was_emptied_goes_from_wherever_it_is_looked_for(kept: FileKeyring, tmp_path: Path) -> None:
    """It would be sent for ever. One that was not asked for stays."""
    path = tmp_path / "tieout.toml"
    path.write_text(SETTINGS.format(books="b.db").replace('sqlite = "b.db"', f'odbc = "{ODBC}"'), "utf-8")
    names = ("ann@localhost:13540/simply", "http://127.0.0.1:9/acme/sage")
    for name in names:
        kept.set_password(secrets.SERVICE, name, "old")
    settings = settings_writer.read(path, ENGLISH)
    answers = settings_form.known(settings)
    settings_form.leave(settings, {k: v for k, v in answers.items() if k is not Field.SAGE_PASSWORD}, keyring=True)
    assert [secrets.kept(name) for name in names] == ["old", "old"]
    settings = settings_writer.read(path, ENGLISH)
    settings_form.leave(settings, answers | {Field.SAGE_PASSWORD: ""}, keyring=True)
    assert [secrets.kept(name) for name in names] == [None, None]
    assert secrets.unlock(load(path)).sage_password is None


def test_what_was_typed_in_secret_stays_out_of_every_log() -> None:
    """Even of a defect in the middle of setting up."""
    script = Script(typed={Field.PRIVATE_KEY: ["typed-canary"]})
    interview.connect(failing(), dict(KNOWN), (), script)
    assert without_secrets("it said typed-canary") == f"it said {HIDDEN}"
