"""ODBC connection strings, taken apart and put together again."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PART = re.compile(r"\s*([^=;{}]+?)\s*=\s*(\{(?:[^}]|\}\})*\}|[^;]*)\s*(?:;|$)")
_SAME = {"USER": "UID", "USERNAME": "UID", "DB": "DATABASE", "HOST": "SERVER", "PASSWORD": "PWD"}
_PLAIN = re.compile(r"[\w.:/\\@ -]*")


def parts(connection_string: str) -> dict[str, str]:
    """The values of a connection string by keyword, in its order; keywords in capitals, one of several for the same.

    Drivers take the first of two that say the same, and so does this.
    """
    found: dict[str, str] = {}
    for keyword, value in _PART.findall(connection_string):
        name = keyword.upper()
        braced = value.startswith("{")
        found.setdefault(_SAME.get(name, name), value[1:-1].replace("}}", "}") if braced else value.strip())
    return found


def joined(values: Mapping[str, str]) -> str:
    """A connection string of these values; the driver's name and what needs it stand in braces."""
    return ";".join(f"{name}={_written(name, value)}" for name, value in values.items())


def login(connection_string: str) -> str:
    """Who logs in where, as one name: under which a password can be kept."""
    found = parts(connection_string)
    user, server, port, database = (found.get(name, "") for name in ("UID", "SERVER", "PORT", "DATABASE"))
    return f"{user}@{server.lower()}:{port}/{database}"


def _written(name: str, value: str) -> str:
    if name == "DRIVER" or value != value.strip() or not _PLAIN.fullmatch(value):
        return "{" + value.replace("}", "}}") + "}"
    return value
