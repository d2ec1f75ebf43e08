"""Lists of any length in a workbook that XlsxWriter draws: their rows are written when it has finished.

XlsxWriter either holds every cell until the end, a gigabyte for 100,000 rows, or writes row by row and then knows no
tables; and in both ways a cell takes several times as long as its XML. So it draws each list with a single row that has
the formats of the columns. When the workbook is finished, its parts are copied, and where that row stood come the rows
of the list, one by one as they are made; what stands below moves down. Nothing here touches XlsxWriter's inside: what
is changed is the XML of the finished file, in the four places that know how many rows there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Struct, field

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from workbook.xlsx.cells import Plain, day_number, letters, written

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NEEDS_CARE = re.compile(r"[&<>]|_x|^\s|\s$")


class ListRow(Struct, frozen=True, kw_only=True):
    """A row of a list.

    Attributes:
        cells: one for each column.
        height: in points; None for the sheet's own.
        target: the row (from 1) of another sheet that it leads to; None where it leads nowhere.
        address: the page that it leads to outside the workbook; None where it leads to none.
    """

    cells: Sequence[Plain]
    height: float | None = None
    target: int | None = None
    address: str | None = None


class RowMaker:
    """Makes the XML of rows whose cells have the same formats, column by column."""

    def __init__(self, styles: Sequence[int], link: int, of: LongList, looks: Mapping[str, Sequence[int]]) -> None:
        """Formats are their numbers in the workbook.

        Args:
            styles: of each column.
            link: of cells that lead on.
            of: the list.
            looks: of each column, by the words that give a cell another format.
        """
        plain, marked = _starts(styles), _starts([link] * len(styles))
        self._columns = {
            (within, outside): [
                marked[place] if (within and place == of.linked) or (outside and place == of.outward) else start
                for place, start in enumerate(plain)
            ]
            for within in (False, True)
            for outside in (False, True)
        }
        """How cells begin, by whether the row leads on within the workbook, and to a page outside it."""
        self._looks = {word: _starts(of_word) for word, of_word in looks.items()}
        self._states = of.states

    def xml(self, number: int, line: ListRow) -> str:
        """Return a row's XML.

        Args:
            number: of the row, from 1.
            line: what stands in it.
        """
        high = "" if line.height is None else f' ht="{line.height:g}" customHeight="1"'
        pieces = [f'<row r="{number}"{high}>']
        for (start, style), cell in zip(self._of(line), line.cells, strict=True):
            if cell is None:
                pieces.append(f"{start}{number}{style}/>")
            elif isinstance(cell, Decimal):  # to the digit; whatever reads it makes its own floating point of it
                pieces.append(f"{start}{number}{style}><v>{cell!s}</v></c>")
            else:
                pieces.append(f"{start}{number}{style}{_content(cell)}")
        pieces.append("</row>")
        return "".join(pieces)

    def _of(self, line: ListRow) -> Sequence[tuple[str, str]]:
        """Return how each of a row's cells begins."""
        columns = self._columns[line.target is not None, line.address is not None]
        words = [(place, str(line.cells[place])) for place in self._states]
        if not any(word in self._looks for _, word in words):
            return columns
        starts = list(columns)
        for place, word in words:
            if word in self._looks:
                starts[place] = self._looks[word][place]
        return starts


def _starts(styles: Sequence[int]) -> list[tuple[str, str]]:
    """Return, for each column, what stands before and after the row's number where its cell begins."""
    return [(f'<c r="{letters(place)}', f'" s="{style}"') for place, style in enumerate(styles)]


def _content(cell: Plain) -> str:
    """Return what follows the style of a cell that holds words or a day."""
    value = written(cell)
    if isinstance(value, str):
        return f' t="inlineStr"><is>{_words(value)}</is></c>'
    return "/>" if value is None else f"><v>{value if isinstance(value, Decimal) else day_number(value)}</v></c>"


def _words(text: str) -> str:
    if not _NEEDS_CARE.search(text):  # as nearly all words are
        return f"<t>{text}</t>"
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{space}>{escape(_LIKE_AN_ESCAPE.sub('_x005F_', text))}</t>"


