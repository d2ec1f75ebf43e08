"""What a sheet has besides its cells: formats and rules over them, links, print, panes, controls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.excel.grid import Area, parse

from .book import formula_fault
from .package import M, Package, R
from .tables import area

_ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems "
    "tableParts extLst"
)
ORDER = _ORDER.split()
_EXTENSIONS = {"{78C0D931-6437-407d-A8EE-F0AAD7539E65}", "{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"}
"""Of a sheet: conditional formats and data validations of Excel 2010."""
_V, _O, _X = (f"{{urn:schemas-microsoft-com:{name}}}" for name in ("vml", "office:office", "office:excel"))


def several(ref: str | None) -> tuple[Area, ...]:
    """Return the areas of a list of references; none where one of them is none."""
    return parse((ref or "").replace(" ", ",")) or ()


def order(found: Package) -> Iterator[str]:
    """Elements in another order than the format's, or twice."""
    for part, root in found.sheets():
        tags = [each.tag.removeprefix(M) for each in root]
        places = [ORDER.index(tag) if tag in ORDER else -1 for tag in tags]
        twice = [tag for tag, count in Counter(tags).items() if count > 1 and tag != "conditionalFormatting"]
        if places != sorted(places) or -1 in places or twice:
            yield f"{part}: elements out of order, unknown or twice ({twice})"


def counted(found: Package) -> Iterator[str]:
    """Groups whose count is not what is counted."""
    for part, root in found.sheets():
        for name in ("mergeCells", "dataValidations", "rowBreaks", "colBreaks"):
            group = root.find(f"{M}{name}")
            if group is not None and (len(group) == 0 or group.get("count", str(len(group))) != str(len(group))):
                yield f"{part}: the count of {name} is not what is counted"
            if group is not None and name.endswith("Breaks") and len(group) > 1_026:
                yield f"{part}: more page breaks than Excel keeps"


def merges(found: Package) -> Iterator[str]:
    """Merged cells that are one cell, no cells, or meet."""
    for part, root in found.sheets():
        places = [area(each.get("ref")) for each in root.iter(f"{M}mergeCell")]
        if any(each is None or each.height * each.width < 2 for each in places):
            yield f"{part}: merged cells that are none"
        merged = [each for each in places if each is not None]
        if any(each.meets(other) for number, each in enumerate(merged) for other in merged[:number]):
            yield f"{part}: merged cells that meet"


def conditional_formats(found: Package) -> Iterator[str]:
    """Rules of one priority, of a format that is not there, without a formula, or over no cells."""
    styles = found.workbook_part("styles")
    formats = 0 if styles is None else len(styles.findall(f"{M}dxfs/{M}dxf"))
    for part, root in found.sheets():
        rules = [(each, rule) for each in root.iter(f"{M}conditionalFormatting") for rule in each.iter(f"{M}cfRule")]
        priorities = Counter(rule.get("priority", "0") for _, rule in rules)
        if any(count > 1 or int(each) < 1 for each, count in priorities.items()):
            yield f"{part}: two conditional formats of one priority"
        for each, rule in rules:
            if not several(each.get("sqref")):
                yield f"{part}: a conditional format over no cells"
            if int(rule.get("dxfId", 0)) >= formats:
                yield f"{part}: a conditional format refers to format {rule.get('dxfId')}, which is not there"
            formulas = [item.text or "" for item in rule.iter(f"{M}formula")]
            wrong = [fault for item in formulas if (fault := formula_fault(item))]
            if wrong or (rule.get("type") in {"expression", "cellIs"} and not 1 <= len(formulas) <= 2):
                yield f"{part}: the formula of a conditional format {wrong or 'is missing'}"


def validations(found: Package) -> Iterator[str]:
    """Rules for what may be typed: too long in any part, without their formula, or over no cells."""
    for part, root in found.sheets():
        rules = root.findall(f"{M}dataValidations/{M}dataValidation")
        if len(rules) > 65_534:
            yield f"{part}: more data validations than Excel keeps"
        for each in rules:
            yield from (f"{part}: {fault} of a data validation" for fault in _typing_faults(each))


def _typing_faults(rule: Element) -> Iterator[str]:
    """Yield what is wrong with a data validation."""
    for name, most in {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}.items():
        if len(rule.get(name, "")) > most:
            yield f"more than {most} characters in {name}"
    if not several(rule.get("sqref")):
        yield "no cells"
    kind, given = rule.get("type", "none"), [item.text or "" for item in rule]
    two = rule.get("operator", "between") in {"between", "notBetween"}
    if len(given) < {"none": 0, "list": 1, "custom": 1}.get(kind, 2 if two else 1):
        yield f"no formula for kind {kind}"
    for item in given:
        if fault := formula_fault(item, 257 if item.startswith('"') else 255):
            yield f"a formula that {fault}"


