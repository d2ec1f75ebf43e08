"""Every open balance of both systems held against the other side's: each difference, its class and its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.prove.tie_out import DifferenceClass, TieOut, TieOutItem, TieOutScope, tie_out
from sync.core.values.messages import say
from sync.core.values.periods import Window, parse_since
from sync.core.values.policy import PaidAmount, Policy
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Balance, Invoice
from sync.language.catalogues import ENGLISH
from tests.core.values.test_file_names import READY
from tests.core.values.test_posting import CREATE
from tests.support.build import balance, entry, invoice, own

DAY = date(2026, 4, 10)
WEEK = Window(since=parse_since("2026-04-03"), start=date(2026, 4, 3), end=DAY)
POLICY = Policy(currencies={1: "CAD", 2: "USD"})
CASH = replace(POLICY, paid_amount=PaidAmount.CASH)
SCOPE = TieOutScope(rows={}, window=WEEK, policy=POLICY, day=DAY)
CENT = Decimal("0.01")


def row(proposed: str | None = "100.00", status: Status = Status.READY, nth: int = 1) -> Proposal:
    """The reconciliation's row of a document: what its push would make of Paid Amount."""
    paid = None if proposed is None else Decimal(proposed)
    parts = dict.fromkeys(("discount", "credit", "other"), Decimal("0.00"))
    return replace(
        READY,
        key=str(nth),
        document_id=nth,
        status=status,
        reason=say("Because."),
        cash=paid,
        paid_proposed=paid,
        write=CREATE,
        **parts,
    )


def tied(
    sage: Balance | Sequence[Balance] = (),
    manage: Invoice | Sequence[Invoice] = (),
    *rows: Proposal,
    scope: TieOutScope = SCOPE,
) -> TieOut:
    """Tie them, and make sure that the differences add up to the difference."""
    sage = [sage] if isinstance(sage, Balance) else sage
    manage = [manage] if isinstance(manage, Invoice) else manage
    found = tie_out(sage, manage, replace(scope, rows={row.document_id: row for row in rows}))
    for owed in found.totals:
        assert sum(item.difference for item in found.items if item.currency == owed.currency) == owed.difference
    return found


def said(found: TieOut) -> list[tuple[str, str, str]]:
    """Class, difference and words of each item."""
    return [(item.reason.value, str(item.difference), item.text.said(ENGLISH)) for item in found.items]


def test_what_is_owed_alike_is_no_difference() -> None:
    """Whatever the parts: neither open nor settled balances that agree are listed, nor voided ones."""
    sage = [balance(), balance(2, owed="0.00"), balance(3, total="0.00", owed="0.00"), balance(4, total="110.00")]
    manage = [invoice(), invoice(2, payments="100.00"), invoice(3, total="80.00", payments="80.00"), invoice(4)]
    found = tied(sage, manage)
    assert (found.items, [str(line.sage) for line in found.customers]) == ((), ["200.00"])


def test_a_difference_names_the_invoice_and_both_balances() -> None:
    """As Sage names the customer, and with the key of its row."""
    sage = balance(owed="30.00", number=" 1001 ")
    assert tied(sage, invoice(company="BORÉAL  Inc."), row("70.00")).items == (
        TieOutItem(
            reason=DifferenceClass.TO_PUSH,
            invoice="1001",
            customer="Boréal inc.",
            currency="CAD",
            sage=Decimal("30.00"),
            manage=Decimal("100.00"),
            difference=Decimal("-70.00"),
            text=say("Because."),
            key="1",
        ),
    )


@pytest.mark.parametrize(
    ("status", "proposed", "items"),
    [
        (Status.READY, "100.00", [("to_push", "-100.00", "Because.")]),
        (Status.REOPENED, "100.00", [("held", "-100.00", "Because.")]),
        (Status.AMBIGUOUS, None, [("held", "-100.00", "Because.")]),
        (Status.IN_AGREEMENT, "0.00", [("credit", "-100.00", "Credits that the two systems show differently.")]),
        (
            Status.READY,
            "60.00",
            [
                ("to_push", "-60.00", "Because."),
                ("credit", "-40.00", "Credits that the two systems show differently."),
            ],
        ),
    ],
)
def test_what_the_push_would_close_and_what_it_would_leave(
    status: Status, proposed: str | None, items: list[tuple[str, str, str]]
) -> None:
    """A row that is approved by default is to be pushed, any other is held; what stays is a matter of credits."""
    assert said(tied(balance(owed="0.00"), invoice(), row(proposed, status))) == items


