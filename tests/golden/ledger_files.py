"""The golden ledger of today's format: the file with its head, its rows as text, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, json, to_builtins

from sync.core.decide.opening import Opening
from sync.core.prove.review import Evidence
from sync.core.prove.roll_forward import Balances
from sync.core.values.posting import Decision, Intent, Posting, with_intents
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Export, Run, RunEnd
from sync.core.values.signature import Signature
from sync.ledger import posting_records, row_records, run_records, signature_records
from sync.ledger.hash_chain import COLUMNS
from sync.ledger.sqlite_ledger import SqliteLedger, open_read_only
from sync.ledger.stored_form import Stored
from tests.golden.story import at_set_moments, lived

FOLDER = Path(__file__).parent / "ledger-4"
"""Number 4 has settings, control account and signatures beside what 3 has; the table is the same."""
ROWS, ANSWERS = "rows.jsonl", "answers.json"


def write(folder: Path) -> None:
    """Write the golden ledger into a folder that is new and empty."""
    with at_set_moments():
        lived(folder)
    ledger = open_read_only(folder)
    assert ledger is not None
    with ledger:
        lines = [json.encode(row) for row in rows(ledger)]
        answers = json.format(json.encode(asked(ledger)), indent=1)
    (folder / ROWS).write_bytes(b"\n".join(lines) + b"\n")
    (folder / ANSWERS).write_bytes(answers + b"\n")


def rows(ledger: SqliteLedger) -> list[tuple[Any, ...]]:
    """Every row of the table, its record as it stands there."""
    return ledger._file.rows(f"SELECT {COLUMNS} FROM entry ORDER BY seq")


def asked(ledger: SqliteLedger) -> dict[str, Any]:
    """All that a ledger answers, by plain names and values."""
    history = ledger.history()
    companies = list(dict.fromkeys(summary.run.company for summary in reversed(history)))
    runs = [summary.run.id for summary in history]
    return {
        "head": plain(ledger.head()),
        "history": plain(history),
        "since_rebuilt": plain(ledger.ends_since_rebuilt()),
        "companies": {
            company.sage: {
                "last_success": plain(ledger.last_success(company, None)),
                "highest_row": ledger.highest_row(company, date.max),
                "in_doubt": plain(ledger.in_doubt(company)),
                "known": plain(ledger.known(company)),
                "opening": plain(ledger.opening(company)),
                "readings": [[plain(each), plain(ledger.balances(each))] for each in ledger.readings(company)],
                "sent": [each.key for each in ledger.sent(company, 0)],
                "holds": plain(ledger.holds(company)),
                "open_items": {
                    key: [item.row.status.value, plain(item.since), item.note, item.owner]
                    for key, item in ledger.open_items(company).items()
                },
            }
            for company in companies
        },
        "runs": {run: _of_run(ledger, run) for run in runs},
    }


def _of_run(ledger: SqliteLedger, run: str) -> dict[str, Any]:
    postings, intents = ledger.all_postings(run), ledger.intents(run)
    return {
        "reviewed": plain(ledger.reviewed(run)),
        "decisions": plain(ledger.decisions(run)),
        "intents": plain(intents),
        "postings": plain(postings),
        "sent": [plain(intent and intent.at) for _, intent in with_intents(postings, intents)],
        "latest": {key: [each.outcome.value, each.attempt] for key, each in ledger.postings(run).items()},
        "changes": {key: each.attempt for key, each in ledger.changes(run).items()},
        "ends": plain(ledger.ends(run)),
        "exports": plain(ledger.exports(run)),
        "signatures": plain(ledger.signatures(run)),
        "evidence": plain(ledger.evidence(run)),
        "last_sent": ledger.last_sent(run),
    }


RECORDS: dict[type, Callable[[Any], Stored]] = {
    Run: run_records.to_run,
    Evidence: run_records.to_evidence,
    Balances: run_records.to_closing,
    Proposal: row_records.to_row,
    Opening: run_records.to_opening,
    Decision: row_records.to_decision,
    Intent: posting_records.to_intent,
    Posting: posting_records.to_posting,
    RunEnd: run_records.to_end,
    Export: run_records.to_export,
    Signature: signature_records.to_signature,
}
"""Values that are told as the records they are stored in, whatever their own fields are called by now."""


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of the core
    """A value of the core by the names and values of its record; others by their own."""
    for kind, record in RECORDS.items():
        if isinstance(value, kind):
            return json.decode(json.encode(record(value)))
    if isinstance(value, Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(plain(each) for each in value)
    return [plain(each) for each in value] if isinstance(value, list | tuple) else to_builtins(value)


def missing(recorded: Any, now: Any, where: str = "") -> list[str]:  # noqa: ANN401 - plain values
    """Where what was recorded is not so any more.

    A value may have more fields by now, at their defaults, and be told as a record of a later version.
    """
    if isinstance(recorded, dict) and isinstance(now, dict):
        found = [f"{where}.{name} is gone" for name in recorded if name not in now]
        same = [name for name in recorded if name in now and name != "v"]
        return found + [text for name in same for text in missing(recorded[name], now[name], f"{where}.{name}")]
    if isinstance(recorded, list) and isinstance(now, list) and len(recorded) == len(now):
        return [
            text
            for place, (before, after) in enumerate(zip(recorded, now, strict=True))
            for text in missing(before, after, f"{where}[{place}]")
        ]
    return [] if recorded == now else [f"{where} was {recorded!r} and is {now!r}"]
