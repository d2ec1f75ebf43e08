"""The format of a review file: its number, and the wordings that it is read by."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.values.errors import SetupError
from sync.core.values.messages import Language
from sync.core.values.proposal import Proposal
from sync.language.catalogues import languages
from tests.workbook.edited import edited
from workbook.control.review_blocks import LIVE_COLUMNS
from workbook.review.columns import ANSWERS, REVIEW_FORMAT, SHEET, WORDINGS, ColumnId, answer, format_in, made_with
from workbook.review.head_block import RUN
from workbook.review.review_file import ExcelFiles


@pytest.mark.parametrize("language", languages(), ids=lambda each: each.code)
def test_files_are_written_in_the_newest_wording(language: Language) -> None:
    """Whoever rewords one of these in the catalogue makes a new format, and leaves the wordings of the others."""
    newest = next(wording for wording in WORDINGS if wording.language == language.code)
    assert newest.sheet == SHEET.said(language)
    assert newest.run == RUN.said(language)
    assert newest.answers == {approve: text.said(language) for approve, text in ANSWERS.items()}
    assert newest.headers == {column.id: column.header.said(language) for column in LIVE_COLUMNS}


def test_each_wording_tells_its_columns_apart() -> None:
    """Every column that its format has is given a header, and no two the same."""
    later = {1: {ColumnId.SINCE, ColumnId.RECORD, ColumnId.IN_MANAGE}}
    columns = [set(ColumnId) - later.get(wording.format, set()) for wording in WORDINGS]
    assert [set(wording.headers) for wording in WORDINGS] == columns
    assert [len(set(wording.headers.values())) for wording in WORDINGS] == list(map(len, columns))


def test_no_two_wordings_mean_different_things_by_the_same_answer() -> None:
    """A Yes in one language is a No in none."""
    said = [(word, approve) for wording in WORDINGS for approve, word in wording.answers.items()]
    assert [answer(word) for word, _ in said] == [approve for _, approve in said]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (made_with("0.1.0"), REVIEW_FORMAT),
        (" Tieout 12.3.4rc1, format 27 ", 27),
        ("Tieout 0.1.0", None),
        ("Tieout 0.1.0, format ", None),
        ("Tieout 0.1.0, format -1", None),
        ("Tieout Inc., format 2 Ltd.", None),
    ],
)
def test_the_format_is_read_from_its_own_words_only(words: str, expected: int | None) -> None:
    """The version before it may be any."""
    assert format_in(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"Tieout 9.0.0, format {REVIEW_FORMAT + 1}", "review-format-newer"),
        ("Tieout 0.0.9", "review-format-missing"),
        (None, "review-format-missing"),
    ],
)
def test_another_format_is_refused_with_the_way_out(
    files: ExcelFiles, written: Path, reviewed: dict[str, Proposal], words: str | None, expected: str
) -> None:
    """Newer than this version knows, or of the time before there were any."""
    with edited(written) as book:
        cells = [cell for row in book.sheet.iter_rows(max_row=book.header - 1) for cell in row]
        (made,) = [cell for cell in cells if cell.value == made_with("0.1.0")]
        made.value = words
    for read in (files.made_from, lambda path: files.read(path, reviewed)):
        with pytest.raises(SetupError) as raised:
            read(written)
        assert [sentence.id for sentence in raised.value.sentences[0].sentences] == [expected]


def test_a_newer_file_is_told_even_where_its_headers_are_not_known(files: ExcelFiles, written: Path) -> None:
    """It may name its columns otherwise."""
    with edited(written) as book:
        cells = [cell for row in book.sheet.iter_rows(max_row=book.header - 1) for cell in row]
        next(
            cell for cell in cells if cell.value == made_with("0.1.0")
        ).value = f"Tieout 9.0.0, format {REVIEW_FORMAT + 1}"
        for cell in book.sheet[book.header]:
            cell.value = f"{cell.value} (new)"
    with pytest.raises(SetupError, match="review-format-newer"):
        files.made_from(written)
