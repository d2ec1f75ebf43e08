"""`sync` and `push` on the sample company and the practice site, over real sockets and real files."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sync.core.values.money import parse, plain, total
from sync.core.values.proposal import Status
from sync.practice.world import Practice
from tests.cli.world import Terminal

ROW_FIELDS = [
    "key",
    "invoice",
    "customer",
    "currency",
    "status",
    "reason",
    "sage_total",
    "manage_total",
    "cash",
    "discount",
    "credit",
    "other",
    "sage_balance",
    "paid_before",
    "paid_proposed",
    "date_paid_before",
    "date_paid_proposed",
    "clearing_receipt",
    "approve",
    "held",
]


def synced(terminal: Terminal, practice: Practice, name: str = "review.xlsx") -> dict[str, Any]:
    """Sync the past month and return its JSON."""
    answer = terminal.at(practice, "sync", "--since", "past-month", "--out", name, "--json", "-")
    assert answer.status == 0, answer.words
    found: dict[str, Any] = json.loads(answer.out)
    return found


def pushed(terminal: Terminal, practice: Practice, name: str = "review.xlsx", *more: str) -> tuple[int, dict[str, Any]]:
    """Push a reconciliation and return the exit status and its JSON."""
    answer = terminal.at(practice, "push", name, "--json", "-", *more)
    return answer.status, json.loads(answer.out) if answer.out else {}


def decide(path: Path, column: str, value: str | int, where: tuple[str, str]) -> int:
    """Set a cell in every row where another column says so, as a user would; returns how many rows."""
    book = openpyxl.load_workbook(path)
    sheet = book["Reconciliation"]
    rows = list(sheet.iter_rows())
    header = next(r for r in rows if {"Key", "Approve", "Note"} <= {c.value for c in r})
    titles = [cell.value for cell in header]
    changed = 0
    for row in rows[rows.index(header) + 1 :]:
        if row[titles.index(where[0])].value == where[1]:
            row[titles.index(column)].value = value
            changed += 1
    book.save(path)
    book.close()
    return changed


def test_sync_json_has_the_promised_shape(terminal: Terminal, practice: Practice) -> None:
    """Every field of a row, in order; money with two decimals; window and company."""
    found = synced(terminal, practice)
    assert [list(row) for row in found["rows"]] == [ROW_FIELDS] * len(found["rows"])
    assert found["window"] == {"choice": "past-month", "start": "2026-03-10", "end": "2026-04-10"}
    amounts = [row[f] for row in found["rows"] for f in ("sage_total", "paid_before", "paid_proposed") if row[f]]
    assert [a for a in amounts if not re.fullmatch(r"-?\d+\.\d\d", a)] == []


def test_every_status_is_in_the_sample_month_and_at_least_forty_are_ready(
    terminal: Terminal, practice: Practice
) -> None:
    """The sample company shows everything that can happen."""
    counts = Counter(row["status"] for row in synced(terminal, practice)["rows"])
    assert len(counts) == len(Status)
    assert min(counts.values()) >= 3
    assert counts["ready"] >= 40


def test_the_totals_are_the_sums_of_the_rows(terminal: Terminal, practice: Practice) -> None:
    """Σ of the rows is Σ of the totals, to the cent."""
    found = synced(terminal, practice)
    rows = total(
        parse(row[part]) for row in found["rows"] for part in ("cash", "discount", "credit", "other") if row[part]
    )
    assert plain(total(parse(line["settled"]) for line in found["totals"]["statuses"])) == plain(rows)


def test_push_writes_what_was_approved_and_a_second_sync_proposes_none_of_it(
    terminal: Terminal, practice: Practice
) -> None:
    """The whole day's work: every approved row is posted and verified, and then in agreement."""
    before = synced(terminal, practice)
    approved = {row["key"] for row in before["rows"] if row["approve"]}
    status, done = pushed(terminal, practice)
    assert (status, {p["key"] for p in done["postings"]}) == (0, approved)
    assert {(p["outcome"], p["verified"]) for p in done["postings"]} == {("posted", True)}
    after = {row["key"]: row["status"] for row in synced(terminal, practice)["rows"]}
    assert {after[key] for key in approved} == {"in_agreement"}


def test_the_same_file_pushed_twice_sends_nothing(terminal: Terminal, practice: Practice) -> None:
    """The second push says already for every row."""
    synced(terminal, practice)
    pushed(terminal, practice)
    status, again = pushed(terminal, practice)
    assert (status, {p["outcome"] for p in again["postings"]}) == (0, {"already"})


def test_a_reopened_row_is_pushed_only_when_approved_and_confirmed(terminal: Terminal, practice: Practice) -> None:
    """A deletion needs --yes where nobody sits at the keyboard; without it nothing at all is written."""
    synced(terminal, practice)
    decide(Path("review.xlsx"), "Approve", "Yes", ("Status", "Reopened"))
    refused = terminal.at(practice, "push", "review.xlsx")
    assert (refused.status, "would be deleted" in refused.words) == (4, True)
    status, done = pushed(terminal, practice, "review.xlsx", "--yes")
    assert (status, {p["outcome"] for p in done["postings"]}) == (0, {"posted"})


