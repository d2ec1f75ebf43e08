"""Where settings and ledger are: of the default profile, or of a named one for another company."""

from __future__ import annotations

import os
import platform
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import platformdirs
from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.periods import parse_day

APP = "tieout"
PROFILES = "profiles"
PRACTICE = "practice"
"""The profile of the sample company and the practice site, which nobody sets up: it is made when it is used."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_DEVICES = re.compile(r"(?i)con|prn|aux|nul|com\d|lpt\d")
"""Device names that Windows reserves, whatever suffix follows."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a command finds its settings and keeps its state, and the day that stands for today.

    Attributes:
        config: the settings file.
        state: the folder of the ledger.
        today: from `--today`.
        profile: the name of the profile; None for the default one.
    """

    config: Path
    state: Path
    today: date | None = None
    profile: str | None = None

    @property
    def second_head(self) -> Path:
        """Where the ledger's head is kept a second time: with the settings, unless they lie with the ledger.

        What brings the state back from a backup must not bring this back too. On Windows the user's settings and state
        share a folder, so that theirs is in the one that follows the user from computer to computer.
        """
        folder, state = self.config.parent.resolve(), self.state.resolve()
        if folder == state or state in folder.parents or folder == default_config().parent.resolve():
            folder = platformdirs.user_config_path(APP, appauthor=False, roaming=True)
        name = sha256(f"{platform.node()}\n{state}".encode(errors="surrogateescape")).hexdigest()[:16]
        return folder / "ledger-heads" / f"{name}.head"


def default_config() -> Path:
    """Return the settings file: of TIEOUT_CONFIG, else in the user's own configuration folder."""
    if named := os.environ.get("TIEOUT_CONFIG"):
        return Path(named)
    return platformdirs.user_config_path(APP, appauthor=False) / "tieout.toml"


def default_state() -> Path:
    """Return the ledger's folder: of TIEOUT_STATE, else local to this computer, never roaming or synchronised."""
    if named := os.environ.get("TIEOUT_STATE"):
        return Path(named)
    return platformdirs.user_data_path(APP, appauthor=False, roaming=False)


def chosen_profile() -> str | None:
    """Return the profile of TIEOUT_PROFILE; None for the default one.

    Raises:
        SetupError: it is no name of a profile.
    """
    name = os.environ.get("TIEOUT_PROFILE")
    return checked_name(name) if name else None


def checked_name(name: str) -> str:
    """Return a profile's name if it can name a file and a folder too.

    Raises:
        SetupError: it cannot be one.
    """
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
        raise SetupError(say("settings-profile-name-bad", name=name))
    return name


def place_of(profile: str | None, today: date | None = None) -> Place:
    """Return where a profile's settings and ledger are: each profile has its own of both.

    Args:
        profile: its name; None for the default profile.
        today: stands for the clock's day.

    Raises:
        SetupError: the name cannot be one.
    """
    config, state = default_config(), default_state()
    if profile is None:
        return Place(config=config, state=state, today=today)
    name = checked_name(profile)
    if is_practice_name(name):
        world = state / PRACTICE
        return Place(config=world / "tieout.toml", state=world / "state", today=today, profile=PRACTICE)
    return Place(
        config=config.parent / PROFILES / f"{name}.toml", state=state / PROFILES / name, today=today, profile=name
    )


def naming(place: Place) -> str:
    """Return the ` --profile NAME` suffix for suggested commands; empty for the default profile."""
    return f" --profile {place.profile}" if place.profile else ""


def is_practice_name(profile: str | None) -> bool:
    """Return whether a profile's name means the practice world, however it is written."""
    return profile is not None and profile.lower() == PRACTICE


def profiles() -> list[str]:
    """Return the names of the profiles that were set up beside the default one, in alphabetical order."""
    found = (path.stem for path in (default_config().parent / PROFILES).glob("*.toml"))
    return sorted(name for name in found if _NAME.fullmatch(name) and not is_practice_name(name))


def every_place(today: date | None = None) -> list[Place]:
    """Return where ledgers may be on this computer: the default profile's, each named one's, that of practice."""
    return [place_of(name, today) for name in (None, *profiles(), PRACTICE)]


def default_place() -> Place:
    """Return where a button finds its settings and keeps its state, unless another company is chosen."""
    return button_place(chosen_profile())


def button_place(profile: str | None) -> Place:
    """Return the place of a profile for a button; TIEOUT_TODAY stands for the clock's day in rehearsals.

    Raises:
        SetupError: the name cannot be one.
    """
    today = os.environ.get("TIEOUT_TODAY")
    return place_of(profile, parse_day(today) if today else None)
