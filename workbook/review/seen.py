"""What decides is what the reviewer sees: one sheet that is shown, with columns that can be read, and no look-alikes.

The rules are the same for a file and for the open workbook, which is read from a copy that Excel saves. Approved rows
that are hidden are counted while the decisions are read, and refused by the push itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element

from msgspec import Struct
from msgspec.structs import replace

from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import say
from workbook.look.column import CellKind
from workbook.review.columns import BY_ID, SHEET, WORDINGS, ColumnId, answer, looks
from workbook.review.decisions import Layout
from workbook.xlsx.cell_looks import BLACK, Look, Looks, tells
from workbook.xlsx.cell_stream import Dressed, InBlack, Places, SheetLook, SheetRow, whole
from workbook.xlsx.cells import Found
from workbook.xlsx.package import SheetPart

SEEN = (
    ColumnId.APPROVE,
    ColumnId.INVOICE,
    ColumnId.CUSTOMER,
    ColumnId.PAID_BEFORE,
    ColumnId.PAID_PROPOSED,
    ColumnId.CHANGE,
)
"""The columns that nobody can decide without: the decision, which invoice of whom, and what is written to it."""


def the_sheet_seen(file: str, sheets: Iterable[SheetPart]) -> SheetPart:
    """Return the reconciliation sheet of a workbook.

    Args:
        file: the workbook's name, for the sentence.
        sheets: all of its sheets.

    Raises:
        SetupError: there is none.
        Refused: it is hidden, or another one looks like it.
    """
    names = {looks(wording.sheet) for wording in WORDINGS}
    found = [sheet for sheet in sheets if looks(sheet.name) in names]
    if not found:
        raise SetupError(say("file-sheet-missing", file=file, sheet=SHEET))
    if len(found) > 1 or found[0].hidden:
        raise Refused(say("file-sheet-not-the-one-seen", file=file, sheets=", ".join(each.name for each in found)))
    return found[0]


def require_columns_seen(file: str, layout: Layout, reads: Callable[[int], bool]) -> None:
    """Let nobody decide by a column that cannot be read.

    Args:
        file: the workbook's name, for the sentence.
        layout: where the columns stand.
        reads: tells of a column, by its place in the layout, whether it can be read.

    Raises:
        Refused: some are hidden, grouped away or too narrow, or the row of headers is hidden.
    """
    if layout.heads_hidden:
        raise Refused(say("file-headers-hidden", file=file))
    unread = [column for column in SEEN if not reads(layout.columns[column])]
    if unread:
        raise Refused(say("file-columns-hidden", file=file, columns=tuple(BY_ID[each].header for each in unread)))


def require_unmerged(file: str, layout: Layout, merged: Callable[[int, int], bool]) -> None:
    """Let no cell of a file's table cover another: what is covered would decide unseen. Excel lets no table have any.

    Args:
        file: the workbook's name, for the sentence.
        layout: where the columns stand.
        merged: tells whether cells are merged below a row, in a column.

    Raises:
        Refused: some are.
    """
    covered = [column for column in SEEN if merged(layout.row, layout.columns[column])]
    if covered:
        raise Refused(say("file-cells-merged", file=file, columns=tuple(BY_ID[each].header for each in covered)))


_WORDS, _AMOUNTS = ("x",), (Decimal("1234.56"), Decimal("-1234.56"), Decimal(0))
"""What a cell may hold: a format that shows these shows whatever is reviewed."""
_LITERAL = re.compile('"(.*)"')


class _Alike(Struct, frozen=True, kw_only=True):
    """Rows whose cells have the same styles.

    Attributes:
        yes: they are approved; of others only what the decision itself seems to be matters.
        looks: of their cells that count, by column.
        always: whatever such a cell holds is shown.
        numbers: of the rows.
    """

    yes: bool
    looks: dict[ColumnId, Look]
    always: bool
    numbers: list[int]


_DRESSED = frozenset({Dressed, InBlack})
_NO: frozenset[ColumnId] = frozenset()


class Undisguised:
    """Sees to it that approved rows show what they hold, and that no other row seems approved.

    Each combination of styles is judged once. Bold letters, fills, every colour that can be read are the reviewer's.
    """

    def __init__(self, layout: Layout, looks: Looks, sheet: SheetLook) -> None:
        self._columns, self._looks, self._sheet = layout.columns, looks, sheet
        self._places = Places([layout.columns[each] for each in SEEN])
        self._alike: dict[tuple[bool, tuple[str, ...], frozenset[ColumnId]], _Alike] = {}
        self._wrong: list[tuple[int, ColumnId]] = []

    def passed(self, rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
        """Yield rows as they come, looking at each."""
        for row in rows:
            said = row.cells.get(self._columns[ColumnId.APPROVE])
            yes = answer(said) if isinstance(said, str) else None
            if yes is not None:
                self._look_at(row, self._sheet.styles(self._places), yes)
            yield row

    def _look_at(self, row: SheetRow, styles: tuple[str, ...], yes: bool) -> None:  # noqa: FBT001 - a row's decision
        dressed = not _DRESSED.isdisjoint(map(type, row.cells.values()))
        black = (
            frozenset(each for each in SEEN if type(row.cells.get(self._columns[each])) is InBlack) if dressed else _NO
        )
        alike = self._alike.get((yes, styles, black))
        if alike is None:
            counted = SEEN if yes else (ColumnId.APPROVE,)
            own = {each: self._looks.of_cell(styles[SEEN.index(each)] or "0") for each in counted}
            made = {each: replace(look, ink=BLACK) if each in black else look for each, look in own.items()}
            always = all(tells(look, (), _held(column), colours=yes) for column, look in made.items())
            alike = self._alike[yes, styles, black] = _Alike(yes=yes, looks=made, always=always, numbers=[])
        alike.numbers.append(row.number)
        if alike.always and not dressed:
            return
        for column, look in alike.looks.items():
            cell: Found = row.cells.get(self._columns[column])
            if (yes and type(cell) is Dressed) or not tells(look, (), (cell,), colours=yes):
                self._wrong.append((row.number, column))

    def require(self, file: str) -> None:
        """Refuse what would be approved by a cell that shows something else, once all rows have passed.

        Args:
            file: the workbook's name, for the sentence.

        Raises:
            Refused: names the first such row.
        """
        rules = sorted(self._sheet.conditions, key=lambda each: whole(each.rule, "priority", 0))
        laid = [(each.areas, each.rule, self._looks.of_rule(each.rule)) for each in rules]
        for alike in self._alike.values():
            for column, look in alike.looks.items():
                place = self._columns[column]
                over = [
                    ([(first, last) for first, last, left, right in areas if left <= place <= right], each)
                    for areas, rule, each in laid
                    if each != Look() and (column is not ColumnId.APPROVE or _may_hold(rule, yes=alike.yes))
                ]
                self._wrong += self._disguised(alike, column, look, [each for each in over if each[0]])
        if self._wrong:
            row, column = min(self._wrong)
            raise Refused(say("file-cell-disguised", file=file, row=str(row), column=BY_ID[column].header))

    def _disguised(
        self, alike: _Alike, column: ColumnId, look: Look, over: Sequence[tuple[Sequence[tuple[int, int]], Look]]
    ) -> Iterator[tuple[int, ColumnId]]:
        """Yield the rows in which a conditional format may disguise a column."""
        judged: dict[tuple[bool, ...], bool] = {}
        low, high = min(alike.numbers), max(alike.numbers)
        over_all = all(any(first <= low and high <= last for first, last in spans) for spans, _ in over)
        for number in [low] if over_all else alike.numbers:
            covered = tuple(any(first <= number <= last for first, last in spans) for spans, _ in over)
            if covered not in judged:
                layers = [each for (_, each), covers in zip(over, covered, strict=True) if covers]
                judged[covered] = not layers or tells(look, layers, _held(column), colours=alike.yes)
            if not judged[covered]:
                yield number, column


def _held(column: ColumnId) -> tuple[Found, ...]:
    return _AMOUNTS if BY_ID[column].kind is CellKind.AMOUNT else _WORDS


def _may_hold(rule: Element, *, yes: bool) -> bool:
    """Return whether a conditional format may hold for a decision; a plain comparison with an answer is worked out."""
    compared = _LITERAL.fullmatch("".join(each.text or "" for each in rule if each.tag.endswith("formula")))
    if rule.get("type") != "cellIs" or rule.get("operator") not in {"equal", "notEqual"} or compared is None:
        return True
    return (answer(compared[1]) is yes) == (rule.get("operator") == "equal")
