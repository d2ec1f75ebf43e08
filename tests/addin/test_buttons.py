"""The four buttons against a practice world, in the engine that refuses what Excel would mangle."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from msgspec.structs import replace
from openpyxl import load_workbook

from addin import excel
from addin.live_book import LiveBook
from sync import steps
from sync.core.errors import Unavailable
from sync.core.review import Review
from sync.core.words import say
from sync.practice import Practice
from sync.sandbox.login import PRIVATE_KEY, PUBLIC_KEY
from sync.wiring import this_person
from tests.addin.bench import TODAY, Bench
from tests.excel.strict_rules import ExcelBusy
from tests.workbook.paper import proposal, review
from workbook.columns import SHEET
from workbook.lists import HISTORY
from workbook.panel import Figure, Input

HOSTILE = ['=HYPERLINK("http://x","y")', "+1+1", "@SUM(A1)", "-2", "007", "TRUE", "1/2", "'quoted", "1E5", "\tTab"]


@pytest.fixture
def month(bench: Bench, practice: Practice) -> Bench:
    """The workbook after a sync of the past month."""
    assert practice.url
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    return bench


def in_manage(practice: Practice, number: str) -> dict[str, Any]:
    """An invoice as the practice site has it."""
    answer = requests.get(
        f"{practice.url}v4_6_release/apis/3.0/finance/invoices",
        params={"conditions": f'invoiceNumber="{number}"'},
        auth=(f"acme+{PUBLIC_KEY}", PRIVATE_KEY),
        headers={"clientId": "sandbox"},
        timeout=10,
    )
    (found,) = json.loads(answer.text, parse_float=Decimal)
    return dict(found)


def ready(bench: Bench) -> dict[str, Any]:
    """A row that is ready, of an invoice that nothing was paid on."""
    return next(row for row in bench.rows() if row["Status"] == "Ready" and row["Paid before"] == 0)


def test_a_sync_fills_the_sheets_and_writes_nothing_to_manage(month: Bench, practice: Practice) -> None:
    """Rows, cards, lists and the sentence; amounts are numbers, dates are dates, words are words."""
    rows = month.rows()
    row = ready(month)
    count = sum(1 for r in rows if r["Approve"] == "Yes")
    assert month.status.startswith(
        f"{len(rows)} invoices were read and {count} are ready. Nothing was written to Manage. Review the sheet "
        f"Reconciliation, then press Push to Manage. A push can be undone with tieout undo 20"
    )
    assert (month.shown(Figure.READY_COUNT), month.shown(Figure.FAILED_COUNT)) == (count, 0)
    assert "CAD" in month.shown(Figure.READY_AMOUNT)
    assert [type(row[head]) for head in ("Invoice", "Paid proposed", "Date paid proposed")] == [str, float, datetime]
    assert in_manage(practice, row["Invoice"])["payments"] == 0
    held = [line[0] for line in month.sheet("Held Items", "A5:A60") if line[0]]
    assert len(held) == month.shown(Figure.HELD_COUNT)
    assert month.sheet("Tie-out", "A5:B5")[0] == ["Total", "Open balances"]
    assert month.sheet("Proof", "A5:A5")[0][0] == "Entered in Sage in the window"
    assert month.sheet("Applications", "B5:B5")[0][0] == rows[0]["Invoice"]
    assert month.sheet("History", "I5:I5")[0][0] == "to be pushed"


def test_a_push_writes_reads_back_and_marks_each_row(month: Bench, practice: Practice) -> None:
    """What says No stays; what was pushed says so beside its row, and in Manage."""
    held = ready(month)
    pushed = next(row for row in month.rows() if row["Status"] == "Ready" and int(row["Key"]) > int(held["Key"]))
    month.set(held["Key"], "Approve", "No")
    month.set(held["Key"], "Note", "Ask Zoé")
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    assert month.status.endswith("Every row was read back from Manage.")
    assert month.row(pushed["Key"])["Outcome"] == "posted: Written and read back."
    assert month.row(held["Key"])["Outcome"] is None
    assert in_manage(practice, held["Invoice"])["payments"] == 0
    assert float(in_manage(practice, pushed["Invoice"])["payments"]) == pushed["Paid proposed"]
    assert month.shown(Figure.READY_COUNT) == 0
    assert month.shown(Figure.LAST_DAY).date() == TODAY


def test_a_repeated_sync_keeps_sort_notes_and_decisions(month: Bench) -> None:
    """The user's order of rows, a note that was never pushed, and a No."""
    before = month.rows()
    backwards = list(reversed(before))
    table = month.book.sheets[str(SHEET)].tables["Review"]
    body = table.data_body_range
    assert body is not None
    body.raw_value = [_raw(row) for row in backwards]
    month.set(backwards[0]["Key"], "Note", "=not a formula")
    chosen = ready(month)
    month.set(chosen["Key"], "Approve", "no")
    month.press("Run Sync")
    after = month.rows()
    assert [row["Key"] for row in backwards] == [row["Key"] for row in after]
    assert month.row(backwards[0]["Key"])["Note"] == "=not a formula"
    assert month.row(chosen["Key"])["Approve"] == "No"


