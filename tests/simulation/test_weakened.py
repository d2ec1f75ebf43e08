"""The same histories with one guard taken out: the simulation has to notice, or it proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

import pytest
import requests
from msgspec.structs import replace

from sync.core.decide.push_rules import ending_without_request
from sync.core.values.messages import say as words
from sync.core.values.posting import (
    Accepted,
    Intent,
    NoAnswer,
    NotSent,
    Outcome,
    Posting,
    Refusal,
    Reply,
    posting_of,
)
from sync.core.values.proposal import Proposal
from sync.ledger.sqlite_ledger import SqliteLedger
from sync.manage import manage_errors, payment_writes
from sync.manage.http_session import ManageSession
from sync.usecases import push, write_protocol
from sync.usecases.ports import ManageSite, Seat
from sync.usecases.write_protocol import Check
from tests.simulation.faults import FAULTS
from tests.simulation.history import EDITS, History, Told, broken, every_death, play_all
from tests.simulation.plan import CHANGED, CREATED, DELETED

LATE = [name for name in FAULTS if "late" in name]
TICKS = range(1, 47)
UNAVAILABLE = 503


def whatever_happened(
    run: str, row: Proposal, current: Proposal | None, doubtful: Mapping[int, Intent]
) -> Posting | None:
    """Weakened: a row is sent as it is now, if there is anything to write."""
    if current is not None and current.write is not None:
        return None
    return ending_without_request(run, row, current, doubtful)


def noticed(told: Iterable[Told]) -> Counter[str]:
    """In how many histories each invariant was broken."""
    return Counter(letter for each in told for letter in each.judge.letters)


Tally = Callable[[str, object], None]


def say(what: str, told: list[Told], tally: Tally) -> None:
    """Put the figures into the report: they are the result."""
    figures = ", ".join(f"{letter} {count}" for letter, count in sorted(noticed(told).items()))
    tally("weakened", f"{what}: {len(broken(told))} of {len(told)} histories break ({figures or 'none'})")


def late_and_eager(quiet: timedelta) -> list[Told]:
    """Writes that arrive late while the user pushes again at once."""
    histories = [History(fault=fault, nth=nth, quiet=quiet) for fault in LATE for nth in (1, 2, 3, 4)]
    return [*play_all(histories), *every_death(History(fault="late by 90 s", quiet=quiet))]


def test_with_the_quiet_period_late_writes_are_harmless(record_property: Tally) -> None:
    """The control: the same histories as in the next test, and nothing breaks."""
    told = late_and_eager(timedelta(minutes=10))
    say("quiet period", told, record_property)
    record_property("histories", len(told))
    assert broken(told) == {}


def test_without_a_quiet_period_late_writes_pay_twice(record_property: Tally) -> None:
    """Concluding "not applied" too soon makes a second payment that nobody approved."""
    told = late_and_eager(timedelta(0))
    say("no quiet period", told, record_property)
    assert noticed(told)["b"] >= 10
    assert noticed(told)["a"] >= 10


def test_without_intents_deaths_and_lost_answers_pay_twice(
    monkeypatch: pytest.MonkeyPatch, record_property: Tally
) -> None:
    """Nothing is known of a request whose answer was lost: it is sent again, and arrives twice."""
    monkeypatch.setattr(SqliteLedger, "intend", lambda *_: None)
    told = late_and_eager(timedelta(minutes=10))
    say("no intents", told, record_property)
    assert noticed(told)["d"] == len(told)
    assert noticed(told)["b"] >= 10
    assert noticed(told)["a"] >= 10


def edited() -> list[Told]:
    """A person works on one of the invoices while the others are written."""
    ticks = range(3, 34, 5)
    edits = [(kind, number, tick) for kind in EDITS for number in (CREATED, CHANGED, DELETED) for tick in ticks]
    return play_all(History(edit=edit, undo=undo) for edit in edits for undo in (False, True))


def untrue() -> list[Told]:
    """Answers that are not what became of the write."""
    names = [name for name in FAULTS if name.startswith(("200", "4", "503", "TLS", "another"))]
    return play_all(
        History(fault=fault, nth=nth, undo=undo) for fault in names for nth in (1, 2, 3, 4) for undo in (False, True)
    )


def test_with_all_its_guards_the_protocol_is_right(record_property: Tally) -> None:
    """The control: the same histories as in the next tests, and nothing breaks."""
    told = [*edited(), *untrue()]
    say("no guard taken out", told, record_property)
    record_property("histories", len(told))
    assert broken(told) == {}


def test_without_reading_again_a_person_s_work_is_overwritten(
    monkeypatch: pytest.MonkeyPatch, record_property: Tally
) -> None:
    """All is read before the first write, as it once was."""

    def write_rows(
        manage: ManageSite,
        seat: Seat,
        run: str,
        ready: Sequence[Proposal],
        check: Check,
        far: write_protocol.HowFar,
        *,
        undo: bool,
    ) -> None:
        once = {row.key: check(row) for row in ready}
        write_protocol.write_rows(manage, seat, run, ready, lambda row: once[row.key], far, undo=undo)

    monkeypatch.setattr(push, "write_rows", write_rows)
    told = edited()
    say("no reading before a write", told, record_property)
    assert noticed(told)["i"] >= len(told)
    assert noticed(told)["l"] >= 10


def test_without_reading_back_an_answer_is_taken_for_the_truth(
    monkeypatch: pytest.MonkeyPatch, record_property: Tally
) -> None:
    """A success is posted, a refusal refused."""

    def believed(_: object, intent: Intent, reply: Accepted | Refusal | NoAnswer) -> write_protocol._Ended:
        if isinstance(reply, Accepted):
            posting = posting_of(intent, Outcome.POSTED, words("push-written-and-read-back"))
            return write_protocol._Ended(posting=replace(posting, verified=True, paid_after=intent.paid_proposed))
        outcome = Outcome.REFUSED if isinstance(reply, Refusal) else Outcome.UNKNOWN
        return write_protocol._Ended(posting=posting_of(intent, outcome, reply.message))

    monkeypatch.setattr(write_protocol._RowWriter, "_read_back", believed)
    told = [*edited(), *untrue()]
    say("no reading back", told, record_property)
    assert noticed(told)["j"] >= len(told)
    assert noticed(told)["k"] >= 10
    assert noticed(told)["h"] >= 10


def test_with_503_sent_again_late_writes_pay_twice(monkeypatch: pytest.MonkeyPatch, record_property: Tally) -> None:
    """As if only a site that has done nothing said so."""
    real = payment_writes.judge

    def busy(session: ManageSession, response: requests.Response) -> Reply:
        reply = real(session, response)
        if response.status_code == UNAVAILABLE and isinstance(reply, NoAnswer):
            return NotSent(message=reply.message, wait=5.0)
        return reply

    monkeypatch.setattr(payment_writes, "judge", busy)
    told = untrue()
    say("503 sent again", told, record_property)
    assert noticed(told)["b"] >= 2
    assert noticed(told)["k"] >= 5


def test_with_broken_tls_called_not_sent_late_writes_pay_twice(
    monkeypatch: pytest.MonkeyPatch, record_property: Tally
) -> None:
    """As if a TLS stream could only break before the request."""
    real = manage_errors.never_left
    monkeypatch.setattr(manage_errors, "never_left", lambda e: real(e) or isinstance(e, requests.exceptions.SSLError))
    told = untrue()
    say("TLS failure is not sent", told, record_property)
    assert noticed(told)["k"] >= 5


def test_without_the_comparison_what_nobody_approved_is_sent(
    monkeypatch: pytest.MonkeyPatch, record_property: Tally
) -> None:
    """Sent although a person changed the invoice since the review, or although an earlier write is in doubt."""
    monkeypatch.setattr(push, "ending_without_request", whatever_happened)
    edits = [(kind, number, tick) for kind in EDITS for number in (CREATED, CHANGED, DELETED) for tick in TICKS[:12:2]]
    told = [*play_all(History(edit=edit) for edit in edits), *late_and_eager(timedelta(minutes=10))]
    say("no comparison", told, record_property)
    assert noticed(told)["c"] >= 10
    assert noticed(told)["b"] >= 10
