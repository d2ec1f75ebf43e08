"""Which invoice a document is: the number, then the customer, then the total, and never a guess."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.decide.matching import (
    Finding,
    Match,
    match,
    normalise,
    numbers_of,
    same_customer,
    spellings,
    unseen,
)
from sync.core.decide.position import Position, positions
from sync.core.values.proposal import AcceptedMatch
from sync.core.values.records import Invoice
from tests.support.build import document, invoice, own

MATCHED, MISSING, AMBIGUOUS = Finding.MATCHED, Finding.MISSING, Finding.AMBIGUOUS
ANN, BOB = "Ann Ltd.", "Bob Ltd."


def doc(number: int, customer: str, total: str = "100.00", source: str = "N1", customer_id: int = 1) -> Position:
    """A document that bears N1."""
    found = document(number, number=source, customer=customer, customer_id=customer_id)
    return positions([found], [own(total, doc=number)])[0]


def inv(number: int, company: str, total: str = "100.00") -> Invoice:
    """An invoice that bears N1."""
    return invoice(number, total, number="N1", company=company, company_code="", company_id=number)


def found(
    documents: list[Position], invoices: list[Invoice], **more: dict[int, int]
) -> dict[int, tuple[Finding, int | None]]:
    """Finding and invoice id by document id."""
    matches = match(documents, invoices, (), more.get("remembered", {}))
    return {key: (m.finding, m.invoice.id if m.invoice else None) for key, m in matches.items()}


@pytest.mark.parametrize(
    ("number", "prefixes", "expected"),
    [
        (" 1001 ", (), "1001"),
        ("INV-1001", ("INV-",), "1001"),
        ("1001", ("INV-",), "1001"),
        ("inv-1", ("INV-",), "inv-1"),
        ("INV- 1001", ("INV-",), "1001"),
        ("1001INV-", ("INV-",), "1001INV-"),
        ("007", (), "007"),
        ("X100X", (), "X100X"),
        ("INV-X100X", ("INV-",), "X100X"),
        ("\t1001\n", (), "1001"),
        ("INV-\t1001", ("INV-",), "1001"),
        ("\u00a01001\u202f", (), "1001"),
        ("\ufeff1001\u200b", (), "1001"),
        ("\u31641001\u2800\u00ad", (), "1001"),
        ("10\u200b01", (), "10\u200b01"),
        ("E\u0301-1", (), "\u00c9-1"),
        ("\u00a0\u200b", (), ""),
        ("\u200bINV-\u00a01001", ("INV-",), "1001"),
        ("TOR-7", ("T", "TOR-", "MTL-"), "7"),
        ("MTL-TOR-7", ("TOR-", "MTL-"), "TOR-7"),
        ("1001", ("",), "1001"),
    ],
)
def test_numbers_lose_what_cannot_be_seen_and_one_prefix(number: str, prefixes: tuple[str, ...], expected: str) -> None:
    """Zeros, case, letters and dashes stay, and so does whatever stands within a number."""
    assert normalise(number, prefixes) == expected


@given(st.text(), st.text(st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp"]), max_size=4))
def test_trimming_twice_changes_nothing_and_no_end_is_left_unseen(number: str, blanks: str) -> None:
    """Whatever cannot be seen around a number makes no other number of it."""
    assert normalise(normalise(number)) == normalise(number)
    assert normalise(number + blanks) == normalise(number)
    assert normalise(blanks + number) == normalise(number)
    assert not any(map(unseen, normalise(number)[:1] + normalise(number)[-1:]))


def test_every_spelling_of_a_number_is_asked_for() -> None:
    """With each prefix and without; a number that is only a prefix is none."""
    assert spellings({"1", "2"}, ("A-", "B-")) == {"1", "2", "A-1", "A-2", "B-1", "B-2"}
    assert numbers_of(document(number="INV-"), {}, ("INV-",)) == frozenset()


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "BOREAL  INC."},
        {"company": "Boreal inc."},
        {"company_code": "boreal Inc."},
    ],
)
def test_a_customer_is_recognised_by_account_name_or_identifier(changes: dict[str, str]) -> None:
    """Any case, single spaces."""
    other = {"account": "", "company": "x", "company_code": "y"} | changes
    assert same_customer(document(customer="Boreal inc."), invoice(**other), {})


def test_composed_and_decomposed_accents_are_the_same_name() -> None:
    """As two systems store them."""
    assert same_customer(document(customer="Bore\u0301al inc."), invoice(company="Boréal inc."), {})


def test_names_are_compared_as_far_as_sage_keeps_them() -> None:
    """52 characters."""
    long = "Fabrique Notre-Dame-des-Neiges-de-la-Haute-Côte-Nord et des environs"
    assert same_customer(document(customer=long[:52]), invoice(company=long), {})


def test_a_name_cut_between_two_words_is_still_the_name() -> None:
    """The 52nd character is a space, which Sage does not keep."""
    long = f"{'Fabrique' * 6} Nd Environs"
    assert long[51] == " "
    assert same_customer(document(customer=long[:51]), invoice(company=long), {})


def test_two_long_names_are_told_apart_by_their_last_letter() -> None:
    """Within the 52 characters, however many words they have."""
    name = "Les Amis de la Fabrique de l'Ile du Nord et du Sud A"
    assert len(name) == 52
    assert same_customer(document(customer=name), invoice(company=name), {})
    assert not same_customer(document(customer=name), invoice(company=f"{name[:-1]}B"), {})


def test_a_remembered_pair_is_as_good_as_a_name() -> None:
    """One of the two is enough: a customer may be billed as two companies, of which only the last is remembered."""
    assert same_customer(document(customer="Old name"), invoice(company_id=3), {7: 3})
    assert same_customer(document(), invoice(company_id=3), {7: 4})
    assert not same_customer(document(customer="Old name"), invoice(company_id=3), {7: 4})


def test_an_invoice_that_names_no_company_is_nobody_s() -> None:
    """Not even where a ledger remembers such a one: two absences are no identity."""
    assert not same_customer(document(customer="Old name"), invoice(company_id=0, company=""), {7: 0})


def test_another_customer_s_voided_document_keeps_its_number() -> None:
    """Ann's live N1 is not pushed onto Bob's invoice because Bob's N1 was voided."""
    ann, bob = doc(1, ANN, customer_id=1), doc(2, BOB, total="0.00", customer_id=2)
    assert found([ann, bob], [inv(1, BOB)]) == {1: (MISSING, None), 2: (MATCHED, 501)}


