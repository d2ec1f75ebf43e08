from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.manage.http_session import can_be_asked_for, number_conditions
from sync.practice.invoice_lists import read_conditions
from tests.practice.conftest import Client, Open, invoice

MANY = tuple(invoice(1000 + number) for number in range(60))


def ids(answer: requests.Response) -> list[int]:
    """The ids in a list."""
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()]


def test_twenty_five_records_unless_asked_otherwise(open_site: Open) -> None:
    """A page holds 25 records by default, and its links lead to the others with the question repeated."""
    site = open_site(invoices=MANY, payments=())
    answer = site.get("/finance/invoices", conditions="(id > 999 and id <= 2000)")
    assert list(range(1000, 1025)) == ids(answer)
    assert {"next", "last"} == answer.links.keys()
    answer = site.session.get(answer.links["next"]["url"])
    assert list(range(1025, 1050)) == ids(answer)
    assert {"prev", "first", "next", "last"} == answer.links.keys()
    answer = site.session.get(answer.links["last"]["url"])
    assert list(range(1050, 1060)) == ids(answer)
    assert {"prev", "first"} == answer.links.keys()


def test_a_page_size_above_the_maximum_is_the_maximum(open_site: Open) -> None:
    """More than 1000 records never come at once, and nothing says so but the link."""
    site = open_site(invoices=tuple(invoice(number) for number in range(1, 1003)), payments=())
    answer = site.get("/finance/invoices", pageSize=5000, fields="id")
    assert (len(ids(answer)), answer.links["next"]["rel"]) == (1000, "next")


def test_a_single_page_has_no_link(site: Client) -> None:
    """Where everything fits there is nowhere to go."""
    assert "Link" not in site.get("/finance/invoices").headers


def test_a_question_above_an_id(open_site: Open) -> None:
    """Numbers or ranges, as far as their ids lie above one; the link to the next page repeats the question."""
    site = open_site(invoices=MANY, payments=())
    ranges = "id > 1042 and ((id > 1040 and id <= 1045) or (id > 1050 and id <= 1100))"
    answer = site.get("/finance/invoices", conditions=ranges, pageSize=3)
    assert ids(answer) == [1043, 1044, 1045]
    assert ids(site.session.get(answer.links["next"]["url"])) == [1051, 1052, 1053]
    numbers = 'id > 1001 and (invoiceNumber in ("INV-1001","INV-1002","INV-1003"))'
    assert ids(site.get("/finance/invoices", conditions=numbers)) == [1002, 1003]


@pytest.mark.parametrize(
    ("order", "expected"), [("id", [501, 502, 503, 504, 505]), ("id desc", [505, 504, 503, 502, 501])]
)
def test_order(site: Client, order: str, expected: list[int]) -> None:
    """Lists come by rising or by falling ids."""
    assert expected == ids(site.get("/finance/invoices", orderBy=order))


@pytest.mark.parametrize("order", ["id down", "nothing", "total desc"])
def test_an_order_that_nobody_asks_for(site: Client, order: str) -> None:
    """Another order is refused."""
    answer = site.get("/finance/invoices", orderBy=order)
    assert (answer.status_code, answer.json()["code"]) == (400, "NotSupported")


def test_fields(site: Client) -> None:
    """Only the fields asked for come, parts of references nested, unknown ones left out."""
    assert site.invoice(502, fields="id,company/name,status/name,status/isClosed,nothing") == {
        "id": 502,
        "company": {"name": "Évasion <b>Nord</b> & Fils"},
        "status": {"name": "Closed", "isClosed": True},
    }


def test_an_invoice_whole(site: Client) -> None:
    """An invoice has Manage's names and nesting, dates at midnight UTC, amounts worked out from its records."""
    assert site.invoice(504) == {
        "id": 504,
        "invoiceNumber": "INV-504",
        "type": "Standard",
        "status": {"name": "Sent", "isClosed": False},
        "company": {"id": 9, "identifier": "boreal", "name": "Prairie Foods Ltd."},
        "accountNumber": "Boréal Dentaire inc.",
        "date": "2026-01-15T00:00:00Z",
        "currency": {"currencyCode": "CAD", "numberOfDecimals": 2, "name": "CAD"},
        "total": 452.0,
        "payments": 100.0,
        "credits": 0,
        "balance": 352.0,
    }


