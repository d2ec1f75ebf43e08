"""What an answer other than success says, whatever its shape, and whose word it is: Manage's, or a page's on the way.

Manage's own is a record of JSON. Its shapes differ by endpoint and age: code and message, an error of ASP.NET, a
problem of RFC 9457; errors by field, as a list, as plain words, or null.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from html import unescape

import msgspec
import requests

from sync.system.log import without_secrets

LONGEST = 300
_MOST, _OF_PAGE = 2**20, 2**14
"""Bytes of an answer, and letters of a page, that are looked at."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w.:-]+)")
_HEADINGS = [re.compile(rf"(?is)<{tag}\b[^>]*>(.*?)</{tag}>") for tag in ("title", "h1", "h2")]
_UNSEEN = re.compile(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->")
_TAG = re.compile(r"<[^>]*>")
_SAYINGS = ("message", "exceptionmessage", "title", "detail", "error_description")
_MANAGES = frozenset({"code", "message", "exceptionmessage", "errors", "title"})
_CLOUDFLARE = "cloudflare_error"
"""In what Cloudflare says in JSON to a program (RFC 9457)."""
_DEEPEST = 3
_VERSION = re.compile(r"(?i)api[ -]*version|version\b.*\bnot (?:be )?supported|not support\b.*\bversion")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer says.

    Attributes:
        words: on one line and not too long, with the fields that they speak of; empty where there are none.
        manage_s_own: it is a record of Manage's, and not a page's or a gateway's.
        cloudflare: it is Cloudflare's, which stands before Manage's cloud.
        ssl_required: Manage was asked at the address for people, which has no API.
        of_version: it speaks of the version of the API that was asked for.
    """

    words: str = ""
    manage_s_own: bool = False
    cloudflare: bool = False
    ssl_required: bool = False
    of_version: bool = False


def said_in(response: requests.Response) -> Said:
    """Return what an answer other than success says."""
    text = _text(response)
    try:
        value: object = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Said(words=_line(_of_page(text[:_OF_PAGE])), cloudflare="cloudflare" in text.casefold())
    if not isinstance(value, dict):
        return Said(words=_line("; ".join(_sayings(value))))
    record = {name.casefold(): each for name, each in value.items()}
    words, cloudflare = _line(_of_record(record)), bool(record.get(_CLOUDFLARE))
    of_version = bool(_VERSION.search(words))
    return Said(
        words=words,
        manage_s_own=not cloudflare and (of_version or not _MANAGES.isdisjoint(record)),
        cloudflare=cloudflare,
        ssl_required="ssl is required" in words.casefold(),
        of_version=of_version,
    )


def _text(response: requests.Response) -> str:
    """Return an answer's body as text: by its byte order mark, else as its head says, else as it can be read."""
    content = response.content[:_MOST]
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    named = _CHARSET.search(response.headers.get("Content-Type", ""))
    for name in (named[1] if named else "utf-8", "utf-8", "cp1252"):
        with suppress(LookupError, UnicodeError):
            return content.decode(name)
    return content.decode("latin-1")


def _line(text: str) -> str:
    """Return a text on one line and not too long, with no secret and nothing in it that cannot be seen."""
    line = " ".join(without_secrets(text).split())
    return "".join(each for each in line if each.isprintable())[:LONGEST].rstrip(" .")


def _of_page(text: str) -> str:
    """Return the title of a page, else its heading, else what it shows."""
    text = _UNSEEN.sub(" ", text)
    for heading in _HEADINGS:
        if (found := heading.search(text)) and (words := unescape(_TAG.sub(" ", found[1])).strip()):
            return words
    return unescape(_TAG.sub(" ", text))


def _of_record(record: Mapping[str, object], depth: int = 0) -> str:
    """Return the words of an error's record, whose names are in small letters: its message, then its faults."""
    head = " ".join(dict.fromkeys(text for name in _SAYINGS for text in _plain(record.get(name))))
    inner = [each for name in ("errors", "modelstate", "details") for each in _faults(record.get(name), depth)]
    if not head:
        inner += _faults(record.get("error"), depth)
    faults = "; ".join(dict.fromkeys(each for each in inner if each))
    if head and faults:
        return f"{head.rstrip(' .:')}: {faults}"
    return head or faults or " ".join(_plain(record.get("code")))


def _faults(value: object, depth: int) -> Iterator[str]:
    """Yield the words of each fault: what is wrong, and in brackets the field and the kind of fault."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _faults(each, depth + 1)
    elif isinstance(value, dict):
        record = {name.casefold(): each for name, each in value.items()}
        if _MANAGES.isdisjoint(record) and "field" not in record:  # faults by their field
            yield from (f"{'; '.join(_sayings(each))} ({name})" for name, each in value.items() if each)
            return
        named = [*_plain(record.get("field")), *_plain(record.get("code"))]
        words = _of_record({name: each for name, each in record.items() if name != "code"}, depth + 1).rstrip(" .")
        about = ", ".join(named)
        yield f"{words} ({about})" if words and about else words or about
    else:
        yield from _plain(value)


def _sayings(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        yield from _plain(each)


def _plain(value: object) -> list[str]:
    """Return a value's words: those of a text, or a number; none of anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return []
    return [text] if (text := str(value).strip()) else []
