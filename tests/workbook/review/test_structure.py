"""What stands in a new file, as two independent readers see it: openpyxl, and the XML itself."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from addin.install.build import build_workbook
from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose
from sync.core.prove.figures import Disposition, disposition
from sync.core.prove.review import OpenItem
from sync.core.values.messages import Language, say
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal, Status
from sync.language.catalogues import ENGLISH, languages
from tests.support.build import document, entry, invoice, own
from tests.workbook import paper
from tests.workbook.edited import edited, header_of
from workbook.look.page import headed
from workbook.look.statuses import LOOKS
from workbook.review.columns import COLUMNS, PLACE, SHEET, ColumnId, cells
from workbook.review.head_block import RUN
from workbook.review.review_file import ExcelFiles
from workbook.xlsx.cells import in_words, visible

HEADERS = {
    "Key",
    "Status",
    "Invoice",
    "Customer",
    "Invoice date",
    "Currency",
    "Total Sage",
    "Total Manage",
    "Variance",
    "Cash",
    "Discount",
    "Credit",
    "Other",
    "Balance Sage",
    "Paid before",
    "Paid proposed",
    "Change",
    "Date paid before",
    "Date paid proposed",
    "Receipt",
    "Why",
    "Outcome",
    "Waits since",
    "Next step",
    "Approve",
    "Note",
    "Owner",
    "Hold until",
}
PIXELS_AT_1366 = 1366 - 60


def part(path: Path, name: str) -> str:
    """A part's XML."""
    with ZipFile(path) as parts:
        return parts.read(name).decode()


def sheet_of(path: Path, name: str = "Reconciliation") -> Worksheet:
    """A sheet as openpyxl sees it."""
    sheet = openpyxl.load_workbook(path)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def words_of(sheet: Worksheet) -> list[str]:
    """All words in a sheet."""
    return [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None]


def test_the_table_has_every_column_once() -> None:
    """The headers are a promise to scripts."""
    assert sorted(map(header_of, COLUMNS)) == sorted(HEADERS)


def test_it_is_a_real_table_with_filters_below_the_header_block(written: Path, reviewed: dict[str, Proposal]) -> None:
    """The table spans exactly the rows, and its filter too."""
    sheet = sheet_of(written)
    (table,) = sheet.tables.values()
    first, last = (int(number) for number in re.findall(r"\d+", table.ref))
    assert (last - first, table.autoFilter.ref) == (len(reviewed), table.ref)
    assert [sheet.cell(first, place).value for place in range(1, 1 + len(COLUMNS))] == list(map(header_of, COLUMNS))


def test_what_a_decision_needs_is_on_the_first_screen(written: Path) -> None:
    """Everything up to Note fits a screen of 1366 pixels at 100 %; Approve, invoice and customer stay in sight."""
    sheet = sheet_of(written)
    (table,) = sheet.tables.values()
    header = int(re.findall(r"\d+", table.ref)[0])
    assert (header, sheet.freeze_panes) == (5, "D6")
    in_sight = list(map(header_of, COLUMNS[:12]))
    assert in_sight == [
        "Approve",
        "Invoice",
        "Customer",
        "Currency",
        "Paid before",
        "Paid proposed",
        "Change",
        "Status",
        "Why",
        "Note",
        "Owner",
        "Outcome",
    ]
    widths = [sheet.column_dimensions[get_column_letter(place)].width for place in range(1, 11)]
    assert sum(width * 7 + 5 for width in widths) < PIXELS_AT_1366
    groups = [(each.min or 0, each.max or 0) for each in sheet.column_dimensions.values() if each.hidden]
    away = {place for first, last in groups for place in range(first, last + 1)}
    assert away == set(range(14, len(COLUMNS) + 1))  # all that follows Hold until


