"""The profile practice: the whole day's work on the sample company, with nothing set up and nothing real in reach."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from sync.practice.world import BOOKS, serve
from sync.settings.profiles import place_of
from sync.system.log import LOG
from sync.system.this_computer import hold_lock
from tests.cli.world import TODAY, Terminal

DAY = ("--profile", "practice", "--today", TODAY.isoformat())


@pytest.fixture(autouse=True)
def own_port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A practice site of this test alone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    monkeypatch.setattr("sync.practice.world.DEFAULT_PORT", port)
    return port


def world() -> Path:
    """Where the practice world is kept."""
    return place_of("practice").config.parent


def test_a_practice_run_needs_nothing_set_up_and_lasts(terminal: Terminal) -> None:
    """Each command is a process of its own for its user: what one writes, the next one finds."""
    synced = terminal.tieout("sync", "--since", "past-month", "--out", "r.xlsx", "--json", "-", *DAY)
    assert synced.status == 0, synced.words
    ready = [row for row in json.loads(synced.out)["rows"] if row["approve"]]
    assert ready
    assert terminal.tieout("push", "r.xlsx", "--yes", *DAY).status == 0
    again = terminal.tieout("sync", "--since", "past-month", "--out", "again.xlsx", "--json", "-", *DAY)
    assert not [row for row in json.loads(again.out)["rows"] if row["approve"]]
    run = json.loads(synced.out)["run"]
    assert run in terminal.tieout("history", *DAY).out
    assert terminal.tieout("check", *DAY).status == 0
    assert terminal.tieout("undo", run, "--yes", *DAY).status == 0


def test_nothing_of_it_stands_beside_the_real_ledger(terminal: Terminal) -> None:
    """The default profile knows nothing of a practice run, and the list names practice once it is there."""
    assert "practice" not in terminal.tieout("profiles").out
    assert terminal.tieout("sync", "--since", "past-month", "--out", "r.xlsx", *DAY).status == 0
    assert terminal.tieout("history").out.startswith("No run is on record")
    assert terminal.tieout("push", "r.xlsx", "--yes").status == 2, "no settings, and none of practice's"
    assert terminal.tieout("profiles").out.splitlines()[-1].split()[0] == "practice"


def test_an_old_practice_world_begins_anew(terminal: Terminal) -> None:
    """Its receipts would be out of every Start Date's reach."""
    assert terminal.tieout("sync", "--since", "past-week", "--out", "r.xlsx", *DAY).status == 0
    books = (world() / BOOKS).read_bytes()
    soon, later = ((TODAY + timedelta(days=days)).isoformat() for days in (5, 60))
    assert terminal.tieout("sync", "--since", "past-week", *DAY[:2], "--today", soon).status == 0
    assert (world() / BOOKS).read_bytes() == books
    synced = terminal.tieout("sync", "--since", "past-week", "--json", "-", *DAY[:2], "--today", later)
    assert json.loads(synced.out)["rows"]
    assert "was too old to practise on, or damaged: it was made anew" in synced.err
    again = terminal.tieout("sync", "--since", "past-week", *DAY[:2], "--today", later)
    assert (again.status, "made anew" in again.words) == (0, False)
    assert len(terminal.tieout("history", *DAY[:2]).out.splitlines()) == 3, "two runs, under the headings"


def test_an_old_practice_world_that_is_in_use_is_left_alone(terminal: Terminal) -> None:
    """Whoever uses it holds its lock."""
    assert terminal.tieout("sync", "--since", "past-week", "--out", "r.xlsx", *DAY).status == 0
    books, later = (world() / BOOKS).read_bytes(), (TODAY + timedelta(days=60)).isoformat()
    with hold_lock(place_of("practice").state):
        told = terminal.tieout("sync", "--since", "past-week", *DAY[:2], "--today", later)
    assert (told.status, (world() / BOOKS).read_bytes() == books) == (4, True)


def test_damaged_practice_books_are_made_again(terminal: Terminal) -> None:
    """Nobody needs what is in them."""
    assert terminal.tieout("check", *DAY).status == 0
    (world() / BOOKS).write_bytes(b"no database")
    told = terminal.tieout("check", *DAY)
    assert (told.status, "made anew" in " ".join(told.out.split())) == (0, True)


def test_a_site_that_is_served_already_is_used(terminal: Terminal, own_port: int) -> None:
    """`tieout sandbox` of the same world, to look at Invoice Search meanwhile."""
    with serve(world(), TODAY, port=None) as practice:
        assert f":{own_port}/" in practice.url
        assert terminal.tieout("sync", "--since", "past-month", "--out", "r.xlsx", *DAY).status == 0
        assert terminal.tieout("push", "r.xlsx", "--yes", *DAY).status == 0


