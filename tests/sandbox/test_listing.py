from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.conftest import API, SEED, Client, Open, invoice

MANY = tuple(invoice(1000 + number) for number in range(60))
FORWARD = {"pagination-type": "forward-only"}


def ids(answer: requests.Response) -> list[int]:
    """The ids in a list."""
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()]


def test_twenty_five_records_unless_asked_otherwise(open_site: Open) -> None:
    """A page holds 25 records by default, and its links lead to the others with the question repeated."""
    site = open_site(invoices=MANY, payments=())
    answer = site.get("/finance/invoices", conditions='invoiceNumber like "INV-1*"')
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


def test_forward_only_pages_miss_nothing_and_repeat_nothing(open_site: Open) -> None:
    """Invoices added while a client pages neither shift the pages nor come twice; the last page is the empty one."""
    site = open_site(invoices=MANY, payments=())
    url, found = f"{site.url}{API}/finance/invoices?pageSize=20&fields=id", []
    for new in (1, 2000, 999, 2001, 0):
        answer = site.session.get(url, headers=FORWARD)
        found += ids(answer)
        if not answer.links:
            break
        url = answer.links["next"]["url"]
        site.store.add(invoice(new))
    assert [*range(1000, 1060), 2000, 2001] == found
    assert new == 0


def test_forward_only_repeats_the_conditions(open_site: Open) -> None:
    """The link to the next page asks the same question."""
    site = open_site(invoices=MANY, payments=())
    answer = site.call(
        "GET",
        "/finance/invoices",
        params={"conditions": "id > 1040 and id != 1042", "pageSize": 3},
        headers=FORWARD,
    )
    assert ids(answer) == [1041, 1043, 1044]
    assert ids(site.session.get(answer.links["next"]["url"], headers=FORWARD)) == [1045, 1046, 1047]


def test_forward_only_has_an_order_of_its_own(site: Client) -> None:
    """Forward-only pages cannot be put in another order."""
    answer = site.call("GET", "/finance/invoices", params={"orderBy": "id"}, headers=FORWARD)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidPagination")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("total", [505, 503, 502, 504, 501]),
        ("total desc", [501, 504, 502, 503, 505]),
        ("company/name asc, id desc", [505, 501, 504, 503, 502]),
        ("currency/currencyCode DESC,total", [503, 505, 502, 504, 501]),
    ],
)
def test_order(site: Client, order: str, expected: list[int]) -> None:
    """Lists come in the order asked for, by several fields if need be."""
    assert expected == ids(site.get("/finance/invoices", orderBy=order))


@pytest.mark.parametrize("order", ["total down", "nothing", "company"])
def test_an_order_that_makes_no_sense(site: Client, order: str) -> None:
    """An order that cannot be understood is refused."""
    answer = site.get("/finance/invoices", orderBy=order)
    assert (answer.status_code, answer.json()["code"]) == (400, "ApiFindCondition")


def test_fields(site: Client) -> None:
    """Only the fields asked for come, parts of references nested, unknown ones left out."""
    answer = site.get("/finance/invoices/502", fields="id,company/name,status/id,status/isClosed,nothing")
    assert answer.json() == {
        "id": 502,
        "company": {"name": "Évasion <b>Nord</b> & Fils"},
        "status": {"id": 1, "isClosed": True},
    }


def test_an_invoice_whole(site: Client) -> None:
    """An invoice has Manage's names and nesting, dates at midnight UTC, amounts worked out from its records."""
    assert site.get("/finance/invoices/504").json() == {
        "id": 504,
        "invoiceNumber": "INV-504",
        "type": "Standard",
        "status": {"id": 2, "name": "Sent", "isClosed": False},
        "company": {"id": 9, "identifier": "boreal", "name": "Prairie Foods Ltd."},
        "billToCompany": {"id": 9, "identifier": "boreal", "name": "Prairie Foods Ltd."},
        "accountNumber": "Boréal Dentaire inc.",
        "date": "2026-01-15T00:00:00Z",
        "currency": {"currencyCode": "CAD", "numberOfDecimals": 2, "name": "CAD"},
        "total": 452.0,
        "payments": 100.0,
        "credits": 0,
        "balance": 352.0,
        "_info": {"dateEntered": "2026-01-15T00:00:00Z"},
    }


def test_a_site_with_one_currency_names_none(open_site: Open) -> None:
    """An invoice without a currency or a date has null for it."""
    site = open_site(invoices=(invoice(1, currency=None, dated=None, closed=None),), payments=())
    assert site.get("/finance/invoices/1", fields="date,currency,status/isClosed").json() == {
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


def test_conditions_choose(site: Client) -> None:
    """Conditions work on amounts, dates, references and numbers alike."""
    assert site.numbers("balance = 0 and status/isClosed = true") == [502]
    assert site.numbers('date >= [2026-03-01T00:00:00Z] and type = "Standard" and payments = 0') == [501, 503]
    assert site.numbers('invoiceNumber in ("inv-501","INV-504","INV-999")') == [501, 504]


def test_count(site: Client) -> None:
    """The count counts all that the conditions choose, not one page."""
    answers = [site.get("/finance/invoices/count", **query) for query in ({}, {"conditions": "company/id=9"})]
    assert [{"count": len(SEED)}, {"count": 2}] == [answer.json() for answer in answers]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"conditions": "id ="}, "ApiFindCondition"),
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


def test_billing_statuses(site: Client) -> None:
    """Whether a status closes its invoices stands on the status."""
    rows = site.get("/finance/billingStatuses", fields="id,name,closedFlag").json()
    assert rows == [
        {"id": 1, "name": "Closed", "closedFlag": True},
        {"id": 2, "name": "Sent", "closedFlag": False},
    ]


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
