"""The paper of settings says each in a sentence, and of a run from before they were kept that they were not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.values.messages import Text
from sync.core.values.policy import PaidAmount, PartialDate, RunSettings
from sync.language.catalogues import ENGLISH, language
from tests.workbook import paper
from tests.workbook.audit.packs import audit, pack, table
from workbook.audit.settings_paper import SETTINGS, settings
from workbook.xlsx.cells import Cell

PLAIN = RunSettings(
    paid_amount=PaidAmount.SETTLED,
    tolerance=Decimal("0.00"),
    partial_date=PartialDate.OMIT,
    currencies=(),
    prefixes=(),
    go_live=None,
    quiet=600,
    most_rows=500,
    most_amount=Decimal("250000.00"),
)
FULL = replace(
    PLAIN,
    paid_amount=PaidAmount.CASH,
    tolerance=Decimal("0.02"),
    partial_date=PartialDate.LAST_RECEIPT,
    currencies=((1, "CAD"), (2, "USD")),
    prefixes=("INV-", "F"),
    go_live=date(2026, 1, 1),
)


def said(kept: RunSettings | None, **changes: object) -> dict[str, str]:
    """What the paper says of each part."""
    of = audit(paper.rows(2))
    run = replace(of.run, settings=kept, policy=kept.policy.fingerprint() if kept else of.run.policy)
    blocks = settings(replace(run, **changes)).blocks
    return {words(row[0]): words(row[1]) for block in blocks for row in block.rows}


def words(cell: Cell) -> str:
    """A cell of words, in English."""
    return cell.said(ENGLISH) if isinstance(cell, Text) else str(cell)


def test_every_setting_is_a_sentence() -> None:
    """Those at their defaults as well: silence is no setting."""
    plain = said(PLAIN)
    assert (len(plain), all(sentence.endswith(".") for sentence in plain.values())) == (12, True)
    assert plain["Tolerance"] == "Totals have to be equal to the cent."
    assert plain["Second person"] == "Whoever ran the sync may push it, whatever the amount."
    assert "10 minutes" in plain["Late writes"]


def test_another_setting_is_another_sentence() -> None:
    """With the values that it takes to work out a figure again."""
    plain, full = said(PLAIN), said(FULL, second_person=Decimal("5000.00"))
    same = {part for part in plain if plain[part] == full[part]}
    assert same == {"Window", "Approved by default", "Large push", "Late writes"}
    assert "0.02" in full["Tolerance"]
    assert "CAD (number 1), USD (number 2)" in full["Currencies"]
    assert "“INV-”, “F”" in full["Invoice numbers"]
    assert "2026-01-01" in full["Older differences"]
    assert "5,000.00" in full["Second person"]


def test_the_fingerprint_is_worked_out_again() -> None:
    """By what stands on the paper; where it is another one, that is said."""
    assert "it is the one on record" in said(FULL)["Fingerprint"]
    assert "do not give it" in said(FULL, policy="1:0123456789abcdef")["Fingerprint"]


def test_a_run_from_before_settings_were_kept_says_so() -> None:
    """What is on record stands there all the same."""
    assert set(said(None)) == {"Window", "Fingerprint", "Second person"}
    of = audit(paper.rows(2))
    assert "the fingerprint alone" in settings(of.run).purpose.said(ENGLISH)
    kept = replace(of, run=replace(of.run, settings=PLAIN))
    assert "the fingerprint alone" not in settings(kept.run).purpose.said(ENGLISH)


@pytest.mark.parametrize(("code", "between"), [("en", ","), ("fr", ";")])
def test_it_is_in_both_languages(tmp_path: Path, code: str, between: str) -> None:
    """Every part has its words."""
    of = audit(paper.rows(2))
    speaker = language(code)
    pack(tmp_path, replace(of, run=replace(of.run, settings=FULL)), ("csv",), speaker)
    lines = [line for line in table(tmp_path, SETTINGS.said(speaker), between) if len(line) > 1]
    assert (len(lines), all(line[0] and line[1] for line in lines)) == (14, True)


def test_runs_of_other_settings_have_blocks_of_their_own() -> None:
    """Each set of settings once, under the last run that had it: a month's figures come of all of them."""
    run = audit(paper.rows(2)).run
    one, two, three = (
        replace(run, id=name, settings=kept, policy=kept.policy.fingerprint())
        for name, kept in (("R1", FULL), ("R2", PLAIN), ("R3", PLAIN))
    )
    headings = [block.heading.said(ENGLISH) for block in settings(one, two, three).blocks]
    assert [heading.partition(":")[0] for heading in headings] == ["Run R1", "Run R1", "Run R3", "Run R3"]
    assert [block.heading for block in settings(two, three).blocks] == [
        block.heading for block in settings(three).blocks
    ]
    assert "the fingerprint alone" in settings(replace(one, settings=None), two).purpose.said(ENGLISH)
