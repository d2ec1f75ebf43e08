"""The four buttons against a practice world, in the engine that refuses what Excel would mangle."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from msgspec.structs import replace
from openpyxl import load_workbook

from addin import tasks
from addin.live import excel
from addin.live.dialogue import YES
from addin.live.live_book import LiveBook
from sync.core.prove.review import Review
from sync.core.values.errors import SetupError, Unavailable
from sync.core.values.messages import say
from sync.core.values.posting import Reply
from sync.core.values.records import Write
from sync.core.values.runs import Phase, RunEnd, RunSummary
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.practice.api import PRIVATE_KEY, PUBLIC_KEY
from sync.practice.world import Practice
from sync.system.this_computer import this_person
from sync.wiring import open_ledger_read_only
from tests.addin.bench import TODAY, Bench
from tests.cli.world import own_site
from tests.excel.strict_rules import ExcelBusy
from tests.workbook import paper
from tests.workbook.paper import proposal, review
from tests.workbook.told import beside
from workbook.control.list_sheets import RUNS
from workbook.control.panel import Figure, Input, last_run
from workbook.review.columns import SHEET
from workbook.xlsx.cells import day_number, visible

HOSTILE = ['=HYPERLINK("http://x","y")', "+1+1", "@SUM(A1)", "-2", "007", "TRUE", "1/2", "'quoted", "1E5", "\tTab"]
HOSTILE += ["\x1b[31m[red]", "\u202etxt.exe\u200b"]


def in_manage(practice: Practice, number: str) -> dict[str, Any]:
    """An invoice as the practice site has it."""
    answer = requests.get(
        f"{practice.url}v4_6_release/apis/3.0/finance/invoices",
        params={"conditions": f'invoiceNumber in ("{number}")'},
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
        f"Reconciliation, then press Push to Manage. A push can be undone with Undo Push while"
    )
    assert (month.shown(Figure.READY_COUNT), month.shown(Figure.FAILED_COUNT)) == (count, 0)
    assert "CAD" in month.shown(Figure.READY_AMOUNT)
    assert [type(row[head]) for head in ("Invoice", "Paid proposed", "Date paid proposed")] == [str, float, datetime]
    assert in_manage(practice, row["Invoice"])["payments"] == 0
    held = [line[0] for line in month.sheet("Held Items", "A5:A60") if line[0]]
    assert len(held) == month.shown(Figure.HELD_COUNT)
    tie_out = month.sheet("Tie-out", "A5:D40")
    assert tie_out[0][0] == "Every difference between Sage and Manage is explained. As the sync read them."
    assert ["Total", None, None, "CAD"] in tie_out
    proof = [line[0] for line in month.sheet("Proof", "A5:A8")]
    assert proof[0] == "Everything that was entered in Sage is accounted for: difference 0.00."
    assert "Entered in Sage in the window" in proof
    assert month.sheet("Applications", "A5:A5")[0][0] == rows[0]["Invoice"]
    receipts = month.sheet("Receipts", "A5:N60")
    assert str(receipts[0][0]).startswith("Every receipt of the window is accounted for: difference 0.00.")
    assert ["Total", "CAD"] in [[line[0], line[3]] for line in receipts]
    assert row["Manage record"] == str(in_manage(practice, row["Invoice"])["id"])
    assert month.sheet("Runs", "I5:I5")[0][0] == "to be pushed"


def test_a_push_writes_reads_back_and_marks_each_row(month: Bench, practice: Practice) -> None:
    """What says No stays; what was pushed says so beside its row, and in Manage."""
    held = ready(month)
    pushed = next(row for row in month.rows() if row["Status"] == "Ready" and int(row["Key"]) > int(held["Key"]))
    month.set(held["Key"], "Approve", "No")
    month.set(held["Key"], "Note", "Ask Zoé")
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    assert month.status.endswith("Export Audit writes the papers to sign.")
    assert month.row(pushed["Key"])["Outcome"] == "posted: Written and read back."
    assert month.row(held["Key"])["Outcome"] is None
    waits, posted = month.sheet(SHEET.said(ENGLISH), "A2:B3")
    for line, label, count in ((waits, "Needs you", Figure.HELD_COUNT), (posted, "Posted", Figure.POSTED_COUNT)):
        assert (line[0], line[1].split(":")[0]) == (label, f"{month.shown(count):.0f}")
    assert in_manage(practice, held["Invoice"])["payments"] == 0
    assert float(in_manage(practice, pushed["Invoice"])["payments"]) == pushed["Paid proposed"]
    assert month.shown(Figure.READY_COUNT) == 0
    assert month.shown(Figure.LAST_DAY).date() == TODAY


def test_a_repeated_sync_keeps_notes_and_decisions_and_puts_what_waits_first(month: Bench) -> None:
    """A note that was never pushed, and a No, however the rows were sorted; a row set to No waits from then on."""
    before = month.rows()
    backwards = list(reversed(before))
    table = month.book.sheets[SHEET.said(ENGLISH)].tables["Review"]
    body = table.data_body_range
    assert body is not None
    body.raw_value = [_raw(row) for row in backwards]
    month.set(backwards[0]["Key"], "Note", "=not a formula")
    chosen = ready(month)
    month.set(chosen["Key"], "Approve", "no")
    month.press("Run Sync")
    after = month.rows()
    others = [[row["Key"] for row in rows if row["Key"] != chosen["Key"]] for rows in (before, after)]
    assert others[0] == others[1]
    first_ready = next(place for place, row in enumerate(after) if row["Approve"] == "Yes")
    assert [row["Key"] for row in after].index(chosen["Key"]) < first_ready
    assert month.row(backwards[0]["Key"])["Note"] == "=not a formula"
    assert month.row(chosen["Key"])["Approve"] == "No"


def test_decisions_are_on_record_before_the_sheet_is_written_over(
    month: Bench, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync that breaks off midway: note, owner, No and day are in the ledger, and in whatever is made of it."""
    key = ready(month)["Key"]
    typed = {"Approve": "No", "Note": "Ask Zoé", "Owner": "Luc", "Hold until": float(day_number(date(2026, 5, 1)))}
    for column, words in typed.items():
        month.set(key, column, words)

    def broken(*_: object) -> None:
        raise Unavailable(say("manage-unreachable"))

    with monkeypatch.context() as patch:
        patch.setattr("sync.usecases.find_rows.read_and_propose", broken)
        month.press("Run Sync")
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        (run,) = [entry.run for entry in ledger.history()]
        hold = ledger.holds(run.company)[key]
    assert (hold.note, hold.owner, hold.until) == ("Ask Zoé", "Luc", date(2026, 5, 1))
    month.press("Run Sync")
    row = month.row(key)
    assert (row["Approve"], row["Note"], row["Owner"], row["Hold until"]) == (
        "No",
        "Ask Zoé",
        "Luc",
        datetime(2026, 5, 1),  # noqa: DTZ001 - a cell has no time zone
    )
    assert row["Why"].startswith("Held by ")
    assert " until 2026-05-01. Note: Ask Zoé" in row["Why"]


