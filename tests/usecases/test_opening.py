"""The go-live date: older differences are accepted once, in a statement, for as long as nothing about them changes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import Former
from sync.core.decide.opening import Opening
from sync.core.prove.figures import Disposition, disposition
from sync.core.prove.review import Review
from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since
from sync.core.values.posting import Decision, Outcome, Refusal
from sync.core.values.proposal import Proposal
from sync.ledger import run_records
from sync.usecases.sync import rebuild, show_nobody
from sync.usecases.watch import watch
from tests.usecases.office import LAST_RUN, PAST_MONTH, Office, outcomes, statuses

GO_LIVE = date(2026, 3, 15)
BEFORE, AFTER = date(2026, 3, 5), date(2026, 3, 20)
WEEK = Since(choice=Choice.PAST_WEEK)


def classes(review: Review) -> dict[str, DifferenceClass]:
    """The classes of the tie-out's differences, by invoice."""
    tied = review.evidence.tie_out
    return {} if tied is None else {item.invoice: item.reason for item in tied.items}


def opened(review: Review) -> dict[str, date | None]:
    """The statement that each row stands in, by invoice."""
    return {row.invoice: row.opening for row in review.rows}


def notices(review: Review) -> set[str]:
    """The ids of what is said of the run as a whole."""
    return {sentence.id for notice in review.run.notices for sentence in notice.sentences}


def row_of(review: Review, invoice: int) -> Proposal:
    """The row of an invoice."""
    return next(row for row in review.rows if row.invoice == str(invoice))


def on_record(office: Office) -> Opening:
    """The statement."""
    found = office.ledger.opening(next(iter(office.ledger.companies())))
    assert found is not None
    return found


@pytest.fixture
def history(office: Office) -> Office:
    """1001 and 1002 were paid before the go-live date and Manage shows nothing; 1003 after it; 1004 agrees."""
    office.go_live = GO_LIVE
    for number, day in ((1001, BEFORE), (1002, BEFORE), (1003, AFTER)):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00", dated=day, entered_on=day)
    office.invoice(1004, "70.00", office.record(1004, "70.00", BEFORE))
    office.receipt(1004, "70.00", dated=BEFORE, entered_on=BEFORE)
    return office


def test_the_first_sync_accepts_what_is_older_and_takes_in_what_is_not(history: Office) -> None:
    """Whatever its window: what was entered since is a row as any other, what agrees is none."""
    review = history.sync(WEEK)
    assert statuses(review) == {"1001": "ready", "1002": "ready", "1003": "ready"}
    assert opened(review) == {"1001": GO_LIVE, "1002": GO_LIVE, "1003": None}
    assert [row.approve for row in review.rows] == [row.opening is None for row in review.rows]
    assert all(row.approvable and row.hold is None for row in review.rows)
    assert classes(review) == {
        "1001": DifferenceClass.OPENING,
        "1002": DifferenceClass.OPENING,
        "1003": DifferenceClass.TO_PUSH,
    }
    assert {disposition(row) for row in review.rows if row.opening} == {Disposition.OPENING}
    assert "opening-made" in notices(review)


def test_what_was_adjusted_or_typed_in_since_is_no_history(history: Office) -> None:
    """Though invoice and receipt are older: an adjustment of it, and an invoice typed in later under an old date."""
    entries = history.books.entries
    own = next(each for each in entries if (each.document_id, each.kind) == (1001, 0))
    entries.append(replace(own, id=9001, amount=Decimal("-5.00"), entered_on=AFTER))
    late = next(each for each in entries if (each.document_id, each.kind) == (1002, 0))
    entries[entries.index(late)] = replace(late, entered_on=AFTER)
    assert opened(history.sync(WEEK)) == {"1001": None, "1002": None, "1003": None}


def test_the_statement_says_who_when_and_what(history: Office) -> None:
    """Its total is the tie-out's figure of the class."""
    review = history.sync()
    opening = on_record(history)
    assert (opening.run, opening.person, opening.at, opening.go_live) == (
        review.run.id,
        history.person,
        review.run.started,
        GO_LIVE,
    )
    (first, second) = opening.rows
    assert (first.key, first.invoice, first.customer_id, first.currency) == ("1001", "1001", 7, "CAD")
    assert [str(each) for each in (first.settled, first.paid, first.credits, first.difference)] == [
        "100.00",
        "0.00",
        "0.00",
        "-100.00",
    ]
    tied = review.evidence.tie_out
    assert tied is not None
    assert tied.explained("CAD", DifferenceClass.OPENING) == first.difference + second.difference
    assert tied.unexplained("CAD") == Decimal("0.00")


