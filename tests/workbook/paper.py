"""Reviews to write: every status, believable rows, and words that spreadsheets like to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from sync.core.prove.review import OpenItem, Review
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.proposal import REVIEWABLE, Proposal, Status
from sync.core.values.records import Action, Write
from sync.core.values.runs import Company, Head, Person, Run

NASTY = [
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "@SUM(A1)",
    "-1",
    "http://example.net/pay?a=1&b=2",
    "mailto:someone@example.net",
    "internal:Sheet1!A1",
    "'007",
    "007",
    "1-2",
    "1E10",
    "TRUE",
    "#REF!",
    "{=1+1}",
    "<r>markup</r>",
    "<b>&amp;</b>",
    "_x0041_ literal",
    "x005F_ literal",
    " spaces at both ends ",
    "two\nlines",
    "tab\tinside",
    "Élan & Cie — œuvre",
    "1 234,50 $",
    "emoji 🧾 and العربية",
]
CUSTOMERS = [
    "Boréal Informatique inc.",
    "Maple Dental Group",
    "Groupe Saint-Laurent & Associés, comptables professionnels agréés s.e.n.c.r.l.",
    "North Shore Plumbing Ltd.",
]


def run(**changes: Any) -> Run:  # noqa: ANN401 - any field of Run
    """A run."""
    plain = Run(
        id="20260410-133000-ab12",
        started=datetime(2026, 4, 10, 13, 30, tzinfo=UTC),
        day=date(2026, 4, 10),
        company=Company(sage="Maple Networks Inc.", site="https://api-na.myconnectwise.net", manage="acme"),
        person=Person(user="marie", computer="COMPTA-1"),
        window=Window(since=Since(choice=Choice.PAST_MONTH), start=date(2026, 3, 10), end=date(2026, 4, 10)),
        strategy=say("Invoices were found by the stamp of the journal entry, by new rows and by receipt date."),
        policy="0123456789abcdef",
        highest_row=40_213,
        requests=14,
        notices=(say("The login reader could write to Sage; Tieout only reads. Give it read-only access."),),
        version="0.1.0",
    )
    return replace(plain, **changes)


def proposal(number: int, status: Status = Status.READY, **changes: Any) -> Proposal:  # noqa: ANN401 - any field
    """A row: paid in full by one receipt, a little discount taken; with a write where its status allows one."""
    total = Decimal(100_000 + number * 12_345) / 100
    lowered = status is Status.REOPENED
    before, after = (total, Decimal("0.00")) if lowered else (Decimal("0.00"), total)
    day = date(2026, 3, 1) + timedelta(days=number % 30)
    write = Write(
        action=Action.CHANGE if lowered else Action.CREATE,
        invoice_id=100_000 + number,
        payment_id=number if lowered else None,
        amount=after,
        paid_on=None if lowered else day,
        amount_before=before,
        paid_on_before=day if lowered else None,
    )
    plain = Proposal(
        key=str(5_000 + number),
        document_id=5_000 + number,
        customer_id=7,
        invoice=f"{number:05}",
        customer=CUSTOMERS[number % len(CUSTOMERS)],
        dated=date(2026, 2, 1) + timedelta(days=number % 28),
        currency="CAD",
        status=status,
        reason=say("Paid in full in Sage on {date}: {paid} settled.", date=day, paid=total),
        next_step=say("row-push-or-hold"),
        sage_total=total,
        cash=after - Decimal("1.50") if not lowered else after,
        discount=Decimal("1.50") if not lowered else after,
        credit=Decimal("0.00"),
        other=Decimal("0.00"),
        sage_balance=total - after,
        manage_total=total,
        paid_before=before,
        paid_proposed=after,
        date_paid_before=day if lowered else None,
        date_paid_proposed=None if lowered else day,
        clearing_receipt=None if lowered else f"R{10_000 + number}",
        invoice_id=100_000 + number,
        company_id=3,
        write=write if status in REVIEWABLE else None,
        fingerprint=f"{number:032x}",
    )
    return replace(plain, **changes)


def unreadable(number: int) -> Proposal:
    """A row of bad data: hardly anything can be shown."""
    return proposal(
        number,
        Status.BAD_DATA,
        dated=None,
        currency=None,
        reason=say("The amount of entry {id} is not a number.", id=77),
        next_step=say("row-correct-in-sage"),
        clearing_receipt=None,
        **dict.fromkeys(
            (
                "sage_total",
                "cash",
                "discount",
                "credit",
                "other",
                "sage_balance",
                "manage_total",
                "paid_before",
                "paid_proposed",
                "date_paid_before",
                "date_paid_proposed",
            )
        ),
    )


def rows(count: int) -> list[Proposal]:
    """Rows of every status, half of them ready, one in nine in US dollars."""
    others = [status for status in Status if status is not Status.READY]
    return [
        unreadable(n)
        if (status := Status.READY if n % 2 else others[n // 2 % len(others)]) is Status.BAD_DATA
        else proposal(n, status, currency="USD" if n % 9 == 0 else "CAD")
        for n in range(1, count + 1)
    ]


def review(found: Sequence[Proposal], held: Mapping[str, OpenItem] | None = None, **changes: Any) -> Review:  # noqa: ANN401 - any field of Run
    """A review of these rows."""
    return Review(
        run=run(**changes), rows=found, ledger_head=Head(rows=1_234, hash="9f86d081884c7d65"), open_items=held or {}
    )
