"""The cover states what is signed, and shows whose signature in the ledger stands and which has lapsed by what."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.signing import figures
from sync.core.prove.workpapers import Audit
from sync.core.values.signature import Role, Signature, hash_of
from sync.language.catalogues import language
from tests.workbook import paper
from tests.workbook.audit.packs import AT, audit, pack, table
from workbook.audit.cover import COVER


def signed_by(of: Audit, *roles: Role) -> Audit:
    """The same with a signature in these roles, with a note."""
    what = figures(of)
    return replace(
        of,
        signatures=[
            Signature(
                run=of.run.id,
                role=role,
                person=of.run.person,
                at=AT,
                note="=Month end",
                figures=what,
                hash=hash_of(what),
            )
            for role in roles
        ],
    )


def cover(folder: Path, of: Audit, code: str = "en") -> list[list[str]]:
    """The lines of the cover."""
    speaker = language(code)
    pack(folder, of, ("csv",), speaker)
    return table(folder, COVER.said(speaker), "," if code == "en" else ";")


def words(lines: list[list[str]]) -> str:
    """All of them in one, as a sentence runs on over its lines."""
    return " ".join(cell for line in lines for cell in line if cell)


@pytest.mark.parametrize(
    ("code", "roles", "stands", "alone"),
    [
        ("en", ("Prepared by", "Reviewed by"), "It stands", "One person signed in both roles"),
        ("fr", ("Préparé par", "Revu par"), "Elle tient", "La même personne a signé aux deux titres"),
    ],
)
def test_a_signature_that_stands_is_in_its_role(
    tmp_path: Path, code: str, roles: tuple[str, str], stands: str, alone: str
) -> None:
    """With name, hash and moment; and where both are one person's, that is said."""
    of = signed_by(audit(paper.rows(8)), *Role)
    lines = cover(tmp_path, of, code)
    signed = [line for line in lines if len(line) > 2 and line[0] in roles]
    assert [line[:2] + line[3:] for line in signed] == [[role, "marie", "2026-04-11 09:00 UTC", ""] for role in roles]
    assert all(of.signatures[0].hash[:12] in line[2] for line in signed)
    assert (words(lines).count(stands), alone in words(lines), "=Month end" in words(lines)) == (2, True, True)


def test_one_that_has_lapsed_is_in_none_and_says_by_what(tmp_path: Path) -> None:
    """Its role is blank again."""
    of = signed_by(audit(paper.rows(8)), Role.REVIEWER)
    more = tuple(replace(each, amount=each.amount + 1) for each in of.evidence.entered[:1])
    changed = replace(of, evidence=replace(of.evidence, entered=(*more, *of.evidence.entered[1:])))
    lines = cover(tmp_path, changed)
    assert [line for line in lines if len(line) > 2 and line[0] == "Reviewed by"] == [["Reviewed by", "", "", "", ""]]
    said = words(lines)
    assert "Reviewed by marie on COMPTA-1, signed on 2026-04-11 09:00:00 UTC. Lapsed, since this changed after" in said
    assert "One person" not in said
    assert "Not everything ties: see the findings above before you sign." in said


def test_the_conclusion_says_that_it_ties_where_it_does(tmp_path: Path) -> None:
    """And each role states what it signs for, whether or not anybody has."""
    said = words(cover(tmp_path, audit(paper.rows(8))))
    assert "every difference of receivables is explained, to the cent." in said
    assert "I prepared this from the ledger" in said
    assert "I reviewed this" in said
    assert ("It stands" in said, "Lapsed" in said) == (False, False)
