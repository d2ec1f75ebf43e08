"""`tieout setup --sheet`: one page for whoever administers Manage and Sage, in both languages, whole and printable."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from addin.program import outfit
from sync.cli import administrator_page
from sync.cli.administrator_page import RIGHTS
from sync.cli.main import run
from sync.core.values.messages import Text
from sync.language.catalogues import ENGLISH, language
from sync.settings.interview import LABELS, SECRETS, Field
from tests.support.browser import DESKTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FRENCH = language("fr")


class Page(HTMLParser):
    """The words of a page, and its elements that were opened and not closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        del attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It has to be the last one opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the words, without the style."""
        if self.open and self.open[-1] != "style" and data.strip():
            self.words.append(data.strip())


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_says_everything_in_the_language_of_the_command(
    tmp_path: Path, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every sentence, each right, and what is handed over; nothing is asked, and nothing else is written."""
    path = tmp_path / "administrator.html"
    assert run(["setup", "--sheet", str(path), "--lang", code], outfit()) == 0
    assert str(path) in capsys.readouterr().out
    source = path.read_text("utf-8")
    page = Page(source)
    assert (page.open, source.count(f'<html lang="{code}">')) == ([], 1)
    said = [value.said(language(code)) for value in vars(administrator_page).values() if isinstance(value, Text)]
    asked = [LABELS[field].said(language(code)) for field in (*SECRETS, Field.CLIENT_ID, Field.PORT, Field.DATABASE)]
    words = " | ".join(page.words)
    assert [each for each in (*said, *asked, *(right.module for right in RIGHTS)) if each not in words] == []
    assert re.search(r"[{}]|[a-z]+-[a-z]+-[a-z]+-", words) is None
    assert [each.name for each in tmp_path.iterdir()] == ["administrator.html"]


def test_the_rights_are_those_of_the_readme() -> None:
    """One role, wherever it is named."""
    levels = {
        right.module: [
            head
            for head, got in zip(administrator_page.RIGHT_HEADS, right.levels, strict=True)
            if got.startswith("All")
        ]
        for right in RIGHTS
    }
    assert levels == {
        "Finance > Accounting Interface": ["Add", "Edit", "Delete", "Inquire"],
        "Finance > Invoicing": ["Edit", "Delete", "Inquire"],
        "Companies > Company Maintenance": ["Inquire"],
        "System > Table Setup": ["Inquire"],
    }
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text("utf-8").split())
    for module, allowed in levels.items():
        assert f"{module} ({', '.join(allowed).lower()}: All" in readme


@pytest.mark.parametrize("name", ["there.html", "page.txt", "nowhere/page.html"])
def test_a_file_that_cannot_be_the_page_is_told_and_left(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is there, one that no browser opens, one in no folder: exit 2 and a sentence with the name."""
    (tmp_path / "there.html").write_text("mine", "utf-8")
    assert run(["setup", "--sheet", str(tmp_path / name)], outfit()) == 2
    assert name.rpartition("/")[2] in capsys.readouterr().err
    assert {each.name: each.read_text("utf-8") for each in tmp_path.iterdir()} == {"there.html": "mine"}


@pytest.mark.chromium
@pytest.mark.xdist_group("chromium")
def test_the_page_prints_on_two_sheets_and_fits_a_phone(chromium: Browser, tmp_path: Path) -> None:
    """The form begins the second sheet; nothing is wider than the screen."""
    for said in (ENGLISH, FRENCH):
        path = tmp_path / f"{said.code}.html"
        path.write_text(administrator_page.page(said), "utf-8")
        for width, height in (DESKTOP, PHONE):
            tab = chromium.new_page(viewport={"width": width, "height": height})
            tab.goto(path.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            printed = tab.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
            tab.close()
