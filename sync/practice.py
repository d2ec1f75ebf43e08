"""The practice world: the sample company, the sandbox that stands in for Manage, and settings that join them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from sync import settings as settings_file
from sync.core.errors import Refused, SetupError
from sync.core.words import say
from sync.sandbox.server import Server
from sync.sandbox.store import Store
from sync.settings import Behaviour
from sync.wiring import Place

SETTINGS = "tieout.toml"
SAMPLE = "sample.db"
SITE = "manage.db"
STATE = "state"
MARKER = "# Practice settings, written by tieout demo. No real company is touched."


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A running practice world.

    Attributes:
        place: its settings and state.
        page: address of the practice site's Invoice Search.
    """

    place: Place
    page: str


@contextmanager
def practise(folder: Path, today: date) -> Iterator[Practice]:
    """Build a practice world from nothing in a folder, and run its site until the end of the block.

    Raises:
        Refused: the folder holds something other than an earlier practice world.
        SetupError: the folder cannot be written.
    """
    from sync.sage.sample import build, write_sqlite  # noqa: PLC0415 - only practice needs the generator

    try:
        _clear(folder)
        company = build(today)
        write_sqlite(folder / SAMPLE, company)
        with (
            Store.open(folder / SITE, company.invoices, company.payments, Behaviour(), lambda: today) as store,
            Server(store) as server,
        ):
            (folder / SETTINGS).write_text(_settings(server.url), encoding="utf-8")
            place = Place(config=folder / SETTINGS, state=folder / STATE, today=today)
            yield Practice(place=place, page=f"{server.url}/")
    except OSError as error:
        raise SetupError(
            say("The folder {folder} cannot be used: {why}.", folder=str(folder), why=error.strerror or str(error))
        ) from None


@contextmanager
def serve(place: Place, port: int | None, today: Callable[[], date]) -> Iterator[str]:
    """Serve the practice site again as it was left; a new one with the sample company when there is none.

    Yields:
        The address.
    """
    path, behaviour = place.state.parent / SITE, Behaviour()
    if place.config.exists():
        found = settings_file.load(place.config)
        behaviour = found.manage.behaviour
        port = urlsplit(found.manage.site).port if port is None else port
        path = place.config.parent / SITE
    yield from ()
