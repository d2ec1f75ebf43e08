"""What number formats, colours and their like make of a cell."""

from __future__ import annotations

from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from openpyxl.styles.colors import COLOR_INDEX

from workbook.look.cell_formats import AMOUNT
from workbook.xlsx.cell_looks import _PALETTE, BLACK, WHITE, Look, Looks, tells
from workbook.xlsx.cell_stream import DamagedError
from workbook.xlsx.cells import Found, Odd, Oddity

ACCOUNTING = '_($* #,##0.00_);_($* \\(#,##0.00\\);_($* "-"??_);_(@_)'
CENTS, LESS, NONE, WHOLE = Decimal("1234.56"), Decimal("-1234.56"), Decimal(0), Decimal(1200)


def code(number_format: str, *values: Found) -> list[bool]:
    """Whether each value is shown in a number format."""
    return [tells(Look(code=number_format), (), (value,)) for value in values]


@pytest.mark.parametrize(
    "honest", ["General", "@", "0.00", ";;;@", "_(@_)", "0;-0;0;[Red]@", 'yyyy-mm-dd;"none"', "* @"]
)
def test_words_are_shown_as_they_are(honest: str) -> None:
    """Where no section speaks of words, or one that adds nothing to them."""
    assert code(honest, "Yes", None, Odd(what=Oddity.ERROR, text="#N/A")) == [True, True, True]


@pytest.mark.parametrize(
    "disguise",
    [
        ";;;",
        '"No";"No";"No";"No"',
        '0;0;0;"No"',
        '"No "@',
        '@" not"',
        "0;0;0;",
        "0;0;0;*N@",
        "0;0;0;[White]@",
        "0;0;0;\\N",
    ],
)
def test_words_behind_other_words_are_disguised(disguise: str) -> None:
    """Nothing, another word, a word more, a line of letters, or letters that cannot be seen."""
    assert code(disguise, "Yes") == [False]


@pytest.mark.parametrize(
    "honest",
    [
        *("General", "0.00", "#,##0.00", AMOUNT, ACCOUNTING, "0.00;[Red]0.00", '"CAD "#,##0.00'),
        *("[$$-409]#,##0.00", "@"),
        *("#,##0.00 $", "[$CAD] 0.00;-[$CAD] 0.00", "0.00_-", "0.000", "[Blue]0.00;[Red](0.00)"),
        *('0.00;-0.00;"-"', "General;-General"),
    ],
)  # fmt: skip
def test_amounts_are_shown_to_the_cent_with_their_sign(honest: str) -> None:
    """As accountants write them, whichever way they prefer."""
    assert code(honest, CENTS, LESS, NONE) == [True, True, True]


@pytest.mark.parametrize(
    "disguise",
    [
        *("0,", "#,##0,.00", "0.00,", "#,##0.00,,", '"1"0.00', "1\\00.00", '0"."00', "0.00%", "0.00E+00", "yyyy-mm-dd"),
        *(";;;", '"12.00"', "[>5]0.00;0.00", "(0.00)", "-0.00", "[DBNum1]0.00", "0.00k", "*50.00"),
        *("[$5]0.00", "# ?/?", "[White]0.00"),
    ],
)  # fmt: skip
def test_amounts_that_look_like_others_are_disguised(disguise: str) -> None:
    """Scaled, with a digit or a sign that is not theirs, as a share, a day or nothing."""
    assert code(disguise, CENTS) == [False]


def test_what_only_some_amounts_lose_disguises_those_alone() -> None:
    """Cents, a minus sign, a nought."""
    assert code("0", CENTS, WHOLE, NONE) == [False, True, True]
    assert code("0.00;0.00", CENTS, LESS) == [True, False]
    assert code("#,###.##", CENTS, NONE) == [True, False]
    assert code("0.00;-0.00;", CENTS, NONE) == [True, False]
    assert code('0.00;-0.00;"paid"', NONE) == [False]


STYLES = """<styleSheet xmlns="urn:x"><numFmts><numFmt numFmtId="164" formatCode=";;;"/></numFmts>
<fonts><font/><font><sz val="1"/></font>{fonts}</fonts>
<fills><fill><patternFill patternType="none"/></fill>{fills}</fills>
<cellXfs><xf/><xf fontId="1"/><xf numFmtId="164"/><xf numFmtId="39"/><xf numFmtId="14"/>{xfs}</cellXfs>
<dxfs><dxf><font><color rgb="FFFFFFFF"/></font></dxf>
<dxf><fill><patternFill><bgColor rgb="FF006100"/></patternFill></fill></dxf>
<dxf><numFmt numFmtId="164" formatCode="0,"/></dxf></dxfs>{more}</styleSheet>"""


def looks(font: str = "", fill: str = "", more: str = "") -> Looks:
    """A file's looks, of which the last has a colour of letters and a fill."""
    xfs = '<xf fontId="2" fillId="1"/>' if font and fill else ""
    xml = STYLES.format(fonts=f"<font>{font}</font>", fills=f"<fill>{fill}</fill>", xfs=xfs, more=more)
    return Looks(fromstring(xml), None)


def solid(colour: str) -> str:
    """A fill of one colour."""
    return f'<patternFill patternType="solid"><fgColor {colour}/></patternFill>'


def test_the_colours_of_old_are_the_ones_in_the_standard() -> None:
    """64 of them, the first eight twice."""
    assert "".join(each[2:] for each in COLOR_INDEX[8:64]) == _PALETTE
    assert COLOR_INDEX[:8] == COLOR_INDEX[8:16]


