"""What earlier runs left open, once Sage no longer holds it; and the days that no run covers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from sync.core.prove.review import OpenItem, Review, covered_before, row_no_longer_in_sage
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.proposal import Proposal, Status
from sync.core.values.runs import Head
from tests.core.values.test_file_names import READY, RUN


def test_what_sage_no_longer_holds_keeps_its_name_and_no_figure() -> None:
    """Who and which invoice, in which currency; nothing that nobody vouches for, and nothing to write."""
    row = replace(READY, currency_id=2, invoice_id=501, company_id=3)
    assert row_no_longer_in_sage(OpenItem(row=row, since=date(2026, 3, 1))) == Proposal(
        key="1001",
        document_id=1001,
        customer_id=7,
        invoice="INV-1001",
        customer="Boréal inc.",
        dated=date(2026, 3, 1),
        currency="CAD",
        currency_id=2,
        status=Status.BAD_DATA,
        reason=say(
            "row-cleared-in-sage",
            customer="Boréal inc.",
        ),
        next_step=say("row-settle-cleared-by-hand"),
    )


def test_a_review_tells_the_rows_that_are_held() -> None:
    """Those that need a person; not what is ready, and not what agrees."""
    held, agrees = replace(READY, status=Status.BAD_DATA), replace(READY, status=Status.IN_AGREEMENT)
    assert Review(run=RUN, rows=[READY, held, agrees], ledger_head=Head(rows=0, hash="")).held == [held]


def test_days_between_two_windows_are_covered_by_neither() -> None:
    """The day of the last run is, and a window may begin on it; without an earlier run nothing is left out."""
    last = replace(RUN, day=date(2026, 4, 10), window=replace(RUN.window, bounded=False), covered_to=None)
    on, after = (
        Window(since=Since(choice=Choice.PAST_WEEK), start=date(2026, 4, day), end=date(2026, 4, 30))
        for day in (10, 11)
    )
    assert [covered_before(run, days) for run in (last, None) for days in (on, after)] == [None, last.day, None, None]


def test_what_waits_for_a_person_stands_first_by_money_and_age() -> None:
    """Then what is ready, then what agrees, then what is out of scope, each by number; a change counts before a sum."""

    def waits(key: str, change: str | None, settled: str = "0.00") -> Proposal:
        paid = None if change is None else Decimal(change)
        nothing = Decimal("0.00")
        parts = {"cash": Decimal(settled), "discount": nothing, "credit": nothing, "other": nothing}
        row = replace(READY, key=key, status=Status.TOTAL_DIFFERS, **parts)
        return replace(row, paid_before=nothing, paid_proposed=paid)

    small, large, lowered = waits("1", "5.00"), waits("2", "70.00"), waits("3", "-80.00")
    older, newer, unchanged = waits("4", "40.00"), waits("5", "40.00"), waits("6", None, settled="60.00")
    void = replace(READY, key="7", status=Status.VOIDED)
    agreed = replace(READY, key="8", status=Status.IN_AGREEMENT)
    ready = replace(READY, key="9")
    rows = (small, large, lowered, newer, older, unchanged, void, agreed, ready)
    items = {row.key: OpenItem(row=row, since=since) for row, since in ((older, date(2026, 1, 5)), (large, RUN.day))}
    review = Review(run=RUN, rows=rows, ledger_head=Head(rows=1, hash="0" * 64), open_items=items)
    assert [row.key for row in review.in_order] == ["3", "2", "6", "4", "5", "1", "9", "8", "7"]