def test_another_customer_s_credit_note_keeps_its_number() -> None:
    """The customer decides there too."""
    ann, bob = doc(1, ANN, customer_id=1), doc(2, BOB, total="-5.00", customer_id=2)
    assert found([ann, bob], [inv(1, BOB)]) == {1: (MISSING, None), 2: (MATCHED, 501)}


def test_of_several_voided_documents_of_a_customer_the_newest_counts() -> None:
    """Voided twice and not entered again: its invoice may still show a payment."""
    documents = [doc(1, ANN, total="0.00"), doc(2, ANN, total="0.00")]
    assert found(documents, [inv(1, ANN)]) == {1: (MISSING, None), 2: (MATCHED, 501)}


def test_a_customer_without_a_name_is_nobody() -> None:
    """Empty is not equal to empty."""
    assert not same_customer(document(customer=""), invoice(account="", company="", company_code=""), {})


def test_one_document_and_one_invoice_are_matched_whoever_they_say_they_are() -> None:
    """The customer is judged later, together with the total."""
    assert found([doc(1, ANN)], [inv(1, BOB)]) == {1: (MATCHED, 501)}


def test_a_prefix_is_removed_on_either_side() -> None:
    """Documents and invoices that bear one number with and without it compete."""
    documents = [doc(1, ANN, source="INV-N1"), doc(2, BOB, source="N1"), doc(3, BOB, source="INV-")]
    matches = match(documents, [inv(1, ANN), invoice(2, number="INV-N1")], ("INV-",), {})
    assert {key: m.invoice and m.invoice.id for key, m in matches.items()} == {1: 501, 2: None, 3: None}
    assert (matches[1].documents, matches[1].invoices, matches[2].finding) == (2, 2, AMBIGUOUS)


