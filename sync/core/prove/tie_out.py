"""The tie-out of receivables, both ways: what is owed in Sage, what in Manage, and each difference by its class.

What is owed on an invoice differs by what its totals differ, plus what its payments and credits differ; each part gets
its own item, so that the items of a currency always add up to the difference of the two systems.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sync.core.decide.credit_groups import NOBODY, credits_of
from sync.core.decide.matching import (
    NOTHING_ACCEPTED,
    Accepted,
    Finding,
    Match,
    credits_shown,
    folded,
    match,
    normalise,
)
from sync.core.decide.reconcile import CREDIT_MEMO
from sync.core.values.labels import currency
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.periods import Window
from sync.core.values.policy import PaidAmount, Policy
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Balance, Entry, Invoice


class DifferenceClass(StrEnum):
    """Why the two systems show different balances. In this order on paper."""

    TO_PUSH = "to_push"
    HELD = "held"
    CHANGED_IN_MANAGE = "changed_in_manage"
    NOT_IN_MANAGE = "not_in_manage"
    NOT_IN_SAGE = "not_in_sage"
    TOTAL_DIFFERS = "total_differs"
    CREDIT = "credit"
    CURRENCY = "currency"
    TIMING = "timing"
    OPENING = "opening"
    NEVER_LOOKED_AT = "never_looked_at"
    MANAGE_ONLY = "manage_only"
    UNEXPLAINED = "unexplained"


class Age(StrEnum):
    """How old an open balance is, by the document's date."""

    CURRENT = "current"
    MONTH = "month"
    TWO_MONTHS = "two_months"
    OLD = "old"
    UNDATED = "undated"


AGES = ((30, Age.CURRENT), (60, Age.MONTH), (90, Age.TWO_MONTHS))


class TieOutItem(Struct, frozen=True, kw_only=True, gc=False):
    """One difference, or one part of it.

    Attributes:
        reason: its class.
        invoice: the number.
        customer: as Sage names them, else as Manage does.
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        sage: what Sage says is owed on it; None where Sage has none of it, or it cannot be read.
        manage: what Manage says is owed on it; None where Manage has none of it, or it cannot be read.
        difference: Sage less Manage, as far as this class explains it.
        text: why, in words.
        key: of the reconciliation row, where Sage has the document.
    """

    reason: DifferenceClass
    invoice: str
    customer: str
    currency: str
    sage: Decimal | None
    manage: Decimal | None
    difference: Decimal
    text: Text
    key: str = ""


class Owed(Struct, frozen=True, kw_only=True):
    """One line of the tie-out: what one customer owes, or what is of one age, in both systems.

    Attributes:
        name: the customer's, or the value of an `Age`.
        currency: ISO code, or `UNNAMED` and Sage's number.
        sage: Σ open in Sage.
        manage: Σ open in Manage.
        documents: how many are open in Sage.
        invoices: how many are open in Manage.
    """

    name: str
    currency: str
    sage: Decimal
    manage: Decimal
    documents: int
    invoices: int

    @property
    def difference(self) -> Decimal:
        """Sage less Manage."""
        return self.sage - self.manage


class OpenBalance(Struct, frozen=True, kw_only=True, gc=False):
    """One open balance on one side, for adding up."""

    customer: str
    currency: str
    dated: date | None
    amount: Decimal


