"""The bench itself: what counts as slipped, and that a stage which is slowed makes it fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.core.decide.position import positions
from tests.bench import core
from tests.bench.__main__ import BEGIN, END, README, main, table
from tests.bench.figures import Figure
from tests.bench.growth import Growth, draw

ONLY_CORE = ("--short", "--only", "core")


def figure(ours: float, *, known: float = 0.0, unit: str = "s") -> Figure:
    """A stage whose goal is twice its floor."""
    return Figure(
        stage="sum",
        size="2 rows",
        ours=ours,
        floor=1.0,
        floor_is="one row",
        most=2.0,
        known=known,
        why="it is larger",
        unit=unit,
    )


@pytest.mark.parametrize(
    ("ours", "known", "judged"),
    [(2.0, 0.0, "met"), (2.4, 0.0, "missed"), (2.6, 0.0, "slipped"), (6.2, 5.0, "missed"), (6.3, 5.0, "slipped")],
)
def test_a_stage_has_slipped_when_it_is_worse_than_what_is_known_of_it(ours: float, known: float, judged: str) -> None:
    """A goal that is missed for a known reason is told, and fails only when it gets worse."""
    found = figure(ours, known=known)
    assert (found.met, found.slipped) == (judged == "met", judged == "slipped")
    assert ("it is larger" in table([found], [])) is (judged != "met")


@pytest.mark.parametrize(
    ("unit", "ours", "slipped"),
    [("requests", 2.0, False), ("requests", 2.001, True), ("calls", 2.1, True), ("MB", 2.1, False), ("MB", 2.3, True)],
)
def test_what_is_counted_may_not_move_at_all(unit: str, ours: float, *, slipped: bool) -> None:
    """Requests and calls are the same on every machine, and memory nearly so."""
    assert figure(ours, unit=unit).slipped == slipped


def test_a_stage_that_grows_with_the_square_makes_the_bench_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also at the small sizes; half as much again is let pass, which a busy machine makes of nothing."""
    steep = Growth(stage="steep", unit="s", taken={10: 0.1, 100: 3.0})
    even = Growth(stage="even", unit="s", taken={10: 0.1, 100: 2.0})
    monkeypatch.setattr(core, "figures", lambda *_: [])
    monkeypatch.setattr(core, "growth", lambda _: [steep, even])
    assert main(ONLY_CORE) == 1
    assert capsys.readouterr().err.splitlines()[1:] == ["slipped: steep grows by 1.48"]
    monkeypatch.setattr(core, "growth", lambda _: [even])
    assert main(ONLY_CORE) == 0


def test_a_stage_that_is_slowed_makes_the_bench_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reconciling with its positions worked out ten times over; `tests/run` measures it as it is."""
    monkeypatch.setattr(core, "positions", ten_times(positions))
    monkeypatch.setattr(core, "growth", lambda _: [])
    assert main(ONLY_CORE) == 1
    assert "slipped: reconcile, 10,000 documents" in capsys.readouterr().err


def ten_times(work: Callable[..., object]) -> Callable[..., object]:
    """The same work, done anew and anew."""

    def slowed(*arguments: object) -> object:
        return [work(*arguments) for _ in range(10)][-1]

    return slowed


def test_growth_is_the_slope_between_sizes(tmp_path: Path) -> None:
    """Ten times the rows in ten times the time is 1; in a hundred times, 2; the picture names both."""
    even = Growth(stage="even", unit="s", taken={10: 0.1, 100: 1.0, 1000: 10.0})
    steep = Growth(stage="steep", unit="s", taken={10: 0.1, 100: 10.0, 1000: 1000.0})
    assert (round(even.exponent, 6), round(steep.exponent, 6)) == (1.0, 2.0)
    assert "| steep |" in table([], [even, steep])
    draw(tmp_path / "growth.svg", [even, steep])
    drawn = (tmp_path / "growth.svg").read_text("utf-8")
    assert ("even (1.00)" in drawn, "steep (2.00)" in drawn) == (True, True)


def test_the_readme_shows_what_was_measured_of_every_stage() -> None:
    """`--readme` writes between the marks, and nobody wrote there by hand and forgot one."""
    shown = README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    found = {row.split(" | ")[0].strip("| ") for row in shown.splitlines() if row.startswith("| ")}
    assert {"read Manage", "push", "write a reconciliation", "read decisions back"} <= found
    assert {"read Sage whole", "read Sage, touched", "reconcile", "tie-out", "start", "a month: preview"} <= found
    assert "show a review in Excel" in found
