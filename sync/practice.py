"""The practice world: the sample company, the sandbox that stands in for Manage, and settings that join them."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from shutil import rmtree
from urllib.parse import urlsplit

from flask import Flask, Response
from msgspec import Struct

from sync import settings as settings_file
from sync.behaviour import Behaviour
from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.words import say
from sync.places import PRACTICE, Place, place_of
from sync.sage.sample import SampleCompany, build, write_sqlite
from sync.sandbox.app import create_app
from sync.sandbox.server import HOST, Server
from sync.sandbox.store import Store
from sync.vault import PRACTICE_KEY

SETTINGS, BOOKS, SITE, STATE = "tieout.toml", "sample.db", "manage.db", "state"
MARKER = "# Practice settings, written by Tieout. No real company is touched."
DEFAULT_PORT = 8765
WORLD = "Tieout-Practice"
"""The header that names the practice world of a site."""
FRESH = timedelta(days=7)
"""How long the sample company's newest receipts stay within reach of every Start Date."""


class Practice(Struct, frozen=True, kw_only=True):
    """A running practice world.

    Attributes:
        place: its settings and state.
        folder: where all of it is kept.
        url: address of the practice site, whose first page is Invoice Search.
    """

    place: Place
    folder: Path
    url: str


@contextmanager
def practise(folder: Path, today: date) -> Iterator[Practice]:
    """Build a practice world from nothing in a folder, and run its site until the end of the block.

    An earlier practice world in that folder is replaced; anything else there is left alone.

    Raises:
        SetupError: the folder holds something else, or cannot be written.
    """
    _clear(folder)
    with serve(folder, today, port=0) as practice:
        yield practice


@contextmanager
def serve(folder: Path, today: date, port: int | None) -> Iterator[Practice]:
    """Run the practice site of a folder as it was left, or build one there first.

    Args:
        folder: of the practice world.
        today: the day the sample company ends on, when it has to be built.
        port: to serve on; 0 for a free one, None for the one it had, or for one that a new world may keep.

    Raises:
        SetupError: the folder or the port cannot be used.
    """
    config = folder / SETTINGS
    if config.exists() and not is_practice(config):
        raise SetupError(
            say(
                "The settings in {path} are not those of a practice world. Move that file elsewhere, then try again.",
                path=str(config),
            )
        )
    known = settings_file.load(config) if config.exists() else None
    if port is None:
        port = (urlsplit(known.manage.site).port if known else None) or _first_port()
    behaviour = known.manage.behaviour if known else Behaviour()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        company = build(today)
        if not (folder / BOOKS).exists():
            write_sqlite(folder / BOOKS, company)
        with _store(folder, company, behaviour, today) as store, Server(_app(store, folder), port) as server:
            if known is None or known.manage.site != server.url:
                config.write_text(_settings(server.url, config), encoding="utf-8")
            yield Practice(
                place=Place(config=config, state=folder / STATE, today=today), folder=folder, url=f"{server.url}/"
            )
    except (OSError, sqlite3.Error) as error:
        raise SetupError(
            say(
                "The practice site cannot run from {folder} on port {port}: {why}. Choose another folder or port, or "
                "end the program that uses them.",
                folder=str(folder),
                port=str(port),
                why=cause(error),
            )
        ) from None


@contextmanager
def at_hand(place: Place) -> Iterator[None]:
    """Have a practice world ready until the end of the block: built where none or an old one stands, its site running.

    Nothing is done for settings of another kind, or where the site is running already. A world is built only where the
    profile `practice` has its own, never beside a file that somebody named.

    Raises:
        SetupError: the folder or the port cannot be used.
    """
    own = not place.config.exists() and place.config == place_of(PRACTICE).config
    if not own and not is_practice(place.config):
        yield
        return
    folder, today = place.config.parent, place.today or date.today()  # noqa: DTZ011 - the accountant's local day
    if _stands(folder):
        yield
        return
    if (folder / BOOKS).exists() and not _fresh(folder, today):
        _remove(folder)
    with serve(folder, today, port=None):
        yield


def _first_port() -> int:
    """The port of a new world: where another program has the usual one, any that is free."""
    try:
        with socket.create_server((HOST, DEFAULT_PORT)):
            return DEFAULT_PORT
    except OSError:
        return 0


def _stands(folder: Path) -> bool:
    """Whether the site of this very practice world is running, as `tieout sandbox` leaves it."""
    config = folder / SETTINGS
    if not config.exists():
        return False
    site = urlsplit(settings_file.load(config).manage.site)
    try:
        with closing(HTTPConnection(site.hostname or "", site.port, timeout=1)) as line:
            line.request("HEAD", "/")
            return line.getresponse().getheader(WORLD) == _mark(folder)
    except (OSError, HTTPException):
        return False


def _app(store: Store, folder: Path) -> Flask:
    """The practice site of a folder, which says in every answer whose it is: another program may have its port."""
    app = create_app(store)

    def told(response: Response) -> Response:
        response.headers[WORLD] = _mark(folder)
        return response

    app.after_request(told)
    return app


def _mark(folder: Path) -> str:
    return sha256(os.fsencode(folder.resolve())).hexdigest()


def _fresh(folder: Path, today: date) -> bool:
    """Whether the sample company of a practice world ends on about the day that it is practised on."""
    try:
        with closing(sqlite3.connect(folder / BOOKS)) as books:
            (newest,) = books.execute("SELECT max(dtASDate) FROM tcustrdt").fetchone()
    except sqlite3.Error:
        return False
    return abs(today - date.fromisoformat(newest[:10])) <= FRESH


def _store(folder: Path, company: SampleCompany, behaviour: Behaviour, today: date) -> Store:
    return Store.open(folder / SITE, company.invoices, company.payments, behaviour, lambda: today)


def is_practice(config: Path) -> bool:
    """Whether a file is the settings file of a practice world."""
    try:
        return config.name == SETTINGS and config.read_bytes().startswith(MARKER.encode())
    except OSError:
        return False


def _clear(folder: Path) -> None:
    """Remove an earlier practice world, and only that."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    config = folder / SETTINGS
    if not is_practice(config):
        raise SetupError(
            say(
                "The folder {folder} holds something that is not a practice world. Choose an empty one with --dir.",
                folder=str(folder),
            )
        )
    _remove(folder)


def _remove(folder: Path) -> None:
    for name in (BOOKS, SITE):
        (folder / name).unlink(missing_ok=True)
    rmtree(folder / STATE, ignore_errors=True)
    (folder / SETTINGS).unlink(missing_ok=True)


def _settings(url: str, config: Path) -> str:
    """The practice settings; an earlier file keeps all but the site's address, which carries the port."""
    if config.exists():
        return re.sub(r'(?m)^site = ".*"$', f'site = "{url}"', config.read_text(encoding="utf-8"))
    return f"""{MARKER}
[sage]
sqlite = "{BOOKS}"
[manage]
site = "{url}"
company = "acme"
client_id = "{PRACTICE_KEY}"
[policy]
currencies = {{1 = "CAD", 2 = "USD"}}
"""
