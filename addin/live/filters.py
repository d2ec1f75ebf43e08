"""The filters of a sheet that is open in Excel: set aside while a block is written, and put back as they stood.

Into a block with hidden rows Excel writes nothing where they are, and the block's first value everywhere else (xlwings
#747): every block is therefore written with all its rows in sight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from addin.live.excel import patiently
from sync.core.values.errors import TieoutError
from sync.core.values.messages import Text, say
from workbook.xlsx.cells import letters

if TYPE_CHECKING:
    from xlwings import Range, Sheet

AND, OR, VALUES = 1, 2, 7
"""Of Excel's ways to join criteria (XlAutoFilterOperator), those whose criteria it gives out as it takes them.

Of the first ten it gives out the last value that is shown, and of colours, icons and "this month" nothing to be set.
"""
Native = Any
"""Excel's AutoFilter of a sheet or of a table; None where there is none."""


class _SetAside(Struct, frozen=True, kw_only=True):
    """What one filter hid.

    Attributes:
        find: finds the filter.
        criteria: what it asked of each filtered column, as Excel takes it, by the column's place from 1.
    """

    find: Callable[[], Native]
    criteria: dict[int, tuple[Any, ...]]


@contextmanager
def rows_shown(sheet: Sheet, cells: Range, lost: list[Text]) -> Iterator[bool]:
    """Show all rows of some cells while they are written; filters stand afterwards as before, even where that failed.

    Rows that somebody hid by hand are shown and stay so: other ones may stand there now. As many calls as there are
    filters and filtered columns, whatever the number of rows.

    Args:
        sheet: the sheet.
        cells: what will be written.
        lost: hears of each column whose filter cannot be put back.

    Yields:
        Whether a filter was set aside.
    """
    aside: list[_SetAside] = []
    try:
        for find in _filters(sheet):
            _set_aside(sheet, find, aside, lost)
        if patiently(lambda: sheet.api.FilterMode):  # an advanced filter, which tells nobody what it asks
            patiently(partial(_show_all, sheet.api))
            lost.append(say("excel-advanced-filter-lost", sheet=sheet.name))
        patiently(lambda: setattr(cells.rows, "hidden", False))
        yield bool(aside)
    finally:
        for each in aside:
            _put_back(sheet, each, lost)


def _filters(sheet: Sheet) -> Iterator[Callable[[], Native]]:
    """Yield what finds each filter of a sheet: its own, and those of its tables, which somebody may have added."""
    yield lambda: sheet.api.AutoFilter
    for table in patiently(lambda: list(sheet.tables)):
        yield partial(getattr, table.api, "AutoFilter")


def _set_aside(sheet: Sheet, find: Callable[[], Native], aside: list[_SetAside], lost: list[Text]) -> None:
    native = patiently(find)
    if native is None or not patiently(lambda: native.FilterMode):
        return
    kept: dict[int, tuple[Any, ...]] = {}
    gone: list[int] = []
    for place in range(1, patiently(lambda: int(native.Filters.Count)) + 1):
        each = patiently(partial(_of_column, native, place))
        if patiently(partial(getattr, each, "On")):
            criteria = _criteria(each)
            if criteria is None:
                gone.append(place)
            else:
                kept[place] = criteria
    lost += [_lost(sheet, native, place) for place in gone]
    aside.append(_SetAside(find=find, criteria=kept))  # from here on it is put back, whatever fails
    patiently(partial(_show_all, native))


def _of_column(native: Native, place: int) -> Any:  # noqa: ANN401 - Excel's Filter
    return native.Filters(place)


def _filter(cells: Any, place: int, criteria: tuple[Any, ...]) -> None:  # noqa: ANN401 - Excel's Range
    cells.AutoFilter(place, *criteria)


def _show_all(filtered: Any) -> None:  # noqa: ANN401 - Excel's AutoFilter, or its sheet
    filtered.ShowAllData()


def _criteria(each: Any) -> tuple[Any, ...] | None:  # noqa: ANN401 - Excel's Filter
    """Return what a column is filtered by, as Excel takes it; None where it does not give that out."""
    operator, first = _given(each, "Operator"), _given(each, "Criteria1")
    if operator == VALUES and isinstance(first, tuple | list):
        return list(first), VALUES
    if operator not in {0, AND, OR} or not isinstance(first, str):
        return None
    if not operator:
        return (first,)
    second = _given(each, "Criteria2")
    return None if second is None else (first, operator, second)


def _given(each: Any, name: str) -> Any:  # noqa: ANN401 - Excel's Filter, and whatever it says
    """Return what Excel says of a filter; None where it answers with an error, as for what is not set."""
    try:
        return patiently(lambda: getattr(each, name))
    except TieoutError:
        raise
    except Exception:  # noqa: BLE001 - its error 1004, in whatever way it arrives
        return None


def _put_back(sheet: Sheet, each: _SetAside, lost: list[Text]) -> None:
    """Filter the columns again by what they were filtered by."""
    native: Native = None
    for place, criteria in each.criteria.items():
        try:
            native = native or patiently(each.find)
            cells = patiently(partial(getattr, native, "Range"))  # a table has grown or shrunk meanwhile
            patiently(partial(_filter, cells, place, criteria))
        except Exception:  # noqa: BLE001 - what was written counts, and its own error where that failed
            lost.append(_lost(sheet, native, place))


def _lost(sheet: Sheet, native: Native, place: int) -> Text:
    try:
        column = letters(patiently(lambda: int(native.Range.Column)) + place - 2)
    except Exception:  # noqa: BLE001 - Excel is gone, or the filter is
        column = str(place)
    return say("excel-filter-lost", sheet=sheet.name, column=column)
