"""A person's No: kept in the ledger through every later run until a person says Yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import holds_decided
from sync.core.prove.review import MadeFrom, Review
from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, Outcome
from sync.core.values.proposal import Hold, Proposal
from sync.usecases.guards import earlier_review, keep_decisions, rows_of_run
from tests.usecases.office import Office, made_from, outcomes

NOTE = "Disputed: do not show paid until Luc calls"


def paid(office: Office, *numbers: int) -> None:
    """Invoices that are paid in Sage and not yet in Manage."""
    for number in numbers:
        office.invoice(number, "100.00")
        office.receipt(number, "40.00")


def decided(review: Review, key: str = "1001", *, approve: bool = False, note: str = NOTE) -> list[Decision]:
    """What a workbook says in which one row was decided on, and all others are as proposed."""
    return [
        Decision(key=row.key, approve=approve if row.key == key else row.approve, note=note if row.key == key else "")
        for row in review.rows
    ]


def held(office: Office) -> Review:
    """The next sync after a push in which 1001 was set to No."""
    paid(office, 1001, 1002)
    review = office.sync()
    office.push_decided(review.run.id, decided(review))
    return office.sync()


def row_of(review: Review, key: str = "1001") -> Proposal:
    """The row of an invoice."""
    return next(row for row in review.rows if row.key == key)


def test_a_no_is_a_hold_in_every_later_run(office: Office) -> None:
    """With who, when and the note; it is not pushed by default."""
    row = row_of(held(office))
    assert (row.approve, row.approvable, row.reason.sentences[:2]) == (
        False,
        True,
        (say("row-held-by", user="marie", day=date(2026, 4, 10)) + say("row-held-note", note=NOTE)).sentences,
    )
    office.push(office.sync())
    assert office.shown(1001) == ("0.00", None)


def test_it_stays_whatever_changes_about_the_row(office: Office) -> None:
    """Another receipt, a part payment that becomes payment in full."""
    held(office)
    office.receipt(1001, "60.00")
    row = row_of(office.sync())
    assert (str(row.paid_proposed), row.approve) == ("100.00", False)


def test_a_person_s_yes_releases_it(office: Office) -> None:
    """It is pushed, and later receipts of the invoice are proposed as any others."""
    review = held(office)
    assert outcomes(office.push_decided(review.run.id, decided(review, approve=True))) == {"1001": Outcome.POSTED}
    office.receipt(1001, "60.00")
    assert row_of(office.sync()).approve is True


def test_it_stays_where_the_site_is_spelled_otherwise(office: Office) -> None:
    """A company id in capitals, typed anew into the settings, is no other company: nothing is forgotten for it."""
    older = held(office)
    office.login, office.address = office.login.upper(), f"{office.address}:443"
    assert outcomes(office.push_decided(older.run.id, decided(older))) == {}
    row = row_of(office.sync())
    assert (row.approve, row.hold is not None) == (False, True)


def test_it_is_bound_to_number_and_customer(office: Office) -> None:
    """A restored backup of Sage gives the same row number to another invoice: neither hold nor note is its own."""
    held(office)
    documents = office.books.documents
    documents[:] = [replace(each, customer_id=8, customer="Vireo") if each.id == 1001 else each for each in documents]
    review = office.sync()
    assert (row_of(review).hold, review.item_of(row_of(review))) == (None, None)


def test_a_row_that_nobody_has_to_approve_is_held_by_nobody(office: Office) -> None:
    """Its No is the proposal's own: what becomes ready later is approved."""
    office.invoice(1001, "100.00", manage_total="110.00")
    office.receipt(1001, "100.00")
    review = office.sync()
    office.push(review)
    assert office.ledger.holds(review.run.company) == {}


def said(
    review: Review,
    decisions: Iterable[Decision],
    kept: Mapping[str, Hold],
    before: Iterable[Decision] = (),
    *,
    later: timedelta = timedelta(hours=1),
) -> list[Hold]:
    """What decisions on a review hold and release, some time after it was shown."""
    rows, earlier = {row.key: row for row in review.rows}, {each.key: each for each in before}
    return holds_decided(decisions, review.run, rows, earlier, kept, "marie", review.run.started + later)


def test_a_no_holds_whatever_else_was_changed_in_its_row(office: Office) -> None:
    """A cell beside it that was edited, or the row standing twice, one of them with Yes: the No is not forgotten."""
    paid(office, 1001, 1002)
    review = office.sync()
    no = Decision(key="1001", approve=False, note=NOTE, objection=say("edited"))
    yes = replace(no, approve=True, note="")
    for decisions in ([no], [yes, no], [no, yes], [no, no]):
        assert [(each.key, each.released, each.note) for each in said(review, decisions, {})] == [("1001", False, NOTE)]
    dated = Decision(key="1002", approve=True, until=date(2026, 4, 20), objection=say("edited"))
    keep(office, review, [no, dated])
    rows = [row_of(office.sync(), key) for key in ("1001", "1002")]
    assert [(row.approve, row.hold is not None) for row in rows] == [(False, True)] * 2


def test_a_hold_keeps_its_day_and_a_refused_yes_decides_nothing(office: Office) -> None:
    """The same workbook once more adds nothing; the Yes of a row that was edited says nothing."""
    review = held(office)
    (hold,) = office.ledger.holds(review.run.company).values()
    assert hold == Hold(
        key="1001", invoice="1001", customer_id=7, user="marie", at=hold.at, note=NOTE, owner="", released=False
    )
    again = decided(review, note="other")
    assert said(review, again, {"1001": hold}) == []
    edited = [replace(each, approve=True, objection=say("edited")) for each in again]
    assert said(review, [*edited, Decision(key="9", approve=True)], {}) == []


