"""Why a matched row whose payment records are known has its status, and what to do about it."""

from __future__ import annotations

from typing import assert_never

from sync.core.matching import Match
from sync.core.money import ZERO
from sync.core.position import Position
from sync.core.proposal import Status
from sync.core.reasons import NOTHING, Reason
from sync.core.records import Action, Write
from sync.core.standing import Standing, Target
from sync.core.words import Text, say


def judged(
    status: Status,
    position: Position,
    found: Match,
    stands: Standing,
    goal: Target,
    intended: Write | None,
    *,
    adopted: bool,
) -> Reason:
    """Reason and next step of a matched row whose standing in Manage is known.

    Args:
        status: what was found.
        position: what Sage says.
        found: the match, with its invoice.
        stands: what Manage's payment records say.
        goal: what Manage should say.
        intended: what would be written.
        adopted: the payment record in Manage was not written by this ledger.
    """
    invoice = found.invoice
    if invoice is None:  # a judged row is a matched row
        raise AssertionError
    match status:
        case Status.CHANGED_IN_MANAGE:
            return _changed(stands, goal, intended)
        case Status.CUSTOMER_DIFFERS:
            return say(
                "Sage's customer is {sage} and Manage's is {manage}, and the totals differ too: {sage_total} against "
                "{manage_total}.",
                sage=position.document.customer,
                manage=invoice.company,
                sage_total=position.total,
                manage_total=invoice.total,
            ), say("Check that this is the same invoice; approve it only if it is.")
        case Status.TOTAL_DIFFERS:
            return say(
                "Sage's total {sage} and Manage's total {manage} differ by {difference}.",
                sage=position.total,
                manage=invoice.total,
                difference=position.total - invoice.total,
            ), say("Correct the one that is wrong, then run the sync again.")
        case Status.OVERPAID:
            return say(
                "Paid Amount would be {paid}, more than Manage's total {total} less its credits {credits}.",
                paid=goal.paid,
                total=invoice.total,
                credits=invoice.credits,
            ), say("Move the excess to another invoice or a deposit in Sage, then run the sync again.")
        case Status.REOPENED:
            return _reopened(position, found, stands, goal, intended)
        case Status.IN_AGREEMENT:
            return _in_agreement(stands, goal), NOTHING
        case Status.READY:
            return _ready(position, found, stands, goal, adopted=adopted), say("Push to Manage, or hold.")
        case (
            Status.BAD_DATA
            | Status.CREDIT_NOTE
            | Status.VOIDED
            | Status.AMBIGUOUS
            | Status.NOT_IN_MANAGE
            | Status.CURRENCY_DIFFERS
        ):
            raise AssertionError(status)
        case _:
            assert_never(status)


def _changed(stands: Standing, goal: Target, intended: Write | None) -> Reason:
    if stands.owns > 1:
        return say(
            "{count} payment records stand on this invoice in Manage and any of them could be meant.",
            count=stands.owns,
        ), say("Keep one payment record in Manage and delete the others, then run the sync again.")
    if not stands.adds_up:
        return say("Manage's payment records do not add up to the Paid Amount it shows."), say(
            "Open the invoice in Manage and check its payments, then run the sync again."
        )
    if intended is None:
        return say(
            "{online} was paid online in Manage, more than the {paid} that Paid Amount should show.",
            online=stands.wisepay,
            paid=goal.paid,
        ), say("Enter the online payment in Sage, then run the sync again.")
    if stands.own is None:
        return say("The payment that Tieout wrote is no longer in Manage; somebody has deleted it."), say(
            "Find out why; approve this row to write it again."
        )
    return say(
        "The payment in Manage is no longer what Tieout last wrote; it now says {amount}.", amount=stands.own.amount
    ), say("Find out who changed it; approve this row to set it to what Sage says.")


def _reopened(position: Position, found: Match, stands: Standing, goal: Target, intended: Write | None) -> Reason:
    step = say("Check the returned cheque, void or correction in Sage; approve this row to show it in Manage.")
    before = stands.wisepay + (stands.own.amount if stands.own else ZERO)
    if position.voided:
        text = say("The document is voided in Sage, and Manage still shows {before} paid.", before=before)
        return text + _customers(position, found) if not found.same_customer else text, step
    if intended is not None and intended.action is Action.DELETE:
        return say(
            "Paid Amount should be {paid}, and Manage shows {before}; the push would delete the payment record.",
            paid=goal.paid,
            before=before,
        ), step
    if goal.paid < before:
        return say(
            "Paid Amount should be {paid}, less than the {before} that Manage shows.", paid=goal.paid, before=before
        ), step
    return say("The invoice is not paid in full in Sage, and Manage shows it paid on a date."), step


def _in_agreement(stands: Standing, goal: Target) -> Text:
    if goal.date_paid is not None and stands.date_paid is None:
        return say("Manage already shows the amount that Sage says; online payments or credits cleared the invoice.")
    return say("Manage already shows the amount and the date that Sage says.")


def _ready(position: Position, found: Match, stands: Standing, goal: Target, *, adopted: bool) -> Text:
    receipt = position.clearing_receipt or ""
    if goal.date_paid is None:
        text = say("Part-paid in Sage: {settled} of {total} settled.", settled=position.settled, total=position.total)
    elif goal.paid == stands.wisepay + (stands.own.amount if stands.own else ZERO):
        text = say("The amount agrees; Sage says it was paid in full on {date}.", date=goal.date_paid)
    else:
        text = say("Paid in full in Sage on {date}: {settled} settled.", date=goal.date_paid, settled=position.settled)
    if goal.paid != position.settled:
        text += say(
            "Paid Amount is to show {paid} of it; the rest is not cash, or is among Manage's credits.", paid=goal.paid
        )
    if goal.date_paid and receipt:
        text += say("Cleared by {receipt}.", receipt=receipt)
    if position.other != ZERO:
        text += say(
            "{other} of it is of a kind in Sage that Tieout does not know (code {codes}).",
            other=position.other,
            codes=", ".join(str(kind) for kind in position.unknown_kinds),
        )
    if not found.same_customer:
        text += _customers(position, found)
    if adopted:
        text += say("The payment record in Manage was not written by Tieout; it is taken over.")
    return text


def _customers(position: Position, found: Match) -> Text:
    return say(
        "The customer is {sage} in Sage and {manage} in Manage.",
        sage=position.document.customer,
        manage=found.invoice.company if found.invoice else "",
    )
