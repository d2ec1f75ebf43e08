"""The README says what is so: its commands, options, statuses, switches and exit statuses are the program's own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.request import urlopen

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


def fenced() -> list[str]:
    """Every line of the README that stands as a command of its own."""
    blocks = (block.partition("\n") for block in README.split("\n```")[1::2])
    return [line for kind, _, lines in blocks if kind in {"", "powershell"} for line in lines.splitlines()]


ELSEWHERE = {
    "pip install uv": "tests/run",
    "uv run --no-dev tieout demo": "tests/cli/test_demo.py",
    "tieout setup": "tests/setup",
    "bash tests/run": ".ci/run",
    "uv run mutmut run": "tests/mutants.md",
}
"""What runs those that `test_the_practice_run_goes_as_written` does not."""


def test_the_practice_run_goes_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From nothing to a pushed run and a look at Invoice Search, each command a process of its own, in their order."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    started = "uv run --no-dev tieout "
    lines = [line.removeprefix(started).split() for line in fenced() if "--profile practice" in line]
    assert [line[0] for line in lines] == ["sync", "push", "history", "sandbox"]
    said = [tieout(line, tmp_path) for line in lines[:3]]
    assert "practice.xlsx" in said[0]
    assert re.search(r"posted: \d+", said[1])
    with subprocess.Popen(
        [sys.executable, "-m", "sync", *lines[3]], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as site:
        assert site.stdout is not None
        address = re.search(r"http://\S+", site.stdout.readline())
        assert address
        with urlopen(address[0]) as page:  # noqa: S310 - this computer's own
            assert "Paid Amount" in page.read().decode()
        site.send_signal(signal.SIGINT)
        assert site.wait(30) == 130


def test_every_command_that_stands_alone_is_run_by_a_test() -> None:
    """Here, or where the list above says; the line for Windows' own shell is in the checklist."""
    root = Path(__file__).parents[1]
    left = [line for line in fenced() if "--profile practice" not in line and line not in ELSEWHERE]
    assert [line.split()[0] for line in left] == ["py"]
    assert all((root / place).exists() for place in ELSEWHERE.values())


def tieout(arguments: list[str], folder: Path) -> str:
    """What a command says; it ends with 0."""
    return subprocess.run(
        [sys.executable, "-m", "sync", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def environment() -> dict[str, str]:
    """This process's, with the project on the path."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
