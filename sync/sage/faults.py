"""What an ODBC driver's error means for a person, and what to do about it. No connection string is ever shown."""

from __future__ import annotations

import re

from sync.core.errors import Part, SetupError, TieoutError, Unavailable
from sync.core.words import Text, say

_NUMBER = re.compile(r"\((\d{4})\)")
_NO_DRIVER = ("IM002", "IM003", "01000")
_WRONG_LOGIN = 1045
_NO_RIGHTS = (1044, 1142, 1143)
_NO_DATABASE = 1049
_NO_ANSWER = (2002, 2003, 2005)
_LOST = (1053, 1317, 1927, 2006, 2013, 2055, 5014)


class UnsaidError(Unavailable):
    """The driver failed without saying why. Nothing was read, so the same may be asked once more."""


def third_party_access() -> Text:
    """What to switch on in Sage."""
    return say(
        "The Sage login may not read the company's tables. In Sage 50, Setup > Set Up Users, give this user "
        "third-party access Read data, then try again."
    )


def explained(error: Exception) -> TieoutError:
    """Turn a pyodbc error into a SetupError or Unavailable in plain words."""
    state = str(error.args[0]) if error.args else ""
    words = str(error.args[1]) if len(error.args) > 1 else str(error)
    found = _NUMBER.search(words.rpartition("(SQL")[0] or words)
    number = int(found.group(1)) if found else 0
    if state in _NO_DRIVER or "Can't open lib" in words:
        return SetupError(_no_driver(), parts=[Part.DRIVER])
    if number == _WRONG_LOGIN or state == "28000":
        return SetupError(
            say("Sage refused the user name or the password. Use a Sage 50 user's own name and password."),
            parts=[Part.LOGIN],
        )
    if number in _NO_RIGHTS:
        return SetupError(third_party_access(), parts=[Part.RIGHTS])
    if number == _NO_DATABASE:
        return SetupError(
            say("Sage's server has no such database. Correct DATABASE in [sage] odbc; it is usually simply."),
            parts=[Part.COMPANY],
        )
    if number in _NO_ANSWER or state in {"08001", "HYT00"}:
        return Unavailable(
            say("Sage's database does not answer. Open the company in Sage 50 on its computer, then try again."),
            parts=[Part.ADDRESS],
        )
    if number in _LOST or state.startswith("08"):
        return Unavailable(
            say("The connection to Sage was lost while reading. Nothing was changed; try again when Sage is open.")
        )
    kind = Unavailable if number else UnsaidError
    return kind(
        say(
            "Sage's database reported error {number} ({state}). Nothing was changed; try again, and if it says so "
            "again, restart Sage 50 on its computer.",
            number=number,
            state=state,
        )
    )


def _no_driver() -> Text:
    import pyodbc  # noqa: PLC0415 - only asked when a driver is missing

    installed = ", ".join(pyodbc.drivers())
    if not installed:
        return say("No ODBC driver is installed on this computer. Install MySQL Connector/ODBC, then try again.")
    return say(
        "The ODBC driver in [sage] odbc is not installed on this computer. Name one that is: {drivers}.",
        drivers=installed,
    )