@pytest.mark.filterwarnings("ignore:Print area cannot be set")  # openpyxl knows no whole columns
@pytest.mark.parametrize("language", languages(), ids=lambda each: each.code)
def test_screen_and_page_hold_what_they_should_in_every_language(tmp_path: Path, language: Language) -> None:
    """Headers differ in length: up to Note it fits the screen, and up to Why a printed page, in file and workbook."""
    ExcelFiles(language).write(tmp_path / "file.xlsx", paper.review(paper.rows(3)))
    build_workbook(tmp_path / "Tieout.xlsm", language, interpreter="/opt/tieout/python")
    for path in (tmp_path / "file.xlsx", tmp_path / "Tieout.xlsm"):
        sheet = sheet_of(path, SHEET.said(language))
        groups = {each.min or 0: each for each in sheet.column_dimensions.values()}
        widths, place = [], 1
        while place <= PLACE[ColumnId.NOTE] + 1:
            group = groups[place]
            widths += [group.width * 7 + 5] * ((group.max or place) - place + 1)
            place = (group.max or place) + 1
        assert sum(widths[: PLACE[ColumnId.NOTE] + 1]) < PIXELS_AT_1366
        assert sum(widths[: PLACE[ColumnId.NOTE]]) / 96 * 0.89 <= 11 - 0.6
        for column, pixels in zip(COLUMNS, widths, strict=False):  # no header is cut, and none has a third line
            assert headed(column.header.said(language), 0) <= (pixels - 5) / 7


def test_what_is_new_or_waits_for_something_else_stands_out(tmp_path: Path, files: ExcelFiles) -> None:
    """Any other row that waits says since when; of what does not wait nothing is said."""
    new, same, other, ready = (
        paper.proposal(number, status)
        for number, status in enumerate((*[Status.TOTAL_DIFFERS] * 3, Status.READY), start=1)
    )
    since = date(2026, 3, 1)
    before = {same.key: OpenItem(row=same, since=since)}
    moved = replace(other, paid_proposed=Decimal("1.00"))
    held = before | {other.key: OpenItem(row=moved, since=since), ready.key: OpenItem(row=ready, since=since)}
    files.write(tmp_path / "x.xlsx", paper.review([new, same, other, ready], held))
    with edited(tmp_path / "x.xlsx") as book:
        assert [book.cell(n, "Waits since").value for n in range(4)] == ["new", "2026-03-01", "changed", None]
        top = book.places.index(0)
        invoice, since_cell = (book.cell(top, header).coordinate for header in ("Invoice", "Waits since"))
        (rules,) = [each.rules for each in book.sheet.conditional_formatting if invoice in each.sqref]
    assert [rule.formula for rule in rules] == [[f'OR(${since_cell}="new",${since_cell}="changed")']]
    assert rules[0].dxf.font.b


def test_what_needs_a_person_stands_first_by_money(written: Path, reviewed: dict[str, Proposal]) -> None:
    """Then what is ready, then what is neither; and the row says what the head counts."""
    with edited(written) as book:
        rows = sorted(range(len(reviewed)), key=lambda number: book.places[number])
        keys = [book.keys()[number] for number in rows]
    became = [disposition(reviewed[key]) for key in keys]
    first = became.count(Disposition.WAITING)
    assert became[:first] == [Disposition.WAITING] * first
    assert became[first : first + became.count(Disposition.READY)] == [Disposition.READY] * became.count(
        Disposition.READY
    )
    money = [abs(row.change or row.settled or Decimal(0)) for row in (reviewed[key] for key in keys[:first])]
    assert money == sorted(money, reverse=True)


def test_cells_hold_amounts_as_numbers_dates_as_dates_and_words_as_words(
    written: Path, reviewed: dict[str, Proposal]
) -> None:
    """Every cell of every row is what the proposal says, of the right type."""
    wrong = []
    with edited(written) as book:
        for number, (key, row) in enumerate(reviewed.items()):
            for column, expected in zip(COLUMNS, in_words(cells(row), ENGLISH), strict=True):
                cell = book.cell(number, header_of(column))
                found = cell.value
                if isinstance(expected, Decimal):
                    right = cell.data_type == "n" and Decimal(str(found)) == expected
                elif isinstance(expected, date):
                    right = isinstance(found, datetime) and found.date() == expected and cell.is_date
                else:
                    right = found == expected and (found is None or cell.data_type == "s")
                if not right:
                    wrong.append((key, column.id, found, expected))
    assert wrong == []


def test_formats_are_an_accountants(written: Path) -> None:
    """Brackets below zero, a dash for zero, ISO dates, and text columns that Excel will not convert."""
    with edited(written) as book:
        formats = {name: book.cell(0, name).number_format for name in map(header_of, COLUMNS)}
    amount = '#,##0.00_);(#,##0.00);"–"??_)'.replace("–", "\u2013")  # noqa: RUF001 - the dash is meant
    kinds = {"Total Sage": amount, "Change": amount, "Date paid before": "yyyy-mm-dd", "Invoice": "@", "Key": "@"}
    assert {header: formats[header] for header in kinds} == kinds


