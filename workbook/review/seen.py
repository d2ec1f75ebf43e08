"""What decides is what the reviewer sees: one sheet that is shown, with columns that can be read, and no look-alikes.

The rules are the same for a file and for the open workbook; each only tells how its sheet looks. Approved rows that are
hidden are counted while the decisions are read, and refused by the push itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import say
from workbook.review.columns import BY_ID, SHEET, WORDINGS, ColumnId, looks
from workbook.review.decisions import Layout
from workbook.xlsx.package import SheetPart

SEEN = (
    ColumnId.APPROVE,
    ColumnId.INVOICE,
    ColumnId.CUSTOMER,
    ColumnId.PAID_BEFORE,
    ColumnId.PAID_PROPOSED,
    ColumnId.CHANGE,
)
"""The columns that nobody can decide without: the decision, which invoice of whom, and what is written to it."""


def the_sheet_seen(file: str, sheets: Iterable[SheetPart]) -> SheetPart:
    """Return the reconciliation sheet of a workbook.

    Args:
        file: the workbook's name, for the sentence.
        sheets: all of its sheets.

    Raises:
        SetupError: there is none.
        Refused: it is hidden, or another one looks like it.
    """
    names = {looks(wording.sheet) for wording in WORDINGS}
    found = [sheet for sheet in sheets if looks(sheet.name) in names]
    if not found:
        raise SetupError(say("file-sheet-missing", file=file, sheet=SHEET))
    if len(found) > 1 or found[0].hidden:
        raise Refused(say("file-sheet-not-the-one-seen", file=file, sheets=", ".join(each.name for each in found)))
    return found[0]


def require_columns_seen(file: str, layout: Layout, reads: Callable[[int], bool]) -> None:
    """Let nobody decide by a column that cannot be read.

    Args:
        file: the workbook's name, for the sentence.
        layout: where the columns stand.
        reads: tells of a column, by its place in the layout, whether it can be read.

    Raises:
        Refused: some are hidden, grouped away or too narrow, or the row of headers is hidden.
    """
    if layout.heads_hidden:
        raise Refused(say("file-headers-hidden", file=file))
    unread = [column for column in SEEN if not reads(layout.columns[column])]
    if unread:
        raise Refused(say("file-columns-hidden", file=file, columns=tuple(BY_ID[each].header for each in unread)))


def require_unmerged(file: str, layout: Layout, merged: Callable[[int, int], bool]) -> None:
    """Let no cell of a file's table cover another: what is covered would decide unseen. Excel lets no table have any.

    Args:
        file: the workbook's name, for the sentence.
        layout: where the columns stand.
        merged: tells whether cells are merged below a row, in a column.

    Raises:
        Refused: some are.
    """
    covered = [column for column in SEEN if merged(layout.row, layout.columns[column])]
    if covered:
        raise Refused(say("file-cells-merged", file=file, columns=tuple(BY_ID[each].header for each in covered)))
