"""Sage's tables: one set of SQL for MySQL, MariaDB and sqlite, and what its rows become among the core's values.

Values always travel as parameters. Dates are read as text, because a zero date (0000-00-00) is no date to a driver.
`{marks}` takes parameter marks; `{entered_on}` and the like take a column where Sage has it, and NULL where it has not.
What cannot be read is said, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from msgspec.structs import replace

from sync.core.values import money
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.records import AccountReading, Balance, Document, Entered, Entry, LedgerPart

EARLIEST_YEAR, LATEST_YEAR = 1980, 2200
DAYS_REMEMBERED = 100_000
NO_TYPE = -1
REQUIRED = {
    "tcompany": ("scompname",),
    "tcustomr": ("lid", "sname"),
    "tcustr": ("lid", "lcusid", "dtdate", "ssource", "ntrantype"),
    "tcustrdt": ("lid", "lcustrid", "dtdate", "ssource", "ntrantype", "damount", "breversed", "lchqid", "lbnkacctid"),
}
"""Tables and columns that reading cannot do without."""
CONTROL = {"tlinkact": ("lacnaccrec",), "taccount": ("lid", "dytc")}
"""Those of the control account, which may be missing."""
JOURNALS = ("tjourent", "tjently")
JOURNAL_COLUMNS = frozenset({"dtasdate", "dtjourdate", "nmodule", "lrecid", "ssource"})
COUNTERS_TABLE, COUNTERS_COLUMNS = "tnxtpids", frozenset({"lid", "lnextid"})
RECEIVABLES = 2
_APPLICATION = "COALESCE(d.ntrantype, -1) NOT IN (0, 8, 9)"
_INFORMATION = f"""({_APPLICATION} OR EXISTS (
  SELECT 1 FROM tcustrdt a WHERE a.lcustrid = d.lcustrid AND COALESCE(a.ntrantype, -1) NOT IN (0, 8, 9)))"""
"""Payment information: an application, or an adjustment of a document that has some (it may reopen or clear it).

It stands last in each condition: MariaDB asks in the order written, and a date costs less than a look into the ledger.
"""
COMPANY = "SELECT scompname FROM tcompany"
ANY_DOCUMENT = "SELECT lid FROM tcustr LIMIT 1"
NEWEST_APPLICATIONS = f"""
SELECT d.lid, d.lcustrid FROM tcustrdt d WHERE d.lcustrid IS NOT NULL AND {_APPLICATION} ORDER BY d.lid DESC LIMIT 20
"""
HIGHEST_ROW = "SELECT MAX(lid) FROM tcustrdt"
UNSTAMPED = f"""
SELECT d.lid FROM tcustrdt d WHERE (d.dtasdate IS NULL OR d.dtasdate < '1900-01-01') AND {_INFORMATION} LIMIT 1
"""
TOUCHED_BY_STAMP = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount FROM tcustrdt d
 WHERE d.dtasdate >= ? AND d.dtasdate < ? AND {_INFORMATION}
"""
TOUCHED_LATE = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount, CAST(d.dtasdate AS CHAR) FROM tcustrdt d
 WHERE d.lid > ? AND d.dtasdate >= '1900-01-01' AND d.dtasdate < ? AND {_INFORMATION}
"""
TOUCHED_BY_JOURNAL = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount
  FROM {{journal}} j
  JOIN tcustr h ON h.lcusid = j.lrecid
  JOIN tcustrdt d ON d.lcustrid = h.lid AND d.ssource = j.ssource AND DATE(d.dtdate) = DATE(j.dtjourdate)
 WHERE j.nmodule = {RECEIVABLES} AND j.dtasdate >= ? AND j.dtasdate < ? AND {_INFORMATION}
"""
TOUCHED_BY_ROW = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount FROM tcustrdt d
 WHERE d.lid > ? AND (d.dtdate < ? OR d.dtdate IS NULL) AND {_INFORMATION}
"""
TOUCHED_BY_DATE = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount FROM tcustrdt d WHERE d.dtdate >= ? AND d.dtdate < ? AND {_INFORMATION}
"""


