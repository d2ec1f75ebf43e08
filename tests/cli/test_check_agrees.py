"""What `tieout check` says of a site and what a sync does there, for each way a site was seen or may be different."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sync.practice.sample_company import build
from sync.practice.world import Practice, practise
from tests.cli.world import TODAY, Terminal
from tests.support.alterations import Answer, Change, SampleCopies, editing, refusing, relayed
from tests.support.mariadb import PASSWORD, MariaDb, mariadb

__all__ = ["mariadb"]
LINES = "ALTER TABLE tcustrdt "
SAGE_SITES: dict[str, tuple[list[str], str, int]] = {
    "as it is": ([], "ok", 0),
    "amounts are text": ([LINES + "MODIFY dAmount VARCHAR(30)"], "failed", 0),
    "numbers are bytes": (["ALTER TABLE tcustr MODIFY sSource VARBINARY(30)"], "ok", 0),
    "no currencies": (
        ["ALTER TABLE tcustr DROP COLUMN lCurrncyId", "ALTER TABLE tcustomr DROP COLUMN lCurrncyId"],
        "warning",
        0,
    ),
    "no day of entry": ([LINES + "DROP COLUMN dtASDate"], "warning", 0),
    "no journal": (["DROP TABLE tjourent", "DROP TABLE tjently", LINES + "DROP COLUMN dtASDate"], "warning", 0),
    "a currency without a name": (["UPDATE tcustr SET lCurrncyId = 4 WHERE lId < 50"], "warning", 0),
    "no transactions": ([f"ALTER TABLE {table} ENGINE = MyISAM" for table in ("tcustr", "tcustrdt")], "warning", 0),
    "amounts are exact": ([LINES + "MODIFY dAmount DECIMAL(15,2)"], "ok", 0),
    "types are text": (
        [LINES + "MODIFY nTranType VARCHAR(5)", "ALTER TABLE tcustr MODIFY nTranType VARCHAR(5)"],
        "ok",
        0,
    ),
    "dates are days": ([LINES + "MODIFY dtDate DATE", "ALTER TABLE tcustr MODIFY dtDate DATE"], "ok", 0),
    "no invoices": (["DELETE FROM tcustrdt", "DELETE FROM tcustr"], "failed", 4),
    "no name": (["UPDATE tcompany SET sCompName = ''"], "failed", 2),
    "no cheques": ([LINES + "DROP COLUMN lChqId"], "failed", 2),
    "no customers": (["DELETE FROM tcustomr"], "failed", 0),
    "keys of customers are text": (["ALTER TABLE tcustr MODIFY lCusId VARCHAR(10)"], "ok", 0),
    "amounts are empty": (["UPDATE tcustrdt SET dAmount = NULL"], "failed", 0),
}
"""By what is altered: the statements, what check says, and how a sync ends."""


def without(name: str) -> Change:
    """An answer whose invoices lack a field."""
    return editing("/finance/invoices\\?", lambda each: each.pop(name, None))


def key_in_small_letters(path: str, answer: Answer) -> Answer:
    """The codebase under another spelling of its name."""
    if "companyinfo" in path and isinstance(answer.body, dict):
        return Answer(answer.status, {name.lower(): value for name, value in answer.body.items()})
    return answer


def as_text(record: dict[str, object]) -> None:
    """Amounts in quotes."""
    record.update({name: str(record[name]) for name in ("total", "payments", "credits", "balance") if name in record})


MANAGE_SITES: dict[str, tuple[Change, str, int]] = {
    "status/isClosed is no field": (refusing("/finance/invoices\\?.*isClosed", 400), "failed", 3),
    "no payments": (without("payments"), "failed", 0),
    "no system/info": (refusing("/system/info", 403), "warning", 0),
    "no count": (refusing("/invoices/count", 404), "warning", 0),
    "count refused": (refusing("/invoices/count", 403), "warning", 0),
    "codebase in small letters": (key_in_small_letters, "ok", 0),
    "no billing status": (refusing("/billingStatuses", 403), "warning", 0),
    "payments refused": (refusing("/payments", 403), "failed", 2),
    "invoices refused": (refusing("/finance/invoices\\?", 403), "failed", 2),
    "login refused": (refusing(".*/apis/", 401), "failed", 2),
    "no such version": (refusing("version=", 404, "API version 2025.1 is not supported"), "warning", 0),
    "amounts in quotes": (editing("/finance/invoices\\?", as_text), "ok", 0),
    "balances count otherwise": (
        editing("/finance/invoices\\?", lambda each: each.update(balance=9999.0) if each.get("payments") else None),
        "warning",
        0,
    ),
    "no closed": (editing("/finance/invoices\\?", lambda each: each.update(status={"name": "New"})), "ok", 0),
    "count is another": (editing("/invoices/count", lambda each: each.update(count=5000)), "warning", 0),
}
"""By what is different: the change, what check says, and how a sync ends."""


class Site:
    """A company and a site to try commands on."""

    def __init__(self, practice: Practice, terminal: Terminal, folder: Path) -> None:
        self._practice, self._terminal, self._folder = practice, terminal, folder

    def judged(self, *, sage: str | None = None, manage: str | None = None) -> tuple[str, int, Counter[str]]:
        """What check says, how a sync ends, and its rows by status."""
        text = self._practice.place.config.read_text("utf-8")
        text = text.replace('2 = "USD"', '2 = "USD", 3 = "EUR"')
        if sage:
            text = re.sub("sqlite = .*", sage, text)
        if manage:
            text = re.sub('site = ".*"', f'site = "{manage}"', text)
        config = self._folder / "tieout.toml"
        config.write_text(text.replace('"sample.db"', json.dumps(str(self._practice.folder / "sample.db"))), "utf-8")
        common = ("--config", str(config), "--state", str(self._folder / "state"), "--today", TODAY.isoformat())
        checked = self._terminal.tieout("check", *common)
        rows = self._folder / "rows.json"
        arguments = ("sync", "--since", "past-month", "--json", str(rows), "--out", str(self._folder / "review.xlsx"))
        synced = self._terminal.tieout(*arguments, *common)
        counts = Counter[str]()
        if rows.exists():
            counts.update(row["status"] for row in json.loads(rows.read_text("utf-8"))["rows"])
        warned = any(line.startswith("WARNING") for line in checked.out.splitlines())
        verdict = "failed" if checked.status else "warning" if warned else "ok"
        return verdict, synced.status, counts


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """One practice world for all of them: nothing is pushed."""
    with practise(tmp_path_factory.mktemp("shared"), TODAY) as world:
        yield world


@pytest.fixture
def site(shared: Practice, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """That world, with a state folder of this test."""
    monkeypatch.setenv("TIEOUT_SAGE_PASSWORD", PASSWORD)
    return Site(shared, terminal, tmp_path)


@pytest.fixture(scope="module")
def copies(mariadb: MariaDb) -> SampleCopies:
    """The sample company, filled once."""
    return SampleCopies(mariadb, build(TODAY))


@pytest.mark.mariadb
@pytest.mark.xdist_group("mariadb")
@pytest.mark.parametrize("name", SAGE_SITES)
def test_check_fails_where_a_sync_of_sage_would(name: str, copies: SampleCopies, site: Site) -> None:
    """Or where every row would be bad data; whatever else is odd is a warning."""
    statements, said, ends = SAGE_SITES[name]
    database = copies.altered(statements)
    verdict, status, rows = site.judged(sage=copies.section(database))
    assert (verdict, status) == (said, ends)
    assert (verdict == "failed") == (status != 0 or set(rows) == {"bad_data"})


@pytest.mark.parametrize("name", MANAGE_SITES)
def test_check_fails_where_a_sync_of_manage_would(
    name: str, site: Site, shared: Practice, httpserver: HTTPServer
) -> None:
    """As for Sage: what an invoice in Manage decides is bad data in every row, or check does not fail."""
    change, said, ends = MANAGE_SITES[name]
    with relayed(httpserver, shared, change) as address:
        verdict, status, rows = site.judged(manage=address)
    assert (verdict, status) == (said, ends)
    decided = Counter({each: many for each, many in rows.items() if each not in WITHOUT_MANAGE})
    assert (verdict == "failed") == (status != 0 or set(decided) == {"bad_data"})


WITHOUT_MANAGE = {"not_in_manage", "deposit", "ambiguous", "credit_note", "voided"}
"""What is so whatever an invoice in Manage says."""


def test_a_go_live_date_that_no_sync_takes_fails(terminal: Terminal, practice: Practice) -> None:
    """It lies ahead, or another one's opening statement is on record: both say so in the same words."""
    lines = practice.place.config.read_text("utf-8")

    def both(day: str) -> tuple[tuple[int, int], bool]:
        practice.place.config.write_text(lines.replace("[policy]", f'[policy]\ngo_live = "{day}"'), "utf-8")
        checked = terminal.at(practice, "check")
        synced = terminal.at(practice, "sync", "--since", "past-week", "--out", f"{day}.xlsx")
        return (checked.status, synced.status), bool(synced.err) and f"Settings: {synced.err}" in checked.out

    past = TODAY - timedelta(days=60)
    assert both(f"{TODAY + timedelta(days=1)}") == ((2, 2), True)
    assert both(f"{past}") == ((0, 0), False)
    assert both(f"{past}") == ((0, 0), False)
    assert both(f"{past - timedelta(days=1)}") == ((2, 2), True)
    (practice.place.state / "ledger.db").write_bytes(b"damaged")
    assert terminal.at(practice, "check").out.count("FAILED") == 1
