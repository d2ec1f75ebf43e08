"""The use case Export: everything on record of a run as an audit pack, whose files the ledger then vouches for."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from sync.causes import cause
from sync.core.audit import Audit, held
from sync.core.errors import Refused, SetupError
from sync.core.journal import Export
from sync.core.posting import Outcome
from sync.core.report import pack_name
from sync.core.review import Evidence
from sync.core.words import Text, say
from sync.files import AuditFiles
from sync.gather import Desk
from sync.post import ended

FORMS = ("xlsx", "csv", "pdf")
MANIFEST = "SHA256SUMS.txt"


def write_pack(
    desk: Desk, run_id: str, files: AuditFiles, into: Path, forms: Sequence[str] = FORMS
) -> tuple[Export, Text | None]:
    """Write the audit pack of a run into a new folder, with a manifest, and record the hash of each file.

    Args:
        desk: the ledger, the clock and the person; neither Sage nor Manage is asked.
        run_id: the run.
        files: writes them.
        into: the folder in which the new one is made.
        forms: of `FORMS`.

    Returns:
        What was recorded; its folder holds the files and the manifest. And why a PDF that was wanted is missing.

    Raises:
        SetupError: they cannot be written.
        Refused: the run is not on record here.
    """
    audit = gathered(desk, run_id)
    folder = _new_folder(into, pack_name(audit.run))
    try:
        paths, missing = files.write(folder, audit, forms)
        sums = tuple((path.relative_to(folder).as_posix(), _sha256(path)) for path in paths)
        _write_manifest(folder, sums)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # half a pack is none
        raise
    made = Export(run=run_id, at=desk.clock.now(), person=desk.person, folder=str(folder.absolute()), files=sums)
    desk.ledger.export(made)
    return made, missing


def gathered(desk: Desk, run_id: str) -> Audit:
    """Everything on record about a run.

    Raises:
        Refused: the run is not on record here.
    """
    ledger = desk.ledger
    run = ledger.run(run_id)
    if run is None:
        raise Refused(
            say(
                "Run {run} is not in the ledger of this user on this computer. Choose one that tieout history lists.",
                run=run_id,
            )
        )
    rows = list(ledger.reviewed(run_id).values())
    postings = ledger.postings(run_id)
    for intent in ledger.in_doubt(run.company):
        if intent.run == run_id:
            postings[intent.key] = ended(intent, Outcome.UNKNOWN, _IN_DOUBT)
    carried, still = (
        ledger.open_items(run.company, before=run_id),
        ledger.open_items(run.company, before=ledger.next_run(run)),
    )
    return Audit(
        run=run,
        rows=rows,
        decisions=ledger.decisions(run_id),
        intents=ledger.intents(run_id),
        postings=postings,
        sent=[*ledger.all_postings(run_id), *(p for p in postings.values() if p.message == _IN_DOUBT)],
        evidence=ledger.evidence(run_id) or Evidence(),
        held=held(carried, still, rows, postings, run.day),
        ends=ledger.ends(run_id),
        exports=ledger.exports(run_id),
        head=ledger.head(),
        at=desk.clock.now(),
        person=desk.person,
    )


_IN_DOUBT = say("It was sent, and the push was cut short before its answer was recorded.")


def _new_folder(into: Path, name: str) -> Path:
    """A folder of that name, or with a number where it is taken: what was signed is never written over."""
    folder, number = into / name, 1
    try:
        into.mkdir(parents=True, exist_ok=True)
        while not _made(folder):
            number += 1
            folder = into / f"{name} ({number})"
    except OSError as error:
        raise SetupError(
            say(
                "The folder {folder} cannot be made: {why}. Choose another with --dir.",
                folder=str(folder),
                why=cause(error),
            )
        ) from None
    return folder


def _made(folder: Path) -> bool:
    """Whether a folder was made just now: False where something of its name stands there already."""
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
        raise SetupError(
            say(
                "The manifest cannot be written to {folder}: {why}. Make room, then export again.",
                folder=str(folder),
                why=cause(error),
            )
        ) from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
