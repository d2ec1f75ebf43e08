"""The filters of a LibreOffice document by Excel's names; LibreOffice itself writes a block into hidden rows too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .desktop import Refused
from .office import Uno, pyuno, struct
from .uno_formats import area_of

AND, OR, VALUES = 1, 2, 7
_SIGNS = {
    "<>": "NOT_EQUAL",
    "<=": "LESS_EQUAL",
    ">=": "GREATER_EQUAL",
    "=": "EQUAL",
    "<": "LESS",
    ">": "GREATER",
}


def _field(column: int, criterion: str, *, either: bool) -> Uno:
    """Return a criterion as LibreOffice has it."""
    sign = next((each for each in _SIGNS if criterion.startswith(each)), "")
    wanted = criterion.removeprefix(sign)
    try:
        number: float | None = float(wanted)
    except ValueError:
        number = None
    return struct(
        "sheet.TableFilterField",
        Field=column - 1,
        IsNumeric=number is not None,
        NumericValue=number or 0.0,
        StringValue=wanted,
        Operator=pyuno().Enum("com.sun.star.sheet.FilterOperator", _SIGNS[sign or "="]),
        Connection=pyuno().Enum("com.sun.star.sheet.FilterConnection", "OR" if either else "AND"),
    )


def _criterion(field: Uno) -> str:
    """Return a criterion as Excel writes it."""
    sign = next(sign for sign, name in _SIGNS.items() if name == field.Operator.value)
    return sign + (f"{field.NumericValue:g}" if field.IsNumeric else str(field.StringValue))


class Filter:
    """The filter of one column."""

    def __init__(self, fields: Sequence[Uno]) -> None:
        self._fields = fields

    @property
    def On(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether it is set."""
        return bool(self._fields)

    @property
    def Operator(self) -> int:  # noqa: N802 - Excel's name
        """How the criteria are joined; 0 where there is one."""
        if len(self._fields) < 2:
            return 0
        if len(self._fields) > 2:
            return VALUES
        return OR if self._fields[1].Connection.value == "OR" else AND

    @property
    def Criteria1(self) -> Any:  # noqa: ANN401, N802 - Excel's name
        """The first criterion, or all values that are shown."""
        found = tuple(map(_criterion, self._fields))
        return found if self.Operator == VALUES else found[0]

    @property
    def Criteria2(self) -> str:  # noqa: N802 - Excel's name
        """The second criterion; an error where there is none."""
        if self.Operator not in {AND, OR}:
            raise Refused("Criteria2 of a filter that has no second")
        return _criterion(self._fields[1])


class Filters:
    """The filters of all columns."""

    def __init__(self, xl: Uno) -> None:
        self._xl = xl

    @property
    def Count(self) -> int:  # noqa: N802 - Excel's name
        """How many columns there are."""
        return area_of(self._xl.DataArea).width

    def __call__(self, place: int) -> Filter:  # noqa: D102 - as every collection of xlwings
        return Filter([each for each in fields_of(self._xl) if each.Field == place - 1])


def fields_of(xl: Uno) -> list[Uno]:
    """Return the criteria of a database range."""
    return list(xl.getFilterDescriptor().getFilterFields())


def _filter(xl: Uno, fields: Sequence[Uno]) -> None:
    """Set criteria, and hide and show rows by them."""
    typed = pyuno().Any("[]com.sun.star.sheet.TableFilterField", tuple(fields))
    pyuno().invoke(xl.getFilterDescriptor(), "setFilterFields", (typed,))
    xl.refresh()


class FilteredCells:
    """The cells that a filter covers, header and rows."""

    def __init__(self, xl: Uno) -> None:
        self._xl = xl

    @property
    def Column(self) -> int:  # noqa: N802 - Excel's name
        """The first column."""
        return area_of(self._xl.DataArea).column

    def AutoFilter(  # noqa: N802 - Excel's name
        self,
        Field: int,  # noqa: N803 - same
        Criteria1: str | Sequence[str],  # noqa: N803 - same
        Operator: int = AND,  # noqa: N803 - same
        Criteria2: str | None = None,  # noqa: N803 - same
    ) -> None:
        """Filter a column."""
        asked = [Criteria1] if isinstance(Criteria1, str) else list(Criteria1)
        asked += [Criteria2] if Criteria2 is not None else []
        made = [_field(Field, each, either=place > 0 and Operator != AND) for place, each in enumerate(asked)]
        _filter(self._xl, [*(each for each in fields_of(self._xl) if each.Field != Field - 1), *made])


class AutoFilter:
    """The native filter of a table or a sheet."""

    def __init__(self, xl: Uno) -> None:
        self._xl = xl

    @property
    def FilterMode(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether a criterion is set on some column."""
        return bool(fields_of(self._xl))

    @property
    def Filters(self) -> Filters:  # noqa: N802 - Excel's name
        """The filters of the columns."""
        return Filters(self._xl)

    @property
    def Range(self) -> FilteredCells:  # noqa: N802 - Excel's name
        """What it covers."""
        return FilteredCells(self._xl)

    def ApplyFilter(self) -> None:  # noqa: N802 - Excel's name
        """Hide and show the rows anew, after values have changed."""
        self._xl.refresh()

    def ShowAllData(self) -> None:  # noqa: N802 - Excel's name
        """Ask nothing of any column."""
        _filter(self._xl, ())
