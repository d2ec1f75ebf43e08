"""Files that are not what they seem: each is refused in plain words, fast, before anything in it is parsed."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync.core.values.errors import SetupError
from tests.workbook.edited import edited
from workbook.review.review_file import ExcelFiles
from workbook.xlsx.package import CHUNK

SHEET = "xl/worksheets/sheet1.xml"
WORDS = "xl/sharedStrings.xml"
BOMB = b"x" * 16_000_000
SECONDS = 2.0

Change = Callable[[bytes], bytes]


def repack(path: Path, changes: dict[str, Change], more: dict[str, bytes] | None = None) -> None:
    """Write a workbook file again with some parts changed and some added."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for name, change in changes.items():
        parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in (parts | (more or {})).items():
            new.writestr(name, content)


def before_root(added: bytes) -> Change:
    """Put something between the declaration and the root element."""
    return lambda xml: xml.replace(b"?>", b"?>" + added, 1)


@contextmanager
def refused(message: str, path: Path) -> Iterator[None]:
    """Expect a refusal with this sentence, by its id, that names the file; in time."""
    start = time.perf_counter()
    with pytest.raises(SetupError) as caught:
        yield
    sentences = caught.value.text.sentences
    assert message in {sentence.id for sentence in sentences}
    assert dict(sentences[0].values)["file"] == f"'{path}"
    assert time.perf_counter() - start < SECONDS


def billion_laughs() -> bytes:
    """Ten entities, each ten times the one before."""
    steps = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{steps}]>'.encode()


