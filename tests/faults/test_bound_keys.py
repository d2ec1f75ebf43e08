"""Keys of the environment, over real sockets: a site that they are not for is sent nothing at all (fault 105)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sync.practice.world import Practice
from sync.settings.secrets import unlock
from sync.settings.settings_file import load
from tests.cli.test_words import SETTINGS
from tests.cli.world import Terminal, own_site

KEYS = {"TIEOUT_MANAGE_PUBLIC_KEY": "public-canary", "TIEOUT_MANAGE_PRIVATE_KEY": "private-canary"}
CONFIG = "t.toml"


@pytest.fixture
def sites() -> Iterator[list[HTTPServer]]:
    """Two sites that write down what they are sent."""
    with ExitStack() as stack:
        found = [stack.enter_context(HTTPServer(host="127.0.0.1")) for _ in range(2)]
        for site in found:
            site.expect_request("/login/companyinfo/acme").respond_with_json({"Codebase": "v2025_1/"})
            site.no_handler_status_code = 404  # what is beyond that is no matter here, and nothing to wait for
        yield found


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's keys, in the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def settings_of(site: HTTPServer) -> str:
    """Name a site in the settings; return its address."""
    address = site.url_for("").rstrip("/")
    Path(CONFIG).write_text(SETTINGS.format(books="b.db").replace("http://127.0.0.1:9", address), "utf-8")
    return address


def sent(site: HTTPServer) -> list[bool]:
    """Of each request that a site was sent, whether it had keys."""
    return ["Authorization" in request.headers for request, _ in site.log]


def test_a_site_that_changed_in_the_settings_is_sent_nothing(
    terminal: Terminal, sites: list[HTTPServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In check, sync and push alike: exit 2 and one sentence; with a person's word they are sent."""
    first, second = sites
    settings_of(first)
    terminal.tieout("check", "--config", CONFIG)
    assert True in sent(first)
    address = settings_of(second)
    for command in (["check"], ["sync", "--since", "past-week"], ["watch", "--since", "past-week"], ["undo", "run"]):
        answer = terminal.tieout(*command, "--config", CONFIG)
        assert (answer.status, f"set TIEOUT_MANAGE_SITE to {address} if they are for it" in answer.words) == (2, True)
    assert sent(second) == []
    monkeypatch.setenv("TIEOUT_MANAGE_SITE", address)
    terminal.tieout("check", "--config", CONFIG)
    assert True in sent(second)


@pytest.mark.parametrize("profile", ["first", "practice"])
def test_a_profile_has_no_keys_of_its_own_in_the_environment(
    terminal: Terminal, sites: list[HTTPServer], profile: str
) -> None:
    """What was bound by one profile holds for all; settings that call themselves a practice site get its own key."""
    first, second = sites
    settings_of(first)
    terminal.tieout("check", "--config", CONFIG, "--state", "state-1")
    settings_of(second)
    if profile == "practice":
        text = Path(CONFIG).read_text("utf-8").replace('"x"', '"sandbox"')
        Path(CONFIG).write_text(text, "utf-8")
    terminal.tieout("check", "--config", CONFIG, "--state", "state-2")
    canaries = [request.headers.get("Authorization", "") for request, _ in second.log]
    if profile == "practice":
        assert canaries
        assert unlock(load(Path(CONFIG))).public_key == "sandbox"
        assert {answer for answer in canaries if answer} == {"Basic YWNtZStzYW5kYm94OnNhbmRib3g="}
    else:
        assert canaries == []


def test_practice_works_with_keys_in_the_environment(terminal: Terminal, practice: Practice) -> None:
    """Its site would refuse any key but its own; made into a site of one's own, it is sent them and does."""
    assert terminal.at(practice, "sync", "--since", "past-month", "--out", "p.xlsx").status == 0
    assert terminal.at(practice, "push", "p.xlsx").status == 0
    own_site(practice)
    answer = terminal.at(practice, "check")
    assert (answer.status, "Manage refused the login" in answer.words) == (2, True)


def test_setup_tries_no_other_site(terminal: Terminal, sites: list[HTTPServer]) -> None:
    """Nothing is asked of it, and nothing is written."""
    first, second = sites
    settings_of(first)
    terminal.tieout("check", "--config", CONFIG)
    before = Path(CONFIG).read_bytes()
    address = second.url_for("").rstrip("/")
    answer = terminal.tieout(
        *("setup", "--yes", "--config", CONFIG, "--site", address, "--company", "acme", "--client-id", "x"),
        *("--driver", "MariaDB Unicode", "--host", "127.0.0.1", "--port", "1", "--sage-user", "reader"),
    )
    assert (answer.status, "set TIEOUT_MANAGE_SITE to" in answer.words, sent(second)) == (2, True, [])
    assert before == Path(CONFIG).read_bytes()
