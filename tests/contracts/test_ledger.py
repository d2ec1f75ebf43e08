"""What any `Ledger` must know, each question with its answers: the one in memory, and the one on disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory, Seen
from sync.core.decide.opening import Opening, OpeningRow
from sync.core.prove.review import Evidence, OpenItem
from sync.core.prove.roll_forward import Balances
from sync.core.prove.tie_out import TieOut
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.posting import Decision, Outcome, Written
from sync.core.values.proposal import CLOSED, AcceptedMatch, Hold, Status
from sync.core.values.records import BooksMark, RowMark
from sync.core.values.runs import Company, Export, Head, Phase, SiteSays
from sync.core.values.signature import Measure, Role, Signature, SignedFigure
from sync.ledger.sqlite_ledger import open_ledger
from sync.usecases.guards import pinned_books
from sync.usecases.ports import Ledger, Systems
from tests.ledger.samples import (
    COMPANY,
    ELSEWHERE,
    FIRST_DAY,
    MARIE,
    NOON,
    OTHER,
    PAUL,
    end,
    ended,
    intent,
    posted,
    row,
    run,
)
from tests.support.fakes import FakeBooks, FakeSite
from tests.support.memory_ledger import MemoryLedger

LATER = FIRST_DAY + timedelta(days=5)


@pytest.fixture(params=["in memory", "on disk"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger, of each kind in turn."""
    if request.param == "in memory":
        yield MemoryLedger()
    else:
        with open_ledger(tmp_path / "state") as on_disk:
            yield on_disk


def test_a_run_is_found_by_its_id(ledger: Ledger) -> None:
    """An unknown id is nothing."""
    ledger.begin(run(0), [])
    assert run(0) == ledger.run("R0")
    assert None is ledger.run("R9")


def test_a_run_is_replaced_by_a_later_one_that_was_shown(ledger: Ledger) -> None:
    """One whose review reached nobody replaces nothing, nor does one of other books, nor an earlier one."""
    for number in range(3):
        ledger.begin(run(number), [])
    ledger.begin(run(3, company=OTHER), [])
    ledger.finish(end("R3", phase=Phase.SYNC))
    assert None is ledger.replaced_by(run(0))
    ledger.finish(end("R1", phase=Phase.SYNC, successful=False))
    assert run(1) == ledger.replaced_by(run(0))
    assert None is ledger.replaced_by(run(1))
    assert None is ledger.replaced_by(run(2))


def test_the_last_successful_run_is_this_person_s_on_this_computer(ledger: Ledger) -> None:
    """By user and computer, and by anyone on record for the control sheet."""
    for number, person in enumerate([MARIE, ELSEWHERE, PAUL]):
        ledger.begin(run(number, person=person), [])
        ledger.finish(end(f"R{number}"))
    ledger.begin(run(3, company=OTHER), [])
    ledger.finish(end("R3"))
    assert run(0) == ledger.last_success(COMPANY, MARIE)
    assert run(1, person=ELSEWHERE) == ledger.last_success(COMPANY, ELSEWHERE)
    assert run(2, person=PAUL) == ledger.last_success(COMPANY, None)
    assert None is ledger.last_success(OTHER, PAUL)


def test_a_watermark_that_lies_in_the_future_is_passed_over(ledger: Ledger) -> None:
    """The day itself is none of the future: a second run of a day goes on from the first."""
    for number in range(2):
        ledger.begin(run(number), [])
        ledger.finish(end(f"R{number}"))
    days = [FIRST_DAY + timedelta(days=number) for number in (-1, 0, 1, 2)]
    assert [None, run(0), run(1), run(1)] == [ledger.last_success(COMPANY, MARIE, day) for day in days]


def test_only_a_successful_end_moves_the_watermark(ledger: Ledger) -> None:
    """An interrupted run and a push with refusals leave it; a later push that ends well moves it."""
    ledger.begin(run(0), [])
    assert None is ledger.last_success(COMPANY, MARIE)
    ledger.finish(end("R0", successful=False))
    assert None is ledger.last_success(COMPANY, MARIE)
    ledger.finish(end("R0"))
    assert run(0) == ledger.last_success(COMPANY, MARIE)


def test_the_watermark_never_moves_back(ledger: Ledger) -> None:
    """A second push of the run that does not succeed takes nothing back: its rows are carried forward."""
    ledger.begin(run(0), [])
    ledger.finish(end("R0"))
    ledger.finish(end("R0", successful=False))
    assert run(0) == ledger.last_success(COMPANY, MARIE)


def test_a_site_is_pinned_to_the_books_it_was_first_used_with(ledger: Ledger) -> None:
    """By site and Manage company, however they are spelled; later runs change nothing, nor do other addresses."""
    second = run(1, company=OTHER)
    third = run(2, company=run(0).company.__class__(sage="Else", site=COMPANY.site, manage=COMPANY.manage))
    for begun in (run(0), second, third):
        ledger.begin(begun, [])

    def pinned(site: str, manage: str) -> Company | None:
        systems = Systems(sage=FakeBooks(), manage=FakeSite(), site=site, manage_company=manage)
        return pinned_books(ledger, systems)

    assert pinned(COMPANY.site, COMPANY.manage) == COMPANY
    assert pinned(OTHER.site, OTHER.manage) == OTHER
    assert pinned(f"{COMPANY.site}:443", COMPANY.manage.upper()) == COMPANY
    assert None is pinned(COMPANY.site, "another")
    assert None is pinned("https://elsewhere.example.net", COMPANY.manage)