@pytest.mark.parametrize("words", paper.NASTY)
def test_words_from_outside_stay_words(tmp_path: Path, files: ExcelFiles, words: str) -> None:
    """No formula, no link, no number, no markup, in the table or the header block; and they read back as typed."""
    row = paper.proposal(1, customer=words, invoice=words)
    path = tmp_path / "words.xlsx"
    files.write(path, paper.review([row], notices=(say("{words}", words=words),)))
    assert [d.objection for d in files.read(path, {row.key: row}).decisions] == [None]
    xml = part(path, "xl/worksheets/sheet1.xml")
    assert ("<hyperlink" in xml, "=HYPERLINK" in "".join(re.findall("<f>(.*?)</f>", xml))) == (False, False)
    with edited(path) as book:
        cells = [book.cell(0, header) for header in ("Customer", "Invoice")]
        assert [(cell.data_type, cell.hyperlink) for cell in cells] == [("s", None)] * 2


def test_characters_that_no_cell_can_hold_are_seen(tmp_path: Path, files: ExcelFiles) -> None:
    """A control character becomes U+FFFD, and the row is still as reviewed."""
    row = paper.proposal(1, customer="Bell\x07 Canada\x00")
    files.write(tmp_path / "x.xlsx", paper.review([row]))
    assert [d.objection for d in files.read(tmp_path / "x.xlsx", {row.key: row}).decisions] == [None]
    with edited(tmp_path / "x.xlsx") as book:
        assert book.cell(0, "Customer").value == "Bell\ufffd Canada\ufffd"


def test_approve_offers_yes_only_where_the_row_can_be_approved(written: Path, reviewed: dict[str, Proposal]) -> None:
    """The list follows the row's own Change cell, so it stays right when rows are sorted; anything else is stopped."""
    with edited(written) as book:
        rules = {str(rule.sqref).split(":")[0]: rule for rule in book.sheet.data_validations.dataValidation}
        top = book.places.index(0)
        rule = rules[book.cell(top, "Approve").coordinate]
        change = book.cell(top, "Change").coordinate
        assert rule.formula1 == f"IF(ISNUMBER(${change}),Approve_choices,Approve_no)"
        assert (rule.type, rule.errorStyle or "stop", rule.showErrorMessage) == ("list", "stop", True)
        found = [(book.cell(n, "Change").value is not None, book.cell(n, "Approve").value) for n in range(26)]
    assert found == [(row.approvable, "Yes" if row.approve else "No") for row in reviewed.values()]


def test_the_lists_behind_approve_are_yes_and_no(written: Path) -> None:
    """Named ranges on the legend."""
    book = openpyxl.load_workbook(written)
    shown = {}
    for name in ("Approve_choices", "Approve_no"):
        ((sheet, cells),) = book.defined_names[name].destinations
        found = book[sheet][cells.replace("$", "")]
        shown[name] = [row[0].value for row in found] if isinstance(found, tuple) else [found.value]
    assert shown == {"Approve_choices": ["Yes", "No"], "Approve_no": ["No"]}


def test_every_cell_but_approve_note_and_owner_refuses_typing(written: Path) -> None:
    """A validation that is never true covers all other columns; their cells are locked, the three are not."""
    with edited(written) as book:
        never = [r for r in book.sheet.data_validations.dataValidation if r.type == "custom"]
        cells = {name: book.cell(5, name) for name in map(header_of, COLUMNS)}
        covered = {name for name, cell in cells.items() if any(cell.coordinate in rule.sqref for rule in never)}
        locked = {name for name, cell in cells.items() if cell.protection.locked}
    assert {rule.formula1 for rule in never} == {"FALSE"}
    typed = {"Approve", "Note", "Owner", "Hold until"}
    assert (covered, locked) == (HEADERS - typed, HEADERS - typed)


def test_a_note_is_at_most_500_characters_and_stays_text(written: Path) -> None:
    """So that a typed date or -1 is not converted."""
    with edited(written) as book:
        rule = next(r for r in book.sheet.data_validations.dataValidation if r.type == "textLength")
        assert (rule.operator, rule.formula1) == ("lessThanOrEqual", "500")
        assert book.cell(0, "Note").number_format == "@"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_each_status_has_a_word_and_a_colour_of_its_own_that_can_be_read() -> None:
    """All thirteen; at least 4.5 to 1."""
    assert set(LOOKS) == set(Status)
    assert len({look.word for look in LOOKS.values()}) == len({look.fill for look in LOOKS.values()}) == len(Status)
    assert {s: c for s, look in LOOKS.items() if (c := contrast(look.fill, look.ink)) < 4.5} == {}


