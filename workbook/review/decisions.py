"""Read the decisions of a returned reconciliation, and say why a row is refused as it stands.

Nothing else is ever taken from it. The other cells are compared with what was reviewed; a row in which one differs is
refused, not corrected.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sync.core.prove.review import Decided
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Head, NotedHead
from workbook.look.column import Column
from workbook.review.columns import (
    ADDED,
    BY_ID,
    COLUMNS,
    REVIEW_FORMAT,
    SHEET,
    WORDINGS,
    ColumnId,
    Wording,
    answer,
    format_in,
    looks,
)
from workbook.review.head_block import HASH_SHOWN, RUN
from workbook.xlsx.cell_stream import SheetRow
from workbook.xlsx.cells import (
    Cell,
    Found,
    Plain,
    day_typed,
    found_for_sentence,
    reviewed_for_sentence,
    same,
    visible,
    words,
)

LONGEST_NUMBER = 40
"""Characters that are taken of what a cell holds which is not as it should be."""
NAMED = 3
"""Up to this many changed cells are named; with more, the message only says that the row was moved."""
REQUIRED = (ColumnId.KEY, ColumnId.APPROVE, ColumnId.NOTE)
"""The columns by which the table is known."""
ALL = tuple(ColumnId(column.id) for column in COLUMNS if column.id not in ADDED)
_RUN_ID = re.compile(r"\d{8}-\d{6}-\w+")
_HEAD = re.compile(rf"\D*(\d[\d\s.,]*)\D*?\b([0-9a-f]{{{HASH_SHOWN},64}})")
"""A row's number and at least the first characters of its hash, whatever words stand around them."""
COMPARED = {column.id for column in COLUMNS if not column.editable} - {ColumnId.KEY} - ADDED
"""The columns that only have to be as they were reviewed."""


class ReturnedRow(Struct, frozen=True, kw_only=True):
    """A row of a returned reconciliation, as it stands there.

    Attributes:
        number: of the sheet's row, from 1.
        key_cell: the Key cell.
        key: the words in it.
        approve: the Approve cell.
        note: the words of the Note cell.
        owner: the words of the Owner cell.
        until: the Hold until cell.
        compared: the cells of the other columns.
        hidden: by a filter or by hand.
    """

    number: int
    key_cell: Found
    key: str
    approve: Found
    note: str
    owner: str
    until: Found
    compared: Mapping[str, Found]
    hidden: bool

    @property
    def says(self) -> bool | None:
        """Yes or No; None when it is neither and so has to be refused. An empty cell is a No."""
        if self.approve is None:
            return False
        return answer(self.approve) if isinstance(self.approve, str) else None

    @property
    def decided(self) -> bool:
        """Somebody's No, note, owner or day may stand in it, which is not to be lost."""
        refused = self.approve is not None and self.says is False
        return refused or bool(self.note or self.owner) or self.until is not None

    @property
    def of_the_table(self) -> bool:
        """It is one of the table's rows, and not a remark, a sum or a count below it."""
        shows = any(isinstance(cell, str | Decimal) for cell in self.compared.values())
        return bool(self.key or self.says) or (self.decided and (shows or self.approve is not None))

    def shows(self, row: Proposal, *columns: ColumnId) -> bool:
        """Return whether these of its cells are as they were reviewed in a row."""
        return all(_as_reviewed(BY_ID[each].value(row), self.compared.get(each)) for each in columns)


def _as_reviewed(reviewed: Cell, cell: Found) -> bool:
    """Return whether a cell is as it was reviewed.

    Words that Tieout put together (a `Text`: status, reason, next step) are no facts and never compared: a later
    version may word them otherwise, and an open workbook shows them in the language that was chosen.
    """
    return isinstance(reviewed, Text) or cell == reviewed or same(reviewed, cell)


def unidentified(line: ReturnedRow, row: Proposal | None) -> Text | None:
    """Return why a row cannot be identified or its decision not be read; None when both can.

    Args:
        line: the row in the file.
        row: the row as reviewed that it is about, if there is one.
    """
    if line.says is None:
        return say("review-approve-not-yes-no", found=found_for_sentence(line.approve, like=None))
    if row is None or not isinstance(line.key_cell, str) or line.key != visible(row.key):
        return say("review-key-unknown", found=found_for_sentence(line.key_cell, like=None))
    return None


