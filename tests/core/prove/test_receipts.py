"""The receipts of the window: each once with its total, what became of each part, and never a cent more or less."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.decide.position import positions
from sync.core.prove.completeness import completeness, intake
from sync.core.prove.figures import Disposition
from sync.core.prove.receipts import Receipt, receipt_totals, receipts, verdict
from sync.core.values.labels import natural
from sync.core.values.messages import say
from sync.core.values.proposal import ApplicationPart, Status
from sync.core.values.records import OWN_KINDS, Document, Entry
from sync.language.catalogues import ENGLISH
from tests.core.prove.test_completeness import APRIL, POLICY, ROWS, TAKEN, reviewed, selected
from tests.core.test_properties import World, worlds
from tests.core.values.test_file_names import POSTED
from tests.support.build import document, entry, own

CASH, DISCOUNT, CREDIT = ApplicationPart.CASH, ApplicationPart.DISCOUNT, ApplicationPart.CREDIT
BOOKS = [document(nth) for nth in (9, 10, 11)]
OWN = [own("50.00", doc=nth) for nth in (9, 10, 11)]


def found(*new: Entry, old: tuple[Entry, ...] = (), books: list[Document] = BOOKS) -> list[Receipt]:
    """The receipts of a window in which these rows were entered."""
    return receipts(reviewed(books, [*OWN, *old, *new], list(new)), {})


def short(receipt: Receipt) -> tuple[str, str, list[tuple[str, str]]]:
    """Number, total, and what of it each invoice got."""
    return receipt.number, str(receipt.amount()), [(each.row.invoice, str(each.amount())) for each in receipt.applied]


def test_a_cheque_over_several_invoices_stands_once_with_its_total() -> None:
    """Its invoices in the order of their numbers, a discount beside the money."""
    cheque = [entry("-10.00", doc=nth, number="5698", cheque=3) for nth in (11, 9, 10)]
    (receipt,) = found(*cheque, entry("-1.00", doc=10, id=99, kind=2, number="5698"))
    assert short(receipt) == ("5698", "31.00", [("1009", "10.00"), ("1010", "11.00"), ("1011", "10.00")])
    assert (receipt.amount(CASH), receipt.amount(DISCOUNT), receipt.invoices) == (Decimal(30), Decimal(1), 3)


def test_customers_days_and_currencies_tell_receipts_of_one_number_apart() -> None:
    """The number alone is no key."""
    books = [document(9), document(10, customer_id=8, customer="Kestrel"), document(11, currency_id=2)]
    one, other, dollars = (entry("-5.00", doc=nth, number="Visa") for nth in (9, 10, 11))
    later = entry("-6.00", id=99, doc=9, number="Visa", dated=APRIL)
    assert [
        (each.currency, each.customer, str(each.dated)) for each in found(one, other, dollars, later, books=books)
    ] == [
        ("CAD", "Boréal inc.", "2026-03-15"),
        ("CAD", "Kestrel", "2026-03-15"),
        ("CAD", "Boréal inc.", "2026-04-01"),
        ("USD", "Boréal inc.", "2026-03-15"),
    ]


def test_numbers_stand_as_people_sort_them() -> None:
    """9 before 10, whatever is before the digits; none at all first."""
    numbers = ["10", "", "R10", "É3", "R9a", "9", "F2"]
    assert sorted(numbers, key=natural) == ["", "9", "10", "É3", "F2", "R9a", "R10"]


def test_what_was_entered_before_is_said_and_not_added() -> None:
    """Of one receipt and invoice; what another receipt did before is nothing to it."""
    new, old = entry("-10.00", doc=9), entry("-20.00", doc=9, id=902)
    (receipt,) = found(new, old=(old, entry("-5.00", doc=9, id=903, number="R0")))
    assert (short(receipt), receipt.applied[0].before) == (("R1", "10.00", [("1009", "10.00")]), True)
    assert [each.before for each in found(new)[0].applied] == [False]


def test_money_taken_back_is_below_zero_and_said() -> None:
    """A returned cheque is its own number; a credit note that gives is no return."""
    returned = entry("7.00", doc=9, number="NSF R1")
    assert [(short(each), each.applied[0].taken_back) for each in found(returned)] == [
        (("NSF R1", "-7.00", [("1009", "-7.00")]), True)
    ]
    note, given = own("-5.00", doc=8, kind=8), entry("5.00", doc=8, banked=False, number="CN")
    taken = entry("-5.00", doc=9, banked=False, number="CN")
    books = [document(8, kind=8), document(9)]
    (credit,) = receipts(reviewed(books, [note, OWN[0], given, taken], [given, taken]), {})
    assert (str(credit.amount(CREDIT)), [each.taken_back for each in credit.applied]) == ("0.00", [False, False])


def test_a_deposit_is_on_account_and_no_invoice() -> None:
    """Money without an invoice stands with its receipt."""
    books = [document(8, number="D1"), document(9)]
    rows = reviewed(books, [OWN[0], (part := entry("-10.00", doc=9)), (kept := entry("-4.00", doc=8))], [part, kept])
    (receipt,) = receipts(rows, {})
    assert {each.row.status: each.on_account for each in receipt.applied} == {
        Status.NOT_IN_MANAGE: False,
        Status.DEPOSIT: True,
    }
    assert (receipt.invoices, receipt.amount(CASH)) == (1, Decimal(14))


def test_who_keyed_it_in_and_when_is_said_where_sage_records_it() -> None:
    """The last day and everybody of a receipt's part; neither where there is none."""
    one = entry("-1.00", doc=9, entered_on=date(2026, 4, 2), entered_by="marie")
    two = entry("-1.00", doc=9, id=99, entered_on=APRIL, entered_by="luc")
    (applied,) = found(one, two)[0].applied
    assert (applied.entered_on, applied.entered_by) == (date(2026, 4, 2), ("luc", "marie"))
    (without,) = found(entry("-1.00", doc=9, dated=None))[0].applied
    assert (without.entered_on, without.entered_by, without.unreadable) == (None, (), 0)


