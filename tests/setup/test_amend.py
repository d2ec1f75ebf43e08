"""What a form is told beside its answers: where to look when a link fails, and whether the books are the sample's."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.checks import Check, Verdict
from sync.core.errors import Part
from sync.core.words import BLANK, say
from sync.setup import file
from sync.setup.amend import advice, whereabouts
from sync.setup.questions import SECRETS


@pytest.mark.parametrize(
    ("link", "parts", "words"),
    [
        ("Sage", {Part.ADDRESS}, "Sage's Connection Manager has to be running"),
        ("Sage", {Part.LOGIN}, "Capitals count in the password."),
        ("Manage site and login", {Part.LOGIN}, "The keys are those of an API member"),
        ("Manage payments", {Part.RIGHTS}, "The role is under System > Security Roles"),
        ("Manage site and login", {Part.ADDRESS}, ""),
        ("Clocks", set(), ""),
    ],
)
def test_the_advice_is_that_of_the_link_s_own_system(tmp_path: Path, link: str, parts: set[Part], words: str) -> None:
    """Login and rights are something else in Sage than in Manage."""
    check = Check(link=say(link), verdict=Verdict.FAILED, finding=BLANK, parts=frozenset(parts))
    assert str(advice(file.read(tmp_path / "tieout.toml"), check)).startswith(words)


def test_the_practice_site_s_key_is_published(tmp_path: Path) -> None:
    """So that nothing is missing where the site is on this computer; Sage's password still is."""
    path = tmp_path / "tieout.toml"
    path.write_text('[manage]\nsite = "http://127.0.0.1:8765"\ncompany = "acme"\n', "utf-8")
    found = [str(text) for text in whereabouts(file.read(path), "tieout setup").values()]
    assert found == ["missing: run tieout setup in a console", *["the practice site's published key"] * 2]


def test_the_sample_company_needs_no_secrets(tmp_path: Path) -> None:
    """Its books are a file, and the practice site's key is published."""
    path = tmp_path / "tieout.toml"
    path.write_text('[sage]\nsqlite = "sample.db"\n', "utf-8")
    found = whereabouts(file.read(path), "tieout setup")
    assert {field: str(text) for field, text in found.items()} == dict.fromkeys(
        SECRETS, "not needed for the sample company"
    )
