"""A signature stands by the figures of a run as the ledger has them, and lapses when one of them is another."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.prove.signing import figures, signed, ties
from sync.core.values.errors import Refused
from sync.core.values.messages import say
from sync.core.values.runs import Person
from sync.core.values.signature import Measure, Role, Signature, hash_of
from sync.language.catalogues import ENGLISH
from sync.usecases.sign import Signing, sign
from tests.usecases.office import PERSON, Office

LUC = Person(user="luc", computer="compta-2")
ONE, TWO, NEW = 1001, 1002, 1003


@pytest.fixture
def pushed(office: Office) -> tuple[Office, str]:
    """A run of two paid invoices, of which one was pushed."""
    for number in (ONE, TWO):
        office.invoice(number, "113.00")
        office.receipt(number, "113.00")
    review = office.sync()
    office.push(review, approve={str(TWO): False})
    return office, review.run.id


def by(office: Office, run: str, role: Role, person: Person = PERSON, note: str = "") -> Signing:
    """Somebody signs, a minute later."""
    office.clock.pass_by(timedelta(minutes=1))
    return sign(office.ledger, run, role, person, office.clock.now(), note)


def lapsed(office: Office, run: str) -> list[str]:
    """Which figures a signature has lapsed by."""
    return [f"{each.figure.measure}.{each.figure.of}" for one in signed(office.audit(run)) for each in one.changes]


def test_a_signature_says_who_stands_by_which_figures(pushed: tuple[Office, str]) -> None:
    """Each by its name, in its currency; and the hash is over all of them."""
    office, run = pushed
    made = by(office, run, Role.PREPARER, note="Month end")
    (one,) = made.signed
    assert (one.stands, one.signature.person, one.signature.note, made.alone) == (True, PERSON, "Month end", False)
    assert {each.name: each.value for each in one.signature.figures} == {
        (Measure.ENTERED, "receipt", "CAD"): Decimal("226.00"),
        (Measure.ROWS, "posted", "CAD"): Decimal(1),
        (Measure.SETTLED, "posted", "CAD"): Decimal("113.00"),
        (Measure.CHANGE, "posted", "CAD"): Decimal("113.00"),
        (Measure.ROWS, "waiting", "CAD"): Decimal(1),
        (Measure.SETTLED, "waiting", "CAD"): Decimal("113.00"),
        (Measure.CHANGE, "waiting", "CAD"): Decimal("113.00"),
        (Measure.MANAGE, "", "CAD"): Decimal("113.00"),
        (Measure.DECISIONS, "held", "CAD"): Decimal(1),
        (Measure.DECIDED, "held", "CAD"): Decimal("113.00"),
    }
    assert one.signature.hash == hash_of(one.signature.figures[::-1])
    assert "Prepared by marie on compta-1, signed on 2026-04-10 13:31:01 UTC. It stands" in one.words.said(ENGLISH)


def test_what_changes_no_figure_leaves_it_standing(pushed: tuple[Office, str]) -> None:
    """Another signature, a pack, a later run that finds something new."""
    office, run = pushed
    by(office, run, Role.PREPARER)
    assert not by(office, run, Role.REVIEWER, LUC).alone
    office.invoice(NEW, "50.00")
    office.receipt(NEW, "50.00")
    office.push(office.sync())
    assert [each.stands for each in signed(office.audit(run))] == [True, True]


def test_an_undo_lets_it_lapse_and_says_by_what(pushed: tuple[Office, str]) -> None:
    """In words, the first figures of several; whoever signs again stands by those of now."""
    office, run = pushed
    by(office, run, Role.PREPARER)
    office.undo(run)
    (one,) = signed(office.audit(run))
    words = one.words.said(ENGLISH)
    assert (one.stands, "rows.posted" in lapsed(office, run)) == (False, True)
    assert "Lapsed, since this and more changed after: Rows (Posted) in CAD was 1 and is 0, " in words
    assert "decisions.taken_back" in lapsed(office, run)
    assert [each.stands for each in by(office, run, Role.PREPARER).signed] == [True]


def test_a_later_push_of_the_run_lets_it_lapse(pushed: tuple[Office, str]) -> None:
    """A held row is released and written."""
    office, run = pushed
    by(office, run, Role.REVIEWER)
    rows = office.ledger.reviewed(run)
    office.push_decided(run, [replace(each, approve=True) for each in office.ledger.decisions(run).values()])
    assert (len(rows), "rows.posted" in lapsed(office, run)) == (2, True)


def test_another_closing_lets_it_lapse(pushed: tuple[Office, str]) -> None:
    """Balances that were read again after the last write, and are others."""
    office, run = pushed
    by(office, run, Role.PREPARER)
    audit = office.audit(run)
    closing = audit.rolled.closing
    assert closing is not None
    tied = closing.tie_out
    customers = tuple(replace(each, manage=each.manage + 1) for each in tied.customers)
    ages = tuple(replace(each, manage=each.manage + 1) for each in tied.ages)
    other = replace(closing, tie_out=replace(tied, customers=customers, ages=ages))
    (one,) = signed(replace(audit, rolled=replace(audit.rolled, closing=other)))
    words = one.words.said(ENGLISH)
    assert {each.figure.measure for each in one.changes} == {Measure.MANAGE, Measure.UNEXPLAINED}
    assert "Open in Manage in CAD was 113.00 and is 114.00" in words
    assert "Lapsed, since this changed after" in words
    assert (ties(audit), ties(replace(audit, rolled=replace(audit.rolled, closing=other)))) == (True, False)


def test_every_sort_of_figure_has_its_words(pushed: tuple[Office, str]) -> None:
    """Also one of a decision about no row of the run, which is in no currency."""
    office, run = pushed
    audit = office.audit(run)
    kept = by(office, run, Role.PREPARER).signed[0].signature
    (one,) = signed(replace(office.audit(run), rows=(), evidence=replace(audit.evidence, entered=(), tie_out=None)))
    said = [replace(one, changes=(each,)).words.said(ENGLISH) for each in one.changes]
    assert any("Entered in Sage in the window (Receipts) in CAD was 226.00 and is 0.00" in words for words in said)
    assert any("Decisions (Held by a person) in no currency was 0 and is 1" in words for words in said)
    assert {each.figure.name for each in one.changes} >= {each.name for each in kept.figures if each.of == "posted"}


def test_one_person_in_both_roles_is_said_while_both_stand(pushed: tuple[Office, str]) -> None:
    """It is not forbidden: a bookkeeper may be alone."""
    office, run = pushed
    by(office, run, Role.PREPARER)
    assert by(office, run, Role.REVIEWER).alone
    assert not by(office, run, Role.REVIEWER, LUC).alone


def test_a_run_without_balances_is_signed_by_its_rows(pushed: tuple[Office, str]) -> None:
    """That every difference is explained is not said of it."""
    office, run = pushed
    audit = office.audit(run)
    bare = replace(audit, evidence=replace(audit.evidence, tie_out=None), rolled=replace(audit.rolled, closing=None))
    assert {Measure.SAGE, Measure.MANAGE}.isdisjoint(each.measure for each in figures(bare))
    assert (ties(audit), ties(bare)) == (True, False)


def test_what_was_not_shown_or_cannot_be_read_does_not_tie(office: Office) -> None:
    """An invoice that Manage left out of its list, and a row in Sage whose amount is none."""
    for number in (ONE, TWO):
        office.invoice(number, "113.00")
    office.receipt(ONE, "113.00")
    office.site.hidden = {TWO + 100_000}
    assert not ties(office.audit(office.sync().run.id))
    office.site.hidden = set()
    assert ties(office.audit(office.sync().run.id))
    read = office.receipt(TWO, "113.00")
    office.books.entries[-1] = replace(read, amount=None, flaw=say("sage-row-amount-bad", id=read.id, why=say("no")))
    audit = office.audit(office.sync().run.id)
    assert (audit.proof.differences, audit.proof.unreadable, ties(audit)) == ((), 1, False)


def test_a_run_that_is_not_on_record_is_not_signed(office: Office) -> None:
    """Nothing is written."""
    with pytest.raises(Refused):
        by(office, "20260410-000000-ffff", Role.PREPARER)
    assert office.ledger.head().rows == 0


def test_a_hash_is_over_names_and_values(pushed: tuple[Office, str]) -> None:
    """A cent, a currency or a name more or less is another one."""
    office, run = pushed
    signature: Signature = by(office, run, Role.PREPARER).signed[0].signature
    first, *rest = signature.figures
    for other in (
        replace(first, value=first.value + Decimal("0.01")),
        replace(first, currency="USD"),
        replace(first, of="discount"),
        replace(first, measure=Measure.SAGE),
    ):
        assert hash_of([other, *rest]) != signature.hash
    assert say("signature-word").said(ENGLISH) == "signature"
