"""How a file's cells look, as far as a look can hide or change what a cell holds: number formats and colours.

Source: ECMA-376-1, 18.8 (styles; 18.8.19 for tints, 18.8.27 for the indexed colours, 18.8.31 for number formats).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from decimal import Decimal
from xml.etree.ElementTree import Element

from msgspec import Struct

from workbook.xlsx.cell_stream import DamagedError
from workbook.xlsx.cells import Found

Colour = tuple[float, float, float]
"""Red, green and blue, each from 0 to 1."""
FAINTEST = 1.5
"""Contrast, from 1 to 21 (WCAG 2), below which words are as good as not there; Excel's light grey on white has 1.8."""
SMALLEST = 4.0
"""Points; smaller letters are dots."""
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_NAMED = ("black", "white", "red", "green", "blue", "yellow", "magenta", "cyan")
_THEME = "FFFFFF000000EEECE11F497D4F81BDC0504D9BBB598064A24BACC6F796460000FF800080"
_PALETTE = (
    "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF800000008000000080808000800080008080C0C0C0808080"
    "9999FF993366FFFFCCCCFFFF660066FF80800066CCCCCCFF000080FF00FFFFFF0000FFFF8000808000000080800000FF"
    "00CCFFCCFFFFCCFFCCFFFF9999CCFFFF99CCCC99FFFFCC993366FF33CCCC99CC00FFCC00FF9900FF6600666699969696"
    "003366339966003300333300993300993366333399333333"
)
_BUILT_IN = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 37: "#,##0;(#,##0)", 38: "#,##0;[Red](#,##0)"}
_BUILT_IN |= {39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 49: "@"}
_BUILT_IN |= dict.fromkeys((7, 43, 44), '#,##0.00;(#,##0.00);"-"??;@') | {8: "#,##0.00;[Red](#,##0.00)"}
_TOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', re.DOTALL)
_INK = re.compile(rf"\[(?:color ?([1-9]|[1-4]\d|5[0-6])|({'|'.join(_NAMED)}))\]", re.IGNORECASE)
_BLANK = re.compile(r'_.|\* |\\? |" *"|\[\$-[^\]]*\]')
_LITERAL = re.compile(r'"(.*)"|\\(.)|\[\$([^-\]]*)(?:-[^\]]*)?\]', re.DOTALL)
_MONEY = r"(?:[A-Z]{3}|CA|US|C)?[$€£]?"
_AMOUNT = re.compile(rf"[-(]?{_MONEY}[-(]?(General|(?:[#0?]|,(?=[#0?]))*(?:\.([#0?]*))?){_MONEY}[-)]*")
_NIL = re.compile(rf"{_MONEY}[-\u2013\u2014]\?*{_MONEY}")


class Look(Struct, frozen=True, kw_only=True):
    """What a format says of a cell; None, or no fills, where it says nothing.

    Attributes:
        code: number format.
        ink: colour of the letters.
        fills: the colours that may be behind them.
        size: of the letters, in points.
    """

    code: str | None = None
    ink: Colour | None = None
    fills: tuple[Colour, ...] = ()
    size: float = SMALLEST


def tells(look: Look, layers: Sequence[Look], values: Sequence[Found], *, colours: bool = True) -> bool:
    """Return whether a cell shows what it holds.

    Args:
        look: the cell's own.
        layers: the conditional formats that may be laid over it, the first of them on top.
        values: what the cell holds, or may hold.
        colours: colours and size count too, not only what is written.
    """
    codes = [each.code for each in layers if each.code is not None] or [look.code or "General"]
    if not all(_writes(code, value) for code in codes for value in values):
        return False
    if not colours:
        return True
    base = Look(ink=look.ink or BLACK, fills=look.fills or (WHITE,))
    named = [ink for code in (look.code or "", *codes) for value in values if (ink := _ink(code, value))]
    every = [*(Look(ink=ink) for ink in named), *layers, base]
    return look.size >= SMALLEST and all(
        _contrast(over.ink, fill) >= FAINTEST
        for i, over in enumerate(every)
        for j, under in enumerate(every)
        # What stands above the other and says both has the last word on both.
        if over.ink and not (i < j and over.fills) and not (j < i and under.ink)
        for fill in under.fills
    )


