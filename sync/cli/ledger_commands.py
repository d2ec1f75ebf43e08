"""`tieout history`, `verify`, `rebuild`, `check` and `profiles`: what is on record, and whether the links work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.check_links import check_all, report
from sync.cli.options import (
    FILE,
    FOLDER,
    command_language,
    common,
    given,
    no_blank,
    no_blank_invoice,
    place,
    story_files,
)
from sync.cli.output import Screen, TerminalProgress, history_json, is_tieouts_own, writable, write_json
from sync.cli.story_output import show_stories, stories_json
from sync.core.decide.write_outcome import in_doubt
from sync.core.values.errors import Check, LedgerLost, Refused, SetupError, TieoutError, Unavailable, Verdict
from sync.core.values.messages import Text, say
from sync.core.values.periods import day_of
from sync.core.values.posting import Intent
from sync.core.values.proposal import AcceptedMatch
from sync.core.values.runs import Company, Run, RunSummary, run_state, spelled_alike
from sync.core.values.signature import Role
from sync.ledger.chain_file import LEDGER_FILE
from sync.settings import connections, settings_file
from sync.settings.profiles import PRACTICE, Place, naming, place_of
from sync.settings.profiles import profiles as names
from sync.settings.settings_file import Settings
from sync.system.files import cause, replacing
from sync.system.this_computer import this_person
from sync.usecases import accept_match, sync, tell_story
from sync.usecases.guards import forgotten_by, no_ledger
from sync.usecases.known_heads import require_like
from sync.usecases.verify_pack import EXPECTED, HEAD, MANIFEST, checked, statements
from sync.wiring import heads_compared, open_all, open_ledger_read_only, open_new_ledger, sign_run

if TYPE_CHECKING:
    from sync.ledger.sqlite_ledger import SqliteLedger

MARKS = {
    Verdict.OK: say("ok"),
    Verdict.WARNING: say("warning-mark"),
    Verdict.FAILED: say("failed-mark"),
    Verdict.UNREACHABLE: say("failed-mark"),
}


@click.command()
@click.argument("invoice", metavar="INVOICE", required=False, callback=no_blank_invoice)
@click.option("--dir", "into", type=FOLDER)
@click.option("--json", "json_target", metavar="FILE")
@common
def history(invoice: str | None, into: Path | None, json_target: str | None) -> int:
    """List the runs on record, or tell the story of one invoice: all that the ledger knows of it, in order."""
    screen = Screen(command_language(), json_target)
    writable(json_target, None)
    if invoice is not None:
        return _story(screen, invoice, into, json_target)
    if into is not None:
        raise click.UsageError(say("story-folder-without-invoice").said(screen.language))
    runs, doubtful = [], list[Intent]()
    if (ledger := _looked_at()) is not None:
        with ledger:
            runs = ledger.history()
            for company in dict.fromkeys(entry.run.company for entry in runs):
                doubtful += ledger.in_doubt(company)
    unwritten = write_json(json_target, history_json(runs))
    if not runs:
        screen.line(say("cli-no-run-on-record", folder=str(place().state)))
        return unwritten
    screen.table(
        [
            say("run"),
            say("started-utc"),
            say("company"),
            say("window"),
            say("who"),
            say("ended"),
            say("rows"),
            say("posted"),
        ],
        [_history_row(screen, entry) for entry in runs],
        right=2,
    )
    for intent in doubtful:
        screen.line(say("cli-note", notice=in_doubt(intent)))
    return unwritten


def _story(screen: Screen, invoice: str, into: Path | None, json_target: str | None) -> int:
    """Tell the story of an invoice on the terminal, as JSON and, where a folder is named, as a workbook."""
    ledger = _looked_at()
    if ledger is None:
        raise no_ledger(place().state)
    with ledger, ledger.at_one_moment():
        found = tell_story.told(ledger, invoice)
        made = into and tell_story.write(story_files(), into, ledger, found, datetime.now(UTC), this_person())
    unwritten = write_json(json_target, stories_json(found))
    show_stories(screen, found)
    if made:
        screen.line(say("story-written", path=str(made)))
    return unwritten


def _looked_at() -> SqliteLedger | None:
    """Return the ledger to look at; None when none has been kept there yet.

    Raises:
        LedgerLost: there is none any more, as the second place tells.
        SetupError: its folder was named, and holds none.
    """
    ledger = open_ledger_read_only(place())
    if ledger is None:
        require_like(heads_compared(place(), None).unlike)
        if given("state"):
            raise no_ledger(place().state)
    return ledger


def _history_row(screen: Screen, entry: RunSummary) -> list[Text | str]:
    run = entry.run
    return [
        run.id,
        f"{run.started:%Y-%m-%d %H:%M}",
        run.company.sage,
        say("cli-start-to-end", start=run.window.start, end=run.window.end),
        say("cli-user-on-computer", user=run.person.user, computer=run.person.computer),
        run_state(entry),
        str(sum(entry.rows.values())),
        ", ".join(f"{screen.amount(added)} {currency}" for currency, added in entry.posted.items()) or "-",
    ]


@click.command()
@click.argument("invoice", metavar="INVOICE", required=False, default="")
@click.argument("number", metavar="NUMBER", required=False, default="")
@click.option("--list", "show", is_flag=True)
@click.option("--undo", "back", is_flag=True)
@common
def match(invoice: str, number: str, show: bool, back: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Carry out `tieout match`: accept an invoice of another number, take that back, or list what was accepted."""
    screen = Screen(command_language())
    if (bool(invoice.strip()), bool(number.strip()), show, back) not in _MATCH_USES:
        raise click.UsageError(say("cli-match-usage").said(screen.language))
    with open_all(place(), TerminalProgress(screen.language)) as (systems, _, seat):
        if show:
            kept = accept_match.accepted(systems, seat)
        elif back:
            kept = [accept_match.take_back(systems, seat, invoice)]
        else:
            kept = [accept_match.accept(systems, seat, invoice, number)]
    for each in kept:
        screen.line(_acceptance(each))
    if not (show and kept):
        screen.line(say("cli-no-match-accepted") if show else say("cli-sync-after-match"))


