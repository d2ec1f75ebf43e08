"""The story of one invoice: each row of the ledger in its place, and nobody else's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.prove.story import Recorded, Step, StepKind, Story, Told, bears, stories
from sync.core.values.messages import say
from sync.core.values.posting import Decision, Outcome, Posting
from sync.core.values.proposal import AcceptedMatch, Application, ApplicationPart, Hold, Status
from sync.core.values.records import Action
from sync.core.values.runs import Company, Person, Run, SiteSays
from sync.language.catalogues import ENGLISH
from tests.ledger.samples import COMPANY, MARIE, OTHER, intent, row, run

NOON = datetime(2026, 4, 10, 12, tzinfo=UTC)
HOLD = Hold(key="1", invoice="INV-1", customer_id=7, user="luc", at=NOON, note="Disputed", owner="Zoé")
MATCH = AcceptedMatch(
    key="1",
    invoice="INV-1",
    customer_id=7,
    customer="Boréal inc.",
    invoice_id=101,
    manage_number="0001",
    manage_customer="Boreal",
    user="luc",
    at=NOON,
)


def application(number: int, amount: str | None, **changes: Any) -> Application:  # noqa: ANN401 - any field
    """A row of the document's ledger."""
    plain = Application(
        id=number,
        number=f"R{number}",
        dated=date(2026, 3, 15),
        entered_on=None,
        entered_by="",
        part=ApplicationPart.CASH,
        amount=None if amount is None else Decimal(amount),
        balance=Decimal("0.00"),
    )
    return replace(plain, **changes)


def recorded(*told: Told | tuple[Run, Told], by: Person | None = MARIE) -> list[Recorded]:
    """Rows of the ledger, one after the other, of run 0 unless another is given."""
    pairs = [each if isinstance(each, tuple) else (run(0), each) for each in told]
    return [
        Recorded(place=place, at=NOON + timedelta(minutes=place), run=of, key=each.key, told=each, by=by)
        for place, (of, each) in enumerate(pairs, start=10)
    ]


def only(*told: Told | tuple[Run, Told], number: str = "INV-1", by: Person | None = MARIE) -> Story:
    """The one story that they come to."""
    (found,) = stories(recorded(*told, by=by), number)
    return found


def said(step: Step) -> str:
    """Its words in English."""
    return step.text.said(ENGLISH)


def posting(**changes: Any) -> Posting:  # noqa: ANN401 - any field
    """What became of a write of row 1."""
    plain = Posting(
        run="R0",
        key="1",
        invoice="INV-1",
        outcome=Outcome.POSTED,
        message=say("push-written-and-read-back"),
        paid_after=Decimal("100.00"),
        attempt=1,
    )
    return replace(plain, **changes)


def test_every_row_is_a_step_in_order() -> None:
    """What it is, by whom, and its number in the ledger."""
    undo = intent("R0", "1", attempt=2, undo=True)
    story = only(
        row("1"),
        Decision(key="1", approve=False, note="Disputed", owner="Zoé", until=date(2026, 5, 1)),
        HOLD,
        replace(HOLD, released=True, note="", owner=""),
        MATCH,
        replace(MATCH, undone=True),
        intent("R0", "1"),
        posting(),
        undo,
        posting(undo=True, attempt=2),
    )
    assert (story.company, story.invoice, story.customer, story.key) == (COMPANY, "INV-1", "Boréal inc.", "1")
    assert [(step.recorded.place, step.kind) for step in story.steps] == list(enumerate(StepKindInOrder, start=10))
    assert [step.who for step in story.steps] == ["marie", "marie", *["luc"] * 4, *["marie"] * 4]


StepKindInOrder = (
    StepKind.SEEN,
    StepKind.DECIDED,
    StepKind.HELD,
    StepKind.RELEASED,
    StepKind.MATCHED,
    StepKind.UNMATCHED,
    StepKind.SENT,
    StepKind.ENDED,
    StepKind.UNDO_SENT,
    StepKind.UNDO_ENDED,
)


@pytest.mark.parametrize(
    ("number", "asked", "same"),
    [
        ("1001", " 1001\u200b", True),
        ("INV-É1", "inv-é1", True),
        ("1001", "01001", False),
        ("", " ", False),
        ("-5", "-5", True),
        ('=cmd|"/C"!A0', '=CMD|"/c"!a0', True),
    ],
)
def test_a_number_is_itself_in_any_case(number: str, asked: str, *, same: bool) -> None:
    """Nothing that cannot be seen counts, and what is empty is nobody's."""
    assert bears(number, asked) is same


