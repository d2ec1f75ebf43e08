"""What a person decided against the default of a run, and what takes judgement: who, when, why and how much.

It is all of it, each decision once: one that is of two kinds stands under the one that says more. What a person did not
explain has no note, and is listed all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from sync.core.prove.figures import Disposition, change
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import natural
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.posting import Intent, Outcome, with_intents
from sync.core.values.proposal import AcceptedMatch, Hold, Proposal, Status
from sync.core.values.records import Action
from sync.core.values.runs import Phase


class JudgementKind(StrEnum):
    """What was judged. In this order on paper.

    * approved: a Yes to a row that nobody would push by default;
    * lowered, deleted: a Yes that takes something away from Paid Amount or its date, or the whole payment record;
    * unknown kind: money of a kind that Tieout does not know, whatever became of it;
    * held, released: a person's No that stands, and the Yes that ended one;
    * matched, unmatched: an invoice of another number was accepted, or no longer is;
    * taken back: an undo, as at the end of a trial too.
    """

    APPROVED = "approved"
    LOWERED = "lowered"
    DELETED = "deleted"
    UNKNOWN_KIND = "unknown_kind"
    HELD = "held"
    RELEASED = "released"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    TAKEN_BACK = "taken_back"


JUDGED: Mapping[JudgementKind, Text] = {
    JudgementKind.APPROVED: say("judged-approved"),
    JudgementKind.LOWERED: say("judged-lowered"),
    JudgementKind.DELETED: say("judged-deleted"),
    JudgementKind.UNKNOWN_KIND: say("judged-unknown-kind"),
    JudgementKind.HELD: say("held-by-a-person"),
    JudgementKind.RELEASED: say("hold-released"),
    JudgementKind.MATCHED: say("judged-matched"),
    JudgementKind.UNMATCHED: say("judged-unmatched"),
    JudgementKind.TAKEN_BACK: say("judged-taken-back"),
}


class Judgement(Struct, frozen=True, kw_only=True):
    """One thing that a person decided.

    Attributes:
        kind: see `JudgementKind`.
        key: of the row.
        invoice: its number.
        user: who decided; empty where nobody has, or that is not on record.
        at: when, UTC; None where nobody has decided, or that is not on record.
        row: as reviewed; None where the run has none of this key.
        became: what became of the row.
        amount: what it added to Paid Amount, or would add if it were pushed.
        note: why; empty where nobody said.
        until: the day to which a row is held.
        number: of the invoice in Manage that was accepted.
    """

    kind: JudgementKind
    key: str
    invoice: str
    user: str
    at: datetime | None
    row: Proposal | None = None
    became: Disposition | None = None
    amount: Decimal | None = None
    note: str = ""
    until: date | None = None
    number: str = ""


class JudgementTotal(Struct, frozen=True, kw_only=True):
    """The judgements of one kind in one currency, as `Proposal.unit` says it; empty where the run has no row."""

    kind: JudgementKind
    currency: str
    count: int
    amount: Decimal


def judgements(audits: Iterable[Audit]) -> list[Judgement]:
    """Return everything that was judged in some runs, oldest first: by kind, then by invoice.

    What still stood in a later run, such as a hold, is there once, as that one has it.
    """
    found = {(each.kind, each.key, each.at): each for audit in audits for each in _of_run(audit)}
    order = list(JudgementKind)
    return sorted(found.values(), key=lambda each: (order.index(each.kind), natural(each.invoice), each.key))


def _of_run(audit: Audit) -> Iterator[Judgement]:
    rows = {row.key: row for row in audit.rows}
    for each in (*_approvals(audit), *_holds(audit), *_matches(audit, rows), *_taken_back(audit)):
        yield _beside_row(audit, each, rows.get(each.key))


def judgement_totals(found: Sequence[Judgement]) -> list[JudgementTotal]:
    """Count and add up judgements, by kind, then by currency."""
    groups: defaultdict[tuple[JudgementKind, str], list[Judgement]] = defaultdict(list)
    for each in found:
        groups[each.kind, each.row.unit if each.row else ""].append(each)
    order = list(JudgementKind)
    return [
        JudgementTotal(kind=kind, currency=unit, count=len(of), amount=total(each.amount or ZERO for each in of))
        for (kind, unit), of in sorted(groups.items(), key=lambda each: (order.index(each[0][0]), each[0][1]))
    ]


def _approvals(audit: Audit) -> Iterator[Judgement]:
    """Yield each Yes that is more than the default, and all money of an unknown kind."""
    sent = {intent.key: intent for intent in audit.intents if not intent.undo}
    released = {each.key for run, each in audit.said if run == audit.run.id and isinstance(each, Hold)}
    for row in audit.rows:
        decision, intent = audit.decisions.get(row.key), sent.get(row.key)
        approved = decision is not None and decision.approve and decision.objection is None
        kind = _kind_of_yes(row, intent, released=row.key in released) if approved else None
        kind = JudgementKind.UNKNOWN_KIND if kind is None and row.status is Status.UNKNOWN_KIND else kind
        if kind is None:
            continue
        user, at = _pushed(audit, intent) if approved else ("", None)
        note = decision.note if decision else ""
        yield Judgement(kind=kind, key=row.key, invoice=row.invoice, user=user, at=at, note=note)


def _kind_of_yes(row: Proposal, intent: Intent | None, *, released: bool) -> JudgementKind | None:
    """Return what a Yes is; None where it is the default, or what its release says already."""
    write = intent.write if intent else row.write
    if write is not None and write.action is Action.DELETE:
        return JudgementKind.DELETED
    if row.lowers:
        return JudgementKind.LOWERED
    if row.status is Status.UNKNOWN_KIND:
        return JudgementKind.UNKNOWN_KIND
    return None if row.approve or released else JudgementKind.APPROVED


def _pushed(audit: Audit, intent: Intent | None) -> tuple[str, datetime | None]:
    """Return who pushed a row, and when: of one that was not sent, whose push was the last one."""
    if intent is not None:
        return _who(audit, Phase.PUSH, intent.at), intent.at
    last = next((end for end in reversed(audit.ends) if end.phase is Phase.PUSH), None)
    return (last.person.user, last.at) if last else ("", None)


def _who(audit: Audit, phase: Phase, at: datetime) -> str:
    """Return whose push or undo a moment lies in; no name where it was cut short before it could say."""
    return next((end.person.user for end in audit.ends if end.phase is phase and end.at >= at), "")


def _holds(audit: Audit) -> Iterator[Judgement]:
    """Yield the last hold or release of each row in the run, and what an earlier one held in it still."""
    last = {row.key: row.hold for row in audit.rows if row.hold is not None}
    last |= {each.key: each for run, each in audit.said if run == audit.run.id and isinstance(each, Hold)}
    for hold in last.values():
        kind = JudgementKind.RELEASED if hold.released else JudgementKind.HELD
        yield Judgement(
            kind=kind,
            key=hold.key,
            invoice=hold.invoice,
            user=hold.user,
            at=hold.at,
            note=hold.note,
            until=hold.until,
        )


def _matches(audit: Audit, rows: Mapping[str, Proposal]) -> Iterator[Judgement]:
    """Yield each match that was accepted or taken back in the run, and those of before by which its rows were found."""
    last: dict[str, AcceptedMatch] = {}
    for run, each in audit.said:
        if isinstance(each, AcceptedMatch):
            row = rows.get(each.key)
            stands = each.at <= audit.run.started and row is not None and row.invoice_id == each.invoice_id
            if run == audit.run.id or (stands and not each.undone):
                last[each.key] = each
            elif each.at <= audit.run.started:
                last.pop(each.key, None)
    for match in last.values():
        kind = JudgementKind.UNMATCHED if match.undone else JudgementKind.MATCHED
        yield Judgement(
            kind=kind,
            key=match.key,
            invoice=match.invoice,
            user=match.user,
            at=match.at,
            number=match.manage_number,
        )


def _taken_back(audit: Audit) -> Iterator[Judgement]:
    """Yield each write that was taken back, with what that added to Paid Amount as it was read back."""
    for posting, intent in with_intents(audit.sent, audit.intents):
        if posting.undo and posting.outcome is Outcome.POSTED and intent is not None:
            yield Judgement(
                kind=JudgementKind.TAKEN_BACK,
                key=posting.key,
                invoice=posting.invoice,
                user=_who(audit, Phase.UNDO, intent.at),
                at=intent.at,
                amount=posting.added,
            )


def _beside_row(audit: Audit, judged: Judgement, row: Proposal | None) -> Judgement:
    """Return a judgement with what the run says of its row."""
    if row is None:
        return judged
    became = audit.became(row)
    amount = change(row, became, audit.postings.get(row.key)) if judged.amount is None else judged.amount
    return replace(judged, row=row, became=became, amount=amount)
