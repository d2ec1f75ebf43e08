"""An audit pack as files: one workbook, a CSV file for each paper, and a PDF of the workbook."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO

from sync.core.prove.month import MonthAudit
from sync.core.prove.workpapers import Audit
from sync.core.values.errors import SetupError
from sync.core.values.labels import window_words
from sync.core.values.messages import BLANK, Language, Text, say
from sync.system.files import cause, replacing
from sync.usecases import verify_pack
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
from workbook.audit.csv_files import Constant, CsvFiles
from workbook.look import cell_formats
from workbook.look.page import Book, mark_of
from workbook.papers import applications, charts, receipts
from workbook.papers.draw import Pen, rows_by_key
from workbook.papers.paper import Paper
from workbook.review.head_block import HASH_SHOWN, RUN, set_properties
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
        judgement_paper.judgement([audit]),
        settings_paper.settings(audit.run),
        sample_paper.rows_to_test(audit, audit.run.id),
        *tie_out_paper.papers(audit),
        *roll_forward_paper.papers(audit),
        *control_paper.papers([audit]),
        applications.applications(audit.rows),
        receipts.receipts_paper(audit.receipts, audit.evidence.entered),
        log_and_method.log([audit]),
        log_and_method.method(),
    ]
    return [cover.cover(audit, rest, language), *rest]


Print = Callable[[Path, Path], None]
"""Makes a PDF of a workbook."""
VERIFIER = "verify.py"
"""In each pack: the program that checks it, for whoever has a Python and nothing of ours."""


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
                made += CsvFiles(folder, _about(audit), self._language).write(shown)
            made.append(_verifier(folder))
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


def _about(audit: Audit | MonthAudit) -> list[Constant]:
    """Return what stands on every row of a CSV file: the mark of practice, the company, the run or month, its days."""
    run, mark = audit.run, mark_of(audit.run)
    what: tuple[Constant, ...] = (
        (say("run"), run.id),
        (say("from"), run.window.start),
        (say("to"), run.window.end),
    )
    if isinstance(audit, MonthAudit):
        month = audit.of.month
        what = ((say("month-word"), str(month)), (say("from"), month.first), (say("to"), month.last))
    return [*([(mark, mark)] if mark != BLANK else []), (say("company"), run.company.sage), *what]


def _verifier(folder: Path) -> Path:
    """Put the program that checks a pack beside it."""
    path = folder / VERIFIER
    with replacing(path) as file:
        file.write(inspect.getsource(verify_pack).encode("utf-8"))
    return path


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
            charts.draw(book, sheet, paper, firsts)
    return pen.lists