def repeated(times: int) -> Text:
    """Return why none of several rows of the same key is taken."""
    return say("review-row-repeated", times=times)


def objection(line: ReturnedRow, row: Proposal) -> Text | None:
    """Return why a row that stands in the file once is refused; None when it is as it was reviewed."""
    if line.says and not row.approvable:
        return say("review-row-not-approvable") + row.reason + row.next_step
    return _edits(line, row)


def _edits(line: ReturnedRow, row: Proposal) -> Text | None:
    """Return which facts differ from what was reviewed, or None."""
    changed: list[tuple[Column[Proposal], Plain, Found]] = []
    for place, cell in line.compared.items():
        reviewed = BY_ID[place].value(row)
        if not isinstance(reviewed, Text) and not _as_reviewed(reviewed, cell):
            changed.append((BY_ID[place], reviewed, cell))
    if not changed:
        return None
    text = Text(())
    for column, reviewed, cell in changed[:NAMED]:
        found, then = found_for_sentence(cell, like=reviewed), reviewed_for_sentence(reviewed)
        text += say("review-cell-changed", column=column.header, found=found, reviewed=then)
    if len(changed) > NAMED:
        text += say("review-more-cells-differ", more=len(changed) - NAMED)
    return text + say("review-row-refused")


class Layout(Struct, frozen=True, kw_only=True):
    """Where things stand in a sheet, wherever the user has moved them.

    Attributes:
        run: the run id in the header block.
        printed: the ledger's head there; None where there is none.
        columns: the table's columns, by their ids: which column of the sheet each is, from 1.
        row: number of the header row, from 1.
        heads_hidden: that row is hidden.
    """

    run: str
    printed: NotedHead | None
    columns: Mapping[str, int]
    row: int
    heads_hidden: bool


def layout(file: str, rows: Iterator[SheetRow]) -> Layout:
    """Find the run id and the table's header row, and stop there: the rows that are left are the table's.

    Args:
        file: the workbook's name, for the sentence when it is not one of Tieout's.
        rows: the sheet's rows that have cells, from the top.

    Raises:
        SetupError: no run id, no table with every column, or a format that this version does not read.
        Refused: several columns are named, or look, alike.
    """
    run: str | None = None
    made: int | None = None
    head: Head | None = None
    nearest = Heads(wording=None, columns={})
    for row in rows:
        heads = max((_heads(row, wording) for wording in WORDINGS), key=Heads.known)
        if set(REQUIRED) <= heads.ids:
            return _complete(file, run, made, head, heads, row)
        nearest = max(nearest, heads, key=Heads.known)
        run = run or _run(row.cells)
        made = made or _format(row.cells)
        head = head or _head(row.cells)
        if made is not None and made > REVIEW_FORMAT:
            raise SetupError(say("review-format-newer", file=file, format=made, newest=REVIEW_FORMAT))
    raise _lacking(file, nearest, REQUIRED)


def _lacking(file: str, heads: Heads, wanted: Iterable[ColumnId]) -> SetupError:
    """Return the error for a table without some columns: an amount that was changed in one would go unseen."""
    sheet = heads.wording.sheet if heads.wording else SHEET
    column = heads.named(column for column in wanted if column not in heads.ids)
    return SetupError(say("file-column-missing", sheet=sheet, file=file, column=column))


