"""What was chosen and typed on the control sheet, as the use cases take it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sync.core.caps import can_be_undone
from sync.core.errors import Refused, SetupError
from sync.core.labels import CHOICES, CUSTOM
from sync.core.periods import Choice, Since
from sync.core.words import Text, say
from sync.tongues import known_as
from workbook.cells import Found
from workbook.panel import Input

DAY_ZERO = date(1899, 12, 30)


def window(inputs: dict[Input, Found]) -> tuple[Since, date | None]:
    """The Start Date and End Date as chosen.

    Raises:
        SetupError: a choice is missing or is none, or a date is no date.
    """
    chosen = inputs[Input.START]
    named = {words: choice for choice, text in CHOICES.items() for words in known_as(text)}
    choice = named.get(chosen.strip()) if isinstance(chosen, str) else None
    if choice is None:
        raise SetupError(say("No Start Date is chosen. Choose one from the list."))
    custom = _day(CUSTOM, inputs[Input.CUSTOM]) if choice == Choice.CUSTOM else None
    return Since(choice=Choice(choice), custom=custom), _day(say("End Date"), inputs[Input.END])


def _day(label: Text, found: Found) -> date | None:
    if found is None:
        return None
    if isinstance(found, Decimal) and found == found.to_integral_value() and 0 < found < 200_000:  # noqa: PLR2004 - year 2447
        return DAY_ZERO + timedelta(days=int(found))
    raise SetupError(say("{label} holds no date. Type it as your Excel shows dates, or empty the cell.", label=label))


def confirmed(typed: Found, why: Sequence[Text], count: int, run: str) -> bool:
    """A large or lowering push is confirmed by the number of its rows, typed into the control sheet."""
    if typed == Decimal(count):
        return True
    raise Refused(
        *why,
        can_be_undone(run),
        say(
            "Nothing was written. To push these {count} rows, type {count} into Confirm a large push and press Push to "
            "Manage again.",
            count=count,
        ),
    )


def hidden_rows(hidden: int, approved: int) -> Text:
    """Approved rows that nobody sees are not pushed without a word."""
    return say(
        "{hidden} of the {approved} rows that say Yes are hidden by a filter, so nothing was written. Show all rows "
        "and press Push to Manage again, or type {approved} into Confirm a large push.",
        hidden=hidden,
        approved=approved,
    )
