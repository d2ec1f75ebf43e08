"""Why a row has its status and what to do about it, in the accountant's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from sync.core.decide.manage_position import Standing, Target
from sync.core.decide.matching import Match, trimmed
from sync.core.decide.position import Position
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.money import EMPTY, ZERO
from sync.core.values.policy import PaidAmount, Policy
from sync.core.values.proposal import Application, ApplicationPart, Status
from sync.core.values.records import Action, Write

NOTHING = say("row-nothing-to-do")
CORRECT_IN_MANAGE = say("row-correct-payment-in-manage")
Reason = tuple[Text, Text]


def reason_without_records(
    status: Status, position: Position, matched: Match, policy: Policy, *, whole: bool = True
) -> Reason:
    """Return the reason and next step of a status that can be decided without Manage's payment records.

    Args:
        status: what was found.
        position: what Sage says.
        matched: the match.
        policy: the settings.
        whole: Manage's list of invoices is; else there may be more than this API member may see.
    """
    match status:
        case Status.CREDIT_NOTE if matched.invoice and not position.credit_note:
            return say("row-credit-memo-in-manage"), say("row-apply-memo-in-manage")
        case Status.CREDIT_NOTE:
            return say("row-credit-note-in-sage"), say("row-credit-note-nothing-to-push")
        case Status.VOIDED:
            return say("row-voided-or-zero"), NOTHING
        case Status.DEPOSIT:
            return say("row-deposit", amount=ZERO - position.balance), NOTHING
        case Status.AMBIGUOUS:
            return _ambiguous(matched)
        case Status.NOT_IN_MANAGE:
            return _not_in_manage(position, matched, whole=whole)
        case Status.CURRENCY_DIFFERS:
            return _currency_differs(position, matched, policy)
        case Status.POST_DATED:
            return sum(position.post_dated, BLANK), say("row-released-on-its-day")
        case _:
            return _bad_data(position, matched, policy)


def remarks(position: Position) -> Text:
    """Return what is said of a position's amounts beside the reason: a choice of credit, and rounding."""
    said = BLANK
    for each in position.shared:
        said += say("row-only-credit-sum-known", receipt=each.number, date=each.dated, credit=each.amount)
    if position.rounding != ZERO and not position.unreadable:
        said += say("row-rounding", amount=position.rounding)
    return said


def no_longer_in_sage(customer: str, *, settled: bool) -> Reason:
    """Return the reason and next step of a carried-forward row whose document Sage no longer holds.

    Args:
        customer: whose it was.
        settled: Manage shows nothing owed on it either.
    """
    if settled:
        return say("row-cleared-and-settled-by-hand", customer=customer), NOTHING
    return say("row-cleared-in-sage", customer=customer), say("row-settle-cleared-by-hand")


def _bad_data(position: Position, matched: Match, policy: Policy) -> Reason:
    step = say("row-correct-in-sage")
    if position.flaws:
        more = len(position.flaws) - 1
        flaw = position.flaws[0]
        return (flaw + say("row-more-flawed-records", more=more) if more else flaw), step
    if matched.invoice and matched.invoice.flaw:
        return matched.invoice.flaw, say("row-correct-invoice-in-manage")
    if matched.invoice and position.credit_note:
        return say("row-credit-paid-in-manage", total=position.total, paid=matched.invoice.payments), say(
            "row-check-adjustment-and-payments"
        )
    return say(
        "row-more-taken-back-than-received",
        received=position.cash if policy.paid_amount is PaidAmount.CASH else position.settled,
    ), step


def _ambiguous(matched: Match) -> Reason:
    return say("row-number-ambiguous", documents=matched.documents, invoices=matched.invoices), say(
        "row-align-customer-names"
    )