GRADIENT = "<gradientFill><stop><color theme='0'/></stop><stop><color theme='1'/></stop></gradientFill>"


@pytest.mark.parametrize(
    ("font", "fill", "read"),
    [
        ('<color rgb="FFFFFFFF"/>', "<patternFill/>", False),
        ('<color theme="0"/>', "<patternFill/>", False),
        ('<color indexed="9"/>', "<patternFill/>", False),
        ('<color indexed="65"/>', "<patternFill/>", False),
        ('<color theme="1" tint="0.95"/>', "<patternFill/>", False),
        ('<color theme="0" tint="-0.25"/>', "<patternFill/>", True),
        ('<color rgb="FFFFFF00"/>', "<patternFill/>", False),
        ('<color rgb="FFFF0000"/>', "<patternFill/>", True),
        ('<color auto="1"/>', solid('rgb="FF000000"'), False),
        ('<color rgb="FFFFFFFF"/>', solid('rgb="FF006100"'), True),
        ('<color theme="4"/>', solid('theme="4"'), False),
        ('<color theme="4"/>', solid('theme="4" tint="0.8"'), True),
        ('<color theme="1"/>', solid('indexed="13"'), True),
        ('<color theme="1"/>', solid('indexed="64"'), False),
        ('<color theme="1"/>', '<patternFill patternType="gray125"/>', True),
        ('<color rgb="FF7F7F7F"/>', '<patternFill patternType="darkGray"/>', False),
        ('<color theme="1"/>', GRADIENT, False),
    ],
)  # fmt: skip
def test_letters_are_read_where_they_stand_out(font: str, fill: str, read: bool) -> None:  # noqa: FBT001 - a table's cell
    """White on white, on what looks white, or any colour on its like, is not."""
    assert tells(looks(font, fill).of_cell("5"), (), ("Yes",)) is read


def test_a_file_may_have_a_palette_and_a_theme_of_its_own() -> None:
    """Its number 8 may be white."""
    palette = "<colors><indexedColors>" + '<rgbColor rgb="00FFFFFF"/>' * 64 + "</indexedColors></colors>"
    assert not tells(looks('<color indexed="8"/>', "<patternFill/>", palette).of_cell("5"), (), ("Yes",))
    colours = [f'<c><srgbClr val="{each}"/></c>' for each in ("FFFFFF", "000000")]
    scheme = "".join([*colours, *colours]) + '<c><sysClr val="window" lastClr="FF0000"/></c>'
    theme = fromstring(f"<theme><themeElements><clrScheme>{scheme}</clrScheme></themeElements></theme>")
    styles = fromstring(
        STYLES.format(fonts='<font><color theme="0"/></font>', fills="", xfs='<xf fontId="2"/>', more="")
    )
    assert Looks(styles, theme).of_cell("5").ink == BLACK


def test_small_letters_and_hidden_values_are_not_read() -> None:
    """One point; a number format that shows nothing; and what the program itself brings along."""
    found = looks()
    assert [tells(found.of_cell(each), (), ("Yes",)) for each in "01234"] == [True, False, False, True, True]
    assert [tells(found.of_cell(each), (), (CENTS, LESS)) for each in "034"] == [True, True, False]
    assert tells(Looks(None, None).of_cell("0"), (), ("Yes", CENTS))


def rule(xml: str) -> Element:
    """A conditional format."""
    return fromstring(f"<cfRule>{xml}</cfRule>" if xml.startswith("<") else f"<cfRule {xml}/>")


def test_conditional_formats_lie_over_each_other_by_their_order() -> None:
    """White letters are read on a dark green of the same rule, not on what another may bring."""
    found = looks()
    white, green = (found.of_rule(rule(f'dxfId="{each}"')) for each in "01")
    both = Look(ink=white.ink, fills=green.fills)
    pale = Look(fills=(WHITE,))
    assert [
        tells(Look(), layers, ("Yes",)) for layers in ((white,), (green,), (both,), (both, pale), (pale, both))
    ] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_conditional_formats_of_every_kind_are_judged() -> None:
    """With a number format, a formula of the newer kind, colours by size, and symbols instead of numbers."""
    found = looks()
    inline = "<x><formula>TRUE</formula></x><dxf><font><color rgb='FFFFFFFF'/></font></dxf>"
    layers = [
        found.of_rule(rule(each))
        for each in (
            'dxfId="2"',
            inline,
            "<colorScale><color rgb='FF000000'/></colorScale>",
            "<iconSet showValue='0'/>",
            "<dataBar><color rgb='FF638EC6'/></dataBar>",
            "<dxf><fill><patternFill/></fill></dxf>",
        )
    ]
    assert [tells(Look(), (each,), (CENTS,)) for each in layers] == [False, False, False, False, True, True]


@pytest.mark.parametrize("wrong", ['rgb="FFF"', 'theme="99"', 'theme="x"', 'indexed="99"', 'rgb="FFFFFFFF" tint="x"'])
def test_a_colour_that_is_none_is_damage(wrong: str) -> None:
    """In a style, or in a rule; and so is a style that is not there."""
    with pytest.raises(DamagedError):
        looks(f"<color {wrong}/>", "<patternFill/>")
    for each in (f"<dataBar><color {wrong}/></dataBar>", 'dxfId="7"'):
        with pytest.raises(DamagedError):
            looks().of_rule(rule(each))
    with pytest.raises(DamagedError):
        looks().of_cell("9")
