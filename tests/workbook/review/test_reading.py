"""A reconciliation as users bring it back: sorted, filtered, deleted, doubled, edited, retyped."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import Text
from sync.core.values.posting import Decision
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Head, NotedHead
from sync.language.catalogues import ENGLISH
from tests.workbook import paper
from tests.workbook.edited import edited, header_of
from workbook.review.columns import BY_ID, COLUMNS, ColumnId
from workbook.review.decisions import COMPARED
from workbook.review.review_file import ExcelFiles

FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""Each example saves and reads a real file; the fixtures are only read."""

Reviewed = dict[str, Proposal]
WORDED = {ColumnId.STATUS, ColumnId.REASON, ColumnId.NEXT_STEP}
"""What Tieout puts into words: no fact, so never compared."""
FACTS = [header_of(column) for column in COLUMNS if column.id in COMPARED - WORDED]
"""The headers of what Sage and Manage gave."""


def by_key(files: ExcelFiles, path: Path, reviewed: Reviewed) -> dict[str, Decision]:
    """The decisions by key."""
    return {decision.key: decision for decision in files.read(path, reviewed).decisions}


def said(text: Text | None) -> str:
    """Words in English."""
    return text.said(ENGLISH) if text else ""


def objections(files: ExcelFiles, path: Path, reviewed: Reviewed) -> dict[str, str]:
    """The objections by key."""
    found = by_key(files, path, reviewed)
    return {key: decision.objection.said(ENGLISH) for key, decision in found.items() if decision.objection}


