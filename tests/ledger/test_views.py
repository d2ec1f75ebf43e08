"""What the ledger knows: each question with its answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sync.core.journal import Phase
from sync.core.posting import Decision, Outcome
from sync.core.proposal import CLOSED, Status
from sync.core.review import OpenItem
from sync.core.standing import Known, Seen, Written
from sync.ledger.book import SqliteLedger
from tests.ledger.samples import (
    COMPANY,
    ELSEWHERE,
    FIRST_DAY,
    MARIE,
    OTHER,
    PAUL,
    end,
    ended,
    intent,
    posted,
    row,
    run,
    write,
)

LATER = FIRST_DAY + timedelta(days=5)


def test_a_run_is_found_by_its_id(ledger: SqliteLedger) -> None:
    """An unknown id is nothing."""
    ledger.begin(run(0), [])
    assert run(0) == ledger.run("R0")
    assert None is ledger.run("R9")


def test_a_run_is_replaced_by_a_later_one_that_was_shown(ledger: SqliteLedger) -> None:
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


def test_the_last_successful_run_is_this_person_s_on_this_computer(ledger: SqliteLedger) -> None:
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


def test_only_a_successful_end_moves_the_watermark(ledger: SqliteLedger) -> None:
    """An interrupted run and a push with refusals leave it; a later push that ends well moves it."""
    ledger.begin(run(0), [])
    assert None is ledger.last_success(COMPANY, MARIE)
    ledger.finish(end("R0", successful=False))
    assert None is ledger.last_success(COMPANY, MARIE)
    ledger.finish(end("R0"))
    assert run(0) == ledger.last_success(COMPANY, MARIE)


def test_the_watermark_never_moves_back(ledger: SqliteLedger) -> None:
    """A second push of the run that does not succeed takes nothing back: its rows are carried forward."""
    ledger.begin(run(0), [])
    ledger.finish(end("R0"))
    ledger.finish(end("R0", successful=False))
    assert run(0) == ledger.last_success(COMPANY, MARIE)


def test_a_site_is_pinned_to_the_books_it_was_first_used_with(ledger: SqliteLedger) -> None:
    """By site and Manage company; later runs change nothing."""
    second = run(1, company=OTHER)
    third = run(2, company=run(0).company.__class__(sage="Else", site=COMPANY.site, manage=COMPANY.manage))
    for begun in (run(0), second, third):
        ledger.begin(begun, [])
    assert ledger.company_of_site(COMPANY.site, COMPANY.manage) == COMPANY
    assert ledger.company_of_site(OTHER.site, OTHER.manage) == OTHER
    assert None is ledger.company_of_site(COMPANY.site, "another")
    assert None is ledger.company_of_site("https://elsewhere.example.net", COMPANY.manage)


@pytest.mark.parametrize(("day", "highest"), [(0, 1000), (1, 1000), (2, 1001), (3, 1001), (4, 1003)])
def test_the_highest_row_is_that_of_the_newest_run_before_a_day(
    ledger: SqliteLedger, day: int, highest: int | None
) -> None:
    """A run of the day itself counts only where there is none before it; one of another company never does."""
    for number in (0, 1, 3):
        ledger.begin(run(number), [])
    ledger.begin(run(2, company=OTHER), [])
    assert highest == ledger.highest_row(COMPANY, FIRST_DAY + timedelta(days=day))


def test_reviewed_rows_are_those_of_the_run(ledger: SqliteLedger) -> None:
    """In the order they were shown."""
    ledger.begin(run(0), [row("2"), row("1")])
    ledger.begin(run(1), [row("2", Status.OVERPAID)])
    assert list(ledger.reviewed("R0")) == ["2", "1"]
    assert {"2": row("2", Status.OVERPAID)} == ledger.reviewed("R1")
    assert ledger.reviewed("R9") == {}


def test_the_latest_word_on_a_row_counts(ledger: SqliteLedger) -> None:
    """A row refused in the first push and posted in the second is posted."""
    ledger.begin(run(0), [row("1"), row("2")])
    ledger.conclude(ended("R0", "1", Outcome.REFUSED))
    ledger.conclude(ended("R0", "2", Outcome.STALE))
    ledger.conclude(posted("R0", "1"))
    assert {"1": posted("R0", "1"), "2": ended("R0", "2", Outcome.STALE)} == ledger.postings("R0")


class TestInDoubt:
    """Intents whose outcome nobody knows."""

    def test_an_intent_is_in_doubt_until_something_is_known(self, ledger: SqliteLedger) -> None:
        """Nothing said, then silence: still in doubt. Then an outcome."""
        ledger.begin(run(0), [row("1")])
        ledger.intend(intent("R0", "1"))
        assert [intent("R0", "1")] == ledger.in_doubt(COMPANY)
        ledger.conclude(ended("R0", "1", Outcome.UNKNOWN))
        assert [intent("R0", "1")] == ledger.in_doubt(COMPANY)
        ledger.conclude(ended("R0", "1", Outcome.REFUSED))
        assert ledger.in_doubt(COMPANY) == []

    def test_a_second_attempt_does_not_bring_back_the_first(self, ledger: SqliteLedger) -> None:
        """Only the last of two intents is in doubt when the first was settled in between."""
        ledger.begin(run(0), [row("1")])
        again = intent("R0", "1", records_before=(10,))
        ledger.intend(intent("R0", "1"))
        ledger.conclude(ended("R0", "1", Outcome.REFUSED))
        ledger.intend(again)
        ledger.conclude(ended("R0", "1", Outcome.UNKNOWN))
        assert [again] == ledger.in_doubt(COMPANY)

    def test_a_refusal_on_this_side_settles_nothing(self, ledger: SqliteLedger) -> None:
        """A row turned down in a later push, without word of its invoice, leaves the earlier intent in doubt."""
        ledger.begin(run(0), [row("1")])
        ledger.intend(intent("R0", "1"))
        ledger.conclude(ended("R0", "1", Outcome.REFUSED, invoice_id=None))
        assert [intent("R0", "1")] == ledger.in_doubt(COMPANY)

    def test_what_became_of_another_invoice_settles_nothing(self, ledger: SqliteLedger) -> None:
        """The row may have been matched with another invoice since."""
        ledger.begin(run(0), [row("1")])
        ledger.intend(intent("R0", "1", write=write(555)))
        ledger.conclude(posted("R0", "1"))
        assert [intent("R0", "1", write=write(555))] == ledger.in_doubt(COMPANY)

    def test_all_runs_of_the_books_oldest_first(self, ledger: SqliteLedger) -> None:
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
    def test_open_is_what_leaves_something_to_do(self, ledger: SqliteLedger, status: Status) -> None:
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
        self, ledger: SqliteLedger, outcome: Outcome, *, verified: bool, is_open: bool
    ) -> None:
        """Posted counts only when the read-back showed what was intended."""
        ledger.begin(run(0), [row("1")])
        ledger.conclude(posted("R0", "1", outcome=outcome, verified=verified))
        assert is_open == ("1" in ledger.open_items(COMPANY))

    def test_the_row_is_as_last_reviewed_and_since_is_when_it_was_first_held(self, ledger: SqliteLedger) -> None:
        """Three runs showed it; it has been open since the first. A run that did not show it changes nothing."""
        ledger.begin(run(0), [row("1", Status.OVERPAID), row("2")])
        ledger.begin(run(1), [row("1", Status.TOTAL_DIFFERS)])
        ledger.begin(run(2), [row("1")])
        assert {
            "1": OpenItem(row=row("1"), since=FIRST_DAY),
            "2": OpenItem(row=row("2"), since=FIRST_DAY),
        } == ledger.open_items(COMPANY)

    def test_settled_and_open_again_counts_from_then(self, ledger: SqliteLedger) -> None:
        """A returned cheque opens an invoice anew: since starts over, after a push as after an agreement."""
        ledger.begin(run(0), [row("1"), row("2")])
        ledger.conclude(posted("R0", "1"))
        ledger.begin(run(1), [row("2", Status.IN_AGREEMENT)])
        ledger.begin(run(2), [row("1", Status.REOPENED), row("2")])
        ledger.begin(run(3), [row("1", Status.REOPENED), row("2")])
        assert {"1": date(2026, 3, 3), "2": date(2026, 3, 3)} == {
            key: item.since for key, item in ledger.open_items(COMPANY).items()
        }

    def test_the_last_decision_says_the_note_and_the_owner(self, ledger: SqliteLedger) -> None:
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

    def test_another_company_s_rows_are_its_own(self, ledger: SqliteLedger) -> None:
        """The same key there is neither open here nor settled by what happens here."""
        ledger.begin(run(0, company=OTHER), [row("1", Status.OVERPAID)])
        ledger.begin(run(1), [row("1")])
        ledger.conclude(posted("R1", "1"))
        assert ledger.open_items(COMPANY) == {}
        assert {"1": OpenItem(row=row("1", Status.OVERPAID), since=FIRST_DAY)} == ledger.open_items(OTHER)


class TestKnown:
    """What is remembered of Manage, so that less has to be read."""

    def test_nothing_at_first(self, ledger: SqliteLedger) -> None:
        """An empty ledger remembers nothing, for anybody."""
        assert Known() == ledger.known(COMPANY)

    def test_what_we_last_wrote_and_read_back(self, ledger: SqliteLedger) -> None:
        """The latest of two pushes; the customer is known from the row."""
        ledger.begin(run(0), [row("1")])
        ledger.conclude(posted("R0", "1"))
        ledger.begin(run(1), [row("1")])
        last = Written(payment_id=9001, amount=Decimal("150.00"), paid_on=LATER)
        ledger.conclude(posted("R1", "1", paid_after=Decimal("150.00"), written=last))
        assert Known(
            written={101: last}, seen={101: Seen(paid=Decimal("150.00"), date_paid=LATER)}, customers={7: 3}
        ) == ledger.known(COMPANY)

    def test_a_write_that_was_not_read_back_was_written_all_the_same(self, ledger: SqliteLedger) -> None:
        """It tells a change of ours from one of others, and is no proof of what Manage shows."""
        ledger.begin(run(0), [row("1")])
        ledger.conclude(posted("R0", "1", verified=False))
        known = ledger.known(COMPANY)
        assert {101: posted("R0", "1").written} == known.written
        assert (known.seen, known.customers) == ({}, {})

    def test_the_record_s_own_date_is_what_was_seen(self, ledger: SqliteLedger) -> None:
        """Where we wrote, the date is that of our record; where we found it so, that which Manage showed."""
        ledger.begin(run(0), [row("1"), row("2")])
        ledger.conclude(posted("R0", "1", date_paid_after=LATER))
        ledger.conclude(posted("R0", "2", outcome=Outcome.ALREADY, written=None, date_paid_after=LATER))
        amount = Decimal("100.00")
        assert {
            101: Seen(paid=amount, date_paid=FIRST_DAY),
            102: Seen(paid=amount, date_paid=LATER),
        } == ledger.known(COMPANY).seen

    def test_a_row_in_agreement_is_proof_only_when_its_records_were_read(self, ledger: SqliteLedger) -> None:
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

    def test_the_later_proof_counts(self, ledger: SqliteLedger) -> None:
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

    def test_a_customer_is_known_by_the_row_that_was_posted(self, ledger: SqliteLedger) -> None:
        """The latest company counts; a row without one says nothing, and a row found already so says nothing."""
        ledger.begin(run(0), [row("1"), row("2", company_id=None, customer_id=8), row("3", customer_id=9)])
        for key in ("1", "2"):
            ledger.conclude(posted("R0", key))
        ledger.conclude(posted("R0", "3", outcome=Outcome.ALREADY))
        assert ledger.known(COMPANY).customers == {7: 3}
        ledger.begin(run(1), [row("1", company_id=4)])
        ledger.conclude(posted("R1", "1"))
        assert ledger.known(COMPANY).customers == {7: 4}

    def test_another_company_knows_nothing_of_it(self, ledger: SqliteLedger) -> None:
        """Ids of one site mean nothing on another."""
        ledger.begin(run(0), [row("1"), row("2", Status.IN_AGREEMENT, record_read=True)])
        ledger.conclude(posted("R0", "1"))
        ledger.begin(run(1, company=OTHER), [])
        assert Known() == ledger.known(OTHER)


class TestHistory:
    """All runs, newest first."""

    def test_a_line_for_each_run(self, ledger: SqliteLedger) -> None:
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
