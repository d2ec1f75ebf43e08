"""The proof that nothing was lost: both sides, and what is said when a cent is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose
from sync.core.prove.completeness import (
    Completeness,
    Disposed,
    Intake,
    IntakeKind,
    completeness,
    intake,
)
from sync.core.prove.figures import Disposition
from sync.core.values.messages import say
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Document, Entered, Entry
from sync.language.catalogues import ENGLISH
from tests.core.values.test_file_names import POSTED
from tests.support.build import document, entry, invoice, own

POLICY = Policy(currencies={1: "CAD", 2: "USD"})
APRIL = date(2026, 4, 1)
BOOKS = [document(1), document(2), document(3, currency_id=2), document(4, currency_id=5)]
NOTE = [own("-5.00", doc=9, kind=8), entry("5.00", doc=9, banked=False, number="CN")]
RECEIPT, DISCOUNT = entry("-60.00"), entry("-2.00", id=102, kind=2)
CREDIT, OTHER = entry("-5.00", id=103, banked=False, number="CN"), entry("-1.00", id=104, kind=6)
CHEQUE, RETURNED = entry("-50.00", doc=2), entry("50.00", doc=2, id=202, dated=APRIL, number="NSF R1")
DOLLARS, OLD = entry("-7.00", doc=3), entry("-9.00", doc=3, id=302)
UNNAMED = entry("-4.00", doc=4)
OWN = [own("100.00"), own("50.00", doc=2), own("80.00", doc=3), own("4.00", doc=4)]
NEW = [RECEIPT, DISCOUNT, CREDIT, OTHER, CHEQUE, RETURNED, DOLLARS, UNNAMED]


def selected(*rows: Entry) -> list[Entered]:
    """Rows as the window selected them."""
    return [Entered(id=row.id, document_id=row.document_id, kind=row.kind, amount=row.amount) for row in rows]


def reviewed(books: list[Document], entries: list[Entry], new: list[Entry]) -> list[Proposal]:
    """The reconciliation of these books, with an invoice of 100.00 in Manage for the first two documents."""
    read = positions(books, entries, entered=frozenset(row.id for row in new))
    pairs = pair(read, {book.id for book in books}, [invoice(1), invoice(2, total="50.00")], LedgerMemory(), POLICY)
    return propose(pairs, {}, LedgerMemory(), POLICY)


ROWS = reviewed(BOOKS, [*OWN, *NEW, OLD, *NOTE], NEW)
TAKEN = intake(selected(OWN[0], *NEW), positions(BOOKS, [*OWN, *NEW, OLD, *NOTE]), POLICY)


def test_what_was_entered_is_counted_by_sort_and_currency() -> None:
    """Straight from the rows that selected the invoices; what was taken back is below zero, own rows are none."""
    expected = (
        Intake(sort=IntakeKind.RECEIPT, currency="CAD", count=2, amount=Decimal("110.00")),
        Intake(sort=IntakeKind.RECEIPT, currency="USD", count=1, amount=Decimal("7.00")),
        Intake(sort=IntakeKind.RECEIPT, currency="currency 5", count=1, amount=Decimal("4.00")),
        Intake(sort=IntakeKind.DISCOUNT, currency="CAD", count=1, amount=Decimal("2.00")),
        Intake(sort=IntakeKind.CREDIT, currency="CAD", count=1, amount=Decimal("5.00")),
        Intake(sort=IntakeKind.REVERSAL, currency="CAD", count=1, amount=Decimal("-50.00")),
        Intake(sort=IntakeKind.OTHER, currency="CAD", count=1, amount=Decimal("1.00")),
    )
    assert expected == TAKEN


def test_a_reversed_receipt_is_a_reversal_and_so_is_the_row_that_reverses_it() -> None:
    """Both of a pair, whatever their signs; a credit stays a credit."""
    pair_ = [entry("-9.00", id=1, reversed=True), entry("9.00", id=2, reversed=True)]
    credit = replace(CREDIT, reversed=True)
    read = positions([document()], [own("100.00"), *pair_, credit, *NOTE])
    assert [(line.sort, line.count, str(line.amount)) for line in intake(selected(*pair_, credit), read, POLICY)] == [
        (IntakeKind.CREDIT, 1, "5.00"),
        (IntakeKind.REVERSAL, 2, "0.00"),
    ]


@pytest.mark.parametrize(("kind", "sort"), [(1, IntakeKind.RECEIPT), (2, IntakeKind.DISCOUNT), (6, IntakeKind.OTHER)])
def test_a_row_that_no_document_knows_is_counted_all_the_same(kind: int, sort: IntakeKind) -> None:
    """By its kind, in a currency that nobody can name."""
    assert intake(selected(entry("-3.00", kind=kind)), [], POLICY) == (
        Intake(sort=sort, currency="currency 0", count=1, amount=Decimal("3.00")),
    )


def test_an_amount_that_cannot_be_read_is_a_row_of_nothing() -> None:
    """On both sides, so that it is counted and the proof holds."""
    unread = entry(None, flaw=say("Empty."))
    read = positions([document()], [own("100.00"), unread], entered={101})
    taken = intake(selected(unread), read, POLICY)
    assert taken == (Intake(sort=IntakeKind.RECEIPT, currency="CAD", count=1, amount=Decimal("0.00")),)
    pairs = pair(read, {1}, [invoice()], LedgerMemory(), POLICY)
    assert completeness(taken, propose(pairs, {}, LedgerMemory(), POLICY), {}) == Completeness(
        entered=taken,
        disposed=(
            Disposed(
                disposition=Disposition.WAITING,
                status=Status.BAD_DATA,
                currency="CAD",
                count=1,
                amount=Decimal("0.00"),
            ),
        ),
        differences=(),
        unreadable=1,
    )


def test_what_became_of_it_is_counted_by_disposition_status_and_currency() -> None:
    """Only what was entered in the window, and it ties to what was entered."""
    found = completeness(TAKEN, ROWS, {})
    assert [(d.disposition.value, d.status.value, d.currency, d.count, str(d.amount)) for d in found.disposed] == [
        ("in_agreement", "in_agreement", "CAD", 2, "0.00"),
        ("waiting", "not_in_manage", "USD", 1, "7.00"),
        ("waiting", "not_in_manage", "currency 5", 1, "4.00"),
        ("waiting", "unknown_kind", "CAD", 4, "68.00"),
    ]
    assert (found.entered, found.differences) == (TAKEN, ())


def test_what_a_push_posted_moves_from_ready_to_posted() -> None:
    """The sums stay what they were."""
    posted = replace(POSTED, key="1", verified=True)
    found = completeness(TAKEN, ROWS, {"1": posted})
    assert (found.disposed[0].disposition, found.disposed[0].count) == (Disposition.POSTED, 4)
    assert found.differences == ()


def test_nothing_entered_is_complete() -> None:
    """An empty window."""
    assert completeness((), [], {}) == Completeness(entered=(), disposed=(), differences=())


def changed(key: str, change: str) -> list[Proposal]:
    """The rows, with the first new application of one of them off by so much."""
    by = Decimal(change)
    rows = []
    for row in ROWS:
        entered = [each.id for each in row.applications if each.entered]
        off = tuple(
            replace(each, amount=(each.amount or by) + by) if row.key == key and each.id == entered[0] else each
            for each in row.applications
        )
        rows.append(replace(row, applications=off))
    return rows


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row for row in ROWS if row.key != "3"], [("USD", "1 rows that settle 7.00", "0 rows and 0.00", "7.00")]),
        ([row for row in ROWS if row.key != "2"], [("CAD", "6 rows that settle 68.00", "4 rows and 68.00", "0.00")]),
        (changed("1", "-0.01"), [("CAD", "6 rows that settle 68.00", "6 rows and 68.01", "-0.01")]),
        ([*ROWS, ROWS[2]], [("USD", "1 rows that settle 7.00", "2 rows and 14.00", "-7.00")]),
        (
            [*(row for row in ROWS if row.key != "3"), replace(ROWS[2], currency="EUR")],
            [
                ("EUR", "0 rows that settle 0.00", "1 rows and 7.00", "-7.00"),
                ("USD", "1 rows that settle 7.00", "0 rows and 0.00", "7.00"),
            ],
        ),
    ],
)
def test_a_row_lost_doubled_or_off_by_a_cent_is_said(rows: list[Proposal], said: list[tuple[str, ...]]) -> None:
    """Currency by currency, with both sides' figures; rows that cancel are missed by their number."""
    assert [text.said(ENGLISH) for text in completeness(TAKEN, rows, {}).differences] == [
        f"Entered in Sage in the window in {unit}: {read}; the sheet accounts for {shown}. Out by {by}."
        for unit, read, shown, by in said
    ]
