"""Somebody who sets Tieout up: a home folder, a keyring outside of it, Sage in MariaDB, Manage as the practice site."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pexpect

from sync.practice.api import Permission
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.sample_company import build, fill
from sync.practice.server import Server, create_app
from sync.practice.store import Store
from tests.support.kept import BACKEND, FILE
from tests.support.mariadb import PASSWORD, READER, MariaDb

TODAY = date(2026, 4, 10)
PUBLIC, PRIVATE = "Public+canary1", "Private/canary=2"
SECRETS = (PASSWORD, PUBLIC, PRIVATE)
ROOT = Path(__file__).parents[2]
PATIENCE = 60


@dataclass
class Newcomer:
    """What this person has, and what the two systems hold.

    Attributes:
        home: everything that Tieout may write to.
        keyring: the file of the tests' keyring, outside of `home`.
        sage: the server.
        database: the company's.
        site: Manage's address.
        permissions: of the API member; a change takes effect at once.
        environment: of the commands.
    """

    home: Path
    keyring: Path
    sage: MariaDb
    database: str
    site: str
    permissions: set[Permission]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """The settings file of the default profile."""
        return self.home / "config" / "tieout" / "tieout.toml"

    @property
    def answers(self) -> tuple[str, ...]:
        """All that is no secret, as options."""
        return (
            *("--driver", "MariaDB Unicode", "--host", "127.0.0.1", "--port", str(self.sage.port)),
            *("--database", self.database, "--sage-user", READER),
            *("--site", self.site, "--company", "acme", "--client-id", "c-1"),
        )

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets, as variables of the environment."""
        names = ("TIEOUT_SAGE_PASSWORD", "TIEOUT_MANAGE_PUBLIC_KEY", "TIEOUT_MANAGE_PRIVATE_KEY")
        return dict(zip(names, SECRETS, strict=True))

    def start(self, *arguments: str, **more: str) -> pexpect.spawn[str]:
        """Start `tieout` on a terminal of its own."""
        return pexpect.spawn(
            sys.executable,
            ["-m", "sync", *arguments],
            env={**self._base(), **self.environment, **more},
            cwd=str(self.home),
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(50, 400),
            preexec_fn=_interruptible,
        )

    def run(self, *arguments: str, **more: str) -> tuple[int | None, str]:
        """Exit status and words of a command that asks nothing."""
        said = self.start(*arguments, **more)
        said.expect(pexpect.EOF)
        said.close()
        return said.exitstatus, said.before or ""

    def _base(self) -> dict[str, str]:
        known = {name: os.environ[name] for name in ("PATH", "ODBCSYSINI", "LD_LIBRARY_PATH") if name in os.environ}
        return known | {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "TIEOUT_EXPORTS": str(self.home / "exports"),
            "PYTHONPATH": str(ROOT),
            "PYTHON_KEYRING_BACKEND": BACKEND,
            "LANG": "C.UTF-8",
            FILE: str(self.keyring),
        }


def _interruptible() -> None:
    """Whatever runs the tests may have been started in the background, where Ctrl-C counts for nothing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def sample_database(server: MariaDb) -> str:
    """A database that holds the sample company; to fill one takes a while."""
    database = server.new_database()
    with closing(server.admin(database)) as admin:
        fill(admin, build(TODAY), sqlite=False)
    return database


@contextmanager
def newcomer(folder: Path, server: MariaDb, database: str) -> Iterator[Newcomer]:
    """A person with nothing set up, whose Sage is that database."""
    home = folder / "home"
    home.mkdir()
    company = build(TODAY)
    permissions = set(Permission)
    store = Store(company.invoices, company.payments, SiteBehaviour(), lambda: TODAY)
    with Server(create_app(store, keys=(PUBLIC, PRIVATE), permissions=permissions)) as site:
        yield Newcomer(home, folder / "keyring.json", server, database, site.url, permissions)
