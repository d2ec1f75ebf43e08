"""What people decided against the default of a run is gathered from the ledger: who, when, why and how much."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.figures import Disposition
from sync.core.prove.judgement import Judgement, JudgementKind, judgement_totals, judgements
from sync.core.prove.workpapers import Audit
from sync.core.values.messages import say
from sync.core.values.posting import Decision
from sync.core.values.runs import Person, Phase
from sync.usecases.accept_match import accept, take_back
from tests.usecases.office import PERSON, Office

LUC = Person(user="luc", computer="compta-2")
READY, OTHER_TOTAL, REOPENED, GONE, ODD, ODD_LEFT, HELD, DATED, NEAR = range(1001, 1010)
MARCH, MAY = date(2026, 3, 2), date(2026, 5, 1)
NOTES = {OTHER_TOTAL: "Freight, agreed with Luc", HELD: "Disputed"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a row for each kind of decision."""
    made = Office(folder=tmp_path_factory.mktemp("judged"))
    for number in (READY, ODD, ODD_LEFT, HELD, DATED, NEAR):
        made.invoice(number, "113.00")
        made.receipt(number, "113.00", kind=6 if number in {ODD, ODD_LEFT} else 1)
    made.invoice(OTHER_TOTAL, "200.00", manage_total="210.00")
    made.receipt(OTHER_TOTAL, "200.00")
    made.invoice(REOPENED, "120.00", made.record(REOPENED, "120.00", MARCH))
    made.receipt(REOPENED, "20.00")
    made.invoice(GONE, "50.00", made.record(GONE, "50.00", MARCH, 2))
    for amount in ("-50.00", "50.00"):
        made.row(GONE, amount, number="NSF", reversed=True)
    theirs = made.site.invoices_[NEAR + 100_000]
    made.site.invoices_[NEAR + 100_000] = replace(theirs, number="01009")
    return made


@pytest.fixture(scope="module")
def first(office: Office) -> Audit:
    """Everything is decided, in one push."""
    review = office.sync()
    accept(office.systems, replace(office.seat, person=LUC), str(NEAR), "01009")
    yes = {str(number) for number in (READY, OTHER_TOTAL, REOPENED, GONE, ODD)}
    office.push_decided(
        review.run.id,
        [
            Decision(
                key=row.key,
                approve=row.invoice in yes,
                note=NOTES.get(int(row.invoice), ""),
                until=MAY if row.invoice == str(DATED) else None,
            )
            for row in review.rows
        ],
    )
    return office.audit(review.run.id)


@pytest.fixture(scope="module")
def second(office: Office, first: Audit) -> tuple[Audit, Audit]:
    """The first run after one of its rows was taken back; and a second, in which a hold is released."""
    office.clock.pass_by(timedelta(minutes=20))
    office.undo(first.run.id, keys=[str(READY)])
    review = office.sync()
    take_back(office.systems, office.seat, str(NEAR))
    chosen = {str(HELD): True, str(READY): False, str(NEAR): False}
    office.push_decided(
        review.run.id,
        [
            Decision(
                key=row.key,
                approve=chosen.get(row.invoice, row.approve),
                until=row.hold.until if row.hold else None,
            )
            for row in review.rows
        ],
    )
    return office.audit(first.run.id), office.audit(review.run.id)


def by_invoice(found: list[Judgement]) -> dict[tuple[JudgementKind, int], Judgement]:
    """What was judged, by kind and invoice."""
    return {(each.kind, int(each.invoice)): each for each in found}


def test_each_decision_against_the_default_stands_once(first: Audit) -> None:
    """Of the kind that says most; what was ready and simply pushed is not among them."""
    assert [(each.kind, int(each.invoice), each.amount) for each in judgements([first])] == [
        (JudgementKind.APPROVED, OTHER_TOTAL, Decimal("200.00")),
        (JudgementKind.LOWERED, REOPENED, Decimal("-100.00")),
        (JudgementKind.DELETED, GONE, Decimal("-50.00")),
        (JudgementKind.UNKNOWN_KIND, ODD, Decimal("113.00")),
        (JudgementKind.UNKNOWN_KIND, ODD_LEFT, Decimal("113.00")),
        (JudgementKind.HELD, HELD, Decimal("113.00")),
        (JudgementKind.HELD, DATED, Decimal("113.00")),
        (JudgementKind.MATCHED, NEAR, Decimal("0.00")),
    ]


def test_who_and_when_and_why_stand_beside_it(first: Audit) -> None:
    """A row that was sent says when; what nobody explained has no note, and what nobody decided has nobody."""
    found = by_invoice(judgements([first]))
    sent = {intent.key: intent.at for intent in first.intents}
    approved = found[JudgementKind.APPROVED, OTHER_TOTAL]
    assert (approved.user, approved.at, approved.note) == ("marie", sent[str(OTHER_TOTAL)], NOTES[OTHER_TOTAL])
    assert found[JudgementKind.DELETED, GONE].note == ""
    left = found[JudgementKind.UNKNOWN_KIND, ODD_LEFT]
    assert (left.user, left.at, left.became) == ("", None, Disposition.WAITING)
    assert found[JudgementKind.HELD, HELD].note == "Disputed"
    assert found[JudgementKind.HELD, DATED].until == MAY
    matched = found[JudgementKind.MATCHED, NEAR]
    assert (matched.user, matched.number, matched.became) == ("luc", "01009", Disposition.WAITING)


