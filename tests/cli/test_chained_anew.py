"""A ledger that was changed and chained anew, cut, or put back: at push, export and verify, by the commands."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from openpyxl import load_workbook

from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.support.rechained import cut, rechain

MONTH = ("sync", "--since", "past-month", "--out", "p.xlsx", "--json", "-")


def synced(terminal: Terminal, practice: Practice) -> str:
    """A run with its file."""
    return str(json.loads(terminal.at(practice, *MONTH).out)["run"])


def changed(practice: Practice) -> None:
    """Amounts are others, and all that lies with the ledger agrees; the second place too."""
    rechain(practice.place.state, lambda _, body: re.sub(r"1\d\.", "19.", body), practice.place.second_head)


def test_a_file_and_a_pack_from_before_the_change_are_missed(terminal: Terminal, practice: Practice) -> None:
    """Push and export end with 4 and name a row; verify names it by what the pack in its folder and on record says."""
    run = synced(terminal, practice)
    assert terminal.at(practice, "export", run, "--dir", "packs", "--format", "csv").status == 0
    assert terminal.at(practice, "verify").status == 0
    changed(practice)
    answer = terminal.at(practice, "push", "p.xlsx", "--yes")
    assert (answer.status, "p.xlsx: names row" in answer.err) == (4, True), answer.words
    assert "Restore the ledger as it was, or run the sync again" in answer.err
    for command in (("export", run, "--dir", "packs", "--format", "csv"), ("undo", run, "--yes"), ("verify",)):
        answer = terminal.at(practice, *command)
        assert (answer.status, "changed and chained anew" in answer.err) == (4, True), (command, answer.words)
    assert "The audit pack in " in answer.err
    assert "The export of run " in answer.err
    assert terminal.at(practice, "rebuild").status == 0
    assert terminal.at(practice, "verify").status == 0


def test_verify_names_the_rows_of_an_older_copy(terminal: Terminal, practice: Practice) -> None:
    """By the second place, with its moment; also after it was used and has grown. check warns, and export says it."""
    synced(terminal, practice)
    state = practice.place.state
    shutil.copytree(state, "backup")
    last = int(re.search(r"at row (\d+)", terminal.at(practice, "push", "p.xlsx", "--yes").out)[1])  # type: ignore[index]
    shutil.rmtree(state)
    shutil.copytree("backup", state)
    for _ in range(2):
        answer = terminal.at(practice, "verify")
        assert (answer.status, f"names row {last} of the ledger" in answer.err) == (4, True), answer.words
        assert "The second copy of the ledger's head, written 20" in answer.err
        assert re.search(rf"by number: \d+-{last}\. An older|among these: 1-{last}\.", answer.err), answer.err
        Path("p.xlsx").unlink()
        run = synced(terminal, practice)
    assert f"names row {last} of the ledger" in terminal.at(practice, "check").out
    answer = terminal.at(practice, "export", run, "--dir", "packs", "--format", "csv")
    assert (answer.status, f"names row {last} of the ledger" in answer.err) == (0, True)


def test_verify_names_rows_that_were_cut_or_taken_away_altogether(terminal: Terminal, practice: Practice) -> None:
    """The ledger's own head tells the end of it; the second place tells of a ledger that is gone with its folder."""
    synced(terminal, practice)
    last = int(re.search(r"intact: (\d+) rows", terminal.at(practice, "verify").out)[1])  # type: ignore[index]
    cut(practice.place.state, last - 1, last)
    answer = terminal.at(practice, "verify")
    assert (answer.status, f"by number: {last - 1}-{last}. Its head, written 20" in answer.err) == (4, True)
    shutil.rmtree(practice.place.state)
    answer = terminal.at(practice, "verify")
    assert (answer.status, f"by number: 1-{last}." in answer.err) == (4, True)
    answer = terminal.at(practice, "history")
    assert (answer.status, f"by number: 1-{last}." in answer.err) == (4, True)
    practice.place.second_head.unlink()
    assert terminal.at(practice, "verify").status == 2


def test_a_second_copy_that_is_missing_or_damaged_is_said(terminal: Terminal, practice: Practice) -> None:
    """It is never taken for agreement."""
    synced(terminal, practice)
    practice.place.second_head.write_text("{")
    assert "cannot be read, so it cannot be told" in terminal.at(practice, "verify").out
    practice.place.second_head.unlink()
    assert "No second copy of the ledger's head" in terminal.at(practice, "verify").out


def test_a_file_whose_head_was_taken_out_is_refused(terminal: Terminal, practice: Practice) -> None:
    """Nothing is sent."""
    synced(terminal, practice)
    book = load_workbook("p.xlsx")
    (cell,) = [cell for row in book["Reconciliation"]["A1:AB4"] for cell in row if str(cell.value).startswith("row ")]
    cell.value = "row 12"
    book.save("p.xlsx")
    answer = terminal.at(practice, "push", "p.xlsx", "--yes")
    assert (answer.status, "does not say where the ledger ended" in answer.err) == (4, True), answer.words
