"""The sheet Settings: filled from the settings file, written back to it, every link tested, and never a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from sync.settings import connections, settings_writer
from sync.settings import secrets as vault
from sync.settings.interview import SECRETS, Field
from sync.settings.profiles import place_of
from sync.settings.secrets import PRIVATE, PUBLIC
from tests.addin.bench import TODAY, Bench
from workbook.control import settings_sheet
from workbook.control.panel import FIGURES, Figure, Input
from workbook.control.settings_sheet import CHECKS, MOST, ROWS

DRIVER = "MySQL ODBC 8.0 Unicode Driver"
TYPED = {
    Field.DRIVER: DRIVER,
    Field.HOST: "localhost",
    Field.PORT: "13540",
    Field.DATABASE: "simply",
    Field.SAGE_USER: "reader",
    Field.SITE: "http://127.0.0.1:9",
    Field.COMPANY: "acme",
    Field.CLIENT_ID: "c-1",
    Field.CURRENCIES: "1=CAD",
    Field.TOLERANCE: "0.00",
    Field.GO_LIVE: "-",
    Field.INVOICE_LINK: "-",
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings file will be, on a computer with one driver that fits."""
    path = tmp_path / "config" / "tieout.toml"
    monkeypatch.setenv("TIEOUT_CONFIG", str(path))
    monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("TIEOUT_TODAY", TODAY.isoformat())
    monkeypatch.setattr(connections, "installed", lambda: ["SQLite3", DRIVER])
    monkeypatch.setattr("sync.manage.http_session.PAUSE", (0.0, 0.0))  # between attempts at a site that is not there
    return path


def fill(bench: Bench, answers: dict[Field, str], name: str = "Settings") -> None:
    """Type answers into the sheet."""
    for field, answer in answers.items():
        bench.book.sheets[name].range(f"C{ROWS[field]}").raw_value = answer


def answers(bench: Bench, name: str = "Settings") -> dict[Field, str]:
    """What stands in its inputs."""
    block = bench.sheet(name, settings_sheet.INPUT_BLOCK)
    return {field: str(row[0]) for field, row in zip(Field, block, strict=True) if row[0] and field not in SECRETS}


def shown(bench: Bench) -> list[list[str]]:
    """Link, verdict, finding and advice of each check, as the hidden sheet holds them."""
    return [list(map(str, row[1:])) for row in bench.sheet(FIGURES, settings_sheet.SHOWN_BLOCK) if row[1]]


def secrets(bench: Bench) -> list[str]:
    """What is said of each secret."""
    return [str(row[0]) for row in bench.sheet(FIGURES, settings_sheet.SHOWN_BLOCK)[: len(SECRETS)]]


def test_an_empty_sheet_proposes_what_is_usual_and_writes_nothing(bench: Bench, config: Path) -> None:
    """Host, port, database and the driver of this computer, which its list offers too."""
    bench.press("Check Setup")
    usual = {Field.DRIVER: DRIVER, Field.HOST: "localhost", Field.PORT: "13540", Field.DATABASE: "simply"}
    rules = {Field.CURRENCIES: "1=CAD", Field.TOLERANCE: "0.00", Field.GO_LIVE: "-", Field.INVOICE_LINK: "-"}
    assert answers(bench) == usual | rules
    assert not config.exists()
    assert bench.sheet(FIGURES, "G1:G2") == [[DRIVER], [connections.NO_DRIVER]]
    assert bench.status.startswith("Settings: There is no settings file")
    assert [row[1] for row in shown(bench)] == ["OK", "To be corrected"]
    bench.press("Check Setup")
    assert "The settings file was not changed. Sage user: an answer is missing." in bench.status
    assert not config.exists()


def test_what_is_typed_is_written_when_all_of_it_can_be_right(bench: Bench, config: Path) -> None:
    """As tieout setup writes it, short names spelt out; then every link is tested, each with what to do."""
    fill(bench, TYPED | {Field.SITE: "http://127.0.0.1:9/login?x"})
    bench.press("Check Setup")
    assert settings_writer.read(config, ENGLISH).answers == TYPED
    assert answers(bench) == TYPED
    assert bench.status.startswith(f"The settings file {config} was changed.")
    assert bench.shown(Figure.SETTINGS) == str(config)
    found = {row[0]: row for row in shown(bench)}
    assert (found["Settings"][1], found["Manage site and login"][1]) == ("OK", "Not reached")
    assert all(row[2] for row in found.values())


