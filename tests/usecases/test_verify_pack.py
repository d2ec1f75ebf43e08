"""The proof for others: a pack's own program, run by a stranger's Python, finds whatever was changed, and names it."""

from __future__ import annotations

import ast
import csv
import hashlib
import re
import runpy
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.values.errors import Refused, SetupError
from sync.language.catalogues import language
from sync.ledger.chain_file import LEDGER_FILE
from sync.practice.world import Practice, practise
from sync.usecases import verify_pack
from sync.usecases.verify_pack import FIGURES, HEAD, MANIFEST, Finding, checked, statements
from tests.cli.test_export import told
from tests.cli.world import TODAY
from tests.workbook.audit.packs import LISTS, listed, opened
from workbook.audit.pack import VERIFIER

SEVERAL = 12
"""Examples of a kind of change: each copies and checks a whole pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A month that was synced and pushed, and its packs.

    Attributes:
        practice: its world, with the ledger that recorded the packs.
        packs: by language.
        spare: a folder for copies.
    """

    practice: Practice
    packs: dict[str, Path]
    spare: Path

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.practice.place.state / LEDGER_FILE

    def copy(self, code: str = "en") -> Path:
        """A copy of a pack, to be changed."""
        shutil.rmtree(self.spare, ignore_errors=True)
        return Path(shutil.copytree(self.packs[code], self.spare))


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proven]:
    """One run, exported in both languages."""
    folder = tmp_path_factory.mktemp("proof")
    with practise(folder / "practice", TODAY) as practice:
        review = str(folder / "review.xlsx")
        assert told(practice, "sync", "--since", "past-month", "--out", review).status == 0
        assert told(practice, "push", review).status == 0
        run = re.findall(r"\b\d{8}-\d{6}-\w{4}\b", told(practice, "history").out)[0]
        packs = {}
        for code in ("en", "fr"):
            into = folder / code
            answer = told(practice, "export", run, "--dir", str(into), "--format", "xlsx,csv", "--lang", code)
            assert answer.status == 0, answer.words
            (packs[code],) = (each for each in into.iterdir() if (each / MANIFEST).is_file())
        yield Proven(practice=practice, packs=packs, spare=folder / "copy")


def wrong(folder: Path, ledger: Path | None = None) -> list[Finding]:
    """What does not agree, but for the verdict."""
    *found, (verdict, _, _) = checked(folder, ledger)
    assert verdict is not any(agrees is False for agrees, _, _ in found)
    return [finding for finding in found if finding[0] is False]


def said(findings: list[Finding]) -> set[tuple[str, str]]:
    """Each statement with the file that it names."""
    return {(statement, str(values.get("name"))) for _, statement, values in findings}


