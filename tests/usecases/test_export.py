"""Export: everything on record of a run becomes a pack of files in a new folder, which the ledger then vouches for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import Former
from sync.core.prove.month import MonthAudit
from sync.core.prove.review import Evidence
from sync.core.prove.workpapers import Audit, run_log
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, Outcome, Reply
from sync.core.values.records import Write
from sync.core.values.runs import Export, Phase, Run, pack_name
from sync.language.catalogues import ENGLISH
from sync.usecases.export import EXCEL_OPENS, FORMS, UNFINISHED, WITHIN, record, write_pack
from sync.usecases.known_heads import PACK_HEAD
from sync.usecases.ports import Ledger
from sync.usecases.push import Stopped
from sync.usecases.sync import rebuild
from tests.usecases.office import PERSON, Office

NO_PDF = say("LibreOffice is not installed, so no PDF was made.")


@dataclass
class FakeAuditFiles:
    """Writes a file for each form, one of them in a folder of its own; says why there is no PDF where it has to."""

    missing: Text | None = None
    broken: bool = False
    audits: list[Audit] = field(default_factory=list)

    def write(self, folder: Path, audit: Audit | MonthAudit, forms: Collection[str]) -> tuple[list[Path], Text | None]:
        """Write into a folder that is new and empty."""
        assert (list(folder.iterdir()), folder.name.endswith(UNFINISHED)) == ([], True)
        if self.broken:
            raise SetupError(say("The disk is full."))
        assert isinstance(audit, Audit)
        self.audits.append(audit)
        paths = []
        for form in forms:
            if form == "pdf" and self.missing:
                continue
            path = folder / ("csv" if form == "csv" else "") / f"audit.{form}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(f"{form} of {audit.run.id}\r\n".encode())
            paths.append(path)
        return paths, self.missing if "pdf" in forms else None


def packed(
    office: Office, run: str, files: FakeAuditFiles, into: Path, forms: Sequence[str] = FORMS
) -> tuple[Export, Text | None]:
    """A pack of what is on record, recorded in its turn; and why there is no PDF."""
    made, missing = write_pack(office.audit(run), files, into, forms)
    assert record(made, lambda: nullcontext(office.ledger)) is None
    return made, missing


def test_a_receipt_is_ready_until_its_push_and_then_posted(office: Office) -> None:
    """The review and the pack show the same receipt; what became of it follows the ledger."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.push(review)
    ((before,), (after,)) = (review.receipts, office.audit(review.run.id).receipts)
    assert [each.became.value for each in (*before.applied, *after.applied)] == ["ready", "posted"]
    assert before.amount() == after.amount() == Decimal("113.00")


def synced(office: Office) -> str:
    """A run with one invoice paid."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    return office.sync().run.id


def named(run: Run, into: Path) -> str:
    """The name of a run's pack in a folder."""
    return pack_name(run, EXCEL_OPENS - WITHIN - len(str(into)))


def digest(text: str) -> str:
    """SHA-256 of a file that says this."""
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_pack_is_written_hashed_and_recorded(office: Office, tmp_path: Path) -> None:
    """A manifest as sha256sum checks it, and the same hashes in the ledger, with who, when and where."""
    run = synced(office)
    office.clock.pass_by(timedelta(minutes=5))
    head = office.ledger.head()
    made, missing = packed(office, run, FakeAuditFiles(), tmp_path / "audit" / "2026")
    kept = office.ledger.run(run)
    assert kept is not None
    into = tmp_path / "audit" / "2026"
    folder = into / named(kept, into)
    sums = tuple(
        (name, digest(f"{form} of {run}\r\n"))
        for form, name in (("xlsx", "audit.xlsx"), ("csv", "csv/audit.csv"), ("pdf", "audit.pdf"))
    )
    kept_head = (folder / PACK_HEAD).read_text(encoding="utf-8")
    sums += ((PACK_HEAD, digest(kept_head)),)
    assert json.loads(kept_head) == {
        "v": 1,
        "run": run,
        "rows": head.rows,
        "hash": head.hash,
        "at": f"{office.clock.moment.isoformat().removesuffix('+00:00')}Z",
    }
    assert (made, missing) == (
        Export(run=run, at=office.clock.moment, person=PERSON, folder=str(folder), files=sums, head=head),
        None,
    )
    assert office.ledger.exports(run) == [made]
    manifest = (folder / "SHA256SUMS.txt").read_bytes()
    assert manifest.decode() == "".join(f"{hashed}  {name}\n" for name, hashed in sums)
    there = sorted(path.name for path in folder.iterdir())
    assert there == ["SHA256SUMS.txt", "audit.pdf", "audit.xlsx", "csv", PACK_HEAD]


