"""Who took the credit of credit notes: by groups of customer, number and day, and what is said where Sage is silent."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.decide.credit_groups import Credits, SharedCredit, credits_of, group_of, sharing_credit
from sync.core.decide.position import positions
from sync.core.values.money import ZERO, total
from sync.core.values.records import OWN_KINDS, RECEIPT, Entry
from tests.support.build import RECEIPT_DAY, document, entry, own

A, B, NOTE, OTHER_NOTE = 1, 2, 8, 9


def took(entries: list[Entry], shown: dict[int, str] | None = None) -> dict[int, str]:
    """Credit by document."""
    credits_shown = {each: Decimal(amount) for each, amount in (shown or {}).items()}
    found = credits_of(entries, credits_shown)
    return {each: str(amount) for each, amount in sorted(found.by_document.items()) if amount}


def note(total_: str, *given: Entry, doc: int = NOTE) -> list[Entry]:
    """A credit note with what it gives."""
    return [own(total_, doc=doc), *given]


def gives(amount: str, doc: int = NOTE, **changes: object) -> Entry:
    """A row of a credit note that gives."""
    return entry(amount, doc=doc, **({"banked": False} | changes))


def unsure(least: str, chosen: str, most: str, amount: str = "30.00") -> tuple[SharedCredit, ...]:
    """What one of several documents may have taken."""
    bounds = {"least": Decimal(least), "chosen": Decimal(chosen), "most": Decimal(most)}
    return (SharedCredit(number="R1", dated=RECEIPT_DAY, amount=Decimal(amount), **bounds),)


def test_a_receipt_takes_a_credit_note_and_a_cheque_on_one_invoice() -> None:
    """Whether Sage keeps one row of 100 or two, and whichever of them names the cheque."""
    giving = note("-30.00", gives("30.00"))
    assert took([*giving, entry("-100.00", cheque=5)]) == {A: "30.00", NOTE: "-30.00"}
    both = [entry("-30.00", cheque=5), entry("-70.00", id=2, cheque=5)]
    assert credits_of([*giving, *both]).by_row == {101: Decimal("30.00"), 801: Decimal("-30.00")}


def test_one_credit_note_over_two_invoices() -> None:
    """No exact opposite exists; all that is settled there is credit."""
    rows = [entry("-60.00", banked=False), entry("-40.00", doc=B, banked=False)]
    assert took([*note("-100.00", gives("100.00")), *rows]) == {A: "60.00", B: "40.00", NOTE: "-100.00"}


def test_only_a_document_below_zero_gives_credit() -> None:
    """A deposit used, an excess moved from another invoice and a return are money, bank or not."""
    moved = [entry("-30.00", banked=False), entry("30.00", doc=B, banked=False)]
    for whose in ([], [own("100.00", doc=B)], [own("0.00", doc=B)], [own("-0.004", doc=B)]):
        assert took([own("100.00"), *whose, *moved]) == {}
    assert took([own("100.00"), own("-30.00", doc=B), *moved]) == {A: "30.00", B: "-30.00"}


def test_what_cannot_be_read_gives_nothing() -> None:
    """Of a credit note with an empty amount nothing is known; nor of a receipt without a day."""
    taken = entry("-30.00", banked=False)
    assert took([*note("-30.00", gives("30.00"), entry(None, doc=NOTE, id=9)), taken]) == {}
    assert took([*note("-30.00", gives("30.00"), own("1.00", doc=NOTE, id=9)), taken]) == {A: "30.00", NOTE: "-30.00"}
    undated = [replace(each, dated=None) for each in (gives("30.00"), taken)]
    assert took([own("-30.00", doc=NOTE), *undated]) == {}


def test_no_more_than_is_settled_there() -> None:
    """What a credit note gives beyond it was paid out; where nothing is settled, all of it was."""
    giving = note("-50.00", gives("50.00"))
    assert took([*giving, entry("-30.00")]) == {A: "30.00", NOTE: "-30.00"}
    assert took([*giving, entry("30.00")]) == {}
    assert took(giving) == {}


def test_exact_opposites_come_first_then_rows_without_bank_or_cheque() -> None:
    """Then whatever else was settled there, in order of entry."""
    giving = note("-30.00", gives("30.00"))
    exact = [entry("-70.00", banked=False), entry("-30.00", doc=B)]
    assert took([*giving, *exact]) == {B: "30.00", NOTE: "-30.00"}
    unbanked = [entry("-70.00"), entry("-50.00", doc=B, banked=False)]
    assert took([*giving, *unbanked]) == {B: "30.00", NOTE: "-30.00"}
    twice = [entry("-30.00"), entry("-30.00", doc=B, banked=False)]
    assert took([*giving, *twice]) == {B: "30.00", NOTE: "-30.00"}
    assert credits_of([*giving, *twice]).shared == {}


def test_where_only_the_sum_is_known_it_goes_by_entry_and_is_said() -> None:
    """With what each of them may have taken at least and at most."""
    rows = [*note("-30.00", gives("30.00")), entry("-20.00"), entry("-70.00", doc=B)]
    found = credits_of(rows)
    assert took(rows) == {A: "20.00", B: "10.00", NOTE: "-30.00"}
    assert found.shared == {A: unsure("0.00", "20.00", "20.00"), B: unsure("10.00", "10.00", "30.00")}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({A: "5.00", B: "25.00"}, {A: "5.00", B: "25.00"}),
        ({A: "0.00", B: "30.00"}, {B: "30.00"}),
        ({A: "25.00", B: "5.00"}, None),
        ({A: "5.00", B: "24.99"}, None),
        ({B: "30.00"}, None),
        ({A: "30.00"}, None),
    ],
)
def test_manage_s_own_credits_decide_where_they_fit(shown: dict[int, str], expected: dict[int, str] | None) -> None:
    """The same sum, possible on each of the invoices, and each of them known."""
    rows = [*note("-30.00", gives("30.00")), entry("-20.00"), entry("-70.00", doc=B)]
    assert took(rows, shown) == (expected or {A: "20.00", B: "10.00"}) | {NOTE: "-30.00"}
    found = credits_of(rows, {each: Decimal(amount) for each, amount in shown.items()})
    assert (found.shared == {}, found.moved == {}) == (expected is not None, expected is None)
    if expected:
        assert found.moved == {A: Decimal(expected.get(A, "0.00")) - 20, B: Decimal(expected[B]) - 10}


def test_a_cheque_divides_a_group_only_where_each_part_stands_by_itself() -> None:
    """Two receipts called Comptant on one day; a part that gives more than it settles joins the rest."""
    apart = [gives("30.00", cheque=5), entry("-90.00", cheque=5), entry("-40.00", doc=B, cheque=6)]
    assert took([own("-30.00", doc=NOTE), *apart]) == {A: "30.00", NOTE: "-30.00"}
    joined = [gives("30.00"), entry("-90.00", cheque=5), entry("-40.00", doc=B, cheque=6)]
    assert credits_of([own("-30.00", doc=NOTE), *joined]).shared[B] == unsure("0.00", "0.00", "30.00")


def test_a_credit_taken_back_is_taken_back() -> None:
    """On a day of its own, with the signs turned round; Manage's credits of today say nothing of it."""
    back = [gives("-30.00"), entry("20.00"), entry("70.00", doc=B)]
    found = credits_of([own("-30.00", doc=NOTE), *back], {A: Decimal("0.00"), B: Decimal("30.00")})
    assert found.by_document == {A: Decimal("-20.00"), B: Decimal("-10.00"), NOTE: Decimal("30.00")}
    assert found.shared == {
        A: unsure("-20.00", "-20.00", "0.00", "-30.00"),
        B: unsure("-30.00", "-10.00", "-10.00", "-30.00"),
    }