def test_credits_that_manage_shows_are_no_payments() -> None:
    """20.00 credited on both sides: only the cash is to be pushed, and nothing is left."""
    manage = invoice(credits=Decimal("20.00"), balance=Decimal("80.00"))
    assert said(tied(balance(owed="0.00"), manage, row("80.00"))) == [("to_push", "-80.00", "Because.")]


def test_one_invoice_differs_by_its_totals_and_by_its_payments() -> None:
    """Each part is an item of its own; the two add up to the difference of the balances."""
    found = tied(balance(owed="30.00"), invoice(total="95.00"), row("70.00", Status.TOTAL_DIFFERS))
    assert said(found) == [
        ("held", "-70.00", "Because."),
        ("total_differs", "5.00", "Sage's total is 100.00, Manage's 95.00."),
    ]
    assert {(str(item.sage), str(item.manage)) for item in found.items} == {("30.00", "95.00")}


@pytest.mark.parametrize(("rows", "reason"), [((), "unexplained"), ((row(None, Status.BAD_DATA),), "held")])
def test_a_document_of_which_no_row_was_found_is_not_voided(rows: tuple[Proposal, ...], reason: str) -> None:
    """Its amounts are missing: nobody said that it owes nothing."""
    missing = replace(balance(total="0.00", owed="0.00"), unreadable=True, without_rows=True)
    why = "Sage shows no amount of its own for this document."
    found = tied(missing, invoice(), *rows)
    assert (said(found), found.items[0].sage) == ([(reason, "-100.00", why)], None)
    assert said(tied(missing, (), *rows)) == []


def test_a_voided_document_that_manage_still_shows_differs_by_its_total() -> None:
    """By all of it."""
    assert said(tied(balance(total="0.00", owed="0.00"), invoice())) == [
        ("total_differs", "-100.00", "Voided in Sage; Manage's total is 100.00.")
    ]


def test_a_balance_of_manage_s_that_does_not_add_up_is_unexplained() -> None:
    """Total less payments and credits is not the balance: the rest is hidden, beside what the payments explain."""
    found = tied(balance(owed="40.00"), invoice(balance=Decimal("93.00")), row("60.00"))
    assert said(found) == [
        ("to_push", "-60.00", "Because."),
        ("unexplained", "7.00", "Manage's balance is not its total less payments and credits; it hides 7.00."),
    ]
    assert str(found.unexplained("CAD")) == "7.00"


@pytest.mark.parametrize(
    ("sage", "manage", "reason", "words"),
    [
        (
            balance(owed="0.00", last_entered=date(2026, 4, 2)),
            invoice(),
            "never_looked_at",
            (
                "Settled in Sage on 2026-04-02, before this run's Start Date, and no earlier run left it open. "
                "A sync with an earlier Custom Date takes it in."
            ),
        ),
        (
            balance(owed="0.00", last_entered=date(2026, 4, 3)),
            invoice(),
            "unexplained",
            "Sage shows 100.00 settled, and this run did not see it.",
        ),
        (
            balance(owed="0.00", last_entered=None),
            invoice(),
            "unexplained",
            "Sage shows 100.00 settled, and this run did not see it.",
        ),
        (
            balance(owed="90.00"),
            invoice(payments="30.00", credits=CENT, balance=Decimal("69.99")),
            "manage_only",
            "Manage shows 30.01 paid and Sage 10.00 settled: a payment that is not in Sage.",
        ),
        (
            balance(),
            invoice(payments="0.01"),
            "manage_only",
            "Manage shows 0.01 paid and Sage 0.00 settled: a payment that is not in Sage.",
        ),
        (
            balance(owed="70.00"),
            invoice(payments="30.00", credits=Decimal("20.00"), balance=Decimal("50.00")),
            "credit",
            "Manage shows credits of 20.00 that Sage does not.",
        ),
        (
            balance(owed="70.00"),
            invoice(payments="30.01", credits=Decimal("20.00"), balance=Decimal("49.99")),
            "manage_only",
            "Manage shows 50.01 paid and Sage 30.00 settled: a payment that is not in Sage.",
        ),
    ],
)
def test_an_invoice_that_is_no_row_of_the_run_says_why_its_payments_differ(
    sage: Balance, manage: Invoice, reason: str, words: str
) -> None:
    """Settled outside the window, credited or paid in Manage alone; inside the window it should have been seen."""
    difference = str(sage.balance - manage.balance)
    assert said(tied(sage, manage)) == [(reason, difference, words)]


