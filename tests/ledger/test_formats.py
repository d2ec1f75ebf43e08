"""Records: exactly the fields of their version, or a refusal that says what to do; sentences by their id."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from sync.core.prove.completeness import IntakeKind
from sync.core.prove.review import Evidence
from sync.core.prove.roll_forward import Balances
from sync.core.prove.tie_out import Age, DifferenceClass, Owed, TieOut
from sync.core.values.errors import LedgerLost, Refused
from sync.core.values.messages import BLANK, say
from sync.core.values.money import ZERO
from sync.core.values.periods import Choice
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Decision, Outcome
from sync.core.values.proposal import ApplicationPart, Hold, Proposal, Status
from sync.core.values.records import Action
from sync.core.values.runs import Export, Head, Phase, SiteSays
from sync.language.catalogues import ENGLISH
from sync.ledger import posting_records, row_records, run_records, signature_records, stored_form
from sync.ledger.formats import KINDS
from sync.ledger.hash_chain import LedgerLine
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger, open_read_only
from tests.contracts.test_ledger import ACCEPTED, OPENING, SIGNED
from tests.ledger.samples import COMPANY, MARIE, NOON, end, intent, posted, row, run

RESTORE = "Restore the whole folder from a backup, or run tieout rebuild."
UPDATE = "Update Tieout here."
SHOWN: Proposal = row("1", reason=say("push-count-of-outcome", count=3, outcome=say("posted-word")))
HOLD = Hold(key="1", invoice="INV-1", customer_id=7, user="marie", at=NOON, note="disputed", owner="luc")
LINES = {
    "run": run_records.line_of_run(run(0)),
    "evidence": run_records.line_of_evidence("R0", Evidence()),
    "row": row_records.line_of_row("R0", SHOWN),
    "closing": run_records.line_of_closing(
        Balances(run="R0", at=NOON, person=MARIE, tie_out=TieOut(day=NOON.date(), items=(), customers=(), ages=()))
    ),
    "opening": run_records.line_of_opening(OPENING),
    "match": row_records.line_of_match("R0", ACCEPTED),
    "hold": row_records.line_of_hold("R0", HOLD),
    "decision": row_records.line_of_decision("R0", Decision(key="1", approve=True, objection=say("edited"))),
    "intent": posting_records.line_of_intent(intent("R0", "1")),
    "posting": posting_records.line_of_posting(posted("R0", "1")),
    "customer": row_records.line_of_customer("R0", SHOWN, 3),
    "end": run_records.line_of_end(end("R0")),
    "export": run_records.line_of_export(
        Export(
            run="R0",
            at=NOON,
            person=MARIE,
            folder="/audit",
            files=(("audit.xlsx", "0a"),),
            head=Head(rows=3, hash="0c" * 32),
        )
    ),
    "signature": signature_records.line_of_signature(SIGNED),
}
READ: dict[str, Callable[[SqliteLedger], object]] = {
    "run": lambda ledger: ledger.run("R0"),
    "evidence": lambda ledger: ledger.evidence("R0"),
    "row": lambda ledger: ledger.reviewed("R0"),
    "closing": lambda ledger: [ledger.balances(each) for each in ledger.readings(COMPANY)],
    "opening": lambda ledger: ledger.opening(COMPANY),
    "match": lambda ledger: ledger.known(COMPANY),
    "hold": lambda ledger: ledger.holds(COMPANY),
    "decision": lambda ledger: ledger.decisions("R0"),
    "intent": lambda ledger: ledger.intents("R0"),
    "posting": lambda ledger: ledger.all_postings("R0"),
    "customer": lambda ledger: ledger.known(COMPANY),
    "end": lambda ledger: ledger.ends("R0"),
    "export": lambda ledger: ledger.exports("R0"),
    "signature": lambda ledger: ledger.signatures("R0"),
}
"""The question that reads a kind."""
ORDER = list(LINES)


def kept(folder: Path, kind: str, change: Callable[[dict[str, Any]], None]) -> int:
    """Write a ledger of one row of each kind, in a sound chain, one of them changed; return the number of its row."""
    with open_ledger(folder) as ledger:
        for name, line in LINES.items():
            fields = json.decode(line.body, type=dict[str, Any])
            if name == kind:
                change(fields)
            ledger._file.append([replace(line, body=json.encode(fields).decode())])
    return ORDER.index(kind) + 1


def refusal(folder: Path, ask: Callable[[SqliteLedger], object]) -> Refused:
    """What a question to the ledger is refused with."""
    with open_ledger(folder) as ledger, pytest.raises(Refused) as refused:
        ask(ledger)
    return refused.value


def test_there_is_a_line_of_every_kind() -> None:
    """So that the tests here leave none out."""
    assert set(LINES) == set(READ) == set(KINDS)


@pytest.mark.parametrize("kind", ORDER)
def test_each_kind_is_read_as_it_was_written(folder: Path, kind: str) -> None:
    """Its version stands first in the record."""
    kept(folder, kind, lambda _: None)
    with open_ledger(folder) as ledger:
        READ[kind](ledger)
        assert ledger.verify().rows == len(ORDER)
    assert LINES[kind].body.startswith(f'{{"v":{KINDS[kind].version},')


def test_a_run_of_before_sites_said_which_they_are_is_read(folder: Path) -> None:
    """As version 1 was written, without that field; where it is there all the same, that is damage."""
    older = {"v": 1}

    def as_then(fields: dict[str, Any]) -> None:
        del fields["says"], fields["settings"]
        fields.update(older)

    kept(folder, "run", as_then)
    with open_ledger(folder) as ledger:
        assert (ledger.run("R0"), ledger.companies()) == (run(0), {COMPANY: None})
    other = folder.with_name("other")
    kept(other, "run", lambda fields: fields.update(older))
    assert "says is not known" in refusal(other, READ["run"]).said(ENGLISH)


def test_a_run_of_before_settings_were_kept_is_read(folder: Path) -> None:
    """As version 2 was written, without that field."""

    def as_then(fields: dict[str, Any]) -> None:
        del fields["settings"]
        fields["v"] = 2

    kept(folder, "run", as_then)
    with open_ledger(folder) as ledger:
        assert ledger.run("R0") == run(0)


def test_what_a_site_says_of_itself_is_kept() -> None:
    """Both parts."""
    says = SiteSays(company_id="acme", company_name="Réseaux Érable")
    begun = run(0, says=says)
    assert stored_form.read(run_records.RUNS, run_records.line_of_run(begun).body) == begun


@pytest.mark.parametrize("kind", ORDER)
def test_a_record_of_a_newer_version_asks_for_an_update(folder: Path, kind: str) -> None:
    """It may hold anything; its row and its kind are named, and nothing is said to be damaged."""
    seq = kept(folder, kind, lambda fields: fields.update(v=KINDS[kind].version + 1, colour="red"))
    error = refusal(folder, READ[kind])
    word = KINDS[kind].word.said(ENGLISH)
    assert error.said(ENGLISH) == f"Row {seq} of the ledger ({word}) was written by a newer Tieout. {UPDATE}"
    assert not isinstance(error, LedgerLost)
    assert refusal(folder, SqliteLedger.verify).said(ENGLISH) == error.said(ENGLISH)


@pytest.mark.parametrize("kind", ORDER)
def test_a_field_that_no_version_writes_is_damage(folder: Path, kind: str) -> None:
    """It is never left out in silence."""
    seq = kept(folder, kind, lambda fields: fields.update(colour="red"))
    error = refusal(folder, READ[kind])
    word = KINDS[kind].word.said(ENGLISH)
    assert error.said(ENGLISH) == f"Row {seq} of the ledger ({word}) is damaged: colour is not known. {RESTORE}"
    assert isinstance(error, LedgerLost)
    assert refusal(folder, SqliteLedger.verify).said(ENGLISH) == error.said(ENGLISH)


@pytest.mark.parametrize("kind", ORDER)
def test_a_field_that_is_missing_is_damage(folder: Path, kind: str) -> None:
    """Nothing takes its place: what is absent is written as null."""
    field = list(json.decode(LINES[kind].body, type=dict[str, Any]))[-1]
    seq = kept(folder, kind, lambda fields: fields.pop(field))
    word = KINDS[kind].word.said(ENGLISH)
    assert refusal(folder, READ[kind]).said(ENGLISH) == (
        f"Row {seq} of the ledger ({word}) is damaged: {field} is missing. {RESTORE}"
    )


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("row", {"status": "sleeping"}),
        ("row", {"v": 0}),
        ("row", {"sage_total": "much"}),
        ("row", {"reason": [{"id": "x", "values": {}, "colour": "red"}]}),
        ("posting", {"outcome": "lost"}),
        ("end", {"phase": "lunch"}),
        ("run", {"choice": "some-day"}),
        ("intent", {"attempt": None}),
        ("row", {"reason": [{"id": "x", "values": {"count": "%3"}}]}),
        ("row", {"reason": [{"id": "x", "values": {"count": ""}}]}),
        ("row", {"reason": [{"id": "x", "values": {"paid": "$abc"}}]}),
        ("row", {"reason": [{"id": "x", "values": {"day": "@2026-99-99"}}]}),
        ("row", {"reason": [{"id": "x", "values": {"text": "~[{}]"}}]}),
        ("row", {"reason": [{"id": "x", "values": {"texts": "&3"}}]}),
        ("row", {"sage_total": "NaN"}),
        ("posting", {"paid_after": "-Infinity"}),
        ("posting", {"written": {"payment_id": 1, "amount": "sNaN", "paid_on": None}}),
    ],
)
def test_a_value_that_cannot_be_is_damage(folder: Path, kind: str, changes: dict[str, Any]) -> None:
    """A choice that does not exist, another type, a part with a field too many."""
    seq = kept(folder, kind, lambda fields: fields.update(changes))
    word = KINDS[kind].word.said(ENGLISH)
    assert refusal(folder, READ[kind]).said(ENGLISH) == (
        f"Row {seq} of the ledger ({word}) is damaged: it holds a value that cannot be. {RESTORE}"
    )


def test_a_row_from_before_there_was_an_opening_statement_is_read() -> None:
    """It stands in none; what is wrong with it is told by the fields that it has to have."""
    first = json.decode(LINES["row"].body, type=dict[str, Any]) | {"v": 1}
    del first["opening"]

    def read(**changes: object) -> Proposal:
        return stored_form.read(row_records.ROWS, json.encode(first | changes).decode())

    assert read() == SHOWN
    for changes, why in (
        ({"v": 3}, BLANK),
        ({"status": "sleeping"}, say("ledger-record-value-unknown")),
        ({"opening": None}, say("ledger-record-field-unknown", field="opening")),
        ({"v": "x"}, say("ledger-record-field-missing", field="opening")),
    ):
        with pytest.raises(stored_form.UnreadableError) as error:
            read(**changes)
        assert error.value.why == why


def test_a_customer_may_be_called_as_no_amount_is(folder: Path) -> None:
    """Only amounts have to be numbers."""
    kept(folder, "row", lambda fields: fields.update(customer="NaN", invoice="inf"))
    with open_ledger(folder) as ledger:
        assert [row.customer for row in ledger.reviewed("R0").values()] == ["NaN"]


def test_an_age_that_does_not_exist_is_damage() -> None:
    """It is refused where it is read, and not where its words are looked for."""
    owed = Owed(name="lunch", currency="CAD", documents=1, sage=ZERO, invoices=1, manage=ZERO)
    line = run_records.line_of_evidence(
        "R0", Evidence(tie_out=TieOut(day=NOON.date(), items=(), customers=(), ages=(owed,)))
    )
    with pytest.raises(stored_form.UnreadableError):
        stored_form.read(run_records.EVIDENCE, line.body)


@pytest.mark.parametrize("body", ["not JSON", "[1]", '"x"'])
def test_what_is_no_record_is_damage(body: str) -> None:
    """However it came to stand there."""
    with pytest.raises(stored_form.UnreadableError) as error:
        stored_form.read(run_records.RUNS, body)
    assert error.value.why == say("ledger-record-no-record")


@pytest.mark.parametrize("opened", [open_ledger, open_read_only])
def test_a_kind_of_a_later_version_refuses_the_ledger(folder: Path, opened: Callable[[Path], object]) -> None:
    """What it means is not known, so no question is answered; looking is refused like opening."""
    with open_ledger(folder) as ledger:
        ledger._file.append([*LINES.values(), LedgerLine(kind="approval", run="R0", body='{"v":1}')])
    with pytest.raises(Refused) as refused:
        opened(folder)
    assert refused.value.said(ENGLISH) == (
        f"Row {len(ORDER) + 1} of the ledger is of a kind (approval) that only a newer Tieout knows. {UPDATE}"
    )


def test_a_kind_that_was_changed_is_damage_and_no_later_version(folder: Path) -> None:
    """The chain tells one from the other."""
    with open_ledger(folder) as ledger:
        ledger._file.append(LINES.values())
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        (trigger,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'entry_stays'").fetchone()
        connection.execute("DROP TRIGGER entry_stays")
        connection.execute("UPDATE entry SET kind = 'approval' WHERE seq = 3")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(trigger)
    with pytest.raises(LedgerLost):
        open_ledger(folder)


def test_a_ledger_from_before_the_formats_is_refused_in_one_sentence(folder: Path) -> None:
    """Nothing of it is read, and a new one can be rebuilt."""
    with open_ledger(folder):
        pass
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 1")
    with pytest.raises(LedgerLost) as refused:
        open_ledger(folder)
    assert refused.value.said(ENGLISH) == (
        f"The ledger {folder / 'ledger.db'} was written by a version of Tieout from before its first release, and "
        f"cannot be read. {RESTORE}"
    )


def test_sentences_are_stored_by_id_with_their_values() -> None:
    """Never in words, not even those within another."""
    stored = json.decode(LINES["row"].body)["reason"]
    assert stored == [
        {
            "id": "push-count-of-outcome",
            "values": {"count": "#3", "outcome": '~[{"id":"posted-word","values":{}}]'},
        }
    ]
    assert stored_form.from_text(stored_form.to_text(SHOWN.reason)) == SHOWN.reason


def test_the_marks_of_stored_values_never_change() -> None:
    """A changed one would show every amount, date and list of an older ledger as it is stored."""
    values = (1, Decimal("1.50"), date(2026, 4, 3), "x", say("y"), (say("z"),))
    stored = stored_form.to_text(say("m", a=values[0], b=values[1], c=values[2], d=values[3], e=values[4], f=values[5]))
    assert stored[0].values == {
        "a": "#1",
        "b": "$1.50",
        "c": "@2026-04-03",
        "d": "'x",
        "e": '~[{"id":"y","values":{}}]',
        "f": '&[[{"id":"z","values":{}}]]',
    }


STORED_CHOICES: dict[type[StrEnum], str] = {
    Action: "create change delete",
    Age: "current month two_months old undated",
    ApplicationPart: "total cash discount credit other",
    Choice: "last-run past-week past-two-weeks past-month custom",
    DifferenceClass: "to_push held changed_in_manage not_in_manage not_in_sage total_differs credit currency timing "
    "never_looked_at manage_only unexplained opening",
    Outcome: "posted already stale refused unknown differs",
    Phase: "sync push undo rebuild",
    IntakeKind: "receipt discount credit reversal other",
    Status: "bad_data credit_note voided ambiguous not_in_manage currency_differs changed_in_manage customer_differs "
    "total_differs overpaid reopened in_agreement ready deposit post_dated unknown_kind",
}
"""A value is added here when it is added there. None is ever taken away, spelled anew or used for something else."""


@pytest.mark.parametrize("choices", STORED_CHOICES, ids=lambda each: each.__name__)
def test_what_ledgers_hold_of_a_choice_is_never_spelled_anew(choices: type[StrEnum]) -> None:
    """Or rows that were written before could not be read."""
    assert sorted(STORED_CHOICES[choices].split()) == sorted(choices)


def test_what_begins_an_unnamed_currency_is_part_of_the_format() -> None:
    """It stands in ledgers before Sage's number."""
    assert UNNAMED == "currency "
