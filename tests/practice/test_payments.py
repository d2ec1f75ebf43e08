from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from sync.core.values.policy import PartialDate
from sync.practice.payment_rules import ClosedInvoices, Overpayment, PostDemands, SecondPayment, SiteBehaviour
from sync.settings.settings_file import DateClear
from tests.practice.conftest import TODAY, Client, Open

NEW = "/finance/invoices/501/payments"
PAID = "/finance/invoices/502/payments/9001"
MARCH = "2026-03-20T00:00:00Z"


def replaced(path: str, value: object) -> list[Mapping[str, object]]:
    """A patch of one operation."""
    return [{"op": "replace", "path": path, "value": value}]


def test_post_adds_a_record(site: Client) -> None:
    """A payment posted is echoed with 201, read back alike, and shows in the invoice's amounts."""
    answer = site.call("POST", NEW, json={"invoice": {"id": 501}, "amount": 149.99, "paymentDate": MARCH})
    record = {
        "id": 9004,
        "type": "Payment",
        "source": "Default",
        "invoice": {"id": 501, "identifier": "INV-501"},
        "credit": None,
        "amount": 149.99,
        "paymentDate": MARCH,
        "appliedBy": "APIMember",
    }
    assert (201, record) == (answer.status_code, answer.json())
    assert [record] == site.get(NEW).json()
    assert site.invoice(501, fields="payments,balance") == {
        "payments": 149.99,
        "balance": 1000.0,
    }


@pytest.mark.parametrize("cents", [1, 10, 29, 57, 110, 114999])
def test_amounts_are_kept_to_the_cent(site: Client, cents: int) -> None:
    """An amount sent as digits comes back as the same digits."""
    sent = Decimal(cents) / 100
    answer = site.call("POST", NEW, data=f'{{"amount": {sent:.2f}}}', headers={"Content-Type": "application/json"})
    assert f'"amount":{sent:.2f},' in answer.text
    assert sent == site.store.invoice(501).payments


def test_other_kinds_of_records(site: Client) -> None:
    """Online payments and credit memos can be told from ours."""
    rows = site.get("/finance/invoices/504/payments").json()
    assert [(row["source"], row["credit"], row["type"]) for row in rows] == [
        ("WisePay", None, "Payment"),
        ("Default", {"id": 9003, "identifier": "CM9003"}, "Credit"),
    ]


def test_patch_changes_a_record(site: Client) -> None:
    """A patch changes what it names and nothing else."""
    answer = site.call("PATCH", PAID, json=replaced("amount", 200))
    assert (answer.status_code, answer.json()["amount"], answer.json()["paymentDate"]) == (200, 200.0, MARCH)
    answer = site.call("PATCH", PAID, json=replaced("paymentDate", "2026-04-01T00:00:00Z"))
    assert date(2026, 4, 1) == site.record(9001).paid_on


def test_delete_removes_a_record(site: Client) -> None:
    """A deletion answers 204 without a body; the record is gone and its id is not given again."""
    answer = site.call("DELETE", PAID)
    assert (answer.status_code, answer.content) == (204, b"")
    assert site.get("/finance/invoices/502/payments").json() == []
    assert Decimal("226.00") == site.store.invoice(502).balance
    assert site.call("POST", "/finance/invoices/502/payments", json={"amount": 1}).json()["id"] == 9004


