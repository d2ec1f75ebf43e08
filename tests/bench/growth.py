"""How cost grows with size: the exponent of time and memory in rows, and a picture of it."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

MOST = 1.05
"""The exponent that is allowed: twice the rows take a little more than twice as long."""
ROUGHLY = 1.4
"""An exponent above this has slipped, whatever else the machine does: what grows with the square has 2."""
SIZES = (1_000, 10_000, 100_000)
FEW_SIZES = SIZES[:2]
"""For who has a minute."""


class Growth(Struct, frozen=True, kw_only=True):
    """What a stage takes at rising sizes.

    Attributes:
        stage: what is measured.
        unit: `s` or `MB`, of what is beyond an empty run.
        taken: by number of rows.
    """

    stage: str
    unit: str
    taken: Mapping[int, float]

    @property
    def exponent(self) -> float:
        """The slope of the line through the points, both scales logarithmic (least squares)."""
        points = [(math.log(rows), math.log(max(taken, 1e-9))) for rows, taken in self.taken.items()]
        x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
        slope: float = sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
        return slope

    @property
    def slipped(self) -> bool:
        """Whether it grows faster than the rows do, by more than what moves from run to run."""
        return self.exponent > ROUGHLY


def draw(path: Path, found: Sequence[Growth]) -> None:
    """Write a picture of all that is measured in seconds, as SVG."""
    import pygal  # noqa: PLC0415 - only the whole bench draws
    from pygal.style import Style  # noqa: PLC0415 - same

    # It leaves a finder of the oldest kind behind, at which every later import in this process would stumble.
    sys.meta_path[:] = [each for each in sys.meta_path if hasattr(each, "find_spec")]

    style = Style(
        background="white",
        plot_background="white",
        font_family="Arial, sans-serif",
        label_font_size=12,
        major_label_font_size=12,
        legend_font_size=13,
        title_font_size=15,
        colors=("#1F3864", "#7F4F00", "#0B6E4F", "#9C0006", "#595959", "#5B2C83", "#00708C"),
    )
    shown = [each for each in found if each.unit == "s"]
    chart = pygal.XY(
        logarithmic=True,
        style=style,
        title="Seconds by rows, both scales logarithmic; in brackets the exponent",
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        truncate_legend=70,
        width=900,
        height=460,
        margin_right=40,
        js=[],
        no_prefix=True,
    )
    rows = sorted({count for each in shown for count in each.taken})
    lowest = math.floor(math.log10(min(min(each.taken.values()) for each in shown)))
    highest = math.ceil(math.log10(max(max(each.taken.values()) for each in shown)))
    chart.x_labels = [math.log10(count) for count in rows]
    chart.x_value_formatter = lambda power: f"{10**power:,.0f}"
    chart.y_labels = [10.0**power for power in range(lowest, highest + 1)]
    chart.value_formatter = lambda value: f"{value[1]:g}" if isinstance(value, tuple) else f"{value:g}"
    for each in shown:
        points = [(math.log10(count), taken) for count, taken in sorted(each.taken.items())]
        chart.add(f"{each.stage} ({each.exponent:.2f})", points)
    path.write_bytes(chart.render())
