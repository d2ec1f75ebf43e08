"""Packs of runs that are unlike others: empty, never pushed, in one currency; and the same audit twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter

from sync.core.prove.completeness import Completeness
from sync.core.prove.review import Evidence
from sync.core.prove.roll_forward import Balances, Rolled, roll_forward
from sync.core.prove.tie_out import added_up
from sync.core.prove.workpapers import Audit
from sync.core.values.messages import say
from sync.core.values.money import ZERO, parse
from sync.core.values.posting import Outcome
from sync.language.catalogues import ENGLISH
from tests.workbook import paper
from tests.workbook.audit.packs import DAY, SHEETS, audit, intent, listed, opened, pack, posting, sheet
from tests.workbook.review.test_structure import words_of

EMPTY = {
    "20 Reconciliation": "No payment information was entered in this window.",
    "30 Posted": "Nothing was pushed.",
    "40 Held items": "Nothing is held.",
    "41 Judgement": "Nobody decided against the default, and nothing took judgement.",
    "51 Tie-out items": "The two systems agree on every invoice.",
    "52 Tie-out customers": "Nobody owes anything.",
    "60 Applications": "None.",
}


def test_a_run_without_rows_makes_a_whole_pack(tmp_path: Path) -> None:
    """Every sheet is there and says that it is empty; nothing looks forgotten."""
    book = opened(pack(tmp_path, audit([])))
    assert book.sheetnames == SHEETS
    for name, said in EMPTY.items():
        assert said in words_of(sheet(book, name))
    assert "0 invoices: 0 posted and read back, 0 in agreement" in " ".join(words_of(sheet(book, SHEETS[0])))
    assert "Nothing was entered in the window." in words_of(sheet(book, "10 Summary and proof"))


def test_a_run_that_was_never_pushed_says_so(tmp_path: Path) -> None:
    """Nobody pushed it, its ready rows are ready, and the sheet of postings is empty in words."""
    book = opened(pack(tmp_path, audit(paper.rows(20), pushed=False)))
    words = words_of(sheet(book, SHEETS[0]))
    assert book.sheetnames == SHEETS
    assert words[words.index("Pushed by") + 1] == "nobody yet"
    assert "Nothing was pushed." in words_of(sheet(book, "30 Posted"))
    assert "Ready" in listed(sheet(book, "20 Reconciliation")).column("Became")


def test_a_run_without_a_tie_out_has_the_other_papers(tmp_path: Path) -> None:
    """As after a rebuild: what was not read is left out of the index as well."""
    book = opened(pack(tmp_path, audit(paper.rows(5), evidence=Evidence())))
    left = [name for name in SHEETS if not name.startswith("5")]
    index = [word for word in words_of(sheet(book, SHEETS[0])) if word in SHEETS]
    assert (book.sheetnames, index) == (left, left[1:])


def test_two_currencies_are_never_added_up_on_the_summary(tmp_path: Path) -> None:
    """Each has totals and a check of its own."""
    lines = list(
        sheet(opened(pack(tmp_path, audit(paper.rows(30)))), "10 Summary and proof").iter_rows(values_only=True)
    )
    said = {(line[0], line[2]): line[1] for line in lines if line[0] in {"Total", "Difference", "Unexplained"}}
    assert {place for place in said if place[0] == "Total"} == {("Total", "CAD"), ("Total", "USD")}
    assert {unit: said["Difference", unit] for unit in ("CAD", "USD")} == {"CAD": "OK", "USD": "OK"}


def _proof(path: Path) -> str:
    return " ".join(words_of(sheet(opened(path), "10 Summary and proof")))


def test_what_is_not_accounted_for_is_said_with_its_amount(tmp_path: Path) -> None:
    """A receipt lost on the way to the rows: on the cover in words, on the summary OUT BY."""
    whole = audit(paper.rows(12))
    lost = replace(whole, rows=[*whole.rows[1:-1], replace(whole.rows[-1], applications=())])
    found: Completeness = lost.proof
    path = pack(tmp_path, lost)
    assert [
        words
        for words in found.differences
        if words.said(ENGLISH) not in " ".join(words_of(sheet(opened(path), SHEETS[0])))
    ] == []
    assert found.differences
    assert "OUT BY " in _proof(path)


def test_a_balance_that_nothing_explains_is_said(tmp_path: Path) -> None:
    """On the cover in capitals, and as the last line of the tie-out."""
    whole = audit(paper.rows(12))
    assert whole.evidence.tie_out is not None
    found = replace(whole.evidence.tie_out, items=whole.evidence.tie_out.items[1:])
    path = pack(tmp_path, replace(whole, evidence=replace(whole.evidence, tie_out=found)))
    left = found.unexplained("CAD")
    assert left != ZERO
    assert f"{left:,.2f} of it UNEXPLAINED" in " ".join(words_of(sheet(opened(path), SHEETS[0])))
    lines = sheet(opened(path), "50 Tie-out").iter_rows(values_only=True)
    (line,) = (line for line in lines if line[0] == "Unexplained" and line[2] == "CAD")
    assert (line[4], line[5]) == (float(left), "Nothing on record says why.")


@pytest.mark.parametrize("outcome", [Outcome.STALE, Outcome.REFUSED, Outcome.UNKNOWN])
def test_a_row_that_was_not_done_is_on_the_cover(tmp_path: Path, outcome: Outcome) -> None:
    """And its line says that the reading does not agree."""
    whole = audit(paper.rows(9))
    row = next(row for row in whole.rows if row.approve)
    wrong = replace(posting(row), outcome=outcome, verified=False, paid_after=None, message=say("It went wrong."))
    postings = {**whole.postings, row.key: wrong}
    book = opened(pack(tmp_path, replace(whole, postings=postings, sent=list(postings.values()))))
    assert f"Not done: 1 {outcome.value}." in words_of(sheet(book, SHEETS[0]))
    lines = listed(sheet(book, "30 Posted"))
    place = lines.column("Key").index(row.key)
    assert (lines.column("Outcome")[place], lines.column("Read back")[place]) == (outcome.value, "no")


def test_each_posting_shows_when_its_own_write_was_sent(tmp_path: Path) -> None:
    """An unanswered write of the morning stays one of the morning, though the row was written in the afternoon."""
    whole = audit(paper.rows(9))
    row = next(row for row in whole.rows if row.approve)
    morning = replace(intent(row), at=datetime(2026, 4, 10, 10, tzinfo=UTC))
    afternoon = replace(intent(row), at=datetime(2026, 4, 10, 16, 45, tzinfo=UTC), attempt=2)
    sent = [
        replace(posting(row), outcome=Outcome.UNKNOWN, verified=False, paid_after=None),
        replace(posting(row), outcome=Outcome.REFUSED, verified=False, paid_after=None),
        replace(posting(row), outcome=Outcome.STALE, verified=False, paid_after=None, attempt=None),
        replace(posting(row), attempt=2),
    ]
    book = opened(pack(tmp_path, replace(whole, sent=sent, intents=[morning, afternoon])))
    lines = listed(sheet(book, "30 Posted"))
    assert list(zip(lines.column("Outcome"), lines.column("Sent (UTC)"), strict=True)) == [
        ("unknown", "2026-04-10 10:00:00"),
        ("refused", "2026-04-10 10:00:00"),
        ("stale", None),
        ("posted", "2026-04-10 16:45:00"),
    ]


def test_the_same_audit_makes_the_same_bytes(tmp_path: Path) -> None:
    """So that a hash on record can be found again."""
    whole: Audit = audit(paper.rows(30))
    made = [pack(tmp_path / name, whole, ("xlsx", "csv")).parent for name in ("one", "two")]
    files = [{path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")} for folder in made]
    assert files[0] == files[1]
    assert len(files[0]) > len(SHEETS) + 1


def test_a_tie_out_of_nothing_says_so(tmp_path: Path) -> None:
    """Nothing is open in either system: no figure, one sentence."""
    row = paper.proposal(1, sage_balance=ZERO, manage_total=parse("5.00"), paid_before=parse("5.00"))
    found = replace(audit([row]), evidence=Evidence(tie_out=added_up(DAY, (), (), ())))
    path = pack(tmp_path, found)
    cover = words_of(sheet(opened(path), SHEETS[0]))
    assert any(words.startswith("Nothing is open in either system.") for words in cover)
    assert "Nothing is open." in words_of(sheet(opened(path), "50 Tie-out"))


def test_a_large_amount_and_its_total_have_room(tmp_path: Path) -> None:
    """Tens of millions are not printed as hashes."""
    row = paper.proposal(1, sage_total=parse("-12345678.90"))
    book = opened(pack(tmp_path, audit([row, paper.proposal(2)])))
    found = listed(sheet(book, "20 Reconciliation"))
    letter = get_column_letter(found.heads.index("Total Sage") + 1)
    width = sheet(book, "20 Reconciliation").column_dimensions[letter].width
    assert width >= len("-12,345,678.90") + 1


def test_amounts_of_two_currencies_are_never_added(tmp_path: Path) -> None:
    """Each has a control total of its own; a list in a single currency names none."""
    rows = [paper.proposal(1), paper.proposal(3, currency="USD")]
    for name, shown in (("both", rows), ("one", rows[:1])):
        book = opened(pack(tmp_path / name, audit(shown)))
        for sheet_ in ("20 Reconciliation", "30 Posted"):
            labels = [word for word in words_of(sheet(book, sheet_)) if word.startswith("Control total")]
            assert labels == (["Control total, CAD", "Control total, USD"] if name == "both" else ["Control total"]) * 2


def test_a_pack_rolls_the_difference_forward_to_the_last_reading(tmp_path: Path) -> None:
    """Opening, posted, changed by others with its name, closing: by class and currency, and it closes."""
    made = audit(paper.rows(20))
    opening = made.evidence.tie_out
    assert opening is not None
    rolled = roll_forward(opening, replace(opening, items=opening.items[1:]), [])
    closing = Balances(run=made.run.id, at=made.at, person=made.person, tie_out=rolled.closing)
    made = replace(made, rolled=Rolled(before=rolled, within=rolled, closing=closing))
    book = opened(pack(tmp_path, made))
    assert book.sheetnames == [*SHEETS[:11], "54 Roll-forward", *SHEETS[11:]]
    words = words_of(sheet(book, "54 Roll-forward"))
    assert {rolled.others[0].invoice, "Changed by others, by invoice", "There is no difference on it now."} <= set(
        words
    )
    assert any(word.startswith("Read after the push, at 2026-04-11") for word in words_of(sheet(book, "50 Tie-out")))


def test_a_push_that_nothing_was_read_after_is_said(tmp_path: Path) -> None:
    """The balances are those of before it; a run that follows has read them."""
    (row,) = paper.rows(1)
    made = replace(audit(paper.rows(20)), intents=[intent(row)])
    words = words_of(sheet(opened(pack(tmp_path, made)), "50 Tie-out"))
    assert any(word.startswith("Read before the push: nothing has been read since.") for word in words)
    tied = made.evidence.tie_out
    assert tied is not None
    later = Rolled(closing=Balances(run="20260412-000000-ffff", at=made.at, person=made.person, tie_out=tied))
    words = words_of(sheet(opened(pack(tmp_path / "later", replace(made, rolled=later))), "50 Tie-out"))
    assert any(word.startswith("As the next run 20260412-000000-ffff read them") for word in words)
