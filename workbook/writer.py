"""Writes a reconciliation file with XlsxWriter: whole or not at all; the same review gives the same bytes."""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import IO

import xlsxwriter

from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.review import Review
from sync.core.words import say
from sync.whole import replacing
from workbook import control, formats, legend, reconciliation
from workbook.cells import visible
from workbook.header import made_with, of_run, title
from workbook.long_list import finish

SUFFIX = ".xlsx"


def write(path: Path, review: Review) -> None:
    """Write a reconciliation file.

    Raises:
        SetupError: the name does not end in .xlsx, the folder is missing, or the file is open or cannot be written.
    """
    if path.suffix.lower() != SUFFIX:
        raise SetupError(
            say("The reconciliation cannot be written to {file}. Give it a name that ends in .xlsx.", file=str(path))
        )
    if not path.parent.is_dir():
        raise SetupError(
            say("There is no folder {folder}. Create it, or write to another.", folder=str(path.parent.absolute()))
        )
    try:
        with replacing(path) as file:
            _build(file, review)
    except PermissionError:
        raise SetupError(
            say(
                "{file} cannot be written: it is open in Excel, or the folder does not allow it. Close it, then run "
                "the sync again.",
                file=str(path),
            )
        ) from None
    except OSError as error:
        raise SetupError(
            say(
                "{file} cannot be written: {why}. Write to another place, then run the sync again.",
                file=str(path),
                why=cause(error),
            )
        ) from None


def _build(file: IO[bytes], review: Review) -> None:
    run = review.run
    drawn = BytesIO()
    with xlsxwriter.Workbook(drawn, formats.options()) as book:
        book.set_properties(
            {
                "title": visible(str(title(run))),
                "subject": str(of_run(run)),
                "author": visible(run.person.user),
                "company": visible(run.company.sage),
                "comments": str(made_with(run)),
                "created": run.started.astimezone(UTC).replace(tzinfo=None),
            }
        )
        lists = reconciliation.fill(book, review)
        control.fill(book, review)
        legend.fill(book, run)
    finish(drawn, lists, file)
