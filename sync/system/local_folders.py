"""Whether a folder is on this computer alone: a ledger that is copied elsewhere while it is in use can be damaged.

Only the ledger asks. Workbooks, audit packs and settings may lie on a share or in OneDrive like any other document.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sync.core.values.errors import SetupError
from sync.core.values.messages import say

_NAMED = re.compile(
    r"(?i)(onedrive|dropbox)\b.*|google drive|googledrive|my drive|mon drive|mon disque|icloud ?drive|box( sync)?|"
    r"sharepoint|nextcloud|synology ?drive|pcloud ?drive"
)
"""How programs that copy folders name theirs; the first two add whose they are: `OneDrive - Contoso`."""
_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_PROVIDERS = r"Software\SyncEngines\Providers\OneDrive"
"""Where Windows lists OneDrive's folders, those of SharePoint's libraries too, whose names say nothing of it."""
_REMOTE = 4
"""What Windows calls DRIVE_REMOTE: a letter that stands for a share, or for a site such as SharePoint's (WebDAV)."""


def is_local(folder: Path) -> bool:
    """Return whether a folder is on this computer alone: neither on a share nor in a folder that is synchronised.

    A link or a junction counts as what it leads to.
    """
    named = folder.absolute()
    if _is_remote(named) or _is_synchronised(named):  # first: to ask where a share leads may take a minute
        return False
    led_to = Path(os.path.realpath(named))
    return not (_is_remote(led_to) or _is_synchronised(led_to))


def must_be_local(state: Path) -> None:
    """Refuse to keep a ledger where whatever copies it elsewhere can damage it.

    Raises:
        SetupError: the state folder is on a share, or synchronised.
    """
    if not is_local(state):
        raise SetupError(say("ledger-state-folder-not-local", folder=str(state.absolute())))


def _is_remote(folder: Path) -> bool:
    root = str(folder).replace("/", "\\")
    if root.startswith("\\\\") and not re.match(r"\\\\[?.]\\[A-Za-z]:", root):  # else it spells out a drive's letter
        return True
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import ctypes  # noqa: PLC0415 - only Windows has letters

        return bool(ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == _REMOTE)
    return False


def _is_synchronised(folder: Path) -> bool:
    if any(_NAMED.fullmatch(part) for part in folder.parts):
        return True
    return any(folder.is_relative_to(root) for root in _roots())


def _roots() -> Iterator[Path]:
    """Yield the folders that OneDrive keeps like those of a site, wherever they are and whatever they are called."""
    for name in _VARIABLES:
        if root := os.environ.get(name):
            yield Path(root)
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import winreg  # noqa: PLC0415 - exists on Windows only

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _PROVIDERS) as providers:
            for number in range(winreg.QueryInfoKey(providers)[0]):
                with suppress(OSError), winreg.OpenKey(providers, winreg.EnumKey(providers, number)) as library:
                    yield Path(str(winreg.QueryValueEx(library, "MountPoint")[0]))
