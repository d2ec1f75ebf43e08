"""What both engines promise alike, on the same workbook."""

from __future__ import annotations

import datetime as dt

import pytest
import xlwings as xw

from . import sample
from .desktop import Refused


@pytest.fixture
def review(book: xw.Book) -> xw.Sheet:
    """The sheet with the table."""
    return book.sheets["Review list"]


@pytest.fixture
def table(review: xw.Sheet) -> xw.main.Table:
    """The table of the sample."""
    return review.tables["Review"]


def body(table: xw.main.Table) -> list[list[object]]:
    """Read the rows of a table as they stand."""
    rows = table.data_body_range
    assert rows is not None
    found: list[list[object]] = rows.options(ndim=2, dates=dt.date).value
    return found


def test_books_and_sheets_are_found_by_name_and_number(book: xw.Book) -> None:
    """Capitals do not matter."""
    assert xw.Book("SAMPLE BOOK.xlsx") == book
    assert (book.name, book.fullname.endswith("/Sample book.xlsx")) == ("Sample book.xlsx", True)
    assert [sheet.name for sheet in book.sheets] == ["Control", "Review list", "Closed"]
    assert (book.sheets["review LIST"].index, book.sheets[1].name) == (2, "Review list")
    assert ("Review list" in [sheet.name for sheet in book.sheets], len(book.sheets)) == (True, 3)


def test_a_missing_sheet_is_a_key_error(book: xw.Book) -> None:
    """As with xlwings on Windows, nothing is made up."""
    with pytest.raises(KeyError):
        book.sheets["Absent"].range("A1")


@pytest.mark.parametrize(
    ("corners", "address"),
    [
        (("B2",), "$B$2"),
        (("A5:B10,D5:D10",), "$A$5:$B$10,$D$5:$D$10"),
        (("A:C",), "$A:$C"),
        (("3:4",), "$3:$4"),
        (((2, 3),), "$C$2"),
        (((4, 5), (2, 3)), "$C$2:$E$4"),
        (("B2", "D4"), "$B$2:$D$4"),
        (("StartDateChoice",), "$C$3"),
        (("lastrun",), "$C$5:$D$5"),
    ],
)
def test_ranges_are_found(book: xw.Book, corners: tuple[str], address: str) -> None:
    """By address, by coordinates from 1, between corners, and by name."""
    assert book.sheets["Control"].range(*corners).address == address


def test_a_range_tells_where_it_is(review: xw.Sheet) -> None:
    """Row, column and shape, cells counted on, and slices."""
    cells = review.range("B5:D7")
    assert (cells.row, cells.column, cells.shape, cells.count) == (5, 2, (3, 3), 9)
    assert (cells[0, 1].address, cells[1:, :2].address) == ("$C$5", "$B$6:$C$7")
    assert (cells.resize(1, 2).address, cells.offset(1, 1).address) == ("$B$5:$C$5", "$C$6:$E$8")


def test_a_name_of_another_sheet_is_refused(review: xw.Sheet) -> None:
    """Excel answers with error 1004 to a name that points elsewhere."""
    with pytest.raises(KeyError):
        review.range("StartDateChoice")


def test_names_are_read_and_added(book: xw.Book) -> None:
    """A name leads to its cells, and cells to their name."""
    assert "StartDateChoice" in book.names
    assert "absent" not in book.names
    assert (book.names["StartDateChoice"].refers_to, len(book.names)) == ("=Control!$C$3", 2)
    assert book.names["LastRun"].refers_to_range.address == "$C$5:$D$5"
    book.sheets["Review list"].range("F1").name = "Status"
    assert book.sheets["Review list"].range("Status").address == "$F$1"
    assert book.sheets["Review list"].range("F1").name.name == "Status"  # type: ignore[union-attr]
    assert book.sheets["Review list"].range("F2").name is None


def test_a_table_is_read(table: xw.main.Table) -> None:
    """Under its name in Excel, with its header and its rows."""
    assert (table.name, table.parent.name, table.range.address) == ("Review", "Review list", "$A$4:$D$7")
    assert table.header_row_range is not None
    assert table.header_row_range.value == ["Customer", "Paid", "Date", "Approve"]
    assert body(table) == sample.ROWS


def test_a_table_is_resized_and_filled(table: xw.main.Table, review: xw.Sheet) -> None:
    """Rows are written below, and the table covers them."""
    rows = [["=2+2", 1.0, dt.date(2024, 5, 6), "No"]] * 5
    table.resize(review.range("A4:D9"))
    review.range("A5:A9,D5:D9").number_format = "@"
    review.range("A5").value = rows
    assert (table.range.address, body(table)) == ("$A$4:$D$9", rows)


@pytest.mark.parametrize("address", ["A5:D9", "A4:D4", "F4:H9"])
def test_a_table_keeps_its_header(table: xw.main.Table, review: xw.Sheet, address: str) -> None:
    """Another header row, no row at all, or wholly other cells are refused, as by Excel."""
    with pytest.raises(ValueError, match="1004"):
        table.resize(review.range(address))


def test_a_table_is_filtered_anew(table: xw.main.Table) -> None:
    """The native filter is there as long as its buttons are."""
    assert (table.show_autofilter, table.api.AutoFilter.FilterMode) == (True, False)
    table.api.AutoFilter.ApplyFilter()
    table.show_autofilter = False
    assert (table.show_autofilter, table.api.AutoFilter) == (False, None)


def test_formats_of_several_areas(review: xw.Sheet) -> None:
    """Set in one go; None where they differ."""
    review.range("A5:B10,D5:D10").number_format = "@"
    assert review.range("A5:B10,D5:D10").number_format == "@"
    formats: list[str | None] = [review.range(cells).number_format for cells in ("A5:D10", "C5")]
    assert formats == [None, "yyyy-mm-dd"]


