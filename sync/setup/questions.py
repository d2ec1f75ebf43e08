"""What is asked when setting up, and which answers can be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from sync import vault
from sync.address import is_sendable
from sync.core.errors import SetupError
from sync.core.words import Text, say
from sync.setup import drivers
from sync.setup.site import CLOUD, site_of


class Field(StrEnum):
    """One thing to know; its value names its option on the command line."""

    DRIVER = "driver"
    HOST = "host"
    PORT = "port"
    DATABASE = "database"
    SAGE_USER = "sage-user"
    SAGE_PASSWORD = "sage-password"  # noqa: S105 - the name of a question
    SITE = "site"
    COMPANY = "company"
    CLIENT_ID = "client-id"
    PUBLIC_KEY = "public-key"
    PRIVATE_KEY = "private-key"


Answers = dict[Field, str]

SAGE = (Field.DRIVER, Field.HOST, Field.PORT, Field.DATABASE, Field.SAGE_USER, Field.SAGE_PASSWORD)
MANAGE = (Field.SITE, Field.COMPANY, Field.CLIENT_ID, Field.PUBLIC_KEY, Field.PRIVATE_KEY)
SECRETS = {
    Field.SAGE_PASSWORD: vault.SAGE,
    Field.PUBLIC_KEY: vault.PUBLIC,
    Field.PRIVATE_KEY: vault.PRIVATE,
}
"""What is never shown, and the variable of the environment that holds it."""
USUAL = {Field.HOST: "localhost", Field.PORT: "13540", Field.DATABASE: "simply"}
"""As Sage 50 is installed."""
LABELS: Mapping[Field, Text] = {
    Field.DRIVER: say("ODBC driver"),
    Field.HOST: say("Computer on which Sage keeps the company"),
    Field.PORT: say("Port of Sage's Connection Manager"),
    Field.DATABASE: say("Database"),
    Field.SAGE_USER: say("Sage user"),
    Field.SAGE_PASSWORD: say("Password of the Sage user"),
    Field.SITE: say("Manage site ({names}, or your own server's address)", names=", ".join(CLOUD)),
    Field.COMPANY: say("Company, as typed to log in to Manage"),
    Field.CLIENT_ID: say("Client id"),
    Field.PUBLIC_KEY: say("Public key of the API member"),
    Field.PRIVATE_KEY: say("Private key of the API member"),
}
"""How each field is asked for."""
_HOST = re.compile(r"[^\s;={}/]+")
_MOST_PORT = 65535


def checked(field: Field, typed: str) -> str:
    """An answer as it is kept.

    Raises:
        SetupError: it cannot be right; nothing has to be asked to know that.
    """
    if field is Field.SAGE_PASSWORD:
        return typed
    text = typed.strip()
    if not text:
        raise SetupError(say("Nothing was typed, and an answer is needed here. Type one."))
    match field:
        case Field.DRIVER:
            return _driver(text)
        case Field.HOST if not _HOST.fullmatch(text):
            raise SetupError(
                say("'{text}' is no computer's name or address. Type it without spaces or signs.", text=text)
            )
        case Field.PORT if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _MOST_PORT):
            raise SetupError(say("'{text}' is no port. Type a number from 1 to 65535.", text=text))
        case Field.SITE:
            return site_of(text)
        case Field.COMPANY | Field.CLIENT_ID | Field.PUBLIC_KEY | Field.PRIVATE_KEY if not is_sendable(text):
            raise SetupError(say("It holds a character that cannot be sent. Copy it again."))
        case _:
            return text


def _driver(text: str) -> str:
    known = drivers.installed()
    exact = next((name for name in known if name.lower() == text.lower()), None)
    if exact is None:
        raise SetupError(
            say(
                "No ODBC driver '{text}' is installed. Choose one of these: {drivers}.",
                text=text,
                drivers=", ".join(known),
            )
        )
    return exact
