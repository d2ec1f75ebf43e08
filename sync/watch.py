"""A sync that nobody asked for: run by a scheduler, it never pushes and never takes a review out of somebody's hands.

The newest review that was shown replaces every earlier one: their workbooks can no longer be pushed. A person who syncs
wants that. A scheduler must not do it at six in the morning to whoever has ticked half of yesterday's rows, so a watch
syncs only where no review is waiting. A review waits from the moment it is shown until a push (or an undo) of its run
has ended, as long as it holds a row that may be approved and is not yet written. A push ends the wait even where rows
were left at No: pushing is how a person says that the review is done, and those rows are held and come back by
themselves. A push that broke off does not end it, because the same file is to be pushed again. A review that can no
longer be pushed, because the settings that decide have changed, waits for nobody.

While a review waits, a watch only looks: it reads both systems, compares what it finds with the review, and says what
has changed since. Nothing is recorded, so that the review, the watermark and what is in doubt stay as they were. The
review of an earlier watch waits as well: nobody can tell whether somebody has it open. Whoever wants a new one syncs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from sync import steps
from sync.core.errors import Refused
from sync.core.journal import Phase, Run
from sync.core.periods import Choice, Since, Window, window
from sync.core.posting import Outcome, Posting
from sync.core.proposal import CLOSED, Proposal, Status
from sync.core.reading import Wanted
from sync.core.review import Review
from sync.core.words import Text, say
from sync.gather import Desk, gather
from sync.steps import Show

DONE = frozenset({Outcome.POSTED, Outcome.ALREADY})
NOTICE = "notice.txt"


class Waiting(Struct, frozen=True, kw_only=True):
    """A review that was left alone.

    Attributes:
        run: whose review it is.
        changed: how many of its rows are no longer as they were reviewed.
        new: how many invoices have come that it does not hold.
    """

    run: Run
    changed: int
    new: int


class Watched(Struct, frozen=True, kw_only=True):
    """What a watch found.

    Attributes:
        rows: as they are now.
        review: the new review; None where an earlier one waits.
        waiting: that one.
    """

    rows: Sequence[Proposal]
    review: Review | None = None
    waiting: Waiting | None = None


def watch(desk: Desk, since: Since | None, show: Show) -> Watched:
    """Sync where no review waits, and look where one does. Nothing is written to Manage.

    Args:
        desk: the systems and the settings.
        since: the Start Date; None for the last successful run, or a month where there is none yet.
        show: puts a new review before a person.

    Raises:
        As `sync.steps.sync`.
    """
    run = waiting_review(desk)
    if run is None:
        review = steps.sync(desk, since or _since_last(desk), show=show)
        return Watched(rows=review.rows, review=review)
    return _look(desk, since or _since_last(desk), run)


def waiting_review(desk: Desk) -> Run | None:
    """The run whose review is still to be pushed; None where a new one takes it out of nobody's hands."""
    shown = (entry for entry in desk.ledger.history() if entry.run.company == desk.pinned and entry.end is not None)
    newest = next(shown, None)
    if newest is None or newest.end is None or newest.end.phase is not Phase.SYNC:
        return None
    try:
        run, rows = steps.reviewed_rows(desk, newest.run.id)
    except Refused:
        return None
    postings = desk.ledger.postings(run.id)
    return run if any(row.approvable and not _done(postings.get(row.key)) for row in rows.values()) else None


def notice(watched: Watched) -> Text:
    """What a watch found, in one line."""
    held = [row for row in watched.rows if row.status not in CLOSED | {Status.READY, Status.REOPENED}]
    said = say(
        "{ready} ready, {held} held, {reopened} reopened.",
        ready=_count(watched.rows, Status.READY),
        held=len(held),
        reopened=_count(watched.rows, Status.REOPENED),
    )
    if watched.review is not None and watched.review.run.notices:
        said += say("The reconciliation begins with notes on the run as a whole.")
    if watched.waiting is None:
        return said
    run = watched.waiting.run
    return said + say(
        "The review of run {run} ({user}, {day}) is still to be pushed and was left as it was. Changed rows since "
        "then: {changed}; new ones: {new}. To replace it: tieout sync.",
        run=run.id,
        user=run.person.user,
        day=run.day,
        changed=watched.waiting.changed,
        new=watched.waiting.new,
    )


def keep_notice(folder: Path, text: Text) -> None:
    """Leave a line where whoever comes in next finds it; one that cannot be written stops nothing."""
    try:
        (folder / NOTICE).write_text(f"{text}\n", encoding="utf-8")
    except OSError:
        return


def _look(desk: Desk, since: Since, run: Run) -> Watched:
    before = desk.ledger.reviewed(run.id)
    days = _days(desk, since, run)
    open_items = desk.ledger.open_items(run.company).values()
    documents = {row.document_id for row in before.values()} | {item.row.document_id for item in open_items}
    wanted = Wanted(
        window=days,
        documents=frozenset(documents),
        above_row=desk.ledger.highest_row(run.company, days.start),
        prefix=desk.policy.invoice_prefix,
    )
    rows = gather(desk, wanted).proposals
    new = sum(1 for row in rows if row.key not in before and row.status not in CLOSED)
    return Watched(rows=rows, waiting=Waiting(run=run, changed=_changed(before, rows), new=new))


def _changed(before: Mapping[str, Proposal], rows: Sequence[Proposal]) -> int:
    """How many reviewed rows are judged otherwise now, or are gone from Sage; those that were and are settled aside."""
    now = {row.key: row for row in rows}
    return sum(1 for row in before.values() if _differs(row, now.get(row.key)))


def _differs(row: Proposal, now: Proposal | None) -> bool:
    """As a push would find it: of a document that was gone already, nothing was judged."""
    if now is None:
        return row.fingerprint != ""
    return {row.status, now.status} - CLOSED != set() and (now.fingerprint, now.status) != (row.fingerprint, row.status)


def _days(desk: Desk, since: Since, run: Run) -> Window:
    last = desk.ledger.last_success(run.company, desk.person)
    today = desk.clock.today() or desk.clock.now().astimezone().date()
    return window(since, today=today, last_run=last.complete_to if last else None)


def _since_last(desk: Desk) -> Since:
    known = desk.pinned is not None and desk.ledger.last_success(desk.pinned, desk.person) is not None
    return Since(choice=Choice.LAST_RUN if known else Choice.PAST_MONTH)


def _done(posting: Posting | None) -> bool:
    return posting is not None and posting.outcome in DONE


def _count(rows: Sequence[Proposal], status: Status) -> int:
    return sum(1 for row in rows if row.status is status)
