"""The practice world: the sample company, the sandbox that stands in for Manage, and settings that join them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree
from urllib.parse import urlsplit

from sync import settings as settings_file
from sync.core.errors import SetupError
from sync.core.words import say
from sync.sage.sample import SampleCompany, build, write_sqlite
from sync.sandbox.server import Server
from sync.sandbox.store import Store
from sync.settings import Behaviour
from sync.vault import PRACTICE_KEY
from sync.wiring import Place

SETTINGS, BOOKS, SITE, STATE = "tieout.toml", "sample.db", "manage.db", "state"
MARKER = "# Practice settings, written by Tieout. No real company is touched."
DEFAULT_PORT = 8765


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
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
        port: to serve on; 0 for a free one, None for the one it had.

    Raises:
        SetupError: the folder or the port cannot be used.
    """
    config = folder / SETTINGS
    known = settings_file.load(config) if config.exists() else None
    if port is None:
        port = (urlsplit(known.manage.site).port if known else None) or DEFAULT_PORT
    behaviour = known.manage.behaviour if known else Behaviour()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        company = build(today)
        if not (folder / BOOKS).exists():
            write_sqlite(folder / BOOKS, company)
        with _store(folder, company, behaviour, today) as store, Server(store, port=port) as server:
            if known is None:
                config.write_text(_settings(server.url), encoding="utf-8")
            yield Practice(
                place=Place(config=config, state=folder / STATE, today=today), folder=folder, url=f"{server.url}/"
            )
    except OSError as error:
        raise SetupError(
            say(
                "The practice site cannot run from {folder} on port {port}: {why}.",
                folder=str(folder),
                port=str(port),
                why=error.strerror or str(error),
            )
        ) from None


def _store(folder: Path, company: SampleCompany, behaviour: Behaviour, today: date) -> Store:
    return Store.open(folder / SITE, company.invoices, company.payments, behaviour, lambda: today)


def _clear(folder: Path) -> None:
    """Remove an earlier practice world, and only that."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    config = folder / SETTINGS
    if not (config.exists() and config.read_text(encoding="utf-8").startswith(MARKER)):
        raise SetupError(
            say(
                "The folder {folder} holds something that is not a practice world. Choose an empty one with --dir.",
                folder=str(folder),
            )
        )
    for name in (BOOKS, SITE):
        (folder / name).unlink(missing_ok=True)
    rmtree(folder / STATE, ignore_errors=True)
    config.unlink()


def _settings(url: str) -> str:
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
