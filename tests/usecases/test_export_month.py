"""A month in one pack: opening to closing to the cent, the same whenever it is asked for, and what it lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.month import Month, MonthAudit
from sync.core.values.errors import Refused
from sync.core.values.messages import say
from sync.core.values.money import ZERO, total
from sync.core.values.periods import Choice, Since
from sync.core.values.posting import Intent
from sync.ledger.sqlite_ledger import open_read_only
from sync.usecases.export_month import companies_of, gathered_month
from tests.usecases.office import LAST_RUN, PERSON, Office
from tests.usecases.test_a_year import Year

APRIL = Month(year=2026, number=4)


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
            second = since is not LAST_RUN and year.random.random() < 0.5
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


def test_a_month_without_runs_is_none(office: Office) -> None:
    """There is nothing to make a pack of."""
    office.invoice(1001, "113.00")
    review = office.sync()
    march = Month(year=2026, number=3)
    assert companies_of(office.ledger, march) == []
    with pytest.raises(Refused) as refused:
        gathered_month(office.ledger, march, review.run.company, office.clock.now(), date(2026, 4, 10), PERSON)
    assert refused.value.sentences == (say("month-without-runs", month="2026-03"),)