def decisions(layout: Layout, rows: Iterable[SheetRow], reviewed: Mapping[str, Proposal]) -> Decided:
    """Read each row's decision.

    Args:
        layout: where things stand, from the function of that name.
        rows: the rows below the table's header.
        reviewed: the rows of the run as they were shown, by key.

    Returns:
        One decision per row present, in the sheet's order, with the objection to it if there is one.

    Raises:
        Refused: a No, a note, an owner or a day stands in a row of which nobody can tell which invoice it is about.
    """
    lines = [line for row in rows if (line := _line(layout, row)).of_the_table]
    shown = _Shown(reviewed)
    astray = [line for line in lines if line.decided and shown.contradicts(line)]
    if astray:
        raise Refused(_astray(astray))
    judged = [_judged(line, shown.about(line)) for line in lines]
    times = Counter(each.decision.key for each in judged)
    decided = [each.final(times[each.decision.key]) for each in judged]
    return Decided(
        run=layout.run,
        printed=layout.printed,
        decisions=tuple(decided),
        missing=len(reviewed.keys() - times.keys()),
        hidden=sum(each.hidden and d.approve and d.objection is None for each, d in zip(judged, decided, strict=True)),
    )


class _Shown:
    """The rows of a run as they were shown, found by key, and by what else stands in a row of the sheet."""

    def __init__(self, reviewed: Mapping[str, Proposal]) -> None:
        self._by_key = {visible(key): row for key, row in reviewed.items()}
        self._bearing: defaultdict[str, list[Proposal]] = defaultdict(list)
        for row in reviewed.values():
            self._bearing[visible(row.invoice)].append(row)

    def about(self, line: ReturnedRow) -> Proposal | None:
        """Return the row of a line's key; where its key is no row's and somebody decided in it, the one it names."""
        return self._by_key.get(line.key) or (self._named(line) if line.decided else None)

    def contradicts(self, line: ReturnedRow) -> bool:
        """Return whether a line is about no row, or shows the invoice of another row than that of its key."""
        row, named = self._by_key.get(line.key), self._named(line)
        if row is None:
            return named is None
        return named is not None and named.key != row.key and not line.shows(row, ColumnId.INVOICE)

    def _named(self, line: ReturnedRow) -> Proposal | None:
        """Return the one row of the invoice, and of the customer where there is one, that stand in a line."""
        invoice, customer = (line.compared.get(each) for each in (ColumnId.INVOICE, ColumnId.CUSTOMER))
        bearing = self._bearing.get(invoice, []) if isinstance(invoice, str) and invoice else []
        found = [row for row in bearing if customer is None or line.shows(row, ColumnId.CUSTOMER)]
        if len(found) > 1:
            found = [row for row in found if _edits(line, row) is None]
        return found[0] if len(found) == 1 else None


def _astray(lines: Sequence[ReturnedRow]) -> Text:
    """Return what is said of rows that a person decided, of which nobody can tell which invoice they are about."""
    text = Text(())
    for line in lines[:NAMED]:
        key, invoice, customer = (
            found_for_sentence(cell, like=None)
            for cell in (line.key_cell, *(line.compared.get(each) for each in (ColumnId.INVOICE, ColumnId.CUSTOMER)))
        )
        text += say("review-decided-row-astray", row=str(line.number), key=key, invoice=invoice, customer=customer)
    if len(lines) > NAMED:
        text += say("review-more-rows-astray", more=len(lines) - NAMED)
    return text + say("review-put-key-back")


class Heads(Struct, frozen=True, kw_only=True):
    """The headers of a row, as far as they are known in a wording.

    Attributes:
        wording: the wording; None for no row at all.
        columns: the ids of the columns, by their places in the sheet.
    """

    wording: Wording | None
    columns: Mapping[int, ColumnId]

    @property
    def ids(self) -> set[ColumnId]:
        """Of its columns, each once."""
        return set(self.columns.values())

    def known(self) -> int:
        """How many columns it has."""
        return len(self.ids)

    def named(self, columns: Iterable[ColumnId]) -> str | tuple[Text, ...]:
        """Return columns as the file would name them; as the reader does where the file names none."""
        if self.wording is None:
            return tuple(BY_ID[each].header for each in columns)
        return ", ".join(self.wording.headers[each] for each in columns)


def _heads(row: SheetRow, wording: Wording) -> Heads:
    by_header = {header: column for column, header in wording.headers.items()}
    written = {place: cell.strip() for place, cell in row.cells.items() if isinstance(cell, str)}
    return Heads(
        wording=wording, columns={place: by_header[each] for place, each in written.items() if each in by_header}
    )