def test_the_status_column_is_coloured_by_its_word(written: Path) -> None:
    """One rule per status, with the colours of the legend."""
    with edited(written) as book:
        cell = book.cell(0, "Status").coordinate
        rules = next(found.rules for found in book.sheet.conditional_formatting if cell in found.sqref)
    found = {rule.formula[0]: (rule.dxf.fill.bgColor.rgb[2:], rule.dxf.font.color.rgb[2:]) for rule in rules}
    assert found == {f'"{look.word.said(ENGLISH)}"': (look.fill, look.ink) for look in LOOKS.values()}


def test_the_header_block_identifies_the_paper(written: Path) -> None:
    """Company, site, window, run, start, settings, version, ledger, requests, a notice, who and where."""
    words = words_of(sheet_of(written))
    for expected in (
        "Maple Networks Inc.",
        "https://api-na.myconnectwise.net (acme)",
        "2026-03-10 to 2026-04-10, Past Month",
        "20260410-133000-ab12",
        "2026-04-10 13:30:00",
        "Started (UTC)",
        "policy 0123456789ab",
        "Tieout 0.1.0, format 2",
        "row 1234, hash 9f86d081884c",
        "14 to Manage",
        "The login reader could write to Sage; Tieout only reads. Give it read-only access.",
        "marie on COMPTA-1",
    ):
        assert expected in words
    assert words[words.index(RUN.said(ENGLISH)) + 1] == "20260410-133000-ab12"


def test_many_notices_do_not_fill_the_window_and_stand_on_the_next_sheet(tmp_path: Path, files: ExcelFiles) -> None:
    """What does not fit above the table is told where it is."""
    notices = tuple(say("Notice number {n} about the books.", n=n) for n in range(9))
    files.write(tmp_path / "x.xlsx", paper.review(paper.rows(3), notices=notices))
    first, second = (words_of(sheet_of(tmp_path / "x.xlsx", name)) for name in ("Reconciliation", "Control totals"))
    assert "Notices: 9, on the sheet Control totals" in first
    assert [said for notice in notices if (said := notice.said(ENGLISH)) not in second] == []
    pane = sheet_of(tmp_path / "x.xlsx").freeze_panes
    assert pane == "D6"


HELD_AND_READY = (Status.READY, Status.REOPENED, Status.READY)


def test_held_rows_are_counted_and_bring_their_note(tmp_path: Path, files: ExcelFiles) -> None:
    """A row of an earlier run comes with what was noted on it; one that is ready by now is held no more."""
    found = [replace(row, status=status) for row, status in zip(paper.rows(3), HELD_AND_READY, strict=True)]
    held = {found[1].key: OpenItem(row=found[1], since=date(2026, 2, 3), note="Ask the bank")}
    files.write(tmp_path / "x.xlsx", paper.review(found, held))
    assert "1, since 2026-02-03" in words_of(sheet_of(tmp_path / "x.xlsx"))
    with edited(tmp_path / "x.xlsx") as book:
        assert [book.cell(n, "Note").value for n in range(3)] == [None, "Ask the bank", None]


def test_it_prints_on_landscape_letter_large_enough_to_read(written: Path) -> None:
    """Small letters of 9 points are 8 on paper; all up to Why fits a page; each page has invoice and customer."""
    (table,) = sheet_of(written).tables.values()
    header, last = re.findall(r"\d+", table.ref)
    xml, book = part(written, "xl/worksheets/sheet1.xml"), part(written, "xl/workbook.xml")
    assert '<pageSetup paperSize="1" scale="89" orientation="landscape"/>' in xml
    assert ('<pageSetUpPr fitToPage="1"/>' in xml, "<printOptions" in xml) == (False, False)
    assert '<colBreaks count="1" manualBreakCount="1"><brk id="9"' in xml
    inches = sum(column.width * 7 + 5 for column in COLUMNS[:9]) / 96 * 0.89
    assert inches <= 11 - 0.6
    (footer,) = re.findall("<oddFooter>(.*?)</oddFooter>", xml, re.DOTALL)
    assert [word in footer for word in ("&amp;F\nRun 20260410-133000-ab12", "Page &amp;P of &amp;N")] == [True, True]
    names = dict(re.findall(r'name="_xlnm.(\w+)" localSheetId="0">(.*?)<', book))
    assert names == {
        "Print_Area": f"Reconciliation!$A$1:$M${last}",
        "Print_Titles": f"Reconciliation!$A:$C,Reconciliation!${header}:${header}",
    }


