"""Balances are read once more after a push or an undo, and roll forward from one reading to the next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Evidence
from sync.core.prove.roll_forward import RollForward
from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.errors import Unavailable
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.posting import Outcome
from sync.core.values.records import Reading, Wanted
from sync.usecases.closing import read_closing
from sync.usecases.push import Stopped
from tests.usecases.office import Office, outcomes

UNANSWERED = say("Sage does not answer.")


def differences(rolled: RollForward | None) -> tuple[str, str, str, str]:
    """Opening, posted, changed by others, closing, in Canadian dollars."""
    assert rolled is not None
    whole = rolled.total("CAD")
    assert rolled.gap("CAD") == whole.moved == ZERO
    return str(whole.opening), str(whole.posted), str(whole.others), str(whole.closing)


def classes(rolled: RollForward | None) -> dict[DifferenceClass | None, str]:
    """The closing difference of each class that is not zero."""
    assert rolled is not None
    return {move.reason: str(move.closing) for move in rolled.moves if move.closing != ZERO}


@pytest.fixture
def two_paid(office: Office) -> Office:
    """Two invoices that Sage has settled, one of them in part."""
    office.invoice(1001, "113.00")
    office.invoice(1002, "200.00")
    office.receipt(1001, "113.00")
    office.receipt(1002, "50.00")
    return office


def test_a_push_is_rolled_forward_to_what_is_left(two_paid: Office) -> None:
    """The pack closes after the push: what was posted is no difference any more."""
    pushed = two_paid.push(two_paid.sync())
    audit = two_paid.audit(pushed.run.id)
    assert differences(audit.rolled.within) == ("-163.00", "163.00", "0.00", "0.00")
    assert audit.rolled.closing is not None
    assert (audit.balances, audit.rolled.before) == (audit.rolled.closing.tie_out, None)
    assert pushed.notices == ()


def test_what_is_held_at_the_push_is_held_at_the_closing(two_paid: Office) -> None:
    """Classed anew: a No makes it held."""
    review = two_paid.sync()
    two_paid.push(review, approve={"1002": False})
    rolled = two_paid.audit(review.run.id).rolled.within
    assert (differences(rolled), classes(rolled)) == (
        ("-163.00", "113.00", "0.00", "-50.00"),
        {DifferenceClass.HELD: "-50.00"},
    )


def test_what_others_changed_meanwhile_is_named(two_paid: Office) -> None:
    """A receipt entered between sync and push is what the next push would write; a changed record is one too."""
    review = two_paid.sync()
    two_paid.invoice(1003, "75.00")
    two_paid.receipt(1003, "75.00", entered_on=date(2026, 4, 10))
    two_paid.push(review)
    rolled = two_paid.audit(review.run.id).rolled.within
    assert rolled is not None
    assert differences(rolled) == ("-163.00", "163.00", "-75.00", "-75.00")
    assert [(each.invoice, str(each.change), each.text) for each in rolled.others] == [
        ("1003", "-75.00", say("roll-agreed-before"))
    ]
    assert classes(rolled) == {DifferenceClass.TO_PUSH: "-75.00"}


def test_an_undo_is_rolled_forward_too(two_paid: Office) -> None:
    """Back to where it was; the last reading counts."""
    review = two_paid.sync()
    two_paid.push(review)
    two_paid.undo(review.run.id)
    assert differences(two_paid.audit(review.run.id).rolled.within) == ("-163.00", "0.00", "0.00", "-163.00")


def test_a_push_that_sends_nothing_reads_nothing(two_paid: Office) -> None:
    """The balances of the sync are those of the pack."""
    review = two_paid.sync()
    two_paid.push(review, approve={"1001": False, "1002": False})
    audit = two_paid.audit(review.run.id)
    assert (audit.rolled.closing, audit.rolled.within) == (None, None)
    assert audit.balances == review.evidence.tie_out


def test_one_run_s_closing_is_the_next_one_s_opening(two_paid: Office) -> None:
    """Or what differs is named: here somebody lowers a payment in Manage."""
    two_paid.push(two_paid.sync())
    quiet = two_paid.sync()
    assert differences(two_paid.audit(quiet.run.id).rolled.before) == ("0.00", "0.00", "0.00", "0.00")
    record = two_paid.site.records[101_001][0]
    two_paid.site.add(two_paid.site.invoices_[101_001], replace(record, amount=Decimal("100.00")))
    rolled = two_paid.audit(two_paid.sync().run.id).rolled.before
    assert rolled is not None
    assert (differences(rolled), [each.invoice for each in rolled.others]) == (
        ("0.00", "0.00", "-13.00", "-13.00"),
        ["1001"],
    )


def test_balances_that_cannot_be_read_are_said_and_undo_nothing(
    two_paid: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is done; until a sync reads them, the pack has those of before the push."""
    review = two_paid.sync()
    read = two_paid.books.read

    def once(wanted: Wanted) -> Reading:
        if wanted.balances:
            raise Unavailable(UNANSWERED)
        return read(wanted)

    monkeypatch.setattr(two_paid.books, "read", once)
    pushed = two_paid.push(review)
    assert {each.value for each in outcomes(pushed).values()} == {"posted"}
    assert pushed.notices == (say("closing-not-read", why=UNANSWERED),)
    assert two_paid.audit(review.run.id).rolled.closing is None
    monkeypatch.setattr(two_paid.books, "read", read)
    later = two_paid.sync()
    rolled = two_paid.audit(review.run.id).rolled
    assert rolled.closing is not None
    assert (rolled.closing.run, differences(rolled.within)[3]) == (later.run.id, "0.00")


