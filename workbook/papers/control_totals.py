"""The control totals of a list: what its rows add up to, currency by currency, and whether they still do."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from msgspec import Struct

from sync.core.values.messages import Language, Text, say
from sync.core.values.money import ZERO
from workbook.look.column import CellKind, set_off
from workbook.look.page import headed
from workbook.papers.paper import CURRENCY, PaperBlock, Rows
from workbook.xlsx.cells import Cell, in_words, literal, sentence

SHOWN, CHECKED = say("shown-now"), say("check")
CONTROL = say("control-total")
OK = say("ok")


def amount_check(reviewed: str, everything: str, language: Language) -> str:
    """Return a formula that says OK, or by how much the rows have come to differ from the total in cell `reviewed`."""
    # FIXED, unlike TEXT, takes no format code, which Excel would read by the rules of the user's language.
    out = out_by(f"FIXED({everything}-{reviewed},2)", language)
    return f"=IF(ABS({everything}-{reviewed})<0.005,{literal(OK.said(language))},{out})"


def out_by(amount: str, language: Language) -> str:
    """Return the formula, without its equals sign, of the words that say by how much figures differ."""
    words = say("sheet-out-by-amount", amount="<amount>").said(language)
    return sentence(words, {"<amount>": amount})


class Control(Struct, frozen=True, kw_only=True):
    """The control totals of a list's rows in one currency.

    Attributes:
        unit: the currency, in words; empty for a list without currencies.
        count: rows.
        amounts: Σ of each column that adds up, by place.
    """

    unit: str
    count: int
    amounts: dict[int, Decimal]


class Measures(Struct, frozen=True, kw_only=True):
    """What has to be known of a block before its first row is written.

    Attributes:
        widths: of its columns, wider where an amount or its control total needs it.
        controls: its control totals, currency by currency: amounts of two are never added.
        unit: the column of currencies, which no row is without: it counts the rows that are shown.
    """

    widths: list[float]
    controls: list[Control]
    unit: int

    def labels(self, words: Text) -> list[Text]:
        """Return the words that stand before the line of each currency: with its name, where there are several."""
        if len(self.controls) == 1:
            return [words]
        return [say("pack-line-of-currency", words=words, currency=each.unit) for each in self.controls]


def measures(block: PaperBlock, lines: int, language: Language) -> Measures:
    """Go through the rows of a block once.

    Args:
        block: the block.
        lines: that its headers may take.
        language: of its sheet.
    """
    unit = _unit_column(block)
    places = [place for place, column in enumerate(block.columns) if column.kind is CellKind.AMOUNT]
    ends = {place: [ZERO, ZERO] for place in places}
    counts: Counter[Cell] = Counter()
    sums: defaultdict[Cell, dict[int, Decimal]] = defaultdict(lambda: dict.fromkeys(places, ZERO))
    for row in block.rows:
        of = None if unit is None else row[unit]
        counts[of] += 1
        mine = sums[of]
        for place in places:
            if isinstance(value := row[place], Decimal):
                mine[place] += value
                seen = ends[place]
                seen[:] = min(seen[0], value), max(seen[1], value)
    for place, seen in ends.items():
        seen += [mine[place] for mine in sums.values()]
    adding = [place for place in places if block.columns[place].adds]
    controls = [
        Control(
            unit=str(in_words([of], language)[0] or ""),
            count=counts[of],
            amounts={place: mine[place] for place in adding},
        )
        for of, mine in sums.items()
    ]
    return Measures(
        widths=[
            max(
                headed(column.header.said(language), column.width, lines=lines, indented=apart(block, place)),
                *(len(f"{amount:,.2f}") + 1 for amount in ends.get(place, (ZERO,))),
            )
            for place, column in enumerate(block.columns)
        ],
        controls=sorted(controls, key=lambda each: each.unit),
        unit=unit or 0,
    )


def _unit_column(block: PaperBlock) -> int | None:
    return next((place for place, column in enumerate(block.columns) if column.id == CURRENCY), None)


def units_of(block: PaperBlock) -> int:
    """Return how many currencies the rows of a list are in; one where none is named."""
    unit = _unit_column(block)
    if unit is None:
        return 1
    cells = block.rows.column(unit) if isinstance(block.rows, Rows) else (row[unit] for row in block.rows)
    return max(1, len(set(cells)))


def apart(block: PaperBlock, place: int) -> bool:
    """Return whether a column's words are set off from the amount before them."""
    return place > 0 and set_off(block.columns[place - 1], block.columns[place])


TOP = 4
"""First row below what identifies a paper."""


def header_of(currencies: int) -> int:
    """Return the header row of a list: above it stand a total and a check for each currency, and what is shown now."""
    return TOP + 2 * max(1, currencies) + 2
