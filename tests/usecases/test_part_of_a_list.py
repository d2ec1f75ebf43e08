"""A site that lists fewer invoices than it counts: nothing is concluded from what the list lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.values.errors import Unavailable
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Status
from sync.core.values.records import Document, Invoice
from sync.manage.client import ManageClient
from sync.practice import api, invoice_lists
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.settings_file import Behaviour
from sync.usecases.ports import ManageSite
from tests.support.fakes import FakeSite
from tests.usecases.office import Office, outcomes

DUPLICATE = Document(
    id=1, customer_id=7, customer="Kestrel Ltd.", number="DUP-1", dated=date(2026, 3, 1), kind=0, currency_id=1
)
KESTREL, QUAGGA = 5, 9000


def bearer(invoice_id: int, company: str, number: str = "DUP-1") -> Invoice:
    """An invoice of 500.00 in Manage."""
    return Invoice(
        id=invoice_id,
        number=number,
        kind="Standard",
        company_id=invoice_id,
        company=company,
        company_code=company[:3],
        account="",
        currency="CAD",
        dated=date(2026, 3, 1),
        total=Decimal("500.00"),
        payments=Decimal("0.00"),
        credits=Decimal("0.00"),
        balance=Decimal("500.00"),
        status="Closed",
        closed=True,
    )


def paid_in_sage(office: Office) -> None:
    """Kestrel has paid DUP-1."""
    office.books.documents = [DUPLICATE]
    office.row(1, "500.00", kind=0, dated=date(2026, 3, 1), entered_on=date(2026, 3, 1), number="DUP-1")
    office.receipt(1, "500.00")


def ids(texts: Collection[object]) -> str:
    """The ids of notices."""
    return " ".join(map(str, texts))


@dataclass
class Blind(FakeSite):
    """A site that counts invoices which this API member may not see at all."""

    unseen: set[int] = field(default_factory=set)

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All that may be seen."""
        return [each for each in super().invoices(numbers) if each.id not in self.unseen]


def test_what_the_list_lacks_is_asked_for_by_number(office: Office) -> None:
    """Both invoices are seen; the customer decides; the run says that the list is not whole."""
    paid_in_sage(office)
    office.site.add(bearer(KESTREL, "Kestrel Ltd."))
    office.site.add(bearer(QUAGGA, "Quagga inc."))
    office.site.hidden = {KESTREL}
    review = office.sync()
    assert [(row.status, row.invoice_id) for row in review.rows] == [(Status.READY, KESTREL)]
    assert "sync-manage-list-not-whole(counted=2, shown=1)" in ids(review.run.notices)


def test_another_customer_s_invoice_is_not_taken_while_others_may_be_unseen(office: Office) -> None:
    """Equal number and total, other customer: nobody's default; who approves it nevertheless has it written."""
    office.site = Blind(hidden={KESTREL}, unseen={KESTREL})
    paid_in_sage(office)
    office.site.add(bearer(KESTREL, "Kestrel Ltd."))
    office.site.add(bearer(QUAGGA, "Quagga inc."))
    review = office.sync()
    (row,) = review.rows
    assert (row.status, row.approve, row.approvable) == (Status.CUSTOMER_DIFFERS, False, True)
    assert "row-other-invoice-unseen" in str(row.reason)
    assert office.push(review).postings == ()
    assert outcomes(office.push(review, approve={"DUP-1": True})) == {"DUP-1": Outcome.POSTED}


def test_in_a_whole_list_it_is_the_same_invoice(office: Office) -> None:
    """There a second bearer of the number would have been seen."""
    paid_in_sage(office)
    office.site.add(bearer(QUAGGA, "Quagga inc."))
    assert [row.status for row in office.sync().rows] == [Status.READY]