def test_an_end_date_makes_what_came_later_a_matter_of_timing() -> None:
    """Without one nothing is too late."""
    late = balance(owed="0.00", last_entered=date(2026, 4, 9))
    bounded = replace(SCOPE, window=replace(WEEK, end=date(2026, 4, 8), bounded=True))
    assert [item.reason for item in tied(late, invoice(), scope=bounded).items] == [DifferenceClass.TIMING]
    on_it = replace(SCOPE, window=replace(WEEK, end=date(2026, 4, 9), bounded=True))
    assert [item.reason for item in tied(late, invoice(), scope=on_it).items] == [DifferenceClass.UNEXPLAINED]


BY_POLICY = "Discounts and credits, which Paid Amount does not show by the settings (cash)."


def test_with_cash_only_discounts_and_credits_are_left_by_policy() -> None:
    """Of a row of the run, and of an invoice that shows exactly Sage's cash."""
    scope = replace(SCOPE, policy=CASH)
    sage = balance(owed="0.00", received=Decimal("98.00"))
    assert said(tied(sage, invoice(), row("98.00"), scope=scope)) == [
        ("to_push", "-98.00", "Because."),
        ("credit", "-2.00", BY_POLICY),
    ]
    assert said(tied(sage, invoice(payments="98.00"), scope=scope)) == [("credit", "-2.00", BY_POLICY)]
    never = [DifferenceClass.NEVER_LOOKED_AT]
    assert [each.reason for each in tied(sage, invoice(payments="97.99"), scope=scope).items] == never
    assert [item.reason for item in tied(sage, invoice(payments="98.00")).items] == never


def test_with_cash_only_what_a_credit_note_gave_is_no_cash() -> None:
    """Of an invoice that is no row of the run, by the same groups as the rows."""
    note = [own("-30.00", doc=2), entry("30.00", doc=2)]
    scope = replace(SCOPE, policy=CASH, entries=[own("100.00"), entry("-100.00"), *note])
    sage = [balance(owed="0.00"), balance(2, total="-30.00", owed="0.00")]
    assert said(tied(sage, invoice(payments="70.00"), scope=scope)) == [("credit", "-30.00", BY_POLICY)]
    (apart,) = tied(sage, invoice(payments="69.99"), scope=scope).items
    assert apart.reason is DifferenceClass.NEVER_LOOKED_AT


@pytest.mark.parametrize(
    ("sage", "reason", "words"),
    [
        (balance(), "not_in_manage", "Manage has no invoice with this number."),
        (balance(number=""), "not_in_manage", "Manage has no invoice with this number."),
        (balance(total="-50.00", owed="-20.00"), "credit", "A credit in Sage that is not applied yet."),
        (
            balance(total="0.00", owed="-20.00", deposit=True),
            "credit",
            "20.00 of money without an invoice of its own: a deposit or a prepayment, not applied to an invoice yet.",
        ),
        (
            balance(total="0.00", owed="0.00", unreadable=True),
            "unexplained",
            "Its amounts in Sage cannot be read.",
        ),
    ],
)
def test_what_only_sage_has(sage: Balance, reason: str, words: str) -> None:
    """An invoice, a credit, a deposit, or what nobody can read, whose amount is then not shown."""
    found = tied(sage)
    assert said(found) == [(reason, str(sage.balance), words)]
    assert [(item.sage, item.manage) for item in found.items] == [(None if sage.unreadable else sage.balance, None)]


def test_what_is_settled_in_sage_and_missing_in_manage_is_no_open_balance() -> None:
    """Nor is what is voided."""
    assert tied([balance(owed="0.00"), balance(2, total="0.00", owed="0.00")]).items == ()


@pytest.mark.parametrize(
    ("manage", "reason", "words"),
    [
        (
            invoice(payments="30.00"),
            "not_in_sage",
            (
                "Sage has no document with this number: it was never entered there, or was paid and cleared. "
                "It is not taken as unpaid."
            ),
        ),
        (
            invoice(total="-50.00", kind="CreditMemo"),
            "credit",
            "A credit memo in Manage that is not applied yet.",
        ),
        (invoice(total="0.00", flaw=say("No total.")), "unexplained", "No total."),
    ],
)
def test_what_only_manage_has(manage: Invoice, reason: str, words: str) -> None:
    """An invoice, a credit memo, or what nobody can read; it has no row."""
    found = tied((), manage)
    assert said(found) == [(reason, str(Decimal("0.00") - manage.balance), words)]
    shown = None if manage.flaw else manage.balance  # what cannot be read is shown as no amount
    assert [(item.sage, item.manage, item.key) for item in found.items] == [(None, shown, "")]


