"""What is asked of Sage, and the one consistent snapshot that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.core.periods import Window
from sync.core.records import Document, Entry
from sync.core.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which documents to read from Sage.

    Attributes:
        window: documents with payment information entered in it are touched; None selects none by window.
        documents: ids wanted whatever the window: carried forward, or approved for a push.
        above_row: highest `tcustrdt.lId` seen before the window began, where the ledger knows one.
        prefix: removed from Sage's numbers when looking for other documents that bear the same number.
    """

    window: Window | None
    documents: frozenset[int] = frozenset()
    above_row: int | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One consistent snapshot of what was wanted from Sage.

    Attributes:
        company: `tcompany.sCompName`.
        clock: the database's local clock at the start of the snapshot.
        strategy: how touched documents were found.
        highest_row: highest `tcustrdt.lId` in the books.
        touched: ids of the documents touched in the window.
        documents: the touched and the wanted ones, and every other document that bears one of their numbers.
        entries: all rows of those documents, and all unbanked applications of their customers (the mirrors).
        notices: what the reader should know, such as a login that could write.
    """

    company: str
    clock: datetime
    strategy: Text
    highest_row: int
    touched: frozenset[int]
    documents: Sequence[Document]
    entries: Sequence[Entry]
    notices: tuple[Text, ...] = ()