def lines_of(folder: Path, name: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of an English CSV file, as they stand there."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


def rewritten(folder: Path, name: str, head: list[str], rows: list[list[str]]) -> None:
    """Write a CSV file anew, and put its new hash into the manifest: as somebody would who wants it unseen."""
    with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    _hashed(folder, name)


def _hashed(folder: Path, name: str) -> None:
    sums = verify_pack.named(folder) | {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()}
    manifest = "".join(f"{digest}  {each}\n" for each, digest in sums.items())
    (folder / MANIFEST).write_text(manifest, encoding="utf-8", newline="\n")


def figures(folder: Path) -> list[dict[str, str]]:
    """The lines of the figures."""
    return list(verify_pack.rows(folder, FIGURES))


@pytest.mark.parametrize("code", ["en", "fr"])
def test_a_stranger_s_python_proves_a_pack(proven: Proven, code: str) -> None:
    """Without the project, without a module but those of Python itself, with and without the ledger."""
    command = [sys.executable, "-I", "-S", VERIFIER]
    for more in ([], [".", str(proven.ledger)]):
        done = subprocess.run([*command, *more], cwd=proven.packs[code], check=False, capture_output=True)
        lines = done.stdout.decode(errors="replace").splitlines()
        marks = [line.partition("  ")[0] for line in lines]
        assert (done.returncode, marks.count("NO"), marks.count("--")) == (0, 0, 0 if more else 1), lines
    derived = len({line["figure"] for line in figures(proven.packs[code])})
    assert [line for line in lines if line.startswith(f"ok  {derived} tot")]


def test_the_program_is_short_and_runs_on_an_old_python(proven: Proven) -> None:
    """Under 200 lines, in the grammar of 3.8, importing only what every Python brings along; each pack has a copy."""
    source = Path(verify_pack.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    names = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    names |= {name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names}
    assert (source.count("\n") < 200, {str(name).split(".")[0] for name in names} <= sys.stdlib_module_names) == (
        True,
        True,
    )
    assert (proven.packs["fr"] / VERIFIER).read_text(encoding="utf-8") == source
    assert verify_pack.ENGLISH.keys() == verify_pack.FRENCH.keys()


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_total_has_its_rule(proven: Proven, code: str) -> None:
    """None is printed that nobody can derive; both languages tell the same of the same figures."""
    of = figures(proven.packs[code])
    assert [line for line in of if not line["file"]] == []
    english = figures(proven.packs["en"])
    keys = ("figure", "row", "times")
    assert [[line[key] for key in keys] for line in of] == [[line[key] for key in keys] for line in english]
    assert [verify_pack.number(line["amount"]) for line in of] == [Decimal(line["amount"]) for line in english]


def test_every_total_of_the_workbook_is_among_the_figures(proven: Proven) -> None:
    """The control totals of the lists, the bold amounts of the reports, and each amount that the cover says."""
    folder = proven.packs["en"]
    book = opened(next(folder.glob("*.xlsx")), values=True)
    told_of: dict[str, set[Decimal]] = {}
    for line in figures(folder):
        told_of.setdefault(line["paper"], set()).add(Decimal(line["amount"]))
    missing: list[Any] = []
    seen = 0
    for sheet in book.worksheets:
        known = told_of.get(sheet.title, set())
        if sheet.title in LISTS:
            places = listed(sheet).totals
            cells = [cell for rows in places for row in rows for cell in sheet[row]]
        else:
            cells = [
                cell for row in sheet.iter_rows() for cell in row if cell.font.bold and "0.00" in cell.number_format
            ]
        for cell in cells:
            if isinstance(cell.value, int | float):
                seen += 1
                amount = Decimal(str(cell.value)).quantize(Decimal("0.01"))
                missing += [] if amount in known else [(sheet.title, cell.coordinate, amount)]
        if sheet.title.startswith("00"):
            words = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
            found = re.findall(r"-?\d[\d,]*\.\d\d\b", words)
            missing += [each for each in found if Decimal(each.replace(",", "")) not in known]
            seen += len(found)
    assert (missing, seen > 150) == ([], True)


@settings(max_examples=SEVERAL, deadline=None)
@given(st.data())
def test_a_byte_a_file_less_and_a_file_more_are_named(proven: Proven, data: st.DataObject) -> None:
    """Whatever file it is: its name stands in the sentence."""
    folder = proven.copy()
    name = data.draw(st.sampled_from(sorted(verify_pack.named(folder))))
    content = bytearray((folder / name).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1
    (folder / name).write_bytes(content)
    assert ("changed", name) in said(wrong(folder))
    (folder / name).unlink()
    assert ("missing", name) in said(wrong(folder))
    (folder / "csv" / "99-More.csv").write_text("a\n")
    assert ("strange", "csv/99-More.csv") in said(wrong(folder))
    assert any("99-More.csv" in line for line in statements(folder, wrong(folder)))


def picked(folder: Path, line: dict[str, str]) -> list[int]:
    """The places of the rows that a figure adds up; none where a class has none."""
    wanted = dict(pair.split("=", 1) for pair in line["where"].split(" | "))
    rows = enumerate(verify_pack.rows(folder, line["file"]))
    return [place for place, row in rows if all(row[column] == words for column, words in wanted.items())]


@settings(max_examples=SEVERAL, deadline=None)
@given(st.data())
def test_a_cent_behind_a_total_is_found_whatever_the_manifest_says(proven: Proven, data: st.DataObject) -> None:
    """In any cell that a total is made of; the total is named, and its file by the ledger."""
    folder = proven.copy()
    made = [(line, cells) for line in figures(folder) if line["column"] and (cells := picked(folder, line))]
    line, places = data.draw(st.sampled_from(made))
    head, rows = lines_of(folder, line["file"])
    row, column = rows[data.draw(st.sampled_from(places))], head.index(line["column"])
    row[column] = str(Decimal(row[column] or "0.00") + Decimal("0.01"))
    rewritten(folder, line["file"], head, rows)
    assert line["figure"] in {values["figure"] for _, statement, values in wrong(folder) if statement == "differs"}
    assert ("unlike", line["file"]) in said(wrong(folder, proven.ledger))


@settings(max_examples=SEVERAL, deadline=None)
@given(
    st.sampled_from(["20 Reconciliation", "30 Posted", "40 Held items", "51 Tie-out items", "60 Applications"]),
    st.data(),
)
def test_a_row_less_or_more_in_a_list_is_found_whatever_the_manifest_says(
    proven: Proven, name: str, data: st.DataObject
) -> None:
    """Its rows are counted by currency: a count of the list no longer comes out."""
    folder, file = proven.copy(), f"csv/{name.replace(' ', '-')}.csv"
    head, rows = lines_of(folder, file)
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place : place + 1] = [] if data.draw(st.booleans()) else [rows[place]] * 2
    rewritten(folder, file, head, rows)
    assert {(values["paper"], values["label"]) for _, s, values in wrong(folder) if s == "differs"} >= {(name, "Rows")}


def test_a_printed_total_that_was_changed_is_found(proven: Proven) -> None:
    """The cell of the report is held against the figure, and the row is named."""
    folder = proven.copy()
    line = next(line for line in figures(folder) if line["row_file"] == "csv/50-Tie-out.1.csv")
    head, rows = lines_of(folder, line["row_file"])
    rows[int(line["row"]) - 1][head.index(line["row_column"])] = "1.00"
    rewritten(folder, line["row_file"], head, rows)
    found = [values for _, statement, values in wrong(folder) if statement == "printed"]
    assert ("1.00", line["figure"]) in {(values["now"], values["figure"]) for values in found}


@pytest.mark.parametrize("emptied", [True, False])
def test_a_printed_total_that_is_gone_agrees_with_nothing(proven: Proven, *, emptied: bool) -> None:
    """Neither 0.00 with a cell that was emptied, nor any total with a row that is not there."""
    folder = proven.copy()
    of = [line for line in figures(folder) if line["row_file"]]
    line = max(of, key=lambda each: (Decimal(each["amount"]) == 0, int(each["row"])))
    head, rows = lines_of(folder, line["row_file"])
    if emptied:
        rows[int(line["row"]) - 1][head.index(line["row_column"])] = ""
    else:
        del rows[int(line["row"]) - 1 :]
    rewritten(folder, line["row_file"], head, rows)
    assert line["figure"] in {values["figure"] for _, statement, values in wrong(folder) if statement == "printed"}


def test_an_amount_that_is_empty_is_not_zero(proven: Proven) -> None:
    """A figure that names no amount cannot be held against anything."""
    folder = proven.copy()
    head, rows = lines_of(folder, FIGURES)
    for row in rows:
        if row[head.index("amount")] == "0.00":
            row[head.index("amount")] = ""
    rewritten(folder, FIGURES, head, rows)
    assert wrong(folder)


def test_what_names_nothing_proves_nothing(proven: Proven) -> None:
    """A manifest without files, no figures, no hash of a head: none of it is said to be so."""
    folder = proven.copy()
    text = (folder / HEAD).read_text(encoding="utf-8")
    (folder / HEAD).write_text(re.sub("[0-9a-f]{64}", "", text), encoding="utf-8")
    _hashed(folder, HEAD)
    assert said(wrong(folder)) == {("head", "None")}
    for path in folder.rglob("*.*"):
        if path.name != HEAD:
            path.write_text("") if path.name == MANIFEST else path.unlink()
    found = {statement: agrees for agrees, statement, _ in checked(folder, proven.ledger)}
    assert [found[each] for each in ("files", "figures", "head", "recorded")] == [None, None, None, False]


def test_a_head_that_the_cover_does_not_name_is_found(proven: Proven) -> None:
    """Also where its hash in the manifest was made to fit, and by the ledger beside it."""
    folder = proven.copy()
    text = (folder / HEAD).read_text(encoding="utf-8")
    digest = re.findall(r"[0-9a-f]{64}", text)[0]
    (folder / HEAD).write_text(text.replace(digest, "0" * 64), encoding="utf-8")
    _hashed(folder, HEAD)
    assert said(wrong(folder)) == {("head", "None")}
    assert {"head", "holds", "recorded"} <= {statement for _, statement, _ in wrong(folder, proven.ledger)}


def test_a_ledger_that_was_changed_or_is_none_is_found(proven: Proven, tmp_path: Path) -> None:
    """The first row that does not follow is named; a file that is no ledger is said to be none."""
    other = tmp_path / "ledger.db"
    shutil.copy(proven.ledger, other)
    with closing(sqlite3.connect(other)) as database, database:
        database.execute("DROP TRIGGER entry_stays")
        database.execute("UPDATE entry SET key = 'other' WHERE seq = 7")
    (found,) = wrong(proven.packs["en"], other)
    assert found == (False, "chain", {"count": 7})
    other.write_text("no ledger")
    (found,) = wrong(proven.packs["en"], other)
    assert (found[1], found[2]["what"]) == ("unreadable", other)


def test_what_cannot_be_read_and_what_has_no_rule_are_said(proven: Proven) -> None:
    """A row with a field more, and a figure that no rows are named for; neither is taken for agreement."""
    folder = proven.copy()
    head, rows = lines_of(folder, FIGURES)
    for row in rows:
        if row[head.index("figure")] == "1":
            row[head.index("file")] = ""
    rewritten(folder, FIGURES, head, rows)
    assert "stated" in {statement for agrees, statement, _ in checked(folder) if agrees is None}
    rewritten(folder, FIGURES, head, [[*rows[0], "more"], *rows[1:]])
    assert [(found[1], found[2]["what"]) for found in wrong(folder)] == [("unreadable", FIGURES)]


def test_a_pack_without_csv_files_is_checked_as_far_as_it_goes(proven: Proven) -> None:
    """Its files and the ledger; that no total was derived is said by their number."""
    run = re.findall(r"\d{8}-\d{6}-\w{4}", proven.packs["en"].name)[0]
    into = proven.spare.parent / "bare"
    assert told(proven.practice, "export", run, "--dir", str(into), "--format", "xlsx").status == 0
    (folder,) = (each for each in into.iterdir() if (each / MANIFEST).is_file())
    found = checked(folder, proven.ledger)
    figures_said = [(agrees, values) for agrees, statement, values in found if statement == "figures"]
    assert (wrong(folder, proven.ledger), figures_said) == ([], [(None, {"count": 0})])


def test_the_command_runs_the_same_checks(proven: Proven) -> None:
    """With the ledger that recorded the pack; its exit statuses are those of every command."""
    ours = told(proven.practice, "verify", str(proven.packs["fr"]))
    assert (ours.status, "NO  " in ours.out, "--  " in ours.out) == (0, False, False)
    lines = list(statements(proven.packs["fr"], checked(proven.packs["fr"], proven.ledger)))
    assert ours.out.splitlines()[-len(lines) :] == lines
    folder = proven.copy()
    (folder / "csv" / "20-Reconciliation.csv").unlink()
    changed = told(proven.practice, "verify", str(folder))
    assert (changed.status, "csv/20-Reconciliation.csv" in changed.out) == (Refused.exit_status, True)
    (folder / HEAD).write_text("{", encoding="utf-8")
    assert told(proven.practice, "verify", str(folder)).status == Refused.exit_status
    (folder / MANIFEST).unlink()
    assert told(proven.practice, "verify", str(folder)).status == SetupError.exit_status


def test_the_program_ends_with_its_verdict(
    proven: Proven, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """0 where all agrees, 1 where anything does not."""
    for change, status in ((None, 0), ("more.txt", 1)):
        folder = proven.copy()
        if change:
            (folder / change).write_text("")
        monkeypatch.setattr(sys, "argv", [VERIFIER, str(folder)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(verify_pack.__file__, run_name="__main__")
        assert int(ended.value.code or 0) == status
    assert b"more.txt" in capfdbinary.readouterr().out
    assert language("fr").point == ","
