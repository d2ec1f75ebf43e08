"""Some days at an office in Québec in which everything happens that a ledger records, at set moments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import count
from pathlib import Path
from unittest.mock import patch

from msgspec.structs import replace

from sync.core.decide.holds import Former
from sync.core.values.messages import say
from sync.core.values.policy import Policy
from sync.core.values.posting import LATER, Decision, NoAnswer, NotSent, Refusal, Reply
from sync.core.values.records import AccountReading, LedgerPart, Reading, Wanted, Write
from sync.core.values.runs import Export, Person, SiteSays
from sync.core.values.signature import Role
from sync.usecases.accept_match import accept
from sync.usecases.push import Stopped
from sync.usecases.sign import sign
from sync.usecases.sync import rebuild
from tests.support.fakes import FakeBooks
from tests.usecases.office import Office

ZOE = Person(user="zoé.lévesque", computer="COMPTA-1")
NOTE = 'Payé « comptant », dit "OK" 👍\nà vérifier'
MARCH = date(2026, 3, 2)
POSTED, PART, LATE, LOST, REFUSED, RENAMED, EDITED, TYPED = range(1001, 1009)
ABSENT, OTHER_TOTAL, CREDIT, DOLLARS, UNNAMED_CURRENCY, OLD, BY_HAND, ELSEWHERE, OFF = range(1009, 1018)
REOPENED, VOIDED, UNREADABLE, TWINS, CUT, OTHER_CUSTOMER, TOO_MUCH, CLIPPED, TOO_LATE = range(1018, 1027)
DEPOSIT, AHEAD, OTHER_KIND, BY_CREDIT, GIVING = range(1027, 1032)
LEFT, REACHED = 1032, 1033
ACCOUNT = AccountReading(
    account=12000000,
    balance=Decimal("1904.25"),
    parts=(
        LedgerPart(currency_id=1, settled=False, documents=12, leaving=12, amount=Decimal("1700.00")),
        LedgerPart(currency_id=2, settled=False, documents=2, leaving=2, amount=Decimal("180.50")),
        LedgerPart(currency_id=2, settled=True, documents=3, leaving=1, amount=Decimal("-3.10")),
        LedgerPart(currency_id=3, settled=True, documents=1, leaving=0, amount=None),
    ),
)


class Books(FakeBooks):
    """Books that say how they were searched as the real reader does."""

    def read(self, wanted: Wanted) -> Reading:
        """Answer as the fake does."""
        return replace(super().read(wanted), strategy=say("sage-found-by-entry-day"))


@contextmanager
def at_set_moments() -> Iterator[None]:
    """Have runs named in order, and rows dated a second apart, so that the same files are written each time."""
    names, rows = count(1), count(1)

    class Moments(datetime):
        """A clock that every row moves by a second."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Moments:
            """The next moment."""
            return cls(2026, 4, 10, 14, tzinfo=tz) + timedelta(seconds=next(rows))

    with (
        patch("sync.usecases.sync.secrets.token_hex", lambda _: f"{next(names):04x}"),
        patch("sync.ledger.chain_file.datetime", Moments),
    ):
        yield


def lived(folder: Path) -> None:
    """Live through all of it; the ledger is left in a folder."""
    office = Office(folder=folder, policy=Policy(currencies={1: "CAD", 2: "USD"}), person=ZOE)
    office.books = Books(company="Réseaux Érable inc.", account=ACCOUNT)
    office.site.says = SiteSays(company_id="acme", company_name="Réseaux Érable")
    furnish(office)
    first = first_run(office)
    second = second_run(office)
    office.undo(second)
    office.ledger.export(
        Export(
            run=first,
            at=office.clock.now(),
            person=Person(user="luc", computer="AUDIT-2"),
            folder="C:\\Vérification\\2026-04",
            files=(("AR-PaymentSync.xlsx", "0a" * 32), ("csv/30 Posted.csv", "0b" * 32)),
            head=office.ledger.head(),
        )
    )
    sign(office.ledger, first, Role.REVIEWER, Person(user="luc", computer="AUDIT-2"), office.clock.now(), NOTE)
    cut_short(office)
    elsewhere(office)
    office.ledger.close()