def test_comments_and_other_settings_stay_as_they_were(bench: Bench, config: Path) -> None:
    """Only the lines of what was changed are written."""
    fill(bench, TYPED)
    bench.press("Check Setup")
    text = config.read_text("utf-8").replace("timeout = 30", "timeout = 45  # our line is slow")
    config.write_text(text, "utf-8")
    fill(bench, {Field.CLIENT_ID: "c-2"})
    bench.press("Check Setup")
    assert config.read_text("utf-8") == text.replace('"c-1"', '"c-2"')
    before = config.stat().st_mtime_ns
    bench.press("Check Setup")
    assert config.stat().st_mtime_ns == before
    assert "was changed" not in bench.status


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({Field.PORT: "99999"}, "Port of Sage's Connection Manager: '99999' is not a port number."),
        ({Field.SITE: "http://manage.example.com"}, "Over plain http the keys could be read on their way."),
        ({Field.DRIVER: "Oracle"}, "ODBC driver: No ODBC driver 'Oracle' is installed."),
        ({Field.CURRENCIES: "CAD"}, "Currencies: 'CAD' does not name currencies."),
        ({Field.TOLERANCE: "-1"}, "Tolerance: '-1' is not a tolerance."),
        ({Field.GO_LIVE: "1999-12-31"}, "Go-live date (- takes all in): '1999-12-31' is not a go-live date."),
    ],
)
def test_an_answer_that_cannot_be_right_is_named_and_nothing_is_written(
    bench: Bench, config: Path, wrong: dict[Field, str], words: str
) -> None:
    """The file stays as it is, and so does what was typed, to be corrected."""
    fill(bench, TYPED)
    bench.press("Check Setup")
    before = config.read_bytes()
    fill(bench, wrong | {Field.DATABASE: "simply2"})
    bench.press("Check Setup")
    assert config.read_bytes() == before
    assert bench.status.startswith("The settings file was not changed.")
    assert words in bench.status
    assert answers(bench) == TYPED | wrong | {Field.DATABASE: "simply2"}


def test_currencies_and_tolerance_are_written_into_the_policy(bench: Bench, config: Path) -> None:
    """As somebody types them; what else the lines say stays."""
    fill(bench, TYPED)
    bench.press("Check Setup")
    text = config.read_text("utf-8").replace('tolerance = "0.00"', 'tolerance = "0.00"  # ours')
    config.write_text(text, "utf-8")
    fill(bench, {Field.CURRENCIES: "2 = usd; 1=CAD", Field.TOLERANCE: "0,05"})
    bench.press("Check Setup")
    assert answers(bench) == TYPED | {Field.CURRENCIES: "1=CAD, 2=USD", Field.TOLERANCE: "0.05"}
    changed = text.replace('"0.00"  # ours', '"0.05"  # ours').replace('{1 = "CAD"}', '{1 = "CAD", 2 = "USD"}')
    assert config.read_text("utf-8") == changed


def test_a_go_live_date_is_written_changed_and_taken_away(bench: Bench, config: Path) -> None:
    """The example beside it stays a comment; without a date nothing is written again and again."""
    fill(bench, TYPED)
    bench.press("Check Setup")
    without = config.read_text("utf-8")
    for typed in ("2026-01-01", "2026-02-01", "-"):
        fill(bench, {Field.GO_LIVE: typed})
        bench.press("Check Setup")
        assert answers(bench) == TYPED | {Field.GO_LIVE: typed}
        lines = config.read_text("utf-8").splitlines()
        found = [line for line in lines if line.startswith("go_live")]
        assert found == ([] if typed == "-" else [f'go_live = "{typed}"'])
    assert config.read_text("utf-8") == without
    bench.press("Check Setup")
    assert "was changed" not in bench.status


def test_an_emptied_answer_comes_back_from_the_file(bench: Bench, config: Path) -> None:
    """Nothing that is needed can be taken away."""
    fill(bench, TYPED)
    bench.press("Check Setup")
    bench.book.sheets["Settings"].range(f"C{ROWS[Field.HOST]}").raw_value = None
    bench.press("Check Setup")
    assert answers(bench) == TYPED
    assert config.exists()


def test_what_was_changed_in_the_file_meanwhile_is_shown_and_never_taken_back(bench: Bench, config: Path) -> None:
    """Only what was typed since the sheet was filled is written."""
    fill(bench, TYPED)
    bench.press("Check Setup")
    config.write_text(config.read_text("utf-8").replace("SERVER=localhost", "SERVER=compta-1"), "utf-8")
    fill(bench, {Field.CLIENT_ID: "c-2"})
    bench.press("Check Setup")
    wanted = TYPED | {Field.HOST: "compta-1", Field.CLIENT_ID: "c-2"}
    assert (settings_writer.read(config, ENGLISH).answers, answers(bench)) == (wanted, wanted)


