"""Which folders are on this computer alone: there and nowhere else a ledger is kept."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from sync.core.values.errors import SetupError
from sync.system.local_folders import is_local, must_be_local

SYNCHRONISED = (
    "OneDrive",
    "OneDrive - Boréal",
    "onedrive - contoso",
    "Dropbox (Boréal)",
    "Google Drive",
    "Mon Drive",
    "My Drive",
    "iCloudDrive",
    "Box",
    "Box Sync",
)


@pytest.mark.parametrize("name", SYNCHRONISED)
def test_a_folder_by_the_name_of_what_copies_it_is_not_local(name: str, tmp_path: Path) -> None:
    """Whether it is there already or not, and whatever is below."""
    assert not is_local(tmp_path / name / "tieout")


@pytest.mark.parametrize("name", ["Boxes", "Dropboxes", "OneDriver", "My Drives", "Google Drives", "tieout"])
def test_a_name_that_only_begins_like_one_is_local(name: str, tmp_path: Path) -> None:
    """The client who sells boxes keeps books too."""
    assert is_local(tmp_path / name)


@pytest.mark.parametrize("variable", ["OneDrive", "OneDriveConsumer", "OneDriveCommercial"])
def test_a_folder_that_onedrive_says_is_its_own_is_not_local(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is called: that of a SharePoint library bears the company's name."""
    monkeypatch.setenv(variable, str(tmp_path / "Boréal"))
    assert [is_local(tmp_path / name) for name in ("Boréal", "Boréal/Site - Documents", "Boréal 2")] == [
        False,
        False,
        True,
    ]


def test_a_link_counts_as_what_it_leads_to(tmp_path: Path) -> None:
    """And so does whatever is below it."""
    (tmp_path / "OneDrive").mkdir()
    with suppress(OSError):
        (tmp_path / "ledger").symlink_to(tmp_path / "OneDrive", target_is_directory=True)
    if not (tmp_path / "ledger").is_symlink():
        pytest.skip("this user can make no links, as on most Windows")
    assert not is_local(tmp_path / "ledger" / "below")


@pytest.mark.parametrize("share", ["//server/share/t", "//boreal.sharepoint.com@SSL/DavWWWRoot/sites/books"])
def test_a_share_or_a_site_is_refused_with_the_way_out(share: str) -> None:
    """SharePoint over WebDAV is one too."""
    with pytest.raises(SetupError, match="ledger-state-folder-not-local"):
        must_be_local(Path(share))
