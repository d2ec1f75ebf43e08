"""The only place that imports xlwings: finds the workbook, and keeps xlwings from doing what we do not want."""

from __future__ import annotations

import atexit
import gc
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sync.core.values.errors import SetupError, Unavailable
from sync.core.values.messages import Language, Text, say

if TYPE_CHECKING:
    from xlwings import Book

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)
CALL_REJECTED = -2147418111
"""What Excel answers while a cell is being edited or a dialogue is open (RPC_E_CALL_REJECTED)."""
RETRY_LATER = -2147417846
EXCEPTION, EDITING, _DETAILS = -2147352567, -2146777998, 2
"""A property that cannot be set while a cell is being edited: the code, the reason behind it, and where that stands."""
GONE = frozenset({-2147023174, -2147023170, -2147418105, -2147418094, -2147417848, -2147220995, -2146827864})
"""What Windows says of an Excel that ended (RPC_S_SERVER_UNAVAILABLE, RPC_S_CALL_FAILED, RPC_E_SERVER_DIED and _DNE,
RPC_E_DISCONNECTED, CO_E_OBJNOTCONNECTED), and Excel of a workbook that was closed (0x800A01A8, "object required")."""
PATIENCE, BESIDE_PATIENCE = 15.0, 600.0
"""How many seconds to wait for a busy Excel: that waits for us itself, and in which somebody works on meanwhile."""
beside: ContextVar[bool] = ContextVar("beside", default=False)
"""Whether this thread works beside an Excel that somebody uses."""
PAUSE = 0.25
GIVE_BACK = "TieoutButtons.GiveBack"
"""The macro that gives back the key that cancels, and the status bar."""
BAR = 255
"""So many letters Excel's status bar takes."""


def tamed() -> ModuleType:
    """Return xlwings, kept from what it does unasked on Windows.

    When Excel is busy it would try again for ever; and at its exit, and whenever it ends an Excel of its own, it would
    end every other Excel in which it sees no workbook: a Protected View, a start screen, another program's.
    """
    import xlwings  # noqa: PLC0415 - slow, and only what meets Excel needs it

    if sys.platform == "win32":  # pragma: no cover - needs Windows
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        atexit.unregister(_xlwindows.cleanup)
        _xlwindows.Apps.cleanup = staticmethod(lambda: None)
        _xlwindows.N_COM_ATTEMPTS = 1
    return xlwings


@contextmanager
def com_of_thread() -> Iterator[None]:
    """Let a thread of ours talk to Excel: Windows prepares only the first one by itself."""
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import pythoncom  # noqa: PLC0415 - exists on Windows only

        pythoncom.CoInitializeEx(pythoncom.COINIT_MULTITHREADED)  # it takes no messages, which others would wait for
        try:
            yield
        finally:
            pythoncom.CoUninitialize()
    else:
        yield


def with_book(reached: Callable[[], Any], work: Callable[[Book], object]) -> None:  # pragma: no cover - needs Windows
    """Do something with a workbook that another thread was given by Excel, and hold nothing of Excel afterwards.

    Args:
        reached: gives this thread its own way to Excel's object.
        work: what is done.
    """
    from win32com.client import Dispatch  # noqa: PLC0415 - exists on Windows only

    beside.set(True)
    xlwings = tamed()
    with com_of_thread():
        try:
            windows = xlwings._xlwindows  # noqa: SLF001 - as `Book.caller` does
            work(xlwings.Book(impl=windows.Book(xl=windows.COMRetryObjectWrapper(Dispatch(reached())))))
        finally:
            gc.collect()  # an Excel that something still points to would not end


def caller() -> Book:
    """The workbook whose button was pressed.

    Raises:
        Unavailable: Excel stayed busy.
    """
    xlwings = tamed()
    return cast("Book", patiently(xlwings.Book.caller))


def attach(name: str | None) -> Book:
    """An open control workbook, found from outside Excel.

    Args:
        name: the workbook's name as its window shows it; None takes the one that is open.

    Raises:
        SetupError: Excel is not on this computer, or no such workbook is open, or several are.
        Unavailable: an Excel stayed busy, so that nobody can say what is open in it.
    """
    xlwings = tamed()
    if not len(xlwings.engines):
        raise SetupError(say("excel-not-installed"))

    def found() -> list[Book]:
        books = [book for app in xlwings.apps for book in app.books]
        return [book for book in books if (book.name.casefold() == name.casefold() if name else _is_ours(book))]

    wanted = patiently(found)
    if len(wanted) == 1:
        return wanted[0]
    if not wanted:
        raise SetupError(say("excel-named-workbook-not-open", name=name or "Tieout.xlsm"))
    raise SetupError(say("excel-several-workbooks-open"))


