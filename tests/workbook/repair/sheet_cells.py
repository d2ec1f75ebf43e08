"""Rows, columns and cells of a sheet: in order, inside their bounds, and of formats and texts that are there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.excel.grid import COLUMNS, ROWS, column_number

from .book import LONGEST_TEXT, formula_fault
from .package import M, Package
from .tables import area

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_KINDS = {None, "n", "s", "str", "b", "e", "inlineStr"}


class _Known:
    """What cells may refer to."""

    def __init__(self, found: Package) -> None:
        styles, strings = found.workbook_part("styles"), found.workbook_part("sharedStrings")
        self.formats = 0 if styles is None else len(styles.findall(f"{M}cellXfs/{M}xf"))
        self.texts = 0 if strings is None else len(strings.findall(f"{M}si"))


def columns(found: Package) -> Iterator[str]:
    """Columns out of order, that meet, too wide, or of a format that is not there."""
    known = _Known(found)
    for part, root in found.sheets():
        before = 0
        for each in root.iterfind(f"{M}cols/{M}col"):
            first, last = int(each.get("min", 0)), int(each.get("max", 0))
            if not before < first <= last <= COLUMNS:
                yield f"{part}: columns out of order, or that meet"
            if not 0 <= float(each.get("width", 1)) <= 255:
                yield f"{part}: a column wider than 255"
            if int(each.get("outlineLevel", 0)) > 7 or int(each.get("style", 0)) >= known.formats:
                yield f"{part}: a column of a format or a level that is not there"
            before = last


def rows(found: Package) -> Iterator[str]:
    """Rows out of order or too high; cells out of order, outside the row's span or the sheet's dimension."""
    known = _Known(found)
    for part, root in found.sheets():
        shown = root.find(f"{M}dimension")
        bounds = None if shown is None else area(shown.get("ref"))
        before = 0
        for row in root.iterfind(f"{M}sheetData/{M}row"):
            number = int(row.get("r", 0))
            if not before < number <= ROWS:
                yield f"{part}: row {number} is out of order"
            if not 0 <= float(row.get("ht", 15)) <= 409.5 or int(row.get("outlineLevel", 0)) > 7:
                yield f"{part}: row {number} is higher than 409, or deeper than 7"
            if int(row.get("s", 0)) >= known.formats:
                yield f"{part}: row {number} has a format that is not there"
            before = number
            filled = list(_places(row))
            if -1 in filled or filled != sorted(set(filled)):
                yield f"{part}: cells of row {number} are out of order, twice, or of another row"
            first, _, last = row.get("spans", f"1:{COLUMNS}").partition(":")
            if filled and not int(first) <= filled[0] <= filled[-1] <= int(last):
                yield f"{part}: cells of row {number} are outside its span"
            if filled and bounds and not (bounds.row <= number <= bounds.bottom and filled[-1] <= bounds.right):
                yield f"{part}: row {number} is outside the sheet's dimension"


def _places(row: Element) -> Iterator[int]:
    """Yield the columns of a row's cells; -1 for one that is not of this row."""
    for cell in row.iterfind(f"{M}c"):
        place = _PLACE.fullmatch(cell.get("r", ""))
        yield column_number(place[1]) if place and place[2] == row.get("r") else -1


def cells(found: Package) -> Iterator[str]:
    """Cells of a kind, a format or a text that is not there; numbers that are none; formulas; texts too long."""
    known = _Known(found)
    for part, root in found.sheets():
        for cell in root.iterfind(f"{M}sheetData/{M}row/{M}c"):
            if fault := _fault(cell, known):
                yield f"{part}: {cell.get('r')} {fault}"


def _fault(cell: Element, known: _Known) -> str | None:
    kind, value, formula = cell.get("t"), cell.findtext(f"{M}v"), cell.find(f"{M}f")
    if kind not in _KINDS or int(cell.get("s", 0)) >= known.formats:
        return "is of a kind or a format that is not there"
    if formula is not None and formula.text and (fault := formula_fault(formula.text)):
        return f"has a formula that {fault}"
    if kind == "s":
        return (
            None if value and value.isdecimal() and int(value) < known.texts else "refers to a text that is not there"
        )
    words = value if kind == "str" else "".join(each.text or "" for each in cell.iter(f"{M}t"))
    if len((words or "").encode("utf-16-le")) // 2 > LONGEST_TEXT:
        return "has a text that is too long"
    if kind in {None, "n"} and (value or (formula is None and value is not None)) and not _is_number(value or ""):
        return "is no number"
    return None


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


RULES = (columns, rows, cells)
