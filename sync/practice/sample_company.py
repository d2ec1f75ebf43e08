"""The sample company as rows of Sage's tables, and as what Manage holds of it on the same day.

The tables are those of Sage that Tieout reads, as it needs them, for sqlite and for MySQL. Never used on a real
company. Names and kinds are those of public sources.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.manage_position import paid
from sync.core.values import money
from sync.core.values.money import ZERO, total
from sync.core.values.records import Invoice, Payment
from sync.practice.invoice_plans import (
    CAD,
    COMPANY,
    LUC,
    MARIE,
    USD,
    Customer,
    PlannedInvoice,
    PlannedRow,
    SampleBooks,
    trade,
)
from sync.practice.stories import tell_all


class ColumnKind(StrEnum):
    """A column's kind; the value is MySQL's type."""

    NUMBER = "INT"
    SMALL = "SMALLINT"
    FLAG = "TINYINT"
    AMOUNT = "DOUBLE"
    MOMENT = "DATETIME"
    TEXT = "VARCHAR(52)"


_SQLITE = {ColumnKind.AMOUNT: "REAL", ColumnKind.MOMENT: "TEXT", ColumnKind.TEXT: "TEXT"}
_STAMP = {
    "dtASDate": ColumnKind.MOMENT,
    "tmASTime": ColumnKind.MOMENT,
    "sASUserId": ColumnKind.TEXT,
    "sASOrgId": ColumnKind.TEXT,
}
_JOURNAL = {
    "lId": ColumnKind.NUMBER,
    **_STAMP,
    "dtJourDate": ColumnKind.MOMENT,
    "nModule": ColumnKind.SMALL,
    "nType": ColumnKind.SMALL,
    "sSource": ColumnKind.TEXT,
    "sComment": ColumnKind.TEXT,
    "lCurrncyId": ColumnKind.NUMBER,
    "lRecId": ColumnKind.NUMBER,
}
TABLES: dict[str, dict[str, ColumnKind]] = {
    "tcompany": {
        "lId": ColumnKind.NUMBER,
        "sCompName": ColumnKind.TEXT,
        "dtSDate": ColumnKind.MOMENT,
        "dtFDate": ColumnKind.MOMENT,
    },
    "tcustomr": {
        "lId": ColumnKind.NUMBER,
        "sName": ColumnKind.TEXT,
        **_STAMP,
        "nNetDay": ColumnKind.SMALL,
        "lCurrncyId": ColumnKind.NUMBER,
    },
    "tcustr": {
        "lId": ColumnKind.NUMBER,
        "lCusId": ColumnKind.NUMBER,
        "dtDate": ColumnKind.MOMENT,
        "sSource": ColumnKind.TEXT,
        "nTranType": ColumnKind.SMALL,
        "nNetDay": ColumnKind.SMALL,
        "dPreTaxAmt": ColumnKind.AMOUNT,
        "lCurrncyId": ColumnKind.NUMBER,
    },
    "tcustrdt": {
        "lId": ColumnKind.NUMBER,
        "lCusTrId": ColumnKind.NUMBER,
        "dtDate": ColumnKind.MOMENT,
        "sSource": ColumnKind.TEXT,
        "nTranType": ColumnKind.SMALL,
        "dAmount": ColumnKind.AMOUNT,
        "dAmtHm": ColumnKind.AMOUNT,
        "bReversed": ColumnKind.FLAG,
        "lBnkAcctId": ColumnKind.NUMBER,
        "lChqId": ColumnKind.NUMBER,
        **_STAMP,
    },
    "tjourent": _JOURNAL,
    "tjently": _JOURNAL,
    "tlinkact": {"lId": ColumnKind.NUMBER, "lAcNaccRec": ColumnKind.NUMBER},
    "taccount": {"lId": ColumnKind.NUMBER, "dYtc": ColumnKind.AMOUNT},
}
"""Columns by table, in the order in which the sample's rows give them."""
INDEXES = {"t_doc": ("tcustrdt", "lCusTrId"), "t_source": ("tcustr", "sSource"), "t_cus": ("tcustr", "lCusId")}


def statements(*, sqlite: bool) -> list[str]:
    """Return CREATE TABLE and CREATE INDEX for every table, as sqlite or as MySQL spells them."""
    made = []
    for name, columns in TABLES.items():
        kinds = {column: _SQLITE.get(kind, "INTEGER") if sqlite else kind.value for column, kind in columns.items()}
        fields = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
        made.append(f"CREATE TABLE {name} ({fields}, PRIMARY KEY (lId))")
    return made + [f"CREATE INDEX {name} ON {table} ({column})" for name, (table, column) in INDEXES.items()]


