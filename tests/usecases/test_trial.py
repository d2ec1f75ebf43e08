"""The use case Trial: one invoice is written, read back, taken back and read back, whatever Manage asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import cycle, product
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.values.errors import Refused, SetupError, Unavailable
from sync.core.values.messages import say
from sync.core.values.policy import PartialDate
from sync.core.values.posting import Decision, NoAnswer, Outcome, Refusal, Reply
from sync.core.values.proposal import Proposal
from sync.core.values.records import Action, Payment, Write
from sync.core.values.runs import Phase
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.practice.payment_rules import ClosedInvoices, Overpayment, PostDemands, SecondPayment, SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.settings_file import Behaviour, DateClear
from sync.usecases.guards import first_push
from sync.usecases.ports import ManageSite
from sync.usecases.push import Confirm, Stopped
from sync.usecases.trial import TYPES, Tried, candidate, conclusion, lessons, proposal_sentence, trial
from tests.manage.conftest import client_of
from tests.support.english import ids
from tests.support.fakes import FakeSite
from tests.usecases.office import Office, outcomes, statuses

FULL, PART, DATED = "1001", "1002", "1003"
"""Paid in full at once; paid in part; a record of a part, which gets the rest and a date."""


class AskedSite(FakeSite):
    """A site in memory that remembers how it is asked, and what the last refusal named."""

    behaviour = Behaviour()
    named: frozenset[str] = frozenset()

    def behave(self, behaviour: Behaviour) -> None:
        """Ask in another way."""
        self.behaviour = behaviour

    def write(self, write: Write) -> Reply:
        """Keep what a refusal names."""
        reply = super().write(write)
        self.named = reply.names if isinstance(reply, Refusal) else frozenset()
        return reply


def three(office: Office) -> None:
    """An invoice of each kind."""
    office.invoice(1001, "30.00")
    office.receipt(1001, "30.00")
    office.invoice(1002, "100.00")
    office.receipt(1002, "40.00")
    office.invoice(1003, "100.00", office.record(1003, "40.00"))
    office.receipt(1003, "40.00")
    office.receipt(1003, "60.00")


def tried(office: Office, invoice: str | None = None, confirm: Confirm = lambda *_: True) -> Tried:
    """A trial in the office; its site is one that can be asked in other ways."""
    office.clock.pass_by(timedelta(seconds=1))
    site = office.manage
    assert isinstance(site, AskedSite | ManageClient)
    chosen = candidate(office.ledger, office.systems, office.policy, invoice)
    return trial(office.systems, site, office.rules, office.seat, chosen, confirm)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Office]:
    """An office whose site can be asked in other ways."""
    office = Office(folder=tmp_path / "state", site=AskedSite())
    yield office
    office.ledger.close()


class OfficeOnline(Office):
    """An office whose Manage is the practice site, behind a socket."""

    client: ManageClient | None = None

    @property
    def manage(self) -> ManageSite:
        """The client, once there is one."""
        return self.client or self.site


@pytest.fixture(scope="module")
def store() -> Store:
    """The practice site's records."""
    return Store((), (), SiteBehaviour(), lambda: date(2026, 4, 10))


@pytest.fixture(scope="module")
def address(store: Store) -> Iterator[str]:
    """The practice site, served once for all its behaviours."""
    with Server(store) as server:
        yield server.url


OTHERS = cycle(product(SecondPayment, Overpayment))
"""What a trial never meets, and every site plays one way or the other."""


def expected(site: SiteBehaviour, invoice: str) -> dict[str, str] | None:
    """What a trial has to learn of a site; None where it takes no such payment at all."""
    if site.closed_invoices is ClosedInvoices.REFUSED:
        return None
    learned = {"api_version": ""} if site.api_version else {}
    if invoice == DATED:
        return learned | ({"date_clear": "null"} if site.date_clear is DateClear.NULL else {})
    if site.payment_type == "Cheque" and site.post_demands in {PostDemands.TYPE, PostDemands.BOTH}:
        return None
    learned |= {"Payment": {"payment_type": "Payment"}, "Cheque": {"payment_type": ""}}.get(site.payment_type, {})
    dated = invoice == PART and site.partial_date is PartialDate.LAST_RECEIPT
    return learned | ({"partial_date": "last_receipt"} if dated else {})


