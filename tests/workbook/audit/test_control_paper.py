"""The control account in a pack and on the sheet Tie-out: what ties, what does not, and what was never read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.control_account import ControlAccount, OpenPart
from sync.core.prove.workpapers import Audit
from sync.core.values.messages import say
from sync.language.catalogues import language
from tests.workbook import paper
from tests.workbook.audit.packs import SHEETS, audit, opened, pack, sheet
from tests.workbook.review.test_structure import words_of
from workbook.audit import control_paper
from workbook.control.list_sheets import tie_out_block
from workbook.xlsx.cells import in_words

TIED = ControlAccount(
    at=datetime(2026, 4, 10, 9, 30),  # noqa: DTZ001 - Sage's clock is local and naive
    account=12000000,
    currency="CAD",
    balance=Decimal("837.00"),
    parts=(
        OpenPart(currency="CAD", documents=7, amount=Decimal("700.00")),
        OpenPart(currency="USD", documents=1, amount=Decimal("137.00")),
    ),
    exchange=Decimal("-10.00"),
    exchanged=5,
    uncounted=3,
)


def with_control(control: ControlAccount | None) -> Audit:
    """A run whose sync read that."""
    made = audit(paper.rows(5))
    return replace(made, evidence=replace(made.evidence, control=control))


def test_the_paper_adds_up_and_names_what_is_not_open(tmp_path: Path) -> None:
    """Between the roll-forward and the applications; the cover says the verdict, and as of which moment."""
    book = opened(pack(tmp_path, with_control(TIED)))
    before = SHEETS.index("60 Applications")
    assert book.sheetnames == [*SHEETS[:before], "55 Control account", *SHEETS[before:]]
    rows = list(sheet(book, "55 Control account").iter_rows(values_only=True))
    said = {(row[0], row[1]): row[4] for row in rows}
    assert said["Balance of the account, by Sage", "account 12000000"] == said["Total", None] == 837
    parts = [said["Open by the receivables' ledger", of] for of in ("home documents", "documents in USD")]
    assert (parts, said["Difference: account less ledger", None]) == ([700, 137], 0)
    assert said["Exchange difference, not open", None] == -10
    assert [row[3] for row in rows if row[0] == "Not counted"] == [3]
    cover = " ".join(words_of(sheet(book, SHEETS[0])))
    assert "837.00 CAD is what is open by the receivables' ledger. Read on 2026-04-10 09:30 by Sage's clock." in cover


@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize(
    "control",
    [TIED, replace(TIED, balance=Decimal("827.00"), uncounted=0), replace(TIED, exchange=Decimal("0.00"), exchanged=0)],
)
def test_the_sheet_has_the_figures_of_the_paper(code: str, control: ControlAccount) -> None:
    """Balance, ledger, difference, and the exchange difference where there is one."""
    lines = [in_words(line, language(code)) for line in tie_out_block(with_control(control))]
    begin = next(n for n, line in enumerate(lines) if line[0] == control_paper.HEADING.said(language(code)))
    shown = [line[7] for line in lines[begin + 1 : begin + 5]]
    exchange = control.exchange or None
    assert shown == [control.balance, Decimal("837.00"), control.difference, exchange]


def test_what_was_not_read_is_said(tmp_path: Path) -> None:
    """By a notice of the run that tried, else by the cover: a ledger of an earlier version tried nothing."""
    never, why = with_control(None), say("control-not-tied", why=say("control-accounts-not-one", count=2))
    book = opened(pack(tmp_path / "never", never))
    assert (book.sheetnames, "This run did not read it." in words_of(sheet(book, SHEETS[0]))) == (SHEETS, True)
    tried = replace(never, run=replace(never.run, notices=(why,)))
    words = " ".join(words_of(sheet(opened(pack(tmp_path / "tried", tried)), SHEETS[0])))
    assert ("Sage links 2 accounts" in words, "did not read it" in words) == (True, False)
    unread = replace(never, evidence=replace(never.evidence, tie_out=None))
    assert (control_paper.in_words(unread), control_paper.papers([unread])) == (None, [])
