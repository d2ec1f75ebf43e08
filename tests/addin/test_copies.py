"""A workbook that somebody may have worked in is never written over: copies are numbered, decisions carried over."""

from __future__ import annotations

import warnings
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from addin.install.build import build_workbook
from addin.install.installation import InstallPlaces, put_in_place
from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from sync.usecases.guards import rows_of_run
from sync.wiring import open_ledger_read_only
from tests.addin.bench import Bench
from tests.addin.test_buttons import ready
from tests.cli.world import Terminal
from tests.support.english import ids
from tests.workbook.edited import header_of
from workbook.control.panel import Input
from workbook.review.columns import COLUMNS, SHEET, TABLE


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Terminal(capsys, folder)


def names(folder: Path) -> list[str]:
    """The files of a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_workbook_that_is_there_is_left_and_the_next_number_taken(terminal: Terminal) -> None:
    """A file that is not ours, or was changed by a byte; one that nobody touched is written no second time."""
    first = terminal.folder / "Tieout.xlsm"
    first.write_bytes(b"a person's work")
    answer = terminal.tieout("workbook", "Tieout.xlsm")
    assert (answer.status, first.read_bytes()) == (0, b"a person's work")
    assert f"The control workbook is {terminal.folder / 'Tieout (2).xlsm'}." in answer.out
    assert "Tieout.xlsm was left as it is." in answer.out
    assert "was not carried over: " in answer.out
    assert terminal.tieout("workbook", "Tieout.xlsm").status == 0
    assert names(terminal.folder) == ["Tieout (2).xlsm", "Tieout.xlsm"]
    (terminal.folder / "Tieout (2).xlsm").write_bytes(first.read_bytes())
    assert terminal.tieout("workbook", "Tieout.xlsm").status == 0
    assert names(terminal.folder) == ["Tieout (2).xlsm", "Tieout (3).xlsm", "Tieout.xlsm"]


def test_an_add_in_of_somebody_else_is_refused_before_anything_is_written(terminal: Terminal) -> None:
    """Exit 2; one of Tieout's own is made anew, for the workbook that was built."""
    other = terminal.folder / "Other.xlam"
    other.write_bytes(b"PK not an add-in of ours")
    answer = terminal.tieout("workbook", "Tieout.xlsm", "--addin", "Other.xlam")
    assert (answer.status, "is no add-in of Tieout" in answer.err, names(terminal.folder)) == (2, True, ["Other.xlam"])
    for _ in range(2):
        assert terminal.tieout("workbook", "Tieout.xlsm", "--addin", "Tieout.xlam").status == 0
    assert names(terminal.folder) == ["Other.xlam", "Tieout.xlam", "Tieout.xlsm"]


def test_an_installation_moves_nothing_before_all_can_be_written(tmp_path: Path) -> None:
    """What is in the add-in's place cannot be written: the workbook of before is as it was, and no other was made."""
    data, start = tmp_path / "data", tmp_path / "start"
    places = InstallPlaces(workbook=data / "Tieout.xlsm", addin=start / "Tieout.xlam", shortcut=tmp_path / "T.lnk")
    places.workbook.parent.mkdir()
    places.workbook.write_bytes(b"notes")
    places.addin.mkdir(parents=True)
    with pytest.raises(SetupError, match="install-file-not-writable"):
        list(put_in_place(places, ENGLISH))
    assert (names(places.workbook.parent), places.workbook.read_bytes()) == (["Tieout.xlsm"], b"notes")
    places.addin.rmdir()
    said = [ids(text)[0] for text in put_in_place(places, ENGLISH)]
    assert said == [
        "install-wrote-workbook",
        "install-wrote-add-in",
        "install-workbook-left",
        "install-decisions-not-carried",
    ]
    assert names(places.workbook.parent) == ["Tieout (2).xlsm", "Tieout.xlsm"]
    with ZipFile(places.addin) as parts:
        assert str(data / "Tieout (2).xlsm").encode() in parts.read("xl/sharedStrings.xml")


def test_what_was_decided_in_the_workbook_before_is_carried_over(
    bench: Bench, practice: Practice, terminal: Terminal
) -> None:
    """A No with its note, owner and day, saved and never pushed: on record, and shown by the next sync."""
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    key = ready(bench)["Key"]
    path = terminal.folder / "Tieout.xlsm"
    build_workbook(path, ENGLISH)
    copied(bench, path, {key: {"Approve": "No", "Note": "Ask Zoé", "Owner": "Luc", "Hold until": "2026-05-01"}})
    answer = terminal.at(practice, "workbook", "Tieout.xlsm")
    assert (answer.status, "is on record: the next sync shows" in answer.out) == (0, True)
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        (run,) = [entry.run for entry in ledger.history()]
        hold = ledger.holds(run.company)[key]
        assert rows_of_run(ledger, run.id).rows[key].approve is True
    assert (hold.note, hold.owner, str(hold.until)) == ("Ask Zoé", "Luc", "2026-05-01")
    made = terminal.at(practice, "sync", "--since", "past-month", "--out", "next.xlsx")
    assert made.status == 0
    sheet = openpyxl.load_workbook(terminal.folder / "next.xlsx")["Reconciliation"]
    (cells,) = [row for row in sheet.iter_rows(values_only=True) if key in row]
    row = dict(zip(map(header_of, COLUMNS), cells, strict=True))
    assert (row["Approve"], row["Note"], row["Owner"]) == ("No", "Ask Zoé", "Luc")
    assert str(row["Hold until"])[:10] == "2026-05-01"


def copied(bench: Bench, path: Path, changed: dict[str, dict[str, str]]) -> None:
    """Put the sheet of an open workbook into a file, as saving it would, with some cells typed into."""
    source = bench.book.sheets[SHEET.said(ENGLISH)]
    table = source.tables[TABLE].range
    with warnings.catch_warnings(action="ignore"):  # openpyxl knows no print area of two parts
        book = openpyxl.load_workbook(path, keep_vba=True)
    sheet = book[SHEET.said(ENGLISH)]
    top, height = table.row, len(table.raw_value)
    heads = table.raw_value[0]
    for row, values in enumerate(source.range((1, 1), (top + height - 1, len(heads))).raw_value, start=1):
        key = values[heads.index("Key")]
        typed = changed.get(key, {}) if row > top else {}
        for place, value in enumerate(values, start=1):
            cell = sheet.cell(row, place)
            cell.value = typed.get(heads[place - 1], value) if row > top else value
            if isinstance(cell.value, str):
                cell.data_type = "s"
    book.save(path)
