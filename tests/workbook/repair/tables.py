"""Tables: their names, their columns against the headers that stand in the cells, and what they may not meet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.excel.grid import Area, parse

from .book import LONGEST_FORMULA, formula_fault, is_name
from .package import M, Package, R


def area(ref: str | None) -> Area | None:
    """Return the one area of a reference; None where it is none."""
    found = parse(ref or "") or ()
    return found[0] if len(found) == 1 else None


def words(found: Package) -> list[str]:
    """Return the shared strings."""
    strings = found.workbook_part("sharedStrings")
    items = [] if strings is None else strings.iterfind(f"{M}si")
    return ["".join(each.text or "" for each in item.iter(f"{M}t")) for item in items]


def header_words(root: Element, place: Area, texts: list[str]) -> list[str | None]:
    """Return the words in the first row of an area; None for what is no word."""
    at = {cell.get("r"): cell for cell in root.iterfind(f"{M}sheetData/{M}row[@r='{place.row}']/{M}c")}
    found: list[str | None] = []
    for column in range(place.column, place.right + 1):
        cell = at.get(f"{_letters(column)}{place.row}")
        number = None if cell is None or cell.get("t") != "s" else cell.findtext(f"{M}v")
        found.append(texts[int(number)] if number is not None and int(number) < len(texts) else None)
    return found


def _letters(column: int) -> str:
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)


def of_sheet(found: Package, part: str) -> list[tuple[str, Element]]:
    """Return the tables of a sheet."""
    return [(name, found.xml(name)) for name in found.of_kind(part, "table") if name in found.parts]


def named(found: Package) -> Iterator[str]:
    """Ids and names that stand twice, in the workbook or among its own names, and names that are none."""
    every = [(part, root) for sheet, _ in found.sheets() for part, root in of_sheet(found, sheet)]
    taken = Counter(each.get("name", "").casefold() for each in found.xml(found.main).iter(f"{M}definedName"))
    taken += Counter(root.get("displayName", "").casefold() for _, root in every)
    ids = Counter(root.get("id") for _, root in every)
    for part, root in every:
        name = root.get("displayName", "")
        if not is_name(name) or taken[name.casefold()] > 1:
            yield f"{part}: {name!r} is no name of a table, or stands twice"
        if ids[root.get("id")] > 1 or not re.fullmatch(r"[1-9]\d*", root.get("id", "")):
            yield f"{part}: the table's id stands twice or is none"


def columns(found: Package) -> Iterator[str]:
    """Columns that are not those of the header row, word by word."""
    texts = words(found)
    for sheet, root in found.sheets():
        for part, table in of_sheet(found, sheet):
            place = area(table.get("ref"))
            if place is None or place.height < 2:
                yield f"{part}: a table of no rows"
            else:
                yield from (f"{part}: {fault}" for fault in _faults(table, place, header_words(root, place, texts)))


def _faults(table: Element, place: Area, headers: list[str | None]) -> Iterator[str]:
    """Yield what is wrong with a table's columns and its filter."""
    group, of_filter = table.find(f"{M}tableColumns"), table.find(f"{M}autoFilter")
    heads = [] if group is None else group.findall(f"{M}tableColumn")
    given = [each.get("name", "") for each in heads]
    if group is None or not len(heads) == place.width == int(group.get("count", 0)):
        yield f"{len(heads)} columns in {place.width} cells"
    if len({each.casefold() for each in given} - {""}) < len(given) or max(map(len, given)) > 255:
        yield "a column's name stands twice, is empty or too long"
    if len({each.get("id") for each in heads}) < len(heads):
        yield "a column's id stands twice"
    if [each.replace("_x000a_", "\n") for each in given] != headers:
        yield "the columns are not the words of the header row"
    if of_filter is not None and area(of_filter.get("ref")) != place:
        yield "the filter covers other cells than the table"
    for each in table.iter(f"{M}calculatedColumnFormula"):
        if fault := formula_fault(each.text or "", LONGEST_FORMULA):
            yield f"a column's formula {fault}"


def alone(found: Package) -> Iterator[str]:
    """Tables that meet one another, a merged cell or the sheet's own filter, or that the sheet does not name."""
    for sheet, root in found.sheets():
        tables = [(part, place) for part, each in of_sheet(found, sheet) if (place := area(each.get("ref")))]
        others = [place for each in root.iter(f"{M}mergeCell") if (place := area(each.get("ref")))]
        own = root.find(f"{M}autoFilter")
        others += [place] if own is not None and (place := area(own.get("ref"))) else []
        for number, (part, place) in enumerate(tables):
            rest = [*others, *(each for _, each in tables[:number])]
            if any(place.meets(each) for each in rest):
                yield f"{part}: meets a merged cell, a filter or another table"
        listed = root.find(f"{M}tableParts")
        said = [] if listed is None else [each.get(f"{R}id") for each in listed]
        ids = [each.id for each in found.relations(sheet) if each.kind.endswith("/table")]
        if sorted(map(str, said)) != sorted(ids) or (listed is not None and listed.get("count") != str(len(ids))):
            yield f"{sheet}: the tables that it names are not those that it has"


RULES = (named, columns, alone)
