"""The use case Export: everything on record of a run as an audit pack, whose files the ledger then vouches for.

It needs a ledger and nothing else: no settings, no keys, neither Sage nor Manage, nor the lock of a run. A backup of
the ledger's files on another computer will do.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sync.core.decide.write_outcome import in_flight
from sync.core.prove.month import MonthAudit
from sync.core.prove.review import Evidence
from sync.core.prove.workpapers import Audit, held
from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.posting import with_intents, without_posting
from sync.core.values.runs import Export, Person
from sync.system.files import cause
from sync.usecases.closing import rolled
from sync.usecases.guards import run_on_record
from sync.usecases.known_heads import write_head
from sync.usecases.ports import AuditFiles, Ledger

_log = logging.getLogger(__name__)
FORMS = ("xlsx", "csv", "pdf")
MANIFEST = "SHA256SUMS.txt"
UNFINISHED = ".part"
"""Ends the name of a pack's folder until all of it is there."""


def gathered(
    ledger: Ledger, run_id: str, at: datetime, person: Person, chosen: Mapping[str, bool] | None = None
) -> Audit:
    """Return everything on record about a run.

    Args:
        ledger: it holds the run.
        run_id: the run.
        at: the moment, UTC.
        person: who asks.
        chosen: what the Approve column of an open workbook says, by key; None where what was decided counts.

    Raises:
        Refused: the run is not on record here.
    """
    run = run_on_record(ledger, run_id)
    rows = list(ledger.reviewed(run_id).values())
    intents, sent = ledger.intents(run_id), ledger.all_postings(run_id)
    sent += [in_flight(intent) for intent in without_posting(intents, sent)]
    postings = ledger.postings(run_id)
    doubtful = [intent for intent in ledger.in_doubt(run.company) if intent.run == run_id]
    postings |= {posting.key: posting for posting, intent in with_intents(sent, doubtful) if intent is not None}
    carried, still = (
        ledger.open_items(run.company, before=run_id),
        ledger.open_items(run.company, before=ledger.next_run(run)),
    )
    decisions = ledger.decisions(run_id)
    opening = ledger.opening(run.company)
    chosen = chosen or {key: decision.approve for key, decision in decisions.items()}
    return Audit(
        run=run,
        rows=rows,
        decisions=decisions,
        chosen=chosen,
        intents=intents,
        postings=postings,
        sent=sent,
        evidence=ledger.evidence(run_id) or Evidence(),
        opening=opening if opening and opening.run == run_id else None,
        rolled=rolled(ledger, run),
        said=ledger.said(run.company),
        signatures=ledger.signatures(run_id),
        held=held(carried, still, rows, postings, run.day, chosen),
        ends=ledger.ends(run_id),
        exports=ledger.exports(run_id),
        head=ledger.head(),
        at=at,
        person=person,
    )


EXCEL_OPENS, WITHIN = 218, 60
"""Characters of the longest path that Excel opens, and of them what a file has within a pack's folder: in UTF-16."""


def _length(path: str) -> int:
    return len(path.encode("utf-16-le", "surrogatepass")) // 2


def write_pack(
    audit: Audit | MonthAudit, files: AuditFiles, into: Path, forms: Sequence[str] = FORMS
) -> tuple[Export, Text | None]:
    """Write the audit pack of a run or of a month into a new folder, with a manifest.

    Args:
        audit: what is on record of it.
        files: writes them.
        into: the folder in which the new one is made.
        forms: of `FORMS`.

    Returns:
        What is to be recorded; its folder holds the files and the manifest. And why a PDF that was wanted is missing.

    Raises:
        SetupError: they cannot be written, or would have longer paths than Excel opens.
    """
    room = EXCEL_OPENS - WITHIN - _length(str(into.absolute()))
    name = audit.folder_name(room)
    if _length(name) > room:  # though the company is left out of it already
        raise SetupError(
            say("export-path-too-long", folder=str(into.absolute()), most=EXCEL_OPENS, over=_length(name) - room)
        )
    begun = _new_folder(into, f"{name}{UNFINISHED}")
    _log.info("export of %s begins: %d rows, into %s", audit.file_name, len(audit.rows), begun)
    try:
        paths, missing = files.write(begun, audit, forms)
        paths = [*paths, write_head(begun, audit)]
        sums = tuple((path.relative_to(begun).as_posix(), _sha256(path)) for path in paths)
        _write_manifest(begun, sums)
        folder = _finished(begun, into, name)
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)  # half a pack is none
        raise
    _log.info("export of %s ends: %d files", audit.file_name, len(sums))
    made = Export(
        run=audit.run.id,
        at=audit.at,
        person=audit.person,
        folder=str(folder.absolute()),
        files=sums,
        head=audit.head,
    )
    return made, missing


def record(made: Export, open_ledger: Callable[[], AbstractContextManager[Ledger]]) -> Text | None:
    """Record the hashes of a pack's files; return why that cannot be done, as in a backup that may only be read.

    Args:
        made: from `write_pack`.
        open_ledger: opens the ledger for one more row, which may be while a sync or a push of another process adds its
            own: each addition reads the end of the chain within its own transaction.
    """
    try:
        with open_ledger() as ledger:
            ledger.export(made)
    except TieoutError as error:
        return say("export-not-recorded", why=error.text)
    return None


def _new_folder(into: Path, name: str) -> Path:
    """A folder of that name, or with a number where it is taken: what was signed is never written over."""
    folder, number = into / name, 1
    try:
        into.mkdir(parents=True, exist_ok=True)
        while not _made(folder):
            number += 1
            folder = into / f"{name} ({number})"
    except OSError as error:
        raise SetupError(say("export-folder-cannot-be-made", folder=str(folder), why=cause(error))) from error
    return folder


def _finished(begun: Path, into: Path, name: str) -> Path:
    """Give a whole pack its name: whatever kills an export leaves none that looks whole and is not."""
    folder = _new_folder(into, name)
    try:
        folder.rmdir()
        begun.rename(folder)
    except OSError as error:
        raise SetupError(say("export-folder-cannot-be-made", folder=str(folder), why=cause(error))) from error
    return folder


def _made(folder: Path) -> bool:
    """Return whether a folder was made just now: False where something of its name stands there already."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _write_manifest(folder: Path, sums: Sequence[tuple[str, str]]) -> None:
    manifest = "".join(f"{digest}  {name}\n" for name, digest in sums)
    try:
        (folder / MANIFEST).write_text(manifest, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SetupError(say("export-manifest-unwritable", folder=str(folder), why=cause(error))) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
