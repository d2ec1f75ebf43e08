"""The wire to Manage, broken wherever it can break: a push says what is true, sends nothing twice, and is made good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from sync.core.prove.review import Review
from sync.core.values.errors import Unavailable
from sync.core.values.posting import Outcome
from sync.core.values.records import Action
from sync.ledger.sqlite_ledger import SqliteLedger
from sync.usecases import write_protocol
from tests.faults.wired import WiredOffice, logged_in, wired
from tests.support.breakage import HEALTHY, End, Request, Toxic

POSTED, UNKNOWN, REFUSED = Outcome.POSTED, Outcome.UNKNOWN, Outcome.REFUSED
Tally = Callable[[str, object], None]
ROWS = {10_001: Action.CREATE, 10_002: Action.CHANGE, 10_003: Action.DELETE}
SUCCESS = len(b"HTTP/1.0 204")
"""A deletion is confirmed by its status alone, so that an answer cut after it is one; the reading proves it."""

ALL_ALIKE = len(b"HTTP/1.0 204 NO CONTENT\r\n")
"""How far every answer is cut at every byte: to where the status is known."""

BROKEN = {
    "reset before it arrives": Toxic(delivered=False, end=End.RESET),
    "reset before the answer": Toxic(passed=0, end=End.RESET),
    "reset in the answer": Toxic(passed=SUCCESS - 1, end=End.RESET),
    "closed before the answer": Toxic(passed=0),
    "cut in the answer": Toxic(passed=SUCCESS - 1),
    "slower than the time-out": Toxic(pause=0.8),
    "request swallowed": Toxic(delivered=False, end=End.HANG),
    "answer swallowed": Toxic(passed=0, end=End.HANG),
}
HARMLESS = {
    "reset after the answer": Toxic(end=End.RESET),
    "left open after the answer": Toxic(end=End.HANG),
    "slow within the time-out": Toxic(pause=0.1, drops=2),
}
TIMEOUT = 0.4
"""Shorter than the longest pause above, longer than the others, and long enough for the practice site to answer."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[WiredOffice]:
    """A first payment, a change and a deletion to be written over a wire."""
    office = WiredOffice(folder=tmp_path / "state")
    for number, action in ROWS.items():
        office.due(number, action)
    with wired(office):
        yield office


def pushed(office: WiredOffice, review: Review) -> list[Outcome]:
    """Push every row over the wire as it is; what is said of each is true, nothing is sent twice or unannounced."""
    before = len(office.proxy.writes)
    held = {number: office.held(number) for number in office.actions}
    postings = office.approved(review).postings
    sent = Counter(request.path.split("/")[3] for request in office.proxy.writes[before:])
    assert max(sent.values(), default=0) <= 1
    assert set(sent) <= {str(intent.write.invoice_id) for intent in office.ledger.intents(review.run.id)}
    said = {int(posting.invoice): posting for posting in postings}
    assert set(said) == set(office.actions)
    posted = {number for number, posting in said.items() if posting.outcome is POSTED}
    assert all(said[number].verified for number in posted)
    assert posted <= office.right()
    refused = {number for number, posting in said.items() if posting.outcome is REFUSED}
    assert {number: office.held(number) for number in refused} == {number: held[number] for number in refused}
    return [posting.outcome for posting in postings]


@pytest.mark.parametrize("name", [*BROKEN, *HARMLESS])
def test_a_write_over_a_broken_wire(office: WiredOffice, name: str) -> None:
    """Faults 3, 4, 6 and 8: whatever was answered, it is posted where a reading shows it, and else unknown."""
    review = office.sync()
    toxic = (BROKEN | HARMLESS)[name]
    office.wait_at_most(TIMEOUT)
    office.proxy.choose = lambda request: toxic if request.writes else HEALTHY
    assert pushed(office, review) == [POSTED if toxic.delivered else UNKNOWN] * 3
    assert len(office.proxy.writes) == 3
    office.settled(review)


