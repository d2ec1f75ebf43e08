"""The Windows itself: a genuine Windows Python runs the product in it."""

from __future__ import annotations

import pytest

from sync import __version__
from tests.windows.wine import PYTHON, Windows

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]


def test_the_command_runs_on_a_windows_python(windows: Windows) -> None:
    """With what only Windows has: its registry, its COM, its own TLS."""
    ended = windows.run(PYTHON, "-P", "-m", "tieout", "--version")
    assert (ended.status, __version__ in ended.out) == (0, True), ended.out
    ended = windows.python("import pythoncom, ssl, sys, winreg, xlwings; print(sys.platform, xlwings.engines)")
    assert ended.out.strip() == "win32 Engines([<Engine excel>])", ended.out
