"""The sheets of an audit pack, as two independent readers see them: openpyxl, and the XML itself."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter

from sync.language.catalogues import ENGLISH
from tests.workbook import paper
from tests.workbook.audit.packs import LISTS, SHEETS, audit, listed, opened, pack, sheet
from tests.workbook.review.test_structure import contrast, words_of
from workbook.look.statuses import LOOKS

RUN = "20260410-133000-ab12"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a run of every status in two currencies, half of it posted."""
    return pack(tmp_path_factory.mktemp("pack"), audit(paper.rows(60)))


def parts(path: Path, pattern: str) -> dict[str, str]:
    """The XML of the parts whose names match."""
    with ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist() if re.fullmatch(pattern, name)}


def sheet_parts(path: Path) -> list[str]:
    """The XML of every sheet, in order."""
    found = parts(path, r"xl/worksheets/sheet\d+\.xml")
    return [found[f"xl/worksheets/sheet{number}.xml"] for number in range(1, len(found) + 1)]


def test_every_sheet_is_there_in_the_order_of_the_index(made: Path) -> None:
    """The cover lists what follows it, each with its reference."""
    book = opened(made)
    lines = list(sheet(book, SHEETS[0]).iter_rows(values_only=True))
    start = next(number for number, line in enumerate(lines) if line[0] == "Reference") + 1
    index = [(line[0], line[1]) for line in takewhile(lambda line: line[0], lines[start:])]
    assert book.sheetnames == SHEETS
    assert index == [(f"AR-{name[:2]}", name) for name in SHEETS[1:]]


@pytest.mark.parametrize("name", SHEETS)
def test_each_sheet_says_whose_when_and_which_run_it_is(made: Path, name: str) -> None:
    """Entity, window, run and the ledger's head, below the title and before anything else."""
    top = words_of(sheet(opened(made), name))[:3]
    assert top[0].startswith(f"AR-{name[:2]}  ")
    assert top[1] == (
        "Entity: Maple Networks Inc.  ·  Window: 2026-03-10 to 2026-04-10, Past Month  ·  "
        f"Run: {RUN}  ·  Ledger: row 1234, 9f86d081884c"
    )


def test_the_cover_says_who_where_from_and_on_which_ledger(made: Path) -> None:
    """Sources with times and zone, requests, who synced, pushed and exported, version, settings, and the whole hash."""
    words = words_of(sheet(opened(made), SHEETS[0]))
    for expected in (
        "acme at https://api-na.myconnectwise.net, 14 requests",
        "marie on COMPTA-1",
        "2026-04-11 09:00:00 UTC by luc on COMPTA-2",
        "Tieout 0.1.0, settings 0123456789ab",
        "row 1234, SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Everything that was entered in Sage in the window is accounted for, to the cent.",
        "The login reader could write to Sage; Tieout only reads. Give it read-only access.",
    ):
        assert expected in words
    assert [word for word in words if "13:30:00 UTC" in word and "(UTC" in word]


def test_nothing_is_signed_in_advance(made: Path) -> None:
    """Names, signatures, dates and initials on the cover are blank, and so are Tick and Initials of every row."""
    book = opened(made)
    lines = list(sheet(book, SHEETS[0]).iter_rows(values_only=True))
    header = next(place for place, line in enumerate(lines) if line[0] == "Role")
    roles = lines[header + 1 : header + 3]
    assert [(line[0], set(line[1:])) for line in roles] == [("Prepared by", {None}), ("Reviewed by", {None})]
    signs = {
        (name, head): set(listed(sheet(book, name)).column(head))
        for name in LISTS
        for head in ("Tick", "Initials", "To Sage", "To the bank", "To Manage", "Exception found")
        if head in listed(sheet(book, name)).heads
    }
    assert (set(map(frozenset, signs.values())), len(signs)) == ({frozenset({None})}, 15)


