"""Connection strings, ODBC drivers, and the addresses of Manage's sites."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

_PART = re.compile(r"\s*([^=;{}]+?)\s*=\s*(\{(?:[^}]|\}\})*\}|[^;]*)\s*(?:;|$)")
_SAME = {"USER": "UID", "USERNAME": "UID", "DB": "DATABASE", "HOST": "SERVER", "PASSWORD": "PWD"}
_SOURCES = ("DSN", "FILEDSN")
"""Keywords that name a data source, in Windows or in a file."""
_COMPUTER = re.compile(r"[^\s;={}/]+")
_PLAIN = re.compile(r"[\w.:/\\@ -]*")


def parts(connection_string: str) -> dict[str, str]:
    """Return the values of a connection string by keyword, in its order; of synonyms, in capitals, the usual one.

    Drivers take the first of two that say the same, and so does this.
    """
    found: dict[str, str] = {}
    for keyword, value in _PART.findall(connection_string):
        name = keyword.upper()
        braced = value.startswith("{")
        found.setdefault(_SAME.get(name, name), value[1:-1].replace("}}", "}") if braced else value.strip())
    return found


def joined(values: Mapping[str, str]) -> str:
    """Return a connection string of these values, in braces where a value needs them, as a driver's name does."""
    return ";".join(f"{name}={_written(name, value)}" for name, value in values.items())


def login(connection_string: str) -> str:
    """Return who logs in where as one name, under which the password can be kept.

    It is the same over a driver and without one; what a data source says of its own is known by its name only.
    """
    found = parts(connection_string)
    user, server, port, database = (found.get(name, "") for name in ("UID", "SERVER", "PORT", "DATABASE"))
    source = data_source(connection_string)
    return f"{user}@{source}{';' if source else ''}{server.lower()}:{port}/{database}"


def data_source(connection_string: str) -> str:
    """Return the data source that a connection string names, by its name or its file's, in lower case; else nothing."""
    found = parts(connection_string)
    return ";".join(f"{name}={found[name].lower()}" for name in _SOURCES if found.get(name))


def _written(name: str, value: str) -> str:
    if name == "DRIVER" or value != value.strip() or not _PLAIN.fullmatch(value):
        return "{" + value.replace("}", "}}") + "}"
    return value


_MYSQL = re.compile(r"MySQL ODBC (\d+)\.(\d+) Unicode Driver")
_MARIADB = re.compile(r"(?i)MariaDB.*?(?:(\d+)\.(\d+).*)?")
_PRESENT_DAY = 8
NO_DRIVER = "none"
"""The answer of who connects without an ODBC driver."""
DATA_SOURCE = "DSN="
"""What the answer of who connects by a data source begins with."""


def is_data_source(driver: str) -> bool:
    """Return whether a driver's answer names a data source instead, which knows driver and server itself."""
    return driver[: len(DATA_SOURCE)].upper() == DATA_SOURCE


def installed() -> list[str]:
    """Return the names of all ODBC drivers that this Python can use: those of its own word size.

    Without a driver manager, or with one that is broken, there are none.
    """
    try:
        import pyodbc  # noqa: PLC0415 - its driver manager may be missing
    except ImportError:
        return []
    try:
        return list(pyodbc.drivers())
    except pyodbc.Error:
        return []


def ways() -> list[str]:
    """Return what can be answered for the driver on this computer, best first; going without one is always last."""
    return [*fitting(installed()), NO_DRIVER]


def fitting(names: Iterable[str]) -> list[str]:
    """Return the drivers for MySQL and MariaDB, best first: MySQL's of today, MariaDB's, MySQL's older ones.

    Of MySQL's, 8 stands before 9, which no longer brings along the way of logging in that older servers ask for; its
    ANSI drivers are left out, because they cannot spell every customer's name.
    """
    ranked = [(rank, name) for name in names if (rank := _rank(name)) is not None]
    return [name for _, name in sorted(ranked, key=lambda each: each[0], reverse=True)]


def _rank(name: str) -> tuple[int, int, int] | None:
    if found := _MYSQL.fullmatch(name):
        major, minor = int(found[1]), int(found[2])
        if major == _PRESENT_DAY:
            return (3, major, minor)
        return (2 if major > _PRESENT_DAY else 0, major, minor)
    if found := _MARIADB.fullmatch(name):
        return (1, int(found[1] or 0), int(found[2] or 0))
    return None


def is_loopback(site: str) -> bool:
    """Return whether a site is on this computer, so that plain http is harmless."""
    try:
        return _is_here(urlsplit(site).hostname or "")
    except ValueError:
        return False


def is_this_computer(server: str) -> bool:
    """Return whether a server, by its name or address alone, is this computer, so that nobody hears what it is sent."""
    return _is_here(server.strip("[]").lower())


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_computer(text: str) -> bool:
    """Return whether a text can be a computer's name or address."""
    return _COMPUTER.fullmatch(text) is not None


def is_sendable(text: str) -> bool:
    """Return whether a text can stand in the head of a request: printable ASCII."""
    return text.isascii() and text.isprintable()
