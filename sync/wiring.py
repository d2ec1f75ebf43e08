"""Puts the parts together: settings, secrets, lock, ledger, Sage, Manage. Nothing is decided here."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sync import __version__
from sync.core.decide.holds import Former
from sync.core.prove.month import Month, MonthAudit
from sync.core.prove.signing import signed
from sync.core.prove.workpapers import Audit
from sync.core.values.errors import Refused, SetupError, TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.periods import day_of
from sync.core.values.runs import Export, NotedHead
from sync.core.values.signature import Role
from sync.settings import settings_file
from sync.settings.manage_route import route
from sync.settings.profiles import PRACTICE, Place
from sync.settings.secrets import Secrets, unlock
from sync.settings.settings_file import Settings
from sync.system.files import cause
from sync.system.local_folders import must_be_local
from sync.system.this_computer import SystemClock, hold_lock, this_person
from sync.usecases import export, export_month, known_heads
from sync.usecases.export import FORMS
from sync.usecases.guards import no_ledger, run_on_record
from sync.usecases.known_heads import Compared
from sync.usecases.ports import AuditFiles, Progress, Rules, Seat, Systems

if TYPE_CHECKING:
    from sync.ledger.sqlite_ledger import SqliteLedger
    from sync.manage.client import ManageClient
    from sync.sage.snapshot import SageDatabase
    from sync.usecases.sign import Signing


Opened = tuple[Systems, Rules, Seat]
"""What a sync, a push or an undo works with."""


Pack = tuple[Export, Text | None, Text | None, Text | None]
"""What was made; why a wanted PDF is missing, why it is not on record, which heads could not be compared."""


@contextmanager
def open_all(place: Place, progress: Progress) -> Iterator[Opened]:
    """Open what a sync, a push or an undo works with, for one at a time on this computer and user.

    Raises:
        SetupError: settings, secrets or the state folder need correcting.
        Refused: another sync or push is running, or the ledger is damaged.
    """
    with open_with_site(place, progress) as (opened, _):
        yield opened


@contextmanager
def open_with_site(place: Place, progress: Progress) -> Iterator[tuple[Opened, ManageClient]]:
    """Open as `open_all` does, with the site as one that can be asked in other ways, as a trial does."""
    with (
        open_settings(place) as (settings, secrets, said),
        hold_lock(place.state),
        open_ledger(place) as ledger,
        open_manage(settings, secrets) as manage,
    ):
        systems = systems_of(settings, secrets, manage)
        rules = Rules(
            policy=settings.policy,
            caps=settings.caps,
            quiet=settings.quiet,
            go_live=settings.go_live,
            link=settings.manage.link,
        )
        clock = SystemClock(place.today)
        person = this_person()
        seat = Seat(person=person, ledger=ledger, clock=clock, progress=progress, version=__version__, said=said)
        for each in said:
            progress.stage(each, 1, each)
        yield (systems, rules, seat), manage


def systems_of(settings: Settings, secrets: Secrets, manage: ManageClient) -> Systems:
    """Return the two systems that the settings name, with the site that is open."""
    return Systems(
        sage=open_sage(settings, secrets),
        manage=manage,
        site=settings.manage.site,
        manage_company=settings.manage.company,
    )


def make_pack(
    place: Place,
    run_id: str,
    files: AuditFiles,
    into: Path,
    forms: Sequence[str] = FORMS,
    printed: Sequence[NotedHead | None] = (),
) -> Pack:
    """Make the audit pack of a run from the ledger alone, and record it there.

    Args:
        place: where the ledger is; its settings are not read, and a sync or a push may be running.
        run_id: the run.
        files: writes the pack.
        into: the folder in which the pack's own is made.
        forms: of the pack.
        printed: the ledger's heads on what the run was reviewed in; None for one that carries none.

    Returns:
        What was made; why a PDF that was wanted is missing; why the ledger could not record it; which heads could not
        be held against the ledger, or tell that it is an older one, and which signatures have lapsed.

    Raises:
        SetupError: there is no ledger, it cannot be read, or the files cannot be written.
        Refused: the run is not on record here, the ledger is damaged, or it does not hold a head that was printed.
    """
    with _looked_at(place) as ledger:
        run_on_record(ledger, run_id)  # before the heads: those of another company's run tell nothing of this ledger
        noted = _heads_held(place, ledger, printed)
        audit = export.gathered(ledger, run_id, SystemClock().now(), this_person())
    lapsed = (each.words for each in signed(audit) if not each.stands)
    return _written(place, audit, files, into, forms, [*noted, *lapsed])


def make_month_packs(
    place: Place, month: Month, files: AuditFiles, into: Path, forms: Sequence[str] = FORMS
) -> Iterator[Pack]:
    """Make the audit pack of a month from the ledger alone: one for each company that has runs of it.

    Args:
        place: where the ledger is.
        month: the month.
        files: writes the packs.
        into: the folder in which the packs' own are made.
        forms: of the packs.

    Raises:
        SetupError: there is no ledger, it cannot be read, or the files cannot be written.
        Refused: no run is of the month, the ledger is damaged, or it does not hold a head that was printed.
    """
    clock = SystemClock(place.today)
    with _looked_at(place) as ledger:
        companies = export_month.companies_of(ledger, month)
    if not companies:
        raise Refused(say("month-without-runs", month=str(month)))
    for company in companies:
        with _looked_at(place) as ledger:
            noted, now = _heads_held(place, ledger), clock.now()
            today = day_of(now, clock.today())
            audit = export_month.gathered_month(ledger, month, company, now, today, this_person())
        yield _written(place, audit, files, into, forms, noted)


@contextmanager
def _looked_at(place: Place) -> Iterator[SqliteLedger]:
    """Open a ledger to be read at one moment.

    Raises:
        SetupError: there is none, or it cannot be read.
    """
    ledger = open_ledger_read_only(place)
    if ledger is None:
        raise no_ledger(place.state)
    with ledger, ledger.at_one_moment():
        yield ledger


def _heads_held(place: Place, ledger: SqliteLedger, printed: Sequence[NotedHead | None] = ()) -> list[Text]:
    """Refuse a ledger without the heads that were printed of it; return what is said of those that tell of another."""
    for each in printed:
        known_heads.require_printed(ledger, each)
    packs = known_heads.with_packs(ledger)
    known_heads.require_like(packs.unlike)
    return [*known_heads.compared(ledger, _second_heads(place)[0]), *packs.unreadable]


def _written(
    place: Place,
    audit: Audit | MonthAudit,
    files: AuditFiles,
    into: Path,
    forms: Sequence[str],
    noted: Sequence[Text],
) -> Pack:
    """Write a pack and record it; the ledger must be closed by then."""
    made, missing = export.write_pack(audit, files, into, forms)
    said = sum(noted[1:], noted[0]) if noted else None
    return made, missing, export.record(made, lambda: _open_to_add(place)), said


def sign_run(place: Place, run_id: str, role: Role, note: str) -> Signing:
    """Sign a run in the ledger alone: its settings are not read, and a sync or a push may be running.

    Raises:
        SetupError: there is no ledger, or nothing can be added to it.
        Refused: the run is not on record here, or the ledger is damaged.
    """
    from sync.usecases.sign import sign  # noqa: PLC0415 - only one command needs it

    looked_at = open_ledger_read_only(place)
    if looked_at is None:
        raise no_ledger(place.state)
    with looked_at:
        run_on_record(looked_at, run_id)
    with _open_to_add(place) as ledger:
        return sign(ledger, run_id, role, this_person(), SystemClock().now(), note)


def heads_compared(place: Place, ledger: SqliteLedger | None) -> Compared:
    """Hold a ledger against every head of it that is known: in the second place, on record, in packs.

    Args:
        place: where the ledger is.
        ledger: it; None where there is none, though the second place may know of one.
    """
    second, unknown = _second_heads(place)
    if ledger is not None:
        return known_heads.with_packs(ledger, second, unknown)
    return Compared(unlike=tuple(known_heads.missing(each, 0) for each in second if each.head.rows))


def _second_heads(place: Place) -> tuple[list[NotedHead], list[Text]]:
    from sync.ledger.sqlite_ledger import second_heads  # noqa: PLC0415 - `--help` and usage errors do not need it

    return second_heads(place.second_head)


def _open_to_add(place: Place) -> SqliteLedger:
    must_be_local(place.state)
    return open_ledger(place)


@contextmanager
def open_settings(place: Place) -> Iterator[tuple[Settings, Secrets, tuple[Text, ...]]]:
    """The settings and secrets of a place, and what is to be said of them; a practice world is made and its site runs.

    Raises:
        SetupError: settings or secrets need correcting, or the practice site cannot run.
    """
    with practised(place) as said:
        settings = settings_file.load(place.config)
        yield settings, unlock(settings), said


def practised(place: Place) -> AbstractContextManager[tuple[Text, ...]]:
    """Keep the practice site running for a practice profile; do nothing for another. Gives what is to be said of it.

    Raises:
        SetupError: (on entering) the practice site cannot run.
    """
    if place.profile != PRACTICE:
        return nullcontext(())
    from sync.practice.world import at_hand  # noqa: PLC0415 - brings in Flask

    return at_hand(place)


@contextmanager
def open_new_ledger(place: Place, progress: Progress, mark: str) -> Iterator[tuple[Opened, Former]]:
    """Open as `open_all` does, with a new ledger that takes the place of a lost one when all went well.

    What a person decided is given with it, as far as the lost one can still be read.

    Args:
        place: as for `open_all`.
        progress: same.
        mark: ends the names that the lost one is kept under.

    Raises:
        SetupError, Refused: as `open_all`.
    """
    from sync.ledger.sqlite_ledger import what_is_left  # noqa: PLC0415 - `--help` and usage errors do not need it

    with hold_lock(place.state):
        former = what_is_left(place.state, place.second_head)
        beside = place.state / "rebuilding"
        shutil.rmtree(beside, ignore_errors=True)
        new = replace(place, state=beside)
        with open_all(new, progress) as opened:
            yield opened, former
        set_ledger_aside(place.state, mark)
        for path in beside.glob("ledger.*"):
            path.replace(place.state / path.name)
        new.second_head.replace(place.second_head)
        shutil.rmtree(beside, ignore_errors=True)


def open_ledger(place: Place) -> SqliteLedger:
    """Open the ledger in the state folder; a new one at first use. Raises as `sqlite_ledger.open_ledger`."""
    from sync.ledger.sqlite_ledger import open_ledger as open_book  # noqa: PLC0415 - `--help` and usage errors do not need it

    return open_book(place.state, place.second_head)


def open_ledger_read_only(place: Place) -> SqliteLedger | None:
    """Open the ledger in the state folder, to read only, as in a backup; None without one. Raises as `open_ledger`."""
    from sync.ledger.sqlite_ledger import open_read_only  # noqa: PLC0415 - `--help` and usage errors do not need it

    return open_read_only(place.state)


@contextmanager
def open_ledger_of(run: str, places: Iterable[Place]) -> Iterator[SqliteLedger | None]:
    """Open the one ledger of these places that has a run on record, to add to it; None where none has.

    Raises:
        SetupError, Refused: another sync or push is running there; or none has it, and one of them cannot be read.
    """
    unread: TieoutError | None = None
    for place in places:
        try:
            found = open_ledger_read_only(place)
            if found is not None:
                with found:
                    known = found.run(run) is not None
                if known:
                    break
        except TieoutError as error:  # the run may be in another one
            unread = error
    else:
        if unread is not None:
            raise unread
        yield None
        return
    with hold_lock(place.state), open_ledger(place) as ledger:
        yield ledger


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
        raise SetupError(say("sync-old-ledger-stuck", folder=str(state), why=cause(error))) from error


def open_sage(settings: Settings, secrets: Secrets) -> SageDatabase:
    """The books the settings name. Nothing is opened before they are read."""
    from sync.sage import snapshot  # noqa: PLC0415 - brings in the database driver

    sage = settings.sage
    if sage.sqlite is not None:
        return snapshot.open_sqlite(Path(sage.sqlite))
    if sage.host is not None:
        return snapshot.open_direct(sage.host, sage.port, sage.database, sage.user or "", secrets.sage_password)
    return snapshot.open_odbc(sage.odbc or "", secrets.sage_password)


def open_manage(settings: Settings, secrets: Secrets) -> ManageClient:
    """The site the settings name. Nothing is sent before it is read.

    Raises:
        SetupError: its proxy wants a password that is nowhere to be found.
    """
    from sync.manage.client import ManageClient  # noqa: PLC0415 - brings in requests
    from sync.manage.http_session import Pace  # noqa: PLC0415 - same

    return ManageClient(
        site=settings.manage.site,
        company=settings.manage.company,
        client_id=settings.manage.client_id,
        public_key=secrets.public_key,
        private_key=secrets.private_key,
        timeout=settings.manage.timeout,
        behaviour=settings.manage.behaviour,
        pace=Pace(settings.manage.per_minute),
        route=route({"ca_file": settings.manage.ca_file, "proxy": settings.manage.proxy}, settings.path.parent),
    )
