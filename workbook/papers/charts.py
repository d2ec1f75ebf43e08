"""Charts below the blocks of a paper: each of one currency, told apart by pattern beside colour, and said in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sync.core.values.messages import say
from workbook.look.page import Book, Sheet
from workbook.papers.paper import CURRENCY, Chart, Drawing, Paper, PaperBlock
from workbook.xlsx.cells import in_words

INKS = ("#1F3864", "#2E8B57", "#B8860B", "#9C0006")
PATTERNS = (None, "wide_upward_diagonal", "small_grid", "wide_downward_diagonal")
FIGURES = "#,##0;(#,##0)"
SIZE = {"width": 620, "height": 330}
ACROSS, BESIDE, BELOW = 2, 660, 22
"""Charts side by side on a page, pixels from one to the next, and rows from those to the next below."""
KINDS = {Chart.BARS: {"type": "bar", "subtype": "stacked"}, Chart.COLUMNS: {"type": "column"}}


class _Drawn(NamedTuple):
    """Where the figures of a drawing stand on the sheet, in which currency, and how they are drawn."""

    first: int
    last: int
    unit: str
    drawing: Drawing


def draw(book: Book, sheet: Sheet, paper: Paper, firsts: Sequence[int]) -> None:
    """Place a paper's charts below its blocks, whose rows begin on `firsts`; none where nothing is to show."""
    below = max(first + len(block.rows) for first, block in zip(firsts, paper.blocks, strict=True)) + 2
    shown = [
        _chart(book, paper, block, drawn)
        for first, block in zip(firsts, paper.blocks, strict=True)
        if block.drawing is not None and (drawn := _drawn(book, block, block.drawing, first)) is not None
    ]
    for number, (chart, words) in enumerate(shown):
        place = {"description": words, "x_offset": 10 + number % ACROSS * BESIDE}
        sheet.insert_chart(below + number // ACROSS * BELOW, 0, chart, place)


def _drawn(book: Book, block: PaperBlock, drawing: Drawing, first: int) -> _Drawn | None:
    """Return the rows of the currency that most are in; those that add others up stand after them."""
    place = [column.id for column in block.columns].index(CURRENCY)
    units = {
        number: str(in_words(row, book.language)[place])
        for number, row in enumerate(block.rows)
        if number not in block.bold
    }
    if not units:
        return None
    of = list(units.values())
    unit = max(dict.fromkeys(of), key=of.count)
    mine = [number for number, each in units.items() if each == unit]
    return _Drawn(first + mine[0], first + mine[-1], unit, drawing)


def _chart(book: Book, paper: Paper, block: PaperBlock, drawn: _Drawn) -> tuple[Any, str]:
    """Return a chart, and what it shows in words."""
    first, last, unit, drawing = drawn
    chart = book.add_chart(KINDS[drawing.kind])
    ids = [column.id for column in block.columns]
    for number, name in enumerate(drawing.columns):
        column = ids.index(name)
        ink, pattern = INKS[number % len(INKS)], PATTERNS[number % len(PATTERNS)]
        fill: dict[str, Any] = {"fill": {"color": ink}}
        if pattern:
            fill = {"pattern": {"pattern": pattern, "fg_color": ink, "bg_color": "#FFFFFF"}}
        chart.add_series(
            {
                "name": book.say(block.columns[column].header),
                "categories": [book.say(paper.name), first, 0, last, 0],
                "values": [book.say(paper.name), first, column, last, column],
                "border": {"color": ink},
                **fill,
            }
        )
    title = say("pack-heading-and-unit", heading=block.heading, unit=unit)
    chart.set_title({"name": book.say(title), "name_font": {"size": 11, "bold": True}})
    chart.set_legend({"position": "bottom"})
    chart.set_size(SIZE)
    if drawing.kind is Chart.BARS:  # names stand beside bars that go below zero
        chart.set_y_axis({"reverse": True, "label_position": "low", "interval_unit": 1})
        chart.set_x_axis({"num_format": FIGURES, "label_position": "high"})
    else:
        chart.set_x_axis({"label_position": "low"})
        chart.set_y_axis({"num_format": FIGURES})
    return chart, book.say(say("pack-chart-figures-above", title=title))
