"""The ledger's heads that stand outside it, held against it: printed on files and packs, kept beside the settings.

The chain shows that no row was changed without chaining the rest anew. Whoever owns the computer can do that too; then
what was printed before no longer fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import MsgspecError, Struct, json

from sync.core.prove.month import MonthAudit
from sync.core.prove.workpapers import Audit
from sync.core.values.errors import LedgerLost, Refused, SetupError
from sync.core.values.messages import Text, say
from sync.core.values.runs import Export, Head, NotedHead
from sync.system.files import cause
from sync.usecases.ports import Ledger

PACK_HEAD = "ledger-head.json"
"""In each pack: where the ledger ended when it was made."""
_VERSION = 1
_KEPT = 64
"""Characters of a whole hash."""


class PackHead(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a pack's file of that name holds: the version of its format, the run, the end of the chain, the moment."""

    v: int
    run: str
    rows: int
    hash: str
    at: datetime


class Compared(Struct, frozen=True, kw_only=True):
    """Heads held against the ledger.

    Attributes:
        unlike: what does not fit, one sentence for each head.
        unreadable: heads that are where they should be and cannot be read, and so say nothing.
        elsewhere: how many packs are no longer where they were made; the heads on record are compared all the same.
    """

    unlike: tuple[Text, ...] = ()
    unreadable: tuple[Text, ...] = ()
    elsewhere: int = 0

    @property
    def unknown(self) -> tuple[Text, ...]:
        """What could not be compared."""
        moved = say("head-packs-elsewhere", count=self.elsewhere)
        return (*self.unreadable, *((moved,) if self.elsewhere else ()))


def compared(ledger: Ledger, noted: Iterable[NotedHead]) -> tuple[Text, ...]:
    """Return what is said of each head that the ledger does not hold; a ledger that has grown since holds it.

    Args:
        ledger: this one.
        noted: heads that stand elsewhere.
    """
    end, said, fits = ledger.head().rows, [], 0
    found = [(each, ledger.hash_of(each.head.rows)) for each in sorted(noted, key=lambda each: each.head.rows)]
    for each, here in found:
        row = each.head.rows
        if here is not None and each.names(here):
            fits = row
        elif here is None:
            said.append(missing(each, end))
        else:
            said.append(say("head-row-differs", where=each.where, row=row, rows=_span(fits + 1, row)))
    return tuple(said)


def missing(noted: NotedHead, end: int) -> Text:
    """Return what is said where a ledger ends before the row that a head names.

    Args:
        noted: the head.
        end: the ledger's last row; 0 where there is no ledger.
    """
    row = noted.head.rows
    return say("head-rows-missing", where=noted.where, row=row, last=end, rows=_span(end + 1, row))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def require_printed(ledger: Ledger, printed: NotedHead | None) -> None:
    """Let a reconciliation be used only with the ledger that it was made from, whatever was added since.

    Args:
        ledger: this one.
        printed: the head in its header block; None where it carries none.

    Raises:
        Refused: it carries none, or one that the ledger does not hold.
    """
    if said := unlike_printed(ledger, printed):
        raise Refused(*said, *((say("head-restore-or-sync"),) if printed else ()))


def unlike_printed(ledger: Ledger, printed: NotedHead | None) -> tuple[Text, ...]:
    """Return why a reconciliation with such a head is not of this ledger; nothing where it is."""
    return compared(ledger, [*on_record(ledger), printed]) if printed else (say("head-not-printed"),)


def require_on_record(ledger: Ledger) -> None:
    """Let nothing rest on a ledger that no longer holds the heads of the packs that were made of it.

    Raises:
        LedgerLost: says which rows do not fit.
    """
    require_like(compared(ledger, on_record(ledger)))


def require_like(unlike: Sequence[Text]) -> None:
    """Refuse a ledger of which something was said.

    Raises:
        LedgerLost: says it.
    """
    if unlike:
        raise LedgerLost(sum(unlike[1:], unlike[0]))


def on_record(ledger: Ledger) -> list[NotedHead]:
    """Return the heads that the ledger's own records of its packs name."""
    return [
        NotedHead(head=each.head, where=say("head-of-export", at=_moment(each.at), run=each.run))
        for each in ledger.every_export()
    ]


def with_packs(ledger: Ledger, others: Sequence[NotedHead] = (), unknown: Sequence[Text] = ()) -> Compared:
    """Hold a ledger against the heads on its record, those in packs that are still where they were made, and others.

    Args:
        ledger: this one.
        others: more heads.
        unknown: what could not be read of those.
    """
    found, unread, elsewhere = [*on_record(ledger), *others], list(unknown), 0
    for export in ledger.every_export():
        read = _in_pack(export)
        if read is None:
            elsewhere += 1
        elif isinstance(read, Text):
            unread.append(read)
        else:
            found.append(read)
    return Compared(unlike=compared(ledger, found), unreadable=tuple(unread), elsewhere=elsewhere)


def _in_pack(export: Export) -> NotedHead | Text | None:
    """Return the head in a pack's folder; why it cannot be read; None where no folder is there any more."""
    folder = Path(export.folder)
    try:
        if not folder.is_dir():
            return None
        kept = json.decode((folder / PACK_HEAD).read_bytes(), type=PackHead)
    except OSError as error:
        return say("head-in-pack-unreadable", folder=export.folder, why=cause(error))
    except (MsgspecError, UnicodeDecodeError):
        return say("head-in-pack-damaged", folder=export.folder)
    if (kept.v, kept.run) != (_VERSION, export.run) or len(kept.hash) != _KEPT:
        return say("head-in-pack-damaged", folder=export.folder)
    where = say("head-in-pack", folder=export.folder, at=_moment(kept.at))
    return NotedHead(head=Head(rows=kept.rows, hash=kept.hash), where=where)


def write_head(folder: Path, audit: Audit | MonthAudit) -> Path:
    """Write the end of the ledger's chain into a pack.

    Raises:
        SetupError: it cannot be written.
    """
    head, path = audit.head, folder / PACK_HEAD
    record = PackHead(v=_VERSION, run=audit.run.id, rows=head.rows, hash=head.hash, at=audit.at)
    try:
        path.write_bytes(json.encode(record))
    except OSError as error:
        raise SetupError(say("export-manifest-unwritable", folder=str(folder), why=cause(error))) from error
    return path


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
