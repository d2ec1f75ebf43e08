"""The words of Start Date choices, outcomes, statuses and currencies: a program reads their values, a person these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from sync.core.values.messages import Text, say
from sync.core.values.periods import Choice, Window
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Outcome
from sync.core.values.proposal import ApplicationPart, Status

CHOICES: Mapping[Choice, Text] = {
    Choice.LAST_RUN: say("last-successful-run-choice"),
    Choice.PAST_WEEK: say("past-week"),
    Choice.PAST_TWO_WEEKS: say("past-two-weeks"),
    Choice.PAST_MONTH: say("past-month"),
    Choice.CUSTOM: (CUSTOM := say("custom-date")),
}
"""The Start Date choices in the order of the dropdown."""
OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.POSTED: say("posted-word"),
    Outcome.ALREADY: say("already-word"),
    Outcome.STALE: say("stale-word"),
    Outcome.REFUSED: say("refused-word"),
    Outcome.UNKNOWN: say("unknown-word"),
    Outcome.DIFFERS: say("differs-word"),
}
STATUSES: Mapping[Status, Text] = {
    Status.BAD_DATA: say("bad-data"),
    Status.CREDIT_NOTE: say("credit-note"),
    Status.VOIDED: say("voided"),
    Status.DEPOSIT: say("deposit"),
    Status.AMBIGUOUS: say("ambiguous"),
    Status.NOT_IN_MANAGE: say("not-in-manage-class"),
    Status.CURRENCY_DIFFERS: say("currency-differs"),
    Status.POST_DATED: say("post-dated"),
    Status.CHANGED_IN_MANAGE: say("changed-in-manage"),
    Status.CUSTOMER_DIFFERS: say("customer-differs"),
    Status.TOTAL_DIFFERS: say("total-differs-class"),
    Status.OVERPAID: say("overpaid"),
    Status.REOPENED: say("reopened"),
    Status.IN_AGREEMENT: say("in-agreement-ending"),
    Status.UNKNOWN_KIND: say("unknown-kind"),
    Status.READY: say("ready"),
}
"""As every sheet, file and table shows them; their colours and meanings stand in `workbook.look.statuses`."""
PARTS: Mapping[ApplicationPart, Text] = {
    ApplicationPart.TOTAL: say("invoice"),
    ApplicationPart.CASH: say("receipt"),
    ApplicationPart.DISCOUNT: say("discount"),
    ApplicationPart.CREDIT: say("credit-applied"),
    ApplicationPart.OTHER: say("other-kind"),
}
"""What a row of a document's ledger is."""


def window_words(window: Window) -> Text:
    """Return a window's days, and the Start Date choice that they came from."""
    choice = CHOICES[window.since.choice]
    if window.bounded:
        return say("date-window-with-end-set", start=window.start, end=window.end, choice=choice)
    return say("date-window-and-choice", start=window.start, end=window.end, choice=choice)


def counted(counts: Mapping[Outcome, int]) -> Text:
    """Return how many rows had each outcome: ``3 posted, 1 refused``. Needs at least one."""
    return with_commas(
        say("push-count-of-outcome", count=count, outcome=OUTCOMES[outcome]) for outcome, count in counts.items()
    )


def with_commas(texts: Iterable[Text]) -> Text:
    """Return texts with commas between. Needs at least one."""
    return say("listed", items=tuple(texts))


def currency(unit: str) -> Text | str:
    """Return the currency as shown: its ISO code, or a word and Sage's number for one that Sage gives no code."""
    if unit == UNNAMED:
        return say("unnamed-currency")
    return say("currency-with-number", number=unit.removeprefix(UNNAMED)) if unit.startswith(UNNAMED) else unit


def collated(name: str) -> str:
    """Return what a name is sorted by, so that it stands where people look: É beside E, capitals by small ones."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def natural(number: str) -> tuple[tuple[str, int], ...]:
    """Return what an invoice's or a receipt's number is sorted by: 9 stands before 10, whatever letters are before."""
    return tuple((collated(letters), int(digits or 0)) for letters, digits in re.findall(r"(\D*)(\d*)", number[:200]))
