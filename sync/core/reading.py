"""What is asked of Sage, and the one consistent snapshot that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from sync.core.periods import Window
from sync.core.records import Balance, Document, Entry
from sync.core.words import Text


class Wanted(Struct, frozen=True, kw_only=True):
    """Which documents to read from Sage.

    Attributes:
        window: documents with payment information entered in it are touched; None selects none by window.
        documents: ids wanted whatever the window: carried forward, or approved for a push.
        above_row: highest `tcustrdt.lId` seen before the window began, where the ledger knows one.
        prefix: removed from Sage's numbers when looking for other documents that bear the same number.
        balances: the balance of every document is wanted too, for the tie-out of receivables.
    """

    window: Window | None
    documents: frozenset[int] = frozenset()
    above_row: int | None = None
    prefix: str = ""
    balances: bool = False


class Entered(Struct, frozen=True, kw_only=True, gc=False):
    """A row of payment information entered in the window, exactly as it was selected.

    Attributes:
        id: `tcustrdt.lId`.
        document_id: the document it belongs to.
        kind: Sage's `nTranType`.
        amount: as in Sage; None when unreadable.
    """

    id: int
    document_id: int
    kind: int
    amount: Decimal | None


class Reading(Struct, frozen=True, kw_only=True):
    """One consistent snapshot of what was wanted from Sage.

    Attributes:
        company: `tcompany.sCompName`.
        clock: the database's local clock at the start of the snapshot.
        strategy: how touched documents were found.
        highest_row: highest `tcustrdt.lId` in the books.
        entered: the rows of payment information entered in the window.
        documents: the touched and the wanted ones, and every other document that bears one of their numbers.
        entries: all rows of those documents, and all unbanked applications of their customers (the mirrors).
        notices: what the reader should know, such as a login that could write.
        balances: of every document of the company, where they were wanted.
    """

    company: str
    clock: datetime
    strategy: Text
    highest_row: int
    entered: Sequence[Entered]
    documents: Sequence[Document]
    entries: Sequence[Entry]
    notices: tuple[Text, ...] = ()
    balances: Sequence[Balance] = ()

    @property
    def touched(self) -> frozenset[int]:
        """Ids of the documents touched in the window."""
        return frozenset(row.document_id for row in self.entered)
