"""A private MariaDB server over ODBC, as Sage's Connection Manager runs MySQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.parts import MISSING

READER, PASSWORD = "reader", "Lecture;seule}1"
START_SECONDS = 60
INSTALL_TRIES = 2


class MariaDb:
    """A running server with an administrator and a read-only login."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self.process = process
        self._databases = 0

    def connection_string(self, database: str, user: str = READER) -> str:
        """As it would stand in the settings: without a password."""
        return f"DRIVER={{MariaDB Unicode}};SERVER=127.0.0.1;PORT={self.port};DATABASE={database};UID={user}"

    def admin(self, database: str = "mysql") -> Any:  # noqa: ANN401 - pyodbc has no types
        """A connection that may do anything."""
        import pyodbc  # noqa: PLC0415 - missing where there is no driver manager

        pyodbc.pooling = False
        text = self.connection_string(database, "admin") + ";PWD=admin;CHARSET=utf8mb4"
        return pyodbc.connect(text, autocommit=True)

    def new_database(self) -> str:
        """An empty database that the reader may read and nothing more."""
        self._databases += 1
        name = f"simply{self._databases}"
        with closing(self.admin()) as connection:
            connection.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
            connection.execute(f"GRANT SELECT ON {name}.* TO {READER}@'127.0.0.1'")
        return name


@contextmanager
def running() -> Iterator[MariaDb]:
    """A server in a temporary folder, stopped for certain at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tieout-mariadb-"))
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "mysql")
        user = ["--user=mysql"]
    # A server that starts deletes what it takes for its own in the folder for temporary files: each has one of its own.
    common = ["--no-defaults", *user, f"--datadir={folder / 'data'}", f"--tmpdir={folder}"]
    init = folder / "init.sql"
    init.write_text(
        "CREATE USER admin@'127.0.0.1' IDENTIFIED BY 'admin';\n"
        "GRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;\n"
        f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n",
        encoding="utf-8",
    )
    init.chmod(0o644)
    _install(common, folder / "data")
    process = subprocess.Popen(
        [
            "mariadbd",
            *common,
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--socket={folder / 'm.sock'}",
            f"--pid-file={folder / 'm.pid'}",
            f"--init-file={init}",
            "--lower-case-table-names=1",
            "--innodb-buffer-pool-size=64M",
            "--skip-log-bin",
            "--skip-name-resolve",
            "--sql-mode=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = MariaDb(port, process)
    try:
        _wait(server)
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _install(options: list[str], data: Path) -> None:
    """Make the server's own tables; once more where that failed, because on a busy machine it does at times.

    Raises:
        RuntimeError: it failed twice.
    """
    command = ["mariadb-install-db", *options, "--skip-test-db", "--auth-root-authentication-method=normal"]
    for _ in range(INSTALL_TRIES):
        installed = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if installed.returncode == 0:
            return
        shutil.rmtree(data, ignore_errors=True)
    raise RuntimeError(f"mariadb-install-db failed: {installed.stdout[-2000:]} {installed.stderr[-2000:]}")


def _wait(server: MariaDb) -> None:
    import pyodbc  # noqa: PLC0415 - missing where there is no driver manager

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        with suppress(pyodbc.Error):
            server.admin().close()
            return
        time.sleep(0.1)
    raise RuntimeError("the test server did not start")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """One server for all tests of a session."""
    why = MISSING["mariadb"]()
    if why:
        pytest.skip(why)
    with running() as server:
        yield server
