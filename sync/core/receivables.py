"""Every open balance of both systems held against the other side's, and each difference given its class.

What is owed on an invoice differs by what its totals differ, plus what its payments and credits differ; each part gets
its own item, so that the items of a currency always add up to the difference of the two systems.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from sync.core.labels import currency
from sync.core.matching import Finding, Match, folded, match, normalise
from sync.core.money import ZERO
from sync.core.periods import Window
from sync.core.policy import PaidAmount, Policy
from sync.core.proposal import UNNAMED, Proposal
from sync.core.reconcile import CREDIT_MEMO
from sync.core.records import Balance, Invoice
from sync.core.tieout import Class, Item, Open, TieOut, added_up
from sync.core.words import Text, say

_UNREAD = say("Its amounts in Sage cannot be read.")
_CONTESTED = say("Several documents or invoices bear this number, and nothing tells which is which.")


class Side(Struct, frozen=True, kw_only=True):
    """What a run knows beside the balances themselves.

    Attributes:
        rows: its reconciliation, by Sage document id.
        window: of the run.
        policy: the settings.
        customers: Sage customer ids and the Manage company ids they were matched with before.
        day: of the reading.
    """

    rows: Mapping[int, Proposal]
    window: Window
    policy: Policy
    customers: Mapping[int, int] = field(default_factory=dict)
    day: date


def tie_out(balances: Sequence[Balance], invoices: Sequence[Invoice], known: Side) -> TieOut:
    """Tie open balances in Sage to open balances in Manage.

    Args:
        balances: of every document in Sage.
        invoices: every invoice in Manage.
        known: see `Side`.
    """
    matches = match(balances, invoices, known.policy.invoice_prefix, known.customers)
    taken = {found.invoice.id: balance for balance in balances if (found := matches[balance.document.id]).invoice}
    names = {folded(balance.document.customer): balance.document.customer for balance in balances}
    bearing: defaultdict[str, set[Finding]] = defaultdict(set)
    for balance in balances:
        bearing[normalise(balance.document.number, known.policy.invoice_prefix)].add(
            matches[balance.document.id].finding
        )
    items: list[Item] = []
    manage: list[Open] = []
    for invoice in invoices:
        ours = taken.get(invoice.id)
        customer = ours.document.customer if ours else names.get(folded(invoice.company), invoice.company)
        if invoice.balance != ZERO:
            unit = unit_of_invoice(invoice, known.policy)
            manage.append(Open(customer=customer, currency=unit, dated=invoice.dated, amount=invoice.balance))
        if ours is not None:
            items.extend(_pair(ours, invoice, known))
        elif invoice.balance != ZERO or invoice.flaw:
            items.append(_manage_alone(invoice, customer, known, bearing[normalise(invoice.number)]))
    items.extend(
        _sage_alone(balance, matches[balance.document.id], known)
        for balance in balances
        if matches[balance.document.id].invoice is None and (balance.balance != ZERO or balance.unreadable)
    )
    sage = [_open(each, known.policy) for each in balances if each.balance != ZERO]
    return added_up(known.day, sage, manage, items)


def _open(balance: Balance, policy: Policy) -> Open:
    owner, unit = balance.document, unit_of_document(balance, policy)
    return Open(customer=owner.customer, currency=unit, dated=owner.dated, amount=balance.balance)


def unit_of_document(balance: Balance, policy: Policy) -> str:
    """The currency of a document's amounts."""
    return policy.currencies.get(balance.document.currency_id, f"{UNNAMED}{balance.document.currency_id}")


def unit_of_invoice(invoice: Invoice, policy: Policy) -> str:
    """The currency of an invoice's amounts."""
    return invoice.currency or policy.home_currency or f"{UNNAMED}1"


def _sage_alone(balance: Balance, found: Match, known: Side) -> Item:
    reason, text = Class.NOT_IN_MANAGE, say("Manage has no invoice of this number.")
    if balance.unreadable:
        reason, text = _unread(balance, known), _UNREAD
    elif balance.credit_note:
        reason, text = Class.CREDIT, say("A credit in Sage that is not applied yet.")
    elif found.finding is Finding.AMBIGUOUS:
        reason, text = Class.HELD, _CONTESTED
    elif found.invoices:
        text = say("Manage's invoice of this number belongs to another document in Sage with the same number.")
    return _item(reason, text, balance, None, known, balance.balance)


def _manage_alone(invoice: Invoice, customer: str, known: Side, bearing: Collection[Finding]) -> Item:
    reason = Class.NOT_IN_SAGE
    text = say("Sage holds no document of this number: never entered there, or paid and cleared. Not taken as unpaid.")
    if invoice.flaw is not None:
        reason, text = Class.UNEXPLAINED, invoice.flaw
    elif invoice.kind == CREDIT_MEMO:
        reason, text = Class.CREDIT, say("A credit memo in Manage that is not applied yet.")
    elif Finding.AMBIGUOUS in bearing:
        reason, text = Class.HELD, _CONTESTED
    elif Finding.MATCHED in bearing:
        text = say("Sage's document of this number belongs to another invoice in Manage with the same number.")
    return Item(
        reason=reason,
        invoice=invoice.number,
        customer=customer,
        currency=unit_of_invoice(invoice, known.policy),
        sage=None,
        manage=invoice.balance,
        difference=ZERO - invoice.balance,
        text=text,
    )


