"""What became of a row, the figures that follow, and the bridge from what was entered to what changes in Manage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose
from sync.core.prove.bridge import BridgeLine, Step, bridge, gap, in_short
from sync.core.prove.completeness import completeness, intake
from sync.core.prove.figures import (
    OUT_OF_SCOPE,
    Disposition,
    Tally,
    change,
    counts,
    counts_sentence,
    disposition,
    takes_answer,
    tallies,
)
from sync.core.values.policy import PaidAmount, Policy
from sync.core.values.posting import Outcome, Posting
from sync.core.values.proposal import REVIEWABLE, Proposal, Status
from sync.core.values.records import Entry, Invoice, Payment
from sync.language.catalogues import ENGLISH
from tests.core.prove.test_completeness import selected
from tests.core.values.test_file_names import POSTED, READY
from tests.support.build import document, entry, invoice, own, payment

SENT = replace(POSTED, verified=True)
UNDONE = replace(SENT, undo=True)
UNREAD = replace(POSTED, verified=False)
CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("status", "posting", "became"),
    [
        (Status.READY, None, Disposition.READY),
        (Status.READY, SENT, Disposition.POSTED),
        (Status.REOPENED, SENT, Disposition.POSTED),
        (Status.READY, UNREAD, Disposition.FAILED),
        (Status.READY, replace(SENT, outcome=Outcome.ALREADY), Disposition.IN_AGREEMENT),
        *(
            (Status.READY, replace(UNREAD, outcome=outcome), Disposition.FAILED)
            for outcome in (Outcome.STALE, Outcome.REFUSED, Outcome.UNKNOWN, Outcome.DIFFERS)
        ),
        (Status.READY, UNDONE, Disposition.WAITING),
        (Status.READY, replace(UNDONE, outcome=Outcome.DIFFERS, verified=False), Disposition.FAILED),
        (Status.READY, replace(UNDONE, outcome=Outcome.ALREADY), Disposition.FAILED),
        (Status.IN_AGREEMENT, None, Disposition.IN_AGREEMENT),
        (Status.IN_AGREEMENT, UNDONE, Disposition.IN_AGREEMENT),
        *((status, None, Disposition.OUT_OF_SCOPE) for status in sorted(OUT_OF_SCOPE)),
        *((status, None, Disposition.WAITING) for status in sorted(REVIEWABLE - {Status.READY})),
        *(
            (status, None, Disposition.WAITING)
            for status in (Status.AMBIGUOUS, Status.BAD_DATA, Status.CURRENCY_DIFFERS, Status.NOT_IN_MANAGE)
        ),
    ],
)
def test_each_row_is_one_of_seven(status: Status, posting: Posting | None, became: Disposition) -> None:
    """By its push where there was one, else by its status; what was taken back is held."""
    assert disposition(replace(READY, status=status), posting) is became


def test_a_ready_row_is_one_that_can_be_pushed_and_says_yes() -> None:
    """By default or by a person: nobody can push what cannot be written, whatever is said."""
    odd, nothing = replace(READY, status=Status.TOTAL_DIFFERS), replace(READY, write=None)
    assert disposition(READY, chosen=False) is Disposition.WAITING
    assert disposition(odd, chosen=True) is Disposition.READY
    assert [disposition(nothing, chosen=said) for said in (True, False, None)] == [Disposition.WAITING] * 3


def test_what_the_opening_statement_accepts_waits_for_nobody() -> None:
    """Until somebody says Yes; what was pushed and taken back is held, as any other."""
    accepted = replace(READY, opening=NEW)
    assert [accepted.approve, accepted.approvable] == [False, True]
    said = {chosen: disposition(accepted, chosen=chosen) for chosen in (True, False, None)}
    assert said == {True: Disposition.READY, False: Disposition.OPENING, None: Disposition.OPENING}
    several = disposition(replace(accepted, status=Status.CHANGED_IN_MANAGE, write=None))
    assert several is Disposition.OPENING
    assert (disposition(accepted, SENT), disposition(accepted, UNDONE)) == (Disposition.POSTED, Disposition.WAITING)
    assert counts_sentence(tallies([accepted, replace(READY, key="2")], {})).said(ENGLISH) == (
        "2 invoices: 0 posted and read back, 0 in agreement, 1 ready, 0 held, 0 failed, 0 out of scope. "
        "1 accepted in the opening statement."
    )


def test_rows_are_counted_once_and_added_up_by_currency() -> None:
    """In the order of the paper; a change is what was read back, or what a push would do."""
    dollars = replace(READY, key="2", currency="USD")
    other = replace(READY, key="3", paid_before=Decimal("50.00"))
    sent = replace(SENT, paid_after=Decimal("100.00"))
    found = tallies([READY, dollars, other], {READY.key: sent}, {"3": False})
    assert found == [
        Tally(disposition=became, currency=unit, count=1, settled=Decimal("113.00"), change=Decimal(amount))
        for became, unit, amount in (
            (Disposition.POSTED, "CAD", "80.00"),
            (Disposition.READY, "USD", "88.00"),
            (Disposition.WAITING, "CAD", "58.00"),
        )
    ]
    assert counts(found).total() == 3
    assert counts_sentence(found).said(ENGLISH) == (
        "3 invoices: 1 posted and read back, 0 in agreement, 1 ready, 1 held, 0 failed, 0 out of scope."
    )
    assert change(READY, Disposition.IN_AGREEMENT, None) == 0
    assert change(replace(READY, status=Status.BAD_DATA), Disposition.WAITING, None) == 0


def crossing(
    policy: Policy,
    entries: Iterable[Entry],
    billed: Invoice,
    *paid: Payment,
    postings: dict[str, Posting] | None = None,
) -> list[BridgeLine]:
    """The bridge of an invoice: what was entered on it in April is in the window."""
    rows = list(entries)
    new = [row for row in rows if row.kind and row.entered_on == NEW]
    read = positions([document(), document(9)], rows, entered={row.id for row in new})
    pairs = pair(read, {1}, [billed], LedgerMemory(), policy)
    found: list[Proposal] = propose(pairs, {billed.id: paid}, LedgerMemory(), policy)
    proof = completeness(intake(selected(*new), read, policy), found, postings or {})
    return bridge(proof, found, postings or {})


NEW, OLD = date(2026, 4, 2), date(2026, 3, 2)
NOTE = [own("-5.00", doc=9), entry("5.00", doc=9, id=901, banked=False, number="CN", entered_on=OLD)]
PAID = [
    own("100.00"),
    entry("-30.00", id=10, entered_on=OLD),
    entry("-62.99", id=11, entered_on=NEW, beyond=Decimal("-0.004")),
    entry("0.00", id=12, entered_on=NEW, beyond=Decimal("-0.006")),
    entry("-2.00", id=13, kind=2, entered_on=NEW),
    entry("-5.00", id=14, banked=False, number="CN", entered_on=NEW),
]


def steps(lines: Iterable[BridgeLine]) -> dict[str, str]:
    """Amounts by step."""
    return {line.step.value: str(line.amount) for line in lines}


def test_the_bridge_leads_step_by_step() -> None:
    """Each step by itself: other days, rounding, credits in Manage, a cent apart, online and typed payments."""
    policy = Policy(tolerance=CENT)
    billed = invoice(total="100.01", credits=Decimal("3.00"), payments="25.00")
    typed = (payment("20.00"), payment("5.00", record=10, wisepay=True))
    lines = crossing(policy, [*PAID, *NOTE], billed, *typed)
    assert steps(lines) == {
        "entered": "69.99",
        "other_days": "30.00",
        "rounding": "0.01",
        "settled": "100.00",
        "credits_shown": "-3.00",
        "cents_apart": "0.01",
        "proposed": "97.01",
        "paid_online": "-5.00",
        "paid_before": "-20.00",
        "changed": "72.01",
    }
    assert gap(lines, "CAD") == 0
    words = [line.words.said(ENGLISH) for line in lines]
    assert (words[0], words[-1]) == ("Entered in Sage in the window", "Paid Amount to be changed")
    (said,) = in_short(lines)
    entered = "CAD: 69.99 entered in the window; the ready invoices are settled for 100.00"
    assert said.said(ENGLISH) == f"{entered}, and a push adds 72.01 to Paid Amount."


def test_what_the_settings_leave_out_is_a_step() -> None:
    """By the policy `cash`."""
    lines = crossing(Policy(paid_amount=PaidAmount.CASH), [*PAID, *NOTE], invoice())
    assert steps(lines)["left_by_policy"] == "-7.00"
    assert steps(lines)["changed"] == "93.00"
    assert gap(lines, "CAD") == 0


def test_where_only_a_date_changes_what_manage_shows_is_a_step_of_its_own() -> None:
    """Nothing is added to Paid Amount."""
    rows = [own("100.00"), entry("-100.00", entered_on=NEW)]
    lines = crossing(Policy(), rows, invoice(payments="100.00"), payment("100.00"))
    assert (steps(lines)["dates_only"], steps(lines)["changed"]) == ("-100.00", "0.00")
    assert gap(lines, "CAD") == 0


def test_after_a_push_the_bridge_leads_to_what_was_read_back() -> None:
    """And what was entered on rows that became something else is told as that."""
    rows = [own("100.00"), entry("-100.00", entered_on=NEW)]
    sent = replace(SENT, key="1", paid_before=Decimal("0.00"), paid_after=Decimal("100.00"))
    lines = crossing(Policy(), rows, invoice(), postings={"1": sent})
    assert [line.words.said(ENGLISH) for line in lines if line.step is Step.CHANGED] == [
        "Paid Amount changed, as read back"
    ]
    assert "100.00 was added to Paid Amount." in in_short(lines)[0].said(ENGLISH)
    failed = crossing(Policy(), rows, invoice(), postings={"1": replace(sent, outcome=Outcome.REFUSED)})
    assert steps(failed) == {
        "entered": "100.00",
        "failed": "-100.00",
        "settled": "0.00",
        "proposed": "0.00",
        "changed": "0.00",
    }
    assert [line.words.said(ENGLISH) for line in failed if line.step is Step.FAILED] == [
        "Less entered on invoices that became: Failed"
    ]


def test_a_bridge_that_does_not_close_says_by_how_much() -> None:
    """As when a reading back is not what was proposed, or a step is off by a cent; no line takes up the rest."""
    rows = [own("100.00"), entry("-100.00", entered_on=NEW)]
    sent = replace(SENT, key="1", paid_before=Decimal("0.00"), paid_after=Decimal("99.00"))
    lines = crossing(Policy(), rows, invoice(), postings={"1": sent})
    assert gap(lines, "CAD") == Decimal("-1.00")
    off = [replace(line, amount=line.amount + CENT) if line.step is Step.ENTERED else line for line in lines]
    assert gap(off, "CAD") == -CENT


@pytest.mark.parametrize(
    ("row", "posting", "takes"),
    [
        (None, None, False),
        (READY, None, True),
        (replace(READY, status=Status.NOT_IN_MANAGE), None, False),
        (READY, SENT, False),
        (READY, replace(SENT, outcome=Outcome.ALREADY), False),
        (READY, UNREAD, True),
        (READY, UNDONE, True),
    ],
)
def test_an_answer_is_for_what_may_still_be_written(
    row: Proposal | None,
    posting: Posting | None,
    takes: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """What was posted, or found so, has had its answer; what was taken back or did not end as approved has not."""
    assert takes_answer(row, posting) is takes
