"""The workbook's own part, its names, its styles and its shared strings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from .package import M, Package, R

LONGEST_TEXT, LONGEST_FORMULA = 32_767, 8_192
RESERVED = {"history", "historique"}
"""What Excel calls a sheet of its own, in the languages that Tieout speaks."""
_NAME = re.compile(r"[^\W\d\\][\w.\\?]*|[\\_][\w.\\?]*")
_CELL = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}|R\d*C?\d*|C\d*", re.IGNORECASE)
_BUILT_IN = {"_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase"}
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([\w.]+))!")
_LATER = (
    "BYCOL BYROW CHOOSECOLS CHOOSEROWS CONCAT DAYS DROP EXPAND FILTER FORMULATEXT HSTACK IFNA IFS ISFORMULA LAMBDA LET "
    "MAP MAXIFS MINIFS NUMBERVALUE RANDARRAY REDUCE SCAN SEQUENCE SHEET SHEETS SORTBY SWITCH TAKE TEXTAFTER TEXTBEFORE "
    "TEXTJOIN TEXTSPLIT TOCOL TOROW UNICHAR UNIQUE VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR"
)
"""Functions that came after 2007: in a file they begin with _xlfn."""
_LISTS = {
    "fonts": "font",
    "fills": "fill",
    "borders": "border",
    "cellStyleXfs": "xf",
    "cellXfs": "xf",
    "cellStyles": "cellStyle",
    "dxfs": "dxf",
    "numFmts": "numFmt",
}


def formula_fault(formula: str, longest: int = LONGEST_FORMULA) -> str | None:
    """Return what is wrong with a formula as it stands in a file, or None."""
    plain = re.sub(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'', '""', formula)
    if not formula or formula.startswith("=") or len(formula) > longest:
        return "is empty, begins with =, or is too long"
    if plain.count("(") != plain.count(")") or plain.count('"') % 2:
        return "has a bracket or a quote too many"
    if any(len(each) > 257 for each in re.findall(r'"(?:[^"]|"")*"', formula)):
        return "has a text of more than 255 characters"
    bare = {each.upper() for each in re.findall(r"(?<![\w.])([A-Za-z][A-Za-z.]*)\(", plain)} & set(_LATER.split())
    return f"calls {sorted(bare)} without _xlfn." if bare else "refers to nothing" if "#REF!" in plain else None


def is_name(name: str) -> bool:
    """Whether Excel takes a name for one of cells or of a table: no cell's address, no blank, no sign in front."""
    return len(name) <= 255 and bool(_NAME.fullmatch(name)) and not _CELL.fullmatch(name)


def sheets(found: Package) -> Iterator[str]:
    """Names that Excel takes for no sheet, or not for two; ids twice; no sheet in sight, or a hidden one in front."""
    part, root = found.main, found.xml(found.main)
    tabs = list(root.iterfind(f"{M}sheets/{M}sheet"))
    shown = [each.get("state", "visible") == "visible" for each in tabs]
    for each in tabs:
        name = each.get("name", "")
        if not 0 < len(name) <= 31 or re.search(r"[:\\/?*\[\]\x00-\x1f]", name) or name.strip("'") != name:
            yield f"{part}: {name!r} is no name of a sheet"
        if name.casefold() in RESERVED:
            yield f"{part}: {name!r} is a name that Excel keeps for itself"
    for key in ("name", "sheetId", f"{R}id"):
        if len({each.get(key, "").casefold() for each in tabs}) < len(tabs):
            yield f"{part}: two sheets of one {key.removeprefix(R)}"
    if len(tabs) != len(list(found.sheets())):
        yield f"{part}: a sheet without its part"
    front = int(root.find(f"{M}bookViews/{M}workbookView").get("activeTab", 0))  # type: ignore[union-attr]
    if front >= len(tabs) or not shown[front]:
        yield f"{part}: the sheet in front is hidden, or there is none"
    if sum(sheet.find(f"{M}sheetViews/{M}sheetView[@tabSelected='1']") is not None for _, sheet in found.sheets()) > 1:
        yield f"{part}: more than one sheet is selected"


