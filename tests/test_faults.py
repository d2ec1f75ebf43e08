"""Every numbered fault has tests that prove what must happen, or stands in the list of those that have none."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "faults.toml").read_text(encoding="utf-8"))["case"]
LAST = 172
OPEN = {104, 109, 111, 113, 114, 115, 117, 120, 121, 122, 123, 125, 126, 127, 129}
"""Cases without a proof. A case may leave this set and none may join it unnoticed."""


def defined(path: Path) -> set[str]:
    """The tests that a file defines: `test_x`, and `TestY::test_z` for methods."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return {name for name in found if name.split("::")[-1].startswith("test_")}


def test_every_number_stands_once() -> None:
    """From the first to the last, in order."""
    assert [case["number"] for case in CASES] == list(range(1, LAST + 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["number"]))
def test_every_case_is_proven_or_open(case: dict[str, Any]) -> None:
    """A case names its fault, and tests or what is missing; every named test exists."""
    assert set(case) <= {"number", "fault", "tests", "replaced_by", "open"}
    assert case["fault"]
    assert bool(case.get("tests")) != bool(case.get("open"))
    files = {name.partition("::")[0] for name in case.get("tests", ())}
    known = {f"{file}::{test}" for file in files for test in defined(HERE.parent / file)}
    assert [name for name in case.get("tests", ()) if name not in known] == []


def test_what_is_open_is_known() -> None:
    """None becomes open in silence, and one that is proven leaves the set."""
    assert {case["number"] for case in CASES if "open" in case} == OPEN
