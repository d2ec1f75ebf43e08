"""Once found: a row reviewed as ready is sent again although it is now changed in Manage."""

from __future__ import annotations

from pathlib import Path

from sync.core.values.records import Write
from tests.usecases.office import Office


def test_what_a_person_took_away_is_not_written_again_by_the_same_workbook(tmp_path: Path) -> None:
    """Deleted by hand before our read-back: the row is now `changed_in_manage`, which nobody approved."""
    office = Office(folder=tmp_path / "state")
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")

    def deletes(_: Write) -> None:
        office.site.add(office.site.invoices_[101001])

    office.site.after_write = deletes
    review = office.sync()
    assert not office.push(review).successful
    office.site.after_write = lambda _: None
    office.push(review)
    office.ledger.close()
    assert len(office.site.writes) == 1