class TieOut(Struct, frozen=True, kw_only=True):
    """Open balances in Sage against open balances in Manage.

    Attributes:
        day: on which both were read.
        items: every difference, in the order of `DifferenceClass`, then by customer and number.
        customers: who owes what, by name and currency.
        ages: by age and currency.
    """

    day: date
    items: tuple[TieOutItem, ...]
    customers: tuple[Owed, ...]
    ages: tuple[Owed, ...]

    @property
    def totals(self) -> tuple[Owed, ...]:
        """One line for each currency."""
        units = sorted({owed.currency for owed in self.customers})
        return tuple(_sum(unit, unit, [owed for owed in self.customers if owed.currency == unit]) for unit in units)

    def explained(self, unit: str, reason: DifferenceClass) -> Decimal:
        """Return Σ of the differences of one class in one currency."""
        return total(item.difference for item in self.items if (item.currency, item.reason) == (unit, reason))

    def classes(self, unit: str) -> list[tuple[DifferenceClass, int, Decimal]]:
        """Return the classes that occur in one currency, with count and sum of their items; unexplained comes last."""
        found = []
        for reason in DifferenceClass:
            items = sum(1 for item in self.items if (item.currency, item.reason) == (unit, reason))
            last = reason is DifferenceClass.UNEXPLAINED
            if items or last:
                found.append((reason, items, self.unexplained(unit) if last else self.explained(unit, reason)))
        return found

    def unexplained(self, unit: str) -> Decimal:
        """Return what no class explains: the difference of the totals less all that is classified."""
        whole = total(owed.difference for owed in self.totals if owed.currency == unit)
        named = total(
            self.explained(unit, reason) for reason in DifferenceClass if reason is not DifferenceClass.UNEXPLAINED
        )
        return whole - named


def added_up(
    day: date, sage: Sequence[OpenBalance], manage: Sequence[OpenBalance], items: Iterable[TieOutItem]
) -> TieOut:
    """Put the open balances of both sides and their differences together.

    Args:
        day: on which both were read; ages are counted up to it.
        sage: every balance in Sage that is not zero.
        manage: every balance in Manage that is not zero.
        items: the differences.
    """
    order = list(DifferenceClass)
    return TieOut(
        day=day,
        items=tuple(sorted(items, key=lambda item: (order.index(item.reason), item.customer, item.invoice, item.key))),
        customers=_both(sage, manage, lambda each: each.customer, str.casefold),
        ages=_both(sage, manage, lambda each: age(each.dated, day).value, _age_order),
    )


def age(dated: date | None, day: date) -> Age:
    """Return how old a document is on a day."""
    if dated is None:
        return Age.UNDATED
    return age_of((day - dated).days)


def age_of(days: int) -> Age:
    """Return how old something of so many days is."""
    return next((name for most, name in AGES if days <= most), Age.OLD)


def _age_order(name: str) -> int:
    return list(Age).index(Age(name))


def _both(
    sage: Iterable[OpenBalance],
    manage: Iterable[OpenBalance],
    name: Callable[[OpenBalance], str],
    order: Callable[[str], int | str],
) -> tuple[Owed, ...]:
    """Both sides' balances added up under one name and currency."""
    sums: defaultdict[tuple[str, str], tuple[list[Decimal], list[Decimal]]] = defaultdict(lambda: ([], []))
    for side, balances in enumerate((sage, manage)):
        for each in balances:
            sums[name(each), each.currency][side].append(each.amount)
    found = [
        Owed(
            name=called,
            currency=unit,
            sage=total(ours),
            manage=total(theirs),
            documents=len(ours),
            invoices=len(theirs),
        )
        for (called, unit), (ours, theirs) in sums.items()
    ]
    return tuple(sorted(found, key=lambda owed: (owed.currency, order(owed.name), owed.name)))


def _sum(name: str, unit: str, parts: Sequence[Owed]) -> Owed:
    return Owed(
        name=name,
        currency=unit,
        sage=total(part.sage for part in parts),
        manage=total(part.manage for part in parts),
        documents=sum(part.documents for part in parts),
        invoices=sum(part.invoices for part in parts),
    )


_CONTESTED = say("tie-out-number-ambiguous")


class TieOutScope(Struct, frozen=True, kw_only=True):
    """What the tie-out needs to know of a run beside the balances.

    Attributes:
        rows: its reconciliation, by Sage document id.
        window: of the run.
        policy: the settings.
        customers: Sage customer ids and the Manage company ids they were matched with before.
        day: of the reading.
        entries: what `credits_of` needs to know of all documents: by the policy `cash`, credit counts as none.
        whole: the list of invoices is; else a number that is not in it may be in Manage all the same.
        accepted: documents that a person said are invoices of another number.
        opening: documents that the opening statement accepts as they are, and what is said of each.
    """

    rows: Mapping[int, Proposal]
    window: Window
    policy: Policy
    customers: Mapping[int, int] = field(default_factory=dict)
    day: date
    entries: Sequence[Entry] = ()
    whole: bool = True
    accepted: Accepted = NOTHING_ACCEPTED
    opening: Mapping[int, Text] = field(default_factory=dict)