def furnish(office: Office) -> None:
    """Invoices of every kind, most of them with a receipt of these days."""
    for number in (*range(POSTED, ABSENT), CUT, CLIPPED):
        office.invoice(number, "113.00")
        office.receipt(number, "40.00" if number == PART else "113.00", entered_by="zoé")
    for number in (ABSENT, CREDIT):
        office.invoice(number, "-30.00" if number == CREDIT else "56.50")
        del office.site.invoices_[number + 100_000]
        office.receipt(number, "5.00")
    office.invoice(OTHER_TOTAL, "200.00", manage_total="210.00")
    for number in (OTHER_TOTAL, DOLLARS, UNNAMED_CURRENCY):
        if number != OTHER_TOTAL:
            office.invoice(number, "80.00")
            change(office, number, currency_id=2 if number == DOLLARS else 3)
        office.receipt(number, "80.00", kind=2 if number == OTHER_TOTAL else 1)
    office.invoice(OLD, "70.00")
    office.books.entries[-1] = replace(office.books.entries[-1], entered_on=date(2026, 1, 2))
    office.receipt(OLD, "70.00", dated=date(2026, 1, 9), entered_on=date(2026, 1, 9))
    office.invoice(BY_HAND, "90.00", office.record(BY_HAND, "90.00", MARCH))
    office.invoice(ELSEWHERE, "60.00")
    office.books.documents.pop()
    office.books.entries.pop()
    office.invoice(OFF, "50.00")
    off = office.site.invoices_[OFF + 100_000]
    office.site.invoices_[off.id] = replace(off, balance=off.balance + Decimal("7.00"))
    office.invoice(REOPENED, "120.00", office.record(REOPENED, "120.00", MARCH))
    office.receipt(REOPENED, "20.00")
    office.invoice(VOIDED, "45.00")
    for kind, amount in ((0, "-45.00"), (1, "-45.00"), (1, "45.00")):
        office.row(VOIDED, amount, kind=kind, reversed=True)
    office.invoice(OTHER_CUSTOMER, "15.00", manage_total="16.00")
    office.receipt(OTHER_CUSTOMER, "15.00")
    theirs = office.site.invoices_[OTHER_CUSTOMER + 100_000]
    office.site.add(replace(theirs, company="Autre", company_code="AUTRE"))
    office.invoice(TOO_MUCH, "10.00")
    office.receipt(TOO_MUCH, "11.00")
    office.invoice(UNREADABLE, "33.00")
    entry = office.receipt(UNREADABLE, "1.00")
    office.books.entries[-1] = replace(entry, amount=None, flaw=say("sage-row-amount-bad", id=77, why=say("empty")))
    office.invoice(TWINS, "25.00")
    change(office, TWINS, customer='Café L\'Été "chez nous"')
    office.receipt(TWINS, "25.00")
    twin = office.site.invoices_[TWINS + 100_000]
    for place in (0, 1):
        office.site.add(replace(twin, id=twin.id + 1000 * place, company=f"Autre {place}", company_code=f"A{place}"))
    change(office, PART, customer="Dépanneur Noël & fils")
    of_other_kinds(office)
    office.invoice(TOO_LATE, "25.00")


def of_other_kinds(office: Office) -> None:
    """A deposit, a cheque still to come, money of a kind nobody knows, and a credit note beside a cheque."""
    office.invoice(DEPOSIT, "60.00")
    office.books.entries.pop()
    del office.site.invoices_[DEPOSIT + 100_000]
    office.receipt(DEPOSIT, "60.00")
    for number in (AHEAD, OTHER_KIND, BY_CREDIT, GIVING):
        office.invoice(number, "-30.00" if number == GIVING else "113.00")
    office.receipt(AHEAD, "113.00", dated=date(2026, 5, 1))
    office.receipt(OTHER_KIND, "113.00", kind=6)
    del office.site.invoices_[GIVING + 100_000]
    office.receipt(BY_CREDIT, "113.00", number="R900", beyond=Decimal("-0.0049"))
    office.row(GIVING, "30.00", number="R900", banked=False)