def test_without_a_go_live_date_all_is_taken_in_as_before(history: Office) -> None:
    """Nothing is accepted, no statement is made, and the window selects."""
    history.go_live = None
    review = history.sync()
    assert (statuses(review), classes(review)["1001"]) == ({"1003": "ready"}, DifferenceClass.NEVER_LOOKED_AT)
    assert history.ledger.opening(review.run.company) is None
    assert "opening-made" not in notices(review)


def test_later_syncs_leave_it_out_while_nothing_changes(history: Office) -> None:
    """No row and no open item; the tie-out names it. In a window that holds its receipt it says so again."""
    history.push(history.sync(WEEK))
    for _ in range(2):
        review = history.sync(LAST_RUN)
        assert (statuses(review), classes(review)) == (
            {},
            {"1001": DifferenceClass.OPENING, "1002": DifferenceClass.OPENING},
        )
        assert history.ledger.open_items(review.run.company) == {}
    wide = history.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 3, 1)))
    assert [opened(wide)[number] for number in ("1001", "1002")] == [GO_LIVE, GO_LIVE]
    assert classes(wide)["1001"] is DifferenceClass.OPENING
    assert history.ledger.open_items(wide.run.company) == {}


def test_the_statement_is_made_once(history: Office) -> None:
    """What is changed in Manage later is accepted by nobody, however old the invoice is."""
    history.sync()
    made = on_record(history)
    history.site.add(history.site.invoices_[101_004], history.record(1004, "60.00", BEFORE))
    review = history.sync()
    assert on_record(history) == made
    assert classes(review)["1004"] is DifferenceClass.NEVER_LOOKED_AT


def test_a_statement_of_nothing_is_one_too(office: Office) -> None:
    """Nothing differs: later differences are none of its business."""
    office.go_live = GO_LIVE
    office.sync()
    assert on_record(office).rows == ()
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00", dated=BEFORE, entered_on=BEFORE)
    review = office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 3, 1)))
    assert (opened(review), row_of(review, 1001).approve) == ({"1001": None}, True)


def test_a_new_receipt_takes_the_invoice_out_of_it(history: Office) -> None:
    """The row is as any other from then on, until it is settled."""
    history.sync(WEEK)
    history.row(1001, "100.00", entered_on=date(2026, 4, 9))
    history.receipt(1001, "40.00", entered_on=date(2026, 4, 9))
    for _ in range(2):
        review = history.sync(WEEK)
        row = row_of(review, 1001)
        assert (row.opening, row.approve, str(row.paid_proposed)) == (None, True, "40.00")
        assert classes(review)["1001"] is DifferenceClass.TO_PUSH
    history.push(review, approve={"1003": False})
    assert statuses(history.sync(WEEK)) == {"1001": "in_agreement", "1003": "ready"}


def test_an_equal_amount_entered_anew_takes_it_out_too(history: Office) -> None:
    """The figures are those of the statement, the receipts are not."""
    history.sync(WEEK)
    history.row(1001, "100.00", entered_on=date(2026, 4, 9))
    history.receipt(1001, "100.00", entered_on=date(2026, 4, 9))
    assert row_of(history.sync(WEEK), 1001).approve


def test_an_edit_in_manage_takes_it_out(history: Office) -> None:
    """In the next sync, whatever its window; and one that is put back while it waits stays a row."""
    history.sync(WEEK)
    history.site.add(history.site.invoices_[101_001], history.record(1001, "30.00", BEFORE))
    review = history.sync(WEEK)
    assert (row_of(review, 1001).opening, row_of(review, 1001).approve) == (None, True)
    history.site.add(history.site.invoices_[101_001])
    assert row_of(history.sync(WEEK), 1001).opening is None


def test_what_was_put_right_in_manage_is_no_row(history: Office) -> None:
    """Both systems agree: there is nothing to say."""
    history.sync(WEEK)
    history.site.add(history.site.invoices_[101_001], history.record(1001, "100.00", BEFORE))
    review = history.sync(WEEK)
    assert ("1001" in statuses(review), "1001" in classes(review)) == (False, False)


