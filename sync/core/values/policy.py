"""The settings that decide what is proposed, as one value. Two runs compare only under the same policy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from unicodedata import normalize

from msgspec import Struct, field, json

from sync.core.values.money import ZERO, plain

POLICY_FORMAT = 1
"""Version of the fingerprint's format."""
UNNAMED = "currency "
"""Prefix of the key of a currency that the settings do not name; Sage's number follows, where it has one. Stored in
ledgers."""


class PaidAmount(StrEnum):
    """What Paid Amount in Manage should say: everything settled, or cash only."""

    SETTLED = "settled"
    CASH = "cash"


class PartialDate(StrEnum):
    """Whether Manage wants a payment date while an invoice is only part-paid (unverified, so a switch)."""

    OMIT = "omit"
    LAST_RECEIPT = "last_receipt"


class Policy(Struct, frozen=True, kw_only=True):
    """How positions become proposals.

    Attributes:
        paid_amount: see `PaidAmount`.
        tolerance: largest difference of totals still taken as equal, in the invoice's currency: what
            is paid in full in Sage is then paid in full by Manage's total.
        currencies: Sage's currency ids and their ISO codes; 1 is the home currency.
        invoice_prefix: removed from numbers of both systems before matching; or several, of which a number has one.
        partial_date: see `PartialDate`.
    """

    paid_amount: PaidAmount = PaidAmount.SETTLED
    tolerance: Decimal = ZERO
    currencies: Mapping[int, str] = field(default_factory=lambda: {1: "CAD"})
    invoice_prefix: str | tuple[str, ...] = ""
    partial_date: PartialDate = PartialDate.OMIT

    @property
    def home_currency(self) -> str | None:
        """ISO code of the company's own currency, if it is named."""
        return self.currencies.get(1)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What numbers may begin with in either system, each once."""
        several = (self.invoice_prefix,) if isinstance(self.invoice_prefix, str) else self.invoice_prefix
        return tuple(sorted({normalize("NFC", prefix) for prefix in several} - {""}))

    def unit(self, currency_id: int) -> str:
        """Return what amounts in a currency of Sage are in: its ISO code, or `UNNAMED` and Sage's number."""
        return self.currencies.get(currency_id, f"{UNNAMED}{currency_id}")

    def fingerprint(self) -> str:
        """Return a short hash of the settings that decide what is proposed, with the number of its format before it.

        Names and order are stored with every run. A setting that is added later goes to the end, and only where it is
        not at its default, so that a run from before it still is of the same policy.
        """
        settings = (
            ("paid_amount", self.paid_amount.value),
            ("tolerance", plain(self.tolerance)),
            ("currencies", [[number, self.currencies[number]] for number in sorted(self.currencies)]),
            ("invoice_prefix", self.prefixes if len(self.prefixes) > 1 else "".join(self.prefixes)),
            ("partial_date", self.partial_date.value),
        )
        return f"{POLICY_FORMAT}:{hashlib.sha256(json.encode([POLICY_FORMAT, settings])).hexdigest()[:16]}"


class RunSettings(Struct, frozen=True, kw_only=True):
    """The settings that a run proposed under, and those that limit its push: as they are stored with it.

    Attributes:
        paid_amount, tolerance, partial_date: as in `Policy`.
        currencies: Sage's currency ids and their ISO codes, by id.
        prefixes: what numbers may begin with in either system.
        go_live: what was entered before it is accepted once; None where all is taken in.
        quiet: seconds for which a late write may still arrive.
        most_rows: writes of a push above which it asks first.
        most_amount: Σ of its changes, in any one currency, above which it asks first.
    """

    paid_amount: PaidAmount
    tolerance: Decimal
    partial_date: PartialDate
    currencies: tuple[tuple[int, str], ...]
    prefixes: tuple[str, ...]
    go_live: date | None
    quiet: int
    most_rows: int
    most_amount: Decimal

    @property
    def policy(self) -> Policy:
        """Those that decide what is proposed."""
        return Policy(
            paid_amount=self.paid_amount,
            tolerance=self.tolerance,
            currencies=dict(self.currencies),
            invoice_prefix=self.prefixes,
            partial_date=self.partial_date,
        )