def _raw(row: dict[str, Any]) -> list[Any]:
    zero = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
    return [float((value - zero).days) if isinstance(value, datetime) else value for value in row.values()]


@pytest.mark.parametrize("size", [100, 10_000])
def test_the_calls_do_not_grow_with_the_rows(month: Bench, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many calls to Excel for a sync, whatever it reads, and one block for the table."""
    shown: list[int] = []
    show = LiveBook.review

    def many(self: LiveBook, found: Review) -> None:
        rows = [replace(found.rows[n % len(found.rows)], key=str(n)) for n in range(size)]
        shown.append(len(rows))
        show(self, replace(found, rows=rows))

    monkeypatch.setattr(LiveBook, "review", many)
    month.engine.calls.clear()
    month.press("Run Sync")
    assert sum(month.engine.calls.values()) == 65
    assert shown == [size]
    assert len(month.rows()) == size


def test_hostile_words_stay_words(bench: Bench, practice: Practice) -> None:
    """Names and numbers that a spreadsheet would calculate, shorten or make a date of read back as they were typed."""
    assert practice.url
    rows = [proposal(n, invoice=word, customer=word) for n, word in enumerate(HOSTILE, start=1)]
    LiveBook(bench.book).review(review(rows))
    assert [row["Invoice"] for row in bench.rows()] == HOSTILE
    assert [row["Customer"] for row in bench.rows()] == HOSTILE


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        ("wrong password", "Manage refused the login"),
        ("Manage down", "cannot be reached"),
        ("no Sage", "sample.db"),
    ],
)
def test_a_sync_that_fails_leaves_the_reconciliation_as_it_was(
    month: Bench, practice: Practice, monkeypatch: pytest.MonkeyPatch, break_it: str, words: str
) -> None:
    """One plain sentence in the status cell; not a cell of the review is changed."""
    before = month.rows()
    if break_it == "wrong password":
        monkeypatch.setenv("TIEOUT_MANAGE_PRIVATE_KEY", "wrong")
    elif break_it == "Manage down":
        _move_site(practice, "http://127.0.0.1:9")
    else:
        (practice.folder / "sample.db").unlink()
    month.press("Run Sync")
    assert words in month.status
    assert "Traceback" not in month.status
    assert before == month.rows()


def _move_site(practice: Practice, address: str) -> None:
    config = practice.place.config
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(practice.url.rstrip("/"), address), encoding="utf-8")


def test_a_table_that_cannot_be_written_is_put_back(month: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel fails after the rows were written: the old rows are there again, and the old run can still be pushed."""
    before = month.rows()

    def broken(_: object) -> None:
        raise RuntimeError("no head")

    with monkeypatch.context() as patch:
        patch.setattr("addin.live_book.head_block", broken)
        month.press("Run Sync")
    assert "Tieout met something it does not know (RuntimeError); details are in" in month.status
    assert before == month.rows()
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")


def test_what_nobody_foresaw_is_logged_without_secrets(
    month: Bench, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is whole but for the keys."""
    monkeypatch.setenv("TIEOUT_MANAGE_PRIVATE_KEY", "s3cret-canary")

    def broken(*_: object) -> None:
        raise RuntimeError("PWD=hunter2;x and s3cret-canary")

    monkeypatch.setattr(steps, "sync", broken)
    month.press("Run Sync")
    log = (practice.place.state / "tieout-error.log").read_text(encoding="utf-8")
    assert "RuntimeError: PWD=(hidden);x and (hidden)" in log


@pytest.mark.parametrize(
    ("start", "custom", "words"),
    [
        (None, None, "No Start Date is chosen. Choose one from the list."),
        ("Past Year", None, "No Start Date is chosen. Choose one from the list."),
        ("Custom Date", None, "Custom Date is chosen but no date is given"),
        ("Custom Date", "soon", "Custom Date holds no date"),
        ("Custom Date", datetime(2027, 1, 1), "is in the future"),  # noqa: DTZ001 - a cell has no time zone
        ("Last Successful Run", None, "No successful run is on record"),
    ],
)
def test_a_choice_that_cannot_be_used_is_said(
    bench: Bench, practice: Practice, start: str | None, custom: object, words: str
) -> None:
    """In the status cell, with what to do."""
    assert practice.url
    bench.choose(Input.START, start)
    cell = bench.book.sheets["Update Invoice Payments"].range("C8")
    cell.raw_value = _raw({"": custom})[0]
    bench.press("Run Sync")
    assert words in bench.status


def test_a_custom_date_and_an_end_date_bound_the_window(bench: Bench, practice: Practice) -> None:
    """As days, however Excel keeps them."""
    assert practice.url
    bench.choose(Input.START, "Custom Date")
    zero = date(1899, 12, 30)
    bench.choose(Input.CUSTOM, float((date(2026, 3, 1) - zero).days))
    bench.choose(Input.END, float((date(2026, 3, 31) - zero).days))
    bench.press("Run Sync")
    head = bench.sheet(str(SHEET), "A1:B8")
    assert next(line[1] for line in head if line[0] == "Window") == (
        "2026-03-01 to 2026-03-31, Custom Date, End Date set"
    )


def test_a_lowering_push_is_confirmed_by_the_number_of_its_rows(month: Bench, practice: Practice) -> None:
    """Without it nothing is written; with it the record is deleted, and the number confirms no second push."""
    row = next(r for r in month.rows() if r["Status"] == "Reopened" and r["Paid proposed"] == 0)
    month.set(row["Key"], "Approve", "Yes")
    month.press("Push to Manage")
    count = sum(1 for r in month.rows() if r["Approve"] == "Yes")
    assert f"type {count} into Confirm a large push" in month.status
    assert "A push can be undone with tieout undo " in month.status
    assert float(in_manage(practice, row["Invoice"])["payments"]) == row["Paid before"]
    month.choose(Input.CONFIRM, float(count))
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    assert in_manage(practice, row["Invoice"])["payments"] == 0
    assert month.book.sheets["Update Invoice Payments"].range("C10").raw_value is None


def test_an_edited_amount_is_refused_in_its_row_and_the_rest_goes_on(month: Bench) -> None:
    """The reason stands beside the row."""
    row = ready(month)
    month.set(row["Key"], "Paid proposed", 1.0)
    month.press("Push to Manage")
    assert "1 rows need attention" in month.status or "1 refused" in month.status
    assert month.row(row["Key"])["Outcome"].startswith("refused: Paid proposed is 1.00 in the file")
    assert month.shown(Figure.FAILED_COUNT) == 1


@pytest.mark.parametrize("wrong", ["another header", "a sheet without its name", "a table that is none"])
def test_a_workbook_that_was_rebuilt_by_hand_is_refused_in_words(
    month: Bench, practice: Practice, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values never come under the wrong headers, and a missing sheet is named."""
    before = month.rows()
    if wrong == "another header":
        place = month.book.sheets[str(SHEET)].tables["Review"].range.row
        header = month.book.sheets[str(SHEET)].range(f"H{place}").raw_value
        month.book.sheets[str(SHEET)].range(f"H{place}").raw_value = "Was paid"
        assert header == "Paid before"
    elif wrong == "a sheet without its name":
        monkeypatch.setattr("addin.live_book.SHEET", say("Abstimmung"))
    else:
        monkeypatch.setattr("addin.live_book.TABLE", "Gone")
    month.press("Run Sync")
    assert "is not as it was built" in month.status or "is missing. Give it its name back" in month.status
    assert [row["Key"] for row in before] == [row["Key"] for row in month.rows()]
    assert practice.url


def test_a_list_that_cannot_be_shown_does_not_hide_what_was_pushed(
    month: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outcome comes first; that the sheets are behind comes after it."""

    def broken(*_: object) -> None:
        raise RuntimeError("protected")

    monkeypatch.setattr(LiveBook, "listed", broken)
    month.press("Push to Manage")
    first, second = month.status.split("\n")
    assert first.startswith("Pushed: ")
    assert second.startswith("The sheets could not be brought up to date. Tieout met something it does not know")


def test_a_number_typed_as_a_note_is_kept(month: Bench) -> None:
    """As words, like everything in that column."""
    row = ready(month)
    month.set(row["Key"], "Note", "4711")
    month.press("Run Sync")
    assert month.row(row["Key"])["Note"] == "4711"


def test_a_formula_in_approve_is_refused(month: Bench) -> None:
    """Whatever it shows at the moment."""
    row = ready(month)
    body = month.book.sheets[str(SHEET)].tables["Review"].data_body_range
    assert body is not None
    body[0, 2].number_format = "General"  # pasted together with its format
    body[0, 2].formula = '="Yes"'
    month.press("Push to Manage")
    first = month.rows()[0]
    assert "formula" in first["Outcome"], (row, first)


def test_an_empty_workbook_cannot_be_pushed(bench: Bench, practice: Practice) -> None:
    """Before the first sync."""
    assert practice.url
    bench.press("Push to Manage")
    assert "has no run id above its table" in bench.status


def test_the_export_is_a_file_of_its_own(month: Bench, tmp_path: Path) -> None:
    """The pack holds the rows as they were reviewed, and the sheet History names its folder."""
    month.press("Export Audit")
    (folder,) = (tmp_path / "exports").iterdir()
    assert str(folder) in month.status
    (path,) = folder.glob("*.xlsx")
    numbers = [str(row[0]) for row in load_workbook(path)["20 Reconciliation"].iter_rows(min_row=1, values_only=True)]
    assert ready(month)["Invoice"] in numbers
    assert month.sheet(str(HISTORY.name), "J5") == [[str(folder)]]


def test_the_links_are_tested(month: Bench, practice: Practice) -> None:
    """All of them work, or those that do not are named with what to do."""
    month.press("Check Setup")
    assert month.status.startswith("All ")
    (practice.folder / "sample.db").unlink()
    month.press("Check Setup")
    assert month.status.startswith("Sage: ")


def test_a_busy_excel_is_waited_for(month: Bench) -> None:
    """A cell is being edited for a moment: nothing is lost."""
    month.engine.busy = 3
    month.press("Run Sync")
    assert "invoices were read" in month.status


def test_an_excel_that_stays_busy_is_told_and_left(month: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded wait, then one sentence that xlwings shows."""
    monkeypatch.setattr(excel, "PATIENCE", 0.0)
    month.engine.busy = 10_000
    with pytest.raises(SystemExit, match="Excel is busy"):
        month.press("Run Sync")
    month.engine.busy = 0
    with pytest.raises(Unavailable):
        excel.patiently(_rejected)


def _rejected() -> None:
    raise ExcelBusy


def test_the_last_run_is_told_with_person_and_computer(month: Bench) -> None:
    """By anyone on record on this computer."""
    month.press("Push to Manage")
    person = this_person()
    assert month.shown(Figure.LAST_RUN).endswith(f" by {person.user} on {person.computer}")