def test_a_no_whose_key_was_emptied_on_the_sheet_is_not_forgotten(month: Bench) -> None:
    """It is bound to the invoice of its row; where that cannot be told, the row is named and nothing written over."""
    first, other = [row["Key"] for row in month.rows() if row["Approve"] == "Yes"][:2]
    for header, value in {"Approve": "No", "Key": None}.items():
        month.set(first, header, value)
    month.press("Run Sync")
    assert month.row(first)["Approve"] == "No"
    place = [row["Key"] for row in month.rows()].index(other)
    for header, value in {"Note": "Not this one", "Invoice": None, "Key": None}.items():
        month.set(other, header, value)
    for button in ("Run Sync", "Push to Manage"):
        month.press(button)
        row = month.book.sheets[SHEET.said(ENGLISH)].tables["Review"].range.row + 1 + place
        assert month.status.startswith(f"Row {row} of the sheet holds a No, a note, an owner or a day")
        assert month.rows()[place]["Note"] == "Not this one"


def test_a_hold_ends_on_its_day_on_the_sheet_too(month: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The No that stood there was the hold's; a day that cannot be read is said in the status cell."""
    key, other = [row["Key"] for row in month.rows() if row["Approve"] == "Yes"][:2]
    month.set(key, "Approve", "No")
    month.set(key, "Hold until", float(day_number(date(2026, 4, 15))))
    month.set(other, "Hold until", "mid-May")
    month.press("Run Sync")
    assert (month.row(key)["Approve"], month.row(other)["Approve"]) == ("No", "No")
    assert "Hold until says “mid-May”, which is no date" in month.status
    monkeypatch.setenv("TIEOUT_TODAY", "2026-04-15")
    month.press("Run Sync")
    assert (month.row(key)["Approve"], month.row(key)["Hold until"], month.row(other)["Approve"]) == ("Yes", None, "No")


def _raw(row: dict[str, Any]) -> list[Any]:
    zero = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
    return [float((value - zero).days) if isinstance(value, datetime) else value for value in row.values()]


@pytest.mark.parametrize("size", [1_000, 10_000])
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
    assert sum(month.engine.calls.values()) == 199
    assert shown == [size]
    assert len(month.rows()) == size


def test_hostile_words_stay_words(bench: Bench, practice: Practice) -> None:
    """Names and numbers that a spreadsheet would calculate, shorten or make a date of read back as they were typed.

    What nobody could see in them is marked, and a repeated sync still knows the rows by them.
    """
    assert practice.url
    rows = [proposal(n, invoice=word, customer=word) for n, word in enumerate(HOSTILE, start=1)]
    LiveBook(bench.book).review(review(rows))
    assert [row["Invoice"] for row in bench.rows()] == [visible(word) for word in HOSTILE]
    assert [row["Customer"] for row in bench.rows()] == [visible(word) for word in HOSTILE]
    for row in rows:
        bench.set(row.key, "Note", f"kept {row.key}")
    LiveBook(bench.book).review(review(rows))
    assert [row["Note"] for row in bench.rows()] == [f"kept {row.key}" for row in rows]


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
        own_site(practice)
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

    def broken(*_: object) -> None:
        raise RuntimeError("no head")

    with monkeypatch.context() as patch:
        patch.setattr("addin.live.live_book.head_blocks", broken)
        month.press("Run Sync")
    assert "Tieout stopped because of an error in the program (RuntimeError); details are in" in month.status
    assert before == month.rows()
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")


def test_what_nobody_foresaw_is_logged_without_secrets(
    month: Bench, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is whole but for the keys."""
    own_site(practice)
    monkeypatch.setenv("TIEOUT_MANAGE_PRIVATE_KEY", "s3cret-canary")

    def broken(*_: object) -> None:
        raise RuntimeError("PWD=hunter2;x and s3cret-canary")

    monkeypatch.setattr(tasks, "sync", broken)
    month.press("Run Sync")
    log = (practice.place.state / "tieout.log").read_text(encoding="utf-8")
    assert "RuntimeError: PWD=(hidden);x and (hidden)" in log


@pytest.mark.parametrize(
    ("start", "custom", "words"),
    [
        (None, None, "No Start Date is chosen. Choose one from the list."),
        ("Past Year", None, "No Start Date is chosen. Choose one from the list."),
        ("Custom Date", None, "Custom Date is chosen but no date is given"),
        ("Custom Date", "soon", "Custom Date does not hold a date"),
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
    head = bench.sheet(SHEET.said(ENGLISH), "A1:AB4")
    window = "2026-03-01 to 2026-03-31, Custom Date, End Date set"
    assert (beside(head, "Window"), f", {window}, run " in head[0][0]) == (window, True)


def test_a_lowering_push_is_confirmed_by_the_number_of_its_rows(month: Bench, practice: Practice) -> None:
    """Without it nothing is written; with it the record is deleted, and the number confirms no second push."""
    row = next(r for r in month.rows() if r["Status"] == "Reopened" and r["Paid proposed"] == 0)
    month.set(row["Key"], "Approve", "Yes")
    month.press("Push to Manage")
    count = sum(1 for r in month.rows() if r["Approve"] == "Yes")
    assert f"type {count} into Confirm a large push" in month.status
    assert "A push can be undone with Undo Push while " in month.status
    for other in (count - 1, count + 1, "yes"):
        month.choose(Input.CONFIRM, other if isinstance(other, str) else float(other))
        month.press("Push to Manage")
        assert f"type {count} into Confirm a large push" in month.status
    assert float(in_manage(practice, row["Invoice"])["payments"]) == row["Paid before"]
    month.choose(Input.CONFIRM, float(count))
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    assert in_manage(practice, row["Invoice"])["payments"] == 0
    assert month.book.sheets["Update Invoice Payments"].range("C10").raw_value is None


def test_a_month_that_is_typed_is_exported_in_place_of_the_run(month: Bench) -> None:
    """With every run of it; one that has none, or words that are no month, are refused in a sentence."""
    for typed, said in (
        ("2026-04", "The audit pack of 2026-04 is in "),
        ("2026-02", "No run on record is of 2026-02: a run is of the month in which its days end. Choose a month"),
        ("April", '"April" is not a month.'),
    ):
        month.choose(Input.MONTH, typed)
        month.press("Export Audit")
        assert month.status.startswith(said)


def test_an_edited_amount_is_refused_in_its_row_and_the_rest_goes_on(month: Bench) -> None:
    """The reason stands beside the row."""
    row = ready(month)
    month.set(row["Key"], "Paid proposed", 1.0)
    month.press("Push to Manage")
    assert "Rows that need attention: 1;" in month.status or "1 refused" in month.status
    assert month.row(row["Key"])["Outcome"].startswith("refused: Paid proposed is 1.00 in the file")
    assert month.shown(Figure.FAILED_COUNT) == 1


@pytest.mark.parametrize("wrong", ["another header", "a sheet without its name", "a table that is none"])
def test_a_workbook_that_was_rebuilt_by_hand_is_refused_in_words(
    month: Bench, practice: Practice, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values never come under the wrong headers, and a missing sheet is named."""
    before = month.rows()
    if wrong == "another header":
        place = month.book.sheets[SHEET.said(ENGLISH)].tables["Review"].range.row
        header = month.book.sheets[SHEET.said(ENGLISH)].range(f"E{place}").raw_value
        month.book.sheets[SHEET.said(ENGLISH)].range(f"E{place}").raw_value = "Was paid"
        assert header == "Paid before"
    elif wrong == "a sheet without its name":
        monkeypatch.setattr("addin.live.live_book.SHEET", say("Abstimmung"))
    else:
        monkeypatch.setattr("addin.live.live_book.TABLE", "Gone")
    month.press("Run Sync")
    assert "is not as this Tieout builds it" in month.status or "is missing. Give it its name back" in month.status
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
    assert second.startswith(
        "The sheets could not be brought up to date. Tieout stopped because of an error in the program"
    )


def test_a_number_typed_as_a_note_is_kept(month: Bench) -> None:
    """As words, like everything in that column."""
    row = ready(month)
    month.set(row["Key"], "Note", "4711")
    month.press("Run Sync")
    assert month.row(row["Key"])["Note"] == "4711"


def test_a_formula_in_approve_is_refused(month: Bench) -> None:
    """Whatever it shows at the moment."""
    row = ready(month)
    body = month.book.sheets[SHEET.said(ENGLISH)].tables["Review"].data_body_range
    assert body is not None
    body[0, 0].number_format = "General"  # pasted together with its format
    body[0, 0].formula = '="Yes"'
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
    assert month.sheet(RUNS.name.said(ENGLISH), "J5") == [[str(folder)]]


def test_the_links_are_tested(month: Bench, practice: Practice) -> None:
    """All of them work, what is weaker is said behind that; or those that do not are named with what to do."""
    month.press("Check Setup")
    assert month.status.startswith("All ")
    assert "\nSage receipts: Sage has documents in currencies without a name" in month.status
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


def test_the_last_run_is_that_of_the_company_on_the_sheet() -> None:
    """One ledger holds the runs of several: another's success says nothing of this one."""
    ours = paper.run()
    other = replace(ours, company=replace(ours.company, site="https://other.example.com"))
    theirs, own = (
        RunSummary(
            run=run,
            rows={},
            end=RunEnd(run=run.id, phase=Phase.SYNC, at=at, person=run.person, successful=True),
            posted={},
        )
        for run, at in ((other, datetime(2026, 4, 9, 12, tzinfo=UTC)), (ours, datetime(2026, 4, 7, 12, tzinfo=UTC)))
    )
    assert "2026-04-07" in str(last_run([theirs, own], ours.company, None)[Figure.LAST_RUN])
    assert last_run([theirs], ours.company, None)[Figure.LAST_RUN] == say("none-yet")


@pytest.mark.parametrize("cause", [KeyboardInterrupt(), RuntimeError("unforeseen")])
def test_a_push_that_is_cut_short_names_the_row_whose_request_was_out(
    month: Bench, monkeypatch: pytest.MonkeyPatch, cause: BaseException
) -> None:
    """In the status cell, and beside its row."""
    write, sent = ManageClient.write, list[int]()

    def cut(self: ManageClient, wanted: Write) -> Reply:
        reply = write(self, wanted)
        sent.append(wanted.invoice_id)
        if len(sent) == 2:
            raise cause
        return reply

    monkeypatch.setattr(ManageClient, "write", cut)
    month.press("Push to Manage")
    (unknown,) = [row for row in month.rows() if str(row["Outcome"]).startswith("unknown")]
    assert month.status.startswith(f"Invoice {unknown['Invoice']} was being written when this was cut short: ")
    assert ("an error in the program (RuntimeError)" in month.status) == isinstance(cause, RuntimeError)


@pytest.mark.parametrize("name", ["Reconciliation", "Proof"])
def test_a_protected_sheet_is_named_before_anything_is_written(month: Bench, practice: Practice, name: str) -> None:
    """By every task that would write into it, and by no other."""
    before, sheet = month.rows(), month.book.sheets[name]
    invoice = ready(month)["Invoice"]
    sheet.api.Protect()
    for caption in ("Run Sync", "Push to Manage", "Undo Push", *(["Hold Shown"] if name == "Reconciliation" else [])):
        month.press(caption)
        assert month.status == say("excel-sheet-protected", sheet=name).said(ENGLISH), caption
    assert in_manage(practice, invoice)["payments"] == 0
    month.press("Export Audit")
    assert month.status.startswith("The audit pack of run ")
    sheet.api.Unprotect()
    assert before == month.rows()


def test_what_a_trial_and_an_export_did_is_said_though_it_cannot_be_shown(
    month: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invoice was written and taken back, a pack lies there: Excel fails after that, or the settings file does."""
    month.engine.answers["Ask"] = lambda _: YES

    def broken(*_: object) -> None:
        raise SetupError(say("excel-busy"))

    monkeypatch.setattr(LiveBook, "listed", broken)
    monkeypatch.setattr("sync.settings.settings_writer.keep_behaviour", broken)
    for caption, done in (("Trial", "Manage shows invoice "), ("Export Audit", "The audit pack of run ")):
        month.press(caption)
        first, last = month.status.split("\n")[0], month.status.split("\n")[-1]
        assert first.startswith(done)
        assert last == (say("excel-sheets-not-refreshed") + say("excel-busy")).said(ENGLISH)


def test_a_total_row_below_the_table_stops_no_row_task_and_no_push(month: Bench) -> None:
    """Excel adds it at a click, as a part of the table: it stays, and a sync names it."""
    table = month.book.sheets[SHEET.said(ENGLISH)].tables["Review"]
    table.show_totals = True
    month.engine.answers["Ask"] = lambda _: YES
    bottom = month.rows()[-1]
    month.press("Approve Shown")
    assert "row(s) say Yes now." in month.status
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    assert "could not be brought up to date" not in month.status
    assert (bottom["Approve"], month.rows()[-1]) == ("Total", bottom)
    month.press("Run Sync")
    assert "hold what somebody typed" in month.status


def test_another_company_s_sheet_makes_no_ledger_an_older_one(
    month: Bench, practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody chose another company after the sync: each task says that, and none that rows were cut off."""
    other = tmp_path / "other"
    Path(practice.place.state).rename(tmp_path / "first")
    month.press("Run Sync")
    practice.place.state.rename(other)
    (tmp_path / "first").rename(practice.place.state)
    run = next(iter(month.sheet("Runs", "A5:A5")))[0]
    month.engine.answers["Ask"] = lambda _: YES
    for caption in ("Export Audit", "Push to Manage", "Undo Push", "Approve Shown", "Next Exception"):
        month.press(caption)
        assert month.status == say("run-not-in-ledger-by-button", run=run).said(ENGLISH), caption
    monkeypatch.setenv("TIEOUT_STATE", str(other))
    month.press("Export Audit")
    assert month.status.startswith("The audit pack of run ")


def test_a_trial_with_nothing_to_try_names_what_a_workbook_has(month: Bench) -> None:
    """No option of a command, which nobody could give here."""
    for row in [row["Key"] for row in month.rows() if row["Approve"] == "Yes"]:
        month.set(row, "Approve", "No")
    month.engine.answers["Ask"] = lambda _: YES
    month.press("Trial")
    assert month.status.startswith("Run ")
    assert month.status.endswith("Choose an earlier start date, then press Run Sync.")
