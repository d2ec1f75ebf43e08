"""`tieout export` on a run that was synced and pushed: files, manifest, ledger, exit statuses, and figures that tie."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from addin.program import outfit
from sync.cli.main import run
from sync.core.values.runs import RunSummary
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice, practise
from sync.usecases.export import MANIFEST
from sync.usecases.known_heads import PACK_HEAD
from sync.usecases.verify_pack import FIGURES
from sync.wiring import open_ledger_read_only
from tests.cli.world import TODAY, Answer
from tests.support.english import worded
from tests.workbook.audit.packs import SHEETS, opened
from workbook.audit.pack import VERIFIER
from workbook.control.list_sheets import RUNS
from workbook.xlsx.cells import in_words

UNKNOWN = "20260410-000000-ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A practice world whose month was synced and pushed.

    Attributes:
        practice: the world.
        folder: for whatever is exported.
        run: the run that was pushed.
    """

    practice: Practice
    folder: Path
    run: str

    def tieout(self, *arguments: str) -> Answer:
        """Run a command in this world."""
        return told(self.practice, *arguments)

    def export(self, into: Path, forms: str = "xlsx,csv") -> Path:
        """Export the run; returns the new folder."""
        before = {*into.iterdir(), into / "data"} if into.exists() else set()  # where the log of the user is
        answer = self.tieout("export", self.run, "--dir", str(into), "--format", forms)
        assert answer.status == 0, answer.words
        (folder,) = set(into.iterdir()) - before
        return folder

    def history(self) -> list[dict[str, Any]]:
        """`history --json`."""
        found: list[dict[str, Any]] = json.loads(self.tieout("history", "--json", "-").out)
        return found


def told(practice: Practice, *arguments: str) -> Answer:
    """Run a command with the settings, state and day of a practice world."""
    place = practice.place
    common = ("--config", str(place.config), "--state", str(place.state), "--today", TODAY.isoformat())
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run([*arguments, *common], outfit())
    return Answer(status=status, out=out.getvalue(), err=err.getvalue())


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """Synced, pushed, and synced once more, so that one run on record is not pushed."""
    folder = tmp_path_factory.mktemp("month")
    with practise(folder / "practice", TODAY) as practice:
        review = str(folder / "review.xlsx")
        sync = ("sync", "--since", "past-month", "--out")
        synced = told(practice, *sync, review, "--json", "-")
        assert told(practice, "push", review).status == 0
        assert told(practice, *sync, str(folder / "later.xlsx")).status == 0
        yield Month(practice=practice, folder=folder, run=json.loads(synced.out)["run"])


def test_the_manifest_verifies_and_the_ledger_records_the_same_hashes(month: Month) -> None:
    """By our own reckoning and by sha256sum; the history names the folder and each file."""
    folder = month.export(month.folder / "manifest")
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert sums == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.is_file()}
    assert set(sums) == there - {MANIFEST}
    papers = {name.removeprefix("csv/")[:2] for name in sums if name.startswith("csv/")}
    more = {"54", "55"}  # what was pushed is rolled forward, and the control account was read
    assert papers == {name[:2] for name in SHEETS} | more
    assert {name for name in sums if not name.startswith("csv/")} == {
        *(path.name for path in folder.glob("*.xlsx")),
        FIGURES,
        VERIFIER,
        PACK_HEAD,
    }
    subprocess.run(["sha256sum", "--check", "--strict", MANIFEST], cwd=folder, check=True, capture_output=True)
    (entry,) = (entry for entry in month.history() if entry["run"] == month.run)
    last = entry["exports"][-1]
    assert (last["folder"], last["files"]) == (str(folder), sums)


def test_a_changed_file_no_longer_agrees_with_the_ledger(month: Month) -> None:
    """One byte more is another hash."""
    folder = month.export(month.folder / "changed")
    path = next(folder.glob("*.xlsx"))
    path.write_bytes(path.read_bytes() + b"\0")
    done = subprocess.run(["sha256sum", "--check", MANIFEST], cwd=folder, check=False, capture_output=True, text=True)
    assert (done.returncode, f"{path.name}: FAILED" in done.stdout) == (1, True)


def test_a_second_export_goes_to_a_folder_of_its_own(month: Month) -> None:
    """What was signed is not touched; the run log of the second pack names the files of the first."""
    into = month.folder / "twice"
    first = month.export(into)
    before = {path: path.read_bytes() for path in first.rglob("*.*") if path.is_file()}
    second = month.export(into)
    assert second.name == f"{first.name} (2)"
    assert before == {path: path.read_bytes() for path in first.rglob("*.*") if path.is_file()}
    log = (second / "csv" / "70-Run-log.3.csv").read_text(encoding="utf-8-sig")
    assert hashlib.sha256(before[next(first.glob("*.xlsx"))]).hexdigest() in log


def test_it_says_where_the_pack_is_and_the_ledger_still_verifies(month: Month) -> None:
    """Folder, files and the beginning of each hash."""
    into = month.folder / "said"
    answer = month.tieout("export", month.run, "--dir", str(into), "--format", "csv")
    (folder,) = into.iterdir()
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith(f"The audit pack of run {month.run} is in {folder}\n")
    assert "csv/20-Reconciliation.csv" in answer.out
    assert month.tieout("verify").status == 0


@pytest.mark.libreoffice
def test_all_three_forms_are_written(month: Month) -> None:
    """A workbook, a file for each sheet, and a PDF that begins like one."""
    folder = month.export(month.folder / "forms", "xlsx,csv,pdf")
    (pdf,) = folder.glob("*.pdf")
    assert pdf.read_bytes().startswith(b"%PDF-")
    endings = [path.suffix for path in folder.iterdir() if path.is_file()]
    assert sorted(endings) == [".csv", ".json", ".pdf", ".py", ".txt", ".xlsx"]


