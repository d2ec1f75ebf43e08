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
from itertools import islice
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Struct, field

from sync.core.errors import SetupError
from sync.core.words import say
from workbook.cells import written
from workbook.columns import letters
from workbook.row_xml import Line, RowMaker, link_xml

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

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
        leads_to: the sheet that it leads to.
        tip: what is said of that.
        table: the part of the table that the list is; empty for none.
        looks: words that give their cell another format: which of the rows drawn below the first has it.
        states: the columns in which such words stand.
        drawn: how many rows were drawn; never more than it has.
    """

    part: str
    first: int
    count: int
    lines: Iterable[Line]
    columns: int
    leads_to: str
    tip: str = ""
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
        link: the format of a first cell that leads on; it is drawn as that of the row.
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
        raise SetupError(
            say(
                "A sheet would need {rows} rows, more than Excel's {most}. Choose a later start date, or set an end "
                "date.",
                rows=longest,
                most=MOST_ROWS,
            )
        )
    tables = {each.table: each for each in sheets.values() if each.table}
    with ZipFile(drawn) as parts, ZipFile(file, "w", ZIP_DEFLATED) as whole:
        for entry in parts.infolist():
            info = ZipInfo(entry.filename, entry.date_time)
            info.compress_type, info.external_attr = ZIP_DEFLATED, entry.external_attr
            xml = parts.read(entry)
            with whole.open(info, "w") as part:
                if entry.filename in sheets:
                    part.writelines(_sheet(xml, sheets[entry.filename]))
                else:
                    part.write(_table(xml, tables[entry.filename]) if entry.filename in tables else xml)


def _sheet(xml: bytes, of: LongList) -> Iterator[bytes]:
    """The sheet's XML up to the row that was drawn, the rows, what stands below them, and their links."""
    start = xml.index(b'<row r="%d"' % (of.first + 1))
    end, styles = start, []
    for _ in range(of.drawn):
        began, end = end, xml.index(b"</row>", end) + len(b"</row>")
        styles.append([int(style) for style in _STYLES.findall(xml, began, end)])
    data_end = xml.index(b"</sheetData>")
    yield _DIMENSION.sub(lambda found: found[1] + b"%d" % (int(found[2]) + of.more), xml[:start])
    links: list[str] = []
    rows = _rows(of, styles, links)
    while some := "".join(islice(rows, AT_ONCE)):
        yield some.encode()
    yield _NUMBERED.sub(lambda found: found[1] + b"%d" % (int(found[2]) + of.more), xml[end:data_end])
    after = _AFTER_LINKS.search(xml, data_end)
    place = after.start() if after else data_end
    yield xml[data_end:place]
    if links:
        yield f"<hyperlinks>{''.join(links)}</hyperlinks>".encode()
    yield xml[place:]


def _rows(of: LongList, styles: Sequence[Sequence[int]], links: list[str]) -> Iterator[str]:
    """The XML of the rows, one by one, in the styles of those that were drawn; their links are gathered beside."""
    (link, *columns), *_ = styles
    maker = RowMaker(columns, link, {word: styles[row][1:] for word, row in of.looks.items()}, of.states)
    for number, line in enumerate(of.lines, start=of.first + 1):
        yield maker.xml(number, line)
        if line.target is not None:
            links.append(link_xml(f"A{number}", of.leads_to, line.target, of.tip, str(written(line.cells[0]))))


def _table(xml: bytes, of: LongList) -> bytes:
    """The table over all its rows."""
    corner = f":{letters(of.columns - 1)}"
    return xml.replace(f'{corner}{of.first + 1}"'.encode(), f'{corner}{of.first + of.more + 1}"'.encode())
