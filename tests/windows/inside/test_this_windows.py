"""What only Windows has: its vault, its registry, its scheduler, the corner of its screen."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time as time_of_day
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest

from addin.install import schedule
from sync.core.values.errors import SetupError
from sync.system.local_folders import _PROVIDERS, is_local, must_be_local
from sync.system.notification import notify

_COPIED = 0x4A
"""The message that carries what an icon says to whatever shows it (WM_COPYDATA)."""


@contextmanager
def corner_of_the_screen() -> Iterator[list[bytes]]:
    """A stand-in for what shows icons beside the clock, which this Windows lacks; yields what it is told."""
    gui, told = import_module("win32gui"), list[bytes]()

    def copied(_window: int, _message: int, _sender: int, given: int) -> int:
        kind = ctypes.c_size_t * 3
        _, size, place = kind.from_address(given)
        told.append(ctypes.string_at(place, size & 0xFFFFFFFF))
        return 1

    made = gui.WNDCLASS()
    made.lpszClassName, made.lpfnWndProc = "Shell_TrayWnd", {_COPIED: copied}
    window = gui.CreateWindow(gui.RegisterClass(made), "", 0, 0, 0, 0, 0, 0, 0, made.hInstance, None)
    try:
        yield told
    finally:
        gui.DestroyWindow(window)
        gui.UnregisterClass("Shell_TrayWnd", made.hInstance)


@pytest.mark.parametrize("words", ["12 ready, 3 held", "12 à envoyer, 3 en suspens : à l'œuvre"])
def test_a_notification_is_shown_and_goes(words: str) -> None:
    """Put beside the clock with its words, in whatever language, and taken away after a while."""
    with corner_of_the_screen() as told:
        assert notify(words, 0.3)
    assert [words.encode("utf-16-le") in each for each in told] == [True, False]


def test_where_windows_shows_nothing_nothing_fails() -> None:
    """No clock and no corner: a server, or nobody logged on."""
    assert not notify("12 ready", 0.3)


def test_the_vault_keeps_secrets_as_they_are() -> None:
    """Whatever alphabet they are in."""
    import keyring  # noqa: PLC0415 - tests of others put one of their own in its place

    vault = import_module("keyring.backends.Windows").WinVaultKeyring()
    assert type(keyring.core.load_env() or vault).__name__ == "WinVaultKeyring"
    service, secret = f"tieout {uuid4()}", "clé œ ключ ключ 密"
    vault.set_password(service, "Zoé", secret)
    assert vault.get_password(service, "Zoé") == secret
    vault.delete_password(service, "Zoé")
    assert vault.get_password(service, "Zoé") is None


def test_a_library_of_sharepoint_is_known_by_the_registry(tmp_path: Path) -> None:
    """Its folder bears no name that would tell."""
    registry, key = import_module("winreg"), rf"{_PROVIDERS}\tieout-{uuid4()}"
    library = tmp_path / "Boréal" / "Site - Documents"
    assert is_local(library / "tieout")
    made = registry.CreateKey(registry.HKEY_CURRENT_USER, key)
    registry.SetValueEx(made, "MountPoint", 0, registry.REG_SZ, str(library))
    made.Close()
    try:
        with pytest.raises(SetupError, match="ledger-state-folder-not-local"):
            must_be_local(library / "tieout")
        assert is_local(library.parent)
    finally:
        registry.DeleteKey(registry.HKEY_CURRENT_USER, key)


@pytest.mark.parametrize(
    "share",
    [r"\\server\share", r"\\boreal.sharepoint.com@SSL\DavWWWRoot\sites", r"\\?\UNC\server\share", "//server/share"],
)
def test_a_share_is_no_place_for_a_ledger(share: str) -> None:
    """However it is spelled."""
    assert not is_local(Path(share))


def test_a_drive_s_letter_spelled_in_full_is_local(tmp_path: Path) -> None:
    """As long paths are."""
    assert is_local(Path(rf"\\?\{tmp_path}"))


def test_a_letter_that_stands_for_a_share_is_not_local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Windows knows which do; here none does."""
    monkeypatch.setattr("sync.system.local_folders._REMOTE", ctypes.windll.kernel32.GetDriveTypeW(tmp_path.anchor))  # type: ignore[attr-defined,unused-ignore]
    assert not is_local(tmp_path)


def test_the_daily_run_reaches_the_scheduler(tmp_path: Path) -> None:
    """By the very command; Wine's scheduler keeps parts of it and may never answer, so these are looked at."""
    task = schedule.entry(time_of_day(6, 15), f"t{uuid4().hex[:8]}", (), Path(sys.executable))
    file = tmp_path / "watch.xml"
    file.write_text(schedule.xml(task), encoding="utf-16")
    kept = Path(r"C:\windows\system32\tasks", task.name)
    quiet = subprocess.DEVNULL
    asked = subprocess.Popen(schedule.create_command(task, file), stdin=quiet, stdout=quiet, stderr=quiet)
    end, words = time.monotonic() + 60, ""
    while "</Task>" not in words and time.monotonic() < end:
        time.sleep(0.2)
        words = kept.read_text("utf-8-sig") if kept.exists() else ""
    asked.kill()
    asked.wait()
    kept.unlink()
    assert "<StartWhenAvailable>true</StartWhenAvailable>" in words
    assert "<ExecutionTimeLimit>PT1H</ExecutionTimeLimit>" in words
