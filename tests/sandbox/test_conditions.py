from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.conditions import Absence, Comparison, Every, Membership, Negation, Some, parse
from sync.sandbox.faults import ApiError
from sync.sandbox.predicates import predicate
from sync.sandbox.resources import Resource

RECORD: Mapping[str, object] = {
    "id": 7,
    "invoiceNumber": "INV-7 [a]",
    "total": Decimal("12.50"),
    "closedFlag": True,
    "date": datetime(2026, 3, 2, tzinfo=UTC),
    "reference": None,
    "company": {"id": 3, "identifier": "Boreal", "site": {"name": "Main"}},
}
RESOURCE: Resource[Mapping[str, object]] = Resource("Record", {name: itemgetter(name) for name in RECORD})


def holds(text: str) -> bool | None:
    """What a condition says of the record."""
    return predicate(parse(text), RESOURCE.reader)(RECORD)


@pytest.mark.parametrize(
    "text",
    [
        "id = 7",
        "id=7",
        "id != 8 and id > 6 and id >= 7 and id < 8 and id <= 7",
        "id in (1, 7,9)",
        "id not in (1,2)",
        "total = 12.5",
        "total > 12 and total < 13.00",
        "total >= -1",
        'invoiceNumber = "inv-7 [[]a]"',
        "invoiceNumber = 'INV-7 [[]A]'",
        'invoiceNumber in ("x", "INV-7 [[]a]")',
        'invoiceNumber = "INV-7 [[]a]   "',
        'invoiceNumber like "inv*"',
        'invoiceNumber like "%7 [[]A]"',
        'invoiceNumber contains "-7"',
        'invoiceNumber not contains "8"',
        'invoiceNumber not like "8*"',
        "closedFlag = True",
        "closedFlag != false",
        "date = [2026-03-02T00:00:00Z]",
        "date > [2026-03-01] AND date < [2026-03-02T00:00:01Z]",
        "reference = null",
        "total != null",
        'company/identifier = "boreal"',
        'company/site/name = "Main"',
        "company/nothing = null",
        "id = 1 or id = 7",
        "id = 7 or id = 1 and id = 2",
        "(id = 7 or id = 1) and not (id = 2)",
        "NOT id = 8",
    ],
)
def test_true_conditions(text: str) -> None:
    """Every operator of Manage's guide is understood, in any case and spacing, and compares as SQL Server does."""
    assert True is holds(text)


@pytest.mark.parametrize(
    "text",
    ["id = 8", "id not in (7)", "(id = 7 or id = 1) and id = 2", 'invoiceNumber contains "8"', "not id = 7"],
)
def test_false_conditions(text: str) -> None:
    """A condition that is not so is false."""
    assert False is holds(text)


@pytest.mark.parametrize(
    "text",
    [
        'reference = "x"',
        'reference != "x"',
        'not reference = "x"',
        'reference not in ("x")',
        'reference = "x" and id = 7',
        'id = 8 or reference = "x"',
    ],
)
def test_nothing_compares_with_nothing(text: str) -> None:
    """A comparison with a field that has no value is neither true nor false, as in SQL."""
    assert holds(text) is None


def test_decided_in_spite_of_nothing() -> None:
    """Where another part decides, a field without a value does not matter."""
    assert (holds('reference = "x" or id = 7'), holds('reference = "x" and id = 8')) == (True, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id", "Unexpected the end at position 2."),
        ("id =", "Unexpected the end at position 4."),
        ("id = 7 and", "Unexpected the end at position 10."),
        ("id = 7 id = 8", "Unexpected id at position 7."),
        ("id = 7)", "Unexpected ) at position 6."),
        ("(id = 7", "Unexpected the end at position 7."),
        ("id in ()", "Unexpected ) at position 7."),
        ("id in 7", "Unexpected 7 at position 6."),
        ("id ~ 7", "Unexpected ~ at position 3."),
        ('invoiceNumber = "INV', 'Unexpected " at position 16.'),
        ("invoiceNumber = INV-7", "Unexpected INV at position 16."),
        ("id = 7x", "Unexpected 7 at position 5."),
        ("id < null", "Unexpected null at position 5."),
        ("id not = 7", "Unexpected = at position 7."),
        ("invoiceNumber like 7", "Unexpected 7 at position 19."),
        ("date > [yesterday]", "[yesterday] is not a date and time."),
        ('invoiceNumber = "INV-7 [a]"', 'Unexpected [ in "INV-7 [a]"; a bracket in a text is written [[].'),
        ("nothing = 7", "nothing is not a recognized name."),
        ('id = "7"', "id cannot be compared with a value of another type."),
        ('id in (7, "7")', "id cannot be compared with a value of another type."),
        ("company = 3", "company cannot be compared with a value of another type."),
        ("(" * 50 + "id = 7" + ")" * 50, "The condition is nested too deeply."),
        ("not " * 50 + "id = 7", "The condition is nested too deeply."),
    ],
)
def test_conditions_that_make_no_sense(text: str, message: str) -> None:
    """What cannot be understood is refused with the place and the reason, never guessed."""
    with pytest.raises(ApiError) as refused:
        holds(text)
    assert (400, "ApiFindCondition", message) == (refused.value.status, refused.value.code, refused.value.message)


def test_and_binds_closer_than_or() -> None:
    """The tree of a condition is that of SQL."""
    a, b = Comparison(path="a", operator="=", value=1), Membership(path="b", values=("x", Decimal("1.5")))
    c = Negation(part=Absence(path="c"))
    assert Some(parts=(a, Every(parts=(b, c)))) == parse('a = 1 or b in ("x", 1.5) and c != null')


@given(st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"])), st.booleans())
def test_quoted_text_comes_back(text: str, single: bool) -> None:  # noqa: FBT001 - Hypothesis passes by position
    """Any text without the quote around it survives quoting, brackets included."""
    quote = "'" if single and "'" not in text else '"'
    quoted = quote + text.replace("[", "[[]") + quote
    assert Comparison(path="a", operator="=", value=text) == parse(f"a = {quoted}")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No condition whatever brings the parser down."""
    with suppress(ApiError):
        assert parse(text) is not None