def change(office: Office, number: int, **changes: object) -> None:
    """Change a document in Sage."""
    office.books.documents = [replace(d, **changes) if d.id == number else d for d in office.books.documents]


def answers(office: Office, write: Write) -> Reply | None:
    """Manage answers two writes not at all, refuses one, and is busy when another comes for the first time."""
    if write.invoice_id == PART + 100_000 and office.site.writes.count(write) == 1:
        return NotSent(message=say("manage-write-not-sent", why=say("not-reached")), wait=2.0)
    if write.invoice_id in {LATE + 100_000, LOST + 100_000}:
        return NoAnswer(message=say("manage-write-unsure-no-answer") + LATER)
    if write.invoice_id == REFUSED + 100_000:
        return Refusal(message=say("manage-permission-lacking", what=say("manage-to-write-payment"), said='"l\'accès"'))
    return None


def clip(office: Office, write: Write) -> None:
    """Manage keeps less of one write than was sent."""
    if write.invoice_id == CLIPPED + 100_000:
        (record,) = office.site.records[write.invoice_id]
        less = replace(record, amount=Decimal("100.00"))
        office.site.add(office.site.invoices_[write.invoice_id], less)


def first_run(office: Office) -> str:
    """Every outcome at once; what Manage applied in silence shows later."""
    review = office.sync()
    office.site.before_write = lambda write: answers(office, write)
    office.site.after_write = lambda write: clip(office, write)
    change(office, RENAMED, customer="Lumière ltée")
    office.site.add(office.site.invoices_[TYPED + 100_000], office.record(TYPED, "113.00", date(2026, 4, 7), 77))
    edited = say("review-cell-changed", column=say("customer"), found="Boréal", reviewed="Boréal inc.")
    decisions = [
        Decision(
            key=row.key,
            approve=row.approve and row.invoice != str(CUT),
            note=NOTE if row.approve or row.invoice == str(REOPENED) else "",
            owner="José" if row.invoice == str(REOPENED) else "",
            objection=edited if row.invoice == str(EDITED) else None,
        )
        for row in review.rows
    ]
    office.push_decided(review.run.id, decisions)
    sent = next(write for write in office.site.writes if write.invoice_id == LATE + 100_000)
    office.site.before_write = office.site.after_write = lambda _: None
    office.site.apply(sent)
    return review.run.id


def second_run(office: Office) -> str:
    """After the quiet period: one write was applied after all, one never was and is sent again. History is accepted."""
    office.clock.pass_by(timedelta(minutes=11))
    office.go_live = date(2026, 3, 5)
    (record,) = office.site.records[POSTED + 100_000]
    office.site.add(office.site.invoices_[POSTED + 100_000], replace(record, amount=Decimal("100.00")))
    office.receipt(TOO_LATE, "25.00", entered_on=date(2026, 4, 10))
    review = office.sync(until=date(2026, 4, 9))
    office.push(review, approve={str(REOPENED): True, str(CUT): False})
    return review.run.id


def cut_short(office: Office) -> None:
    """What was held is released; the program does not survive the push, and nothing but an intent is known of it.

    Before it a receipt is moved, and an invoice of another number accepted.
    """
    office.invoice(LEFT, "75.00", office.record(LEFT, "75.00", MARCH))
    office.invoice(REACHED, "75.00")
    for number in (LEFT, REACHED):
        office.receipt(number, "75.00", number="RC-75", reversed=number == LEFT)
    office.row(LEFT, "75.00", number="RC-75", reversed=True)
    review = office.sync()
    accept(office.systems, office.seat, str(ABSENT), str(ELSEWHERE))

    def cut(_: Write) -> Reply:
        raise KeyboardInterrupt

    office.site.before_write = cut
    try:
        office.push(review, approve={str(CUT): True})
    except Stopped:
        office.site.before_write = lambda _: None


def elsewhere(office: Office) -> None:
    """Other books at another site, whose ledger was lost: it begins anew in the same file."""
    office.address, office.login = "https://api-eu.example.net", "érable"
    office.site.says = None
    office.books.company = "Maple Networks Inc."
    office.clock.pass_by(timedelta(days=1))
    rebuild(office.systems, office.rules, office.seat, Former())
