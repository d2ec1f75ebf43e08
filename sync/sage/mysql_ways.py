"""The two ways to Sage's MySQL server: over an ODBC driver, or without one in pure Python. Both give the same values.

Only connecting differs, and how a driver marks parameters and says errors. Text that a server holds as bytes comes as
text either way.
"""

from __future__ import annotations

import math
import ssl
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from sync.core.values.errors import LoginPart, SetupError
from sync.core.values.messages import say
from sync.sage.sage_errors import Words, of_odbc, of_pymysql
from sync.settings import connections
from sync.system.bounded import Bound


class Limits(Struct, frozen=True, kw_only=True):
    """Seconds that may pass before Sage's database counts as silent.

    Attributes:
        connect: until the login is over: a busy computer on a slow line answers in five.
        statement: for each question with its answer; the longest takes seconds on the largest company measured.
        reading: for all of it, up to four readings where tables have no transactions.
    """

    connect: float = 20
    statement: float = 120
    reading: float = 900


LIMITS = Limits()
CONNECT, STATEMENT = "connecting", "a statement"
"""The steps of a reading, as errors and log name them."""
_BINARY = (-2, -3, -4)
"""ODBC's SQL_BINARY, SQL_VARBINARY and SQL_LONGVARBINARY."""
_OF_TEXT = (15, 249, 250, 251, 252, 253, 254)
"""MySQL's types of text and of bytes: VARCHAR, the BLOBs, VAR_STRING, STRING."""
_BIT = 16


class Odbc:
    """Over any MySQL or MariaDB ODBC driver, by a connection string or the data source that it names."""

    errors: tuple[type[Exception], ...] = ()
    foreign: tuple[type[Exception], ...] = ()

    def __init__(self, connection_string: str, password: str | None) -> None:
        self._connection_string = connection_string.rstrip("; ")
        self._password = password

    def open(self, charset: str, limits: Limits) -> Any:  # noqa: ANN401 - pyodbc has no types
        """Log in. Raises one of `errors`, or SetupError where there is no driver manager."""
        try:
            import pyodbc  # noqa: PLC0415 - only real books need the driver manager
        except ImportError as error:
            raise SetupError(say("sage-no-odbc-manager"), parts=[LoginPart.DRIVER]) from error
        self.errors = (pyodbc.Error,)
        pyodbc.pooling = False
        given = connections.parts(self._connection_string)
        text = self._connection_string
        for name, value in _limits_of_drivers(limits).items():
            text += "" if name in given else f";{name}={value}"
        if "CHARSET" not in given:
            text += f";CHARSET={charset}"
        if self._password is not None:
            text += ";PWD={" + self._password.replace("}", "}}") + "}"
        connection = pyodbc.connect(text, autocommit=True, timeout=math.ceil(2 * limits.connect))
        for kind in _BINARY:
            connection.add_output_converter(kind, _text)
        return connection

    def words(self, error: Exception) -> Words:
        """Return what the driver said."""
        return of_odbc(error)

    def driver(self, opened: Any) -> str:  # noqa: ANN401 - pyodbc has no types
        """Return the driver's name and version, as it says them."""
        import pyodbc  # noqa: PLC0415 - only real books need the driver manager

        return f"{opened.getinfo(pyodbc.SQL_DRIVER_NAME)} {opened.getinfo(pyodbc.SQL_DRIVER_VER)}"

    def marked(self, query: str) -> str:
        """Return a query with ODBC's marks for parameters, which are those of `statements`."""
        return query


class Direct:
    """Without a driver: MySQL's protocol in pure Python, with TLS where the server offers it."""

    foreign: tuple[type[Exception], ...] = (
        *(AssertionError, AttributeError, IndexError, RuntimeError, TypeError, ValueError),
        struct.error,
    )
    """What pure Python makes of bytes that are not MySQL's protocol."""

    def __init__(self, host: str, port: int, database: str, user: str, password: str | None) -> None:
        self._host, self._port, self._database, self._user = host, port, database, user
        self._password = (password or "").encode()

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """Return the driver's errors."""
        from pymysql import Error  # noqa: PLC0415 - only real books need it

        return (Error,)

    def open(self, charset: str, limits: Limits) -> Any:  # noqa: ANN401 - pymysql has no types
        """Log in. Raises one of `errors`.

        A server too old for TLS as it is spoken today gets none where the link does not leave this computer.
        """
        from pymysql.err import OperationalError  # noqa: PLC0415 - only real books need it

        try:
            return self._open(charset, limits, plain=False)
        except OperationalError as error:
            if not isinstance(getattr(error, "original_exception", None), ssl.SSLError):
                raise
            if not connections.is_this_computer(self._host):
                raise OperationalError(2026, str(error.args[-1])) from error
        return self._open(charset, limits, plain=True)

    def _open(self, charset: str, limits: Limits, *, plain: bool) -> Any:  # noqa: ANN401 - pymysql has no types
        import pymysql  # noqa: PLC0415 - only real books need it
        from pymysql.constants import FIELD_TYPE  # noqa: PLC0415 - same
        from pymysql.converters import conversions  # noqa: PLC0415 - same

        assert FIELD_TYPE.BIT == _BIT  # noqa: S101 - numbers of the protocol
        with _spoken(self):
            return pymysql.connect(
                host=self._host,
                port=self._port,
                database=self._database,
                user=self._user,
                password=self._password,
                charset=charset,
                autocommit=True,
                connect_timeout=limits.connect,
                read_timeout=limits.reading,
                write_timeout=limits.reading,
                ssl_disabled=plain,
                conv=conversions | dict.fromkeys(_OF_TEXT, _text) | {_BIT: _bits},
                auth_plugin_map={
                    b"mysql_old_password": _OldPassword,
                    b"mysql_clear_password": _ClearPassword,
                    b"dialog": _ClearPassword,
                },
            )

    def words(self, error: Exception) -> Words:
        """Return what the server said."""
        return of_pymysql(error)

    def driver(self, opened: object) -> str:
        """Return which pymysql this is."""
        import pymysql  # noqa: PLC0415 - only real books need it

        plugin = getattr(opened, "_auth_plugin_name", "") or "?"
        return f"PyMySQL {pymysql.__version__}, logged in by {plugin}"

    def marked(self, query: str) -> str:
        """Return a query with pymysql's marks for parameters."""
        return query.replace("%", "%%").replace("?", "%s")