def test_a_number_that_is_not_found_is_not_said_to_be_absent(office: Office) -> None:
    """Neither on its row nor in the tie-out; and no row of an earlier run is closed by such a list."""
    office.invoice(2, "10.00")
    office.site.hidden = {100_002}
    office.books.documents.append(replace(DUPLICATE, id=3))
    office.row(3, "500.00", kind=0, dated=date(2026, 3, 1), entered_on=date(2026, 3, 1), number="DUP-1")
    office.receipt(3, "100.00")
    review = office.sync()
    (row,) = review.rows
    assert (row.status, str(row.reason)) == (Status.NOT_IN_MANAGE, "row-not-among-invoices-shown")
    tie_out = review.evidence.tie_out
    assert tie_out is not None
    texts = ids([item.text for item in tie_out.items])
    assert ("row-not-among-invoices-shown" in texts, "row-not-in-manage" in texts) == (True, False)


@dataclass
class OnTheWire(Office):
    """The same office, with the client and the practice site in place of the stand-in."""

    client: ManageClient | None = None

    @property
    def manage(self) -> ManageSite:
        """The real client."""
        assert self.client is not None
        return self.client


@pytest.fixture
def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[OnTheWire, Store]]:
    """2,600 other invoices; the site's list leaves out Kestrel's, which is the oldest, though its count does not."""
    honest = invoice_lists.page_of

    def page(fields: Any, rows: Any, query: Any) -> Any:  # noqa: ANN401 - as the site passes them
        found = honest(fields, rows, query)
        if "invoiceNumber" in query.conditions:
            return found
        return replace(found, records=[each for each in found.records if each["id"] != KESTREL])

    monkeypatch.setattr(api, "page_of", page)
    others = [bearer(each, "Other inc.", f"N{each}") for each in range(100, 2700)]
    seed = [bearer(KESTREL, "Kestrel Ltd."), *others, bearer(QUAGGA, "Quagga inc.")]
    with (
        Store(seed, [], SiteBehaviour(), lambda: date(2026, 4, 10)) as store,
        Server(store) as server,
        ManageClient(
            site=server.url,
            company="acme",
            client_id="c",
            public_key="sandbox",
            private_key="sandbox",
            timeout=30,
            behaviour=Behaviour(),
        ) as client,
    ):
        office = OnTheWire(tmp_path, client=client)
        paid_in_sage(office)
        yield office, store
        office.ledger.close()


def test_one_number_on_two_invoices_one_of_them_hidden(wired: tuple[OnTheWire, Store]) -> None:
    """End to end: the customer who paid is shown paid, and the other customer's invoice is left alone."""
    office, store = wired
    review = office.sync()
    assert "sync-manage-list-not-whole(counted=2602, shown=2601)" in ids(review.run.notices)
    pushed = office.push(review)
    assert [(each.outcome, each.invoice_id) for each in pushed.postings] == [(Outcome.POSTED, KESTREL)]
    assert (str(store.invoice(KESTREL).payments), str(store.invoice(QUAGGA).payments)) == ("500.00", "0.00")


def test_a_number_that_only_a_whole_list_could_tell_ends_the_run(wired: tuple[OnTheWire, Store]) -> None:
    """Nothing is recorded, nothing is written."""
    office, _ = wired
    office.books.documents = [replace(DUPLICATE, number='DUP"1')]
    with pytest.raises(Unavailable, match="manage-list-not-whole"):
        office.sync()


@pytest.mark.parametrize(("hidden", "status"), [(set(), Status.IN_AGREEMENT), ({100_002}, Status.BAD_DATA)])
def test_only_a_whole_list_closes_what_sage_has_cleared(office: Office, hidden: set[int], status: Status) -> None:
    """The one invoice of its number, with nothing owed on it, may not be the only one."""
    office.invoice(1, "113.00")
    office.invoice(2, "10.00")
    office.receipt(1, "50.00")
    office.sync()
    office.site.add(office.site.invoices_[100_001], office.record(1, "113.00"))
    office.books.documents = [each for each in office.books.documents if each.number != "1"]
    office.books.entries = [each for each in office.books.entries if each.document_id != 1]
    office.receipt(2, "5.00")
    office.site.hidden = hidden
    assert [row.status for row in office.sync().rows if row.invoice == "1"] == [status]
