"""What decides is what the reviewer sees: one sheet, shown, with columns that can be read, in a closed file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from sync.core.values.errors import Refused
from sync.core.values.proposal import Proposal
from sync.language.catalogues import ENGLISH
from tests.workbook.edited import Opened, edited
from workbook.review.columns import BY_ID, WORDINGS, looks
from workbook.review.review_file import ExcelFiles
from workbook.review.seen import SEEN
from workbook.xlsx import package

Reviewed = dict[str, Proposal]


def test_a_file_that_is_open_in_excel_is_refused_by_name(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """What was typed and not saved is not in it; once it is closed it is read."""
    owner = written.with_name(f"~${written.name}")
    owner.write_bytes(b"\x0bLuc Gagn\xe9  " + b" " * 44 + b"\0" * 110)
    with pytest.raises(Refused, match=r"file-open-by\(.*user=Luc Gagné\)"):
        files.read(written, reviewed)
    owner.unlink()
    assert files.read(written, reviewed).decisions != ()


@pytest.mark.parametrize(("content", "user"), [(",luc,pc,;", "somebody"), ("Luc Gagné,luc,pc,;", "Luc Gagné")])
def test_a_file_that_is_open_in_libreoffice_is_refused(
    files: ExcelFiles, written: Path, reviewed: Reviewed, content: str, user: str
) -> None:
    """Its lock file may tell no name."""
    written.with_name(f".~lock.{written.name}#").write_text(content, "utf-8")
    with pytest.raises(Refused, match=rf"file-open-by\(.*user={user}\)"):
        files.read(written, reviewed)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_decides_nothing(files: ExcelFiles, written: Path, reviewed: Reviewed, state: str) -> None:
    """The reviewer cannot have looked at it."""
    book = openpyxl.load_workbook(written)
    book["Reconciliation"].sheet_state = state  # type: ignore[assignment] # one of its own words
    book.save(written)
    with pytest.raises(Refused, match="file-sheet-not-the-one-seen"):
        files.read(written, reviewed)


@pytest.mark.parametrize(
    "name",
    [
        "RECONCILIATION ",
        "Reconciliation.",
        "Reconciliation (2)",
        "Recon\u200bciliation",
        "R\u0435c\u043enciliation",
        "Rec0nci1iation",
        "Rapprochement",
    ],
)
def test_sheets_that_look_alike_decide_nothing(files: ExcelFiles, written: Path, name: str) -> None:
    """Nobody can tell which one the reviewer meant; one that stands alone under such a name is read."""
    book = openpyxl.load_workbook(written)
    other = book.create_sheet(name, 0)
    book.save(written)
    with pytest.raises(Refused, match="file-sheet-not-the-one-seen"):
        files.made_from(written)
    book.remove(other)
    book["Reconciliation"].title = name
    book.save(written)
    assert files.made_from(written).run == "20260410-133000-ab12"


def test_a_file_that_another_program_holds_is_refused(
    files: ExcelFiles, written: Path, reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel locks the file itself too: where the file beside it is gone, or on another computer, the lock tells."""
    monkeypatch.setattr(package, "_held", lambda path: path == written)  # Windows itself is asked in tests/windows
    for read in (lambda: files.made_from(written), lambda: files.read(written, reviewed)):
        with pytest.raises(Refused, match=r"file-open-by\(.*user=somebody\)"):
            read()


def _column(book: Opened, header: str) -> Any:  # noqa: ANN401 - openpyxl's dimensions
    return book.sheet.column_dimensions[get_column_letter(book.columns[header])]


def _each_by_itself(book: Opened) -> None:
    """Let columns of the same width, which were written as one group, be changed one by one."""
    for group in list(book.sheet.column_dimensions.values()):
        for place in range(group.min or 1, (group.max or 0) + 1):
            book.sheet.column_dimensions[get_column_letter(place)].width = group.width
        group.min = group.max = None


