"""The control sheet's Company and Language: where the buttons work, and what they speak."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sync.settings.profiles import place_of
from tests.addin.bench import Bench
from workbook.control.panel import Input

PRACTICE = "Practice (sample company)"


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """Folders and a practice site of this test alone, with nothing set up."""
    monkeypatch.setenv("TIEOUT_CONFIG", str(tmp_path / "config" / "tieout.toml"))
    monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free: int = listener.getsockname()[1]
    monkeypatch.setattr("sync.practice.world.DEFAULT_PORT", free)
    return free


def test_the_practice_company_needs_nothing_set_up(bench: Bench, port: int) -> None:
    """From a sync to a push, told in the language chosen; the way back is a button."""
    bench.choose(Input.START, "Past Month")
    bench.choose(Input.COMPANY, PRACTICE)
    bench.choose(Input.LANGUAGE, "Français")
    bench.press("Run Sync")
    assert "avec Annuler l'envoi tant que Manage contient encore" in bench.status
    bench.choose(Input.LANGUAGE, "English")
    bench.press("Push to Manage")
    assert bench.status.endswith("Export Audit writes the papers to sign.")
    with socket.create_server(("127.0.0.1", port)):
        bench.press("Run Sync")
    assert bench.status.startswith(f"Port {port} is taken by another program.")


def test_a_run_is_pushed_only_for_its_own_company(bench: Bench) -> None:
    """The rows stay on the sheet when another company is chosen, and none of them goes there."""
    bench.choose(Input.START, "Past Month")
    bench.choose(Input.COMPANY, PRACTICE)
    bench.press("Run Sync")
    rows = bench.rows()
    bench.choose(Input.COMPANY, None)
    bench.press("Push to Manage")
    assert bench.status.startswith("There is no settings file at ")
    assert rows == bench.rows()


@pytest.mark.parametrize(
    ("company", "settings", "words"),
    [
        ("acme", b"[sage]\n", "[manage] client_id is missing."),
        ("acme", b"\xff\xfe\x00", "acme.toml holds a letter that is not saved as UTF-8"),
        ("another", b"", "No such company is set up. Choose one under Company from the list."),
    ],
)
def test_a_company_that_cannot_be_used_is_said(bench: Bench, company: object, settings: bytes, words: str) -> None:
    """By every button that needs the settings, with the file to correct; an export needs only a run and its ledger."""
    config = place_of("acme").config
    config.parent.mkdir(parents=True)
    config.write_bytes(settings)
    bench.choose(Input.START, "Past Month")
    bench.choose(Input.COMPANY, company)
    for caption in ("Check Setup", "Run Sync", "Push to Manage"):
        bench.press(caption)
        assert words in bench.status, caption
    bench.press("Export Audit")
    assert ("has no run id above its table" if company == "acme" else words) in bench.status