def test_a_part_of_a_reference_is_taken_without_effect(site: Client) -> None:
    """Manage's false 200: a patch of a reference's part is answered as if it were done."""
    answer = site.call("PATCH", PAID, json=replaced("invoice/identifier", "INV-1"))
    assert (answer.status_code, answer.json()["invoice"]["identifier"]) == (200, "INV-502")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "amount", "MissingRequiredField"),
        ({"amount": "10.00"}, "amount", "InvalidValue"),
        ({"amount": True}, "amount", "InvalidValue"),
        ({"amount": 1e300}, "amount", "InvalidValue"),
        ({"amount": 0}, "amount", "InvalidValue"),
        ({"amount": -5}, "amount", "InvalidValue"),
        ({"amount": 5, "paymentDate": "2026-03-20"}, "paymentDate", "InvalidValue"),
        ({"amount": 5, "paymentDate": "2026-02-30T00:00:00Z"}, "paymentDate", "InvalidValue"),
        ({"amount": 5, "paymentDate": 20260320}, "paymentDate", "InvalidValue"),
        ({"amount": 5, "invoice": {"id": 502}}, "invoice", "InvalidReference"),
        ([{"amount": 5}], "body", "InvalidValue"),
    ],
)
def test_records_that_are_refused(site: Client, body: object, field: str, code: str) -> None:
    """A record that cannot be taken is refused with the field at fault, in Manage's error record."""
    answer = site.call("POST", NEW, json=body)
    error = answer.json()
    assert (answer.status_code, error["code"], error["message"]) == (400, "InvalidObject", "payment object is invalid")
    assert [(code, "payment", field)] == [(p["code"], p["resource"], p["field"]) for p in error["errors"]]
    assert site.store.payments(501) == ()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"op": "replace", "path": "amount", "value": 5}, "body"),
        ([5], "body"),
        (replaced("/amount", 5), "/amount"),
        (replaced("Amount", 5), "Amount"),
        (replaced("note", "x"), "note"),
        ([{"op": "remove", "path": "amount"}], "amount"),
        ([{"op": "replace", "path": "amount"}], "amount"),
        ([{"op": "move", "path": "paymentDate", "value": MARCH}], "paymentDate"),
        ([*replaced("amount", 5), {"op": "remove"}], ""),
    ],
)
def test_patches_that_are_refused(site: Client, body: object, field: str) -> None:
    """A patch with an operation that cannot be carried out is refused whole."""
    answer = site.call("PATCH", PAID, json=body)
    assert (400, [field]) == (answer.status_code, [problem["field"] for problem in answer.json()["errors"]])
    assert Decimal("226.00") == site.record(9001).amount


@pytest.mark.parametrize("body", [b"", b"{", b'{"amount": NaN}', b'{"amount": 1e99999999999999999999}', b"\xff"])
def test_bodies_that_are_not_json(site: Client, body: bytes) -> None:
    """What is not JSON is refused."""
    answer = site.call("POST", NEW, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidJson")


@pytest.mark.parametrize(("method", "path"), [("POST", NEW), ("PATCH", PAID)])
def test_bodies_not_marked_as_json(site: Client, method: str, path: str) -> None:
    """A body of another type is not looked at."""
    answer = site.call(method, path, data=b'{"amount": 5}', headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/finance/invoices/1/payments", "Invoice 1 not found"),
        ("POST", "/finance/invoices/1/payments", "Invoice 1 not found"),
        ("PATCH", "/finance/invoices/501/payments/9001", "Payment 9001 not found"),
        ("DELETE", "/finance/invoices/501/payments/9001", "Payment 9001 not found"),
    ],
)
def test_records_that_do_not_exist(site: Client, method: str, path: str, message: str) -> None:
    """A record that is not there, or stands on another invoice, is not found."""
    body = {"amount": 5} if method == "POST" else replaced("amount", 5)
    answer = site.call(method, path, json=None if method in {"GET", "DELETE"} else body)
    assert (404, {"code": "NotFound", "message": message, "errors": None}) == (answer.status_code, answer.json())


def test_records_that_are_not_ours_are_left_alone(site: Client) -> None:
    """Online payments and credit memos cannot be changed or deleted."""
    for number in (9002, 9003):
        path = f"/finance/invoices/504/payments/{number}"
        answers = [site.call("PATCH", path, json=replaced("amount", 5)), site.call("DELETE", path)]
        assert [answer.status_code for answer in answers] == [400, 400]
    assert Decimal("100.00") == site.store.invoice(504).payments


def test_a_second_payment_is_refused(site: Client) -> None:
    """One payment record for each invoice; online payments and credit memos do not count."""
    answer = site.call("POST", "/finance/invoices/502/payments", json={"amount": 1})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "ObjectExists")
    assert site.call("POST", "/finance/invoices/504/payments", json={"amount": 1}).status_code == 201


def test_a_second_payment_is_allowed(open_site: Open) -> None:
    """A site that allows it adds another record."""
    site = open_site(SiteBehaviour(second_payment=SecondPayment.ALLOWED))
    statuses = [site.call("POST", NEW, json={"amount": amount}).status_code for amount in (100, 50)]
    assert ([201, 201], Decimal("150.00")) == (statuses, site.store.invoice(501).payments)


