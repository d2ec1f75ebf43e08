"""Named facts: what a row was decided on, its fingerprint, and which system a difference is in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.decide.facts import ChangedFact, explain_change, facts, fingerprint, first_difference
from sync.core.decide.manage_position import Standing
from sync.core.decide.position import Position, positions
from sync.core.values.messages import say
from sync.core.values.proposal import Facts
from sync.core.values.records import Action, Invoice, Payment, Write
from sync.language.catalogues import ENGLISH
from tests.catalogue import catalogue
from tests.support.build import RECEIPT_DAY, document, entry, invoice, own, payment

APRIL = date(2026, 4, 1)
AGAIN = "so nothing was sent. Run the sync again and review it."
STANDS = Standing(
    own_record=payment("40.00", APRIL), own_count=1, paid_online=Decimal("5.00"), date_paid=APRIL, adds_up=True
)
WRITE = Write(
    action=Action.CHANGE,
    invoice_id=501,
    payment_id=9,
    amount=Decimal("95.00"),
    paid_on=RECEIPT_DAY,
    amount_before=Decimal("40.00"),
    paid_on_before=APRIL,
)


def position(*rows: Any, **changes: Any) -> Position:  # noqa: ANN401 - rows, and any field of a document
    """What Sage says of one document."""
    return positions([document(**changes)], rows or [own("100.00"), entry("-100.00")])[0]


def seen(
    here: Position | None = None,
    manage: Invoice | None = None,
    standing: Standing | None = STANDS,
    write: Write | None = WRITE,
    policy: str = "1:abc",
) -> Facts:
    """The facts of a row that is paid in full in Sage and in part in Manage."""
    return facts(here or position(), manage or invoice(payments="45.00"), standing, write, policy)


def said(reviewed: Facts, current: Facts) -> str:
    """Why the row is not sent."""
    difference = first_difference(reviewed, current)
    return "" if difference is None else explain_change(difference).said(ENGLISH)


def test_every_fact_stands_by_its_name_in_its_order() -> None:
    """Amounts with two decimals, ISO dates, numbers, yes and no."""
    assert seen() == (
        ("sage.number", "1001"),
        ("sage.customer", "7"),
        ("sage.customer_name", "Boréal inc."),
        ("sage.dated", "2026-03-01"),
        ("sage.kind", "0"),
        ("sage.currency", "1"),
        ("sage.total", "100.00"),
        ("sage.cash", "100.00"),
        ("sage.discount", "0.00"),
        ("sage.credit", "0.00"),
        ("sage.other", "0.00"),
        ("sage.balance", "0.00"),
        ("sage.paid_in_full_on", "2026-03-15"),
        ("sage.clearing_receipt", "R1"),
        ("sage.last_receipt_on", "2026-03-15"),
        ("manage.invoice", "501"),
        ("manage.number", "1001"),
        ("manage.company", "3"),
        ("manage.currency", "CAD"),
        ("manage.total", "100.00"),
        ("manage.paid", "45.00"),
        ("manage.credits", "0.00"),
        ("manage.records", "1"),
        ("manage.record", "9"),
        ("manage.record_amount", "40.00"),
        ("manage.record_date", "2026-04-01"),
        ("manage.online", "5.00"),
        ("manage.date_paid", "2026-04-01"),
        ("manage.adds_up", "yes"),
        ("write.action", "change"),
        ("write.invoice", "501"),
        ("write.record", "9"),
        ("write.amount", "95.00"),
        ("write.date", "2026-03-15"),
        ("write.amount_before", "40.00"),
        ("write.date_before", "2026-04-01"),
        ("settings.policy", "1:abc"),
    )


def test_what_is_absent_is_empty_and_no_fact_is_left_out() -> None:
    """A document without an invoice; an invoice that cannot be read keeps what names it."""
    bare = facts(position(own("100.00"), entry(None, flaw=say("Empty."))), None, None, None, "")
    assert [name for name, _ in bare] == [name for name, _ in seen()]
    assert {name: value for name, value in bare if value and not name.startswith("sage.")} == {}
    assert {value for name, value in bare if name in {"sage.total", "sage.cash", "sage.balance"}} == {""}
    flawed = dict(seen(manage=invoice(payments="45.00", flaw=say("No total."))))
    assert (flawed["manage.invoice"], flawed["manage.total"], flawed["manage.paid"]) == ("501", "", "")


def test_the_fingerprint_of_the_same_facts_never_changes() -> None:
    """It says its format, and depends on names, values and order."""
    assert fingerprint(seen()) == "1:176b6a7767b8ad6deaf9b2132d74bdd8ed746cc0447e3d055664627496d2388d"
    assert fingerprint(()) == "1:1788f993b4772e3516f5409992386cee14668f98ca23773646f1670a8ffaf8d9"
    assert len({fingerprint(each) for each in (seen(), seen()[::-1], seen()[1:], seen(policy="1:abd"))}) == 4


CHANGES: list[tuple[dict[str, Any], str]] = [
    (
        {"here": position(customer="Lumière ltée")},
        "Sage's customer name was Boréal inc. at the review and is Lumière ltée now",
    ),
    ({"here": position(dated=None)}, "Sage's invoice date was 2026-03-01 at the review and is empty now"),
    (
        {"here": position(own("100.00"), entry("-60.00"))},
        "Sage's cash received was 100.00 at the review and is 60.00 now",
    ),
    (
        {"here": position(own("1234.50"), entry("-1234.50"))},
        "Sage's invoice total was 100.00 at the review and is 1,234.50 now",
    ),
    (
        {"here": position(own("100.00"), entry("-100.00", dated=APRIL))},
        "Sage's date paid in full was 2026-03-15 at the review and is 2026-04-01 now",
    ),
    (
        {"here": position(own("100.00"), entry("-100.00", number="R2"))},
        "Sage's clearing receipt was R1 at the review and is R2 now",
    ),
    (
        {"manage": invoice(total="120.00", payments="45.00")},
        "Manage's invoice total was 100.00 at the review and is 120.00 now",
    ),
    ({"manage": invoice(payments="50.00")}, "Manage's total Paid Amount was 45.00 at the review and is 50.00 now"),
    (
        {"standing": replace(STANDS, own_record=payment("40.00", RECEIPT_DAY))},
        "Manage's payment record's date was 2026-04-01 at the review and is 2026-03-15 now",
    ),
    (
        {"standing": replace(STANDS, own_record=payment("40.00", APRIL, record=10))},
        "Manage's payment record was 9 at the review and is 10 now",
    ),
    (
        {"standing": replace(STANDS, own_count=2, own_record=None)},
        "Manage's number of payment records was 1 at the review and is 2 now",
    ),
    (
        {"standing": replace(STANDS, adds_up=False)},
        "Manage's agreement of payment records with Paid Amount was yes at the review and is no now",
    ),
    ({"write": replace(WRITE, amount=Decimal("96.00"))}, "What would be written is no longer what was reviewed"),
    ({"policy": "1:def"}, "The settings under [policy] have changed since the review"),
]


@pytest.mark.parametrize(("changes", "words"), CHANGES, ids=[words for _, words in CHANGES])
def test_the_first_fact_that_differs_is_told_with_its_system(changes: dict[str, Any], words: str) -> None:
    """Manage is never blamed for what has changed in Sage, nor Sage for Manage."""
    assert said(seen(), seen(**changes)) == f"{words}, {AGAIN}"


def test_a_change_in_sage_is_told_before_what_follows_from_it() -> None:
    """A new receipt changes the write as well, and somebody may have typed in Manage meanwhile."""
    current = seen(position(own("100.00"), entry("-60.00")), invoice(payments="50.00"), write=None)
    assert said(seen(), current).startswith("Sage's cash received was")


def test_only_facts_that_the_review_names_are_compared() -> None:
    """A later version may know more of them; nothing differs for that."""
    assert first_difference(seen(), (*seen(), ("manage.colour", "red"))) is None
    assert first_difference(seen()[3:], seen()) is None


def test_a_fact_of_the_review_that_this_version_does_not_know_is_told() -> None:
    """The review may rest on it; neither system is blamed."""
    reviewed = (*seen(), ("sage.colour", "red"))
    assert first_difference(reviewed, seen()) == ChangedFact(name="sage.colour", before="red", now=None)
    assert said(reviewed, seen()) == (
        "This row was reviewed with another version of Tieout, which looked at more than this one, so nothing was "
        "sent. Update Tieout, or run the sync again and review it."
    )


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_fact_can_be_told_in_both_languages(code: str) -> None:
    """Each has words for it, or a sentence of its own."""
    words = {str(message.id): str(message.string) for message in catalogue("tieout", code)}
    for name, _ in seen():
        text = explain_change(ChangedFact(name=name, before="1.00", now="2.00"))
        assert all(words[sentence.id] for sentence in text.sentences)
        fact = next((value for place, value in text.sentences[0].values if place == "fact"), None)
        assert (fact is None) == name.startswith(("write.", "settings."))


def test_one_record_among_others_is_what_is_compared() -> None:
    """Who typed it is none of a row's facts."""
    records: list[Payment] = [payment("40.00", APRIL, applied_by=who) for who in ("marie", "luc")]
    first, second = (seen(standing=replace(STANDS, own_record=record)) for record in records)
    assert first_difference(first, second) is None