def _digits(day: str) -> str:
    """A day as the number that its digits make (20260410): text costs a driver as much as five numbers."""
    return f"REPLACE(SUBSTR({day}, 1, 10), '-', '') + 0"


BALANCES = f"""
SELECT h.lid, h.lcusid, h.ssource, {_digits("h.dtdate")}, h.ntrantype, {{currency}},
       s.own, s.received, s.balance, {_digits("s.entered")}, {_digits("s.changed")}, s.owned
  FROM tcustr h
  LEFT JOIN (SELECT d.lcustrid AS document,
                    COALESCE(SUM(CASE WHEN {_APPLICATION} THEN 0 ELSE d.damount END), 0) AS own,
                    SUM(CASE WHEN d.ntrantype = 1 THEN -d.damount ELSE 0 END) AS received,
                    CASE WHEN COUNT(*) = COUNT(d.damount) THEN SUM(d.damount) END AS balance,
                    MAX(CASE WHEN {_APPLICATION} THEN {{entered}} END) AS entered,
                    MAX({{entered}}) AS changed,
                    MAX(CASE WHEN {_APPLICATION} THEN 0 ELSE 1 END) AS owned
               FROM tcustrdt d GROUP BY d.lcustrid) s ON s.document = h.lid
"""
"""Added up by the database: a row for each document, whatever the number of its applications.

A document without rows has no `own`; one with a row whose amount is empty has `own` and no `balance`.
"""
ACCOUNT = "SELECT a.lid, a.dytc FROM taccount a JOIN tlinkact l ON a.lid = l.lacnaccrec"
"""The linked account of receivables, and its balance as it stands: Sage keeps no date with it."""
LEDGER_PARTS = """
SELECT s.unit, s.settled, s.uncounted, COUNT(*), SUM(CASE WHEN ABS(s.home) < 0.005 THEN 0 ELSE 1 END), SUM(s.home)
  FROM (SELECT e.unit AS unit,
               CASE WHEN ABS(SUM(e.amount)) < 0.005 THEN 1 ELSE 0 END AS settled,
               MAX(CASE WHEN e.unit < 1 OR e.amount IS NULL OR e.home IS NULL
                          OR (e.home = 0 AND ABS(e.amount) >= 0.005) THEN 1 ELSE 0 END) AS uncounted,
               SUM(e.home) AS home
          FROM (SELECT h.lid AS document, {currency} AS unit, d.damount AS amount,
                       CASE WHEN {currency} = 1 THEN d.damount ELSE {home} END AS home
                  FROM tcustrdt d
                  JOIN tcustr h ON h.lid = d.lcustrid
                  LEFT JOIN tcustomr c ON c.lid = h.lcusid {only}) e
         GROUP BY e.document, e.unit) s
 GROUP BY s.unit, s.settled, s.uncounted
 ORDER BY s.unit, s.settled, s.uncounted
"""
"""What the ledger comes to at home. A document with a row that lacks an amount, own or at home, is not counted."""
ABROAD = "WHERE {currency} <> 1"
"""Of documents in other currencies only; what home documents come to, the balances have told by then."""
CUSTOMERS = "SELECT c.lid, c.sname, {currency} FROM tcustomr c"
"""Read once beside the balances: a name for each document would be most of what is sent."""
NUMBERS = "SELECT h.lid, h.ssource FROM tcustr h"
CURRENCIES_IN_USE = """
SELECT {currency}, COUNT(*) FROM tcustr h LEFT JOIN tcustomr c ON c.lid = h.lcusid GROUP BY {currency}
"""
STILL_THERE = "SELECT h.lid FROM tcustr h WHERE h.lid IN ({marks})"
DOCUMENTS = """
SELECT h.lid, h.lcusid, c.lid, c.sname, h.ssource, CAST(h.dtdate AS CHAR), h.ntrantype, {currency}
  FROM tcustr h LEFT JOIN tcustomr c ON c.lid = h.lcusid
 WHERE h.lid IN ({marks})
"""
_ENTRY = """
SELECT d.lid, d.lcustrid, h.lcusid, CAST(d.dtdate AS CHAR), d.ssource, d.ntrantype, d.damount, d.breversed,
       d.lchqid, d.lbnkacctid, {entered_on}, {entered_by}
"""
_MARKED = _ENTRY + ", h.ssource FROM tcustrdt d JOIN tcustr h ON h.lid = d.lcustrid"
NEWEST_ROWS = _MARKED + " ORDER BY d.lid DESC LIMIT {many}"
KNOWN_ROWS = _MARKED + " WHERE d.lid IN ({marks})"
COUNTERS = f"SELECT lid, lnextid FROM {COUNTERS_TABLE} WHERE lnextid IS NOT NULL"
ENTRIES = _ENTRY + " FROM tcustrdt d LEFT JOIN tcustr h ON h.lid = d.lcustrid WHERE d.lcustrid IN ({marks})"
CREDIT_NOTES = f"""
SELECT h.lid FROM tcustr h JOIN tcustrdt d ON d.lcustrid = h.lid
 WHERE h.lcusid IN ({{marks}}) AND NOT {_APPLICATION}
 GROUP BY h.lid HAVING SUM(d.damount) < 0
"""
"""Only a document whose own total is below zero gives credit."""
BEARING_RECEIPT = (
    _ENTRY
    + """ FROM tcustrdt d JOIN tcustr h ON h.lid = d.lcustrid
 WHERE d.ntrantype = 1 AND COALESCE(d.ssource, '') IN ({marks})
"""
)