def test_an_overpayment_is_refused(site: Client) -> None:
    """More than is owed after credits is refused, and nothing changes."""
    answer = site.call("POST", "/finance/invoices/503/payments", json={"amount": 50.01})
    assert (
        answer.status_code,
        answer.json()["errors"][0]["message"],
    ) == (400, "amount exceeds the balance of 50.00.")
    assert site.call("PATCH", PAID, json=replaced("amount", 226.01)).status_code == 400
    assert Decimal("226.00") == site.record(9001).amount


def test_an_overpayment_is_clipped(open_site: Open) -> None:
    """A site that clips keeps what was owed and discards the rest; where nothing is owed it refuses."""
    site = open_site(SiteBehaviour(overpayment=Overpayment.CLIPPED))
    answer = site.call("POST", "/finance/invoices/503/payments", json={"amount": 60})
    assert (answer.status_code, answer.json()["amount"]) == (201, 50.0)
    assert site.call("PATCH", PAID, json=replaced("amount", 300)).json()["amount"] == 226.0
    assert site.call("POST", "/finance/invoices/505/payments", json={"amount": 1}).status_code == 400


@pytest.mark.parametrize(
    ("partial_date", "expected"), [(PartialDate.OMIT, None), (PartialDate.LAST_RECEIPT, f"{TODAY}T00:00:00Z")]
)
def test_a_payment_without_a_date(open_site: Open, partial_date: PartialDate, expected: str | None) -> None:
    """Where no date is sent, one site leaves it blank and the other puts today's."""
    site = open_site(SiteBehaviour(partial_date=partial_date))
    assert expected == site.call("POST", NEW, json={"amount": 5}).json()["paymentDate"]


@pytest.mark.parametrize(
    ("date_clear", "works", "fails"),
    [
        (DateClear.REMOVE, [{"op": "remove", "path": "paymentDate"}], replaced("paymentDate", None)),
        (DateClear.NULL, replaced("paymentDate", None), [{"op": "remove", "path": "paymentDate"}]),
    ],
)
def test_a_date_taken_away(open_site: Open, date_clear: DateClear, works: object, fails: object) -> None:
    """A date can be taken away in the one form that this site knows."""
    site = open_site(SiteBehaviour(date_clear=date_clear))
    assert site.call("PATCH", PAID, json=fails).status_code == 400
    answer = site.call("PATCH", PAID, json=works)
    assert (answer.status_code, answer.json()["paymentDate"]) == (200, None)


def test_closed_invoices_take_payments(site: Client) -> None:
    """On the likeliest site a closed invoice is paid like any other."""
    assert site.call("PATCH", PAID, json=replaced("amount", 5)).status_code == 200


def test_closed_invoices_are_locked(open_site: Open) -> None:
    """A site that locks them refuses every write on a closed invoice, and no other."""
    site = open_site(SiteBehaviour(closed_invoices=ClosedInvoices.REFUSED))
    answers = [
        site.call("PATCH", PAID, json=replaced("amount", 5)),
        site.call("DELETE", PAID),
        site.call("POST", "/finance/invoices/502/payments", json={"amount": 5}),
        site.call("POST", NEW, json={"amount": 5}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 201]
    assert Decimal("226.00") == site.record(9001).amount


@pytest.mark.parametrize(
    ("behaviour", "sent", "fields"),
    [
        (SiteBehaviour(post_demands=PostDemands.INVOICE), {}, ["invoice"]),
        (SiteBehaviour(post_demands=PostDemands.INVOICE), {"invoice": {"id": 501}}, []),
        (SiteBehaviour(post_demands=PostDemands.TYPE), {"invoice": {"id": 501}}, ["type"]),
        (SiteBehaviour(post_demands=PostDemands.TYPE), {"type": "P"}, []),
        (SiteBehaviour(post_demands=PostDemands.BOTH), {"type": "P"}, ["invoice"]),
        (SiteBehaviour(post_demands=PostDemands.BOTH), {"type": "P", "invoice": {"id": 501}}, []),
        (SiteBehaviour(payment_type="C"), {"type": "P"}, ["type"]),
        (SiteBehaviour(payment_type="C"), {}, []),
    ],
)
def test_what_a_new_payment_has_to_say(
    open_site: Open, behaviour: SiteBehaviour, sent: dict[str, object], fields: list[str]
) -> None:
    """A site may demand the invoice's id, a type, or one type and no other; it names the field that it misses."""
    answer = open_site(behaviour).call("POST", NEW, json={"amount": 5} | sent)
    assert [each["field"] for each in answer.json().get("errors", [])] == fields
