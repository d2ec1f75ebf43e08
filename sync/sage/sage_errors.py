"""What a refusal of Sage's database means for a person, and what to do about it.

A driver, or the server itself, names a cause by a state or a number. Each has its sentence here, and the driver's own
words always follow, shortened and without secrets: they may say more than a table can. No connection string is ever
shown. Numbers: MySQL's reference of errors; which cause is likely at Sage: facts/sage50.md, section 9.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Collection

from msgspec import Struct

from sync.core.values.errors import LoginPart, SetupError, TieoutError, Unavailable
from sync.core.values.messages import BLANK, Text, say
from sync.settings import connections
from sync.system.bounded import OverdueError
from sync.system.log import without_secrets

MOST_WORDS = 240
"""Characters of a driver's words that are shown; the log has them all."""


class Words(Struct, frozen=True, kw_only=True):
    """What a driver said.

    Attributes:
        state: its SQLSTATE; empty where it gave none.
        number: MySQL's number of the error; 0 where it gave none.
        said: the rest, in the words of the server or the driver.
    """

    state: str
    number: int
    said: str


class UnsaidError(Unavailable):
    """The driver failed without saying why. Nothing was read, so the same may be asked once more."""


class Meaning(Struct, frozen=True, kw_only=True):
    """What stands behind an error.

    Attributes:
        text: what happened, and what to do.
        kind: whether something has to be corrected, or the same may be tried again.
        parts: of the connection, those that may be wrong.
    """

    text: Text
    kind: type[TieoutError] = SetupError
    parts: Collection[LoginPart] = ()


def no_tables_in_sight() -> SetupError:
    """Return the error for a database in which a login sees nothing: another one, or one that it may not read.

    MySQL tells those two apart only to logins that may see every database (its error 1044, and what it lists).
    """
    return SetupError(_UNSEEN.text, parts=_UNSEEN.parts)


_SILENT = Meaning(text=say("sage-database-silent"), kind=Unavailable, parts=[LoginPart.ADDRESS])
_LOST = Meaning(text=say("sage-connection-lost"), kind=Unavailable)
_CUT_OFF = Meaning(text=say("sage-answers-and-stops"), kind=Unavailable, parts=[LoginPart.ADDRESS])
_NOT_SAGE = Meaning(text=say("sage-not-a-database"), parts=[LoginPart.ADDRESS])
_UNSEEN = Meaning(text=say("sage-no-tables-in-sight"), parts=[LoginPart.COMPANY, LoginPart.RIGHTS])
_RIGHTS = Meaning(text=say("sage-third-party-access-needed"), parts=[LoginPart.RIGHTS])
_FULL = Meaning(text=say("sage-too-many-connections"), kind=Unavailable)
_BUSY = Meaning(text=say("sage-rows-locked"), kind=Unavailable)
_DAMAGED = Meaning(text=say("sage-table-damaged"))
_CHANGED = Meaning(text=say("sage-table-gone"))
_CHARSET = Meaning(text=say("sage-charset-unknown"), parts=[LoginPart.DRIVER])
_OLD_PASSWORD = Meaning(text=say("sage-old-password"), parts=[LoginPart.DRIVER, LoginPart.LOGIN])
_EXPIRED = Meaning(text=say("sage-password-expired"), parts=[LoginPart.LOGIN])
_LOCKED = Meaning(text=say("sage-account-locked"), parts=[LoginPart.LOGIN])
_PLUGIN = Meaning(text=say("sage-login-plugin-missing"), parts=[LoginPart.DRIVER])
_UNLOADABLE = Meaning(text=say("sage-odbc-driver-unloadable"), parts=[LoginPart.DRIVER])

MEANINGS: dict[int, Meaning] = {
    **dict.fromkeys((2002, 2003, 2005), _SILENT),
    **dict.fromkeys((1053, 1159, 1161, 1317, 1927, 2006, 2013, 2055, 5014), _LOST),
    **dict.fromkeys((2007, 2012, 2027), _NOT_SAGE),
    **dict.fromkeys((1142, 1143, 1370), _RIGHTS),
    **dict.fromkeys((1040, 1203, 1226), _FULL),
    **dict.fromkeys((1205, 1213), _BUSY),
    **dict.fromkeys((126, 127, 145, 1034, 1035, 1194, 1195), _DAMAGED),
    **dict.fromkeys((1054, 1146), _CHANGED),
    **dict.fromkeys((1115, 2019), _CHARSET),
    **dict.fromkeys((1251, 1275, 2049), _OLD_PASSWORD),
    **dict.fromkeys((1820, 1862), _EXPIRED),
    **dict.fromkeys((3118, 4151), _LOCKED),
    **dict.fromkeys((1524, 2058, 2059), _PLUGIN),
    1044: _UNSEEN,
    1049: Meaning(text=say("sage-no-such-database"), parts=[LoginPart.COMPANY]),
    1129: Meaning(text=say("sage-computer-blocked"), kind=Unavailable),
    1130: Meaning(text=say("sage-computer-not-allowed"), parts=[LoginPart.RIGHTS]),
    1193: Meaning(text=say("sage-driver-of-another-age"), parts=[LoginPart.DRIVER]),
    1290: Meaning(text=say("sage-server-restricted"), kind=Unavailable),
    2026: Meaning(text=say("sage-tls-not-agreed"), parts=[LoginPart.DRIVER]),
    2061: Meaning(text=say("sage-login-needs-tls"), parts=[LoginPart.DRIVER]),
}
"""By MySQL's number; 1045 is told apart by what the server says of it."""
_WRONG_LOGIN, _OF_ENGINE, _SYNTAX = 1045, 1030, 1064
_NO_DRIVER, _NOT_LOADED, _WRONG_BITS = "IM002", ("IM003", "IM004", "IM005", "01000"), "IM014"
_TIMED_OUT = ("HYT00", "HYT01")
_FIRST_RECORD = re.compile(r"(?s)(.*?)\s*\((-?\d+)\)\s*\(SQL\w+\)")
_SPEAKERS = re.compile(r"^(?:\s*\[[^\]]*\])+\s*")
_HERE = ("localhost", "127.0.0.1", "::1")
_LIBRARY = re.compile(r"Can't open lib '([^']*)'")
_LOGIN = re.compile(r"'[^']*'@'([^']*)'")
_INNER = re.compile(r"\b(126|127|145)\b")