def _acceptance(kept: AcceptedMatch) -> Text:
    invoice, number, day = kept.invoice, kept.manage_number, day_of(kept.at, None)
    if kept.undone:
        return say("cli-match-taken-back", invoice=invoice, number=number)
    owners = {"customer": kept.customer, "company": kept.manage_customer}
    return say("cli-match-accepted", invoice=invoice, number=number, user=kept.user, day=day, **owners)


_MATCH_USES = {(True, True, False, False), (True, False, False, True), (False, False, True, False)}
"""Both numbers to accept, one to take back, none to list."""


@click.command()
@click.argument("pack", metavar="PACK", type=FOLDER, required=False)
@click.option("--backup", type=FOLDER)
@common
def verify(pack: Path | None, backup: Path | None) -> int:
    """Check the ledger's chain from the first row to the last and name the first bad row; or check an audit pack."""
    screen = Screen(command_language())
    if pack is not None and not (pack / MANIFEST).is_file():
        raise SetupError(say("verify-not-a-pack", folder=str(pack), manifest=MANIFEST))
    ledger = _looked_at()
    if ledger is None:
        if pack is not None:
            return _pack_checked(screen, pack, None)
        screen.line(no_ledger(place().state).text)
        return 0
    with ledger:
        head = ledger.verify()
        compared = heads_compared(place(), ledger)
        require_like(compared.unlike)
        if backup is not None:
            ledger.back_up(backup)
            screen.line(say("cli-ledger-copy-made", backup=str(backup)))
        exports = ledger.every_export()
    screen.line(say("cli-ledger-intact", rows=head.rows, hash=head.hash))
    for each in compared.unknown:
        screen.line(each)
    if pack is None:
        return 0
    ours = any(made.run == _run_of(pack) or made.folder == str(pack.absolute()) for made in exports)
    return _pack_checked(screen, pack, place().state / LEDGER_FILE if ours else None)


def _run_of(pack: Path) -> str:
    """Return the run that a pack names beside its head; nothing where that cannot be read."""
    try:
        return str(json.loads((pack / HEAD).read_text(encoding="utf-8"))["run"])
    except EXPECTED:
        return ""


def _pack_checked(screen: Screen, pack: Path, ledger: Path | None) -> int:
    """Say what the program that lies in each pack finds; the status of a guard where anything does not agree."""
    found = checked(pack, ledger)
    for statement in statements(pack, found):
        screen.line(statement)
    agrees, _, _ = found[-1]
    return 0 if agrees else Refused.exit_status


@click.command()
@click.argument("run_id", metavar="RUN", callback=no_blank)
@click.option("--as", "role", type=click.Choice([role.value for role in Role]), default=Role.PREPARER.value)
@click.option("--note", metavar="TEXT", default="")
@common
def sign(run_id: str, role: str, note: str) -> None:
    """Carry out `tieout sign`: stand by the figures of a run, as they are in the ledger now."""
    screen = Screen(command_language())
    made = sign_run(place(), run_id, Role(role), note)
    for each in made.signed:
        screen.line(each.words)
    if made.alone:
        screen.line(say("one-person-signed"))


_REBUILD_STAYS = say("cli-rebuild-ends-undo")


