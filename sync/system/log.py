"""The log of a user: what was asked and what came back, for whoever helps. In English and UTC, without any secret.

It is `tieout.log` in the state folder, which begins anew at 1 MB while three older ones are kept. Modules write to
`logging.getLogger(__name__)`; entry points begin and end it. Where it cannot be written, the run
goes on without.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from html.entities import codepoint2name
from json import dumps
from pathlib import Path

from sync.core.values.errors import TieoutError
from sync.core.values.messages import Text, legible, say

LOG = "tieout.log"
SIZE = 1_000_000
OLDER = 3
SECRETS = (
    "TIEOUT_SAGE_PASSWORD",
    "TIEOUT_MANAGE_PUBLIC_KEY",
    "TIEOUT_MANAGE_PRIVATE_KEY",
    "TIEOUT_MANAGE_PROXY_PASSWORD",
)
HIDDEN = "(hidden)"
MOST_WORDS = 2_000
"""Characters of a server's answer that are kept."""
_OURS = [logging.getLogger(package) for package in ("sync", "workbook", "addin")]
_IN_WORDS = re.compile(
    r"""(?imx) (?P<kept> (?: pwd | password | (?:private|public)_?key ) (?: \s*= | \\?["'] \s*[=:] ) \s* )
        (?: \{ (?: [^}] | \}\} )* \} | (?P<mark> \\?["'] ) (?: \\. | [^\\\n] )*? (?: (?P=mark) | $ ) | [^;\s'"]+ )
      | (?P<basic> authorization'?:\s*'?basic\s+ ) [\w+/=]+
      | (?P<scheme> (?<!/) // ) [^\s"'<>]{,250} (?= @ )
      | (?<![\w.+:-]) [\w.+-]{1,99} : [^\s"'<>/] [^\s"'<>]{,250} (?= @ )"""
)
"""What is a secret by what stands beside it: its name, as in a connection string or in JSON, or a site's address."""
_SHORTEST = 4
_unlocked: set[str] = set()
"""Secrets that this process has taken from the keyring or the environment."""
_log = logging.getLogger(__name__)
for _each in _OURS:  # without a handler of ours Python shows warnings on the terminal
    _each.addHandler(logging.NullHandler())


def hide(*secrets: str | None) -> None:
    """Keep secrets out of the log from now on; one of a few letters would only take words apart."""
    _unlocked.update(secret for secret in secrets if secret and len(secret) >= _SHORTEST)


def without_secrets(text: str) -> str:
    """Return a text in which no secret of this process stands any more, be it as it is, a URL, JSON or HTML."""
    given = {os.environ.get(name) or "" for name in SECRETS} - {""}
    for secret in sorted(given | _unlocked, key=len, reverse=True):
        text = _spelled(secret).sub(HIDDEN, text)
    return _IN_WORDS.sub(lambda found: f"{found['kept'] or found['basic'] or found['scheme'] or ''}{HIDDEN}", text)


@cache
def _spelled(secret: str) -> re.Pattern[str]:
    """Return the pattern of a secret in which each character may be spelled otherwise."""
    return re.compile("".join(f"(?:{'|'.join(_spellings(letter))})" for letter in secret))


def _spellings(letter: str) -> Iterator[str]:
    """Yield the patterns of a character: as it is, in JSON, in a URL and in HTML."""
    code = ord(letter)
    octets = "".join(f"%{octet:02x}" for octet in letter.encode(errors="surrogateescape"))
    yield ("" if letter.isalnum() else r"\\*") + re.escape(letter)
    yield re.escape(dumps(letter)[1:-1])
    yield rf"(?i:{octets}|\\+u{code:04x}|&#0*{code};|&#x0*{code:x};|&{codepoint2name.get(code, 'apos')};)"
    yield r"\+" if letter == " " else octets


def words_of(answer: bytes) -> str:
    """Return how an answer begins, for the log; what is hidden in it is hidden before it is cut short."""
    return without_secrets(answer.decode(errors="replace"))[:MOST_WORDS]