def patiently(work: Callable[[], Answer]) -> Answer:
    """Do something in Excel, waiting a while when it is busy.

    Raises:
        Unavailable: it stayed busy, or it has been closed.
    """
    until = time.monotonic() + (BESIDE_PATIENCE if beside.get() else PATIENCE)
    while True:
        try:
            return work()
        except Exception as error:
            _require_open(error)
            if not _busy(error):
                raise
            if time.monotonic() > until:
                raise Unavailable(say("excel-busy")) from error
        time.sleep(PAUSE)


def unless_busy(work: Callable[[], object]) -> None:
    """Do something in Excel that is left undone where it is busy; what else it says of it is logged.

    Raises:
        Unavailable: the workbook has been closed.
    """
    try:
        work()
    except Exception as error:  # noqa: BLE001 - it is of use only as long as somebody looks on
        _require_open(error)
        if not _busy(error):
            _log.warning("not shown in Excel: %s", error)


def _require_open(error: BaseException) -> None:
    """Raise Unavailable where an error says that Excel, or the workbook, has been closed."""
    if _code(error) in GONE:
        raise Unavailable(say("excel-closed-meanwhile")) from error


def there(find: Callable[[], Answer], what: Text) -> Answer:
    """Find something in the workbook.

    Raises:
        SetupError: it is not there.
        Unavailable: Excel stayed busy.
    """
    try:
        return patiently(find)
    except Unavailable:
        raise
    except Exception as error:
        raise SetupError(say("excel-part-of-workbook-missing", what=what)) from error


def _busy(error: BaseException | None) -> bool:
    """Whether Excel only asks to be called again: in any of the ways that Windows and xlwings have to say so."""
    if error is None:
        return False
    if isinstance(error, KeyError):  # xlwings makes one of a call that was rejected while it looked something up
        return _busy(error.__context__)
    if isinstance(error, AttributeError):
        return _is_of_pywin32(error)
    return _code(error) in {CALL_REJECTED, RETRY_LATER, EDITING} or type(error).__name__ == "ExcelBusyError"


def _code(error: BaseException) -> object:
    """Return the number by which Windows names an error, or the one that Excel gives as the reason behind it."""
    code = error.args[0] if error.args else None
    details = error.args[_DETAILS] if len(error.args) > _DETAILS else None
    return details[-1] if code == EXCEPTION and isinstance(details, tuple) and details else code


def _is_of_pywin32(error: AttributeError) -> bool:
    """Whether pywin32 says that Excel's object has no such member, which is what it makes of no answer at all."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_globals.get("__name__") == "win32com.client.dynamic"


def greet(book: Book, language: Language) -> None:
    """Say in Excel's status bar that Tieout is at work."""
    app = patiently(lambda: book.app)
    patiently(lambda: setattr(app, "status_bar", say("excel-reading-settings").said(language)))


def take_leave(book: Book, words: str = "") -> None:
    """Give back what the macro took for a task that cannot use the workbook, and say why over Excel's window."""
    try:
        app = patiently(lambda: book.app)
        patiently(lambda: setattr(app, "status_bar", False))
        patiently(book.macro(GIVE_BACK))
        if words:
            app.alert(words, "Tieout", mode="critical")
    except Exception as error:  # noqa: BLE001 - Excel is gone, or the workbook is so old that it has no such macro
        _log.warning("Excel was not given back what a task had of it: %s", error)


def in_bar(words: str) -> str:
    """Return words as the status bar can show them: on one line, and cut where it would refuse more."""
    line = " ".join(words.split())
    return line if len(line) <= BAR else f"{line[: BAR - 1]}…"


def _is_ours(book: Book) -> bool:
    """Whether a workbook has the two sheets that are called the same in every language and every version."""
    from workbook.control.panel import CONFIGURATION, FIGURES  # noqa: PLC0415 - a button knows its workbook

    return {FIGURES, CONFIGURATION} <= {sheet.name for sheet in book.sheets}
