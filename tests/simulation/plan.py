"""The push that is played over and over: five rows reviewed, four approved, one held; two are legally identical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.values.proposal import Proposal
from sync.core.values.records import Action, Invoice, Write
from tests.simulation.judge import Judge
from tests.simulation.seat import Seat, approved, undo_of
from tests.simulation.server import Records, Server
from tests.simulation.world import World
from tests.support.build import OWN_DAY, document, entry, invoice
from tests.support.fakes import FakeBooks

CREATED, TWIN, CHANGED, DELETED, HELD = 1001, 1002, 1003, 1004, 1005
PAID_ON = date(2026, 4, 7)


def manage_id(number: int) -> int:
    """Manage's id of an invoice."""
    return number + 100_000


def enter_invoice(books: FakeBooks, server: Server, number: int, total: str) -> None:
    """An invoice in both systems."""
    books.documents.append(document(number, number=str(number)))
    enter(books, number, total, kind=0, dated=OWN_DAY)
    server.records[manage_id(number)] = ()
    server.invoices[manage_id(number)] = invoice(total=total, id=manage_id(number), number=str(number))


def enter(books: FakeBooks, number: int, amount: str, *, kind: int = 1, dated: date = PAID_ON) -> None:
    """A row in a document's ledger in Sage: a receipt is below zero, an NSF above."""
    row = len(books.entries) + 1
    name = f"R{row}" if kind else str(number)
    books.entries.append(entry(amount, number, id=row, dated=dated, number=name, kind=kind, entered_on=PAID_ON))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything as it stands when the workbook has been reviewed and nothing of it was pushed yet, or all of it was.

    Attributes:
        rows: those that are approved; once they are pushed, with the writes that take them back.
        next_id: as of the records in Manage.
    """

    books: FakeBooks
    files: Mapping[str, bytes]
    invoices: Mapping[int, Invoice]
    records: Mapping[int, Records]
    moment: datetime
    review: Review
    rows: Mapping[str, Proposal]
    next_id: int = 9100


@cache
def plan() -> Plan:
    """Play the story up to the review, once."""
    world, books = World(), FakeBooks()
    server = Server(world)
    for number in (CREATED, TWIN, CHANGED, DELETED, HELD):
        enter_invoice(books, server, number, "100.00")
    with TemporaryDirectory() as folder:
        seat = Seat(world, server, books, Path(folder))
        enter(books, CHANGED, "-40.00")
        enter(books, DELETED, "-100.00")
        first = seat.sync()
        seat.push(first.run.id, dict.fromkeys(approved(first), True))
        for number in (CREATED, TWIN, HELD):
            enter(books, number, "-100.00")
        enter(books, CHANGED, "-60.00")
        enter(books, DELETED, "100.00")
        review = seat.sync()
        seat.ledger.close()
        files = {file.name: file.read_bytes() for file in Path(folder).iterdir()}
    return Plan(
        books=books,
        files=files,
        invoices=dict(server.invoices),
        records=dict(server.records),
        moment=world.moment,
        review=review,
        rows=approved(review, str(DELETED), never={str(HELD)}),
    )


@cache
def pushed_plan() -> Plan:
    """Play on until all is pushed, once: a run that may be taken back."""
    story, world = plan(), World()
    with TemporaryDirectory() as folder:
        seat = begin(Path(folder) / "state", world, Judge())
        seat.push(story.review.run.id, dict.fromkeys(story.rows, True))
        seat.ledger.close()
        files = {file.name: file.read_bytes() for file in (Path(folder) / "state").iterdir()}
    server = seat.server
    return Plan(
        books=story.books,
        files=files,
        invoices=dict(server.invoices),
        records=dict(server.records),
        moment=world.moment,
        review=story.review,
        rows={key: _taken_back(row, server.records, story.records) for key, row in story.rows.items()},
        next_id=server.next_id,
    )


def _taken_back(row: Proposal, records: Mapping[int, Records], before: Mapping[int, Records]) -> Proposal:
    """A row with the write that sets it back to what it was before it was pushed, type and time of day included."""
    sent = row.write
    if sent is None or row.invoice_id is None:
        raise AssertionError("it was pushed")
    action = {Action.CREATE: Action.DELETE, Action.CHANGE: Action.CHANGE, Action.DELETE: Action.CREATE}[sent.action]
    write = Write(
        action=action,
        invoice_id=sent.invoice_id,
        payment_id=None if action is Action.CREATE else records[row.invoice_id][0].id,
        amount=sent.amount_before,
        paid_on=sent.paid_on_before,
        amount_before=sent.amount,
        paid_on_before=sent.paid_on,
        restores=None if action is Action.DELETE else before[row.invoice_id][0],
    )
    return replace(row, write=write, paid_before=row.paid_proposed, paid_proposed=row.paid_before)


def begin(folder: Path, world: World, judge: Judge, *, pushed: bool = False) -> Seat:
    """A seat in front of the reviewed workbook, or of a run that was pushed and is to be taken back."""
    story = pushed_plan() if pushed else plan()
    run = story.review.run.id
    world.moment = story.moment
    server = Server(world, dict(story.invoices), dict(story.records), next_id=story.next_id, seen=judge.changed)
    folder.mkdir(parents=True)
    for name, content in story.files.items():
        (folder / name).write_bytes(content)
    judge.approve("marie", undo_of(run) if pushed else run, story.rows, undo=pushed)
    return Seat(world, server, story.books, folder, watch=judge)
