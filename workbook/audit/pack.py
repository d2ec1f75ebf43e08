"""An audit pack as files: one workbook, a CSV file for each paper, and a PDF of the workbook."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO

from sync.core.prove.month import MonthAudit
from sync.core.prove.workpapers import Audit
from sync.core.values.errors import SetupError
from sync.core.values.labels import window_words
from sync.core.values.messages import BLANK, Language, Text, say
from sync.system.files import cause, replacing
from workbook.audit import (
    control_paper,
    cover,
    judgement_paper,
    log_and_method,
    month_papers,
    roll_forward_paper,
    row_papers,
    sample_paper,
    settings_paper,
    summary,
    tie_out_paper,
)
from workbook.look import cell_formats
from workbook.look.column import CellKind
from workbook.look.page import Book, mark_of
from workbook.papers import applications, receipts
from workbook.papers.draw import Pen, rows_by_key
from workbook.papers.paper import Paper
from workbook.review.head_block import HASH_SHOWN, RUN, set_properties
from workbook.xlsx.cells import Plain, in_words, visible
from workbook.xlsx.long_list import LongList, finish


def papers(audit: Audit | MonthAudit, language: Language) -> list[Paper]:
    """Return every paper of a pack, the cover first: it lists the others, in lines of that language."""
    return month_papers.papers(audit, language) if isinstance(audit, MonthAudit) else _of_run(audit, language)


def _of_run(audit: Audit, language: Language) -> list[Paper]:
    rest = [
        summary.summary(audit),
        row_papers.reconciliation(audit),
        row_papers.posted([audit]),
        row_papers.held(audit.held),
        judgement_paper.judgement(audit),
        settings_paper.settings(audit),
        sample_paper.rows_to_test(audit),
        *tie_out_paper.papers(audit),
        *roll_forward_paper.papers(audit),
        *control_paper.papers(audit),
        applications.applications(audit.rows),
        receipts.receipts_paper(audit.receipts, audit.evidence.entered),
        log_and_method.log([audit]),
        log_and_method.method(),
    ]
    return [cover.cover(audit, rest, language), *rest]


Print = Callable[[Path, Path], None]
"""Makes a PDF of a workbook."""
CONTROLS = ("\t", "\r", "\n")
DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
"""What a spreadsheet may take for the beginning of a formula; some read the wide forms of East Asia alike."""
MARK = "'"
"""Stands before words that a spreadsheet would otherwise make something else of."""
_TRUTH = frozenset({"true", "false", "vrai", "faux"})
_LETTERS = re.compile(r"[^\W\d_]+")
_IN_VALUES = re.compile(
    "e|am?|pm?|[htz]|st|nd|rd|th|er|cad|usd|"
    "jan(uary|v|vier)?|feb(ruary)?|f[ée]v(r|rier)?|mar(ch|s)?|a[pv]r(il)?|may|mai|june?|juin|jul(y)?|juil(let)?|aug(ust)?|"
    "ao[uû]t|sept?(ember|embre)?|oct(ober|obre)?|nov(ember|embre)?|d[eé]c(ember|embre)?|"
    "(mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(day)?|(lun|mar|mer|mercre|jeu|ven|vendre|sam|same)(di)?|dim(anche)?"
)
"""What letters may stand for in a number, an amount, a date or a time, in English and French."""
UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"


class AuditPacks:
    """Implements the port `AuditFiles`."""

    def __init__(self, make_pdf: Print, language: Language) -> None:
        """Take what prints a workbook, and the language of the files."""
        self._print = make_pdf
        self._language = language

    def write(self, folder: Path, audit: Audit | MonthAudit, forms: Collection[str]) -> tuple[list[Path], Text | None]:
        """Write the files of an audit pack into a folder that is new and empty.

        Returns:
            The files, and why a PDF that was wanted could not be made.

        Raises:
            SetupError: they cannot be written.
        """
        name, shown = audit.file_name, papers(audit, self._language)
        made: list[Path] = []
        missing: Text | None = None
        try:
            if "xlsx" in forms or "pdf" in forms:
                made.append(folder / f"{name}.xlsx")
                _workbook(made[0], audit, shown, self._language)
            if "csv" in forms:
                made += [_table(folder, paper, mark_of(audit.run), self._language) for paper in shown]
            if "pdf" in forms:
                missing = self._printed(folder / f"{name}.xlsx", folder / f"{name}.pdf")
                made += [] if missing else [folder / f"{name}.pdf"]
        except OSError as error:
            raise SetupError(say("pack-folder-unwritable", folder=str(folder), why=cause(error))) from error
        return made, missing

    def _printed(self, workbook: Path, pdf: Path) -> Text | None:
        try:
            self._print(workbook, pdf)
        except SetupError as why:
            return why.sentences[0]
        return None


def _workbook(path: Path, audit: Audit | MonthAudit, shown: Sequence[Paper], language: Language) -> None:
    drawn = BytesIO()
    lists = _drawn(drawn, audit, shown, language)
    with replacing(path) as file:
        finish(drawn, lists, file)


def _drawn(file: IO[bytes], audit: Audit | MonthAudit, shown: Sequence[Paper], language: Language) -> list[LongList]:
    """Draw the workbook but for the rows of its long lists, which are returned."""
    run, month = audit.run, str(audit.of.month) if isinstance(audit, MonthAudit) else None
    of_run = ((say("window"), window_words(run.window)), (RUN, run.id))
    source = None if month is None else say("month-of-runs", month=month)
    with Book(file, language, cell_formats.options()) as book:
        set_properties(book, run, audit.person, audit.at, source)
        book.read_only_recommended()
        identity: list[tuple[Text, Text | str]] = [
            (say("entity"), run.company.sage),
            *(of_run if month is None else ((say("month-word"), month),)),
            (say("ledger"), say("pack-row-and-hash", rows=audit.head.rows, hash=audit.head.hash[:HASH_SHOWN])),
        ]
        pen, targets = Pen(book, run, identity, source=source), rows_by_key(shown)
        for paper in shown:
            sheet, firsts = pen.paper(paper, targets)
            if paper.charts:
                summary.draw(book, sheet, paper, firsts)
    return pen.lists


def _table(folder: Path, paper: Paper, mark: Text, language: Language) -> Path:
    """Write a paper as UTF-8 with a byte order mark, as an Excel of its language opens it; no word is a formula.

    Its first line is the mark of a practice run, where there is one.
    """
    path = folder / "csv" / f"{paper.name.said(language).replace(' ', '-')}.csv"
    path.parent.mkdir(exist_ok=True)
    with replacing(path) as file:
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        between = "," if language.point == "." else ";"
        lines = csv.writer(text, delimiter=between, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
        lines.writerows([[mark.said(language)]] if mark != BLANK else [])
        lines.writerows(_lines(paper, language))
        text.detach()
    return path


def _lines(paper: Paper, language: Language) -> Iterator[list[str]]:
    for number, block in enumerate(paper.blocks):
        if number:
            yield []
        if block.heading != BLANK:
            yield [harmless(block.heading.said(language))]
        yield [column.header.said(language) for column in block.columns]
        for row in block.rows:
            cells = zip(in_words(row, language), block.columns, strict=True)
            yield [_field(cell, column.kind, language) for cell, column in cells]


def _field(cell: Plain, kind: CellKind, language: Language) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}" if kind is CellKind.COUNT else language.plain(cell)
    return cell.isoformat() if isinstance(cell, date) else harmless(cell)


def harmless(words: str) -> str:
    """Return words that every spreadsheet leaves as they are: with an apostrophe before those that it would change.

    Those look like a formula, a number, a date, a truth value or an error, or begin with an apostrophe of their own: so
    the words of a field are always what is left without its first apostrophe. Excel and LibreOffice keep and show it.
    """
    seen = visible(words)
    formula = words.startswith(CONTROLS) or _trimmed(words).startswith((*CONTROLS, *DANGEROUS))
    return f"{MARK}{seen}" if formula or seen.startswith(MARK) or _reads_as_value(seen) else seen


def _reads_as_value(words: str) -> bool:
    """Return whether a spreadsheet may make a number, a date or the like of words: 007, 1E5, 1/2, 3 mars 2026, TRUE."""
    said = words.strip().casefold()
    if said in _TRUTH or said.startswith("#"):
        return True
    letters = _LETTERS.findall(said)
    named = letters[:1] if said[:1].isalpha() else []
    return (
        any(each.isdigit() for each in said)
        and all(_IN_VALUES.fullmatch(each) for each in letters)
        and all(len(each) > 1 for each in named)
    )


def _trimmed(words: str) -> str:
    """Return words without the blanks and the unseen characters before them, of whatever width."""
    return words.lstrip().lstrip(UNSEEN).lstrip()