def test_a_write_that_nobody_accepts(office: WiredOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 8: the connection is refused just after the intent: nothing was sent, which is said, and may be pushed."""
    review = office.sync()
    intend = SqliteLedger.intend

    def unplugged(*arguments: object) -> None:
        intend(*arguments)  # type: ignore[arg-type]
        office.proxy.refuse()

    with monkeypatch.context() as patch:
        patch.setattr(SqliteLedger, "intend", unplugged)
        assert pushed(office, review) == [REFUSED] * 3
    assert office.proxy.writes == []
    office.settled(review)


@pytest.mark.parametrize("times", [1, 99], ids=["once", "always"])
@pytest.mark.parametrize("name", [*BROKEN, *HARMLESS])
def test_a_read_back_over_a_broken_wire(office: WiredOffice, name: str, times: int) -> None:
    """Fault 6: written, and nothing can be read any more: unknown, and the rows after it, not read, are not sent."""
    review = office.sync()
    toxic, readings = (BROKEN | HARMLESS)[name], Counter[str]()
    office.wait_at_most(TIMEOUT)

    def choose(request: Request) -> Toxic:
        if request.writes or not office.proxy.writes:
            return HEALTHY
        readings[request.path] += 1
        return toxic if readings[request.path] <= times else HEALTHY

    office.proxy.choose = choose
    lost = name in BROKEN and times > 1
    assert pushed(office, review) == ([UNKNOWN, REFUSED, REFUSED] if lost else [POSTED] * 3)
    assert sum("/payments?" in path for path in readings) == 3  # the balances are read after that
    office.settled(review)


def test_a_read_back_that_nobody_accepts(office: WiredOffice) -> None:
    """Fault 6: the line is lost with the first write's answer: that one is unknown, the others were never sent."""
    review = office.sync()
    office.proxy.choose = lambda request: Toxic(last=True) if request.writes else HEALTHY
    assert pushed(office, review) == [UNKNOWN, REFUSED, REFUSED]
    assert len(office.proxy.writes) == 1
    office.settled(review)


def whole_answer(action: Action, folder: Path) -> int:
    """How many bytes the practice site answers such a write with."""
    office = WiredOffice(folder=folder)
    office.due(10_000, action)
    with wired(office):
        assert pushed(office, office.sync()) == [POSTED]
        return office.proxy.answers[office.proxy.writes[0]]


@pytest.mark.parametrize(("action", "step"), [(Action.CREATE, 1), (Action.CHANGE, 5), (Action.DELETE, 5)])
def test_a_write_s_answer_cut_at_every_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Tally, action: Action, step: int
) -> None:
    """Fault 6: one row for each byte of the answer, cut there: posted all the same, as a reading proves.

    Beyond the status line the heads of the three are alike, and one of them is cut at every byte.
    """
    length = whole_answer(action, tmp_path / "short")
    cuts = [*range(ALL_ALIKE), *range(ALL_ALIKE, length, step), length]
    office = WiredOffice(folder=tmp_path / "every")
    for number in range(10_000, 10_000 + len(cuts)):
        office.due(number, action)
    monkeypatch.setattr(write_protocol, "BREAKER", len(cuts))  # so that one push reaches every row
    left = iter(cuts)
    with wired(office):
        review = office.sync()
        office.proxy.choose = lambda request: Toxic(passed=next(left)) if request.writes else HEALTHY
        assert pushed(office, review) == [POSTED for _ in cuts]
        assert {office.proxy.answers[write] for write in office.proxy.writes} == {length}
        assert office.right() == set(office.actions)
        office.settled(review)
        assert len(office.proxy.writes) == len(cuts)
    record_property("truncations", len(cuts) - 1)


def asks(kind: str, request: Request) -> bool:
    """A request for this kind of reading."""
    return request.path.partition("?")[0].endswith(kind)


def proposed(review: Review) -> list[object]:
    """All that a push would go by."""
    return [(row.key, row.status, row.write, row.fingerprint) for row in review.rows]


def synced(office: WiredOffice) -> list[object] | None:
    """What a sync of a program just started proposes; None when it ends with 3, having recorded nothing."""
    head = office.ledger.head()
    with logged_in(office.proxy.url) as office.client:
        try:
            return proposed(office.sync())
        except Unavailable as why:
            error = why
    assert (error.exit_status, office.ledger.head()) == (3, head)
    return None


@pytest.mark.parametrize("times", [1, 99], ids=["once", "always"])
@pytest.mark.parametrize("kind", ["/companyinfo/acme", "/finance/invoices", "/payments"])
def test_a_reading_s_answer_cut_anywhere(office: WiredOffice, record_property: Tally, kind: str, times: int) -> None:
    """Fault 34: cut where it may be, a reading is asked for again or the sync ends with 3: never a wrong proposal."""
    with logged_in(office.proxy.url) as office.client:
        expected = proposed(office.sync())
    length = max(size for request, size in office.proxy.answers.items() if asks(kind, request))
    cuts = [*range(0, length, 29), *range(length - 3, length)]
    ends = Counter[bool]()
    for passed in cuts:
        left = count(1)

        def choose(request: Request, left: Iterator[int] = left, passed: int = passed) -> Toxic:
            return Toxic(passed=passed) if asks(kind, request) and next(left) <= times else HEALTHY

        office.proxy.choose = choose
        found = synced(office)
        assert found in (None, expected)
        ends[found is None] += 1
    assert ends[True] > 0
    assert (ends[False] > 0) == (times == 1)
    assert office.proxy.writes == []
    record_property("truncations", len(cuts))