def _not_in_manage(position: Position, matched: Match, *, whole: bool) -> Reason:
    if not trimmed(position.document.number):
        return say("row-document-without-number"), say("row-give-manage-number")
    if matched.invoices:
        return say("row-invoice-belongs-to-other-document"), say("row-check-for-repeated-document")
    if not whole:
        return say("row-not-among-invoices-shown"), say("row-have-member-see-invoices")
    return say("row-not-in-manage"), say("row-correct-number-if-invoiced")


def _currency_differs(position: Position, matched: Match, policy: Policy) -> Reason:
    currency = policy.currencies.get(position.document.currency_id)
    if currency is None:
        return say("row-currency-unnamed", id=position.document.currency_id), say("row-name-currency-in-settings")
    if matched.invoice is None:
        raise AssertionError("only a matched document can differ in currency")
    return say(
        "row-currency-differs",
        sage=currency,
        manage=matched.invoice.currency or policy.home_currency or say("unnamed-currency"),
        paid=matched.invoice.payments,
        total=matched.invoice.total,
    ), say("row-correct-the-currency")


def reason_with_records(
    status: Status,
    position: Position,
    matched: Match,
    standing: Standing,
    target: Target,
    intended: Write | None,
    *,
    adopted: bool,
) -> Reason:
    """Return the reason and next step of a matched row whose standing in Manage is known.

    Args:
        status: what was found.
        position: what Sage says.
        matched: the match, with its invoice.
        standing: what Manage's payment records say.
        target: what Manage should say.
        intended: what would be written.
        adopted: the payment record in Manage was not written by this ledger.
    """
    invoice = matched.invoice
    if invoice is None:
        raise AssertionError("a judged row is a matched row")
    match status:
        case Status.CHANGED_IN_MANAGE:
            return _changed(standing, target, intended)
        case Status.CUSTOMER_DIFFERS:
            return _customers(position, matched), say("row-check-same-invoice")
        case Status.TOTAL_DIFFERS:
            return say(
                "row-totals-differ",
                sage=position.total,
                manage=invoice.total,
                difference=abs(position.total - invoice.total),
            ), say("row-correct-the-wrong-one")
        case Status.OVERPAID:
            return say("row-would-be-overpaid", paid=target.paid, total=invoice.total, credits=invoice.credits), say(
                "row-move-excess-in-sage"
            )
        case Status.REOPENED:
            return _reopened(position, matched, standing, target, intended)
        case Status.IN_AGREEMENT:
            return _in_agreement(standing, target), NOTHING
        case Status.READY | Status.UNKNOWN_KIND:
            step = say("row-push-or-hold") if status is Status.READY else say("row-find-out-unknown-kind")
            return _ready(position, matched, standing, target, adopted=adopted), step
        case (
            Status.BAD_DATA
            | Status.CREDIT_NOTE
            | Status.VOIDED
            | Status.DEPOSIT
            | Status.POST_DATED
            | Status.AMBIGUOUS
            | Status.NOT_IN_MANAGE
            | Status.CURRENCY_DIFFERS
        ):
            raise AssertionError(status)
        case _:
            assert_never(status)


def _changed(standing: Standing, target: Target, intended: Write | None) -> Reason:
    if standing.own_count > 1:
        return say("row-several-payment-records", count=standing.own_count), say("row-keep-one-record")
    if not standing.adds_up:
        return say("row-records-do-not-add-up"), say("row-check-payments-in-manage")
    if intended is None:
        too_much = say("row-paid-online-too-much", online=standing.paid_online, paid=target.paid)
        return too_much, say("row-enter-online-payment")
    if standing.own_record is None:
        return say("row-payment-deleted-in-manage"), say("row-find-why-deleted")
    text = say("row-payment-changed-in-manage", amount=standing.own_record.amount)
    if standing.own_record.amount == target.paid - standing.paid_online:
        day = standing.own_record.paid_on or EMPTY
        text = say("row-date-changed-in-manage", amount=standing.own_record.amount, dated=day)
    return text, say("row-find-who-changed-it")


