"""What holds for the tie-out of any books and any site: every cent of the difference stands in one class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.prove.tie_out import DifferenceClass, TieOut, TieOutScope, tie_out, unit_of_invoice
from sync.core.values.messages import say
from sync.core.values.money import ZERO, total
from sync.core.values.periods import Window, parse_since
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Balance, Invoice, Wanted
from tests.core.prove.test_tie_out import SCOPE, row
from tests.core.test_properties import World, apply, money, worlds
from tests.core.values.test_posting import CREATE
from tests.support.build import OWN_DAY, balance, invoice
from tests.support.fakes import FakeBooks

DAY = date(2026, 4, 10)


class Scene(Struct, frozen=True, kw_only=True):
    """Books and a site at one moment, and what a run over some of the documents proposes."""

    world: World
    balances: list[Balance]
    rows: list[Proposal]
    window: Window

    def tied(self, invoices: Iterable[Invoice], rows: Iterable[Proposal]) -> TieOut:
        """The tie-out."""
        scope = TieOutScope(
            rows={row.document_id: row for row in rows}, window=self.window, policy=self.world.policy, day=DAY
        )
        return tie_out(self.balances, list(invoices), scope)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any world, with credits, hidden balances, other currencies and records that cannot be read."""
    world = draw(worlds())
    invoices = []
    for each in world.invoices:
        credits_ = Decimal(money(draw(st.sampled_from([*[0] * 6, 1, 500]))))
        hidden = Decimal(money(draw(st.sampled_from([*[0] * 9, 7]))))
        manage = replace(
            each,
            credits=credits_,
            balance=each.total - each.payments - credits_ - hidden,
            currency=draw(st.sampled_from([*["CAD"] * 8, "USD", None])),
            kind=draw(st.sampled_from([*["Standard"] * 9, "CreditMemo"])),
            dated=draw(st.sampled_from([None, OWN_DAY, date(2025, 1, 1)])),
        )
        if draw(st.integers(0, 9)) == 9:
            manage = replace(manage, total=ZERO, payments=ZERO, credits=ZERO, balance=ZERO, flaw=say("Unreadable."))
        invoices.append(manage)
    entries = tuple(
        replace(each, amount=None, flaw=say("Empty.")) if draw(st.integers(0, 30)) == 30 else each
        for each in world.entries
    )
    world = replace(world, invoices=tuple(invoices), entries=entries)
    books = FakeBooks(documents=list(world.documents), entries=list(entries))
    start = OWN_DAY + timedelta(days=draw(st.integers(-5, 35)))
    ids = {document.id for document in world.documents}
    reviewed = draw(st.one_of(st.just(ids), st.sets(st.sampled_from(sorted(ids)))))
    return Scene(
        world=world,
        balances=list(books.read(Wanted(window=None, balances=True)).balances),
        rows=[each for each in world.proposals(LedgerMemory()) if each.document_id in reviewed],
        window=Window(since=parse_since(str(start)), start=start, end=DAY),
    )


def differences(scene: Scene, invoices: Iterable[Invoice]) -> dict[str, Decimal]:
    """Open in Sage less open in Manage, by currency, straight from both systems."""
    policy, sums = scene.world.policy, defaultdict[str, Decimal](lambda: ZERO)
    for each in scene.balances:
        sums[policy.unit(each.document.currency_id)] += each.balance
    for invoice_ in invoices:
        sums[unit_of_invoice(invoice_, policy)] -= invoice_.balance
    return {unit: amount for unit, amount in sums.items() if amount != ZERO}


def classified(found: TieOut) -> dict[str, Decimal]:
    """Σ of the items, by currency."""
    sums = defaultdict[str, Decimal](lambda: ZERO)
    for item in found.items:
        sums[item.currency] += item.difference
    return {unit: amount for unit, amount in sums.items() if amount != ZERO}


