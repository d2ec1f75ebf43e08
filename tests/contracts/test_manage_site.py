"""What any `ManageSite` must do: the in-memory stand-in, and the real client against the sandbox over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.values.errors import NotFound
from sync.core.values.posting import Accepted, Refusal
from sync.core.values.records import Action, Invoice, Payment, Write
from sync.core.values.runs import SiteSays
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.settings_file import Behaviour
from sync.usecases.ports import ManageSite
from tests.support import build
from tests.support.fakes import FakeSite

DAY = date(2026, 3, 31)


def invoice(number: int, total: str, **changes: object) -> Invoice:
    """A plain open invoice in Manage."""
    company = "Boréal & Fils inc."
    plain = build.invoice(total=total, id=number, number=f"INV-{number}", company=company, account=company)
    return replace(plain, **changes)


ODD_NUMBERS = (
    'INV"7',
    "A\\b",
    "L'Épée 7",
    "50 % off, 2",
    "[a] & [b]",
    "7*",
    "a+b;c?d#e=f",
    "Ünïcødé-№7",
    "x\t7",
    "(7)",
)
"""What people and programs have put into invoice numbers."""
UNSEEN = ["\u00a0N-1\u200b", "N-2\t", "\ufeffN-3", "E\u0301-4"]
"""Numbers with something that cannot be seen, or that is composed otherwise."""
INVOICES = [
    invoice(1, "100.00"),
    invoice(2, "250.55"),
    invoice(3, "99999999999.99"),
    invoice(4, "80.00", currency="USD"),
    invoice(5, "70.00"),
    *(replace(invoice(each, "60.00"), number=number) for each, number in enumerate([*ODD_NUMBERS, *UNSEEN], 10)),
]
PAYMENTS = [
    Payment(id=501, invoice_id=2, amount=Decimal("50.55"), paid_on=None, applied_by="marie"),
    Payment(id=502, invoice_id=4, amount=Decimal("30.00"), paid_on=DAY, wisepay=True),
    Payment(id=503, invoice_id=5, amount=Decimal("20.00"), paid_on=DAY, plain=False),
]


def fake() -> FakeSite:
    """The stand-in, seeded."""
    site = FakeSite(says=SiteSays(company_id="acme", company_name="Maple Networks"))
    for each in INVOICES:
        site.add(each, *(p for p in PAYMENTS if p.invoice_id == each.id))
    return site


@contextmanager
def client() -> Iterator[ManageClient]:
    """The real client against the sandbox, seeded alike."""
    with (
        Store(INVOICES, PAYMENTS, SiteBehaviour(), lambda: DAY) as store,
        Server(store) as server,
        ManageClient(
            site=server.url,
            company="acme",
            client_id="11111111-2222-3333-4444-555555555555",
            public_key="sandbox",
            private_key="sandbox",
            timeout=10,
            behaviour=Behaviour(),
        ) as manage,
    ):
        yield manage


@pytest.fixture(params=["stand-in", "client and sandbox"])
def site(request: pytest.FixtureRequest) -> Iterator[ManageSite]:
    """Each adapter in turn."""
    if request.param == "stand-in":
        yield fake()
    else:
        with client() as real:
            yield real


def create(invoice_id: int, amount: str, paid_on: date | None = DAY) -> Write:
    """A first payment record, of a day unless it is none."""
    return build.create(invoice_id, amount, paid_on)


def shown(site: ManageSite, number: str) -> tuple[str, str]:
    """Paid Amount and balance of an invoice."""
    (found,) = site.invoices({number})
    return str(found.payments), str(found.balance)


def test_a_site_says_which_it_is(site: ManageSite) -> None:
    """The id and the name of the company whose it is."""
    assert site.says == SiteSays(company_id="acme", company_name="Maple Networks")


def test_only_the_wanted_invoices_come_back_with_every_field(site: ManageSite) -> None:
    """Numbers are matched exactly; amounts are exact to the cent; the record is the seed's."""
    (found,) = site.invoices({"INV-3"})
    assert found == INVOICES[2]


def test_no_wanted_number_asks_nothing(site: ManageSite) -> None:
    """An empty question sends no request."""
    assert (site.invoices(set()), site.payments(set()), site.requests) == ([], {}, 0)


def test_an_unknown_number_is_simply_not_there(site: ManageSite) -> None:
    """Missing is not an error."""
    assert site.invoices({"INV-404"}) == []


def test_the_whole_list_says_that_it_is_whole(site: ManageSite) -> None:
    """Each invoice once, as many as the site counts."""
    listed = site.all_invoices()
    assert sorted(each.id for each in listed.invoices) == sorted(each.id for each in INVOICES)
    assert (listed.counted, listed.whole) == (len(INVOICES), True)


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_an_odd_number_goes_all_the_way(site: ManageSite, number: str) -> None:
    """Listed, read by its number, alone and among others, written to, and read back."""
    (listed,) = [each for each in site.all_invoices().invoices if each.number == number]
    assert {each.number for each in site.invoices({number, "INV-1"})} == {number, "INV-1"}
    assert site.invoices({number}) == [listed]
    assert isinstance(site.write(create(listed.id, "60.00")), Accepted)
    assert shown(site, number) == ("60.00", "0.00")


@pytest.mark.parametrize("number", UNSEEN)
def test_a_number_with_what_cannot_be_seen_is_found_by_its_exact_text(site: ManageSite, number: str) -> None:
    """As a review has it from the list; no other number comes along."""
    assert [each.number for each in site.invoices({number})] == [number]


