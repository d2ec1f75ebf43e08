"""The forms in which other programs write the same cells."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from workbook.xlsx.cell_stream import (
    LONGEST_ROW,
    DamagedError,
    Dressed,
    InBlack,
    SheetLook,
    SheetRow,
    shared_words,
    sheet_rows,
)
from workbook.xlsx.cells import Found, Odd, Oddity

SHARED = ["zero", "one"]


def rows(xml: str, after: str = "") -> list[SheetRow]:
    """The rows of a sheet's data."""
    sheet = f"<worksheet xmlns:x='urn:x'><cols><col/></cols><sheetData>{xml}</sheetData>{after}</worksheet>"
    return list(sheet_rows(pieces(sheet), SHARED, SheetLook()))


def pieces(xml: str) -> Iterator[bytes]:
    """A document, a few bytes at a time."""
    whole = xml.encode()
    return (whole[start : start + 7] for start in range(0, len(whole), 7))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1"><v>12.5</v></c>', Decimal("12.5")),
        ('<c r="A1" t="n"><v>1E+2</v></c>', Decimal(100)),
        ('<c r="A1"><v>NaN</v></c>', "NaN"),
        ('<c r="A1"><v>INF</v></c>', "INF"),
        ('<c r="A1"><v>1,5</v></c>', "1,5"),
        ('<c r="A1" t="s"><v>1</v></c>', "one"),
        ('<c r="A1" t="str"><v>typed</v></c>', "typed"),
        ('<c r="A1" t="inlineStr"><is><t>in</t></is></c>', "in"),
        ('<c r="A1" t="inlineStr"><is><r><t>two </t></r><r><t>runs</t></r></is></c>', "two runs"),
        ('<c r="A1" t="inlineStr"><is><t>漢</t><rPh><t>kan</t></rPh></is></c>', "漢"),
        ('<c r="A1" t="b"><v>1</v></c>', Odd(what=Oddity.BOOLEAN, text="TRUE")),
        ('<c r="A1" t="b"><v>0</v></c>', Odd(what=Oddity.BOOLEAN, text="FALSE")),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Odd(what=Oddity.ERROR, text="#REF!")),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', Odd(what=Oddity.FORMULA, text="2")),
        ('<c r="A1" t="str"><f t="shared" si="0"/><v>Yes</v></c>', Odd(what=Oddity.FORMULA, text="Yes")),
        ("<c><v>3</v></c>", Decimal(3)),
        ('<x:c r="A1" t="s"><x:v>0</x:v></x:c>', "zero"),
        ('<c r="A1" t="inlineStr"><is><t>_x000D_ and _x005F_x000D_</t></is></c>', "\r and _x000D_"),
    ],
)
def test_every_form_of_a_cell_is_understood(cell: str, expected: Found) -> None:
    """Numbers exactly, words joined, anything else marked as odd."""
    assert rows(f"<row>{cell}</row>") == [SheetRow(cells={1: expected}, hidden=False, number=1)]


def test_empty_cells_and_rows_are_left_out() -> None:
    """Formatted but empty."""
    assert (
        rows('<row r="1"/><row r="2"><c r="A2" s="3"/><c r="B2" t="s"/></row><row r="3"><c r="A3"><v/></c></row>') == []
    )


def test_columns_are_counted_where_they_are_not_named() -> None:
    """After a named one the count goes on from there; the last column is 16384."""
    (row,) = rows('<row><c><v>1</v></c><c r="AA1"><v>2</v></c><c><v>3</v></c><c r="XFD1"><v>4</v></c></row>')
    assert row.cells == {1: 1, 27: 2, 28: 3, 16_384: 4}


@pytest.mark.parametrize(("mark", "expected"), [("1", True), ("true", True), ("0", False), ("false", False)])
def test_hidden_rows_are_known(mark: str, *, expected: bool) -> None:
    """By either spelling."""
    assert [row.hidden for row in rows(f'<row hidden="{mark}"><c><v>1</v></c></row>')] == [expected]


