"""A ledger that takes the place of a lost one remembers what can still be read, and says where that is not all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import Former, Noted, carried
from sync.core.prove.review import Review
from sync.core.values.errors import Refused
from sync.core.values.messages import Text
from sync.core.values.posting import Decision, Outcome
from sync.core.values.proposal import AcceptedMatch, Hold
from sync.core.values.runs import Company, SiteSays
from sync.ledger.sqlite_ledger import open_ledger, what_is_left
from sync.usecases.accept_match import accept, take_back
from sync.usecases.sync import rebuild
from tests.contracts.test_ledger import ACCEPTED, HELD
from tests.ledger.samples import row, run
from tests.usecases.office import Office, outcomes

APRIL = date(2026, 4, 30)
UNKNOWN = "ledger-holds-not-known"


def decided(office: Office) -> Review:
    """Four ready invoices: one held, one held to a day, one noted, one whose hold was released; and a match."""
    for number in (1001, 1002, 1003, 1004, 1005):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    only = office.site.invoices_[101_005]
    office.site.invoices_[101_005] = replace(only, number="INV-1005")
    review = office.sync()
    accept(office.systems, office.seat, "1005", "INV-1005")
    no = [Decision(key="1001", approve=False, note="Ask Zoé", owner="Luc"), Decision(key="1004", approve=False)]
    day = Decision(key="1002", approve=False, until=APRIL)
    noted = Decision(key="1003", approve=True, note="by cheque")
    office.caps = replace(office.caps, rows=0)
    with pytest.raises(Refused, match="push-not-confirmed"):
        office.push_decided(review.run.id, [*no, day, noted], lambda *_: False)
    with pytest.raises(Refused, match="push-not-confirmed"):
        office.push_decided(review.run.id, [*no[:1], Decision(key="1004", approve=True)], lambda *_: False)
    office.caps = replace(office.caps, rows=500)
    return office.sync()


def rebuilt(office: Office, folder: Path, former: Former) -> None:
    """Begin a new ledger in another folder, and wait until something may be sent."""
    office.ledger.close()
    office.ledger = open_ledger(folder)
    rebuild(office.systems, office.rules, office.seat, former)
    office.clock.pass_by(timedelta(minutes=11))


def approved(review: Review) -> dict[str, bool]:
    """What is proposed of each invoice."""
    return {row.invoice: row.approve for row in review.rows}


def warned(review: Review) -> bool:
    """Whether the run says that holds are not known."""
    return any(UNKNOWN in str(notice) for notice in review.run.notices)


def test_what_a_person_decided_outlives_the_ledger(office: Office, tmp_path: Path) -> None:
    """Who, when, until, note and owner of each No; notes; the match. What was released stays so; nothing is asked."""
    before = decided(office)
    holds = office.ledger.holds(before.run.company)
    office.ledger.close()
    former = what_is_left(office.folder, tmp_path / "no.head")
    assert former.whole
    rebuilt(office, tmp_path / "new", former)
    review = office.sync()
    assert (
        approved(review)
        == approved(before)
        == {
            "1001": False,
            "1002": False,
            "1003": True,
            "1004": True,
            "1005": True,
        }
    )
    assert {row.key: row.hold for row in review.rows if row.hold} == {key: holds[key] for key in ("1001", "1002")}
    items = {key: (item.note, item.owner) for key, item in review.open_items.items()}
    assert (items["1001"], items["1003"], warned(review)) == (("Ask Zoé", "Luc"), ("by cheque", ""), False)
    asked: list[list[Text]] = []
    decisions = [Decision(key=row.key, approve=row.approve) for row in review.rows]

    def confirm(_: Sequence[Text], why: Sequence[Text], __: object) -> bool:
        asked.append([*why])
        return True

    office.push_decided(review.run.id, decisions, confirm)
    assert asked == [[]]


def test_what_cannot_be_read_is_said_until_somebody_has_pushed_with_it(office: Office, tmp_path: Path) -> None:
    """In every review, and before the first push, which has to be confirmed; an undo and an empty push end nothing."""
    before = decided(office)
    rebuilt(office, tmp_path / "new", Former())
    (first,) = office.ledger.history()
    assert any(UNKNOWN in str(notice) for notice in first.run.notices)
    review = office.sync()
    assert (approved(review)["1001"], warned(review), warned(before)) == (True, True, False)
    asked: list[str] = []
    no = [Decision(key=row.key, approve=False) for row in review.rows]

    def refuse(_: Sequence[Text], why: Sequence[Text], __: object) -> bool:
        asked.extend(map(str, why))
        return False

    office.push_decided(review.run.id, no, refuse)
    review = office.sync()
    yes = [Decision(key="1003", approve=True)]
    with pytest.raises(Refused, match=UNKNOWN):
        office.push_decided(review.run.id, yes, refuse)
    assert (len(asked), asked[0].startswith(f"{UNKNOWN}(day=")) == (1, True)
    assert outcomes(office.push_decided(review.run.id, yes)) == {"1003": Outcome.POSTED}
    assert not warned(office.sync())


def test_a_match_that_was_taken_back_is_not_taken_over(office: Office, tmp_path: Path) -> None:
    """The last word counts."""
    decided(office)
    take_back(office.systems, office.seat, "1005")
    office.ledger.close()
    rebuilt(office, tmp_path / "new", what_is_left(office.folder, tmp_path / "no.head"))
    assert {row.invoice: row.status for row in office.sync().rows}["1005"] == "not_in_manage"


SAYS = SiteSays(company_id="acme", company_name="Maple")


@pytest.mark.parametrize(
    ("books", "says", "ours"),
    [
        (run(0).company, None, True),
        (replace(run(0).company, site="https://psa.example.net"), SAYS, True),
        (replace(run(0).company, site="https://psa.example.net"), None, False),
        (replace(run(0).company, sage="Else"), SAYS, False),
    ],
)
def test_only_what_is_of_the_same_books_and_site_is_taken_over(
    books: Company, says: SiteSays | None, *, ours: bool
) -> None:
    """The site is the same by what it says, or by its address."""
    noted = Noted(key="2", invoice="INV-2", customer_id=7, note="wait", owner="")
    stale = replace(noted, key="3", invoice="another by now")
    given = [HELD, replace(HELD, key="2", invoice="INV-2", until=APRIL)]
    gone = replace(ACCEPTED, key="2", undone=True)
    every: list[Hold | AcceptedMatch | Noted] = [
        *given,
        replace(HELD, key="3", released=True),
        ACCEPTED,
        gone,
        noted,
        stale,
    ]
    former = Former(companies={books: says}, decided=[(books, each) for each in every])
    rows = [row(key) for key in ("1", "2", "3")]
    found = carried(former, run(0, says=SAYS), rows)
    if not ours:
        assert (list(found.holds), list(found.matches), list(found.notes)) == ([], [], [])
        return
    assert (list(found.holds), list(found.matches)) == (given, [ACCEPTED])
    assert list(found.notes) == [Decision(key="2", approve=False, note="wait", until=APRIL)]


def test_a_note_to_a_row_that_is_not_held_approves_what_was_proposed() -> None:
    """It is no decision; an empty one takes an earlier one back."""
    books = run(0).company
    notes = [Noted(key=key, invoice=f"INV-{key}", customer_id=7, note="wait", owner="") for key in ("1", "2")]
    notes.append(replace(notes[0], note=""))
    former = Former(companies={books: None}, decided=[(books, each) for each in notes])
    rows = [row(key) for key in ("1", "2")]
    assert list(carried(former, run(0), rows).notes) == [Decision(key="2", approve=True, note="wait")]


@pytest.mark.parametrize("other", [{"invoice": "INV-9"}, {"customer_id": 8}], ids=["invoice", "customer"])
def test_what_was_held_of_another_invoice_holds_no_row_of_the_same_key(other: dict[str, str | int]) -> None:
    """A key may be of another document by now: a note to the new one stays, and the No to the old one is not its."""
    books = run(0).company
    noted = Noted(key="2", invoice="INV-2", customer_id=7, note="wait", owner="")
    held = replace(HELD, key="2", **({"invoice": "INV-2", "customer_id": 7} | other), until=APRIL)
    former = Former(companies={books: None}, decided=[(books, held), (books, noted)])
    found = carried(former, run(0), [row("2")])
    assert list(found.holds) == [held]
    assert list(found.notes) == [Decision(key="2", approve=True, note="wait")]
