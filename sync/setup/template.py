"""A new settings file: every setting with its default, and what it means beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec
import tomlkit

from sync.behaviour import Behaviour
from sync.core.words import Text, say
from sync.settings import ManageSettings, PolicySettings, SageSettings

EXAMPLES = {"requests_per_minute": 800, "sqlite": "sample.db", "second_person_above": "10000.00"}
"""Settings that are off unless somebody writes them: shown as a comment."""


def new_file() -> str:
    """The whole file, with nothing yet in the settings that have no default."""
    lines = [_comment(say("Settings of Tieout. Secrets never stand here: they are in this computer's keyring."))]
    for name, kind, meanings in _sections():
        lines += ["", f"[{name}]"]
        for field in msgspec.structs.fields(kind):
            if field.type is not Behaviour:
                lines += _setting(field, meanings[field.name])
    return "\n".join(lines) + "\n"


def _sections() -> Iterator[tuple[str, type[msgspec.Struct], Mapping[str, Text]]]:
    yield (
        "sage",
        SageSettings,
        {
            "odbc": say("Where Sage's database is, and its user."),
            "sqlite": say("Instead: a sample company in a file."),
        },
    )
    yield (
        "manage",
        ManageSettings,
        {
            "site": say("Manage's address; cloud hosts begin with api-."),
            "company": say("As typed to log in to Manage."),
            "client_id": say("From developer.connectwise.com."),
            "timeout": say("Seconds to wait for an answer."),
            "requests_per_minute": say("At most; Manage slows down whoever sends more than 1,000."),
        },
    )
    yield (
        "manage.behaviour",
        Behaviour,
        {
            "partial_date": say("Is a date sent with a partial payment?"),
            "second_payment": say("What happens to a second payment on an invoice?"),
            "overpayment": say("What happens to a payment above the balance?"),
            "date_clear": say("How is a payment date taken away?"),
            "closed_invoices": say("May payments be written on closed invoices?"),
        },
    )
    yield (
        "policy",
        PolicySettings,
        {
            "paid_amount": say("What counts as paid: cash, discounts and credits, or cash alone."),
            "tolerance": say("Totals that differ by no more count as equal."),
            "currencies": say('Sage\'s currency ids; 1 is the home currency. Others follow after a comma: 2 = "USD".'),
            "invoice_prefix": say("Removed from Sage's number before matching."),
            "quiet_minutes": say("How long an unanswered write may still arrive."),
            "max_rows": say("A push of more rows asks first."),
            "max_amount": say("A push of a larger amount asks first."),
            "second_person_above": say("Above this, whoever ran the sync may not push it; without the line, never."),
        },
    )


def _setting(field: msgspec.structs.FieldInfo, meaning: Text) -> list[str]:
    choices = ""
    if isinstance(field.type, type) and issubclass(field.type, StrEnum):
        choices = f" ({', '.join(choice.value for choice in field.type)})"
    value = _default(field)
    off = value is None
    line = f"{field.name} = {_toml(EXAMPLES[field.name] if off else value)}"
    return [f"{_comment(meaning)}{choices}", f"# {line}" if off else line]


def _default(field: msgspec.structs.FieldInfo) -> object:
    """A setting's default; empty text where there is none, because it has to be asked for."""
    if field.name == "odbc":
        return ""
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    if field.default is msgspec.UNSET:
        return None
    return "" if field.default is msgspec.NODEFAULT else field.default


def _toml(value: Any) -> str:  # noqa: ANN401 - a setting's value, of any kind that TOML has
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    return tomlkit.item(value.value if isinstance(value, StrEnum) else value).as_string()


def _comment(text: Text) -> str:
    return f"# {text}"
