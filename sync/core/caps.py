"""What is said before a push or an undo: whether it can be undone, what has to be confirmed, what takes two people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from sync.core import labels
from sync.core.money import ZERO, total
from sync.core.posting import Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.records import Action
from sync.core.words import Text, say

UNDO_STAYS = say("An undo cannot be undone; to write these payments again, run the sync and push anew.")


def can_be_undone(run: str) -> Text:
    """Of a push: of which run, with the options that its command needs."""
    return say(
        "A push can be undone with tieout undo {run} while Manage still holds what it wrote; a deleted record comes "
        "back as a new one.",
        run=run,
    )


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
    """Σ of what rows would change in Manage, without signs, by currency."""
    return {
        currency: total(abs(row.change) for row in rows if row.unit == currency)
        for currency in sorted({row.unit for row in rows})
    }


def cautions(rows: Sequence[Proposal], stale: int, caps: Caps) -> list[Text]:
    """What has to be confirmed before these rows are written; empty when nothing is out of the ordinary.

    Args:
        rows: the rows that would be written.
        stale: how many approved rows have changed since the review and are not among them.
        caps: from the settings.
    """
    if not rows:
        return []
    found = []
    if stale > len(rows):
        found.append(
            say(
                "{stale} of {count} approved rows have changed since the review and would not be written.",
                stale=stale,
                count=stale + len(rows),
            )
        )
    if len(rows) > caps.rows:
        found.append(say("{count} rows would be written, more than the {cap} allowed.", count=len(rows), cap=caps.rows))
    for currency, moved in moved_by_currency(rows).items():
        if moved > caps.amount:
            found.append(
                say(
                    "{moved} {currency} would change, more than the {cap} allowed.",
                    moved=moved,
                    currency=labels.currency(currency),
                    cap=caps.amount,
                )
            )
    deletions = sum(1 for row in rows if row.write is not None and row.write.action is Action.DELETE)
    if deletions:
        found.append(say("{count} payment record(s) would be deleted in Manage.", count=deletions))
    lowered = sum(1 for row in rows if row.lowers) - deletions
    if lowered > 0:
        found.append(say("{count} row(s) would lower Paid Amount or take Date Paid away.", count=lowered))
    return found


def alone(
    rows: Sequence[Proposal], before: Iterable[Posting], prepared_by: str, pushed_by: str, caps: Caps
) -> Text | None:
    """Why the one who prepared a run may not push it; None where that is allowed, or somebody else pushes.

    Args:
        rows: the rows that would be written.
        before: how rows of the run ended in earlier pushes: what they changed counts too.
        prepared_by: user who ran the sync.
        pushed_by: user who pushes.
        caps: from the settings.
    """
    if caps.second_person is None or prepared_by.casefold() != pushed_by.casefold():
        return None
    earlier = [posting for posting in before if posting.outcome is Outcome.POSTED]
    for currency, now in moved_by_currency(rows).items():
        same = [posting for posting in earlier if (posting.currency or currency) == currency]
        moved = now + total(abs((p.paid_after or ZERO) - (p.paid_before or ZERO)) for p in same)
        if moved > caps.second_person or caps.second_person == ZERO:
            return say(
                "{user} prepared this run, and {moved} {currency} would change, more than the {most} that one person "
                "may push alone. Have somebody else review and push it.",
                user=pushed_by,
                moved=moved,
                currency=labels.currency(currency),
                most=caps.second_person,
            )
    return None