class _OldPassword:
    """MySQL's protocol from before 4.1, whose scramble gives the password away; drivers of today refuse it too."""

    def __init__(self, connection: object) -> None:
        del connection

    def authenticate(self, packet: object) -> None:
        """Refuse it, by the number that MySQL's own client has for it."""
        from pymysql.err import OperationalError  # noqa: PLC0415 - only real books need it

        del packet
        raise OperationalError(2049, "the server asks for the password in the form from before MySQL 4.1")


class _ClearPassword(_OldPassword):
    """Whoever asks for the bare password is not Sage's server."""

    def authenticate(self, packet: object) -> None:
        """Refuse it, by the number of a plug-in that cannot be loaded."""
        from pymysql.err import OperationalError  # noqa: PLC0415 - only real books need it

        del packet
        raise OperationalError(2059, "the server asks for the bare password")


Way = Odbc | Direct


class Connection:
    """An open connection whose statements are steps of a bounded work."""

    def __init__(self, opened: Any, way: Way, bound: Bound, limits: Limits) -> None:  # noqa: ANN401 - of either driver
        self._opened, self._way, self._bound, self._limits = opened, way, bound, limits
        self.read_only = True
        """The server itself refuses whatever would change something."""

    def cursor(self) -> Cursor:
        """Return a new cursor."""
        return Cursor(self._opened.cursor(), self._way, self._begin)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows that a query without parameters gives; none for one that gives no rows."""
        cursor = self.cursor()
        try:
            cursor.execute(query)
            return cursor.fetchall()
        finally:
            cursor.close()

    def driver(self) -> str:
        """Return what speaks to the server, and its version."""
        return self._way.driver(self._opened)

    def close(self) -> None:
        """End the connection."""
        self._opened.close()

    def _begin(self) -> None:
        self._bound.begin(STATEMENT, self._limits.statement)


class Cursor:
    """One statement at a time, the same with either driver."""

    def __init__(self, cursor: Any, way: Way, begin: Any) -> None:  # noqa: ANN401 - of either driver
        self._cursor, self._way, self._begin = cursor, way, begin

    def execute(self, query: str, parameters: Sequence[object] = ()) -> None:
        """Ask; the marks for parameters are those of `statements`."""
        self._begin()
        with _spoken(self._way):
            if parameters:
                self._cursor.execute(self._way.marked(query), parameters)
            else:
                self._cursor.execute(query)

    def fetchmany(self, size: int) -> Sequence[tuple[Any, ...]]:
        """Return the next rows of the answer."""
        self._begin()
        with _spoken(self._way):
            rows: Sequence[tuple[Any, ...]] = self._cursor.fetchmany(size)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rest of the answer; nothing for a statement that has none."""
        self._begin()
        with _spoken(self._way):
            return list(self._cursor.fetchall()) if self._cursor.description else []

    def close(self) -> None:
        """Forget the answer."""
        self._cursor.close()


@contextmanager
def _spoken(way: Way) -> Iterator[None]:
    """Say of bytes that are not MySQL's protocol that they are none, as MySQL's own client does."""
    try:
        yield
    except way.foreign as error:
        from pymysql.err import OperationalError  # noqa: PLC0415 - only real books need it

        raise OperationalError(2027, f"Malformed packet ({type(error).__name__}: {error})") from error


def _limits_of_drivers(limits: Limits) -> dict[str, int]:
    """Return how drivers spell time limits: MariaDB's with an underscore, MySQL's without; each ignores the other's.

    They only end what was left behind, and so come later than ours: MariaDB's driver dies of its own in an answer.
    """
    connect, reading = math.ceil(2 * limits.connect), math.ceil(limits.reading)
    return {
        "CONN_TIMEOUT": connect,
        "READ_TIMEOUT": reading,
        "WRITE_TIMEOUT": reading,
        "READTIMEOUT": reading,
        "WRITETIMEOUT": reading,
    }


def _text(value: str | bytes | None) -> str | None:
    """Return text, also of a column that the server holds as bytes: as UTF-8, else as Western Windows writes it."""
    if value is None or isinstance(value, str):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _bits(value: bytes) -> int:
    return int.from_bytes(value, "big")
