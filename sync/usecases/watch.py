"""A sync that nobody asked for: run by a scheduler, it never pushes and never takes a review out of somebody's hands.

The newest review that was shown replaces every earlier one: their workbooks can no longer be pushed. A person who syncs
wants that. A scheduler must not do it at six in the morning to whoever has ticked half of yesterday's rows, so a watch
syncs only where no review is waiting. A review that an earlier watch left in its file waits once somebody has touched
it: a cell that is not as it was shown, or the file open in Excel. Any other waits from the moment it is shown, as long
as it holds a row that is ready and is not yet written, because nobody can tell what was done about it. No review waits
after a push (or an undo) of its run has ended, even where rows were left at No: pushing is how a person says that the
review is done, and those rows are held and come back by themselves. A push that broke off does not end the wait,
because the same file is to be pushed again. A review that can no longer be pushed, because the settings that decide
have changed, waits for nobody. What was decided in the file of a review that does not wait is put on record first.

While a review waits, a watch only looks: it reads both systems, compares what it finds with the review, and says what
has changed since. Nothing is recorded, so that the review, the watermark and what is in doubt stay as they were.
Whoever wants a new one syncs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.facts import first_difference
from sync.core.decide.holds import with_holds
from sync.core.decide.opening import with_opening
from sync.core.prove.figures import Disposition, counts, tallies
from sync.core.prove.review import Decided, Review, Reviewed
from sync.core.values.errors import TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.periods import Choice, Since, day_of
from sync.core.values.policy import Policy
from sync.core.values.posting import Outcome, Posting
from sync.core.values.proposal import CLOSED, Proposal, Status
from sync.core.values.runs import Phase, Run
from sync.usecases.find_rows import accepted_still, drifted
from sync.usecases.guards import books_here, keep_decisions, pinned_books, touched, why_not_pushed
from sync.usecases.known_heads import require_printed
from sync.usecases.ports import Ledger, Rules, Seat, Systems
from sync.usecases.read_and_propose import (
    read_and_propose,
    wanted_documents,
    window_and_last_run,
)
from sync.usecases.sync import Show, sync

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


def nothing_returned(_: Reviewed) -> None:
    """Tell of no file."""


def watch(
    systems: Systems,
    rules: Rules,
    seat: Seat,
    since: Since | None,
    show: Show,
    returned: Callable[[Reviewed], Decided | None] = nothing_returned,
) -> Watched:
    """Sync where no review waits, and look where one does. Nothing is written to Manage. Raises as `sync`.

    Args:
        systems: both are read.
        rules: the settings that decide.
        seat: the ledger, the clock, and who watches.
        since: the Start Date; None for the last successful run, or a month where there is none yet.
        show: puts a new review before a person.
        returned: what the file of an earlier watch says; None where there is none. Raises where it cannot be read.
    """
    start = since or _since_last(systems, seat)
    run, said = waiting_review(seat, systems, rules.policy, returned)
    if run is None:
        review = sync(systems, rules, seat, start, show=show, noticed=said)
        return Watched(rows=review.rows, review=review)
    return _look(systems, rules.policy, seat, start, run)


def waiting_review(
    seat: Seat, systems: Systems, policy: Policy, returned: Callable[[Reviewed], Decided | None] = nothing_returned
) -> tuple[Run | None, Sequence[Text]]:
    """Return the run whose review is still to be pushed; None if a new sync replaces nobody's open review.

    What was decided in the file of one that is to be replaced is put on record, and what is to be said of it returned.
    """
    ledger = seat.ledger
    here = books_here(ledger, systems)
    shown = (entry for entry in ledger.history() if entry.run.company in here and entry.end is not None)
    newest = next(shown, None)
    if newest is None or newest.end is None:
        return None, ()
    reviewed = Reviewed(run=newest.run, rows=ledger.reviewed(newest.run.id))
    to_push = newest.end.phase is Phase.SYNC and not why_not_pushed(ledger, policy, reviewed)
    try:
        decided = returned(reviewed)
        if decided is not None:
            require_printed(ledger, decided.printed)
    except TieoutError as error:  # somebody has it open, has changed it beyond reading, or made it of another ledger
        return (newest.run, ()) if to_push else (None, (error.text,))
    if decided is None:
        return newest.run if to_push and _rows_wait(ledger, reviewed) else None, ()
    if not touched(ledger, reviewed, decided.decisions) and not decided.missing:
        return None, ()
    if to_push:
        return newest.run, ()
    return None, keep_decisions(ledger, seat.person, seat.clock, reviewed, decided.decisions)[1]


def _rows_wait(ledger: Ledger, reviewed: Reviewed) -> bool:
    postings = ledger.postings(reviewed.run.id)
    return any(row.approve and not _done(postings.get(row.key)) for row in reviewed.rows.values())


def notice(watched: Watched) -> Text:
    """Return what a watch found, in one line."""
    found = counts(tallies(watched.rows, {}))
    reopened = [row for row in watched.rows if row.status is Status.REOPENED]
    said = say(
        "watch-row-counts",
        ready=found[Disposition.READY],
        held=found[Disposition.WAITING],
        reopened=len(reopened),
    )
    if watched.review is not None and watched.review.run.notices:
        said += say("watch-run-has-notes")
    if watched.waiting is None:
        return said
    run = watched.waiting.run
    return said + say(
        "watch-review-left-unpushed",
        run=run.id,
        user=run.person.user,
        day=run.day,
        changed=watched.waiting.changed,
        new=watched.waiting.new,
    )


def needs_a_person(watched: Watched) -> bool:
    """Return whether somebody should be told now: rows are ready, reopened, or not as they were when reviewed."""
    found, waiting = counts(tallies(watched.rows, {})), watched.waiting
    reopened = any(row.status is Status.REOPENED for row in watched.rows)
    return found[Disposition.READY] > 0 or reopened or (waiting is not None and waiting.changed + waiting.new > 0)


def keep_notice(folder: Path, words: str) -> None:
    """Write the notice file for the next person who comes in; a failure to write it stops nothing."""
    try:
        (folder / NOTICE).write_text(f"{words}\n", encoding="utf-8")
    except OSError:
        return


def _look(systems: Systems, policy: Policy, seat: Seat, since: Since, run: Run) -> Watched:
    ledger = seat.ledger
    days, _ = window_and_last_run(seat, run.company, since)
    before = ledger.reviewed(run.id)
    open_items, opening = ledger.open_items(run.company), ledger.opening(run.company)
    documents = {row.document_id for row in (*before.values(), *(item.row for item in open_items.values()))}
    wanted = wanted_documents(seat, run.company, days, policy, documents)
    read = read_and_propose(systems, policy, seat, wanted)
    if changed := drifted(read, policy)[0]:
        read = read_and_propose(systems, policy, seat, replace(wanted, documents=wanted.documents | changed))
    rows = with_holds(read.proposals, ledger.holds(run.company), read.day)
    if opening is not None:
        rows = with_opening(rows, opening, accepted_still(opening, read, policy, open_items))
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
    if {row.status, now.status} <= CLOSED:
        return False
    return now.status is not row.status or first_difference(row.facts, now.facts) is not None


def _since_last(systems: Systems, seat: Seat) -> Since:
    pinned = pinned_books(seat.ledger, systems)
    today = day_of(seat.clock.now(), seat.clock.today())
    known = pinned is not None and seat.ledger.last_success(pinned, seat.person, today) is not None
    return Since(choice=Choice.LAST_RUN if known else Choice.PAST_MONTH)


def _done(posting: Posting | None) -> bool:
    return posting is not None and posting.outcome in DONE
