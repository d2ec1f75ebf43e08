"""The companion as Windows starts it: no administrator, reached over COM, and gone when it should be.

Excel's part is played by `stand_in`, by Excel's own names; a script of Windows' own asks as the workbook's VBA does.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest

from addin import COMPANION_ID
from sync.core.values.messages import say
from sync.language.catalogues import ENGLISH, language
from tests.windows.wine import PYTHON, Windows

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]

BUSY = say("excel-still-at-work").said(ENGLISH)
REGISTER = r"""
import sys, winreg
from datetime import date
from pathlib import Path
from addin.install import installation
from addin.install.build import build_workbook
from sync.language.catalogues import ENGLISH
from sync.practice.world import serve
from sync.settings.profiles import PRACTICE, place_of
installation.register_companion()
for key, value in installation.companion_keys(Path(sys.executable)).items():
    below = installation.CLASSES + chr(92) + key
    assert winreg.QueryValue(winreg.HKEY_CURRENT_USER, below) == value
    winreg.SetValue(winreg.HKEY_LOCAL_MACHINE, below, winreg.REG_SZ, value)  # Wine 8 looks there alone
build_workbook(Path(r"C:\Tieout.xlsm"), ENGLISH)
place = place_of(PRACTICE)
with serve(place.config.parent, date.today(), port=0):  # a port that nothing else here uses
    pass
"""
FORGET = r"""
import sys, winreg
from pathlib import Path
from addin.install import installation
installation.forget_companion()
for key in reversed(installation.companion_keys(Path(sys.executable))):
    winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, installation.CLASSES + chr(92) + key)
    try:
        winreg.OpenKey(winreg.HKEY_CURRENT_USER, installation.CLASSES + chr(92) + key)
    except FileNotFoundError:
        continue
    raise AssertionError(key)
"""
GONE = r"""
import time, pywintypes, win32event
from addin import LEAVE
end = time.monotonic() + 20
while time.monotonic() < end:
    try:
        win32event.OpenEvent(win32event.EVENT_MODIFY_STATE, False, LEAVE)
    except pywintypes.error:
        print("gone")
        break
    time.sleep(0.2)
"""
"""The event is there as long as a companion's process is."""
ASKED = """
import json, time
from tests.windows.stand_in import COMPANION, Dispatch, Excel, Figure
excel = Excel(r"C:\\Tieout.xlsm")
companion = lambda: Dispatch(COMPANION)
seen = {}
"""


@pytest.fixture
def companion(windows: Windows) -> Iterator[Windows]:
    """A Windows that starts the companion when it is asked for, and forgets it afterwards."""
    for own in windows.drive.glob("users/*/AppData/Local/tieout"):  # the practice company of a test before
        shutil.rmtree(own)
    done(windows, REGISTER)
    yield windows
    done(windows, FORGET)
    assert done(windows, GONE) == "gone"


def done(windows: Windows, code: str) -> str:
    """Run code with the Windows Python; what it printed."""
    ended = windows.python(code, seconds=300)
    assert ended.status == 0, ended.out
    return ended.out.strip()


def asked(windows: Windows, code: str) -> dict[str, Any]:
    """Let the stand-in for Excel do something; what it has seen."""
    said = done(windows, ASKED + dedent(code) + "\nprint(json.dumps(seen))")
    return dict(json.loads(said.splitlines()[-1]))


def test_a_script_of_windows_reaches_it(companion: Windows) -> None:
    """By CreateObject, as the workbook does: started by Windows, in the language asked for, and there for the next."""
    script = companion.drive / "ask.vbs"
    script.write_text(
        'Set file = CreateObject("Scripting.FileSystemObject").CreateTextFile("C:\\said.txt", True, True)\n'
        'For Each code In Array("en", "fr")\n'
        '  file.WriteLine CreateObject("Tieout.Companion").Cancel(code)\n'
        "Next\n"
        'file.WriteLine CreateObject("Tieout.Companion").State("en") & "."\n'
        "file.Close\n",
        encoding="ascii",
    )
    assert companion.run("cscript", "//nologo", r"C:\ask.vbs").status == 0
    said = (companion.drive / "said.txt").read_text(encoding="utf-16").splitlines()
    nothing = say("excel-nothing-to-cancel")
    assert said == [nothing.said(ENGLISH), nothing.said(language("fr")), "."]


