"""Run Sync: what is read, what is proposed, what is remembered."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.same_books import mark_of
from sync.core.values.errors import Refused, SetupError, Unavailable
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.policy import PaidAmount, PartialDate, Policy, RunSettings
from sync.core.values.proposal import Status
from sync.core.values.records import Covered, Reading, Wanted
from sync.core.values.runs import Company, Phase, Run, RunEnd
from sync.language.catalogues import ENGLISH
from sync.usecases.sync import sync
from tests.support.fakes import FakeBooks
from tests.usecases.office import LAST_RUN, PAST_MONTH, PERSON, SITE, Office, statuses


def test_a_new_receipt_is_proposed_and_nothing_is_written(office: Office) -> None:
    """One invoice paid in full comes out ready, with amount, date and receipt, and Manage is untouched."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00", number="R55")
    review = office.sync()
    row = review.rows[0]
    shown = (row.status.value, str(row.paid_proposed), row.date_paid_proposed, row.clearing_receipt, row.approve)
    assert shown == ("ready", "113.00", date(2026, 4, 7), "R55", True)
    assert office.site.writes == []


def test_an_invoice_whose_receipt_was_entered_before_the_window_is_not_read(office: Office) -> None:
    """The window selects by the day of entry."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00", entered_on=date(2026, 3, 9))
    assert office.sync().rows == []


def test_a_back_dated_receipt_is_caught(office: Office) -> None:
    """A receipt dated long ago but entered in the window selects its invoice."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00", dated=date(2026, 1, 15))
    assert statuses(office.sync()) == {"1001": "ready"}


def test_last_run_without_a_run_on_record_reads_nothing(office: Office) -> None:
    """No last run: say so, ask for another choice, read nothing."""
    office.books.down = True
    office.site.down = True
    with pytest.raises(SetupError, match="date-no-successful-run-yet"):
        office.sync(LAST_RUN)


def test_a_sync_that_finds_nothing_to_push_is_successful_by_itself(office: Office) -> None:
    """An empty window still moves the watermark: the next last-run window starts the day before it."""
    office.sync()
    assert office.sync(LAST_RUN).run.window.start == date(2026, 4, 9)


def test_a_month_end_cut_off_leaves_nothing_between_itself_and_the_next_run(office: Office) -> None:
    """What was entered after an End Date is in the next last-run window, though the run itself was later."""
    office.sync(until=date(2026, 3, 31))
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00", entered_on=date(2026, 4, 2))
    review = office.sync(LAST_RUN)
    assert (review.run.window.start, statuses(review)) == (date(2026, 3, 30), {"1001": "ready"})


def test_days_that_no_run_covers_are_said_until_one_does(office: Office) -> None:
    """A window that leaves out days since the last successful run carries a notice, and covers no more than it."""
    office.sync(until=date(2026, 3, 31))
    late = office.sync(Since(choice=Choice.PAST_WEEK), until=date(2026, 4, 8))
    still = office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 4, 8)))
    joined = office.sync(LAST_RUN)
    (notice,) = late.run.notices
    assert notice.said(ENGLISH).startswith(
        "Your last successful run ends on 2026-03-31 and this window starts on 2026-04-03"
    )
    assert (late.run.complete_to, len(still.run.notices)) == (date(2026, 3, 31), 1)
    assert (joined.run.window.start, joined.run.notices) == (date(2026, 3, 30), ())
    assert office.sync(LAST_RUN).run.window.start == date(2026, 4, 9)


def test_a_window_that_starts_where_the_last_run_ended_leaves_nothing_out(office: Office) -> None:
    """That day is read twice."""
    office.sync(until=date(2026, 3, 31))
    assert office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 3, 31))).run.notices == ()


def test_a_sync_with_something_to_push_does_not_move_the_watermark(office: Office) -> None:
    """Only a push ends such a run."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.sync()
    with pytest.raises(SetupError):
        office.sync(LAST_RUN)


def test_a_row_not_pushed_comes_back_whatever_the_window(office: Office) -> None:
    """An open row of an earlier run is carried forward into a window that would not select it."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.sync()
    review = office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 4, 10)))
    assert statuses(review) == {"1001": "ready"}
    assert review.open_items["1001"].since == date(2026, 4, 10)


def test_a_held_invoice_cleared_from_sage_is_information_and_never_unpaid(office: Office) -> None:
    """Year-end clearing removes the document: the row comes back as bad data that nobody can approve."""
    office.invoice(1001, "113.00", manage_total="120.00")
    office.receipt(1001, "113.00")
    office.invoice(1002, "10.00")
    office.sync()
    office.books.documents = [d for d in office.books.documents if d.id != 1001]
    office.books.entries = [e for e in office.books.entries if e.document_id != 1001]
    row = office.sync().rows[0]
    assert (row.invoice, row.status.value, row.approvable) == ("1001", "bad_data", False)
    assert "no longer holds" in row.reason.said(ENGLISH)