def test_an_odd_number_that_is_not_there_is_not_there(site: ManageSite) -> None:
    """Nor is anything else mistaken for it."""
    assert site.invoices({'INV"8', "A\\\\b", "INV*", "%"}) == []


def test_paid_amount_is_the_sum_of_the_records(site: ManageSite) -> None:
    """Payment records and Paid Amount agree, paid online included."""
    assert (shown(site, "INV-2"), shown(site, "INV-4")) == (("50.55", "200.00"), ("30.00", "50.00"))


def test_payment_records_come_back_by_invoice(site: ManageSite) -> None:
    """An invoice without records has an empty tuple; WisePay is told apart."""
    found = site.payments({1, 4})
    assert (found[1], [(p.id, p.wisepay, p.paid_on) for p in found[4]]) == ((), [(502, True, DAY)])


def test_a_payment_of_another_kind_counts_as_paid_and_is_not_ours(site: ManageSite) -> None:
    """It is told from a plain one, and left alone."""
    (record,) = site.payments({5})[5]
    assert (record.ours, record.wisepay, record.credit, shown(site, "INV-5")) == (
        False,
        False,
        False,
        ("20.00", "50.00"),
    )


def test_a_created_record_is_there_and_keeps_its_calendar_day(site: ManageSite) -> None:
    """Create, then read: amount, day and Paid Amount."""
    reply = site.write(create(1, "100.00"))
    (record,) = site.payments({1})[1]
    assert reply == Accepted(payment_id=record.id)
    assert (record.amount, record.paid_on, shown(site, "INV-1")) == (Decimal("100.00"), DAY, ("100.00", "0.00"))


def test_a_part_payment_carries_no_date(site: ManageSite) -> None:
    """No date sent, none kept."""
    site.write(create(1, "40.00", None))
    assert [(str(p.amount), p.paid_on) for p in site.payments({1})[1]] == [("40.00", None)]


def test_a_second_record_is_refused_in_words(site: ManageSite) -> None:
    """The likeliest site allows one payment record per invoice."""
    reply = site.write(create(2, "10.00"))
    assert isinstance(reply, Refusal)
    assert (reply.message.said(ENGLISH) != "", reply.stop, shown(site, "INV-2")) == (True, False, ("50.55", "200.00"))


def test_a_changed_record_says_the_new_amount_and_date(site: ManageSite) -> None:
    """Change sets both; the id stays."""
    change = replace(
        create(2, "250.55"), action=Action.CHANGE, payment_id=501, amount_before=Decimal("50.55"), paid_on_before=None
    )
    assert site.write(change) == Accepted(payment_id=501)
    assert [(p.id, str(p.amount), p.paid_on) for p in site.payments({2})[2]] == [(501, "250.55", DAY)]


def test_a_date_can_be_taken_away(site: ManageSite) -> None:
    """A reopened invoice keeps its amount and loses its date."""
    site.write(create(1, "100.00"))
    (record,) = site.payments({1})[1]
    change = replace(
        create(1, "60.00", None),
        action=Action.CHANGE,
        payment_id=record.id,
        amount_before=Decimal("100.00"),
        paid_on_before=DAY,
    )
    assert site.write(change) == Accepted(payment_id=record.id)
    assert [(p.id, str(p.amount), p.paid_on) for p in site.payments({1})[1]] == [(record.id, "60.00", None)]


def test_what_is_restored_is_sent_as_it_was(site: ManageSite) -> None:
    """Type and time of day too, of a record that is made anew and of one that is changed back."""
    was = Payment(id=9, invoice_id=1, amount=Decimal("100.00"), paid_on=DAY, kind="P", time_of_day="T14:30:00Z")
    site.write(replace(create(1, "100.00"), restores=was))
    (made,) = site.payments({1})[1]
    assert (made.kind, made.paid_on, made.time_of_day) == ("P", DAY, "T14:30:00Z")
    away = replace(
        create(1, "60.00", None),
        action=Action.CHANGE,
        payment_id=made.id,
        amount_before=Decimal("100.00"),
        paid_on_before=DAY,
    )
    site.write(away)
    (undated,) = site.payments({1})[1]
    assert (undated.paid_on, undated.time_of_day) == (None, "")
    site.write(replace(away, amount=Decimal("100.00"), paid_on=DAY, paid_on_before=None, restores=was))
    assert site.payments({1})[1] == (made,)


def test_a_deleted_record_is_gone(site: ManageSite) -> None:
    """Delete leaves an invoice without records and without Paid Amount."""
    delete = replace(create(2, "0.00", None), action=Action.DELETE, payment_id=501, amount_before=Decimal("50.55"))
    assert site.write(delete) == Accepted()
    assert (site.payments({2})[2], shown(site, "INV-2")) == ((), ("0.00", "250.55"))


def test_deleting_what_is_not_there_is_not_a_success(site: ManageSite) -> None:
    """A 404 is a no, in words; whether it is one is for the reading back to tell."""
    delete = replace(create(1, "0.00", None), action=Action.DELETE, payment_id=77, amount_before=Decimal("1.00"))
    assert isinstance(site.write(delete), Refusal)


def test_the_payments_of_an_invoice_that_is_not_there_are_not_none(site: ManageSite) -> None:
    """What is not found is said, and is neither an invoice without payments nor a login that failed."""
    with pytest.raises(NotFound):
        site.payments({1, 999_999})
