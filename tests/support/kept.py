"""A keyring for tests that start programs: one JSON file, named in the environment, outside of any folder searched."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

FILE = "KEYRING_OF_TESTS"
LOCKED = "KEYRING_OF_TESTS_LOCKED"
BACKEND = f"{__name__}.FileKeyring"


class FileKeyring(KeyringBackend):
    """Survives from one process to the next, as an operating system's keyring does."""

    priority = 0
    """Used where it is named, and never found by itself: it must not become the keyring of tests that mean none."""

    @property
    def name(self) -> str:
        """As people are told."""
        return "the keyring of the tests"

    def get_password(self, service: str, username: str) -> str | None:
        """A secret, or None."""
        return self._all().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep one, unless the tests have locked the keyring."""
        if os.environ.get(LOCKED) and username.endswith(os.environ[LOCKED]):
            raise KeyringLocked("it is locked")
        self._write({**self._all(), f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget one."""
        kept = self._all()
        if kept.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError("there is none")
        self._write(kept)

    def _all(self) -> dict[str, str]:
        path = Path(os.environ.get(FILE, os.devnull))  # a process keeps its keyring longer than tests name a file
        return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}

    def _write(self, kept: dict[str, str]) -> None:
        Path(os.environ[FILE]).write_text(json.dumps(kept), "utf-8")
