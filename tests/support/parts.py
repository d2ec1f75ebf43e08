"""The parts a machine needs for some tests, and how to tell in words that one is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.windows import wine

CHROMIUM = Path("/usr/bin/chromium")
UNO = Path("/usr/lib/python3/dist-packages/uno.py")


def _mariadb() -> str | None:
    if not (shutil.which("mariadbd") and shutil.which("mariadb-install-db")):
        return "mariadb-server is not installed (apt-get install mariadb-server)"
    import pyodbc  # noqa: PLC0415 - needs unixODBC, which is one of the parts probed here

    if not any("mariadb" in driver.lower() for driver in pyodbc.drivers()):
        return "no MariaDB ODBC driver is installed (apt-get install odbc-mariadb)"
    return None


def _chromium() -> str | None:
    return None if CHROMIUM.exists() else "Debian's Chromium is not installed (apt-get install chromium)"


def _libreoffice() -> str | None:
    if not shutil.which("soffice"):
        return "LibreOffice is not installed (apt-get install libreoffice-calc)"
    return None if UNO.exists() else "LibreOffice cannot be reached from Python (apt-get install python3-uno)"


def _wheel() -> str | None:
    return None if shutil.which("uv") else "uv is not installed (python3 -m pip install uv)"


def _windows() -> str | None:
    return wine.why_not() or None


MISSING: dict[str, Callable[[], str | None]] = {
    "mariadb": _mariadb,
    "chromium": _chromium,
    "libreoffice": _libreoffice,
    "wheel": _wheel,
    "windows": _windows,
}
"""Marker name to a probe that says why the part is missing, or None when it is there."""
