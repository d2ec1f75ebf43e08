"""A month in one pack: opening to closing to the cent, the same whenever it is asked for, and what it lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.figures import Disposition
from sync.core.prove.judgement import JudgementKind, judgements
from sync.core.prove.month import Month, MonthAudit, parse_month
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import say
from sync.core.values.money import ZERO, total
from sync.core.values.periods import Choice, Since
from sync.core.values.posting import Intent, NoAnswer
from sync.ledger.sqlite_ledger import open_read_only
from sync.usecases.export_month import companies_of, gathered_month
from tests.usecases.office import LAST_RUN, PERSON, Office
from tests.usecases.test_a_year import Year

APRIL, MAY = Month(year=2026, number=4), Month(year=2026, number=5)


def asked(office: Office, month: Month, today: date) -> MonthAudit:
    """The month as it stands on disk."""
    ledger = open_read_only(office.folder)
    assert ledger is not None
    with ledger:
        (company,) = companies_of(ledger, month)
        at = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
        return gathered_month(ledger, month, company, at, today, PERSON)


def same(one: MonthAudit, other: MonthAudit) -> bool:
    """Whether two packs of a month say the same, whoever made them and when."""
    first, second = (
        replace(
            each,
            of=replace(each.of, next=None),
            audits=tuple(replace(audit, at=one.at) for audit in each.audits),
            at=one.at,
            remarks=(),
        )
        for each in (one, other)
    )
    return first == second


@pytest.mark.parametrize("seed", range(3))
def test_every_month_s_closing_is_the_next_one_s_opening(seed: int, tmp_path: Path) -> None:
    """Through a year of holds, drift, undos and two people; nothing is unexplained, and no month changes afterwards."""
    year = Year(tmp_path / "state", seed)
    office, before, first = year.office, None, {}
    months = [Month(year=2025, number=number) for number in range(1, 13)]
    for nth, month in enumerate(months, start=1):
        last, today = year.month(nth)
        for since in (Since(choice=Choice.CUSTOM, custom=date(2025, max(1, nth - 1), 1)), LAST_RUN):
            second = nth > 1 and since is not LAST_RUN and year.random.random() < 0.5
            office.person = replace(PERSON, user="paul") if second else PERSON
            review = office.sync(since, until=last)
            office.push_decided(review.run.id, map(year.decide, review.rows))
            if office.ledger.changes(review.run.id) and year.random.random() < 0.3:
                office.clock.pass_by(timedelta(minutes=20))
                office.undo(review.run.id)
        found = asked(office, month, today)
        assert found.rolled is not None
        assert [found.rolled.gap(unit) for unit in found.rolled.units] == [ZERO]
        assert found.closing is not None
        assert total(item.difference for item in found.closing.tie_out.items) == year.difference()
        if before is not None and before.closing is not None:
            assert found.rolled.opening == before.closing.tie_out
        posted = total(amount for run in found.of.runs for amount in found.posted(run.id).values())
        assert posted == total(move.posted for move in found.rolled.moves)
        before = first[month] = found
    for month in months[:-1]:
        assert same(first[month], asked(office, month, date(2026, 3, 1)))
    office.ledger.close()


def test_a_month_that_nothing_follows_is_open_and_says_so(office: Office) -> None:
    """What a run of the next month has not followed may still change."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.push(office.sync())
    said = [say("month-not-over", day=date(2026, 4, 30)), say("month-not-looked-at-to-the-end", day=date(2026, 4, 10))]
    assert asked(office, APRIL, date(2026, 4, 10)).remarks == tuple(said)
    assert asked(office, APRIL, date(2026, 5, 1)).remarks == (say("month-still-open", month="2026-04"), said[1])