def test_only_the_forms_that_are_wanted_are_written(office: Office, tmp_path: Path) -> None:
    """All of them where nothing is said."""
    run = synced(office)
    (only, _), (every, _) = (packed(office, run, FakeAuditFiles(), tmp_path, *forms) for forms in ([["csv"]], []))
    assert [name for name, _ in only.files] == ["csv/audit.csv", PACK_HEAD]
    assert len(every.files) == len(FORMS) + 1


def test_every_pack_gets_a_new_folder_and_none_is_written_over(office: Office, tmp_path: Path) -> None:
    """What was signed stays as it was; a file of that name is in nobody's way, and a number given back is used."""
    run = synced(office)
    first, _ = packed(office, run, FakeAuditFiles(), tmp_path)
    signed = Path(first.folder) / "audit.xlsx"
    signed.write_text("signed", encoding="utf-8")
    (tmp_path / f"{Path(first.folder).name} (2)").write_text("a file", encoding="utf-8")
    second, _ = packed(office, run, FakeAuditFiles(), tmp_path)
    third, _ = packed(office, run, FakeAuditFiles(), tmp_path)
    assert [made.folder.removeprefix(first.folder) for made in (first, second, third)] == ["", " (3)", " (4)"]
    assert signed.read_text(encoding="utf-8") == "signed"
    assert office.ledger.exports(run) == [first, second, third]


