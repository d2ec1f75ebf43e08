"""What every place tells of one run in figures, read back from what a person or a script gets: text, JSON, cells."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from sync.cli.output import Json
from sync.core.prove.figures import BECAME, Disposition
from sync.language.catalogues import ENGLISH
from workbook.control.panel import CARDS, Figures
from workbook.papers.control_totals import CONTROL
from workbook.xlsx.cells import Cell

Rows = Sequence[Sequence[Any]]
Amounts = dict[str, Decimal]
"""By currency; one of nothing is left out."""
WORDS = {words.said(ENGLISH): became for became, words in BECAME.items()}
_SENTENCE = {
    "posted and read back": Disposition.POSTED,
    "in agreement": Disposition.IN_AGREEMENT,
    "ready": Disposition.READY,
    "held": Disposition.WAITING,
    "failed": Disposition.FAILED,
    "out of scope": Disposition.OUT_OF_SCOPE,
    "accepted in the opening statement": Disposition.OPENING,
}
AMOUNT = r"(-?[\d,]+\.\d\d)"
CENT = Decimal("0.01")


class Told:
    """Figures by what they are of, each with the places that tell it."""

    def __init__(self) -> None:
        self.figures: defaultdict[str, dict[str, object]] = defaultdict(dict)

    def counts(self, place: str, counts: Mapping[Disposition, int]) -> None:
        """What became of how many invoices, and how many there are."""
        for became in Disposition:
            self.figures[f"{became.value} invoices"][place] = counts.get(became, 0)
        self.figures["invoices"][place] = sum(counts.values())

    def tell(self, what: str, place: str, figure: object) -> None:
        """One figure."""
        self.figures[what][place] = figure

    @property
    def contradictions(self) -> dict[str, dict[str, object]]:
        """The figures that are told in more than one way."""
        return {
            what: places
            for what, places in self.figures.items()
            if len({str(figure) for figure in places.values()}) > 1
        }


def number(text: str) -> Decimal:
    """An amount as English writes it."""
    return Decimal(text.replace(",", ""))


def amounts(pairs: Iterable[tuple[str, Decimal]]) -> Amounts:
    """Sums by currency; JSON gives one without a code no number."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for unit, amount in pairs:
        sums["unnamed" if unit.startswith("currency") else unit] += amount
    return {unit: amount for unit, amount in sorted(sums.items()) if amount}


def in_sentence(text: str) -> Counter[Disposition]:
    """The counts of the sentence that the console and the cover say."""
    found = re.search(r"\d+ invoices: .*?out of scope\.(?: \d+ accepted in the opening statement)?", text)
    assert found, text
    return Counter(
        {_SENTENCE[word]: int(count) for count, word in re.findall(rf"(\d+) ({'|'.join(_SENTENCE)})", found[0])}
    )


def in_cards(figures: Figures) -> Counter[Disposition]:
    """The counts on the cards of the control sheet."""
    return Counter({card.became: int(str(figures[card.count])) for card in CARDS})


def on_card(figures: Figures, became: Disposition) -> Amounts:
    """The amounts on a card."""
    (card,) = (card for card in CARDS if card.became is became)
    lines = re.findall(rf"{AMOUNT} (.+)", str(figures[card.amount]))
    return amounts((unit, number(amount)) for amount, unit in lines)


def in_line(words: str) -> tuple[str, Amounts]:
    """The count and the amounts of a line at the head of a reconciliation."""
    count = next(iter(re.findall(r"^(?:Rows: )?(\d+)", words)), "0")
    return count, amounts((unit, number(amount)) for amount, unit in re.findall(rf"{AMOUNT} ([^,]+)", words))


def in_json(of: Json) -> Counter[Disposition]:
    """The counts in the totals of `sync --json`."""
    counts: Counter[Disposition] = Counter()
    for each in of["totals"]["became"]:
        counts[Disposition(each["disposition"])] += each["count"]
    return counts


def json_amounts(lines: Iterable[Json], field: str, **where: str) -> Amounts:
    """Sums of a field by currency, of the lines where others have these values."""
    kept = (line for line in lines if all(line[name] == value for name, value in where.items()))
    return amounts((line["currency"] or "currency", Decimal(line[field])) for line in kept)


def cents(value: object) -> Decimal:
    """An amount in a cell."""
    return Decimal(str(value or 0)).quantize(CENT)


def sheets(path: Path, *names: str) -> list[Rows]:
    """All cells of these sheets of a workbook, as values."""
    book = load_workbook(path, data_only=True, read_only=True)
    found: list[Rows] = [[tuple(row) for row in book[name].iter_rows(values_only=True)] for name in names]
    book.close()
    return found


def beside(rows: Rows, label: str) -> str:
    """What stands beside a label in a header block."""
    return next(str(row[place + 1]) for row in rows for place, cell in enumerate(row[:-1]) if cell == label)


def block(rows: Rows, heading: str) -> Iterator[Sequence[Any]]:
    """The rows under a heading, to the next empty one."""
    rest = iter(rows)
    for row in rest:
        if row and str(row[0]).startswith(heading):
            break
    begun = False
    for row in rest:
        if any(cell is not None for cell in row):
            begun = True
            yield row
        elif begun:
            return


def by_columns(rows: Rows, *heads: str) -> list[dict[str, Any]]:
    """A list's rows by their headers: the first row that has all these heads is the header; an empty list has none."""
    place = next((n for n, row in enumerate(rows) if set(heads) <= set(row)), None)
    if place is None:
        return []
    names = [str(cell) for cell in rows[place] if cell is not None]
    found = []
    for row in rows[place + 1 :]:
        if row[0] is None or str(row[0]).startswith(CONTROL.said(ENGLISH)):
            break
        found.append(dict(zip(names, row, strict=False)))
    return found


def bridge_in(rows: Iterable[Sequence[Cell | Any]]) -> dict[tuple[str, str], Decimal]:
    """The lines of a bridge, by currency and words."""
    return {(str(row[2]), str(row[0])): cents(row[4]) for row in rows if isinstance(row[4], float | int | Decimal)}
