"""Puts the parts together: settings, secrets, lock, ledger, Sage, Manage. Nothing is decided here."""

from __future__ import annotations

import getpass
import platform
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import DecodeError, json
from msgspec.structs import replace

from sync import __version__
from sync import settings as settings_file
from sync.causes import cause
from sync.clock import SystemClock
from sync.core.errors import Refused, SetupError
from sync.core.journal import Person
from sync.core.words import Text, say
from sync.folders import must_be_local
from sync.gather import Desk
from sync.places import PRACTICE, Place
from sync.ports import Progress
from sync.settings import Settings
from sync.vault import Secrets, unlock

if TYPE_CHECKING:
    from sync.ledger.book import SqliteLedger
    from sync.manage.client import ManageClient
    from sync.sage.database import SageDatabase

HOLDER = "tieout.lock.txt"
"""Beside the lock: since when it is held (UTC), and by whom, as JSON, so that each reader is told in their language."""


def this_person() -> Person:
    """Who runs this, and on which computer."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        user = "unknown"
    return Person(user=user, computer=platform.node())


@contextmanager
def open_desk(place: Place, progress: Progress) -> Iterator[Desk]:
    """Everything a sync or a push works with, for one at a time on this computer and user.

    Raises:
        SetupError: settings, secrets or the state folder need correcting.
        Refused: another sync or push is running, or the ledger is damaged.
    """
    with (
        settled(place) as (found, secrets),
        _alone(place.state),
        open_ledger(place) as ledger,
        open_manage(found, secrets) as manage,
    ):
        yield Desk(
            sage=open_sage(found, secrets),
            manage=manage,
            ledger=ledger,
            clock=SystemClock(place.today),
            progress=progress,
            policy=found.policy,
            caps=found.caps,
            quiet=found.quiet,
            site=found.manage.site,
            manage_company=found.manage.company,
            person=this_person(),
            version=__version__,
        )


@contextmanager
def settled(place: Place) -> Iterator[tuple[Settings, Secrets]]:
    """The settings and secrets of a place. The practice world is made where it is not there yet, and its site runs.

    Raises:
        SetupError: settings or secrets need correcting, or the practice site cannot run.
    """
    with practised(place):
        found = settings_file.load(place.config)
        yield found, unlock(found)


def practised(place: Place) -> AbstractContextManager[None]:
    """What has to be open for as long as a place is used: nothing, but for the practice world.

    Raises:
        SetupError: (on entering) the practice site cannot run.
    """
    if place.profile != PRACTICE:
        return nullcontext()
    from sync.practice import at_hand  # noqa: PLC0415 - brings in Flask

    return at_hand(place)


@contextmanager
def open_new_ledger(place: Place, progress: Progress, mark: str) -> Iterator[Desk]:
    """A desk with a new ledger, which takes the place of a lost one when all went well.

    Args:
        place: as for `open_desk`.
        progress: same.
        mark: ends the names that the lost one is kept under.

    Raises:
        SetupError, Refused: as `open_desk`.
    """
    with _alone(place.state):
        beside = place.state / "rebuilding"
        shutil.rmtree(beside, ignore_errors=True)
        with open_desk(replace(place, state=beside), progress) as desk:
            yield desk
        set_ledger_aside(place.state, mark)
        for path in beside.glob("ledger.*"):
            path.replace(place.state / path.name)
        shutil.rmtree(beside, ignore_errors=True)


def open_ledger(place: Place) -> SqliteLedger:
    """The ledger in the state folder; a new one at first use.

    Raises:
        SetupError: the folder cannot be used.
        Refused: the ledger is missing, damaged or newer than this Tieout.
    """
    from sync.ledger.book import open_ledger as open_book  # noqa: PLC0415 - `--help` and usage errors do not need it

    return open_book(place.state)


def look_at_ledger(place: Place) -> SqliteLedger | None:
    """The ledger in the state folder, to look at only: a backup or a read-only folder will do. None if there is none.

    Raises:
        SetupError: the folder cannot be read.
        Refused: the ledger is missing, damaged or newer than this Tieout.
    """
    from sync.ledger.book import look_at  # noqa: PLC0415 - `--help` and usage errors do not need it

    return look_at(place.state)


def set_ledger_aside(state: Path, mark: str) -> None:
    """Keep what is left of a ledger under other names, so that a new one can begin.

    Args:
        state: the state folder.
        mark: ends the names; the moment, for one.

    Raises:
        SetupError: the folder cannot be changed.
    """
    try:
        for path in state.glob("ledger.*"):
            if ".lost-" not in path.name:
                path.rename(path.with_name(f"{path.name}.lost-{mark}"))
    except OSError as error:
        raise SetupError(
            say(
                "The old ledger in {folder} cannot be set aside: {why}. Close what uses it, then try again.",
                folder=str(state),
                why=cause(error),
            )
        ) from None


def open_sage(found: Settings, secrets: Secrets) -> SageDatabase:
    """The books the settings name. Nothing is opened before they are read."""
    from sync.sage.database import open_odbc, open_sqlite  # noqa: PLC0415 - brings in the database driver

    if found.sage.sqlite is not None:
        return open_sqlite(Path(found.sage.sqlite))
    return open_odbc(found.sage.odbc or "", secrets.sage_password)


def open_manage(found: Settings, secrets: Secrets) -> ManageClient:
    """The site the settings name. Nothing is sent before it is read."""
    from sync.manage.client import ManageClient  # noqa: PLC0415 - brings in requests
    from sync.manage.pace import Pace  # noqa: PLC0415 - same

    return ManageClient(
        site=found.manage.site,
        company=found.manage.company,
        client_id=found.manage.client_id,
        public_key=secrets.public_key,
        private_key=secrets.private_key,
        timeout=found.manage.timeout,
        behaviour=found.manage.behaviour,
        pace=Pace(found.manage.per_minute),
    )


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Hold this user's lock on this computer. The operating system frees it when the process dies."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only runs need it

    must_be_local(state)
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / "tieout.lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise Refused(_who_holds(state) + say("Wait until it ends, then try again.")) from None
    except OSError as error:
        raise SetupError(
            say(
                "The state folder {folder} cannot be used: {why}. Choose another with --state.",
                folder=str(state),
                why=cause(error),
            )
        ) from None
    try:
        with suppress(OSError):  # only names the holder; the lock holds without it
            (state / HOLDER).write_bytes(json.encode((SystemClock().now(), this_person())))
        yield
    finally:
        lock.release()


def _who_holds(state: Path) -> Text:
    """Who holds the lock and since when, as far as that can be read: the file may be written just now, or be older."""
    try:
        since, person = json.decode((state / HOLDER).read_bytes(), type=tuple[datetime, Person])
    except (OSError, UnicodeDecodeError, DecodeError):
        return say("Tieout is already running.")
    return say(
        "Tieout has been running since {at}, started by {user} on {computer}.",
        at=f"{since.astimezone():%Y-%m-%d %H:%M:%S}",
        user=person.user,
        computer=person.computer,
    )
