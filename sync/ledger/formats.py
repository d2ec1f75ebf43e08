"""Every kind of record in the ledger; `tests/golden` holds one of each version for ever."""

from __future__ import annotations

from typing import Any

from sync.ledger.posting_records import INTENTS, POSTINGS
from sync.ledger.row_records import CUSTOMERS, DECISIONS, HOLDS, MATCHES, ROWS
from sync.ledger.run_records import CLOSINGS, ENDS, EVIDENCE, EXPORTS, OPENINGS, RUNS
from sync.ledger.signature_records import SIGNATURES
from sync.ledger.stored_form import RecordKind

KINDS: dict[str, RecordKind[Any]] = {
    kind.name: kind
    for kind in (
        RUNS,
        EVIDENCE,
        CLOSINGS,
        ROWS,
        OPENINGS,
        MATCHES,
        HOLDS,
        DECISIONS,
        INTENTS,
        POSTINGS,
        CUSTOMERS,
        ENDS,
        EXPORTS,
        SIGNATURES,
    )
}