@pytest.mark.parametrize(
    ("balance", "others", "status"),
    [("0.00", (), "in_agreement"), ("0.01", (), "bad_data"), ("0.00", (9,), "bad_data"), (None, (), "bad_data")],
)
def test_what_is_cleared_in_sage_and_settled_by_hand_in_manage_is_closed(
    office: Office, balance: str | None, others: tuple[int, ...], status: str
) -> None:
    """Where the one invoice of its number shows nothing owed; a cent, a second one or none leaves it held."""
    office.invoice(1001, "113.00", manage_total="120.00")
    office.receipt(1001, "113.00")
    office.sync()
    office.books.documents, office.books.entries = [], []
    invoice = office.site.invoices_.pop(101_001)
    if balance is not None:
        office.site.invoices_[101_001] = replace(invoice, balance=Decimal(balance))
    for number in others:
        office.site.add(replace(invoice, id=number))
    office.invoice(1002, "10.00")
    (row,) = office.sync().rows
    assert (row.invoice, row.status.value, row.approvable) == ("1001", status, False)
    assert ("settled by hand" in row.reason.said(ENGLISH)) is (status == "in_agreement")
    assert ("1001" in office.sync().open_items) is (status == "bad_data")


def test_a_number_that_another_document_bears_says_nothing_of_the_cleared_one(office: Office) -> None:
    """The invoice without a balance in Manage is the other one's."""
    office.invoice(1001, "113.00", manage_total="120.00")
    office.receipt(1001, "113.00")
    office.sync()
    other = replace(office.books.documents[-1], id=5)
    office.books.documents = [other]
    office.books.entries = [replace(row, id=row.id + 2, document_id=5) for row in office.books.entries]
    office.site.invoices_[101_001] = replace(office.site.invoices_[101_001], balance=Decimal("0.00"))
    assert {row.key: row.status.value for row in office.sync().rows}["1001"] == "bad_data"


def test_other_books_are_refused(office: Office) -> None:
    """The company is pinned at first use; another one is refused before Manage is asked."""
    office.sync()
    office.books.company = "Another Company Ltd."
    requests = office.site.requests
    with pytest.raises(Refused, match=r"sync-books-of-other-company.*pinned=Maple Networks Inc"):
        office.sync()
    assert office.site.requests == requests


def test_a_sync_that_cannot_read_records_nothing(office: Office) -> None:
    """Manage down: the error says so, and no run is on record."""
    office.site.down = True
    with pytest.raises(Unavailable):
        office.sync()
    assert office.ledger.history() == []


def test_rows_that_do_not_tie_are_never_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the control totals differ the run stops and records nothing."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    monkeypatch.setattr("sync.usecases.read_and_propose.propose", lambda *_: [])
    with pytest.raises(Refused, match="sync-control-totals-untied"):
        office.sync()
    assert office.ledger.history() == []


def test_the_clock_decides_the_day_when_no_day_is_set(office: Office) -> None:
    """Without --today the window ends on the clock's day and the watermark is the database's."""
    office.clock.day = None
    office.books.clock = office.books.clock.replace(day=8)
    run = office.sync().run
    assert (run.window.end, run.day) == (office.clock.moment.astimezone().date(), date(2026, 4, 8))


def test_the_fingerprint_of_the_settings_is_recorded(office: Office) -> None:
    """A later change of the settings can be told."""
    assert office.sync().run.policy == Policy().fingerprint()


def test_a_note_and_its_row_survive_a_restart(office: Office) -> None:
    """What is open is read back from disk."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    before = office.sync().rows
    office.reopen()
    after = office.sync().rows
    assert [replace(row) for row in after] == list(before)


def test_an_older_copy_of_the_same_books_is_refused(office: Office) -> None:
    """A restored backup, whose counters are lower too: nothing is proposed from it."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.sync()
    office.books.entries.pop()
    office.books.counters = {50: 7}
    with pytest.raises(Refused, match="sync-older-books-open"):
        office.sync()


