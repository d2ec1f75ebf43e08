"""Secrets in the keyring: which keyrings count, where the password is looked for, and all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from sync import vault
from sync.core.errors import SetupError
from sync.defects import HIDDEN, without_secrets
from sync.settings import load
from sync.setup import interview
from sync.setup.questions import Field
from tests.cli.test_words import SETTINGS
from tests.setup.test_interview import KNOWN, Script, failing
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
    assert vault.keyring_name() == "the keyring of the tests"
    keyring.set_keyring(backend())
    assert vault.keyring_name() is None


def test_the_password_is_looked_for_under_the_login_and_then_where_it_was_before(kept: FileKeyring) -> None:
    """Two companies in Sage may share one in Manage; a password that was stored by hand is found all the same."""
    kept.set_password(vault.SERVICE, "https://x/acme/sage", "old")
    assert vault.kept_password(ODBC, "https://x/acme") == "old"
    kept.set_password(vault.SERVICE, "ann@localhost:13540/simply", "new")
    assert vault.kept_password(ODBC, "https://x/acme") == "new"
    assert vault.kept_password(ODBC.replace("ann", "bob"), "https://x/acme") == "old"


def test_a_practice_site_takes_the_published_key_unless_it_has_its_own(kept: FileKeyring, tmp_path: Path) -> None:
    """The practice world never looks into the keyring; another site on this computer does first."""
    path = tmp_path / "tieout.toml"
    path.write_text(SETTINGS.format(books="b.db"), "utf-8")
    assert vault.unlock(load(path)).private_key == vault.PRACTICE_KEY
    kept.set_password(vault.SERVICE, "http://127.0.0.1:9/acme/private", "own-key")
    assert vault.unlock(load(path)).private_key == "own-key"
    path.write_text(path.read_text("utf-8").replace('"x"', f'"{vault.PRACTICE_KEY}"'), "utf-8")
    assert vault.unlock(load(path)).private_key == vault.PRACTICE_KEY


def test_all_or_none_is_kept(kept: FileKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before comes back, and what was not is gone."""
    vault.keep({"a": "1"})
    monkeypatch.setenv(LOCKED, "c")
    with pytest.raises(SetupError, match="did not take the secrets: it is locked"):
        vault.keep({"a": "2", "b": "2", "c": "2"})
    assert [kept.get_password(vault.SERVICE, name) for name in "abc"] == ["1", None, None]


def test_what_was_typed_in_secret_stays_out_of_every_log() -> None:
    """Even of a defect in the middle of setting up."""
    script = Script(typed={Field.PRIVATE_KEY: ["typed-canary"]})
    interview.connect(failing(), dict(KNOWN), (), script)
    assert without_secrets("it said typed-canary") == f"it said {HIDDEN}"