def test_a_day_s_work_beside_excel(companion: Windows) -> None:
    """Started, busy, cancelled between two rows, gone on with: all by calls between two processes."""
    seen = asked(
        companion,
        """
        seen["sync"] = excel.press("sync")
        begun = time.perf_counter()
        seen["start"] = excel.start("push")
        seen["seconds"] = time.perf_counter() - begun
        seen["busy"] = excel.start("push")
        excel.until(lambda: " of " in str(excel.application.shown[-1]))
        companion().Cancel("en")
        ran = len(excel.application.ran)
        seen["cancelled"] = excel.until(lambda: len(excel.application.ran) > ran)
        excel.until(lambda: not companion().State("en"))
        seen["way"] = excel.shown(Figure.WAY)
        seen["pushed"] = excel.press("push", 300)
        seen["bar"], seen["ran"] = excel.application.shown[-1], excel.application.ran[-1]
        """,
    )
    assert "invoices were read" in seen["sync"]
    assert (seen["start"], seen["busy"], seen["way"]) == ("", BUSY, say("excel-way-companion").said(ENGLISH))
    assert seen["seconds"] < 5
    assert seen["cancelled"].startswith("Cancelled: ")
    assert seen["pushed"].startswith("Pushed: ")
    assert (seen["bar"], seen["ran"]) == (False, "'Tieout.xlsm'!TieoutButtons.GiveBack")


def test_an_excel_that_goes_away_takes_nothing_with_it(companion: Windows) -> None:
    """Its process ends in the middle of a push: the push ends after its row, and another Excel goes on with it."""
    asked(
        companion,
        """
        excel.press("sync")
        excel.start("push")
        excel.until(lambda: " of " in str(excel.application.shown[-1]))
        """,
    )
    seen = asked(
        companion,
        """
        end = time.monotonic() + 60
        while companion().State("en") and time.monotonic() < end:
            time.sleep(0.2)
        seen["sync"] = excel.press("sync")
        seen["pushed"] = excel.press("push", 300)
        """,
    )
    assert "invoices were read" in seen["sync"]
    assert seen["pushed"].startswith("Pushed: ")


def test_it_ends_when_nobody_asks(windows: Windows) -> None:
    """And at once where an installation asks it to leave."""
    serve = """
    import sys, threading, time
    from addin.install.installation import _ask_to_leave
    from addin.live.com_server import serve
    from addin.live.companion import Companion
    for idle, prepare in ((1.0, print), (600.0, threading.Timer(1.0, _ask_to_leave).start)):
        begun = time.monotonic()
        serve(Companion(print), idle, prepare)
        assert time.monotonic() - begun < 20
    print("ended")
    """
    assert done(windows, dedent(serve)).splitlines()[-1] == "ended"


KEY = r"""
import winreg
from addin import COMPANION
from addin.install.installation import CLASSES
try:
    print(winreg.QueryValue(winreg.HKEY_CURRENT_USER, CLASSES + chr(92) + COMPANION + chr(92) + "CLSID"))
except FileNotFoundError:
    print("none")
"""


def test_install_and_uninstall(windows: Windows) -> None:
    """Everything is put in place without an administrator, and all but the user's own is taken away again, twice."""
    users, tieout = windows.drive / "users", (PYTHON, "-P", "-m", "tieout", "install")
    before = set(users.rglob("Tieout.*"))
    """What other tests left in a folder for temporary files."""
    seen = []
    for options in ((), ("--uninstall",), ("--uninstall",)):
        ended = windows.run(*tieout, *options, seconds=300)
        assert ended.status == 0, ended.out
        seen.append((sorted(path.name for path in set(users.rglob("Tieout.*")) - before), done(windows, KEY)))
    away = (["Tieout.xlsm"], "none")
    assert seen == [(["Tieout.lnk", "Tieout.xlam", "Tieout.xlsm"], COMPANION_ID), away, away]
