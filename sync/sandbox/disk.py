"""The practice site's state in a small SQLite file, so that tomorrow's page shows what was pushed today."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.records import Invoice, Payment
from sync.core.words import say

_SCHEMA = (
    "CREATE TABLE invoice (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE TABLE payment (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)",
)
_ENCODER = msgspec.json.Encoder()
_INVOICE = msgspec.json.Decoder(Invoice)
_PAYMENT = msgspec.json.Decoder(Payment)


class Disk:
    """The file. Each change is one row, on its way to the disk before the client hears of it."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            SetupError: it is not one of this site's files, or cannot be used.
        """
        self._path = path
        try:
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        try:
            # A power cut may cost a practice site its last moments; waiting for the disk would cost every push.
            self._file.execute("PRAGMA synchronous = OFF")
            self.fresh = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        except sqlite3.Error as error:
            self._file.close()
            raise self._unusable(error) from None

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
            raise self._unusable(error) from None

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
            raise self._unusable(error) from None
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
        return SetupError(
            say(
                "The practice site's file {path} cannot be used: {why}. Delete it to start the practice site afresh.",
                path=str(self._path),
                why=cause(error),
            )
        )