def test_what_is_settled_in_manage_and_missing_in_sage_is_no_open_balance() -> None:
    """It was probably paid and cleared."""
    assert tied((), invoice(payments="100.00")).items == ()


@pytest.mark.parametrize(
    ("sage", "manage"),
    [
        (balance(total="-50.00", owed="-50.00"), invoice(total="-50.00", payments="-30.00")),
        (balance(), invoice(total="80.00", kind="CreditMemo")),
    ],
)
def test_a_credit_applied_differently_is_one_difference(sage: Balance, manage: Invoice) -> None:
    """A credit note's parts are not payments, whichever side calls it a credit, and whatever its row says."""
    words = "A credit that is applied differently in the two systems."
    assert said(tied(sage, manage, row())) == [("credit", str(sage.balance - manage.balance), words)]


@pytest.mark.parametrize(
    ("sage", "manage", "words"),
    [
        (balance(total="0.00", owed="0.00", unreadable=True), invoice(), "Its amounts in Sage cannot be read."),
        (
            balance(total="0.00", owed="0.00", unreadable=True),
            invoice(payments="100.00"),
            "Its amounts in Sage cannot be read.",
        ),
        (balance(), invoice(total="0.00", flaw=say("No total.")), "No total."),
        (balance(owed="0.00"), invoice(total="0.00", flaw=say("No total.")), "No total."),
    ],
)
def test_what_cannot_be_read_on_either_side_is_listed_even_where_nothing_shows(
    sage: Balance, manage: Invoice, words: str
) -> None:
    """An amount that nobody knows is never taken as agreeing; a row of the run is held, any other is unexplained."""
    found = tied(sage, manage, row())
    assert said(found) == [("held", str(sage.balance - manage.balance), words)]
    assert said(tied(sage, manage)) == [("unexplained", str(sage.balance - manage.balance), words)]
    assert found.items[0].sage == (None if sage.unreadable else sage.balance)
    assert found.items[0].manage == (None if manage.flaw else manage.balance)


CONTESTED = "Several documents or invoices have this number, and it cannot be told which is which."
IN_BOTH = "In USD in Sage and in CAD in Manage."
THEIRS = "Sage's document of this number belongs to another invoice in Manage with the same number."
OTHERS = "Manage's invoice of this number belongs to another document in Sage with the same number."


def test_two_currencies_are_two_differences_each_in_its_own() -> None:
    """Never one amount taken from the other; what is nothing on a side is not listed there."""
    dollars = balance(owed="70.00", currency_id=2)
    plain = TieOutItem(
        reason=DifferenceClass.CURRENCY,
        invoice="1001",
        customer="Boréal inc.",
        currency="CAD",
        sage=None,
        manage=Decimal("90.00"),
        difference=Decimal("-90.00"),
        text=say("tie-out-currencies-differ", sage="USD", manage="CAD"),
        key="1",
    )
    seventy = Decimal("70.00")
    assert tied(dollars, invoice(payments="10.00"), row(None, Status.CURRENCY_DIFFERS)).items == (
        replace(plain, currency="USD", sage=seventy, manage=None, difference=seventy),
        plain,
    )
    paid = invoice(payments="100.00")
    assert said(tied(dollars, paid)) == [("currency", "70.00", IN_BOTH)]
    assert said(tied(replace(dollars, balance=Decimal("0.00")), invoice())) == [("currency", "-100.00", IN_BOTH)]
    assert said(tied(replace(dollars, balance=Decimal("0.00")), paid)) == []


def test_two_currencies_of_which_one_side_cannot_be_read_are_listed() -> None:
    """Without a figure."""
    nothing = replace(balance(total="0.00", owed="0.00", currency_id=2), unreadable=True)
    assert [(item.currency, item.sage) for item in tied(nothing, invoice(payments="100.00")).items] == [("USD", None)]
    flawed = invoice(total="0.00", flaw=say("No total."))
    settled = balance(owed="0.00", currency_id=2)
    assert [(item.currency, str(item.difference)) for item in tied(settled, flawed).items] == [("CAD", "0.00")]


def test_a_site_that_names_no_currency_has_the_home_one() -> None:
    """And where settings do not name that either, both sides still mean the same."""
    assert said(tied(balance(), invoice(currency=None))) == []
    nameless = replace(SCOPE, policy=Policy(currencies={2: "USD"}))
    found = tied(balance(), invoice(payments="10.00", currency=None), scope=nameless)
    assert [(item.reason.value, item.currency, str(item.difference)) for item in found.items] == [
        ("manage_only", "currency 1", "10.00")
    ]


