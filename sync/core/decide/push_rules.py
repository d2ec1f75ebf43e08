"""What decides a push or an undo: which rows may be sent, what has to be confirmed, what takes two people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.facts import explain_change, first_difference
from sync.core.values import labels
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.posting import Decision, Intent, Outcome, Posting, unsent
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Action

UNDO_STAYS = say("undo-is-final")


def can_be_undone(run: str) -> Text:
    """Return the sentence that says how to undo a push of this run."""
    return say("push-can-be-undone", run=run)


class Caps(Struct, frozen=True, kw_only=True):
    """Above these a push asks for a typed confirmation.

    Attributes:
        rows: number of writes.
        amount: Σ of the changes without their signs, in any one currency.
        second_person: above this amount, in any one currency, whoever prepared a run may not push it; None for never.
    """

    rows: int
    amount: Decimal
    second_person: Decimal | None = None


def moved_by_currency(rows: Sequence[Proposal]) -> dict[str, Decimal]:
    """Return Σ of what rows would change in Manage, without signs, by currency."""
    return {
        currency: total(abs(row.change) for row in rows if row.unit == currency)
        for currency in sorted({row.unit for row in rows})
    }


def summary(rows: Sequence[Proposal]) -> list[Text]:
    """Return what is said before the first write: how many rows, how much, the largest, and what is taken away."""
    changes = {
        unit: total(row.change for row in rows if row.unit == unit) for unit in sorted({row.unit for row in rows})
    }
    amounts = [
        say("amount-in-currency", amount=amount, currency=labels.currency(unit)) for unit, amount in changes.items()
    ]
    largest = max(rows, key=lambda row: abs(row.change))
    found = [
        say("push-will-write", count=len(rows), amounts=labels.with_commas(amounts)),
        say("push-largest", invoice=largest.invoice, amount=largest.change, currency=labels.currency(largest.unit)),
    ]
    return found + _taken_away(rows)


def _taken_away(rows: Sequence[Proposal]) -> list[Text]:
    """Return what is said of records that would be deleted and of amounts and dates that would be lowered."""
    deletions = sum(1 for row in rows if row.write is not None and row.write.action is Action.DELETE)
    lowered = sum(1 for row in rows if row.lowers) - deletions
    found = [say("push-deletes-records", count=deletions)] if deletions else []
    return found + ([say("push-lowers-amounts", count=lowered)] if lowered > 0 else [])


def cautions(rows: Sequence[Proposal], stale: int, caps: Caps) -> list[Text]:
    """Return what has to be confirmed before these rows are written; empty when nothing is out of the ordinary.

    Args:
        rows: the rows that would be written.
        stale: how many approved rows have changed since the review and are not among them.
        caps: from the settings.
    """
    if not rows:
        return []
    found = []
    if stale > len(rows):
        found.append(say("push-rows-stale", stale=stale, count=stale + len(rows)))
    if len(rows) > caps.rows:
        found.append(say("push-over-row-cap", count=len(rows), cap=caps.rows))
    for currency, moved in moved_by_currency(rows).items():
        if moved > caps.amount:
            found.append(say("push-over-amount-cap", moved=moved, currency=labels.currency(currency), cap=caps.amount))
    return found + _taken_away(rows)


def limit_for_one(run: Decimal | None, settings: Decimal | None) -> Decimal | None:
    """Return what one person may push alone: the lower of the limit a run was made under and that of the settings."""
    return min((limit for limit in (run, settings) if limit is not None), default=None)


SECOND_PERSON_STAYS = say("push-second-person-stays")
"""What the rule cannot see; said wherever it is applied."""


def second_person_rule(caps: Caps) -> tuple[Text, ...]:
    """Return what a run says of the rule for two people, and of what it cannot see; nothing where there is no rule."""
    most = caps.second_person
    return () if most is None else (say("push-second-person-rule", most=most) + SECOND_PERSON_STAYS,)


def why_second_person(
    rows: Sequence[Proposal],
    before: Iterable[Posting],
    prepared_by: str,
    pushed_by: str,
    most: Decimal | None,
    unanswered: Sequence[Intent] = (),
) -> Text | None:
    """Return why the one who prepared a run may not push it; None where that is allowed, or somebody else pushes.

    Args:
        rows: the rows that would be written.
        before: how rows of the run ended in earlier pushes: what they changed counts too.
        prepared_by: user who ran the sync, as the operating system named him.
        pushed_by: user who pushes, same.
        most: the limit, from `limit_for_one`.
        unanswered: writes of the run that may have arrived or may still do: no answer is not none of the money.
    """
    if most is None or prepared_by.casefold() != pushed_by.casefold():
        return None
    earlier = [posting for posting in before if posting.outcome in {Outcome.POSTED, Outcome.DIFFERS}]
    for currency, now in moved_by_currency(rows).items():
        same = [posting for posting in earlier if (posting.currency or currency) == currency]
        moved = now + total(abs(p.added) for p in same)
        moved += total(abs(i.paid_proposed - i.paid_before) for i in unanswered if (i.currency or currency) == currency)
        if moved > most or most == ZERO:
            return (
                say(
                    "push-needs-second-person",
                    user=pushed_by,
                    moved=moved,
                    currency=labels.currency(currency),
                    most=most,
                )
                + SECOND_PERSON_STAYS
            )
    return None


def split_decisions(
    run: str,
    rows: Mapping[str, Proposal],
    decisions: Iterable[Decision],
    before: Mapping[str, Posting],
    doubtful: Mapping[int, Intent],
) -> tuple[dict[str, Posting], dict[str, Proposal]]:
    """Divide the rows marked Yes into those that end without a request to Manage, and those to be sent.

    Args:
        run: its id.
        rows: its reviewed rows, by key.
        decisions: from the workbook.
        before: how rows of this run ended in earlier pushes.
        doubtful: writes without an answer, by Manage invoice id; an undo of an earlier push may be one of them.

    Returns:
        Postings by key (refused as they stand in the workbook; already pushed from this review), and the rest.
    """
    settled: dict[str, Posting] = {}
    todo: dict[str, Proposal] = {}
    for decision in decisions:
        if not decision.approve:
            continue
        row = rows.get(decision.key)
        earlier = before.get(decision.key)
        if row is None or decision.objection is not None or not row.approvable:
            why = decision.objection or say("push-row-not-approvable")
            invoice = row.invoice if row else decision.invoice
            settled[decision.key] = unsent(run, decision.key, invoice, Outcome.REFUSED, why)
        elif earlier is not None and earlier.undo:
            why = say("push-run-was-undone")
            settled[decision.key] = unsent(run, decision.key, row.invoice, Outcome.REFUSED, why)
        elif earlier is not None and earlier.verified and row.invoice_id not in doubtful:
            message = say("push-already-pushed")
            settled[decision.key] = replace(earlier, outcome=Outcome.ALREADY, message=message)
        else:
            todo[decision.key] = row
    return settled, {key: row for key, row in todo.items() if key not in settled}


def ending_without_request(
    run: str, row: Proposal, current: Proposal | None, doubtful: Mapping[int, Intent]
) -> Posting | None:
    """Compare a reviewed row with what both systems say now; None when it may be sent as reviewed."""
    if row.invoice_id in doubtful:
        why = say("push-earlier-write-may-arrive")
        return unsent(run, row.key, row.invoice, Outcome.UNKNOWN, why)
    if current is not None and current.status is Status.IN_AGREEMENT and _as_approved(row, current):
        done = unsent(
            run, row.key, row.invoice, Outcome.ALREADY, say("push-already-in-agreement"), currency=row.currency
        )
        return replace(
            done,
            invoice_id=current.invoice_id,
            paid_before=current.paid_before,
            paid_after=current.paid_before,
            date_paid_after=current.date_paid_before,
            verified=True,
        )
    change = what_changed(row, current)
    if change is None:
        return None
    stale = unsent(run, row.key, row.invoice, Outcome.STALE, change)
    return replace(stale, invoice_id=current.invoice_id if current else None)


def what_changed(row: Proposal, current: Proposal | None) -> Text | None:
    """Return why a row is no longer as it was reviewed; None while every reviewed fact still holds.

    It is judged again by what our ledger has learned since, so that its status may change though no fact has.
    """
    if current is None:
        return say("push-sage-cleared-since-review")
    difference = None if current.fingerprint == row.fingerprint else first_difference(row.facts, current.facts)
    if difference is not None:
        return explain_change(difference)
    if not row.facts:
        return say("push-reviewed-by-other-version")
    if current.approvable and current.status is row.status:
        return None
    return say(
        "push-status-changed-since-review", before=labels.STATUSES[row.status], now=labels.STATUSES[current.status]
    )


def _as_approved(row: Proposal, current: Proposal) -> bool:
    """What both systems now agree on is what was approved, and not something else."""
    return (current.paid_proposed, current.date_paid_proposed) == (row.paid_proposed, row.date_paid_proposed)


REQUESTS_A_ROW = 3
"""Its payment records, its write, and the reading back."""
WORTH_SAYING = 15.0
"""Seconds: a shorter wait is not mentioned."""
_MOST_SECONDS, _STEP, _MINUTE = 90, 10, 60


def duration(rows: int, seconds_each: float) -> Text:
    """Return how long writing takes, in a sentence of the summary. Arguments: see `expected_seconds`."""
    return duration_sentence(rows, seconds_each) or say("push-takes-moments")


def expected_seconds(rows: int, seconds_each: float) -> float:
    """Return the seconds that it takes to write rows one by one.

    Args:
        rows: how many.
        seconds_each: from one request to the next.
    """
    return rows * REQUESTS_A_ROW * seconds_each


def duration_sentence(rows: int, seconds_each: float) -> Text | None:
    """Return the sentence on how long writing takes, rounded up; None when short. Arguments: see `expected_seconds`."""
    seconds = expected_seconds(rows, seconds_each)
    if seconds <= WORTH_SAYING:
        return None
    if seconds <= _MOST_SECONDS:
        return say("push-takes-seconds", rows=rows, seconds=_STEP * ceil(seconds / _STEP))
    return say("push-takes-minutes", rows=rows, minutes=ceil(seconds / _MINUTE))