SITES: list[tuple[str, SiteBehaviour]] = [
    *((FULL, SiteBehaviour(post_demands=demands)) for demands in PostDemands),
    *((PART, SiteBehaviour(post_demands=d, partial_date=p)) for d, p in product(list(PostDemands)[2:], PartialDate)),
    *((DATED, SiteBehaviour(date_clear=clear)) for clear in DateClear),
]
"""Every combination of what a kind of row meets, beside what all of them do."""


@pytest.mark.parametrize("version", ["", "2025.1"])
@pytest.mark.parametrize("kind", ["", "P", "Payment", "Cheque"])
def test_any_site_is_left_as_it_was_and_known(
    tmp_path: Path, store: Store, address: str, kind: str, version: str
) -> None:
    """Under every combination of what the practice site plays; what was learned is what it plays."""
    office = OfficeOnline(folder=tmp_path / "state")
    three(office)
    for each in office.site.invoices_.values():
        store.add(each, *office.site.records[each.id])
    closed = (FULL, SiteBehaviour(closed_invoices=ClosedInvoices.REFUSED))
    with client_of(address, client_id="tests", public_key="sandbox", private_key="sandbox") as office.client:
        for number, played in [*SITES, closed]:
            second, over = next(OTHERS)
            site = store.behaviour = replace(
                played, payment_type=kind, api_version=version, second_payment=second, overpayment=over
            )
            office.client.behave(Behaviour())
            office.sync()
            office.client.behave(Behaviour())
            before = store.payments(100_000 + int(number))
            found, wanted = tried(office, number), expected(site, number)
            assert store.payments(100_000 + int(number)) == before
            assert (found.as_it_was, dict(found.learned)) == (True, wanted or {})
            assert found.well is (wanted is not None and "partial_date" not in found.learned)
            assert len(found.written) <= len(TYPES)
    office.ledger.verify()
    office.ledger.close()


Cut = Callable[[Office], None]


def interrupt(*_: object) -> None:
    """Ctrl-C, or the end of the process as far as the ledger can tell."""
    raise KeyboardInterrupt


def at_write(hook: str, action: Action) -> Cut:
    """While the request of a write is out, before or after Manage took it."""
    return lambda office: setattr(office.site, hook, lambda write: interrupt() if write.action is action else None)


def at_record(name: str, number: int) -> Cut:
    """When the ledger is to record something for the nth time."""

    def cut(office: Office) -> None:
        record, times = getattr(office.ledger, name), iter(range(1, 99))
        setattr(office.ledger, name, lambda each: interrupt() if next(times) == number else record(each))

    return cut


def at_reading(writes: int) -> Cut:
    """When the records are read after so many writes were sent."""
    return lambda office: setattr(
        office.site, "before_payments", lambda _: interrupt() if len(office.site.writes) == writes else None
    )


CUTS = {
    "first reading": at_reading(0),
    "intent": at_record("intend", 1),
    "request out": at_write("before_write", Action.CREATE),
    "request taken": at_write("after_write", Action.CREATE),
    "read back": at_reading(1),
    "outcome": at_record("conclude", 1),
    "end of the push": at_record("finish", 1),
    "intent of the undo": at_record("intend", 2),
    "undo out": at_write("before_write", Action.DELETE),
    "undo taken": at_write("after_write", Action.DELETE),
    "undo read back": at_reading(2),
    "outcome of the undo": at_record("conclude", 2),
    "end of the undo": at_record("finish", 2),
}


@pytest.mark.parametrize("moment", CUTS)
def test_wherever_it_is_cut_short_undo_takes_it_back(asked: Office, moment: str) -> None:
    """The ledger knows what was sent; after the quiet period undo of the run leaves Manage as it was."""
    three(asked)
    run = asked.sync().run.id
    CUTS[moment](asked)
    with pytest.raises((Stopped, KeyboardInterrupt)) as cut:
        tried(asked)
    sent = bool(asked.site.writes)
    assert isinstance(cut.value, Stopped) is (sent or moment == "request out")
    asked.site.before_write = asked.site.after_write = lambda _: None
    asked.site.before_payments = lambda _: None
    asked.reopen()
    asked.clock.pass_by(timedelta(minutes=11))
    with suppress(Refused, SetupError):  # nothing had arrived, or all was taken back
        asked.undo(run, keys=[FULL])
    assert asked.shown(1001) == ("0.00", None)
    assert asked.ledger.in_doubt(next(iter(asked.ledger.companies()))) == []
    assert statuses(asked.sync())["1001"] == "ready"


