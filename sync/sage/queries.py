"""One set of SQL for Sage's tables, valid in MySQL, MariaDB and sqlite. Values always travel as parameters.

Dates are read as text, because a zero date (0000-00-00) is no date to a driver. `{marks}` takes parameter marks;
`{entered_on}` and the like take a column where Sage has it, and NULL where it has not.
"""

from __future__ import annotations

REQUIRED = {
    "tcompany": ("scompname",),
    "tcustomr": ("lid", "sname"),
    "tcustr": ("lid", "lcusid", "dtdate", "ssource", "ntrantype"),
    "tcustrdt": (
        "lid",
        "lcustrid",
        "dtdate",
        "ssource",
        "ntrantype",
        "damount",
        "breversed",
        "lchqid",
        "lbnkacctid",
    ),
}
"""Tables and columns that reading cannot do without."""

JOURNALS = ("tjourent", "tjently")
JOURNAL_COLUMNS = frozenset({"dtasdate", "dtjourdate", "nmodule", "lrecid", "ssource"})
RECEIVABLES = 2

_APPLICATION = "COALESCE(d.ntrantype, -1) NOT IN (0, 8, 9)"
_INFORMATION = f"""({_APPLICATION} OR EXISTS (
  SELECT 1 FROM tcustrdt a WHERE a.lcustrid = d.lcustrid AND COALESCE(a.ntrantype, -1) NOT IN (0, 8, 9)))"""
"""Payment information: an application, or an adjustment of a document that has some (it may reopen or clear it).

It stands last in each condition: MariaDB asks in the order written, and a date costs less than a look into the ledger.
"""

COMPANY = "SELECT scompname FROM tcompany"
ANY_DOCUMENT = "SELECT lid FROM tcustr LIMIT 1"
HIGHEST_ROW = "SELECT MAX(lid) FROM tcustrdt"

UNSTAMPED = f"""
SELECT d.lid FROM tcustrdt d WHERE {_APPLICATION} AND (d.dtasdate IS NULL OR d.dtasdate < '1900-01-01') LIMIT 1
"""
TOUCHED_BY_STAMP = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount FROM tcustrdt d
 WHERE d.dtasdate >= ? AND d.dtasdate < ? AND {_INFORMATION}
"""
TOUCHED_BY_JOURNAL = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount
  FROM {{journal}} j
  JOIN tcustr h ON h.lcusid = j.lrecid
  JOIN tcustrdt d ON d.lcustrid = h.lid AND d.ssource = j.ssource AND DATE(d.dtdate) = DATE(j.dtjourdate)
 WHERE j.nmodule = {RECEIVABLES} AND j.dtasdate >= ? AND j.dtasdate < ? AND {_INFORMATION}
"""
TOUCHED_BY_ROW = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount FROM tcustrdt d WHERE d.lid > ? AND d.dtdate < ? AND {_INFORMATION}
"""
TOUCHED_BY_DATE = f"""
SELECT d.lid, d.lcustrid, d.ntrantype, d.damount FROM tcustrdt d WHERE d.dtdate >= ? AND d.dtdate < ? AND {_INFORMATION}
"""


def _numbered(day: str) -> str:
    """A day as the number that its digits make (20260410): text costs a driver as much as five numbers."""
    return f"REPLACE(SUBSTR({day}, 1, 10), '-', '') + 0"


BALANCES = f"""
SELECT h.lid, h.lcusid, h.ssource, {_numbered("h.dtdate")}, h.ntrantype, {{currency}},
       s.own, s.cash, s.balance, {_numbered("s.entered")}
  FROM tcustr h
  LEFT JOIN (SELECT d.lcustrid AS document,
                    COALESCE(SUM(CASE WHEN {_APPLICATION} THEN 0 ELSE d.damount END), 0) AS own,
                    SUM(CASE WHEN d.ntrantype = 1 AND (COALESCE(d.lchqid, 0) <> 0 OR COALESCE(d.lbnkacctid, 0) <> 0)
                             THEN -d.damount ELSE 0 END) AS cash,
                    CASE WHEN COUNT(*) = COUNT(d.damount) THEN SUM(d.damount) END AS balance,
                    MAX(CASE WHEN {_APPLICATION} THEN {{entered}} END) AS entered
               FROM tcustrdt d GROUP BY d.lcustrid) s ON s.document = h.lid
"""
"""Added up by the database: a row for each document, whatever the number of its applications.

A document without rows has no `own`; one with a row whose amount is empty has `own` and no `balance`.
"""
CUSTOMERS = "SELECT c.lid, c.sname, {currency} FROM tcustomr c"
"""Read once beside the balances: a name for each document would be most of what is sent."""

NUMBERS = "SELECT h.lid, h.ssource FROM tcustr h WHERE h.lid IN ({marks})"
SAME_NUMBER = "SELECT h.lid, h.ssource FROM tcustr h WHERE TRIM(h.ssource) IN ({marks})"

DOCUMENTS = """
SELECT h.lid, h.lcusid, c.lid, c.sname, h.ssource, CAST(h.dtdate AS CHAR), h.ntrantype, {currency}
  FROM tcustr h LEFT JOIN tcustomr c ON c.lid = h.lcusid
 WHERE h.lid IN ({marks})
"""

_ENTRY = """
SELECT d.lid, d.lcustrid, h.lcusid, CAST(d.dtdate AS CHAR), d.ssource, d.ntrantype, d.damount, d.breversed,
       d.lchqid, d.lbnkacctid, {entered_on}, {entered_by}
"""
ENTRIES = _ENTRY + " FROM tcustrdt d LEFT JOIN tcustr h ON h.lid = d.lcustrid WHERE d.lcustrid IN ({marks})"
MIRRORS = f"""
{_ENTRY}
  FROM tcustr h JOIN tcustrdt d ON d.lcustrid = h.lid
 WHERE h.lcusid IN ({{marks}}) AND {_APPLICATION}
   AND COALESCE(d.lchqid, 0) = 0 AND COALESCE(d.lbnkacctid, 0) = 0
"""