def test_books_and_sites_are_told_each_once(ledger: Ledger) -> None:
    """The oldest first."""
    for number, company in enumerate((COMPANY, OTHER, COMPANY)):
        ledger.begin(run(number, company=company), [])
    assert list(ledger.companies().items()) == [(COMPANY, None), (OTHER, None)]


HELD = Hold(key="1", invoice="INV-1", customer_id=7, user="marie", at=NOON, note="disputed", owner="luc")
MOVED = replace(COMPANY, site="https://psa.maple.example")
SAYS = SiteSays(company_id="acme", company_name="Maple Networks")


@pytest.mark.parametrize(
    ("says", "whole"), [((SAYS, SAYS), True), ((SAYS, replace(SAYS, company_name="Oak")), False), ((SAYS, None), False)]
)
def test_what_is_known_of_a_site_is_known_at_each_of_its_addresses(
    ledger: Ledger, says: tuple[SiteSays, SiteSays | None], *, whole: bool
) -> None:
    """Watermark, holds, notes, matches, doubts and what was written; nothing of it at a site that is another."""
    first = run(0, says=says[0])
    ledger.begin(first, [row("1"), row("2")])
    ledger.decide("R0", [Decision(key="1", approve=False, note="wait")], [HELD])
    ledger.accept("R0", ACCEPTED)
    ledger.intend(intent("R0", "2"))
    ledger.conclude(posted("R0", "3"))
    ledger.finish(end("R0"))
    ledger.begin(run(1, company=MOVED, says=says[1]), [])
    known = ledger.known(MOVED)
    found = [
        ledger.last_success(MOVED, MARIE) == first,
        ledger.holds(MOVED) == {"1": HELD},
        {key: item.note for key, item in ledger.open_items(MOVED).items()} == {"1": "wait", "2": ""},
        set(known.accepted) == {1},
        len(known.written) == 1,
        [each.key for each in ledger.in_doubt(MOVED)] == ["2"],
        ledger.next_run(first) == "R1",
        ledger.highest_row(MOVED, date(2026, 1, 1)) == first.highest_row,
    ]
    assert (found, ledger.companies()[MOVED]) == ([whole] * len(found), says[1])
    assert {company.site for company in ledger.companies()} == {COMPANY.site, MOVED.site}


@pytest.mark.parametrize(("day", "highest"), [(0, 1000), (1, 1000), (2, 1001), (3, 1001), (4, 1003)])
def test_the_highest_row_is_that_of_the_newest_run_before_a_day(ledger: Ledger, day: int, highest: int | None) -> None:
    """A run of the day itself counts only where there is none before it; one of another company never does."""
    for number in (0, 1, 3):
        ledger.begin(run(number), [])
    ledger.begin(run(2, company=OTHER), [])
    assert highest == ledger.highest_row(COMPANY, FIRST_DAY + timedelta(days=day))


@pytest.mark.parametrize(
    ("day", "covering"), [(-1, None), (0, "R6"), (1, "R1"), (2, "R1"), (4, "R1"), (5, "R5"), (9, "R5")]
)
def test_the_covering_run_is_complete_to_the_latest_day_that_has_come(
    ledger: Ledger, day: int, covering: str | None
) -> None:
    """The newest of equals, not the newest of all: an End Date or a gap covers less, another company's run nothing."""
    ended = Window(since=Since(choice=Choice.PAST_WEEK), start=FIRST_DAY, end=FIRST_DAY, bounded=True)
    ledger.begin(run(8, id="R0", day=FIRST_DAY + timedelta(days=1)), [])
    ledger.begin(run(1), [])
    ledger.begin(run(2, window=replace(ended, end=FIRST_DAY + timedelta(days=1), bounded=True), id="R2"), [])
    ledger.begin(run(3, company=OTHER), [])
    ledger.begin(run(4, covered_to=FIRST_DAY + timedelta(days=1), id="R1"), [])
    ledger.begin(run(5), [])
    ledger.begin(run(6, window=ended), [])
    found = ledger.covering_run(COMPANY, FIRST_DAY + timedelta(days=day))
    assert (found and found.id) == covering


def test_what_a_row_says_has_changed_is_no_longer_as_it_was_seen(ledger: Ledger) -> None:
    """Until a reading proves it again; what was written stays known, and how many runs there were."""
    ledger.begin(run(0), [row("1"), row("2")])
    for key in ("1", "2"):
        ledger.intend(intent("R0", key))
        ledger.conclude(posted("R0", key))
    ledger.begin(run(1), [row("1", Status.CHANGED_IN_MANAGE)])
    ledger.begin(run(2, company=OTHER), [row("2", Status.CHANGED_IN_MANAGE)])
    known = ledger.known(COMPANY)
    assert (len(known.changed), len(known.seen), len(known.written)) == (1, 2, 2)
    ledger.begin(run(3), [row("1", Status.IN_AGREEMENT, record_read=True)])
    assert (len(ledger.known(COMPANY).changed), ledger.run_count(COMPANY), ledger.run_count(OTHER)) == (0, 3, 1)


