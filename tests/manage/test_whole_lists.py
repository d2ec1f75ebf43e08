"""Lists that are whole, and lists that are not: a page ends nothing, Manage's own count does; numbers prove absence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from flask import Response, request
from msgspec.structs import replace

from sync.core.values.errors import Unavailable
from sync.core.values.records import InvoiceList
from sync.manage.client import ManageClient
from sync.practice import api, invoice_lists
from sync.practice.json_records import INVOICE, ApiError
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.settings_file import Behaviour
from tests.contracts.test_manage_site import invoice

COUNT = 2600


def client_of(server: Server) -> ManageClient:
    """A client of the practice site."""
    return ManageClient(
        site=server.url,
        company="acme",
        client_id="c",
        public_key="sandbox",
        private_key="sandbox",
        timeout=30,
        behaviour=Behaviour(),
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A practice site with 2,600 invoices, one of them with a number that no condition spells."""
    some = [invoice(each, "100.00") for each in range(1, COUNT + 1)]
    some[99] = replace(some[99], number='INV"100')
    with Store(some, [], SiteBehaviour(), lambda: date(2026, 4, 10)) as store, Server(store) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[ManageClient]:
    """A client that has asked for nothing yet."""
    with client_of(server) as made:
        yield made


def hide(monkeypatch: pytest.MonkeyPatch, size: int = invoice_lists.LARGEST_SIZE) -> None:
    """Leave one record out of each full page, though not of the count nor of the answer to a number."""
    honest = invoice_lists.page_of

    def page(fields: Any, rows: Any, query: Any) -> invoice_lists.Page:  # noqa: ANN401 - as the site passes them
        found = honest(fields, rows, query)
        full = len(found.records) == min(query.size, size)
        return replace(found, records=[*found.records[:4], *found.records[5:]]) if full else found

    monkeypatch.setattr(api, "page_of", page)


@pytest.mark.parametrize("about", [0, COUNT])
@pytest.mark.parametrize("size", [25, 100, 250, 999, 1000])
def test_pages_are_read_as_long_as_they_name_a_next(
    client: ManageClient, monkeypatch: pytest.MonkeyPatch, size: int, about: int
) -> None:
    """Whatever a site holds a page to: each invoice once, and a page for each so many."""
    monkeypatch.setattr(invoice_lists, "LARGEST_SIZE", size)
    found = client.all_invoices(about)
    assert found.whole
    assert [each.id for each in found.invoices] == list(range(1, COUNT + 1))
    assert client.requests <= COUNT / size * 1.3 + 6


