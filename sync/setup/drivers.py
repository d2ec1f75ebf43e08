"""The ODBC drivers of this computer, and the one that suits Sage's database best."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from sync.core.errors import SetupError
from sync.core.words import say

_MYSQL = re.compile(r"MySQL ODBC (\d+)\.(\d+) Unicode Driver")
_MARIADB = re.compile(r"(?i)MariaDB.*?(?:(\d+)\.(\d+).*)?")
_PRESENT_DAY = 8
MYSQL_SITE = "https://dev.mysql.com/downloads/connector/odbc/"


def installed() -> list[str]:
    """The names of all ODBC drivers that this Python can use: those of its own word size.

    Raises:
        SetupError: this computer has no driver manager.
    """
    try:
        import pyodbc  # noqa: PLC0415 - its driver manager may be missing
    except ImportError:
        raise SetupError(
            say("This computer has no ODBC driver manager. Install unixODBC, then run tieout setup again.")
        ) from None
    return list(pyodbc.drivers())


def fitting(names: Iterable[str]) -> list[str]:
    """Those that speak to MySQL and MariaDB, best first: MySQL's of today, then MariaDB's, then MySQL's older ones.

    Of MySQL's, 8 stands before 9, which no longer brings along the way of logging in that older servers ask for; its
    ANSI drivers are left out, because they cannot spell every customer's name.
    """
    ranked = [(rank, name) for name in names if (rank := _rank(name)) is not None]
    return [name for _, name in sorted(ranked, key=lambda each: each[0], reverse=True)]


def none_fits() -> SetupError:
    """What to install when there is no driver for Sage's database."""
    return SetupError(
        say(
            "No ODBC driver for MySQL or MariaDB is installed for this {bits}-bit Python. Install the {bits}-bit MySQL "
            "Connector/ODBC from {site} and run tieout setup again.",
            bits=str(64 if sys.maxsize > 2**32 else 32),
            site=MYSQL_SITE,
        )
    )


def _rank(name: str) -> tuple[int, int, int] | None:
    if found := _MYSQL.fullmatch(name):
        major, minor = int(found[1]), int(found[2])
        if major == _PRESENT_DAY:
            return (3, major, minor)
        return (2 if major > _PRESENT_DAY else 0, major, minor)
    if found := _MARIADB.fullmatch(name):
        return (1, int(found[1] or 0), int(found[2] or 0))
    return None
