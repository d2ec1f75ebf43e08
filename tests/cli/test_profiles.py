"""Several companies on one computer: each profile has its own settings and ledger, and no way into another's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from sync.core.values.errors import SetupError
from sync.practice.world import BOOKS, SITE, Practice, practise
from sync.settings.profiles import default_place, place_of, profiles
from sync.system.log import LOG
from tests.cli.world import TODAY, Terminal

DAY = ("--today", TODAY.isoformat())


def settings(practice: Practice) -> str:
    """Those of a practice world, wherever they are kept."""
    text = practice.place.config.read_text("utf-8")
    return text.replace(f'"{BOOKS}"', f'"{practice.folder / BOOKS}"')


@pytest.fixture
def worlds(terminal: Terminal) -> Iterator[tuple[Practice, Practice]]:
    """Two practice worlds, set up as the profiles north and south."""
    with ExitStack() as stack:
        both = [stack.enter_context(practise(terminal.folder / name, TODAY)) for name in ("north", "south")]
        for name, world in zip(("north", "south"), both, strict=True):
            config = place_of(name).config
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text(settings(world), "utf-8")
        yield both[0], both[1]


def held(world: Practice) -> list[str]:
    """All that a practice site holds."""
    with closing(sqlite3.connect(world.folder / SITE)) as site:
        return list(site.iterdump())


def test_each_profile_has_its_own_settings_and_ledger(terminal: Terminal, worlds: tuple[Practice, Practice]) -> None:
    """Before or after the command's name; the list tells company, site and last run."""
    assert terminal.tieout("--profile", "north", "sync", "--since", "past-month", *DAY).status == 0
    assert terminal.tieout("history", "--profile", "south").out.startswith("No run is on record")
    listed = terminal.tieout("profiles").out.splitlines()
    assert [line.split()[0] for line in listed] == ["Profile", "north", "south"]
    assert (worlds[0].url.rstrip("/") in listed[1], "(UTC)" in listed[1]) == (True, True)
    assert (worlds[1].url.rstrip("/") in listed[2], "none yet" in listed[2]) == (True, True)


