"""Control totals as data: what was reviewed, the formula that adds up the sheet as it now is, and the check between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from sync.core.control_totals import Line, lines
from sync.core.labels import currency
from sync.core.money import total
from sync.core.proposal import Proposal
from sync.core.words import Text, say
from workbook.columns import COLUMNS, HEADERS, KEY, PLACE, TABLE, Kind
from workbook.formulas import literal, sentence
from workbook.statuses import LOOKS

AT_REVIEW, SHOWN, CHECKED = say("At review"), say("Shown now"), say("Check")
CONTROL = say("Control total")
OK = say("OK")
MEASURES = (say("Rows"), say("Settled"), say("Paid before"), say("Paid proposed"), say("Change"))
ALL = say("All")
_SETTLED = ("Cash", "Discount", "Credit", "Other")
_ADDED = (_SETTLED, ("Paid before",), ("Paid proposed",), ("Change",))
"""The table's columns, by key, that make up each of the measures but the first."""


def of_table(key: str) -> str:
    """A column of the table as formulas name it."""
    return f"{TABLE}[{HEADERS[key]}]"


def live_count() -> str:
    """Formula that counts the rows that are not filtered out or hidden."""
    return f"=SUBTOTAL(103,{of_table(KEY)})"


class Proof(Struct, frozen=True, kw_only=True):
    """The static total of one amount column, and the formulas beside it.

    Attributes:
        place: the column, from 0.
        reviewed: Σ of the column when it was written, whatever the currency.
        shown: formula: Σ of the rows that are not filtered out or hidden.
        everything: formula without its equals sign: Σ of all rows, shown or not.
    """

    place: int
    reviewed: Decimal
    shown: str
    everything: str


def proofs(rows: Sequence[Proposal]) -> list[Proof]:
    """One proof for each amount column of the table."""
    return [
        Proof(
            place=PLACE[column.key],
            reviewed=total(value for row in rows if isinstance(value := column.value(row), Decimal)),
            shown=f"=SUBTOTAL(109,{of_table(column.key)})",
            everything=f"SUM({of_table(column.key)})",
        )
        for column in COLUMNS
        if column.kind is Kind.AMOUNT
    ]


def amount_check(reviewed: str, everything: str) -> str:
    """Formula that says OK, or by how much the rows have come to differ from the total in cell `reviewed`."""
    # FIXED, unlike TEXT, takes no format code, which Excel would read by the rules of the user's language.
    out = _out_by(f"FIXED({everything}-{reviewed},2)")
    return f"=IF(ABS({everything}-{reviewed})<0.005,{literal(OK)},{out})"


def count_check(reviewed: str) -> str:
    """Formula that says OK, or how many rows there are too many or too few."""
    now = f"COUNTA({of_table(KEY)})"
    return f"=IF({now}={reviewed},{literal(OK)},{_out_by_rows(f'({now}-{reviewed})')})"


def _out_by(amount: str) -> str:
    return sentence(say("OUT BY {amount}", amount="<amount>"), {"<amount>": amount})


def _out_by_rows(count: str) -> str:
    return sentence(say("OUT BY {count} rows", count="<count>"), {"<count>": count})


class TotalLine(Struct, frozen=True, kw_only=True):
    """A line of the sheet of control totals.

    Attributes:
        word: of the status, or `ALL`.
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        count: rows.
        amounts: settled, paid before, paid proposed, change: in the order of `MEASURES`.
    """

    word: Text
    currency: str
    count: int
    amounts: tuple[Decimal, ...]


def total_lines(rows: Iterable[Proposal]) -> list[TotalLine]:
    """Count and sums per status and currency, then per currency; amounts of two currencies are never added."""
    found = lines(rows)
    each = [_line(LOOKS[line.status].word, line.currency, [line]) for line in found]
    currencies = sorted({line.currency for line in found})
    return each + [_line(ALL, code, [line for line in found if line.currency == code]) for code in currencies]


def _line(word: Text, currency: str, parts: Sequence[Line]) -> TotalLine:
    return TotalLine(
        word=word,
        currency=currency,
        count=sum(part.count for part in parts),
        amounts=(
            total(part.settled for part in parts),
            total(part.paid_before for part in parts),
            total(part.paid_proposed for part in parts),
            total(part.change for part in parts),
        ),
    )


def live(line: TotalLine, word_cell: str, currency_cell: str) -> list[str]:
    """Formulas that count and add up the table's rows of a line's status and currency, in the order of `MEASURES`."""
    where = f"{of_table('Currency')},{currency_cell}"
    if line.word != ALL:
        where = f"{of_table('Status')},{word_cell},{where}"
    sums = ["+".join(f"SUMIFS({of_table(key)},{where})" for key in keys) for keys in _ADDED]
    return [f"=COUNTIFS({where})", *(f"={formula}" for formula in sums)]


def line_check(reviewed: Sequence[str], now: Sequence[str]) -> str:
    """Formula over the cells of a line, reviewed and now, both in the order of `MEASURES`."""
    gaps = ",".join(f"ABS({b}-{a})" for a, b in zip(reviewed[1:], now[1:], strict=True))
    rows = f"{now[0]}-{reviewed[0]}"
    out = _out_by(f"FIXED(MAX({gaps}),2)")
    return f"=IF({rows}<>0,{_out_by_rows(f'({rows})')},IF(MAX({gaps})<0.005,{literal(OK)},{out}))"


def currencies(rows: Iterable[Proposal]) -> str:
    """What the proof above the table adds up."""
    codes = sorted({str(currency(row.unit)) for row in rows})
    added = " + ".join(codes)
    return str(say("{currencies}: a proof, not an amount", currencies=added)) if len(codes) > 1 else added