def test_a_yes_posts_it_as_any_other_and_undo_leaves_an_open_row(history: Office) -> None:
    """After the push it is no opening row: what is taken back waits for a person, and drift is a row."""
    review = history.sync(WEEK)
    pushed = history.push(review, approve={"1001": True})
    assert (outcomes(pushed)["1001"], history.shown(1001)[0]) == (Outcome.POSTED, "100.00")
    audit = history.audit(review.run.id)
    assert {row.invoice: audit.became(row) for row in audit.rows} == {
        "1001": Disposition.POSTED,
        "1002": Disposition.OPENING,
        "1003": Disposition.POSTED,
    }
    later = history.sync(WEEK)
    assert (statuses(later), set(classes(later))) == ({}, {"1002"})
    history.undo(review.run.id, keys=["1001"])
    assert history.audit(review.run.id).became(row_of(review, 1001)) is Disposition.WAITING
    again = history.sync(WEEK)
    assert (row_of(again, 1001).opening, classes(again)["1001"]) == (None, DifferenceClass.TO_PUSH)
    history.push(again)
    history.site.add(history.site.invoices_[101_001])
    assert statuses(history.sync(WEEK)) == {"1001": "changed_in_manage"}


def test_a_yes_that_was_refused_comes_back(history: Office) -> None:
    """A person wanted it, so that it waits for one."""
    review = history.sync(WEEK)
    history.site.before_write = lambda _: Refusal(message=say("No."))
    history.push(review, approve={"1001": True, "1003": False})
    history.site.before_write = lambda _: None
    assert set(history.ledger.open_items(review.run.company)) == {"1001", "1003"}
    assert row_of(history.sync(WEEK), 1001).opening is None


@pytest.mark.parametrize(
    ("decisions", "back"),
    [
        ([Decision(key="1001", approve=True)], True),
        ([Decision(key="1001", approve=True), Decision(key="1001", approve=False)], False),
        ([Decision(key="1001", approve=False, note="see 2019")], False),
        ([Decision(key="1001", approve=False, until=date(2026, 5, 1))], True),
    ],
    ids=["yes", "yes, then no", "a note", "a day to hold it until"],
)
def test_what_somebody_decides_of_it_brings_it_back(history: Office, decisions: list[Decision], *, back: bool) -> None:
    """The last word counts; a No is what it says already."""
    review = history.sync(WEEK)
    for decision in decisions:
        history.ledger.decide(review.run.id, [decision])
    assert ("1001" in history.ledger.open_items(review.run.company)) is back
    assert ("1001" in statuses(history.sync(WEEK))) is back


def test_what_cannot_be_compared_is_never_accepted(history: Office) -> None:
    """Unreadable, on two invoices, in another currency: a person has to see to it."""
    entry = history.receipt(1001, "1.00", dated=BEFORE, entered_on=BEFORE)
    history.books.entries[-1] = replace(entry, amount=None, flaw=say("No amount."))
    twin = history.site.invoices_[101_002]
    for place in (0, 1):
        history.site.add(replace(twin, id=twin.id + 1000 * place, company=f"X{place}", company_code=f"X{place}"))
    history.invoice(1005, "50.00", manage_total="50.00")
    history.books.documents[-1] = replace(history.books.documents[-1], currency_id=2)
    review = history.sync(WEEK)
    assert statuses(review) == {
        "1001": "bad_data",
        "1002": "ambiguous",
        "1003": "ready",
        "1005": "currency_differs",
    }
    assert on_record(history).rows == ()


def test_what_is_held_or_was_written_is_no_history(history: Office) -> None:
    """A date that is set later accepts neither a person's No, nor what Manage lost of what Tieout wrote."""
    history.go_live = None
    wide = Since(choice=Choice.CUSTOM, custom=date(2026, 3, 1))
    history.push(history.sync(wide), approve={"1001": False})
    history.site.add(history.site.invoices_[101_002])
    history.go_live = GO_LIVE
    review = history.sync(WEEK)
    assert on_record(history).rows == ()
    assert statuses(review) == {"1001": "ready", "1002": "changed_in_manage"}
    assert row_of(review, 1001).hold is not None


def test_another_date_is_refused_once_there_is_a_statement(history: Office) -> None:
    """Before anything is read; without the line, or with the same date, the statement stays in force."""
    history.sync(WEEK)
    for go_live in (None, GO_LIVE):
        history.go_live = go_live
        assert classes(history.sync(WEEK))["1001"] is DifferenceClass.OPENING
    history.go_live = date(2026, 4, 1)
    history.books.down = True
    with pytest.raises(SetupError) as refused:
        history.sync(WEEK)
    assert refused.value.sentences[0].sentences[0].id == "opening-day-changed"


