"""Every invoice side by side: each once, whatever comes or goes meanwhile, in hardly more requests than pages."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

import msgspec
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.values.errors import Unavailable
from sync.core.values.messages import Text
from sync.manage import invoice_pages
from sync.manage.client import ManageClient
from sync.manage.http_session import ManageSession
from sync.manage.invoice_pages import PAGE, InvoicePages, id_ranges, pages_read
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.settings_file import Behaviour
from tests.contracts.test_manage_site import invoice


class Shelf(ManageSession):
    """A site in memory that changes between any two requests."""

    def __init__(self, ids: set[int], change: Callable[[set[int]], None] = lambda _: None) -> None:
        super().__init__(requests.Session(), "https://x", "acme", 1.0)
        self.ids, self.change, self.lock = ids, change, threading.Lock()

    def get(
        self, path: str, shape: type[Any], what: Text, parameters: Mapping[str, object], **headers: str
    ) -> tuple[Any, requests.Response]:
        """One answer, and then something comes or goes."""
        del what, headers
        with self.lock:
            self.requests += 1
            found = self.page(parameters)
            count = len(self.ids)
            self.change(self.ids)
        response = requests.Response()
        if len(found) > PAGE:
            response.headers["Link"] = '<x>; rel="next"'
        found = found[:PAGE]
        rows: object = {"count": count} if path.endswith("/count") else [{"id": each, "total": 1} for each in found]
        response._content = json.dumps(rows).encode()
        return msgspec.json.decode(response.content, type=shape), response

    def page(self, asked: Mapping[str, object]) -> list[int]:
        """The ids of one page and of those behind it, as Manage would choose them."""
        if "page" in asked:
            return sorted(self.ids, reverse=True)[(int(str(asked["page"])) - 1) * PAGE :]
        conditions = str(asked.get("conditions", ""))
        least = re.match(r"id > (\d+) and \(", conditions)
        ranges = re.findall(r"id > (\d+) and id <= (\d+)", conditions)
        after = int(least[1]) if least else 0
        return sorted(
            each for each in self.ids if each > after and any(int(low) < each <= int(up) for low, up in ranges)
        )


def read(session: ManageSession, about: int = 0, counted: int | None = None) -> list[int]:
    """The ids of everything."""
    return [invoice.id for invoice in InvoicePages(session, 8).all_invoices(about, counted).invoices]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(0, 9000),
    st.sampled_from([1.0, 0.9, 0.5, 0.01, 0.0001]),
    st.sampled_from([0, 500, 3000, 12_000]),
    st.integers(0, 60),
)
def test_each_invoice_once_whatever_comes_or_goes(
    seed: int, count: int, density: float, about: int, changes: int
) -> None:
    """What was there all along is read exactly once; nothing is read that never was."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    ids = set(chance.sample(range(1, int(count / density) + 2), count))
    lasting, ever = set(ids), set(ids)

    def change(now: set[int]) -> None:
        for _ in range(changes):
            new = max(ever, default=0) + chance.randint(1, 3)
            now.add(new)
            ever.add(new)
            gone = chance.choice(sorted(now)[-3000:])
            now.discard(gone)
            lasting.discard(gone)

    found = read(Shelf(ids, change), about)
    assert found == sorted(set(found))
    assert lasting <= set(found) <= ever


