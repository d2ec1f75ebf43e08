"""The figures of a whole pack tie: with each other, from sheet to sheet, and with the ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sync.core.values.money import ZERO, parse, plain, total
from sync.language.catalogues import ENGLISH
from sync.practice.world import practise
from tests.cli.test_export import told
from tests.cli.world import TODAY
from tests.workbook.audit.packs import table
from workbook.look.page import MARK

UNITS = ("CAD", "USD")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """The folder of a pack after the push, the history of its run, and the sync's own JSON."""
    folder = tmp_path_factory.mktemp("figures")
    with practise(folder / "practice", TODAY) as practice:
        review = str(folder / "review.xlsx")
        synced = json.loads(told(practice, "sync", "--since", "past-month", "--out", review, "--json", "-").out)
        told(practice, "push", review)
        assert told(practice, "export", synced["run"], "--dir", str(folder / "packs"), "--format", "csv").status == 0
        (entry,) = json.loads(told(practice, "history", "--json", "-").out)
        (made,) = (folder / "packs").iterdir()
        yield made, entry, synced


def lines(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a list, by header."""
    mark, head, *rows = table(folder, name)
    assert mark == [MARK.said(ENGLISH)]
    return [dict(zip(head, row, strict=True)) for row in rows]


def added(rows: Iterable[dict[str, str]], head: str) -> dict[str, str]:
    """Σ of a column, by currency."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        sums[row["Currency"]] += parse(row[head]) if row[head] else ZERO
    return {unit: plain(amount) for unit, amount in sorted(sums.items())}


def block(folder: Path, name: str, heading: str) -> list[list[str]]:
    """The rows of a block of a report."""
    everything = table(folder, name)
    start = next(number for number, line in enumerate(everything) if line and line[0].startswith(heading))
    rows = everything[start + 2 :]
    return rows[: rows.index([])] if [] in rows else rows


Exported = tuple[Path, dict[str, Any], dict[str, Any]]


def test_what_was_posted_is_what_the_ledger_says(exported: Exported) -> None:
    """Σ of Change on the sheet of postings, by currency, is the history's; and as many rows."""
    folder, entry, _ = exported
    posted = [row for row in lines(folder, "30 Posted") if row["Outcome"] == "posted"]
    assert added(posted, "Change") == entry["posted"]
    assert len(posted) == entry["outcomes"]["posted"] > 40
    assert {row["Variance"] for row in posted} == {"0.00"}
    assert {row["Read back"] for row in posted} == {"agrees"}


def test_the_posted_rows_are_those_of_the_reconciliation(exported: Exported) -> None:
    """Same keys, same change, same amounts before and proposed."""
    folder, _, _ = exported
    heads = ("Key", "Paid before", "Paid proposed", "Change")
    became = {tuple(r[h] for h in heads) for r in lines(folder, "20 Reconciliation") if r["Became"] == "Posted"}
    assert became == {tuple(r[h] for h in heads) for r in lines(folder, "30 Posted")}


def test_completeness_ties_to_the_cent(exported: Exported) -> None:
    """Both sides' lines add up to their totals, the totals are the same, and each difference is zero and OK."""
    folder, _, _ = exported
    sides = []
    for heading in ("Entered in Sage in the window", "What became of it"):
        rows = block(folder, "10 Summary and proof", heading)
        sums: defaultdict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for row in rows:
            if row[0] not in {"Total", "Difference"}:
                sums[row[2]][0] += Decimal(row[3])
                sums[row[2]][1] += parse(row[4])
        totals = {row[2]: [Decimal(row[3]), parse(row[4])] for row in rows if row[0] == "Total"}
        assert totals == dict(sums)
        sides.append(totals)
    assert sides[0] == sides[1]
    differences = [
        row[1:] for row in block(folder, "10 Summary and proof", "What became of it") if row[0] == "Difference"
    ]
    assert differences == [["OK", unit, "0", "0.00"] for unit in sides[0]]
    assert set(UNITS) <= set(sides[0])


def test_what_entered_the_proof_is_in_the_applications(exported: Exported) -> None:
    """Every row of the proof is one line on the sheet of applications that says so, with its amount."""
    folder, _, _ = exported
    inside = [row for row in lines(folder, "60 Applications") if "entered in this window" in row["Remark"]]
    entered = block(folder, "10 Summary and proof", "Entered in Sage in the window")
    totals = {row[2]: plain(-parse(row[4])) for row in entered if row[0] == "Total"}
    assert (added(inside, "Amount"), len(inside)) == (
        totals,
        sum(int(row[3]) for row in entered if row[0] == "Total"),
    )


@pytest.mark.parametrize("unit", UNITS)
def test_receivables_tie_by_customer_by_age_and_by_item(exported: Exported, unit: str) -> None:
    """Totals are Σ of the customers and Σ of the ages on both sides; the items and the classes are the difference."""
    folder, _, _ = exported
    found = [row for row in block(folder, "50 Tie-out", "Tie-out of receivables") if row[2] == unit]
    figures = {row[0]: row[4] for row in found}
    sage, manage, difference = list(figures.values())[:3]
    customers, ages = lines(folder, "52 Tie-out customers"), block(folder, "50 Tie-out", "Ageing")
    heads = ("Open in Sage", "Open in Manage", "Difference")
    assert [added(customers, head)[unit] for head in heads] == [sage, manage, difference]
    assert [plain(total(parse(row[place]) for row in ages if row[2] == unit)) for place in (4, 5, 6)] == [
        sage,
        manage,
        difference,
    ]
    assert plain(parse(sage) - parse(manage)) == difference
    assert added(lines(folder, "51 Tie-out items"), "Difference").get(unit, "0.00") == difference
    assert plain(total(parse(amount) for amount in list(figures.values())[3:])) == difference


def test_control_totals_are_those_of_the_sync(exported: Exported) -> None:
    """Count and Σ over all rows, by currency: summary, reconciliation sheet and the JSON that scripts read."""
    folder, _, synced = exported
    alls = {row[2]: row for row in block(folder, "10 Summary and proof", "Control totals") if row[0] == "All"}
    rows = lines(folder, "20 Reconciliation")
    assert sum(int(row[3]) for row in alls.values()) == len(rows) == synced["totals"]["count"]
    for place, head in ((4, "Settled in Sage"), (5, "Paid before"), (6, "Paid proposed"), (7, "Change")):
        assert added(rows, head) == {unit: row[place] for unit, row in sorted(alls.items())}
    settled = plain(total(parse(line["settled"]) for line in synced["totals"]["statuses"]))
    assert plain(total(parse(row[4]) for row in alls.values())) == settled


def test_the_last_application_of_an_invoice_leaves_what_sage_says_is_owed(exported: Exported) -> None:
    """Total less settled on the reconciliation is the running balance at the end, for every row that can be read."""
    folder, _, _ = exported
    ends = {row["Key"]: row["Balance after"] for row in lines(folder, "60 Applications")}
    rows = [row for row in lines(folder, "20 Reconciliation") if row["Total Sage"] and row["Settled in Sage"]]
    owed = {row["Key"]: plain(parse(row["Total Sage"]) - parse(row["Settled in Sage"])) for row in rows}
    assert len(owed) > 100
    assert {key: (amount, ends.get(key)) for key, amount in owed.items() if ends.get(key) != amount} == {}
