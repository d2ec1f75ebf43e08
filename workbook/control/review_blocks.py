"""What the sheets of an open workbook show, as blocks of cells: the same cells as in a file, at fixed places.

Nothing here talks to Excel. A block is rows of typed cells, ready to be written at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from msgspec import Struct

from sync.core.prove.figures import Tally
from sync.core.prove.review import OpenItem, Review
from sync.core.values.invoice_link import InvoiceLink
from sync.core.values.labels import OUTCOMES
from sync.core.values.messages import Language, Text, say
from sync.core.values.posting import Outcome, Posting
from sync.core.values.proposal import Proposal, Status
from sync.language.catalogues import known_as
from workbook.look.column import CellKind, Column, text
from workbook.look.statuses import LOOKS
from workbook.papers import applications
from workbook.review.columns import (
    ANSWERS,
    APPLICATIONS,
    BY_ID,
    COLUMNS,
    KEYS,
    PLACE,
    WORDINGS,
    ColumnId,
    answer,
    cells,
)
from workbook.review.decisions import REQUIRED
from workbook.review.head_block import CHECK_ROW, FACT_PLACES, HEAD_ROWS, head_cells, head_lines
from workbook.xlsx.cells import (
    Cell,
    Found,
    Plain,
    day_typed,
    in_words,
    letters,
    link_by_key,
    literal,
    same,
    whole_column,
    words,
)

MORE: tuple[Column[Proposal], ...] = (
    text(
        ColumnId.RECORD, say("manage-record"), 11, lambda row: None if row.invoice_id is None else str(row.invoice_id)
    ),
    Column(id=ColumnId.IN_MANAGE, header=say("in-manage"), kind=CellKind.LINK, width=12),
    Column(id=ColumnId.EXPLAINED, header=say("explained"), kind=CellKind.LINK, width=12),
)
"""What only an open workbook has, after all the others: links to the invoice in Manage, and to the rows in Sage."""
LIVE_COLUMNS = (*COLUMNS, *MORE)
LINKS = sum(column.kind is CellKind.LINK for column in MORE)
"""The last columns are formulas."""
HEADER_ROW = HEAD_ROWS
"""The table's header row, from 0."""
NOTICES_ON = say("proof")
"""The sheet that holds all notices of the run."""
REACH = 100_000
"""The last row that colours and guards cover."""
CellRows = list[list[Plain]]
"""Rows of cells, in words."""


class Span(Struct, frozen=True):
    """A part of the header block that Tieout fills; rows and columns from 0."""

    rows: range
    columns: range

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{letters(self.columns[0])}{self.rows[0] + 1}:{letters(self.columns[-1])}{self.rows[-1] + 1}"


LINES = Span(range(1, CHECK_ROW), range(2))
"""What waits for a person, and what is ready or was posted."""
HEAD = (
    Span(range(1), range(1)),
    LINES,
    Span(range(CHECK_ROW - 1, CHECK_ROW), range(PLACE[ColumnId.STATUS], PLACE[ColumnId.STATUS] + 1)),
    *(Span(range(CHECK_ROW), range(place, place + 2)) for place in FACT_PLACES),
)
"""The title, its lines, the notice, and what identifies the paper."""
_FIGURES = (ColumnId.PAID_PROPOSED, ColumnId.DATE_PROPOSED, ColumnId.CHANGE)
"""A decision made on these and on the status stays when a sync is repeated and none of them has changed."""
_HEADERS = {header: column for wording in WORDINGS for column, header in wording.headers.items()}


def explain(language: Language) -> str:
    """Return the formula that leads to the applications behind a row: it finds them by the key, so it sorts along."""
    return link_by_key(APPLICATIONS.said(language), KEYS, applications.KEYS, say("receipts").said(language))


def open_in_manage(link: InvoiceLink, language: Language) -> str:
    """Return the formula, the same in every row, that leads to the row's invoice in Manage; empty without a record.

    Nothing of a row but the number of Manage's record, which stands beside the formula, goes into the address.
    """
    record = f"INDEX({whole_column(len(COLUMNS))},ROW())"
    page, shown = f"{literal(link.before)}&{record}&{literal(link.after)}", say("manage").said(language)
    there = f"HYPERLINK({page},{literal(shown)})"
    return f'=IFERROR(IF({record}+0>0,{there},""),"")'


def ids_of(heads: Sequence[object]) -> list[str]:
    """Return the ids of the table's columns, by their headers in any wording that was ever used; "" for others."""
    return [_HEADERS.get(head.strip(), "") if isinstance(head, str) else "" for head in heads]


Before = Mapping[str, Mapping[str, Found]]
"""The rows of the table as the last sync and the user have left them: by their keys, each cell by its column's id."""


def before(block: Sequence[Sequence[Found]]) -> Before:
    """Return the rows of the table as they stand; none when a column that decides is gone.

    Args:
        block: the header row and the rows below it.
    """
    columns = ids_of(block[0]) if block else []
    rows = [dict(zip(columns, row, strict=False)) for row in block[1:]] if set(REQUIRED) <= set(columns) else []
    return {key: row for row in rows if isinstance(key := row[ColumnId.KEY], str) and key}


def table_rows(review: Review, earlier: Before, *, on_record: bool = False) -> list[list[Cell]]:
    """Return the table's rows, what needs a person first, with notes and decisions where they still fit.

    Args:
        review: what the sync proposes.
        earlier: the rows as they stand, from `before`.
        on_record: what was decided in them is in the ledger, so that the review knows of it.
    """
    return [
        _table_row(row, review.item_of(row), earlier.get(row.key), review, on_record=on_record)
        for row in review.in_order
    ]


