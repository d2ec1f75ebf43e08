"""`tieout match`: an invoice of another number accepted, listed, used and taken back; and a receipt that moved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from sync.practice.world import BOOKS, Practice
from tests.cli.world import Terminal
from tests.workbook.edited import edited

MONTH = ("sync", "--since", "past-month", "--json", "-")


@contextmanager
def books(practice: Practice) -> Iterator[sqlite3.Connection]:
    """Sage's books, as somebody at work there changes them."""
    with closing(sqlite3.connect(practice.folder / BOOKS)) as connection:
        yield connection
        connection.commit()


def rows(terminal: Terminal, practice: Practice, out: str) -> dict[str, dict[str, Any]]:
    """Sync, and return the rows by key."""
    answer = terminal.at(practice, *MONTH, "--out", out)
    assert answer.status == 0, answer.words
    return {row["key"]: row for row in json.loads(answer.out)["rows"]}


def test_a_near_number_is_accepted_listed_used_and_taken_back(terminal: Terminal, practice: Practice) -> None:
    """A leading zero in Sage: named with how it was found, paid only on a person's word."""
    before = next(row for row in rows(terminal, practice, "a.xlsx").values() if row["approve"])
    key, number = before["key"], before["invoice"]
    with books(practice) as sage:
        sage.execute("UPDATE tcustr SET ssource = ? WHERE lid = ?", (f"0{number}", int(key)))
    lost = rows(terminal, practice, "b.xlsx")[key]
    assert (lost["status"], lost["approve"]) == ("not_in_manage", False)
    assert f"{number} ({before['customer']}" in lost["reason"]
    assert "leading zeros" in lost["reason"]

    assert terminal.at(practice, "match", "--list").status == 0
    said = terminal.at(practice, "match", f"0{number}", number)
    assert (said.status, f"invoice {number} of" in said.out) == (0, True)
    listed = terminal.at(practice, "match", "--list").out
    assert f"Invoice 0{number} of {before['customer']} in Sage is taken for invoice {number}" in listed

    found = rows(terminal, practice, "c.xlsx")[key]
    assert (found["status"], found["paid_proposed"]) == ("ready", before["paid_proposed"])
    assert f"Taken for invoice {number} in Manage: accepted by" in found["reason"]
    pushed = json.loads(terminal.at(practice, "push", "c.xlsx", "--yes", "--json", "-").out)
    assert {each["outcome"] for each in pushed["postings"] if each["key"] == key} == {"posted"}

    back = terminal.at(practice, "match", f"0{number}", "--undo")
    assert (back.status, "no longer taken" in back.out) == (0, True)
    assert "No invoice was accepted" in terminal.at(practice, "match", "--list").out
    assert rows(terminal, practice, "d.xlsx").get(key, lost)["status"] == "not_in_manage"


@pytest.mark.parametrize(
    "words", [(), ("1",), ("1", "2", "--undo"), ("1", "--list"), ("--undo",), ("--list", "--undo"), (" ", "2")]
)
def test_other_words_are_a_usage_error(terminal: Terminal, practice: Practice, words: tuple[str, ...]) -> None:
    """Nothing is opened, and nothing recorded."""
    answer = terminal.at(practice, "match", *words)
    assert (answer.status, "--undo" in answer.err) == (2, True)


def test_what_is_not_found_is_said(terminal: Terminal, practice: Practice) -> None:
    """Before the first sync, and after it."""
    assert terminal.at(practice, "match", "1", "2").status == 2
    rows(terminal, practice, "a.xlsx")
    answer = terminal.at(practice, "match", "nowhere", "2")
    assert (answer.status, "nowhere" in answer.err) == (2, True)


def test_a_moved_receipt_is_named_on_both_rows_and_before_a_push_of_one(terminal: Terminal, practice: Practice) -> None:
    """The receipt of a posted invoice is applied to another one of the same customer."""
    first = rows(terminal, practice, "a.xlsx")
    assert terminal.at(practice, "push", "a.xlsx", "--yes").status == 0
    with books(practice) as sage:
        for key in (key for key, row in first.items() if row["approve"] and row["clearing_receipt"]):
            receipts = sage.execute(
                "SELECT lid, damount FROM tcustrdt WHERE lcustrid = ? AND ntrantype = 1 AND damount < 0", (int(key),)
            ).fetchall()
            open_ones = sage.execute(
                "SELECT h.lid, SUM(d.damount) FROM tcustr h JOIN tcustrdt d ON d.lcustrid = h.lid WHERE h.lid <> ?1 AND"
                " h.lcusid = (SELECT lcusid FROM tcustr WHERE lid = ?1) GROUP BY h.lid HAVING COUNT(*) = 1",
                (int(key),),
            ).fetchall()
            fits = [(lid, other) for lid, amount in receipts for other, owed in open_ones if owed >= -amount]
            if len(receipts) == 1 and fits:
                break
        else:
            raise AssertionError("the sample company has such a customer")
        sage.execute("UPDATE tcustrdt SET lcustrid = ? WHERE lid = ?", (fits[0][1], fits[0][0]))
    second = rows(terminal, practice, "b.xlsx")
    old, new = second[key], second[str(fits[0][1])]
    for row in (old, new):
        assert f"has moved in Sage from invoice {old['invoice']} to invoice {new['invoice']}." in row["reason"]
        assert not row["approve"]
    with edited(terminal.folder / "b.xlsx") as file:
        file.cell(file.keys().index(new["key"]), "Approve").value = "Yes"
    answer = terminal.at(practice, "push", "b.xlsx")
    assert "Manage would show it on both." in answer.words
