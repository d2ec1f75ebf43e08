"""Rows without a match name what is near them in Manage, and how; nothing is matched by it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.near_invoices import FOLDS, differences, folded_number, with_near_invoices
from sync.core.values.messages import Text, say
from sync.core.values.proposal import AcceptedMatch, Proposal, Status
from sync.core.values.records import Invoice
from tests.ledger.samples import NOON, row
from tests.support.build import OWN_DAY, balance, invoice

UNSEEN, CASE, DASHES, ZEROS, PREFIX = (fold[0] for fold in FOLDS)
SWAPPED, DIGIT, ALIKE = say("near-swapped"), say("near-one-digit"), say("near-customer-and-total")
FAR: dict[str, Any] = {"company": "Autre", "company_code": "AUTRE", "dated": date(2020, 1, 1)}
"""An invoice of somebody else, of long ago."""


def lost(number: str, **changes: Any) -> Proposal:  # noqa: ANN401 - any field
    """A row for document 1, which is not in Manage."""
    return row("1", Status.NOT_IN_MANAGE, invoice=number, dated=OWN_DAY, **changes)


def named(
    number: str,
    *invoices: Invoice,
    known: LedgerMemory | None = None,
    others: tuple[str, ...] = (),
    prefixes: tuple[str, ...] = (),
    **changes: Any,  # noqa: ANN401 - any field of the row
) -> Text | None:
    """What a row says of invoices near it."""
    balances = [balance(number=number), *(balance(nth, number=each) for nth, each in enumerate(others, start=2))]
    before = lost(number, **changes)
    (after,) = with_near_invoices([before], balances, invoices, known or LedgerMemory(), prefixes)
    if after == before:
        return None
    step = before.next_step + say("row-accept-near-invoice", invoice=before.invoice)
    assert after == replace(before, reason=after.reason, next_step=step)
    assert after.reason.sentences[:-1] == before.reason.sentences
    return Text(after.reason.sentences[-1:])


def near(*found: tuple[Invoice, tuple[Text, ...]]) -> Text:
    """What is said of these invoices, each with how it was found."""
    each = [
        say("near-invoice", number=one.number.strip(), customer=one.company, total=one.total, how=how)
        for one, how in found
    ]
    return say("row-near-invoices", near=tuple(each))


@pytest.mark.parametrize(
    ("sage", "manage", "how"),
    [
        ("1042", "01042", (ZEROS,)),
        ("INV-2042", "2042", (PREFIX,)),
        ("9042", "INV9042", (PREFIX,)),
        ("inv-4042", "INV-4042", (CASE,)),
        ("INV\u20135042", "INV-5042", (DASHES,)),
        ("30\u200b42", "3042", (UNSEEN,)),
        ("INV 6042", "INV6042", (UNSEEN,)),
        ("\uff17042", "7042", (UNSEEN,)),
        ("inv-0042", "INV42", (CASE, DASHES, ZEROS)),
        ("TOR-0042", "MTL-42", (ZEROS, PREFIX)),
        ("1042", "1043", (DIGIT,)),
        ("1042", "1402", (SWAPPED,)),
        ("INV-1042", "1402", (SWAPPED,)),
        ("A\u200b-1042", "A-\u200b1042", (UNSEEN,)),
    ],
)
def test_each_way_of_being_near_is_told(sage: str, manage: str, how: tuple[Text, ...]) -> None:
    """With customer and total, so that a person can judge."""
    one = invoice(1, "55.00", number=manage, **FAR)
    assert named(sage, one) == near((one, how))


@pytest.mark.parametrize(
    ("sage", "manage"), [("1042", "1142X"), ("1042", "2043"), ("142", "143"), ("10", "01"), ("AB", "AC"), ("1042", "")]
)
def test_what_is_further_apart_is_not_named(sage: str, manage: str) -> None:
    """Two digits, a short number, other letters, or no number at all."""
    assert named(sage, invoice(1, "55.00", number=manage, **FAR), others=("",)) is None


def test_the_same_customer_and_total_about_the_same_day_is_near() -> None:
    """Fifteen days at most; another day, customer or total is not, and neither is what has no date."""
    alike = invoice(1, number="X-1", dated=date(2026, 3, 16))
    assert named("1042", alike) == near((alike, (ALIKE,)))
    assert named("1042", alike, known=LedgerMemory(customers={7: 3})) == near((alike, (ALIKE,)))
    renamed = replace(alike, company="Z", company_code="Z")
    assert named("1042", renamed, known=LedgerMemory(customers={7: 3})) == near((renamed, (ALIKE,)))
    for changes in ({"dated": date(2026, 3, 17)}, {"dated": None}, {"company": "Z", "company_code": "Z"}):
        assert named("1042", replace(alike, **changes)) is None
    assert named("1042", replace(alike, total=Decimal("99.99"))) is None
    assert named("1042", alike, sage_total=None) is None
    before = replace(lost("1042"), dated=None)
    assert with_near_invoices([before], [balance(number="1042")], [alike], LedgerMemory(), ()) == [before]


def test_three_are_named_and_those_of_customer_and_total_first() -> None:
    """Then the nearly equal numbers, then those that are a digit apart."""
    digit, zeros = invoice(1, "5.00", number="1043", **FAR), invoice(2, "5.00", number="01042", **FAR)
    alike, both = invoice(3, number="77"), invoice(4, number="1-042")
    said = named("1042", digit, zeros, alike, both, invoice(5, "5.00", number="1044", **FAR))
    assert said == near((both, (ALIKE, DASHES)), (alike, (ALIKE,)), (zeros, (ZEROS,)))


def test_invoices_of_other_documents_are_no_candidates() -> None:
    """Neighbours in a row of numbers are one digit apart; nor is a credit memo one, nor what was accepted already."""
    neighbour = invoice(1, number="1043")
    assert named("1042", neighbour, others=("1043",)) is None
    assert named("1042", replace(neighbour, number="INV-1043"), others=("1043",), prefixes=("INV-",)) is None
    assert named("1042", replace(neighbour, kind="CreditMemo")) is None
    taken = AcceptedMatch(
        key="9",
        invoice="9",
        customer_id=7,
        customer="B",
        invoice_id=neighbour.id,
        manage_number="1043",
        manage_customer="B",
        user="marie",
        at=NOON,
    )
    assert named("1042", neighbour, known=LedgerMemory(accepted={9: taken})) is None


def test_rows_that_are_in_manage_are_left_alone() -> None:
    """Only a row without a match has near ones."""
    rows = [row("2"), lost("1042")]
    balances = [balance(number="1042"), balance(2, number="1002")]
    after = with_near_invoices(rows, balances, [invoice(1, number="1043")], LedgerMemory(), ())
    assert (after[0], after[1] == rows[1]) == (rows[0], False)
    assert with_near_invoices(rows[:1], balances, [invoice(1, number="1043")], LedgerMemory(), ()) == rows[:1]


ODD = st.text("aA0-1 \u200b\u2013", max_size=6)


@given(ODD, ODD)
def test_numbers_that_fold_alike_differ_in_something(one: str, other: str) -> None:
    """The fewest of those things that make them equal."""
    if one != other and folded_number(one) == folded_number(other):
        assert differences(one, other)


def test_twenty_thousand_invoices_and_five_hundred_rows_are_compared_at_once() -> None:
    """By keys, never each with each: seconds would be minutes."""
    invoices = [invoice(nth, number=f"INV-{nth:06}", **FAR) for nth in range(20_000)]
    rows = [row(str(nth), Status.NOT_IN_MANAGE, invoice=f"{nth * 40}", dated=OWN_DAY) for nth in range(500)]
    balances = [balance(nth, number=f"{nth * 40}") for nth in range(500)]
    begun = perf_counter()
    after = with_near_invoices(rows, balances, invoices, LedgerMemory(), ())
    assert perf_counter() - begun < 10
    assert all(len(each.reason.sentences) == 2 for each in after)
