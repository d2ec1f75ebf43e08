"""One word, one figure: every card, header, sentence, total and sheet tells the same of a run, and they add up."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from sync.cli.output import Json, Screen, history_json, pushed_json, review_json, show_pushed, show_review
from sync.core.prove.figures import Disposition
from sync.core.prove.review import Review
from sync.core.prove.tie_out import DifferenceClass
from sync.core.prove.workpapers import Audit
from sync.core.values.messages import say
from sync.core.values.money import ZERO
from sync.core.values.posting import Refusal, Reply
from sync.core.values.proposal import REVIEWABLE
from sync.core.values.records import Write
from sync.core.values.runs import RunSummary
from sync.language.catalogues import ENGLISH
from sync.usecases.push import Pushed
from sync.usecases.watch import Watched, notice
from tests.usecases.companies import Company
from tests.workbook.audit.packs import pack
from tests.workbook.told import (
    AMOUNT,
    WORDS,
    Rows,
    Told,
    amounts,
    beside,
    block,
    bridge_in,
    by_columns,
    cents,
    in_cards,
    in_json,
    in_line,
    in_sentence,
    json_amounts,
    number,
    on_card,
    sheets,
)
from workbook.control import list_sheets
from workbook.control.panel import cards
from workbook.review.review_file import ExcelFiles
from workbook.xlsx.cells import in_words

READY, POSTED, HELD = Disposition.READY, Disposition.POSTED, Disposition.WAITING
NO = Refusal(message=say("No."))
ENTERED, CHANGED, TO_CHANGE = (
    "Entered in Sage in the window",
    "Paid Amount changed, as read back",
    "Paid Amount to be changed",
)
ALL_ACCOUNTED = "Every receipt of the window is accounted for: difference 0.00."
TOTALS = {"Settled in Sage", "Paid proposed", CHANGED, TO_CHANGE}
PAPERS = (
    "00 Cover and sign-off",
    "10 Summary and proof",
    "20 Reconciliation",
    "30 Posted",
    "40 Held items",
    "61 Receipts",
)


def adds_up(before: object, proposed: object, change: object) -> None:
    """What is paid before and what changes are what is proposed, on a row and in a total."""
    assert cents(before) + cents(change) == cents(proposed)


def tell_lines(of: Told, place: str, rows: Rows) -> None:
    """The lines of control totals: one for each status and currency, and one for all of a currency."""
    for every in (row for row in rows if row[0] == "All"):
        parts = [row for row in rows if row[0] != "All" and row[2] == every[2]]
        assert sum(int(row[3]) for row in parts) == int(every[3])
        for column in range(4, 8):
            assert sum(cents(row[column]) for row in parts) == cents(every[column])
        for row in (*parts, every):
            adds_up(*row[5:8])
    all_ = [row for row in rows if row[0] == "All"]
    of.tell("invoices", place, sum(int(row[3]) for row in all_))
    for what, column in (("settled", 4), ("paid before", 5), ("paid proposed", 6), ("change of all", 7)):
        of.tell(what, place, amounts((str(row[2]), cents(row[column])) for row in all_))


def _added(row: Json) -> Decimal:
    """What a row proposes beyond what is there; without an amount there is none to propose."""
    assert (row["paid_before"] is None) == (row["paid_proposed"] is None)
    return cents(row["paid_proposed"]) - cents(row["paid_before"])


def tell_json(of: Told, json: Json) -> None:
    """What `sync --json` says."""
    totals = json["totals"]
    of.counts("json", in_json(json))
    of.tell("invoices", "json count", totals["count"])
    of.tell("invoices", "json rows", len(json["rows"]))
    of.tell("ready invoices", "json approved", totals["approved"])
    of.tell("ready invoices", "json rows", sum(row["approve"] for row in json["rows"]))
    of.tell("ready change", "json", json_amounts(totals["became"], "change", disposition="ready"))
    of.tell("ready change", "json bridge", json_amounts(totals["bridge"], "amount", step="changed"))
    of.tell("ready settled", "json", json_amounts(totals["became"], "settled", disposition="ready"))
    of.tell("entered", "json bridge", json_amounts(totals["bridge"], "amount", step="entered"))
    for what, field in (("settled", "settled"), ("paid before", "paid_before"), ("change of all", "change")):
        of.tell(what, "json statuses", json_amounts(totals["statuses"], field))
    for each in totals["statuses"]:
        adds_up(each["paid_before"], each["paid_proposed"], each["change"])
    added = ((each["currency"] or "currency", _added(each)) for each in json["rows"])
    of.tell("change of all", "json rows", amounts(added))
    for what in ("settled", "change"):
        of.tell("change of all" if what == "change" else what, "json became", json_amounts(totals["became"], what))


def tell_text(of: Told, said: str) -> None:
    """What `tieout sync` says."""
    of.counts("console", in_sentence(said))
    short = re.findall(rf"(\w+(?: \d)?): {AMOUNT} entered.*?settled for {AMOUNT}, and a push adds {AMOUNT} to", said)
    of.tell("entered", "console", amounts((unit, number(entered)) for unit, entered, _, _ in short))
    of.tell("ready settled", "console", amounts((unit, number(settled)) for unit, _, settled, _ in short))
    of.tell("ready change", "console", amounts((unit, number(end)) for unit, _, _, end in short))
    lines = [line.split() for line in said.splitlines() if re.search(rf"^ .*{AMOUNT}$", line)]
    of.tell("change of all", "console table", amounts((line[-6], number(line[-1])) for line in lines))
    for line in lines:
        adds_up(*map(number, line[-3:]))


def tell_watch(of: Told, review: Review) -> None:
    """What `tieout watch` says."""
    watched = re.match(r"(\d+) ready, (\d+) held", notice(Watched(rows=review.rows, review=review)).said(ENGLISH))
    assert watched is not None
    of.tell("ready invoices", "watch", watched[1])
    of.tell("waiting invoices", "watch", watched[2])


def tell_review_file(of: Told, path: Path) -> None:
    """What a reconciliation file says: its header, its table, its control totals."""
    head, control, receipts = sheets(path, "Reconciliation", "Control totals", "Receipts")
    tell_receipts(of, "file Receipts", receipts)
    count, ready = re.findall(r"\d+", beside(head, "Rows"))
    of.tell("invoices", "header", count)
    of.tell("ready invoices", "header", ready)
    of.tell("waiting invoices", "header", next(iter(re.findall(r"^\d+", beside(head, "Held"))), "0"))
    of.tell("waiting invoices", "first lines", in_line(beside(head, "Needs you"))[0])
    count, change = in_line(beside(head, "Ready"))
    of.tell("ready invoices", "first lines", count)
    of.tell("ready change", "first lines", change)
    table = by_columns(head, "Key", "Approve")
    yes = [row for row in table if row["Approve"] == "Yes"]
    for row in table:
        adds_up(row["Paid before"], row["Paid proposed"], row["Change"])
    of.tell("invoices", "file", len(table))
    of.tell("ready invoices", "file", len(yes))
    of.tell("change of all", "file", amounts((row["Currency"], cents(row["Change"])) for row in table))
    of.tell("ready change", "file", amounts((row["Currency"], cents(row["Change"])) for row in yes))
    top = next(place for place, row in enumerate(control) if row[0] == "Status") + 1
    end = next(place for place in range(top, len(control)) if control[place][2] is None)
    tell_lines(of, "file totals", [(row[0], None, *row[1:7]) for row in control[top:end]])


def tell_receipts(of: Told, place: str, sheet: Rows) -> None:
    """What a list of receipts says: everything that was entered, each receipt's total once, and what became of it."""
    assert str(sheet[2][0]).startswith(ALL_ACCOUNTED)
    lines = by_columns(sheet, "Receipt", "Settles")
    of.tell("entered", place, amounts((line["Currency"], cents(line["Settles"])) for line in lines))
    for column in ("Receipt total", "Received"):
        of.tell("received", f"{place}, {column}", amounts((line["Currency"], cents(line[column])) for line in lines))


