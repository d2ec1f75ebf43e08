"""The report of a first contact: what a site answered to each question, as a text that is read before it is sent.

Whoever reads it has never seen the site, so nothing in it may name whom the site deals with: the questions are made so
that only counts, codes, dates and names of columns come back. It is English, as the log is, but for its head.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from sync.core.values.money import ZERO
from sync.core.values.policy import PartialDate
from sync.core.values.records import Invoice, Payment, widespread

DOCUMENTS_BY_CURRENCY = "Documents by currency"
"""The one question whose answer is read again."""
Cell = str | int | None
_PLAIN = re.compile(r"[\w -]{1,60}")
"""A type of payments that can stand in a settings file as it is."""


class Answer(Struct, frozen=True, kw_only=True):
    """What came of one question.

    Attributes:
        question: what was asked.
        columns: names of what each row holds.
        rows: the answer.
        failed: why there is none, in the words of whoever refused it.
    """

    question: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    failed: str = ""


class Learned(Struct, frozen=True, kw_only=True):
    """What the paid invoices of a site, and its books, say of settings.

    Attributes:
        partial_dates: payment records on invoices that are part-paid: with a date, and without.
        types: of records that are neither credits nor paid online, by how often.
        contradict: paid invoices whose total less payments and credits is not the balance.
        paid: how many paid invoices were looked at for that.
    """

    partial_dates: tuple[int, int] = (0, 0)
    types: Mapping[str, int] = {}
    contradict: int = 0
    paid: int = 0


def report(head: str, parts: Mapping[str, Iterable[Answer]], settings: Iterable[str]) -> str:
    """Return the text of a report.

    Args:
        head: what it is, in the reader's language.
        parts: answers by the system that gave them.
        settings: lines to copy into the settings file, from `settings_learned`.
    """
    lines = [head, ""]
    for name, answers in parts.items():
        lines += [name, "=" * len(name), ""]
        for answer in answers:
            lines += [*_said(answer), ""]
    proposed = [*settings] or ["# Nothing that differs from the settings was learned."]
    return "\n".join([*lines, "Settings", "========", "", *proposed, ""])


def _said(answer: Answer) -> list[str]:
    if answer.failed:
        return [answer.question, f"  not answered: {answer.failed}"]
    if not answer.rows:
        return [answer.question, "  nothing"]
    return [answer.question, *("  " + _row(answer.columns, row) for row in answer.rows)]


def _row(columns: Sequence[str], row: Sequence[Cell]) -> str:
    return "  ".join(f"{name} {_cell(value)}".strip() for name, value in zip(columns, row, strict=True))


def _cell(value: Cell) -> str:
    return "-" if value is None else " ".join(str(value).split())


def documents_by_currency(answers: Iterable[Answer]) -> dict[int, int]:
    """Return how many documents each currency has, from Sage's answers; nothing where it gave none to that."""
    rows = (row for answer in answers if answer.question == DOCUMENTS_BY_CURRENCY for row in answer.rows)
    return {int(number): int(many) for number, many in rows if isinstance(number, int) and isinstance(many, int)}


def paid_invoices(sample: Mapping[int, Invoice], records: Mapping[int, Sequence[Payment]]) -> list[Answer]:
    """Return what already paid invoices show of how payments are kept.

    Args:
        sample: invoices that show payments, by id.
        records: their payment records, by the invoice's id.
    """
    every = [(sample[number], each) for number, found in records.items() for each in found]
    dated = Counter(
        ("full" if invoice.balance == ZERO else "part", "with a date" if each.paid_on else "without")
        for invoice, each in every
        if each.ours
    )
    sums = Counter(
        sum((each.amount for each in found if not each.credit), ZERO) == sample[number].payments
        for number, found in records.items()
    )
    closed = Counter((str(invoice.closed), invoice.status != "") for invoice in sample.values())
    return [
        _counted("Payment records on a paid invoice", ("records", "invoices"), Counter(map(len, records.values()))),
        _counted("Records come to the payments shown", ("agree", "invoices"), sums),
        _counted(
            "Total less payments and credits is the balance",
            ("so", "invoices"),
            Counter(each.adds_up for each in sample.values()),
        ),
        _counted("Types of records", ("type", "records"), Counter(each.kind or "(none)" for _, each in every)),
        _counted("Credits applied among the records", ("credit", "records"), Counter(each.credit for _, each in every)),
        Answer(
            question="Dates of records, on invoices paid in full and in part",
            columns=("", "", "records"),
            rows=tuple((*key, many) for key, many in sorted(dated.items())),
        ),
        _counted(
            "A time of day beside the date", ("time", "records"), Counter(bool(each.time_of_day) for _, each in every)
        ),
        Answer(
            question="Paid invoices that are closed, and whether a status is shown",
            columns=("closed", "status", "invoices"),
            rows=tuple((*key, many) for key, many in sorted(closed.items())),
        ),
    ]


def _counted(question: str, columns: tuple[str, str], found: Counter[bool] | Counter[int] | Counter[str]) -> Answer:
    rows = sorted((str(key).lower() if isinstance(key, bool) else key, many) for key, many in found.items())
    return Answer(question=question, columns=columns, rows=tuple(rows))


def learned(
    page: Iterable[Invoice], sample: Mapping[int, Invoice], records: Mapping[int, Sequence[Payment]]
) -> Learned:
    """Return what a site shows of the settings that nobody could verify; arguments as `paid_invoices`, and a page."""
    paid = [each for each in page if each.payments != ZERO]
    part = [each for number, found in records.items() if sample[number].balance != ZERO for each in found if each.ours]
    with_date = sum(1 for each in part if each.paid_on)
    plain = (each.kind for found in records.values() for each in found if each.ours and _PLAIN.fullmatch(each.kind))
    return Learned(
        partial_dates=(with_date, len(part) - with_date),
        types=Counter(plain),
        contradict=sum(1 for each in paid if not each.adds_up),
        paid=len(paid),
    )


def settings_learned(found: Learned, documents: Mapping[int, int], named: Mapping[int, str]) -> list[str]:
    """Return lines for the settings file, each with what it rests on.

    Args:
        found: of Manage.
        documents: of each currency in Sage, by its number.
        named: currencies that the settings name.
    """
    lines = ["[manage.behaviour]"]
    dated, undated = found.partial_dates
    if dated or undated:
        best = PartialDate.LAST_RECEIPT if dated > undated else PartialDate.OMIT
        lines.append(f'partial_date = "{best}"  # of part payments, {dated} have a date, {undated} have none')
    if found.types:
        kind = max(sorted(found.types), key=lambda each: found.types[each])
        lines.append(f'payment_type = "{kind}"  # {found.types[kind]} of {sum(found.types.values())} records')
    if found.paid:
        state = "off" if widespread(found.contradict, found.paid) else "on"
        lines.append(f'balance_identity = "{state}"  # {found.contradict} of {found.paid} paid invoices contradict it')
    if len(lines) == 1:
        lines = []
    if documents:
        entries = ", ".join(f'{number} = "{code}"' for number, code in sorted(named.items()))
        shown = ", ".join(f"{number} has {many}" for number, many in sorted(documents.items()))
        lines += ["[policy]", f"currencies = {{{entries}}}  # documents: {shown}"]
        unnamed = ", ".join(str(number) for number in sorted(documents) if number not in named)
        if unnamed:
            lines.append(f"# Currencies without a name yet, to be added above: {unnamed}")
    return lines
