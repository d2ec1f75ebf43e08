"""A sample of rows: every large one, and others by chance that anybody can work out again."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from msgspec.structs import replace

from sync.core.prove.sample import DRAWN, sample
from sync.core.values.proposal import Proposal, Status
from tests.core.prove.test_workpapers import AUDIT
from tests.core.values.test_file_names import READY

LARGE = {"90", "91", "92"}


def row(number: int, settled: str, currency: str = "CAD", status: Status = Status.READY) -> Proposal:
    """A row of which Sage shows so much settled."""
    parts = {"cash": Decimal(settled), "discount": Decimal("0.00"), "credit": Decimal(0), "other": Decimal(0)}
    return replace(READY, key=str(number), invoice=str(number), currency=currency, status=status, **parts)


ROWS = [
    *(row(number, "10.00") for number in range(1, 41)),
    row(90, "60.00"),
    row(91, "-60.00"),
    row(92, "5.00", "USD"),
    row(93, "999.00", status=Status.VOIDED),
    replace(row(94, "1.00"), cash=None),
]
FOUND = sample(replace(AUDIT, rows=ROWS, postings={}), AUDIT.run.id)


def test_every_large_row_is_in_it() -> None:
    """Of its own currency, whichever way its amount goes; nothing that is out of scope or has no amount."""
    assert {each.row.key for each in FOUND.chosen if each.large} == LARGE
    assert FOUND.least == {"CAD": Decimal("26.00"), "USD": Decimal("0.25")}
    assert FOUND.of == 43


def test_the_others_are_drawn_by_a_rule_that_anybody_can_work_out() -> None:
    """The lowest hashes of run and key, shown by number; another run draws others."""
    places = {hashlib.sha256(f"{AUDIT.run.id}:{number}".encode()).hexdigest(): number for number in range(1, 41)}
    lowest = sorted(places[place] for place in sorted(places)[:DRAWN])
    assert [int(each.row.key) for each in FOUND.chosen if not each.large] == lowest
    other = sample(replace(AUDIT, rows=ROWS[::-1], postings={}), AUDIT.run.id)
    assert (other, len(FOUND.chosen)) == (FOUND, DRAWN + len(LARGE))
    elsewhere = sample(replace(AUDIT, rows=ROWS, postings={}), "another")
    assert elsewhere != FOUND


def test_nothing_is_large_where_nothing_is_settled() -> None:
    """A row of nothing is drawn by chance alone."""
    found = sample(replace(AUDIT, rows=[row(1, "0.00")], postings={}), "")
    assert [each.large for each in found.chosen] == [False]
    assert sample(replace(AUDIT, rows=(), postings={}), "").chosen == ()
