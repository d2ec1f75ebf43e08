"""`tieout export --month` on a practice month: its papers' figures are the ledger's, and stay what they are."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from addin.program import outfit
from sync.cli.main import run
from sync.core.prove.month import Month, MonthAudit
from sync.core.values.money import ZERO, parse, plain, total
from sync.core.values.runs import Person
from sync.ledger.chain_file import LEDGER_FILE
from sync.practice.world import Practice, practise
from sync.usecases import verify_pack
from sync.usecases.export_month import companies_of, gathered_month
from sync.wiring import open_ledger_read_only
from tests.cli.test_export_figures import added, block, lines
from tests.cli.world import TODAY, Answer
from tests.workbook.audit.packs import table

APRIL = Month(year=TODAY.year, number=TODAY.month)
LATER = date(2026, 5, 2)
UNITS = ("CAD", "USD")
ASKED = {"00-Cover-and-sign-off", "70-Run-log"}
"""Papers that say who asked when, and which packs were made before."""


def told(practice: Practice, *arguments: str, today: date = TODAY) -> Answer:
    """Run a command in a practice world on a day."""
    common = ("--config", str(practice.place.config), "--state", str(practice.place.state))
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run([*arguments, *common, "--today", today.isoformat()], outfit())
    return Answer(status=status, out=out.getvalue(), err=err.getvalue())


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A month's packs, and the month as it is on record.

    Attributes:
        practice: the world.
        first: its pack while no later run had followed.
        again: after one had.
        french: the same in French.
        month: from the ledger.
    """

    practice: Practice
    first: Path
    again: Path
    french: Path
    month: MonthAudit


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packed]:
    """Synced, pushed, one row taken back, synced again; then a run of the next month."""
    folder = tmp_path_factory.mktemp("month")
    with practise(folder / "practice", TODAY) as practice:

        def sync(name: str, today: date = TODAY) -> str:
            out = ("--out", str(folder / name), "--json", "-")
            made = told(practice, "sync", "--since", "past-month", *out, today=today)
            return str(json.loads(made.out)["run"])

        def export(into: str, *more: str, today: date) -> Path:
            arguments = ("export", "--month", str(APRIL), "--dir", str(folder / into), "--format", "csv", *more)
            answer = told(practice, *arguments, today=today)
            assert answer.status == 0, answer.words
            (made,) = (each for each in (folder / into).iterdir() if str(APRIL) in each.name)
            return made

        first = sync("review.xlsx")
        told(practice, "push", str(folder / "review.xlsx"))
        (entry, *_) = (e for e in json.loads(told(practice, "history", "--json", "-").out) if e["run"] == first)
        assert entry["posted"]
        key = pushed_key(practice, first)
        told(practice, "undo", first, "--row", key, "--yes")
        sync("again.xlsx")
        one = export("first", today=LATER)
        sync("later.xlsx", LATER)
        two, french = export("again", today=LATER), export("french", "--lang", "fr", today=LATER)
        ledger = open_ledger_read_only(practice.place)
        assert ledger is not None
        with ledger:
            (company,) = companies_of(ledger, APRIL)
            at = datetime(2026, 5, 2, 12, tzinfo=UTC)
            month = gathered_month(ledger, APRIL, company, at, LATER, Person(user="luc", computer="COMPTA-2"))
        yield Packed(practice=practice, first=one, again=two, french=french, month=month)


def pushed_key(practice: Practice, run_id: str) -> str:
    """The key of a row that a run wrote."""
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        return ledger.intents(run_id)[0].key


def posted(month: MonthAudit) -> dict[str, Decimal]:
    """Σ of what all runs posted, by currency."""
    each = [month.posted(audit.run.id) for audit in month.audits]
    return {unit: total(sums.get(unit, ZERO) for sums in each) for unit in UNITS}


def test_what_was_posted_is_one_figure_on_every_paper(packed: Packed) -> None:
    """On the list of runs, on that of every write, in the roll-forward and on the cover, as in the ledger."""
    expected = {unit: plain(amount) for unit, amount in posted(packed.month).items()}
    for paper, head in (("05 Runs", "Posted and read back"), ("30 Posted", "Change")):
        sums = added(lines(packed.again, paper), head)
        assert {unit: sums[unit] for unit in UNITS} == expected
    rolled = packed.month.rolled
    assert rolled is not None
    assert {unit: plain(rolled.total(unit).posted) for unit in UNITS} == expected
    said = " ".join(" ".join(row) for row in table(packed.again, "00 Cover and sign-off"))
    assert all(f"{posted(packed.month)[unit]:,.2f} {unit}" in said for unit in UNITS)


