"""What the ledger knows of a single run, read back as the values that went in."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from sync.core.errors import Refused
from sync.core.journal import Export, Run, RunEnd
from sync.core.posting import Decision, Intent, Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.review import Evidence
from sync.core.words import say
from sync.ledger import views
from sync.ledger.store import Store

Value = TypeVar("Value")


class RunRecords:
    """The part of the ledger that is asked about one run at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def run(self, run: str) -> Run | None:
        """A run by its id."""
        return next(iter(self._all(Run, views.RUN, run)), None)

    def reviewed(self, run: str) -> dict[str, Proposal]:
        """The rows of a run by key, as they were shown for review."""
        return {row.key: row for row in self._all(Proposal, views.ROWS, run)}

    def postings(self, run: str) -> dict[str, Posting]:
        """How rows of a run ended so far, by key; the latest word on each that changed anything.

        An undo that failed changed nothing, and neither did a push that sent nothing after a write that was verified.
        """
        latest: dict[str, Posting] = {}
        for posting in self._all(Posting, views.POSTINGS, run):
            before = latest.get(posting.key)
            final = before is not None and before.outcome is Outcome.POSTED and (before.undo or before.verified)
            if posting.outcome is Outcome.POSTED or not (posting.undo or final):
                latest[posting.key] = posting
        return latest

    def all_postings(self, run: str) -> list[Posting]:
        """How every push and undo of a run's rows ended, oldest first."""
        return self._all(Posting, views.POSTINGS, run)

    def changes(self, run: str) -> dict[str, Posting]:
        """What the rows of a run last changed in Manage, by key; an undo is a change too."""
        return {
            posting.key: posting for posting in self._all(Posting, views.POSTINGS, run) if posting.written is not None
        }

    def intents(self, run: str) -> list[Intent]:
        """Every write of a run that was to be sent, oldest first."""
        return self._all(Intent, views.INTENTS, run)

    def decisions(self, run: str) -> dict[str, Decision]:
        """The last decision on each row of a run, by key."""
        return {decision.key: decision for decision in self._all(Decision, views.DECISIONS, run)}

    def ends(self, run: str) -> list[RunEnd]:
        """How the sync, the pushes and the undo of a run ended, oldest first."""
        return self._all(RunEnd, views.RUN_ENDS, run)

    def exports(self, run: str) -> list[Export]:
        """Audit files that were made of a run, oldest first."""
        return self._all(Export, views.RUN_EXPORTS, run)

    def evidence(self, run: str) -> Evidence | None:
        """What a run proves beside its rows; None where no run of that id is on record."""
        return next(iter(self._all(Evidence, views.EVIDENCE, run)), None)

    def _all(self, kind: type[Value], query: str, *parameters: object) -> list[Value]:
        return [self._read(body, kind) for (body,) in self._store.rows(query, *parameters)]

    def _read(self, body: str, kind: type[Value]) -> Value:
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.MsgspecError:
            raise Refused(
                say("A row of the ledger cannot be read. Run tieout verify to see which, and restore it from a backup.")
            ) from None
