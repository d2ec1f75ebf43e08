"""What holds for any books and any site: cents are conserved, order never matters, a second pass has nothing to do."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory, Seen, paid
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose, unread
from sync.core.prove.completeness import control_totals, settled_by_currency, untied
from sync.core.values.money import ZERO
from sync.core.values.policy import PaidAmount, PartialDate, Policy
from sync.core.values.posting import Written
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Action, Document, Entry, Invoice, Payment
from tests.support.build import OWN_DAY, document, entry, invoice, own, payment

CENTS = st.integers(1, 20_000)
CUSTOMERS = ["Boréal inc.", "Érable ltée", "Ann Ltd."]


class World(Struct, frozen=True, kw_only=True):
    """Books and a site at one moment."""

    documents: tuple[Document, ...]
    entries: tuple[Entry, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    policy: Policy

    def proposals(self, known: LedgerMemory) -> list[Proposal]:
        """What a run over everything proposes."""
        everything = positions(self.documents, self.entries)
        pairs = pair(everything, {d.id for d in self.documents}, self.invoices, known, self.policy)
        needed = unread(pairs, known)
        records = {i: [p for p in self.payments if p.invoice_id == i] for i in needed}
        return propose(pairs, records, known, self.policy)


def money(cents: int) -> str:
    """Cents as an amount."""
    return f"{cents / 100:.2f}"


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A few customers, invoices with and without receipts, and a site that agrees with some of it."""
    documents, entries, invoices, records = [], [], [], []
    for nth in range(1, draw(st.integers(1, 6)) + 1):
        customer = draw(st.integers(0, 2))
        number = draw(st.sampled_from([str(1000 + nth), "1001"]))
        total = draw(CENTS) * draw(st.sampled_from([1, 1, 1, 1, -1]))
        document_ = document(
            nth,
            customer_id=customer,
            customer=CUSTOMERS[customer],
            number=number,
            currency_id=draw(st.sampled_from([1, 1, 1, 2, 3])),
        )
        documents.append(document_)
        entries.append(own(money(total), doc=nth, customer_id=customer))
        for step in range(draw(st.integers(0, 3))):
            amount = draw(st.sampled_from([-total, total, -draw(CENTS), draw(CENTS) // 10]))
            entries.append(
                entry(
                    money(amount),
                    doc=nth,
                    id=nth * 100 + step + 1,
                    customer_id=customer,
                    dated=OWN_DAY + timedelta(days=draw(st.integers(-3, 30))),
                    kind=draw(st.sampled_from([1, 1, 1, 2, 5])),
                    banked=draw(st.booleans()),
                    reversed=draw(st.sampled_from([False, False, False, True])),
                )
            )
        if draw(st.sampled_from([True, True, True, False])):
            found = [
                payment(
                    money(draw(st.sampled_from([abs(total), draw(CENTS)]))),
                    OWN_DAY + timedelta(days=draw(st.integers(0, 30))) if draw(st.booleans()) else None,
                    nth=nth,
                    record=nth * 10 + record,
                    wisepay=draw(st.sampled_from([False, False, True])),
                )
                for record in range(draw(st.sampled_from([0, 0, 1, 1, 2])))
            ]
            records += found
            invoices.append(
                replace(
                    invoice(
                        nth,
                        total=money(abs(total) + draw(st.sampled_from([0, 0, 0, 1]))),
                        payments=str(paid(found)),
                        number=number,
                        company=CUSTOMERS[draw(st.sampled_from([customer, customer, 0]))],
                        company_code="",
                        company_id=customer,
                    )
                )
            )
    policy = Policy(
        currencies={1: "CAD", 2: "CAD"},
        paid_amount=draw(st.sampled_from(PaidAmount)),
        partial_date=draw(st.sampled_from(PartialDate)),
    )
    return World(
        documents=tuple(documents),
        entries=tuple(entries),
        invoices=tuple(invoices),
        payments=tuple(records),
        policy=policy,
    )


@given(worlds())
def test_every_document_comes_out_in_one_row_and_the_rows_tie_to_the_cent(world: World) -> None:
    """Σ read is Σ over the statuses, by currency; nothing is lost, nothing counted twice."""
    rows = world.proposals(LedgerMemory())
    everything = positions(world.documents, world.entries)
    assert sorted(row.document_id for row in rows) == sorted(d.id for d in world.documents)
    assert untied(everything, rows, world.policy) == []
    by_status = sum((line.settled for line in control_totals(rows)), ZERO)
    assert by_status == sum(settled_by_currency(everything, world.policy).values(), ZERO)
    for row in rows:
        if row.settled is not None and row.sage_total is not None:
            assert row.sage_total - row.settled == row.sage_balance


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(world: World, chance: Random) -> None:
    """Documents, rows, invoices and records in any order give the same proposals."""

    def shuffled(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(values, len(values)))

    other = World(
        documents=shuffled(world.documents),  # type: ignore[arg-type] # the same values in another order
        entries=shuffled(world.entries),  # type: ignore[arg-type] # same
        invoices=shuffled(world.invoices),  # type: ignore[arg-type] # same
        payments=shuffled(world.payments),  # type: ignore[arg-type] # same
        policy=world.policy,
    )
    assert other.proposals(LedgerMemory()) == world.proposals(LedgerMemory())


@given(worlds())
@settings(max_examples=200)
def test_a_second_pass_after_a_push_proposes_nothing_for_what_was_pushed(world: World) -> None:
    """With the ledger's memory or without it, and Paid Amount is then what was proposed."""
    pushed = [row for row in world.proposals(LedgerMemory()) if row.approvable]
    after, known = apply(world, pushed)
    for memory in (known, LedgerMemory()):
        again = {row.key: row for row in after.proposals(memory)}
        assert [again[row.key].write for row in pushed] == [None] * len(pushed)
        assert [again[row.key].paid_before for row in pushed] == [row.paid_proposed for row in pushed]


@given(worlds())
def test_nothing_is_taken_away_unless_a_person_approves_it(world: World) -> None:
    """A row that is approved by default never lowers an amount and never takes a date away."""
    assert [row for row in world.proposals(LedgerMemory()) if row.approve and row.lowers] == []


@given(worlds())
def test_no_write_is_below_zero_or_above_what_sage_shows(world: World) -> None:
    """What our record is set to is part of what Sage shows settled."""
    for row in world.proposals(LedgerMemory()):
        if row.write is not None and row.settled is not None:
            assert row.write.amount >= ZERO
            assert row.paid_proposed is not None
            assert row.write.amount <= max(row.paid_proposed, ZERO)
            assert row.status is not Status.BAD_DATA


def apply(world: World, rows: list[Proposal]) -> tuple[World, LedgerMemory]:
    """A site on which every write was applied, and what the ledger then remembers."""
    records = list(world.payments)
    written, seen = {}, {}
    for row in rows:
        write = row.write
        assert write is not None
        record = Payment(
            id=write.payment_id or 5000 + write.invoice_id,
            invoice_id=write.invoice_id,
            amount=write.amount,
            paid_on=write.paid_on,
        )
        records = [p for p in records if p.id != write.payment_id or p.invoice_id != write.invoice_id]
        kept = write.action is not Action.DELETE
        records += [record] if kept else []
        written[write.invoice_id] = Written(
            payment_id=record.id if kept else None, amount=write.amount, paid_on=write.paid_on
        )
        seen[write.invoice_id] = Seen(paid=row.paid_proposed or ZERO, date_paid=write.paid_on)
    invoices = tuple(replace(i, payments=paid(p for p in records if p.invoice_id == i.id)) for i in world.invoices)
    return replace(world, invoices=invoices, payments=tuple(records)), LedgerMemory(written=written, seen=seen)
