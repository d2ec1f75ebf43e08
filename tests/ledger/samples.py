"""Runs, rows and postings to fill a ledger with: plain ones, changed where a test says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.posting import Decision, Intent, Outcome, Posting, Written
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Write
from sync.core.values.runs import Company, Person, Phase, Run, RunEnd
from sync.ledger.sqlite_ledger import SqliteLedger
from tests.support.build import create

COMPANY = Company(sage="Réseaux Érable inc.", site="https://api-na.example.net", manage="acme")
OTHER = Company(sage="Maple Networks Inc.", site="https://api-eu.example.net", manage="acme")
MARIE = Person(user="marie", computer="compta-1")
PAUL = Person(user="paul", computer="compta-1")
ELSEWHERE = Person(user="marie", computer="laptop")
FIRST_DAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def run(number: int, **changes: Any) -> Run:  # noqa: ANN401 - any field of Run
    """The run of a day, counted from 1 March."""
    day = FIRST_DAY + timedelta(days=number)
    plain = Run(
        id=f"R{number}",
        started=NOON + timedelta(days=number),
        day=day,
        company=COMPANY,
        person=MARIE,
        window=Window(since=Since(choice=Choice.PAST_WEEK), start=day - timedelta(days=7), end=day),
        strategy=say("By the day of entry."),
        policy="0123456789abcdef",
        highest_row=1000 + number,
        requests=3,
        notices=(say("{count} rows were unreadable.", count=2),),
        version="0.1.0",
    )
    return replace(plain, **changes)


def row(key: str, status: Status = Status.READY, **changes: Any) -> Proposal:  # noqa: ANN401 - any field of Proposal
    """A row for the document of that key; its invoice in Manage has the id 100 higher."""
    number = int(key)
    plain = Proposal(
        key=key,
        document_id=number,
        customer_id=7,
        invoice=f"INV-{key}",
        customer="Boréal inc.",
        dated=FIRST_DAY,
        currency="CAD",
        status=status,
        reason=say("Sage shows {paid} settled.", paid=Decimal("100.00")),
        next_step=say("Approve it."),
        sage_total=Decimal("100.00"),
        paid_before=Decimal("0.00"),
        paid_proposed=Decimal("100.00"),
        date_paid_proposed=FIRST_DAY,
        invoice_id=number + 100,
        company_id=3,
        write=write(number + 100),
    )
    return replace(plain, **changes)


def write(invoice_id: int) -> Write:
    """A payment record of 100.00 to be made."""
    return create(invoice_id, "100.00", FIRST_DAY)


def intent(run_id: str, key: str, **changes: Any) -> Intent:  # noqa: ANN401 - any field of Intent
    """The intent to write a row."""
    plain = Intent(
        run=run_id,
        key=key,
        invoice=f"INV-{key}",
        currency="CAD",
        at=NOON,
        attempt=1,
        write=write(int(key) + 100),
        paid_before=Decimal("0.00"),
        paid_proposed=Decimal("100.00"),
        records_before=(8, 9),
    )
    return replace(plain, **changes)


def posted(run_id: str, key: str, **changes: Any) -> Posting:  # noqa: ANN401 - any field of Posting
    """A row written and read back as intended."""
    plain = Posting(
        run=run_id,
        key=key,
        invoice=f"INV-{key}",
        outcome=Outcome.POSTED,
        message=say("push-written-and-read-back"),
        currency="CAD",
        invoice_id=int(key) + 100,
        paid_before=Decimal("0.00"),
        paid_after=Decimal("100.00"),
        date_paid_after=FIRST_DAY,
        payment_id=9001,
        verified=True,
        written=Written(payment_id=9001, amount=Decimal("100.00"), paid_on=FIRST_DAY),
        attempt=1,
    )
    return replace(plain, **changes)


def ended(run_id: str, key: str, outcome: Outcome, **changes: Any) -> Posting:  # noqa: ANN401 - any field of Posting
    """A row that was not written, or of which nobody knows."""
    plain = Posting(
        run=run_id,
        key=key,
        invoice=f"INV-{key}",
        outcome=outcome,
        message=say("Not written."),
        currency="CAD",
        invoice_id=int(key) + 100,
        attempt=1,
    )
    return replace(plain, **changes)


def end(run_id: str, **changes: Any) -> RunEnd:  # noqa: ANN401 - any field of RunEnd
    """A push that ended well."""
    plain = RunEnd(run=run_id, phase=Phase.PUSH, at=NOON, person=MARIE, successful=True, outcomes={Outcome.POSTED: 1})
    return replace(plain, **changes)


def fill(ledger: SqliteLedger, runs: int = 3) -> None:
    """A few days of work: every kind of row."""
    for number in range(runs):
        day = run(number)
        ledger.begin(day, [row("1", Status.IN_AGREEMENT, record_read=True), row("2"), row("3")])
        ledger.decide(day.id, [Decision(key="2", approve=True), Decision(key="3", approve=False, note="À vérifier")])
        ledger.intend(intent(day.id, "2"))
        ledger.conclude(posted(day.id, "2"))
        ledger.intend(intent(day.id, "3"))
        ledger.finish(end(day.id))


def everything(ledger: SqliteLedger) -> list[object]:
    """All that can be asked of a ledger."""
    company = COMPANY
    runs = [summary.run.id for summary in ledger.history()]
    return [
        ledger.head(),
        ledger.history(),
        ledger.last_success(company, MARIE),
        ledger.companies(),
        ledger.highest_row(company, date(2026, 12, 31)),
        ledger.covering_run(company, date(2026, 12, 31)),
        ledger.in_doubt(company),
        ledger.open_items(company),
        ledger.known(company),
        *(ledger.reviewed(run_id) for run_id in runs),
        *(ledger.postings(run_id) for run_id in runs),
    ]
