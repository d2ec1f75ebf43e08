"""The practice world: the sample company, the sandbox that stands in for Manage, and settings that join them."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from shutil import rmtree
from urllib.parse import urlsplit

import msgspec
from flask import Flask, Response
from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.core.values.periods import day_of
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.sample_company import build, write_sqlite
from sync.practice.search_page import INVOICE
from sync.practice.server import HOST, Server, create_app
from sync.practice.store import Store
from sync.settings import settings_file
from sync.settings.profiles import PRACTICE, Place, place_of
from sync.settings.secrets import PRACTICE_KEY
from sync.settings.settings_file import Behaviour
from sync.system.files import cause, replacing
from sync.system.this_computer import hold_lock

SETTINGS, BOOKS, SITE, STATE = "tieout.toml", "sample.db", "manage.db", "state"
SITE_SETTINGS = "site.toml"
"""What else the practice site plays, such as `second_payment = "allowed"`: see `SiteBehaviour`. Seldom there."""
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
        raise SetupError(say("practice-settings-of-other-site", path=str(config)))
    settings = settings_file.load(config) if config.exists() else None
    if port is None:
        port = (urlsplit(settings.manage.site).port if settings else None) or _first_port()
    behaviour = _behaviour(folder / SITE_SETTINGS, settings.manage.behaviour if settings else Behaviour())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        company = build(today)
        if not (folder / BOOKS).exists():
            write_sqlite(folder / BOOKS, company)
        with (
            Store.open(folder / SITE, company.invoices, company.payments, behaviour, lambda: today) as store,
            Server(_app(store, folder), port) as server,
        ):
            if settings is None or settings.manage.site != server.url:
                settings_of_site = _settings(server.url, config)
                with replacing(config) as file:
                    file.write(settings_of_site.encode())
            yield Practice(
                place=Place(config=config, state=folder / STATE, today=today), folder=folder, url=f"{server.url}/"
            )
    except (OSError, sqlite3.Error) as error:
        why = say("practice-site-cannot-run", folder=str(folder), port=str(port), why=cause(error))
        raise SetupError(
            why if port else say("practice-folder-unusable", folder=str(folder), why=cause(error))
        ) from error


@contextmanager
def at_hand(place: Place) -> Iterator[tuple[Text, ...]]:
    """Have a practice world ready until the end of the block: built where none or an old one stands, its site running.

    Nothing is done for settings of another kind, or where the site is running already. A world is built only where the
    profile `practice` has its own, never beside a file that somebody named.

    Yields:
        What is to be said of it: that a world was made anew, with all that was practised in the one before.

    Raises:
        SetupError: the folder or the port cannot be used.
        Refused: an old world would have to go, and is in use.
    """
    own = not place.config.exists() and place.config == place_of(PRACTICE).config
    if not own and not is_practice(place.config):
        yield ()
        return
    folder, today = place.config.parent, day_of(datetime.now(UTC), place.today)
    if _is_running(folder):
        yield ()
        return
    said: tuple[Text, ...] = ()
    if (folder / BOOKS).exists() and not _fresh(folder, today):
        _remove(folder)
        said = (say("practice-made-anew", folder=str(folder)),)
    with serve(folder, today, port=None):
        yield said


def _behaviour(path: Path, client: Behaviour) -> SiteBehaviour:
    """Return which Manage the site plays: the one that the client is set for, but for what its own settings say.

    Raises:
        SetupError: they are no settings of a practice site.
    """
    expected = {"partial_date": client.partial_date, "date_clear": client.date_clear}
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return msgspec.convert(expected | own, SiteBehaviour)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SetupError(say("practice-site-settings-wrong", path=str(path))) from error


def _first_port() -> int:
    """The port of a new world: where another program has the usual one, any that is free."""
    try:
        with socket.create_server((HOST, DEFAULT_PORT)):
            return DEFAULT_PORT
    except OSError:
        return 0


def _is_running(folder: Path) -> bool:
    """Whether the site of this very practice world is running, as `tieout sandbox` leaves it."""
    config = folder / SETTINGS
    if not config.exists():
        return False
    site = urlsplit(settings_file.load(config).manage.site)
    try:
        with closing(HTTPConnection(site.hostname or "", site.port, timeout=1)) as connection:
            connection.request("HEAD", "/")
            return connection.getresponse().getheader(WORLD) == _mark(folder)
    except (OSError, HTTPException):
        return False


def _app(store: Store, folder: Path) -> Flask:
    """The practice site of a folder, which says in every answer whose it is: another program may have its port."""
    app = create_app(store)

    def name_world(response: Response) -> Response:
        response.headers[WORLD] = _mark(folder)
        return response

    app.after_request(name_world)
    return app


def _mark(folder: Path) -> str:
    return sha256(os.fsencode(folder.resolve())).hexdigest()


def _fresh(folder: Path, today: date) -> bool:
    """Whether the sample company of a practice world ends on about the day that it is practised on."""
    try:
        with closing(sqlite3.connect(folder / BOOKS)) as books:
            (newest,) = books.execute("SELECT max(dtASDate) FROM tcustrdt").fetchone()
        return abs(today - date.fromisoformat(newest[:10])) <= FRESH
    except sqlite3.OperationalError:  # locked, or not to be opened: that is no damage
        return True
    except (sqlite3.Error, TypeError, ValueError):
        return False


def is_practice(config: Path) -> bool:
    """Return whether a file is the settings file of a practice world: its books and its site's client id."""
    try:
        table = tomllib.loads(config.read_text(encoding="utf-8")) if config.name == SETTINGS else {}
        return (table["sage"]["sqlite"], table["manage"]["client_id"]) == (BOOKS, PRACTICE_KEY)
    except (OSError, ValueError, LookupError, TypeError):
        return False


_UNFINISHED = {BOOKS, f"{BOOKS}.new", SITE, f"{SITE}-journal"}
"""What a practice world consists of before its settings file, the last of it, is written."""


def _clear(folder: Path) -> None:
    """Remove an earlier practice world, also one that was cut short while it was built, and only that."""
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if not there <= _UNFINISHED and not is_practice(folder / SETTINGS):
        raise SetupError(say("practice-folder-taken", folder=str(folder)))
    _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a practice world, which nobody may be using: whoever does holds its lock."""
    state = folder / STATE
    with hold_lock(state) if state.exists() else nullcontext():
        for name in _UNFINISHED:
            (folder / name).unlink(missing_ok=True)
        rmtree(state, ignore_errors=True)
        (folder / SETTINGS).unlink(missing_ok=True)


def _settings(url: str, config: Path) -> str:
    """The practice settings; an earlier file keeps all but the site's address, which carries the port."""
    if config.exists():
        kept = re.sub(r'(?m)^site = ".*"$', f'site = "{url}"', config.read_text(encoding="utf-8"))
        return re.sub(rf'(?m)^invoice_link = "[^"]*({re.escape(INVOICE)}/)', rf'invoice_link = "{url}\1', kept)
    return f"""# Practice settings, written by Tieout. No real company is touched.
[sage]
sqlite = "{BOOKS}"
[manage]
site = "{url}"
company = "acme"
client_id = "{PRACTICE_KEY}"
invoice_link = "{url}{INVOICE}/{{id}}"
[policy]
currencies = {{1 = "CAD", 2 = "USD"}}
"""
