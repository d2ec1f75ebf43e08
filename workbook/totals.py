"""Control totals as data: what was reviewed, the formula that adds up the sheet as it now is, and the check between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from sync.core.control_totals import Line, lines
from sync.core.money import total
from sync.core.proposal import Proposal
from workbook.columns import COLUMNS, KEY, PLACE, TABLE, Kind
from workbook.statuses import LOOKS

OK, OUT = "OK", "OUT BY"
MEASURES = ("Rows", "Settled", "Paid before", "Paid proposed", "Change")
ALL = "All"
LIVE_COUNT = f"=SUBTOTAL(103,{TABLE}[{KEY}])"
_SETTLED = ("Cash", "Discount", "Credit", "Other")


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
            place=PLACE[column.header],
            reviewed=total(value for row in rows if isinstance(value := column.value(row), Decimal)),
            shown=f"=SUBTOTAL(109,{TABLE}[{column.header}])",
            everything=f"SUM({TABLE}[{column.header}])",
        )
        for column in COLUMNS
        if column.kind is Kind.AMOUNT
    ]


def amount_check(reviewed: str, everything: str) -> str:
    """Formula that says OK, or by how much the rows have come to differ from the total in cell `reviewed`."""
    # FIXED, unlike TEXT, takes no format code, which Excel would read by the rules of the user's language.
    return f'=IF(ABS({everything}-{reviewed})<0.005,"{OK}","{OUT} "&FIXED({everything}-{reviewed},2))'


def count_check(reviewed: str) -> str:
    """Formula that says OK, or how many rows there are too many or too few."""
    now = f"COUNTA({TABLE}[{KEY}])"
    return f'=IF({now}={reviewed},"{OK}","{OUT} "&({now}-{reviewed})&" rows")'


class TotalLine(Struct, frozen=True, kw_only=True):
    """A line of the sheet of control totals.

    Attributes:
        word: the status as shown, or `ALL`.
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        count: rows.
        amounts: settled, paid before, paid proposed, change: in the order of `MEASURES`.
    """

    word: str
    currency: str
    count: int
    amounts: tuple[Decimal, ...]


def total_lines(rows: Iterable[Proposal]) -> list[TotalLine]:
    """Count and sums per status and currency, then per currency; amounts of two currencies are never added."""
    found = lines(rows)
    each = [_line(LOOKS[line.status].word, line.currency, [line]) for line in found]
    currencies = sorted({line.currency for line in found})
    return each + [_line(ALL, code, [line for line in found if line.currency == code]) for code in currencies]


def _line(word: str, currency: str, parts: Sequence[Line]) -> TotalLine:
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
    where = f"{TABLE}[Currency],{currency_cell}"
    if line.word != ALL:
        where = f"{TABLE}[Status],{word_cell},{where}"
    parts = [_SETTLED, *((measure,) for measure in MEASURES[2:])]
    sums = ["+".join(f"SUMIFS({TABLE}[{header}],{where})" for header in headers) for headers in parts]
    return [f"=COUNTIFS({where})", *(f"={formula}" for formula in sums)]


def line_check(reviewed: Sequence[str], now: Sequence[str]) -> str:
    """Formula over the cells of a line, reviewed and now, both in the order of `MEASURES`."""
    gaps = ",".join(f"ABS({b}-{a})" for a, b in zip(reviewed[1:], now[1:], strict=True))
    rows = f"{now[0]}-{reviewed[0]}"
    return f'=IF({rows}<>0,"{OUT} "&({rows})&" rows",IF(MAX({gaps})<0.005,"{OK}","{OUT} "&FIXED(MAX({gaps}),2)))'


def currencies(rows: Iterable[Proposal]) -> str:
    """What the proof above the table adds up."""
    codes = sorted({row.unit for row in rows})
    return " + ".join(codes) + (": a proof, not an amount" if len(codes) > 1 else "")
