"""The settings file: everything that is wrong with it is said at once, and how fast Manage may be asked."""

from __future__ import annotations

import codecs
from contextlib import suppress
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.errors import SetupError
from sync.core.values.messages import Sentence
from sync.language.catalogues import ENGLISH
from sync.settings import settings_writer
from sync.settings.manage_route import Route, route
from sync.settings.settings_file import load
from sync.system.log import without_secrets
from tests.support.certificates import office_certificate

PROXIES_THAT_ARE_NONE = (
    "",
    "p.example:8080",
    "https://p.example:8080",
    "http://p.example",
    "http://:1",
    "http://p:x",
    "http://p:1/x",
)


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


@pytest.mark.parametrize("version", ["2025.1", "2024.16", ""])
def test_a_version_of_the_api_or_none(tmp_path: Path, version: str) -> None:
    """Years and numbers, as Manage writes them."""
    path = file_with(tmp_path, "https://na.example", f'[manage.behaviour]\napi_version = "{version}"')
    assert load(path).manage.behaviour.api_version == version


@pytest.mark.parametrize("version", ["latest", "2025", "2025.1; x=y", "v2025.1"])
def test_a_version_that_is_none_is_refused(tmp_path: Path, version: str) -> None:
    """It would stand in the head of each request."""
    path = file_with(tmp_path, "https://na.example", f'[manage.behaviour]\napi_version = "{version}"')
    with pytest.raises(SetupError, match="settings-api-version-bad"):
        load(path)


def test_a_way_through_a_proxy_with_an_authority_of_one_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is found beside the settings; the password comes from the environment and shows nowhere."""
    office_certificate(tmp_path)
    path = file_with(tmp_path, "https://na.example", 'ca_file = "office-ca.pem"\nproxy = "http://m:@p.example:8080"')
    with pytest.raises(SetupError, match="settings-proxy-password-in-file"):
        load(path)
    path = file_with(tmp_path, "https://na.example", 'ca_file = "office-ca.pem"\nproxy = "http://m@p.example:8080"')
    manage = load(path).manage
    lines = {"ca_file": manage.ca_file, "proxy": manage.proxy}
    with pytest.raises(SetupError, match="settings-proxy-password-missing"):
        route(lines, tmp_path)
    monkeypatch.setenv("TIEOUT_MANAGE_PROXY_PASSWORD", "a/b@c:d")
    found = route(lines, tmp_path)
    assert found == Route(ca_file=str(tmp_path / "office-ca.pem"), proxy="http://m:a%2Fb%40c%3Ad@p.example:8080")
    assert ("a%2Fb" in repr(found), without_secrets("log a/b@c:d")) == (False, "log (hidden)")
    assert settings_writer.read(path, ENGLISH).route == found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('ca_file = "missing.pem"', "settings-ca-file-unreadable"),
        ('ca_file = ""', "settings-ca-file-unreadable"),
        ('ca_file = "tieout.toml"', "settings-ca-file-without-certificate"),
        ('ca_file = "half.pem"', "settings-ca-file-without-certificate"),
        ('ca_file = "binary.cer"', "settings-ca-file-without-certificate"),
        ('proxy = "http://me:secret@p.example:8080"', "settings-proxy-password-in-file"),
        *((f'proxy = "{proxy}"', "settings-proxy-no-address") for proxy in PROXIES_THAT_ARE_NONE),
    ],
)
def test_a_way_that_cannot_be_gone_is_a_problem_of_the_settings(tmp_path: Path, line: str, said: str) -> None:
    """Missing, not a certificate, no address, or a password where none belongs, which is never repeated."""
    (tmp_path / "half.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIB\n")
    (tmp_path / "binary.cer").write_bytes(bytes(range(256)))
    with pytest.raises(SetupError, match=said) as raised:
        load(file_with(tmp_path, "https://na.example", line))
    assert ("me:secret" in raised.value.said(ENGLISH), len(raised.value.sentences)) == (False, 2)


def complaints(folder: Path, content: bytes) -> list[Sentence]:
    """What is said of a settings file with this content."""
    path = folder / "tieout.toml"
    path.write_bytes(content)
    with pytest.raises(SetupError) as raised:
        load(path)
    return list(raised.value.text.sentences)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_whatever_windows_programs_write_is_read(tmp_path: Path, encoding: str) -> None:
    """Notepad and PowerShell begin a file with a mark of its encoding, and end lines with two signs."""
    path = file_with(tmp_path, "https://na.example", "# Société")
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    path.write_bytes(mark + path.read_text("utf-8").replace("\n", "\r\n").encode(encoding))
    assert load(path).manage.company == "acme"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("# a\r\n# Zo\u00e9\r\n".encode("cp1252"), "2"),
        ("[sage]\n\n\nsqlite = 'Qu\u00e9bec.db'\n".encode("cp1252"), "4"),
        (codecs.BOM_UTF16_LE + "a\nb".encode("utf-16-le") + b"\x00", "2"),
    ],
)
def test_a_file_in_other_letters_is_refused_by_its_line(tmp_path: Path, content: bytes, line: str) -> None:
    """And how to save it is said; what is guessed at could be another folder's name."""
    (said,) = complaints(tmp_path, content)
    assert (said.id, dict(said.values)["line"]) == ("settings-file-not-utf8", f"'{line}")