def test_an_untouched_file_decides_as_proposed(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Every row once, default approvals, no objection, nothing missing, nothing hidden."""
    decided = files.read(written, reviewed)
    found = sorted(decided.decisions, key=lambda each: each.key)
    assert found == [Decision(key=key, approve=row.approve) for key, row in sorted(reviewed.items())]
    assert (decided.run, decided.missing, decided.hidden) == ("20260410-133000-ab12", 0, 0)


def test_the_run_is_found_by_its_label(files: ExcelFiles, written: Path) -> None:
    """Rows and columns inserted above and before do not matter."""
    with edited(written) as book:
        book.sheet.insert_rows(1, 3)
        book.sheet.insert_cols(1, 2)
    assert files.made_from(written).run == "20260410-133000-ab12"


HEAD = Head(rows=1234, hash="9f86d081884c")


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("row 1,234, hash 9f86d081884c", HEAD),
        ("ligne 1\u202f234, empreinte 9f86d081884c", HEAD),
        (f"row 7, hash {'0' * 64}", Head(rows=7, hash="0" * 64)),
        ("row 1,234, hash 9f86d08188", None),
        ("row 1,234", None),
        ("9f86d081884c", None),
        (1234, None),
        (None, None),
    ],
)
def test_the_ledger_s_head_is_read_as_it_is_printed(
    files: ExcelFiles, written: Path, reviewed: Reviewed, words: str | int | None, head: Head | None
) -> None:
    """In either language; what is cut shorter or missing is no head, and nothing takes its place."""
    with edited(written) as book:
        (label,) = (
            cell for row in book.sheet.iter_rows(max_row=book.header - 1) for cell in row if cell.value == "Ledger head"
        )
        book.sheet.cell(label.row, label.column + 1).value = words
    for printed in (files.made_from(written).printed, files.read(written, reviewed).printed):
        assert printed == (None if head is None else NotedHead(head=head, where=str(written)))


@FEW
@given(seed=st.integers(0, 2**32), keep=st.integers(0, 26))
def test_sorting_and_deleting_rows_changes_no_decision(
    files: ExcelFiles, written: Path, reviewed: Reviewed, seed: int, keep: int
) -> None:
    """Any subset in any order: each row present decides as before, and the rest is counted as missing."""
    path = written.with_name("sorted.xlsx")
    path.write_bytes(written.read_bytes())
    with edited(path) as book:
        rows = [book.row(number) for number in range(len(reviewed))]
        random.Random(seed).shuffle(rows)  # noqa: S311 - an order, not a secret
        book.rewrite(rows[:keep])
    decided = files.read(path, reviewed)
    assert {d.key: (d.approve, d.objection) for d in decided.decisions} == {
        d.key: (reviewed[d.key].approve, None) for d in decided.decisions
    }
    assert (len(decided.decisions), decided.missing) == (keep, len(reviewed) - keep)


@FEW
@given(data=st.data())
def test_any_edit_of_a_fact_is_refused_and_named(
    files: ExcelFiles, written: Path, reviewed: Reviewed, data: st.DataObject
) -> None:
    """One cell of one row: that row is refused with the column's name, every other row stays as it was."""
    number = data.draw(st.integers(0, len(reviewed) - 1))
    header = data.draw(st.sampled_from(FACTS))
    value = data.draw(st.sampled_from(["edited", 123456.78, True, datetime(2031, 5, 6), "=1+1"]))  # noqa: DTZ001 - cells are naive
    path = written.with_name("edited.xlsx")
    path.write_bytes(written.read_bytes())
    with edited(path) as book:
        cell = book.cell(number, header)
        cell.value, cell.number_format = value, cell.number_format  # in its own format: another one is a disguise
    found = objections(files, path, reviewed)
    key = list(reviewed)[number]
    assert (list(found), header in found[key], "refused, not corrected" in found[key]) == ([key], True, True)


@pytest.mark.parametrize("header", FACTS)
def test_emptying_a_cell_is_an_edit(files: ExcelFiles, written: Path, reviewed: Reviewed, header: str) -> None:
    """Wherever something was shown."""
    with edited(written) as book:
        book.cell(0, header).value = None
    (row, *_) = reviewed.values()
    shown = next(c for c in COLUMNS if header_of(c) == header).value(row) is not None
    assert [header in text for text in objections(files, written, reviewed).values()] == ([True] if shown else [])


@pytest.mark.parametrize("column", sorted(WORDED))
def test_words_that_tieout_put_together_are_no_facts(
    files: ExcelFiles, written: Path, reviewed: Reviewed, column: str
) -> None:
    """A reason may be worded otherwise by another version, or in another language: that edits nothing."""
    with edited(written) as book:
        for number in range(len(reviewed)):
            book.cell(number, header_of(BY_ID[column])).value = "Otherwise"
    assert objections(files, written, reviewed) == {}


def test_a_currency_is_a_fact_only_where_sage_names_it(files: ExcelFiles, tmp_path: Path) -> None:
    """For one without a code Tieout shows words of its own."""
    unnamed = paper.proposal(1, currency=None, currency_id=7)
    reviewed = {row.key: row for row in (unnamed, paper.proposal(2))}
    files.write(tmp_path / "x.xlsx", paper.review(list(reviewed.values())))
    with edited(tmp_path / "x.xlsx") as book:
        for number in range(2):
            book.cell(number, "Currency").value = "Francs"
    assert list(objections(files, tmp_path / "x.xlsx", reviewed)) == ["5002"]


def test_an_edit_shows_both_values(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """What the file says, and what was reviewed."""
    with edited(written) as book:
        book.cell(0, "Paid proposed").value = 9.99
    (text,) = objections(files, written, reviewed).values()
    assert text.startswith("Paid proposed is 9.99 in the file and was 1,123.45 when reviewed.")


def test_a_row_whose_cells_were_all_moved_is_told_in_few_words(
    files: ExcelFiles, written: Path, reviewed: Reviewed
) -> None:
    """Sorting some columns without the others gives every row another row's cells."""
    with edited(written) as book:
        one, other = book.row(0), book.row(2)
        book.rewrite([[b if c.id == ColumnId.KEY else a for c, a, b in zip(COLUMNS, one, other, strict=True)]])
    (text,) = objections(files, written, reviewed).values()
    assert ("more of its cells differ" in text, text.count("when reviewed")) == (True, 3)


def test_007_retyped_as_7_is_refused(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """A number is not the invoice number that it looks like."""
    with edited(written) as book:
        book.cell(2, "Invoice").value = 7
    (text,) = objections(files, written, reviewed).values()
    assert "Invoice is 7 in the file and was '007' when reviewed." in text


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("Yes", True), (" yes ", True), ("OUI", True), ("No", False), ("non", False), ("", False), (None, False)],
)
def test_approve_takes_yes_and_no_in_either_language(
    files: ExcelFiles, written: Path, reviewed: Reviewed, answer: str | None, *, expected: bool
) -> None:
    """Case and spaces do not matter; empty is No."""
    with edited(written) as book:
        book.cell(0, "Approve").value = answer
    found = by_key(files, written, reviewed)[next(iter(reviewed))]
    assert (found.approve, found.objection) == (expected, None)


@pytest.mark.parametrize("answer", ["maybe", "Y", 1, True, '="Yes"', "#REF!", "=1/0"])
def test_anything_else_in_approve_is_refused(
    files: ExcelFiles, written: Path, reviewed: Reviewed, answer: object
) -> None:
    """It is reported as refused rather than quietly taken for No; formulas and errors too."""
    with edited(written) as book:
        book.cell(0, "Approve").value = answer
    found = by_key(files, written, reviewed)[next(iter(reviewed))]
    assert (found.approve, "neither Yes nor No" in said(found.objection)) == (True, True)


def test_yes_on_a_row_that_cannot_be_approved_is_refused(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Pasted over the validation; the row's own reason says why."""
    number, (key, row) = next((n, item) for n, item in enumerate(reviewed.items()) if not item[1].approvable)
    with edited(written) as book:
        book.cell(number, "Approve").value = "Yes"
    assert objections(files, written, reviewed) == {
        key: f"This row cannot be approved. {said(row.reason)} {said(row.next_step)}"
    }


def test_yes_on_a_reopened_row_is_taken(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Not approved by default, but a person may."""
    number, key = next((n, k) for n, (k, row) in enumerate(reviewed.items()) if row.approvable and not row.approve)
    with edited(written) as book:
        book.cell(number, "Approve").value = "Yes"
    found = by_key(files, written, reviewed)[key]
    assert (found.approve, found.objection) == (True, None)


def test_a_row_that_stands_twice_is_refused_both_times(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Copied and pasted; neither copy is taken, and nothing counts as missing."""
    with edited(written) as book:
        rows = [book.row(number) for number in range(len(reviewed))]
        book.rewrite([*rows, rows[0]])
    decided = files.read(written, reviewed)
    twice = [d.objection is not None for d in decided.decisions if d.key == next(iter(reviewed))]
    assert (twice, decided.missing, len(decided.decisions)) == ([True, True], 0, len(reviewed) + 1)


@pytest.mark.parametrize("key", ["999999", 5001, "=5001", "5001x", "#N/A"])
def test_a_key_that_was_changed_is_refused(files: ExcelFiles, written: Path, reviewed: Reviewed, key: object) -> None:
    """Unknown, retyped as a number, a formula or an error."""
    with edited(written) as book:
        book.cell(0, "Key").value = key
    (refused,) = [each for each in files.read(written, reviewed).decisions if each.objection]
    assert (refused.approve, "no reviewed row has that key" in said(refused.objection)) == (True, True)


def test_a_row_without_a_key_is_refused_only_if_approved(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """A key that was deleted; and a sum or a count below the table is no row at all."""
    with edited(written) as book:
        book.cell(0, "Key").value = None
        book.cell(len(reviewed) + 1, "Change").value = "=SUM(I1:I9)"
        book.cell(len(reviewed) + 1, "Approve").value = '=COUNTIF(C1:C9,"Yes")'
    decided = files.read(written, reviewed)
    odd = [d for d in decided.decisions if d.key not in reviewed]
    assert ([(d.key, d.approve, d.objection is not None) for d in odd], decided.missing) == ([("", True, True)], 1)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("  call the bank ", "call the bank"),
        (12, "12"),
        (12.5, "12.5"),
        ("=1+1", ""),
        ("#NAME?", "#NAME?"),
        ("x" * 600, "x" * 600),
        (None, ""),
    ],
)
def test_notes_are_taken_as_they_are_shown(
    files: ExcelFiles, written: Path, reviewed: Reviewed, note: object, expected: str
) -> None:
    """Never an objection: a note decides nothing."""
    with edited(written) as book:
        book.cell(0, "Note").value = note
    found = by_key(files, written, reviewed)[next(iter(reviewed))]
    assert (found.note, found.objection) == (expected, None)


def test_hidden_approved_rows_are_counted(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """By a filter or by hand; rows that are not approved do not count."""
    with edited(written) as book:
        for number in range(6):
            book.sheet.row_dimensions[book.cell(number, "Key").row].hidden = True
    approved = sum(1 for row in list(reviewed.values())[:6] if row.approve)
    assert (files.read(written, reviewed).hidden, approved) == (3, 3)


def test_columns_may_be_moved_and_inserted(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Found by their headers."""
    with edited(written) as book:
        for row in book.sheet.iter_rows(min_row=book.header):
            left, right = row[book.columns["Why"] - 1], row[book.columns["Next step"] - 1]
            left.value, right.value = right.value, left.value
        book.sheet.insert_cols(2)
        book.sheet.cell(book.header, 2).value = "My own marks"
        book.sheet.cell(book.header + 1, 2).value = "seen"
        book.sheet.insert_rows(book.header, 5)
    assert objections(files, written, reviewed) == {}
    assert len(files.read(written, reviewed).decisions) == len(reviewed)


def test_a_stray_cell_in_the_last_corner_is_read_over(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """17 billion cells lie before it."""
    with edited(written) as book:
        book.sheet["XFD1048576"] = "stray"
    assert len(files.read(written, reviewed).decisions) == len(reviewed)


@pytest.mark.parametrize("header", ["Key", "Approve", "Note", "Owner", "Paid proposed", "Next step"])
def test_a_renamed_header_is_named(files: ExcelFiles, written: Path, reviewed: Reviewed, header: str) -> None:
    """Any of them: what was changed under it would not be seen."""
    with edited(written) as book:
        book.sheet.cell(book.header, book.columns[header]).value = "Renamed"
    with pytest.raises(SetupError, match=rf"file-column-missing\(column={header}, "):
        files.read(written, reviewed)
    with pytest.raises(SetupError, match=rf"file-column-missing\(column={header}, "):
        files.made_from(written)


def test_deleted_columns_are_named(files: ExcelFiles, written: Path) -> None:
    """All of them at once."""
    with edited(written) as book:
        book.sheet.delete_cols(book.columns["Paid proposed"], 2)
    with pytest.raises(SetupError, match=r"file-column-missing\(column=Paid proposed, Change, "):
        files.made_from(written)


@pytest.mark.parametrize("header", ["Approve", "Paid proposed"])
def test_a_doubled_column_is_refused(files: ExcelFiles, written: Path, header: str) -> None:
    """Which one counts is not guessed."""
    with edited(written) as book:
        book.sheet.cell(book.header, len(COLUMNS) + 1).value = header
    with pytest.raises(Refused, match=rf"file-column-repeated.*column={header}"):
        files.made_from(written)


@pytest.mark.parametrize("name", ["Abstimmung", "Sheet1", "Reconciliation old"])
def test_a_renamed_sheet_is_named(files: ExcelFiles, written: Path, name: str) -> None:
    """The message names the sheet that is needed; no other is taken for it, though it holds the table."""
    with edited(written) as book:
        book.sheet.title = name
    with pytest.raises(SetupError, match="file-sheet-missing"):
        files.made_from(written)


def test_a_missing_run_id_is_said(files: ExcelFiles, written: Path) -> None:
    """The header block was deleted."""
    with edited(written) as book:
        book.sheet.delete_rows(1, book.header - 1)
    with pytest.raises(SetupError, match="file-run-id-missing"):
        files.made_from(written)


def test_an_emptied_run_id_is_said(files: ExcelFiles, written: Path) -> None:
    """The next label on its line is not taken for it."""
    with edited(written) as book:
        cells = [cell for row in book.sheet.iter_rows(max_row=book.header - 1) for cell in row]
        place = next(number for number, cell in enumerate(cells) if cell.value == "Run")
        cells[place + 1].value = None
    with pytest.raises(SetupError, match="file-run-id-missing"):
        files.made_from(written)


def test_a_row_whose_key_was_edited_keeps_its_invoice(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """It is told by it what was refused."""
    with edited(written) as book:
        invoice = book.cell(0, "Invoice").value
        book.cell(0, "Key").value = "nokey"
    (refused,) = [each for each in files.read(written, reviewed).decisions if each.objection]
    assert refused.invoice == str(invoice)


def test_a_run_label_without_an_id_is_no_run(files: ExcelFiles, written: Path) -> None:
    """The label stands there, and nothing to its right."""
    with edited(written) as book:
        for row in book.sheet.iter_rows(max_row=book.header - 1):
            for cell in row:
                if cell.value != "Run":
                    cell.value = None
    with pytest.raises(SetupError, match="file-run-id-missing"):
        files.made_from(written)


def test_somebody_elses_workbook_is_refused(files: ExcelFiles, tmp_path: Path) -> None:
    """A workbook that has a sheet of that name and nothing we know on it."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Reconciliation"
    sheet.append(["Bank", "GL", "Difference"])
    book.save(tmp_path / "bank.xlsx")
    with pytest.raises(SetupError, match=r"file-column-missing.*column=key; approve; note"):
        files.made_from(tmp_path / "bank.xlsx")


def test_what_openpyxl_writes_is_what_is_reviewed(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Saved by another program without changes."""
    with edited(written):
        pass
    assert objections(files, written, reviewed) == {}


def test_rows_of_a_review_read_back_whatever_their_words(tmp_path: Path, files: ExcelFiles) -> None:
    """Nothing that was written is ever objected to."""

    @FEW
    @given(st.lists(st.text(max_size=40), min_size=1, max_size=12))
    def check(words: list[str]) -> None:
        found = {r.key: r for r in (paper.proposal(n, customer=w, invoice=w) for n, w in enumerate(words))}
        files.write(tmp_path / "words.xlsx", paper.review(list(found.values())))
        assert objections(files, tmp_path / "words.xlsx", found) == {}

    check()


def emptied(files: ExcelFiles, path: Path, reviewed: Reviewed, row: int, cells: Mapping[str, object]) -> list[Decision]:
    """The decisions of a file in one of whose rows these cells hold something else, in the order of the keys."""
    with edited(path) as book:
        for header, value in cells.items():
            book.cell(row, header).value = value
    decisions = files.read(path, reviewed).decisions
    return [decisions[place] for place in book.places]


@pytest.mark.parametrize("key", [None, "999999", "#N/A", "=5001"])
@pytest.mark.parametrize(
    "cells", [{"Approve": "No"}, {"Approve": "Non", "Note": "call the bank"}, {"Approve": "Yes", "Owner": "Zoé"}]
)
def test_a_no_without_its_key_is_one_to_the_row_that_it_shows(
    files: ExcelFiles, written: Path, reviewed: Reviewed, key: object, cells: dict[str, object]
) -> None:
    """Invoice and customer name it; as its key is not there, its Yes is still refused."""
    first = emptied(files, written, reviewed, 0, {"Key": key, **cells})[0]
    found = (first.key, first.approve, first.note, first.owner)
    yes = cells["Approve"] == "Yes"
    assert found == (next(iter(reviewed)), yes, cells.get("Note", ""), cells.get("Owner", ""))
    assert "no reviewed row has that key" in said(first.objection)


def test_a_day_without_its_key_holds_the_row_that_it_shows(
    files: ExcelFiles, written: Path, reviewed: Reviewed
) -> None:
    """Beside a Yes that nobody has changed, and without a customer."""
    first = emptied(files, written, reviewed, 0, {"Key": None, "Customer": None, "Hold until": "2026-05-01"})[0]
    assert (first.key, str(first.until)) == (next(iter(reviewed)), "2026-05-01")


def test_a_copy_without_a_key_is_a_second_row(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """So that the Yes of the other one is not taken."""
    with edited(written) as book:
        rows = [book.row(number) for number in range(len(reviewed))]
        book.rewrite([*rows, rows[0]])
        book.cell(len(reviewed), "Key").value = None
        book.cell(len(reviewed), "Approve").value = "No"
    decisions = [d for d in files.read(written, reviewed).decisions if d.key == next(iter(reviewed))]
    assert [(d.approve, "occurs 2 times" in said(d.objection)) for d in decisions] == [(True, True), (False, False)]


@pytest.mark.parametrize(
    "cells",
    [
        {"Key": None, "Invoice": None},
        {"Key": None, "Invoice": "99999"},
        {"Key": "8888", "Customer": "Somebody else"},
        {"Key": None, "Invoice": 7},
        {"Key": "5003"},
    ],
    ids=["no invoice", "an invoice of another run", "another customer", "a number", "the key of another row"],
)
@pytest.mark.parametrize("decided", [{"Approve": "No"}, {"Note": "wait"}, {"Owner": "Zoé"}, {"Hold until": "soon"}])
def test_what_somebody_decided_of_no_row_is_refused_as_a_whole(
    files: ExcelFiles, written: Path, reviewed: Reviewed, cells: dict[str, object], decided: dict[str, object]
) -> None:
    """Nothing is taken from the file: the row is named, by its number and by what it shows."""
    with edited(written) as book:
        number = book.line(0)
    with pytest.raises(Refused, match="review-decided-row-astray") as refused:
        emptied(files, written, reviewed, 0, {**cells, **decided})
    words = refused.value.text.said(ENGLISH)
    assert (words.startswith(f"Row {number} of the sheet"), "delete the row" in words) == (True, True)


def test_twins_are_told_apart_by_all_that_they_show(files: ExcelFiles, tmp_path: Path) -> None:
    """Two documents of one number and one customer: the amounts tell which; where they do not, neither is taken."""
    one, other = paper.proposal(1), paper.proposal(2)
    twin = replace(other, invoice=one.invoice, customer=one.customer)
    for rows, refused in ({"one": one, "other": twin}, False), ({"one": one, "other": replace(one, key="9")}, True):
        reviewed = {row.key: row for row in rows.values()}
        path = tmp_path / f"{refused}.xlsx"
        files.write(path, paper.review(list(reviewed.values())))
        no = {"Key": None, "Approve": "No"}
        if refused:
            with pytest.raises(Refused, match="review-decided-row-astray"):
                emptied(files, path, reviewed, 1, no)
        else:
            assert emptied(files, path, reviewed, 1, no)[1].key == twin.key


def test_many_rows_of_no_key_are_counted(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """Three are named."""
    with edited(written) as book:
        for number in range(5):
            book.cell(number, "Key").value, book.cell(number, "Invoice").value = None, "?"
            book.cell(number, "Approve").value = "No"
    with pytest.raises(Refused, match="review-more-rows-astray") as refused:
        files.read(written, reviewed)
    assert refused.value.text.said(ENGLISH).count("There are 2 more such rows.") == 1


def test_a_remark_below_the_table_is_no_row(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """With a sum beside it; nor is a row that holds nothing but a Yes that was emptied."""
    with edited(written) as book:
        below = len(reviewed) + 1
        book.cell(below, "Note").value = "Looked over by Zoé"
        book.cell(below, "Change").value = "=SUM(I1:I9)"
        book.cell(1, "Key").value = book.cell(1, "Approve").value = None
    decided = files.read(written, reviewed)
    assert ([d.key for d in decided.decisions if d.key not in reviewed], decided.missing) == ([], 1)
