"""The sandbox's cost in the size of the site, measured against itself."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from sync.practice.payment_rules import SiteBehaviour
from sync.practice.store import Store
from tests.practice.conftest import TODAY, Client, Open, invoice, payment

SMALL, LARGE = 2_000, 20_000
SLACK = 2.5
"""Above exact proportion: room for a busy neighbour, not for a quadratic fault, which would take a hundred times."""
HUNDRED = ",".join(f'"INV-{n * 19}"' for n in range(1, 101))


def store(count: int) -> Store:
    """A site with so many invoices, every third of them paid."""
    return Store(
        [invoice(n, dated=date(2026, 1, 1) + timedelta(days=n % 90)) for n in range(1, count + 1)],
        [payment(n, n, "100.00", TODAY) for n in range(1, count + 1, 3)],
        SiteBehaviour(),
        lambda: TODAY,
    )


def fastest(site: Client, path: str, **params: str | int) -> float:
    """Seconds of the fastest of five requests."""
    took = []
    for _ in range(5):
        start = time.perf_counter()
        assert site.session.get(f"{site.url}{path}", params=params, timeout=30).status_code == 200
        took.append(time.perf_counter() - start)
    return min(took)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v2025_1/apis/3.0/finance/invoices", {"conditions": f"invoiceNumber in ({HUNDRED})"}),
        ("/v2025_1/apis/3.0/finance/invoices", {"conditions": "(id > 100 and id <= 30000)", "pageSize": 1000}),
        ("/v2025_1/apis/3.0/finance/invoices/count", {}),
        ("/finance/invoice-search", {"q": "boréal", "order": "-date-paid"}),
    ],
)
def test_the_cost_grows_no_faster_than_the_site(open_site: Open, path: str, params: dict[str, str | int]) -> None:
    """Ten times the invoices take at most ten times as long, with some room."""
    small, large = (fastest(open_site(store=store(count)), path, **params) for count in (SMALL, LARGE))
    assert large / small < SLACK * LARGE / SMALL