@given(scenes())
def test_the_items_add_up_to_the_difference_of_the_two_systems(scene: Scene) -> None:
    """To the cent: in each currency, for each customer, and by age; and what is unexplained is listed as that."""
    invoices = scene.world.invoices
    found = scene.tied(invoices, scene.rows)
    assert classified(found) == differences(scene, invoices)
    for owed in found.customers:
        theirs = [item for item in found.items if (item.customer, item.currency) == (owed.name, owed.currency)]
        assert total(item.difference for item in theirs) == owed.difference
    for whole in found.totals:
        aged = [line for line in found.ages if line.currency == whole.currency]
        assert (total(line.sage for line in aged), total(line.manage for line in aged)) == (whole.sage, whole.manage)
        assert found.unexplained(whole.currency) == found.explained(whole.currency, DifferenceClass.UNEXPLAINED)


@given(scenes())
def test_an_item_is_a_difference_or_something_that_cannot_be_read(scene: Scene) -> None:
    """Nothing is listed for nothing, and every document that cannot be read is."""
    found = scene.tied(scene.world.invoices, scene.rows)
    flawed = {each.number for each in scene.world.invoices if each.flaw}
    unread = {str(each.document.id) for each in scene.balances if each.unreadable}
    assert [i for i in found.items if i.difference == ZERO and i.key not in unread and i.invoice not in flawed] == []
    assert unread <= {item.key for item in found.items}


@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_reading_never_matters(scene: Scene, chance: Random) -> None:
    """Neither Sage's nor Manage's."""
    invoices = list(scene.world.invoices)
    found = scene.tied(invoices, scene.rows)
    balances = list(scene.balances)
    chance.shuffle(balances)
    chance.shuffle(invoices)
    again = replace(scene, balances=balances).tied(invoices, scene.rows)
    assert sorted(map(repr, again.items)) == sorted(map(repr, found.items))
    assert (again.customers, again.ages, again.totals) == (found.customers, found.ages, found.totals)


@settings(max_examples=250)  # one scene in fifteen has something to push
@given(scenes())
def test_a_push_closes_exactly_what_was_to_be_pushed(scene: Scene) -> None:
    """Once every row that is approved by default is written, nothing is left to push, and nothing else has moved."""
    before = scene.tied(scene.world.invoices, scene.rows)
    pushed = [each for each in scene.rows if each.approve]
    world, known = apply(scene.world, pushed)
    written = {each.invoice_id: each.change for each in pushed}
    after = [
        replace(each, payments=each.payments + moved, balance=each.balance - moved)
        for each, moved in ((each, written.get(each.id, ZERO)) for each in scene.world.invoices)
    ]
    again = replace(world, invoices=tuple(after)).proposals(known)
    kept = {each.document_id for each in scene.rows}
    found = scene.tied(after, [each for each in again if each.document_id in kept])
    for unit in {item.currency for item in before.items}:
        assert found.explained(unit, DifferenceClass.TO_PUSH) == ZERO
        others = [reason for reason in DifferenceClass if reason is not DifferenceClass.TO_PUSH]
        assert [found.explained(unit, r) for r in others] == [before.explained(unit, r) for r in others]


def test_every_class_of_difference_can_be_found_in_one_company() -> None:
    """In the order of the paper, each once."""
    sage = [
        balance(1, owed="0.00"),
        balance(2, owed="0.00"),
        balance(3),
        balance(5, total="90.00", owed="90.00"),
        balance(6, total="-20.00", owed="-20.00"),
        balance(7, currency_id=2),
        balance(8, owed="0.00"),
        balance(9),
        balance(10, owed="0.00", last_entered=SCOPE.window.end),
        balance(11, owed="0.00"),
        balance(12, owed="0.00", last_entered=SCOPE.window.end + timedelta(days=1)),
        balance(13, owed="0.00"),
    ]
    manage = [
        *(invoice(nth) for nth in (1, 2, 11, 4, 5, 12, 8, 10, 13)),
        invoice(7, payments="100.00"),
        invoice(9, payments="30.00"),
    ]
    held = replace(row(nth=2), write=replace(CREATE, invoice_id=502), status=row().status.TOTAL_DIFFERS)
    rows = {1: row(nth=1), 2: held, 11: row(None, Status.CHANGED_IN_MANAGE, nth=11)}
    window, policy = replace(SCOPE.window, bounded=True), Policy(currencies={1: "CAD", 2: "USD"})
    scope = replace(SCOPE, rows=rows, window=window, policy=policy, opening={13: say("Accepted.")})
    assert [item.reason for item in tie_out(sage, manage, scope).items] == list(DifferenceClass)