def test_a_site_with_one_currency_names_none(open_site: Open) -> None:
    """An invoice without a currency or a date has null for it."""
    site = open_site(invoices=(invoice(1, currency=None, dated=None, closed=None),), payments=())
    assert site.invoice(1, fields="date,currency,status/isClosed") == {
        "date": None,
        "currency": None,
        "status": {"isClosed": None},
    }


def test_amounts_are_numbers_without_drift(open_site: Open) -> None:
    """Amounts travel as decimal digits: what is stored is what is sent, to the cent."""
    totals = ["0.10", "0.29", "1149.99", "4503599627370.49", "9999999999999.99"]
    site = open_site(invoices=tuple(invoice(n, total) for n, total in enumerate(totals, 1)), payments=())
    text = site.get("/finance/invoices", fields="total").text
    assert totals == re.findall(r'"total":([\d.]+)', text)


@pytest.mark.parametrize(
    ("conditions", "chosen"),
    [
        ("", [501, 502, 503, 504, 505]),
        ('invoiceNumber in ("inv-501","INV-504  ","INV-999")', [501, 504]),
        ("(id > 501 and id <= 502)", [502]),
        ("(id > 0 and id <= 501) or (id > 502 and id <= 504)", [501, 503, 504]),
    ],
)
def test_conditions_choose(site: Client, conditions: str, chosen: list[int]) -> None:
    """Numbers compare as SQL Server does, in any case and whatever spaces follow; a range leaves its first id out."""
    assert chosen == ids(site.get("/finance/invoices", conditions=conditions))
    assert {"count": len(chosen)} == site.get("/finance/invoices/count", conditions=conditions).json()


@pytest.mark.parametrize(
    "conditions",
    [
        "id =",
        "id = 7",
        'invoiceNumber = "INV-7"',
        "invoiceNumber in ()",
        'invoiceNumber in ("INV-7"',
        'invoiceNumber in ("INV-7", "INV-8")',
        'invoiceNumber in ("INV"7")',
        'invoiceNumber in ("INV\\"7")',
        'invoiceNumber in ("INV-7 [a]")',
        "(id > 1 and id <= 2) or",
        "(id > 1 and id <= 99999999999)",
        "balance > 0",
    ],
)
def test_conditions_that_tieout_never_sends(site: Client, conditions: str) -> None:
    """What cannot be understood is refused, never guessed."""
    answer = site.get("/finance/invoices", conditions=conditions)
    message = f"These conditions are not understood: {conditions}"
    assert (400, "ApiFindCondition", message) == (answer.status_code, answer.json()["code"], answer.json()["message"])


@given(st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(can_be_asked_for), min_size=1))
def test_the_site_understands_every_question_of_the_client(numbers: set[str]) -> None:
    """Whatever the numbers are made of: every invoice asked for is chosen, and no other is."""
    tests = [read_conditions(question) for question in number_conditions(numbers, 400)]
    assert all(any(test(replace(invoice(1), number=number)) for test in tests) for number in numbers)
    assert not any(test(replace(invoice(1), number="+".join(numbers) + "+")) for test in tests)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"page": "0"}, "InvalidPagination"),
        ({"page": "x"}, "InvalidPagination"),
        ({"pageSize": "-1"}, "InvalidPagination"),
        ({"pageSize": "9" * 5000}, "InvalidPagination"),
        ({"customFieldConditions": "caption='x'"}, "NotSupported"),
    ],
)
def test_bad_queries(site: Client, query: dict[str, str], code: str) -> None:
    """A query that makes no sense is refused in Manage's own error record."""
    answer = site.get("/finance/invoices", **query)
    assert (400, code) == (answer.status_code, answer.json()["code"])
    assert {"code", "message", "errors"} == answer.json().keys()


def test_links_keep_the_address(open_site: Open) -> None:
    """Links lead back to the address at which the client asked."""
    site = open_site(invoices=MANY, payments=())
    answer = site.session.get(f"{site.url}/v4_6_release/apis/3.0/finance/invoices")
    assert urlsplit(answer.links["next"]["url"]).path == "/v4_6_release/apis/3.0/finance/invoices"


def test_computed_amounts(site: Client) -> None:
    """Balance is the total less payments less credits; a credit memo's record is not a payment."""
    invoice_503 = site.store.invoice(503)
    assert (Decimal("50.00"), Decimal(0)) == (invoice_503.balance, invoice_503.payments)
    assert Decimal("100.00") == site.store.invoice(504).payments
