"""The ledger's heads that were printed or kept elsewhere, held against the ledger at push, undo and export."""

from __future__ import annotations

import json
import shutil
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Decided, Review
from sync.core.values.errors import LedgerLost, Refused, SetupError
from sync.core.values.messages import say
from sync.core.values.posting import Decision
from sync.core.values.runs import Export, Head, NotedHead
from sync.usecases.export import record, write_pack
from sync.usecases.guards import no_ledger
from sync.usecases.known_heads import PACK_HEAD, compared, missing, require_on_record, with_packs, write_head
from sync.usecases.push import Pushed, push
from tests.support.rechained import rechain
from tests.usecases.office import Office
from tests.usecases.test_export import FakeAuditFiles


@pytest.fixture
def reviewed(office: Office) -> Review:
    """A review of one invoice that is ready."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    return office.sync()


def printed(review: Review, cut: int = 12) -> NotedHead:
    """The head as the review's file shows it: the first characters of the hash."""
    head = review.ledger_head
    return NotedHead(head=Head(rows=head.rows, hash=head.hash[:cut]), where="r.xlsx")


def pushed(office: Office, review: Review, head: NotedHead | None) -> Pushed:
    """Push the review's file."""
    decided = Decided(run=review.run.id, decisions=(Decision(key="1001", approve=True),), printed=head)
    return push(office.systems, office.rules, office.seat, office.reviewed(review.run.id), decided, lambda *_: True)


def changed(office: Office) -> None:
    """Somebody makes it 2,700.00, and chains the ledger anew."""
    office.ledger.close()
    rechain(office.folder, lambda _, body: body.replace("113.00", "2700.00"))
    office.reopen()


def exported(office: Office, review: Review, into: Path) -> Export:
    """An audit pack of the run, on record."""
    made, _ = write_pack(office.audit(review.run.id), FakeAuditFiles(), into, ("csv",))
    assert record(made, lambda: nullcontext(office.ledger)) is None
    return made


def test_a_ledger_that_has_grown_is_the_same_ledger(office: Office, reviewed: Review) -> None:
    """Whatever was added since."""
    office.ledger.decide(reviewed.run.id, [Decision(key="1001", approve=True)])
    assert pushed(office, reviewed, printed(reviewed)).successful


def test_a_push_is_refused_where_the_ledger_was_chained_anew(office: Office, reviewed: Review) -> None:
    """Before anything is recorded or sent; the row and what to do are named."""
    changed(office)
    assert office.ledger.verify().rows == reviewed.ledger_head.rows + 1
    before = office.ledger.head()
    with pytest.raises(Refused, match=r"head-row-differs\(row=3, rows=1-3, where=r\.xlsx\); head-restore-or-sync"):
        pushed(office, reviewed, printed(reviewed))
    assert (office.site.writes, office.ledger.head()) == ([], before)


def test_a_push_is_refused_where_an_older_ledger_was_put_back(office: Office, reviewed: Review, tmp_path: Path) -> None:
    """It ends before the row that the file names."""
    shutil.copytree(office.folder, tmp_path / "backup")
    later = office.sync()
    beyond = replace(printed(later), head=Head(rows=later.ledger_head.rows, hash=later.ledger_head.hash))
    office.ledger.close()
    shutil.rmtree(office.folder)
    shutil.copytree(tmp_path / "backup", office.folder)
    office.reopen()
    with pytest.raises(Refused, match=r"head-rows-missing\(last=4, row=7, rows=5-7, where=r\.xlsx\)"):
        pushed(office, reviewed, beyond)
    assert office.site.writes == []


def test_a_file_without_a_head_is_refused(office: Office, reviewed: Review) -> None:
    """It is never taken for agreement; nor is one whose hash is empty."""
    with pytest.raises(Refused, match="head-not-printed"):
        pushed(office, reviewed, None)
    with pytest.raises(Refused, match="head-row-differs"):
        pushed(office, reviewed, printed(reviewed, cut=0))
    assert office.site.writes == []


def test_a_folder_without_a_ledger_is_named(tmp_path: Path) -> None:
    """Wherever one is needed."""
    assert no_ledger(tmp_path).text == say("ledger-not-in-folder", folder=str(tmp_path))


def test_nothing_is_sent_soon_after_the_ledger_was_found_to_be_an_older_one(office: Office, reviewed: Review) -> None:
    """The newer one may have known of a write that is still under way."""
    office.ledger._file.doubtful_since = office.clock.moment
    with pytest.raises(Refused, match=r"ledger-older-or-copied.*push-wait-minutes\(minutes=10\)"):
        office.push(reviewed)
    office.clock.pass_by(timedelta(minutes=10))
    assert office.push(reviewed).successful


def test_heads_on_record_are_compared_at_push_and_undo(office: Office, reviewed: Review, tmp_path: Path) -> None:
    """A file of after the change does not help; and an undo, which rests on the ledger's rows alone, is refused."""
    assert pushed(office, reviewed, printed(reviewed)).successful
    exported(office, reviewed, tmp_path)
    require_on_record(office.ledger)
    changed(office)
    with pytest.raises(Refused, match=r"head-row-differs.*head-of-export"):
        office.push(reviewed)
    with pytest.raises(LedgerLost, match=r"head-row-differs.*head-of-export"):
        office.undo(reviewed.run.id)


def test_the_first_row_that_does_not_fit_is_narrowed_down(office: Office, reviewed: Review) -> None:
    """By the newest head that still fits."""
    require_on_record(office.ledger)
    assert compared(office.ledger, [printed(reviewed)]) == ()
    head = office.ledger.head()
    noted = [
        NotedHead(head=head, where="new"),
        NotedHead(head=Head(rows=2, hash=office.ledger.hash_of(2) or ""), where="old"),
        NotedHead(head=Head(rows=3, hash="0" * 64), where="other"),
    ]
    assert list(map(str, compared(office.ledger, noted))) == ["head-row-differs(row=3, rows=3, where=other)"]
    assert "rows=1-4" in str(missing(noted[0], 0))


def test_the_heads_in_packs_are_read_where_they_are(office: Office, reviewed: Review, tmp_path: Path) -> None:
    """One that fits, one of another ledger, one that is damaged, one that is gone, and a folder that was moved."""
    packs = [Path(exported(office, reviewed, tmp_path).folder) for _ in range(6)]
    assert with_packs(office.ledger).unlike == ()
    kept = json.loads((packs[1] / PACK_HEAD).read_text())
    (packs[1] / PACK_HEAD).write_text(json.dumps(kept | {"hash": "0a" * 32}))
    (packs[2] / PACK_HEAD).write_text("{")
    (packs[3] / PACK_HEAD).unlink()
    shutil.move(packs[4], tmp_path / "moved")
    (packs[5] / PACK_HEAD).write_text(json.dumps(kept | {"hash": "0a"}))
    found = with_packs(office.ledger, unknown=[])
    assert [str(said).partition("(")[0] for said in found.unlike] == ["head-row-differs"]
    assert [str(said).partition("(")[0] for said in found.unknown] == [
        "head-in-pack-damaged",
        "head-in-pack-unreadable",
        "head-in-pack-damaged",
        "head-packs-elsewhere",
    ]


def test_a_head_that_cannot_be_written_makes_no_pack(office: Office, reviewed: Review, tmp_path: Path) -> None:
    """As with the manifest."""
    with pytest.raises(SetupError, match="export-manifest-unwritable"):
        write_head(tmp_path / "nowhere", office.audit(reviewed.run.id))