@click.command()
@common
def rebuild() -> None:
    """Carry out `tieout rebuild`: begin a new ledger from what Sage and Manage say, when the old one is lost."""
    screen = Screen(command_language())
    lost = _what_is_lost()
    if lost is None:
        raise Refused(say("cli-ledger-needs-no-rebuild"))
    screen.line(say("cli-rebuilding") + lost + _REBUILD_STAYS)
    suffix = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with open_new_ledger(place(), TerminalProgress(screen.language), suffix) as ((systems, rules, seat), former):
        review, taken = sync.rebuild(systems, rules, seat, former)
    left = sum(1 for row in review.rows if row.approvable)
    screen.line(say("cli-ledger-rebuilt", count=len(review.rows), left=left))
    if former.readable:
        counts = {"holds": len(taken.holds), "matches": len(taken.matches), "notes": len(taken.notes)}
        screen.line(say("cli-rebuild-carried", **counts))
    if former.unread:
        screen.line(say("cli-rebuild-rows-unread", count=former.unread))
    for notice in forgotten_by(former, seat.clock.now()):
        screen.line(notice)
    screen.line(say("cli-sync-after-rebuild"))


@click.command()
@click.option("--report", "target", type=FILE)
@common
def check(target: Path | None) -> int:
    """Carry out `tieout check`; the exit status is 0, 2 (something failed) or 3 (Sage or Manage cannot be reached)."""
    screen = Screen(command_language())
    if target is not None and is_tieouts_own(target):
        raise SetupError(say("check-report-would-overwrite", path=str(target)))
    status = show_checks(screen, check_all(place(), screen.meanwhile))
    if target is not None:
        text = report(place(), say("check-report-head"), screen.language, screen.meanwhile)
        try:
            with replacing(target) as file:
                file.write(text.encode("utf-8-sig"))
        except OSError as error:
            raise SetupError(say("check-report-not-written", path=str(target), why=cause(error))) from error
        screen.line(say("check-report-written", path=str(target)))
    return status


def show_checks(screen: Screen, checks: Sequence[Check]) -> int:
    """Show what each check found, and return the exit status that they come to."""
    for each in checks:
        show_check(screen, each)
    verdicts = {each.verdict for each in checks}
    if Verdict.FAILED in verdicts:
        return SetupError.exit_status
    return Unavailable.exit_status if Verdict.UNREACHABLE in verdicts else 0


def show_check(screen: Screen, check: Check) -> None:
    """Show what a check found of its link, on one line."""
    marks = {verdict: mark.said(screen.language) for verdict, mark in MARKS.items()}
    mark = marks[check.verdict].ljust(max(map(len, marks.values())))
    screen.line(say("cli-mark-link-and-finding", mark=mark, link=check.link, finding=check.finding))


def _what_is_lost() -> Text | None:
    """Return why the ledger must be rebuilt; None when it is intact. One that is in use, or newer, is not lost."""
    try:
        ledger = open_ledger_read_only(place())
        if ledger is None:
            return say("cli-no-ledger")
        with ledger:
            if not ledger.verify().rows:
                return say("cli-ledger-empty")
            require_like(heads_compared(place(), ledger).unlike)
            return None
    except LedgerLost as error:
        return error.found


@click.command()
@common
def profiles() -> None:
    """Carry out `tieout profiles`: list each company that was set up, with its site and its last run."""
    screen = Screen(command_language())
    every = map(place_of, (None, *names(), PRACTICE))
    places = [place for place in every if place.profile not in {None, PRACTICE} or place.config.exists()]
    if not places:
        screen.line(say("cli-nothing-set-up"))
        return
    headers = [say("profile"), say("sage"), say("manage-site"), say("last-run")]
    screen.table(headers, [_row(place) for place in places], right=0)


def _row(place: Place) -> list[Text | str]:
    name = place.profile or say("default-profile")
    try:
        settings = settings_file.load(place.config)
    except TieoutError:
        return [name, say("cli-profile-settings-faulty", options=naming(place)), "", ""]
    site = f"{settings.manage.site} ({settings.manage.company})"
    try:
        run = _newest_run(place, settings)
    except TieoutError:
        return [name, _books(settings), site, say("cli-profile-ledger-faulty", options=naming(place))]
    when = say("cli-moment-in-utc", moment=f"{run.started:%Y-%m-%d %H:%M}") if run else say("none-yet")
    return [name, run.company.sage if run else _books(settings), site, when]


def _newest_run(place: Place, settings: Settings) -> Run | None:
    """The newest run of this site on record."""
    ledger = open_ledger_read_only(place)
    if ledger is None:
        return None
    with ledger:
        runs = (entry.run for entry in ledger.history())
        ours = Company(sage="", site=settings.manage.site, manage=settings.manage.company)
        return next((run for run in runs if spelled_alike(run.company, ours)), None)


def _books(settings: Settings) -> str:
    """Where the books are; shown as long as no run has told the company's name."""
    connection = settings.sage.connection
    return connections.login(connection) if connection else Path(settings.sage.sqlite or "").name
