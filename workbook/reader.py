"""Reads a reconciliation file back: hostile files are refused before anything in them is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sync.core.errors import SetupError
from sync.core.proposal import Proposal
from sync.core.review import Decided
from sync.core.words import say
from sync.tongues import known_as
from workbook.columns import SHEET
from workbook.guard import opened
from workbook.package import Package
from workbook.sheet import decisions, layout
from workbook.stream import Row


def run_of(path: Path) -> str:
    """The run id in a file's header block.

    Raises:
        SetupError: the file is missing, not a workbook, hostile, or not a reconciliation of Tieout.
    """
    with opened(path) as parts:
        return layout(str(path), _rows(path, Package(parts))).run


def read(path: Path, reviewed: Mapping[str, Proposal]) -> Decided:
    """Read each row's decision.

    Args:
        path: the file.
        reviewed: the rows of its run as they were shown, by key.

    Returns:
        One decision per row present, in the sheet's order, with the objection to it if there is one.

    Raises:
        SetupError: as `run_of`.
    """
    with opened(path) as parts:
        rows = _rows(path, Package(parts))
        return decisions(layout(str(path), rows), rows, reviewed)


def _rows(path: Path, package: Package) -> Iterator[Row]:
    known = {name.casefold() for name in known_as(SHEET)}
    part = next((part for name, part in package.sheets().items() if name.casefold() in known), None)
    if part is None:
        raise SetupError(
            say(
                "{file} has no sheet named {sheet}. Give it its name back, or choose the file that the sync wrote.",
                file=str(path),
                sheet=SHEET,
            )
        )
    return package.rows(part)
