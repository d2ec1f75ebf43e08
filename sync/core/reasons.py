"""Why a row has a status that needs no payment records, and what to do about it, in the accountant's words."""

from __future__ import annotations

from sync.core.matching import Match
from sync.core.policy import PaidAmount, Policy
from sync.core.position import Position
from sync.core.proposal import Status
from sync.core.words import Text, say

NOTHING = say("Nothing to do.")
CORRECT_IN_MANAGE = say("Correct the payment record in Manage, then run the sync again.")

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
            return _bad_data(position, found, policy)


def cleared(customer: str, *, settled: bool) -> Reason:
    """Reason and next step of a carried-forward row whose document Sage no longer holds.

    Args:
        customer: whose it was.
        settled: Manage shows nothing owed on it either.
    """
    if settled:
        return say(
            "Sage no longer holds this invoice of {customer}, and Manage shows nothing owed on it: settled by hand.",
            customer=customer,
        ), NOTHING
    return say(
        "Sage no longer holds this invoice of {customer}; it was probably paid and cleared (Clear Paid Transactions).",
        customer=customer,
    ), say("Look it up in a Sage backup or report and settle it in Manage by hand; nothing is taken as unpaid.")


def _bad_data(position: Position, found: Match, policy: Policy) -> Reason:
    step = say("Correct the record in Sage, then run the sync again.")
    if position.flaws:
        more = len(position.flaws) - 1
        flaw = position.flaws[0]
        return (flaw + say("{more} more of its records are wrong too.", more=more) if more else flaw), step
    if found.invoice and found.invoice.flaw:
        return found.invoice.flaw, say("Correct the invoice in Manage, then run the sync again.")
    if found.invoice and position.credit_note:
        return say(
            "In Sage this document is for {total}, and Manage shows {paid} paid on an invoice of this number.",
            total=position.total,
            paid=found.invoice.payments,
        ), say("Check the adjustment in Sage and the payments in Manage, then correct the one that is wrong.")
    return say(
        "Sage shows more taken back than received on this invoice: {received}.",
        received=position.cash if policy.paid_amount is PaidAmount.CASH else position.settled,
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
    if found.invoice is None:  # only a matched document can differ in currency
        raise AssertionError
    return say(
        "The invoice is in {sage} in Sage and in {manage} in Manage, where {paid} of {total} are paid.",
        sage=currency,
        manage=found.invoice.currency or policy.home_currency or say("an unnamed currency"),
        paid=found.invoice.payments,
        total=found.invoice.total,
    ), say("Correct the currency of the one that is wrong.")