@pytest.mark.parametrize(("sage", "manage"), [("TOR-7", "7"), ("7", "MTL-7"), ("TOR-7", "MTL-7"), ("7\u00a0", "\t7")])
def test_one_of_several_prefixes_on_either_side_is_no_other_number(sage: str, manage: str) -> None:
    """A company of two locations; and what cannot be seen."""
    matches = match([doc(1, ANN, source=sage)], [invoice(1, number=manage)], ("TOR-", "MTL-"), {})
    assert matches[1].invoice is not None


def test_two_locations_that_number_alike_keep_their_own_invoices() -> None:
    """The same customer, the same total: the numbers as they stand tell them apart, where Manage has both."""
    documents = [doc(1, ANN, source="TOR-7"), doc(2, ANN, source="MTL-7")]
    both = [replace(inv(1, ANN), number="MTL-7"), replace(inv(2, ANN), number="TOR-7")]
    matches = match(documents, both, ("TOR-", "MTL-"), {})
    assert {key: m.invoice and m.invoice.id for key, m in matches.items()} == {1: 502, 2: 501}
    assert match(documents, both[:1], ("TOR-", "MTL-"), {})[2].finding is AMBIGUOUS


ACCEPTED = AcceptedMatch(
    key="1",
    invoice="A-1",
    customer_id=1,
    customer=ANN,
    invoice_id=501,
    manage_number="N1",
    manage_customer=BOB,
    user="marie",
    at=datetime(2026, 4, 10, tzinfo=UTC),
)


def accepted(
    documents: list[Position], invoices: list[Invoice], kept: AcceptedMatch = ACCEPTED
) -> dict[int, tuple[Finding, int | None]]:
    """Finding and invoice id by document id, where document 1 was accepted as invoice 501."""
    matches = match(documents, invoices, (), {}, {1: kept})
    return {key: (m.finding, m.invoice.id if m.invoice else None) for key, m in matches.items()}


def test_an_accepted_invoice_of_another_number_is_the_pair() -> None:
    """The match says whose word it is."""
    one = [doc(1, ANN, source="\u00a0A-1"), doc(2, ANN, source="A-2")]
    assert accepted(one, [inv(1, BOB)]) == {1: (MATCHED, 501), 2: (MISSING, None)}
    assert match(one, [inv(1, BOB)], (), {}, {1: ACCEPTED})[1].accepted == ACCEPTED
    assert numbers_of(one[0].document, {1: ACCEPTED}, ()) == {"A-1", "N1"}


def test_the_accepted_one_of_two_invoices_is_the_pair() -> None:
    """It was named by its id, whoever else bears the number by now."""
    assert accepted([doc(1, ANN, source="A-1")], [inv(2, ANN), inv(1, BOB)]) == {1: (MATCHED, 501)}


@pytest.mark.parametrize(
    "kept",
    [
        replace(ACCEPTED, invoice="A-2"),
        replace(ACCEPTED, customer_id=2),
        replace(ACCEPTED, invoice_id=509),
        replace(ACCEPTED, manage_number="N1 "),
        replace(ACCEPTED, manage_number="N2"),
    ],
)
def test_an_accepted_match_holds_only_for_what_was_accepted(kept: AcceptedMatch) -> None:
    """Another number or customer on either side, or another invoice, is not what a person saw."""
    assert accepted([doc(1, ANN, source="A-1")], [inv(1, BOB)], kept) == {1: (MISSING, None)}


def test_a_document_that_bears_the_accepted_number_competes_for_it() -> None:
    """Entered later: the customer decides, and where he does not, nobody pays anything."""
    late = doc(2, BOB, customer_id=2)
    assert accepted([doc(1, ANN, source="A-1"), late], [inv(1, BOB)]) == {1: (MISSING, None), 2: (MATCHED, 501)}
    assert accepted([doc(1, ANN, source="A-1"), late], [inv(1, "Who")]) == {1: (AMBIGUOUS, None), 2: (AMBIGUOUS, None)}


