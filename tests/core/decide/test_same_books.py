"""Books are known again by their rows and counters: an older copy, cleared transactions, and a first run on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory, unlike_manage
from sync.core.decide.same_books import JOURNAL, MARKED, cleared, mark_of, mark_to_keep, why_older
from sync.core.values.messages import Text, say
from sync.core.values.periods import Window, parse_since
from sync.core.values.policy import Policy
from sync.core.values.records import Balance, BooksMark, Invoice, Reading, RowMark
from tests.support.build import RECEIPT_DAY, balance, entry, invoice, own


def marks(*numbers: int, settled: bool = True, content: str = "as it was") -> tuple[RowMark, ...]:
    """Rows of documents whose id is ten times theirs."""
    return tuple(RowMark(id=n, document_id=n * 10, content=content, settled=settled) for n in numbers)


def reading(*rows: RowMark, highest: int | None = None, **more: Any) -> Reading:  # noqa: ANN401 - any field of Reading
    """Books with these rows and counters."""
    given: dict[str, Any] = {
        "company": "Maple",
        "clock": datetime(2026, 4, 10),  # noqa: DTZ001 - Sage's clock is local and naive
        "strategy": say("By the day of entry."),
        "highest_row": max((row.id for row in rows), default=0) if highest is None else highest,
        "entered": (),
        "documents": (),
        "entries": (),
        "mark": BooksMark(counters=more.pop("counters", {}), rows=rows),
    }
    return Reading(**(given | more))


def known(*rows: RowMark, **counters: int) -> BooksMark:
    """What was remembered: rows, and counters by `kind_n`."""
    return BooksMark(counters={int(name[5:]): value for name, value in counters.items()}, rows=rows)


ROWS = marks(1, 2, 3)
GONE = say("sync-older-rows-gone", row="3", count=1, known=3)


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        pytest.param(known(*ROWS), reading(*ROWS), None, id="nothing happened"),
        pytest.param(known(*ROWS), reading(*ROWS, *marks(4)), None, id="new rows"),
        pytest.param(known(), reading(), None, id="no row at all"),
        pytest.param(
            known(*ROWS, kind_50=9),
            reading(*marks(1), *marks(2, 3, content="other"), counters={50: 9}),
            say("sync-older-rows-differ", row="3", count=2, known=3),
            id="other entries under the same numbers",
        ),
        pytest.param(known(*ROWS), reading(*marks(1, 2)), None, id="a settled invoice is gone"),
        pytest.param(known(*ROWS), reading(*marks(1, 2), still_there=frozenset({30})), GONE, id="its invoice stayed"),
        pytest.param(
            known(*marks(1, 2), *marks(3, settled=False)), reading(*marks(1, 2)), GONE, id="its invoice was open"
        ),
        pytest.param(
            known(*marks(1, 2, 3, settled=False)), reading(*marks(1, 2), *marks(4)), None, id="from below the newest"
        ),
        pytest.param(
            known(*ROWS),
            reading(),
            say("sync-older-rows-gone", row="3", count=3, known=3),
            id="nothing known is there, and nothing newer",
        ),
        pytest.param(known(*ROWS), reading(*marks(4)), None, id="nothing known is there, but newer rows are"),
        pytest.param(known(*ROWS, kind_50=9), reading(counters={50: 9}), None, id="all cleared, counters as before"),
        pytest.param(
            known(*ROWS, kind_50=9, kind_51=4),
            reading(counters={50: 9}),
            say("sync-older-rows-gone", row="3", count=3, known=3),
            id="a counter can no longer be read",
        ),
        pytest.param(
            known(*marks(1, 2), *marks(3, settled=False), kind_300=4),
            reading(*marks(1, 2), counters={300: 4}),
            None,
            id="counters outweigh how rows went",
        ),
        pytest.param(
            known(*ROWS, kind_150=9, kind_300=8),
            reading(*ROWS, counters={150: 7, 300: 5}),
            say("sync-older-counter-fell", kind=150, now="7", seen="9"),
            id="a counter that never falls fell",
        ),
        pytest.param(
            known(*ROWS, kind_300=8),
            reading(*marks(1, 2), counters={300: 5}),
            say("sync-older-counter-fell", kind=300, now="5", seen="8"),
            id="any counter, and rows are gone",
        ),
        pytest.param(known(*ROWS, kind_300=8), reading(*ROWS, counters={300: 1}), None, id="some counter alone"),
        pytest.param(
            known(*ROWS, kind_100=800), reading(*marks(1, 2), counters={100: 1}), None, id="the journal's at year-end"
        ),
    ],
)
def test_an_older_copy_is_told_from_cleared_transactions(before: BooksMark, now: Reading, why: Text | None) -> None:
    """By rows that say something else, by counters, and by how rows went; never by the highest number alone."""
    assert JOURNAL == 100
    assert why_older(before, now) == why


@pytest.mark.parametrize(
    ("before", "now", "ids"),
    [
        (known(*ROWS), reading(*ROWS, *marks(4)), None),
        (known(*ROWS, kind_50=9), reading(*marks(1, 3), counters={50: 9}), []),
        (known(*ROWS), reading(*marks(1, 3)), ["sync-cleared-without-counters"]),
        (
            known(*ROWS, kind_50=9),
            reading(*marks(1, 3), counters={50: 9}, still_there=frozenset({20})),
            ["sync-cleared-unlike-clearing"],
        ),
        (
            known(*marks(1, 2, settled=False), kind_50=9),
            reading(*marks(1)),
            ["sync-cleared-unlike-clearing", "sync-cleared-without-counters"],
        ),
    ],
)
def test_rows_that_are_gone_are_said(before: BooksMark, now: Reading, ids: list[str] | None) -> None:
    """How many of how many, what does not look like clearing, and what it rests on."""
    said = cleared(before, now)
    wanted = [] if ids is None else [["sync-transactions-cleared", *ids]]
    assert [[sentence.id for sentence in text.sentences] for text in said] == wanted
    if said:
        assert dict(said[0].sentences[0].values) == {"count": "#1", "known": f"#{len(before.rows)}"}


def test_a_row_is_known_by_whose_it_is_and_how_it_is_called() -> None:
    """Not by spaces around its names, nor by what may be corrected in it; its own mark of a reversal comes later."""
    plain = entry("-40.00")
    same = [replace(plain, reversed=True), replace(plain, number=" R1 "), replace(plain, amount=None, dated=None)]
    others = [
        replace(plain, document_id=2),
        replace(plain, customer_id=8),
        replace(plain, kind=2),
        replace(plain, number="R2"),
    ]
    mark = mark_of(plain, "1001")
    assert (mark.id, mark.document_id, len(mark.content), mark.settled) == (101, 1, 16, False)
    assert {mark_of(row, number) for row in (plain, *same) for number in ("1001", " 1001 ")} == {mark}
    assert mark.content not in {mark_of(plain, "1002").content, *(mark_of(row, "1001").content for row in others)}


def test_the_newest_rows_are_kept_with_what_sage_may_clear() -> None:
    """A bounded number; a document whose amounts cannot be read is not settled."""
    many = tuple(mark_of(own("1.00", doc=n, id=n), "x") for n in range(MARKED + 5, 0, -1))
    balances = [balance(200, owed="0.00"), balance(201, owed="0.00", unreadable=True), balance(202, owed="0.01")]
    kept = mark_to_keep(reading(*many, counters={50: 3}, balances=balances))
    assert (dict(kept.counters), [row.id for row in kept.rows]) == ({50: 3}, list(range(6, MARKED + 6)))
    assert [row.id for row in kept.rows if row.settled] == [200]


DAYS = Window(since=parse_since("2026-03-10"), start=date(2026, 3, 10), end=RECEIPT_DAY)
POLICY = Policy(currencies={1: "CAD", 2: "USD"})


@pytest.mark.parametrize(
    ("sage", "manage", "unlike"),
    [
        (balance(), invoice(), False),
        (balance(owed="60.00"), invoice(payments="40.00"), False),
        (balance(owed="60.00"), invoice(payments="30.00", credits=balance(owed="90.00").settled), False),
        (balance(owed="60.00"), invoice(payments="39.99"), True),
        (balance(total="0.00", owed="0.00"), invoice(payments="100.00"), True),
        (balance(total="0.00", owed="0.00"), invoice(), True),
        (balance(total="101.00", owed="101.00"), invoice(), True),
        (balance(currency_id=2), invoice(), True),
        (balance(currency_id=3), invoice(currency=None), True),
        (balance(), invoice(currency=None), False),
        (balance(total="0.00", owed="0.00", unreadable=True), invoice(total="0.00"), True),
        (balance(), invoice(flaw=say("It has no amount.")), True),
    ],
)
def test_a_position_that_manage_shows_otherwise_is_taken_in(sage: Balance, manage: Invoice, *, unlike: bool) -> None:
    """Total, what is settled, currency; whatever cannot be read is for a person to see."""
    assert unlike_manage([sage], [manage], LedgerMemory(), POLICY, DAYS) == (frozenset({1}) if unlike else frozenset())


def test_what_nothing_in_manage_answers_to_has_nothing_to_differ_from() -> None:
    """Years of invoices that never were in Manage; one of several that it could be is taken in where there is money."""
    assert unlike_manage([balance(owed="0.00")], [], LedgerMemory(), POLICY, DAYS) == frozenset()
    twins = [invoice(company=name, company_code=name) for name in ("Ann", "Bob")]
    several = [replace(twin, id=place) for place, twin in enumerate(twins)]
    for sage, unlike in (
        (balance(), False),
        (balance(owed="60.00"), True),
        (balance(unreadable=True), True),
    ):
        assert bool(unlike_manage([sage], several, LedgerMemory(), POLICY, DAYS)) is unlike


@pytest.mark.parametrize(
    ("day", "bounded", "unlike"),
    [(date(2026, 3, 16), True, False), (date(2026, 3, 16), False, True), (RECEIPT_DAY, True, True), (None, True, True)],
)
def test_an_end_date_leaves_out_what_was_dated_after_it(day: date | None, *, bounded: bool, unlike: bool) -> None:
    """A later window finds it by its date."""
    sage = balance(owed="60.00", last_entered=day)
    assert bool(unlike_manage([sage], [invoice()], LedgerMemory(), POLICY, replace(DAYS, bounded=bounded))) is unlike


def test_a_remembered_customer_and_the_prefix_are_used() -> None:
    """As in matching."""
    prefixed = replace(POLICY, invoice_prefix="INV-")
    sage = [balance(number="INV-1001", owed="60.00"), balance(2, number="1001", customer="Ann", customer_id=8)]
    assert unlike_manage(sage, [invoice(company="Ann")], LedgerMemory(), prefixed, DAYS) == frozenset()
    assert unlike_manage(sage, [invoice(company="X")], LedgerMemory(customers={7: 3}), prefixed, DAYS) == {1}
