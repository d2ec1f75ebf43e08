"""The use case Sign: a person stands by the figures of a run, as they are in the ledger at this moment."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sync.core.prove.signing import Signed, by_one_person, figures, signed
from sync.core.values.runs import Person
from sync.core.values.signature import Role, Signature, hash_of
from sync.usecases.export import gathered
from sync.usecases.ports import Ledger


class Signing(Struct, frozen=True, kw_only=True):
    """A signature that was put on record.

    Attributes:
        signed: all signatures of the run that count, this one among them.
        alone: one person has signed in both roles.
    """

    signed: tuple[Signed, ...]
    alone: bool


def sign(ledger: Ledger, run_id: str, role: Role, person: Person, at: datetime, note: str = "") -> Signing:
    """Put a signature of a run on record; an earlier one in the same role no longer counts.

    Args:
        ledger: it holds the run.
        run_id: the run.
        role: as which.
        person: who signs. The same one may sign in both roles: a bookkeeper may be alone, and papers say so.
        at: the moment, UTC.
        note: what is said with it.

    Raises:
        Refused: the run is not on record here.
    """
    what = figures(gathered(ledger, run_id, at, person))
    made = Signature(run=run_id, role=role, person=person, at=at, note=note, figures=what, hash=hash_of(what))
    ledger.sign(made)
    found = signed(gathered(ledger, run_id, at, person))
    return Signing(signed=tuple(found), alone=by_one_person(found))