def test_books_are_known_by_what_the_newest_run_remembers(ledger: Ledger) -> None:
    """Of the same books and site; counters and rows come back as they were."""
    first, second = (
        BooksMark(counters={50: 8 + n, 386: 12}, rows=(RowMark(id=n, document_id=7, content="0f", settled=n == 1),))
        for n in (0, 1)
    )
    assert ledger.books_mark(COMPANY) is None
    for number, mark in enumerate((first, second)):
        ledger.begin(run(number), [], Evidence(books=mark))
    ledger.begin(run(2, company=OTHER), [], Evidence(books=first))
    assert (ledger.books_mark(COMPANY), ledger.books_mark(OTHER)) == (second, first)
    ledger.begin(run(3), [], Evidence())
    assert ledger.books_mark(COMPANY) is None


def test_reviewed_rows_are_those_of_the_run(ledger: Ledger) -> None:
    """In the order they were shown."""
    ledger.begin(run(0), [row("2"), row("1")])
    ledger.begin(run(1), [row("2", Status.OVERPAID)])
    assert list(ledger.reviewed("R0")) == ["2", "1"]
    assert {"2": row("2", Status.OVERPAID)} == ledger.reviewed("R1")
    assert ledger.reviewed("R9") == {}


def test_the_latest_word_on_a_row_counts(ledger: Ledger) -> None:
    """A row refused in the first push and posted in the second is posted."""
    ledger.begin(run(0), [row("1"), row("2")])
    ledger.conclude(ended("R0", "1", Outcome.REFUSED))
    ledger.conclude(ended("R0", "2", Outcome.STALE))
    ledger.conclude(posted("R0", "1"))
    assert {"1": posted("R0", "1"), "2": ended("R0", "2", Outcome.STALE)} == ledger.postings("R0")


def test_a_write_that_differs_is_the_latest_word_on_its_row(ledger: Ledger) -> None:
    """It changed something, as an undo may that was not kept as sent; what was not sent since a posting is none."""
    ledger.begin(run(0), [row("1"), row("2")])
    differs = posted("R0", "1", outcome=Outcome.DIFFERS, verified=False, undo=True, attempt=2)
    for posting in (posted("R0", "1"), differs, posted("R0", "2"), ended("R0", "2", Outcome.STALE, attempt=None)):
        ledger.conclude(posting)
    assert {"1": differs, "2": posted("R0", "2")} == ledger.postings("R0")
    assert {"1": differs, "2": posted("R0", "2")} == ledger.changes("R0")


class TestInDoubt:
    """Intents whose outcome nobody knows."""

    def test_an_intent_is_in_doubt_until_something_is_known(self, ledger: Ledger) -> None:
        """Nothing said, then silence: still in doubt. Then an outcome."""
        ledger.begin(run(0), [row("1")])
        ledger.intend(intent("R0", "1"))
        assert [intent("R0", "1")] == ledger.in_doubt(COMPANY)
        ledger.conclude(ended("R0", "1", Outcome.UNKNOWN))
        assert [intent("R0", "1")] == ledger.in_doubt(COMPANY)
        ledger.conclude(ended("R0", "1", Outcome.REFUSED))
        assert ledger.in_doubt(COMPANY) == []

    @pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.UNKNOWN}))
    def test_every_outcome_but_unknown_ends_the_doubt(self, ledger: Ledger, outcome: Outcome) -> None:
        """What differs is known, too."""
        ledger.begin(run(0), [row("1")])
        ledger.intend(intent("R0", "1", clock_ahead=-3600.25))
        assert [intent("R0", "1", clock_ahead=-3600.25)] == ledger.in_doubt(COMPANY)
        ledger.conclude(ended("R0", "1", outcome))
        assert ledger.in_doubt(COMPANY) == []

    def test_a_second_attempt_does_not_bring_back_the_first(self, ledger: Ledger) -> None:
        """Each posting tells of its own attempt: the first is settled, the second is in doubt."""
        ledger.begin(run(0), [row("1")])
        again = intent("R0", "1", attempt=2, records_before=(10,))
        ledger.intend(intent("R0", "1"))
        ledger.conclude(ended("R0", "1", Outcome.REFUSED))
        ledger.intend(again)
        ledger.conclude(ended("R0", "1", Outcome.UNKNOWN, attempt=2))
        assert [again] == ledger.in_doubt(COMPANY)

    def test_a_later_attempt_does_not_settle_an_earlier_one(self, ledger: Ledger) -> None:
        """Even where both are of one row, one run and one invoice."""
        ledger.begin(run(0), [row("1")])
        for attempt in (1, 2):
            ledger.intend(intent("R0", "1", attempt=attempt))
        ledger.conclude(posted("R0", "1", attempt=2))
        assert [intent("R0", "1")] == ledger.in_doubt(COMPANY)

    def test_a_refusal_on_this_side_settles_nothing(self, ledger: Ledger) -> None:
        """A row turned down in a later push, for which nothing was sent, leaves the earlier intent in doubt."""
        ledger.begin(run(0), [row("1")])
        ledger.intend(intent("R0", "1"))
        ledger.conclude(ended("R0", "1", Outcome.REFUSED, attempt=None))
        assert [intent("R0", "1")] == ledger.in_doubt(COMPANY)

    def test_all_runs_of_the_books_oldest_first(self, ledger: Ledger) -> None:
        """The same row in another run, or at another company, is a question of its own."""
        for number in (0, 1):
            ledger.begin(run(number), [row("1")])
            ledger.intend(intent(f"R{number}", "1"))
        ledger.begin(run(2, company=OTHER), [row("1")])
        ledger.conclude(posted("R2", "1"))
        assert [intent("R0", "1"), intent("R1", "1")] == ledger.in_doubt(COMPANY)
        assert ledger.in_doubt(OTHER) == []