def tie_out(balances: Sequence[Balance], invoices: Sequence[Invoice], scope: TieOutScope) -> TieOut:
    """Tie open balances in Sage to open balances in Manage.

    Args:
        balances: of every document in Sage.
        invoices: every invoice in Manage.
        scope: see `TieOutScope`.

    Returns:
        Both sides added up, and every difference with its class.
    """
    prefixes = scope.policy.prefixes
    matches = match(balances, invoices, prefixes, scope.customers, scope.accepted)
    by_cash = scope.policy.paid_amount is PaidAmount.CASH
    credit = credits_of(scope.entries, credits_shown(matches)).by_document if by_cash else NOBODY
    balance_by_invoice = {
        matched.invoice.id: balance for balance in balances if (matched := matches[balance.document.id]).invoice
    }
    names = {folded(balance.document.customer): balance.document.customer for balance in balances}
    bearing: defaultdict[str, set[Finding]] = defaultdict(set)
    for balance in balances:
        number = normalise(balance.document.number, prefixes)
        bearing[number].add(matches[balance.document.id].finding)
    items: list[TieOutItem] = []
    manage: list[OpenBalance] = []
    for invoice in invoices:
        ours = balance_by_invoice.get(invoice.id)
        customer = ours.document.customer if ours else names.get(folded(invoice.company), invoice.company)
        if invoice.balance != ZERO:
            unit = unit_of_invoice(invoice, scope.policy)
            manage.append(OpenBalance(customer=customer, currency=unit, dated=invoice.dated, amount=invoice.balance))
        if ours is not None:
            cash = ours.received - credit.get(ours.document.id, ZERO)
            items.extend(_matched_items(ours, invoice, scope, cash))
        elif invoice.balance != ZERO or invoice.flaw:
            items.append(_manage_alone(invoice, customer, scope, bearing[normalise(invoice.number, prefixes)]))
    items.extend(
        _sage_alone(balance, matches[balance.document.id], scope)
        for balance in balances
        if matches[balance.document.id].invoice is None
        and (balance.balance != ZERO or (balance.unreadable and not balance.without_rows))
    )
    sage = [_open_balance(each, scope.policy) for each in balances if each.balance != ZERO]
    return added_up(scope.day, sage, manage, items)


def _open_balance(balance: Balance, policy: Policy) -> OpenBalance:
    owner = balance.document
    unit = policy.unit(owner.currency_id)
    return OpenBalance(customer=owner.customer, currency=unit, dated=owner.dated, amount=balance.balance)


def unit_of_invoice(invoice: Invoice, policy: Policy) -> str:
    """Return the currency of an invoice's amounts: the home currency where Manage names none."""
    return invoice.currency or policy.unit(1)


def _sage_alone(balance: Balance, matched: Match, scope: TieOutScope) -> TieOutItem:
    text = say("row-not-in-manage") if scope.whole else say("row-not-among-invoices-shown")
    reason = DifferenceClass.NOT_IN_MANAGE
    if balance.unreadable:
        reason, text = _class_of_unreadable(balance, scope), _unreadable(balance)
    elif balance.credit_note:
        reason, text = DifferenceClass.CREDIT, say("tie-out-sage-credit-unapplied")
    elif balance.deposit:
        reason, text = DifferenceClass.CREDIT, say("row-deposit", amount=ZERO - balance.balance)
    elif matched.finding is Finding.AMBIGUOUS:
        reason, text = DifferenceClass.HELD, _CONTESTED
    elif matched.invoices:
        text = say("row-invoice-belongs-to-other-document")
    return _item(reason, text, balance, None, scope, balance.balance)