def test_what_was_taken_back_is_told_of_the_run_whose_it_was(second: tuple[Audit, Audit]) -> None:
    """With what that took from Paid Amount."""
    undone = by_invoice(judgements([second[0]]))[JudgementKind.TAKEN_BACK, READY]
    assert (undone.amount, undone.user, undone.became) == (Decimal("-113.00"), PERSON.user, Disposition.WAITING)


def test_holds_and_matches_of_earlier_runs_stand_in_later_ones(second: tuple[Audit, Audit]) -> None:
    """Until they end: one that was released, or taken back, in the run itself says that."""
    found = by_invoice(judgements([second[1]]))
    kinds = {(kind, number) for kind, number in found if number in {HELD, DATED, NEAR, READY}}
    assert kinds == {
        (JudgementKind.RELEASED, HELD),
        (JudgementKind.HELD, DATED),
        (JudgementKind.HELD, READY),
        (JudgementKind.HELD, NEAR),
        (JudgementKind.UNMATCHED, NEAR),
    }
    assert found[JudgementKind.HELD, DATED].at == by_invoice(judgements([second[0]]))[JudgementKind.HELD, DATED].at


def test_a_match_stands_in_later_runs_until_it_is_taken_back(office: Office, second: tuple[Audit, Audit]) -> None:
    """What ended before a run began is none of it; neither is one whose row is another invoice's by now."""
    assert (JudgementKind.UNMATCHED, NEAR) not in by_invoice(judgements([office.audit(office.sync().run.id)]))
    accept(office.systems, office.seat, str(NEAR), "01009")
    matched, key = office.sync(), (JudgementKind.MATCHED, NEAR)
    audit = office.audit(matched.run.id)
    assert by_invoice(judgements([audit]))[key].user == PERSON.user
    elsewhere = [replace(row, invoice_id=1) if row.invoice == str(NEAR) else row for row in audit.rows]
    assert key not in by_invoice(judgements([replace(audit, rows=elsewhere)]))
    assert (JudgementKind.HELD, DATED) in by_invoice(judgements([office.audit(second[1].run.id)]))


def test_totals_are_by_kind_and_currency(first: Audit) -> None:
    """They add up what stands below them; what has no row in the run has no currency."""
    found = judgements([first])
    totals = judgement_totals(found)
    assert [(each.kind, each.currency, each.count) for each in totals if each.kind is JudgementKind.HELD] == [
        (JudgementKind.HELD, "CAD", 2)
    ]
    assert sum(each.amount for each in totals) == sum(each.amount or 0 for each in found)
    without = judgement_totals(judgements([replace(first, rows=())]))
    assert {(each.kind, each.currency, each.amount) for each in without} == {
        (JudgementKind.HELD, "", Decimal("0.00")),
        (JudgementKind.MATCHED, "", Decimal("0.00")),
    }


def test_a_push_that_was_cut_short_names_nobody(first: Audit) -> None:
    """Its intents say when; without any, nothing does."""
    cut = replace(first, ends=[end for end in first.ends if end.phase is Phase.SYNC])
    approved = by_invoice(judgements([cut]))[JudgementKind.APPROVED, OTHER_TOTAL]
    assert (approved.user, approved.at is None) == ("", False)
    unsent = by_invoice(judgements([replace(cut, intents=())]))[JudgementKind.APPROVED, OTHER_TOTAL]
    assert (unsent.user, unsent.at) == ("", None)
    last = by_invoice(judgements([replace(first, intents=())]))[JudgementKind.APPROVED, OTHER_TOTAL]
    assert (last.user, last.at) == (PERSON.user, first.ends[-1].at)


def test_a_yes_that_was_refused_as_it_stood_is_none(first: Audit) -> None:
    """What was changed in the sheet is no decision to push."""
    refused = {key: replace(each, objection=say("edited")) for key, each in first.decisions.items()}
    kinds = {each.kind for each in judgements([replace(first, decisions=refused)])}
    assert kinds == {JudgementKind.UNKNOWN_KIND, JudgementKind.HELD, JudgementKind.MATCHED}
    undecided = judgements([replace(first, decisions={})])
    assert by_invoice(undecided)[JudgementKind.UNKNOWN_KIND, ODD].note == ""


def test_the_ledger_keeps_what_was_said_in_order(office: Office, first: Audit, tmp_path: Path) -> None:
    """Of these books alone."""
    said = office.ledger.said(first.run.company)
    assert [each.at for _, each in said] == sorted(each.at for _, each in said)
    assert Office(folder=tmp_path).ledger.said(first.run.company) == []