@pytest.mark.parametrize("code", ["General", "@", "#,##0.00", "yyyy-mm-dd", "#,##0.00;[Red]-#,##0.00", "m/d/yyyy h:mm"])
def test_formats_come_back_as_excel_writes_them(review: xw.Sheet, code: str) -> None:
    """Whatever the engine calls them inside."""
    review.range("G1:H2").number_format = code
    assert review.range("G1:H2").number_format == code


def test_text_cells_keep_what_looks_like_more(review: xw.Sheet) -> None:
    """Formulas, numbers, dates and apostrophes stay the text they are."""
    texts = ["=1+1", "+1", "-x", "@x", "00123", "1/2", "TRUE", "'quoted", "a\nb"]
    review.range("G1:G9").number_format = "@"
    review.range("G1").options(transpose=True).value = texts
    assert review.range("G1:G9").value == texts
    assert review.range("G1:G9").api.HasFormula is False


def test_dates_get_a_format(review: xw.Sheet) -> None:
    """A General cell becomes a date; a formatted one stays as it is; Value2 is the bare number."""
    moment = dt.datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 - a sheet knows no time zone
    review.range("C9").number_format = "d-mmm-yyyy"
    review.range("C8").value = [[moment], [moment]]
    review.range("G1").value = [[dt.date(2024, 5, 6), moment]]
    assert (review.range("C8").number_format, review.range("C9").number_format) == ("m/d/yyyy h:mm", "d-mmm-yyyy")
    assert (review.range("G1").number_format, review.range("H1").number_format) == ("m/d/yyyy", "m/d/yyyy h:mm")
    assert review.range("C8:C9").value == [moment, moment]
    assert review.range("G1").api.Value2 == 45418.0


def test_a_number_in_a_date_format_is_read_as_a_date(review: xw.Sheet) -> None:
    """As COM reads it."""
    review.range("G1").value = 45418
    assert review.range("G1").value == 45418.0
    review.range("G1").number_format = "yyyy-mm-dd"
    assert review.range("G1").value == dt.datetime(2024, 5, 6)  # noqa: DTZ001 - a sheet knows no time zone


def test_nothing_empties_a_cell(review: xw.Sheet) -> None:
    """None and the empty text alike."""
    review.range("B5").value = [[None, ""]]
    assert review.range("A5:D5").value == ["=1+1", None, None, "Yes"]
    assert review.range("B5").options(empty="none").value == "none"


def test_one_value_fills_a_range(review: xw.Sheet) -> None:
    """And numbers are read as asked for."""
    review.range("G1:H2").value = 7
    assert review.range("G1:H2").value == [[7.0, 7.0], [7.0, 7.0]]
    assert review.range("G1").options(numbers=int).value == 7


def test_a_ragged_block_is_refused(review: xw.Sheet) -> None:
    """Nothing is written; xlwings itself has the same check before."""
    with pytest.raises(ValueError, match="ragged"):
        review.range("G1:H2").impl.raw_value = [["a", "b"], ["c"]]
    assert review.range("G1").value is None


def test_clearing(review: xw.Sheet) -> None:
    """Contents alone, or formats as well; the used range shrinks."""
    review.range("C5:C6").clear_contents()
    assert (review.range("C5").value, review.range("C5").number_format) == (None, "yyyy-mm-dd")
    review.range("A5:D7").clear()
    assert (review.range("C5").number_format, review.range("A5:D7").value) == ("General", [[None] * 4] * 3)
    assert review.used_range.address == "$A$4:$D$4"


def test_looks(review: xw.Sheet) -> None:
    """Heights, widths, wrapping, colours and hidden rows."""
    cells = review.range("A5:B6")
    assert (cells.wrap_text, cells.color, cells.rows.hidden) == (False, None, False)
    cells.row_height, cells.column_width, cells.wrap_text, cells.color = 33, 30, True, (255, 0, 1)
    assert [cells.row_height, cells.column_width] == pytest.approx([33, 30], abs=0.1)
    cells.rows.hidden = True
    assert (review.range("5:5").rows.hidden, review.range("A4").rows.hidden) == (True, False)
    assert (cells.wrap_text, cells.color, review.range("A7").color) == (True, (255, 0, 1), None)
    cells.autofit()


def test_a_protected_sheet_takes_only_open_cells(book: xw.Book) -> None:
    """Until it is opened."""
    closed = book.sheets["Closed"]
    closed.range("B2").value = "changed"
    with pytest.raises(Refused, match="1004"):
        closed.range("B3").value = "changed"
    assert (closed.range("B2:B3").value, closed.api.ProtectContents) == (["changed", "may not"], True)
    closed.api.Unprotect()
    closed.range("B3").value = "changed"
    assert (closed.range("B3").value, closed.api.ProtectContents) == ("changed", False)


def test_the_program(book: xw.Book) -> None:
    """Status bar, switches, calculation, and the sheet that is shown."""
    book.app.status_bar = "Reading Sage"
    book.app.screen_updating = False
    book.app.calculate()
    assert (book.app.status_bar, book.app.screen_updating, book.app.version.major) == ("Reading Sage", False, 16)
    book.sheets["Closed"].activate()
    book.sheets["Control"].visible = False
    assert (book.sheets.active.name, book.sheets["Control"].visible) == ("Closed", False)


def test_a_book_is_saved(book: xw.Book) -> None:
    """In place; a caller can be played."""
    book.set_mock_caller()
    xw.Book.caller().save()
    assert xw.Book.caller().fullname == book.fullname