def test_the_legend_explains_every_status(written: Path) -> None:
    """Word, meaning, default approval and what to do."""
    words = words_of(sheet_of(written, "Legend"))
    wanted = [part.said(ENGLISH) for k in LOOKS.values() for part in (k.word, k.meaning, k.approve, k.step)]
    assert [w for w in wanted if w not in words] == []


def test_control_totals_are_those_of_the_rows(written: Path, reviewed: dict[str, Proposal]) -> None:
    """Counts and sums per status and currency, and per currency over all."""
    values = list(sheet_of(written, "Control totals").iter_rows(values_only=True))
    ready = [r for r in reviewed.values() if r.status is Status.READY and r.currency == "CAD"]
    (line,) = [row for row in values if row[:2] == ("Ready", "CAD")]
    settled = sum((r.settled or Decimal(0) for r in ready), Decimal(0))
    assert (line[2], Decimal(str(line[3])), Decimal(str(line[6]))) == (len(ready), settled, settled)
    assert sum(int(str(row[2])) for row in values if row[0] == "All") == len(reviewed)


def test_the_head_says_what_needs_a_person_what_is_ready_and_that_all_adds_up(
    written: Path, reviewed: dict[str, Proposal]
) -> None:
    """Counts and money by currency, never added across them; the check is cached for viewers that do not calculate."""
    book = openpyxl.load_workbook(written, data_only=True)
    rows = {str(row[0]): row[1] for row in book["Reconciliation"].iter_rows(max_row=4, values_only=True)}
    for label, wanted in (("Needs you", Disposition.WAITING), ("Ready", Disposition.READY)):
        mine = [row for row in reviewed.values() if disposition(row) is wanted]
        said = [
            f"{total:,.2f} {unit}"
            for unit in sorted({row.unit for row in mine})
            if (total := sum((row.change for row in mine if row.unit == unit), Decimal(0)))
        ]
        assert rows[label] == f"{len(mine)}: {', '.join(said)}"
    assert rows["Check"] == "OK: rows (26) and amounts are as reviewed"
    (formula,) = [str(row[1]) for row in sheet_of(written).iter_rows(min_row=4, max_row=4, values_only=True)]
    assert formula.startswith("=IF(COUNTA(Review[Key])-26<>0,")


def test_nothing_found_is_a_file_too(tmp_path: Path, files: ExcelFiles) -> None:
    """A window without payments gives an empty table, and reads back as no decisions."""
    files.write(tmp_path / "empty.xlsx", paper.review([]))
    assert files.read(tmp_path / "empty.xlsx", {}).decisions == ()


def test_one_font_throughout(written: Path) -> None:
    """Styles name Arial only."""
    assert set(re.findall('<font>.*?<name val="(.*?)"', part(written, "xl/styles.xml"))) == {"Arial"}


def test_words_are_visible_in_the_documents_properties(tmp_path: Path, files: ExcelFiles) -> None:
    """A company's name with a control character would make a broken file."""
    company = paper.run().company.__class__(sage="A\x07 & B", site="https://x", manage="acme")
    files.write(tmp_path / "x.xlsx", paper.review([], company=company))
    properties = openpyxl.load_workbook(tmp_path / "x.xlsx").properties
    assert visible("Reconciliation of customer payments: A\x07 & B") == properties.title


def test_the_receipt_that_cleared_an_invoice_is_named_with_its_day() -> None:
    """The number alone is no key: it may be a way of paying, and stand on several receipts of a day."""
    rows = [
        own("100.00"),
        entry("-60.00", number="VISA"),
        entry("-40.00", id=2, number="Comptant", dated=date(2026, 4, 1)),
    ]
    (position,) = positions([document()], rows)
    (row,) = propose(pair([position], {1}, [invoice()], LedgerMemory(), Policy()), {}, LedgerMemory(), Policy())
    place = [column.id for column in COLUMNS].index("receipt")
    assert (row.clearing_receipt, in_words(cells(row), ENGLISH)[place]) == ("Comptant", "Comptant of 2026-04-01")
    assert cells(replace(row, applications=()))[place] == "Comptant"
    assert cells(replace(row, applications=(), clearing_receipt=None))[place] is None