@pytest.mark.parametrize("name", LISTS)
def test_control_totals_stand_above_and_below_with_a_live_figure_and_a_check(made: Path, name: str) -> None:
    """A figure for each currency, a count of the rows shown, and a check that says OK: no two currencies are added."""
    shown, stored = (sheet(opened(made, values=values), name) for values in (False, True))
    found = listed(shown)
    first, last = found.header + 1, found.header + len(found.rows)
    unit = found.heads.index("Currency")
    units = sorted({str(row[unit]) for row in found.rows})
    assert units[:2] == ["CAD", "USD"]
    where = f"${get_column_letter(unit + 1)}${first}:${get_column_letter(unit + 1)}${last}"
    added = 0
    for tops in found.totals:
        below = tops[-1] + 1
        labels = [shown.cell(row, 1).value for row in range(tops[0], below + 1 + len(units))]
        each_of = [[f"{words}, {unit}" for unit in units] for words in ("Control total", "Check")]
        assert labels == [*each_of[0], "Shown now", *each_of[1]]
        assert [shown.cell(top, 2).value for top in tops] == [found.column("Currency").count(each) for each in units]
        assert shown.cell(below, 2).value == f"=SUBTOTAL(103,{where})"
        assert stored.cell(below, 2).value == len(found.rows)
        for place in range(3, len(found.heads) + 1):
            static: list[Any] = [shown.cell(top, place).value for top in tops]
            if static[0] is None:
                continue
            cells = f"${get_column_letter(place)}${first}:${get_column_letter(place)}${last}"
            for down, (each, figure) in enumerate(zip(units, static, strict=True), start=1):
                amounts = [row[place - 1] or 0 for row in found.rows if row[unit] == each]
                assert figure == pytest.approx(sum(amounts), abs=0.001)
                assert f'SUMIFS({cells},{where},"{each}")' in str(shown.cell(below + down, place).value)
                assert (shown.cell(below, place).value, stored.cell(below + down, place).value) == (None, "OK")
            added += 1
    assert added >= 2


def test_a_list_in_one_currency_adds_up_what_a_filter_shows(tmp_path: Path) -> None:
    """A SUBTOTAL of exactly the rows with its result beside it, below the one control total."""
    made = pack(tmp_path, audit([row for row in paper.rows(60) if row.currency == "CAD"]))
    shown, stored = (sheet(opened(made, values=values), "20 Reconciliation") for values in (False, True))
    found = listed(shown)
    first, last = found.header + 1, found.header + len(found.rows)
    place = found.heads.index("Change") + 1
    cells = f"${get_column_letter(place)}${first}:${get_column_letter(place)}${last}"
    for (top,) in found.totals:
        labels = [shown.cell(top + down, 1).value for down in range(3)]
        assert labels == ["Control total", "Shown now", "Check"]
        assert shown.cell(top + 1, place).value == f"=SUBTOTAL(109,{cells})"
        assert f"SUM({cells})" in str(shown.cell(top + 2, place).value)
        assert stored.cell(top + 1, place).value == pytest.approx(sum(row[place - 1] or 0 for row in found.rows))


def test_rows_without_a_number_or_a_customer_are_counted_too(tmp_path: Path) -> None:
    """Sage may name neither: rows are counted by a column that is filled in each of them."""
    nameless = [replace(row, invoice="", customer="") for row in paper.rows(12)]
    book = opened(pack(tmp_path, audit(nameless)))
    counted = {}
    for name in LISTS:
        shown = sheet(book, name)
        found = listed(shown)
        first, last = re.findall(r"\$([A-Z]+\$\d+)", str(shown.cell(found.totals[0][-1] + 1, 2).value))
        filled = [cell for (cell,) in shown[f"{first}:{last}"] if cell.value not in {None, ""}]
        counted[name] = (len(filled), len(found.rows))
    assert [name for name, (filled, rows) in counted.items() if filled != rows or not rows] == []


def test_values_are_what_they_are(made: Path) -> None:
    """Amounts are numbers with brackets and a dash, dates are dates shown as ISO, invoice numbers are words."""
    amount = '#,##0.00_);(#,##0.00);"\u2013"??_)'
    book = opened(made)
    found = listed(sheet(book, "20 Reconciliation"))
    cells = {
        head: sheet(book, "20 Reconciliation").cell(found.header + 1, found.heads.index(head) + 1)
        for head in ("Invoice", "Total Sage", "Change", "Date paid proposed")
    }
    assert {head: (cell.data_type, cell.number_format) for head, cell in cells.items()} == {
        "Invoice": ("s", "@"),
        "Total Sage": ("n", amount),
        "Change": ("n", amount),
        "Date paid proposed": ("d", "yyyy-mm-dd"),
    }