class LogFile(logging.Handler):
    """Adds records to the log in a folder, which several processes may do at once.

    The file is opened for each record: an open one could not be renamed on Windows when another process begins anew.

    Attributes:
        path: of the file.
        kept: the last record was written.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / LOG
        self.kept = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as one piece; where that is not possible it is left out."""
        line = (self.format(record) + "\n").encode(errors="backslashreplace")
        self.kept = False
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._is_full():
                self._begin_anew()
            with self.path.open("ab", buffering=0) as file:
                file.write(line)
            self.kept = True

    def _is_full(self) -> bool:
        return self.path.exists() and self.path.stat().st_size >= SIZE

    def _begin_anew(self) -> None:
        """Set the full file aside, unless another process is about to; where that fails it grows a little longer."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - once in a megabyte

        with suppress(OSError, Timeout), FileLock(self.path.with_suffix(".log.lock"), timeout=0):
            if self._is_full():
                for number in range(OLDER, 0, -1):
                    newer = self._older(number - 1)
                    if newer.exists():
                        newer.replace(self._older(number))

    def _older(self, number: int) -> Path:
        return self.path.with_suffix(f".log.{number}") if number else self.path


class _Line(logging.Formatter):
    """One record: moment (UTC), level, process, module, words. Further lines are set in, so none looks like one."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """Return the record in words, without secrets and without what would steer a terminal."""
        return "\n    ".join(map(legible, without_secrets(super().format(record)).splitlines()))


def begin(state: Path, *, verbose: bool, version: str, command: Sequence[str]) -> None:
    """Begin to log, and log what runs.

    Args:
        state: the folder of the log; made when something is written.
        verbose: everything is also shown on the terminal, on standard error.
        version: of Tieout.
        command: what was asked.
    """
    end()
    _attach(LogFile(state))
    if verbose:
        _attach(logging.StreamHandler(sys.stderr))
    for logger in _OURS:
        logger.setLevel(logging.INFO)
    python = ".".join(map(str, sys.version_info[:3]))
    _log.info("Tieout %s: %s (in %s; Python %s, %s)", version, " ".join(command), _here(), python, sys.platform)


def end() -> None:
    """Log no more."""
    for logger in _OURS:
        for handler in logger.handlers[1:]:
            logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def _attach(handler: logging.Handler) -> None:
    handler.setFormatter(_Line())
    for logger in _OURS:
        logger.addHandler(handler)


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return "a folder that is no more"


def log_error(error: TieoutError, english: str) -> None:
    """Log an error that the person is told of: the ids of its sentences, its English, and what it came from."""
    _log.error("%s", "\n".join([f"{_named(error)}: {english}", *_causes(error)]))


def _named(error: TieoutError) -> str:
    return f"{type(error).__name__} ({', '.join(sentence.id for sentence in error.text.sentences)})"


def _causes(error: BaseException) -> Iterator[str]:
    """Return what an error came from, one line for each cause, the nearest first, and where each was raised."""
    cause = error.__cause__ or error.__context__
    while cause is not None:
        words = _named(cause) if isinstance(cause, TieoutError) else f"{type(cause).__name__}: {cause}"
        raised = traceback.extract_tb(cause.__traceback__)
        yield f"caused by {words}" + (f" ({raised[-1].filename}:{raised[-1].lineno})" if raised else "")
        cause = cause.__cause__ or cause.__context__


def defect(error: BaseException) -> Text:
    """Log the whole story of an error that nobody foresaw, and return what the person is told."""
    kind = type(error).__name__
    _log.error("an unforeseen error", exc_info=error)
    file = next((each for each in _OURS[0].handlers if isinstance(each, LogFile)), None)
    if file and file.kept:
        return say("defect-logged", kind=kind, log=str(file.path))
    return say("defect-not-logged", kind=kind)
