"""What is signed of a run: its figures by name, and whether each signature stands or has lapsed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.completeness import SORTS, IntakeKind
from sync.core.prove.figures import BECAME, Disposition
from sync.core.prove.judgement import JUDGED, JudgementKind, judgement_totals, judgements
from sync.core.prove.review import list_was_whole
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import currency, with_commas
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.signature import Measure, Role, Signature, SignedFigure, hash_of

ROLES: Mapping[Role, Text] = {Role.PREPARER: say("prepared-by"), Role.REVIEWER: say("reviewed-by")}
SHOWN, NAMED = 12, 3
"""Characters of a hash that are shown, and how many changed figures are named."""


class Change(Struct, frozen=True, kw_only=True):
    """A figure that is not what was signed: one that is not there counts as zero."""

    figure: SignedFigure
    then: Decimal
    now: Decimal


class Signed(Struct, frozen=True, kw_only=True):
    """The last signature in a role.

    Attributes:
        signature: on record.
        changes: figures that are another amount by now; it stands where there are none.
    """

    signature: Signature
    changes: tuple[Change, ...]

    @property
    def stands(self) -> bool:
        """Nothing that was signed has changed."""
        return not self.changes

    @property
    def words(self) -> Text:
        """Who signed as what and when, and that it stands or by which figures it has lapsed."""
        made = self.signature
        said = say(
            "signed-by",
            role=ROLES[made.role],
            user=made.person.user,
            computer=made.person.computer,
            moment=f"{made.at:%Y-%m-%d %H:%M:%S}",
        )
        if self.stands:
            return said + say("signature-stands", count=len(made.figures), hash=made.hash[:SHOWN])
        named = with_commas(map(_words, self.changes[:NAMED]))
        more = len(self.changes) > NAMED
        return said + (
            say("signature-lapsed-by-more", changes=named) if more else say("signature-lapsed", changes=named)
        )


def figures(audit: Audit) -> tuple[SignedFigure, ...]:
    """Return every figure that a signature of a run stands by; what is zero is left out, as what is not there."""
    return tuple(each for each in _figures(audit) if each.value != ZERO)


def _figures(audit: Audit) -> Iterator[SignedFigure]:
    for entered in audit.evidence.entered:
        yield _figure(Measure.ENTERED, entered.sort.value, entered.currency, entered.amount)
    for tally in audit.figures:
        yield _figure(Measure.ROWS, tally.disposition.value, tally.currency, Decimal(tally.count))
        yield _figure(Measure.SETTLED, tally.disposition.value, tally.currency, tally.settled)
        yield _figure(Measure.CHANGE, tally.disposition.value, tally.currency, tally.change)
    balances = audit.balances
    for owed in balances.totals if balances else ():
        yield _figure(Measure.SAGE, "", owed.currency, owed.sage)
        yield _figure(Measure.MANAGE, "", owed.currency, owed.manage)
        yield _figure(Measure.UNEXPLAINED, "", owed.currency, balances.unexplained(owed.currency) if balances else ZERO)
    for judged in judgement_totals(judgements([audit])):
        yield _figure(Measure.DECISIONS, judged.kind.value, judged.currency, Decimal(judged.count))
        yield _figure(Measure.DECIDED, judged.kind.value, judged.currency, judged.amount)


def _figure(measure: Measure, of: str, unit: str, value: Decimal) -> SignedFigure:
    return SignedFigure(measure=measure, of=of, currency=unit, value=value)


def signed(audit: Audit) -> list[Signed]:
    """Return the last signature in each role, and whether it stands."""
    last = {signature.role: signature for signature in audit.signatures}
    now = figures(audit)
    return [
        Signed(signature=last[role], changes=() if hash_of(now) == last[role].hash else _changes(last[role], now))
        for role in Role
        if role in last
    ]


def _changes(signature: Signature, now: Sequence[SignedFigure]) -> tuple[Change, ...]:
    """Return what was signed and is another amount, or is there no more; then what has come since."""
    then = {each.name: each.value for each in signature.figures}
    found = {each.name: each.value for each in now}
    every = {each.name: each for each in (*signature.figures, *now)}
    return tuple(
        Change(figure=figure, then=then.get(name, ZERO), now=found.get(name, ZERO))
        for name, figure in every.items()
        if then.get(name, ZERO) != found.get(name, ZERO)
    )


def by_one_person(both: Sequence[Signed]) -> bool:
    """Return whether signatures that stand are of one person in both roles."""
    people = [each.signature.person.user for each in both if each.stands]
    return len(people) == len(Role) and len(set(people)) == 1


def ties(audit: Audit) -> bool:
    """Return whether all that was entered is accounted for, and every difference of receivables explained.

    What could not be read, or was not shown, is neither.
    """
    tied, proof = audit.balances, audit.proof
    whole = audit.rolled.closing is not None or list_was_whole(audit.run)
    if tied is None or not whole or proof.unreadable:
        return False
    return not proof.differences and not any(tied.unexplained(owed.currency) for owed in tied.totals)


def _words(change: Change) -> Text:
    """Return which figure changed, from what to what."""
    figure = change.figure
    measure = MEASURES[figure.measure]
    named = say("signed-figure-of", measure=measure, of=_of(figure)) if figure.of else measure
    counted = figure.measure in {Measure.ROWS, Measure.DECISIONS}
    then, now = (int(each) if counted else each for each in (change.then, change.now))
    unit = currency(figure.currency) if figure.currency else say("no-currency-word")
    return say("signed-figure-changed", figure=named, currency=unit, then=then, now=now)


def _of(figure: SignedFigure) -> Text:
    if figure.measure is Measure.ENTERED:
        return SORTS[IntakeKind(figure.of)]
    if figure.measure in {Measure.DECISIONS, Measure.DECIDED}:
        return JUDGED[JudgementKind(figure.of)]
    return BECAME[Disposition(figure.of)]


MEASURES: Mapping[Measure, Text] = {
    Measure.ENTERED: say("entered-in-sage-in-the-window"),
    Measure.ROWS: say("rows"),
    Measure.SETTLED: say("settled-in-sage"),
    Measure.CHANGE: say("change"),
    Measure.SAGE: say("open-in-sage"),
    Measure.MANAGE: say("open-in-manage"),
    Measure.UNEXPLAINED: say("unexplained"),
    Measure.DECISIONS: say("decisions-header"),
    Measure.DECIDED: say("judged-amount"),
}