class TestOpenItems:
    """Rows that are carried forward."""

    @pytest.mark.parametrize("status", list(Status))
    def test_open_is_what_leaves_something_to_do(self, ledger: Ledger, status: Status) -> None:
        """Rows in agreement, credit notes and voided documents are closed; all others are open."""
        ledger.begin(run(0), [row("1", status)])
        expected = {} if status in CLOSED else {"1": OpenItem(row=row("1", status), since=FIRST_DAY)}
        assert expected == ledger.open_items(COMPANY)

    @pytest.mark.parametrize(
        ("outcome", "verified", "is_open"),
        [
            (Outcome.POSTED, True, False),
            (Outcome.POSTED, False, True),
            (Outcome.ALREADY, True, False),
            (Outcome.ALREADY, False, False),
            (Outcome.STALE, False, True),
            (Outcome.REFUSED, False, True),
            (Outcome.UNKNOWN, False, True),
        ],
    )
    def test_a_push_settles_what_it_posted_or_found_so(
        self, ledger: Ledger, outcome: Outcome, *, verified: bool, is_open: bool
    ) -> None:
        """Posted counts only when the read-back showed what was intended."""
        ledger.begin(run(0), [row("1")])
        ledger.conclude(posted("R0", "1", outcome=outcome, verified=verified))
        assert is_open == ("1" in ledger.open_items(COMPANY))

    def test_the_row_is_as_last_reviewed_and_since_is_when_it_was_first_held(self, ledger: Ledger) -> None:
        """Three runs showed it; it has been open since the first. A run that did not show it changes nothing."""
        ledger.begin(run(0), [row("1", Status.OVERPAID), row("2")])
        ledger.begin(run(1), [row("1", Status.TOTAL_DIFFERS)])
        ledger.begin(run(2), [row("1")])
        assert {
            "1": OpenItem(row=row("1"), since=FIRST_DAY),
            "2": OpenItem(row=row("2"), since=FIRST_DAY),
        } == ledger.open_items(COMPANY)

    def test_settled_and_open_again_counts_from_then(self, ledger: Ledger) -> None:
        """A returned cheque opens an invoice anew: since starts over, after a push as after an agreement."""
        ledger.begin(run(0), [row("1"), row("2")])
        ledger.conclude(posted("R0", "1"))
        ledger.begin(run(1), [row("2", Status.IN_AGREEMENT)])
        ledger.begin(run(2), [row("1", Status.REOPENED), row("2")])
        ledger.begin(run(3), [row("1", Status.REOPENED), row("2")])
        assert {"1": date(2026, 3, 3), "2": date(2026, 3, 3)} == {
            key: item.since for key, item in ledger.open_items(COMPANY).items()
        }

    def test_the_last_decision_says_the_note_and_the_owner(self, ledger: Ledger) -> None:
        """The sheet shows both, so that an emptied cell empties them; another company's note is not ours."""
        ledger.begin(run(0), [row("1"), row("2")])
        ledger.decide("R0", [Decision(key="1", approve=False, note="Ask Luc"), Decision(key="2", approve=False)])
        ledger.begin(run(1, company=OTHER), [row("1")])
        ledger.decide("R1", [Decision(key="1", approve=False, note="Not ours")])
        ledger.begin(run(2), [row("1"), row("2")])
        ledger.decide("R2", [Decision(key="1", approve=False, note="Luc: payé", owner="Zoé")])
        found = {key: (item.note, item.owner) for key, item in ledger.open_items(COMPANY).items()}
        assert found == {"1": ("Luc: payé", "Zoé"), "2": ("", "")}
        ledger.decide("R2", [Decision(key="1", approve=True)])
        assert ledger.open_items(COMPANY)["1"].note == ""

    def test_another_company_s_rows_are_its_own(self, ledger: Ledger) -> None:
        """The same key there is neither open here nor settled by what happens here."""
        ledger.begin(run(0, company=OTHER), [row("1", Status.OVERPAID)])
        ledger.begin(run(1), [row("1")])
        ledger.conclude(posted("R1", "1"))
        assert ledger.open_items(COMPANY) == {}
        assert {"1": OpenItem(row=row("1", Status.OVERPAID), since=FIRST_DAY)} == ledger.open_items(OTHER)


