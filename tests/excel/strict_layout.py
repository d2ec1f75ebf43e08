"""How the cells of the strict engine look: remembered area by area, the latest on top."""

from __future__ import annotations

from typing import Any

from .grid import COLUMNS, ROWS, Area
from .ranges import Placed
from .strict_cells import Cells


class Shown(Placed):
    """A range with its looks."""

    @property
    def cells(self) -> Cells:
        """The content of the sheet."""
        found: Cells = self._sheet.content
        return found

    def _look(self, kind: str, default: Any) -> Any:  # noqa: ANN401 - whatever is looked at
        return self.cells.look(self._lines(kind, self.area), kind, default)

    def _show(self, kind: str, content: object) -> None:
        for area in self.areas:
            self.cells.show(self._lines(kind, area), kind, content)

    @staticmethod
    def _lines(kind: str, area: Area) -> Area:
        """Widen an area to whole rows or columns for what only those can have."""
        if kind in {"row_height", "row_hidden"}:
            return area._replace(column=1, width=COLUMNS)
        if kind in {"column_width", "column_hidden"}:
            return area._replace(row=1, height=ROWS)
        return area

    @property
    def row_height(self) -> float | None:
        """The height of the rows in points; None when they differ."""
        height: float | None = self._look("row_height", 15.0)
        return height

    @row_height.setter
    def row_height(self, points: float) -> None:
        self._show("row_height", points)

    @property
    def column_width(self) -> float | None:
        """The width of the columns in characters, none of hidden ones; None when they differ."""
        width: float | None = self._look("column_width", 8.43)
        return 0.0 if self.column_hidden else width

    @column_width.setter
    def column_width(self, characters: float) -> None:
        self._show("column_width", characters)

    @property
    def wrap_text(self) -> bool | None:
        """Whether long text is broken into lines; None when the cells differ."""
        wrapped: bool | None = self._look("wrap_text", default=False)
        return wrapped

    @wrap_text.setter
    def wrap_text(self, wrapped: bool) -> None:
        self._show("wrap_text", bool(wrapped))

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour behind the cells as red, green and blue; None without one, or when the cells differ."""
        colour: tuple[int, int, int] | None = self._look("color", None)
        return colour

    @color.setter
    def color(self, color_or_rgb: str | tuple[int, int, int] | None) -> None:
        if isinstance(color_or_rgb, str):
            red, green, blue = bytes.fromhex(color_or_rgb.removeprefix("#"))
            color_or_rgb = (red, green, blue)
        self._show("color", color_or_rgb)

    @property
    def row_hidden(self) -> bool | None:
        """Whether the rows are hidden, by hand or by a filter; None when some are."""
        count = len(self.cells.hidden(self.area))
        return None if 0 < count < self.area.height else bool(count)

    @row_hidden.setter
    def row_hidden(self, hidden: bool) -> None:
        """Hide or show rows; those that a filter hides stay hidden, for all that is known of Excel."""
        self._show("row_hidden", bool(hidden))

    @property
    def column_hidden(self) -> bool | None:
        """Whether the columns are hidden; None when some are."""
        hidden: bool | None = self._look("column_hidden", default=False)
        return hidden

    @column_hidden.setter
    def column_hidden(self, hidden: bool) -> None:
        self._show("column_hidden", bool(hidden))

    def autofit(self, axis: str | None = None) -> None:
        """Fit the columns and the rows to their contents; nothing is measured here."""
        self.cells.open(self.area, f"autofit {axis or 'both'}")
