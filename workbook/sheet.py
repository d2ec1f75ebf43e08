"""Reads the rows of a reconciliation sheet, of a file or of an open workbook: its run, and each row's key and decision.

Nothing else is ever taken from it. The other cells are compared with what was reviewed; a row in which one differs is
refused, not corrected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from sync.core.errors import SetupError
from sync.core.posting import Decision
from sync.core.proposal import Proposal
from sync.core.review import Decided
from sync.core.words import Tongue, say, speaking, spoken
from sync.tongues import known_as, tongues
from workbook.cells import Found, words
from workbook.columns import APPROVE, BY_KEY, COLUMNS, KEY, NOTE, OWNER, SHEET, Column
from workbook.header import RUN
from workbook.objections import Compared, Line, objection, repeated, unidentified
from workbook.stream import Row

REQUIRED = (KEY, APPROVE, NOTE)
"""Keys of the columns without which nothing can be read."""


class Layout(Struct, frozen=True, kw_only=True):
    """Where things stand in a sheet, wherever the user has moved them.

    Attributes:
        run: the run id in the header block.
        tongue: the language that the sheet was made in.
        places: the sheet's columns of what is read, by their keys.
        others: the columns that are only compared.
    """

    run: str
    tongue: Tongue
    places: Mapping[str, int]
    others: tuple[Compared, ...]


def layout(file: str, rows: Iterator[Row]) -> Layout:
    """Find the run id and the table's header row, and stop there: the rows that are left are the table's.

    Args:
        file: the workbook's name, for the sentence when it is none of Tieout's.
        rows: the sheet's rows that have cells, from the top.

    Raises:
        SetupError: no run id, or no table with the columns that decide.
    """
    run: str | None = None
    nearest = Heads(tongue=spoken(), columns={})
    for row in rows:
        heads = max((_heads(row, tongue) for tongue in tongues()), key=Heads.known)
        if set(REQUIRED) <= heads.keys:
            return _complete(file, run, heads)
        nearest = max(nearest, heads, key=Heads.known)
        run = run or _run(row.cells)
    raise SetupError(
        say(
            "The sheet {sheet} of {file} has no table with the column {column}. Give the column its name back, or "
            "choose the file that the sync wrote.",
            sheet=SHEET.said(nearest.tongue),
            file=file,
            column=nearest.named(key for key in REQUIRED if key not in nearest.keys),
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
    with speaking(found.tongue):  # cells hold what was reviewed in the language of the sheet
        judged = [_judged(line, reviewed) for row in rows if (line := _line(found, row)) is not None]
    times = Counter(each.decision.key for each in judged)
    decided = [each.told(times[each.decision.key]) for each in judged]
    return Decided(
        run=found.run,
        decisions=tuple(decided),
        missing=len(reviewed.keys() - times.keys()),
        hidden=sum(each.hidden and d.approve and d.objection is None for each, d in zip(judged, decided, strict=True)),
    )


class Heads(Struct, frozen=True, kw_only=True):
    """The headers of a row, as far as they are known in a language.

    Attributes:
        tongue: the language.
        columns: by their places in the sheet.
    """

    tongue: Tongue
    columns: Mapping[int, Column]

    @property
    def keys(self) -> set[str]:
        """Of its columns, each once."""
        return {column.key for column in self.columns.values()}

    def known(self) -> int:
        """How many columns it has."""
        return len(self.keys)

    def named(self, keys: Iterable[str]) -> str:
        """Columns as this language names them."""
        return ", ".join(BY_KEY[key].header.said(self.tongue) for key in keys)


def _heads(row: Row, tongue: Tongue) -> Heads:
    by_header = _by_header(tongue)
    words = {place: words.strip() for place, words in row.cells.items() if isinstance(words, str)}
    return Heads(tongue=tongue, columns={place: by_header[each] for place, each in words.items() if each in by_header})


@cache
def _by_header(tongue: Tongue) -> Mapping[str, Column]:
    return {column.header.said(tongue): column for column in COLUMNS}


class Judged(Struct, frozen=True, kw_only=True):
    """What is kept of a row until all keys are known.

    Attributes:
        decision: of the row, if it is the only one of its key.
        identified: it is told for what it is, so that a second one of its key matters.
        hidden: by a filter or by hand.
    """

    decision: Decision
    identified: bool
    hidden: bool

    def told(self, times: int) -> Decision:
        """The decision of the row, whose key stands so many times in the sheet."""
        return replace(self.decision, objection=repeated(times)) if times > 1 and self.identified else self.decision


def _run(cells: Mapping[int, Found]) -> str | None:
    """What stands to the right of the label of the run id; a number there is no run id, however it looks."""
    known = known_as(RUN)
    label = next((place for place, value in cells.items() if isinstance(value, str) and value.strip() in known), None)
    beside = min((place for place in cells if label is not None and place > label), default=None)
    value = cells[beside] if beside is not None else None
    return value.strip() if isinstance(value, str) else None


def _complete(file: str, run: str | None, heads: Heads) -> Layout:
    keys = [column.key for column in heads.columns.values()]
    twice = [key for key in REQUIRED if keys.count(key) > 1]
    if twice:
        raise SetupError(
            say(
                "The table in {file} has more than one column named {column}. Remove the ones that were added.",
                file=file,
                column=heads.named(twice),
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
    decides = {place for place, column in heads.columns.items() if column.editable or column.key == KEY}
    return Layout(
        run=run,
        tongue=heads.tongue,
        places={column.key: place for place, column in heads.columns.items() if place in decides},
        others=tuple((place, column.value, column) for place, column in heads.columns.items() if place not in decides),
    )


def _line(layout: Layout, row: Row) -> Line | None:
    """A row of the table; None for one that holds neither a key nor a Yes, such as a sum below the table."""
    places, cell = layout.places, row.cells.get
    key_cell = cell(places[KEY])
    line = Line(
        key_cell=key_cell,
        key=words(key_cell).strip(),
        approve=cell(places[APPROVE]),
        note=words(cell(places[NOTE])).strip(),
        owner=words(cell(places[OWNER])).strip() if OWNER in places else "",
        others=layout.others,
        cells=row.cells,
        hidden=row.hidden,
    )
    return line if line.key or line.says else None


def _judged(line: Line, reviewed: Mapping[str, Proposal]) -> Judged:
    row = reviewed.get(line.key)
    against = unidentified(line, row)
    identified = against is None and row is not None
    if row is not None and identified:
        against = objection(line, row)
    decision = Decision(
        key=line.key, approve=line.says is not False, note=line.note, owner=line.owner, objection=against
    )
    return Judged(decision=decision, identified=identified, hidden=line.hidden)
