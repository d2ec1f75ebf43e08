"""The use case Sync: read both systems, propose, record what is proposed and show it. Nothing is written to Manage."""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from msgspec.structs import replace

from sync.core.decide.holds import Carried, Former, carried
from sync.core.decide.opening import (
    Opening,
    day_to_open,
    to_accept,
    with_opening,
)
from sync.core.decide.push_rules import second_person_rule
from sync.core.prove.review import (
    BothSystems,
    Review,
    covered_before,
    evidence,
    notices,
    rows_no_longer_in_sage,
)
from sync.core.values.messages import Text, say
from sync.core.values.periods import EARLIEST, Choice, Since, Window, day_of
from sync.core.values.policy import Policy, RunSettings
from sync.core.values.runs import Phase, Run, RunEnd
from sync.usecases.find_rows import Found, compared_in, find_rows
from sync.usecases.guards import (
    forgotten,
    forgotten_by,
    ledger_in_doubt,
    new_address,
    pinned_books,
    require_clock,
)
from sync.usecases.ports import Rules, Seat, Systems
from sync.usecases.read_and_propose import future_watermark, window_and_last_run
from sync.usecases.write_protocol import settle

_log = logging.getLogger(__name__)
Show = Callable[[Review], object]
"""Puts a review before a person: a file, or a sheet of an open workbook."""


def show_nobody(_: Review) -> None:
    """Show a review to nobody but the caller."""


def sync(
    systems: Systems,
    rules: Rules,
    seat: Seat,
    since: Since,
    until: date | None = None,
    show: Show = show_nobody,
    noticed: Sequence[Text] = (),
) -> Review:
    """Read both systems, propose, record what is proposed and show it. Nothing is written to Manage.

    A review that could not be shown replaces no earlier one, and its run is not successful. One in which no row is
    approved is done: what is held comes back in every later run.

    Args:
        systems: both are read.
        rules: the settings that decide.
        seat: the ledger, the clock, and who syncs.
        since: the Start Date.
        until: optional End Date.
        show: puts the review before a person.
        noticed: what is to be said with it, of the decisions that were kept before.

    Returns:
        The review: every invoice touched in the window, and every one that earlier runs left open.

    Raises:
        SetupError: the dates, a login or the settings need correcting; no last run on record.
        Unavailable: one of the systems did not answer.
        Refused: a guard said no.
    """
    ledger, policy = seat.ledger, rules.policy
    _log.info("sync of %s begins: %s until %s", systems.site, since.choice, until or "today")
    pinned = pinned_books(ledger, systems)
    days, last = window_and_last_run(seat, pinned, since, until)
    opening = ledger.opening(pinned) if pinned else None
    today = day_of(seat.clock.now(), seat.clock.today())
    asked = None if rules.go_live is None else day_to_open(rules.go_live, opening, today)
    if pinned:
        settle(systems.manage, ledger, seat.clock, rules.quiet, pinned)
    found = find_rows(systems, policy, seat, pinned, days, asked=asked)
    read, open_items = found.read, found.open_items
    run = _run_of(systems, rules, seat, read, days, last)
    made = None if asked is None or found.why_not else _opened(asked, run, policy, found)
    accepted = made.keys if made else found.accepted
    statement = opening or made
    rows = [
        *(with_opening(found.rows, statement, accepted) if statement else found.rows),
        *rows_no_longer_in_sage(open_items.values(), read, policy.prefixes),
    ]
    proven = evidence(read, rows, days, policy, statement, accepted)
    lost = proven.proof(rows, {}).differences
    said = (
        *seat.said,
        *noticed,
        *((say("sync-first-run-compared", count=found.missed),) if found.first else ()),
        *found.why_not,
        *((say("opening-made", count=len(made.rows), day=made.go_live),) if made else ()),
        *require_clock(systems.manage),
        *systems.manage.remarks,
        *new_address(ledger, systems, read.company),
        *found.said,
        *future_watermark(seat, pinned, last),
        *ledger_in_doubt(ledger),
        *forgotten(ledger),
        *second_person_rule(rules.caps),
    )
    told = notices(read, days, run.covered_to, (*said, *lost))
    run = replace(run, notices=told, requests=systems.manage.requests)
    ledger.begin(run, rows, proven, made)
    review = Review(
        run=run,
        rows=rows,
        ledger_head=ledger.head(),
        evidence=proven,
        open_items=open_items,
        opening=statement.keys if statement else frozenset(),
        link=rules.link,
    )
    _log.info("sync %s ends: rows %s", run.id, dict(Counter(row.status for row in rows)))
    show(review)
    _finish(seat, run, Phase.SYNC, successful=not lost and not any(row.approve for row in rows))
    return review


def _run_of(
    systems: Systems,
    rules: Rules,
    seat: Seat,
    read: BothSystems,
    days: Window,
    last: Run | None,
) -> Run:
    """Return the run that begins now, over what was read; nothing is said of it yet."""
    now = seat.clock.now()
    return Run(
        id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        started=now,
        day=read.day,
        company=read.company,
        person=seat.person,
        window=days,
        strategy=read.reading.strategy,
        policy=rules.policy.fingerprint(),
        highest_row=read.reading.highest_row,
        requests=systems.manage.requests,
        notices=(),
        version=seat.version,
        covered_to=covered_before(last, days),
        second_person=rules.caps.second_person,
        says=systems.manage.says,
        settings=_kept(rules),
    )


def _kept(rules: Rules) -> RunSettings:
    """Return what is kept of the settings, so that another can work out every figure again."""
    policy, caps = rules.policy, rules.caps
    return RunSettings(
        paid_amount=policy.paid_amount,
        tolerance=policy.tolerance,
        partial_date=policy.partial_date,
        currencies=tuple(sorted(policy.currencies.items())),
        prefixes=policy.prefixes,
        go_live=rules.go_live,
        quiet=int(rules.quiet.total_seconds()),
        most_rows=caps.rows,
        most_amount=caps.amount,
    )


def rebuild(systems: Systems, rules: Rules, seat: Seat, former: Former) -> tuple[Review, Carried]:
    """Begin a ledger in place of a lost one: all that both systems hold becomes its first run. Raises as `sync`.

    What a person decided is taken over as far as the lost one (`former`) can be read. Its end is successful where that
    is all there was: see `forgotten`.
    """
    said = forgotten_by(former, seat.clock.now())
    if rules.go_live is not None:
        said += (say("opening-ledger-unsure"),)
    unasked = replace(rules, go_live=None)
    review = sync(systems, unasked, seat, Since(choice=Choice.CUSTOM, custom=EARLIEST), noticed=said)
    taken = carried(former, review.run, review.rows)
    seat.ledger.decide(review.run.id, taken.notes, taken.holds)
    for match in taken.matches:
        seat.ledger.accept(review.run.id, match)
    _finish(seat, review.run, Phase.REBUILD, successful=former.whole)
    return review, taken


def _opened(go_live: date, run: Run, policy: Policy, found: Found) -> Opening:
    """Return the opening statement that a run makes."""
    keys = to_accept(found.rows, found.unlike, found.read.known)
    rows = compared_in(found.read, policy, go_live, keys)
    return Opening(run=run.id, person=run.person, at=run.started, go_live=go_live, rows=tuple(rows.values()))


def _finish(seat: Seat, run: Run, phase: Phase, *, successful: bool) -> None:
    seat.ledger.finish(RunEnd(run=run.id, phase=phase, at=seat.clock.now(), person=seat.person, successful=successful))
