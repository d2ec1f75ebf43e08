"""What a customer installs: the wheel, in an environment that holds nothing else, away from the source."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from msgspec import Struct
from openpyxl import load_workbook

from sync import __version__
from sync.language.catalogues import language
from sync.practice.world import is_practice
from tests.catalogue import PACKAGES, ROOT
from tests.support.english import left_in
from workbook.review.columns import SHEET

pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel")]
LANGUAGES = ("en", "fr")


class Installed(Struct, frozen=True, kw_only=True):
    """A wheel, installed.

    Attributes:
        wheel: the file.
        folder: the environment, and nothing of the source.
    """

    wheel: Path
    folder: Path

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a program of the environment, with nothing of this machine's user."""
        home = {name: str(self.folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        return subprocess.Popen(
            [self.folder / "tools" / "tieout" / "bin" / command[0], *command[1:]],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **home},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str) -> tuple[int, str, str]:
        """Exit status, standard output and standard error of a program of the environment."""
        return ended(self.start(*command))


def ended(program: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a program."""
    out, err = program.communicate(timeout=120)
    return program.returncode, out, err


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of this source as README says to install it, with what it depends on and no more."""
    folder = tmp_path_factory.mktemp("wheel")

    def uv(*command: str) -> None:
        places = {"UV_TOOL_DIR": str(folder / "tools"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
        subprocess.run(["uv", *command], check=True, cwd=folder, env=os.environ | places, capture_output=True)

    uv("build", "--wheel", "--out-dir", "dist", str(ROOT))
    (wheel,) = (folder / "dist").glob("*.whl")
    uv("tool", "install", "--python", sys.executable, str(wheel))
    return Installed(wheel=wheel, folder=folder)


@pytest.fixture(scope="module")
def demos(installed: Installed) -> dict[str, tuple[int, str, str]]:
    """The demo in each language, side by side."""
    started = {lang: installed.start("tieout", "demo", "--dir", lang, "--lang", lang) for lang in LANGUAGES}
    return {lang: ended(program) for lang, program in started.items()}


def test_the_wheel_holds_whatever_stands_beside_the_code(installed: Installed) -> None:
    """Macros, ribbon, catalogues, pages and their style, as they stand in the source."""
    with ZipFile(installed.wheel) as parts:
        held = {name: parts.read(name) for name in parts.namelist() if name.startswith(PACKAGES)}
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    kept = {path.relative_to(ROOT).as_posix(): path for path in files if "__pycache__" not in path.parts}
    assert {name: path.read_bytes() for name, path in kept.items()} == held
    assert {path.suffix for path in kept.values()} >= {".bas", ".xml", ".mo", ".html", ".css", ".svg"}


def test_nothing_of_the_developer_is_needed(installed: Installed) -> None:
    """Neither pytest nor the source is there, and the program tells its version."""
    status, out, _ = installed.run("python", "-c", "import sync; print(sync.__file__); import pytest")
    assert (status, out.startswith(str(installed.folder))) == (1, True)
    assert installed.run("tieout", "--version")[1].startswith(f"Tieout {__version__}, ledger schema ")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_demo_runs_where_it_was_installed(
    installed: Installed, demos: dict[str, tuple[int, str, str]], lang: str
) -> None:
    """From beginning to end, and everything that it speaks of is there."""
    status, _, err = demos[lang]
    assert (status, err) == (0, "")
    folder = installed.folder / lang
    for name in ("reconciliation.xlsx", "reconciliation-after.xlsx"):
        assert SHEET.said(language(lang)) in load_workbook(folder / name, read_only=True).sheetnames
    (pack,) = (folder / "audit").iterdir()
    assert {path.suffix for path in pack.iterdir()} >= {".xlsx", ".txt"}
    assert len(list((pack / "csv").iterdir())) > 8
    assert is_practice(folder / "tieout.toml")
    assert (folder / "state" / "ledger.db").stat().st_size > 0


def test_the_french_demo_is_french(demos: dict[str, tuple[int, str, str]]) -> None:
    """No line of it holds three words of an English text; the English demo is made of them."""
    found = {lang: left_in(demos[lang][1].splitlines()) for lang in LANGUAGES}
    assert (len(found["en"]) > 10, found["fr"]) == (True, [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_control_workbook_is_built_where_it_was_installed(installed: Installed, lang: str) -> None:
    """With its macros, and the ribbon beside it."""
    workbook, addin = f"{lang}.xlsm", f"{lang}.xlam"
    status, _, err = installed.run("tieout", "workbook", workbook, "--addin", addin, "--lang", lang)
    assert (status, err) == (0, "")
    for name, part in ((workbook, "xl/vbaProject.bin"), (addin, "customUI/customUI.xml")):
        with ZipFile(installed.folder / name) as parts:
            assert part in parts.namelist()
