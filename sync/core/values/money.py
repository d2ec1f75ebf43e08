"""Amounts of money: Decimal, exactly two decimals, finite, within +-9,999,999,999,999.99.

The only module that knows floating point: Sage stores doubles and a spreadsheet cell holds one; both meet Decimal here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from sync.core.values.messages import Text, say

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LIMIT = Decimal("9999999999999.99")
_SLACK = Decimal("0.0005")
_PLAIN_RANGE, _PLAIN_NOISE = 1e9, 5e-7
_MILLIONTH = Decimal("0.000001")
_NOTHING = Decimal("0.0049995")
_PLAIN = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII)


class BadAmountError(ValueError):
    """A value that is no amount of money.

    Attributes:
        why: completes "the amount is ...".
    """

    def __init__(self, why: Text) -> None:
        super().__init__(why)
        self.why = why


EMPTY = say("empty")
_NO_NUMBER = say("not-a-number")
_TOO_LARGE = say("too-large")
_NO_AMOUNT = say("not-two-decimals")


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
        raise BadAmountError(_NO_NUMBER)
    if abs(value) > LIMIT:
        raise BadAmountError(_TOO_LARGE)
    return value.quantize(CENT, ROUND_HALF_UP) + ZERO


def from_double(value: object) -> Decimal:
    """Read a double of currency units that has to be whole cents, as a spreadsheet cell has it.

    Args:
        value: of the cell.

    Returns:
        The amount to the cent. Noise of binary fractions (below 0.0005) is removed.

    Raises:
        BadAmountError: empty, not a number, infinite, out of range, or not whole cents. Never guessed, never zero.
    """
    amount, beyond = held(value)
    if abs(beyond) >= _SLACK:
        raise BadAmountError(say("row-amount-not-whole-cents", exact=str(amount + beyond)))
    return amount


def _exact(value: object) -> Decimal:
    if value is None:
        raise BadAmountError(EMPTY)
    if isinstance(value, bool) or not isinstance(value, float | int | Decimal):
        raise BadAmountError(_NO_NUMBER)
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def held(value: object) -> tuple[Decimal, Decimal]:
    """Read an amount as Sage holds it (a double of currency units), which need not be whole cents.

    Args:
        value: what the database driver returned for a DOUBLE column, or for a sum of one.

    Returns:
        The amount to the cent, halves away from zero, and what Sage holds beyond it: nearly always zero.

    Raises:
        BadAmountError: empty, not a number, infinite or out of range.
    """
    if type(value) is float and -_PLAIN_RANGE < value < _PLAIN_RANGE:
        # Below a billion a double is good to 0.0000002: this close to whole cents, decimal arithmetic says the same.
        whole = round(value * 100)
        if -_PLAIN_NOISE < value - whole / 100 < _PLAIN_NOISE:
            return (whole * CENT if whole else ZERO), ZERO
    exact = _exact(value)
    cents(exact)  # is there to refuse what is no amount
    amount = rounded(exact)
    return amount, exact - amount


def rounded(total: Decimal) -> Decimal:
    """Round a sum of what Sage holds to cents, once. Noise of doubles, below a millionth, decides no half cent."""
    return total.quantize(_MILLIONTH, ROUND_HALF_UP).quantize(CENT, ROUND_HALF_UP) + ZERO


def is_nothing(total: Decimal) -> bool:
    """Return whether a sum of what Sage holds rounds to 0.00."""
    return -_NOTHING < total < _NOTHING


def parse(text: str) -> Decimal:
    """Read an amount typed in settings or on the command line: plain digits, at most two decimals, no separators.

    Raises:
        BadAmountError: anything else, such as exponents, full-width digits, underscores or thousands separators.
    """
    if not _PLAIN.fullmatch(text):
        raise BadAmountError(_NO_AMOUNT)
    return cents(Decimal(text))


def plain(amount: Decimal) -> str:
    """Return the amount as text with two decimals and no separators, as in JSON, CSV and Manage: ``1234.50``."""
    return f"{amount:.2f}"


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return Σ of amounts, with two decimals even when there are none."""
    return sum(amounts, ZERO)


def to_cell(amount: Decimal) -> float:
    """Return the amount as a spreadsheet cell holds it. Whole cents below 10^13 survive the trip exactly."""
    return float(amount)


def from_cell(value: object) -> Decimal | None:
    """Read a spreadsheet cell that should hold an amount; None when it does not hold a number of whole cents."""
    try:
        return from_double(value)
    except BadAmountError:
        return None
