"""The papers of a month's pack: those of a run's, with all its runs in each, and the list of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from sync.core.prove.month import MonthAudit, RunLine
from sync.core.prove.review import list_was_whole
from sync.core.prove.roll_forward import RollForward
from sync.core.prove.tie_out import TieOut
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import currency, window_words, with_commas
from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.runs import Person
from workbook.audit import (
    control_paper,
    cover,
    judgement_paper,
    log_and_method,
    roll_forward_paper,
    row_papers,
    sample_paper,
    settings_paper,
    sign_off,
    tie_out_paper,
)
from workbook.look.column import Column, amount, count, day, text
from workbook.papers import applications, receipts
from workbook.papers.paper import CURRENCY, RUN_ID, SIGNS, Paper, PaperBlock, Rows
from workbook.review.head_block import HASH_SHOWN, Fact, named

RUNS = say("month-runs-paper")


def papers(month: MonthAudit, language: Language) -> list[Paper]:
    """Return every paper of a month's pack, the cover first."""
    seen = month.seen
    rest = [
        runs(month.lines),
        row_papers.reconciliation(seen, say("month-about-reconciliation"), seen.runs),
        row_papers.posted(month.all_sent, of_month=True),
        row_papers.held(month.held, say("month-about-held-items"), seen.runs),
        judgement_paper.judgement(month.all_sent),
        settings_paper.settings(*month.of.runs),
        sample_paper.rows_to_test(seen, str(month.of.month)),
        *_balances(month),
        *roll_forward_paper.papers_of(
            roll_forward_paper.Part(say("month-roll-heading"), _between(month), say("roll-others-within"), month.rolled)
        ),
        *control_paper.papers(month.audits),
        applications.applications(seen.rows),
        receipts.receipts_paper(seen.receipts, None),
        log_and_method.log(month.all_sent, of_month=True),
        log_and_method.method(),
    ]
    named = say("month-title", company=month.run.company.sage, month=str(month.of.month))
    signed = (sign_off.statements_of_runs(month.audits), sign_off.BY_HAND)
    first = cover.cover_of(named, _identification(month), _conclusion(month), *signed, rest, language)
    said = (*cover.balance_figures(_tie_out(month), month.rolled), *control_paper.figures(month.audits))
    return [replace(first, said=said), *rest]


def _pushed_by(line: RunLine) -> Text | None:
    people = (*line.audit.pushed_by, *line.audit.undone_by)
    return _people(people) if people else None


def _people(people: Iterable[Person]) -> Text:
    return with_commas(named(each) for each in dict.fromkeys(people))


def _lacks(line: RunLine) -> Text | None:
    """Return what a run leaves out: days since the run before it, invoices that Manage did not show."""
    run = line.audit.run
    said = []
    if run.covered_to is not None:
        start, end = run.covered_to + timedelta(days=1), run.window.start - timedelta(days=1)
        said.append(say("month-days-left-out", start=start, end=end))
    if not list_was_whole(run):
        said.append(say("month-invoices-not-shown"))
    return sum(said[1:], said[0]) if said else None


COLUMNS: tuple[Column[RunLine], ...] = (
    text(RUN_ID, say("run"), 16, lambda line: line.audit.run.id),
    day("day", say("month-run-day"), lambda line: line.audit.run.day),
    text("window", say("window"), 34, lambda line: window_words(line.audit.run.window)),
    *SIGNS,
    text("sync-run-by", say("sync-run-by"), 16, lambda line: named(line.audit.run.person)),
    text("pushed-by", say("month-pushed-or-undone-by"), 16, _pushed_by),
    text(CURRENCY, say("currency"), 8.5, lambda line: currency(line.currency) if line.currency else None),
    count("rows", say("month-rows-read"), lambda line: Decimal(line.rows), width=8),
    count("posted-rows", say("month-rows-posted"), lambda line: Decimal(line.posted), width=8),
    count("held", say("held"), lambda line: Decimal(line.held), width=8),
    amount("entered", say("entered-in-sage"), lambda line: line.entered, width=12, adds=False),
    amount("difference", say("month-not-accounted-for"), lambda line: line.difference, width=12),
    amount("posted", say("posted-and-read-back"), lambda line: line.added, width=12),
    text("left-out", say("month-left-out"), 30, _lacks),
)


def runs(lines: Sequence[RunLine]) -> Paper:
    """Return the runs of a month, a line for each currency."""
    return Paper(
        name=RUNS,
        number="05",
        title=say("month-runs-title"),
        purpose=say("month-about-runs"),
        blocks=(PaperBlock(columns=COLUMNS, rows=Rows(COLUMNS, lines)),),
    )


def _tie_out(month: MonthAudit) -> TieOut | None:
    return None if month.closing is None else month.closing.tie_out


def _balances(month: MonthAudit) -> list[Paper]:
    """Return the papers of the tie-out at the month's last reading, with the opening statements made in it."""
    found = _tie_out(month)
    openings = [audit.opening for audit in month.audits if audit.opening is not None]
    return [] if found is None else tie_out_paper.papers_of(found, _when(month), frozenset(), openings)


