"""How a signature is stored: who, as what, when, and every figure that was signed by its name."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sync.core.values.messages import say
from sync.core.values.runs import Person
from sync.core.values.signature import Measure, Role, Signature, SignedFigure
from sync.ledger.hash_chain import LedgerLine
from sync.ledger.stored_form import RecordKind, Stored, body_of, filled, parts, value_of


class FigureStored(Stored, frozen=True, kw_only=True):
    """A figure that was signed."""

    measure: str
    of: str
    currency: str
    value: Decimal


class SignatureRecord(Stored, frozen=True, kw_only=True):
    """A person signed the figures of a run."""

    v: int
    run: str
    role: str
    user: str
    computer: str
    at: datetime
    note: str
    figures: tuple[FigureStored, ...]
    hash: str


def to_signature(signature: Signature) -> SignatureRecord:
    """Return the record of a signature."""
    return filled(
        SignatureRecord,
        signature,
        v=SIGNATURES.version,
        role=signature.role.value,
        **parts(signature.person, "user", "computer"),
        figures=tuple(filled(FigureStored, each, measure=each.measure.value) for each in signature.figures),
    )


def from_signature(record: SignatureRecord) -> Signature:
    """Return the signature of a record."""
    figures = tuple(value_of(SignedFigure, each, measure=Measure(each.measure)) for each in record.figures)
    person = Person(user=record.user, computer=record.computer)
    named = parts(record, "run", "at", "note", "hash")
    return Signature(role=Role(record.role), person=person, figures=figures, **named)


SIGNATURES = RecordKind(
    name="signature", version=1, word=say("signature-word"), record=SignatureRecord, made=from_signature
)


def line_of_signature(signature: Signature) -> LedgerLine:
    """Return the line of a signature."""
    body = body_of(to_signature(signature))
    return LedgerLine(kind=SIGNATURES.name, run=signature.run, key=signature.role.value, body=body)
