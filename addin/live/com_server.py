"""Serves the companion to Excel: a COM server of the user's own, which Windows starts when a workbook asks for it.

As few lines as that takes: the class is registered before anything that can fail, because whoever asks waits for it
for half a minute; calls are answered in the first thread, which does nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from addin import COMPANION_ID, LEAVE
from addin.live.companion import Companion

if TYPE_CHECKING:
    from xlwings import Book

GRACE = 1.0
"""Seconds in which whoever was given the companion just before its end can still ask it for something."""
_NOT_AT_WORK = 1e-9
_LOOK = 500
"""Milliseconds between two looks at whether it is still used."""


class Answers:
    """What the workbook can ask of the companion; each method answers at once."""

    _public_methods_ = ("Start", "Cancel", "State")

    def __init__(self, companion: Companion) -> None:
        self._companion = companion

    def Start(self, task: str, language: str, workbook: Any) -> str:  # noqa: ANN401, N802 - Excel's object; COM's name
        """Begin a task on the workbook that asks; empty, or why not."""
        busy = self._companion.state(language)
        return busy or self._companion.start(task, language, _reach(workbook))

    def Cancel(self, language: str) -> str:  # noqa: N802 - COM's name
        """Have the task end at its next safe point; what is to be said of it."""
        return self._companion.cancel(language)

    def State(self, language: str) -> str:  # noqa: N802 - COM's name
        """That a task is under way; empty where none is."""
        return self._companion.state(language)


def _reach(workbook: Any) -> Callable[[Callable[[Book], object]], object]:  # noqa: ANN401 - Excel's object
    """Return what does something with Excel's workbook in another thread, which needs a way of its own to it."""
    import pythoncom  # noqa: PLC0415 - exists on Windows only

    from addin.live.excel import with_book  # noqa: PLC0415 - not before the class is registered

    stream = pythoncom.CoMarshalInterThreadInterfaceInStream(pythoncom.IID_IDispatch, workbook)
    return partial(with_book, partial(pythoncom.CoGetInterfaceAndReleaseStream, stream, pythoncom.IID_IDispatch))


def serve(companion: Companion, idle: float, prepare: Callable[[], object]) -> None:
    """Answer whoever asks, until nobody has for so many seconds, or an installation asks it to leave.

    Args:
        companion: does what is asked.
        idle: see above.
        prepare: called in a thread of its own, once anybody can ask: what makes the first task begin sooner.
    """
    import pythoncom  # noqa: PLC0415 - exists on Windows only
    import win32event  # noqa: PLC0415 - same
    from win32com.server import policy, util  # noqa: PLC0415 - same

    class Ours(policy.DefaultPolicy):  # type: ignore[misc] # pywin32 has no types
        """Makes the one class that is served, without looking it up in the registry."""

        def _CreateInstance_(self, _: object, wanted: object) -> Any:  # noqa: ANN401, N802 - pywin32's signature
            return util.wrap(Answers(companion), wanted)

    policy.DefaultPolicy = Ours
    factory = pythoncom.MakePyFactory(COMPANION_ID)

    leave = win32event.CreateEvent(None, False, False, LEAVE)  # noqa: FBT003 - pywin32 takes no keywords
    asked_to_leave = False

    def pump(on: Callable[[], bool]) -> None:
        nonlocal asked_to_leave
        while on():
            seen = win32event.MsgWaitForMultipleObjects((leave,), False, _LOOK, win32event.QS_ALLINPUT)  # noqa: FBT003 - same
            asked_to_leave |= seen == win32event.WAIT_OBJECT_0
            if pythoncom.PumpWaitingMessages():
                sys.exit()

    prepared = False
    while not prepared or not companion.idle():
        token = pythoncom.CoRegisterClassObject(
            COMPANION_ID, factory, pythoncom.CLSCTX_LOCAL_SERVER, pythoncom.REGCLS_MULTIPLEUSE
        )
        if not prepared:
            Thread(target=prepare, daemon=True).start()
            prepared = True
        pump(lambda: companion.idle() < (_NOT_AT_WORK if asked_to_leave else idle))
        pythoncom.CoRevokeClassObject(token)
        pump(partial(_not_yet, monotonic() + GRACE))


def _not_yet(moment: float) -> bool:
    return monotonic() < moment