@pytest.mark.parametrize("index", ["2", "x", "1.5", "-1"])
def test_words_that_are_not_there_are_damage(index: str) -> None:
    """A cell points past the shared words."""
    with pytest.raises(DamagedError):
        rows(f'<row><c t="s"><v>{index}</v></c></row>')


def test_shared_words_join_their_runs_and_leave_phonetics_out() -> None:
    """As Excel shows them, under any prefix."""
    xml = (
        "<x:sst xmlns:x='urn:x'><x:si><x:t>plain</x:t></x:si><x:si/>"
        "<x:si><x:r><x:t>bold </x:t></x:r><x:r><x:t>and not</x:t></x:r></x:si>"
        "<x:si><x:t>漢</x:t><x:rPh><x:t>kan</x:t></x:rPh></x:si></x:sst>"
    )
    assert shared_words(pieces(xml)) == ["plain", "", "bold and not", "漢"]


def test_words_with_colours_of_their_own_are_marked() -> None:
    """The cell's own colour says nothing of them; bold letters alone hide nothing."""
    runs = "".join(f"<si><r><rPr>{each}</rPr><t>Yes</t></r></si>" for each in ("<color/>", "<sz/>", "<b/>", ""))
    found = shared_words(pieces(f"<sst>{runs}<si><t>Yes</t></si></sst>"))
    assert [(str(each), type(each) is Dressed) for each in found] == [("Yes", number < 2) for number in range(5)]


def test_words_that_say_they_are_black_are_marked_as_that() -> None:
    """Where all pieces do, in letters that anybody reads."""
    black, large = '<color rgb="FF000000"/>', '<sz val="10"/>'
    dresses = (black + large, black, large, '<sz val="2"/>', '<color rgb="FF000000" tint="0.9"/>', '<sz val="x"/>')
    runs = "".join(f"<si><r><rPr>{each}</rPr><t>Yes</t></r></si>" for each in dresses)
    found = shared_words(pieces(f"<sst>{runs}</sst>"))
    assert [type(each) is InBlack for each in found] == [True, True, True, False, False, False]


def test_conditional_formats_are_taken_whole() -> None:
    """However small the pieces are that they come in."""
    look, rule = SheetLook(), "<cfRule type='expression'><formula>TRUE</formula></cfRule>"
    xml = f"<w><sheetData/><conditionalFormatting sqref='A1 B2:C9'>{rule * 2}</conditionalFormatting></w>"
    assert list(sheet_rows(pieces(xml), SHARED, look)) == []
    assert [each.areas for each in look.conditions] == [((1, 1, 1, 1), (2, 9, 2, 3))] * 2
    assert [each.rule[0].text for each in look.conditions] == ["TRUE", "TRUE"]


def test_rows_are_taken_while_the_rest_is_still_being_read() -> None:
    """Three rows can be had although the file breaks off after the fourth; then it is damaged."""
    found = sheet_rows(pieces("<w><sheetData>" + "<row><c><v>1</v></c></row>" * 4), SHARED, SheetLook())
    assert [next(found).cells for _ in range(3)] == [{1: 1}] * 3
    with pytest.raises(DamagedError):
        list(found)


def test_what_stands_around_the_rows_does_not_matter() -> None:
    """Rows elsewhere are none of the sheet's, and links after the rows are let go."""
    links = "<hyperlinks>" + "<hyperlink ref='A1'/>" * 50 + "</hyperlinks><row><c><v>2</v></c></row>"
    assert [row.cells for row in rows("<row><c><v>1</v></c></row>", links)] == [{1: 1}]


def test_a_row_that_never_ends_is_damage() -> None:
    """It would have to be held whole: millions of cells in a row are no spreadsheet's."""
    start, cells = b"<w><cols><col/></cols><sheetData><row>", b"<c/>" * 100_000
    fed: list[int] = []

    def endless() -> Iterator[bytes]:
        yield start
        while len(fed) < 20:
            fed.append(len(cells))
            yield cells

    with pytest.raises(DamagedError):
        list(sheet_rows(endless(), SHARED, SheetLook()))
    assert LONGEST_ROW <= sum(fed) <= LONGEST_ROW + len(cells)
