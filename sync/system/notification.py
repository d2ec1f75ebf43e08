"""Windows' notification: what a run found that has no window and at which nobody looks.

An icon beside the clock shows it, and goes when the words were read or sent away, or after a while. It needs neither an
administrator nor a program of its own, and nothing of Excel. Where Windows shows none, nothing fails.
"""

from __future__ import annotations

import logging
import sys
from time import monotonic

TITLE = "Tieout"
MOST = 600.0
"""Seconds that the icon waits for somebody who is away."""
ROOM = 255
"""Characters that Windows shows."""
_TOLD = 0x400 + 20
"""The message by which Windows tells what became of it; its own ends when the words were sent away, were read or have
gone by themselves (NIN_BALLOONHIDE, NIN_BALLOONTIMEOUT, NIN_BALLOONUSERCLICK)."""
_GONE = frozenset({0x403, 0x404, 0x405})
_LOOK = 200
"""Milliseconds between two looks at the clock."""
_log = logging.getLogger(__name__)


def notify(words: str, seconds: float = MOST) -> bool:
    """Show words beside the clock, and return whether Windows did; wait until they are gone.

    Args:
        words: what is said; cut short where Windows has no room.
        seconds: that they stay at most.
    """
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        try:
            _show(shortened(words), seconds)
        except Exception as error:  # noqa: BLE001 - a watch never fails of it, whatever Windows lacks
            _log.warning("Windows shows no notification: %s", error)
        else:
            return True
    return False


def shortened(words: str) -> str:
    """Return words as long as Windows shows them; it counts in UTF-16."""
    units = words.encode("utf-16-le")
    if len(units) <= 2 * ROOM:
        return words
    return units[: 2 * (ROOM - 1)].decode("utf-16-le", errors="ignore").rstrip() + "…"


def _show(words: str, seconds: float) -> None:  # pragma: no cover - needs Windows
    import win32con  # noqa: PLC0415 - exists on Windows only
    import win32event  # noqa: PLC0415 - same
    import win32gui  # noqa: PLC0415 - same

    gone = False

    def told(_window: int, _message: int, _icon: int, what: int) -> int:
        nonlocal gone
        gone |= what in _GONE
        return 0

    made = win32gui.WNDCLASS()
    made.lpszClassName, made.lpfnWndProc = f"{TITLE}.Notification", {_TOLD: told}
    window = win32gui.CreateWindow(win32gui.RegisterClass(made), TITLE, 0, 0, 0, 0, 0, 0, 0, made.hInstance, None)
    what = win32gui.NIF_ICON | win32gui.NIF_MESSAGE | win32gui.NIF_TIP | win32gui.NIF_INFO
    icon = win32gui.LoadIcon(0, win32con.IDI_INFORMATION)
    shown = (window, 0, what, _TOLD, icon, TITLE, words, 0, TITLE, win32gui.NIIF_INFO)
    try:
        win32gui.Shell_NotifyIcon(win32gui.NIM_ADD, shown)
        end = monotonic() + seconds
        while not gone and monotonic() < end:
            win32event.MsgWaitForMultipleObjects((), False, _LOOK, win32event.QS_ALLINPUT)  # noqa: FBT003 - no keywords
            win32gui.PumpWaitingMessages()
        win32gui.Shell_NotifyIcon(win32gui.NIM_DELETE, (window, 0))
    finally:
        win32gui.DestroyWindow(window)
        win32gui.UnregisterClass(made.lpszClassName, made.hInstance)
