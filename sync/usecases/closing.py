"""Read both systems' balances once more after a push or an undo, and tell how they went from one reading to the next.

A ledger keeps every reading, so that a pack needs neither system: see `sync.core.prove.roll_forward`.
"""

from __future__ import annotations

import logging

from sync.core.decide.opening import with_opening
from sync.core.prove.review import evidence, list_was_whole, rows_no_longer_in_sage
from sync.core.prove.roll_forward import Balances, BalancesRead, Rolled, RollForward, roll_forward
from sync.core.values.errors import TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.policy import Policy
from sync.core.values.runs import Company, Run
from sync.usecases.find_rows import find_rows
from sync.usecases.ports import Ledger, Seat, Systems

_log = logging.getLogger(__name__)


def read_closing(systems: Systems, policy: Policy, seat: Seat, run: Run) -> tuple[Text, ...]:
    """Read both systems' balances again and put them on record, classed as a sync would class them now.

    Args:
        systems: both are read.
        policy: what is proposed.
        seat: the ledger, and who pushed.
        run: that was pushed or undone; its window is that of the reading, up to today where it had no end.

    Returns:
        What is to be said where they could not be read: what was written before is done all the same.
    """
    _log.info("closing of %s begins", run.id)
    try:
        found = find_rows(systems, policy, seat, run.company, run.window, turn=False)
        read, opening = found.read, seat.ledger.opening(run.company)
        rows = with_opening(found.rows, opening, found.accepted) if opening else found.rows
        gone = rows_no_longer_in_sage(found.open_items.values(), read, policy.prefixes)
        tied = evidence(read, [*rows, *gone], run.window, policy, opening, found.accepted).tie_out
        if tied is None or not read.whole:  # what Manage leaves out would look as if somebody had changed it
            return (say("closing-not-read", why=say("closing-list-not-whole")),)
        seat.ledger.keep_balances(Balances(run=run.id, at=seat.clock.now(), person=seat.person, tie_out=tied))
    except TieoutError as error:
        _log.warning("closing of %s: %s", run.id, error)
        return (say("closing-not-read", why=error.text),)
    except KeyboardInterrupt:
        return (say("closing-not-read", why=say("push-cut-short")),)
    return ()


def rolled(ledger: Ledger, run: Run) -> Rolled:
    """Return how the balances went up to a run's sync, and from there to the first reading after its last write.

    A sync to which Manage did not show all its invoices is passed over: what it leaves out would look changed.
    """
    readings = ledger.readings(run.company)
    begun = next((place for place, each in enumerate(readings) if each.run == run.id), None)
    if begun is None:
        return Rolled()
    first, last, whole = readings[begun], ledger.last_sent(run.id), list_was_whole(run)
    previous = next((each for each in reversed(readings[:begun]) if is_whole(ledger, each)), None)
    after = (each for each in readings if last is not None and each.place > last)
    later = next((each for each in after if is_whole(ledger, each)), None)
    return Rolled(
        before=between(ledger, run.company, previous, first) if previous and whole else None,
        within=between(ledger, run.company, first, later) if later and whole else None,
        closing=None if later is None else ledger.balances(later),
    )


def is_whole(ledger: Ledger, reading: BalancesRead) -> bool:
    """Return whether a reading is of all invoices; no closing is kept of fewer."""
    run = ledger.run(reading.run)
    return reading.closing or (run is not None and list_was_whole(run))


def between(ledger: Ledger, company: Company, first: BalancesRead, last: BalancesRead) -> RollForward | None:
    """Return how the balances of books and site went from one reading to another; None where one read none."""
    opening, closing = ledger.balances(first), ledger.balances(last)
    if opening is None or closing is None:
        return None
    sent = ledger.sent(company, first.place, last.place)
    doubted = (ledger.in_doubt(company, before=each.place) for each in (first, last))
    return roll_forward(opening.tie_out, closing.tie_out, sent, *doubted)