class TestKnown:
    """What is remembered of Manage, so that less has to be read."""

    def test_nothing_at_first(self, ledger: Ledger) -> None:
        """An empty ledger remembers nothing, for anybody."""
        assert LedgerMemory() == ledger.known(COMPANY)

    def test_what_we_last_wrote_and_read_back(self, ledger: Ledger) -> None:
        """The latest of two pushes; the customer is known from the row."""
        ledger.begin(run(0), [row("1")])
        ledger.conclude(posted("R0", "1"))
        ledger.begin(run(1), [row("1")])
        last = Written(payment_id=9001, amount=Decimal("150.00"), paid_on=LATER)
        ledger.conclude(posted("R1", "1", paid_after=Decimal("150.00"), written=last))
        assert LedgerMemory(
            written={101: last},
            seen={101: Seen(paid=Decimal("150.00"), date_paid=LATER)},
            customers={7: 3},
            names={7: "Boréal inc."},
            documents={101: 1},
        ) == ledger.known(COMPANY)

    def test_a_write_that_manage_shows_otherwise_was_written_all_the_same(self, ledger: Ledger) -> None:
        """It tells a change of ours from one of others, and is no proof of what Manage shows."""
        ledger.begin(run(0), [row("1")])
        ledger.conclude(posted("R0", "1", outcome=Outcome.DIFFERS, verified=False))
        known = ledger.known(COMPANY)
        assert {101: posted("R0", "1").written} == known.written
        assert (known.seen, known.customers) == ({}, {})

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_an_invoice_whose_last_row_was_refused_or_stale_deserves_a_look(
        self, ledger: Ledger, outcome: Outcome
    ) -> None:
        """A record that Paid Amount does not show may stand in its way; a later posting says that none does."""
        ledger.begin(run(0), [row("1"), row("2")])
        for key in ("1", "2"):
            ledger.conclude(ended("R0", key, outcome))
        ledger.conclude(posted("R0", "2"))
        hindered = outcome in {Outcome.REFUSED, Outcome.STALE}
        assert ledger.known(COMPANY).refused == (frozenset({101}) if hindered else frozenset())

    def test_the_record_s_own_date_is_what_was_seen(self, ledger: Ledger) -> None:
        """Where we wrote, the date is that of our record; where we found it so, that which Manage showed."""
        ledger.begin(run(0), [row("1"), row("2")])
        ledger.conclude(posted("R0", "1", date_paid_after=LATER))
        ledger.conclude(posted("R0", "2", outcome=Outcome.ALREADY, written=None, date_paid_after=LATER))
        amount = Decimal("100.00")
        assert {
            101: Seen(paid=amount, date_paid=FIRST_DAY),
            102: Seen(paid=amount, date_paid=LATER),
        } == ledger.known(COMPANY).seen

    def test_a_row_in_agreement_is_proof_only_when_its_records_were_read(self, ledger: Ledger) -> None:
        """A date that is absent because nobody looked is not a date that is absent."""
        amount = Decimal("80.00")
        agrees = {"paid_before": amount, "date_paid_before": LATER}
        ledger.begin(
            run(0),
            [
                row("1", Status.IN_AGREEMENT, record_read=True, **agrees),
                row("2", Status.IN_AGREEMENT, record_read=False, **agrees),
                row("3", Status.READY, record_read=True, **agrees),
                row("4", Status.IN_AGREEMENT, record_read=True, paid_before=None),
                row("5", Status.IN_AGREEMENT, record_read=True, invoice_id=None),
            ],
        )
        assert {101: Seen(paid=amount, date_paid=LATER)} == ledger.known(COMPANY).seen

    def test_the_later_proof_counts(self, ledger: Ledger) -> None:
        """Posted and then seen changed at a review, or the other way round."""
        fifty = {"record_read": True, "paid_before": Decimal("50.00"), "date_paid_before": None}
        ledger.begin(run(0), [row("1", Status.IN_AGREEMENT, **fifty), row("2")])
        ledger.conclude(posted("R0", "2"))
        ledger.begin(run(1), [row("1"), row("2", Status.IN_AGREEMENT, **fifty)])
        ledger.conclude(posted("R1", "1"))
        assert {
            101: Seen(paid=Decimal("100.00"), date_paid=FIRST_DAY),
            102: Seen(paid=Decimal("50.00"), date_paid=None),
        } == ledger.known(COMPANY).seen

    def test_a_customer_is_known_by_the_row_that_was_posted(self, ledger: Ledger) -> None:
        """The latest company counts; a row without one says nothing, and a row found already so says nothing."""
        ledger.begin(run(0), [row("1"), row("2", company_id=None, customer_id=8), row("3", customer_id=9)])
        for key in ("1", "2"):
            ledger.conclude(posted("R0", key))
        ledger.conclude(posted("R0", "3", outcome=Outcome.ALREADY))
        assert ledger.known(COMPANY).customers == {7: 3}
        ledger.begin(run(1), [row("1", company_id=4)])
        ledger.conclude(posted("R1", "1"))
        assert ledger.known(COMPANY).customers == {7: 4}

    def test_another_company_knows_nothing_of_it(self, ledger: Ledger) -> None:
        """Ids of one site mean nothing on another."""
        ledger.begin(run(0), [row("1"), row("2", Status.IN_AGREEMENT, record_read=True)])
        ledger.conclude(posted("R0", "1"))
        ledger.begin(run(1, company=OTHER), [])
        assert LedgerMemory() == ledger.known(OTHER)