class Judged(Struct, frozen=True, kw_only=True):
    """What is kept of a row until all keys are known.

    Attributes:
        decision: of the row, if it is the only one of its key.
        identified: its key is one of those reviewed, so that a second row of the key matters.
        hidden: by a filter or by hand.
    """

    decision: Decision
    identified: bool
    hidden: bool

    def final(self, times: int) -> Decision:
        """Return the decision; refused if the key occurs more than once (`times`) in the sheet."""
        return replace(self.decision, objection=repeated(times)) if times > 1 and self.identified else self.decision


def _beside(cells: Mapping[int, Found], labels: Collection[str]) -> str:
    """Return the words to the right of a label; where its cell is empty, the next label's."""
    label = next((place for place, cell in cells.items() if isinstance(cell, str) and cell.strip() in labels), None)
    beside = min((place for place in cells if label is not None and place > label), default=None)
    value = cells[beside] if beside is not None else None
    return value.strip() if isinstance(value, str) else ""


def _run(cells: Mapping[int, Found]) -> str | None:
    value = _beside(cells, {wording.run for wording in WORDINGS})
    return value if _RUN_ID.fullmatch(value) else None


def _head(cells: Mapping[int, Found]) -> Head | None:
    """Return the end of the ledger's chain as it was when the file was made; its hash is cut."""
    found = _HEAD.fullmatch(_beside(cells, {wording.head for wording in WORDINGS}))
    return Head(rows=int(re.sub(r"\D", "", found[1])), hash=found[2]) if found else None


def _format(cells: Mapping[int, Found]) -> int | None:
    """Return the format that a row of the header block says, by the form of its words, whatever their label is."""
    return next((made for cell in cells.values() if isinstance(cell, str) and (made := format_in(cell))), None)


def _complete(file: str, run: str | None, made: int | None, head: Head | None, heads: Heads, row: SheetRow) -> Layout:
    shown = Counter(looks(cell) for cell in row.cells.values() if isinstance(cell, str))
    headers = heads.wording.headers if heads.wording else {}
    twice = [column for column, header in headers.items() if shown[looks(header)] > 1]
    if twice:
        raise Refused(say("file-column-repeated", file=file, column=heads.named(twice)))
    if not set(ALL) <= heads.ids:
        raise _lacking(file, heads, ALL)
    if run is None:
        raise SetupError(say("file-run-id-missing", file=file, label=RUN))
    if made is None:
        raise SetupError(say("review-format-missing", file=file))
    printed = None if head is None else NotedHead(head=head, where=file)
    columns: dict[str, int] = {column: place for place, column in heads.columns.items()}
    return Layout(run=run, printed=printed, columns=columns, row=row.number, heads_hidden=row.hidden)


def _line(layout: Layout, row: SheetRow) -> ReturnedRow:
    """Return a row below the table's header."""
    cells = {column: row.cells.get(place) for column, place in layout.columns.items()}
    return ReturnedRow(
        number=row.number,
        key_cell=cells[ColumnId.KEY],
        key=words(cells[ColumnId.KEY]).strip(),
        approve=cells[ColumnId.APPROVE],
        note=words(cells[ColumnId.NOTE]).strip(),
        owner=words(cells.get(ColumnId.OWNER)).strip(),
        until=cells.get(ColumnId.HOLD_UNTIL),
        compared={column: cell for column, cell in cells.items() if column in COMPARED},
        hidden=row.hidden,
    )


def _judged(line: ReturnedRow, row: Proposal | None) -> Judged:
    against = unidentified(line, row)
    identified = against is None and row is not None
    if row is not None and identified:
        against = objection(line, row)
    until = day_typed(line.until)
    decision = Decision(
        key=row.key if row else line.key,
        approve=line.says is not False,
        note=line.note,
        owner=line.owner,
        objection=against,
        invoice="" if row else words(line.compared.get(ColumnId.INVOICE)).strip()[:LONGEST_NUMBER],
        blank=line.approve is None,
        until=until,
        no_day="" if until else words(line.until).strip()[:LONGEST_NUMBER],
    )
    return Judged(decision=decision, identified=identified, hidden=line.hidden)