def test_what_was_taken_back_the_same_day_took_no_credit() -> None:
    """A reversed pair beside the right row, on one invoice and moved from one to another."""
    giving = note("-30.00", gives("30.00"))
    corrected = [entry("-30.00", reversed=True), entry("30.00", id=2, reversed=True), entry("-30.00", id=3)]
    assert credits_of([*giving, *corrected]).by_row == {3: Decimal("30.00"), 801: Decimal("-30.00")}
    moved = [entry("-30.00"), entry("30.00", id=2), entry("-30.00", doc=B)]
    assert took([*giving, *moved]) == {B: "30.00", NOTE: "-30.00"}
    less = [entry("-50.00"), entry("35.00", id=2), entry("-40.00", doc=B)]
    assert took([*giving, *less]) == {A: "15.00", B: "15.00", NOTE: "-30.00"}


def test_two_credit_notes_of_one_day() -> None:
    """What both give; where less is settled, the first of them gave."""
    giving = [*note("-30.00", gives("30.00")), *note("-20.00", gives("20.00", doc=OTHER_NOTE), doc=OTHER_NOTE)]
    assert took([*giving, entry("-100.00")]) == {A: "50.00", NOTE: "-30.00", OTHER_NOTE: "-20.00"}
    assert took([*giving, entry("-40.00")]) == {A: "40.00", NOTE: "-30.00", OTHER_NOTE: "-10.00"}
    both = [entry("-30.00"), entry("-30.00", doc=B)]
    found = credits_of([*giving, *both])
    assert found.shared[A] == unsure("20.00", "30.00", "30.00", "50.00")


def test_a_document_may_be_in_doubt_on_two_days() -> None:
    """Each with its own sum, and what Manage shows of both fits neither."""
    later = {"dated": RECEIPT_DAY + timedelta(days=1)}
    first = [gives("30.00"), entry("-20.00"), entry("-70.00", doc=B)]
    second = [replace(each, id=each.id + 50, **later) for each in first]
    found = credits_of([own("-60.00", doc=NOTE), *first, *second], {A: Decimal("40.00"), B: Decimal("20.00")})
    assert [(str(x.amount), str(x.chosen), x.dated) for x in found.shared[A]] == [
        ("30.00", "20.00", RECEIPT_DAY),
        ("30.00", "20.00", RECEIPT_DAY + timedelta(days=1)),
    ]
    fitting = credits_of([own("-60.00", doc=NOTE), *first, *second], {A: Decimal("10.00"), B: Decimal("20.00")})
    assert fitting.moved == {A: Decimal("-20.00"), B: Decimal("20.00")}


