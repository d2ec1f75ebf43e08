"""What is installed is what was tested: the constraints and ranges of `pyproject.toml`, held to this environment."""

from __future__ import annotations

import sysconfig
import tomllib
from importlib.metadata import distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.constraints import PROJECT, pinned, with_constraints

TABLE = tomllib.loads(PROJECT.read_text("utf-8"))
RANGES = [Requirement(text) for text in (*TABLE["project"]["dependencies"], *TABLE["dependency-groups"]["dev"])]
CONSTRAINTS = [Requirement(text) for text in TABLE["tool"]["uv"]["constraint-dependencies"]]
EARLIER = {"filelock": "3.30", "pytest": "9.2"}
"""Ranges that end sooner than the rule has it; the reason stands beside each in `pyproject.toml`."""


def test_whatever_is_installed_is_held_to_its_tested_version() -> None:
    """So that a fresh machine gets the same tree, test tools included."""
    tested = {canonicalize_name(each.name): str(each.specifier) for each in CONSTRAINTS if _applies(each)}
    ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}  # a test may have added the system's own
    installed = {canonicalize_name(each.metadata["Name"]): f"=={each.version}" for each in distributions(path=[*ours])}
    del installed[canonicalize_name("tieout")]
    assert {name: tested.get(name) for name in installed} == installed


def test_constraints_are_names_and_versions_and_no_more() -> None:
    """No address, no hash: whatever index a machine uses will do."""
    assert [each.name for each in CONSTRAINTS if each.url or [part.operator for part in each.specifier] != ["=="]] == []


@pytest.mark.parametrize("requirement", RANGES, ids=lambda each: each.name)
def test_a_range_ends_where_the_tested_versions_end(requirement: Requirement) -> None:
    """At the tested minor version of a package below 1.0, and at the next major version of the others."""
    if not _applies(requirement):
        pytest.skip("not a package of this system")
    tested = Version(version(requirement.name))
    end = f"0.{tested.minor + 1}" if tested.major == 0 else str(tested.major + 1)
    ends = [part.version for part in requirement.specifier if part.operator == "<"]
    assert (ends, tested in requirement.specifier) == ([EARLIER.get(requirement.name, end)], True)


def test_the_constraints_are_written_from_the_lock_and_nothing_else_is_touched() -> None:
    """Several versions of a package are told apart by their markers; the project itself has none."""
    index = {"registry": "https://index.example/simple"}
    lock = {
        "package": [
            {"name": "tieout", "version": "1", "source": {"editable": "."}},
            {"name": "b", "version": "2", "source": index, "resolution-markers": ["python_version < '3.12'"]},
            {"name": "a", "version": "1", "source": index},
        ]
    }
    before = '# ours\n[tool.uv] # here\nconstraint-dependencies = [\n  "old==1",\n]\n\n[tool.x]\ny = 1\n'
    expected = before.replace('  "old==1",\n', '    "a==1",\n    "b==2 ; (python_version < \'3.12\')",\n')
    assert expected == with_constraints(before, pinned(lock))


def test_the_lock_stays_out_of_the_repository() -> None:
    """It records the download addresses of the machine that made it."""
    assert "uv.lock" in (Path(PROJECT).parent / ".gitignore").read_text("utf-8").splitlines()


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate()


@pytest.mark.xdist_group("kept-together")
def test_tests_of_a_group_are_kept_together(request: pytest.FixtureRequest) -> None:
    """Where pytest-xdist cannot mark them, each worker starts a database and a Windows of its own, at the same time."""
    grouped = bool(request.config.getoption("loadgroup", default=False))
    assert request.node.nodeid.endswith("@kept-together") == grouped