def test_no_invoice_is_missing() -> None:
    """For every document that bears the number."""
    assert found([doc(1, ANN), doc(2, BOB)], []) == {1: (MISSING, None), 2: (MISSING, None)}


def test_a_document_without_a_number_is_missing() -> None:
    """Even when Manage has an invoice without one."""
    assert found([doc(1, ANN, source=" ")], [invoice(number="")]) == {1: (MISSING, None)}


def test_two_documents_and_two_invoices_are_told_apart_by_customer() -> None:
    """Whatever the totals."""
    documents, invoices = [doc(1, ANN), doc(2, BOB)], [inv(1, BOB), inv(2, ANN, "5.00")]
    assert found(documents, invoices) == {1: (MATCHED, 502), 2: (MATCHED, 501)}


def test_the_document_of_the_other_customer_is_missing_once_the_invoice_is_taken() -> None:
    """Manage's only invoice is Ann's."""
    assert found([doc(1, ANN), doc(2, BOB)], [inv(1, ANN)]) == {1: (MATCHED, 501), 2: (MISSING, None)}


def test_the_same_customer_twice_is_told_apart_by_total() -> None:
    """A corrected document that was entered again."""
    assert found([doc(1, ANN, "90.00"), doc(2, ANN)], [inv(1, ANN)]) == {1: (MISSING, None), 2: (MATCHED, 501)}


def test_two_invoices_of_the_same_customer_are_told_apart_by_total() -> None:
    """One document, two invoices."""
    assert found([doc(1, ANN)], [inv(1, ANN, "90.00"), inv(2, ANN)]) == {1: (MATCHED, 502)}


@pytest.mark.parametrize(
    ("documents", "invoices"),
    [
        ([doc(1, ANN), doc(2, ANN)], [inv(1, ANN)]),
        ([doc(1, ANN)], [inv(1, ANN), inv(2, ANN)]),
        ([doc(1, "Who"), doc(2, "What")], [inv(1, ANN)]),
        ([doc(1, "Who")], [inv(1, ANN), inv(2, BOB)]),
    ],
)
def test_what_neither_customer_nor_total_tells_is_ambiguous(documents: list[Position], invoices: list[Invoice]) -> None:
    """The total alone is no evidence."""
    assert {finding for finding, _ in found(documents, invoices).values()} == {AMBIGUOUS}


def test_the_remembered_customer_tells_documents_apart() -> None:
    """Names that differ between the systems, once posted, are known."""
    documents = [doc(1, "Who", customer_id=11), doc(2, "What", customer_id=12)]
    assert found(documents, [inv(1, ANN)], remembered={11: 1}) == {1: (MATCHED, 501), 2: (MISSING, None)}


@pytest.mark.parametrize("total", ["-100.00", "0.00"])
def test_credit_notes_and_voided_documents_do_not_compete(total: str) -> None:
    """The live document of the number is the invoice."""
    result = found([doc(1, ANN), doc(2, ANN, total)], [inv(1, ANN)])
    assert (result[1], result[2][1]) == ((MATCHED, 501), None)


def test_a_voided_document_alone_is_matched() -> None:
    """So that an invoice still shown paid can be reopened."""
    assert found([doc(1, ANN, "0.00")], [inv(1, ANN)]) == {1: (MATCHED, 501)}


@given(
    st.permutations([doc(1, ANN, "90.00"), doc(2, ANN), doc(3, BOB), doc(4, "Who")]),
    st.permutations([inv(1, ANN), inv(2, BOB), inv(3, "X")]),
)
def test_order_never_matters_and_no_invoice_is_matched_twice(
    documents: list[Position], invoices: list[Invoice]
) -> None:
    """The same pairs, however they come."""
    result = match(documents, invoices, (), {})
    assert {k: m.invoice.id for k, m in result.items() if m.invoice} == {2: 501, 3: 502}
    assert set(result) == {1, 2, 3, 4}
    assert isinstance(result[1], Match)
