"""Who works here is what the operating system says, whatever the environment claims."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from sync.core.values.errors import SetupError
from sync.system.this_computer import this_person

CLAIMED = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME", "USERDOMAIN", "COMPUTERNAME", "HOSTNAME"), "somebody")
ASKS = "from sync.system.this_computer import this_person; p = this_person(); print(p.user, p.computer, sep='\\n')"


def test_a_variable_makes_nobody_somebody_else() -> None:
    """A process of the same user with other variables is the same person."""
    code = [sys.executable, "-c", ASKS]
    told = subprocess.run(code, env=os.environ | CLAIMED, capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == [this_person().user, this_person().computer]
    assert "somebody" not in told


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has user numbers")
def test_an_account_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name where it has one; a number without a name, as in some containers, is still one person's."""
    import pwd  # noqa: PLC0415 - Windows has none

    assert this_person().user == pwd.getpwuid(os.geteuid()).pw_name
    monkeypatch.setattr(os, "geteuid", lambda: 3_999_999_111)
    assert this_person().user == "uid 3999999111"


def windows(monkeypatch: pytest.MonkeyPatch, *, sam: str, plain: str) -> None:
    """A Windows whose two functions answer so; nothing where they fail."""

    def told(name: str, words: ctypes.Array[ctypes.c_wchar]) -> int:
        words.value = name
        return bool(name)

    calls = {
        "secur32": SimpleNamespace(GetUserNameExW=lambda kind, words, _: kind == 2 and told(sam, words)),
        "advapi32": SimpleNamespace(GetUserNameW=lambda words, _: told(plain, words)),
    }
    monkeypatch.setattr(ctypes, "WinDLL", calls.__getitem__, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("USERNAME", "somebody")


@pytest.mark.parametrize(
    ("sam", "plain", "user"), [("ACME\\marie", "marie", "ACME\\marie"), ("", "marie", "marie")], ids=["domain", "none"]
)
def test_windows_is_asked_for_the_user_of_the_process(
    monkeypatch: pytest.MonkeyPatch, sam: str, plain: str, user: str
) -> None:
    """With the domain where it is told: two domains may each have a Marie."""
    windows(monkeypatch, sam=sam, plain=plain)
    assert this_person().user == user


def test_a_user_whom_windows_does_not_name_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is recorded under a name that was only guessed."""
    windows(monkeypatch, sam="", plain="")
    with pytest.raises(SetupError, match="system-user-not-told"):
        this_person()