@pytest.mark.parametrize("about", [0, 20_000, 24_000, 15_000])
@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500, 8000, 20_000, 20_001])
def test_dense_ids_take_hardly_more_than_the_fewest_requests(count: int, about: int) -> None:
    """A page for each 1,000, a tenth more and two; pages that the books led to expect in vain are the only others."""
    shelf = Shelf(set(range(5, count + 5)))
    assert len(read(shelf, about)) == count
    in_vain = max(0, min(8, int(about * 0.9) // PAGE) - count // PAGE)
    assert shelf.requests <= max(1, ceil(count / PAGE)) * 1.1 + 2 + in_vain


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("spread", ["even", "two heaps", "far below", "doubling"])
def test_sparse_ids_take_at_most_about_twice_the_fewest(spread: str, *, known: bool) -> None:
    """However the ids lie: never a request for each range of a thousand ids that may be empty."""
    count = 20_000
    ids = {
        "even": {each * 100_000 for each in range(1, count + 1)},
        "two heaps": {*range(1, 10_001), *range(2_000_000_000, 2_000_010_000)},
        "far below": {*range(1, 19_000), *range(2_000_000_000, 2_000_001_001)},
        "doubling": {round(1.0007**each) + each for each in range(1, count + 1)},
    }[spread]
    shelf = Shelf(ids)
    assert read(shelf, count if known else 0) == sorted(ids)
    assert shelf.requests <= 2.2 * 20 + 2


def test_books_that_hold_far_more_do_not_multiply_the_requests() -> None:
    """Where ids lie far apart Manage is asked how many there are, whatever the books led to expect."""
    shelf = Shelf({each * 100_000 for each in range(1, 9001)})
    assert len(read(shelf, 1_000_000)) == 9000
    assert shelf.requests <= 14


def test_a_site_that_does_not_sort_is_read_from_its_beginning() -> None:
    """The order of a page is looked at, not believed."""
    shelf = Shelf(set(range(1, 3001)))
    honest = shelf.page

    def unsorted(asked: Mapping[str, object]) -> list[int]:
        return sorted(shelf.ids) if "page" in asked else honest(asked)

    shelf.page = unsorted  # type: ignore[method-assign]
    assert read(shelf, 3000) == list(range(1, 3001))


def test_a_site_that_ignores_conditions_is_refused() -> None:
    """An invoice that comes twice, or was not asked for, is not quietly dropped."""
    shelf = Shelf(set(range(1, 3001)))
    honest = shelf.page

    def deaf(asked: Mapping[str, object]) -> list[int]:
        return sorted(shelf.ids) if "conditions" in asked else honest(asked)

    shelf.page = deaf  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match=r"manage-unasked-invoices|manage-pages-endless"):
        read(shelf, 0)


def test_pages_that_overlap_and_pages_apart() -> None:
    """New invoices push rows onto the next page; deleted ones pull them past it, which leaves a range to ask for."""
    first, overlapping, apart = range(3000, 2000, -1), range(2010, 1010, -1), range(990, -10, -1)
    found = pages_read([first, overlapping, apart], ended=False)
    assert (found.gaps, found.low, found.count) == (((990, 1010),), -9, 2990)
    assert pages_read([first, []], ended=False).low == 2001
    assert pages_read([first, [7, 3]], ended=False).low == 3
    assert pages_read([first, [7, 3]], ended=True).low == 1
    assert pages_read([[]], ended=True).low == 1


def test_a_gap_of_one_id_is_asked_for() -> None:
    """Between two pages, one invoice may be missing; where the ids adjoin, none can be."""
    assert pages_read([[9, 8], [6, 5]], ended=False).gaps == ((6, 7),)
    assert pages_read([[9, 8], [7, 6]], ended=False).gaps == ()


@given(st.integers(1, 2**31), st.integers(-5, 10**6))
def test_ranges_cover_every_id_below_once(low: int, about: int) -> None:
    """Without holes or overlaps, from nought on."""
    found = id_ranges(low, about)
    edges = [0, *(up_to for _, up_to in found)]
    assert found == list(pairwise(edges))
    assert edges[-1] == low - 1
    assert edges == sorted(set(edges))
    assert len(found) <= max(1, ceil(about / invoice_pages.FULL))


@pytest.fixture(scope="module")
def practice() -> Iterator[str]:
    """A practice site with 2,700 invoices, every third id missing."""
    some = [invoice(each, "100.00") for each in range(1, 4050) if each % 3]
    with Store(some, [], SiteBehaviour(), lambda: date(2026, 4, 10)) as store, Server(store) as server:
        yield server.url


@pytest.mark.parametrize("about", [0, 2700, 9000])
def test_the_practice_site_understands_all_of_it(practice: str, about: int) -> None:
    """Sorted pages, ranges of ids, the gaps between pages: over real sockets."""
    with ManageClient(
        site=practice,
        company="acme",
        client_id="c",
        public_key="sandbox",
        private_key="sandbox",
        timeout=30,
        behaviour=Behaviour(),
    ) as client:
        found = client.all_invoices(about).invoices
    assert [each.id for each in found] == [each for each in range(1, 4050) if each % 3]
    assert {each.total for each in found} == {Decimal("100.00")}


def test_threads_that_read_for_the_first_time_at_once() -> None:
    """What msgspec has to know of a shape is worked out by one thread: two at once would crash the process."""
    code = (
        "import sys, threading; from sync.manage import payloads; sys.setswitchinterval(1e-6)\n"
        "import importlib\ndef read_one(body): payloads.decode(body, list[payloads.WireInvoice])\n"
        "for _ in range(150):\n"
        "    importlib.reload(payloads); together = threading.Barrier(8)\n"
        '    def read(): together.wait(); read_one(b\'[{"id": 1, "company": {"id": 2}}]\')\n'
        "    threads = [threading.Thread(target=read) for _ in range(8)]\n"
        "    [each.start() for each in threads]; [each.join() for each in threads]\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
