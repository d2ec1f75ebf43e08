"""What an audit pack is made of: what a run left open or closed, what happened to it, and who pushed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from sync.core.prove.completeness import Completeness
from sync.core.prove.figures import Disposition
from sync.core.prove.review import Evidence, OpenItem
from sync.core.prove.workpapers import Audit, Event, Held, held, run_log
from sync.core.values.labels import counted
from sync.core.values.messages import Text, say
from sync.core.values.posting import Outcome, Posting
from sync.core.values.proposal import CLOSED, Proposal, Status
from sync.core.values.runs import Export, Head, Person, Phase, RunEnd
from sync.language.catalogues import ENGLISH
from tests.core.prove.test_completeness import ROWS, TAKEN
from tests.core.values.test_file_names import POSTED, READY, RUN

PAUL = Person(user="paul", computer="compta-2")
DAY = date(2026, 4, 10)
VERIFIED = replace(POSTED, key="1", verified=True)


def row(key: str, status: Status = Status.TOTAL_DIFFERS) -> Proposal:
    """A row of a run."""
    return replace(READY, key=key, status=status)


def waiting(key: str, days: int = 10, status: Status = Status.TOTAL_DIFFERS) -> OpenItem:
    """An open item, held so many days before the run."""
    return OpenItem(row=row(key, status), since=DAY - timedelta(days=days), note=f"Note {key}", owner="paul")


def ended(phase: Phase, minutes: int, person: Person = RUN.person, **outcomes: int) -> RunEnd:
    """The end of a phase, some minutes after the run began."""
    counts = {Outcome(name): count for name, count in outcomes.items()}
    at = RUN.started + timedelta(minutes=minutes)
    return RunEnd(run=RUN.id, phase=phase, at=at, person=person, successful=True, outcomes=counts)


EXPORT = Export(
    run=RUN.id,
    at=RUN.started + timedelta(minutes=9),
    person=PAUL,
    folder="/audit",
    files=(("a.xlsx", "0a"), ("a.pdf", "0b")),
    head=Head(rows=3, hash="0c" * 32),
)
AUDIT = Audit(
    run=RUN,
    rows=ROWS,
    decisions={},
    intents=(),
    postings={"1": VERIFIED},
    sent=(VERIFIED,),
    evidence=Evidence(entered=TAKEN),
    held=(),
    ends=(),
    exports=(),
    head=Head(rows=9, hash="ab"),
    at=RUN.started,
    person=PAUL,
)


def test_what_is_open_stands_oldest_first_with_its_note_its_owner_and_its_age() -> None:
    """As it was last reviewed, counted up to the day of the run; what was opened that day is no day old."""
    items = [waiting("1", days=0), waiting("2", days=31), waiting("3", days=2)]
    now = {item.row.key: item for item in items}
    found = held({}, now, [row(key) for key in now], {}, DAY)
    assert found[0] == Held(row=row("2"), opened=date(2026, 3, 10), age=31, note="Note 2", owner="paul")
    assert [(item.row.key, item.age) for item in found] == [("2", 31), ("3", 2), ("1", 0)]


def test_an_item_is_never_less_than_no_day_old() -> None:
    """One that an undo opened again is as old as the run that showed it then, which may be a later one."""
    (item,) = held({}, {"1": waiting("1", days=-3)}, [row("1")], {}, DAY)
    assert (item.opened, item.age) == (date(2026, 4, 13), 0)


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_what_leaves_nothing_to_do_is_not_held(status: Status) -> None:
    """Even while the ledger has it open."""
    assert held({}, {"1": waiting("1", status=status)}, [row("1", status)], {}, DAY) == []


def test_what_a_later_run_opened_is_none_of_this_one_s() -> None:
    """The pack of a run is about its own rows, whenever it is made."""
    assert held({}, {"2": waiting("2")}, [row("1")], {}, DAY) == []


@pytest.mark.parametrize(
    ("status", "posting", "closed", "how"),
    [
        (Status.READY, VERIFIED, DAY, "audit-posted-and-read-back"),
        (Status.READY, replace(VERIFIED, outcome=Outcome.ALREADY), DAY, "audit-found-in-agreement"),
        (Status.IN_AGREEMENT, None, DAY, "audit-found-in-agreement"),
        (Status.VOIDED, None, DAY, "audit-voided-in-sage"),
        (Status.CREDIT_NOTE, None, DAY, "audit-found-credit-note"),
        (Status.NOT_IN_MANAGE, None, None, "audit-settled-by-later-run"),
        (Status.READY, None, None, "audit-settled-by-later-run"),
        (Status.READY, replace(VERIFIED, verified=False), None, "audit-settled-by-later-run"),
    ],
)
def test_what_was_open_before_and_is_no_more_says_how_it_closed(
    status: Status, posting: Posting | None, closed: date | None, how: str
) -> None:
    """With the day where the run itself closed it; the row is as this run reviewed it."""
    postings = {"1": posting} if posting else {}
    assert held({"1": waiting("1")}, {}, [row("1", status)], postings, DAY) == [
        Held(
            row=row("1", status),
            opened=date(2026, 3, 31),
            age=10,
            note="Note 1",
            owner="paul",
            closed=closed,
            how=say(how),
        )
    ]


def test_what_closed_stands_after_what_is_open_and_only_if_the_run_reviewed_it() -> None:
    """However old."""
    before = {key: waiting(key, days=40) for key in ("1", "2", "3")}
    found = held(before, {"2": before["2"]}, [row("1", Status.VOIDED), row("2")], {}, DAY)
    assert [(item.row.key, item.closed) for item in found] == [("2", None), ("1", DAY)]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (ended(Phase.SYNC, 1), "The reconciliation was shown for review. Nothing was written to Manage."),
        (
            ended(Phase.REBUILD, 1),
            "It became the first run of a new ledger, in place of a lost one. Nothing was written to Manage.",
        ),
        (ended(Phase.PUSH, 1, posted=3, refused=1), "Push: 3 posted, 1 refused."),
        (ended(Phase.PUSH, 1), "Push: no row."),
        (ended(Phase.UNDO, 1, posted=3), "Undo: 3 posted."),
        (ended(Phase.UNDO, 1), "Undo: no row."),
    ],
)
def test_each_phase_is_said_in_its_own_words(end: RunEnd, words: str) -> None:
    """With what became of the rows."""
    assert [event.what.said(ENGLISH) for event in run_log(RUN, [end], [])][1:] == [words]


def test_the_log_tells_who_did_what_in_the_order_of_time() -> None:
    """From the reading to the files, however they are found in the ledger."""
    ends = [ended(Phase.UNDO, 12, posted=1), ended(Phase.SYNC, 1), ended(Phase.PUSH, 5, PAUL, posted=1)]

    def event(minutes: int, person: Person, what: Text) -> Event:
        return Event(at=RUN.started + timedelta(minutes=minutes), person=person, what=what)

    assert run_log(RUN, ends, [EXPORT]) == [
        event(0, RUN.person, say("audit-rows-recorded")),
        event(1, RUN.person, say("audit-sync-ended")),
        event(5, PAUL, say("audit-push-counts", counts=counted({Outcome.POSTED: 1}))),
        event(9, PAUL, say("audit-files-written", count=2)),
        event(12, RUN.person, say("audit-undo-counts", counts=counted({Outcome.POSTED: 1}))),
    ]


def test_who_pushed_and_who_undid_is_named_once_and_who_only_read_is_not() -> None:
    """Neither a sync nor the rebuilding of a lost ledger writes to Manage, nor does a push of no row."""
    quiet = [ended(Phase.SYNC, 1), ended(Phase.REBUILD, 2), ended(Phase.PUSH, 2)]
    assert replace(AUDIT, ends=quiet).pushed_by == ()
    some, marie = {Outcome.POSTED: 1}, RUN.person
    loud = [
        *quiet,
        *(
            replace(ended(phase, at, who), outcomes=some)
            for phase, at, who in ((Phase.PUSH, 3, PAUL), (Phase.UNDO, 4, marie), (Phase.PUSH, 5, PAUL))
        ),
    ]
    audit = replace(AUDIT, ends=loud)
    assert (audit.pushed_by, audit.undone_by) == ((PAUL,), (marie,))


def test_each_row_became_what_its_posting_says() -> None:
    """By its key."""
    assert {row.key: AUDIT.became(row) for row in AUDIT.rows} == {
        "1": Disposition.POSTED,
        "2": Disposition.IN_AGREEMENT,
        "3": Disposition.WAITING,
        "4": Disposition.WAITING,
    }


def test_the_proof_of_completeness_counts_what_was_posted() -> None:
    """From the evidence, the rows and the postings of this run."""
    proof = AUDIT.proof
    assert (proof.entered, proof.differences, proof.disposed[0].disposition) == (TAKEN, (), Disposition.POSTED)
    bare = replace(AUDIT, rows=(), postings={}, evidence=Evidence())
    assert bare.proof == Completeness(entered=(), disposed=(), differences=())