SEED = 20260410
FIRST_NUMBER = 20101
BANK_ACCOUNT = 1060
RECEIVABLES_ACCOUNT = 12000000
SOLD_AT, PAID_AT = Decimal("1.37"), Decimal("1.36")
"""What a foreign invoice is worth at home when it is made out, and when it is paid: the rest is exchange."""
ORGANISATION = "winsim"
TableRow = tuple[object, ...]


class SampleCompany(Struct, frozen=True, kw_only=True):
    """Both systems on the anchor day.

    Attributes:
        tables: rows by table, columns in the order of `TABLES`.
        invoices: what Manage holds.
        payments: its payment records.
    """

    tables: Mapping[str, tuple[TableRow, ...]]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]


def build(anchor: date) -> SampleCompany:
    """Build the sample company that ends on a day. The same day gives the same company, to the last cent."""
    customers = [Customer(id=i, name=name) for i, name in enumerate(CAD, 1)]
    customers += [Customer(id=i, name=name, currency_id=2) for i, name in enumerate(USD, len(customers) + 1)]
    books = SampleBooks(anchor, customers, SEED)
    trade(books)
    tell_all(books)
    plans = sorted(books.plans, key=lambda plan: plan.dated or anchor)
    for offset, plan in enumerate(plans):
        plan.number = plan.number or str(FIRST_NUMBER + offset)
    site = ManageSide(books.month)
    for plan in plans:
        site.add(plan)
    return SampleCompany(
        tables=_tables(anchor, customers, plans), invoices=tuple(site.invoices), payments=tuple(site.payments)
    )


