"""A person's No is kept: what becomes a hold, what ends it, the rows that are held, what a lost ledger leaves of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from sync.core.values.messages import BLANK, Text, say
from sync.core.values.periods import day_of
from sync.core.values.posting import Decision
from sync.core.values.proposal import CLOSED, AcceptedMatch, Hold, Proposal
from sync.core.values.runs import Company, Run, SiteSays, same_site


def days_to_hold(
    decisions: Iterable[Decision], reviewed: Mapping[str, Proposal], before: Mapping[str, Decision], today: date
) -> tuple[list[Decision], list[Text]]:
    """Return decisions of which none says Yes where somebody typed into Hold until, and what is said of those cells.

    Whatever is typed there holds the row, whatever Approve says: until that day, and where it is no day to come, until
    a Yes.

    Args:
        decisions: one for each row of the workbook.
        reviewed: the rows of the run as they were shown, by key.
        before: what is on record as decided of this run already, by key.
        today: a hold ends on its day, so that this one is too late.
    """
    judged, said = [], []
    for each in decisions:
        row = reviewed.get(each.key)
        decision, words = (each, BLANK) if row is None else _dated(each, row, before, today)
        judged.append(decision)
        said += [words] if words != BLANK else []
    return judged, said


def _dated(decision: Decision, row: Proposal, before: Mapping[str, Decision], today: date) -> tuple[Decision, Text]:
    until, last = decision.until, before.get(decision.key)
    if decision.no_day:
        wrong = say("hold-day-unread", invoice=row.invoice, found=decision.no_day)
    elif until is None or until == _day_shown(row):
        return decision, BLANK
    elif until > today:
        said = say("hold-day-over-yes", invoice=row.invoice, until=until) if decision.approve else BLANK
        return replace(decision, approve=False, blank=False), said
    elif last is not None and last.until == until:  # it was to come when that was put on record
        return replace(decision, approve=False), BLANK
    else:
        wrong = say("hold-day-past", invoice=row.invoice, until=until, day=today)
    held = replace(decision, approve=False, blank=False, until=None, no_day="")
    return held, wrong + say("hold-day-not-taken")


def _day_shown(row: Proposal) -> date | None:
    return row.hold.until if row.hold else None


def holds_decided(
    decisions: Iterable[Decision],
    run: Run,
    reviewed: Mapping[str, Proposal],
    before: Mapping[str, Decision],
    kept: Mapping[str, Hold],
    user: str,
    at: datetime,
) -> list[Hold]:
    """Return what a reviewer's decisions hold, and what they release, as far as it is not kept already.

    A No becomes a hold where Yes was proposed, or where a day was typed: a row that nobody has to approve is held by
    nobody. What still stands in a sheet as it was shown takes back nothing that was said elsewhere since.

    Args:
        decisions: from `days_to_hold`; one that is left blank, or a Yes that is refused as it stands, decides nothing.
            A No holds its row whatever else was changed there, and where the row stands twice.
        run: whose rows they are.
        reviewed: the rows of the run as they were shown, by key.
        before: what is on record as decided of this run already, by key.
        kept: the last word on each row, by key.
        user: whose workbook it is.
        at: when it was read, UTC.
    """
    found: dict[str, Hold] = {}
    for decision in decisions:
        row, last = reviewed.get(decision.key), kept.get(decision.key)
        if row is None or decision.blank or (decision.approve and decision.objection is not None):
            continue
        if not (row.approve or row.hold is not None or decision.until is not None):
            continue
        stands = last if last is not None and not last.released and _is_of(last, row) else None
        if decision.approve:
            says_more = stands is not None
        else:
            says_more = stands is None or not stands.holds_on(run.day) or stands.until != decision.until
        elsewhere = last is not None and last.at > run.started and not _said_here(decision, row, before)
        if says_more and not elsewhere:
            found[row.key] = Hold(
                key=row.key,
                invoice=row.invoice,
                customer_id=row.customer_id,
                user=user,
                at=at,
                note=decision.note,
                owner=decision.owner,
                released=decision.approve,
                until=decision.until if not decision.approve else None,
            )
    return list(found.values())


def _said_here(decision: Decision, row: Proposal, before: Mapping[str, Decision]) -> bool:
    """Return whether a decision is not what the sheet showed, or was on record as saying."""
    last = before.get(decision.key)
    if last is None or last.objection is not None:
        return (decision.approve, decision.until) != (row.approve, _day_shown(row))
    return (decision.approve, decision.until) != (last.approve, last.until)


def with_holds(rows: Sequence[Proposal], holds: Mapping[str, Hold], day: date) -> list[Proposal]:
    """Return rows with the holds on them: by key, and only where number and customer are still those that were held.

    Args:
        rows: as they are proposed.
        holds: the last word on each row, by key.
        day: today: a hold whose day has come is over, and the row says so.
    """
    return [_held(row, holds.get(row.key), day) for row in rows]


def _is_of(hold: Hold, row: Proposal) -> bool:
    return (hold.invoice, hold.customer_id) == (row.invoice, row.customer_id)


def _held(row: Proposal, hold: Hold | None, day: date) -> Proposal:
    if hold is None or hold.released or not _is_of(hold, row):
        return row
    if not row.approvable and (hold.until is None or row.status in CLOSED):
        return row
    since = day_of(hold.at, None)
    if hold.until is None:
        said, step = say("row-held-by", user=hold.user, day=since), say("row-held-until-yes")
    elif hold.holds_on(day):
        said = say("row-held-by-until", user=hold.user, day=since, until=hold.until)
        step = say("row-held-until-day", until=hold.until) if row.approvable else row.next_step
    else:
        said, step = say("row-hold-ended", user=hold.user, day=since, until=hold.until), row.next_step
    if hold.note:
        said += say("row-held-note", note=hold.note)
    return replace(row, hold=hold if hold.holds_on(day) else None, reason=said + row.reason, next_step=step)


class Noted(Struct, frozen=True, kw_only=True):
    """The note and the owner that a person last put to a row, and whose row it was."""

    key: str
    invoice: str
    customer_id: int
    note: str
    owner: str


class Former(Struct, frozen=True, kw_only=True):
    """What a person decided, as far as a ledger that is lost can still be read.

    Attributes:
        companies: its books and sites, and what each site said of itself.
        decided: holds, releases, matches and notes, each with its books, oldest first.
        readable: the file is there, and is a ledger.
        unread: how many of its rows are missing or not as they were written.
        whole: nothing is missing, and that is certain: a head says where it ended, and it did not lack anything itself.
    """

    companies: Mapping[Company, SiteSays | None] = {}
    decided: Sequence[tuple[Company, Hold | AcceptedMatch | Noted]] = ()
    readable: bool = False
    unread: int = 0
    whole: bool = False


class Carried(Struct, frozen=True, kw_only=True):
    """What goes from a lost ledger into the one that takes its place: the last word on each row that still stands."""

    holds: Sequence[Hold]
    matches: Sequence[AcceptedMatch]
    notes: Sequence[Decision]


def carried(former: Former, run: Run, rows: Iterable[Proposal]) -> Carried:
    """Return what is taken over from a lost ledger of the same books and site.

    Args:
        former: that ledger.
        run: the first of the new one.
        rows: of that run: a note goes only to a row whose invoice and customer are still those that it was put to.
    """
    ours = {
        books
        for books, says in former.companies.items()
        if books.sage == run.company.sage and same_site(books, says, run.company, run.says)
    }
    holds: dict[str, Hold] = {}
    matches: dict[str, AcceptedMatch] = {}
    notes: dict[tuple[str, str, int], Noted] = {}
    for books, each in former.decided:
        if books not in ours:
            continue
        if isinstance(each, Hold):
            holds[each.key] = each
        elif isinstance(each, AcceptedMatch):
            matches[each.key] = each
        else:
            notes[each.key, each.invoice, each.customer_id] = each
    holds = {key: hold for key, hold in holds.items() if not hold.released}
    kept = {(hold.key, hold.invoice, hold.customer_id): hold for hold in holds.values()}
    decisions = []
    for row in rows:
        whose = row.key, row.invoice, row.customer_id
        said, hold = notes.get(whose), kept.get(whose)
        if said is not None and (said.note or said.owner):
            approve, until = row.approve and hold is None, hold.until if hold else None
            decisions.append(Decision(key=row.key, approve=approve, note=said.note, owner=said.owner, until=until))
    return Carried(
        holds=list(holds.values()),
        matches=[match for match in matches.values() if not match.undone],
        notes=decisions,
    )
