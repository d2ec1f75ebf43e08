"""An audit pack as files: one workbook, a CSV file for each paper, and a PDF of the workbook."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO

import xlsxwriter

from sync.causes import cause
from sync.core.audit import Audit
from sync.core.errors import SetupError
from sync.core.labels import window_words
from sync.core.report import pack_file
from sync.core.words import BLANK, Text, say, spoken
from sync.whole import replacing
from workbook import formats
from workbook.audit import charts
from workbook.audit.draw import rows_by_key
from workbook.audit.paper import Form, Paper
from workbook.audit.papers import papers
from workbook.behind import LongPen
from workbook.cells import Cell, visible
from workbook.header import HASH_SHOWN, RUN, made_with, of_run, title
from workbook.long_list import LongList, finish
from workbook.practice_mark import mark_of

Print = Callable[[Path, Path], None]
"""Makes a PDF of a workbook."""
CONTROLS = ("\t", "\r", "\n")
DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
"""What a spreadsheet may take for the beginning of a formula; some read the wide forms of East Asia alike."""
UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"


class AuditPacks:
    """Implements the port `AuditFiles`."""

    def __init__(self, make_pdf: Print) -> None:
        self._print = make_pdf

    def write(self, folder: Path, audit: Audit, forms: Collection[str]) -> tuple[list[Path], Text | None]:
        """Write the files of an audit pack into a folder that is new and empty.

        Returns:
            The files, and why a PDF that was wanted could not be made.

        Raises:
            SetupError: they cannot be written.
        """
        name, shown = pack_file(audit.run), papers(audit)
        made: list[Path] = []
        missing: Text | None = None
        try:
            if "xlsx" in forms or "pdf" in forms:
                made.append(folder / f"{name}.xlsx")
                _workbook(made[0], audit, shown)
            if "csv" in forms:
                made += [_table(folder, paper, mark_of(audit.run)) for paper in shown]
            if "pdf" in forms:
                missing = self._printed(folder / f"{name}.xlsx", folder / f"{name}.pdf")
                made += [] if missing else [folder / f"{name}.pdf"]
        except OSError as error:
            raise SetupError(
                say(
                    "The audit files cannot be written to {folder}: {why}. Choose another with --dir.",
                    folder=str(folder),
                    why=cause(error),
                )
            ) from None
        return made, missing

    def _printed(self, workbook: Path, pdf: Path) -> Text | None:
        try:
            self._print(workbook, pdf)
        except SetupError as why:
            return why.sentences[0]
        return None


def _workbook(path: Path, audit: Audit, shown: Sequence[Paper]) -> None:
    drawn = BytesIO()
    lists = _drawn(drawn, audit, shown)
    with replacing(path) as file:
        finish(drawn, lists, file)


def _drawn(file: IO[bytes], audit: Audit, shown: Sequence[Paper]) -> list[LongList]:
    """Draw the workbook but for the rows of its long lists, which are returned."""
    run = audit.run
    with xlsxwriter.Workbook(file, formats.options()) as book:
        book.set_properties(
            {
                "title": visible(str(title(run))),
                "subject": str(of_run(run)),
                "author": visible(audit.person.user),
                "company": visible(run.company.sage),
                "comments": str(made_with(run)),
                "created": audit.at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        book.read_only_recommended()
        identity = (
            (say("Entity"), run.company.sage),
            (say("Window"), window_words(run.window)),
            (RUN, run.id),
            (say("Ledger"), say("row {rows}, {hash}", rows=audit.head.rows, hash=audit.head.hash[:HASH_SHOWN])),
        )
        pen, found = LongPen(book, run, identity), rows_by_key(shown)
        for paper in shown:
            sheet, places = pen.paper(paper, found)
            if paper.charts:
                below = max(places[block.heading] + len(block.rows) for block in paper.blocks) + 2
                charts.draw(book, sheet, paper, places, below)
    return pen.lists


def _table(folder: Path, paper: Paper, mark: Text) -> Path:
    """A paper as UTF-8 with a byte order mark, as an Excel of its language opens it; no word is a formula.

    Its first line is the mark of a practice run, where there is one.
    """
    place = folder / "csv" / f"{str(paper.name).replace(' ', '-')}.csv"
    place.parent.mkdir(exist_ok=True)
    with replacing(place) as file:
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        between = "," if spoken().point == "." else ";"
        lines = csv.writer(text, delimiter=between, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
        lines.writerows([[str(mark)]] if mark != BLANK else [])
        lines.writerows(_lines(paper))
        text.detach()
    return place


def _lines(paper: Paper) -> Iterator[list[str]]:
    for number, block in enumerate(paper.blocks):
        if number:
            yield []
        if block.heading != BLANK:
            yield [harmless(str(block.heading))]
        yield [str(column.header) for column in block.columns]
        for row in block.rows:
            yield [_field(cell, column.form) for cell, column in zip(row, block.columns, strict=True)]


def _field(cell: Cell, form: Form) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}" if form is Form.COUNT else spoken().plain(cell)
    return cell.isoformat() if isinstance(cell, date) else harmless(cell)


def harmless(words: str) -> str:
    """Words that no spreadsheet takes for a formula: an apostrophe before what looks like the beginning of one."""
    seen = visible(words)
    begins = seen.startswith(CONTROLS) or _trimmed(seen).startswith((*CONTROLS, *DANGEROUS))
    return f"'{seen}" if begins else seen


def _trimmed(words: str) -> str:
    """Words without the blanks and the unseen characters before them, of whatever width."""
    return words.lstrip().lstrip(UNSEEN).lstrip()