def test_an_amount_that_cannot_be_read_adds_nothing() -> None:
    """And is counted, so that the row is not missed."""
    empty = entry(None, doc=9, flaw=say("Empty."))
    (receipt,) = found(empty)
    assert (str(receipt.amount()), receipt.applied[0].unreadable) == ("0.00", 1)
    totals = receipt_totals([receipt], intake(selected(empty), positions(BOOKS, [*OWN, empty]), POLICY))
    assert verdict(totals) == say("receipts-all-accounted-for") + say("pack-unreadable-amounts", count=1)


def test_an_amount_that_cannot_be_read_is_shown_as_none() -> None:
    """Neither on its line nor as the receipt's total; what else the receipt paid is."""
    empty, discount = entry(None, doc=9, flaw=say("Empty.")), entry("-1.00", doc=9, id=99, kind=2)
    (only,), (both,) = found(empty), found(empty, discount)
    (other,) = found(empty, entry("-4.00", doc=10, id=98))
    assert (only.figure(CASH), only.applied[0].figure(CASH), only.applied[0].figure()) == (None, None, None)
    assert (str(only.applied[0].figure(DISCOUNT)), str(both.applied[0].figure(DISCOUNT))) == ("0.00", "1.00")
    assert (both.applied[0].figure(CASH), str(both.applied[0].figure())) == (None, "1.00")
    assert [(str(other.figure(CASH)), each.figure(CASH)) for each in other.applied] == [
        ("4.00", None),
        ("4.00", Decimal(4)),
    ]


def test_each_part_says_what_became_of_its_invoice() -> None:
    """After the push, and where somebody said No."""
    posted = replace(POSTED, key="1", verified=True)
    became = {each.row.key: each.became for receipt in receipts(ROWS, {"1": posted}, {}) for each in receipt.applied}
    assert became == {
        "1": Disposition.POSTED,
        "2": Disposition.IN_AGREEMENT,
        "3": Disposition.WAITING,
        "4": Disposition.WAITING,
    }


def test_the_receipts_add_up_to_what_was_entered() -> None:
    """By currency, part by part."""
    totals = receipt_totals(receipts(ROWS, {}), TAKEN)
    assert [(each.currency, str(each.amount), each.count, each.rows, each.ties) for each in totals] == [
        ("CAD", "68.00", 3, 6, True),
        ("USD", "7.00", 1, 1, True),
        ("currency 5", "4.00", 1, 1, True),
    ]
    assert {part.value: str(amount) for part, amount in totals[0].parts.items()} == {
        "cash": "60.00",
        "discount": "2.00",
        "credit": "5.00",
        "other": "1.00",
    }
    assert verdict(totals) == say("receipts-all-accounted-for")


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ({"3"}, ["USD: 7.00 in 1 rows; these receipts have 0.00 in 0 rows. Out by 7.00."]),
        ({"2"}, ["CAD: 68.00 in 6 rows; these receipts have 68.00 in 4 rows. Out by 0.00."]),
        (
            {"3", "4"},
            [
                "USD: 7.00 in 1 rows; these receipts have 0.00 in 0 rows. Out by 7.00.",
                "currency 5: 4.00 in 1 rows; these receipts have 0.00 in 0 rows. Out by 4.00.",
            ],
        ),
    ],
)
def test_a_receipt_that_is_missing_is_said(lost: set[str], said: list[str]) -> None:
    """Each currency by its own figures, though rows that cancel were lost."""
    totals = receipt_totals(receipts([row for row in ROWS if row.key not in lost], {}), TAKEN)
    begins = "Entered in Sage in the window in "
    assert verdict(totals).said(ENGLISH) == " ".join(f"{begins}{each}" for each in said)


@given(worlds(), st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_the_books_receipts_are_the_proof(world: World, data: st.DataObject) -> None:
    """No row is in two receipts or in none, and their sums are the proof's, by currency and by what became of them."""
    rows = [each for each in world.entries if each.kind not in OWN_KINDS]
    new = data.draw(st.lists(st.sampled_from(rows), unique_by=lambda each: each.id)) if rows else []
    proposals = reviewed(list(world.documents), list(world.entries), new)
    made = receipts(proposals, {})
    entered = intake(selected(*new), positions(world.documents, world.entries), POLICY)
    ids = [each.id for receipt in made for applied in receipt.applied for each in applied.applications]
    assert set(ids) == {each.id for each in new}
    keys = [(r.currency, r.applied[0].row.customer_id, r.number, r.dated) for r in made]
    assert len(set(keys)) == len(keys)
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for receipt in made:
        for applied in receipt.applied:
            sums[applied.became, receipt.currency] += applied.amount()
    proof: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in completeness(entered, proposals, {}).disposed:
        proof[line.disposition, line.currency] += line.amount
    assert sums == proof
