"""The practice world's own settings: which Manage its site plays."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import requests

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.practice.world import BOOKS, SITE, SITE_SETTINGS, practise, serve
from sync.settings import settings_file

DAY = date(2026, 4, 10)


def posted_twice(folder: Path) -> list[int]:
    """The answers to two payments on one invoice of the practice site of a folder."""
    with serve(folder, DAY, port=0) as practice, requests.Session() as session:
        session.auth = ("acme+sandbox", "sandbox")
        session.headers["clientId"] = "tests"
        url = f"{practice.url}v2025_1/apis/3.0/finance/invoices"
        rows = session.get(url, params={"pageSize": 1000}, timeout=10).json()
        unpaid = next(row for row in rows if row["payments"] == 0 and row["balance"] > 2)
        record = f"{url}/{unpaid['id']}/payments"
        return [session.post(record, json={"amount": 1}, timeout=10).status_code for _ in range(2)]


def test_the_site_plays_what_its_own_settings_say(tmp_path: Path) -> None:
    """A second payment is refused, unless the folder's own file says that it is allowed."""
    assert posted_twice(tmp_path) == [201, 400]
    (tmp_path / SITE_SETTINGS).write_text('second_payment = "allowed"\n')
    assert posted_twice(tmp_path) == [201, 201]


def test_links_lead_to_the_site_wherever_it_runs(tmp_path: Path) -> None:
    """Its port may be another one next time; who took the link away is left without."""
    for _ in range(2):
        with serve(tmp_path, DAY, port=0) as practice:
            link = settings_file.load(practice.place.config).manage.link
            assert link is not None
            assert link.to(7) == f"{practice.url}finance/invoice/7"
    config = tmp_path / "tieout.toml"
    config.write_text(re.sub("(?m)^invoice_link.*$", "", config.read_text("utf-8")), "utf-8")
    with serve(tmp_path, DAY, port=0) as practice:
        assert settings_file.load(practice.place.config).manage.link is None


@pytest.mark.parametrize("text", ["second_payment = 1", 'third_payment = "allowed"', "= =", "caf\xe9"])
def test_settings_of_something_else_are_refused(tmp_path: Path, text: str) -> None:
    """The file is named, and what may stand in it."""
    (tmp_path / SITE_SETTINGS).write_text(text, encoding="latin-1")
    with pytest.raises(SetupError) as refused:
        posted_twice(tmp_path)
    assert refused.value.text == say("practice-site-settings-wrong", path=str(tmp_path / SITE_SETTINGS))


def test_a_world_that_was_cut_short_while_it_was_built_is_built_anew(tmp_path: Path) -> None:
    """By Ctrl-C in the demo's first moments, or a full disk; what else is there is never taken for one."""
    for name in (f"{BOOKS}.new", BOOKS, SITE, f"{SITE}-journal"):
        (tmp_path / name).write_bytes(b"half")
    with practise(tmp_path, DAY) as practice:
        assert practice.place.config.exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").touch()
    (other / BOOKS).touch()
    with pytest.raises(SetupError), practise(other, DAY):
        pass
    assert (other / BOOKS).exists()
