"""What a row was decided on, as named facts: compared at the push, so that the first that differs can be told.

A fact is a name and a text: an amount with two decimals, an ISO date, a number, "yes" or "no"; empty where there is
none. Names are stored in ledgers. One keeps its meaning and its form for ever; a better form takes another name.
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct, json

from sync.core.decide.manage_position import Standing
from sync.core.decide.position import Position
from sync.core.values.messages import Text, say
from sync.core.values.money import EMPTY, plain
from sync.core.values.proposal import Facts
from sync.core.values.records import Invoice, Write

FACTS_FORMAT = 1
"""Version of the fingerprint's format."""
_SAGE, _MANAGE, _WRITE, _SETTINGS = "sage.", "manage.", "write.", "settings."
"""How the names of a system's facts begin."""
_WHAT = {
    "sage.number": say("fact-invoice-number"),
    "sage.customer": say("fact-customer-record"),
    "sage.customer_name": say("fact-customer-name"),
    "sage.dated": say("fact-invoice-date"),
    "sage.kind": say("fact-document-type"),
    "sage.currency": say("fact-currency-number"),
    "sage.total": say("fact-total"),
    "sage.cash": say("fact-cash-received"),
    "sage.discount": say("fact-discounts-taken"),
    "sage.credit": say("fact-credits-applied"),
    "sage.other": say("fact-other-applications"),
    "sage.balance": say("fact-balance"),
    "sage.paid_in_full_on": say("fact-paid-in-full-date"),
    "sage.clearing_receipt": say("fact-clearing-receipt"),
    "sage.last_receipt_on": say("fact-last-receipt-date"),
    "manage.invoice": say("fact-matching-invoice"),
    "manage.number": say("fact-invoice-number"),
    "manage.company": say("fact-company-record"),
    "manage.currency": say("fact-currency"),
    "manage.total": say("fact-total"),
    "manage.paid": say("fact-paid-amount"),
    "manage.credits": say("fact-credits-applied"),
    "manage.records": say("fact-payment-record-count"),
    "manage.record": say("fact-payment-record"),
    "manage.record_amount": say("fact-payment-record-amount"),
    "manage.record_date": say("fact-payment-record-date"),
    "manage.online": say("fact-paid-online"),
    "manage.date_paid": say("fact-date-paid"),
    "manage.adds_up": say("fact-records-add-up"),
}
"""The words for each fact that a person can look up in Sage or Manage."""
_AMOUNTS = frozenset(
    [_SAGE + name for name in ("total", "cash", "discount", "credit", "other", "balance")]
    + [_MANAGE + name for name in ("total", "paid", "credits", "record_amount", "online")]
)
_ANSWERS = {"manage.adds_up": {"yes": say("yes-word"), "no": say("no-word")}}


def facts(
    position: Position, invoice: Invoice | None, standing: Standing | None, intended: Write | None, settings: str
) -> Facts:
    """Return all that a row is decided on, in the order in which a difference is looked for.

    Args:
        position: what Sage says.
        invoice: its invoice in Manage, where it was matched with one.
        standing: what the payment records say, where they were needed.
        intended: the write, where there is one.
        settings: the policy's fingerprint.
    """
    document, readable = position.document, not position.unreadable
    billed = invoice if invoice and not invoice.flaw else None
    own = standing.own_record if standing else None
    credit = position.credit - position.moved  # as Sage alone says, or a change in Manage would be told as one in Sage
    return (
        ("sage.number", document.number.strip()),
        ("sage.customer", str(document.customer_id)),
        ("sage.customer_name", document.customer),
        ("sage.dated", _day(document.dated)),
        ("sage.kind", str(document.kind)),
        ("sage.currency", str(document.currency_id)),
        ("sage.total", _amount(position.total if readable else None)),
        ("sage.cash", _amount(position.cash + position.credit - credit if readable else None)),
        ("sage.discount", _amount(position.discount if readable else None)),
        ("sage.credit", _amount(credit if readable else None)),
        ("sage.other", _amount(position.other if readable else None)),
        ("sage.balance", _amount(position.balance if readable else None)),
        ("sage.paid_in_full_on", _day(position.paid_in_full_on)),
        ("sage.clearing_receipt", position.clearing_receipt or ""),
        ("sage.last_receipt_on", _day(position.last_receipt_on)),
        ("manage.invoice", _number(invoice.id if invoice else None)),
        ("manage.number", invoice.number if invoice else ""),
        ("manage.company", _number(invoice.company_id if invoice else None)),
        ("manage.currency", (invoice.currency if invoice else None) or ""),
        ("manage.total", _amount(billed.total if billed else None)),
        ("manage.paid", _amount(billed.payments if billed else None)),
        ("manage.credits", _amount(billed.credits if billed else None)),
        ("manage.records", _number(standing.own_count if standing else None)),
        ("manage.record", _number(own.id if own else None)),
        ("manage.record_amount", _amount(own.amount if own else None)),
        ("manage.record_date", _day(own.paid_on if own else None)),
        ("manage.online", _amount(standing.paid_online if standing else None)),
        ("manage.date_paid", _day(standing.date_paid if standing else None)),
        ("manage.adds_up", ("yes" if standing.adds_up else "no") if standing else ""),
        ("write.action", intended.action.value if intended else ""),
        ("write.invoice", _number(intended.invoice_id if intended else None)),
        ("write.record", _number(intended.payment_id if intended else None)),
        ("write.amount", _amount(intended.amount if intended else None)),
        ("write.date", _day(intended.paid_on if intended else None)),
        ("write.amount_before", _amount(intended.amount_before if intended else None)),
        ("write.date_before", _day(intended.paid_on_before if intended else None)),
        ("settings.policy", settings),
    )


def fingerprint(found: Facts) -> str:
    """Return the facts as one short text: equal for equal facts, with the number of its format before it."""
    return f"{FACTS_FORMAT}:{hashlib.sha256(json.encode([FACTS_FORMAT, found])).hexdigest()}"


class ChangedFact(Struct, frozen=True, kw_only=True):
    """A fact that is not as it was at the review; `now` is None where this version does not know it."""

    name: str
    before: str
    now: str | None


def first_difference(reviewed: Facts, current: Facts) -> ChangedFact | None:
    """Return the first fact that has changed since the review; None when none has.

    Only facts that the review names are compared: another version may know more of them.
    """
    known = dict(current)
    for name, before in reviewed:
        now = known.get(name)
        if now != before:
            return ChangedFact(name=name, before=before, now=now)
    return None


def explain_change(difference: ChangedFact) -> Text:
    """Return why a row is not sent, with the system in which something has changed."""
    name, before, now = difference.name, difference.before, difference.now
    if now is None:
        return say("push-reviewed-by-other-version")
    if name.startswith(_SAGE):
        return say("push-fact-changed-in-sage", fact=_WHAT[name], before=_shown(name, before), now=_shown(name, now))
    if name.startswith(_MANAGE):
        return say("push-fact-changed-in-manage", fact=_WHAT[name], before=_shown(name, before), now=_shown(name, now))
    if name.startswith(_SETTINGS):
        return say("push-row-policy-changed")
    return say("push-write-changed-since-review")


def _shown(name: str, value: str) -> Text | Decimal | str:
    if not value:
        return EMPTY
    return Decimal(value) if name in _AMOUNTS else _ANSWERS.get(name, {}).get(value, value)


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount) if str(amount)[-3:-2] == "." else plain(amount)  # the first is faster


@lru_cache(maxsize=4_096)
def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
