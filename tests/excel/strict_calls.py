"""The count of every round trip that a program would make to Excel, and the moments when Excel does not listen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from .strict_rules import ExcelBusy, ExcelClosed

_DUNDERS = ("__call__", "__iter__", "__len__", "__contains__")
_FREE = frozenset({"api", "options", "engine", "calls", "load", "add_sheet"})
"""What stays on this side: the native object itself is already there, and files are not opened by trips."""

_T = TypeVar("_T")


class Calls:
    """The trips made so far by name, such as `Range.raw_value=`, and how many of the next ones are rejected."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.busy = 0
        self.closed = False
        self._inside = False

    @contextmanager
    def trip(self, name: str) -> Iterator[None]:
        """Count one trip; what it makes in turn happens inside Excel and is free.

        Raises:
            ExcelBusy: as long as `busy` is above 0, which it is one less afterwards.
            ExcelClosed: the workbook has been closed.
        """
        if self._inside:
            yield
            return
        self.made[name] += 1
        if self.closed:
            raise ExcelClosed
        if self.busy:
            self.busy -= 1
            raise ExcelBusy
        self._inside = True
        try:
            yield
        finally:
            self._inside = False


def _counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a member so that using it from outside is a trip."""

    @wraps(function)
    def trip(self: Any, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - any member of any class
        with self.calls.trip(name):
            return function(self, *args, **kwargs)

    return trip


def counted(label: str) -> Callable[[type[_T]], type[_T]]:
    """Count the use of every member that a class or its own bases define; xlwings' base classes define none."""

    def wrap(cls: type[_T]) -> type[_T]:
        for name, member in _members(cls).items():
            if isinstance(member, property):
                getter = _counted(f"{label}.{name}", member.fget) if member.fget else None
                setter = _counted(f"{label}.{name}=", member.fset) if member.fset else None
                setattr(cls, name, property(getter, setter, doc=member.__doc__))
            elif callable(member):
                setattr(cls, name, _counted(f"{label}()" if name == "__call__" else f"{label}.{name}", member))
        return cls

    return wrap


def _members(cls: type) -> dict[str, Any]:
    """List the members of a class that count, the nearest definition of each."""
    own = [base for base in reversed(cls.__mro__) if base.__module__.startswith(__package__ or "")]
    found = {name: member for base in own for name, member in vars(base).items()}
    return {
        name: member
        for name, member in found.items()
        if name in _DUNDERS or not (name.startswith("_") or name in _FREE)
    }
