"""The README says what is so, in both languages: its commands, options, statuses and switches are the program's own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from urllib.request import urlopen

import click
import msgspec
import pytest

from addin.program import COMMANDS as EXCEL
from addin.program import outfit
from sync.cli.main import COMMANDS as PLAIN
from sync.cli.main import cli
from sync.cli.options import Invocation
from sync.core.values.labels import OUTCOMES
from sync.core.values.posting import Outcome
from sync.core.values.proposal import REVIEWABLE, Status
from sync.language import catalogues
from sync.settings.settings_file import Behaviour, load
from tests.catalogue import catalogue, translations
from tests.readme import FRENCH, README, ROOT, SHARED, codes, emphasised, fenced, prose, rows, slug, table
from workbook.look.statuses import CANNOT, LOOKS

KNOWN = translations(catalogue(catalogues.DOMAIN))
OF_OTHERS = {"Read data": "Consultation des données"}
"""What Sage's own window says, which the catalogue has within sentences only."""

NOTICE = "{ready} ready, {held} held, {reopened} of them reopened."
EXAMPLE = {"ready": 14, "held": 3, "reopened": 1}

both = pytest.mark.parametrize("page", [pytest.param(README, id="en"), pytest.param(FRENCH, id="fr")])


def in_french(code: str) -> str:
    """The same for both languages, but for the names of the pack's sheets and the example of a notice."""
    said = KNOWN[NOTICE].format(**EXAMPLE) if code == NOTICE.format(**EXAMPLE) else code
    return KNOWN[code] if re.match(r"\d\d [A-Z]", code) else said


@both
def test_every_status_is_explained_with_its_default(page: str) -> None:
    """One line per status; those that cannot be approved say so."""
    approved = {row[0].split()[0]: row[2] for row in table("status", page)}
    assert {status.value for status in Status} == set(approved)
    refusals = {CANNOT.said(catalogues.ENGLISH).lower(), KNOWN[CANNOT.said(catalogues.ENGLISH)].lower()}
    fixed = {status for status, approve in approved.items() if approve in refusals}
    assert fixed == {status.value for status in Status} - {status.value for status in REVIEWABLE} - {"in_agreement"}


def test_french_statuses_have_the_words_of_the_workbook() -> None:
    """Beside each value stands what a person reads in the Status column."""
    shown = [
        f"{status} ({KNOWN[LOOKS[Status(status)].word.said(catalogues.ENGLISH)]})" for status, *_ in table("status")
    ]
    assert shown == [row[0] for row in table("status", FRENCH)]


def test_every_outcome_is_explained() -> None:
    """A pushed row ends in words that the README has, in French with what is shown for it."""
    words = " ".join(FRENCH.split())
    assert [outcome.value for outcome in Outcome if f"`{outcome.value}`" not in README] == []
    shown = [f"`{outcome.value}` ({KNOWN[OUTCOMES[outcome].said(catalogues.ENGLISH)]}" for outcome in Outcome]
    assert [label for label in shown if not re.search(re.escape(label) + r"\b", words)] == []


@both
def test_every_command_is_listed_with_its_options(page: str) -> None:
    """The commands are the program's, and no option is named that it does not take."""
    listed = {row[0].split()[1]: set(re.findall(r"--[a-z-]+", row[0])) for row in table("command", page)}
    assert {*PLAIN, *EXCEL} == set(listed)
    for name, options in listed.items():
        command = cli.get_command(
            click.Context(cli, obj=Invocation(language=catalogues.ENGLISH, outfit=outfit())), name
        )
        assert command is not None
        taken = {option for param in command.params for option in param.opts}
        assert options <= taken, name


@both
def test_every_switch_and_its_values_are_listed(page: str) -> None:
    """`[manage.behaviour]` has no switch that the README hides, and no value it does not take."""
    listed = {row[0]: row[1].split(", ") for row in table("switch", page)}
    taken = {
        field.name: [field.default, "…"] if field.type is str else [value.value for value in field.type]
        for field in msgspec.structs.fields(Behaviour)
    }
    assert taken == listed


@both
def test_the_settings_of_the_readme_are_taken(page: str, tmp_path: Path) -> None:
    """The example is a settings file that loads as it stands, and both languages set the same."""
    texts = [text.partition("```toml\n")[2].partition("```")[0] for text in (page, README)]
    path = tmp_path / "tieout.toml"
    path.write_text(texts[0], encoding="utf-8")
    taken, english = (tomllib.loads(text) for text in texts)
    assert load(path).manage.company == taken["manage"]["company"]
    assert taken.pop("manage").keys() == english.pop("manage").keys()
    assert taken == english


@both
@pytest.mark.parametrize("status", ["0", "1", "2", "3", "4", "130"])
def test_every_exit_status_is_listed(page: str, status: str) -> None:
    """Scripts rely on them."""
    assert status in {row[0] for row in table("exit status", page)}


