"""Control totals: a row that is lost, doubled or changed by one cent is caught."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose
from sync.core.prove.completeness import control_totals, untied
from sync.core.values.messages import say
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal, Status
from sync.language.catalogues import ENGLISH
from tests.support.build import document, entry, invoice, own

POLICY = Policy()
POSITIONS = positions(
    [document(1), document(2)], [own("100.00"), entry("-60.00"), own("50.00", doc=2), entry("-50.00", doc=2)]
)


def rows() -> list[Proposal]:
    """Two rows that tie."""
    known = LedgerMemory()
    return propose(pair(POSITIONS, {1, 2}, [invoice(1), invoice(2, total="50.00")], known, POLICY), {}, known, POLICY)


def test_rows_that_tie_have_no_differences() -> None:
    """Count and sum."""
    assert untied(POSITIONS, rows(), POLICY) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (rows()[:1], "2 documents were read and 1 rows came out; they are not the same."),
        ([*rows(), rows()[0]], "2 documents were read and 3 rows came out; they are not the same."),
        (
            [replace(rows()[0], cash=Decimal("60.01")), rows()[1]],
            "Settled in Sage in CAD: 110.00 read, 110.01 in the rows.",
        ),
        ([replace(rows()[0], currency="USD"), rows()[1]], "Settled in Sage in USD: 0.00 read, 60.00 in the rows."),
    ],
)
def test_what_was_lost_doubled_or_changed_is_said(changed: list[Proposal], words: str) -> None:
    """In words, with both figures."""
    assert [text.said(ENGLISH) for text in untied(POSITIONS, changed, POLICY)].count(words) == 1


def test_documents_that_cannot_be_read_count_as_none() -> None:
    """Their amounts are not shown and not summed; the row is still there."""
    unread = positions([document()], [own("100.00"), entry(None, flaw=say("Empty."))])
    known = LedgerMemory()
    assert untied(unread, propose(pair(unread, {1}, [], known, POLICY), {}, known, POLICY), POLICY) == []


def test_lines_follow_the_order_of_statuses_and_keep_currencies_apart() -> None:
    """Amounts never without a currency; what cannot be pushed changes nothing."""
    one, two = rows()
    reopened = replace(two, status=Status.REOPENED)
    found = control_totals(
        [replace(two, currency="USD"), one, reopened, replace(two, currency=None, status=Status.BAD_DATA)]
    )
    assert [(line.status, line.currency, line.count, str(line.change)) for line in found] == [
        (Status.BAD_DATA, "currency 1", 1, "0.00"),
        (Status.REOPENED, "CAD", 1, "50.00"),
        (Status.READY, "CAD", 1, "60.00"),
        (Status.READY, "USD", 1, "50.00"),
    ]


def test_what_has_no_amount_adds_nothing_to_its_line() -> None:
    """It is counted all the same."""
    one, two = rows()
    bare = replace(two, cash=None, paid_before=None, paid_proposed=None)
    (line,) = control_totals([one, bare])
    amounts = (str(line.settled), str(line.paid_before), str(line.paid_proposed), str(line.change))
    assert (line.count, amounts) == (2, ("60.00", "0.00", "60.00", "60.00"))