def test_sage_is_asked_for_the_window_and_what_was_left_open(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents left open, the highest row seen, the prefix, every balance; a push asks by document, then balances."""
    office.policy = Policy(invoice_prefix="INV-")
    asked: list[Wanted] = []

    def read(wanted: Wanted) -> Reading:
        asked.append(wanted)
        return FakeBooks.read(office.books, wanted)

    monkeypatch.setattr(office.books, "read", read)
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.sync()
    office.push(office.sync())
    marks = tuple(replace(mark_of(row, "1001"), settled=True) for row in office.books.entries)
    month = Window(since=Since(choice=Choice.PAST_MONTH), start=date(2026, 3, 10), end=date(2026, 4, 10))
    one, seen = frozenset({1001}), Covered(row=2, day=date(2026, 4, 10))
    assert asked == [
        Wanted(window=month, documents=frozenset(), above_row=None, prefixes=("INV-",), balances=True),
        Wanted(window=month, documents=one, above_row=2, covered=seen, prefixes=("INV-",), balances=True, marks=marks),
        Wanted(window=None, documents=one, above_row=None, prefixes=("INV-",), marks=marks),
        Wanted(
            window=month,
            documents=frozenset(),
            above_row=2,
            covered=seen,
            prefixes=("INV-",),
            balances=True,
            marks=marks,
        ),
    ]


def test_what_a_late_clock_stamped_since_is_a_row_and_is_said(office: Office) -> None:
    """Two entries since the last run, one stamped before its window; in the run after that only if it is left open."""
    late = date(2026, 2, 3)
    office.invoice(1001, "113.00")
    office.invoice(1002, "50.00")
    office.invoice(1003, "20.00")
    office.receipt(1003, "20.00", entered_on=late)
    office.sync()
    for number, amount, day in ((1001, "100.00", late), (1001, "13.00", date(2026, 2, 4)), (1002, "50.00", None)):
        office.receipt(number, amount, dated=late, entered_on=day or date(2026, 4, 9))
    review = office.sync(LAST_RUN)
    assert [(row.invoice, row.status) for row in review.rows] == [("1001", Status.READY), ("1002", Status.READY)]
    assert review.run.notices == (say("sync-entered-late", count=2, earliest=late),)
    office.push(review)
    again = office.sync(LAST_RUN)
    looked_at = say("sync-records-looked-at", count=2, of=2)
    assert ([row.invoice for row in again.rows], again.run.notices) == (["1002"], (looked_at,))


def test_an_entry_that_was_late_is_found_though_a_run_with_an_end_date_came_between(office: Office) -> None:
    """That run saw its number, and left out its day: no day after it is covered by it."""
    office.invoice(1001, "113.00")
    office.sync()
    office.receipt(1001, "113.00", entered_on=date(2026, 4, 2))
    assert office.sync(until=date(2026, 3, 31)).rows == []
    assert [row.invoice for row in office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 4, 8))).rows] == ["1001"]


def test_a_run_says_who_when_and_from_what(office: Office) -> None:
    """Its id is the moment and four letters or digits, so that it sorts and can be typed."""
    review = office.sync()
    run = review.run
    moment = datetime(2026, 4, 10, 13, 30, 1, tzinfo=UTC)
    assert run == Run(
        id=run.id,
        started=moment,
        day=date(2026, 4, 10),
        company=Company(sage="Maple Networks Inc.", site=SITE, manage="acme"),
        person=PERSON,
        window=Window(since=Since(choice=Choice.PAST_MONTH), start=date(2026, 3, 10), end=date(2026, 4, 10)),
        strategy=say("By the day of entry."),
        policy=Policy().fingerprint(),
        highest_row=0,
        requests=1,
        notices=(),
        version="0.0.0",
        settings=RunSettings(
            paid_amount=PaidAmount.SETTLED,
            tolerance=Decimal("0.00"),
            partial_date=PartialDate.OMIT,
            currencies=((1, "CAD"),),
            prefixes=(),
            go_live=None,
            quiet=600,
            most_rows=500,
            most_amount=Decimal("250000.00"),
        ),
    )
    assert run.settings is not None
    assert run.settings.policy.fingerprint() == run.policy
    assert re.fullmatch(r"20260410-133001-[0-9a-f]{4}", run.id)
    (summary,) = office.ledger.history()
    assert summary.end == RunEnd(run=run.id, phase=Phase.SYNC, at=moment, person=PERSON, successful=True)
    assert review.open_items == {}


def test_the_requests_of_a_run_are_counted(office: Office) -> None:
    """One for the invoices, one for the payment records of the one that shows some."""
    office.invoice(1001, "113.00", office.record(1001, "13.00"))
    office.receipt(1001, "113.00")
    assert office.sync().run.requests == 2


def test_another_person_s_run_is_not_ours(office: Office) -> None:
    """Last Successful Run is this user's, on this computer."""
    paul = replace(office.seat, person=replace(PERSON, user="paul"))
    sync(office.systems, office.rules, paul, PAST_MONTH)
    with pytest.raises(SetupError, match="date-no-successful-run-yet"):
        office.sync(LAST_RUN)


def test_days_that_no_run_covers_are_said_in_full(office: Office) -> None:
    """With the way to include them; Sage's own notices come first."""
    office.sync(until=date(2026, 3, 31))
    office.books.notices = (say("The login could write."),)
    run = office.sync(Since(choice=Choice.PAST_WEEK), until=date(2026, 4, 8)).run
    assert [notice.said(ENGLISH) for notice in run.notices] == [
        "The login could write.",
        (
            "Your last successful run ends on 2026-03-31 and this window starts on 2026-04-03: what was entered "
            "between is not in this run. Choose Last Successful Run to include it."
        ),
    ]


def test_what_does_not_tie_is_said_with_its_figures(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it can be reported."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    monkeypatch.setattr("sync.usecases.read_and_propose.propose", lambda *_: [])
    with pytest.raises(Refused) as refused:
        office.sync()
    assert refused.value.said(ENGLISH).split("\n") == [
        "The control totals do not tie, so nothing was recorded. Please report this.",
        "1 documents were read and 0 rows came out; they are not the same.",
        "Settled in Sage in CAD: 113.00 read, 0.00 in the rows.",
    ]
