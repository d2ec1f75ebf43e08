"""The charts of the summary, drawn by Excel from the figures on the same sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sync.core.words import Text, say
from workbook.audit.draw import Places
from workbook.audit.paper import Block, Chart, Paper

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

INKS = ("#1F3864", "#2E8B57", "#B8860B", "#9C0006")
PATTERNS = (None, "wide_upward_diagonal", "small_grid", "wide_downward_diagonal")
FIGURES = "#,##0;(#,##0)"
SIZE = {"width": 620, "height": 330}
NAMES, FIRST = 0, 4
"""Columns of names and of the first figure, in both blocks."""


def draw(book: Workbook, sheet: Worksheet, paper: Paper, places: Places, row: int) -> None:
    """Place the charts side by side from a row on; none where there is nothing to show."""
    shown = [
        chart
        for block in paper.blocks
        if block.rows and (chart := _chart(book, paper, block, places[block.heading])) is not None
    ]
    for number, (chart, words) in enumerate(shown):
        sheet.insert_chart(row, 0, chart, {"description": words, "x_offset": 10 + number * 660})


def _chart(book: Workbook, paper: Paper, block: Block, first: int) -> tuple[Any, str] | None:
    if block.chart is Chart.BARS:
        last = first + len(block.rows) - 1
        columns = range(FIRST, len(block.columns))
        return _plot(book, paper, block, (first, last, columns), {"type": "bar", "subtype": "stacked"}, block.heading)
    if block.chart is Chart.COLUMNS:
        units = [row[2] for row in block.rows]
        unit = max(units, key=units.count)
        places = [first + place for place, each in enumerate(units) if each == unit]
        where = (places[0], places[-1], range(FIRST, FIRST + 2))
        title = say("{heading}, {unit}", heading=block.heading, unit=str(unit))
        return _plot(book, paper, block, where, {"type": "column"}, title)
    return None


def _plot(
    book: Workbook,
    paper: Paper,
    block: Block,
    where: tuple[int, int, Sequence[int]],
    kind: dict[str, str],
    title: Text,
) -> tuple[Any, str]:
    """A chart of some columns, told apart by pattern as well as by colour."""
    first, last, columns = where
    chart = book.add_chart(kind)
    for number, column in enumerate(columns):
        ink, pattern = INKS[number % len(INKS)], PATTERNS[number % len(PATTERNS)]
        fill: dict[str, Any] = {"fill": {"color": ink}}
        if pattern:
            fill = {"pattern": {"pattern": pattern, "fg_color": ink, "bg_color": "#FFFFFF"}}
        chart.add_series(
            {
                "name": str(block.columns[column].header),
                "categories": [str(paper.name), first, NAMES, last, NAMES],
                "values": [str(paper.name), first, column, last, column],
                "border": {"color": ink},
                **fill,
            }
        )
    chart.set_title({"name": str(title), "name_font": {"size": 11, "bold": True}})
    chart.set_legend({"position": "bottom"})
    chart.set_size(SIZE)
    if kind["type"] == "bar":
        chart.set_y_axis({"reverse": True, "label_position": "low"})  # beside bars that go below zero
        chart.set_x_axis({"num_format": FIGURES, "label_position": "high"})
    else:
        chart.set_x_axis({"label_position": "low"})
        chart.set_y_axis({"num_format": FIGURES})
    return chart, str(say("{title}; the figures stand in the block of that heading above.", title=title))
