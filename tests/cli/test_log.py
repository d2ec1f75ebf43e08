"""What the log says of commands: a person is told one sentence, and whoever helps finds the rest."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sync.practice.world import Practice
from sync.settings import secrets
from sync.system.log import HIDDEN, LOG
from tests.cli.test_words import SETTINGS
from tests.cli.world import Terminal

CANARIES = {"TIEOUT_MANAGE_PUBLIC_KEY": "public canary/1", "TIEOUT_MANAGE_PRIVATE_KEY": 'private"canary+2'}
PAGE = "<html><h1>Bad gateway</h1> the proxy of Boréal says no</html>"


def proxied(folder: Path, server: HTTPServer) -> Path:
    """Settings of a site that a proxy stands before."""
    path = folder / "proxied.toml"
    path.write_text(
        SETTINGS.format(books="b.db").replace("http://127.0.0.1:9", server.url_for("").rstrip("/")), "utf-8"
    )
    return path


@pytest.mark.parametrize("status", [200, 403])
def test_a_proxy_s_page_is_there_for_whoever_helps(
    terminal: Terminal, tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """URL, status and the page itself, of which the person is told the title; no secret, even where it is echoed."""
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    token = base64.b64encode(
        ":".join(("acme+" + CANARIES[secrets.PUBLIC], CANARIES[secrets.PRIVATE])).encode()
    ).decode()
    echoed = f'{PAGE} {token} {" ".join(CANARIES.values())} private%22canary%2B2 private\\"canary+2 {"x" * 9000}'
    httpserver.expect_request(re.compile(".*")).respond_with_data(echoed, status=status, content_type="text/html")
    answer = terminal.tieout("check", "--config", str(proxied(tmp_path, httpserver)), "--state", "state")
    text = Path("state", LOG).read_text("utf-8")
    assert ("Bad gateway" in answer.words, "xxx" in answer.words) == (True, False)
    assert f"GET {httpserver.url_for('/login/companyinfo/acme')}: status {status}, " in text
    assert f"answers {status} (text/html, -): {PAGE} {HIDDEN} {HIDDEN} {HIDDEN} {HIDDEN} {HIDDEN} x" in text
    assert [secret for secret in (token, *CANARIES.values(), "canary") if secret in text + answer.words] == []
    assert "x" * 2000 not in text


def test_what_a_run_did_can_be_followed(terminal: Terminal, practice: Practice) -> None:
    """Begin and end of each step with counts, each statement and each request, the lock, and the exit status."""
    terminal.at(practice, "sync", "--since", "past-month", "--out", "p.xlsx")
    terminal.at(practice, "push", "p.xlsx")
    terminal.tieout("push", "missing.xlsx", "--state", str(practice.place.state))
    text = (practice.place.state / LOG).read_text("utf-8")
    for words in (
        r": sync --since past-month --out p\.xlsx ",
        r"the lock in .* is taken",
        r"COMPANY: 1 rows, \d+ ms",
        r"GET http://127\.0\.0\.1:\d+/\S+: status 200, \d+ ms, \d+ bytes",
        r"sync \S+ ends: rows \{.*ready",
        r"push of \S+ begins: \d+ of \d+ rows approved",
        r"POST http://127\.0\.0\.1:\d+/\S+: status 201, \d+ ms, \d+ bytes",
        r"push of \S+ ends: \{.*posted",
        r"exit status 0",
        r"ERROR .*Error \(.*missing\.xlsx",
    ):
        assert re.search(words, text), words


def test_verbose_shows_the_log_on_the_terminal(terminal: Terminal, practice: Practice) -> None:
    """On standard error, so that what programs read stays as it is; before the command's name as well as after it."""
    terminal.at(practice, "sync", "--since", "past-week", "--out", "p.xlsx")
    quiet = terminal.at(practice, "history", "--json", "-")
    before = terminal.tieout("--verbose", "history", "--json", "-", "--state", str(practice.place.state))
    after = terminal.at(practice, "history", "--json", "-", "--verbose")
    assert (" INFO " in quiet.err, before.out, after.out) == (False, quiet.out, quiet.out)
    assert [" INFO " in answer.err and "exit status 0" in answer.err for answer in (before, after)] == [True, True]
