"""The few cell formats of a file: one font, amounts as accountants write them, dates unmistakable in any country."""

from __future__ import annotations

from typing import Any

from sync.core.values.messages import Language, say
from workbook.look.column import CellKind, Column, Row
from workbook.look.statuses import Look
from workbook.xlsx.cells import literal

FONT: dict[str, Any] = {"font_name": "Arial", "font_size": 10}
SMALL: dict[str, Any] = {"font_size": 9}
AMOUNT = '#,##0.00_);(#,##0.00);"\u2013"??_)'
DATE = "yyyy-mm-dd"
AS_TYPED = "@"
DARK, INPUT_DARK, INPUT, LINE, GREY, ALARM = "#1F3864", "#7F4F00", "#FFF8DC", "#BFBFBF", "#595959", "#9C0006"
_ROW = {"valign": "top", "bottom": 1, "bottom_color": LINE}
_WORDS = {**_ROW, "text_wrap": True, "num_format": AS_TYPED}
LINK = {"font_color": DARK, "underline": 1}
"""On top of the format of a column's cells, where they lead somewhere."""
_KINDS: dict[CellKind, dict[str, Any]] = {
    CellKind.TEXT: _WORDS,
    CellKind.LONG: {"num_format": AS_TYPED, "valign": "top"},
    CellKind.STATUS: {**_WORDS, "bold": True, "align": "left", "indent": 1},
    CellKind.APPROVE: {**_ROW, "align": "center", "locked": False},
    CellKind.NOTE: {**_WORDS, "bg_color": INPUT, "locked": False},
    CellKind.AMOUNT: {**_ROW, "num_format": AMOUNT},
    CellKind.COUNT: {**_ROW, "num_format": "#,##0"},
    CellKind.LINK: {**_ROW, **LINK},
    CellKind.DATE: {**_ROW, "num_format": DATE, "align": "center"},
    CellKind.DAY_TO_TYPE: {**_ROW, "num_format": DATE, "align": "center", "bg_color": INPUT, "locked": False},
    CellKind.SIGN: {**_ROW, "text_wrap": True, "bg_color": INPUT},
}
_ALIGNED = {
    CellKind.AMOUNT: "right",
    CellKind.COUNT: "right",
    CellKind.DATE: "center",
    CellKind.DAY_TO_TYPE: "center",
    CellKind.APPROVE: "center",
}
HEAD_HEIGHT = 42
"""Two lines of words, and below them Excel's filter button."""
TITLE = {"bold": True, "font_size": 14, "font_color": DARK}
HEADLINE = {**TITLE, "font_size": 12}
"""A title that says much: on the sheet where everything is decided."""
PRACTICE_LOOK: dict[str, Any] = {"bold": True, "font_color": "#FFFFFF", "bg_color": ALARM, "valign": "vcenter"}
PRACTICE = {**PRACTICE_LOOK, "font_size": 12}
"""A practice run's title, which begins with the mark: white on dark red, contrast 8.9 to 1."""
LABEL = {"bold": True, "font_color": DARK}
LABEL_INSIDE = {**LABEL, "align": "right", "indent": 1}
FACT = {"num_format": AS_TYPED}
TOTAL = {"num_format": AMOUNT, "bold": True}
COUNT = {"num_format": "#,##0", "valign": "top", "bottom": 1, "bottom_color": LINE}
CHECK = {"bold": True, "align": "right", "indent": 1}
CHECK_ROWS = {"bold": True, "align": "left", "indent": 1}
NOT_OK = {"font_color": ALARM, "bg_color": "#FFC7CE"}
CHOOSABLE = {"bg_color": INPUT, "bold": True}
PART = {"bold": True, "font_color": DARK, "bg_color": "#DCE6F1"}
"""A heading among the rows of a list, and the verdict above them."""
TOTAL_LINE = {"bold": True, "top": 1}
STANDS_OUT = {"bg_color": "#FFE699", "bold": True}
FIXED = {"font_color": GREY}
CELL = {**_ROW, "text_wrap": True}
MONEY = {**_ROW, "num_format": AMOUNT}
HEADING = {"bold": True, "font_size": 12, "font_color": DARK, "bottom": 1, "bottom_color": LINE}
ENTRY = {"bg_color": INPUT, "border": 1, "border_color": LINE, "locked": False, "valign": "vcenter", "indent": 1}
STATUS = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": LINE, "indent": 1, "bg_color": "#F7F9FC"}


def rows(language: Language) -> dict[str, Any]:
    """Return the format of a count of rows."""
    words = literal(say("rows-word").said(language))
    return {"num_format": f"#,##0 {words}", "bold": True, "align": "left"}


def of_header(fill: str = DARK, align: str = "left") -> dict[str, Any]:
    """Return the format of a header cell."""
    words = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "top", "border": 1}
    return {**words, "bg_color": fill, "align": align}


def of_head(column: Column[Row]) -> dict[str, Any]:
    """Return the format of a column's header: aligned as the column; the editable ones stand out."""
    head = of_header(INPUT_DARK if column.editable else DARK, _ALIGNED.get(column.kind, "left"))
    return head | {"indent": 1} if column.kind is CellKind.STATUS else head


def of_column(column: Column[Row]) -> dict[str, Any]:
    """Return the format of a column's cells."""
    return _KINDS[column.kind] | SMALL if column.small else _KINDS[column.kind]


def of_kind(kind: CellKind) -> dict[str, Any]:
    """Return the format of cells of a kind."""
    return _KINDS[kind]


def of_status(look: Look) -> dict[str, Any]:
    """Return the colours of a status."""
    return {"bg_color": f"#{look.fill}", "font_color": f"#{look.ink}"}


def options() -> dict[str, Any]:
    """Return XlsxWriter's options for every file; new ones each time, because XlsxWriter changes what it is given."""
    return {
        "in_memory": True,  # no part files in a temporary folder, so none are left behind
        "default_format_properties": dict(FONT),
        "default_row_height": 17,  # pixels of a line in that font
        "default_column_width": 64,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
