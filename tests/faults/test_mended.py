"""Cases that the map of faults once found open, and that were mended."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sync.core.values.errors import SetupError
from sync.core.values.posting import Outcome
from sync.language.catalogues import ENGLISH
from sync.system.local_folders import must_be_local
from sync.system.log import HIDDEN, hide, without_secrets
from tests.usecases.office import Office, outcomes, statuses


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An accountant on one computer."""
    return Office(folder=tmp_path / "state")


@pytest.mark.parametrize("place", ["/mnt/OneDrive - Boréal/tieout", "/mnt/Dropbox/tieout", "//server/share/t"])
def test_a_ledger_is_kept_on_this_computer(place: str) -> None:
    """Fault 62: a share or a synchronised folder is refused with the way out, and nothing is made there."""
    with pytest.raises(SetupError, match="ledger-state-folder-not-local"):
        must_be_local(Path(place))


def test_an_ordinary_folder_is_local(tmp_path: Path) -> None:
    """Fault 62: nothing else is in the way."""
    must_be_local(tmp_path)


def test_money_that_is_still_to_come_is_not_paid(office: Office) -> None:
    """Fault 74: a receipt dated next year is held, with its date; it is ready on the day itself."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00", number="R5", dated=date(2026, 5, 1))
    review = office.sync()
    assert statuses(review) == {"1001": "post_dated"}
    assert review.rows[0].reason.said(ENGLISH) == (
        "R5 is dated 2026-05-01, which is still to come: a post-dated cheque, or a typing error."
    )
    office.books.clock = office.books.clock.replace(month=5, day=1)
    office.clock.day = date(2026, 5, 1)
    assert statuses(office.sync()) == {"1001": "ready"}


def test_no_password_is_left_in_a_log() -> None:
    """Fault 82: in braces, with semicolons in it, or taken from the keyring and met anywhere."""
    hide("from-the-keyring", "abc", None)
    text = without_secrets("DRIVER={X};PWD={Lecture;seule}}1};UID=reader and from-the-keyring and abc")
    assert text == f"DRIVER={{X}};PWD={HIDDEN};UID=reader and {HIDDEN} and abc"


def test_a_receipt_voided_after_its_approval_is_stale(office: Office) -> None:
    """Fault 24: Manage and Sage agree again, but not on what was approved; that is said, and nothing is sent."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.books.entries.pop()
    office.row(1001, "0.00", number="void")
    assert outcomes(office.push(review)) == {"1001": Outcome.STALE}
    assert office.site.writes == []
