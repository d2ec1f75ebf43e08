"""Files of the user's own that are named like parts of Tieout: the installed command still finds its own parts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync import __version__
from tests.catalogue import PACKAGES, ROOT

INSTALLED = Path(sys.executable).with_name("tieout")
VERSION = f"Tieout {__version__}, ledger schema "
BUTTON = "import tieout; tieout.put_installed_first(); import addin.entry; print(addin.entry.__file__)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which each name of ours is taken by a program that ends at once."""
    for name in PACKAGES:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not Tieout')\n", "utf-8")
    return tmp_path


def started(folder: Path, *command: str | Path, path: Path | None) -> tuple[int, str, str]:
    """Exit status and output of a program that is started in a folder, with a PYTHONPATH or none."""
    others = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = others | ({"PYTHONPATH": str(path)} if path else {})
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("on_path", [False, True], ids=["current folder", "PYTHONPATH"])
@pytest.mark.parametrize(
    "command", [(INSTALLED,), (sys.executable, "-P", "-m", "tieout")], ids=["the command", "the daily task"]
)
def test_the_installed_command_runs_its_own_parts(folder: Path, command: tuple[str | Path, ...], on_path: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Whatever lies in the current folder, or is named in PYTHONPATH."""
    status, out, err = started(folder, *command, "--version", path=folder if on_path else None)
    assert (status, out[: len(VERSION)], err) == (0, VERSION, "")


@pytest.mark.parametrize("on_path", [False, True], ids=["current folder", "PYTHONPATH"])
def test_a_button_runs_its_own_parts(folder: Path, on_path: bool) -> None:  # noqa: FBT001 - same
    """As the macros start Python, with `-c`, which looks into the current folder first."""
    status, out, err = started(folder, sys.executable, "-c", BUTTON, path=folder if on_path else None)
    assert (status, out.strip(), err) == (0, str(ROOT / "addin" / "entry.py"), "")


def test_python_itself_chooses_what_it_is_told_to_run(folder: Path) -> None:
    """`python -m sync` runs the folder's own `sync.py`, as the README says; without one, all other parts are ours."""
    command = (sys.executable, "-m", "sync", "--version")
    assert started(folder, *command, path=None) == (1, "", "not Tieout\n")
    (folder / "sync.py").unlink()
    status, out, err = started(folder, *command, path=folder)
    assert (status, out[: len(VERSION)], err) == (0, VERSION, "")


def test_libraries_on_the_path_stay_within_reach(folder: Path) -> None:
    """They are only looked for later, since an installation may get some from there."""
    (folder / "of_their_own.py").write_text("", "utf-8")
    code = "import tieout; tieout.put_installed_first(); import of_their_own; print(of_their_own.__file__)"
    assert started(ROOT, sys.executable, "-c", code, path=folder) == (0, f"{folder / 'of_their_own.py'}\n", "")
