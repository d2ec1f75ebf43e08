"""What the sheets of an open workbook show, as blocks of cells: the same cells as in a file, at fixed places.

Nothing here talks to Excel. A block is rows of typed cells, ready to be written at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from msgspec import Struct

from sync.core.labels import OUTCOMES
from sync.core.posting import Posting
from sync.core.proposal import Proposal
from sync.core.review import OpenItem, Review
from sync.core.words import Text, Tongue, say
from sync.tongues import known_as
from workbook import totals
from workbook.cells import Cell, Found, same, words
from workbook.columns import (
    ANSWERS,
    APPLICATIONS,
    APPROVE,
    BY_KEY,
    COLUMNS,
    KEY,
    KEYS,
    NOTE,
    OWNER,
    PLACE,
    Column,
    Kind,
    cells,
)
from workbook.formulas import link_by_key
from workbook.head_block import FACT_ROWS, REMARK_LINES, head_cells
from workbook.objections import answer

OUTCOME = Column(header=say("Outcome"), kind=Kind.TEXT, width=60, value=lambda _: None)
"""How the push ended for a row; only an open workbook has it, after all the others."""

EXPLAINED = Column(
    header=say("Explained"),
    kind=Kind.LINK,
    width=12,
    value=lambda _: None,
)
"""Leads to the applications behind a row."""

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


def explain() -> str:
    """Formula that leads to the applications behind a row, which it finds by the key, so that it sorts along."""
    return link_by_key(APPLICATIONS, KEYS, "$A:$A", say("Receipts"))


def keys_of(heads: Sequence[object]) -> list[str]:
    """The keys of the table's columns, by their headers in any language; empty for others."""
    known = _keys()
    return [known.get(str(head or "").strip(), "") for head in heads]


@cache
def _keys() -> Mapping[str, str]:
    return {words: column.key for column in LIVE_COLUMNS for words in known_as(column.header)}


class Before(Struct, frozen=True, kw_only=True):
    """A row of the table as the last sync and the user have left it.

    Attributes:
        key: the words in its Key cell.
        approve: the words in its Approve cell.
        note: the words in its Note cell.
        owner: the words in its Owner cell.
        values: its other cells, by the column's key.
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
    keys = keys_of(block[0]) if block else []
    if not {KEY, APPROVE, NOTE} <= set(keys):
        return []
    rows = [dict(zip(keys, row, strict=False)) for row in block[1:]]
    return [
        Before(key=key, approve=row[APPROVE], note=row[NOTE], owner=row.get(OWNER), values=row)
        for row in rows
        if isinstance(key := row[KEY], str) and key
    ]


def table_block(review: Review, earlier: Sequence[Before], speech: Tongue) -> Block:
    """The table's rows: in the order the user had given them, with notes and decisions kept where they still fit.

    Args:
        review: what was found.
        earlier: the rows as they stand, from `before`.
        speech: the language of what is told; what the workbook goes by is in the language spoken now.
    """
    order = {row.key: place for place, row in enumerate(earlier)}
    known = {row.key: row for row in earlier}
    rows = sorted(review.rows, key=lambda row: order.get(row.key, len(order)))
    block = [_table_row(row, review.open_items.get(row.key), known.get(row.key), speech) for row in rows]
    return block or [[None] * len(LIVE_COLUMNS)]


def chosen_in(block: Block) -> dict[str, bool]:
    """What the Approve column of a table block says, by key."""
    return {str(row[PLACE[KEY]]): row[PLACE[APPROVE]] == ANSWERS[True] for row in block if row[PLACE[KEY]]}


def _table_row(row: Proposal, item: OpenItem | None, earlier: Before | None, speech: Tongue) -> list[Cell]:
    values = cells(row, item)
    values[PLACE["Reason"]], values[PLACE["Next step"]] = row.reason.said(speech), row.next_step.said(speech)
    if earlier is not None:
        values[PLACE[NOTE]] = words(earlier.note) or None
        values[PLACE[OWNER]] = words(earlier.owner) or None
        decided = answer(earlier.approve)
        same_as_then = all(same(BY_KEY[key].value(row), earlier.values.get(key)) for key in _KEPT)
        if decided is not None and row.approvable and same_as_then:
            values[PLACE[APPROVE]] = ANSWERS[decided]
    return [*values, *[None] * len(MORE)]


def head_block(review: Review) -> Block:
    """The header block with the line "At review"; the two lines of formulas below it stay as they are."""
    block: Block = [[None] * len(LIVE_COLUMNS) for _ in range(PROOF_ROW + 1)]
    for cell in head_cells(review):
        block[cell.row][cell.column] = cell.value
    block[PROOF_ROW][:3] = [str(totals.AT_REVIEW), Decimal(len(review.rows)), totals.currencies(review.rows)]
    for proof in totals.proofs(review.rows):
        block[PROOF_ROW][proof.place] = proof.reviewed
    return block


def outcome_column(keys: Sequence[Found], postings: Mapping[str, Posting]) -> Block:
    """The Outcome cells beside the table's keys, in their order."""
    return [[str(_outcome(posting)) if (posting := postings.get(str(key))) else None] for key in keys]


def _outcome(posting: Posting) -> Text:
    return say("{outcome}: {message}", outcome=OUTCOMES[posting.outcome], message=posting.message)
