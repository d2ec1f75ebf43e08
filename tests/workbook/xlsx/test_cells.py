from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.messages import Value, say
from sync.core.values.money import LIMIT
from sync.language.catalogues import ENGLISH
from workbook.xlsx.cells import (
    FIRST_DAY,
    LONGEST,
    Found,
    Odd,
    Oddity,
    Plain,
    day_number,
    found_for_sentence,
    reviewed_for_sentence,
    same,
    visible,
    written,
)

CENTS = st.decimals(-LIMIT, LIMIT, places=2, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\x00b\x1fc", "a\ufffdb\ufffdc"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("tab\tstays", "tab\tstays"),
        ("\ud800 and \uffff", "\ufffd and \ufffd"),
    ],
)
def test_what_no_cell_can_hold_is_replaced_visibly(text: str, expected: str) -> None:
    """Nothing vanishes unseen."""
    assert expected == visible(text)


@given(st.text(st.characters()))
def test_visible_words_are_a_fixed_point(text: str) -> None:
    """Making words visible twice changes nothing more, and they are never longer than a cell."""
    once = visible(text)
    assert (once, True) == (visible(once), len(once) <= LONGEST)


def test_very_long_words_are_cut_with_a_mark() -> None:
    """A cut is seen."""
    assert (visible("x" * 40_000)[-1], len(visible("x" * 40_000))) == ("…", LONGEST)


@given(CENTS)
def test_an_amount_agrees_with_the_number_that_a_spreadsheet_stores(amount: Decimal) -> None:
    """The seventeen digits of a double, and the fifteen that Excel keeps, still say the same cents."""
    stored = float(amount)
    assert [same(amount, Decimal(repr(stored))), same(amount, Decimal(f"{stored:.15G}"))] == [True, True]


@given(CENTS, CENTS)
def test_amounts_agree_only_when_they_are_equal(one: Decimal, other: Decimal) -> None:
    """To the cent."""
    assert (one == other) is same(one, other)


@given(st.dates(min_value=FIRST_DAY))
def test_a_date_agrees_with_its_number_of_days_and_no_other(day: date) -> None:
    """The day before, half a day later and the ISO text are all something else."""
    number = Decimal(day_number(day))
    assert [same(day, f) for f in (number, number - 1, number + Decimal("0.5"), f"{day}")] == [
        True,
        False,
        False,
        False,
    ]


def test_the_day_number_is_excels() -> None:
    """31 January 2026 is 46053 in Excel."""
    assert day_number(date(2026, 1, 31)) == 46_053


def test_a_day_that_excel_has_no_number_for_is_written_as_words() -> None:
    """Sage's zero dates never get here, but a date of 1899 would."""
    early = date(1899, 12, 31)
    assert (written(early), same(early, "1899-12-31"), same(early, Decimal(0))) == ("1899-12-31", True, False)


@pytest.mark.parametrize(
    ("reviewed", "found"),
    [
        ("007", Decimal(7)),
        ("007", "7"),
        ("007", "007 "),
        ("TRUE", Odd(what=Oddity.BOOLEAN, text="TRUE")),
        ("=1+1", Odd(what=Oddity.FORMULA, text="2")),
        (None, "x"),
        (None, Decimal(0)),
        ("x", None),
        (Decimal("1.00"), None),
        (Decimal("1.00"), "1.00"),
        (Decimal("2.00"), Odd(what=Oddity.FORMULA, text="2")),
        (Decimal("1.00"), Decimal("1.004")),
        (date(2026, 1, 31), "2026-01-31"),
        (date(2026, 1, 31), None),
    ],
)
def test_what_was_retyped_differs(reviewed: Plain, found: Found) -> None:
    """A number is not the words it looks like, nor the other way round; empty is not zero."""
    assert not same(reviewed, found)


@pytest.mark.parametrize("reviewed", [None, ""])
def test_empty_agrees_with_empty(reviewed: Plain) -> None:
    """Spreadsheets drop empty cells."""
    assert [same(reviewed, None), same(reviewed, "")] == [True, True]


def said(value: Value) -> str:
    """A value as it stands in a sentence."""
    return say("{value}", value=value).said(ENGLISH)


@pytest.mark.parametrize(
    ("found", "like", "expected"),
    [
        (None, "x", "empty"),
        ("x", None, "'x'"),
        (Decimal("1234.5"), Decimal("1.00"), "1,234.50"),
        (Decimal("1.005001"), Decimal("1.00"), "1.005001"),
        (Decimal(46_053), date(2026, 1, 1), "2026-01-31"),
        (Decimal("46053.5"), date(2026, 1, 1), "46053.5"),
        (Decimal("1E+9"), date(2026, 1, 1), "1E+9"),
        (Decimal(7), "007", "7"),
        (Odd(what=Oddity.ERROR, text="#REF!"), None, "#REF! (error)"),
        ("x" * 32_767, None, f"'{'x' * 199}…'"),
        (Odd(what=Oddity.FORMULA, text="x" * 8_192), None, f"{'x' * 199}… (formula)"),
    ],
)
def test_what_is_found_is_told_in_the_words_of_what_was_there(found: Found, like: Plain, expected: str) -> None:
    """A changed date is told as a date, an amount as an amount."""
    assert expected == said(found_for_sentence(found, like=like))


@pytest.mark.parametrize(
    ("reviewed", "expected"),
    [
        (None, "empty"),
        ("", "empty"),
        ("x", "'x'"),
        (Decimal("-1234.5"), "-1,234.50"),
        (date(2026, 1, 31), "2026-01-31"),
    ],
)
def test_what_was_reviewed_is_told(reviewed: Plain, expected: str) -> None:
    """As it stood in the sheet."""
    assert expected == said(reviewed_for_sentence(reviewed))
