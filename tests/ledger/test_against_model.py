"""Any history of runs and pushes: the ledger answers every question as the one in memory does, opened anew or not."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from sync.core.values.posting import Decision, Intent, Outcome, Posting, Written
from sync.core.values.proposal import Proposal, Status
from sync.core.values.runs import Company, Person, Phase
from sync.ledger.sqlite_ledger import open_ledger
from tests.ledger.samples import COMPANY, ELSEWHERE, FIRST_DAY, MARIE, OTHER, PAUL, end, intent, posted, row, run, write
from tests.support.memory_ledger import MemoryLedger

PEOPLE = [MARIE, PAUL, ELSEWHERE]
COMPANIES = [COMPANY, OTHER, replace(COMPANY, sage="Else inc."), replace(COMPANY, manage="acme-test")]
KEYS = st.sampled_from(["1", "2", "3"])
INVOICES = st.sampled_from([101, 102, 103])
AMOUNTS = st.none() | st.sampled_from([Decimal("0.00"), Decimal("40.00"), Decimal("100.00")])
DAYS = st.none() | st.sampled_from([FIRST_DAY, FIRST_DAY + timedelta(days=9)])
ATTEMPTS = st.sampled_from([1, 2])
NUMBERS = st.integers(min_value=0, max_value=9)


@st.composite
def rows(draw: st.DrawFn) -> Proposal:
    """A row with all that the queries look at."""
    return row(
        draw(KEYS),
        draw(st.sampled_from(Status)),
        customer_id=draw(st.sampled_from([7, 8])),
        company_id=draw(st.none() | st.sampled_from([3, 4])),
        invoice_id=draw(st.none() | INVOICES),
        record_read=draw(st.booleans()),
        paid_before=draw(AMOUNTS),
        date_paid_before=draw(DAYS),
        opening=draw(st.none() | st.just(FIRST_DAY)),
    )


@st.composite
def postings(draw: st.DrawFn) -> Posting:
    """An outcome with all that the queries look at; of no run yet."""
    written = Written(payment_id=draw(NUMBERS), amount=Decimal("40.00"), paid_on=draw(DAYS))
    return posted(
        "",
        draw(KEYS),
        outcome=draw(st.sampled_from(Outcome)),
        verified=draw(st.booleans()),
        currency=draw(st.sampled_from(["CAD", "USD", None])),
        invoice_id=draw(st.none() | INVOICES),
        paid_after=draw(AMOUNTS),
        date_paid_after=draw(DAYS),
        written=draw(st.none() | st.just(written)),
        undo=draw(st.booleans()),
        attempt=draw(st.none() | ATTEMPTS),
    )


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    """An intent; of no run yet."""
    return intent("", draw(KEYS), attempt=draw(ATTEMPTS), write=write(draw(INVOICES)), records_before=(draw(NUMBERS),))


class Years(RuleBasedStateMachine):
    """Years at the office, with the ledger and the model side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = open_ledger(Path(self.folder.name))
        self.model = MemoryLedger()

    def teardown(self) -> None:
        """Whatever happened, the chain is whole."""
        assert self.ledger.head() == self.ledger.verify()
        self.ledger.close()
        self.folder.cleanup()

    def one_of_the_runs(self, number: int) -> str:
        """The id of a run on record."""
        return self.model.runs[number % len(self.model.runs)].id

    @rule(
        company=st.sampled_from(COMPANIES),
        person=st.sampled_from(PEOPLE),
        shown=st.lists(rows(), max_size=3, unique_by=lambda shown: shown.key),
        back=NUMBERS,
    )
    def begin(self, company: Company, person: Person, shown: list[Proposal], back: int) -> None:
        """A sync; its day may lie before that of the run before it."""
        number = len(self.model.runs)
        begun = run(number, company=company, person=person, day=FIRST_DAY + timedelta(days=number * 2 - back))
        self.ledger.begin(begun, shown)
        self.model.begin(begun, shown)

    @precondition(lambda self: self.model.runs)
    @rule(
        number=NUMBERS,
        key=KEYS,
        note=st.sampled_from(["", "Ask Luc", "Payé"]),
        owner=st.sampled_from(["", "Zoé"]),
        approve=st.booleans(),
    )
    def decide(self, number: int, key: str, note: str, owner: str, *, approve: bool) -> None:
        """A decision on a row."""
        of, decision = self.one_of_the_runs(number), Decision(key=key, approve=approve, note=note, owner=owner)
        self.ledger.decide(of, [decision])
        self.model.decide(of, [decision])

    @precondition(lambda self: self.model.runs)
    @rule(number=NUMBERS, sent=intents())
    def intend(self, number: int, sent: Intent) -> None:
        """A write about to be sent."""
        sent = replace(sent, run=self.one_of_the_runs(number))
        self.ledger.intend(sent)
        self.model.intend(sent)

    @precondition(lambda self: self.model.runs)
    @rule(number=NUMBERS, said=postings())
    def conclude(self, number: int, said: Posting) -> None:
        """A row ends."""
        said = replace(said, run=self.one_of_the_runs(number))
        self.ledger.conclude(said)
        self.model.conclude(said)

    @precondition(lambda self: self.model.runs)
    @rule(number=NUMBERS, phase=st.sampled_from(Phase), successful=st.booleans())
    def finish(self, number: int, phase: Phase, *, successful: bool) -> None:
        """A sync or a push ends."""
        ended = end(self.one_of_the_runs(number), phase=phase, successful=successful)
        self.ledger.finish(ended)
        self.model.finish(ended)

    @rule()
    def start_again(self) -> None:
        """The program ends and starts: only what is on disk is left."""
        self.ledger.close()
        self.ledger = open_ledger(Path(self.folder.name))

    @invariant()
    def every_company_is_known_alike(self) -> None:
        """The questions about one company's books and site."""
        for company in COMPANIES:
            assert self.model.known(company) == self.ledger.known(company)
            assert self.model.in_doubt(company) == self.ledger.in_doubt(company)
            expected, found = self.model.open_items(company), self.ledger.open_items(company)
            assert (expected, list(expected)) == (found, list(found))
            for person in [None, *PEOPLE]:
                assert self.model.last_success(company, person) == self.ledger.last_success(company, person)
            for day in (0, 3, 9):
                before = FIRST_DAY + timedelta(days=day)
                assert self.model.highest_row(company, before) == self.ledger.highest_row(company, before)
                assert self.model.covering_run(company, before) == self.ledger.covering_run(company, before)
        assert list(self.model.companies().items()) == list(self.ledger.companies().items())

    @invariant()
    def every_run_is_known_alike(self) -> None:
        """The questions about a run, and the history."""
        assert self.model.history() == self.ledger.history()
        for begun in self.model.runs:
            assert begun == self.ledger.run(begun.id)
            assert self.model.replaced_by(begun) == self.ledger.replaced_by(begun)
            assert self.model.reviewed(begun.id) == self.ledger.reviewed(begun.id)
            assert self.model.postings(begun.id) == self.ledger.postings(begun.id)
            assert self.model.changes(begun.id) == self.ledger.changes(begun.id)
            assert self.model.intents(begun.id) == self.ledger.intents(begun.id)
            was_open = self.model.open_items(begun.company, before=begun.id)
            assert was_open == self.ledger.open_items(begun.company, before=begun.id)


TestYears = Years.TestCase
TestYears.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
