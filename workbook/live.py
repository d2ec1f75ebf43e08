"""What the sheets of an open workbook show, as blocks of cells: the same cells as in a file, at fixed places.

Nothing here talks to Excel. A block is rows of typed cells, ready to be written at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from sync.core.posting import Posting
from sync.core.proposal import Proposal
from sync.core.review import OpenItem, Review
from workbook import totals
from workbook.cells import Cell, Found, same, words
from workbook.columns import (
    APPROVE,
    BY_HEADER,
    COLUMNS,
    KEY,
    KEYS,
    NO,
    NOTE,
    OWNER,
    PLACE,
    YES,
    Column,
    Kind,
    cells,
    link_by_key,
)
from workbook.head_block import FACT_ROWS, REMARK_LINES, head_cells
from workbook.objections import ANSWERS

OUTCOME = Column(header="Outcome", kind=Kind.TEXT, width=60, value=lambda _: None)
"""How the push ended for a row; only an open workbook has it, after all the others."""

EXPLAINED = Column(
    header="Explained",
    kind=Kind.LINK,
    width=12,
    value=lambda _: None,
)
"""Leads to the applications behind a row."""
EXPLAIN = link_by_key("Applications", KEYS, "$A:$A", "Receipts")
"""Its formula, which finds its row by the key, so that it sorts along."""

MORE = (OUTCOME, EXPLAINED)
LIVE_COLUMNS = (*COLUMNS, *MORE)
PROOF_ROW = 1 + FACT_ROWS + REMARK_LINES
"""Row of "At review", from 0: below the title, the facts and the remarks."""
HEADER_ROW = PROOF_ROW + 3
"""The table's header row, from 0."""
REACH = 100_000
"""The last row that colours and guards cover."""

Block = list[list[Cell]]
_KEPT = ("Status", "Paid proposed", "Date paid proposed", "Change")
"""A decision made on these stays when a sync is repeated and none of them has changed."""


class Before(Struct, frozen=True, kw_only=True):
    """A row of the table as the last sync and the user have left it.

    Attributes:
        key: the words in its Key cell.
        approve: the words in its Approve cell.
        note: the words in its Note cell.
        owner: the words in its Owner cell.
        values: its other cells, by header.
    """

    key: str
    approve: Found
    note: Found
    owner: Found
    values: Mapping[str, Found]


def before(block: Sequence[Sequence[Found]]) -> list[Before]:
    """The rows of the table as they stand, from its block with the header row; none when a column that decides is gone.

    Args:
        block: the header row and the rows below it.
    """
    heads = [str(head or "").strip() for head in block[0]] if block else []
    if not {KEY, APPROVE, NOTE} <= set(heads):
        return []
    rows = [dict(zip(heads, row, strict=False)) for row in block[1:]]
    return [
        Before(key=key, approve=row[APPROVE], note=row[NOTE], owner=row.get(OWNER), values=row)
        for row in rows
        if isinstance(key := row[KEY], str) and key
    ]


def table_block(review: Review, earlier: Sequence[Before]) -> Block:
    """The table's rows: in the order the user had given them, with notes and decisions kept where they still fit."""
    order = {row.key: place for place, row in enumerate(earlier)}
    known = {row.key: row for row in earlier}
    rows = sorted(review.rows, key=lambda row: order.get(row.key, len(order)))
    block = [_table_row(row, review.open_items.get(row.key), known.get(row.key)) for row in rows]
    return block or [[None] * len(LIVE_COLUMNS)]


def chosen_in(block: Block) -> dict[str, bool]:
    """What the Approve column of a table block says, by key."""
    return {str(row[PLACE[KEY]]): row[PLACE[APPROVE]] == YES for row in block if row[PLACE[KEY]]}


def _table_row(row: Proposal, item: OpenItem | None, earlier: Before | None) -> list[Cell]:
    values = cells(row, item)
    if earlier is not None:
        values[PLACE[NOTE]] = words(earlier.note) or None
        values[PLACE[OWNER]] = words(earlier.owner) or None
        decided = ANSWERS.get(earlier.approve.strip().casefold()) if isinstance(earlier.approve, str) else None
        same_as_then = all(same(BY_HEADER[head].value(row), earlier.values.get(head)) for head in _KEPT)
        if decided is not None and row.approvable and same_as_then:
            values[PLACE[APPROVE]] = YES if decided else NO
    return [*values, *[None] * len(MORE)]


def head_block(review: Review) -> Block:
    """The header block with the line "At review"; the two lines of formulas below it stay as they are."""
    block: Block = [[None] * len(LIVE_COLUMNS) for _ in range(PROOF_ROW + 1)]
    for cell in head_cells(review):
        block[cell.row][cell.column] = cell.value
    block[PROOF_ROW][:3] = ["At review", Decimal(len(review.rows)), totals.currencies(review.rows)]
    for proof in totals.proofs(review.rows):
        block[PROOF_ROW][proof.place] = proof.reviewed
    return block


def outcome_column(keys: Sequence[Found], postings: Mapping[str, Posting]) -> Block:
    """The Outcome cells beside the table's keys, in their order."""
    return [
        [f"{posting.outcome.value}: {posting.message}" if (posting := postings.get(str(key))) else None] for key in keys
    ]
