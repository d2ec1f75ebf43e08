"""The README says what is so: its commands, options, statuses, switches and exit statuses are the program's own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import msgspec
import pytest

from addin.command import COMMANDS as EXCEL
from addin.command import outfit
from sync.behaviour import Behaviour
from sync.cli.main import COMMANDS as PLAIN
from sync.cli.main import cli
from sync.core.posting import Outcome
from sync.core.proposal import REVIEWABLE, Status
from sync.settings import load

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def table(first_header: str) -> list[list[str]]:
    """The body of the table whose first header is this: cells without back-ticks."""
    body = README.partition(f"| {first_header} |")[2].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split(" | ")] for line in body]


def test_every_status_is_explained_with_its_default() -> None:
    """One line per status; those that cannot be approved say so."""
    rows = {row[0]: row[2] for row in table("status")}
    assert {status.value for status in Status} == set(rows)
    fixed = {status for status, approve in rows.items() if approve == "cannot be approved"}
    assert fixed == {status.value for status in Status} - {status.value for status in REVIEWABLE} - {"in_agreement"}


def test_every_outcome_is_explained() -> None:
    """A pushed row ends in words that the README has."""
    assert [outcome.value for outcome in Outcome if f"`{outcome.value}`" not in README] == []


def test_every_command_is_listed_with_its_options() -> None:
    """The commands are the program's, and no option is named that it does not take."""
    listed = {row[0].split()[1]: set(re.findall(r"--[a-z-]+", row[0])) for row in table("command")}
    assert {*PLAIN, *EXCEL} == set(listed)
    for name, options in listed.items():
        command = cli.get_command(click.Context(cli, obj=outfit()), name)
        assert command is not None
        taken = {option for param in command.params for option in param.opts}
        assert options <= taken, name


def test_every_switch_and_its_values_are_listed() -> None:
    """`[manage.behaviour]` has no switch that the README hides, and no value it does not take."""
    rows = {row[0]: row[1].split(", ") for row in table("switch")}
    taken = {field.name: [value.value for value in field.type] for field in msgspec.structs.fields(Behaviour)}
    assert taken == rows


def test_the_settings_of_the_readme_are_taken(tmp_path: Path) -> None:
    """The example is a settings file that loads as it stands."""
    text = README.partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "tieout.toml"
    path.write_text(text, encoding="utf-8")
    assert load(path).manage.company == tomllib.loads(text)["manage"]["company"]


@pytest.mark.parametrize("status", ["0", "1", "2", "3", "4", "130"])
def test_every_exit_status_is_listed(status: str) -> None:
    """Scripts rely on them."""
    assert status in {row[0] for row in table("exit status")}


def test_every_place_it_names_exists() -> None:
    """The developers' table names files that are there."""
    named = [place for row in table("where") for place in re.findall(r"[\w./]+", row[0])]
    root = Path(__file__).parents[1]
    assert [p for p in named if not (root / p).exists() and not (root / "sync" / p).exists()] == []