def _reopened(position: Position, matched: Match, standing: Standing, target: Target, intended: Write | None) -> Reason:
    step = say("row-check-reversal")
    before = standing.paid_online + (standing.own_record.amount if standing.own_record else ZERO)
    if position.voided:
        text = say("row-voided-but-shown-paid", before=before)
        text = text + _customers(position, matched) if not matched.same_customer else text
    elif intended is not None and intended.action is Action.DELETE:
        text = say("row-record-to-be-deleted", before=intended.amount_before)
    elif target.paid < before:
        text = say("row-paid-amount-to-be-lowered", paid=target.paid, before=before)
    else:
        text = say("row-dated-but-not-settled")
    return sum((_taken_back(each, position) for each in _lowering(position)), BLANK) + text, step


def _taken_back(each: Application, position: Position) -> Text:
    amount, dated = abs(each.amount or ZERO), each.dated or EMPTY
    if position.voided:
        return say("row-voided-on", date=dated, amount=amount)
    return say("row-lowered-by", what=each.number or say("an-application"), date=dated, amount=amount)


def _lowering(position: Position) -> Sequence[Application]:
    """Return what took money off a document again, or voided it: what was entered in the window, else the latest.

    A receipt that was moved away leaves none; the row that it is on now names it.
    """
    if position.voided:
        found = [each for each in position.applications if each.part is ApplicationPart.TOTAL and _below_zero(each)]
    else:
        taken_back = (each for each in position.applications if each.part is not ApplicationPart.TOTAL)
        found = [each for each in taken_back if (each.amount or ZERO) > ZERO]
    return [each for each in found if each.entered] or found[-1:]


def _below_zero(application: Application) -> bool:
    return (application.amount or ZERO) < ZERO


def _in_agreement(standing: Standing, target: Target) -> Text:
    if target.date_paid is not None and standing.date_paid is None:
        return say("row-already-shown-otherwise-cleared")
    return say("row-already-shown")


def _ready(position: Position, matched: Match, standing: Standing, target: Target, *, adopted: bool) -> Text:
    receipt, dated = position.clearing_receipt, position.clearing_dated
    cleared = say("row-cleared-by-of", receipt=receipt, date=dated) if receipt and dated else BLANK
    if target.date_paid is None:
        text, cleared = say("row-part-paid", settled=position.settled, total=position.total), BLANK
    elif target.paid == standing.paid_online + (standing.own_record.amount if standing.own_record else ZERO):
        text = say("row-only-date-missing", date=target.date_paid)
    elif receipt and dated == target.date_paid:
        text, cleared = say("row-paid-in-full-by", receipt=receipt, date=dated), BLANK
    else:
        text = say("row-paid-in-full", date=target.date_paid, settled=position.settled)
    apart = matched.invoice.total - position.total if matched.invoice and target.date_paid else ZERO
    if target.paid not in {position.settled, position.settled + apart}:
        text += say("row-not-all-cash", paid=target.paid)
    text += cleared
    if apart != ZERO:  # within the tolerance, or it would not be ready
        text += say("row-total-apart-closed", sage=position.total, manage=position.total + apart)
    if position.unknown_kinds:
        text += say(
            "row-unknown-kind-of-receipt",
            other=position.other,
            codes=", ".join(str(kind) for kind in position.unknown_kinds),
        )
    if not matched.same_customer:
        text += _customers(position, matched)
    if adopted:
        text += say("row-takes-over-record")
    return text


def _customers(position: Position, matched: Match) -> Text:
    """The customers, and the totals where they differ as well."""
    invoice, customer = matched.invoice, position.document.customer
    if invoice is not None and invoice.total != position.total and not position.voided:
        return say(
            "row-customers-and-totals-differ",
            sage=customer,
            manage=invoice.company,
            sage_total=position.total,
            manage_total=invoice.total,
        )
    return say("row-customers-differ", sage=customer, manage=invoice.company if invoice else "")
