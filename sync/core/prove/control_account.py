"""Sage's control account: what its linked account of receivables says beside what the receivables' ledger comes to.

All amounts are in the home currency. Home documents count by `dAmount`, foreign ones by `dAmtHm`. What a foreign
invoice paid in full leaves at home is the exchange difference: it is named, and nobody owes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from sync.core.values.labels import currency
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.policy import Policy
from sync.core.values.records import AccountReading, Balance, LedgerPart

HOME = 1
"""Sage's number of the home currency."""


class OpenPart(Struct, frozen=True, kw_only=True):
    """What is open on the documents of one currency.

    Attributes:
        currency: theirs: ISO code, or `UNNAMED` and Sage's number.
        documents: how many of them are open.
        amount: Σ of their ledgers, in the home currency.
    """

    currency: str
    documents: int
    amount: Decimal


class ControlAccount(Struct, frozen=True, kw_only=True):
    """The account and the ledger that it controls, read in one snapshot.

    Attributes:
        at: the moment, by Sage's own clock. Sage keeps no date with the balance: it holds whatever is in the books at
            that moment, what is dated later too, and so does the ledger beside it.
        account: Sage's own number of the account (`tlinkact.lAcNaccRec`).
        currency: the home currency: ISO code, or `UNNAMED` and its number.
        balance: of the account, by Sage.
        parts: what is open by the receivables' ledger, home first.
        exchange: what foreign documents that come to 0.00 in their own currency leave at home.
        exchanged: how many of them leave something.
        uncounted: documents that have no part in the sum: of no currency, or with a row that has no amount at home.
    """

    at: datetime
    account: int
    currency: str
    balance: Decimal
    parts: tuple[OpenPart, ...]
    exchange: Decimal
    exchanged: int
    uncounted: int

    @property
    def ledger(self) -> Decimal:
        """What is open by the ledger."""
        return total(part.amount for part in self.parts)

    @property
    def difference(self) -> Decimal:
        """The account less what is open by the ledger."""
        return self.balance - self.ledger

    @property
    def beyond(self) -> Decimal:
        """What the difference is where the account still holds the exchange difference."""
        return self.difference - self.exchange

    @property
    def verdict(self) -> Text:
        """Whether they agree, in one sentence; a difference is said, and what exchange makes of it beside it."""
        balance, ledger, difference = map(self._amount, (self.balance, self.ledger, self.difference))
        if self.difference == ZERO:
            return say("control-ties", balance=balance)
        if self.exchange == ZERO:
            return say("control-differs", balance=balance, ledger=ledger, difference=difference)
        exchange, beyond = self._amount(self.exchange), self._amount(self.beyond)
        if self.beyond == ZERO:
            return say("control-holds-exchange", balance=balance, ledger=ledger, exchange=exchange)
        return say(
            "control-differs-either-way",
            balance=balance,
            ledger=ledger,
            difference=difference,
            exchange=exchange,
            beyond=beyond,
        )

    def _amount(self, value: Decimal) -> Text:
        return say("amount-in-currency", amount=value, currency=currency(self.currency))


def control_account(reading: AccountReading | None, at: datetime, policy: Policy) -> ControlAccount | None:
    """Return how the control account ties to the ledger; None where it was not asked for, or could not be read.

    Args:
        reading: of Sage.
        at: its moment, by Sage's own clock.
        policy: names the currencies.
    """
    if reading is None or reading.balance is None:
        return None
    counted = [part for part in reading.parts if part.amount is not None]
    abroad = [part for part in counted if part.currency_id != HOME and part.settled]
    open_ = [part for part in counted if part.currency_id == HOME or not part.settled]
    units = sorted({part.currency_id for part in open_} | {HOME})
    return ControlAccount(
        at=at,
        account=reading.account,
        currency=policy.unit(HOME),
        balance=reading.balance,
        parts=tuple(_open(unit, open_, policy) for unit in units),
        exchange=total(part.amount or ZERO for part in abroad),
        exchanged=sum(part.leaving for part in abroad),
        uncounted=sum(part.documents for part in reading.parts if part.amount is None),
    )


def _open(unit: int, parts: Iterable[LedgerPart], policy: Policy) -> OpenPart:
    """Return one currency's; what settled home documents leave is a rounding of cents, and is counted."""
    mine = [part for part in parts if part.currency_id == unit]
    return OpenPart(
        currency=policy.unit(unit),
        documents=sum(part.documents for part in mine if not part.settled),
        amount=total(part.amount or ZERO for part in mine),
    )


def home_parts(balances: Iterable[Balance]) -> list[LedgerPart]:
    """Return the parts of the ledger that home documents are, from what each comes to; one without rows is in none."""
    found: dict[tuple[bool, bool], list[Decimal]] = {}
    for each in balances:
        if each.document.currency_id == HOME and not each.without_rows:
            found.setdefault((each.unreadable, each.balance == ZERO), []).append(each.balance)
    return [
        LedgerPart(
            currency_id=HOME,
            settled=settled,
            documents=len(amounts),
            leaving=0 if settled else len(amounts),
            amount=None if unreadable else total(amounts),
        )
        for (unreadable, settled), amounts in sorted(found.items())
    ]


def not_tied(reading: AccountReading | None) -> tuple[Text, ...]:
    """Return what a run says where the account was asked for and could not be read."""
    if reading is None or reading.why is None:
        return ()
    return (say("control-not-tied", why=reading.why),)
