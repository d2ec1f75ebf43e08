"""Why a row has its status, and what to do about it: one sentence each, in the accountant's words."""

from __future__ import annotations

from typing import assert_never

from sync.core.matching import Match
from sync.core.money import ZERO
from sync.core.policy import Policy
from sync.core.position import Position
from sync.core.proposal import Status
from sync.core.records import Action, Write
from sync.core.standing import Standing, Target
from sync.core.words import Text, say

NOTHING = say("Nothing to do.")

Reason = tuple[Text, Text]


def early(status: Status, position: Position, found: Match, policy: Policy) -> Reason:
    """Reason and next step of a status that is told without Manage's payment records."""
    match status:
        case Status.CREDIT_NOTE if found.invoice and not position.credit_note:
            return say("In Manage this number is a credit memo."), say("Apply it in Manage; Tieout leaves it alone.")
        case Status.CREDIT_NOTE:
            return say("This is a credit note in Sage."), say(
                "Nothing to push; the invoices it is applied to show it in their Credit column."
            )
        case Status.VOIDED:
            return say("All of this document's rows cancel in Sage: it is voided or for zero."), NOTHING
        case Status.AMBIGUOUS:
            return _ambiguous(found)
        case Status.NOT_IN_MANAGE:
            return _not_in_manage(position, found)
        case Status.CURRENCY_DIFFERS:
            return _currency_differs(position, found, policy)
        case _:
            return _bad_data(position, found)


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
                "Sage shows {paid} settled, more than Manage's total {total} less its credits {credits}.",
                paid=goal.paid,
                total=invoice.total,
                credits=invoice.credits,
            ), say("Move the excess to another invoice or a deposit in Sage, then run the sync again.")
        case Status.REOPENED:
            return _reopened(position, stands, goal, intended)
        case Status.IN_AGREEMENT:
            return say("Manage already shows the amount and the date that Sage says."), NOTHING
        case Status.READY:
            return _ready(position, stands, goal, adopted=adopted), say("Push to Manage, or hold.")
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


def cleared(customer: str) -> Reason:
    """Reason and next step of a carried-forward row whose document Sage no longer holds."""
    return say(
        "Sage no longer holds this invoice of {customer}; it was probably paid and cleared (Clear Paid Transactions).",
        customer=customer,
    ), say("Look it up in a Sage backup or report and settle it in Manage by hand; nothing is taken as unpaid.")


def _bad_data(position: Position, found: Match) -> Reason:
    step = say("Correct the record in Sage, then run the sync again.")
    if position.flaws:
        more = len(position.flaws) - 1
        flaw = position.flaws[0]
        return (flaw + say("{more} more of its records are wrong too.", more=more) if more else flaw), step
    if found.invoice and found.invoice.flaw:
        return found.invoice.flaw, say("Correct the invoice in Manage, then run the sync again.")
    return say(
        "Sage shows more taken back than received on this invoice: {settled} settled.", settled=position.settled
    ), step


def _ambiguous(found: Match) -> Reason:
    return say(
        "{documents} document(s) in Sage and {invoices} invoice(s) in Manage bear this number, and neither the "
        "customer nor the total tells which is which.",
        documents=found.documents,
        invoices=found.invoices,
    ), say("Make the customer's name in Manage (or its account number) the same as in Sage, then run the sync again.")


def _not_in_manage(position: Position, found: Match) -> Reason:
    if not position.document.number.strip():
        return say("This document has no number in Sage."), say("Give it the number of its invoice in Manage.")
    if found.invoices:
        return say("Manage's invoice of this number belongs to another document in Sage with the same number."), say(
            "Check whether this document repeats the other one; correct its number in Sage if not."
        )
    return say("Manage has no invoice of this number."), say(
        "If it was invoiced in Manage, correct the number in Sage; otherwise there is nothing to push."
    )


def _currency_differs(position: Position, found: Match, policy: Policy) -> Reason:
    currency = policy.currencies.get(position.document.currency_id)
    if currency is None:
        return say("Sage's currency number {id} is not named in the settings.", id=position.document.currency_id), say(
            "Add it under [policy] currencies in the settings, then run the sync again."
        )
    manage = found.invoice.currency if found.invoice else None
    return say(
        "The invoice is in {sage} in Sage and in {manage} in Manage.",
        sage=currency,
        manage=manage or policy.home_currency or "an unnamed currency",
    ), say("Correct the currency of the one that is wrong.")


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
            "{online} was paid online in Manage, more than the {paid} that Sage shows settled.",
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


def _reopened(position: Position, stands: Standing, goal: Target, intended: Write | None) -> Reason:
    step = say("Check the returned cheque, void or correction in Sage; approve this row to show it in Manage.")
    before = stands.wisepay + (stands.own.amount if stands.own else ZERO)
    if position.voided:
        return say("The document is voided in Sage, and Manage still shows {before} paid.", before=before), step
    if intended is not None and intended.action is Action.DELETE:
        return say(
            "Sage shows {paid} settled, and Manage shows {before}; the push would delete the payment record.",
            paid=goal.paid,
            before=before,
        ), step
    if goal.paid < before:
        return say(
            "Sage shows {paid} settled, less than the {before} that Manage shows.", paid=goal.paid, before=before
        ), step
    return say("The invoice is not paid in full in Sage, and Manage shows it paid on a date."), step


def _ready(position: Position, stands: Standing, goal: Target, *, adopted: bool) -> Text:
    receipt = position.clearing_receipt or ""
    if goal.date_paid is None:
        text = say("Part-paid in Sage: {paid} of {total} settled.", paid=goal.paid, total=position.total)
    elif goal.paid == stands.wisepay + (stands.own.amount if stands.own else ZERO):
        text = say("The amount agrees; Sage says it was paid in full on {date}.", date=goal.date_paid)
    else:
        text = say("Paid in full in Sage on {date}: {paid} settled.", date=goal.date_paid, paid=goal.paid)
    if goal.date_paid and receipt:
        text += say("Cleared by {receipt}.", receipt=receipt)
    if position.other != ZERO:
        text += say(
            "{other} of it is of a kind in Sage that Tieout does not know (code {codes}).",
            other=position.other,
            codes=", ".join(str(kind) for kind in position.unknown_kinds),
        )
    if adopted:
        text += say("The payment record in Manage was not written by Tieout; it is taken over.")
    return text
