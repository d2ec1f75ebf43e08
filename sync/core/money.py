"""Amounts of money: Decimal, exactly two decimals, finite, within +-9,999,999,999,999.99.

The only module that knows floating point: Sage stores doubles and a spreadsheet cell holds one; both meet Decimal here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from sync.core.words import Text, say

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LIMIT = Decimal("9999999999999.99")
EMPTY = say("empty")
_SLACK = Decimal("0.0005")
_PLAIN = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII)


class BadAmountError(ValueError):
    """A value that is no amount of money; `why` completes 'the amount is ...'."""

    def __init__(self, why: Text) -> None:
        super().__init__(why)
        self.why = why


def cents(value: Decimal) -> Decimal:
    """Round a decimal to cents, halves away from zero; never minus zero.

    Args:
        value: any Decimal, as read from JSON text.

    Returns:
        The amount with exactly two decimals.

    Raises:
        BadAmountError: not finite, or outside the range.
    """
    if not value.is_finite():
        raise BadAmountError(say("not a number"))
    if abs(value) > LIMIT:
        raise BadAmountError(say("too large"))
    return value.quantize(CENT, ROUND_HALF_UP) + ZERO


def from_double(value: object) -> Decimal:
    """Read an amount that Sage stores as a double (currency units, not cents).

    Args:
        value: what the database driver returned for a DOUBLE column.

    Returns:
        The amount to the cent. Noise of binary fractions (below 0.0005) is removed.

    Raises:
        BadAmountError: empty, not a number, infinite, out of range, or not whole cents. Never guessed, never zero.
    """
    if value is None:
        raise BadAmountError(EMPTY)
    if isinstance(value, bool) or not isinstance(value, float | int | Decimal):
        raise BadAmountError(say("not a number"))
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    amount = cents(exact)
    if abs(amount - exact) >= _SLACK:
        raise BadAmountError(say("{exact}, which is not whole cents", exact=str(exact)))
    return amount


def parse(text: str) -> Decimal:
    """Read an amount typed in settings or on the command line: plain digits, at most two decimals, no separators.

    Raises:
        BadAmountError: anything else, such as exponents, full-width digits, underscores or thousands separators.
    """
    if not _PLAIN.fullmatch(text):
        raise BadAmountError(say("not an amount with two decimals"))
    return cents(Decimal(text))


def plain(amount: Decimal) -> str:
    """The amount as text with two decimals and no separators, as written to JSON, CSV and Manage: ``1234.50``."""
    return f"{amount:.2f}"


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Σ of amounts, with two decimals even when there are none."""
    return sum(amounts, ZERO)


def to_cell(amount: Decimal) -> float:
    """The amount as a spreadsheet cell holds it. Whole cents below 10^13 survive the trip exactly."""
    return float(amount)


def from_cell(value: object) -> Decimal | None:
    """Read a spreadsheet cell that should hold an amount; None when it does not hold a number of whole cents."""
    try:
        return from_double(value)
    except BadAmountError:
        return None
