"""`uv run python -m tests.bench`: measures every stage beside its floor, prints the table, and keeps the README's.

--short measures small sizes in under three minutes: what CI runs. It ends with 1 where a stage has slipped: its ratio
is above its goal and above what is known of it, or its cost grows faster than its rows.
--readme writes the table and the picture into the README. --json FILE writes what was measured. --only NAME picks a
stage.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import json as values

from tests.bench.figures import ROOT, RUNS, Figure
from tests.bench.growth import FEW_SIZES, MOST, SIZES, Growth, draw

STAGES = ("manage", "workbook", "excel", "start", "month", "peers", "sage", "core")
GROWING = ("workbook", "sage", "core")
GROWING_SOON = ("workbook", "core")
"""What grows without a server of its own."""
PICTURE = ROOT / "tests" / "pictures" / "growth.svg"
README = ROOT / "README.md"
BEGIN, END = "<!-- bench: written by `python -m tests.bench --readme` -->", "<!-- bench: end -->"
SHORT = 0.05


def measured(names: Sequence[str], runs: int, scale: float) -> list[Figure]:
    """All figures of some stages."""
    found = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)  # noqa: T201 - a command for developers
        found += import_module(f"tests.bench.{name}").figures(runs, scale)
    return found


def grown(names: Sequence[str], sizes: Sequence[int]) -> list[Growth]:
    """What grows, at each of these sizes."""
    return [each for name in names for each in import_module(f"tests.bench.{name}").growth(sizes)]


def table(figures: Sequence[Figure], growth: Sequence[Growth]) -> str:
    """Everything as a table in Markdown."""
    lines = [
        "| stage | of what | ours | floor or peer | ratio | goal | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in figures:
        met = "yes" if each.met else f"no: {each.why}"
        ours, floor = _amount(each.ours, each.unit), _amount(each.floor, each.unit)
        peer = f"{floor}: {each.floor_is}"
        lines.append(f"| {each.stage} | {each.size} | {ours} | {peer} | {each.ratio:.2f} | ≤ {each.most:g} | {met} |")
    if growth:
        lines += ["", "| growth | sizes | exponent | goal | met |", "|---|---|---|---|---|"]
    for grow in growth:
        sizes = ", ".join(f"{rows:,}: {_amount(taken, grow.unit)}" for rows, taken in grow.taken.items())
        met = "yes" if grow.exponent <= MOST else "no"
        lines.append(f"| {grow.stage} | {sizes} | {grow.exponent:.2f} | ≤ {MOST} | {met} |")
    return "\n".join(lines)


def _amount(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if unit in {"s", "MB"} else f"{value:,.0f} {unit}"


def write_readme(text: str) -> None:
    """Put the table between its marks."""
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    where = f"Python {platform.python_version()}, {platform.system()}, two cores."
    README.write_text(f"{before}{BEGIN}\n{where}\n\n{text}\n{END}{after}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and keep; 1 when something is slower than it should be and than it is known to be."""
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("--short", action="store_true")
    options.add_argument("--readme", action="store_true")
    options.add_argument("--json", type=Path)
    options.add_argument("--only", choices=STAGES, action="append")
    given: Any = options.parse_args(arguments)
    names = given.only or STAGES
    figures = measured(names, 3 if given.short else RUNS, SHORT if given.short else 1.0)
    growing = GROWING_SOON if given.short else GROWING
    growth = grown([name for name in growing if name in names], FEW_SIZES if given.short else SIZES)
    print(table(figures, growth))  # noqa: T201 - a command for developers
    if given.json:
        given.json.write_text(json.dumps(json.loads(values.encode((figures, growth))), indent=1), encoding="utf-8")
    if given.readme:
        draw(PICTURE, growth)
        write_readme(table(figures, growth))
    slipped = [f"{each.stage}, {each.size}: {each.ratio:.2f}" for each in figures if each.slipped]
    slipped += [f"{each.stage} grows by {each.exponent:.2f}" for each in growth if each.slipped]
    for each in slipped:
        print(f"slipped: {each}", file=sys.stderr)  # noqa: T201 - same
    return 1 if slipped else 0


if __name__ == "__main__":
    sys.exit(main())
