"""Disks that fill up and files that cannot be written: a request is only sent when its intent is kept."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.values.errors import TieoutError
from sync.core.values.posting import Outcome
from sync.core.values.records import Write
from sync.ledger.sqlite_ledger import open_read_only
from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.usecases.office import Office, outcomes

MONTH = ("sync", "--since", "past-month")


def filled(office: Office, pages: int) -> None:
    """Let the ledger grow by so many pages and no more, as on a disk that is full; without end below zero."""
    connection = office.ledger._file._connection
    (now,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {now + pages if pages >= 0 else 1_000_000}")


@pytest.mark.parametrize("pages", [0, 1, 2, 4, 7, 10])
def test_on_a_full_disk_nothing_is_sent_without_its_intent(office: Office, pages: int) -> None:
    """Fault 55: wherever room runs out, each request had its intent on disk, and with room again the rest goes once."""
    for number in range(1001, 1041):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    review = office.sync()
    known = []

    def before(write: Write) -> None:
        ledger = open_read_only(office.folder)
        assert ledger is not None
        with ledger:
            known.append(write in [intent.write for intent in ledger.in_doubt(review.run.company)])

    office.site.before_write = before
    filled(office, pages)
    with pytest.raises(TieoutError, match="cause-disk-full"):
        office.push(review)
    assert known == [True] * len(office.site.writes)
    assert len(known) < 40
    filled(office, -1)
    office.reopen()
    office.clock.pass_by(timedelta(minutes=11))
    assert set(outcomes(office.push(review)).values()) <= {Outcome.POSTED, Outcome.ALREADY}
    assert all(known)
    assert sorted(write.invoice_id for write in office.site.writes) == list(range(101001, 101041))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev/full")
def test_a_report_that_cannot_be_written_does_not_undo_a_push(terminal: Terminal, practice: Practice) -> None:
    """Fault 65: the disk fills up after the last row: every row is on record, and is told again when asked."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    answer = terminal.at(practice, "push", "p.xlsx", "--json", "/dev/full")
    assert (answer.status != 0, "Traceback" in answer.words) == (True, False)
    again = json.loads(terminal.at(practice, "push", "p.xlsx", "--json", "-").out)
    assert set(again["totals"]["outcomes"]) == {"already"}
    assert "intact" in terminal.at(practice, "verify").out


def test_a_copy_of_the_workbook_pushed_after_it_sends_nothing(terminal: Terminal, practice: Practice) -> None:
    """Faults 15 and 50: a copy, a conflict copy or a download has the same run, so its second push finds all done."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    shutil.copy("p.xlsx", "p (1).xlsx")
    shutil.copy("p.xlsx", "p-COMPTA-1.xlsx")
    terminal.at(practice, "push", "p.xlsx")
    for name in ("p (1).xlsx", "p-COMPTA-1.xlsx"):
        pushed = json.loads(terminal.at(practice, "push", name, "--json", "-").out)
        assert set(pushed["totals"]["outcomes"]) == {"already"}


def test_an_older_version_of_the_workbook_is_refused(terminal: Terminal, practice: Practice) -> None:
    """Fault 49: restored from the version history under the same name: refused, with the run it gave way to."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    old = Path("p.xlsx").read_bytes()
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    Path("p.xlsx").write_bytes(old)
    answer = terminal.at(practice, "push", "p.xlsx")
    assert (answer.status, "was replaced by run" in answer.err) == (4, True)


def test_what_was_hidden_or_deleted_is_said_before_the_push(terminal: Terminal, practice: Practice) -> None:
    """Faults 42 and 43: approved rows that are hidden are not pushed; how many reviewed ones are gone is said."""
    import openpyxl  # noqa: PLC0415 - slow, and used here only

    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    book = openpyxl.load_workbook("p.xlsx")
    sheet = book["Reconciliation"]
    rows = list(sheet.iter_rows())
    header = next(n for n, row in enumerate(rows) if "Approve" in [cell.value for cell in row])
    place = [cell.value for cell in rows[header]].index("Approve")
    yes = [row for row in rows[header + 1 :] if row[place].value == "Yes"]
    for row in yes[:2]:
        sheet.row_dimensions[row[0].row or 0].hidden = True
    for cell in yes[2]:
        cell.value = None
    book.save("p.xlsx")
    refused = terminal.at(practice, "push", "p.xlsx", "--yes")
    hidden = "Approved rows that are hidden by a filter or by hand: 2. Nothing was written."
    assert (refused.status, hidden in refused.err) == (4, True)
    for row in yes[:2]:
        sheet.row_dimensions[row[0].row or 0].hidden = False
    book.save("p.xlsx")
    book.close()
    assert "Reviewed rows that are no longer in the file: 1;" in terminal.at(practice, "push", "p.xlsx", "--yes").words
