"""An invoice of another number in Manage, accepted by a person: on record, used by every sync, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.periods import day_of
from sync.core.values.policy import Policy
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Proposal, Status
from sync.usecases.accept_match import accept, accepted, take_back
from tests.usecases.office import Office, outcomes, statuses


@pytest.fixture
def lost(office: Office) -> Office:
    """Invoice 1042 in Sage is 01042 in Manage, and a sync has said that it is not there."""
    return another_number(office, "01042")


def another_number(office: Office, number: str) -> Office:
    """Invoice 1042 in Sage has another number in Manage."""
    office.invoice(1042, "113.00")
    office.receipt(1042, "113.00")
    renumber(office, number)
    office.sync()
    return office


def renumber(office: Office, number: str, **changes: Any) -> None:  # noqa: ANN401 - any field of the invoice
    """Change the invoice in Manage."""
    theirs = office.site.invoices_[101_042]
    office.site.invoices_[101_042] = replace(theirs, number=number, **changes)


def row(review: Review) -> Proposal:
    """The row of invoice 1042."""
    return next(each for each in review.rows if each.invoice == "1042")


def test_a_near_number_is_named_and_pays_nothing(lost: Office) -> None:
    """Whatever the two have in common."""
    review = lost.sync()
    near = say(
        "near-invoice",
        number="01042",
        customer="Boréal inc.",
        total=lost.site.invoices_[101_042].total,
        how=(say("near-customer-and-total"), say("near-zeros")),
    )
    assert row(review).status is Status.NOT_IN_MANAGE
    assert row(review).reason == say("row-not-in-manage") + say("row-near-invoices", near=(near,))
    assert lost.push(review).postings == ()
    assert lost.shown(1042)[0] == "0.00"


def test_what_a_person_accepted_is_the_pair_from_the_next_sync_on(lost: Office) -> None:
    """The reason says whose word it is and of which day; the push finds the invoice by its own number."""
    match = accept(lost.systems, lost.seat, "1042", "01042")
    assert (match.user, match.invoice_id, match.manage_number) == ("marie", 101_042, "01042")
    review = lost.sync()
    said = say("row-match-accepted", number="01042", user="marie", day=day_of(match.at, None))
    assert (row(review).status, row(review).approve, row(review).invoice_id) == (Status.READY, True, 101_042)
    assert row(review).reason.sentences[-1:] == said.sentences
    assert outcomes(lost.push(review)) == {"1042": Outcome.POSTED}
    assert lost.shown(1042)[0] == "113.00"
    assert statuses(lost.sync()) == {"1042": "in_agreement"}
    assert accepted(lost.systems, lost.seat) == [match]


def test_what_was_taken_back_is_no_pair_any_more(lost: Office) -> None:
    """Also for a review that was made before."""
    accept(lost.systems, lost.seat, "1042", "01042")
    review = lost.sync()
    lost.person = replace(lost.person, user="luc")
    undone = take_back(lost.systems, lost.seat, "1042")
    assert (undone.user, undone.undone, accepted(lost.systems, lost.seat)) == ("luc", True, [])
    assert outcomes(lost.push(review)) == {"1042": Outcome.STALE}
    assert row(lost.sync()).status is Status.NOT_IN_MANAGE


@pytest.mark.parametrize("changes", [{"number": "01042 B"}, {"number": "01042", "id": 7}])
def test_an_invoice_that_is_no_longer_the_one_that_was_accepted_is_not_paid(
    lost: Office, changes: dict[str, Any]
) -> None:
    """Renumbered, or deleted and made again: a person looks again; a push meanwhile is stale."""
    accept(lost.systems, lost.seat, "1042", "01042")
    review = lost.sync()
    renumber(lost, **changes)
    if "id" in changes:
        lost.site.add(lost.site.invoices_.pop(101_042))
    assert outcomes(lost.push(review)) == {"1042": Outcome.STALE}
    assert row(lost.sync()).status is Status.NOT_IN_MANAGE


def test_a_document_that_is_no_longer_the_one_that_was_accepted_is_not_pushed(lost: Office) -> None:
    """Row ids are used again where an older backup was restored and worked on."""
    accept(lost.systems, lost.seat, "1042", "01042")
    lost.books.documents = [
        replace(each, customer_id=8, customer="Autre ltée") if each.id == 1042 else each
        for each in lost.books.documents
    ]
    assert row(lost.sync()).status is Status.NOT_IN_MANAGE


def test_a_document_that_bears_the_accepted_number_makes_both_ambiguous(lost: Office) -> None:
    """Entered later in Sage, of the same customer and total: nobody guesses, at the sync or at the push."""
    accept(lost.systems, lost.seat, "1042", "01042")
    review = lost.sync()
    lost.invoice(2042, "113.00")
    del lost.site.invoices_[102_042]
    lost.books.documents[-1] = replace(lost.books.documents[-1], number="01042")
    assert outcomes(lost.push(review)) == {"1042": Outcome.STALE}
    assert row(lost.sync()).status is Status.AMBIGUOUS
    lost.receipt(2042, "113.00")
    assert statuses(lost.sync()) == {"1042": "ambiguous", "01042": "ambiguous"}


def test_a_row_is_named_by_its_key_where_its_number_stands_twice(lost: Office) -> None:
    """Or not at all."""
    lost.invoice(3042, "20.00")
    lost.receipt(3042, "20.00")
    del lost.site.invoices_[103_042]
    lost.books.documents[-1] = replace(lost.books.documents[-1], number="1042")
    lost.sync()
    with pytest.raises(SetupError, match="match-several-rows"):
        accept(lost.systems, lost.seat, "1042", "01042")
    accept(lost.systems, lost.seat, "3042", "01042")
    assert [each.key for each in accepted(lost.systems, lost.seat)] == ["3042"]


def test_an_invoice_whose_number_holds_what_cannot_be_seen_is_accepted_as_it_looks(office: Office) -> None:
    """Nobody can type a zero-width space."""
    another_number(office, "10\u200b42")
    match = accept(office.systems, office.seat, "1042", "1042")
    assert match.manage_number == "10\u200b42"
    assert outcomes(office.push(office.sync())) == {"1042": Outcome.POSTED}


@pytest.mark.parametrize(
    ("invoice", "number", "why"),
    [("1043", "01042", "match-not-among-rows"), ("1042", "77", "match-not-one-in-manage")],
)
def test_what_is_not_there_cannot_be_accepted(lost: Office, invoice: str, number: str, why: str) -> None:
    """Neither a row that has its invoice, nor a number that Manage does not have."""
    with pytest.raises(SetupError, match=why):
        accept(lost.systems, lost.seat, invoice, number)
    assert accepted(lost.systems, lost.seat) == []


def test_one_of_two_invoices_of_a_number_is_not_chosen(lost: Office) -> None:
    """A person would not know which was meant."""
    lost.site.add(replace(lost.site.invoices_[101_042], id=9))
    with pytest.raises(SetupError, match="match-not-one-in-manage"):
        accept(lost.systems, lost.seat, "1042", "01042")


def test_before_the_first_sync_there_is_nothing_to_accept(office: Office) -> None:
    """Nor to list, nor to take back."""
    for attempt in (
        lambda: accept(office.systems, office.seat, "1042", "01042"),
        lambda: take_back(office.systems, office.seat, "1042"),
        lambda: accepted(office.systems, office.seat),
    ):
        with pytest.raises(SetupError, match="match-needs-a-sync"):
            attempt()


def test_what_was_never_accepted_cannot_be_taken_back(lost: Office) -> None:
    """It is said."""
    with pytest.raises(SetupError, match="match-not-among-rows"):
        take_back(lost.systems, lost.seat, "1042")


@pytest.mark.parametrize("number", ["1042\u00a0", "\t1042", "TOR-1042", "MTL-1042\u200b", " 1042"])
def test_prefixes_and_what_cannot_be_seen_make_no_other_number(office: Office, number: str) -> None:
    """From the sync, which reads the list, to the push, which asks by name; on the side of Manage."""
    office.policy = Policy(invoice_prefix=("TOR-", "MTL-"))
    another_number(office, number)
    assert outcomes(office.push(office.sync())) == {"1042": Outcome.POSTED}
    assert office.shown(1042)[0] == "113.00"


@pytest.mark.parametrize("number", ["1042\u00a0", "\ufeff1042", "TOR-1042", "MTL-1042\t"])
def test_the_same_holds_on_the_side_of_sage(office: Office, number: str) -> None:
    """The row shows the number without what cannot be seen."""
    office.policy = Policy(invoice_prefix=("TOR-", "MTL-"))
    office.invoice(1042, "113.00")
    office.receipt(1042, "113.00")
    office.books.documents[-1] = replace(office.books.documents[-1], number=number)
    pushed = office.push(office.sync())
    assert outcomes(pushed) == {number.strip("\u00a0\ufeff\t"): Outcome.POSTED}
