"""The words of outcomes, statuses and currencies, as people read them."""

from __future__ import annotations

from sync.core.labels import OUTCOMES, STATUSES, counted, currency
from sync.core.posting import Outcome
from sync.core.proposal import UNNAMED, Status


def test_every_outcome_and_status_has_its_word() -> None:
    """In English that of the value, as scripts and the README have it."""
    assert {outcome: text.english for outcome, text in OUTCOMES.items()} == {each: each.value for each in Outcome}
    assert {status: text.english for status, text in STATUSES.items()} == {
        each: each.value.replace("_", " ") for each in Status
    }


def test_how_many_rows_ended_how_is_listed_in_the_order_given() -> None:
    """With commas between, and nothing around a single one."""
    several = {Outcome.REFUSED: 1, Outcome.POSTED: 30, Outcome.UNKNOWN: 2}
    assert str(counted(several)) == "1 refused, 30 posted, 2 unknown"
    assert str(counted({Outcome.STALE: 1})) == "1 stale"


def test_a_currency_is_shown_by_its_code_or_by_sage_s_number() -> None:
    """A currency without a name is told apart by its number."""
    assert [str(currency(unit)) for unit in ("CAD", f"{UNNAMED}7")] == ["CAD", "currency 7"]
