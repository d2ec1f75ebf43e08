"""Amounts: exact, two decimals, finite, in range; floats only at the two borders."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.messages import say
from sync.core.values.money import (
    LIMIT,
    BadAmountError,
    cents,
    from_cell,
    from_double,
    held,
    is_nothing,
    parse,
    plain,
    rounded,
    to_cell,
    total,
)
from tests.support.english import en

AMOUNTS = st.integers(-(10**15) + 1, 10**15 - 1).map(lambda n: Decimal(n) / 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.675", "2.68"),
        ("-2.675", "-2.68"),
        ("0.004", "0.00"),
        ("-0.004", "0.00"),
        ("1E+3", "1000.00"),
        ("1.1", "1.10"),
        ("0.005", "0.01"),
        ("2.665", "2.67"),
    ],
)
def test_decimals_are_rounded_to_cents_and_never_minus_zero(text: str, expected: str) -> None:
    """Halves away from zero, as accountants round."""
    assert str(cents(Decimal(text))) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("-Infinity", "not a number"),
        ("1E+14", "too large"),
        ("9999999999999.995", "too large"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, why: str) -> None:
    """Not finite, or outside the range; the words complete "the amount is"."""
    with pytest.raises(BadAmountError) as refused:
        cents(Decimal(text))
    assert en(refused.value) == why


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1 + 0.2, "0.30"), (1149.7499999999998, "1149.75"), (5, "5.00"), (Decimal("7.1"), "7.10")]
)
def test_doubles_lose_their_noise(value: object, expected: str) -> None:
    """Binary fractions of whole cents come out as cents."""
    assert str(from_double(value)) == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "empty"),
        (True, "not a number"),
        ("5.00", "not a number"),
        (b"5", "not a number"),
        (float("nan"), "not a number"),
        (float("inf"), "not a number"),
        (33.333, "33.333, which is not whole cents"),
        (Decimal("5.0005"), "5.0005, which is not whole cents"),
        (1e14, "too large"),
    ],
)
def test_doubles_that_are_no_amount_are_refused(value: object, why: str) -> None:
    """Empty, text, truth values, not finite, fractions of a cent, too large; each in words."""
    with pytest.raises(BadAmountError) as refused:
        from_double(value)
    assert en(refused.value) == why


@pytest.mark.parametrize(("text", "expected"), [("250000.00", "250000.00"), ("0", "0.00"), ("-1.5", "-1.50")])
def test_typed_amounts_are_plain(text: str, expected: str) -> None:
    """Digits and at most two decimals."""
    assert str(parse(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "1,50", "1 000.00", "1_000", "1e3", "NaN", "\uff11\uff12", "0.001", "+1", ".5", "1."]
)
def test_amounts_typed_otherwise_are_refused(text: str) -> None:
    """No separators, exponents, full-width digits or guesses."""
    with pytest.raises(BadAmountError) as refused:
        parse(text)
    assert refused.value.why == say("not-two-decimals")


@given(AMOUNTS)
def test_cents_survive_every_trip(amount: Decimal) -> None:
    """Through a double, a cell and plain text, to the cent."""
    assert from_double(float(amount)) == from_cell(to_cell(amount)) == parse(plain(amount)) == amount


def test_sums_of_nothing_are_zero_with_two_decimals() -> None:
    """So that totals always print alike."""
    assert (str(total([])), plain(LIMIT)) == ("0.00", "9999999999999.99")


@pytest.mark.parametrize("value", ["12", None, 1.001])
def test_a_cell_that_holds_no_amount_is_none(value: object) -> None:
    """Text, nothing, or a fraction of a cent."""
    assert from_cell(value) is None


def by_decimals(value: float) -> str:
    """The amount, or why there is none, by decimal arithmetic alone, as `from_double` began; kept as the reference."""
    exact = Decimal(repr(value))
    try:
        amount = cents(exact)
    except BadAmountError as error:
        return en(error)
    return str(amount) if abs(amount - exact) < Decimal("0.0005") else f"{exact}, which is not whole cents"


def by_scaling(value: float) -> str:
    """The same by the code in use."""
    try:
        return str(from_double(value))
    except BadAmountError as error:
        return en(error)


@given(st.floats())
def test_any_double_is_read_as_by_decimals(value: float) -> None:
    """Amounts and refusals alike, infinities, minus zero and no number at all included."""
    assert by_scaling(value) == by_decimals(value)


@given(
    st.integers(-(10**15), 10**15),
    st.floats(-0.006, 0.006) | st.sampled_from([0.0004, 0.0005, 0.00049999, 0.005, -0.0004, -0.0005, -0.005]),
)
def test_a_double_near_whole_cents_is_read_as_by_decimals(whole: int, off: float) -> None:
    """Noise is removed up to the very same fraction of a cent, on both sides, whatever the size."""
    for value in (whole / 100 + off, whole % 10**11 / 100 + off, whole % 10**5 / 100 + off):
        assert by_scaling(value) == by_decimals(value)


@pytest.mark.parametrize("value", [1e9, -1e9, 999_999_999.99, 1_000_000_000.01, 0.0, -0.0, -0.0004, 0.0004])
def test_a_double_at_an_edge_is_read_as_by_decimals(value: float) -> None:
    """Where the short way ends, and where it would be minus zero."""
    assert by_scaling(value) == by_decimals(value)


@pytest.mark.parametrize(
    ("value", "amount", "beyond"),
    [
        (0.1 + 0.2, "0.30", "0"),
        (33.3333, "33.33", "0.0033"),
        (-33.335, "-33.34", "0.005"),
        (0.004, "0.00", "0.004"),
        (-0.0, "0.00", "0"),
        (5, "5.00", "0.00"),
        (Decimal("7.125"), "7.13", "-0.005"),
        (2e9, "2000000000.00", "0.00"),
    ],
)
def test_what_sage_holds_beyond_the_cent_is_kept(value: object, amount: str, beyond: str) -> None:
    """Noise of doubles is none of it; halves go away from zero."""
    found, more = held(value)
    assert (str(found), more) == (amount, Decimal(beyond))


@pytest.mark.parametrize("value", [None, True, "5.00", b"5", float("nan"), float("inf"), 1e14])
def test_what_sage_holds_has_to_be_an_amount(value: object) -> None:
    """Empty, text, truth values, not finite, too large."""
    with pytest.raises(BadAmountError):
        held(value)


@given(st.floats(-(10**12), 10**12))
def test_amount_and_what_is_beyond_it_are_what_sage_holds(value: float) -> None:
    """But for noise below a millionth; and never more than half a cent apart."""
    amount, beyond = held(value)
    assert abs(amount + beyond - Decimal(repr(value))) < Decimal("0.000001")
    assert abs(beyond) <= Decimal("0.0050005")


@given(st.decimals(-100, 100, places=8))
def test_nothing_is_what_rounds_to_nothing(value: Decimal) -> None:
    """One definition for a balance and for a running balance."""
    assert is_nothing(value) == (rounded(value) == 0)
    assert is_nothing(value / 10**4) == (rounded(value / 10**4) == 0)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("size", ["0", "0.0049994", "0.00499949", "0.0049995", "0.0049999", "0.005", "0.01"])
def test_a_sum_is_nothing_exactly_where_it_rounds_to_nothing(size: str, sign: str) -> None:
    """Else an invoice would be cleared by one and owe a cent by the other."""
    value = Decimal(sign + size)
    assert is_nothing(value) == (rounded(value) == 0)
