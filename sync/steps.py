"""The use cases on one page: gather, decide, record. Sync writes nothing to Manage; push writes what was approved."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from math import ceil

from sync import deliver, post
from sync.core.caps import alone
from sync.core.completeness import completeness
from sync.core.errors import Refused
from sync.core.journal import Phase, Run, RunEnd
from sync.core.periods import EARLIEST, Choice, Since, Window, window
from sync.core.posting import Outcome
from sync.core.proposal import Proposal
from sync.core.reading import Wanted
from sync.core.review import Decided, Review
from sync.core.words import Text, say
from sync.deliver import Confirm, Pushed
from sync.evidence import cleared, proved, tied
from sync.gather import Desk, Gathered, gather

Show = Callable[[Review], object]
"""Puts a review before a person: a file, or a sheet of an open workbook."""


def _nowhere(_: Review) -> None:
    """Shows a review to nobody but the caller."""


def sync(desk: Desk, since: Since, until: date | None = None, show: Show = _nowhere) -> Review:
    """Read both systems, propose, record what is proposed and show it. Nothing is written to Manage.

    A review that could not be shown replaces no earlier one, and its run is not successful.

    Args:
        desk: the systems and the settings.
        since: the Start Date.
        until: optional End Date.
        show: puts the review before a person.

    Returns:
        The review: every invoice touched in the window, and every one that earlier runs left open.

    Raises:
        SetupError: the dates, a login or the settings need correcting; no last run on record.
        Unavailable: one of the systems did not answer.
        Refused: a guard said no.
    """
    pinned = desk.pinned
    last = desk.ledger.last_success(pinned, desk.person) if pinned else None
    today = desk.clock.today() or desk.clock.now().astimezone().date()
    days = window(since, today=today, until=until, last_run=last.complete_to if last else None)
    if pinned:
        post.settle(desk, pinned)
    open_items = desk.ledger.open_items(pinned) if pinned else {}
    wanted = Wanted(
        window=days,
        documents=frozenset(item.row.document_id for item in open_items.values()),
        above_row=desk.ledger.highest_row(pinned, days.start) if pinned else None,
        prefix=desk.policy.invoice_prefix,
        balances=True,
    )
    gathered = gather(desk, wanted)
    tied(gathered, desk)
    rows = [*gathered.proposals, *cleared(open_items.values(), gathered, desk.policy.invoice_prefix)]
    evidence = proved(gathered, rows, days, desk)
    lost = completeness(evidence.entered, rows, {}).differences
    run = _run(desk, gathered, days, last, lost)
    desk.ledger.begin(run, rows, evidence)
    review = Review(run=run, rows=rows, ledger_head=desk.ledger.head(), evidence=evidence, open_items=open_items)
    show(review)
    nothing_to_push = not lost and not any(row.approvable for row in rows)
    desk.ledger.finish(
        RunEnd(run=run.id, phase=Phase.SYNC, at=desk.clock.now(), person=desk.person, successful=nothing_to_push)
    )
    return review


def rebuild(desk: Desk) -> Review:
    """Begin a ledger that takes the place of a lost one: everything on record in both systems becomes its first run.

    Raises:
        As `sync`.
    """
    review = sync(desk, Since(choice=Choice.CUSTOM, custom=EARLIEST))
    end = RunEnd(run=review.run.id, phase=Phase.REBUILD, at=desk.clock.now(), person=desk.person, successful=False)
    desk.ledger.finish(end)
    return review


def reviewed_rows(desk: Desk, run_id: str) -> tuple[Run, dict[str, Proposal]]:
    """The run behind a workbook and its rows as reviewed, if it may still be pushed.

    Raises:
        Refused: the run is unknown here, belongs to other books or another site, was superseded, or the settings
            that decide have changed since.
    """
    run = desk.ledger.run(run_id)
    if run is None:
        raise Refused(
            say(
                "Run {run} is not in the ledger of this user on this computer. Push from where it was made, or run the "
                "sync again here.",
                run=run_id,
            )
        )
    if (run.company.site, run.company.manage) != (desk.site, desk.manage_company):
        raise Refused(
            say(
                "This workbook is for {theirs} and the settings are for {ours}. Use the settings it was made with.",
                theirs=f"{run.company.site} ({run.company.manage})",
                ours=f"{desk.site} ({desk.manage_company})",
            )
        )
    newer = desk.ledger.replaced_by(run)
    if newer is not None:
        raise Refused(
            say(
                "This workbook (run {run}) was replaced by run {newer} of {user}. Push that one, or sync again.",
                run=run.id,
                newer=newer.id,
                user=newer.person.user,
            )
        )
    if run.policy != desk.policy.fingerprint():
        raise Refused(
            say("The settings under [policy] have changed since this review. Run the sync again and review it.")
        )
    rows = desk.ledger.reviewed(run_id)
    evidence = desk.ledger.evidence(run_id)
    lost = completeness(evidence.entered if evidence else (), rows.values(), {}).differences
    if lost:
        raise Refused(say("What was entered in Sage is not all in this run, so nothing is pushed. Sync again."), *lost)
    return run, rows


def push(desk: Desk, run: Run, rows: dict[str, Proposal], decided: Decided, confirm: Confirm) -> Pushed:
    """Write the approved rows that are still as reviewed, each read back and recorded.

    Args:
        desk: the systems and the settings.
        run: from `reviewed_rows`.
        rows: from `reviewed_rows`.
        decided: what the workbook says.
        confirm: asked once before the first write when caps are exceeded or a record would be deleted.

    Returns:
        One posting per row marked Yes.

    Raises:
        SetupError: a login or the settings need correcting.
        Unavailable: one of the systems did not answer; nothing was changed.
        Refused: not confirmed, or another guard said no; nothing was changed.
    """
    desk.ledger.decide(run.id, decided.decisions)
    _quiet_since_rebuilt(desk)
    doubtful = post.settle(desk, run.company)
    settled, todo = deliver.sort_out(run, rows, decided.decisions, desk.ledger.postings(run.id), doubtful)
    if todo:
        fresh = gather(
            desk,
            Wanted(
                window=None,
                documents=frozenset(row.document_id for row in todo.values()),
                prefix=desk.policy.invoice_prefix,
            ),
        )
        current = {row.key: row for row in fresh.proposals}
        verdicts = {key: deliver.compare(run, row, current.get(key), doubtful) for key, row in todo.items()}
        ready = [current[key] for key, verdict in verdicts.items() if verdict is None]
        stale = sum(1 for verdict in verdicts.values() if verdict and verdict.outcome is Outcome.STALE)
        why_not = alone(ready, desk.ledger.all_postings(run.id), run.person.user, desk.person.user, desk.caps)
        if why_not is not None:
            raise Refused(why_not)
        deliver.confirmed(desk, ready, stale, confirm)
        settled |= {key: verdict for key, verdict in verdicts.items() if verdict is not None}
    else:
        ready, fresh = [], None
    deliver.record(desk, settled.values())
    sent = deliver.deliver(desk, run, ready, fresh.payments if fresh else {})
    return deliver.finish(desk, run, rows, [*settled.values(), *sent])


def _quiet_since_rebuilt(desk: Desk) -> None:
    """A lost ledger may have known of a write whose answer never came: it must not meet a second one."""
    rebuilt = desk.ledger.rebuilt()
    left = desk.quiet - (desk.clock.now() - rebuilt) if rebuilt else timedelta(0)
    if left > timedelta(0):
        raise Refused(
            say(
                "The ledger was rebuilt a moment ago, and a write that the lost one knew of may still arrive. Push "
                "again in {minutes} minute(s).",
                minutes=ceil(left / timedelta(minutes=1)),
            )
        )


def _gap(last: Run | None, days: Window) -> tuple[Text, ...]:
    """Days between the last successful run and this window are nobody's: that is said, never skipped in silence."""
    if last is None or days.start <= last.complete_to:
        return ()
    return (
        say(
            "Your last successful run ends on {last} and this window starts on {start}: what was entered between is "
            "not in this run. Choose Last Successful Run to include it.",
            last=last.complete_to,
            start=days.start,
        ),
    )


def _run(desk: Desk, gathered: Gathered, days: Window, last: Run | None, lost: tuple[Text, ...]) -> Run:
    now = desk.clock.now()
    left_out = _gap(last, days)
    return Run(
        id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        started=now,
        day=desk.clock.today() or gathered.reading.clock.date(),
        company=gathered.company,
        person=desk.person,
        window=days,
        strategy=gathered.reading.strategy,
        policy=desk.policy.fingerprint(),
        highest_row=gathered.reading.highest_row,
        requests=desk.manage.requests,
        notices=gathered.reading.notices + left_out + lost,
        version=desk.version,
        covered_to=last.complete_to if last and left_out else None,
    )