def test_real_settings_in_its_place_are_left_alone(terminal: Terminal) -> None:
    """Whoever put them there is told what is wrong with them; nothing is built beside them."""
    config = place_of("practice").config
    config.parent.mkdir(parents=True)
    config.write_text("[sage]\n", "utf-8")
    assert terminal.tieout("sync", "--since", "past-month", *DAY).status == 2
    assert sorted(path.name for path in config.parent.iterdir()) == ["state", "tieout.toml"]
    assert [path.name for path in (config.parent / "state").iterdir()] == [LOG]
    assert config.read_text("utf-8") == "[sage]\n"


@pytest.mark.parametrize("comment", ["# Réglages d'exercice.", ""])
def test_a_practice_world_is_told_by_its_settings_and_not_by_words(terminal: Terminal, comment: str) -> None:
    """Whoever translates or deletes the comment at the top keeps the world."""
    assert terminal.tieout("sync", "--since", "past-month", *DAY).status == 0
    config = place_of("practice").config
    _, rest = config.read_text("utf-8").split("\n", 1)
    config.write_text(f"{comment}\n{rest}", "utf-8")
    assert terminal.tieout("sync", "--since", "past-month", *DAY).status == 0


@pytest.mark.parametrize("name", ["practice", "Practice"])
def test_nobody_sets_practice_up(terminal: Terminal, name: str) -> None:
    """However it is written."""
    told = terminal.tieout("setup", "--yes", "--profile", name)
    assert (told.status, "needs no set-up" in told.words) == (2, True)


def test_a_file_that_is_named_is_neither_built_beside_nor_changed(terminal: Terminal, tmp_path: Path) -> None:
    """`--config` wins over the profile: a slip of the pen in its name must not reach the real settings beside it."""
    real = tmp_path / "tieout.toml"
    real.write_text('[manage]\nsite = "https://api-na.myconnectwise.net"\n', "utf-8")
    for named in ("slip.toml", "tieout.toml"):
        told = terminal.tieout("sync", "--since", "past-month", "--config", str(tmp_path / named), *DAY)
        assert told.status == 2
    assert real.read_text("utf-8") == '[manage]\nsite = "https://api-na.myconnectwise.net"\n'
    assert not (tmp_path / BOOKS).exists()


def test_the_site_is_never_served_from_real_settings(terminal: Terminal) -> None:
    """They would be given the practice site's address."""
    config = place_of("practice").config
    config.parent.mkdir(parents=True)
    config.write_text('[manage]\nsite = "https://api-na.myconnectwise.net"\n', "utf-8")
    told = terminal.tieout("sandbox", *DAY)
    assert (told.status, "are not those of a practice world" in told.words) == (2, True)
    assert sorted(path.name for path in config.parent.iterdir()) == ["state", "tieout.toml"]
    assert [path.name for path in (config.parent / "state").iterdir()] == [LOG]


def test_an_old_world_without_its_settings_begins_anew(terminal: Terminal) -> None:
    """As a first run leaves it that was ended while it was made."""
    assert terminal.tieout("check", *DAY).status == 0
    place_of("practice").config.unlink()
    later = (TODAY + timedelta(days=60)).isoformat()
    assert terminal.tieout("check", *DAY[:2], "--today", later).status == 0


def test_another_program_on_the_port_is_not_taken_for_the_site(
    terminal: Terminal, own_port: int, tmp_path: Path
) -> None:
    """Neither a stranger nor the practice site of somebody else: the port is taken, and what can be done is said."""
    assert terminal.tieout("check", *DAY).status == 0
    with socket.create_server(("127.0.0.1", own_port)):
        told = terminal.tieout("sync", "--since", "past-month", *DAY)
        assert (told.status, f"Port {own_port} is taken by another program" in told.words) == (2, True)
    with serve(tmp_path / "theirs", TODAY, port=own_port):
        told = terminal.tieout("sync", "--since", "past-month", *DAY)
        assert (told.status, "tieout sandbox --port 0" in told.words) == (2, True)


def test_a_first_run_that_finds_its_port_taken_takes_another_and_keeps_it(terminal: Terminal, own_port: int) -> None:
    """Nothing is reviewed yet that would be for the site on the usual port."""
    with socket.create_server(("127.0.0.1", own_port)):
        assert terminal.tieout("sync", "--since", "past-month", "--out", "r.xlsx", *DAY).status == 0
    assert f":{own_port}" not in place_of("practice").config.read_text("utf-8")
    assert terminal.tieout("push", "r.xlsx", "--yes", *DAY).status == 0


def test_the_next_command_is_told_whole(terminal: Terminal, tmp_path: Path) -> None:
    """With the options of this one: without them it would be for another company."""
    state = ("--state", str(tmp_path / "elsewhere"))
    synced = terminal.tieout("sync", "--since", "past-month", "--out", "r.xlsx", *DAY, *state)
    options = f'--profile practice --state "{state[1]}"'
    assert synced.out.splitlines()[-1] == f'Review it, then run: tieout push "r.xlsx" {options}'
    pushed = terminal.tieout("push", "r.xlsx", "--yes", *DAY, *state)
    assert f" {options} while Manage still holds" in pushed.out.splitlines()[0]
