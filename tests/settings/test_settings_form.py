"""What a form is told beside its answers: where to look when a link fails, and whether the books are the sample's."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.check_links import advice
from sync.core.values.errors import Check, LoginPart, System, Verdict
from sync.core.values.messages import BLANK, say
from sync.language.catalogues import ENGLISH
from sync.settings import settings_writer
from sync.settings.interview import SECRETS
from sync.settings.settings_file import Behaviour
from sync.settings.settings_form import whereabouts


@pytest.mark.parametrize(
    ("system", "parts", "words"),
    [
        (System.SAGE, {LoginPart.ADDRESS}, "Sage's Connection Manager has to be running"),
        (System.SAGE, {LoginPart.LOGIN}, "Capitals count in the password."),
        (System.MANAGE, {LoginPart.LOGIN}, "The keys are those of an API member"),
        (System.MANAGE, {LoginPart.RIGHTS}, "The role is under System > Security Roles"),
        (System.MANAGE, {LoginPart.ADDRESS}, ""),
        (System.MANAGE, set(), ""),
        (None, {LoginPart.LOGIN}, ""),
    ],
)
def test_the_advice_is_that_of_the_link_s_own_system(
    tmp_path: Path, system: System | None, parts: set[LoginPart], words: str
) -> None:
    """Login and rights are something else in Sage than in Manage."""
    check = Check(link=say("sage"), verdict=Verdict.FAILED, finding=BLANK, parts=frozenset(parts), system=system)
    said = advice(settings_writer.read(tmp_path / "tieout.toml", ENGLISH), check).said(ENGLISH)
    assert words == said[: len(words) or None]


def test_the_practice_site_s_key_is_published(tmp_path: Path) -> None:
    """So that nothing is missing where the site is on this computer; Sage's password still is."""
    path = tmp_path / "tieout.toml"
    path.write_text('[manage]\nsite = "http://127.0.0.1:8765"\ncompany = "acme"\n', "utf-8")
    found = [text.said(ENGLISH) for text in whereabouts(settings_writer.read(path, ENGLISH)).values()]
    assert found == ["missing: run tieout setup in a console", *["the practice site's published key"] * 2]


def test_the_sample_company_needs_no_secrets(tmp_path: Path) -> None:
    """Its books are a file, and the practice site's key is published."""
    path = tmp_path / "tieout.toml"
    path.write_text('[sage]\nsqlite = "sample.db"\n', "utf-8")
    found = whereabouts(settings_writer.read(path, ENGLISH))
    assert {field: text.said(ENGLISH) for field, text in found.items()} == dict.fromkeys(
        SECRETS, "not needed for the sample company"
    )


@pytest.mark.parametrize(
    ("line", "version"),
    [('api_version = "2019.5"', "2019.5"), ("", None), ("api_version = 5", None), ("else = 1", None)],
)
def test_manage_is_tried_as_the_file_says_that_it_behaves(tmp_path: Path, line: str, version: str | None) -> None:
    """Also while it is set up anew; what cannot be right there is told by the test of the whole file."""
    path = tmp_path / "tieout.toml"
    path.write_text(f"[manage.behaviour]\n{line}\n", "utf-8")
    assert settings_writer.read(path, ENGLISH).behaviour.api_version == (version or Behaviour().api_version)
