"""The languages of Tieout: catalogues in gettext's format beside this module, chosen by the user or by the system."""

from __future__ import annotations

import gettext
import locale
import os
import sys
from functools import cache
from pathlib import Path

from sync.core.values.messages import Language, Text

FOLDER = Path(__file__).parent / "locale"
DOMAIN, CLICK = "tieout", "messages"
"""The gettext domains: our catalogue, and the one that holds Click's own few words."""
NAMES = {"en": "English", "fr": "Français"}
"""Languages by code, each by its own name."""
NO_BREAK = "\u00a0"


@cache
def language(code: str) -> Language:
    """A language by its code, which is one of `NAMES`."""
    with (FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    group, point = (",", ".") if code == "en" else (NO_BREAK, ",")
    return Language(code=code, template=cache(catalogue.gettext), group=group, point=point)


ENGLISH = language("en")
"""What files for programs are written in, and what is shown where nothing else is asked for."""


def choose(code: str | None) -> Language:
    """Return the language that everything is said in, and have Click speak it for the rest of the process.

    Args:
        code: of the language asked for, such as that of `--lang`. Without one, or with one that Tieout does not speak,
            the language is that of TIEOUT_LANG, else the system's, else English.
    """
    wanted = (code, os.environ.get("TIEOUT_LANG"), _of_system())
    chosen = next((code_known for name in wanted if (code_known := _code(name))), ENGLISH.code)
    os.environ["LANGUAGE"] = chosen
    gettext.bindtextdomain(CLICK, str(FOLDER))
    return language(chosen)


def languages() -> tuple[Language, ...]:
    """Every language, English first."""
    return tuple(map(language, NAMES))


def known_as(text: Text) -> frozenset[str]:
    """The words of a label in every language, because a file may come back that was made in another one."""
    return frozenset(text.said(each) for each in languages())


def _code(name: str | None) -> str | None:
    """The code of a language that Tieout speaks, from a name such as `fr_CA.UTF-8`; None for any other."""
    code = (name or "")[:2].lower()
    return code if code in NAMES else None


def _of_system() -> str | None:
    """The language of the user's Windows; elsewhere the one that the environment names."""
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import ctypes  # noqa: PLC0415 - exists everywhere, but only Windows has what is asked for

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage())
    return next((found for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (found := os.environ.get(name))), None)
