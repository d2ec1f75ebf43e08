"""Keeps the catalogues in step with the code: `uv run python -m tests.catalogue`.

Takes every message id of the product (`say("...")`) and those of the command line's help texts, which are made of the
names of commands and options: new ones are added without words, and the compiled files that the program reads are made
anew. It ends with 1 while a language lacks words.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from addin.program import outfit
from sync.cli.main import COMMANDS, cli
from sync.cli.options import COMMAND_METAVAR, OPTIONS_METAVAR, _is_typed, _metavar_id, _type_id, command_id, help_id
from sync.language.catalogues import DOMAIN, FOLDER

ROOT = Path(__file__).parents[1]
PACKAGES = ("sync", "workbook", "addin")
WORDS = {"say": None}
SOURCES = [("**.py", "python"), ("**.html", "jinja2")]
FRENCH = FOLDER / "fr" / "LC_MESSAGES"
LANGUAGES = {"en": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}
"""Languages and their plurals: nothing that changes with the day or with a tool, which may know more of them."""
STORED = re.compile(r'\\*"id\\*":\\*"([a-z][a-z0-9-]*)\\*"')
"""A sentence in a ledger's row, which is JSON within JSON."""
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def messages() -> set[str]:
    """The ids of all that is said, or stands in a ledger that somebody may still have."""
    return stored() | {
        message
        for package in PACKAGES
        for _, _, message, _, _ in extract_from_dir(ROOT / package, SOURCES, keywords=WORDS)
        if isinstance(message, str)
    }


def stored() -> set[str]:
    """The ids in the golden ledgers, which keep their words when no code says them any more."""
    ledgers = (path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "golden").glob("ledger-*/rows.jsonl"))
    return {message for text in ledgers for message in STORED.findall(text)}


def helps() -> set[str]:
    """The ids of all that the command line says of itself."""
    modules = COMMANDS | dict(outfit().commands)
    commands = [cli, *(getattr(import_module(module), name) for name, module in modules.items())]
    return {*map(command_id, modules), *(message for command in commands for message in help_ids(command))}


def help_ids(command: click.Command) -> set[str]:
    """The message ids of everything that a command says of itself."""
    ids = {help_id(command), OPTIONS_METAVAR} | ({COMMAND_METAVAR} if isinstance(command, click.Group) else set())
    for param in command.params:
        ids |= {_metavar_id(param)} if param.metavar else set()
        ids |= {_type_id(param)} if _is_typed(param) else set()
        ids |= {help_id(command, param)} if isinstance(param, click.Option) else set()
    return ids


def catalogue(domain: str, code: str = "fr") -> Catalog:
    """A catalogue as it stands."""
    with (FOLDER / code / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=f"{code}_CA", domain=domain)


def english(message: str) -> str:
    """The English words of a message; in Click's own catalogue English is its own id."""
    return _english().get(message, message)


def translations(source: Catalog) -> dict[str, str]:
    """Every English text of a catalogue and its French, singular and plural apart."""
    found: dict[str, str] = {}
    for message in source:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        french = [message.string] if isinstance(message.string, str) else list(message.string or ())
        found |= dict(zip(map(english, ids), french, strict=True))
    return {words: french for words, french in found.items() if words}


def compiled(source: Catalog) -> bytes:
    """A catalogue as the program reads it; the same bytes each day."""
    source.creation_date = source.revision_date = BEGUN
    file = BytesIO()
    write_mo(file, source)
    return file.getvalue()


def updated(code: str) -> Catalog:
    """A language's catalogue with every message of the code and no other."""
    now = catalogue(DOMAIN, code)
    made = Catalog(locale=f"{code}_CA", domain=DOMAIN, fuzzy=False)
    for message in sorted(messages() | helps()):
        known = now.get(message)
        made.add(message, known.string if known else "")
    return made


def main() -> int:
    """Bring all files up to date; the number of messages that wait for words."""
    waiting = []
    for code, plurals in LANGUAGES.items():
        made = updated(code)
        folder = FOLDER / code / "LC_MESSAGES"
        with (folder / f"{DOMAIN}.po").open("wb") as file:
            file.write(
                f'msgid ""\nmsgstr ""\n"Language: {code}_CA\\n"\n'
                f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plurals}\\n"\n\n'.encode()
            )
            write_po(file, made, width=120, omit_header=True)
        for path in folder.glob("*.po"):
            path.with_suffix(".mo").write_bytes(compiled(catalogue(path.stem, code)))
        waiting += [f"no words yet ({code}): {message.id}" for message in made if message.id and not message.string]
    for line in waiting:
        print(line)  # noqa: T201 - a command for developers
    return len(waiting)


@cache
def _english() -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue(DOMAIN, "en") if message.id}


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
