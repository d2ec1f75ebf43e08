"""The sample company, by the command line and by the buttons: every place tells the same figures, and they add up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sync.cli.output import Json
from sync.core.prove.figures import Disposition
from sync.practice.world import Practice
from tests.addin.bench import Bench
from tests.cli.world import Terminal
from tests.workbook.test_one_figure import tell_json, tell_lines, tell_pack, tell_review_file, tell_text
from tests.workbook.told import Told, amounts, beside, block, bridge_in, cents, in_cards, in_sentence, number, on_card
from workbook.control.list_sheets import HELD
from workbook.control.panel import FIGURE_CELLS, FIGURES, Figure, Input


def tell_sheets(of: Told, bench: Bench) -> None:
    """What the open workbook shows: cards, the sheets Proof, Held Items and Runs."""
    shown = {figure: bench.book.sheets[FIGURES].range(cell).raw_value for figure, cell in FIGURE_CELLS.items()}
    of.counts("cards", in_cards(_whole(shown)))
    of.tell("ready change", "cards", on_card(shown, Disposition.READY))
    of.tell("posted change", "cards", on_card(shown, Disposition.POSTED))
    proof = bench.sheet("Proof", "A5:H150")
    tell_lines(of, "sheet Proof", list(block(proof, "Control totals")))
    of.tell("bridge", "sheet Proof", bridge_in(block(proof, "From what was entered")))
    closed = [column.id for column in HELD.columns].index("closed")
    held = [row for row in bench.sheet("Held Items", "A5:Z300") if row[0] and row[closed] is None]
    of.tell("held and failed invoices", "sheet Held Items", len(held))
    (run, *_) = bench.sheet("Runs", "A5:J5")
    of.tell("invoices", "sheet Runs", int(run[6]))
    table = bench.rows()
    of.tell("invoices", "table", len(table))
    of.tell("change of all", "table", amounts((row["Currency"], cents(row["Change"])) for row in table))


def _whole(shown: dict[Figure, Any]) -> dict[Figure, Any]:
    return {figure: int(value) if isinstance(value, float) else value for figure, value in shown.items()}


def history(terminal: Terminal, practice: Practice) -> Json:
    """The newest run of `history --json`."""
    newest: Sequence[Json] = json.loads(terminal.at(practice, "history", "--json", "-").out)
    return newest[0]


def test_the_sample_company_is_told_alike_everywhere(
    bench: Bench, practice: Practice, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """By `tieout sync`, its JSON and its file, by Run Sync; then by Push to Manage, the history and the audit pack."""
    terminal = Terminal(capsys, tmp_path)
    options = ("--since", "past-month", "--out", str(tmp_path / "review.xlsx"), "--json", str(tmp_path / "sync.json"))
    said = terminal.at(practice, "sync", *options)
    of = Told()
    tell_text(of, said.out)
    tell_json(of, json.loads((tmp_path / "sync.json").read_text(encoding="utf-8")))
    tell_review_file(of, tmp_path / "review.xlsx")
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    tell_sheets(of, bench)
    head = bench.sheet("Reconciliation", "A1:AB4")
    assert beside(head, "Rows") == f"{len(bench.rows())}, {of.figures['ready invoices']['json']} ready"
    assert beside(head, "Held").startswith(f"{of.figures['waiting invoices']['json']},")
    assert of.contradictions == {}
    yes = [row for row in bench.rows() if row["Approve"] == "Yes"]
    bench.set(yes[0]["Key"], "Approve", "No")
    odd = next(row for row in bench.rows() if row["Status"] == "Total differs" and row["Change"])
    bench.set(odd["Key"], "Approve", "Yes")
    bench.press("Push to Manage")
    of = Told()
    tell_sheets(of, bench)
    bench.press("Export Audit")
    (folder,) = (tmp_path / "exports").iterdir()
    tell_pack(of, next(folder.glob("*.xlsx")))
    run = history(terminal, practice)
    of.tell("invoices", "history json", sum(run["rows"].values()))
    of.tell("posted invoices", "history json", run["outcomes"]["posted"])
    of.tell("posted change", "history json", amounts((unit, number(amount)) for unit, amount in run["posted"].items()))
    assert of.contradictions == {}
    assert in_sentence(said.out)[Disposition.READY] == len(yes) == run["outcomes"]["posted"]