def _manage_alone(invoice: Invoice, customer: str, scope: TieOutScope, bearing: Collection[Finding]) -> TieOutItem:
    reason = DifferenceClass.NOT_IN_SAGE
    text = say("tie-out-not-in-sage")
    if invoice.flaw is not None:
        reason, text = DifferenceClass.UNEXPLAINED, invoice.flaw
    elif invoice.kind == CREDIT_MEMO:
        reason, text = DifferenceClass.CREDIT, say("tie-out-manage-credit-unapplied")
    elif Finding.AMBIGUOUS in bearing:
        reason, text = DifferenceClass.HELD, _CONTESTED
    elif Finding.MATCHED in bearing:
        text = say("tie-out-document-of-other-invoice")
    return TieOutItem(
        reason=reason,
        invoice=invoice.number,
        customer=customer,
        currency=unit_of_invoice(invoice, scope.policy),
        sage=None,
        manage=None if invoice.unreadable else invoice.balance,
        difference=ZERO - invoice.balance,
        text=text,
    )


def _matched_items(balance: Balance, invoice: Invoice, scope: TieOutScope, cash: Decimal) -> Iterator[TieOutItem]:
    """The parts of a matched pair's difference: currency, totals, payments and credits, what Manage hides."""
    if scope.policy.unit(balance.document.currency_id) != unit_of_invoice(invoice, scope.policy):
        yield from _currencies(balance, invoice, scope)
        return
    if balance.unreadable or invoice.flaw is not None:
        reason, text = _class_of_unreadable(balance, scope), invoice.flaw or _unreadable(balance)
        yield _item(reason, text, balance, invoice, scope, balance.balance - invoice.balance)
        return
    row = scope.rows.get(balance.document.id)
    if balance.balance == invoice.balance and not (row and row.approve):
        return  # by the policy cash a row may be pushed where nothing differs: a credit taken back hides a receipt
    if balance.credit_note or invoice.kind == CREDIT_MEMO:
        text = say("tie-out-credit-applied-differently")
        yield _item(DifferenceClass.CREDIT, text, balance, invoice, scope, balance.balance - invoice.balance)
        return
    if accepted := scope.opening.get(balance.document.id):  # as a whole: the statement has one figure for it
        yield _item(DifferenceClass.OPENING, accepted, balance, invoice, scope, balance.balance - invoice.balance)
        return
    variance = balance.total - invoice.total
    if variance != ZERO:
        text = say("tie-out-totals-differ", sage=balance.total, manage=invoice.total)
        if balance.voided:
            text = say("tie-out-voided-in-sage", manage=invoice.total)
        yield _item(DifferenceClass.TOTAL_DIFFERS, text, balance, invoice, scope, variance)
    yield from _payments(balance, invoice, scope, cash)
    hidden = invoice.total - invoice.payments - invoice.credits - invoice.balance
    if hidden != ZERO:
        text = say("tie-out-manage-balance-off", amount=hidden)
        yield _item(DifferenceClass.UNEXPLAINED, text, balance, invoice, scope, hidden)


def _unreadable(balance: Balance) -> Text:
    return say("row-document-without-amount") if balance.without_rows else say("tie-out-amounts-unreadable")


def _class_of_unreadable(balance: Balance, scope: TieOutScope) -> DifferenceClass:
    """Return the class of an unreadable document: held where the run holds it, else unexplained."""
    return DifferenceClass.HELD if balance.document.id in scope.rows else DifferenceClass.UNEXPLAINED


def _currencies(balance: Balance, invoice: Invoice, scope: TieOutScope) -> Iterator[TieOutItem]:
    text = say(
        "tie-out-currencies-differ",
        sage=currency(scope.policy.unit(balance.document.currency_id)),
        manage=currency(unit_of_invoice(invoice, scope.policy)),
    )
    if balance.balance != ZERO or balance.unreadable:
        yield _item(DifferenceClass.CURRENCY, text, balance, None, scope, balance.balance)
    if invoice.balance != ZERO or invoice.flaw:
        yield TieOutItem(
            reason=DifferenceClass.CURRENCY,
            invoice=invoice.number,
            customer=balance.document.customer,
            currency=unit_of_invoice(invoice, scope.policy),
            sage=None,
            manage=None if invoice.unreadable else invoice.balance,
            difference=ZERO - invoice.balance,
            text=text,
            key=str(balance.document.id),
        )