@pytest.mark.parametrize(("forms", "status"), [("pdf", 1), ("xlsx,csv,pdf", 1), (None, 0)])
def test_without_an_office_the_rest_is_written(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forms: str | None, status: int
) -> None:
    """Exit 1 where a PDF was asked for, 0 where it was not; a sentence in any case, and the files are on record."""
    monkeypatch.setattr("addin.live.pdf.shutil.which", lambda _: None)
    monkeypatch.setattr("addin.live.pdf.PLACES", ())
    chosen = ("--format", forms) if forms else ()
    answer = month.tieout("export", month.run, "--dir", str(tmp_path), *chosen)
    assert (answer.status, "A PDF needs Excel or LibreOffice, and neither is installed here." in answer.err) == (
        status,
        True,
    )
    (folder,) = tmp_path.iterdir()
    assert len(list(folder.glob("*.xlsx"))) == 1
    assert not list(folder.glob("*.pdf"))
    assert next(e for e in month.history() if e["run"] == month.run)["exports"][-1]["folder"] == str(folder)


def test_an_unknown_run_is_refused(month: Month, tmp_path: Path) -> None:
    """Exit 4, with where to look, and no folder is left behind."""
    answer = month.tieout("export", UNKNOWN, "--dir", str(tmp_path))
    assert (answer.status, list(tmp_path.iterdir())) == (4, [])
    start = (
        f"Run {UNKNOWN} is not in the ledger of this user on this computer. Use it where it was made, choose one that "
    )
    assert answer.err.startswith(f"{start}tieout history --config ")


@pytest.mark.parametrize("forms", ["docx", "xlsx;csv", "xlsx,", ""])
def test_a_form_that_is_none_is_refused(month: Month, tmp_path: Path, forms: str) -> None:
    """Exit 2, and the forms that there are."""
    answer = month.tieout("export", month.run, "--dir", str(tmp_path), "--format", forms)
    assert (answer.status, "is not a list of xlsx, csv, pdf." in answer.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("inside", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_refused(month: Month, tmp_path: Path, inside: str) -> None:
    """Exit 2, in words, and nothing is on record."""
    (tmp_path / "file").write_text("taxes", encoding="utf-8")
    before = month.history()
    answer = month.tieout("export", month.run, "--dir", str(tmp_path / inside))
    assert (answer.status, "file" in answer.err, "Traceback" in answer.words) == (2, True, False)
    assert month.history() == before


def _on_record(month: Month) -> list[RunSummary]:
    ledger = open_ledger_read_only(month.practice.place)
    assert ledger is not None
    with ledger:
        return list(ledger.history())


def test_the_history_sheet_and_the_command_agree(month: Month) -> None:
    """Ids, windows, who, where, counts, amounts, how each run ended, and the last pack of each, in the same order."""
    month.export(month.folder / "history", "csv")
    heads = [column.header.said(ENGLISH) for column in RUNS.columns]
    rows = [dict(zip(heads, in_words(line, ENGLISH), strict=True)) for line in RUNS.block(_on_record(month))]
    told_rows = month.history()
    assert [
        (r["Run"], r["From"], r["To"], r["Who"], r["Computer"], r["Rows"], r["Paid Amount changed by"], r["Audit pack"])
        for r in rows
    ] == [
        (
            e["run"],
            e["window"]["start"],
            e["window"]["end"],
            e["user"],
            e["computer"],
            Decimal(sum(e["rows"].values())),
            ", ".join(f"{ENGLISH.amount(Decimal(added))} {unit}" for unit, added in e["posted"].items()) or None,
            e["exports"][-1]["folder"] if e["exports"] else None,
        )
        for e in told_rows
    ]
    assert [r["Started"] for r in rows] == [e["started"][:16].replace("T", " ") for e in told_rows]
    assert [(r["Ended"], e["ended"], e["successful"]) for r, e in zip(rows, told_rows, strict=True)] == [
        ("nothing to push", "sync", True),
        ("pushed", "push", True),
    ]
    lines = month.tieout("history").out.splitlines()[1:]
    for line, row in zip(lines, rows, strict=True):
        for words in (
            worded(row["Run"]),
            worded(row["Started"]),
            f"{worded(row['From'])} to {worded(row['To'])}",
            f"{worded(row['Who'])} on {worded(row['Computer'])}",
            worded(row["Ended"]),
        ):
            assert words in line
        for posted in worded(row["Paid Amount changed by"] or "").split(", "):
            assert posted in line


def test_a_demo_leaves_a_pack(tmp_path: Path) -> None:
    """In the folder audit, with its manifest, and it says where."""
    out = io.StringIO()
    with redirect_stdout(out), pytest.MonkeyPatch.context() as patch:
        patch.setattr("addin.live.pdf.make_pdf", lambda _, pdf: pdf.write_bytes(b"%PDF-"))
        assert run(["demo", "--dir", str(tmp_path / "demo"), "--today", TODAY.isoformat()], outfit()) == 0
    (folder,) = (tmp_path / "demo" / "audit").iterdir()
    sums = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    assert f"The audit pack is in {folder} (files: {len(sums)})" in out.getvalue()
    before = SHEETS.index("60 Applications")
    names = [*SHEETS[:before], "54 Roll-forward", "55 Control account", *SHEETS[before:]]
    assert opened(next(folder.glob("*.xlsx"))).sheetnames == names
    assert len(sums) > len(SHEETS)
