"""The practice site's records, kept in a small SQLite file so that tomorrow's page shows what was pushed today."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import msgspec

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.records import Invoice, Payment
from sync.practice import payment_rules
from sync.practice.json_records import not_found
from sync.practice.payment_rules import Draft, SiteBehaviour
from sync.system.files import cause

_SCHEMA = (
    "CREATE TABLE invoice (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE TABLE payment (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)",
)
_ENCODER = msgspec.json.Encoder()
_INVOICE = msgspec.json.Decoder(Invoice)
_PAYMENT = msgspec.json.Decoder(Payment)


class Disk:
    """The store's file. Each change is one row, handed to the disk before the client gets its answer."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            SetupError: it is not one of this site's files, or cannot be used.
        """
        self._path = path
        try:
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            # A power cut may cost a practice site its last moments; waiting for the disk would cost every push.
            self._file.execute("PRAGMA synchronous = OFF")
            self.fresh = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        except sqlite3.Error as error:
            self._file.close()
            raise self._unusable(error) from error

    def seed(self, invoices: Iterable[Invoice], payments: Iterable[Payment]) -> None:
        """Fill a fresh file, whole or not at all.

        Raises:
            SetupError: it cannot be written.
        """
        try:
            self._file.execute("BEGIN")
            for statement in _SCHEMA:
                self._file.execute(statement)
            self._file.executemany("INSERT INTO invoice VALUES (?, ?)", ((i.id, _ENCODER.encode(i)) for i in invoices))
            self._file.executemany("INSERT INTO payment VALUES (?, ?)", ((p.id, _ENCODER.encode(p)) for p in payments))
            self._file.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def load(self) -> tuple[list[Invoice], list[Payment], int]:
        """All invoices and payments by rising id, and the highest payment id ever given.

        Raises:
            SetupError: the file is not one of this site's.
        """
        try:
            invoices = [_INVOICE.decode(row[0]) for row in self._file.execute("SELECT body FROM invoice ORDER BY id")]
            payments = [_PAYMENT.decode(row[0]) for row in self._file.execute("SELECT body FROM payment ORDER BY id")]
            last = self._file.execute("SELECT seq FROM sqlite_sequence WHERE name = 'payment'").fetchone()
        except (sqlite3.Error, msgspec.DecodeError) as error:
            raise self._unusable(error) from error
        return invoices, payments, last[0] if last else 0

    def put_invoice(self, invoice: Invoice) -> None:
        """Keep an invoice."""
        self._file.execute("INSERT OR REPLACE INTO invoice VALUES (?, ?)", (invoice.id, _ENCODER.encode(invoice)))

    def put_payment(self, payment: Payment) -> None:
        """Keep a payment record."""
        self._file.execute("INSERT OR REPLACE INTO payment VALUES (?, ?)", (payment.id, _ENCODER.encode(payment)))

    def drop_payment(self, number: int) -> None:
        """Forget a payment record; its id is not given again."""
        self._file.execute("DELETE FROM payment WHERE id = ?", (number,))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _unusable(self, error: Exception) -> SetupError:
        return SetupError(say("practice-file-unusable", path=str(self._path), why=cause(error)))


class Store:
    """Invoices with their payment records, as this Manage keeps them.

    Attributes:
        behaviour: which Manage this is, where nobody could verify the real one.
    """

    def __init__(
        self,
        invoices: Iterable[Invoice],
        payments: Iterable[Payment],
        behaviour: SiteBehaviour,
        today: Callable[[], date],
    ) -> None:
        """Keep the state in memory.

        Args:
            invoices: Paid Amount and balance are worked out anew from the payment records and the credits.
            payments: the records on them.
            behaviour: which Manage this is.
            today: the server's local day.
        """
        self.behaviour = behaviour
        self._today = today
        self._lock = Lock()
        self._disk: Disk | None = None
        self._payments: defaultdict[int, tuple[Payment, ...]] = defaultdict(tuple)
        for payment in payments:
            self._payments[payment.invoice_id] += (payment,)
        self._invoices = {
            invoice.id: payment_rules.computed(invoice, self._payments.get(invoice.id, ()))
            for invoice in sorted(invoices, key=lambda invoice: invoice.id)
        }
        self._last_id = max((p.id for records in self._payments.values() for p in records), default=0)

    @classmethod
    def open(
        cls,
        path: Path,
        invoices: Iterable[Invoice],
        payments: Iterable[Payment],
        behaviour: SiteBehaviour,
        today: Callable[[], date],
    ) -> Self:
        """Keep the state in a file: as it was left, or filled with these invoices and payments when it is new.

        Raises:
            SetupError: the file cannot be used.
        """
        disk = Disk(path)
        try:
            if disk.fresh:
                disk.seed(invoices, payments)
            kept_invoices, kept_payments, last_id = disk.load()
        except BaseException:
            disk.close()
            raise
        store = cls(kept_invoices, kept_payments, behaviour, today)
        store._disk, store._last_id = disk, last_id
        return store

    def __enter__(self) -> Self:
        """Use until the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file, if there is one."""
        self.close()

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._disk is not None:
            self._disk.close()

    def invoices(self) -> list[Invoice]:
        """All invoices, by rising id."""
        with self._lock:
            return list(self._invoices.values())

    def invoice(self, invoice_id: int) -> Invoice:
        """One invoice.

        Raises:
            ApiError: (404) there is none.
        """
        with self._lock:
            return self._invoice(invoice_id)

    def payments(self, invoice_id: int) -> tuple[Payment, ...]:
        """The payment records on an invoice, by rising id."""
        with self._lock:
            return self._payments.get(invoice_id, ())

    def add(self, invoice: Invoice, *payments: Payment) -> None:
        """Somebody in Manage enters an invoice, or replaces it with all its payment records."""
        with self._lock:
            gone = {p.id for p in self._payments.get(invoice.id, ())} - {p.id for p in payments}
            if self._disk is not None:
                self._disk.put_invoice(invoice)
                for number in gone:
                    self._disk.drop_payment(number)
                for payment in payments:
                    self._disk.put_payment(payment)
            self._invoices[invoice.id] = invoice
            self._invoices = dict(sorted(self._invoices.items()))
            self._last_id = max([self._last_id, *(p.id for p in payments)])
            self._settle(invoice.id, payments)

    def create(self, invoice_id: int, draft: Draft) -> Payment:
        """Carry out a POST.

        Raises:
            ApiError: (404) no such invoice, (400) it takes no such payment.
        """
        with self._lock:
            invoice, records = self._invoice(invoice_id), self._payments.get(invoice_id, ())
            payment = payment_rules.created(self._last_id + 1, invoice, records, draft, self.behaviour, self._today())
            self._last_id = payment.id
            self._keep(payment)
            return payment

    def change(self, invoice_id: int, number: int, edit: Callable[[Payment], Draft]) -> Payment:
        """Carry out a PATCH.

        Args:
            invoice_id: the invoice.
            number: the payment record.
            edit: what the record is to say, worked out from what it says at this moment.

        Raises:
            ApiError: (404) no such record, (400) it cannot be changed so.
        """
        with self._lock:
            invoice, old = self._invoice(invoice_id), self._payment(invoice_id, number)
            records = self._payments[invoice_id]
            payment = payment_rules.changed(old, invoice, records, edit(old), self.behaviour)
            self._keep(payment)
            return payment

    def delete(self, invoice_id: int, number: int) -> None:
        """Carry out a DELETE.

        Raises:
            ApiError: (404) no such record, (400) it cannot be deleted.
        """
        with self._lock:
            payment = self._payment(invoice_id, number)
            payment_rules.check_writable(payment, self._invoice(invoice_id), self.behaviour)
            if self._disk is not None:
                self._disk.drop_payment(number)
            self._settle(invoice_id, [p for p in self._payments[invoice_id] if p.id != number])

    def _invoice(self, invoice_id: int) -> Invoice:
        if invoice_id not in self._invoices:
            raise not_found("Invoice", invoice_id)
        return self._invoices[invoice_id]

    def _payment(self, invoice_id: int, number: int) -> Payment:
        self._invoice(invoice_id)
        for payment in self._payments.get(invoice_id, ()):
            if payment.id == number:
                return payment
        raise not_found("Payment", number)

    def _keep(self, payment: Payment) -> None:
        if self._disk is not None:
            self._disk.put_payment(payment)
        others = [p for p in self._payments.get(payment.invoice_id, ()) if p.id != payment.id]
        self._settle(payment.invoice_id, [*others, payment])

    def _settle(self, invoice_id: int, payments: Iterable[Payment]) -> None:
        """Put the records in place and let the invoice's amounts follow."""
        records = tuple(sorted(payments, key=lambda payment: payment.id))
        self._payments[invoice_id] = records
        self._invoices[invoice_id] = payment_rules.computed(self._invoices[invoice_id], records)
