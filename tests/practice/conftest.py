"""A small practice site on a real port, and a client that is logged in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
import requests

from sync.core.values.records import Invoice, Payment
from sync.practice.api import Permission
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server, create_app
from sync.practice.store import Store

TODAY = date(2026, 4, 10)
API = "/v2025_1/apis/3.0"


def invoice(number: int, total: str = "100.00", **other: object) -> Invoice:
    """An invoice of the practice site; id 501 is INV-501."""
    values: dict[str, object] = {
        "id": number,
        "number": f"INV-{number}",
        "kind": "Standard",
        "company_id": 7,
        "company": "Boréal Dentaire inc.",
        "company_code": "boreal",
        "account": "Boréal Dentaire inc.",
        "currency": "CAD",
        "dated": date(2026, 3, 2),
        "total": Decimal(total),
        "payments": Decimal(0),
        "credits": Decimal(0),
        "balance": Decimal(total),
        "status": "Sent",
        "closed": False,
    }
    return Invoice(**(values | other))  # type: ignore[arg-type]  # the builder's keywords are the record's fields


def payment(
    number: int,
    invoice_id: int,
    amount: str,
    paid_on: date | None = None,
    *,
    wisepay: bool = False,
    credit: bool = False,
) -> Payment:
    """A payment record."""
    return Payment(
        id=number, invoice_id=invoice_id, amount=Decimal(amount), paid_on=paid_on, wisepay=wisepay, credit=credit
    )


SEED = (
    invoice(501, "1149.99"),
    invoice(502, "226.00", status="Closed", closed=True, company="Évasion <b>Nord</b> & Fils", company_id=8),
    invoice(503, "80.10", credits=Decimal("30.10"), currency="USD", company="Prairie Foods Ltd.", company_id=9),
    invoice(504, "452.00", dated=date(2026, 1, 15), company="Prairie Foods Ltd.", company_id=9),
    invoice(505, "-50.00", kind="CreditMemo"),
)
SEED_PAYMENTS = (
    payment(9001, 502, "226.00", date(2026, 3, 20)),
    payment(9002, 504, "100.00", date(2026, 2, 1), wisepay=True),
    payment(9003, 504, "52.00", date(2026, 2, 2), credit=True),
)


@dataclass
class Client:
    """Talks to a practice site as Tieout does."""

    url: str
    store: Store
    permissions: set[Permission]
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, **options: object) -> requests.Response:
        """Send one request to the API."""
        return self.session.request(method, f"{self.url}{API}{path}", timeout=10, **options)  # type: ignore[arg-type]  # requests' own keywords

    def get(self, path: str, **params: str | int) -> requests.Response:
        """Read from the API."""
        return self.call("GET", path, params=params)

    def invoice(self, number: int, **params: str) -> object:
        """One invoice as JSON, by its id."""
        (row,) = self.get("/finance/invoices", conditions=f"(id > {number - 1} and id <= {number})", **params).json()
        return row

    def record(self, number: int, invoice_id: int = 502) -> Payment:
        """A payment record as the site keeps it."""
        return next(record for record in self.store.payments(invoice_id) if record.id == number)


Open = Callable[..., Client]


@pytest.fixture
def open_site() -> Iterator[Open]:
    """Open practice sites: over the seed or other invoices, with one behaviour or another."""
    stops = []

    def opened(
        behaviour: SiteBehaviour = SiteBehaviour(),  # noqa: B008 - immutable
        invoices: tuple[Invoice, ...] = SEED,
        payments: tuple[Payment, ...] = SEED_PAYMENTS,
        store: Store | None = None,
    ) -> Client:
        store = store or Store(invoices, payments, behaviour, lambda: TODAY)
        permissions = set(Permission)
        server = Server(create_app(store, permissions=permissions)).__enter__()
        client = Client(server.url, store, permissions)
        client.session.auth = ("acme+sandbox", "sandbox")
        client.session.headers["clientId"] = "tests"
        stops.extend([client.session.close, server.stop])
        return client

    yield opened
    for stop in stops:
        stop()


@pytest.fixture
def site(open_site: Open) -> Client:
    """A practice site over the seed, with the likeliest behaviour."""
    return open_site()
