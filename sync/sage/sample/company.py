"""The sample company as rows of Sage's tables, and as what Manage holds of it on the same day."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from sync.core import money
from sync.core.records import Invoice, Payment
from sync.sage.sample import names
from sync.sage.sample.manage_side import Site
from sync.sage.sample.plan import LUC, MARIE, Books, Customer, Plan, Row
from sync.sage.sample.stories import tell
from sync.sage.sample.trade import trade
from sync.sage.schema import SQLITE, TABLES, Flavour

SEED = 20260410
FIRST_NUMBER = 20101
BANK_ACCOUNT = 1060
ORGANISATION = "winsim"
Line = tuple[object, ...]


class SampleCompany(Struct, frozen=True, kw_only=True):
    """Both systems on the anchor day.

    Attributes:
        tables: rows by table, columns in the order of `schema.TABLES`.
        invoices: what Manage holds.
        payments: its payment records.
    """

    tables: Mapping[str, tuple[Line, ...]]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]


def build(anchor: date) -> SampleCompany:
    """Build the sample company that ends on a day. The same day gives the same company, to the last cent."""
    customers = [Customer(id=i, name=name) for i, name in enumerate(names.CAD, 1)]
    customers += [Customer(id=i, name=name, currency_id=2) for i, name in enumerate(names.USD, len(customers) + 1)]
    books = Books(anchor, customers, SEED)
    trade(books)
    tell(books)
    plans = sorted(books.plans, key=lambda plan: plan.dated or anchor)
    for offset, plan in enumerate(plans):
        plan.number = plan.number or str(FIRST_NUMBER + offset)
    site = Site(books.month)
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
        fill(connection, company, SQLITE)
        connection.commit()
    temporary.replace(path)


def fill(connection: Any, company: SampleCompany, flavour: Flavour) -> None:  # noqa: ANN401 - a DB-API connection of either driver
    """Create Sage's tables and insert the company through any DB-API connection with `?` parameters."""
    with closing(connection.cursor()) as cursor:
        for statement in flavour.statements():
            cursor.execute(statement)
        for table, rows in company.tables.items():
            marks = ", ".join("?" * len(TABLES[table]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _tables(anchor: date, customers: list[Customer], plans: list[Plan]) -> dict[str, tuple[Line, ...]]:
    year = anchor.replace(month=1, day=1)
    entries = _entries(plans, anchor)
    journal = _journal(entries)
    return {
        "tcompany": ((1, names.COMPANY, _moment(year), _moment(year.replace(month=12, day=31))),),
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
        "tjourent": tuple(line for day, line in journal if day >= year),
        "tjently": tuple(line for day, line in journal if day < year),
    }


def _entries(plans: list[Plan], anchor: date) -> list[tuple[int, Plan, Row]]:
    """All ledger rows in order of entry: each document's own, and what happened to it."""
    found = []
    for number, plan in enumerate(plans, 1):
        day = plan.dated or anchor
        if plan.own_row:
            own = Row(
                amount=plan.total, dated=plan.dated, entered=day, receipt=plan.number, kind=plan.kind, banked=False
            )
            found.append((number, plan, own))
        if plan.own_reversed:
            undone = max((row.entered for row in plan.rows), default=day)
            own = Row(
                amount=-plan.total,
                dated=plan.dated,
                entered=undone,
                receipt=plan.number,
                kind=plan.kind,
                banked=False,
                reversed=True,
            )
            found.append((number, plan, own))
        found += [(number, plan, row) for row in plan.rows]
    return sorted(found, key=lambda entry: entry[2].entered)


def _entry_line(number: int, document: int, plan: Plan, row: Row) -> Line:
    amount = None if row.amount is None else money.to_cell(row.amount)
    own = row.receipt == plan.number
    return (
        number,
        document,
        _moment(row.dated),
        row.receipt,
        row.kind,
        amount,
        amount,
        int(row.reversed or (own and plan.own_reversed)),
        BANK_ACCOUNT if row.banked else 0,
        number if row.banked else 0,
        *_stamp(row.entered, LUC if row.banked else MARIE),
    )


def _journal(entries: list[tuple[int, Plan, Row]]) -> list[tuple[date, Line]]:
    """Journal headers: one for each document and each receipt of a customer; none for credit notes applied."""
    heads: dict[tuple[int, str, date], Line] = {}
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


def _stamp(day: date, user: str = MARIE) -> Line:
    minutes = timedelta(minutes=(day.toordinal() * 37) % 480)
    return (
        _moment(day),
        f"1899-12-30 {9 + minutes.seconds // 3600:02d}:{minutes.seconds // 60 % 60:02d}:00",
        user,
        ORGANISATION,
    )


def _moment(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()} 00:00:00"