@pytest.mark.parametrize("header", [BY_ID[column].header.said(ENGLISH) for column in SEEN])
@pytest.mark.parametrize("how", ["hidden", "grouped away", "of no width"])
def test_a_column_that_decides_can_be_read(
    files: ExcelFiles, written: Path, reviewed: Reviewed, header: str, how: str
) -> None:
    """Another one might be read for it."""
    with edited(written) as book:
        _each_by_itself(book)
        if how == "hidden":
            _column(book, header).hidden = True
        elif how == "grouped away":
            letter = get_column_letter(book.columns[header])
            book.sheet.column_dimensions.group(letter, letter, hidden=True)
        else:
            _column(book, header).width = 0.2
    with pytest.raises(Refused, match=r"file-columns-hidden\(columns=[a-z-]+, file=") as refused:
        files.read(written, reviewed)
    assert f"({header})" in refused.value.said(ENGLISH)


def test_columns_that_say_nothing_of_themselves_are_as_wide_as_the_sheet_says(
    files: ExcelFiles, written: Path, reviewed: Reviewed
) -> None:
    """Some programs write a width for the sheet alone."""
    with edited(written) as book:
        book.sheet.column_dimensions.clear()
        book.sheet.sheet_format.defaultColWidth = 0
    with pytest.raises(Refused, match="file-columns-hidden"):
        files.read(written, reviewed)


def test_columns_that_decide_nothing_may_be_hidden(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Evidence, for instance."""
    with edited(written) as book:
        for header in ("Cash", "Invoice date", "Owner"):
            _column(book, header).hidden = True
    assert len(files.read(written, reviewed).decisions) == len(reviewed)


def test_a_hidden_row_of_headers_is_refused(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Which column is which cannot be seen."""
    with edited(written) as book:
        book.sheet.row_dimensions[book.header].hidden = True
    with pytest.raises(Refused, match="file-headers-hidden"):
        files.read(written, reviewed)


def test_rows_too_low_to_be_read_are_hidden(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Of no height, or a hair's; those of the sheet's own height are as high as it says."""
    with edited(written) as book:
        for number, height in enumerate((0.1, 0.75, 12)):
            book.sheet.row_dimensions[book.cell(number * 2, "Key").row].height = height
        places = [row for row in range(len(reviewed)) if book.cell(row, "Approve").value == "Yes"]
    assert places[:3] == [0, 2, 4]
    assert files.read(written, reviewed).hidden == 2
    with edited(written) as book:
        for number in range(len(reviewed)):
            book.sheet.row_dimensions[book.header + 1 + number].height = None
        book.sheet.sheet_format.defaultRowHeight = 0
    assert files.read(written, reviewed).hidden == len(places)


@pytest.mark.parametrize("header", ["Approve", "Customer", "Paid proposed"])
def test_merged_cells_decide_nothing(files: ExcelFiles, written: Path, reviewed: Reviewed, header: str) -> None:
    """One covers what the others say; above the table nobody minds them."""
    with edited(written) as book:
        letter = get_column_letter(book.columns[header])
        book.sheet.merge_cells(f"{letter}1:{letter}2")
    assert len(files.read(written, reviewed).decisions) == len(reviewed)
    with edited(written) as book:
        row = book.header + 1
        book.sheet.merge_cells(f"{letter}{row}:{letter}{row + 1}")
    with pytest.raises(Refused, match="file-cells-merged"):
        files.read(written, reviewed)


@pytest.mark.parametrize(
    ("header", "other"),
    [("Approve", "APPROVE"), ("Approve", "Appr\u043eve"), ("Key", "K\u200bey"), ("Note", "N0te"), ("Owner", "Owner ")],
)
def test_headers_that_look_alike_are_refused(files: ExcelFiles, written: Path, header: str, other: str) -> None:
    """The reviewer cannot tell which one counts."""
    with edited(written) as book:
        book.sheet.cell(book.header, max(book.columns.values()) + 3).value = other
    with pytest.raises(Refused, match=rf"file-column-repeated\(column={header},"):
        files.made_from(written)


def test_our_own_headers_and_sheets_look_like_no_other() -> None:
    """Of every format and language."""
    for wording in WORDINGS:
        assert len({looks(header) for header in wording.headers.values()}) == len(wording.headers)