def defined_names(found: Package) -> Iterator[str]:
    """Names that Excel takes for none, that stand twice, or that refer to a sheet that is not there."""
    part, root = found.main, found.xml(found.main)
    tabs = [each.get("name", "") for each in root.iterfind(f"{M}sheets/{M}sheet")]
    known = {name.casefold() for name in tabs}
    times: Counter[tuple[str, str | None]] = Counter()
    for each in root.iterfind(f"{M}definedNames/{M}definedName"):
        name, scope, refers = each.get("name", ""), each.get("localSheetId"), each.text or ""
        times[name.casefold(), scope] += 1
        ours = name.startswith("_xlnm.")
        if name not in _BUILT_IN if ours else not is_name(name):
            yield f"{part}: {name!r} is no name"
        if scope is not None and int(scope) >= len(tabs):
            yield f"{part}: {name} is of a sheet that is not there"
        if fault := formula_fault(refers):
            yield f"{part}: {name} {fault}"
        named = [(quoted or plain).replace("''", "'") for quoted, plain in _SHEET.findall(refers)]
        if missing := [sheet for sheet in named if sheet.casefold() not in known]:
            yield f"{part}: {name} refers to {missing}, which is not there"
        if ours and (scope is None or set(tabs[int(scope) : int(scope) + 1]) != set(named)):
            yield f"{part}: {name} refers to another sheet than its own"
    yield from (f"{part}: {name} stands twice" for (name, _), count in times.items() if count > 1)


def shared_strings(found: Package) -> Iterator[str]:
    """Counts that do not tally with cells and texts, texts twice, or too long for a cell."""
    strings = found.workbook_part("sharedStrings")
    used = [cell for _, root in found.sheets() for cell in root.iter(f"{M}c") if cell.get("t") == "s"]
    if strings is None:
        if used:
            yield "no shared strings, which cells refer to"
        return
    texts = ["".join(each.text or "" for each in item.iter(f"{M}t")) for item in strings.iterfind(f"{M}si")]
    if (strings.get("count"), strings.get("uniqueCount")) != (str(len(used)), str(len(texts))):
        yield f"shared strings: {strings.get('count')} and {strings.get('uniqueCount')} are not what is counted"
    if len(set(texts)) < len(texts):
        yield "shared strings: a text stands twice"
    if any(len(each.encode("utf-16-le")) // 2 > LONGEST_TEXT for each in texts):
        yield "shared strings: a text is longer than a cell"
    if any(
        re.search(r"_x(?:00[01][0-9A-F]|FFF[EF])_", each) and not re.search(r"_x000[9AD]_|_x005F_", each)
        for each in texts
    ):
        yield "shared strings: a text holds a control character"


def styles(found: Package) -> Iterator[str]:
    """Counts, formats that refer to what is not there, number formats that stand twice or are too long."""
    root = found.workbook_part("styles")
    if root is None:
        yield "no styles"
        return
    sizes = {}
    for name, item in _LISTS.items():
        group = root.find(f"{M}{name}")
        sizes[name] = 0 if group is None else len(group.findall(f"{M}{item}"))
        if group is not None and group.get("count") != str(sizes[name]):
            yield f"styles: the count of {name} is not what is counted"
    codes = {each.get("numFmtId"): each.get("formatCode", "") for each in root.iter(f"{M}numFmt")}
    own = [each.get("numFmtId") for each in root.iterfind(f"{M}numFmts/{M}numFmt")]
    if len(set(own)) < len(own) or any(len(code) > 255 or not code for code in codes.values()):
        yield "styles: a number format stands twice, is empty or too long"
    if any(int(each or 0) < 164 for each in own):
        yield "styles: a number format bears an id that is Excel's own"
    if sizes["fonts"] > 1_024 or sizes["cellXfs"] > 65_490:
        yield "styles: more fonts or formats than Excel keeps"
    yield from _formats(root, sizes, set(own))
    for each in root.iter():
        if re.fullmatch(r"[0-9A-Fa-f]{8}", each.get("rgb", "00000000")) is None:
            yield f"styles: {each.get('rgb')} is no colour"


def _formats(root: Element, sizes: dict[str, int], own: set[str | None]) -> Iterator[str]:
    limits = {"fontId": "fonts", "fillId": "fills", "borderId": "borders", "xfId": "cellStyleXfs"}
    for each in root.iterfind(f"{M}cellXfs/{M}xf"):
        for key, name in limits.items():
            if int(each.get(key, 0)) >= max(sizes[name], 1):
                yield f"styles: a format refers to {key} {each.get(key)}, which is not there"
        number = each.get("numFmtId", "0")
        if int(number) >= 164 and number not in own:
            yield f"styles: a format refers to number format {number}, which is not there"


RULES = (sheets, defined_names, shared_strings, styles)