@pytest.mark.parametrize(
    "written",
    [
        r'sqlite = "C:\Users\x.db"',
        r'sqlite = "C:\data\"',
        r'sqlite = "C:\Program Files (x86)\"  # ours',
        r'sqlite = "\\server\share\x.db"',
        r'sqlite = "C:\e\new.db"',
        r'sqlite = "sub\dir.db"',
        r'odbc = "DRIVER=x;DATABASE=C:\Sage"',
    ],
)
def test_a_path_with_backslashes_gets_the_sentence_that_helps(tmp_path: Path, written: str) -> None:
    """By its line, whichever way TOML stumbles over it."""
    (said,) = complaints(tmp_path, f"[policy]\n# é\n[sage]\n{written}\n".encode())
    assert said.said(ENGLISH).partition("cannot be used: ")[2].startswith("line 4 holds a Windows path")


def test_a_doubled_backslash_is_not_to_blame(tmp_path: Path) -> None:
    """Nor is a line that has none."""
    for text in (r'sqlite = "C:\\data', r"sqlite = 'C:\data", "a = [\n"):
        (said,) = complaints(tmp_path, text.encode())
        assert "holds a Windows path" not in said.said(ENGLISH)


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


@pytest.mark.parametrize("pair", ['01 = "USD"', '"" = "USD"', 'x = "USD"', '2 = "usd"', '1000000000 = "USD"'])
def test_a_currency_has_one_number_and_one_code(tmp_path: Path, pair: str) -> None:
    """01 beside 1 would silently give the home currency another code."""
    found = complaints(tmp_path, f'[policy]\ncurrencies = {{1 = "CAD", {pair}}}\n'.encode())
    assert [each.id for each in found].count("settings-currencies-bad") == 1


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
        ('host = "a b;PWD=1"\nuser = "b"', ["settings-not-a-computer"]),
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


LEARNED = {"payment_type": "Payment", "api_version": ""}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '\n[manage.behaviour]\npayment_type = "Payment"\napi_version = ""\n'),
        (
            '\n[manage.behaviour]\npayment_type = "P" # why\ndate_clear = "null"\n\n[policy]\n',
            '\n[manage.behaviour]\npayment_type = "Payment" # why\ndate_clear = "null"\napi_version = ""\n\n[policy]\n',
        ),
        ('behaviour = {payment_type = "P"}\n', 'behaviour = {payment_type = "Payment",api_version = ""}\n'),
        (
            '\n[manage.behaviour]\npayment_type = "Payment"\napi_version = ""\n',
            '\n[manage.behaviour]\npayment_type = "Payment"\napi_version = ""\n',
        ),
    ],
)
def test_what_was_learned_of_manage_changes_its_own_lines_alone(tmp_path: Path, before: str, after: str) -> None:
    """Comments, order and all else stay; the file is one that loads, and nothing is written twice."""
    path = file_with(tmp_path, "https://na.example", before)
    head = path.read_text("utf-8").removesuffix(before + "\n")
    settings_writer.keep_behaviour(path, ENGLISH, LEARNED)
    assert path.read_text("utf-8").rstrip("\n") == (head + after).rstrip("\n")
    behaviour = load(path).manage.behaviour
    assert (behaviour.payment_type, behaviour.api_version) == ("Payment", "")
    text = path.read_bytes()
    settings_writer.keep_behaviour(path, ENGLISH, {})
    assert path.read_bytes() == text


def test_behaviour_is_set_before_a_section_that_follows(tmp_path: Path) -> None:
    """A file of today's form, in which [policy] stands behind [manage]."""
    path = file_with(tmp_path, "https://na.example", '[policy]\ntolerance = "0.01"')
    settings_writer.keep_behaviour(path, ENGLISH, LEARNED)
    found = load(path)
    assert (found.manage.behaviour.payment_type, str(found.policy.tolerance)) == ("Payment", "0.01")


def test_a_behaviour_that_is_no_section_is_said(tmp_path: Path) -> None:
    """Nothing is written over it."""
    path = file_with(tmp_path, "https://na.example", 'behaviour = "x"')
    with pytest.raises(SetupError, match="settings-name-not-a-section"):
        settings_writer.keep_behaviour(path, ENGLISH, LEARNED)