def chosen_in(rows: Sequence[Sequence[Cell]]) -> dict[str, bool]:
    """Return what the Approve column of the table's rows says, by key."""
    return {str(row[PLACE[ColumnId.KEY]]): row[PLACE[ColumnId.APPROVE]] == ANSWERS[True] for row in rows}


def table_block(rows: Sequence[Sequence[Cell]], built: Language, chosen: Language) -> CellRows:
    """Return the table's rows in words; one empty row where there are none, because a table cannot be without.

    Args:
        rows: from `table_rows`.
        built: the language that the workbook was built in: its formulas, colours and filters go by these words.
        chosen: the language that somebody chose to read reasons in.
    """
    block = []
    for row in rows:
        made = in_words(row, built)
        for column in (ColumnId.REASON, ColumnId.NEXT_STEP):
            made[PLACE[column]] = in_words([row[PLACE[column]]], chosen)[0]
        block.append(made)
    return block or [[None] * len(LIVE_COLUMNS)]


def _table_row(
    row: Proposal, item: OpenItem | None, earlier: Mapping[str, Found] | None, review: Review, *, on_record: bool
) -> list[Cell]:
    made = cells(row, item)
    if earlier is not None and (item is not None or _same_invoice(row, earlier)):
        waited = item is not None or row.key not in review.opening
        made[PLACE[ColumnId.NOTE]] = words(earlier[ColumnId.NOTE]) or None
        made[PLACE[ColumnId.OWNER]] = words(earlier.get(ColumnId.OWNER)) or None
        made[PLACE[ColumnId.APPROVE]] = ANSWERS[_approve(row, earlier, waited=waited)]
        if row.hold is not None:
            made[PLACE[ColumnId.APPROVE]] = ANSWERS[False]
        elif (typed := earlier.get(ColumnId.HOLD_UNTIL)) is not None:
            says = earlier[ColumnId.APPROVE]
            yes = isinstance(says, str) and answer(says) is True
            until = day_typed(typed)
            over = until is not None and until <= review.run.day
            # A day to come stands in the sheet alone where nothing is on record, or its row could not be read.
            alone = until if not (over or (yes and on_record)) else None
            made[PLACE[ColumnId.HOLD_UNTIL]] = alone
            made[PLACE[ColumnId.APPROVE]] = ANSWERS[row.approve and alone is None and (over or yes)]
    return [*made, *(column.value(row) for column in MORE)]


def _same_invoice(row: Proposal, earlier: Mapping[str, Found]) -> bool:
    """Return whether the sheet's row of this key is of the same invoice and customer, as far as it shows them."""
    reviewed = {ColumnId.INVOICE: row.invoice, ColumnId.CUSTOMER: row.customer}
    return all(same(value, earlier[column]) for column, value in reviewed.items() if column in earlier)


def _approve(row: Proposal, earlier: Mapping[str, Found], *, waited: bool) -> bool:
    """Return the decision that stands in the sheet, or the default where it was made on other figures or status.

    A row that `waited` for a person may have the No of one; what the opening statement accepted had nobody's.
    """
    decided = answer(said) if isinstance(said := earlier[ColumnId.APPROVE], str) else None
    word = earlier.get(ColumnId.STATUS)
    status = _statuses().get(word) if isinstance(word, str) else None
    if decided is False and status is Status.READY and waited:
        return False  # somebody said No to what would be approved: it stays, whatever has changed since
    if decided is None or not row.approvable or not _same_figures(row, earlier):
        return row.approve
    if status is row.status:
        return decided
    # A word of no status was typed over it: a No stays, and a Yes that is not the default is asked again.
    return decided and row.approve if status is None else row.approve


def _same_figures(row: Proposal, earlier: Mapping[str, Found]) -> bool:
    for column in _FIGURES:
        value = BY_ID[column].value(row)
        if isinstance(value, Text) or not same(value, earlier.get(column)):
            return False
    return True


@cache
def _statuses() -> Mapping[str, Status]:
    return {word: status for status, look in LOOKS.items() for word in known_as(look.word)}


def head_blocks(review: Review, language: Language) -> list[tuple[str, CellRows]]:
    """Return the parts of the header block above the check with their addresses; what is between them is nobody's."""
    cells = {(cell.row, cell.column): cell.value for cell in head_cells(review, language, NOTICES_ON)}
    return [
        (span.address, [[cells.get((row, column)) for column in span.columns] for row in span.rows]) for span in HEAD
    ]


def lines_block(figures: Sequence[Tally], language: Language) -> CellRows:
    """Return the lines of the header block that say what waits and what was posted, and their labels."""
    return [in_words(line, language) for line in head_lines(figures)]


def outcome_column(keys: Sequence[Found], postings: Mapping[str, Posting], language: Language) -> CellRows:
    """Return the Outcome cells beside the table's keys, in their order."""
    return [[_outcome(posting).said(language) if (posting := postings.get(str(key))) else None] for key in keys]


def _outcome(posting: Posting) -> Text:
    back = posting.undo and posting.outcome is Outcome.POSTED
    outcome = say("sheet-taken-back") if back else OUTCOMES[posting.outcome]
    return say("sheet-outcome-and-message", outcome=outcome, message=posting.message)
