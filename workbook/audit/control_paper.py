"""The paper of the control account: what Sage's account of receivables says beside what its ledger comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sync.core.prove.control_account import ControlAccount
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import currency
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.money import ZERO
from workbook.audit.tie_out_paper import TieOutLine
from workbook.look.column import Column, amount, count, long, text
from workbook.papers.paper import AMOUNT, CURRENCY, DETAIL, UNIT, WHAT, Paper, PaperBlock, Rule, Said, Term
from workbook.xlsx.cells import Cell

CONTROL = say("control-paper")
HEADING = say("control-account")
OPEN_BY_LEDGER, DIFFERENCE, EXCHANGE = (
    say("control-open-by-ledger"),
    say("control-account-less-ledger"),
    say("control-exchange"),
)
BALANCE = say("control-balance")


def papers(audits: Iterable[Audit]) -> list[Paper]:
    """Return the control account as each run's sync read it, by date; none where no run did, which the cover says."""
    read = [audit.evidence.control for audit in audits if audit.evidence.control is not None]
    if not read:
        return []
    return [
        Paper(
            name=CONTROL,
            number="55",
            title=say("control-title"),
            purpose=say("pack-about-control"),
            blocks=tuple(block for found in read for block in blocks(found)),
        )
    ]


def in_words(audit: Audit) -> Text | None:
    """Return whether the account ties, in words; None where a notice of the run says why nobody could tell."""
    found = audit.evidence.control
    if found is not None:
        return found.verdict + _when(found)
    told = any(each.id == "control-not-tied" for notice in audit.run.notices for each in notice.sentences)
    return None if told or audit.evidence.tie_out is None else say("control-never-read")


def _when(found: ControlAccount) -> Text:
    return say("control-read-at", moment=_moment(found))


def _moment(found: ControlAccount) -> str:
    return f"{found.at:%Y-%m-%d %H:%M}"


def _line(what: Text, *, less: bool = False, paper: Text = BLANK, block: int | None = None) -> Term:
    """Return the amount of the lines of the control account that say the same."""
    return Term(less=less, paper=paper, block=block, column="amount", where=(("what", what),))


_DIFFERENCE = (_line(BALANCE), _line(OPEN_BY_LEDGER, less=True))


def figures(audits: Sequence[Audit]) -> Iterator[Said]:
    """Yield the amounts of what `in_words` says of the last run, each as the paper has it."""
    found = audits[-1].evidence.control
    if found is None:
        return
    tie = 2 * sum(audit.evidence.control is not None for audit in audits[:-1])
    unit = currency(found.currency)
    amounts = [(BALANCE, found.balance), (OPEN_BY_LEDGER, found.ledger), (DIFFERENCE, found.difference)]
    for what, value in amounts:
        yield Said(label=what, unit=unit, amount=value, terms=(_line(what, paper=CONTROL, block=tie),))
    if found.exchange != ZERO:
        exchange = _line(EXCHANGE, paper=CONTROL, block=tie + 1)
        beyond = (
            _line(DIFFERENCE, paper=CONTROL, block=tie),
            _line(EXCHANGE, less=True, paper=CONTROL, block=tie + 1),
        )
        yield Said(label=EXCHANGE, unit=unit, amount=found.exchange, terms=(exchange,))
        yield Said(label=say("control-beyond-exchange"), unit=unit, amount=found.beyond, terms=beyond)


def blocks(found: ControlAccount) -> tuple[PaperBlock, PaperBlock]:
    """Return the account beside what is open by the ledger in each currency, then what is named and not open."""
    home = currency(found.currency)
    rows: list[list[Cell]] = [
        [BALANCE, say("control-number", number=str(found.account)), home, None, found.balance, None]
    ]
    for part in found.parts:
        own = part.currency == found.currency
        detail = say("control-home-documents") if own else say("control-documents-in", unit=currency(part.currency))
        rows.append([OPEN_BY_LEDGER, detail, home, Decimal(part.documents), part.amount, None])
    documents = Decimal(sum(part.documents for part in found.parts))
    bold = frozenset({len(rows), len(rows) + 1})
    rules = [
        Rule(row=len(rows), column="amount", terms=(_line(OPEN_BY_LEDGER),)),
        Rule(row=len(rows) + 1, column="amount", terms=_DIFFERENCE),
    ]
    rows += [
        [say("total"), None, home, documents, found.ledger, None],
        [DIFFERENCE, None, home, None, found.difference, found.verdict],
    ]
    tie = PaperBlock(
        heading=say("control-at", moment=_moment(found)),
        columns=_COLUMNS,
        rows=rows,
        note=say("control-about-moment"),
        bold=bold,
        rules=rules,
    )
    return tie, PaperBlock(heading=say("control-not-open"), columns=_COLUMNS, rows=_not_open(found))


def _not_open(found: ControlAccount) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    if found.exchanged:
        about, left = say("control-about-exchange"), Decimal(found.exchanged)
        rows.append([EXCHANGE, None, currency(found.currency), left, found.exchange, about])
    if found.uncounted:
        about, left = say("control-about-uncounted"), Decimal(found.uncounted)
        rows.append([say("control-not-counted"), None, None, left, None, about])
    return rows


_COLUMNS: tuple[Column[Any], ...] = (
    text("what", say("what"), WHAT),
    text("detail", BLANK, DETAIL),
    text(CURRENCY, say("currency"), UNIT),
    count("documents", say("items")),
    amount("amount", say("amount"), width=AMOUNT, adds=False),
    long("why", say("why"), AMOUNT),
)


def parts(audit: Audit) -> Iterator[tuple[Text, list[TieOutLine]]]:
    """Yield the control account as lines of the sheet Tie-out."""
    found = audit.evidence.control
    if found is None:
        return
    measures = [
        (BALANCE, found.balance, _when(found)),
        (OPEN_BY_LEDGER, found.ledger, None),
        (DIFFERENCE, found.difference, found.verdict),
        *([(EXCHANGE, found.exchange, say("control-about-exchange"))] if found.exchange != ZERO else []),
    ]
    yield (
        HEADING,
        [
            TieOutLine(currency=found.currency, customer=word, difference=amount, why=why)
            for word, amount, why in measures
        ],
    )
