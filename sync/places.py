"""Where settings and ledger are: of the default profile, or of a named one for another company."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import platformdirs
from msgspec import Struct

from sync.core.errors import SetupError
from sync.core.periods import parse_day
from sync.core.words import say

APP = "tieout"
PROFILES = "profiles"
PRACTICE = "practice"
"""The profile of the sample company and the practice site, which nobody sets up: it is made when it is used."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_DEVICES = re.compile(r"(?i)con|prn|aux|nul|com\d|lpt\d")
"""Names that Windows keeps for itself, with any ending."""


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


def default_config() -> Path:
    """The settings file: of TIEOUT_CONFIG, else in the user's own configuration folder."""
    if named := os.environ.get("TIEOUT_CONFIG"):
        return Path(named)
    return platformdirs.user_config_path(APP, appauthor=False) / "tieout.toml"


def default_state() -> Path:
    """The folder of the ledger: of TIEOUT_STATE, else local to this computer, never roaming or synchronised."""
    if named := os.environ.get("TIEOUT_STATE"):
        return Path(named)
    return platformdirs.user_data_path(APP, appauthor=False, roaming=False)


def chosen_profile() -> str | None:
    """The profile of TIEOUT_PROFILE; None for the default one.

    Raises:
        SetupError: it is no name of a profile.
    """
    name = os.environ.get("TIEOUT_PROFILE")
    return checked_name(name) if name else None


def checked_name(name: str) -> str:
    """A profile's name, which names a file and a folder too.

    Raises:
        SetupError: it cannot be one.
    """
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
        raise SetupError(
            say(
                "'{name}' cannot be the name of a profile. Use up to 40 letters without accents, digits, - and _, and "
                "none of the names that Windows keeps for itself, such as con.",
                name=name,
            )
        )
    return name


def place_of(profile: str | None, today: date | None = None) -> Place:
    """Where a profile's settings and ledger are: each profile has its own of both.

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
    """The option that names a place's profile, as it stands behind a command that somebody is told to run."""
    return f" --profile {place.profile}" if place.profile else ""


def is_practice_name(profile: str | None) -> bool:
    """Whether a profile's name means the practice world, however it is written."""
    return profile is not None and profile.lower() == PRACTICE


def profiles() -> list[str]:
    """The names of the profiles that were set up beside the default one, in alphabetical order."""
    found = (path.stem for path in (default_config().parent / PROFILES).glob("*.toml"))
    return sorted(name for name in found if _NAME.fullmatch(name) and not is_practice_name(name))


def default_place() -> Place:
    """Where a button finds its settings and keeps its state, unless another company is chosen."""
    return button_place(chosen_profile())


def button_place(profile: str | None) -> Place:
    """The place of a profile for a button; TIEOUT_TODAY stands for the clock's day in rehearsals.

    Raises:
        SetupError: the name cannot be one.
    """
    today = os.environ.get("TIEOUT_TODAY")
    return place_of(profile, parse_day(today) if today else None)