def test_others_of_a_group_are_looked_at_too() -> None:
    """Those with a receipt in it, whose credits in Manage may tell; no others."""
    rows = [*note("-30.00", gives("30.00")), entry("-20.00"), entry("-70.00", doc=B), entry("-1.00", doc=3, number="X")]
    assert sharing_credit(rows, {A}) == {B, NOTE}
    assert sharing_credit(rows, {7}) == set()


@st.composite
def groups(draw: st.DrawFn) -> list[Entry]:
    """A few documents of a customer or two, above and below zero, with receipts that share numbers and days."""
    rows = []
    for nth in range(1, draw(st.integers(1, 6)) + 1):
        customer = draw(st.sampled_from([7, 7, 8]))
        whole = draw(st.integers(1, 60)) * draw(st.sampled_from([1, 1, -1]))
        rows.append(own(f"{whole}.00", doc=nth, customer_id=customer))
        for step in range(draw(st.integers(0, 4))):
            amount = draw(st.sampled_from([-whole, whole, draw(st.integers(-60, 60))]))
            rows.append(
                entry(
                    f"{amount}.00",
                    doc=nth,
                    id=nth * 100 + step + 1,
                    customer_id=customer,
                    number=draw(st.sampled_from(["R1", "R1", "Comptant"])),
                    dated=RECEIPT_DAY + timedelta(days=draw(st.sampled_from([0, 0, 1]))),
                    kind=draw(st.sampled_from([1, 1, 1, 1, 2, 5])),
                    banked=draw(st.booleans()),
                    cheque=draw(st.sampled_from([0, 0, 5, 6])),
                    reversed=draw(st.sampled_from([False, False, True])),
                )
            )
    return rows


SHOWN = st.dictionaries(st.integers(1, 6), st.integers(0, 40).map(Decimal))


def by_group(entries: list[Entry], found: Credits) -> dict[tuple[int, str, date | None], list[tuple[Entry, Decimal]]]:
    """Receipts with their credit, by group."""
    grouped = defaultdict(list)
    for row in entries:
        if row.kind == RECEIPT:
            grouped[group_of(row)].append((row, found.by_row.get(row.id, ZERO)))
    return grouped


@given(groups(), SHOWN)
def test_the_sums_of_each_group_tie(entries: list[Entry], shown: dict[int, Decimal]) -> None:
    """What the notes of a group gave, the others of it took; never more than given, nor than is settled there."""
    notes = {row.document_id for row in entries if row.kind in OWN_KINDS and (row.amount or ZERO) < ZERO}
    for rows in by_group(entries, credits_of(entries, shown)).values():
        assert total(credit for _, credit in rows) == ZERO
        given = total(row.amount or ZERO for row, _ in rows if row.document_id in notes)
        settled = ZERO - total(row.amount or ZERO for row, _ in rows if row.document_id not in notes)
        taken = total(credit for row, credit in rows if row.document_id not in notes)
        assert ZERO <= abs(taken) <= max(abs(given), abs(settled))
        for row, credit in rows:
            assert abs(credit) <= abs(row.amount or ZERO)
        if not notes & {row.document_id for row, _ in rows}:
            assert [credit for _, credit in rows if credit] == []


@given(groups(), SHOWN, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_never_matters(entries: list[Entry], shown: dict[int, Decimal], chance: Random) -> None:
    """The same split, the same doubts."""
    again, found = credits_of(chance.sample(entries, len(entries)), shown), credits_of(entries, shown)
    assert (again.by_row, again.by_document, again.shared, again.moved) == (
        found.by_row,
        found.by_document,
        found.shared,
        found.moved,
    )


@given(groups(), SHOWN)
def test_a_choice_stays_within_what_is_possible(entries: list[Entry], shown: dict[int, Decimal]) -> None:
    """And what Manage shows moves credit between documents, never in or out of them all."""
    found = credits_of(entries, shown)
    for each in (shared for several in found.shared.values() for shared in several):
        assert each.least <= each.chosen <= each.most
    assert total(found.moved.values()) == ZERO
    alone = credits_of(entries).by_document
    for document_, credit in found.by_document.items():
        assert credit - found.moved.get(document_, ZERO) == alone.get(document_, ZERO)


@given(groups(), SHOWN)
def test_cash_and_credit_of_a_document_are_what_its_receipts_settle(
    entries: list[Entry], shown: dict[int, Decimal]
) -> None:
    """Of each document, credit notes included, and its lines add up to its parts."""
    documents = [document(each) for each in sorted({row.document_id for row in entries})]
    for position in positions(documents, entries, shown=shown):
        receipts = [row for row in entries if row.document_id == position.document.id and row.kind == RECEIPT]
        assert position.cash + position.credit == ZERO - total(row.amount or ZERO for row in receipts)
        lines = [(line.part.value, line.amount or ZERO) for line in position.applications]
        assert position.credit == ZERO - total(amount for part, amount in lines if part == "credit")
        assert position.rounding == ZERO
