"""What earlier runs left open, once Sage no longer holds it."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from sync.core.proposal import Proposal, Status
from sync.core.review import OpenItem, gone
from sync.core.words import say
from tests.core.test_report import READY


def test_what_sage_no_longer_holds_keeps_its_name_and_no_figure() -> None:
    """Who and which invoice, in which currency; nothing that nobody vouches for, and nothing to write."""
    row = replace(READY, currency_id=2, invoice_id=501, company_id=3)
    assert gone(OpenItem(row=row, since=date(2026, 3, 1))) == Proposal(
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
            "Sage no longer holds this invoice of {customer}; it was probably paid and cleared "
            "(Clear Paid Transactions).",
            customer="Boréal inc.",
        ),
        next_step=say(
            "Look it up in a Sage backup or report and settle it in Manage by hand; nothing is taken as unpaid."
        ),
    )
