"""The README in both languages, and the parts of it that tests read: tables, commands, codes, names and headings."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
README, FRENCH = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.fr.md"))
SHARED = README.partition("\n## Speed")[0]
"""What the French README has too; the rest is for developers."""

HEADS = {
    "start date (`--since`)": "date de début (`--since`)",
    "status": "statut",
    "what you see": "ce que vous voyez",
    "switch": "commutateur",
    "command": "commande",
    "exit status": "code de sortie",
}
"""The first headers of tables, in both languages."""


def table(first_header: str, page: str = README) -> list[list[str]]:
    """The body of the table whose first header is this, in the page's language: cells without back-ticks."""
    head = first_header if page is README else HEADS[first_header]
    body = page.partition(f"| {head} |")[2].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split(" | ")] for line in body]


def prose(page: str) -> str:
    """The page without its fenced blocks."""
    return "".join(page.split("```")[::2])


def codes(text: str) -> list[str]:
    """What stands between back-ticks."""
    return re.findall(r"`([^`]+)`", text)


def rows(page: str) -> list[str]:
    """Every line of every table."""
    return [line for line in page.splitlines() if line.startswith("|")]


def emphasised(page: str) -> Counter[str]:
    """What stands in bold or italics, and how often."""
    words = re.sub(r"`[^`]*`", "", prose(page))
    return Counter(re.sub(r"[ \n]+", " ", found) for _, found in re.findall(r"(\*{1,2})(\w[^*]*)\1", words))


def fenced(page: str = README) -> list[str]:
    """Every line of the page that stands as a command of its own."""
    blocks = (block.partition("\n") for block in page.split("\n```")[1::2])
    return [line for kind, _, lines in blocks if kind in {"", "powershell"} for line in lines.splitlines()]


def slug(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