def link_xml(cell: str, sheet: str, target: int, tip: str, words: str) -> str:
    """Return a link from a cell to column A of a row of another sheet.

    Args:
        cell: such as `A12`.
        sheet: the other sheet.
        target: the row there, from 1.
        tip: shown when the mouse rests on it; empty for none.
        words: what the cell shows.
    """
    place = _quoted(f"'{sheet}'!A{target}")
    return f'<hyperlink ref="{cell}" location="{place}"{_tooltip(tip)} display="{_quoted(words)}"/>'


def _page_xml(cell: str, relation: str, place: str, tip: str, words: str) -> str:
    """Return a link from a cell to the page that a relation of the sheet names; `place` is one on it, or empty."""
    there = f' location="{_quoted(place)}"' if place else ""
    return f'<hyperlink ref="{cell}" r:id="{relation}"{there}{_tooltip(tip)} display="{_quoted(words)}"/>'


def _tooltip(tip: str) -> str:
    return f' tooltip="{_quoted(tip)}"' if tip else ""


def _quoted(words: str) -> str:
    return escape(words, {'"': "&quot;", "\n": "&#xA;", "\t": "&#x9;"})


MOST_LINKS = 65_000
"""Excel takes no more links on one sheet."""
MOST_ROWS = 1_048_576
"""A sheet of Excel has no more."""
AT_ONCE = 200
"""Rows that are packed together."""
_NUMBERED = re.compile(rb'(<row r="|<c r="[A-Z]+)(\d+)')
_DIMENSION = re.compile(rb'(?<=<dimension ref=")(\w+:[A-Z]+)(\d+)')
_STYLES = re.compile(rb' s="(\d+)"')
_AFTER_LINKS = re.compile(rb"<printOptions|<pageMargins")


class LongList(Struct, frozen=True, kw_only=True):
    """A list on a sheet.

    Attributes:
        part: the sheet's part in the file.
        first: its first row, from 0: the one that was drawn, or the first of several.
        count: of its rows.
        lines: its rows, made when they are asked for.
        columns: how many it has.
        leads_to: the sheet that its rows lead to.
        linked: the column, from 0, whose cells bear those links.
        tip: what is said of that.
        outward: the column, from 0, whose cells lead to a page outside the workbook; None where no row leads to one.
        outward_tip: what is said of that.
        table: the part of the table that the list is; empty for none.
        looks: words that give their cell another format: which of the rows drawn below the first has it.
        states: the columns in which such words stand.
        drawn: how many rows were drawn; never more than it has.
    """

    part: str
    first: int
    count: int
    lines: Iterable[ListRow]
    columns: int
    leads_to: str
    linked: int = 0
    tip: str = ""
    outward: int | None = None
    outward_tip: str = ""
    table: str = ""
    looks: Mapping[str, int] = field(default_factory=dict)
    states: tuple[int, ...] = ()
    drawn: int = 1

    @property
    def more(self) -> int:
        """How many rows were not drawn, by which everything below moves down."""
        return max(self.count, self.drawn) - self.drawn


def draw(
    sheet: Worksheet, first: int, forms: Sequence[Format], link: Format, others: Iterable[Sequence[Format]] = ()
) -> str:
    """Draw the only row of a list, so that the workbook has its formats.

    Args:
        sheet: where.
        first: the row, from 0.
        forms: the format of each column.
        link: the format of a cell that leads on; it is drawn as that of the row.
        others: the formats of rows below it, for lists whose cells have several.

    Returns:
        The sheet's part in the file.
    """
    for row, of_row in enumerate((forms, *others), start=first):
        sheet.set_row(row, None, link)
        for place, form in enumerate(of_row):
            sheet.write_blank(row, place, None, form)
    return f"xl/worksheets/sheet{sheet.index + 1}.xml"


