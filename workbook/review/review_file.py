"""Reconciliation files: written whole or not at all, and read back for their decisions."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from sync.core.prove.review import Decided, MadeFrom, Review
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import Language, say
from sync.core.values.proposal import Proposal
from sync.system.files import cause, replacing
from workbook.look import cell_formats
from workbook.look.page import Book
from workbook.review import review_sheet, totals_sheet
from workbook.review.decisions import decisions, layout
from workbook.review.head_block import set_properties
from workbook.review.seen import Undisguised, require_columns_seen, require_unmerged, the_sheet_seen
from workbook.xlsx.cell_stream import SheetLook
from workbook.xlsx.long_list import finish
from workbook.xlsx.package import Package, opened, opened_by

SUFFIX = ".xlsx"


class ExcelFiles:
    """Implements the port `ReviewFiles` with Excel workbooks."""

    def __init__(self, language: Language) -> None:
        """`language` is that of the files written; files of any language are read."""
        self._language = language

    def require_writable(self, path: Path) -> None:
        """Raise what `write` would, as far as it can be known before there is a review.

        Raises:
            SetupError: the name does not end in .xlsx, the folder is missing or takes no files, or the file is open.
        """
        if path.suffix.lower() != SUFFIX:
            raise SetupError(say("sheet-output-not-xlsx", file=str(path)))
        if not path.parent.is_dir():
            raise SetupError(say("sheet-output-folder-missing", folder=str(path.parent.absolute())))
        if (user := opened_by(path)) is not None:
            raise SetupError(say("file-open-by", file=str(path), user=user or say("somebody")))
        try:
            TemporaryFile(dir=path.parent).close()
        except OSError as error:
            raise SetupError(say("sheet-output-open-or-denied", file=str(path))) from error

    def write(self, path: Path, review: Review) -> None:
        """Write a reconciliation file, whole or not at all.

        Raises:
            SetupError: as `require_writable`, or the file cannot be written.
        """
        self.require_writable(path)
        try:
            with replacing(path) as file:
                _build(file, review, self._language)
        except PermissionError as error:
            raise SetupError(say("sheet-output-open-or-denied", file=str(path))) from error
        except OSError as error:
            raise SetupError(say("sheet-output-not-written", file=str(path), why=cause(error))) from error

    def made_from(self, path: Path) -> MadeFrom:
        """Return the run and the ledger's head in a file's header block.

        Raises:
            SetupError: the file is missing, not a workbook, hostile, not a reconciliation of Tieout, or of a format
                that this version does not read.
            Refused: somebody has it open, or its sheet is not the one that is seen.
        """
        _closed(path)
        with opened(path) as parts:
            package = Package(parts)
            sheet = the_sheet_seen(str(path), package.sheets())
            found = layout(str(path), package.rows(sheet.part, SheetLook()))
        return MadeFrom(run=found.run, printed=found.printed)

    def read(self, path: Path, reviewed: Mapping[str, Proposal]) -> Decided:
        """Read each row's decision; the facts in a row are only compared with what was reviewed.

        Args:
            path: the file.
            reviewed: the rows of its run as they were shown, by key.

        Returns:
            One decision per row present, in the sheet's order, with the objection to it if there is one.

        Raises:
            SetupError: as `made_from`.
            Refused: as `made_from`; or something that decides cannot be seen.
        """
        _closed(path)
        return decided_in(path, str(path), reviewed)


def decided_in(path: Path, file: str, reviewed: Mapping[str, Proposal]) -> Decided:
    """Read each row's decision in a workbook; as the method `read`, but whether it is open is not asked.

    Args:
        path: where it lies.
        file: its name, for the sentences.
        reviewed: the rows of its run as they were shown, by key.
    """
    with opened(path, file) as parts:
        package, look = Package(parts), SheetLook()
        rows = package.rows(the_sheet_seen(file, package.sheets()).part, look)
        found = layout(file, rows)
        require_columns_seen(file, found, look.reads)
        undisguised = Undisguised(found, package.looks(), look)
        decided = decisions(found, undisguised.passed(rows), reviewed)
        require_unmerged(file, found, look.merged_below)
        undisguised.require(file)
        return decided


def _closed(path: Path) -> None:
    if (user := opened_by(path)) is not None:
        raise Refused(say("file-open-by", file=str(path), user=user or say("somebody")))


def _build(file: IO[bytes], review: Review, language: Language) -> None:
    run = review.run
    drawn = BytesIO()
    with Book(drawn, language, cell_formats.options()) as book:
        set_properties(book, run, run.person, run.started)
        lists = review_sheet.fill(book, review)
        totals_sheet.fill(book, review)
        review_sheet.fill_legend(book, run)
    finish(drawn, lists, file)