class TestHistory:
    """All runs, newest first."""

    def test_a_line_for_each_run(self, ledger: Ledger) -> None:
        """Rows by status, the latest end, and what was added to Paid Amount."""
        ledger.begin(run(0), [row("1"), row("2"), row("3", Status.OVERPAID)])
        ledger.finish(end("R0", phase=Phase.SYNC))
        ledger.conclude(posted("R0", "1"))
        ledger.conclude(posted("R0", "2", currency="USD", paid_before=Decimal("30.00")))
        ledger.conclude(ended("R0", "3", Outcome.REFUSED))
        ledger.finish(end("R0"))
        ledger.begin(run(1, company=OTHER), [])
        newest, oldest = ledger.history()
        assert (run(1, company=OTHER), {}, None, {}) == (newest.run, newest.rows, newest.end, newest.posted)
        assert (run(0), {"ready": 2, "overpaid": 1}, end("R0")) == (oldest.run, oldest.rows, oldest.end)
        assert {"CAD": Decimal("100.00"), "USD": Decimal("70.00")} == oldest.posted


class TestRecord:
    """What an audit is made of."""

    def test_everything_of_a_run_comes_back_in_the_order_it_happened(self, ledger: Ledger) -> None:
        """Decisions (the last on each row), intents, postings, ends and exports; another run has none of it."""
        first, last = Decision(key="1", approve=False, note="Ask Luc"), Decision(key="1", approve=True)
        ledger.begin(run(0), [row("1")])
        ledger.begin(run(1), [row("1")])
        ledger.finish(end("R0", phase=Phase.SYNC))
        for decision in (first, last):
            ledger.decide("R0", [decision])
        ledger.intend(intent("R0", "1"))
        endings = [ended("R0", "1", Outcome.REFUSED), posted("R0", "1", attempt=2), posted("R0", "1", undo=True)]
        for posting in endings:
            ledger.conclude(posting)
        ledger.finish(end("R0"))
        made = [
            Export(
                run="R0",
                at=NOON,
                person=MARIE,
                folder=folder,
                files=(("a.csv", "00"),),
                head=Head(rows=3, hash="0c" * 32),
            )
            for folder in "xy"
        ]
        for export in made:
            ledger.export(export)
        assert ledger.decisions("R0") == {"1": last}
        assert ledger.intents("R0") == [intent("R0", "1")]
        assert (ledger.all_postings("R0"), ledger.changes("R0")) == (endings, {"1": endings[-1]})
        assert ledger.ends("R0") == [end("R0", phase=Phase.SYNC), end("R0")]
        assert ledger.exports("R0") == made
        nothing = (ledger.decisions("R1"), ledger.intents("R1"), ledger.ends("R1"), ledger.exports("R1"))
        assert (*nothing, ledger.all_postings("R1")) == ({}, [], [], [], [])

    def test_the_run_after_one_is_of_the_same_books(self, ledger: Ledger) -> None:
        """Whether it was shown to anybody or not."""
        for number, company in enumerate([COMPANY, OTHER, COMPANY, COMPANY]):
            ledger.begin(run(number, company=company), [])
        assert [ledger.next_run(run(number)) for number in (0, 2, 3)] == ["R2", "R3", None]

    def test_what_was_open_when_a_run_began(self, ledger: Ledger) -> None:
        """What happened since does not count."""
        ledger.begin(run(0), [row("1"), row("2")])
        ledger.conclude(posted("R0", "1"))
        ledger.begin(run(1), [row("3")])
        ledger.conclude(posted("R1", "3"))
        assert set(ledger.open_items(COMPANY, before="R1")) == {"2"}
        assert ledger.open_items(COMPANY, before="R0") == {}

    def test_the_chain_is_whole(self, ledger: Ledger) -> None:
        """Each record moves its end; a ledger that took no other's place says so."""
        before = ledger.head().rows
        ledger.begin(run(0), [row("1")])
        assert (ledger.verify(), ledger.head().rows, ledger.ends_since_rebuilt()) == (ledger.head(), before + 2, [])


ACCEPTED = AcceptedMatch(
    key="1",
    invoice="INV-1",
    customer_id=7,
    customer="Boréal inc.",
    invoice_id=101,
    manage_number="INV-01",
    manage_customer="Boréal",
    user="marie",
    at=NOON,
)