def finish(drawn: IO[bytes], lists: Iterable[LongList], file: IO[bytes]) -> None:
    """Copy a finished workbook with the rows of its lists; the same workbook and rows give the same bytes.

    Args:
        drawn: the workbook, as XlsxWriter closed it.
        lists: its lists.
        file: where the whole workbook goes.

    Raises:
        SetupError: a list is longer than a sheet of Excel.
    """
    sheets = {each.part: each for each in lists}
    longest = max((each.first + each.count for each in sheets.values()), default=0)
    if longest > MOST_ROWS:
        raise SetupError(say("sheet-too-many-rows", rows=longest, most=MOST_ROWS))
    tables = {each.table: each for each in sheets.values() if each.table}
    pages = {_relations_of(part): Pages() for part, of in sheets.items() if of.outward is not None}
    with ZipFile(drawn) as parts, ZipFile(file, "w", ZIP_DEFLATED) as whole:
        for entry in parts.infolist():
            xml = parts.read(entry)
            if entry.filename in pages:  # they follow when the rows have been written
                pages[entry.filename].before = xml
                continue
            with whole.open(_info(entry, entry.filename), "w") as part:
                if entry.filename in sheets:
                    of = pages.get(_relations_of(entry.filename))
                    part.writelines(_sheet(xml, sheets[entry.filename], Pages() if of is None else of))
                else:
                    part.write(_table(xml, tables[entry.filename]) if entry.filename in tables else xml)
        for name, of in pages.items():
            if of.before or of.relations:
                with whole.open(_info(parts.infolist()[0], name), "w") as part:
                    part.write(of.xml())


_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


class Pages:
    """The pages outside the workbook that a sheet's rows lead to, and what else the sheet is related to."""

    def __init__(self) -> None:
        """Begin without any."""
        self.before = b""
        self.relations: list[str] = []

    def add(self, address: str) -> str:
        """Relate the sheet to a page, and return the relation's name."""
        name = f"rIdPage{len(self.relations) + 1}"
        self.relations.append(
            f'<Relationship Id="{name}" Type="{_HYPERLINK}" Target="{_quoted(address)}" TargetMode="External"/>'
        )
        return name

    def xml(self) -> bytes:
        """Return the part that names them all."""
        head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + _RELATIONS
        return (self.before or head + _END).replace(_END, "".join(self.relations).encode() + _END)


_END = b"</Relationships>"


def _relations_of(part: str) -> str:
    """Return the part that names what a sheet is related to."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _info(like: ZipInfo, name: str) -> ZipInfo:
    info = ZipInfo(name, like.date_time)
    info.compress_type, info.external_attr = ZIP_DEFLATED, like.external_attr
    return info


def _sheet(xml: bytes, of: LongList, pages: Pages) -> Iterator[bytes]:
    """Yield the sheet's XML up to the row that was drawn, the rows, what stands below them, and their links."""
    start = xml.index(b'<row r="%d"' % (of.first + 1))
    end, styles = start, []
    for _ in range(of.drawn):
        began, end = end, xml.index(b"</row>", end) + len(b"</row>")
        styles.append([int(style) for style in _STYLES.findall(xml, began, end)])
    data_end = xml.index(b"</sheetData>")
    yield _DIMENSION.sub(lambda match: match[1] + b"%d" % (int(match[2]) + of.more), xml[:start])
    links: list[str] = []
    rows = _rows(of, styles, links, pages)
    while some := "".join(islice(rows, AT_ONCE)):
        yield some.encode()
    yield _NUMBERED.sub(lambda match: match[1] + b"%d" % (int(match[2]) + of.more), xml[end:data_end])
    after = _AFTER_LINKS.search(xml, data_end)
    place = after.start() if after else data_end
    yield xml[data_end:place]
    if links:
        yield f"<hyperlinks>{''.join(links)}</hyperlinks>".encode()
    yield xml[place:]


def _rows(of: LongList, styles: Sequence[Sequence[int]], links: list[str], pages: Pages) -> Iterator[str]:
    """Yield the XML of the rows in the styles of those that were drawn, and add their links to `links` and `pages`."""
    (link, *columns), *_ = styles
    maker = RowMaker(columns, link, of, {word: styles[row][1:] for word, row in of.looks.items()})
    column = letters(of.linked)
    for number, line in enumerate(of.lines, start=of.first + 1):
        yield maker.xml(number, line)
        if line.target is not None:
            words = str(written(line.cells[of.linked]))
            links.append(link_xml(f"{column}{number}", of.leads_to, line.target, of.tip, words))
        if line.address is not None and of.outward is not None:
            words = str(written(line.cells[of.outward]))
            page, _, place = line.address.partition("#")
            relation = pages.add(page)
            links.append(_page_xml(f"{letters(of.outward)}{number}", relation, place, of.outward_tip, words))


def _table(xml: bytes, of: LongList) -> bytes:
    """Return the table's XML, over all its rows."""
    corner = f":{letters(of.columns - 1)}"
    return xml.replace(f'{corner}{of.first + 1}"'.encode(), f'{corner}{of.first + of.more + 1}"'.encode())