def tie_out_agrees(review: Review) -> None:
    """What is to be pushed by the tie-out is what the ready rows change; what it calls held is on rows that are."""
    tie_out = review.evidence.tie_out
    assert tie_out is not None
    ready = {tally.currency: tally.change for tally in review.figures if tally.disposition is READY}
    for unit in {item.currency for item in tie_out.items}:
        assert tie_out.explained(unit, DifferenceClass.TO_PUSH) == ZERO - ready.get(unit, ZERO)
        assert tie_out.unexplained(unit) == ZERO
    keys, held = {row.key for row in review.rows}, {row.key for row in review.held}
    on_rows = {item.key for item in tie_out.items if item.reason is DifferenceClass.HELD and item.key in keys}
    assert on_rows <= held
    accepted = {row.key for row in review.rows if row.opening}
    opening = {item.key for item in tie_out.items if item.reason is DifferenceClass.OPENING}
    assert opening & keys <= accepted
    assert accepted <= keys - held


def tell_workbook(of: Told, audit: Audit, line: RunSummary) -> None:
    """What the control workbook and the history say of a run as it stands."""
    figures = cards(audit.figures, ENGLISH)
    of.counts("cards", in_cards(figures))
    of.tell("ready change", "cards", on_card(figures, READY))
    of.tell("posted change", "cards", on_card(figures, POSTED))
    proof = [tuple(in_words(row, ENGLISH)) for row in list_sheets.proof_block(audit)]
    tell_lines(of, "sheet Proof", list(block(proof, "Control totals")))
    of.tell("bridge", "sheet Proof", bridge_in(block(proof, "From what was entered")))
    tell_receipts_sheet(of, audit)
    closed = [column.id for column in list_sheets.HELD.columns].index("closed")
    waiting = [row for row in list_sheets.held_block(audit) if row[closed] is None]
    of.tell("held and failed invoices", "sheet Held Items", len(waiting))
    cells = dict(zip((column.id for column in list_sheets.RUN_COLUMNS), list_sheets.RUNS.block([line])[0], strict=True))
    of.tell("invoices", "sheet Runs", cells["rows"])
    of.tell("posted change", "history", amounts(line.posted.items()))
    posted = history_json([line])[0]["posted"]
    of.tell("posted change", "history json", amounts((unit, number(amount)) for unit, amount in posted.items()))


