"""What both engines answer to xlwings' converters, just as its engine for Excel on Windows does."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Refused(RuntimeError):
    """Excel's error 1004, such as for a locked cell."""

    def __init__(self, what: str) -> None:
        super().__init__(f"1004: {what}")


class Desktop:
    """An engine without its cells; `statuses` keeps every text put into the status bar."""

    name: str
    type = "desktop"

    def __init__(self) -> None:
        self.statuses: list[str | bool] = []

    @staticmethod
    def prepare_xl_data_element(x: object, _options: object) -> object:
        """Let nothing be an empty text."""
        return "" if x is None else x

    @staticmethod
    def clean_value_data(
        data: list[list[Any]],
        datetime_builder: Callable[..., Any],
        empty_as: object,
        number_builder: Callable[[float], object] | None,
        err_to_str: bool,  # noqa: ARG004, FBT001 - xlwings' own
    ) -> list[list[object]]:
        """Hand values over as the reader wants them: empty cells, dates and numbers."""

        def clean(cell: Any) -> object:  # noqa: ANN401 - whatever a cell holds
            if cell is None or cell == "":
                return empty_as
            if isinstance(cell, dt.datetime):
                return datetime_builder(**{part: getattr(cell, part) for part in _PARTS}, tzinfo=None)
            return number_builder(cell) if number_builder and isinstance(cell, float) else cell

        return [[clean(cell) for cell in row] for row in data]


def is_nan(content: object) -> bool:
    """Tell whether a value is the number that is none."""
    return isinstance(content, float) and math.isnan(content)
