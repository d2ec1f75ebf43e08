"""Keeps the French catalogue in step with the code: `uv run python -m tests.catalogue`.

Takes every `say("...")` of the product and every help text of the command line: new ones are added without a
translation, old ones are dropped, and the compiled file that the program reads is made anew. It ends with 1 while one
is missing.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from addin.command import outfit
from sync.cli.main import COMMANDS, cli
from sync.cli.spoken import texts
from sync.tongues import CLICK, DOMAIN, FOLDER

ROOT = Path(__file__).parents[1]
PACKAGES = ("sync", "workbook", "addin")
WORDS = {"say": None}
SOURCES = [("**.py", "python"), ("**.html", "jinja2")]
FRENCH = FOLDER / "fr" / "LC_MESSAGES"
HEADER = b"""msgid ""
msgstr ""
"Language: fr_CA\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
"""Nothing that changes with the day or the tool, which may know more plurals of French than Click asks for."""
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def templates() -> set[str]:
    """All that is shown to people: what is said, and what the command line says of itself."""
    said = {
        message
        for package in PACKAGES
        for _, _, message, _, _ in extract_from_dir(ROOT / package, SOURCES, keywords=WORDS)
        if isinstance(message, str)
    }
    known = outfit()
    context = click.Context(cli, obj=known)
    below = (cli.get_command(context, name) for name in cli.list_commands(context))
    helps = {text for command in (cli, *below) if command for text in texts(command)}
    return said | helps | {sentence for _, sentence in (COMMANDS | dict(known.commands)).values()}


def catalogue(domain: str) -> Catalog:
    """A French catalogue as it stands."""
    with (FRENCH / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="fr_CA", domain=domain)


def translations(source: Catalog) -> dict[str, str]:
    """Every English text of a catalogue and its French, singular and plural apart."""
    found: dict[str, str] = {}
    for message in source:
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        french = [message.string] if isinstance(message.string, str) else list(message.string or ())
        found |= dict(zip(english, french, strict=True))
    return {english: french for english, french in found.items() if english}


def compiled(source: Catalog) -> bytes:
    """A catalogue as the program reads it; the same bytes each day."""
    source.creation_date = source.revision_date = BEGUN
    file = BytesIO()
    write_mo(file, source)
    return file.getvalue()


def updated() -> Catalog:
    """The catalogue with every template of the code and no other."""
    now = catalogue(DOMAIN)
    made = Catalog(locale="fr_CA", domain=DOMAIN, fuzzy=False)
    for template in sorted(templates()):
        known = now.get(template)
        made.add(template, known.string if known else "")
    return made


def main() -> int:
    """Bring both files up to date; the number of templates that wait for a translation."""
    made = updated()
    with (FRENCH / f"{DOMAIN}.po").open("wb") as file:
        file.write(HEADER)
        write_po(file, made, width=120, omit_header=True)
    for domain in (DOMAIN, CLICK):
        (FRENCH / f"{domain}.mo").write_bytes(compiled(catalogue(domain)))
    waiting = [str(message.id) for message in made if message.id and not message.string]
    for text in waiting:
        print(f"no French yet: {text}")  # noqa: T201 - a command for developers
    return len(waiting)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
