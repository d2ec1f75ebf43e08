"""Writes the golden review files of today's format: one in each language, as a reviewer brought it back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from sync.core.values.proposal import Proposal, Status
from sync.language.catalogues import languages
from tests.workbook import paper
from tests.workbook.edited import edited
from workbook.review.columns import REVIEW_FORMAT
from workbook.review.review_file import ExcelFiles

HERE = Path(__file__).parent
FOLDER = HERE / f"review-{REVIEW_FORMAT}"
RUN = "20260410-133000-ab12"


class Brought(Struct, frozen=True, kw_only=True):
    """What a row of the files says when it is read.

    Attributes:
        approve: Yes or No.
        note: as typed.
        owner: as typed.
        until: the day to which it is held, as a date or as words.
        no_day: what was typed there instead of a day.
        objection: the id of the first sentence against it; None where it is taken.
    """

    approve: bool
    note: str = ""
    owner: str = ""
    until: date | None = None
    no_day: str = ""
    objection: str | None = None


EXPECTED = {
    "1001": Brought(approve=True, no_day="mi-mai"),
    "1002": Brought(approve=False, note='Chèque "NSF" ? Demander à Zoé 🧾', owner="Zoé", until=date(2026, 5, 1)),
    "1003": Brought(approve=True, note="=1+1 is a note", owner="Marc-André"),
    "1004": Brought(approve=True, objection="review-cell-changed"),
    "1005": Brought(approve=True, objection="review-row-not-approvable"),
    "1006": Brought(approve=False, until=date(2026, 12, 15)),
    "1007": Brought(approve=True, objection="review-approve-not-yes-no"),
}
"""By key. In the first row the words of the reason were changed; the sixth is in a currency without a name: both are
taken. An eighth row was deleted."""


def rows() -> dict[str, Proposal]:
    """The rows as they were reviewed, by key; every fact that a file shows is given here."""
    made = [
        _row("1001", Status.READY, "INV-1001", "Boréal Informatique inc.", "120.00"),
        _row("1002", Status.READY, "007", "Groupe Saint-Laurent & Associés", "1234567.89"),
        _row("1003", Status.REOPENED, "INV-1003", '=HYPERLINK("http://x","y")', "0.00", before="80.25"),
        _row("1004", Status.READY, "INV-1004", "Maple Dental Group", "55.10"),
        _row("1005", Status.NOT_IN_MANAGE, "INV-1005", "North Shore Plumbing Ltd.", "10.00"),
        _row("1006", Status.IN_AGREEMENT, "INV-1006", "North Shore Plumbing Ltd.", "300.00", currency=None),
        _row("1007", Status.READY, "INV-1007", "Maple Dental Group", "61.99", currency="USD"),
        _row("1008", Status.READY, "INV-1008", "Maple Dental Group", "62.99", currency="USD"),
    ]
    return {row.key: row for row in made}


def _row(
    key: str, status: Status, invoice: str, customer: str, paid: str, before: str = "0.00", currency: str | None = "CAD"
) -> Proposal:
    amount, settled = Decimal(paid), Decimal(paid) or Decimal(before)
    return paper.proposal(
        int(key),
        status,
        key=key,
        invoice=invoice,
        customer=customer,
        currency=currency,
        currency_id=9,
        dated=date(2026, 3, 1),
        sage_total=settled,
        manage_total=settled,
        cash=amount,
        discount=Decimal("0.00"),
        credit=Decimal("0.00"),
        other=Decimal("0.00"),
        sage_balance=settled - amount,
        paid_before=Decimal(before),
        paid_proposed=amount,
        date_paid_before=None,
        date_paid_proposed=date(2026, 4, 2) if amount else None,
        clearing_receipt=f"R-{key}" if amount else None,
    )


def write(folder: Path) -> None:
    """Write the files, and change them as a reviewer does: decisions, notes, an amount, words, a row."""
    folder.mkdir(parents=True, exist_ok=True)
    reviewed = rows()
    for language in languages():
        path = folder / f"{language.code}.xlsx"
        ExcelFiles(language).write(path, paper.review(list(reviewed.values()), id=RUN))
        yes, no = ("Yes", "No") if language.code == "en" else ("Oui", "Non")
        with edited(path) as book:
            place = {key: number for number, key in enumerate(book.keys())}
            for key, answer in (("1002", no), ("1003", yes), ("1005", yes), ("1007", "?")):
                book.cell(place[key], "Approve").value = answer
            for key in ("1002", "1003"):
                for header, words in (("Note", EXPECTED[key].note), ("Owner", EXPECTED[key].owner)):
                    cell = book.cell(place[key], header)
                    cell.value, cell.data_type = words, "s"
            for key, day in (("1001", "mi-mai"), ("1002", date(2026, 5, 1)), ("1006", " 2026-12-15")):
                book.cell(place[key], "Hold until").value = day
            book.cell(place["1001"], "Why").value = "Reworded"
            book.cell(place["1004"], "Paid proposed").value = 55.11
            book.rewrite([book.row(number) for key, number in place.items() if key != "1008"])