def test_a_date_to_come_is_refused(history: Office) -> None:
    """Nothing is accepted ahead."""
    history.go_live = date(2026, 4, 11)
    with pytest.raises(SetupError) as refused:
        history.sync()
    assert refused.value.sentences[0].sentences[0].id == "opening-day-ahead"


def test_books_without_days_of_entry_accept_nothing(history: Office) -> None:
    """It is said, in every run."""
    history.books.stamped = False
    for _ in range(2):
        review = history.sync()
        assert ("opening-without-days-of-entry" in notices(review), set(opened(review).values())) == (True, {None})
    assert history.ledger.opening(review.run.company) is None


def test_a_list_that_is_not_whole_accepts_nothing(history: Office) -> None:
    """What is not in it may be unlike Manage all the same: the next sync makes the statement."""
    history.site.hidden = {101_004}
    assert "opening-list-not-whole" in notices(history.sync())
    history.site.hidden = set()
    assert "opening-made" in notices(history.sync())


def test_an_end_date_before_it_makes_no_statement(history: Office) -> None:
    """It would leave out a part of the history."""
    since = Since(choice=Choice.CUSTOM, custom=date(2026, 3, 1))
    assert "opening-end-date-before" in notices(history.sync(since, until=date(2026, 3, 10)))
    assert "opening-made" in notices(history.sync(since, until=date(2026, 3, 31)))


def test_a_ledger_that_was_rebuilt_makes_no_statement(history: Office) -> None:
    """Whether one was signed is not known any more: that it is not there is no proof."""
    review, _ = rebuild(history.systems, history.rules, history.seat, Former(whole=True))
    assert "opening-ledger-unsure" in notices(review)
    again = history.sync()
    assert ("opening-ledger-unsure" in notices(again), history.ledger.opening(again.run.company)) == (True, None)
    history.go_live = None
    assert "opening-ledger-unsure" not in notices(
        rebuild(history.systems, history.rules, history.seat, Former(whole=True))[0]
    )


def test_a_statement_that_cannot_be_read_stops_the_sync(history: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never taken for none."""
    history.sync()
    older = replace(run_records.OPENINGS, version=0)
    monkeypatch.setattr(run_records, "OPENINGS", older)
    with pytest.raises(Refused):
        history.sync()


def test_a_backup_has_it(history: Office, tmp_path: Path) -> None:
    """The statement is in the ledger, and nowhere else."""
    history.sync()
    made = on_record(history)
    history.ledger.back_up(tmp_path / "backup")
    with_it = Office(folder=tmp_path / "backup")
    assert on_record(with_it) == made
    with_it.ledger.close()


def test_another_site_has_a_statement_of_its_own(history: Office) -> None:
    """A statement is of two systems: that of a site for rehearsals says nothing of this one."""
    history.sync(PAST_MONTH)
    history.address = "https://api-eu.example.net"
    assert opened(history.sync())["1001"] == GO_LIVE
    assert {history.ledger.opening(each).run for each in history.ledger.companies()} == {  # type: ignore[union-attr]
        summary.run.id for summary in history.ledger.history()
    }


def test_a_watch_leaves_it_alone(history: Office) -> None:
    """Nothing of it is ready, nothing is held."""
    history.push(history.sync(WEEK))
    history.clock.pass_by(timedelta(days=1))
    watched = watch(history.systems, history.rules, history.seat, WEEK, show_nobody)
    assert list(watched.rows) == []


def test_a_watch_beside_a_waiting_review_counts_it_as_what_it_is(history: Office) -> None:
    """As the review does."""
    history.sync(WEEK)
    watched = watch(history.systems, history.rules, history.seat, WEEK, show_nobody)
    assert [(row.invoice, disposition(row)) for row in watched.rows] == [
        ("1001", Disposition.OPENING),
        ("1002", Disposition.OPENING),
        ("1003", Disposition.READY),
    ]
    assert watched.waiting is not None


def test_the_pack_of_its_run_has_it(history: Office) -> None:
    """And no other."""
    review = history.sync()
    assert history.audit(review.run.id).opening == on_record(history)
    assert history.audit(history.sync().run.id).opening is None