@pytest.mark.parametrize("size", [25, 1000])
def test_numbers_are_asked_for_to_the_last_page(
    client: ManageClient, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """One question may fill many short pages."""
    monkeypatch.setattr(invoice_lists, "LARGEST_SIZE", size)
    wanted = {f"INV-{each}" for each in range(2001, 2100)}
    assert {each.number for each in client.invoices(wanted)} == wanted


def test_a_list_that_lacks_what_is_counted_is_not_whole(client: ManageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read once more, and says how many there should be; who is asked for by number is found all the same."""
    hide(monkeypatch)
    found = client.all_invoices(COUNT)
    missing = set(range(1, COUNT + 1)) - {each.id for each in found.invoices}
    assert (found.whole, found.counted, len(found.invoices)) == (False, COUNT, COUNT - len(missing))
    assert missing
    asked = client.requests
    wanted = {f"INV-{each}" for each in missing} | {"INV-404404"}
    assert {each.id for each in client.invoices(wanted)} == missing
    assert client.requests == asked + 1


@pytest.mark.parametrize(("counted", "whole"), [(2, True), (3, False), (1, False)])
def test_more_than_is_counted_is_not_whole_either(counted: int, *, whole: bool) -> None:
    """Whatever the two disagree about, nobody knows what else is missing."""
    assert InvoiceList(invoices=[invoice(1, "5.00"), invoice(2, "5.00")], counted=counted).whole == whole


def test_a_list_that_is_not_whole_answers_for_no_number(client: ManageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all are read because that takes fewer requests, numbers are asked for after all; once known, at once."""
    hide(monkeypatch)
    wanted = {f"INV-{each}" for each in range(1, COUNT + 1)} - {"INV-100"}
    assert {each.number for each in client.invoices(wanted)} == wanted
    asked = client.requests
    assert {each.number for each in client.invoices(wanted)} == wanted
    assert client.requests - asked < asked - 4


def test_what_only_a_whole_list_could_tell_is_unavailable(
    client: ManageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that cannot be asked for is neither there nor absent in a list that is not whole."""
    assert [each.id for each in client.invoices({'INV"100'})] == [100]
    hide(monkeypatch)
    with pytest.raises(Unavailable, match="manage-list-not-whole"):
        client.invoices({'INV"100'})


@pytest.mark.parametrize("about", [0, COUNT])
def test_without_a_count_no_list_is_known_to_be_whole(
    client: ManageClient, monkeypatch: pytest.MonkeyPatch, about: int
) -> None:
    """A role may not be let count: all is read once, and numbers are asked for by name or not answered for."""

    def refuse(_: api.Api) -> Response:
        raise ApiError(HTTPStatus.FORBIDDEN, "Forbidden", "no")

    monkeypatch.setattr(api.Api, "_chosen", lambda self, query: refuse(self) if is_count() else chosen(self, query))
    found = client.all_invoices(about)
    assert (found.whole, found.counted, len(found.invoices)) == (False, None, COUNT)
    wanted = {f"INV-{each}" for each in range(1, COUNT + 1)} - {"INV-100"}
    assert {each.number for each in client.invoices(wanted)} == wanted
    with pytest.raises(Unavailable, match="manage-list-uncounted"):
        client.invoices({'INV"100'})


def is_count() -> bool:
    """The practice site is asked how many there are."""
    return request.path.endswith("/count")


chosen = api.Api._chosen


def test_a_count_that_disagrees_once_is_asked_again(client: ManageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invoice that comes or goes between list and count costs a second reading, and nothing else."""
    counts = iter([COUNT + 1, COUNT])
    monkeypatch.setattr(client._pages, "count", lambda: next(counts))
    found = client.all_invoices(COUNT)
    assert (found.whole, len(found.invoices)) == (True, COUNT)


@pytest.mark.parametrize("absent", ["total", "payments", "credits", "balance"])
def test_an_amount_that_is_null_is_never_zero(
    client: ManageClient, monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    """The invoice comes out as bad data, which names the amount."""
    monkeypatch.setattr(api, "INVOICE", {**INVOICE, absent: lambda _: None})
    (found,) = client.invoices({"INV-7"})
    assert f"amount={absent}-word" in str(found.flaw)


@pytest.mark.parametrize("about", [0, COUNT])
def test_a_site_that_names_a_next_page_for_ever_comes_to_an_end(
    client: ManageClient, monkeypatch: pytest.MonkeyPatch, about: int
) -> None:
    """Two empty pages are an end; the count says whether all is there."""
    honest = invoice_lists.page_of
    endless = '<http://127.0.0.1/x?page=2>; rel="next"'
    monkeypatch.setattr(api, "page_of", lambda *given: replace(honest(*given), link=endless))
    found = client.all_invoices(about)
    assert (found.whole, len(found.invoices)) == (True, COUNT)
    assert client.invoices({"INV-404404"}) == []
    assert client.payments({1}) == {1: ()}


def test_an_empty_page_is_not_the_last(client: ManageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of records that may not all be seen can be empty, and the next is not."""
    honest = invoice_lists.page_of

    def page(fields: Any, rows: Any, query: Any) -> invoice_lists.Page:  # noqa: ANN401 - as the site passes them
        found = honest(fields, rows, replace(query, page=max(1, query.page - 1)))
        first = query.page == 1 and query.conditions
        return replace(found, records=[], link='<x>; rel="next"') if first else found

    monkeypatch.setattr(api, "page_of", page)
    assert [each.id for each in client.invoices({"INV-7"})] == [7]
