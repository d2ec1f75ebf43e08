"""The control account: what ties, what does not, and what is named beside it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.prove.control_account import ControlAccount, OpenPart, control_account, home_parts, not_tied
from sync.core.values.messages import Text, say
from sync.core.values.policy import Policy
from sync.core.values.records import AccountReading, LedgerPart
from tests.support.build import balance

NOON = datetime(2026, 3, 31, 12)  # noqa: DTZ001 - Sage's clock is local and naive
POLICY = Policy(currencies={1: "CAD", 2: "USD"})


def part(unit: int, amount: str | None, *, settled: bool = False, documents: int = 1, leaving: int = 1) -> LedgerPart:
    """A part of the ledger."""
    worth = None if amount is None else Decimal(amount)
    return LedgerPart(currency_id=unit, settled=settled, documents=documents, leaving=leaving, amount=worth)


def read(balance: str, *parts: LedgerPart) -> AccountReading:
    """An account that could be read."""
    return AccountReading(account=12000000, balance=Decimal(balance), parts=parts)


def tied(balance: str, *parts: LedgerPart) -> ControlAccount:
    """The account beside its ledger."""
    found = control_account(read(balance, *parts), NOON, POLICY)
    assert found is not None
    return found


def cad(amount: str) -> Text:
    """An amount in words."""
    return say("amount-in-currency", amount=Decimal(amount), currency="CAD")


PARTS = (
    part(1, "700.00", documents=7, leaving=7),
    part(1, "0.01", settled=True, documents=900, leaving=0),
    part(2, "137.00"),
    part(2, "-12.34", settled=True, documents=9, leaving=4),
    part(3, "20.00"),
    part(3, "2.34", settled=True),
    part(1, None, settled=True, documents=2),
    part(0, None),
)


def test_each_part_stands_where_it_belongs() -> None:
    """Home first; cents that settled home documents leave are counted, what exchange leaves is named and not open."""
    assert tied("857.01", *PARTS) == ControlAccount(
        at=NOON,
        account=12000000,
        currency="CAD",
        balance=Decimal("857.01"),
        parts=(
            OpenPart(currency="CAD", documents=7, amount=Decimal("700.01")),
            OpenPart(currency="USD", documents=1, amount=Decimal("137.00")),
            OpenPart(currency="currency 3", documents=1, amount=Decimal("20.00")),
        ),
        exchange=Decimal("-10.00"),
        exchanged=5,
        uncounted=3,
    )


@pytest.mark.parametrize(
    ("balance", "verdict"),
    [
        ("857.01", say("control-ties", balance=cad("857.01"))),
        (
            "847.01",
            say(
                "control-holds-exchange",
                balance=cad("847.01"),
                ledger=cad("857.01"),
                exchange=cad("-10.00"),
            ),
        ),
        (
            "857.02",
            say(
                "control-differs-either-way",
                balance=cad("857.02"),
                ledger=cad("857.01"),
                difference=cad("0.01"),
                exchange=cad("-10.00"),
                beyond=cad("10.01"),
            ),
        ),
    ],
)
def test_a_cent_is_a_difference(balance: str, verdict: Text) -> None:
    """It is said; only what the account would hold with the exchange difference is said beside it."""
    found = tied(balance, *PARTS)
    assert (found.verdict, found.ledger) == (verdict, Decimal("857.01"))


def test_a_difference_without_exchange_stands_alone() -> None:
    """A company without foreign invoices; an empty ledger is 0.00 at home, and a credit balance is one."""
    differs = say("control-differs", balance=cad("-5.00"), ledger=cad("0.00"), difference=cad("-5.00"))
    assert (tied("-5.00").verdict, tied("-5.00").parts) == (
        differs,
        (OpenPart(currency="CAD", documents=0, amount=Decimal("0.00")),),
    )


def test_what_could_not_be_read_is_said_by_the_run() -> None:
    """And nothing is tied; where it was not asked for, nothing is said."""
    unread = AccountReading(why=say("control-accounts-not-one", count=2))
    assert control_account(unread, NOON, POLICY) is None
    assert not_tied(unread) == (say("control-not-tied", why=say("control-accounts-not-one", count=2)),)
    assert (control_account(None, NOON, POLICY), not_tied(None), not_tied(read("0.00"))) == (None, (), ())


def test_home_documents_are_those_of_the_balances() -> None:
    """Open, settled, and such as cannot be read; one of another currency or without rows is in none of them."""
    owing = balance(1, owed="10.00")
    told = (
        owing,
        balance(2, owed="-3.00"),
        balance(3, owed="0.00"),
        replace(owing, unreadable=True, balance=Decimal("0.00")),
        replace(owing, unreadable=True, balance=Decimal("0.00"), without_rows=True),
        balance(4, owed="5.00", currency_id=2),
    )
    assert home_parts(told) == [
        part(1, "7.00", documents=2, leaving=2),
        part(1, "0.00", settled=True, leaving=0),
        part(1, None, settled=True, leaving=0),
    ]
