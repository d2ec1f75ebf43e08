"""Secrets of the environment are for the site and server of their first use, until a person says more."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sync.core.values.errors import LoginPart, SetupError
from sync.language.catalogues import ENGLISH
from sync.settings import secrets
from sync.settings.secrets import BOUND, MANAGE_SITE, SAGE_SERVER, require_server, require_site

FIRST, SECOND = "https://api-na.example.net", "https://api-eu.example.net"
REMOTE = "DRIVER={MySQL ODBC 8.0 Unicode Driver};SERVER=Books-PC;PORT=13541;DATABASE=simply;UID=reader"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it is kept, in a folder that is not there yet."""
    monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
    return tmp_path / "state" / BOUND


def refused(require: Callable[[], None]) -> str:
    """The sentence of a refusal; setup asks for the address again."""
    with pytest.raises(SetupError) as error:
        require()
    assert error.value.parts == {LoginPart.ADDRESS}
    return error.value.said(ENGLISH)


def test_the_first_use_binds_and_another_site_needs_a_word(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as the first site is used; the second only once it is named, and from then on without."""
    for _ in range(2):
        require_site(FIRST, "public-1")
    assert refused(lambda: require_site(SECOND, "public-1")) == (
        f"The keys in the environment were used for {FIRST}, and the settings now name {SECOND}. Nothing was sent; set "
        f"{MANAGE_SITE} to {SECOND} if they are for it."
    )
    require_site(SECOND, "public-2")  # other keys
    monkeypatch.setenv(MANAGE_SITE, "api-EU.example.net/")
    require_site(SECOND, "public-1")
    monkeypatch.delenv(MANAGE_SITE)
    require_site(SECOND, "public-1")
    assert "public" not in file.read_text("utf-8")
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0  # Windows keeps a user's own folders from others


def test_a_site_that_is_named_is_the_only_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was bound before."""
    require_site(FIRST, "public-1")
    monkeypatch.setenv(MANAGE_SITE, SECOND)
    assert refused(lambda: require_site(FIRST, "public-1")) == (
        f"{MANAGE_SITE} says that the keys in the environment are for {SECOND}, and the settings name {FIRST}. Nothing "
        "was sent; correct one of the two."
    )
    assert file.exists()


def test_what_is_only_tried_is_not_bound(file: Path) -> None:
    """Setup tests an answer before it is known to be right."""
    require_site(FIRST, "public-1", bind=False)
    require_server(REMOTE, bind=False)
    assert not file.exists()


def test_the_same_keys_have_another_mark_elsewhere(file: Path) -> None:
    """The hash is salted anew for each user and computer."""
    marks = []
    for _ in range(2):
        require_site(FIRST, "public-1")
        marks += json.loads(file.read_text("utf-8"))["sites"]
        file.unlink()
    assert len(set(marks)) == 2


@pytest.mark.parametrize("content", ["", "{}", '{"salt": "no hex"}', '{"salt": "00", "sites": {}, "later": 1}'])
def test_a_file_that_cannot_be_read_is_no_first_use(file: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    """It is named; a person's word takes its place, and it is written anew."""
    file.parent.mkdir()
    file.write_text(content, "utf-8")
    assert refused(lambda: require_site(FIRST, "public-1")).startswith(
        f"What the secrets in the environment are for is on record in {file}, which cannot be read: "
    )
    monkeypatch.setenv(MANAGE_SITE, FIRST)
    require_site(FIRST, "public-1")
    monkeypatch.delenv(MANAGE_SITE)
    require_site(FIRST, "public-1")


def test_where_nothing_can_be_kept_a_word_is_needed(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in a container without a home."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(secrets, "_path", lambda: tmp_path / "file" / file.name)
    monkeypatch.setattr(secrets, "_read", lambda **_: secrets._Bound(salt="00"))
    assert "cannot be kept in" in refused(lambda: require_site(FIRST, "public-1"))
    monkeypatch.setenv(MANAGE_SITE, FIRST)
    require_site(FIRST, "public-1")


def test_a_folder_in_its_place_is_said_in_the_system_s_words(file: Path) -> None:
    """And not taken for nothing."""
    file.mkdir(parents=True)
    assert "which cannot be read" in refused(lambda: require_site(FIRST, "public-1"))


@pytest.mark.parametrize("keyword", ["DSN", "FileDSN"])
def test_a_password_is_for_one_data_source_by_name_or_by_file(file: Path, keyword: str) -> None:
    """What a data source says of its server is its own: another one may be another server, and one unnamed a third."""
    require_server(f"{keyword}=C:\\Sage\\Books.dsn;UID=reader")
    require_server(f"{keyword}=c:\\sage\\books.dsn;UID=other")
    named = f"{keyword.upper()}=c:\\sage\\other.dsn"
    assert named in refused(lambda: require_server(f"{keyword}=C:\\Sage\\Other.dsn;UID=reader"))
    for nowhere in ("UID=reader", "DRIVER={MySQL ODBC 8.0 Unicode Driver};UID=reader"):
        assert "SERVER=" in refused(partial(require_server, nowhere))
    assert "books.dsn" in file.read_text("utf-8")


def test_a_password_is_for_one_server_whatever_its_port_and_database(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sage gives each company a port; this computer is never asked about; nothing of the password is kept."""
    require_server(REMOTE)
    require_server(REMOTE.replace("13541", "13560").replace("simply", "other"))
    for host in ("localhost", "127.0.0.1"):
        require_server(REMOTE.replace("Books-PC", host))
    assert refused(lambda: require_server(REMOTE.replace("Books-PC", "elsewhere"))) == (
        "The Sage password in the environment was used for books-pc, and the settings now name elsewhere. Nothing was "
        f"sent; set {SAGE_SERVER} to elsewhere if it is for it."
    )
    assert "DSN=other" in refused(lambda: require_server("DSN=Other;UID=reader"))
    monkeypatch.setenv(SAGE_SERVER, "Elsewhere")
    require_server(REMOTE.replace("Books-PC", "elsewhere"))
    assert "correct one of the two" in refused(lambda: require_server(REMOTE))
    assert set(json.loads(file.read_text("utf-8"))) == {"salt", "sites", "server"}
