"""The words of outcomes, statuses and currencies, as people read them."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from sync.core.values.labels import CHOICES, OUTCOMES, STATUSES, collated, counted, currency, window_words
from sync.core.values.messages import Text
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Status
from sync.language.catalogues import ENGLISH


def test_every_outcome_status_and_start_date_choice_has_its_word() -> None:
    """In English that of the value, as scripts and the README have it."""
    assert {each: each.value for each in Outcome} == {each: text.said(ENGLISH) for each, text in OUTCOMES.items()}
    statuses = {each: text.said(ENGLISH).lower() for each, text in STATUSES.items()}
    assert {each: each.value.replace("_", " ") for each in Status} == {
        each: word.replace("-", " ") for each, word in statuses.items()
    }
    assert list(Choice) == list(CHOICES)


def test_how_many_rows_ended_how_is_listed_in_the_order_given() -> None:
    """With commas between, and nothing around a single one."""
    several = {Outcome.REFUSED: 1, Outcome.POSTED: 30, Outcome.UNKNOWN: 2}
    assert counted(several).said(ENGLISH) == "1 refused, 30 posted, 2 unknown"
    assert counted({Outcome.STALE: 1}).said(ENGLISH) == "1 stale"


def test_a_currency_is_shown_by_its_code_or_by_sage_s_number() -> None:
    """A currency that Sage gives no code is told apart by its number."""
    shown = [currency(unit) for unit in ("CAD", f"{UNNAMED}7")]
    assert [text.said(ENGLISH) if isinstance(text, Text) else text for text in shown] == ["CAD", "currency 7"]


def test_a_window_says_its_days_and_how_they_were_chosen() -> None:
    """And that an End Date was set, where one was."""
    week = Window(since=Since(choice=Choice.PAST_WEEK), start=date(2026, 4, 3), end=date(2026, 4, 10))
    said = [window_words(each).said(ENGLISH) for each in (week, replace(week, bounded=True))]
    assert said == ["2026-04-03 to 2026-04-10, Past Week", "2026-04-03 to 2026-04-10, Past Week, End Date set"]


def test_names_are_sorted_where_people_look_for_them() -> None:
    """Accents and capitals make no difference: not as code points, where É comes after Z."""
    people = ["Acier Lévis", "Cèdre Rouge", "city of Maplewood", "Coopérative", "eau claire", "École", "Élan", "Zed"]
    assert sorted(sorted(people, reverse=True), key=collated) == people