def name_of(query: str) -> str:
    """Return which of these statements a query is, for the log, though its places have been filled in."""
    return next((name for name, shape in _shapes().items() if shape.fullmatch(query)), "a statement")


@cache
def _shapes() -> dict[str, re.Pattern[str]]:
    statements = {name: text for name, text in globals().items() if name[0] != "_" and isinstance(text, str)}
    return {
        name: re.compile(".*".join(re.escape(part) for part in re.split(r"\{\w+\}", text)), re.DOTALL)
        for name, text in statements.items()
        if "SELECT" in text
    }


def document(row: Sequence[Any]) -> Document:
    """Return a document from a row of `DOCUMENTS`."""
    number, customer_id, found_customer, customer, source, dated, kind, currency = row
    return _document(number, customer_id, found_customer, customer, source, _day(dated), kind, currency)


def _document(
    number: int,
    customer_id: int | None,
    found_customer: int | None,
    customer: str | None,
    source: str | None,
    day: date | None,
    kind: int | None,
    currency: int | None,
) -> Document:
    flaw = None
    if found_customer is None:
        flaw = say("sage-document-without-customer", id=int(number))
    elif day is None:
        flaw = say("sage-document-without-date", id=int(number))
    elif kind is None:
        flaw = say("sage-document-without-type", id=int(number))
    return Document(
        id=int(number),
        customer_id=int(customer_id or 0),
        customer=customer or "",
        number=source or "",
        dated=day,
        kind=NO_TYPE if kind is None else int(kind),
        currency_id=int(currency or 0),
        flaw=flaw,
    )


def orphan(document_id: int) -> Document:
    """Return what stands for a document that rows belong to and Sage does not hold."""
    return Document(
        id=document_id,
        customer_id=0,
        customer="",
        number="",
        dated=None,
        kind=NO_TYPE,
        currency_id=0,
        flaw=say("sage-rows-without-document", id=document_id),
    )


def entered(row: Sequence[Any]) -> Entered:
    """Return a row of payment information as it was selected, from a row of `TOUCHED_BY_STAMP` and its like.

    A row of `TOUCHED_LATE` has its stamp as well.
    """
    number, document_id, kind, value, *stamp = row
    return Entered(
        id=int(number),
        document_id=int(document_id),
        kind=NO_TYPE if kind is None else int(kind),
        amount=_amount(value),
        late=_day(stamp[0]) if stamp else None,
    )