def test_accepted_matches_are_remembered_until_they_are_taken_back(ledger: Ledger) -> None:
    """By the document in Sage; of each company its own."""
    ledger.begin(run(0), [row("1"), row("2")])
    ledger.begin(run(1, company=OTHER), [row("1")])
    ledger.accept("R0", ACCEPTED)
    ledger.accept("R0", replace(ACCEPTED, key="2"))
    ledger.accept("R1", replace(ACCEPTED, user="luc"))
    ledger.accept("R0", replace(ACCEPTED, key="2", undone=True))
    assert ledger.known(COMPANY).accepted == {1: ACCEPTED}
    assert ledger.known(OTHER).accepted == {1: replace(ACCEPTED, user="luc")}


def test_rows_are_known_as_they_were_when_manage_agreed_with_them(ledger: Ledger) -> None:
    """In agreement at the review, or written; not what was undone, refused or only shown, nor other keys or books."""
    agreed = row("1", Status.IN_AGREEMENT)
    ledger.begin(run(0), [agreed, row("2"), row("3"), row("4"), row("5", Status.IN_AGREEMENT), row("6")])
    for key in "234":
        ledger.conclude(posted("R0", key))
    ledger.conclude(ended("R0", "6", Outcome.REFUSED))
    ledger.conclude(posted("R0", "3", undo=True))
    ledger.begin(run(1, company=OTHER), [row("1", Status.IN_AGREEMENT, invoice="theirs")])
    ledger.begin(run(2), [row("1", Status.REOPENED), row("4", invoice="again")])
    ledger.conclude(posted("R2", "4"))
    ledger.begin(run(3), [row("2", Status.REOPENED)])
    keys = {"1", "2", "3", "4", "6", "7"}
    assert ledger.agreed_rows(COMPANY, keys) == {"1": agreed, "2": row("2"), "4": row("4", invoice="again")}
    assert ledger.agreed_rows(COMPANY, set()) == {}


OPENING = Opening(
    run="R0",
    person=MARIE,
    at=NOON,
    go_live=FIRST_DAY,
    rows=(
        OpeningRow(
            key="1",
            invoice="INV-1",
            customer_id=7,
            customer="Boréal inc.",
            currency="CAD",
            settled=Decimal("100.00"),
            paid=Decimal("0.00"),
            credits=Decimal("0.00"),
            difference=Decimal("-100.00"),
        ),
    ),
)


SIGNED = Signature(
    run="R0",
    role=Role.REVIEWER,
    person=MARIE,
    at=NOON,
    note="Fin de mois",
    figures=(SignedFigure(measure=Measure.ROWS, of="posted", currency="CAD", value=Decimal("3.00")),),
    hash="0a" * 32,
)


def test_signatures_of_a_run_are_told_in_their_order(ledger: Ledger) -> None:
    """All of them: which one counts is for the core to tell."""
    ledger.begin(run(0), [])
    ledger.begin(run(1), [])
    later = replace(SIGNED, role=Role.PREPARER, note="", figures=())
    for each in (SIGNED, later, replace(SIGNED, run="R1")):
        ledger.sign(each)
    assert (ledger.signatures("R0"), ledger.signatures("R2")) == ([SIGNED, later], [])


def test_what_people_said_of_rows_is_told_in_its_order(ledger: Ledger) -> None:
    """Holds, releases and accepted matches of these books, each with its run, whether it was taken back or not."""
    ledger.begin(run(0), [row("1")])
    ledger.begin(run(1, company=OTHER), [row("1")])
    ledger.decide("R0", [], [HELD])
    ledger.decide("R1", [], [HELD])
    ledger.accept("R0", ACCEPTED)
    released = replace(HELD, released=True)
    ledger.decide("R0", [], [released])
    assert ledger.said(COMPANY) == [("R0", HELD), ("R0", ACCEPTED), ("R0", released)]


def test_balances_are_told_in_the_order_in_which_they_were_read(ledger: Ledger) -> None:
    """Those of syncs and those after pushes, of these books alone, with what was sent between two of them."""
    at_sync = TieOut(day=FIRST_DAY, items=(), customers=(), ages=())
    after = Balances(run="R0", at=NOON, person=MARIE, tie_out=replace(at_sync, day=LATER))
    ledger.begin(run(0), [row("1")], Evidence(tie_out=at_sync))
    ledger.begin(run(1, company=OTHER), [row("1")], Evidence(tie_out=at_sync))
    assert ledger.last_sent("R0") is None
    ledger.conclude(replace(ended("R0", "2", Outcome.STALE), attempt=None))
    ledger.intend(intent("R0", "1"))
    asked = ledger.last_sent("R0") or 0
    ledger.conclude(posted("R0", "1", attempt=1))
    ledger.conclude(posted("R1", "1", attempt=1))
    ledger.keep_balances(after)
    doubted = [[each.key for each in ledger.in_doubt(COMPANY, before=place)] for place in (asked, asked + 1, asked + 2)]
    assert doubted == [[], ["1"], []]
    ledger.begin(run(2), [], Evidence())
    readings = ledger.readings(COMPANY)
    assert [(each.run, each.closing) for each in readings] == [("R0", False), ("R0", True), ("R2", False)]
    before = Balances(run="R0", at=run(0).started, person=run(0).person, tie_out=at_sync)
    assert [ledger.balances(each) for each in readings] == [before, after, None]
    first, second, third = (each.place for each in readings)
    assert ledger.sent(COMPANY, first, second) == ledger.sent(COMPANY, 0) == [posted("R0", "1", attempt=1)]
    assert ledger.sent(COMPANY, second, third) == []
    assert first < (ledger.last_sent("R0") or 0) < second