def test_every_sheet_prints_on_landscape_letter_one_page_wide(made: Path) -> None:
    """The page's number of how many, file and run below; company and sheet above; a list repeats its header row."""
    for name, xml in zip(SHEETS, sheet_parts(made), strict=True):
        (setup,) = re.findall("<pageSetup [^>]*/>", xml)
        footer, header = (re.findall(f"<odd{end}>(.*?)</odd{end}>", xml, re.DOTALL)[0] for end in ("Footer", "Header"))
        assert ('paperSize="1"' in setup, 'orientation="landscape"' in setup) == (True, True)
        assert ("fitToWidth" in setup, '<pageSetUpPr fitToPage="1"/>' in xml) == (False, True)
        assert [w for w in (f"&amp;F\nRun {RUN}", "Page &amp;P of &amp;N") if w not in footer] == []
        assert [w for w in ("Maple Networks Inc.", f"AR-{name[:2]}") if w not in header] == []
    (book,) = parts(made, r"xl/workbook\.xml").values()
    titles = dict(re.findall(r"Print_Titles[^>]*>'([^']+)'!(\$\d+:\$\d+)<", book))
    expected = {name: f"${(row := listed(sheet(opened(made), name)).header)}:${row}" for name in LISTS}
    assert titles == expected


def test_lists_keep_their_header_and_can_be_filtered(made: Path) -> None:
    """Frozen below the header, and a filter over exactly the rows."""
    for name in LISTS:
        shown = sheet(opened(made), name)
        found = listed(shown)
        end = f"{get_column_letter(len(found.heads))}{found.header + len(found.rows)}"
        assert (shown.freeze_panes, shown.auto_filter.ref) == (f"B{found.header + 1}", f"A{found.header}:{end}")


def test_it_is_values_on_plain_sheets(made: Path) -> None:
    """No macro, no link to another file, no merged cell, no hidden sheet; names are unique and short enough."""
    with ZipFile(made) as book:
        names = book.namelist()
        rels = "".join(book.read(name).decode() for name in names if name.endswith(".rels"))
    assert [name for name in names if "vba" in name or "externalLink" in name or "connections" in name] == []
    assert 'TargetMode="External"' not in rels
    assert [xml for xml in sheet_parts(made) if "<mergeCell" in xml] == []
    shown = opened(made)
    assert {found.sheet_state for found in shown} == {"visible"}
    assert len({name.casefold() for name in shown.sheetnames}) == len([n for n in shown.sheetnames if len(n) <= 31])


def _colour(colour: Any, otherwise: str) -> str:  # noqa: ANN401 - openpyxl's colour, of any kind
    rgb = getattr(colour, "rgb", None)
    return str(rgb)[2:] if isinstance(rgb, str) and rgb != "00000000" else otherwise


def test_all_words_can_be_read_on_their_fill(made: Path) -> None:
    """Every pair of fill and ink that any cell has: at least 4.5 to 1."""
    pairs = {
        (_colour(cell.fill.fgColor, "FFFFFF") if cell.fill.fill_type else "FFFFFF", _colour(cell.font.color, "000000"))
        for found in opened(made)
        for row in found.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert len(pairs) > len(LOOKS)
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("name", ["20 Reconciliation", "40 Held items"])
def test_a_status_is_a_word_and_a_colour(made: Path, name: str) -> None:
    """As the legend explains them."""
    shown = sheet(opened(made), name)
    found = listed(shown)
    looks = {look.word.said(ENGLISH): (look.fill, look.ink) for look in LOOKS.values()}
    place = found.heads.index("Status") + 1
    cells = [shown.cell(found.header + 1 + number, place) for number in range(len(found.rows))]
    colours = {(str(c.value), (_colour(c.fill.fgColor, ""), _colour(c.font.color, ""))) for c in cells}
    assert len(colours) > 5
    assert [each for each in colours if looks[each[0]] != each[1]] == []


def test_the_legend_explains_every_status_and_mark(made: Path) -> None:
    """Words, meanings and what to do."""
    words = words_of(sheet(opened(made), SHEETS[-1]))
    wanted = [part.said(ENGLISH) for k in LOOKS.values() for part in (k.word, k.meaning, k.step)]
    assert [w for w in [*wanted, "F", "RC", "PBC", "N1, N2, …", "X"] if w not in words] == []


def test_charts_stand_below_their_figures_and_are_told_in_words(made: Path) -> None:
    """Drawn from the figures above them, each with a description for who cannot see it."""
    drawings = parts(made, r"xl/drawings/drawing\d+\.xml").values()
    told = [[text.split(",")[0] for text in re.findall(r'descr="([^"]+)"', drawing)] for drawing in drawings]
    ageing = "Ageing of open balances"
    assert sorted(told) == [[ageing], [ageing, "What is held", "Settled"]]
    charts = "".join(parts(made, r"xl/charts/chart\d+\.xml").values())
    sources = set(re.findall(r"<c:f>'?([^'!]+)'?!", charts))
    assert (len(parts(made, r"xl/charts/chart\d+\.xml")), sources) == (4, {"10 Summary and proof", "50 Tie-out"})