def test_opening_and_closing_are_the_ledger_s(packed: Packed) -> None:
    """The roll-forward's totals, the tie-out's items and the cover name the same differences."""
    rolled, closing = packed.month.rolled, packed.month.closing
    assert rolled is not None
    assert closing is not None
    totals = {row[2]: row for row in block(packed.again, "54 Roll-forward", "From the month") if row[0] == "Total"}
    for unit in UNITS:
        whole = rolled.total(unit)
        assert totals[unit][3:] == [
            plain(getattr(whole, name)) for name in ("opening", "posted", "others", "moved", "closing")
        ]
        assert plain(whole.closing) == added(lines(packed.again, "51 Tie-out items"), "Difference").get(unit, "0.00")
        assert rolled.gap(unit) == ZERO


def test_rows_of_several_runs_say_which(packed: Packed) -> None:
    """Each write with its run, an undo beside what it undid; each row and each held item once, by the last run."""
    runs = [audit.run.id for audit in packed.month.audits]
    assert len(runs) == 2
    assert [line["Run"].removeprefix("'") for line in lines(packed.again, "30 Posted")] == [
        posting.run for audit in packed.month.audits for posting in audit.sent
    ]
    assert "undone" in {line["Outcome"] for line in lines(packed.again, "30 Posted")}
    keys = [line["Key"].removeprefix("'") for line in lines(packed.again, "20 Reconciliation")]
    assert (len(keys), set(keys)) == (len(packed.month.rows), {row.key for row in packed.month.rows})
    assert {line["Run"].removeprefix("'") for line in lines(packed.again, "40 Held items")} == {runs[-1]}
    assert len(lines(packed.again, "40 Held items")) == len(packed.month.held)


def test_a_month_that_a_later_run_has_followed_keeps_its_figures(packed: Packed) -> None:
    """File by file, but for who asked and when."""
    names = sorted(path.name for path in (packed.first / "csv").iterdir())
    same = [n for n in names if (packed.first / "csv" / n).read_bytes() == (packed.again / "csv" / n).read_bytes()]
    assert {name.partition(".")[0] for name in set(names) - set(same)} == ASKED


def test_french_papers_have_the_same_figures(packed: Packed) -> None:
    """As many papers and lines, and what was posted to the cent."""
    english, french = (sorted((folder / "csv").iterdir()) for folder in (packed.again, packed.french))
    assert [path.name[:2] for path in english] == [path.name[:2] for path in french]
    assert len(table(packed.french, "30 Lignes inscrites", ";")) == len(table(packed.again, "30 Posted"))
    _, heads, *rows = table(packed.french, "05 Exécutions", ";")
    column = heads.index("Inscrit et relu")
    sums = {unit: total(parse(row[column].replace(",", ".")) for row in rows if unit in row) for unit in UNITS}
    assert sums == posted(packed.month)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--month", "2025-01"), 4, "No run on record is of 2025-01: a run is of the month in which its days end."),
        (("--month", "April"), 2, '"April" is not a month.'),
        (("R1", "--month", "2026-04"), 2, "Name either a run or a month"),
        ((), 2, "Name either a run or a month"),
    ],
)
def test_what_is_no_month_is_said(packed: Packed, arguments: tuple[str, ...], status: int, said: str) -> None:
    """One sentence, and no folder is made."""
    answer = told(packed.practice, "export", *arguments, "--dir", str(packed.first.parent / "none"))
    assert (answer.status, said in answer.words) == (status, True), answer.words
    assert not (packed.first.parent / "none").exists()


@pytest.mark.parametrize("of", ["again", "french"])
def test_a_month_s_pack_proves_itself(packed: Packed, of: str) -> None:
    """Every total has its rule and comes out of the rows; every amount that the cover says is among them."""
    folder: Path = getattr(packed, of)
    found = verify_pack.checked(folder, None)
    assert [words for agrees, _, words in found if agrees is False] == []
    figures = list(verify_pack.rows(folder, verify_pack.FIGURES))
    assert [line for line in figures if not line["file"]] == []
    if of == "again":
        known = {line["amount"] for line in figures if line["paper"].startswith("00")}
        covers = [f"csv/{path.name}" for path in (folder / "csv").glob("00-*")]
        said = " ".join(field for name in covers for row in verify_pack.rows(folder, name) for field in row.values())
        amounts = {each.replace(",", "") for each in re.findall(r"-?\d[\d,]*\.\d\d\b", said)}
        assert (amounts - known, amounts != set()) == (set(), True)


@pytest.mark.parametrize("of", ["first", "again", "french"])
def test_every_pack_of_a_closed_month_is_the_one_that_the_ledger_recorded(packed: Packed, of: str) -> None:
    """They are all of one run and one head: a later pack does not make an earlier one strange."""
    ledger = packed.practice.place.state / LEDGER_FILE
    assert [found for found in verify_pack.checked(getattr(packed, of), ledger) if found[0] is False] == []
