"""A private, headless LibreOffice: started, spoken to over a named pipe, and taken down with all it started."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

Uno: TypeAlias = Any
"""A remote object of LibreOffice, which has no Python type."""

LIMIT = 30.0
"""Seconds after which nothing more is waited for."""

_ALWAYS_EXECUTE_NO_WARN = 4
_DEBIAN = "/usr/lib/python3/dist-packages"
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"
 oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"
 oor:op="fuse"><value>en-US</value></prop></item>
</oor:items>
"""

_T = TypeVar("_T")


def bounded(call: Callable[[], _T], what: str, seconds: float = LIMIT) -> _T:
    """Make a call that may never answer, and raise TimeoutError when it has not answered in time."""
    answers: list[_T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as failure:  # noqa: BLE001 - handed over to the caller's thread
            failures.append(failure)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if thread.is_alive():
        raise TimeoutError(f"{what}: no answer from LibreOffice in {seconds:g} seconds")
    return answers[0]


def pyuno() -> Uno:
    """Import Debian's `uno` module, which lives outside every virtual environment."""
    if _DEBIAN not in sys.path:
        sys.path.append(_DEBIAN)
    return importlib.import_module("uno")


def struct(kind: str, **fields: object) -> Uno:
    """Build a UNO structure such as `table.CellRangeAddress` from its fields."""
    made = pyuno().createUnoStruct(f"com.sun.star.{kind}")
    for name, content in fields.items():
        setattr(made, name, content)
    return made


def properties(**values: object) -> tuple[Uno, ...]:
    """Turn keywords into the list of PropertyValue that UNO's open and save calls take."""
    return tuple(struct("beans.PropertyValue", Name=name, Value=content) for name, content in values.items())


def connect(pipe: str, seconds: float = LIMIT) -> Uno:
    """Join the LibreOffice that listens on this pipe and return its desktop; any process may do so."""
    remote = context_of(pipe, seconds)
    return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)


def context_of(pipe: str, seconds: float = LIMIT) -> Uno:
    """Return the component context of the LibreOffice that listens on this pipe."""
    context = pyuno().getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    refused = pyuno().getClass("com.sun.star.connection.NoConnectException")
    end = time.monotonic() + seconds
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except refused as failure:
            if time.monotonic() > end:
                raise TimeoutError(f"LibreOffice does not listen on {pipe} after {seconds:g} seconds") from failure
            time.sleep(0.05)


def load(desktop: Uno, path: Path) -> Uno:
    """Open a file, hidden, writable and with its macros allowed.

    The file is opened in place: hand over a private copy, since a lock file left beside it
    by another run makes LibreOffice open it read-only.

    Raises:
        RuntimeError: the file was not opened, or only for reading.
    """
    options = properties(Hidden=True, MacroExecutionMode=_ALWAYS_EXECUTE_NO_WARN)
    url = path.resolve().as_uri()
    document = bounded(lambda: desktop.loadComponentFromURL(url, "_blank", 0, options), f"open {path}")
    if document is None or document.isReadonly():
        raise RuntimeError(f"LibreOffice did not open {path} for writing")
    return document


class Office:
    """One headless LibreOffice with a profile of its own; leave the `with` block and it is gone."""

    def __init__(self) -> None:
        self.pipe = f"tieout-{uuid.uuid4().hex[:12]}"
        self._profile = Path(tempfile.mkdtemp(prefix="tieout-office-"))
        user = self._profile / "user"
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        self._desktop: Uno = None
        self._process = self._start()
        atexit.register(self.close)
        try:
            self._desktop = bounded(lambda: connect(self.pipe), "start", 2 * LIMIT)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the wrapper script, which restarts the real program on a new profile, in a session of its own."""
        return subprocess.Popen(
            [
                "soffice",
                "--headless",
                "--norestore",
                "--nologo",
                f"--accept=pipe,name={self.pipe};urp;",
                f"-env:UserInstallation={self._profile.as_uri()}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def desktop(self) -> Uno:
        """The remote desktop, which knows every open document."""
        return self._desktop

    def open(self, path: Path) -> Uno:
        """Open a file: see `load`."""
        return load(self._desktop, path)

    def _leave(self) -> None:
        """Close every document and the program, without saving anything."""
        components = self._desktop.getComponents().createEnumeration()
        while components.hasMoreElements():
            components.nextElement().close(True)  # noqa: FBT003 - UNO takes no keywords
        self._desktop.terminate()

    def close(self) -> None:
        """End LibreOffice and every process of its group, and remove its profile; more than once is harmless."""
        atexit.unregister(self.close)
        with contextlib.suppress(Exception):  # asked politely first, it takes its lock files along
            bounded(self._leave, "end", 3)
            self._process.wait(3)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(LIMIT)
        for folder in ("/tmp", "/var/tmp"):  # noqa: S108 - where LibreOffice puts its pipes
            Path(folder, f"OSL_PIPE_{os.getuid()}_{self.pipe}").unlink(missing_ok=True)
        shutil.rmtree(self._profile, ignore_errors=True)
