"""An ODBC driver that fails without saying why: the read, which changes nothing, is asked once more and no oftener."""

from __future__ import annotations

import pytest

from sync.core.values.errors import TieoutError, Unavailable
from sync.core.values.records import Wanted
from sync.language.catalogues import ENGLISH
from sync.sage.sage_errors import UnsaidError, in_words, of_odbc
from sync.sage.snapshot import SageDatabase, open_odbc
from sync.system.bounded import Bound


def failure(words: str) -> TieoutError:
    """What becomes of a pyodbc error."""
    return in_words(of_odbc(Exception("HY000", words)), connecting=False)


@pytest.mark.parametrize(("failures", "reads"), [(1, 2), (2, 2)])
def test_it_is_asked_once_more(monkeypatch: pytest.MonkeyPatch, failures: int, reads: int) -> None:
    """The second answer counts; a second failure is told."""
    asked: list[Wanted] = []

    def read(_: SageDatabase, wanted: Wanted, __: Bound) -> str:
        asked.append(wanted)
        if len(asked) <= failures:
            raise failure("[HY000] The driver did not supply an error! (0) (SQLExecDirectW)")
        return "read"

    monkeypatch.setattr(SageDatabase, "_read", read)
    reader = open_odbc("DRIVER={X}", None)
    if failures < reads:
        assert str(reader.read(Wanted(window=None))) == "read"
    else:
        with pytest.raises(UnsaidError, match=r"sage-database-error\(number=0, "):
            reader.read(Wanted(window=None))
    assert len(asked) == reads


def test_a_fault_with_a_number_is_told_at_once() -> None:
    """It will not go away by itself."""
    error = failure("[HY000] Something (1234) (SQLExecDirectW)")
    assert (type(error), "1234" in error.said(ENGLISH)) == (Unavailable, True)
