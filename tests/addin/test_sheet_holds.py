"""What a repeated sync makes of Approve and Hold until as they stand on the sheet, with and without the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.values.proposal import Hold, Proposal
from tests.workbook.paper import proposal, review
from workbook.control.review_blocks import before, table_rows
from workbook.review.columns import ANSWERS, PLACE, ColumnId, cells
from workbook.xlsx.cells import Found, day_number

DAY = date(2026, 4, 10)
LATER = date(2026, 5, 1)
ROW = proposal(1)
HELD = replace(
    ROW,
    hold=Hold(
        key=ROW.key,
        invoice=ROW.invoice,
        customer_id=ROW.customer_id,
        user="luc",
        at=datetime(2026, 4, 9, tzinfo=UTC),
        note="",
        owner="",
        until=LATER,
    ),
)


def shown(row: Proposal, approve: str, until: Found, *, on_record: bool) -> tuple[bool, Any]:
    """Approve and Hold until after a sync, of a row that stood on the sheet with these two."""
    heads = [column.value for column in ColumnId if column in PLACE]
    stood: dict[str, Any] = dict(zip(PLACE, cells(row), strict=True))
    stood |= {ColumnId.APPROVE: approve, ColumnId.HOLD_UNTIL: until, ColumnId.STATUS: "Ready", ColumnId.KEY: row.key}
    assert set(heads) == set(stood)
    english: dict[str, Any] = {place: stood[place] for place in PLACE}
    (made,) = table_rows(review([row], day=DAY), {row.key: english}, on_record=on_record)
    return made[PLACE[ColumnId.APPROVE]] == ANSWERS[True], made[PLACE[ColumnId.HOLD_UNTIL]]


@pytest.mark.parametrize(
    ("row", "approve", "until", "on_record", "expected"),
    [
        (HELD, "Yes", Decimal(day_number(LATER)), True, (False, LATER)),
        (ROW, "Yes", Decimal(day_number(LATER)), True, (True, None)),
        (ROW, "Yes", Decimal(day_number(LATER)), False, (False, LATER)),
        (ROW, "No", "2026-05-01", True, (False, LATER)),
        (ROW, "No", Decimal(day_number(DAY)), True, (True, None)),
        (ROW, "No", "mid-May", True, (False, None)),
        (ROW, "No", None, True, (False, None)),
    ],
    ids=[
        "a day over a Yes, now held",
        "released before its day",
        "of a run that no ledger knows",
        "in a row that was refused as it stands",
        "its day has come",
        "no day, in a row that was refused",
        "a plain No",
    ],
)
def test_the_ledger_s_word_stands_and_nothing_else_is_lost(
    row: Proposal, approve: str, until: Decimal | str | None, expected: tuple[bool, Any], *, on_record: bool
) -> None:
    """A hold is never shown as a Yes; a day that is in no ledger stays where it was typed."""
    assert shown(row, approve, until, on_record=on_record) == expected


@pytest.mark.parametrize("accepted", [True, False])
def test_what_leaves_the_opening_statement_is_proposed_as_any_other(*, accepted: bool) -> None:
    """Its No was nobody's; any other No of a row that would be approved stays one."""
    before_it = replace(ROW, opening=DAY, paid_proposed=Decimal("1.00"))
    stood: dict[str, Any] = dict(zip(PLACE, cells(before_it), strict=True)) | {ColumnId.STATUS: "Ready"}
    assert (stood[ColumnId.APPROVE], ROW.approve) == (ANSWERS[False], True)
    now = replace(review([ROW], day=DAY), opening=frozenset({ROW.key} if accepted else ()))
    (made,) = table_rows(now, {ROW.key: stood | {ColumnId.APPROVE: "No"}}, on_record=True)
    assert made[PLACE[ColumnId.APPROVE]] == ANSWERS[accepted]


def test_a_sheet_without_the_column_that_decides_says_nothing() -> None:
    """Whoever deleted Approve gets the proposal."""
    assert before([["Key", "Note"], ["1", "x"]]) == {}