def _pair(balance: Balance, invoice: Invoice, known: Side) -> Iterator[Item]:
    """The parts of a matched pair's difference: currency, totals, payments and credits, what Manage hides."""
    if unit_of_document(balance, known.policy) != unit_of_invoice(invoice, known.policy):
        yield from _currencies(balance, invoice, known)
        return
    if balance.unreadable or invoice.flaw is not None:
        text = invoice.flaw or _UNREAD
        yield _item(_unread(balance, known), text, balance, invoice, known, balance.balance - invoice.balance)
        return
    if balance.balance == invoice.balance:
        return
    if balance.credit_note or invoice.kind == CREDIT_MEMO:
        text = say("A credit that is applied differently in the two systems.")
        yield _item(Class.CREDIT, text, balance, invoice, known, balance.balance - invoice.balance)
        return
    variance = balance.total - invoice.total
    if variance != ZERO:
        text = say("Sage's total is {sage}, Manage's {manage}.", sage=balance.total, manage=invoice.total)
        if balance.voided:
            text = say("Voided in Sage; Manage's total is {manage}.", manage=invoice.total)
        yield _item(Class.TOTAL_DIFFERS, text, balance, invoice, known, variance)
    yield from _payments(balance, invoice, known)
    hidden = invoice.total - invoice.payments - invoice.credits - invoice.balance
    if hidden != ZERO:
        text = say("Manage's balance is not its total less payments and credits; it hides {amount}.", amount=hidden)
        yield _item(Class.UNEXPLAINED, text, balance, invoice, known, hidden)


def _unread(balance: Balance, known: Side) -> Class:
    """What cannot be read is held where the run says so; elsewhere nothing explains it."""
    return Class.HELD if balance.document.id in known.rows else Class.UNEXPLAINED


def _currencies(balance: Balance, invoice: Invoice, known: Side) -> Iterator[Item]:
    text = say(
        "In {sage} in Sage and in {manage} in Manage.",
        sage=currency(unit_of_document(balance, known.policy)),
        manage=currency(unit_of_invoice(invoice, known.policy)),
    )
    if balance.balance != ZERO or balance.unreadable:
        yield _item(Class.CURRENCY, text, balance, None, known, balance.balance)
    if invoice.balance != ZERO or invoice.flaw:
        yield Item(
            reason=Class.CURRENCY,
            invoice=invoice.number,
            customer=balance.document.customer,
            currency=unit_of_invoice(invoice, known.policy),
            sage=None,
            manage=invoice.balance,
            difference=ZERO - invoice.balance,
            text=text,
            key=str(balance.document.id),
        )


def _payments(balance: Balance, invoice: Invoice, known: Side) -> Iterator[Item]:
    """What payments and credits differ by: what a push would close, and what it would leave."""
    shown = invoice.payments + invoice.credits - balance.settled
    if shown == ZERO:
        return
    row = known.rows.get(balance.document.id)
    if row is None:
        yield _item(*_untouched(balance, invoice, known, shown), balance, invoice, known, shown)
        return
    left = shown if row.paid_proposed is None else row.paid_proposed + invoice.credits - balance.settled
    if shown - left != ZERO:
        reason = Class.TO_PUSH if row.approve else Class.HELD
        yield _item(reason, row.reason, balance, invoice, known, shown - left)
    if left != ZERO:
        reason = Class.HELD if row.paid_proposed is None else Class.CREDIT
        text = row.reason if reason is Class.HELD else _left_by_policy(known.policy)
        yield _item(reason, text, balance, invoice, known, left)


def _untouched(balance: Balance, invoice: Invoice, known: Side, shown: Decimal) -> tuple[Class, Text]:
    """Why a matched invoice that is no row of this run shows other payments than Sage."""
    entered = balance.last_entered
    if known.policy.paid_amount is PaidAmount.CASH and invoice.payments == balance.cash:
        return Class.CREDIT, _left_by_policy(known.policy)
    if entered is not None and known.window.bounded and entered > known.window.end:
        return Class.TIMING, say("Entered in Sage on {day}, after this run's window.", day=entered)
    if ZERO < shown <= invoice.credits:
        return Class.CREDIT, say("Manage shows credits of {credits} that Sage does not.", credits=invoice.credits)
    if shown > ZERO:
        return Class.MANAGE_ONLY, say(
            "Manage shows {paid} paid and Sage {settled} settled: a payment that is not in Sage.",
            paid=invoice.payments + invoice.credits,
            settled=balance.settled,
        )
    if entered is not None and not known.window.holds(entered):
        return Class.TIMING, say("Settled in Sage on {day}, outside this run's window.", day=entered)
    return Class.UNEXPLAINED, say("Sage shows {settled} settled, and this run did not see it.", settled=balance.settled)


def _left_by_policy(policy: Policy) -> Text:
    if policy.paid_amount is PaidAmount.CASH:
        return say("Discounts and credits, which Paid Amount does not show by the settings (cash).")
    return say("Credits that the two systems show differently.")


def _item(
    reason: Class, text: Text, balance: Balance, invoice: Invoice | None, known: Side, difference: Decimal
) -> Item:
    return Item(
        reason=reason,
        invoice=balance.document.number.strip(),
        customer=balance.document.customer,
        currency=unit_of_document(balance, known.policy),
        sage=None if balance.unreadable else balance.balance,
        manage=invoice.balance if invoice else None,
        difference=difference,
        text=text,
        key=str(balance.document.id),
    )
