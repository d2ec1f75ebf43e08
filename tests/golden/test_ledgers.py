"""Every golden ledger, of whatever format, is read to what it was written with, and its chain is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.messages import Sentence
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Status
from sync.language.catalogues import language
from sync.ledger import posting_records, row_records, run_records, signature_records, stored_form
from sync.ledger.formats import KINDS
from sync.ledger.hash_chain import COLUMNS
from sync.ledger.sqlite_ledger import SqliteLedger, open_read_only
from sync.ledger.stored_form import Stored
from tests.catalogue import catalogue
from tests.golden.ledger_files import ANSWERS, FOLDER, ROWS, asked, missing, rows, write

MANY = 20
FOLDERS = sorted(FOLDER.parent.glob("ledger-*"))


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[SqliteLedger, Path]]:
    """A golden ledger, in a copy of its folder."""
    folder: Path = request.param
    shutil.copytree(folder, tmp_path / "state")
    ledger = open_read_only(tmp_path / "state")
    assert ledger is not None
    with ledger:
        yield ledger, folder


def test_a_golden_ledger_is_whole(golden: tuple[SqliteLedger, Path]) -> None:
    """Every row follows from the one before it, is readable, and is the one that stands in the text beside it."""
    ledger, folder = golden
    assert ledger.head() == ledger.verify()
    assert [json.decode(line) for line in (folder / ROWS).read_bytes().splitlines()] == [
        list(row) for row in rows(ledger)
    ]


def test_a_golden_ledger_answers_as_when_it_was_written(golden: tuple[SqliteLedger, Path]) -> None:
    """Every question; whatever fields values have got since."""
    ledger, folder = golden
    recorded = json.decode((folder / ANSWERS).read_bytes())
    assert missing(recorded, json.decode(json.encode(asked(ledger)))) == []


def texts(value: Any) -> Iterator[tuple[str, dict[str, str]]]:  # noqa: ANN401 - plain values
    """Every sentence in an answer."""
    if isinstance(value, dict) and value.keys() == {"id", "values"}:
        yield value["id"], value["values"]
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_sentence_of_a_golden_ledger_can_still_be_said(golden: tuple[SqliteLedger, Path], code: str) -> None:
    """An id that ledgers hold keeps its words, and these need no value that it was not given."""
    words, used = {str(message.id) for message in catalogue("tieout", code) if message.string}, set()

    def template(message: str) -> str:
        used.add(message)
        return language(code).template(message)

    speaker = replace(language(code), template=template)
    for message, values in texts(asked(golden[0])):
        assert Sentence(message, tuple(values.items())).said(speaker) != ""
    assert (len(used) > MANY, sorted(used - words)) == (True, [])


def test_the_newest_golden_ledger_holds_everything_that_can_happen() -> None:
    """Every kind of record, outcome, status and class of the tie-out, so that none goes unread."""
    answers = json.decode((FOLDER / ANSWERS).read_bytes())
    lines = [json.decode(line) for line in (FOLDER / ROWS).read_bytes().splitlines()]
    runs = answers["runs"].values()
    assert {line[1] for line in lines} == set(KINDS)
    assert {posting["outcome"] for run in runs for posting in run["postings"]} == set(Outcome)
    assert {row["status"] for run in runs for row in run["reviewed"].values()} == set(Status)
    assert {item["reason"] for run in runs for item in run["evidence"]["tie_out"]["items"]} == set(DifferenceClass)


def test_today_s_format_is_that_of_the_newest_golden_ledger() -> None:
    """Each value is stored again as the record it was read from; what differs is a new version of its kind."""
    lines = [json.decode(line) for line in (FOLDER / ROWS).read_bytes().splitlines()]
    again = [(kind, body, STORED[kind](stored_form.read(KINDS[kind], body))) for kind, body in _records(lines)]
    assert [(kind, body) for kind, body, stored in again if body != stored] == []


def _records(lines: list[list[Any]]) -> list[tuple[str, str]]:
    kind, body = (COLUMNS.split(", ").index(column) for column in ("kind", "body"))
    return [(line[kind], line[body]) for line in lines]


def _body(record: Stored) -> str:
    return json.encode(record).decode()


STORED: dict[str, Callable[[Any], str]] = {
    "run": lambda value: _body(run_records.to_run(value)),
    "closing": lambda value: _body(run_records.to_closing(value)),
    "evidence": lambda value: _body(run_records.to_evidence(value)),
    "row": lambda value: _body(row_records.to_row(value)),
    "opening": lambda value: _body(run_records.to_opening(value)),
    "match": lambda value: _body(row_records.to_match(value)),
    "hold": lambda value: _body(row_records.to_hold(value)),
    "decision": lambda value: _body(row_records.to_decision(value)),
    "intent": lambda value: _body(posting_records.to_intent(value)),
    "posting": lambda value: _body(posting_records.to_posting(value)),
    "customer": lambda who: _body(
        row_records.CustomerRecord(v=1, customer_id=who[0], customer=who[1], company_id=who[2])
    ),
    "end": lambda value: _body(run_records.to_end(value)),
    "export": lambda value: _body(run_records.to_export(value)),
    "signature": lambda value: _body(signature_records.to_signature(value)),
}


def test_the_command_writes_a_ledger_with_its_rows_and_answers(tmp_path: Path) -> None:
    """For the day on which the format gets another version."""
    write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [ANSWERS, "ledger.db", "ledger.head", ROWS]
