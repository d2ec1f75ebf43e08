"""The settings file as setting up meets it: what stands in it, and the same file with other answers.

Only the lines of the answers are changed, so that comments, other settings and their order stay as somebody wrote them.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import tomlkit
from msgspec import Struct
from tomlkit.exceptions import ParseError, TOMLKitError

from sync import odbc
from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.words import Text, say
from sync.defects import without_secrets
from sync.setting_faults import unread
from sync.settings import unreadable
from sync.setup.questions import Answers, Field
from sync.setup.template import new_file
from sync.whole import replacing

ODBC = {
    Field.DRIVER: "DRIVER",
    Field.HOST: "SERVER",
    Field.PORT: "PORT",
    Field.DATABASE: "DATABASE",
    Field.SAGE_USER: "UID",
}
MANAGE = {Field.SITE: "site", Field.COMPANY: "company", Field.CLIENT_ID: "client_id"}


class SettingsFile(Struct, frozen=True, kw_only=True):
    """A settings file, read but not judged.

    Attributes:
        path: where it is, or will be.
        before: its bytes; None when there is none yet.
        text: what it says; a new one where there is none.
    """

    path: Path
    before: bytes | None
    text: str

    @property
    def odbc(self) -> str:
        """The connection string that stands in it; empty where there is none."""
        return str(self._section("sage").get("odbc") or "")

    @property
    def is_sample(self) -> bool:
        """The books that it names are those of a sample company in a file."""
        return bool(self._section("sage").get("sqlite"))

    @property
    def answers(self) -> Answers:
        """The answers that stand in it."""
        found, manage = odbc.parts(self.odbc), self._section("manage")
        answers = {field: found[name] for field, name in ODBC.items() if found.get(name)}
        return answers | {field: str(manage[name]) for field, name in MANAGE.items() if manage.get(name)}

    def _section(self, name: str) -> Mapping[str, Any]:
        found = tomlkit.parse(self.text).unwrap().get(name)
        return found if isinstance(found, dict) else {}


def read(path: Path) -> SettingsFile:
    """Read the settings file, or begin a new one where there is none.

    Raises:
        SetupError: there is one that cannot be read, or that is not TOML.
    """
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        return SettingsFile(path=path, before=None, text=new_file())
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        text = before.removeprefix(codecs.BOM_UTF8).decode()
        tomlkit.parse(text)
    except (UnicodeDecodeError, TOMLKitError, RecursionError) as error:
        raise SetupError(
            say(
                "The settings file {path} cannot be changed, because it is not a TOML file: {why}. Correct it, or move "
                "it away to have a new one written.",
                path=str(path),
                why=_unread(error),
            )
        ) from None
    return SettingsFile(path=path, before=before, text=text)


def _unread(error: Exception) -> Text:
    if isinstance(error, ParseError):
        return unread(error.line, error.col)
    return say("it holds something other than settings")


def connection_string(file: SettingsFile, answers: Answers) -> str:
    """How Sage's database is reached with these answers; whatever else the file says of it stays, but no password."""
    kept = {name: value for name, value in odbc.parts(file.odbc).items() if name not in {"DSN", "PWD"}}
    return odbc.joined(dict.fromkeys(ODBC.values(), "") | kept | {ODBC[field]: answers[field] for field in ODBC})


def with_answers(file: SettingsFile, answers: Answers) -> str:
    """The file's text with these answers in their lines.

    Raises:
        SetupError: a line that should be a section is something else.
    """
    document = tomlkit.parse(file.text)
    sage, manage = (_section(file, document, name) for name in ("sage", "manage"))
    text = connection_string(file, answers)
    if odbc.parts(str(sage.get("odbc") or "")) != odbc.parts(text):
        sage["odbc"] = text
    sage.pop("sqlite", None)
    for field, name in MANAGE.items():
        if manage.get(name) != answers[field]:
            manage[name] = answers[field]
    return tomlkit.dumps(document)


def write(file: SettingsFile, text: str) -> None:
    """Put the text in place of the file, whole or not at all; the one before is kept beside it, without a password.

    Raises:
        SetupError: it cannot be written.
    """
    if file.before is not None and text == file.text:
        return
    try:
        path = file.path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.before is not None:
            with replacing(path.with_name(f"{path.name}.before")) as copy:
                copy.write(without_secrets(file.before.decode()).encode())
        with replacing(path) as new:
            new.write(text.encode())
    except OSError as error:
        raise SetupError(
            say(
                "The settings file {path} cannot be written: {why}. Choose another with --config.",
                path=str(file.path),
                why=cause(error),
            )
        ) from None


def _section(file: SettingsFile, document: tomlkit.TOMLDocument, name: str) -> MutableMapping[str, Any]:
    section = document.setdefault(name, tomlkit.table())
    if not isinstance(section, MutableMapping):
        raise SetupError(
            say("In the settings file {path} {name} is not a section. Correct it.", path=str(file.path), name=name)
        )
    return section