def test_an_edited_amount_is_refused_and_the_rest_is_pushed(terminal: Terminal, practice: Practice) -> None:
    """An edit in a protected cell is refused, not corrected, and the exit status says that some rows were not done."""
    found = synced(terminal, practice)
    first = next(row for row in found["rows"] if row["approve"])
    decide(Path("review.xlsx"), "Paid proposed", 1, ("Invoice", first["invoice"]))
    status, done = pushed(terminal, practice)
    outcomes = Counter(p["outcome"] for p in done["postings"])
    assert (status, outcomes["refused"]) == (1, 1)
    assert outcomes["posted"] == len(done["postings"]) - 1


def test_a_replaced_workbook_is_refused(terminal: Terminal, practice: Practice) -> None:
    """Only the latest review may be pushed."""
    synced(terminal, practice, "old.xlsx")
    synced(terminal, practice, "new.xlsx")
    answer = terminal.at(practice, "push", "old.xlsx")
    assert (answer.status, "was replaced by run" in answer.err) == (4, True)


def test_last_run_works_after_a_push(terminal: Terminal, practice: Practice) -> None:
    """The watermark is the day of the run, less one day of overlap."""
    assert terminal.at(practice, "sync", "--since", "last-run").status == 2
    synced(terminal, practice)
    pushed(terminal, practice)
    answer = terminal.at(practice, "sync", "--since", "last-run", "--json", "-", "--out", "next.xlsx")
    assert json.loads(answer.out)["window"] == {"choice": "last-run", "start": "2026-04-09", "end": "2026-04-10"}


def test_history_and_verify_know_the_runs(terminal: Terminal, practice: Practice) -> None:
    """The run is on record with its outcomes, and the chain is intact."""
    run = synced(terminal, practice)["run"]
    pushed(terminal, practice)
    (entry,) = json.loads(terminal.at(practice, "history", "--json", "-").out)
    assert (entry["run"], entry["ended"], entry["successful"]) == (run, "push", True)
    assert run in terminal.at(practice, "history").out
    verified = terminal.at(practice, "verify")
    assert (verified.status, "intact" in verified.out) == (0, True)


def test_without_an_out_option_the_file_is_named_after_company_window_and_run(
    terminal: Terminal, practice: Practice
) -> None:
    """A name by which a workpaper can be filed."""
    terminal.at(practice, "sync", "--since", "past-week")
    (path,) = terminal.folder.glob("*.xlsx")
    assert re.fullmatch(r"AR-PaymentSync_[\w-]+_2026-04-03_2026-04-10_run\d{8}-\d{6}-[0-9a-f]{4}\.xlsx", path.name)


@pytest.mark.parametrize("before", [True, False])
def test_common_options_are_taken_before_and_after_the_command(
    terminal: Terminal, practice: Practice, *, before: bool
) -> None:
    """Scripts may put them on either side."""
    common = ("--config", str(practice.place.config), "--state", str(practice.place.state))
    command = (*common, "verify") if before else ("verify", *common)
    answer = terminal.tieout(*command)
    assert (answer.status, f"There is no ledger in {practice.place.state}." in answer.err) == (2, True)


def test_every_run_ends_with_the_ledger_s_head(terminal: Terminal, practice: Practice) -> None:
    """What a push prints last is what verify finds, so that a printout can prove the ledger later."""
    sync = ("sync", "--since", "past-month", "--out", "review.xlsx")
    assert re.search(r"The ledger ends at row \d+, hash [0-9a-f]{64}", terminal.at(practice, *sync).out)
    said = re.search(r"The ledger ends at (row \d+, hash \w+)", terminal.at(practice, "push", "review.xlsx").out)
    assert said is not None
    number, digest = said[1].removeprefix("row ").split(", hash ")
    assert f"{number} rows, head {digest}." in terminal.at(practice, "verify").out


def test_a_no_in_a_file_is_kept_when_it_is_written_over(terminal: Terminal, practice: Practice) -> None:
    """Who reviews half of it and syncs again loses nothing; the rows stay held in every file."""
    synced(terminal, practice)
    said_no = decide(Path("review.xlsx"), "Approve", "No", ("Status", "Ready"))
    again = synced(terminal, practice)
    assert (said_no > 40, sum(row["held"] for row in again["rows"])) == (True, said_no)
    assert [row for row in again["rows"] if row["held"] and row["approve"]] == []
    assert terminal.at(practice, "push", "review.xlsx").out.splitlines()[0].endswith(": 0.")


def test_a_workbook_that_is_no_review_is_not_written_over(terminal: Terminal, practice: Practice) -> None:
    """Whatever it is, somebody made it."""
    budget = openpyxl.Workbook()
    budget.save("review.xlsx")
    before = Path("review.xlsx").read_bytes()
    answer = terminal.at(practice, "sync", "--since", "past-month", "--out", "review.xlsx")
    assert (answer.status, Path("review.xlsx").read_bytes() == before) == (2, True)
