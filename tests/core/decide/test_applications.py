"""A document's rows as an accountant reads them: in order, each with its part and what is owed after it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.position import positions
from sync.core.values.messages import say
from sync.core.values.proposal import Application, ApplicationPart
from sync.core.values.records import Entry
from tests.support.build import OWN_DAY, RECEIPT_DAY, document, entry, own, proposal

MARCH, APRIL = date(2026, 3, 5), date(2026, 4, 1)


def of(*rows: Entry, entered: frozenset[int] = frozenset()) -> tuple[Application, ...]:
    """The applications of document 1 with these rows."""
    return positions([document()], rows, entered=entered)[0].applications


def test_a_row_keeps_all_that_sage_says_of_it() -> None:
    """Who keyed it in and when, the sign as in Sage, and whether it is new in the run's window."""
    receipt = entry("-60.00", number="R7", entered_on=APRIL, entered_by="marie", reversed=True)
    assert of(own("100.00"), receipt, entered=frozenset({101, 999})) == (
        Application(
            id=100,
            number="1001",
            dated=OWN_DAY,
            entered_on=None,
            entered_by="",
            part=ApplicationPart.TOTAL,
            amount=Decimal("100.00"),
            balance=Decimal("100.00"),
        ),
        Application(
            id=101,
            number="R7",
            dated=RECEIPT_DAY,
            entered_on=APRIL,
            entered_by="marie",
            part=ApplicationPart.CASH,
            amount=Decimal("-60.00"),
            balance=Decimal("40.00"),
            reversed=True,
            entered=True,
        ),
    )


def test_the_own_rows_come_first_then_by_date_then_by_entry() -> None:
    """An adjustment later than every receipt still counts as what was owed; no date is earlier than any."""
    rows = [
        entry("-10.00", id=1, dated=APRIL),
        entry("-20.00", id=3, dated=MARCH),
        entry("-30.00", id=2, dated=MARCH),
        entry("-5.00", id=4, dated=None),
        own("100.00", id=8),
        own("15.00", id=9, kind=9, dated=APRIL),
    ]
    assert [(each.id, str(each.balance)) for each in of(*rows)] == [
        (8, "100.00"),
        (9, "115.00"),
        (4, "110.00"),
        (2, "80.00"),
        (3, "60.00"),
        (1, "50.00"),
    ]


def test_only_the_application_that_clears_it_for_good_is_marked() -> None:
    """The receipt of a cheque that came back cleared it for a while only."""
    rows = [entry("-100.00", id=1), entry("100.00", id=2, dated=APRIL), entry("-100.00", id=3, dated=APRIL)]
    assert [(each.id, each.clears) for each in of(own("100.00"), *rows)] == [
        (100, False),
        (1, False),
        (2, False),
        (3, True),
    ]
    cleared = proposal(applications=of(own("100.00"), *rows)).cleared_by
    assert (cleared and cleared.id, proposal().cleared_by) == (3, None)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"kind": 0}, ApplicationPart.TOTAL),
        ({"kind": 8, "banked": False}, ApplicationPart.TOTAL),
        ({"kind": 9}, ApplicationPart.TOTAL),
        ({"kind": 1}, ApplicationPart.CASH),
        ({"kind": 2}, ApplicationPart.DISCOUNT),
        ({"kind": 6}, ApplicationPart.OTHER),
        ({"kind": 1, "number": "CN"}, ApplicationPart.CREDIT),
        ({"kind": 1, "number": "CN", "banked": False}, ApplicationPart.CREDIT),
        ({"kind": 2, "number": "CN", "banked": False}, ApplicationPart.DISCOUNT),
        ({"kind": 6, "number": "CN", "banked": False}, ApplicationPart.OTHER),
        ({"kind": 1, "number": "CN", "banked": False, "dated": APRIL}, ApplicationPart.CASH),
    ],
)
def test_each_row_counts_as_one_part(changes: dict[str, object], part: ApplicationPart) -> None:
    """By its kind, and as a credit where a credit note gives it under the same number and day."""
    note = [own("-30.00", doc=2), entry("30.00", doc=2, number="CN", banked=False)]
    row = replace(entry("-30.00"), **changes)
    assert [each.part for each in of(own("100.00"), row, *note) if each.id == 101] == [part]


def test_a_row_that_is_part_cash_and_part_credit_is_two_lines() -> None:
    """Both of one row in Sage; the balance runs on, and only the last of them clears the invoice."""
    note = [own("-30.00", doc=2), entry("30.00", doc=2, banked=False)]
    lines = of(own("100.00"), entry("-100.00"), *note, entered=frozenset({101}))
    assert [(x.id, x.part, str(x.amount), str(x.balance), x.clears, x.entered) for x in lines[1:]] == [
        (101, ApplicationPart.CREDIT, "-30.00", "70.00", False, True),
        (101, ApplicationPart.CASH, "-70.00", "0.00", True, True),
    ]


def test_an_amount_that_cannot_be_read_changes_no_balance() -> None:
    """It is shown as missing, never as zero; and it is no credit."""
    rows = [own("100.00"), entry(None, banked=False, flaw=say("Empty."))]
    assert [(each.amount, str(each.balance), each.part) for each in of(*rows)] == [
        (Decimal("100.00"), "100.00", ApplicationPart.TOTAL),
        (None, "100.00", ApplicationPart.CASH),
    ]


def test_a_document_without_rows_has_none() -> None:
    """Nothing is made up."""
    assert of() == ()