def test_another_company_s_settings_are_never_written_into_its_file(bench: Bench, config: Path) -> None:
    """The sheet shows those of the company chosen before; they give way to its own."""
    fill(bench, TYPED)
    bench.press("Check Setup")
    other = place_of("west").config
    other.parent.mkdir(parents=True)
    text = config.read_text("utf-8").replace('"acme"', '"west"')
    other.write_text(text, "utf-8")
    bench.choose(Input.COMPANY, "west")
    bench.press("Check Setup")
    assert answers(bench) == TYPED | {Field.COMPANY: "west"}
    assert (other.read_text("utf-8"), bench.shown(Figure.SETTINGS)) == (text, str(other))
    assert "tieout setup --profile west" in secrets(bench)[0]


def test_secrets_are_never_in_the_workbook_but_where_they_are_is(
    bench: Bench, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the environment, in the keyring, or missing, with the command that asks for them."""
    monkeypatch.setenv(PUBLIC, "public-canary")
    monkeypatch.setattr(vault, "kept", lambda name: "private-canary" if name.endswith("/private") else None)
    monkeypatch.setattr(vault, "kept_password", lambda *_: None)
    fill(bench, TYPED)
    bench.press("Check Setup")
    assert secrets(bench) == [
        "missing: run tieout setup in a console",
        f"taken from {PUBLIC}",
        "kept in this computer's keyring",
    ]
    monkeypatch.setenv(PRIVATE, "private-canary")
    bench.press("Check Setup")
    everything = [bench.sheet(sheet.name, "A1:M60") for sheet in bench.book.sheets]
    assert "canary" not in str(everything)
    assert "canary" not in config.read_text("utf-8")


def test_the_sample_company_s_inputs_are_left_alone(bench: Bench, practice: Practice) -> None:
    """Only what the tests found is shown; nothing of its settings is touched."""
    before = practice.place.config.read_bytes()
    fill(bench, {Field.HOST: "elsewhere"})
    bench.press("Check Setup")
    assert bench.status.startswith("All ")
    assert answers(bench) == {Field.HOST: "elsewhere"}
    assert secrets(bench) == ["not needed for the sample company"] * 3
    assert [row[1] for row in shown(bench) if row[1] != "OK"] == ["Works, with a warning"]  # an unnamed currency
    assert practice.place.config.read_bytes() == before


@pytest.mark.usefixtures("free_port")
def test_the_practice_choice_shows_its_checks(bench: Bench, config: Path) -> None:
    """Without any settings of one's own."""
    bench.choose(Input.COMPANY, "Practice (sample company)")
    bench.press("Check Setup")
    assert bench.status.startswith("All ")
    assert (answers(bench), len(shown(bench)) > 5, config.exists()) == ({}, True, False)


def test_a_settings_file_that_cannot_be_read_is_told_and_left(bench: Bench, config: Path) -> None:
    """By the test of the settings; what was typed stays."""
    config.parent.mkdir(parents=True)
    config.write_text("not = [toml", "utf-8")
    fill(bench, {Field.HOST: "elsewhere"})
    bench.press("Check Setup")
    assert answers(bench) == {Field.HOST: "elsewhere"}
    assert config.read_text("utf-8") == "not = [toml"
    assert [row[1] for row in shown(bench)] == ["OK", "To be corrected"]


def test_a_computer_without_a_driver_needs_none(bench: Bench, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other answers are proposed all the same."""
    monkeypatch.setattr(connections, "installed", list)
    bench.press("Check Setup")
    usual = {Field.HOST: "localhost", Field.PORT: "13540", Field.DATABASE: "simply"}
    rules = {Field.CURRENCIES: "1=CAD", Field.TOLERANCE: "0.00", Field.GO_LIVE: "-", Field.INVOICE_LINK: "-"}
    assert answers(bench) == {Field.DRIVER: connections.NO_DRIVER, **usual, **rules}
    assert not config.exists()


def test_the_sheet_is_french_in_a_french_workbook(french_bench: Bench, config: Path) -> None:
    """Sentences, verdicts and advice."""
    fill(french_bench, TYPED | {Field.PORT: "x"}, "Paramètres")
    french_bench.press("Check Setup")
    assert french_bench.status.startswith("Le fichier de paramètres n'a pas été modifié.")
    assert not config.exists()
    fill(french_bench, TYPED, "Paramètres")
    french_bench.press("Check Setup")
    assert french_bench.status.startswith(f"Le fichier de paramètres {config} a été modifié.")
    assert "Pas jointe" in [row[1] for row in shown(french_bench)]
    assert len(shown(french_bench)) < MOST < CHECKS