def test_a_relative_folder_is_recorded_in_full(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the ledger tells where the files are, wherever it is read."""
    monkeypatch.chdir(tmp_path)
    made, _ = packed(office, synced(office), FakeAuditFiles(), Path("here"))
    assert Path(made.folder).parent == tmp_path / "here"


def test_a_pdf_that_could_not_be_made_is_said_and_the_rest_is_recorded(office: Office, tmp_path: Path) -> None:
    """Only where it was wanted."""
    run, files = synced(office), FakeAuditFiles(missing=NO_PDF)
    made, missing = packed(office, run, files, tmp_path)
    assert (missing, [name for name, _ in made.files]) == (NO_PDF, ["audit.xlsx", "csv/audit.csv", PACK_HEAD])
    assert packed(office, run, files, tmp_path, ["xlsx"])[1] is None


def test_a_run_that_is_not_on_record_is_refused_before_anything_is_made(office: Office, tmp_path: Path) -> None:
    """With where to look."""
    with pytest.raises(Refused) as refused:
        packed(office, "R9", FakeAuditFiles(), tmp_path / "audit")
    assert refused.value.said(ENGLISH) == (
        "Run R9 is not in the ledger of this user on this computer. Use it where it was made, choose one that tieout "
        "history lists, or run the sync again."
    )
    assert not (tmp_path / "audit").exists()


def test_a_folder_that_cannot_be_made_is_said_in_words(office: Office, tmp_path: Path) -> None:
    """Its place is taken by a file, by a link to nowhere, or a file stands on the way; nothing is recorded."""
    run = synced(office)
    taken, nowhere = tmp_path / "taken", tmp_path / "nowhere"
    taken.write_text("a file", encoding="utf-8")
    nowhere.symlink_to(tmp_path / "gone" / "far")
    said = {}
    for into in (taken, nowhere, taken / "deeper"):
        with pytest.raises(SetupError) as refused:
            packed(office, run, FakeAuditFiles(), into)
        said[into.name] = refused.value.said(ENGLISH)
    kept = office.ledger.run(run)
    assert kept is not None
    way_out = "Choose another with --dir."
    there, on_the_way = "something with that name is there already", "part of the path is a file rather than a folder"
    assert said == {
        into.name: f"The folder {into / named(kept, into)}{UNFINISHED} cannot be made: {why}. {way_out}"
        for into, why in ((taken, there), (nowhere, there), (taken / "deeper", on_the_way))
    }
    assert office.ledger.exports(run) == []


def test_a_pack_that_cannot_be_given_its_name_is_none(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guard against viruses holds a file of it, for one: said in words, and nothing of it stays."""
    run = synced(office)

    def held(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Access is denied", str(path), None, str(target))

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(SetupError, match="export-folder-cannot-be-made"):
        packed(office, run, FakeAuditFiles(), tmp_path / "audit")
    assert (list((tmp_path / "audit").iterdir()), office.ledger.exports(run)) == ([], [])


def test_why_a_folder_cannot_be_made_is_said_even_where_the_system_gives_no_words(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it gives is shown."""
    run = synced(office)

    def full(*_: object, **__: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(SetupError, match=r"export-folder-cannot-be-made.*why=full"):
        packed(office, run, FakeAuditFiles(), tmp_path)


def test_files_that_cannot_be_written_are_not_recorded(office: Office, tmp_path: Path) -> None:
    """The error goes on to the entry point."""
    run = synced(office)
    with pytest.raises(SetupError, match="The disk is full"):
        packed(office, run, FakeAuditFiles(broken=True), tmp_path)
    assert office.ledger.exports(run) == []


def test_neither_system_is_asked(office: Office, tmp_path: Path) -> None:
    """Everything comes from the ledger."""
    run = synced(office)
    office.books.down = office.site.down = True
    made, _ = packed(office, run, FakeAuditFiles(), tmp_path)
    assert made.run == run


def test_a_pack_holds_all_that_is_on_record_of_its_run(office: Office, tmp_path: Path) -> None:
    """As reviewed, as decided, as sent, as read back, what it carried in, and the packs that were made before."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.invoice(1002, "50.00", manage_total="60.00")
    office.receipt(1002, "50.00")
    office.sync()
    office.clock.pass_by(timedelta(days=3))
    office.clock.day = date(2026, 4, 13)
    review = office.sync()
    pushed = office.push(review)
    files = FakeAuditFiles()
    first, _ = packed(office, review.run.id, files, tmp_path)
    head = office.ledger.head()
    packed(office, review.run.id, files, tmp_path)
    audit = files.audits[-1]
    decisions = {key: Decision(key=key, approve=key == "1001") for key in ("1001", "1002")}
    assert (audit.run, audit.rows, audit.decisions) == (review.run, review.rows, decisions)
    assert audit.postings == {posting.key: posting for posting in pushed.postings}
    assert [(intent.key, intent.run) for intent in audit.intents] == [("1001", review.run.id)]
    assert (audit.evidence, audit.exports, audit.head) == (review.evidence, [first], head)
    assert (audit.at, audit.person) == (office.clock.moment, PERSON)
    assert [(end.phase, end.outcomes) for end in audit.ends] == [
        (Phase.SYNC, {}),
        (Phase.PUSH, {Outcome.POSTED: 1}),
    ]
    assert [(item.row.key, item.opened, item.age, item.closed) for item in audit.held] == [
        ("1002", date(2026, 4, 10), 3, None),
        ("1001", date(2026, 4, 10), 3, date(2026, 4, 13)),
    ]


def test_the_pack_of_an_earlier_run_is_as_things_stood_then(office: Office) -> None:
    """What a later run settled was still open; what a later run opened is not there."""
    office.invoice(1001, "113.00", manage_total="120.00")
    office.receipt(1001, "113.00")
    office.sync()
    middle = office.sync().run.id
    office.site.add(replace(office.site.invoices_[101_001], total=Decimal("113.00")))
    office.invoice(1002, "50.00", manage_total="60.00")
    office.receipt(1002, "50.00")
    office.push(office.sync())
    held = office.audit(middle).held
    assert [(item.row.key, item.closed, item.how) for item in held] == [("1001", None, None)]


def test_a_push_that_was_cut_short_is_told(office: Office) -> None:
    """Its intent is on record, and nobody knows yet how it ended; the pack of another run does not speak of it."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    earlier, review = office.sync(), office.sync()

    def cut(_: Write) -> Reply:
        raise KeyboardInterrupt

    office.site.before_write = cut
    with pytest.raises(Stopped):
        office.push(review)
    audit = office.audit(review.run.id)
    assert [(posting.key, posting.outcome) for posting in audit.sent] == [("1001", Outcome.UNKNOWN)]
    assert audit.postings["1001"] == audit.sent[0]
    assert (audit.pushed_by, audit.undone_by) == ((), ())
    other = office.audit(earlier.run.id)
    assert (other.sent, other.postings) == ([], {})


def test_an_undone_run_shows_what_it_wrote_and_what_was_taken_back(office: Office) -> None:
    """In order, and by whom."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.push(review)
    office.undo(review.run.id)
    audit = office.audit(review.run.id)
    assert [(posting.outcome.value, posting.undo) for posting in audit.sent] == [("posted", False), ("posted", True)]
    assert (audit.pushed_by, audit.undone_by) == ((PERSON,), (PERSON,))


def test_whoever_prepared_a_large_run_may_not_undo_it_alone_either(office: Office) -> None:
    """The settings name the amount above which it takes two."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.push(review)
    office.caps = replace(office.caps, second_person=Decimal("100.00"))
    with pytest.raises(Refused, match="push-needs-second-person"):
        office.undo(review.run.id)


def test_a_rebuilt_ledger_says_so_and_nobody_pushed(office: Office) -> None:
    """The rebuilding writes nothing to Manage."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    audit = office.audit(rebuild(office.systems, office.rules, office.seat, Former())[0].run.id)
    assert audit.pushed_by == ()
    assert [event.what.said(ENGLISH)[:30] for event in run_log(audit.run, audit.ends, audit.exports)] == [
        "Sage and Manage were read and ",
        "The reconciliation was shown f",
        "It became the first run of a n",
    ]


def test_a_run_of_a_ledger_that_kept_no_evidence_proves_nothing(office: Office) -> None:
    """It can be exported all the same."""
    run = synced(office)
    kept = office.ledger.run(run)
    assert kept is not None
    office.ledger.begin(replace(kept, id="R2"), [])
    found = office.audit("R2")
    assert (found.evidence, found.rows, found.proof.differences) == (Evidence(), [], ())


def test_half_a_pack_is_none(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the files or the manifest cannot be written: no folder is left, and nothing is on record."""
    run = office.sync().run.id
    with pytest.raises(SetupError, match="The disk is full"):
        packed(office, run, FakeAuditFiles(broken=True), tmp_path / "audit")
    assert list((tmp_path / "audit").iterdir()) == []

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sync.usecases.export._sha256", lambda _: "0a")
        patch.setattr(Path, "write_text", full)
        with pytest.raises(SetupError, match="export-manifest-unwritable"):
            packed(office, run, FakeAuditFiles(), tmp_path / "audit", ("none",))
    assert (list((tmp_path / "audit").iterdir()), office.ledger.exports(run)) == ([], [])


def test_a_pack_that_cannot_be_recorded_says_why(office: Office) -> None:
    """It was made all the same; only the ledger does not know of it."""
    made = Export(run="R", at=office.clock.now(), person=PERSON, folder="x", files=(), head=office.ledger.head())

    def in_use() -> nullcontext[Ledger]:
        raise Refused(say("ledger-in-use"))

    assert record(made, in_use) == say("export-not-recorded", why=say("ledger-in-use"))


def test_a_folder_too_deep_for_excel_is_refused_before_anything_is_made(office: Office, tmp_path: Path) -> None:
    """It says how much shorter it has to be; so short, it is taken."""
    run = synced(office)
    deep = tmp_path / ("x" * 200)
    with pytest.raises(SetupError, match="export-path-too-long") as raised:
        write_pack(office.audit(run), FakeAuditFiles(), deep)
    over = int(str(dict(raised.value.text.sentences[0].values)["over"])[1:])
    assert list(tmp_path.glob("x*")) == []
    made, _ = write_pack(office.audit(run), FakeAuditFiles(), deep.with_name("x" * (200 - over)))
    assert max(len(str(Path(made.folder) / name)) for name, _ in made.files) <= EXCEL_OPENS
    with pytest.raises(SetupError, match="export-path-too-long"):
        write_pack(
            office.audit(run), FakeAuditFiles(), deep.with_name("📁" + "x" * (199 - over))
        )  # two, as Excel counts
