"""Folders of this computer: where audit files go, and where a ledger must not be."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.words import say

SYNCHRONISED = ("OneDrive", "Dropbox", "Google Drive", "iCloudDrive")
"""How folders are named that are copied elsewhere while they are in use."""


def exports_folder() -> Path:
    """The folder that audit files go to: of TIEOUT_EXPORTS, else Tieout among the user's documents.

    Raises:
        SetupError: it cannot be made.
    """
    return made(Path(os.environ.get("TIEOUT_EXPORTS") or platformdirs.user_documents_path() / "Tieout"))


def made(folder: Path) -> Path:
    """A folder for files that people look at, made if need be.

    Raises:
        SetupError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            say(
                "The folder {folder} cannot be made: {why}. Name another, with --dir or in TIEOUT_EXPORTS.",
                folder=str(folder),
                why=cause(error),
            )
        ) from None
    return folder


def must_be_local(state: Path) -> None:
    """A ledger on a share or in a synchronised folder can be damaged by what copies it.

    Raises:
        SetupError: the state folder is such a place.
    """
    place = str(state.absolute())
    shared = place.startswith(("\\\\", "//")) or any(part.startswith(SYNCHRONISED) for part in state.absolute().parts)
    if shared:
        raise SetupError(
            say(
                "The state folder {folder} is on a network share or is synchronised, and the ledger could be damaged "
                "there. Choose a folder of this computer with --state.",
                folder=place,
            )
        )