def tell_receipts_sheet(of: Told, audit: Audit) -> None:
    """What the sheet Receipts says: its verdict, its totals, and each line."""
    verdict, *rows = [in_words(row, ENGLISH) for row in list_sheets.receipts_block(audit)] or [[ALL_ACCOUNTED]]
    unreadable = f" Rows whose amount cannot be read, and which are held: {audit.proof.unreadable}."
    assert verdict[0] == ALL_ACCOUNTED + (unreadable if audit.proof.unreadable else "")
    heads = [column.id for column in list_sheets.RECEIPTS.columns]
    places = {name: heads.index(name) for name in ("receipt", "currency", "settles", "receipt-total", "received")}
    totals = [row for row in rows if row[places["receipt"]] == "Total"]
    lines = [row for row in rows if row[heads.index("key")] is not None]
    for place, listed in (("sheet Receipts, totals", totals), ("sheet Receipts", lines)):
        of.tell(
            "entered", place, amounts((str(row[places["currency"]]), cents(row[places["settles"]])) for row in listed)
        )
        for column in ("receipt-total", "received"):
            pairs = ((str(row[places["currency"]]), cents(row[places[column]])) for row in listed)
            of.tell("received", f"{place}, {column}", amounts(pairs))


def tell_pack(of: Told, path: Path) -> None:
    """What the workbook of an audit pack says."""
    cover, paper, reconciliation, posted, held, receipts = sheets(path, *PAPERS)
    text = " ".join(str(row[1]) for row in cover if len(row) > 1 and row[1])
    of.counts("cover", in_sentence(text))
    rows = by_columns(reconciliation, "Invoice", "Became")
    of.counts("pack rows", Counter(WORDS[row["Became"]] for row in rows))
    ready = (row for row in rows if WORDS[row["Became"]] is READY)
    for row in rows:
        adds_up(row["Paid before"], row["Paid proposed"], row["Change"])
    of.tell("ready change", "pack rows", amounts((row["Currency"], cents(row["Change"])) for row in ready))
    of.tell("change of all", "pack rows", amounts((row["Currency"], cents(row["Change"])) for row in rows))
    (carried,) = re.findall(r"(\d+) held items", text)
    failed = sum(int(count) for count in re.findall(r"(\d+) rows whose push failed", text))
    of.tell("waiting invoices", "cover carried", carried)
    of.tell("held and failed invoices", "cover carried", int(carried) + failed)
    items = by_columns(held, "Invoice", "Opened")
    of.tell("held and failed invoices", "pack held", sum(1 for row in items if row["Closed"] is None))
    done = (row for row in by_columns(posted, "Invoice", "Outcome") if row["Outcome"] in {"posted", "undone"})
    of.tell("posted change", "pack posted", amounts((row["Currency"], cents(row["Change"])) for row in done))
    tell_lines(of, "pack", list(block(paper, "Control totals")))
    tell_receipts(of, "pack Receipts", receipts)
    for heading in (ENTERED, "What became of it"):
        lines = (row for row in block(paper, heading) if row[0] == "Total")
        of.tell("entered", f"pack, {heading}", amounts((str(row[2]), cents(row[4])) for row in lines))
    bridge = bridge_in(block(paper, "From what was entered"))
    closes(bridge)
    of.tell("bridge", "pack", bridge)
    posted_yet = any(label == CHANGED for _, label in bridge)
    ends = {ENTERED: "entered", CHANGED if posted_yet else TO_CHANGE: "posted change" if posted_yet else "ready change"}
    for words, what in ends.items():
        of.tell(what, "bridge", amounts((unit, amount) for (unit, label), amount in bridge.items() if label == words))


