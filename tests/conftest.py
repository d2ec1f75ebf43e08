"""Shared test set-up: parts that are missing, and a quiet environment."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from sync.language.catalogues import ENGLISH
from sync.practice.sample_company import build
from tests.support.browser import chromium
from tests.support.parts import MISSING

__all__ = ["chromium"]

os.environ["TIEOUT_LANG"] = ENGLISH.code  # also for what is made before the first test begins

settings.register_profile("unhurried", deadline=None)  # a busy machine is slow, and that is no defect
settings.load_profile("unhurried")

HERE = Path(__file__).parent
TRACED = frozenset({"core", "usecases"})
"""Folders whose tests have to reach every branch of the core and the use cases by themselves; no other is traced."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Do not trace what need not be: that takes as long as all the rest of a test, fixtures included."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    coverage = getattr(plugin, "cov_controller", None)
    if coverage is None or item.path.relative_to(HERE).parts[0] in TRACED:
        return (yield)
    coverage.pause()
    try:
        return (yield)
    finally:
        coverage.resume()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose part is missing, in words; in CI a missing part is a failure."""
    for name, probe in MISSING.items():
        if item.get_closest_marker(name) is None:
            continue
        why = probe()
        if why and os.environ.get("CI") == "true":
            pytest.fail(f"{why}; in CI every part must be there", pytrace=False)
        if why:
            pytest.skip(why)


@pytest.fixture(scope="session", autouse=True)
def _sample_made_once() -> Iterator[None]:
    """The same day gives the same sample company, to the last cent: no practice world makes it anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.practice.world.build", cache(build))
        yield


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test takes secrets, proxies, certificates or its language from the machine or another test, or logs there."""
    for name in os.environ:
        if name.startswith("TIEOUT_") or name.lower().endswith("_proxy") or name in {"REQUESTS_CA_BUNDLE", "NETRC"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TIEOUT_LANG", ENGLISH.code)
    monkeypatch.setenv("LANGUAGE", ENGLISH.code)
    monkeypatch.setattr("sync.system.log._unlocked", set[str]())
    home = tmp_path_factory.getbasetemp() / "home"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))  # no log of ours in the user's own


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests really ran against each real part."""
    passed = [r for r in terminalreporter.stats.get("passed", []) if isinstance(r, pytest.TestReport)]
    terminalreporter.section("tests against real parts")
    for name in MISSING:
        count = sum(1 for report in passed if name in report.keywords)
        terminalreporter.line(f"{name}: {count} passed")
    told = [(name, value) for report in passed for name, value in report.user_properties]
    sums = Counter[str]()
    for name, value in told:
        sums[name] += value if isinstance(value, int) else 0
    if sums["histories"]:
        terminalreporter.section("simulated histories of a push")
        terminalreporter.line(", ".join(f"{sums[name]:,} {name}" for name in ("histories", "deaths", "violations")))
        for line in sorted(str(value) for name, value in told if name == "weakened"):
            terminalreporter.line(f"weakened on purpose: {line}")