def test_two_of_one_number_are_told_apart() -> None:
    """By customer, by document, by books and by site; a site that says the same of itself is the same."""
    says = SiteSays(company_id="acme", company_name="Acme")
    moved = Company(sage=COMPANY.sage, site="https://api-eu.example.net", manage="acme")
    told: list[tuple[Run, Told]] = [
        (run(0, says=says), row("1")),
        (run(1, says=says), row("1", customer_id=8, customer="Other")),
        (run(2, company=OTHER), row("1")),
        (run(3, company=moved, says=says), replace(row("1"), key="1/7/INV-1", customer="Boréal ltée")),
        (run(4), row("2", invoice="INV-1")),
        (run(5), row("1", invoice="INV-9")),
        (run(5), Decision(key="1", approve=True)),
        (run(6), Decision(key="1", approve=True)),
    ]
    found = stories(recorded(*told), "inv-1")
    assert [(each.customer, each.company.sage, each.key, len(each.steps)) for each in found] == [
        ("Boréal ltée", COMPANY.sage, "1", 2),
        ("Other", COMPANY.sage, "1", 1),
        ("Boréal inc.", OTHER.sage, "1", 1),
        ("Boréal inc.", COMPANY.sage, "2", 1),
    ]
    assert stories(recorded(*told), "INV-7") == []


def test_a_match_is_found_by_the_number_in_manage() -> None:
    """And tells whose it is though no row was ever shown; a hold alone names no customer."""
    assert only(MATCH, number="0001").customer == "Boréal inc."
    assert only(HOLD).customer == ""


def test_what_is_new_or_gone_in_sage_is_told_once() -> None:
    """A row that was re-applied is new and its former self no news; one whose balance alone moved is the same."""
    first, second, third = application(1, "-50.00"), application(2, "-50.00"), application(3, "-1.00")
    later = replace(second, balance=Decimal("7.00"), entered=True)
    changed = replace(first, reversed=True)
    story = only(
        (run(0), row("1", applications=(first, second))),
        (run(1), row("1", applications=(first, later))),
        (run(2), row("1", applications=(changed, later, third))),
        (run(3), row("1", applications=(changed,))),
    )
    assert [(step.fresh, step.gone) for step in story.steps] == [
        ((first, second), ()),
        ((), ()),
        ((changed, third), ()),
        ((), (later, third)),
    ]
    before = "In Sage as the run before saw it (2 rows)."
    assert [before in said(step) for step in story.steps] == [False, True, False, False]
    assert story.steps[2].applications == (changed, later, third)
    assert only(HOLD).steps[0].applications == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Ready: Paid Amount 0.00 in Manage, 100.00 proposed. Date Paid 2026-03-01 proposed."),
        ({"paid_proposed": Decimal("0.00"), "write": None}, "Ready: Paid Amount 0.00 in Manage."),
        ({"status": Status.NOT_IN_MANAGE, "paid_before": None, "date_paid_proposed": None}, "Found: Not in Manage."),
        ({"hold": HOLD}, "On hold since 2026-04-10, by luc."),
        ({"opening": date(2026, 1, 1)}, "Accepted as it is by the opening statement of 2026-01-01."),
    ],
)
def test_what_a_run_found_is_said(changes: dict[str, Any], words: str) -> None:
    """Status, before and proposed, and what a person or the opening statement had said of it."""
    assert words in said(only(row("1", **changes)).steps[0])


def test_a_decision_against_the_default_is_said() -> None:
    """Yes to what was held, No to what was ready; a note, an owner, a day and an objection where there are some."""
    why = Decision(key="1", approve=True, objection=say("review-approve-not-yes-no", found="maybe"))
    plain, held = only(row("1"), replace(why, objection=None)), only(row("1", Status.REOPENED), why)
    assert [said(story.steps[1]) for story in (plain,)] == ["Yes."]
    assert said(held.steps[1]).startswith("Yes. Not as it was proposed. Refused as it stood: ")
    no = Decision(key="1", approve=False, note="Disputed", owner="Zoé", until=date(2026, 5, 1))
    assert said(only(row("1"), no).steps[1]) == (
        "No. Not as it was proposed. Held until 2026-05-01. Note: Disputed. Owner: Zoé."
    )


def test_a_write_says_what_it_was_to_do_and_how_it_ended() -> None:
    """One that nothing is on record of says so; what was never sent has nothing to read back."""
    sent = intent("R0", "1")
    deleted = replace(sent, attempt=2, write=replace(sent.write, action=Action.DELETE))
    ends = (
        posting(),
        posting(date_paid_after=date(2026, 3, 15)),
        posting(outcome=Outcome.UNKNOWN, paid_after=None),
        posting(outcome=Outcome.STALE, paid_after=None, attempt=None),
    )
    words = [said(step) for step in only(row("1"), sent, deleted, *ends, by=None).steps[1:]]
    assert "Attempt 1, to make a payment record: Paid Amount from 0.00 to 100.00." in words[0]
    assert words[1].endswith("Nothing is on record of how it ended.")
    assert [each.endswith("Nothing is on record of how it ended.") for each in words[:1]] == [False]
    assert words[2].endswith("Read back: Paid Amount 100.00, no Date Paid.")
    assert words[3].endswith("Read back: Paid Amount 100.00, Date Paid 2026-03-15.")
    assert [each.endswith("Nothing was read back.") for each in words[4:]] == [True, False]
    nobody = {step.who for step in only(row("1"), sent, by=None).steps[1:]}
    assert nobody == {""}


def test_a_row_that_no_run_showed_is_in_no_story() -> None:
    """A push of a lost review leaves words about a key that nobody can name."""
    assert stories(recorded(Decision(key="1", approve=True), intent("R0", "1")), "INV-1") == []
