"""The words of start dates, outcomes, statuses, ages and currencies: a program reads their values, a person these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sync.core.periods import Choice, Window
from sync.core.posting import Outcome
from sync.core.proposal import UNNAMED, Status
from sync.core.tieout import Age
from sync.core.words import Text, say

CHOICES: Mapping[str, Text] = {
    Choice.LAST_RUN: say("Last Successful Run"),
    Choice.PAST_WEEK: say("Past Week"),
    Choice.PAST_TWO_WEEKS: say("Past Two Weeks"),
    Choice.PAST_MONTH: say("Past Month"),
    Choice.CUSTOM: (CUSTOM := say("Custom Date")),
}
"""The five choices in the order of the dropdown."""

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.POSTED: say("posted"),
    Outcome.ALREADY: say("already"),
    Outcome.STALE: say("stale"),
    Outcome.REFUSED: say("refused"),
    Outcome.UNKNOWN: say("unknown"),
}

STATUSES: Mapping[Status, Text] = {
    Status.BAD_DATA: say("bad data"),
    Status.CREDIT_NOTE: say("credit note"),
    Status.VOIDED: say("voided"),
    Status.AMBIGUOUS: say("ambiguous"),
    Status.NOT_IN_MANAGE: say("not in manage"),
    Status.CURRENCY_DIFFERS: say("currency differs"),
    Status.CHANGED_IN_MANAGE: say("changed in manage"),
    Status.CUSTOMER_DIFFERS: say("customer differs"),
    Status.TOTAL_DIFFERS: say("total differs"),
    Status.OVERPAID: say("overpaid"),
    Status.REOPENED: say("reopened"),
    Status.IN_AGREEMENT: say("in agreement"),
    Status.READY: say("ready"),
}
"""As the command line shows them, within a line."""


AGES: Mapping[Age, Text] = {
    Age.CURRENT: say("0 to 30 days"),
    Age.MONTH: say("31 to 60 days"),
    Age.TWO_MONTHS: say("61 to 90 days"),
    Age.OLD: say("91 days and more"),
    Age.UNDATED: say("No date"),
}


def window_words(window: Window) -> Text:
    """The days, and how they were chosen."""
    choice = CHOICES.get(window.choice, CUSTOM)
    if window.bounded:
        return say("{start} to {end}, {choice}, End Date set", start=window.start, end=window.end, choice=choice)
    return say("{start} to {end}, {choice}", start=window.start, end=window.end, choice=choice)


def counted(counts: Mapping[Outcome, int]) -> Text:
    """How many rows ended how: ``3 posted, 1 refused``. There has to be one."""
    return listed(say("{count} {outcome}", count=count, outcome=OUTCOMES[outcome]) for outcome, count in counts.items())


def listed(texts: Iterable[Text]) -> Text:
    """Texts with commas between. There has to be one."""
    parts = {f"part{number}": text for number, text in enumerate(texts)}
    places = ", ".join(f"{{{name}}}" for name in parts)  # the same in every language, so that no catalogue holds it
    return say(places, **parts)


def currency(unit: str) -> Text | str:
    """What an amount is in, as shown: the ISO code, or the word and Sage's number of a currency without a name."""
    return say("currency {number}", number=unit.removeprefix(UNNAMED)) if unit.startswith(UNNAMED) else unit