def is_syntax(words: Words) -> bool:
    """Return whether a server does not know a statement: of a session, one that is too old for it."""
    return words.number == _SYNTAX


def is_charset(words: Words) -> bool:
    """Return whether server or driver does not know the character set."""
    return MEANINGS.get(words.number) is _CHARSET


def of_odbc(error: Exception) -> Words:
    """Return what a pyodbc error says: of its records the first, which is the cause."""
    state = str(error.args[0]) if error.args else ""
    words = str(error.args[1]) if len(error.args) > 1 else str(error)
    record = _FIRST_RECORD.match(words)
    said, number = (record[1], int(record[2])) if record else (words, 0)
    return Words(state=state, number=number, said=_SPEAKERS.sub("", said))


def of_pymysql(error: Exception) -> Words:
    """Return what a pymysql error says; without a number only what it makes of a protocol that it does not know."""
    number = error.args[0] if error.args else 0
    if isinstance(number, int):
        state = getattr(error, "sqlstate", None) or ""
        return Words(state=state, number=number % 65536, said=str(error.args[1]) if len(error.args) > 1 else "")
    said = " ".join(map(str, error.args))
    return Words(state="", number=2049 if "unknown auth switch request" in said else 2027, said=said)


def in_words(words: Words, *, connecting: bool) -> TieoutError:
    """Return what a driver's error means, as a SetupError or Unavailable, with its own words behind.

    Args:
        words: of the driver.
        connecting: the login was not over yet: what is cut off then may be another program's port.
    """
    meaning = _meaning(words, connecting=connecting)
    return meaning.kind(meaning.text + _own(words), parts=meaning.parts)


def overdue(error: OverdueError, connecting: str) -> Unavailable:
    """Return the error for a database that took too long.

    Args:
        error: which step, and how long it may take.
        connecting: the name of the step in which the connection is made.
    """
    if error.step == connecting:
        return Unavailable(say("sage-silent-at-login", seconds=f"{error.seconds:g}"), parts=[LoginPart.ADDRESS])
    if error.step:
        return Unavailable(say("sage-silent-at-question", seconds=f"{error.seconds:g}"))
    return Unavailable(say("sage-reading-too-long", minutes=f"{error.seconds / 60:g}"))


def _meaning(words: Words, *, connecting: bool) -> Meaning:
    library = _LIBRARY.search(words.said)
    if words.state == _NO_DRIVER or (library and "/" not in library[1]):  # unixODBC takes an unknown name for a file's
        return Meaning(text=_no_driver(), parts=[LoginPart.DRIVER])
    if words.state == _WRONG_BITS:
        return Meaning(text=say("sage-odbc-driver-wrong-bits", bits=word_size()), parts=[LoginPart.DRIVER])
    if words.state in _NOT_LOADED or library:
        return _UNLOADABLE
    if words.number == _WRONG_LOGIN or (words.state == "28000" and words.number not in MEANINGS):
        return _refused_login(words.said)
    number = words.number
    if number == _OF_ENGINE and (inner := _INNER.search(words.said)):
        number = int(inner[1])
    meaning = MEANINGS.get(number)
    if meaning is None and (words.state in _TIMED_OUT or words.state.startswith("08")):
        meaning = _SILENT if connecting else _LOST
    if meaning is _LOST and connecting:
        return _CUT_OFF
    if meaning:
        return meaning
    if not number:
        return Meaning(text=say("sage-database-error", number=0, state=words.state), kind=UnsaidError)
    return Meaning(text=say("sage-database-error", number=number, state=words.state), kind=Unavailable)


def _refused_login(said: str) -> Meaning:
    """Wrong name or password; or the right ones from a computer that the server does not let them come from."""
    found = _LOGIN.search(said)
    if found and found[1] not in _HERE:
        return Meaning(
            text=say("sage-login-refused-from-here", computer=found[1]), parts=[LoginPart.LOGIN, LoginPart.RIGHTS]
        )
    return Meaning(text=say("sage-login-refused"), parts=[LoginPart.LOGIN])


def _no_driver() -> Text:
    installed = ", ".join(connections.installed())
    if not installed:
        return say("sage-no-odbc-driver")
    return say("sage-odbc-driver-unknown", drivers=installed)


def word_size() -> str:
    """Return the bits of this Python, which are those that a driver must have."""
    return str(8 * struct.calcsize("P"))


def _own(words: Words) -> Text:
    """Return the driver's own words, on one line and shortened; nothing where it said nothing."""
    said = " ".join(without_secrets(words.said).split())
    if not said:
        return BLANK
    short = said if len(said) <= MOST_WORDS else said[:MOST_WORDS].rstrip() + "…"
    return say("sage-own-words", number=str(words.number) if words.number else words.state, words=short)
