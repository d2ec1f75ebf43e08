"""The report of a first contact: it names what is different at a site, and nobody whom the site deals with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sync.practice.sample_company import SampleCompany, build
from sync.practice.world import Practice, practise
from tests.cli.world import TODAY, Terminal
from tests.support.alterations import Answer, Change, SampleCopies, editing, refusing, relayed
from tests.support.mariadb import PASSWORD, MariaDb, mariadb

__all__ = ["mariadb"]


def as_it_is(path: str, answer: Answer) -> Answer:
    """Nothing is changed."""
    assert path
    return answer


def dated(record: dict[str, object]) -> None:
    """Every payment of type P, with a date."""
    record.update(type="P", paymentDate="2026-03-01T00:00:00Z")


ALTERATIONS: dict[str, tuple[list[str], Change, list[str]]] = {
    "no stamps, and tables without transactions": (
        ["ALTER TABLE tcustrdt DROP COLUMN dtASDate", "ALTER TABLE tcustr ENGINE = MyISAM"],
        as_it_is,
        [r"Stamps of entry by type\n  not answered: 1054 .*dtasdate", r"\n  tcustr  engine MyISAM"],
    ),
    "numbers of reversals, and rows without bank": (
        [
            "UPDATE tcustrdt SET sSource = CONCAT('CORR ', sSource) WHERE nTranType = 1 AND dAmount > 0",
            "UPDATE tcustrdt SET nTranType = 6, lBnkAcctId = 0, lChqId = 0 WHERE nTranType = 2",
        ],
        as_it_is,
        [r"\n  CORR [1-9]\d*  no digit", r"\n  type 6  rows 4\n"],
    ),
    "the ledger ties to its account": (
        [],
        refusing("/system/info", 403),
        [
            r"account of receivables\n  ties\n  not counted: 1 documents without an amount",
            r"\nVersion\n  not answered: .*not here",
        ],
    ),
    "the ledger does not tie, and a pair is not marked": (
        ["UPDATE taccount SET dYtc = 2 * dYtc", "UPDATE tcustrdt SET bReversed = 0"],
        refusing("/payments", 403),
        [
            r"does not tie, off by 500 per mille",
            r"\n  marked 0  without a pair -\n",
            r"Payment records\n  not answered: ",
        ],
    ),
    "a currency more, and part payments with dates": (
        ["UPDATE tcustr SET lCurrncyId = 4 WHERE lId <= 40"],
        editing("/payments", dated),
        [
            r"\n  currency 4  documents 40\n",
            r"\n# Currencies without a name yet, to be added above: 3, 4\n",
            r'\npartial_date = "last_receipt"  # of part payments, \d+ have a date, 0 have none\n',
            r'\npayment_type = "P"  # ',
            r"\n  part  with a date  records ",
        ],
    ),
}
"""By what is altered: in Sage, in Manage, and what the report says of it."""


@pytest.fixture(scope="module")
def company() -> SampleCompany:
    """The sample company."""
    return build(TODAY)


@pytest.fixture(scope="module")
def copies(mariadb: MariaDb, company: SampleCompany) -> SampleCopies:
    """The sample company, filled once."""
    return SampleCopies(mariadb, company)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """One practice world for all of them."""
    with practise(tmp_path_factory.mktemp("shared"), TODAY) as world:
        yield world


def private(company: SampleCompany) -> set[str]:
    """Every name, number and amount of a company, as words of a text."""
    names = {str(row[1]) for row in company.tables["tcustomr"]} | {each.company for each in company.invoices}
    numbers = {str(row[3]) for row in company.tables["tcustr"]} | {str(row[3]) for row in company.tables["tcustrdt"]}
    amounts = {f"{abs(row[5]):.2f}" for row in company.tables["tcustrdt"] if isinstance(row[5], float)}
    names |= {str(row[1]) for row in company.tables["tcompany"]}
    return {each.strip() for each in names | numbers | amounts} - {""}


@pytest.mark.mariadb
@pytest.mark.xdist_group("mariadb")
@pytest.mark.parametrize("name", ALTERATIONS)
def test_a_report_says_what_is_different_and_names_nobody(
    name: str,
    copies: SampleCopies,
    company: SampleCompany,
    shared: Practice,
    httpserver: HTTPServer,
    terminal: Terminal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever a question comes to, and also where it is refused."""
    statements, change, said = ALTERATIONS[name]
    monkeypatch.setenv("TIEOUT_SAGE_PASSWORD", PASSWORD)
    with relayed(httpserver, shared, change) as address:
        text = re.sub("sqlite = .*", copies.section(copies.altered(statements)), shared.place.config.read_text("utf-8"))
        (tmp_path / "tieout.toml").write_text(re.sub('site = ".*"', f'site = "{address}"', text), "utf-8")
        common = ("--config", str(tmp_path / "tieout.toml"), "--state", str(tmp_path / "state"))
        target = tmp_path / "report.txt"
        assert str(target) in terminal.tieout("check", "--report", str(target), *common).out
    report = target.read_text("utf-8-sig")
    assert [each for each in said if not re.search(each, report)] == []
    assert len(private(company)) > 1900
    words = set(re.findall(r"[\w.-]+", report))
    assert [each for each in private(company) if each in words or (" " in each and each in report)] == []


def test_a_report_of_a_file_says_what_it_does_not_know(terminal: Terminal, tmp_path: Path) -> None:
    """The practice company is no server: what only one can answer says so, and the head is French."""
    target = tmp_path / "report.txt"
    assert terminal.tieout("check", "--profile", "practice", "--lang", "fr", "--report", str(target)).status == 0
    report = target.read_text("utf-8-sig")
    assert report.startswith("Ce que Tieout a trouvé")
    assert "@@version\n  not answered: " in report
    assert "Documents by currency\n  currency 1  documents " in report


def test_a_report_needs_a_place_of_its_own(terminal: Terminal, practice: Practice) -> None:
    """A folder that is not there, and the settings file, which stays as it was."""
    settings = practice.place.config.read_bytes()
    for target in (practice.folder / "nowhere" / "report.txt", practice.place.config):
        answer = terminal.at(practice, "check", "--report", str(target))
        assert (answer.status, "--report" in answer.err) == (2, True)
    assert practice.place.config.read_bytes() == settings
