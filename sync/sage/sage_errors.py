"""What an ODBC driver's error means for a person, and what to do about it. No connection string is ever shown."""

from __future__ import annotations

import re

from sync.core.values.errors import LoginPart, SetupError, TieoutError, Unavailable
from sync.core.values.messages import Text, say

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
    """Return what to switch on in Sage."""
    return say("sage-third-party-access-needed")


def odbc_in_words(error: Exception) -> TieoutError:
    """Turn a pyodbc error into a SetupError or Unavailable in plain words."""
    state = str(error.args[0]) if error.args else ""
    words = str(error.args[1]) if len(error.args) > 1 else str(error)
    found = _NUMBER.search(words.rpartition("(SQL")[0] or words)
    number = int(found.group(1)) if found else 0
    if state in _NO_DRIVER or "Can't open lib" in words:
        return SetupError(_no_driver(), parts=[LoginPart.DRIVER])
    if number == _WRONG_LOGIN or state == "28000":
        return SetupError(say("sage-login-refused"), parts=[LoginPart.LOGIN])
    if number in _NO_RIGHTS:
        return SetupError(third_party_access(), parts=[LoginPart.RIGHTS])
    if number == _NO_DATABASE:
        return SetupError(say("sage-no-such-database"), parts=[LoginPart.COMPANY])
    if number in _NO_ANSWER or state in {"08001", "HYT00"}:
        return Unavailable(say("sage-database-silent"), parts=[LoginPart.ADDRESS])
    if number in _LOST or state.startswith("08"):
        return Unavailable(say("sage-connection-lost"))
    kind = Unavailable if number else UnsaidError
    return kind(say("sage-database-error", number=number, state=state))


def _no_driver() -> Text:
    import pyodbc  # noqa: PLC0415 - only asked when a driver is missing

    installed = ", ".join(pyodbc.drivers())
    if not installed:
        return say("sage-no-odbc-driver")
    return say("sage-odbc-driver-unknown", drivers=installed)
