"""The paper of judgement: totals add up what stands below them, and what nobody explained has "no note"."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.workpapers import Audit
from sync.core.values.posting import Decision
from sync.core.values.proposal import AcceptedMatch, Hold, Status
from sync.language.catalogues import language
from tests.workbook import paper
from tests.workbook.audit.packs import AT, audit, pack, table
from workbook.audit.judgement_paper import JUDGEMENT

NOTE = "=Agreed, 007"


def judged() -> Audit:
    """A run of every status in two currencies: all that may be approved is, some with a note, some rows are held."""
    rows = paper.rows(40)
    of = audit(rows)
    notes = {row.key: NOTE if place % 2 else "" for place, row in enumerate(rows)}
    decisions = {row.key: Decision(key=row.key, approve=row.approvable, note=notes[row.key]) for row in rows}
    plain = Hold(key="1", invoice="x", customer_id=7, user="marie", at=AT, note="", owner="")
    said = [
        (of.run.id, replace(plain, key=rows[0].key, invoice=rows[0].invoice, until=AT.date())),
        (of.run.id, replace(plain, key="gone", invoice="20001")),
        (
            of.run.id,
            AcceptedMatch(
                key=rows[1].key,
                invoice=rows[1].invoice,
                customer_id=7,
                customer="",
                invoice_id=9,
                manage_number="0021",
                manage_customer="",
                user="luc",
                at=AT,
            ),
        ),
    ]
    return replace(of, decisions=decisions, said=said)


@pytest.mark.parametrize(
    ("code", "between", "no_note", "nobody"),
    [("en", ",", "no note", "not a row of this run"), ("fr", ";", "aucune note", "hors de cette exécution")],
)
def test_totals_add_up_what_stands_below(tmp_path: Path, code: str, between: str, no_note: str, nobody: str) -> None:
    """By kind and currency; a note is kept to the letter, and where there is none that is said."""
    speaker = language(code)
    pack(tmp_path, judged(), ("csv",), speaker)
    lines = table(tmp_path, JUDGEMENT.said(speaker), between)
    gap = lines.index([])
    totals, each = lines[2:gap], lines[gap + 3 :]
    counted: dict[tuple[str, str], int] = {}
    for line in each:
        word = line[0].split("\u00a0: ")[0].split(": ")[0].split(" until ")[0].split(" jusqu'au ")[0]
        counted[word, line[2]] = counted.get((word, line[2]), 0) + 1
    assert {(line[0], line[2]): int(line[4]) for line in totals} == counted
    assert [line[3] for line in totals if not line[2]] == [""]  # of no row, nobody knows what it changes
    assert {line[8] for line in each} == {no_note, f"'{NOTE}"}
    assert [line[1] for line in each if line[4] == "'20001"] == [nobody]
    assert len(each) > sum(row.status is Status.REOPENED for row in judged().rows)
