"""The CSV files of a pack: one table each, with one line of headers, every row of which names company, run and window.

Beside them stands a file that tells of every total of every paper by which rows and columns it comes about.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import TextIOWrapper
from itertools import count
from pathlib import Path

from sync.core.values.messages import BLANK, Language, Text, say
from sync.system.files import replacing
from sync.usecases.verify_pack import FIGURES
from workbook.audit.csv_words import harmless
from workbook.look.column import CellKind
from workbook.papers.control_totals import measures
from workbook.papers.paper import CURRENCY, TOTAL_LINE, Paper, PaperBlock, Term
from workbook.xlsx.cells import Cell, Plain, in_words, visible

Constant = tuple[Text, Cell]
"""A column whose cells are all the same: its header, and they."""
COLUMNS = ("figure", "paper", "part", "label", "currency", "amount", "row_file", "row", "row_column")
MADE_OF = ("times", "file", "column", "where")
"""Columns of the file of figures: names of a format, the same in every language."""
BETWEEN = " | "
"""Between the conditions of a filter."""


class CsvFiles:
    """Writes the CSV files of a pack: UTF-8 with a byte order mark, as an Excel of its language opens them."""

    def __init__(self, folder: Path, about: Sequence[Constant], language: Language) -> None:
        """Take the pack's folder, the columns that begin every row, and the language."""
        self._folder = folder
        self._heads = [head.said(language) for head, _ in about]
        self._about = [self._field(cell, CellKind.TEXT, language) for cell in in_words([c for _, c in about], language)]
        self._language = language

    def write(self, papers: Sequence[Paper]) -> list[Path]:
        """Write a file for each block of each paper, and one for their figures; returns them."""
        made = [
            self._table(self._name(paper, place), self._head(block), self._rows(block))
            for paper in papers
            for place, block in enumerate(paper.blocks)
        ]
        figures = self._table(FIGURES, [*COLUMNS, *MADE_OF], self._figures({paper.name: paper for paper in papers}))
        return [*made, figures]

    def _table(self, name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as file:
            text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
            between = "," if self._language.point == "." else ";"
            lines = csv.writer(text, delimiter=between, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
            lines.writerow(_told_apart([*self._heads, *head]))
            lines.writerows([*self._about, *row] for row in rows)
            text.detach()
        return path

    def _name(self, paper: Paper, place: int) -> str:
        """Return the file of a block: with its number, where the paper has several."""
        number = "" if paper.is_list else f".{place + 1}"
        return f"csv/{paper.name.said(self._language).replace(' ', '-')}{number}.csv"

    def _above(self, block: PaperBlock) -> list[tuple[str, str]]:
        """Return ids and headers of the columns before a block's own: its heading, and whether a row is a total."""
        heading = [("section", say("csv-section"))] if block.heading != BLANK else []
        return [
            (id_, head.said(self._language))
            for id_, head in (*heading, *([(TOTAL_LINE, say("csv-total-line"))] if block.bold else []))
        ]

    def _head(self, block: PaperBlock) -> list[str]:
        detail = say("csv-detail")
        own = [(detail if column.header == BLANK else column.header).said(self._language) for column in block.columns]
        return [*(head for _, head in self._above(block)), *own]

    def _column(self, block: PaperBlock, id_: str) -> str:
        """Return the header under which the file of a block has a column."""
        ids = [*(each for each, _ in self._above(block)), *(column.id for column in block.columns)]
        return _told_apart([*self._heads, *self._head(block)])[len(self._heads) + ids.index(id_)]

    def _rows(self, block: PaperBlock) -> Iterator[list[str]]:
        section = [harmless(block.heading.said(self._language))] if block.heading != BLANK else []
        yes = say("yes").said(self._language)
        for number, row in enumerate(block.rows):
            above = [*section, *([yes if number in block.bold else ""] if block.bold else [])]
            cells = zip(in_words(row, self._language), block.columns, strict=True)
            yield [*above, *(self._field(cell, column.kind, self._language) for cell, column in cells)]

    @staticmethod
    def _field(cell: Plain, kind: CellKind, language: Language) -> str:
        if cell is None:
            return ""
        if isinstance(cell, Decimal):
            return f"{cell:f}" if kind is CellKind.COUNT else language.plain(cell)
        return cell.isoformat() if isinstance(cell, date) else harmless(cell)

    def _figures(self, papers: Mapping[Text, Paper]) -> Iterator[list[str]]:
        """Yield the lines of every figure: one for each term that it is made of, or a single one without a rule."""
        numbers = count(1)
        for paper in papers.values():
            for place, figure, terms in self._of(paper):
                number = str(next(numbers))
                lines = [self._made_of(paper, place, term, papers) for term in terms]
                for line in lines if lines and all(lines) else [[""] * len(MADE_OF)]:
                    yield [number, harmless(paper.name.said(self._language)), *figure, *line]

    def _of(self, paper: Paper) -> Iterator[tuple[int, list[str], Sequence[Term]]]:
        """Yield each figure of a paper, but for its number: the place of its block, what it is, and its terms."""
        for said in paper.said:
            yield 0, [*self._words(BLANK, said.label, said.unit), self._amount(said.amount), "", "", ""], said.terms
        for place, block in enumerate(paper.blocks):
            if paper.is_list:
                yield from self._controls(block)
                continue
            rules = [(rule.row, rule.column, rule.terms) for rule in block.rules]
            ruled = {(row, column) for row, column, _ in rules}
            amounts = [column.id for column in block.columns if column.kind is CellKind.AMOUNT]
            rules += [(row, each, ()) for row in sorted(block.bold) for each in amounts if (row, each) not in ruled]
            for row, column, terms in rules:
                if (figure := self._cell(paper, place, row, column)) is not None:
                    yield place, figure, terms

    def _controls(self, block: PaperBlock) -> Iterator[tuple[int, list[str], Sequence[Term]]]:
        """Yield the control totals of a list, which stand above and below it on its sheet and in no CSV file."""
        units = any(column.id == CURRENCY for column in block.columns)
        for control in measures(block, 1, self._language).controls if block.rows else ():
            where = ((CURRENCY, control.unit),) if units else ()
            words = self._words(BLANK, say("rows"), control.unit)
            yield 0, [*words, str(control.count), "", "", ""], [Term(where=where)]
            for at, amount in control.amounts.items():
                column = block.columns[at]
                words = self._words(BLANK, column.header, control.unit)
                yield 0, [*words, self._amount(amount), "", "", ""], [Term(column=column.id, where=where)]

    def _cell(self, paper: Paper, place: int, row: int, column: str) -> list[str] | None:
        """Return the figure in a cell of a report; None where it is empty."""
        block = paper.blocks[place]
        of = dict(zip([each.id for each in block.columns], block.rows[row], strict=True))
        cell, (kind,) = of[column], {each.kind for each in block.columns if each.id == column}
        if not isinstance(cell, Decimal):
            return None
        words = self._words(block.heading, block.rows[row][0], of.get(CURRENCY))
        amount = self._field(cell, kind, self._language)
        return [*words, amount, self._name(paper, place), str(row + 1), self._column(block, column)]

    def _words(self, *cells: Cell) -> list[str]:
        return [self._field(cell, CellKind.TEXT, self._language) for cell in in_words(cells, self._language)]

    def _amount(self, amount: Decimal) -> str:
        return self._language.plain(amount)

    def _made_of(self, paper: Paper, place: int, term: Term, papers: Mapping[Text, Paper]) -> list[str]:
        """Return the fields `MADE_OF` of a term; none where the pack has no such paper, or its words part no filter."""
        of = paper if term.paper == BLANK else papers.get(term.paper)
        at = place if term.block is None else term.block
        if of is None or at >= len(of.blocks):
            return []
        block = of.blocks[at]
        picks = [(column, words) for column, words in term.where if column != TOTAL_LINE or block.bold]
        said = [visible(str(words or "")) for words in in_words([words for _, words in picks], self._language)]
        heads = [self._column(block, column) for column, _ in picks]
        if any(BETWEEN in each for each in (*heads, *said)) or any("=" in head for head in heads):
            return []
        where = BETWEEN.join(f"{head}={words}" for head, words in zip(heads, said, strict=True))
        column = self._column(block, term.column) if term.column else ""
        return ["-1" if term.less else "1", self._name(of, at), column, harmless(where)]


def _told_apart(heads: Sequence[str]) -> list[str]:
    """Return headers of which none is there twice: what stands there again gets a number."""
    seen: Counter[str] = Counter()
    apart = []
    for head in heads:
        seen[head] += 1
        apart.append(head if seen[head] == 1 else f"{head} {seen[head]}")
    return apart
