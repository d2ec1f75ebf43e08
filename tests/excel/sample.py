"""A small workbook with everything the engines must know: tables, names, formats, protection, buttons, macros."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

from . import macros

ROWS = [
    ["=1+1", 12.5, dt.date(2024, 1, 2), "Yes"],
    ["Érable & fils", 3.0, dt.date(2024, 1, 31), "No"],
    ["Smith", -7.25, dt.date(2023, 12, 31), "Yes"],
]
"""Customer (text cells), amount, date, approval: the table `Review` from A5."""

NOTHING: Mapping[str, str] = {}


def build(path: Path, modules: Mapping[str, str] = NOTHING, buttons: Mapping[str, str] = NOTHING) -> Path:
    """Write the workbook, with VBA modules by name and buttons by caption, each with its macro."""
    with xlsxwriter.Workbook(str(path)) as book:
        if modules:
            vba = path.with_suffix(".bin")
            vba.write_bytes(macros.project(3, modules))
            book.add_vba_project(str(vba))
            book.set_vba_name("ThisWorkbook")
        _control(book, buttons)
        _review(book)
        _closed(book)
        for number, sheet in enumerate(book.worksheets(), start=1):
            sheet.set_vba_name(f"Sheet{number}")
        book.define_name("StartDateChoice", "=Control!$C$3")
        book.define_name("LastRun", "=Control!$C$5:$D$5")
    return path


def _control(book: xlsxwriter.Workbook, buttons: Mapping[str, str]) -> None:
    sheet = book.add_worksheet("Control")
    sheet.write("C3", "Last Sync Date")
    sheet.data_validation("C3", {"validate": "list", "source": ["Last Sync Date", "Custom Date"]})
    first, last = dt.date(2015, 1, 1), "=TODAY()"
    sheet.data_validation("C4", {"validate": "date", "criteria": "between", "minimum": first, "maximum": last})
    for number, (caption, macro) in enumerate(buttons.items()):
        sheet.insert_button(6 + 3 * number, 1, {"caption": caption, "macro": macro, "width": 120, "height": 30})


def _review(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Review list")
    text, date = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0.00"})
    sheet.set_column("A:A", 20, text)
    titles = ("Customer", "Paid", "Date", "Approve")
    columns = [{"header": title} for title in titles]
    sheet.add_table(3, 0, 3 + len(ROWS), 3, {"name": "Review", "columns": columns})
    for number, (customer, paid, day, approve) in enumerate(ROWS, start=4):
        sheet.write_string(number, 0, str(customer), text)
        sheet.write_number(number, 1, paid, money)
        sheet.write_datetime(number, 2, day, date)
        sheet.write_string(number, 3, str(approve))


def _closed(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Closed")
    sheet.write("B2", "may change", book.add_format({"locked": False}))
    sheet.write("B3", "may not")
    sheet.protect()
