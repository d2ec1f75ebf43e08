"""Reads the rows of a reconciliation sheet, of a file or of an open workbook: its run, and each row's key and decision.

Nothing else is ever taken from it. The other cells are compared with what was reviewed; a row in which one differs is
refused, not corrected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from sync.core.errors import SetupError
from sync.core.posting import Decision
from sync.core.proposal import Proposal
from sync.core.review import Decided
from sync.core.words import say
from workbook.cells import Found, words
from workbook.columns import APPROVE, BY_HEADER, KEY, NOTE, OWNER, SHEET, Column
from workbook.header import RUN
from workbook.objections import Line, objection
from workbook.stream import Row

REQUIRED = (KEY, APPROVE, NOTE)


class Layout(Struct, frozen=True, kw_only=True):
    """Where things stand in a sheet, wherever the user has moved them.

    Attributes:
        run: the run id in the header block.
        columns: the table's columns, by the sheet's columns.
    """

    run: str
    columns: Mapping[int, Column]


def layout(file: str, rows: Iterator[Row]) -> Layout:
    """Find the run id and the table's header row, and stop there: the rows that are left are the table's.

    Args:
        file: the workbook's name, for the sentence when it is none of Tieout's.
        rows: the sheet's rows that have cells, from the top.

    Raises:
        SetupError: no run id, or no table with the columns that decide.
    """
    run: str | None = None
    nearest: set[str] = set()
    for row in rows:
        headers = {place: words.strip() for place, words in row.cells.items() if isinstance(words, str)}
        known = [words for words in headers.values() if words in BY_HEADER]
        if set(REQUIRED) <= set(known):
            return _complete(file, run, headers, known)
        nearest = max(nearest, set(known), key=len)
        run = run or _run(row.cells)
    missing = [header for header in REQUIRED if header not in nearest]
    raise SetupError(
        say(
            "The sheet {sheet} of {file} has no table with the column {column}. Give the column its name back, or "
            "choose the file that the sync wrote.",
            sheet=SHEET,
            file=file,
            column=", ".join(missing),
        )
    )


def decisions(found: Layout, rows: Iterable[Row], reviewed: Mapping[str, Proposal]) -> Decided:
    """Read each row's decision.

    Args:
        found: from `layout`.
        rows: the rows below the table's header.
        reviewed: the rows of the run as they were shown, by key.

    Returns:
        One decision per row present, in the sheet's order, with the objection to it if there is one.
    """
    lines = [line for row in rows if (line := _line(found, row)) is not None]
    times = Counter(line.key for line in lines)
    decided = [(line, _decision(line, reviewed.get(line.key), times[line.key])) for line in lines]
    return Decided(
        run=found.run,
        decisions=tuple(decision for _, decision in decided),
        missing=len(reviewed.keys() - times.keys()),
        hidden=sum(1 for line, d in decided if line.hidden and d.approve and d.objection is None),
    )


def _run(cells: Mapping[int, Found]) -> str | None:
    """What stands to the right of the label of the run id; a number there is no run id, however it looks."""
    label = next((place for place, value in cells.items() if isinstance(value, str) and value.strip() == RUN), None)
    beside = min((place for place in cells if label is not None and place > label), default=None)
    value = cells[beside] if beside is not None else None
    return value.strip() if isinstance(value, str) else None


def _complete(file: str, run: str | None, headers: Mapping[int, str], known: list[str]) -> Layout:
    twice = [header for header in REQUIRED if known.count(header) > 1]
    if twice:
        raise SetupError(
            say(
                "The table in {file} has more than one column named {column}. Remove the ones that were added.",
                file=file,
                column=", ".join(twice),
            )
        )
    if run is None:
        raise SetupError(
            say(
                "{file} has no run id above its table (label {label}). Choose the file that the sync wrote, or run the "
                "sync again.",
                file=file,
                label=RUN,
            )
        )
    return Layout(run=run, columns={place: BY_HEADER[words] for place, words in headers.items() if words in BY_HEADER})


def _line(layout: Layout, row: Row) -> Line | None:
    """A row of the table; None for one that holds neither a key nor a Yes, such as a sum below the table."""
    found: dict[str, Found] = {}
    others: list[tuple[Column, Found]] = []
    for place, column in layout.columns.items():
        value = row.cells.get(place)
        if column.editable or column.header == KEY:
            found[column.header] = value
        else:
            others.append((column, value))
    line = Line(
        key_cell=found[KEY],
        key=words(found[KEY]).strip(),
        approve=found[APPROVE],
        note=words(found[NOTE]).strip(),
        owner=words(found.get(OWNER)).strip(),
        others=tuple(others),
        hidden=row.hidden,
    )
    return line if line.key or line.says else None


def _decision(line: Line, row: Proposal | None, times: int) -> Decision:
    against = objection(line, row, times)
    return Decision(key=line.key, approve=line.says is not False, note=line.note, owner=line.owner, objection=against)