def write_sqlite(path: Path, company: SampleCompany) -> None:
    """Write the company's Sage side to a new sqlite file, whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary)) as connection:
        fill(connection, company, sqlite=True)
        connection.commit()
    temporary.replace(path)


def fill(connection: Any, company: SampleCompany, *, sqlite: bool) -> None:  # noqa: ANN401 - a DB-API connection of either driver
    """Create Sage's tables and insert the company through any DB-API connection with `?` parameters."""
    with closing(connection.cursor()) as cursor:
        for statement in statements(sqlite=sqlite):
            cursor.execute(statement)
        for table, rows in company.tables.items():
            marks = ", ".join("?" * len(TABLES[table]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _tables(anchor: date, customers: list[Customer], plans: list[PlannedInvoice]) -> dict[str, tuple[TableRow, ...]]:
    year = anchor.replace(month=1, day=1)
    entries = _entries(plans, anchor)
    journal = _journal(entries)
    return {
        "tcompany": ((1, COMPANY, _moment(year), _moment(year.replace(month=12, day=31))),),
        "tcustomr": tuple((c.id, c.name, *_stamp(year), 30, c.currency_id) for c in customers),
        "tcustr": tuple(
            (
                number,
                plan.customer.id,
                _moment(plan.dated),
                plan.number,
                plan.kind,
                30,
                money.to_cell(plan.total),
                plan.currency_id or plan.customer.currency_id,
            )
            for number, plan in enumerate(plans, 1)
        ),
        "tcustrdt": tuple(_entry_line(number, *entry) for number, entry in enumerate(entries, 1)),
        "tlinkact": ((1, RECEIVABLES_ACCOUNT),),
        "taccount": ((RECEIVABLES_ACCOUNT, money.to_cell(_receivable(entries))),),
        "tjourent": tuple(line for day, line in journal if day >= year),
        "tjently": tuple(line for day, line in journal if day < year),
    }


def _entries(plans: list[PlannedInvoice], anchor: date) -> list[tuple[int, PlannedInvoice, PlannedRow]]:
    """All ledger rows in order of entry: each document's own, and what happened to it."""
    entries = []
    for number, plan in enumerate(plans, 1):
        day = plan.dated or anchor
        if plan.own_row:
            own = PlannedRow(
                amount=plan.total, dated=plan.dated, entered=day, receipt=plan.number, kind=plan.kind, banked=False
            )
            entries.append((number, plan, own))
        if plan.own_reversed:
            undone = max((row.entered for row in plan.rows), default=day)
            own = PlannedRow(
                amount=-plan.total,
                dated=plan.dated,
                entered=undone,
                receipt=plan.number,
                kind=plan.kind,
                banked=False,
                reversed=True,
            )
            entries.append((number, plan, own))
        entries += [(number, plan, row) for row in plan.rows]
    return sorted(entries, key=lambda entry: entry[2].entered)


def _receivable(entries: list[tuple[int, PlannedInvoice, PlannedRow]]) -> Decimal:
    """What is open on all documents whose amounts can be read, at home; what exchange leaves is booked elsewhere."""
    rows: defaultdict[int, list[tuple[Decimal | None, Decimal | None]]] = defaultdict(list)
    for number, plan, row in entries:
        rows[number].append((row.amount, _at_home(plan, row)))
    owed = ZERO
    for each in rows.values():
        if all(amount is not None for amount, _ in each) and total(amount or ZERO for amount, _ in each) != ZERO:
            owed += total(home or ZERO for _, home in each)
    return owed


def _at_home(plan: PlannedInvoice, row: PlannedRow) -> Decimal | None:
    """A row's amount in the home currency, at the rate of its document or of its payment."""
    if row.amount is None or (plan.currency_id or plan.customer.currency_id) == 1:
        return row.amount
    return money.cents(row.amount * (SOLD_AT if row.receipt == plan.number else PAID_AT))


def _entry_line(number: int, document: int, plan: PlannedInvoice, row: PlannedRow) -> TableRow:
    amount, at_home = (None if value is None else money.to_cell(value) for value in (row.amount, _at_home(plan, row)))
    own = row.receipt == plan.number
    return (
        number,
        document,
        _moment(row.dated),
        row.receipt,
        row.kind,
        amount,
        at_home,
        int(row.reversed or (own and plan.own_reversed)),
        BANK_ACCOUNT if row.banked else 0,
        number if row.banked else 0,
        *_stamp(row.entered, LUC if row.banked else MARIE),
    )


def _journal(entries: list[tuple[int, PlannedInvoice, PlannedRow]]) -> list[tuple[date, TableRow]]:
    """Journal headers: one for each document and each receipt of a customer; none for credit notes applied."""
    heads: dict[tuple[int, str, date], TableRow] = {}
    for _, plan, row in entries:
        own = row.receipt == plan.number
        if row.dated is None or not (row.banked or own):
            continue
        key = (plan.customer.id, row.receipt, row.dated)
        kind, comment = (1, plan.customer.name) if own else (2, f"{plan.customer.name}, {row.receipt}")
        heads.setdefault(
            key,
            (
                len(heads) + 1,
                *_stamp(row.entered, LUC),
                _moment(row.dated),
                2,
                kind,
                row.receipt,
                comment[:52],
                plan.customer.currency_id,
                plan.customer.id,
            ),
        )
    return [(day, line) for (_, _, day), line in heads.items()]


def _stamp(day: date, user: str = MARIE) -> TableRow:
    minutes = timedelta(minutes=(day.toordinal() * 37) % 480)
    return (
        _moment(day),
        f"1899-12-30 {9 + minutes.seconds // 3600:02d}:{minutes.seconds // 60 % 60:02d}:00",
        user,
        ORGANISATION,
    )


def _moment(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()} 00:00:00"


FIRST_INVOICE, FIRST_PAYMENT = 5001, 70001
TIEOUT = "tieout"


class ManageSide:
    """Collects Manage's side, plan by plan.

    Attributes:
        invoices: so far.
        payments: so far.
    """

    def __init__(self, month: date) -> None:
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []
        self._month = month

    def add(self, plan: PlannedInvoice) -> None:
        """Add a plan's invoice, unless Manage does not have it."""
        if not plan.in_manage:
            return
        invoice_id = FIRST_INVOICE + len(self.invoices)
        records = self._pushed_before(plan) if plan.payments is None else plan.payments
        first = FIRST_PAYMENT + len(self.payments)
        records = [replace(each, id=first + i, invoice_id=invoice_id) for i, each in enumerate(records)]
        self.payments += records
        self.invoices.append(_invoice(plan, invoice_id, paid(records)))

    def _pushed_before(self, plan: PlannedInvoice) -> list[Payment]:
        """What an earlier push wrote: all that was entered before the month under review, dated if that was all."""
        earlier = [row for row in plan.rows if row.entered < self._month and row.amount is not None]
        settled = ZERO - total(row.amount or ZERO for row in earlier)
        if settled == ZERO:
            return []
        days = [row.dated for row in earlier if row.dated]
        paid_on = max([*days, *([plan.dated] if plan.dated else [])]) if settled == plan.total else None
        return [Payment(id=0, invoice_id=0, amount=settled, paid_on=paid_on, applied_by=TIEOUT)]


def _invoice(plan: PlannedInvoice, invoice_id: int, payments: Decimal) -> Invoice:
    company = plan.manage_company or plan.customer
    due = plan.manage_total if plan.manage_total is not None else plan.total
    code = "".join(c for c in company.name if c.isascii() and c.isalnum())[:25]
    return Invoice(
        id=invoice_id,
        number=plan.number,
        kind=plan.manage_kind,
        company_id=300 + company.id,
        company=company.name,
        company_code=code,
        account=company.name if company.id % 4 else "",
        currency=plan.manage_currency or plan.customer.currency,
        dated=plan.dated,
        total=due,
        payments=payments,
        credits=plan.credits,
        balance=due - payments - plan.credits,
        status="Closed" if company.id % 5 else "Sent",
        closed=bool(company.id % 5),
    )