def _payments(balance: Balance, invoice: Invoice, scope: TieOutScope, cash: Decimal) -> Iterator[TieOutItem]:
    """What payments and credits differ by: what a push would close, and what it would leave."""
    shown = invoice.payments + invoice.credits - balance.settled
    row = scope.rows.get(balance.document.id)
    if row is None:
        if shown != ZERO:
            by_policy = scope.policy.paid_amount is PaidAmount.CASH and invoice.payments == cash
            policy = DifferenceClass.CREDIT, _left_by_policy(scope.policy)
            why = policy if by_policy else _untouched(balance, invoice, scope, shown)
            yield _item(*why, balance, invoice, scope, shown)
        return
    left = shown if row.target is None else row.target + invoice.credits - balance.settled
    changed = row.status is Status.CHANGED_IN_MANAGE
    held = DifferenceClass.CHANGED_IN_MANAGE if changed else DifferenceClass.HELD
    if shown - left != ZERO:
        reason = DifferenceClass.TO_PUSH if row.approve else held
        yield _item(reason, row.reason, balance, invoice, scope, shown - left)
    if left != ZERO:
        if row.target is None:
            yield _item(held, row.reason, balance, invoice, scope, left)
        elif left == invoice.total - balance.total:  # the other half of a cent of tax that closes on both sides
            text = say("tie-out-totals-differ", sage=balance.total, manage=invoice.total)
            yield _item(DifferenceClass.TOTAL_DIFFERS, text, balance, invoice, scope, left)
        else:
            yield _item(DifferenceClass.CREDIT, _left_by_policy(scope.policy), balance, invoice, scope, left)


def _untouched(balance: Balance, invoice: Invoice, scope: TieOutScope, shown: Decimal) -> tuple[DifferenceClass, Text]:
    """Why a matched invoice that is no row of this run shows other payments than Sage."""
    entered = balance.last_entered
    if entered is not None and scope.window.bounded and entered > scope.window.end:
        return DifferenceClass.TIMING, say("tie-out-entered-after-window", day=entered)
    if ZERO < shown <= invoice.credits:
        return DifferenceClass.CREDIT, say("tie-out-credits-only-in-manage", credits=invoice.credits)
    if shown > ZERO:
        return DifferenceClass.MANAGE_ONLY, say(
            "tie-out-payment-only-in-manage", paid=invoice.payments + invoice.credits, settled=balance.settled
        )
    if entered is not None and not scope.window.holds(entered):  # or a run that looked at it had left a row
        return DifferenceClass.NEVER_LOOKED_AT, say("tie-out-settled-before-every-window", day=entered)
    return DifferenceClass.UNEXPLAINED, say("tie-out-settlement-unseen", settled=balance.settled)


def _left_by_policy(policy: Policy) -> Text:
    if policy.paid_amount is PaidAmount.CASH:
        return say("tie-out-discounts-and-credits-excluded")
    return say("tie-out-credits-shown-differently")


def _item(
    reason: DifferenceClass,
    text: Text,
    balance: Balance,
    invoice: Invoice | None,
    scope: TieOutScope,
    difference: Decimal,
) -> TieOutItem:
    return TieOutItem(
        reason=reason,
        invoice=balance.document.number.strip(),
        customer=balance.document.customer,
        currency=scope.policy.unit(balance.document.currency_id),
        sage=None if balance.unreadable else balance.balance,
        manage=invoice.balance if invoice and not invoice.unreadable else None,
        difference=difference,
        text=text,
        key=str(balance.document.id),
    )


AGE_WORDS: Mapping[Age, Text] = {
    Age.CURRENT: say("age-0-to-30-days"),
    Age.MONTH: say("age-31-to-60-days"),
    Age.TWO_MONTHS: say("age-61-to-90-days"),
    Age.OLD: say("age-91-days-and-more"),
    Age.UNDATED: say("no-date"),
}
