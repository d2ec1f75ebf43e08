"""The sample company: believable, complete, the same every time, and the same from both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose, unread
from sync.core.prove.completeness import untied
from sync.core.values.periods import Choice, Since, window
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Reading, Wanted
from sync.practice.sample_company import SampleCompany, build, fill, write_sqlite
from sync.sage.snapshot import open_odbc, open_sqlite
from tests.support.mariadb import PASSWORD, MariaDb

ANCHORS = [date(2026, 4, 10), date(2024, 2, 29), date(2026, 3, 31), date(2026, 1, 1), date(2025, 12, 31)]
POLICY = Policy(currencies={1: "CAD", 2: "USD"})


def month(anchor: date) -> Wanted:
    """The month before a day, and every document besides."""
    return Wanted(window=window(Since(choice=Choice.PAST_MONTH), today=anchor))


def reviewed(company: SampleCompany, reading: Reading, anchor: date) -> list[Proposal]:
    """What a first sync over the month would show."""
    known = LedgerMemory()
    everything = positions(reading.documents, reading.entries, anchor)
    pairs = pair(everything, reading.touched, company.invoices, known, POLICY)
    needed = unread(pairs, known)
    payments = {i: tuple(p for p in company.payments if p.invoice_id == i) for i in needed}
    return propose(pairs, payments, known, POLICY)


@pytest.mark.parametrize("anchor", ANCHORS, ids=str)
def test_every_status_appears_three_times_and_most_rows_are_ready(anchor: date, tmp_path: Path) -> None:
    """Whatever the day: about 900 documents, 60 customers, every status, and at least sixty rows to push."""
    company = build(anchor)
    write_sqlite(tmp_path / "sample.db", company)
    reading = open_sqlite(tmp_path / "sample.db").read(month(anchor))
    rows = reviewed(company, reading, anchor)
    counts = Counter(row.status for row in rows)
    assert 850 <= len(company.tables["tcustr"]) <= 950
    assert len(company.tables["tcustomr"]) == 60
    assert [status for status in Status if counts[status] < 3] == []
    assert counts[Status.READY] >= 60
    chosen = [p for p in positions(reading.documents, reading.entries, anchor) if p.document.id in reading.touched]
    assert untied(chosen, rows, POLICY) == []


@pytest.mark.parametrize("anchor", ANCHORS, ids=str)
def test_names_and_numbers_fit_both_systems_and_only_three_cheques_are_dated_ahead(anchor: date) -> None:
    """Sage keeps 52 characters of a name, Manage 15 of a number; nothing is entered later than the anchor."""
    company = build(anchor)
    ahead = f"{anchor.isoformat()} 23:59:59"
    assert [row for row in company.tables["tcustomr"] if len(str(row[1])) > 52] == []
    assert [row for row in company.tables["tcustr"] if len(str(row[3])) > 15] == []
    assert [row for row in company.tables["tcustrdt"] if str(row[10]) > ahead] == []
    assert len([row for row in company.tables["tcustrdt"] if str(row[2] or "") > ahead]) == 3


def test_the_same_day_gives_the_same_company(tmp_path: Path) -> None:
    """Also in another process with another hash seed, byte for byte."""
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from sync.practice.sample_company import build, write_sqlite\n"
        "write_sqlite(Path(sys.argv[1]), build(date(2026, 4, 10)))"
    )
    made = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.db"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run([sys.executable, "-c", code, str(path)], check=True, env=environment)
        made.append(path.read_bytes())
    assert made[0] == made[1]


@pytest.mark.mariadb
@pytest.mark.xdist_group("mariadb")
def test_the_same_sql_gives_equal_positions_from_both_databases(mariadb: MariaDb, tmp_path: Path) -> None:
    """The whole company, document by document, from sqlite and from MariaDB over ODBC."""
    anchor = ANCHORS[0]
    company = build(anchor)
    write_sqlite(tmp_path / "sample.db", company)
    name = mariadb.new_database()
    with closing(mariadb.admin(name)) as admin:
        fill(admin, company, sqlite=False)
    everything = Wanted(window=month(anchor).window, documents=frozenset(range(1, len(company.tables["tcustr"]) + 1)))
    embedded = open_sqlite(tmp_path / "sample.db").read(everything)
    served = open_odbc(mariadb.connection_string(name), PASSWORD).read(everything)
    assert len(embedded.documents) == len(company.tables["tcustr"])
    by_id = lambda found: found.document.id  # noqa: E731 - a sort key
    assert sorted(positions(served.documents, served.entries), key=by_id) == sorted(
        positions(embedded.documents, embedded.entries), key=by_id
    )
    assert replace(served, documents=(), entries=(), clock=embedded.clock) == replace(
        embedded, documents=(), entries=()
    )