def test_every_attempt_is_on_record_and_the_first_write_is_confirmed_once(asked: Office) -> None:
    """Refused for its type, it is sent with the next one; each is an attempt of the row."""
    three(asked)
    run = asked.sync().run.id
    confirms: list[int] = []

    def taken(write: Write) -> Reply | None:
        site = asked.manage
        assert isinstance(site, AskedSite)
        wrong = write.action is Action.CREATE and site.behaviour.payment_type != ""
        return Refusal(message=say("No."), names=frozenset({"type"})) if wrong else None

    asked.site.before_write = taken

    def confirm(_: object, why: object, rows: Sequence[Proposal]) -> bool:
        confirms.append(len(rows))
        return why == []

    found = tried(asked, confirm=confirm)
    assert ([each.outcome for each in found.written], confirms) == (["refused", "refused", "posted"], [1])
    assert [(each.attempt, each.undo) for each in asked.ledger.all_postings(run)] == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
    ]
    assert [each.phase for each in asked.ledger.ends(run)] == [Phase.SYNC, *[Phase.PUSH] * len(TYPES), Phase.UNDO]
    assert (found.well, found.learned) == (True, {"payment_type": ""})
    assert ids(conclusion(found)) == ["trial-as-it-was", "trial-sync-again"]
    assert lessons(found) == [say("trial-learned", name="payment_type", value="")]
    assert lessons(replace(found, learned={})) == [say("trial-settings-fit")]


def test_a_refusal_that_no_way_cures_ends_it(asked: Office) -> None:
    """Nothing was written, and it was sent once."""
    three(asked)
    asked.sync()
    asked.site.before_write = lambda _: Refusal(message=say("The invoice is closed."))
    found = tried(asked)
    assert (len(asked.site.writes), found.as_it_was, found.well, found.learned) == (1, True, False, {})
    assert ids(conclusion(found)) == ["trial-nothing-written"]


def test_a_version_is_given_up_where_a_write_alone_refuses_it(asked: Office) -> None:
    """Once; what it refuses again for the same reason has no cure."""
    three(asked)
    asked.sync()
    asked.site.before_write = lambda _: Refusal(message=say("No."), names=frozenset({"version"}))
    assert [each.outcome for each in tried(asked).written] == [Outcome.REFUSED] * 2


def test_what_stands_is_said_with_the_way_back(asked: Office) -> None:
    """Manage refuses the deletion: the amount, the date and the command."""
    three(asked)
    run = asked.sync().run.id
    asked.site.before_write = lambda write: Refusal(message=say("No.")) if write.action is Action.DELETE else None
    found = tried(asked)
    assert (found.as_it_was, found.well) == (False, False)
    assert conclusion(found) == say(
        "trial-stands", invoice=FULL, amount=found.written[0].paid_after or 0, day=date(2026, 4, 7), run=run
    )
    asked.site.before_write = lambda _: None
    assert outcomes(asked.undo(run)) == {FULL: Outcome.POSTED}


def test_an_undo_that_cannot_begin_tells_what_was_written(asked: Office) -> None:
    """Manage no longer answers: the row is named as written."""
    three(asked)
    asked.sync()
    finish = asked.ledger.finish

    def ended(end: object) -> None:
        finish(end)  # type: ignore[arg-type] # as it came
        asked.site.down = True

    asked.ledger.finish = ended  # type: ignore[method-assign]
    with pytest.raises(Stopped) as stopped:
        tried(asked)
    assert isinstance(stopped.value.cause, Unavailable)
    assert [(each.invoice, each.outcome) for each in stopped.value.told] == [(FULL, Outcome.POSTED)]


