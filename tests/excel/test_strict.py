"""What the strict engine refuses where LibreOffice forgives, what it counts, and when it is busy."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import xlwings as xw

from .desktop import Refused
from .strict_engine import Engine
from .strict_rules import ExcelBusy, Mangled


@pytest.fixture
def review(strict: xw.Book) -> xw.Sheet:
    """The sheet with the table."""
    return strict.sheets["Review list"]


@pytest.fixture
def engine(strict: xw.Book) -> Engine:
    """The engine, its count at nought."""
    found: Engine = strict.impl.app.engine
    found.calls.clear()
    return found


@pytest.mark.parametrize(
    "content",
    [
        Decimal("12.50"),
        dt.datetime(2024, 1, 2, tzinfo=dt.UTC),
        dt.date(1899, 12, 31),
        dt.time(10, 30),
        float("nan"),
        float("-inf"),
        2**31,
        -(2**31),
        object(),
        b"bytes",
        *("=1+1", "+1", "-x", "@x", "'x"),
        *("00123", "1.5", " 7 ", "1,234.50", "$5", "(12.50)", "7%", "1E5", ".5"),
        *("1/2", "1 1/2", "2024-01-02", "10-2024", "2024-01-02 10:30", "5 May 2024", "May 5, 2024", "SEPT2", "12:30"),
        *("TRUE", "false", "#N/A", "9 pm"),
        "x" * 32_768,
        "🧾" * 16_384,
    ],
    ids=lambda content: repr(content)[:15],
)
def test_what_excel_would_change_is_refused(review: xw.Sheet, content: object) -> None:
    """In a General cell, and nothing of the block is written."""
    with pytest.raises(Mangled):
        review.range("G1").value = [["kept?", content]]
    assert review.range("G1:H1").value == [None, None]


@pytest.mark.parametrize(
    "content",
    [
        "Smith",
        "A-1",
        "INV 00123",
        "1st",
        "3.14.15",
        "Mayor 5 Ltd",
        "12-34567",
        "a=b",
        "Dec",
        "x" * 32_767,
        True,
        2**31 - 1,
    ],
    ids=lambda content: repr(content)[:15],
)
def test_what_excel_keeps_is_taken(review: xw.Sheet, content: object) -> None:
    """In a General cell."""
    review.range("G1").value = content
    assert review.range("G1").value == content


@pytest.mark.parametrize("content", [5, 1.5, True, dt.date(2024, 1, 2), "x" * 32_768])
def test_text_cells_take_only_text(review: xw.Sheet, content: object) -> None:
    """Excel makes text of anything else there, and text has its length."""
    with pytest.raises(Mangled):
        review.range("A9").value = content


def test_formulas_are_entered_on_purpose_only(review: xw.Sheet) -> None:
    """Through `formula`, and not into a text cell."""
    review.range("G1").formula = "=1+1"
    assert (review.range("G1").api.HasFormula, review.range("G1").formula) == (True, "=1+1")
    with pytest.raises(Mangled):
        review.range("A9").formula = "=1+1"


def test_currency_is_read_as_decimal(review: xw.Sheet) -> None:
    """Cut to four places, as COM hands it over; Value2 is the number."""
    review.range("G1").value = 1.23456
    review.range("G1").number_format = "$#,##0.00"
    assert (review.range("G1").value, review.range("G1").api.Value2) == (Decimal("1.2345"), 1.23456)


def test_a_protected_sheet_is_closed_to_more_than_contents(strict: xw.Book) -> None:
    """Formats and heights too, unless only the user is kept out; a table is never resized."""
    closed = strict.sheets["Closed"]
    with pytest.raises(Refused):
        closed.range("B2").number_format = "@"
    with pytest.raises(Refused):
        closed.range("B2").row_height = 20
    strict.sheets["Review list"].api.Protect(UserInterfaceOnly=True)
    strict.sheets["Review list"].range("G1").value = "written"
    with pytest.raises(Refused):
        strict.sheets["Review list"].tables["Review"].resize(strict.sheets["Review list"].range("A4:D9"))


def test_each_trip_is_counted(strict: xw.Book, engine: Engine) -> None:
    """A block is one trip, however many cells; what Excel does inside is free."""
    cells = strict.sheets["Review list"].range("G1:H500")
    assert engine.calls == {"Book.sheets": 1, "Sheets()": 1, "Sheet.range": 1}
    engine.calls.clear()
    cells.impl.raw_value = [["a", 1.0]] * 500
    cells.number_format = "@"
    assert engine.calls == {"Range.raw_value=": 1, "Range.number_format=": 1}


def test_native_members_are_counted(strict: xw.Book, engine: Engine) -> None:
    """They are trips of their own."""
    strict.sheets["Review list"].tables["Review"].api.AutoFilter.ApplyFilter()
    assert (engine.calls["Table.api.AutoFilter"], engine.calls["AutoFilter.ApplyFilter"]) == (1, 1)


def test_a_busy_excel_rejects_calls(strict: xw.Book, engine: Engine) -> None:
    """As many as said, with the number that pywin32 reports."""
    cells = strict.sheets["Control"].range("A1")
    engine.busy = 2
    for _ in range(2):
        with pytest.raises(ExcelBusy) as rejected:
            cells.clear_contents()
        assert (rejected.value.args[0], rejected.value.hresult) == (-2147418111, -2147418111)
    cells.clear_contents()
    assert (engine.busy, engine.calls["Range.clear_contents"]) == (0, 3)


def test_status_and_saves_are_remembered(strict: xw.Book, engine: Engine) -> None:
    """Nothing reaches the file."""
    strict.app.status_bar = "Reading"
    strict.app.status_bar = False
    strict.save()
    assert (engine.statuses, [path.name for path in strict.impl.saved]) == (["Reading", False], ["Sample book.xlsx"])


def test_a_path_opens_a_book(strict: xw.Book) -> None:
    """As the add-in's second entry point does it."""
    strict.close()
    assert xw.Book(strict.fullname).sheet_names == ["Control", "Review list", "Closed"]