def _when(month: MonthAudit) -> Text:
    if month.closing is None:
        return say("month-no-reading")
    return say("month-balances-read", run=month.closing.run, moment=tie_out_paper.moment(month.closing.at))


def _between(month: MonthAudit) -> Text:
    first = month.of.opening
    return BLANK if first is None else say("month-rolled-from", run=first.run) + _when(month)


def _identification(month: MonthAudit) -> list[Fact]:
    """Return what identifies the pack."""
    company, audits = month.run.company, month.audits
    pushed = [person for audit in audits for person in audit.pushed_by]
    undone = [person for audit in audits for person in audit.undone_by]
    days = [audit.run.day for audit in audits]
    site = say("month-manage-source", company=company.manage, site=company.site)
    settings = dict.fromkeys((audit.run.version, audit.run.policy[:HASH_SHOWN]) for audit in audits)
    at = f"{month.at:%Y-%m-%d %H:%M:%S}"
    by_whom = say("pack-moment-and-person", moment=at, person=named(month.person))
    return [
        Fact(label=say("entity"), value=company.sage),
        Fact(label=say("month-word"), value=str(month.of.month)),
        Fact(label=say("runs"), value=say("month-runs-counted", count=len(audits), first=min(days), last=max(days))),
        Fact(label=say("source-manage"), value=site),
        Fact(label=say("sync-run-by"), value=_people(audit.run.person for audit in audits)),
        Fact(label=say("pushed-by"), value=_people(pushed) if pushed else say("nobody-yet")),
        *([Fact(label=say("undone-by"), value=_people(undone))] if undone else []),
        Fact(label=say("exported-at"), value=by_whom),
        Fact(
            label=say("made-with"),
            value=with_commas(say("pack-made-with", version=version, hash=policy) for version, policy in settings),
        ),
        Fact(label=say("ledger-head"), value=say("pack-ledger-head", rows=month.head.rows, hash=month.head.hash)),
    ]


def _conclusion(month: MonthAudit) -> list[Fact]:
    """Return what was found, in sentences; what keeps the month from being whole is said first."""
    whole = [Fact(label=say("month-whole"), value=remark) for remark in month.remarks]
    notices = dict.fromkeys(notice for audit in month.audits for notice in audit.run.notices)
    closed = sum(item.closed is not None for item in month.held)
    control = control_paper.in_words(month.audits[-1])
    return [
        *(whole or [Fact(label=say("month-whole"), value=say("month-is-whole"))]),
        Fact(label=say("completeness"), value=_complete(month.audits)),
        Fact(label=say("receivables"), value=_tied(month)),
        Fact(
            label=say("roll-forward"), value=say("month-not-rolled") if month.rolled is None else _rolled(month.rolled)
        ),
        *([Fact(label=control_paper.HEADING, value=control)] if control is not None else []),
        Fact(label=say("push"), value=_posted(month.lines)),
        Fact(
            label=say("carried-forward"),
            value=say("month-held-count", count=len(month.held) - closed, closed=closed),
        ),
        *(Fact(label=say("notice"), value=notice) for notice in notices),
    ]


def _complete(audits: Iterable[Audit]) -> Text:
    out, unreadable = [], []
    for audit in audits:
        proof, run = audit.proof, audit.run.id
        out += [say("month-of-run", run=run, words=difference) for difference in proof.differences]
        if proof.unreadable:
            words = say("pack-unreadable-amounts", count=proof.unreadable)
            unreadable.append(say("month-of-run", run=run, words=words))
    first, *others = [*(out or [say("month-sage-complete")]), *unreadable]
    return sum(others, first)


def _tied(month: MonthAudit) -> Text:
    return _when(month) if month.closing is None else cover.tied(month.closing.tie_out) + _when(month)


def _rolled(rolled: RollForward | None) -> Text:
    """Return the roll-forward in one sentence for each currency."""
    if rolled is None:
        return say("month-not-rolled")
    said = [
        say(
            "month-roll-in-words",
            currency=currency(unit),
            opening=whole.opening,
            posted=whole.posted,
            others=whole.others,
            closing=whole.closing,
        )
        for unit in rolled.units
        for whole in [rolled.total(unit)]
    ]
    return sum(said[1:], said[0]) if said else say("pack-nothing-open-either-system")


def _posted(lines: Iterable[RunLine]) -> Text:
    """Return what the writes of all runs added, undo included, by currency."""
    sums: Mapping[str, list[Decimal]] = {line.currency: [] for line in lines}
    for line in lines:
        sums[line.currency].append(line.added)
    amounts = [
        say("amount-in-currency", amount=added, currency=currency(unit))
        for unit, each in sums.items()
        if (added := total(each)) != ZERO
    ]
    return say("month-posted", amounts=with_commas(amounts)) if amounts else say("month-nothing-posted")
