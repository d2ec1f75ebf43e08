"""A stateful Manage that is written to in real requests and answers in real responses, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import requests
from msgspec.structs import replace

from sync.core.decide.manage_position import paid
from sync.core.values.records import Invoice, Payment
from tests.simulation.world import World

Records = tuple[Payment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A write as it leaves the computer of a user, for a run; no two have the same number."""

    number: int
    method: str
    url: str
    body: bytes | None
    user: str
    run: str

    @property
    def ids(self) -> tuple[int, int | None]:
        """Invoice and payment record in the URL."""
        _, _, rest = self.url.partition("/invoices/")
        invoice, _, record = rest.partition("/payments")
        return int(invoice), int(record[1:]) if record else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something became different in Manage.

    Attributes:
        invoice: where.
        before: its records until then.
        after: its records from then on.
        request: what did it; None when a person did it there by hand.
        corrupt: the site made something else of the request than what it says.
    """

    invoice: int
    before: Records
    after: Records
    request: Request | None
    corrupt: bool = False


Fault = Callable[["Server", Request], requests.Response]


@dataclass
class Server:
    """Manage. Two payments on one invoice are allowed unless said otherwise: that is the more dangerous site.

    Attributes:
        faults: what goes wrong with the nth write (from 1).
        lasting: what goes wrong with every write, until somebody corrects it.
        blind: reads (from 1) that get no answer.
        lag: how long reads do not show what has changed.
        past: by invoice, what its records were until each change, and when that was.
        sent: requests that were given a number so far.
        unheard: reads that got no answer so far.
        seen: told of every change.
    """

    world: World
    invoices: dict[int, Invoice] = field(default_factory=dict)
    records: dict[int, Records] = field(default_factory=dict)
    next_id: int = 9000
    second_allowed: bool = True
    faults: dict[int, Fault] = field(default_factory=dict)
    lasting: Fault | None = None
    blind: set[int] = field(default_factory=set)
    lag: timedelta = timedelta(0)
    past: dict[int, list[tuple[datetime, Records]]] = field(default_factory=dict)
    sent: int = 0
    writes: int = 0
    reads: int = 0
    unheard: int = 0
    seen: Callable[[Change], object] = lambda _: None

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self.faults, self.lasting, self.blind, self.lag = {}, None, set(), timedelta(0)

    def shown(self, invoice: int) -> Decimal:
        """Paid Amount."""
        return paid(self.records[invoice])

    def read(self, invoice: int) -> Records:
        """The payment records of an invoice, as a reading shows them."""
        past, visible = self.past.get(invoice, []), self.visible(invoice)
        return past[visible][1] if visible < len(past) else self.records.get(invoice, ())

    def visible(self, invoice: int) -> int:
        """How many of the changes of an invoice a reading shows."""
        return sum(1 for at, _ in self.past.get(invoice, ()) if at <= self.world.moment - self.lag)

    def listed(self) -> list[Invoice]:
        """All invoices, as a reading shows them."""
        return [_with(invoice, self.read(invoice.id)) for invoice in self.invoices.values()]

    def sees(self) -> bool:
        """One more read; whether it gets an answer."""
        self.world.tick("read")
        self.reads += 1
        if self.reads in self.blind:
            self.unheard += 1
            return False
        return True

    def handle(self, request: Request) -> requests.Response:
        """A write, with whatever goes wrong with it.

        Raises:
            requests.RequestException: no complete answer.
        """
        self.world.tick("request")
        self.writes += 1
        fault = self.faults.get(self.writes) or self.lasting
        response = fault(self, request) if fault else self.answer(request)
        self.world.tick("answer")
        return response

    def answer(self, request: Request, *, instead: Decimal | None = None) -> requests.Response:
        """Apply a write and say so; with `instead`, store another amount than what it says."""
        invoice, record_id = request.ids
        old = self.records[invoice]
        mine = next((p for p in old if p.id == record_id), None)
        if record_id is not None and mine is None:
            return reply(404, {"message": "There is no such payment."})
        if request.method == "POST" and not self.second_allowed and any(p.ours for p in old):
            return reply(400, {"message": "A payment already exists on this invoice."})
        if request.method == "DELETE":
            self._set(invoice, tuple(p for p in old if p.id != record_id), request)
            return reply(204, None)
        if mine is None:
            self.next_id += 1
            made = _made(Payment(id=self.next_id, invoice_id=invoice, amount=Decimal(0), paid_on=None), request)
            kept = made if instead is None else replace(made, amount=instead)
            self._set(invoice, (*old, kept), request, corrupt=kept != made)
            return reply(201, wire(made))
        made = _made(mine, request)
        kept = made if instead is None else replace(made, amount=instead)
        self._set(invoice, tuple(kept if p.id == record_id else p for p in old), request, corrupt=kept != made)
        return reply(200, wire(made))

    def by_hand(self, invoice: int, *records: Payment) -> None:
        """A person sets the records of an invoice; id 0 stands for a new one."""
        numbered = []
        for record in records:
            self.next_id += 1
            numbered.append(record if record.id else replace(record, id=self.next_id))
        self._set(invoice, tuple(numbered), None)

    def _set(self, invoice: int, records: Records, request: Request | None, *, corrupt: bool = False) -> None:
        before = self.records[invoice]
        if before == records:
            return
        self.records[invoice] = records
        self.past.setdefault(invoice, []).append((self.world.moment, before))
        self.seen(Change(invoice=invoice, before=before, after=records, request=request, corrupt=corrupt))


def _with(invoice: Invoice, records: Records) -> Invoice:
    """An invoice whose Paid Amount is what its records make it."""
    shown = paid(records)
    return replace(invoice, payments=shown, balance=invoice.total - shown - invoice.credits)


def reply(status: int, payload: object, **headers: str) -> requests.Response:
    """A complete answer."""
    response = requests.Response()
    response.status_code = status
    response._content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def wire(record: Payment) -> dict[str, object]:
    """A payment record as Manage writes it."""
    day = {"paymentDate": f"{record.paid_on}T00:00:00Z"} if record.paid_on else {}
    return {"id": record.id, "amount": float(record.amount), "invoice": {"id": record.invoice_id}, **day}


def _made(record: Payment, request: Request) -> Payment:
    """The record after a request: the whole of a POST, the changes of a PATCH."""
    asked = json.loads(request.body or b"{}", parse_float=Decimal)
    if isinstance(asked, dict):
        return replace(record, amount=asked["amount"], paid_on=_day(asked.get("paymentDate")))
    for change in asked:
        if change["path"] == "amount":
            record = replace(record, amount=change["value"])
        else:
            record = replace(record, paid_on=_day(change.get("value")))
    return record


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
