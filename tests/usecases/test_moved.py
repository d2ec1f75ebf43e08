"""A receipt that moved in Sage: both rows say so, and no default shows the money twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.values.errors import Refused
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, Outcome
from sync.core.values.proposal import Proposal
from tests.usecases.office import Office, outcomes, statuses

RECEIPT = Decimal("100.00")
VALUES: dict[str, Any] = {"receipt": "RC1", "amount": RECEIPT, "old": "1001", "new": "1002"}


@pytest.fixture
def moved(office: Office) -> Office:
    """RC1 was pushed on invoice 1001; since then it stands on 1002, and 1001 shows no trace of it."""
    office.invoice(1001, "100.00")
    office.invoice(1002, "100.00")
    entry = office.receipt(1001, "100.00", number="RC1")
    office.push(office.sync())
    office.books.entries.remove(entry)
    office.receipt(1002, "100.00", number="RC1", entered_on=date(2026, 4, 10))
    return office


def rows(review: Review) -> dict[str, Proposal]:
    """By invoice number."""
    return {row.invoice: row for row in review.rows}


def listened(heard: list[Text], what: Sequence[Text], why: Sequence[Text]) -> bool:
    """Keep what is said, and say yes."""
    heard += [*what, *why]
    return True


def asked(office: Office, review: Review, *invoices: str) -> tuple[Sequence[Text], Sequence[Text]]:
    """What a push of these invoices alone says before the first write, and what has to be confirmed."""
    heard: list[tuple[Sequence[Text], Sequence[Text]]] = []

    def refuse(what: Sequence[Text], why: Sequence[Text], _: object) -> bool:
        heard.append((what, why))
        return False

    decisions = [Decision(key=row.key, approve=row.invoice in invoices) for row in review.rows]
    with pytest.raises(Refused):
        office.push_decided(review.run.id, decisions, refuse)
    return heard[0]


def test_both_rows_name_the_other_and_the_defaults_push_neither(moved: Office) -> None:
    """The row that the receipt left is found by its balance, though nothing was entered on it."""
    review = moved.sync()
    old, new = rows(review)["1001"], rows(review)["1002"]
    said = say("row-receipt-moved", date=date(2026, 4, 7), **VALUES)
    assert statuses(review) == {"1001": "reopened", "1002": "ready"}
    assert [Text(row.reason.sentences[-1:]) for row in (old, new)] == [said, said]
    assert (old.approve, new.approve) == (False, False)
    assert moved.push(review).postings == ()
    assert (moved.shown(1001)[0], moved.shown(1002)[0]) == ("100.00", "0.00")


def test_both_together_are_pushed_without_a_word_about_the_move(moved: Office) -> None:
    """What was named at the review is no change since it: neither is stale."""
    review = moved.sync()
    what, why = asked(moved, review, "1001", "1002")
    assert not [text for text in (*what, *why) if "push-moved" in str(text)]
    pushed = moved.push(review, approve={"1001": True, "1002": True})
    assert outcomes(pushed) == {"1001": Outcome.POSTED, "1002": Outcome.POSTED}
    assert (moved.shown(1001)[0], moved.shown(1002)[0]) == ("0.00", "100.00")


@pytest.mark.parametrize(
    ("alone", "sentence"), [("1001", "push-moved-shown-nowhere"), ("1002", "push-moved-shown-twice")]
)
def test_one_of_them_alone_is_asked_about_before_the_first_write(moved: Office, alone: str, sentence: str) -> None:
    """It is said, and has to be confirmed."""
    said = Text(say("push-moved-shown-twice", **VALUES).sentences)
    said = replace(said, sentences=(replace(said.sentences[0], id=sentence),))
    what, why = asked(moved, moved.sync(), alone)
    assert (said in what, said in why) == (True, True)
    assert moved.site.writes[1:] == []


def test_the_other_of_them_pushed_later_from_the_same_review_is_not_alone(moved: Office) -> None:
    """Manage shows the first as it should be by then."""
    review = moved.sync()
    moved.push(review, approve={"1001": True})
    heard: list[Text] = []
    decisions = [Decision(key=row.key, approve=True) for row in review.rows]
    pushed = moved.push_decided(review.run.id, decisions, lambda what, why, _: listened(heard, what, why))
    assert outcomes(pushed) == {"1001": Outcome.ALREADY, "1002": Outcome.POSTED}
    assert not [text for text in heard if "push-moved" in str(text)]


def test_the_row_that_is_left_is_approved_by_default_once_the_other_is_lowered(moved: Office) -> None:
    """The money can no longer be shown twice."""
    moved.push(moved.sync(), approve={"1001": True, "1002": False})
    assert rows(moved.sync())["1002"].approve


def test_an_undo_of_both_says_nothing_of_half_a_move(moved: Office) -> None:
    """It takes back what was written together."""
    review = moved.sync()
    moved.push(review, approve={"1001": True, "1002": True})
    heard: list[Text] = []
    moved.undo(review.run.id, lambda what, why, _: listened(heard, what, why))
    assert not [text for text in heard if "push-moved" in str(text)]
    assert (moved.shown(1001)[0], moved.shown(1002)[0]) == ("100.00", "0.00")


def test_without_a_ledger_the_amounts_tell(office: Office) -> None:
    """Manage shows 100.00 more than Sage on one invoice, and 100.00 less on another of the same customer."""
    office.invoice(1001, "150.00", office.record(1001, "150.00", date(2026, 3, 2)))
    office.receipt(1001, "50.00", number="RC0")
    office.invoice(1002, "100.00")
    office.receipt(1002, "100.00", number="RC1")
    review = office.sync()
    said = say("row-receipt-may-have-moved", date=date(2026, 4, 7), **VALUES)
    assert [Text(row.reason.sentences[-1:]) for row in review.rows] == [said, said]
    assert [row.approve for row in review.rows] == [False, False]
