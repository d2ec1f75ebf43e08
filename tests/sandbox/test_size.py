from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from sync.sandbox.store import Store
from sync.settings import Behaviour
from tests.sandbox.conftest import TODAY, Client, Open, invoice, payment

COUNT = 20_000
HUNDRED = ",".join(f'"INV-{n * 190}"' for n in range(1, 101))
SECONDS = 0.25
"""Five times what a request takes on a slow machine with one busy neighbour; a quadratic fault takes far longer."""


@pytest.fixture(scope="module")
def large() -> Store:
    """A site with 20,000 invoices, every third of them paid."""
    return Store(
        [invoice(n, dated=date(2026, 1, 1) + timedelta(days=n % 90)) for n in range(1, COUNT + 1)],
        [payment(n, n, "100.00", TODAY) for n in range(1, COUNT + 1, 3)],
        Behaviour(),
        lambda: TODAY,
    )


@pytest.fixture
def large_site(open_site: Open, large: Store) -> Client:
    """That site on a port."""
    return open_site(store=large)


def fastest(site: Client, path: str, **params: str | int) -> float:
    """Seconds of the fastest of three requests."""
    took = []
    for _ in range(3):
        start = time.perf_counter()
        assert site.session.get(f"{site.url}{path}", params=params, timeout=30).status_code == 200
        took.append(time.perf_counter() - start)
    return min(took)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (
            "/v2025_1/apis/3.0/finance/invoices",
            {"conditions": f"invoiceNumber in ({HUNDRED})"},
        ),
        ("/v2025_1/apis/3.0/finance/invoices", {"conditions": "balance > 0 and company/id = 7", "pageSize": 1000}),
        ("/v2025_1/apis/3.0/finance/invoices/count", {"conditions": "payments > 0"}),
        ("/finance/invoice-search", {"q": "boréal", "order": "-date-paid"}),
    ],
)
def test_large_sites_stay_quick(large_site: Client, path: str, params: dict[str, str | int]) -> None:
    """A site with 20,000 invoices answers without a noticeable wait."""
    took = fastest(large_site, path, **params)
    assert took < SECONDS
