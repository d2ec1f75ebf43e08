"""What a Sage company tells of itself on first contact: questions whose answers name nobody, each free to fail.

They bring back counts, codes, dates, sizes and names of columns, never a name, a number or an amount of the company.
Which unknown each of them decides: facts/sage50.md, section 7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sync.core.prove.control_account import control_account
from sync.core.prove.site_report import DOCUMENTS_BY_CURRENCY, Answer, Cell
from sync.core.values.errors import TieoutError
from sync.core.values.messages import BLANK
from sync.core.values.money import CENT, ZERO
from sync.core.values.policy import Policy
from sync.language.catalogues import ENGLISH
from sync.sage import statements
from sync.sage.sage_connection import Dialect
from sync.system.bounded import Bound
from sync.system.log import without_secrets

ENOUGH = 40.0
"""Seconds after which no more is asked."""
TABLES = (
    *("tcustr", "tcustrdt", "tcustomr", "tcompany", "trcpthdr", "titrec", "tjourent", "tjently", "tnxtpids"),
    *("tlinkact", "taccount"),
)
_NAMED = ", ".join(f"'{table}'" for table in TABLES)
_APPLIED = "COALESCE(d.ntrantype, -1) NOT IN (0, 8, 9)"
_UNBANKED = "COALESCE(d.lbnkacctid, 0) = 0 AND COALESCE(d.lchqid, 0) = 0"
_NO_DIGIT = " AND ".join(f"d.ssource NOT LIKE '%{digit}%'" for digit in range(10))
VARIABLES = (
    *("version", "version_comment", "port", "character_set_server", "collation_database", "lower_case_table_names"),
    *("default_authentication_plugin", "default_storage_engine", "read_only", "sql_mode", "max_connections"),
)


class Question(Struct, frozen=True):
    """One query, and what the columns of its answer are called."""

    asked: str
    columns: tuple[str, ...]
    query: str


QUESTIONS = (
    Question(
        "Columns and types",
        ("", "", ""),
        "SELECT LOWER(table_name), LOWER(column_name), column_type FROM information_schema.columns "
        f"WHERE table_schema = DATABASE() AND LOWER(table_name) IN ({_NAMED}) ORDER BY 1, ordinal_position",
    ),
    Question(
        "Engine of each table",
        ("", "engine", "collation"),
        "SELECT LOWER(table_name), engine, table_collation FROM information_schema.tables "
        f"WHERE table_schema = DATABASE() AND LOWER(table_name) IN ({_NAMED}) ORDER BY 1",
    ),
    Question(
        "Ledger rows by type and sign",
        ("type", "rows", "above zero", "below zero", "zero", "empty"),
        "SELECT d.ntrantype, COUNT(*), SUM(d.damount > 0), SUM(d.damount < 0), SUM(d.damount = 0), "
        "SUM(d.damount IS NULL) FROM tcustrdt d GROUP BY d.ntrantype ORDER BY 1",
    ),
    Question(
        "Documents by type and sign of their own rows",
        ("type", "documents", "above zero", "below zero", "zero", "without own row"),
        "SELECT h.ntrantype, COUNT(*), SUM(s.own > 0.005), SUM(s.own < -0.005), SUM(ABS(s.own) <= 0.005), "
        "SUM(s.own IS NULL) FROM tcustr h LEFT JOIN (SELECT d.lcustrid AS document, SUM(d.damount) AS own "
        f"FROM tcustrdt d WHERE NOT {_APPLIED} GROUP BY d.lcustrid) s ON s.document = h.lid "
        "GROUP BY h.ntrantype ORDER BY 1",
    ),
    Question(
        "Stamps of entry by type",
        ("type", "rows", "stamped", "newest"),
        "SELECT d.ntrantype, COUNT(*), SUM(d.dtasdate >= '1900-01-01'), CAST(MAX(d.dtasdate) AS CHAR) "
        "FROM tcustrdt d GROUP BY d.ntrantype ORDER BY 1",
    ),
    Question(
        "Groups of applications (customer, number, date)",
        ("groups", "netting to zero", "neither bank nor cheque and not netting", "several cheque ids"),
        "SELECT COUNT(*), SUM(g.nets), SUM(g.bare AND NOT g.nets), SUM(g.cheques > 1) FROM ("
        "SELECT ABS(SUM(d.damount)) < 0.005 AS nets, MAX(COALESCE(d.lbnkacctid, 0)) = 0 "
        "AND MAX(COALESCE(d.lchqid, 0)) = 0 AS bare, COUNT(DISTINCT NULLIF(d.lchqid, 0)) AS cheques "
        "FROM tcustrdt d JOIN tcustr h ON h.lid = d.lcustrid "
        f"WHERE {_APPLIED} GROUP BY h.lcusid, d.ssource, DATE(d.dtdate)) g",
    ),
    Question(
        "Rows with neither bank nor cheque, by type",
        ("type", "rows"),
        f"SELECT d.ntrantype, COUNT(*) FROM tcustrdt d WHERE {_UNBANKED} GROUP BY d.ntrantype ORDER BY 1",
    ),
    Question(
        "Numbers of applications that begin with CORR, and that hold no digit (as a payment method)",
        ("CORR", "no digit", "different ones without digit"),
        f"SELECT SUM(UPPER(d.ssource) LIKE 'CORR%'), SUM({_NO_DIGIT}), "
        f"COUNT(DISTINCT CASE WHEN {_NO_DIGIT} THEN d.ssource END) FROM tcustrdt d WHERE {_APPLIED}",
    ),
    Question(
        "Journal entries of receivables, and those whose number begins with CORR",
        ("entries", "CORR"),
        "SELECT COUNT(*), SUM(UPPER(j.ssource) LIKE 'CORR%') FROM tjourent j WHERE j.nmodule = 2",
    ),
    Question(
        "Rows marked as reversed, and those of them without an opposite row on the document",
        ("marked", "without a pair"),
        "SELECT COUNT(*), SUM(NOT EXISTS (SELECT 1 FROM tcustrdt b WHERE b.lcustrid = d.lcustrid AND b.lid <> d.lid "
        "AND ABS(b.damount + d.damount) < 0.005)) FROM tcustrdt d WHERE d.breversed <> 0",
    ),
    Question(
        DOCUMENTS_BY_CURRENCY,
        ("currency", "documents"),
        "SELECT h.lcurrncyid, COUNT(*) FROM tcustr h GROUP BY h.lcurrncyid ORDER BY 1",
    ),
    Question(
        "Customers by currency",
        ("currency", "customers"),
        "SELECT c.lcurrncyid, COUNT(*) FROM tcustomr c GROUP BY c.lcurrncyid ORDER BY 1",
    ),
    Question(
        "Home amount beside the amount of a row, by currency",
        ("currency", "rows", "the same", "another", "empty"),
        "SELECT h.lcurrncyid, COUNT(*), SUM(ABS(d.damthm - d.damount) < 0.005), "
        "SUM(ABS(d.damthm - d.damount) >= 0.005), SUM(d.damthm IS NULL) "
        "FROM tcustrdt d JOIN tcustr h ON h.lid = d.lcustrid GROUP BY h.lcurrncyid ORDER BY 1",
    ),
    *(
        Question(f"Highest id of {table}", ("highest", "rows"), f"SELECT MAX(lid), COUNT(*) FROM {table}")
        for table in ("tcustr", "tcustrdt", "tcustomr", "titrec", "tjourent")
    ),
    Question("Counters", ("kind", "next"), "SELECT lid, lnextid FROM tnxtpids ORDER BY lid LIMIT 100"),
    Question("Encryption of this session", ("", ""), "SHOW SESSION STATUS LIKE 'Ssl_version'"),
    Question(
        "Plug-in of this login",
        ("",),
        "SELECT u.plugin FROM mysql.user u WHERE CONCAT(u.user, '@', u.host) = CURRENT_USER()",
    ),
    Question(
        "Pairs of applications that cancel and are not marked",
        ("pairs",),
        "SELECT COUNT(*) FROM tcustrdt d JOIN tcustrdt b ON b.lcustrid = d.lcustrid AND b.lid > d.lid "
        f"AND ABS(b.damount + d.damount) < 0.005 WHERE {_APPLIED} AND COALESCE(b.ntrantype, -1) NOT IN (0, 8, 9) "
        "AND d.damount <> 0 AND COALESCE(d.breversed, 0) = 0 AND COALESCE(b.breversed, 0) = 0",
    ),
)
LEDGER_PARTS = statements.LEDGER_PARTS.format(
    currency="COALESCE(NULLIF(h.lcurrncyid, 0), NULLIF(c.lcurrncyid, 0), 0)", home="d.damthm", only=""
)
_LOGINS = re.compile(r"'[^']*'@'[^']*'|`[^`]*`@`[^`]*`")


def answers(dialect: Dialect, bound: Bound) -> Iterator[Answer]:
    """Yield what comes of each question, one after the other; nothing is written.

    Raises:
        TieoutError: the database cannot be reached, or falls silent.
    """
    begun = monotonic()
    opened: Any = dialect.connect(bound)
    with closing(opened) as connection:
        asking = _Asking(connection, dialect)
        yield asking.tried("Driver", ("",), lambda: [(dialect.driver(connection),)])
        yield asking.tried("Server's clock, and seconds ahead of this computer's", ("", "ahead"), asking.clocks)
        for name in VARIABLES:
            yield asking.of(Question(f"@@{name}", ("",), f"SELECT @@{name}"))
        for question in QUESTIONS:
            if monotonic() - begun > ENOUGH:
                yield Answer(question=question.asked, failed="not asked: the time was up")
            else:
                yield asking.of(question)
        yield asking.tried("The receivables' ledger against the account of receivables", ("",), asking.tie)
        yield asking.tried("What the login may do", ("",), asking.grants)


Rows = list[tuple[Any, ...]]


class _Asking:
    """An open connection on which a question may fail without ending the others."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:  # noqa: ANN401 - a DB-API connection of either driver
        self._connection = connection
        self._dialect = dialect

    def tried(self, asked: str, columns: tuple[str, ...], ask: Callable[[], Rows]) -> Answer:
        """Return what came of a question, or why nothing did, without the login."""
        try:
            rows = tuple(tuple(map(_cell, row)) for row in ask())
        except self._dialect.errors as error:
            said = " ".join(without_secrets(self._dialect.said(error)).split())
            return Answer(question=asked, failed=_LOGINS.sub("(login)", said)[:300])
        return Answer(question=asked, columns=columns, rows=rows)

    def of(self, question: Question) -> Answer:
        """Return the answer to a query; columns of tables stand on one line for each table."""
        found = self.tried(question.asked, question.columns, lambda: self._rows(question.query))
        return replace(found, columns=("", ""), rows=_by_table(found.rows)) if question is QUESTIONS[0] else found

    def clocks(self) -> Rows:
        """Return the database's clock, and how far it is ahead of this computer's, in seconds."""
        now = self._dialect.clock(self._connection)
        return [(str(now), round((now - datetime.now()).total_seconds()))]  # noqa: DTZ005 - both local

    def tie(self) -> Rows:
        """Return whether the ledger of receivables comes to the account's balance: how far off, without amounts."""
        reading = statements.account_reading(self._rows(statements.ACCOUNT), self._rows(LEDGER_PARTS))
        found = control_account(reading, self._dialect.clock(self._connection), Policy())
        if found is None:
            return [(f"cannot be told: {(reading.why or BLANK).said(ENGLISH)}",)]
        share = round(1000 * abs(found.difference) / max(abs(found.balance), CENT))
        verdict = f"does not tie, off by {share} per mille of itself"
        if ZERO in {found.difference, found.beyond}:
            verdict = "ties" if found.difference == ZERO else "ties, with what exchange leaves on paid invoices in it"
        left = [(f"not counted: {found.uncounted} documents without an amount at home, or without a currency",)]
        return [(verdict,), *(left if found.uncounted else [])]

    def grants(self) -> Rows:
        """Return what the login may do, without its name and that of a database."""
        return [(_masked(str(row[0])),) for row in self._rows("SHOW GRANTS FOR CURRENT_USER()")]

    def _rows(self, query: str) -> Rows:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]


def _masked(grant: str) -> str:
    """A grant without whom it is for, or on which database; one of a role names none."""
    rights, found, scope = grant.partition(" ON ")
    on = f" ON {'everything' if scope.startswith('*.*') else 'one database or table'}" if found else ""
    return _LOGINS.sub("(login)", rights) + on


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):  # counts, which some drivers give as another kind of number
        return int(value)
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _by_table(rows: tuple[tuple[Cell, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
    """One line for each table, with its columns and their types."""
    tables = dict.fromkeys(row[0] for row in rows)
    return tuple((each, ", ".join(f"{name} {kind}" for table, name, kind in rows if table == each)) for each in tables)


def unreached(error: TieoutError) -> Answer:
    """Return what stands for the answers that are missing because the database is."""
    return Answer(question="Sage's database", failed=error.text.said(ENGLISH))