def links(found: Package) -> Iterator[str]:
    """More links than Excel keeps, links to nowhere, links too long."""
    for part, root in found.sheets():
        every = root.findall(f"{M}hyperlinks/{M}hyperlink")
        targets = {each.id: each.target for each in found.relations(part)}
        if len(every) > 65_530:
            yield f"{part}: more links than Excel keeps"
        for each in every:
            target = targets.get(each.get(f"{R}id", ""), "") + each.get("location", "")
            if not target or len(target) > 2_079 or area(each.get("ref")) is None:
                yield f"{part}: a link to nowhere, from no cell, or too long"
            if len(each.get("tooltip", "")) > 255:
                yield f"{part}: a tip of a link has more than 255 characters"


def print_setup(found: Package) -> Iterator[str]:
    """Header and footer too long or with a part twice, and a scale that Excel has not."""
    for part, root in found.sheets():
        for each in root.findall(f"{M}headerFooter/*"):
            text = each.text or ""
            codes = re.findall(r"&([LCR])", text.replace("&&", ""))
            if len(text) > 255 or len(set(codes)) < len(codes):
                yield f"{part}: a header or footer has more than 255 characters, or a part twice"
        setup = root.find(f"{M}pageSetup")
        if setup is not None and not 10 <= int(setup.get("scale", 100)) <= 400:
            yield f"{part}: a scale that Excel has not"


def views(found: Package) -> Iterator[str]:
    """A frozen part without its corner, or a choice of cells in a part that is not there."""
    for part, root in found.sheets():
        for view in root.iter(f"{M}sheetView"):
            pane = view.find(f"{M}pane")
            panes = {None, "topLeft"} if pane is None else {"topRight", "bottomLeft", "bottomRight"}
            chosen = [each.get("pane") for each in view.iter(f"{M}selection")]
            if pane is not None and (
                area(pane.get("topLeftCell")) is None or not {"xSplit", "ySplit"} & set(pane.keys())
            ):
                yield f"{part}: a frozen part without its corner"
            if not set(chosen) <= panes | {None} or len(set(chosen)) < len(chosen):
                yield f"{part}: cells are chosen in a part that is not there, or twice"


def filters(found: Package) -> Iterator[str]:
    """A sheet's filter over no cells, over another part than the name that Excel gives it, or of a column outside."""
    names = {
        int(each.get("localSheetId", -1)): (each.text or "").rpartition("!")[2]
        for each in found.xml(found.main).iter(f"{M}definedName")
        if each.get("name") == "_xlnm._FilterDatabase"
    }
    for number, (part, root) in enumerate(found.sheets()):
        own = root.find(f"{M}autoFilter")
        place = None if own is None else area(own.get("ref"))
        if (own is None) != (number not in names) or (
            own is not None and (place is None or place != area(names[number]))
        ):
            yield f"{part}: the sheet's filter and its name differ"
        outside = [
            each
            for each in root.iterfind(f"{M}autoFilter/{M}filterColumn")
            if int(each.get("colId", -1)) >= (place or Area(1, 1, 1, 0)).width
        ]
        if outside:
            yield f"{part}: a filter of a column outside"


def drawings(found: Package) -> Iterator[str]:
    """Controls whose ids stand twice or are not of their sheet's block, or whose macro is in no module."""
    blocks: Counter[str] = Counter()
    for part, root in found.sheets():
        for name in ("drawing", "legacyDrawing"):
            kind = "vmlDrawing" if name == "legacyDrawing" else name
            said = [each.get(f"{R}id") for each in root.iter(f"{M}{name}")]
            if said != [each.id for each in found.relations(part) if each.kind.endswith(f"/{kind}")]:
                yield f"{part}: the drawing that it names is not the one that it has"
        for vml in found.of_kind(part, "vmlDrawing"):
            yield from _controls(vml, found.xml(vml), blocks)
    yield from (f"drawings: the block of ids {each} is of two sheets" for each, count in blocks.items() if count > 1)


def _controls(part: str, root: Element, blocks: Counter[str]) -> Iterator[str]:
    own = [each for item in root.iter(f"{_O}idmap") for each in item.get("data", "").split(",")]
    blocks.update(own)
    ids = [each.get("id", "") for each in root.iter(f"{_V}shape")]
    numbers = [int(each.removeprefix("_x0000_s")) if re.fullmatch(r"_x0000_s\d+", each) else -1 for each in ids]
    if len(set(ids)) < len(ids) or any(str(number // 1_024) not in own for number in numbers):
        yield f"{part}: ids of controls stand twice, or are not of the sheet's block"
    if any(not re.fullmatch(r"\[0\]![A-Za-z]\w*", each.text or "") for each in root.iter(f"{_X}FmlaMacro")):
        yield f"{part}: a control without a macro"


def extensions(found: Package) -> Iterator[str]:
    """Extensions that Excel does not know of a sheet, or whose namespace is not declared."""
    for part, root in found.sheets():
        for each in root.iterfind(f"{M}extLst/{M}ext"):
            if each.get("uri") not in _EXTENSIONS:
                yield f"{part}: an extension that Excel does not know"
        for prefix in (
            root.get("{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable") or ""
        ).split():
            if f"xmlns:{prefix}=".encode() not in found.parts[part]:
                yield f"{part}: {prefix} may be ignored and is not declared"


RULES = (
    order,
    counted,
    merges,
    conditional_formats,
    validations,
    links,
    print_setup,
    views,
    filters,
    drawings,
    extensions,
)