def test_the_environment_names_a_profile_and_the_command_line_wins(
    terminal: Terminal, worlds: tuple[Practice, Practice], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TIEOUT_PROFILE, then --profile, then --config and --state."""
    monkeypatch.setenv("TIEOUT_PROFILE", "north")
    assert worlds[0].url.rstrip("/") in terminal.tieout("check").out
    assert worlds[1].url.rstrip("/") in terminal.tieout("check", "--profile", "south").out
    config = str(worlds[1].place.config)
    answer = terminal.tieout("check", "--config", config, "--state", "elsewhere")
    assert (config in answer.out, "rows in elsewhere" in answer.out) == (True, True)
    assert default_place() == place_of("north")


def test_a_workbook_is_never_pushed_by_another_profile(
    terminal: Terminal, worlds: tuple[Practice, Practice], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4 and nothing sent: the run is in its own ledger only, and where it is found, it is another site's."""
    sent: list[object] = []
    monkeypatch.setattr("sync.manage.payment_writes.send", lambda *request: sent.append(request))
    before = [held(world) for world in worlds]
    made = terminal.tieout("sync", "--profile", "north", "--since", "past-month", "--out", "north.xlsx", *DAY)
    assert made.status == 0
    unknown = terminal.tieout("push", "north.xlsx", "--yes", "--profile", "south", *DAY)
    assert (unknown.status, "is not in the ledger" in unknown.err) == (4, True)
    state = str(place_of("north").state)
    foreign = terminal.tieout("push", "north.xlsx", "--yes", "--profile", "south", "--state", state, *DAY)
    assert (foreign.status, "and the settings are for" in foreign.err) == (4, True)
    assert (sent, [held(world) for world in worlds]) == ([], before)


def test_without_a_profile_nothing_has_moved(terminal: Terminal) -> None:
    """The default profile's places are those of before there were profiles."""
    place = place_of(None)
    assert (place.config, place.state) == (
        terminal.folder / "config" / "tieout" / "tieout.toml",
        terminal.folder / "data" / "tieout",
    )
    assert place_of("a-1_B").config == place.config.parent / "profiles" / "a-1_B.toml"
    assert place_of("a-1_B").state == place.state / "profiles" / "a-1_B"
    assert "Nothing is set up yet" in terminal.tieout("profiles").out


@pytest.mark.parametrize("name", ["", "../x", "a b", "é", "x" * 41, "NUL", "com1", "a.b", "a\n"])
def test_a_name_that_is_no_file_name_is_refused(terminal: Terminal, name: str) -> None:
    """Exit 2, before anything is looked for."""
    with pytest.raises(SetupError, match="settings-profile-name-bad"):
        place_of(name)
    answer = terminal.tieout("history", "--profile", name)
    assert (answer.status, "name of a profile" in answer.err) == (2, True)


def test_a_broken_profile_does_not_hide_the_others(terminal: Terminal, worlds: tuple[Practice, Practice]) -> None:
    """What to do about it stands in its line."""
    assert worlds
    place_of("north").config.write_text("[sage", "utf-8")
    south = place_of("south").state
    south.mkdir(parents=True)
    for name in ("ledger.db", "ledger.head"):
        (south / name).write_text("not a ledger", "utf-8")
    listed = terminal.tieout("profiles").out.splitlines()
    assert "run tieout check --profile north." in listed[1]
    assert "run tieout verify --profile south." in listed[2]
    assert profiles() == ["north", "south"]


@pytest.mark.parametrize(
    "command", [("history",), ("verify",), ("check",), ("sync", "--since", "past-month"), ("export", "R")]
)
def test_advice_is_for_the_company_in_use(
    terminal: Terminal, worlds: tuple[Practice, Practice], command: tuple[str, ...]
) -> None:
    """Wherever the sentence comes from: as it stands, the command never reaches another company's ledger."""
    assert worlds
    assert terminal.tieout("sync", "--since", "past-month", "--profile", "north", *DAY).status == 0
    (place_of("north").state / "ledger.head").unlink()
    assert "or run tieout rebuild --profile north." in terminal.tieout(*command, "--profile", "north").words
    config, state = str(place_of("north").config), str(place_of("north").state)
    options = f'--config "{config}" --state "{state}"'
    said = terminal.tieout(*command, "--state", state, "--config", config).words
    assert f"or run tieout rebuild {options}." in said
    assert "tieout rebuild." not in said


def test_what_is_missing_is_advised_for_the_company_in_use(
    terminal: Terminal, worlds: tuple[Practice, Practice]
) -> None:
    """Settings that are not there yet, and keys."""
    assert worlds
    assert "with tieout setup --profile east, or" in terminal.tieout("check", "--profile", "east").words
    assert "with tieout setup, or" in terminal.tieout("check").words
    config = place_of("north").config
    text = config.read_text("utf-8").replace(worlds[0].url.rstrip("/"), "https://manage.example")
    config.write_text(text.replace('"sandbox"', '"x"'), "utf-8")
    assert "Run tieout setup --profile north, or" in terminal.tieout("check", "--profile", "north").words


def test_a_rebuild_advises_no_rebuild(terminal: Terminal, worlds: tuple[Practice, Practice]) -> None:
    """It says what is lost, and then which sync shows what it found."""
    assert worlds
    assert terminal.tieout("sync", "--since", "past-month", "--profile", "north", *DAY).status == 0
    (place_of("north").state / "ledger.head").unlink()
    said = terminal.tieout("rebuild", "--profile", "north", *DAY).out
    assert "tieout rebuild" not in said
    assert "Run tieout sync --since past-month --profile north to review" in said


def test_the_log_is_beside_the_ledger_in_use(terminal: Terminal, worlds: tuple[Practice, Practice]) -> None:
    """Of a profile, and of the demo."""
    assert worlds
    assert terminal.tieout("check", "--profile", "north").status == 0
    assert terminal.tieout("history", "--profile", "north").status == 0
    assert "history --profile north" in (place_of("north").state / LOG).read_text("utf-8")
    assert terminal.tieout("demo", "--dir", "d").status == 0
    assert "demo --dir d" in Path("d", "state", LOG).read_text("utf-8")
    assert not (place_of(None).state / LOG).exists()
