"""`tieout demo` and `tieout sandbox` as separate programs: the first thing a stranger tries."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import requests
from openpyxl import load_workbook

from sync.core.values.proposal import Status
from sync.language.catalogues import ENGLISH
from sync.practice.api import PRIVATE_KEY, PUBLIC_KEY
from sync.settings.secrets import PRACTICE_KEY
from workbook.look.statuses import LOOKS
from workbook.review.columns import PLACE, SHEET, ColumnId

DAY = "2026-04-10"


def tieout(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as installed, in a folder, with nothing of this machine's user."""
    return subprocess.run(
        [sys.executable, "-m", "sync", *arguments],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def _environment(folder: Path) -> dict[str, str]:
    here = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": here, "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of a finished demo, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, tieout(folder, "demo", "--dir", "demo-out", "--today", DAY)


def test_it_ends_well_and_says_what_it_did(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Exit 0, no complaint, and a second sync that proposes nothing that was pushed."""
    _, done = demo
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"The second sync proposes 0 of the \d\d+ rows that were pushed\.", done.stdout)
    assert "Invoice Search of the practice site: http://127.0.0.1:" in done.stdout


def test_its_workbook_has_forty_ready_rows_and_every_status(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """Every status at least three times, ready at least forty times."""
    folder, _ = demo
    sheet = load_workbook(folder / "demo-out" / "reconciliation.xlsx")[SHEET.said(ENGLISH)]
    at = PLACE[ColumnId.STATUS]
    counts = Counter(str(row[at]) for row in sheet.iter_rows(values_only=True))
    assert counts[LOOKS[Status.READY].word.said(ENGLISH)] >= 40
    assert [look.word for look in LOOKS.values() if counts[look.word.said(ENGLISH)] < 3] == []


def test_its_amounts_stand_in_the_practice_site_when_it_is_served_again(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """What the demo pushed is on Invoice Search after a restart, and Ctrl-C ends the site without a word of code."""
    folder, done = demo
    said = re.search(
        r"Date Paid before .*\n +(?P<number>\S+) .* (?P<day>\d{4}-\d\d-\d\d) +[\d.,]+ +(?P<paid>[\d.,]+)", done.stdout
    )
    assert said
    program = [sys.executable, "-m", "sync", "sandbox", "--port", "0", "--config", "demo-out/tieout.toml"]
    with subprocess.Popen(
        [*program, "--today", DAY],
        cwd=folder,
        env={**_environment(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as site:
        assert site.stdout
        address = site.stdout.readline().split()[-1]
        page = requests.get(f"{address}finance/invoice-search", params={"q": said["number"]}, timeout=10).text
        site.send_signal(signal.SIGINT)
        _, complaints = site.communicate(timeout=10)
    row = page[page.index(f">{said['number']}<") :].partition("</tr>")[0]
    assert said["day"] in row
    assert f">{said['paid']}<" in row
    assert (site.returncode, "Traceback" in complaints) == (130, False)


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    """The demo never clears a folder that it did not make."""
    (tmp_path / "taxes").mkdir()
    (tmp_path / "taxes" / "2025.txt").write_text("kept", encoding="utf-8")
    done = tieout(tmp_path, "demo", "--dir", "taxes")
    assert done.returncode == 2
    assert "Choose an empty one" in done.stderr
    assert (tmp_path / "taxes" / "2025.txt").read_text(encoding="utf-8") == "kept"


def test_the_ledger_of_a_demo_verifies(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """History shows both syncs, and the chain holds."""
    folder, _ = demo
    state = ("--state", "demo-out/state", "--config", "demo-out/tieout.toml")
    history = json.loads(tieout(folder, "history", "--json", "-", *state).stdout)
    assert len(history) == 2
    assert tieout(folder, "verify", *state).returncode == 0


def test_the_practice_keys_are_the_sandboxs_own() -> None:
    """The published keys that a loopback site is offered are the ones its sandbox takes, and nothing else."""
    assert {PRACTICE_KEY} == {PUBLIC_KEY, PRIVATE_KEY}
