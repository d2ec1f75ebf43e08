"""Reconciliation files: written against XML made by hand and against bare XlsxWriter, read against bare expat."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from xml.parsers import expat
from xml.sax.saxutils import escape

import xlsxwriter

from sync.core.values.proposal import Proposal
from sync.language.catalogues import ENGLISH
from tests.bench.core import CLOCK
from tests.bench.figures import RUNS, Figure, megabytes, paired, seconds
from tests.bench.growth import SIZES, Growth
from tests.support.english import worded
from tests.workbook import paper
from workbook.review.columns import COLUMNS, DECIDING, cells
from workbook.review.review_file import ExcelFiles
from workbook.xlsx.cells import Cell, day_number, in_words, letters

ROWS = 100_000
PIECE = 64 * 1024
FORMAT = {"border": 1}
PARTS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
HOLD = """
import pathlib, sys
from tests.workbook import paper
from sync.language.catalogues import ENGLISH
from workbook.review.review_file import ExcelFiles
files = ExcelFiles(ENGLISH)
review = paper.review(paper.rows(int(sys.argv[1])))
"""
"""A program that only holds the rows, with all modules that writing needs."""
WRITE = HOLD + 'files.write(pathlib.Path("large.xlsx"), review)\n'
READ = HOLD + 'files.read(pathlib.Path("large.xlsx"), {row.key: row for row in review.rows})\n'


def figures(runs: int = RUNS, scale: float = 1.0) -> list[Figure]:
    """Writing, what it takes in memory, and reading back."""
    count = max(1, int(ROWS * scale))
    size = f"{count:,} rows"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        found = paper.rows(count)
        write = partial(_write, path, found)
        deciding = [in_words([column.value(row) for column in DECIDING], ENGLISH) for row in found]
        by_hand = paired(write, partial(_by_hand, Path(folder) / "hand.xlsx", deciding), runs, CLOCK)
        every = [in_words(cells(row), ENGLISH) for row in found]
        bare = paired(write, partial(_bare, Path(folder) / "bare.xlsx", every), runs, CLOCK)
        back = paired(partial(_read, path, found), partial(_parse, path), runs, CLOCK)
        del found, deciding, every, write
        held, written, read = (
            median(megabytes(code, str(count), folder=Path(folder)) for _ in range(min(runs, 3)))
            for code in (HOLD, WRITE, READ)
        )
    return [
        Figure(
            stage="write a reconciliation",
            size=size,
            ours=by_hand[0],
            floor=by_hand[1],
            floor_is=f"{len(DECIDING)} of its {len(COLUMNS)} columns, ready to be written, as XML by hand, packed",
            most=2.0,
            known=6.5,
            why="all columns are written, their values are made of the rows, and each row's height is worked out",
        ),
        Figure(
            stage="write a reconciliation",
            size=size,
            ours=bare[0],
            floor=bare[1],
            floor_is="the same cells by bare XlsxWriter, constant memory",
            most=1.2,
        ),
        Figure(
            stage="memory beyond the rows, writing",
            size=size,
            ours=written - held,
            floor=40.0,
            floor_is="40 MB",
            most=1.0,
            unit="MB",
        ),
        Figure(
            stage="memory beyond the rows, reading back",
            size=size,
            ours=read - held,
            floor=60.0,
            floor_is="60 MB, of which the decisions themselves are half",
            most=1.0,
            unit="MB",
        ),
        Figure(
            stage="read decisions back",
            size=size,
            ours=back[0],
            floor=back[1],
            floor_is="unzip and expat without handlers",
            most=2.5,
            known=8.5,
            why="the guard unzips once more, elements built in C are 3 floors, and each cell is compared in Python",
        ),
    ]


def growth(sizes: Sequence[int] = SIZES, runs: int = 1) -> list[Growth]:
    """Seconds of writing and reading at each size: they should grow as the rows do."""
    written, read = {}, {}
    with TemporaryDirectory() as folder:
        for count in sizes:
            path, found = Path(folder) / f"{count}.xlsx", paper.rows(count)
            written[count] = seconds(partial(_write, path, found), runs, CLOCK)
            read[count] = seconds(partial(_read, path, found), runs, CLOCK)
    return [
        Growth(stage="write a reconciliation", unit="s", taken=written),
        Growth(stage="read decisions back", unit="s", taken=read),
    ]


def _write(path: Path, rows: list[Proposal]) -> None:
    ExcelFiles(ENGLISH).write(path, paper.review(rows))


def _read(path: Path, rows: list[Proposal]) -> None:
    ExcelFiles(ENGLISH).read(path, {row.key: row for row in rows})


def _by_hand(path: Path, lines: Sequence[Sequence[Cell]]) -> None:
    """Row XML by f-strings and `escape`, packed at zlib's level 6."""
    names = [letters(place) for place in range(len(DECIDING))]
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as whole,
        whole.open("sheet.xml", "w") as part,
    ):
        for start in range(0, len(lines), 200):
            rows = enumerate(lines[start : start + 200], start=start + 1)
            part.write("".join(_row(number, names, line) for number, line in rows).encode())


def _row(number: int, names: Sequence[str], line: Sequence[Cell]) -> str:
    made = [f'<row r="{number}">']
    for name, cell in zip(names, line, strict=True):
        if cell is None:
            made.append(f'<c r="{name}{number}" s="1"/>')
        elif isinstance(cell, str):
            made.append(f'<c r="{name}{number}" s="1" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
        else:
            value = day_number(cell) if isinstance(cell, date) else cell
            made.append(f'<c r="{name}{number}" s="1"><v>{worded(value)}</v></c>')
    made.append("</row>")
    return "".join(made)


def _bare(path: Path, lines: Sequence[Sequence[Cell]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet, form = book.add_worksheet(), book.add_format(FORMAT)
        for row, line in enumerate(lines):
            for place, cell in enumerate(line):
                if cell is None:
                    sheet.write_blank(row, place, None, form)
                elif isinstance(cell, Decimal):
                    sheet.write_number(row, place, float(cell), form)
                elif isinstance(cell, date):
                    sheet.write_number(row, place, day_number(cell), form)
                else:
                    sheet.write_string(row, place, worded(cell), form)


def _parse(path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
        for name in PARTS:
            parser = expat.ParserCreate()
            with parts.open(name) as part:
                while piece := part.read(PIECE):
                    parser.Parse(piece)
