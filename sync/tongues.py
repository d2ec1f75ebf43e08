"""The languages of Tieout: catalogues in gettext's format beside this module, chosen by the user or by the system."""

from __future__ import annotations

import gettext
import locale
import os
import sys
from functools import cache
from pathlib import Path

from sync.core.words import ENGLISH, Text, Tongue, speak

FOLDER = Path(__file__).parent / "locale"
DOMAIN, CLICK = "tieout", "messages"
"""Our catalogue, and the one that Click looks its own few words up in."""

NAMES = {"en": "English", "fr": "Français"}
"""Languages by code, each by its own name."""

NO_BREAK = "\u00a0"


@cache
def tongue(code: str) -> Tongue:
    """A language by its code, which is one of `NAMES`."""
    if code == ENGLISH.code:
        return ENGLISH
    with (FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    return Tongue(code=code, translated=cache(catalogue.gettext), group=NO_BREAK, point=",")


def choose(code: str | None) -> None:
    """Speak a language from now on, and have Click speak it: a language by its code, such as that of `--lang`.

    Without one, or with one that Tieout does not speak, that of TIEOUT_LANG, else of the system, else English.
    """
    wanted = (code, os.environ.get("TIEOUT_LANG"), _of_system())
    chosen = next((known for name in wanted if (known := _known(name))), ENGLISH.code)
    speak(tongue(chosen))
    os.environ["LANGUAGE"] = chosen
    gettext.bindtextdomain(CLICK, str(FOLDER))


def tongues() -> tuple[Tongue, ...]:
    """Every language, English first."""
    return tuple(map(tongue, NAMES))


def known_as(text: Text) -> frozenset[str]:
    """A label in every language: what may come back in a file that was made in another one."""
    return frozenset(text.said(each) for each in tongues())


def _known(name: str | None) -> str | None:
    """The code of a language that Tieout speaks, from a name such as `fr_CA.UTF-8`; None for any other."""
    code = (name or "")[:2].lower()
    return code if code in NAMES else None


def _of_system() -> str | None:
    """What the user's Windows speaks, or what the environment says elsewhere."""
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import ctypes  # noqa: PLC0415 - exists everywhere, but only Windows has what is asked for

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage())
    return next((found for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (found := os.environ.get(name))), None)