def test_every_place_it_names_exists() -> None:
    """The developers' table names files that are there."""
    named = [place for row in table("where") for place in re.findall(r"[\w./]+", row[0])]
    assert [p for p in named if not (ROOT / p).exists() and not (ROOT / "sync" / p).exists()] == []


@both
def test_every_picture_and_link_leads_somewhere(page: str) -> None:
    """To a file of this project, and to a heading that the file has."""
    targets = [target.partition("#")[::2] for target in re.findall(r"\]\(([^)]+)\)", prose(page))]
    assert [name for name, _ in targets if not (ROOT / name).exists()] == []
    heads = {name: (ROOT / name).read_text(encoding="utf-8") if name else page for name, part in targets if part}
    slugs = {
        name: {slug(line) for line in re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)}
        for name, text in heads.items()
    }
    assert [part for name, part in targets if part and part not in slugs[name]] == []


def test_both_languages_are_built_alike() -> None:
    """The same commands, levels of headings in their order, and tables with the same codes in each row."""
    assert fenced(FRENCH) == fenced(SHARED)
    levels = [re.findall(r"^#+(?= )", prose(page), re.MULTILINE) for page in (SHARED, FRENCH)]
    assert levels[0] == levels[1]
    english, french = (
        [(len(re.findall(r"(?<!\\)\|", line)), codes(line)) for line in rows(page)] for page in (SHARED, FRENCH)
    )
    assert [(cells, list(map(in_french, named))) for cells, named in english] == french
    assert {in_french(code) for code in codes(prose(SHARED))} - set(codes(prose(FRENCH))) == set()


def test_french_names_what_the_program_shows() -> None:
    """Each button, sheet, column and start date, as often as the English page does."""
    english = Counter({(KNOWN | OF_OTHERS).get(words, words): count for words, count in emphasised(SHARED).items()})
    assert english == emphasised(FRENCH)
    choices = [row[0].partition(" (")[::2] for row in table("start date (`--since`)")]
    assert [f"{KNOWN[name]} ({value}" for name, value in choices] == [
        row[0] for row in table("start date (`--since`)", FRENCH)
    ]


@both
def test_messages_are_quoted_as_they_are_said(page: str) -> None:
    """Who looks for a message finds it; the interpreter's is of xlwings."""
    quoted = [
        words for row in table("what you see", page) for words in re.findall(r"[\"«]\s*([^\"»]+?)\s*[\"»]", row[0])
    ]
    said = "\n".join(KNOWN if page is README else KNOWN.values())
    assert [words for words in quoted if words not in said] == ["Could not find Interpreter!"]


def test_a_colon_in_french_keeps_to_the_word_before_it() -> None:
    """A no-break space stands before it, and within quotation marks."""
    assert re.findall(r".* :(?:\s|$)|« | »", re.sub(r"`[^`]*`", "", prose(FRENCH)), re.MULTILINE) == []


ELSEWHERE = {
    "pip install uv": "tests/run",
    "uv run --no-dev tieout demo": "tests/cli/test_demo.py",
    "tieout setup": "tests/cli/test_setup.py",
    "bash tests/run": ".ci/run",
    "uv run mutmut run": "tests/mutants.md",
}
"""What runs those that `test_the_practice_run_goes_as_written` does not; mutmut is run by hand."""


def test_the_practice_run_goes_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From nothing to a pushed run and a look at Invoice Search, each command a process of its own, in their order."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    started = "uv run --no-dev tieout "
    lines = [line.removeprefix(started).split() for line in fenced() if "--profile practice" in line]
    assert [line[0] for line in lines] == ["sync", "push", "history", "sandbox"]
    said = [tieout(line, tmp_path) for line in lines[:3]]
    assert "practice.xlsx" in said[0]
    assert re.search(r"posted: \d+", said[1])
    with subprocess.Popen(
        [sys.executable, "-m", "sync", *lines[3]], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as site:
        try:
            assert site.stdout is not None
            address = re.search(r"http://\S+", site.stdout.readline())
            assert address
            with urlopen(address[0]) as page:  # noqa: S310 - this computer's own
                assert "Paid Amount" in page.read().decode()
            site.send_signal(signal.SIGINT)
            assert site.wait(30) == 130
        finally:
            site.kill()  # where nobody hears the signal, the test ends all the same


def test_every_command_that_stands_alone_is_run_by_a_test() -> None:
    """Here, or where the list above says; the line for Windows' own shell is in the checklist."""
    left = [line for line in fenced() if "--profile practice" not in line and line not in ELSEWHERE]
    assert [line.split()[0] for line in left] == ["py"]
    assert all((ROOT / place).exists() for place in ELSEWHERE.values())


def tieout(arguments: list[str], folder: Path) -> str:
    """What a command says; it ends with 0."""
    return subprocess.run(
        [sys.executable, "-m", "sync", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def environment() -> dict[str, str]:
    """This process's, with the project on the path."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}
