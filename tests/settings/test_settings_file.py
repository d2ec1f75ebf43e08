"""The settings file: everything that is wrong with it is said at once, and how fast Manage may be asked."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.errors import SetupError
from sync.core.values.messages import Sentence
from sync.settings.settings_file import load


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


@pytest.mark.parametrize(
    ("written", "prefixes"), [('""', ()), ('"INV-"', ("INV-",)), ('["TOR-", "MTL-"]', ("MTL-", "TOR-")), ("[]", ())]
)
def test_one_prefix_or_several(tmp_path: Path, written: str, prefixes: tuple[str, ...]) -> None:
    """One text is as good as a list of one."""
    path = file_with(tmp_path, "https://na.example", f"[policy]\ninvoice_prefix = {written}")
    assert load(path).policy.prefixes == prefixes


@pytest.mark.parametrize("value", ["0", "1001", "2.5", '"fast"'])
def test_a_rate_that_makes_no_sense_is_refused(tmp_path: Path, value: str) -> None:
    """By the name of its line."""
    with pytest.raises(SetupError, match=r"\[manage\] requests_per_minute"):
        load(file_with(tmp_path, "https://na.example", f"requests_per_minute = {value}"))


def complaints(folder: Path, content: bytes) -> list[Sentence]:
    """What is said of a settings file with this content."""
    path = folder / "tieout.toml"
    path.write_bytes(content)
    with pytest.raises(SetupError) as raised:
        load(path)
    return list(raised.value.text.sentences)


SIX_MISTAKES = """
timeout = 3
[sage]
colour = "blue"
sqlite = "b.db"
[manage]
site = "na.example"
company = "acme"
[policy]
paid_amount = "Settled"
max_rows = -1
tolerance = 0.05
[polcy]
max_rows = 1
"""


def test_every_mistake_is_said_at_once_by_its_line(tmp_path: Path) -> None:
    """In the order of the file what cannot be taken at all, then what is missing, then what can be no address."""
    said = [(each.id, dict(each.values)) for each in complaints(tmp_path, SIX_MISTAKES.encode())]
    assert [message for message, _ in said] == [
        "settings-file-needs-correcting",
        "settings-line-outside-sections",
        "settings-line-unknown",
        "settings-line-lacking",
        "settings-line-not-a-choice",
        "settings-line-below-bound",
        "settings-line-of-wrong-kind",
        "settings-section-unknown",
        "settings-site-no-address",
    ]
    assert [values.get("line") or values.get("section") for _, values in said[1:-1]] == [
        "'timeout",
        "'[sage] colour",
        "'[manage] client_id",
        "'[policy] paid_amount",
        "'[policy] max_rows",
        "'[policy] tolerance",
        "'[polcy]",
    ]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"# nothing\r\n"])
def test_an_empty_file_lacks_every_line_that_is_needed(tmp_path: Path, content: bytes) -> None:
    """Each of them is named, and what Sage needs."""
    said = [(each.id, dict(each.values).get("line")) for each in complaints(tmp_path, content)[1:]]
    assert said == [
        *(("settings-line-lacking", f"'[manage] {name}") for name in ("site", "company", "client_id")),
        ("settings-sage-one-of-three", None),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"sage = 3\nmanage = []\npolicy = 2026-01-01\n", ["[sage]", "[manage]", "[policy]"]),
        (
            b"[manage.behaviour]\npartial_date = 1\n[manage.more]\n",
            ["[manage.behaviour] partial_date", "[manage.more]"],
        ),
        (b"[policy]\ninvoice_prefix = ['A-', 2]\n", ["[policy] invoice_prefix"]),
        (b"[policy]\ninvoice_prefix = 2\n", ["[policy] invoice_prefix"]),
        (b"[policy]\nsecond_person_above = ['1.00']\n", ["[policy] second_person_above"]),
        (b"[policy]\ncurrencies = {1 = 2}\nmax_rows = true\n", ["[policy] currencies 1", "[policy] max_rows"]),
        (b"[manage]\ntimeout = nan\n[policy]\nquiet_minutes = inf\n", ["[manage] timeout", "[policy] quiet_minutes"]),
    ],
)
def test_a_line_is_named_by_its_section(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    """Sections within sections, entries within braces, and what is no number though TOML calls it one."""
    values = [dict(each.values) for each in complaints(tmp_path, content) if each.id != "settings-line-lacking"]
    assert [line[1:] for each in values if (line := each.get("line") or each.get("section"))] == expected


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('odbc = ""', ["settings-line-empty"]),
        ('odbc = ""\nsqlite = ""', ["settings-line-empty", "settings-line-empty"]),
        ('odbc = "a"\nsqlite = "b"', ["settings-sage-one-of-three"]),
        ('odbc = "Pwd = x; user password=y"', ["settings-secret-in-odbc", "settings-secret-in-odbc"]),
        ('sqlite = "C:\\temp"', ["settings-line-with-control-signs"]),
        ('host = ""', ["settings-line-empty"]),
        ('host = "a"\nodbc = "b"', ["settings-sage-one-of-three"]),
        ('host = "a"\nuser = ""\ndatabase = ""', ["settings-line-empty", "settings-line-empty"]),
        ('host = "a"', ["settings-line-lacking"]),
        ('host = "a"\nuser = "b"\nport = 70000', ["settings-line-above-bound"]),
        ('user = "b"', ["settings-sage-one-of-three"]),
        ('odbc = "a"\nuser = "b"', ["settings-sage-one-of-three"]),
        ('sqlite = "b"\npassword = "x"', ["settings-secret-in-line"]),
    ],
)
def test_what_is_wrong_about_the_books_is_said(tmp_path: Path, lines: str, said: list[str]) -> None:
    """An empty line is called empty, and a secret a secret."""
    whole = file_with(tmp_path, "https://na.example", "").read_text("utf-8").replace('sqlite = "b.db"', lines)
    assert [each.id for each in complaints(tmp_path, whole.encode())[1:]] == said


def test_a_folder_in_the_file_s_place_is_said(tmp_path: Path) -> None:
    """With why the system refuses to read it."""
    with pytest.raises(SetupError) as raised:
        load(tmp_path)
    assert [each.id for each in raised.value.text.sentences] == ["settings-file-unreadable"]


SCALARS = st.one_of(st.booleans(), st.integers(), st.floats(), st.text("ab1.", max_size=6), st.dates())
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.sampled_from(["1", "CAD"]), SCALARS))
LINES = st.sampled_from(
    [
        "odbc",
        "sqlite",
        "host",
        "port",
        "user",
        "site",
        "company",
        "client_id",
        "timeout",
        "requests_per_minute",
        "max_rows",
    ]
)
NAMES = st.one_of(LINES, st.sampled_from(["behaviour", "paid_amount", "currencies", "quiet_minutes", "tolerance"]))


@given(
    st.dictionaries(
        st.sampled_from(["sage", "manage", "policy", "x"]), st.one_of(SCALARS, st.dictionaries(NAMES, VALUES))
    )
)
def test_no_file_is_read_otherwise_than_it_is_checked(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, object]
) -> None:
    """Whatever TOML can hold is taken, or refused in words; nothing passes the check and fails afterwards."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(tomlkit.dumps(table), "utf-8")
    with suppress(SetupError):
        assert load(path).manage.company.strip()
