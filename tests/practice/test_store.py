from __future__ import annotations

import sqlite3
import threading
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.policy import PartialDate
from sync.practice.json_records import ApiError
from sync.practice.payment_rules import Draft, SecondPayment, SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from tests.practice.conftest import SEED, SEED_PAYMENTS, TODAY, Client, invoice, payment


def reopened(path: Path) -> Store:
    """The practice site of a file, which must be there already."""
    return Store.open(path, (), (), SiteBehaviour(), lambda: TODAY)


def draft(amount: str) -> Draft:
    """A payment of today."""
    return Draft(amount=Decimal(amount), paid_on=TODAY)


def seeded(path: Path) -> Store:
    """A practice site filled with the seed."""
    return Store.open(path, SEED, SEED_PAYMENTS, SiteBehaviour(), lambda: TODAY)


def test_what_was_pushed_today_is_there_tomorrow(tmp_path: Path) -> None:
    """Created, changed and deleted records, and records entered by others, survive the end of the program."""
    with seeded(tmp_path / "manage.db") as store:
        store.create(501, draft("1149.99"))
        store.delete(502, 9001)
        store.add(invoice(499, flaw=say("Something is wrong on {day}.", day=TODAY)), payment(9100, 499, "1.00"))
        store.change(504, store.create(504, draft("1.00")).id, lambda _: draft("2.00"))
        invoices, payments = store.invoices(), [store.payments(i.id) for i in store.invoices()]
    with reopened(tmp_path / "manage.db") as store:
        assert invoices == store.invoices()
        assert payments == [store.payments(i.id) for i in store.invoices()]
        assert [i.id for i in store.invoices()] == [499, 501, 502, 503, 504, 505]


def test_ids_are_never_given_twice(tmp_path: Path) -> None:
    """The id of a deleted record is not given again, not even after a restart."""
    with seeded(tmp_path / "manage.db") as store:
        store.delete(501, store.create(501, draft("1.00")).id)
    with reopened(tmp_path / "manage.db") as store:
        assert store.create(501, draft("1.00")).id == 9005


def test_a_killed_program_loses_nothing(tmp_path: Path) -> None:
    """Each change is in the file before the client hears of it."""
    path = tmp_path / "manage.db"
    with seeded(path) as store:
        store.create(501, draft("7.00"))
        with reopened(path) as other:
            assert Decimal("7.00") == other.invoice(501).payments


def test_an_invoice_replaced(tmp_path: Path) -> None:
    """Somebody who replaces an invoice replaces its records too."""
    with seeded(tmp_path / "manage.db") as store:
        store.add(replace(store.invoice(504), number="INV-504B"), payment(9200, 504, "3.00"))
    with reopened(tmp_path / "manage.db") as store:
        assert (store.invoice(504).number, [p.id for p in store.payments(504)]) == ("INV-504B", [9200])


def test_a_file_of_something_else(tmp_path: Path) -> None:
    """Another program's file, or no database at all, is named and left alone."""
    text = tmp_path / "notes.txt"
    text.write_text("Dear diary, this is not a database at all, and never will be.")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE song (title)")
    connection.close()
    for path in (text, other, tmp_path / "missing" / "manage.db"):
        with pytest.raises(SetupError, match=path.name):
            reopened(path)
    assert text.read_text().startswith("Dear diary")


def test_a_file_is_filled_whole_or_not_at_all(tmp_path: Path) -> None:
    """A seed that fails half-way (here: an id twice) leaves nothing, and the next try finds a new file."""
    path = tmp_path / "manage.db"
    with pytest.raises(SetupError, match=r"manage\.db"):
        Store.open(path, (*SEED, SEED[0]), SEED_PAYMENTS, SiteBehaviour(), lambda: TODAY)
    with seeded(path) as store:
        assert len(store.invoices()) == len(SEED)


def test_many_at_once() -> None:
    """Of many clients that pay one invoice at the same moment, one succeeds."""

    def slow_today() -> date:
        time.sleep(0.01)  # between looking at the invoice and writing to it
        return TODAY

    store = Store(SEED, SEED_PAYMENTS, SiteBehaviour(), slow_today)
    refused: list[ApiError] = []

    def pay() -> None:
        try:
            store.create(501, draft("1.00"))
        except ApiError as error:
            refused.append(error)

    threads = [threading.Thread(target=pay) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), len(store.payments(501))) == (7, 1)


def test_the_server_dates_by_its_own_day() -> None:
    """Today is asked for at each write, so that a site left running over midnight moves on."""
    days = iter([date(2026, 4, 10), date(2026, 4, 11)])
    store = Store(
        SEED,
        (),
        SiteBehaviour(second_payment=SecondPayment.ALLOWED, partial_date=PartialDate.LAST_RECEIPT),
        lambda: next(days),
    )
    for _ in range(2):
        store.create(501, Draft(amount=Decimal("1.00"), paid_on=None))
    assert [date(2026, 4, 10), date(2026, 4, 11)] == [p.paid_on for p in store.payments(501)]


def test_a_port_that_is_taken(site: Client) -> None:
    """A port in use is named, with what to do."""
    port = int(site.url.rsplit(":", 1)[1])
    with pytest.raises(SetupError, match=rf"practice-port-taken\(port={port}\)"), Server(site.store, port):
        pass


def test_stopping_twice(site: Client) -> None:
    """A server can be stopped early, and again at the end of its block; its port is free afterwards."""
    with Server(site.store) as server:
        port = int(server.url.rsplit(":", 1)[1])
        server.stop()
        with Server(site.store, port) as again:
            assert server.url == again.url