def test_an_interruption_while_they_are_read_changes_nothing_of_the_push(
    two_paid: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after the last row."""
    review = two_paid.sync()
    read = two_paid.books.read

    def interrupted(wanted: Wanted) -> Reading:
        if wanted.balances:
            raise KeyboardInterrupt
        return read(wanted)

    monkeypatch.setattr(two_paid.books, "read", interrupted)
    pushed = two_paid.push(review)
    assert pushed.successful
    assert pushed.notices == (say("closing-not-read", why=say("push-cut-short")),)


def test_a_defect_while_they_are_read_hides_no_row(two_paid: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Money comes first: the rows that were written are told beside it."""
    review = two_paid.sync()
    read = two_paid.books.read

    def broken(wanted: Wanted) -> Reading:
        if wanted.balances:
            raise ZeroDivisionError
        return read(wanted)

    monkeypatch.setattr(two_paid.books, "read", broken)
    with pytest.raises(Stopped) as stopped:
        two_paid.push(review)
    assert [each.invoice for each in stopped.value.ended] == ["1001", "1002"]


def test_a_run_without_a_reading_rolls_nothing(two_paid: Office) -> None:
    """A run recorded without evidence, as by a later version, has nothing to compare."""
    review = two_paid.sync()
    two_paid.ledger.begin(replace(review.run, id="20260410-000000-ffff"), [])
    rolled = two_paid.audit("20260410-000000-ffff").rolled
    assert (rolled.before, rolled.within, rolled.closing) == (None, None, None)


def test_a_write_that_is_found_later_is_posted_once_and_by_nobody_else(two_paid: Office) -> None:
    """Its record is not to be seen yet, but the balances show it: only the next sync says whose it is.

    A push reads none then: Manage may still be silent, or late.
    """
    review, site = two_paid.sync(), two_paid.site
    site.late[101_002] = ()
    pushed = two_paid.push(review)
    assert outcomes(pushed)["1002"] is Outcome.UNKNOWN
    assert (pushed.notices, two_paid.audit(review.run.id).rolled.closing) == (
        (say("closing-not-read", why=say("closing-write-in-doubt")),),
        None,
    )
    read_closing(two_paid.systems, two_paid.policy, two_paid.seat, review.run)
    site.late.clear()
    first = two_paid.audit(review.run.id).rolled.within
    assert (differences(first), named(first)) == (
        ("-163.00", "113.00", "50.00", "0.00"),
        [("1002", say("roll-write-in-doubt"))],
    )
    later = two_paid.sync()
    assert differences(two_paid.audit(review.run.id).rolled.within) == ("-163.00", "163.00", "0.00", "0.00")
    before = two_paid.audit(later.run.id).rolled.before
    assert (differences(before), named(before)) == (("0.00", "0.00", "0.00", "0.00"), [])


def named(rolled: RollForward | None) -> list[tuple[str, Text]]:
    """The invoices that others changed, and what is said of each."""
    assert rolled is not None
    return [(each.invoice, each.text) for each in rolled.others]


def test_balances_of_a_list_that_is_not_whole_are_no_closing(two_paid: Office) -> None:
    """An invoice that Manage leaves out of its list is not one that somebody changed."""
    two_paid.invoice(1003, "75.00")
    review = two_paid.sync()
    two_paid.site.hidden = {101_003}
    pushed = two_paid.push(review)
    assert pushed.notices == (say("closing-not-read", why=say("closing-list-not-whole")),)
    assert two_paid.audit(review.run.id).rolled.closing is None


def test_a_sync_beside_such_a_list_is_no_closing_either_and_rolls_nothing(two_paid: Office) -> None:
    """The next one that has all invoices is; what is left out in between is nobody's change."""
    two_paid.invoice(1003, "75.00")
    review = two_paid.sync()
    two_paid.site.hidden = {101_003}
    two_paid.push(review)
    part = two_paid.sync()
    assert two_paid.audit(review.run.id).rolled.closing is None
    rolled = two_paid.audit(part.run.id).rolled
    assert (rolled.before, rolled.within) == (None, None)
    two_paid.site.hidden = set()
    later = two_paid.sync()
    within, before = two_paid.audit(review.run.id).rolled, two_paid.audit(later.run.id).rolled.before
    assert within.closing is not None
    assert (within.closing.run, differences(within.within), named(within.within)) == (
        later.run.id,
        ("-163.00", "163.00", "0.00", "0.00"),
        [],
    )
    assert named(before) == []


def test_a_sync_that_read_no_balances_is_no_reading(two_paid: Office) -> None:
    """It is on record, and there is nothing in it to compare."""
    review = two_paid.sync()
    two_paid.ledger.begin(replace(review.run, id="20260410-000000-ffff"), [], Evidence())
    rolled = two_paid.audit("20260410-000000-ffff").rolled
    assert (rolled.before, rolled.within, rolled.closing) == (None, None, None)