def test_the_opening_statement_of_books_and_site_is_the_first(ledger: Ledger) -> None:
    """Each pair its own; it comes and goes with the run that made it."""
    assert ledger.opening(COMPANY) is None
    ledger.begin(run(0), [row("1")], None, OPENING)
    ledger.begin(run(1, company=OTHER), [])
    ledger.begin(run(2), [], None, replace(OPENING, run="R2", rows=()))
    assert (ledger.opening(COMPANY), ledger.opening(OTHER)) == (OPENING, None)


def test_what_an_opening_statement_accepts_is_open_once_somebody_wants_it(ledger: Ledger) -> None:
    """Pushed, however that ended, or last said Yes to, or put off to a day: of the run that showed it last."""
    keys = "1234567"
    accepted = [row(key, opening=FIRST_DAY) for key in keys]
    ledger.begin(run(0), accepted)
    assert ledger.open_items(COMPANY) == {}
    ledger.intend(intent("R0", "1"))
    ledger.conclude(ended("R0", "2", Outcome.STALE))
    ledger.conclude(posted("R0", "3"))
    yes, no = Decision(key="4", approve=True), Decision(key="5", approve=False, note="seen")
    ledger.decide("R0", [yes, no, replace(no, key="6", until=FIRST_DAY), replace(yes, key="7")])
    ledger.decide("R0", [replace(no, key="7")])
    assert set(ledger.open_items(COMPANY)) == {"1", "2", "4", "6"}
    ledger.conclude(posted("R0", "3", undo=True))
    assert set(ledger.open_items(COMPANY)) == {"1", "2", "3", "4", "6"}
    assert set(ledger.open_items(COMPANY, before="R0")) == set()
    ledger.begin(run(1), accepted[:5])
    assert set(ledger.open_items(COMPANY)) == {"6"}
    assert set(ledger.open_items(COMPANY, before="R1")) == {"1", "2", "3", "4", "6"}


def test_the_last_word_on_a_row_is_a_hold_or_its_release(ledger: Ledger) -> None:
    """Of each row its own, and of each company."""
    hold = Hold(key="1", invoice="INV-1", customer_id=7, user="marie", at=NOON, note="disputed", owner="luc")
    ledger.begin(run(0), [row("1"), row("2")])
    ledger.decide("R0", [], [replace(hold, until=NOON.date()), replace(hold, key="2")])
    ledger.begin(run(1, company=OTHER), [row("1")])
    ledger.decide("R1", [], [replace(hold, note="theirs")])
    ledger.decide("R0", [], [replace(hold, key="2", released=True)])
    assert {"1": replace(hold, until=NOON.date()), "2": replace(hold, key="2", released=True)} == ledger.holds(COMPANY)


def test_what_was_said_of_a_number_is_found_with_who_ended_it(ledger: Ledger) -> None:
    """Of every key that ever bore it, in Sage or by a match in Manage, in any case; and of no other key."""
    by_match = AcceptedMatch(
        key="3",
        invoice="OTHER",
        customer_id=7,
        customer="Boréal inc.",
        invoice_id=103,
        manage_number="inv-1",
        manage_customer="Boreal",
        user="luc",
        at=NOON,
    )
    ledger.begin(run(0), [row("1"), row("2"), row("3")])
    ledger.finish(end("R0", phase=Phase.SYNC))
    ledger.decide("R0", [Decision(key="1", approve=True), Decision(key="2", approve=True)])
    ledger.intend(intent("R0", "1"))
    ledger.conclude(posted("R0", "1"))
    ledger.finish(replace(end("R0", phase=Phase.PUSH), person=PAUL))
    ledger.begin(run(1), [row("1", invoice="INV-9")])
    ledger.accept("R1", by_match)
    found = ledger.recorded(" Inv-1")
    assert [(each.place, each.run.id, each.key, each.by and each.by.user) for each in found] == [
        (2, "R0", "1", "marie"),
        (4, "R0", "3", "marie"),
        (6, "R0", "1", "paul"),
        (8, "R0", "1", "paul"),
        (9, "R0", "1", "paul"),
        (found[5].place, "R1", "1", None),
        (found[6].place, "R1", "3", None),
    ]
    assert [each.told for each in found[2:5]] == [
        Decision(key="1", approve=True),
        intent("R0", "1"),
        posted("R0", "1"),
    ]
    assert (ledger.recorded("INV"), ledger.recorded("")) == ([], [])