@pytest.mark.parametrize("part", [SHEET, WORDS, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_a_comment_bomb_is_refused(files: ExcelFiles, written: Path, part: str) -> None:
    """16 MB in one comment hang Python's parser for a minute and more; the file itself is small."""
    repack(written, {part: before_root(b"<!--" + BOMB + b"-->")})
    assert written.stat().st_size < 300_000
    with refused("file-unsafe", written):
        files.made_from(written)


def test_a_comment_bomb_that_packs_badly_is_refused(files: ExcelFiles, written: Path) -> None:
    """Below the limit of the ratio, so that the part itself is looked at."""
    noise = bytes(n * 7919 % 95 + 32 for n in range(97)).replace(b"-", b"+") * 40_000
    repack(written, {SHEET: before_root(b"<!--" + noise + b"-->")})
    with zipfile.ZipFile(written, "r") as parts:
        size = parts.getinfo(SHEET)
    stored = written.with_name("stored.xlsx")
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert size.file_size > 3_000_000
    with refused("file-forbidden-markup", stored):
        files.made_from(stored)


@pytest.mark.parametrize(
    "added",
    [
        billion_laughs(),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>',
        b"<?php echo 1 ?>",
        b"<!-- a word -->",
    ],
)
def test_entities_documents_types_and_instructions_are_refused(files: ExcelFiles, written: Path, added: bytes) -> None:
    """No spreadsheet program writes any of them."""
    repack(written, {WORDS: before_root(added)})
    with refused("file-forbidden-markup", written):
        files.made_from(written)


@pytest.mark.parametrize("part", [SHEET, "xl/_rels/workbook.xml.rels", "_rels/.rels", "[Content_Types].xml"])
def test_every_part_that_is_parsed_is_looked_at(files: ExcelFiles, written: Path, part: str) -> None:
    """Also those at the top, and those that only say where the others are."""
    repack(written, {part: before_root(b"<!-- a word -->")})
    with refused("file-forbidden-markup", written):
        files.made_from(written)


@pytest.mark.parametrize("offset", [-2, -1, 0, 1])
def test_a_declaration_across_two_readings_is_seen(files: ExcelFiles, written: Path, offset: int) -> None:
    """Wherever the pieces are cut."""

    def place(xml: bytes) -> bytes:
        head, tail = xml.split(b"</sst>")
        filler = b"".join(b"<si><t>%06d</t></si>" % n for n in range(40_000))
        space = CHUNK + offset - len(head)
        return head + filler[: space // 22 * 22] + b" " * (space % 22) + b"<!-- x -->" + filler + b"</sst>" + tail

    repack(written, {WORDS: place})
    with refused("file-forbidden-markup", written):
        files.made_from(written)


def test_a_giant_tag_is_refused(files: ExcelFiles, written: Path) -> None:
    """An attribute of some megabytes costs the parser as much as a comment, brackets in it or not."""
    noise = bytes(n * 7919 % 61 + 63 for n in range(8_191)) * 400
    repack(written, {SHEET: lambda xml: xml.replace(b"<sheetData", b'<sheetData x="' + noise + b'"', 1)})
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(written.with_name("s.xlsx"), "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with refused("file-tag-or-words-too-long", written.with_name("s.xlsx")):
        files.made_from(written.with_name("s.xlsx"))


def test_a_zip_bomb_is_refused(files: ExcelFiles, written: Path) -> None:
    """Packed a thousand to one."""
    repack(written, {SHEET: lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b"<row></row>" * 3_000_000)})
    with refused("file-packed-too-tightly", written):
        files.made_from(written)


def test_a_file_that_unpacks_to_gigabytes_is_refused(files: ExcelFiles, written: Path) -> None:
    """By what its directory declares, without unpacking."""
    repack(written, {}, {f"xl/media/{n}.bin": BOMB for n in range(32)})
    with refused("file-too-large-unpacked", written):
        files.made_from(written)


def test_a_directory_that_lies_about_sizes_is_refused(files: ExcelFiles, written: Path) -> None:
    """The declared size is where unpacking ends, so a lie shows as damage."""
    repack(written, {SHEET: lambda xml: xml + b" " * 5_000_000})
    content = bytearray(written.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        size = parts.getinfo(SHEET).file_size
    entry = content.rindex(SHEET.encode()) - 46
    content[entry + 24 : entry + 28] = struct.pack("<I", size - 5_000_000)
    written.write_bytes(content)
    with refused("file-not-workbook-or-damaged", written):
        files.made_from(written)


def test_two_parts_of_one_name_are_refused(files: ExcelFiles, written: Path) -> None:
    """One program would read the first, another the last."""
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(written, "a") as parts:
        parts.writestr(SHEET, "<worksheet/>")
    with refused("file-too-many-parts", written):
        files.made_from(written)


def test_links_to_other_workbooks_are_refused(files: ExcelFiles, written: Path) -> None:
    """They are never followed either."""
    repack(written, {}, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    with refused("file-links-to-workbooks", written):
        files.made_from(written)


def test_other_encodings_are_refused(files: ExcelFiles, written: Path) -> None:
    """UTF-16 would hide a declaration from the search for it."""
    for change in (
        lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        lambda xml: xml.replace(b"UTF-8", b"ISO-8859-1"),
    ):
        path = written.with_name("encoded.xlsx")
        path.write_bytes(written.read_bytes())
        repack(path, {SHEET: change})
        with refused("file-not-utf-8", path):
            files.made_from(path)


def test_encrypted_parts_are_refused(files: ExcelFiles, written: Path) -> None:
    """The flag in the directory."""
    content = bytearray(written.read_bytes())
    entry = content.rindex(SHEET.encode()) - 46
    content[entry + 8] |= 1
    written.write_bytes(content)
    with refused("file-parts-encrypted", written):
        files.made_from(written)


def test_a_password_or_the_old_format_is_named(files: ExcelFiles, tmp_path: Path) -> None:
    """Both begin alike."""
    path = tmp_path / "locked.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5_000))
    with refused("file-locked-or-old-format", path):
        files.made_from(path)


@pytest.mark.parametrize("name", ["review.xls", "review.csv", "review.xlsb", "review"])
def test_another_suffix_is_refused(files: ExcelFiles, tmp_path: Path, name: str) -> None:
    """Whatever is in it."""
    (tmp_path / name).write_bytes(b"PK")
    with refused("file-of-another-type", tmp_path / name):
        files.made_from(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"Dear accountant", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_is_named(files: ExcelFiles, tmp_path: Path, content: bytes) -> None:
    """Empty, text, the beginning of a zip file, an empty zip file."""
    path = tmp_path / "letter.xlsx"
    path.write_bytes(content)
    with refused("file-not-workbook-or-damaged", path):
        files.made_from(path)


def test_a_missing_file_is_named(files: ExcelFiles, tmp_path: Path) -> None:
    """With what to check."""
    with refused("file-missing", tmp_path / "gone.xlsx"):
        files.made_from(tmp_path / "gone.xlsx")


def test_a_folder_is_no_workbook(files: ExcelFiles, tmp_path: Path) -> None:
    """Even one with the name of a workbook."""
    (tmp_path / "folder.xlsx").mkdir()
    with refused("file-of-another-type", tmp_path / "folder.xlsx"):
        files.made_from(tmp_path / "folder.xlsx")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_damaged(files: ExcelFiles, written: Path, keep: float) -> None:
    """A download or a copy that was cut off."""
    content = written.read_bytes()
    written.write_bytes(content[: int(len(content) * keep)])
    with refused("file-not-workbook-or-damaged", written):
        files.made_from(written)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (SHEET, lambda xml: xml[: len(xml) // 2]),
        (SHEET, lambda xml: xml.replace(b"<v>0</v>", b"<v>999999</v>")),
        (SHEET, lambda xml: xml.replace(b"<v>0</v>", b"<v>minus</v>")),
        (WORDS, lambda xml: xml.replace(b"</si>", b"</is>", 1)),
        ("xl/workbook.xml", lambda xml: xml.replace(b"<sheets>", b"<sheets")),
        ("xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"sheet1.xml", b"../../../etc/passwd")),
        ("_rels/.rels", lambda xml: xml.replace(b'/officeDocument"', b'/nothing"')),
    ],
)
def test_damaged_parts_are_told_plainly(files: ExcelFiles, written: Path, part: str, change: Change) -> None:
    """Cut off, pointing nowhere, not well-formed."""
    repack(written, {part: change})
    with refused("file-not-workbook-or-damaged", written):
        files.read(written, {})


def test_macros_and_custom_parts_do_no_harm(files: ExcelFiles, written: Path) -> None:
    """They are never opened: a company's SharePoint adds parts of its own, and a workbook with macros is only read."""
    parts = {"xl/vbaProject.bin": b"\0" * 100, "customXml/item1.xml": b"<?mso-contentType?><!-- x --><a/>"}
    macro = written.with_suffix(".xlsm")
    macro.write_bytes(written.read_bytes())
    repack(macro, {}, parts)
    assert files.made_from(macro).run == "20260410-133000-ab12"


def test_a_link_that_excel_made_of_a_note_does_no_harm(files: ExcelFiles, written: Path) -> None:
    """Typing an address makes Excel add a hyperlink; nothing follows it."""
    with edited(written) as book:
        book.cell(0, "Note").hyperlink = "https://bank.example.net/receipt"
    assert files.made_from(written).run == "20260410-133000-ab12"


def test_a_file_that_another_program_holds_is_named(
    files: ExcelFiles, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to open it; the superuser who runs tests on Linux is refused nothing, so it is played."""
    opens = Path.open

    def held(path: Path, *how: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever it is opened with
        if path == written:
            raise PermissionError(13, "Permission denied")
        return opens(path, *how, **more)

    monkeypatch.setattr(Path, "open", held)
    with refused("file-unreadable", written):
        files.made_from(written)
