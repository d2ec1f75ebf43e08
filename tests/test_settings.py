"""The settings file: how fast Manage may be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.errors import SetupError
from sync.settings import load


def file_with(folder: Path, site: str, line: str) -> Path:
    """A settings file with one more line under [manage]."""
    path = folder / "tieout.toml"
    path.write_text(
        f'[sage]\nsqlite = "b.db"\n[manage]\nsite = "{site}"\ncompany = "acme"\nclient_id = "x"\n{line}\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("site", "line", "rate"),
    [
        ("https://na.example", "", 800),
        ("https://na.example", "requests_per_minute = 1000", 1000),
        ("http://127.0.0.1:8765", "", None),
        ("http://localhost:8765", "requests_per_minute = 5", 5),
    ],
)
def test_how_often_a_site_may_be_asked(tmp_path: Path, site: str, line: str, rate: int | None) -> None:
    """800 a minute unless the file says otherwise; a practice site on this computer is asked as fast as it answers."""
    assert load(file_with(tmp_path, site, line)).manage.per_minute == rate


@pytest.mark.parametrize("value", ["0", "1001", "2.5", '"fast"'])
def test_a_rate_that_makes_no_sense_is_refused(tmp_path: Path, value: str) -> None:
    """By the name of its line."""
    with pytest.raises(SetupError, match=r"\[manage\] requests_per_minute"):
        load(file_with(tmp_path, "https://na.example", f"requests_per_minute = {value}"))