def balance(row: Sequence[Any], customers: Mapping[int, tuple[str | None, int]]) -> Balance:
    """Return what one document adds up to; `unreadable` where an amount is missing or none, or no row is found.

    Args:
        row: of `BALANCES`.
        customers: name and currency by number, from `CUSTOMERS`.
    """
    number, customer_id, source, dated, kind, currency, own, received, owed, entered_on, changed, owned = row
    customer = customers.get(int(customer_id or 0))
    found, name, usual = (customer_id, *customer) if customer else (None, None, 0)
    about = _document(number, customer_id, found, name, source, _numbered(dated), kind, currency or usual)
    last_entered, last_row = _numbered(entered_on), _numbered(changed)
    nothing = Balance(
        document=about,
        total=ZERO,
        received=ZERO,
        balance=ZERO,
        last_entered=last_entered,
        last_row=last_row,
        unreadable=True,
    )
    if own is None:
        return replace(nothing, without_rows=True)
    try:
        return Balance(
            document=about,
            total=money.held(own)[0],
            received=money.held(received or 0.0)[0],
            balance=money.held(owed)[0],
            last_entered=last_entered,
            last_row=last_row,
            deposit=not owned,
        )
    except money.BadAmountError:
        return nothing


def ledger_part(row: Sequence[Any]) -> LedgerPart:
    """Return a part of the ledger, from a row of `LEDGER_PARTS`."""
    unit, settled, uncounted, documents, leaving, home = row
    return LedgerPart(
        currency_id=int(unit),
        settled=bool(settled),
        documents=int(documents),
        leaving=int(leaving),
        amount=None if uncounted else _amount(home),
    )


def account_reading(
    accounts: Sequence[Sequence[Any]], parts: Iterable[Sequence[Any]], known: Iterable[LedgerPart] = ()
) -> AccountReading:
    """Return the control account and its ledger, from the rows of `ACCOUNT` and `LEDGER_PARTS`, and what is known."""
    if len(accounts) != 1:
        return AccountReading(why=say("control-accounts-not-one", count=len(accounts)))
    ((number, value),) = accounts
    try:
        balance = money.held(value)[0]
    except money.BadAmountError as error:
        return AccountReading(why=say("control-balance-bad", why=error.why))
    return AccountReading(account=int(number), balance=balance, parts=(*known, *map(ledger_part, parts)))


def entry(row: Sequence[Any]) -> Entry:
    """Return a row of a document's ledger, from a row of `ENTRIES` or `BEARING_RECEIPT`."""
    number, document_id, customer_id, dated, source, kind, value, is_reversed, cheque, bank, entered_on, by = row
    day = _day(dated)
    flaw: Text | None = None
    amount, beyond = None, ZERO
    try:
        amount, beyond = money.held(value)
    except money.BadAmountError as error:
        flaw = say("sage-row-amount-bad", id=int(number), why=error.why)
    if flaw is None and day is None:
        flaw = say("sage-row-without-date", id=int(number))
    if flaw is None and kind is None:
        flaw = say("sage-row-without-type", id=int(number))
    return Entry(
        id=int(number),
        document_id=int(document_id),
        customer_id=int(customer_id or 0),
        dated=day,
        number=source or "",
        kind=NO_TYPE if kind is None else int(kind),
        amount=amount,
        reversed=bool(is_reversed),
        banked=bool(cheque or bank),
        entered_on=_day(entered_on),
        entered_by=by or "",
        flaw=flaw,
        cheque=int(cheque or 0),
        beyond=beyond,
    )


def _amount(value: object) -> Decimal | None:
    try:
        return money.held(value)[0]
    except money.BadAmountError:
        return None


def _day(text: object) -> date | None:
    """The calendar day at the start of a date's text; None when there is none (empty, zero, out of range)."""
    return _calendar(str(text)[:10]) if text is not None else None


@lru_cache(maxsize=DAYS_REMEMBERED)
def _numbered(day: float | None) -> date | None:
    """The calendar day of a number made of its digits; None when there is none."""
    return _calendar(f"{day:08.0f}") if day else None


@lru_cache(maxsize=DAYS_REMEMBERED)
def _calendar(text: str) -> date | None:
    """A company's days are few and its rows many, so each day is read, and kept, once."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None
