"""The setting of the link to invoices: what can be right, what is refused, and what is proposed to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH
from sync.settings import settings_file, settings_writer
from sync.settings.interview import NO_LINK, Field, checked
from sync.settings.manage_route import faults_of_link, likely_link

CLOUD, OWN, HERE = "https://api-na.myconnectwise.net", "https://manage.acme.example:8443", "http://127.0.0.1:8765"
RIGHT = [
    (CLOUD, "https://na.myconnectwise.net/open?recid={id}&companyName={company}"),
    (CLOUD, "https://NA.myconnectwise.net/open#{id}"),
    (OWN, "https://manage.acme.example/open/{id}"),
    (OWN, "https://eu.myconnectwise.net/{id}"),
    (HERE, "http://127.0.0.1:8765/finance/invoice/{id}"),
]
WRONG = [
    (CLOUD, "http://na.myconnectwise.net/{id}"),
    (CLOUD, "https://evil.example/{id}"),
    (CLOUD, "https://evilmyconnectwise.net/{id}"),
    (CLOUD, "https://na.myconnectwise.net.evil.example/{id}"),
    (CLOUD, "https://na.myconnectwise.net/"),
    (CLOUD, "https://na.myconnectwise.net/{id}{id}"),
    (CLOUD, "https://na.myconnectwise.net/{id}?{number}"),
    (CLOUD, "https://{id}.myconnectwise.net/"),
    (CLOUD, "https://{company}.evil.example/{id}"),
    (CLOUD, "https://user:word@na.myconnectwise.net/{id}"),
    (CLOUD, "https://na.myconnectwise.net:port/{id}"),
    (CLOUD, "https://na.myconnectwise.net/a b{id}"),
    (CLOUD, "https://na.myconnectwise.net/é{id}"),
    (CLOUD, "javascript:alert({id})"),
    (CLOUD, "file:///c:/{id}"),
    (CLOUD, "https:///{id}"),
    (CLOUD, "na.myconnectwise.net/{id}"),
    (CLOUD, f"https://na.myconnectwise.net/{'x' * 240}{{id}}"),
    (HERE, "http://192.0.2.7/{id}"),
]


@pytest.mark.parametrize(("site", "template"), RIGHT)
def test_addresses_of_the_site_or_of_the_cloud_are_right(site: str, template: str) -> None:
    """Over https, or on this computer."""
    assert list(faults_of_link(template, site)) == []


@pytest.mark.parametrize(("site", "template"), WRONG)
def test_anything_else_is_refused_in_one_sentence(site: str, template: str) -> None:
    """With what is wanted instead."""
    (fault,) = faults_of_link(template, site)
    assert "Write one that begins with https://" in fault.said(ENGLISH)
    assert "word@" not in fault.said(ENGLISH)


@pytest.mark.parametrize("site", [CLOUD, OWN, HERE])
def test_the_likely_address_is_one_that_could_be_right(site: str) -> None:
    """At the host for people, where programs have another."""
    likely = likely_link(site)
    assert (list(faults_of_link(likely, site)), "api-" in likely) == ([], False)


def test_an_answer_is_judged_before_the_site_is_known() -> None:
    """Its host is judged with the whole file."""
    for answer in (NO_LINK, "https://manage.acme.example/{id}"):
        assert checked(Field.INVOICE_LINK, f" {answer} ") == answer
    with pytest.raises(SetupError):
        checked(Field.INVOICE_LINK, "https://manage.acme.example/")


def written(path: Path, link: str | None) -> Path:
    """A settings file with this link, or without such a line."""
    line = "" if link is None else f'invoice_link = "{link}"\n'
    path.write_text(
        f'[sage]\nsqlite = "a.db"\n[manage]\nsite = "{CLOUD}"\ncompany = "acme"\nclient_id = "c"\n{line}', "utf-8"
    )
    return path


def test_the_settings_have_the_link_or_none(tmp_path: Path) -> None:
    """Off unless somebody wrote it; another site's address is a problem of the file."""
    for nothing in (None, ""):
        assert settings_file.load(written(tmp_path / "a.toml", nothing)).manage.link is None
    link = settings_file.load(written(tmp_path / "a.toml", RIGHT[0][1])).manage.link
    assert link is not None
    assert link.to(9) == "https://na.myconnectwise.net/open?recid=9&companyName=acme"
    with pytest.raises(SetupError, match="settings-link-unusable"):
        settings_file.load(written(tmp_path / "a.toml", "https://evil.example/{id}"))


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        (None, NO_LINK, None),
        ("", NO_LINK, ""),
        (None, RIGHT[0][1], RIGHT[0][1]),
        (RIGHT[0][1], RIGHT[1][1], RIGHT[1][1]),
        (RIGHT[0][1], RIGHT[0][1], RIGHT[0][1]),
        (RIGHT[0][1], NO_LINK, None),
        (RIGHT[0][1], None, RIGHT[0][1]),
    ],
)
def test_an_answer_sets_its_line_and_a_dash_takes_it_away(
    before: str | None, answer: str | None, after: str | None, tmp_path: Path
) -> None:
    """Nothing said leaves it as it is."""
    file = settings_writer.read(written(tmp_path / "a.toml", before), ENGLISH)
    assert file.answers[Field.INVOICE_LINK] == (before or NO_LINK)
    answers = {**file.answers, Field.DRIVER: "none", Field.HOST: "h", Field.PORT: "1", Field.DATABASE: "d"}
    answers |= {Field.SAGE_USER: "u"} | ({Field.INVOICE_LINK: answer} if answer else {})
    if answer is None:
        del answers[Field.INVOICE_LINK]
    text = settings_writer.with_answers(file, answers)
    found = [line for line in text.splitlines() if line.startswith("invoice_link")]
    assert found == ([] if after is None else [f'invoice_link = "{after}"'])
