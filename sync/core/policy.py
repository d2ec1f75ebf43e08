"""The settings that decide what is proposed, as one value. Two runs compare only under the same policy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sync.core.money import ZERO


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
        tolerance: largest difference of totals still taken as equal, in the invoice's currency. Classifies only.
        currencies: Sage's currency ids and their ISO codes; 1 is the home currency.
        invoice_prefix: removed from Sage's number before matching.
        partial_date: see `PartialDate`.
    """

    paid_amount: PaidAmount = PaidAmount.SETTLED
    tolerance: Decimal = ZERO
    currencies: Mapping[int, str] = field(default_factory=lambda: {1: "CAD"})
    invoice_prefix: str = ""
    partial_date: PartialDate = PartialDate.OMIT

    @property
    def home_currency(self) -> str | None:
        """ISO code of the company's own currency, if it is named."""
        return self.currencies.get(1)

    def fingerprint(self) -> str:
        """A short hash that changes whenever anything here changes."""
        parts = [f"{name}={_canonical(getattr(self, name))}" for name in self.__struct_fields__]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _canonical(value: object) -> str:
    return str(sorted(value.items())) if isinstance(value, Mapping) else str(value)