def _sections(code: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for piece in _TOKEN.findall(code):
        if piece == ";":
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _section(code: str, value: str | Decimal) -> tuple[list[str], int]:
    """Return the section of a number format that shows a value, and how many there are for numbers."""
    parts = _sections(code)
    words = parts.pop() if "@" in parts[-1] or len(parts) > 3 else ["@"]  # noqa: PLR2004 - positive, negative, zero, words
    if isinstance(value, str):
        return words, len(parts)
    place = 1 if value < 0 else 2 if value == 0 else 0
    return parts[place if place < len(parts) else 0] if parts else words, len(parts)


def _writes(code: str, value: Found) -> bool:
    """Return whether a number format shows words as they are, or an amount to the cent with its sign."""
    if not isinstance(value, str | Decimal):
        return True  # nothing, or nothing that is ever taken for a value
    tokens, numbers = _section(code, value)
    seen = "".join(map(_seen, tokens))
    if isinstance(value, str):
        return seen in {"@", "General"}
    form = _AMOUNT.fullmatch("General" if seen == "@" else seen)
    shown, cents = (form[1], form[2] or "") if form else ("", "")
    if value == 0 and _NIL.fullmatch(seen):
        return True
    if not (shown == "General" or (value == round(value, len(cents)) and ("0" in shown if value == 0 else shown))):
        return False
    signed = any(each in seen for each in "-(")
    return signed or "[Red]" in tokens if value < 0 and numbers > 1 else not signed  # Excel puts the sign itself


def _seen(token: str) -> str:
    """Return what a piece of a number format puts into a cell; an exclamation mark for what may pass for an amount."""
    if _BLANK.fullmatch(token) or _INK.fullmatch(token):
        return ""
    if literal := _LITERAL.fullmatch(token):
        words = "".join(each or "" for each in literal.groups()).strip()
        return "!" if any(each.isnumeric() or each in "#?.,@" for each in words) else words
    return token


def _ink(code: str, value: Found) -> Colour | None:
    """Return the colour that a number format gives a value."""
    if not isinstance(value, str | Decimal):
        return None
    for token in _section(code, value)[0]:
        if found := _INK.fullmatch(token):
            return _rgb(_PALETTE, int(found[1]) - 1 if found[1] else _NAMED.index(found[2].lower()))
    return None


def _contrast(one: Colour, other: Colour) -> float:
    light = sorted(
        sum(
            weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - WCAG 2
            for part, weight in zip(colour, (0.2126, 0.7152, 0.0722), strict=True)
        )
        for colour in (one, other)
    )
    return (light[1] + 0.05) / (light[0] + 0.05)


def _rgb(colours: str, place: int) -> Colour:
    red, green, blue = bytes.fromhex(colours[place * 6 : place * 6 + 6])
    return red / 255, green / 255, blue / 255


def _child(parent: Element, name: str) -> Element:
    """Return the first child of a name, whatever its namespace; where there is none, an element that says nothing."""
    return next((each for each in parent if each.tag.rpartition("}")[2] == name), _NOTHING)


_NOTHING = Element("nothing")


class Looks:
    """The looks that a file's cells and its conditional formats may have."""

    def __init__(self, styles: Element | None, theme: Element | None) -> None:
        """Take the parts with the styles and the theme, as far as the file has them.

        Raises:
            DamagedError: a style says what no style says.
        """
        styles, theme = (_NOTHING if each is None else each for each in (styles, theme))
        try:
            scheme = _child(_child(theme, "themeElements"), "clrScheme")
            named = [each[0].get("lastClr", each[0].get("val", "")) for each in scheme]
            named[:4] = [
                named[place] for place in (1, 0, 3, 2) if named
            ]  # cells count the light one of each pair first
            self._theme = "".join(named) or _THEME
            own = _child(_child(styles, "colors"), "indexedColors")
            self._palette = "".join(each.get("rgb", "")[-6:] for each in own) or _PALETTE[:48] + _PALETTE
            codes = {each.get("numFmtId"): each.get("formatCode", "") for each in _child(styles, "numFmts")}
            fonts, fills = (list(_child(styles, each)) or [_NOTHING] for each in ("fonts", "fills"))
            self._cells = [
                self._look(
                    codes.get(xf.get("numFmtId"), _BUILT_IN.get(int(xf.get("numFmtId", 0)), "yyyy-mm-dd")),
                    fonts[int(xf.get("fontId", 0))],
                    fills[int(xf.get("fillId", 0))],
                )
                for xf in _child(styles, "cellXfs")
            ] or [Look()]
            self._conditional = [self._laid_over(each) for each in _child(styles, "dxfs")]
        except (ValueError, IndexError) as error:
            raise DamagedError from error

    def of_cell(self, style: str) -> Look:
        """Return a cell's look by the number of its style."""
        try:
            return self._cells[int(style)]
        except (ValueError, IndexError) as error:
            raise DamagedError from error

    def of_rule(self, rule: Element) -> Look:
        """Return what a conditional format lays over its cells; where it shows no value, a number format that hides."""
        try:
            own, number = _child(rule, "dxf"), rule.get("dxfId")
            look = self._conditional[int(number)] if number else self._laid_over(own)
            inside = [each for part in rule if part is not own for each in part.iter()]
            colours = [self._colour(each) for each in inside if each.tag.rpartition("}")[2] == "color"]
        except (ValueError, IndexError) as error:
            raise DamagedError from error
        hides = any(each.get("showValue") in {"0", "false"} for each in inside)
        fills = (*look.fills, *(each for each in colours if each))
        return Look(code=";;;@" if hides else look.code, ink=look.ink, fills=fills)

    def _laid_over(self, dxf: Element) -> Look:
        code = _child(dxf, "numFmt").get("formatCode")
        return self._look(code, _child(dxf, "font"), _child(dxf, "fill"), solid="bgColor")

    def _look(self, code: str | None, font: Element, fill: Element, solid: str = "fgColor") -> Look:
        size = float(_child(font, "sz").get("val", SMALLEST))
        return Look(code=code, ink=self._colour(_child(font, "color")), fills=self._fills(fill, solid), size=size)

    def _fills(self, fill: Element, solid: str) -> tuple[Colour, ...]:
        """Return the colours of a fill: each of a gradient, and of a pattern what its two colours come to from afar."""
        stops = [self._colour(each) for each in _child(fill, "gradientFill").iter()]
        pattern = _child(fill, "patternFill")
        kind = pattern.get("patternType", "none" if solid == "fgColor" else "solid")
        ink, paper = (self._colour(_child(pattern, each)) for each in ("fgColor", "bgColor"))
        if kind == "solid":
            stops.append(ink or BLACK if solid == "fgColor" else paper)
        elif kind != "none":
            one, other = ink or BLACK, paper or WHITE
            stops.append(((one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2))
        return tuple(each for each in stops if each)

    def _colour(self, found: Element) -> Colour | None:
        """Return a colour; None where it is left to the program."""
        if rgb := found.get("rgb"):
            colour = _rgb(rgb[-6:], 0)
        elif theme := found.get("theme"):
            colour = _rgb(self._theme, int(theme))
        elif indexed := found.get("indexed"):
            colour = {64: BLACK, 65: WHITE}.get(int(indexed)) or _rgb(self._palette, int(indexed))
        else:
            return None
        hue, light, depth = rgb_to_hls(*colour)
        tint = max(-1.0, min(1.0, float(found.get("tint", 0))))
        return hls_to_rgb(hue, light * (1 + tint) if tint < 0 else light * (1 - tint) + tint, depth)