def closes(bridge: dict[tuple[str, str], Decimal]) -> None:
    """A reader who adds the printed lines comes to each printed total, and to a difference of 0.00."""
    running = ZERO
    for (_, label), amount in bridge.items():
        if label == ENTERED:
            running = amount
        elif label in TOTALS:
            assert running == amount
        elif label == "Difference":
            assert amount == ZERO
        else:
            running += amount


def tell_push(of: Told, pushed: Pushed, capsys: pytest.CaptureFixture[str]) -> None:
    """What `tieout push` says, and its JSON."""
    show_pushed(Screen(ENGLISH), pushed.run, pushed.postings)
    said = capsys.readouterr().out
    outcomes = dict(re.findall(r"^ *(\w+): (\d+)$", said, re.MULTILINE))
    changed = re.findall(rf"Paid Amount.*? {AMOUNT} (\w+)", said)
    json = pushed_json(pushed.run, pushed.postings)["totals"]
    of.tell("posted invoices", "push", outcomes.get("posted", 0))
    of.tell("posted invoices", "push json", json["outcomes"].get("posted", 0))
    of.tell("posted change", "push", amounts((unit, number(amount)) for amount, unit in changed))
    of.tell("posted change", "push json", amounts((unit, number(amount)) for unit, amount in json["change"].items()))


@pytest.mark.parametrize("seed", range(50))
def test_every_place_tells_the_same(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A random company after its sync, after a push of what somebody chose, some of it refused, and after an undo."""
    office, random = Company(tmp_path / "state", seed).office, Random(seed)  # noqa: S311 - choices, not secrets

    def on_record(of: Told, name: str) -> None:
        audit = office.audit(review.run.id)
        (line,) = (line for line in office.ledger.history() if line.run.id == review.run.id)
        tell_workbook(of, audit, line)
        if name == "after" or seed % 5 == 0:
            tell_pack(of, pack(tmp_path / name, audit))
        assert of.contradictions == {}

    def refuse(_: Write) -> Reply | None:
        return NO if random.random() < 0.1 else None

    review = office.sync()
    of = Told()
    tell_json(of, review_json(review))
    show_review(Screen(ENGLISH), review, tmp_path)
    tell_text(of, capsys.readouterr().out)
    tell_watch(of, review)
    ExcelFiles(ENGLISH).write(tmp_path / "review.xlsx", review)
    tell_review_file(of, tmp_path / "review.xlsx")
    on_record(of, "before")
    tie_out_agrees(review)
    office.site.before_write = refuse
    choices = {
        row.invoice: random.random() < (0.9 if row.approve else 0.3 if row.status in REVIEWABLE else 0.02)
        for row in review.rows
    }
    pushed = office.push(review, approve=choices)
    of = Told()
    tell_push(of, pushed, capsys)
    on_record(of, "after")
    if seed % 5 == 0 and POSTED in {tally.disposition for tally in office.audit(review.run.id).figures}:
        if seed % 2 == 0:
            office.sync()  # it finds in agreement what is then taken back
        office.undo(review.run.id)
        on_record(Told(), "undone")
    office.ledger.close()