def test_a_number_that_several_bear_on_both_sides_is_held_on_both() -> None:
    """Nothing is guessed: each side's balance stands alone."""
    bob = balance(2, customer="Bob", number="77", customer_id=8, owed="40.00")
    manage = [invoice(1, number="77", company_code=""), invoice(2, number="77", company_code="", total="30.00")]
    found = tied([balance(1, customer="Ann", number="77"), bob], manage)
    assert [
        (item.reason.value, item.customer, str(item.difference), item.text.said(ENGLISH)) for item in found.items
    ] == [
        ("held", "Ann", "100.00", CONTESTED),
        ("held", "Bob", "40.00", CONTESTED),
        ("held", "Boréal inc.", "-100.00", CONTESTED),
        ("held", "Boréal inc.", "-30.00", CONTESTED),
    ]


def test_a_document_whose_number_another_one_s_invoice_bears_is_not_in_manage() -> None:
    """Manage's one invoice is the other customer's: said, for a repeated number looks like a missing invoice."""
    sage = [balance(1, number="77"), balance(2, customer="Bob", number="77", customer_id=8, owed="40.00")]
    assert said(tied(sage, invoice(number="77"))) == [("not_in_manage", "40.00", OTHERS)]


def test_an_invoice_whose_number_another_one_s_document_bears_is_not_in_sage() -> None:
    """Sage's one document is the other company's invoice: said, for it was not cleared in Sage."""
    manage = [invoice(1, number="77"), invoice(2, number="77", company="Bob", company_code="", payments="60.00")]
    assert said(tied(balance(number="77"), manage)) == [("not_in_sage", "-40.00", THEIRS)]


def test_the_prefix_and_the_remembered_customers_match_as_they_do_for_rows() -> None:
    """A name that Manage spells differently was matched before."""
    scope = replace(SCOPE, policy=replace(POLICY, invoice_prefix="INV-"), customers={7: 3})
    sage = [balance(number="INV-1001"), balance(2, number="1001", customer="Bob", customer_id=8)]
    manage = [invoice(company="New name", company_code=""), invoice(2, number="1001", company="Bob", company_id=4)]
    assert said(tied(sage, manage, scope=scope)) == []


def test_a_customer_has_one_line_however_manage_spells_the_name() -> None:
    """Case, spaces and accents; one that Sage does not know keeps Manage's name."""
    manage = [
        invoice(5, company="BORE\N{COMBINING ACUTE ACCENT}AL   INC."),
        invoice(6, company="Nobody Ltd.", total="7.00"),
    ]
    found = tied(balance(), manage)
    assert [(line.name, str(line.sage), str(line.manage)) for line in found.customers] == [
        ("Boréal inc.", "100.00", "100.00"),
        ("Nobody Ltd.", "0.00", "7.00"),
    ]
    assert [(item.customer, item.reason.value) for item in found.items] == [
        ("Boréal inc.", "not_in_manage"),
        ("Boréal inc.", "not_in_sage"),
        ("Nobody Ltd.", "not_in_sage"),
    ]


def test_each_side_is_as_old_as_its_own_document() -> None:
    """Two dates of one invoice are two ages, and no difference."""
    found = tied(balance(), invoice(dated=date(2026, 1, 1)))
    assert [(line.name, str(line.sage), str(line.manage)) for line in found.ages] == [
        ("month", "100.00", "0.00"),
        ("old", "0.00", "100.00"),
    ]
    assert (found.day, found.items) == (DAY, ())


def test_with_nothing_on_either_side_there_is_nothing() -> None:
    """Empty books and an empty site."""
    assert tied() == TieOut(day=DAY, items=(), customers=(), ages=())


def test_the_classes_that_occur_come_with_their_sums_and_the_unexplained_last() -> None:
    """Of one currency; the unexplained is told even where there is none."""
    found = tied(balance(owed="30.00"), invoice(total="95.00"), row("70.00", Status.TOTAL_DIFFERS))
    unit = found.items[0].currency
    kinds = [reason for reason, _, _ in found.classes(unit)]
    assert kinds == [
        *dict.fromkeys(sorted((i.reason for i in found.items), key=list(DifferenceClass).index)),
        DifferenceClass.UNEXPLAINED,
    ]
    assert sum(amount for _, _, amount in found.classes(unit)) == sum(i.difference for i in found.items)
    assert [reason for reason, _, _ in found.classes("XXX")] == [DifferenceClass.UNEXPLAINED]