def test_a_gap_and_what_was_not_read_are_said(office: Office) -> None:
    """Days that no run looked at, a push without a reading after it, a write in doubt."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    first = office.sync()
    office.push(first)
    office.clock.day = date(2026, 4, 29)
    office.clock.pass_by(timedelta(days=19))
    review = office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 4, 20)))
    remarks = asked(office, APRIL, date(2026, 5, 1)).remarks
    assert say("month-leaves-gap", run=review.run.id, last=date(2026, 4, 10), start=date(2026, 4, 20)) in remarks
    (row,) = first.rows
    assert row.write is not None
    office.ledger.intend(
        Intent(
            run=review.run.id,
            key=row.key,
            invoice=row.invoice,
            currency="CAD",
            at=office.clock.now(),
            attempt=1,
            write=row.write,
            paid_before=ZERO,
            paid_proposed=Decimal("113.00"),
        )
    )
    assert say("month-writes-in-doubt", count=1) in asked(office, APRIL, date(2026, 5, 1)).remarks


def test_days_before_the_first_run_ever_are_said(office: Office) -> None:
    """Nobody looked at them; a month that begins after an earlier run did is looked at from its first day."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.push(office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 4, 6))))
    office.clock.day = MAY.first
    office.clock.pass_by(timedelta(days=21))
    office.sync(LAST_RUN)
    april, may = asked(office, APRIL, date(2026, 5, 1)), asked(office, MAY, date(2026, 6, 1))
    said = say("month-not-looked-at-from-the-start", day=date(2026, 4, 6))
    assert said in april.remarks
    assert "month-not-looked-at-from-the-start" not in {each.id for told in may.remarks for each in told.sentences}


@pytest.mark.parametrize("since", [LAST_RUN, Since(choice=Choice.CUSTOM, custom=date(2026, 4, 1))])
def test_what_a_month_took_back_of_an_earlier_run_is_its_own(office: Office, since: Since) -> None:
    """In its roll-forward, its runs, its writes, its judgements and what it holds; the earlier month stays the same."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    first = office.sync()
    office.push(first)
    office.clock.day = MAY.first
    office.clock.pass_by(timedelta(days=21))
    office.sync(since)
    before = asked(office, APRIL, date(2026, 6, 1))
    office.undo(first.run.id)
    assert same(before, asked(office, APRIL, date(2026, 6, 1)))
    found = asked(office, MAY, date(2026, 6, 1))
    assert found.rolled is not None
    assert found.rolled.total("CAD").posted == Decimal("-113.00")
    assert sum(line.added for line in found.lines) == Decimal("-113.00")
    ((sent,),) = ([each.run for each in audit.sent] for audit in found.earlier)
    assert sent == first.run.id
    assert [each.kind for each in judgements(found.all_sent)] == [JudgementKind.TAKEN_BACK]
    assert [item.row.invoice for item in found.held if item.closed is None] == ["1001"]
    assert {found.seen.became(row) for row in found.rows} <= {Disposition.WAITING, Disposition.FAILED}


def test_what_is_not_known_to_be_ours_is_not_posted(office: Office) -> None:
    """A write got no answer, and another amount stands there now: the roll-forward and the runs say the same of it."""
    office.invoice(1001, "100.00", office.record(1001, "20.00"))
    office.receipt(1001, "100.00")
    review = office.sync()
    office.site.before_write = lambda _: NoAnswer(message=say("No answer."))
    office.push(review)
    office.site.before_write = lambda _: None
    office.site.add(office.site.invoices_[101001], office.record(1001, "90.00"))
    office.clock.pass_by(timedelta(minutes=11))
    office.sync()
    found = asked(office, APRIL, date(2026, 5, 1))
    assert found.rolled is not None
    assert [found.rolled.total("CAD").posted, *(line.added for line in found.lines)] == [ZERO, ZERO, ZERO]


def test_a_month_without_runs_is_none(office: Office) -> None:
    """There is nothing to make a pack of."""
    office.invoice(1001, "113.00")
    review = office.sync()
    march = Month(year=2026, number=3)
    assert companies_of(office.ledger, march) == []
    with pytest.raises(Refused) as refused:
        gathered_month(office.ledger, march, review.run.company, office.clock.now(), date(2026, 4, 10), PERSON)
    assert refused.value.sentences == (say("month-without-runs", month="2026-03"),)


def test_balances_of_a_list_that_is_not_whole_are_no_opening_nor_closing(office: Office) -> None:
    """What Manage leaves out would look as if somebody had changed it: the month lies between whole readings."""
    for number in (1001, 1002):
        office.invoice(number, "113.00")
    office.receipt(1001, "113.00")
    whole = office.sync()
    office.push(whole)
    before = asked(office, APRIL, date(2026, 5, 1))
    office.site.hidden = {101_002}
    partial = office.sync()
    found = asked(office, APRIL, date(2026, 5, 1))
    assert found.of.partial == (partial.run,)
    assert say("month-list-not-whole", run=partial.run.id) in found.remarks
    assert (found.closing, found.rolled) == (before.closing, before.rolled)
    assert found.closing is not None
    assert found.closing.run == whole.run.id


def test_each_row_and_each_receipt_of_a_month_stands_once(office: Office) -> None:
    """As last reviewed; what an earlier run posted is posted though a later one found it in agreement."""
    for number in (1001, 1002):
        office.invoice(number, "113.00")
        office.receipt(number, "50.00")
    first = office.sync()
    posted, held = (row.key for row in first.rows)
    office.push(first, approve={held: False})
    office.clock.day = date(2026, 4, 12)
    office.clock.pass_by(timedelta(days=2))
    office.receipt(1002, "63.00", dated=date(2026, 4, 12), entered_on=date(2026, 4, 12))
    second = office.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 4, 11)))
    seen = asked(office, APRIL, date(2026, 4, 12)).seen
    became = {row.key: seen.became(row) for row in seen.rows}
    assert became[posted] is Disposition.POSTED
    assert became[held] is Disposition.WAITING
    assert seen.runs[held] == second.run.id
    sums = [receipt.amount() for receipt in seen.receipts]
    assert total(sums) == Decimal("163.00")


def test_what_an_undo_took_back_is_held_though_a_later_run_saw_it_in_agreement(office: Office) -> None:
    """In the month and in the run that was undone: as many as the runs' paper counts, each as that run reviewed it."""
    for number in (1001, 1002):
        office.invoice(number, "113.00")
        office.receipt(number, "113.00")
    first = office.sync()
    office.push(first)
    office.sync()
    taken, kept = (row.key for row in first.rows)
    office.undo(first.run.id, keys=[taken])
    found = asked(office, APRIL, date(2026, 4, 10))
    became = {row.key: found.seen.became(row) for row in found.rows}
    assert became == {taken: Disposition.WAITING, kept: Disposition.POSTED}
    assert found.seen.runs[taken] == first.run.id
    of_run = office.audit(first.run.id).held
    assert [item.row.key for item in found.held] == [item.row.key for item in of_run] == [taken]
    assert [line.held for line in found.lines] == [1, 0]


