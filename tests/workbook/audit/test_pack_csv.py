"""The CSV files of a pack: as Excel opens them, without a formula, and the same rows and sums as on the sheets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.prove.workpapers import Audit
from sync.core.values.messages import say
from sync.core.values.money import from_cell, parse, total
from sync.language.catalogues import language
from sync.usecases.verify_pack import figures
from tests.workbook import paper
from tests.workbook.audit.packs import LISTS, SHEETS, audit, listed, opened, pack, sheet, table
from tests.workbook.audit.test_pack_words import hostile
from tests.workbook.test_libreoffice import convert
from workbook.audit.csv_words import harmless
from workbook.xlsx.cells import visible

STARTS = ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "   @SUM(A1)", '=HYPERLINK("http://x","y")']
STARTS += [
    "\u00a0=1",
    "\u3000=1",
    "\ufeff=1",
    "\u200b=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d2",
    "\uff20SUM(A1)",
    " \uff1d1",
]
STARTS += ["\tx", " \t=1", "\n=1"]


@pytest.fixture(scope="module")
def of() -> Audit:
    """A run in two currencies."""
    return audit(paper.rows(60))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, of: Audit) -> Path:
    """Its pack: workbook and CSV files."""
    return pack(tmp_path_factory.mktemp("csv"), of, ("xlsx", "csv"))


def test_there_is_a_file_for_each_block_of_a_sheet_in_utf_8_with_a_mark(made: Path) -> None:
    """Named after the sheet and numbered by its blocks, with a byte order mark, and lines as Windows ends them."""
    files = {path.name: path.read_bytes() for path in (made.parent / "csv").iterdir()}
    assert {name.split(".")[0] for name in files} == {name.replace(" ", "-") for name in SHEETS}
    assert {f"{name.replace(' ', '-')}.csv" for name in LISTS} <= set(files)
    for content in files.values():
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert "\ufeff" not in content.decode("utf-8-sig")


@pytest.mark.parametrize("name", LISTS)
def test_rows_headers_and_sums_tie_with_the_sheet(made: Path, name: str) -> None:
    """The same headers, as many rows, and under each amount the control total of the workbook, to the cent."""
    shown = sheet(opened(made), name)
    found = listed(shown)
    head, *rows = table(made.parent, name)
    assert (head, len(rows)) == (found.heads, len(found.rows))
    for place, header in enumerate(head):
        controls = [from_cell(shown.cell(row, place + 1).value) for row in found.totals[0]]
        if place > 1 and None not in controls:
            control = total(each for each in controls if each is not None)
            assert (header, total(parse(row[place]) for row in rows if row[place])) == (header, control)


def test_amounts_are_plain_with_two_decimals_and_dates_iso(made: Path) -> None:
    """No thousands, no brackets, no dash, a minus sign below zero; 0.00 is written out and unknown is empty."""
    head, *rows = table(made.parent, "20 Reconciliation")
    amounts = {row[head.index(h)] for row in rows for h in ("Total Sage", "Variance", "Paid before", "Change")}
    dates = {row[head.index("Date paid proposed")] for row in rows}
    assert [amount for amount in amounts if not re.fullmatch(r"(-?\d+\.\d\d)?", amount)] == []
    assert ({"", "0.00"} <= amounts, any(amount.startswith("-") for amount in amounts)) == (True, True)
    assert [day for day in dates if not re.fullmatch(r"(\d{4}-\d\d-\d\d)?", day)] == []


def test_an_invoice_number_keeps_its_zeros(tmp_path: Path) -> None:
    """007 is not 7."""
    path = pack(tmp_path, audit([paper.proposal(1, invoice="007")]), ("xlsx", "csv"))
    assert table(path.parent, "20 Reconciliation")[1][0] == "'007"
    assert listed(sheet(opened(path), "20 Reconciliation")).column("Invoice") == ["007"]


@pytest.mark.parametrize("words", STARTS)
def test_what_looks_like_a_formula_gets_an_apostrophe(words: str) -> None:
    """Whatever a spreadsheet may take for the beginning of one, with blanks before it too."""
    assert harmless(words).startswith("'")


VALUES = ["007", "00123", "20-708", "1E5", "1e-5", "2026-01-02", "1/2", "3-4", "12345678901234567890", "1 234,50 $"]
VALUES += ["TRUE", "vrai", "#N/A", "MAR1", "3 mars 2026", "1er févr. 2026", "Jan 5, 2026", "10:30 pm", "(12.00)", "5%"]
VALUES += ["1.234.567", " 42 ", "2026-04-10 13:30:00", "CAD 100", "12e34", "\uff11\uff12", "'already", "''twice"]


@pytest.mark.parametrize("words", VALUES)
def test_what_a_spreadsheet_makes_a_value_of_gets_an_apostrophe(words: str) -> None:
    """Numbers, amounts, dates, times, truth values and errors in both languages; without it they are the words."""
    assert harmless(words) == f"'{words}"


@pytest.mark.parametrize(
    "words", ["Boréal", "AR-51", "INV-00123", "a=1", "N1", "3M Canada", "9f86d0", "l'eau", "E5", ""]
)
def test_other_words_are_left_as_they_are(words: str) -> None:
    """An apostrophe that nobody needs is noise."""
    assert harmless(words) == words


def test_what_is_unseen_is_marked_and_begins_no_formula() -> None:
    """Marks that turn the writing round, escapes, and what has no width."""
    assert harmless("\u202e=1\x1b[31m") == "\ufffd=1\ufffd[31m"
    assert harmless("\u200b=1") == "'\ufffd=1"


def _words(folder: Path) -> Iterator[str]:
    for name in SHEETS:
        for line in table(folder, name):
            yield from line


def test_no_field_of_a_hostile_pack_begins_a_formula(tmp_path: Path) -> None:
    """In any file, any column; only amounts may begin with a minus sign."""
    folder = pack(tmp_path, hostile(), ("csv",))
    found = [f for f in _words(folder) if f.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert [field for field in found if not re.fullmatch(r"-\d+\.\d\d", field)] == []


def test_no_line_of_the_cover_begins_with_an_amount_below_zero(tmp_path: Path, of: Audit) -> None:
    """It would get the apostrophe of a formula; wherever the sentence is broken, the amount stands as it is said."""
    notices = tuple(
        say("{words} {amount} to go.", words="x " * 40 + "x" * n, amount=Decimal(-1234)) for n in range(15, 40)
    )
    pack(tmp_path, replace(of, run=replace(of.run, notices=notices)), ("csv",))
    lines = [row[1] for row in table(tmp_path, "00 Cover and sign-off") if len(row) == 2]
    assert [line for line in lines if line.startswith("'")] == []
    assert " ".join(lines).count(" -1,234.00 to go.") == len(notices)


def test_the_proof_and_the_tie_out_are_in_the_files(made: Path, of: Audit) -> None:
    """Totals of the summary, to the cent."""
    lines = table(made.parent, "10 Summary and proof")
    entered, became = ([line for line in lines if line[:1] == ["Total"]][place::2] for place in (0, 1))
    assert {line[2] for line in (*entered, *became)} == {"CAD", "USD"}
    for owed in of.evidence.tie_out.totals if of.evidence.tie_out else ():
        wanted = ["Difference, Sage less Manage", "", owed.currency, "", f"{owed.difference:.2f}", ""]
        assert wanted in lines


def test_the_files_of_papers_without_rows_have_their_headers(tmp_path: Path, of: Audit) -> None:
    """So that a program that reads them finds its columns."""
    folder = pack(tmp_path, replace(audit([]), head=of.head), ("csv",))
    assert {name: len(table(folder, name)) for name in LISTS} == dict.fromkeys(LISTS, 1)
    assert all(Decimal(len(table(folder, name)[0])) > 5 for name in LISTS)


@pytest.mark.libreoffice
def test_words_stay_words_when_the_file_is_opened(tmp_path: Path) -> None:
    """By LibreOffice with its own defaults, as by a double click: behind the apostrophe they are what they were."""
    numbers = [words for words in VALUES if words == words.strip() and words.isascii()]  # it is not told the encoding
    rows = [paper.proposal(n, invoice=words, customer=words) for n, words in enumerate(numbers)]
    pack(tmp_path, audit(rows), ("csv",))
    (tmp_path / "20.csv").write_bytes((tmp_path / "csv" / "20-Reconciliation.csv").read_bytes())
    book = opened(convert(tmp_path / "20.csv", "xlsx", tmp_path / "profile"))
    heads, *lines = book.worksheets[0].iter_rows(values_only=True)
    invoice, customer = heads.index("Invoice"), heads.index("Customer")
    assert [(line[invoice], line[customer]) for line in lines] == [(f"'{words}", f"'{words}") for words in numbers]


@given(st.text(max_size=40) | st.from_regex(r"[ '=+@-]?[0-9]{1,20}([/.,eE:-][0-9]{1,4}){0,2} ?", fullmatch=True))
def test_a_field_is_taken_back_by_leaving_out_its_first_apostrophe(words: str) -> None:
    """By a program as by a reader, whatever the words are; and none of it begins a formula."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(["x", harmless(words), "y"])
    written.seek(0)
    ((_, field, _),) = csv.reader(written, strict=True)
    assert field.removeprefix("'") == visible(words)
    assert not field.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    "of", [audit([]), audit(paper.rows(9), pushed=False), hostile()], ids=["none", "waits", "hostile"]
)
@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_figure_comes_out_of_the_files_of_any_pack(tmp_path: Path, of: Audit, code: str) -> None:
    """Before a push, and with words that would steer a spreadsheet; without rows nothing is said to be so."""
    pack(tmp_path, of, ("csv",), language(code))
    (found,) = figures(tmp_path)
    assert (found[0], found[1]) == (True if of.rows else None, "figures")
    for path in tmp_path.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file, delimiter=";" if code == "fr" else ",", strict=True)
        assert len(set(head)) == len(head)
        assert {len(row) for row in rows} <= {len(head)}
        wanted = [harmless(of.run.company.sage), of.run.id, str(of.run.window.start), str(of.run.window.end)]
        assert [row[:4] for row in rows if row[:4] != wanted] == []