@pytest.mark.parametrize("action", [Action.CREATE, Action.DELETE])
def test_silence_leaves_it_in_doubt(asked: Office, action: Action) -> None:
    """Neither sent again nor taken back; the way back is said."""
    three(asked)
    asked.sync()
    asked.site.before_write = lambda write: NoAnswer(message=say("No answer.")) if write.action is action else None
    found = tried(asked)
    assert (found.as_it_was, ids(conclusion(found))) == (False, ["trial-in-doubt"])
    assert [each.action for each in asked.site.writes] == [Action.CREATE, Action.DELETE][: len(asked.site.writes)]


def test_a_record_that_is_not_its_own_is_left_alone(asked: Office) -> None:
    """Somebody pays two records meanwhile, and Manage names none: what stands is for a person to see."""
    three(asked)
    asked.sync()

    def others(write: Write) -> Reply:
        records = [Payment(id=each, invoice_id=write.invoice_id, amount=write.amount, paid_on=None) for each in (1, 2)]
        asked.site.add(asked.site.invoices_[write.invoice_id], *records)
        return Refusal(message=say("No."))

    asked.site.before_write = others
    found = tried(asked)
    assert (found.as_it_was, ids(conclusion(found))) == (False, ["trial-record-unclear"])


def test_without_a_yes_nothing_is_written(asked: Office) -> None:
    """As with a push."""
    three(asked)
    asked.sync()
    with pytest.raises(Refused, match="push-not-confirmed"):
        tried(asked, confirm=lambda *_: False)
    assert asked.site.writes == []


def test_the_smallest_that_has_no_record_is_proposed(asked: Office) -> None:
    """What would be written is said with its number, customer, amounts and day."""
    three(asked)
    asked.sync()
    row = candidate(asked.ledger, asked.systems, asked.policy).row
    assert row.invoice == FULL
    assert proposal_sentence(row).said(ENGLISH) == (
        "The trial writes invoice 1001 of Boréal inc. to Manage, where Paid Amount goes from 0.00 to 30.00 CAD (Date "
        "Paid: 2026-04-07), and takes it back at once."
    )
    tried(asked)
    assert candidate(asked.ledger, asked.systems, asked.policy).row.invoice == PART


def test_what_somebody_decided_is_kept(asked: Office) -> None:
    """A No is no candidate, and a note stays on record."""
    three(asked)
    review = asked.sync()
    asked.push_decided(review.run.id, [Decision(key=FULL, approve=False), Decision(key=PART, approve=False, note="n")])
    with pytest.raises(SetupError, match="trial-nothing-fits"):
        candidate(asked.ledger, asked.systems, asked.policy)
    with pytest.raises(SetupError, match="trial-invoice-not-ready"):
        candidate(asked.ledger, asked.systems, asked.policy, PART)
    assert tried(asked, DATED).well


def test_a_review_is_needed_that_may_still_be_pushed(asked: Office) -> None:
    """None yet, or one of other settings: sync first."""
    with pytest.raises(SetupError, match="trial-sync-first"):
        candidate(asked.ledger, asked.systems, asked.policy)
    three(asked)
    asked.sync()
    other = replace(asked.policy, partial_date=PartialDate.LAST_RECEIPT)
    with pytest.raises(SetupError) as refused:
        candidate(asked.ledger, asked.systems, other)
    assert ids(refused.value.text) == ["push-policy-changed", "trial-sync-first"]


def test_it_is_proposed_until_something_was_written_to_the_site(asked: Office) -> None:
    """Whatever the books have seen of it otherwise."""
    three(asked)
    books = asked.sync().run.company
    assert ids(first_push(asked.ledger, books)[0]) == ["push-first-to-site"]
    tried(asked)
    assert first_push(asked.ledger, books) == ()


def test_a_number_that_two_invoices_bear_is_asked_for_by_key(asked: Office) -> None:
    """Nothing is chosen for the person."""
    three(asked)
    asked.sync()
    rows = asked.ledger.reviewed(asked.ledger.history()[0].run.id)
    twins = {str(each): replace(row, key=str(each), invoice=FULL) for each, row in enumerate(rows.values())}
    asked.ledger.reviewed = lambda run: twins  # type: ignore[method-assign] # noqa: ARG005 - the port's name
    with pytest.raises(SetupError) as refused:
        candidate(asked.ledger, asked.systems, asked.policy, f"{FULL} ")
    assert ids(refused.value.text) == ["trial-number-of-several"]
    assert candidate(asked.ledger, asked.systems, asked.policy, "1").row.key == "1"