def test_a_month_is_read_as_it_is_typed() -> None:
    """Year and number; anything else is refused with the way to type it."""
    assert (str(APRIL), parse_month("2026-04")) == ("2026-04", APRIL)
    assert (APRIL.first, APRIL.last) == (date(2026, 4, 1), date(2026, 4, 30))
    for typed in ("2026-13", "April", "2026-04-01", ""):
        with pytest.raises(SetupError) as refused:
            parse_month(typed)
        assert refused.value.sentences == (say("month-unreadable", typed=typed),)


def test_the_runs_of_a_month_are_listed_by_currency(office: Office) -> None:
    """What each read, held, posted and had entered, what it did not send too; one that read nothing stands there."""
    empty = office.sync()
    for number in (1001, 1002):
        office.invoice(number, "113.00")
        office.receipt(number, "113.00")
    review = office.sync()
    office.site.add(office.site.invoices_[101_002], office.record(1002, "30.00"))
    office.push(review)
    found = asked(office, APRIL, date(2026, 4, 10))
    lines = [
        (e.audit.run.id, e.currency, e.rows, e.posted, e.held, e.added, e.entered, e.difference) for e in found.lines
    ]
    paid = Decimal("113.00")
    assert lines == [
        (empty.run.id, "", 0, 0, 0, ZERO, ZERO, ZERO),
        (review.run.id, "CAD", 2, 1, 1, paid, 2 * paid, ZERO),
    ]
    assert (found.run, [row.key for row in found.rows]) == (review.run, [row.key for row in review.rows])
    assert (found.file_name, found.folder_name(200)) == (
        "AR-PaymentSync_2026-04",
        "AR-PaymentSync_Maple-Networks-Inc_2026-04",
    )


def test_a_push_after_which_nothing_was_read_is_said(office: Office) -> None:
    """The only reading is opening and closing alike: there is nothing to roll forward between."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.site.hidden = {101_001}
    office.push(review)
    found = asked(office, APRIL, date(2026, 4, 10))
    assert say("month-not-read-after-push") in found.remarks
    assert found.rolled is None