@pytest.mark.parametrize("until", [None, date(2026, 5, 1)])
def test_a_no_in_a_row_that_is_refused_as_it_stands_is_a_no(office: Office, until: date | None) -> None:
    """A cell beside it was edited, or the row copied: it is not pushed now, and not proposed as Yes the next time."""
    paid(office, 1001)
    review = office.sync()
    keep(office, review, [Decision(key="1001", approve=until is not None, until=until, objection=say("edited"))])
    row = row_of(office.sync())
    assert (row.approve, row.hold and row.hold.until) == (False, until)


def test_a_last_word_is_never_lost(office: Office) -> None:
    """Yes, then No again before anything was pushed; No, then Yes in one file; an older hold of another number."""
    review = held(office)
    kept = office.ledger.holds(review.run.company)
    yes, no = decided(review, approve=True), decided(review)
    (released,) = said(review, yes, kept)
    assert [each.released for each in said(review, no, {"1001": released}, yes)] == [False]
    plain = replace(review, rows=[replace(row_of(review), hold=None)])
    (said_no,) = said(plain, [Decision(key="1001", approve=False)], {})
    (said_yes,) = said(plain, [Decision(key="1001", approve=True)], {"1001": said_no}, no)
    assert (said_no.released, said_yes.released) == (False, True)
    other = {"1001": replace(said_no, invoice="9", at=review.run.started)}
    assert len(said(plain, [Decision(key="1001", approve=False)], other)) == 1
    assert said(plain, [Decision(key="1001", approve=False, blank=True)], {}) == []


def test_an_older_sheet_takes_nothing_back_that_was_said_since(office: Office) -> None:
    """Its Yes is only as it was shown: the hold that a later review brought stands, and so does the later note."""
    paid(office, 1001, 1002)
    older = office.sync()
    newer = office.sync()
    keep(office, newer, decided(newer))
    assert keep(office, older, decided(older, approve=True, note="")) == ()
    review = office.sync()
    item = review.item_of(row_of(review))
    assert item is not None
    assert (row_of(review).approve, item.note) == (False, NOTE)


def test_what_somebody_says_on_an_older_sheet_counts(office: Office) -> None:
    """A No that was never on record; a row that was held when the sheet was shown, and is set to Yes there."""
    paid(office, 1001, 1002)
    older = office.sync()
    office.sync()
    keep(office, older, decided(older))
    shown = office.sync()
    assert row_of(shown).approve is False
    office.sync()
    keep(office, shown, decided(shown, approve=True))
    assert row_of(office.sync()).approve is True


def test_a_no_that_was_left_blank_before_is_a_hold(office: Office) -> None:
    """A blank cell is on record as not approved, which is no hold yet."""
    paid(office, 1001)
    review = office.sync()
    keep(office, review, [Decision(key="1001", approve=False, blank=True)])
    assert office.ledger.holds(review.run.company) == {}
    keep(office, review, [Decision(key="1001", approve=False)])
    assert row_of(office.sync()).hold is not None


def keep(office: Office, review: Review, decisions: list[Decision]) -> Sequence[Text]:
    """Put on record what a sheet of this review says; what is to be said of it."""
    office.clock.pass_by(timedelta(seconds=1))
    reviewed = rows_of_run(office.ledger, review.run.id)
    return tuple(keep_decisions(office.ledger, office.person, office.clock, reviewed, decisions)[1])


def test_decisions_in_a_file_are_kept_before_it_is_written_over(office: Office) -> None:
    """Without a push; reading the same file again records nothing."""
    paid(office, 1001)
    review = office.sync()
    for _ in range(2):
        keep(office, review, decided(review))
    head = office.ledger.head()
    keep(office, review, decided(review))
    assert (office.ledger.head(), row_of(office.sync()).approve) == (head, False)


def test_a_file_of_another_company_is_not_written_over(office: Office) -> None:
    """Nor one of a ledger that is not here; of one's own the rows are as they were shown."""
    paid(office, 1001)
    review = office.sync()
    with pytest.raises(SetupError, match="sync-file-of-other-review"):
        earlier_review(office.ledger, office.systems, MadeFrom(run="20200101-000000-0000", printed=None), "review.xlsx")
    office.login = "other"
    with pytest.raises(SetupError, match="sync-file-of-other-review"):
        earlier_review(office.ledger, office.systems, made_from(review), "review.xlsx")


def test_a_file_of_another_ledger_of_the_same_runs_is_not_written_over(office: Office) -> None:
    """As at a push: a restored ledger holds other decisions; one that has only grown since is the same."""
    paid(office, 1001)
    review = office.sync()
    keep(office, review, decided(review))
    earlier = earlier_review(office.ledger, office.systems, made_from(review), "review.xlsx")
    assert earlier.run == review.run
    for made, why in (
        (made_from(review, hash="0" * 16), "head-row-differs"),
        (made_from(review, rows=9_999), "head-rows-missing"),
        (MadeFrom(run=review.run.id, printed=None), "head-not-printed"),
    ):
        with pytest.raises(SetupError, match=rf"{why}.*sync-file-of-other-review"):
            earlier_review(office.ledger, office.systems, made, "review.xlsx")
