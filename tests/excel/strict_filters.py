"""The filters of the strict engine, by Excel's names: they hide rows, and say of their criteria what Excel says."""

from __future__ import annotations

import fnmatch
import operator
from collections.abc import Callable, Sequence
from typing import Any

from .desktop import Refused
from .grid import Area
from .strict_calls import Calls, counted
from .strict_cells import Cells

AND, OR, VALUES = 1, 2, 7
_SIGNS = {"<>": operator.ne, "<=": operator.le, ">=": operator.ge, "=": operator.eq, "<": operator.lt, ">": operator.gt}


class Criteria:
    """What one filter asks of its columns: first criterion, operator, second, by the column's place from 1."""

    def __init__(self, cells: Cells, area: Callable[[], Area], calls: Calls) -> None:
        self.cells, self.area, self.calls = cells, area, calls
        self.asked: dict[int, tuple[Any, int, Any]] = {}
        self.hides: set[int] = set()
        cells.filters.append(self)

    def copy(self) -> Criteria:
        """Never: a filter belongs to its sheet."""
        raise NotImplementedError

    def ask(self, field: int, first: Any = None, joined: int = 0, second: Any = None) -> None:  # noqa: ANN401 - COM
        """Filter a column; by nothing, no more."""
        self.cells.open(self.area(), "filter")
        if not 1 <= field <= self.area().width:
            raise Refused(f"AutoFilter of column {field}: there is none")
        if first is None:
            self.asked.pop(field, None)
        else:
            self.asked[field] = (first, joined, second)
        self.apply()

    def clear(self) -> None:
        """Show all rows."""
        if not self.asked:
            raise Refused("ShowAllData of a filter that hides nothing")
        self.asked.clear()
        self.apply()

    def apply(self) -> None:
        """Hide and show the rows by what they say now."""
        area = self.area()
        rows = range(area.row + 1, area.bottom + 1)
        self.hides = {row for row in rows if not all(self._keeps(row, area.column, field) for field in self.asked)}

    def _keeps(self, row: int, column: int, field: int) -> bool:
        first, joined, second = self.asked[field]
        value = self.cells.values.get((row, column + field - 1), "")
        if joined == VALUES:
            return any(isinstance(each, str) and _fits(value, each) for each in first)
        if joined not in {0, AND, OR}:
            return False  # a colour, an icon, this month: none of the rows has it
        found = [_fits(value, each) for each in (first, second) if each is not None]
        return any(found) if joined == OR else all(found)


def _fits(value: object, criterion: str) -> bool:
    """Tell whether a cell is as a criterion asks: words without their capitals, with wildcards; numbers by size."""
    sign = next((each for each in _SIGNS if criterion.startswith(each)), "")
    compared, wanted = _SIGNS[sign or "="], criterion.removeprefix(sign)
    try:
        number = float(wanted)
    except ValueError:
        same = fnmatch.fnmatchcase(str(value).casefold(), wanted.casefold())
        return same if compared is operator.eq else not same if compared is operator.ne else False
    return isinstance(value, float) and bool(compared(value, number))


@counted("Filter")
class Filter:
    """The filter of one column."""

    def __init__(self, criteria: Criteria, place: int) -> None:
        self._criteria, self._place = criteria, place
        self.calls = criteria.calls

    @property
    def On(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether it is set."""
        return self._place in self._criteria.asked

    def _asked(self) -> tuple[Any, int, Any]:
        if self._place not in self._criteria.asked:
            raise Refused("a filter that is not set has no criteria")
        return self._criteria.asked[self._place]

    @property
    def Operator(self) -> int:  # noqa: N802 - Excel's name
        """How the criteria are joined; 0 where there is one."""
        return self._asked()[1]

    @property
    def Criteria1(self) -> Any:  # noqa: ANN401, N802 - Excel's name
        """The first criterion, or all values that are shown; an error for those that are no words."""
        first, joined, _ = self._asked()
        if joined in {0, AND, OR}:
            return first
        if joined == VALUES and all(isinstance(each, str) for each in first):
            return tuple(first)
        raise Refused("Criteria1 of a filter by colour, or by days in groups")

    @property
    def Criteria2(self) -> Any:  # noqa: ANN401, N802 - Excel's name
        """The second criterion; an error where there is none."""
        _, joined, second = self._asked()
        if joined not in {AND, OR} or second is None:
            raise Refused("Criteria2 of a filter that has no second")
        return second


@counted("Filters")
class Filters:
    """The filters of all columns."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self.calls = criteria.calls

    @property
    def Count(self) -> int:  # noqa: N802 - Excel's name
        """How many columns there are."""
        return self._criteria.area().width

    def __call__(self, place: int) -> Filter:  # noqa: D102 - as every collection of xlwings
        return Filter(self._criteria, place)


@counted("AutoFilter.Range")
class FilteredCells:
    """The cells that a filter covers, header and rows."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self.calls = criteria.calls

    @property
    def Column(self) -> int:  # noqa: N802 - Excel's name
        """The first column."""
        return self._criteria.area().column

    def AutoFilter(  # noqa: N802 - Excel's name
        self,
        Field: int,  # noqa: N803 - same
        Criteria1: str | Sequence[str] | None = None,  # noqa: N803 - same
        Operator: int = AND,  # noqa: N803 - same
        Criteria2: str | None = None,  # noqa: N803 - same
    ) -> None:
        """Filter a column."""
        single = Criteria2 is None and Operator == AND
        self._criteria.ask(Field, Criteria1, 0 if single else Operator, Criteria2)


@counted("AutoFilter")
class AutoFilter:
    """The native filter of a table or a sheet."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self.calls = criteria.calls

    @property
    def FilterMode(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether a criterion is set on some column."""
        return bool(self._criteria.asked)

    @property
    def Filters(self) -> Filters:  # noqa: N802 - Excel's name
        """The filters of the columns."""
        return Filters(self._criteria)

    @property
    def Range(self) -> FilteredCells:  # noqa: N802 - Excel's name
        """What it covers."""
        return FilteredCells(self._criteria)

    def ApplyFilter(self) -> None:  # noqa: N802 - Excel's name
        """Hide and show the rows anew, after values have changed."""
        self._criteria.cells.open(self._criteria.area(), "filter")
        self._criteria.apply()

    def ShowAllData(self) -> None:  # noqa: N802 - Excel's name
        """Ask nothing of any column."""
        self._criteria.clear()
