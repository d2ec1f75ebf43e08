"""Every question put to the ledger, as SQL. Those about one company take its keys as JSON; oldest first unless said."""

from __future__ import annotations

from sync.core.values.posting import Outcome
from sync.core.values.proposal import CLOSED, Status
from sync.core.values.runs import Phase
from sync.ledger.hash_chain import COLUMNS
from sync.ledger.posting_records import UNDONE
from sync.ledger.run_records import SAYS, SUCCESSFUL

_CLOSED = ", ".join(f"'{status.value}'" for status in sorted(CLOSED))
_SETTLES = f"(p.state = '{Outcome.ALREADY.value}' OR (p.state = '{Outcome.POSTED.value}' AND p.proof))"
"""Of a posting p. It settles what its own run reviewed, never a row that a later run has shown since."""
_KEYS = "key IN (SELECT value FROM json_each(?1))"
_COMPANY = f"run IN (SELECT run FROM entry WHERE kind = 'run' AND {_KEYS})"
_WHOSE = "'$.invoice', '$.customer_id'"
RUN = "SELECT body FROM entry WHERE kind = 'run' AND run = ?1"
ALL_RUNS = "SELECT body FROM entry WHERE kind = 'run' ORDER BY seq DESC"
"""Newest first."""
RUNS = f"SELECT body FROM entry WHERE kind = 'run' AND {_KEYS} ORDER BY seq DESC"
"""Newest first."""
RUN_COUNT = f"SELECT COUNT(*) FROM entry WHERE kind = 'run' AND {_KEYS}"
REPLACED_BY = f"""
SELECT body FROM entry WHERE kind = 'run' AND {_KEYS} AND seq > (SELECT seq FROM entry WHERE kind = 'run' AND run = ?2)
   AND run IN (SELECT run FROM entry WHERE kind = 'end' AND key = '{Phase.SYNC.value}')
 ORDER BY seq DESC LIMIT 1
"""
COMPANIES = """
SELECT body FROM entry WHERE seq IN (SELECT MIN(seq) FROM entry WHERE kind = 'run' GROUP BY key) ORDER BY seq
"""
"""The first run of each."""
SAID = f"""
SELECT body FROM entry WHERE seq IN (SELECT MAX(seq) FROM entry WHERE kind = 'run' AND state = '{SAYS}' GROUP BY key)
"""
"""The newest run of each whose site said of itself which it is."""
SUCCESSFUL_RUNS = f"""
SELECT body FROM entry WHERE kind = 'run' AND {_KEYS}
   AND run IN (SELECT run FROM entry WHERE kind = 'end' AND state = '{SUCCESSFUL}'
                  AND key IN ('{Phase.SYNC.value}', '{Phase.PUSH.value}'))
 ORDER BY seq DESC
"""
"""Newest first. A later push of the same run that did not succeed takes nothing back: its rows are carried forward."""
ROW = "SELECT body FROM entry WHERE kind = 'row' AND run = ?1 AND key = ?2"
ROWS = "SELECT body FROM entry WHERE kind = 'row' AND run = ?1 ORDER BY seq"
POSTINGS = "SELECT body FROM entry WHERE kind = 'posting' AND run = ?1 ORDER BY seq"
IN_DOUBT = f"""
SELECT body FROM entry i WHERE kind = 'intent' AND seq < ?2 AND {_COMPANY}
   AND NOT EXISTS (SELECT 1 FROM entry p WHERE p.kind = 'posting' AND p.run = i.run AND p.key = i.key AND p.seq < ?2
                      AND p.attempt = i.attempt AND p.state <> '{Outcome.UNKNOWN.value}')
 ORDER BY seq
"""
"""Only a posting that speaks of the same attempt settles an intent, never a row's refusal here."""
OPEN_ITEMS = f"""
WITH newest AS (SELECT key, MAX(seq) AS seq FROM entry WHERE kind = 'row' AND seq < ?2 AND {_COMPANY} GROUP BY key),
     undone AS (SELECT u.key, u.seq, r.seq AS since FROM entry u
                  JOIN entry r ON r.kind = 'row' AND r.run = u.run AND r.key = u.key
                 WHERE u.kind = 'posting' AND u.state = '{UNDONE}' AND u.seq < ?2 AND u.{_COMPANY}),
     closed AS (SELECT c.key, MAX(c.seq) AS seq FROM entry c
                 WHERE c.kind = 'row' AND c.state IN ({_CLOSED}) AND c.seq < ?2 AND c.{_COMPANY}
                   AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.key = c.key AND c.seq BETWEEN u.since AND u.seq)
                 GROUP BY c.key),
     posted AS (SELECT r.key, MAX(r.seq) AS seq FROM entry p
                  JOIN entry r ON r.kind = 'row' AND r.run = p.run AND r.key = p.key
                 WHERE p.kind = 'posting' AND {_SETTLES} AND p.seq < ?2 AND p.{_COMPANY}
                   AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.key = p.key AND p.seq < u.seq AND r.seq >= u.since)
                 GROUP BY r.key),
     open AS (SELECT key, newest.seq, MAX(IFNULL(closed.seq, 0), IFNULL(posted.seq, 0)) AS settled
                FROM newest LEFT JOIN closed USING (key) LEFT JOIN posted USING (key))
SELECT open.key, body,
       (SELECT run FROM entry e WHERE e.kind = 'row' AND e.key = open.key AND e.seq > settled AND e.{_COMPANY}
           AND json_extract(e.body, {_WHOSE}) = json_extract(entry.body, {_WHOSE})
         ORDER BY e.seq LIMIT 1)
  FROM open JOIN entry USING (seq) WHERE seq > settled AND (json_extract(body, '$.opening') IS NULL
   OR EXISTS (SELECT 1 FROM entry t WHERE t.kind IN ('intent', 'posting') AND t.run = entry.run AND t.key = open.key
                 AND t.seq < ?2)
   OR (SELECT json_extract(d.body, '$.approve') OR json_extract(d.body, '$.until') IS NOT NULL FROM entry d
        WHERE d.kind = 'decision' AND d.run = entry.run AND d.key = open.key AND d.seq < ?2
        ORDER BY d.seq DESC LIMIT 1))
 ORDER BY seq
"""
"""The newest row of each key that nothing had settled before row ?2, and the first run of this stretch.

An undo takes back whatever settled its row from the review of the run that is undone up to the undo itself. What the
opening statement accepts is not open, unless somebody has pushed it, or last said Yes to it or until when to hold it.
"""
NOTES = f"""
SELECT d.key, d.body, json_extract(r.body, '$.invoice'), json_extract(r.body, '$.customer_id')
  FROM entry d JOIN entry r ON r.kind = 'row' AND r.run = d.run AND r.key = d.key
 WHERE d.seq IN (SELECT MAX(seq) FROM entry WHERE kind = 'decision' AND seq < ?2 AND {_COMPANY} GROUP BY key)
"""
"""The last decision on each row, and on whose: its note and owner are those that the sheet showed."""
_LAST_WORDS = "SELECT body FROM entry WHERE seq IN (SELECT MAX(seq) FROM entry WHERE kind = '{}' AND {} GROUP BY key)"
HOLDS, MATCHES = (_LAST_WORDS.format(kind, _COMPANY) for kind in ("hold", "match"))
"""The last word on each row."""
JUDGED = f"SELECT run, kind, body FROM entry WHERE kind IN ('hold', 'match') AND {_COMPANY} ORDER BY seq"
AGREED = f"""
SELECT body FROM entry WHERE seq IN (
  SELECT MAX(r.seq) FROM json_each(?2) JOIN entry r ON r.kind = 'row' AND r.key = value
   WHERE r.{_COMPANY} AND (r.state = '{Status.IN_AGREEMENT.value}' OR '{Outcome.POSTED.value}' =
         (SELECT p.state FROM entry p WHERE p.kind = 'posting' AND p.run = r.run AND p.key = r.key
             AND p.state IN ('{Outcome.POSTED.value}', '{UNDONE}') ORDER BY p.seq DESC LIMIT 1))
   GROUP BY r.key)
"""
"""The newest row of each of these keys (a JSON list) that Manage agreed with, or was brought to agree with."""
NUMBERS = """
SELECT DISTINCT key, json_extract(body, '$.invoice') FROM entry WHERE kind = 'row'
 UNION SELECT key, json_extract(body, '$.invoice') FROM entry WHERE kind = 'match'
 UNION SELECT key, json_extract(body, '$.manage_number') FROM entry WHERE kind = 'match'
"""
"""Every key, with each number that was ever said of it."""
OF_KEYS = """
SELECT seq, kind, run, key, at, body,
       (SELECT e.body FROM entry e WHERE e.kind = 'end' AND e.run = entry.run AND e.seq > entry.seq
         ORDER BY e.seq LIMIT 1)
  FROM entry WHERE kind IN ('row', 'decision', 'hold', 'match', 'intent', 'posting')
   AND key IN (SELECT value FROM json_each(?1))
 ORDER BY seq
"""
"""All that was ever said of these keys (a JSON list), each with the end of what it was part of."""
NEXT = f"""
SELECT run FROM entry WHERE kind = 'run' AND {_KEYS} AND seq > (SELECT seq FROM entry WHERE kind = 'run' AND run = ?2)
 ORDER BY seq LIMIT 1
"""
PLACE = "SELECT seq FROM entry WHERE kind = 'run' AND run = ?1"
EVIDENCE = "SELECT body FROM entry WHERE kind = 'evidence' AND run = ?1"
OPENING = f"SELECT body FROM entry WHERE kind = 'opening' AND {_COMPANY} ORDER BY seq LIMIT 1"
BOOKS = f"SELECT body FROM entry WHERE kind = 'evidence' AND {_COMPANY} ORDER BY seq DESC LIMIT 1"
"""Of the newest run."""
READINGS = (
    f"SELECT seq, run, kind = 'closing' FROM entry WHERE kind IN ('evidence', 'closing') AND {_COMPANY} ORDER BY seq"
)
AT = "SELECT body FROM entry WHERE seq = ?1"
SENT = f"""
SELECT body FROM entry WHERE kind = 'posting' AND attempt IS NOT NULL AND {_COMPANY} AND seq > ?2 AND seq < ?3
 ORDER BY seq
"""
"""How every write between two rows ended."""
LAST_SENT = "SELECT MAX(seq) FROM entry WHERE kind IN ('intent', 'posting') AND attempt IS NOT NULL AND run = ?1"
WRITTEN = f"""
SELECT body FROM entry WHERE seq IN (
  SELECT MAX(seq) FROM entry WHERE written AND {_COMPANY} AND invoice IS NOT NULL GROUP BY invoice)
"""
PROOFS = f"""
SELECT invoice, kind, body FROM entry WHERE seq IN (
  SELECT MAX(seq) FROM entry WHERE proof AND {_COMPANY} AND invoice IS NOT NULL GROUP BY invoice)
"""
CHANGED = f"""
SELECT c.invoice FROM entry c WHERE c.kind = 'row' AND c.state = '{Status.CHANGED_IN_MANAGE.value}' AND c.{_COMPANY}
   AND c.invoice IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM entry p WHERE p.proof AND p.invoice = c.invoice AND p.seq > c.seq AND p.{_COMPANY})
"""
"""A row said that the invoice is not as the proof before it has it: what was seen then is no longer what is there."""
CUSTOMERS = f"""
SELECT body FROM entry c WHERE kind = 'customer' AND {_COMPANY}
   AND NOT EXISTS (SELECT 1 FROM entry u WHERE u.kind = 'posting' AND u.state = '{UNDONE}'
                      AND u.run = c.run AND u.key = c.state AND u.seq > c.seq)
 ORDER BY seq
"""
"""What an undo has taken back is no longer remembered."""
REFUSED = f"""
SELECT invoice FROM entry WHERE state IN ('{Outcome.REFUSED.value}', '{Outcome.STALE.value}') AND seq IN (
  SELECT MAX(seq) FROM entry WHERE kind = 'posting' AND {_COMPANY} AND invoice IS NOT NULL GROUP BY invoice)
"""
SINCE_REBUILT = f"""
SELECT body FROM entry
 WHERE kind = 'end' AND seq >= (SELECT MAX(seq) FROM entry WHERE kind = 'end' AND key = '{Phase.REBUILD.value}')
 ORDER BY seq
"""
COUNTS = "SELECT run, state, COUNT(*) FROM entry WHERE kind = 'row' GROUP BY run, state"
SIGNATURES = "SELECT body FROM entry WHERE kind = 'signature' AND run = ?1 ORDER BY seq"
RUN_ENDS = "SELECT body FROM entry WHERE kind = 'end' AND run = ?1 ORDER BY seq"
DECISIONS = "SELECT body FROM entry WHERE kind = 'decision' AND run = ?1 ORDER BY seq"
EXPORTS = "SELECT body FROM entry WHERE kind = 'export' ORDER BY seq"
RUN_EXPORTS = "SELECT body FROM entry WHERE kind = 'export' AND run = ?1 ORDER BY seq"
ENDS = "SELECT body FROM entry WHERE kind = 'end' ORDER BY seq"
POSTED = f"""
SELECT body FROM entry WHERE kind = 'posting' AND state IN ('{Outcome.POSTED.value}', '{UNDONE}') ORDER BY seq
"""
INTENTS = "SELECT body FROM entry WHERE kind = 'intent' AND run = ?1 ORDER BY seq"
KINDS = """
WITH RECURSIVE each_kind (name) AS (
  SELECT MIN(kind) FROM entry
  UNION ALL SELECT (SELECT MIN(kind) FROM entry WHERE kind > name) FROM each_kind WHERE name IS NOT NULL)
SELECT name FROM each_kind WHERE name IS NOT NULL
"""
"""The kinds that occur, by one look into the index for each."""
GAPS = """
SELECT before + 1, seq - 1 FROM (SELECT seq, LAG(seq, 1, 0) OVER (ORDER BY seq) AS before FROM entry)
 WHERE seq > before + 1 ORDER BY seq
"""
"""First and last number of each stretch of rows that is missing."""
FIRST_OF_KIND = f"SELECT {COLUMNS} FROM entry WHERE seq = (SELECT MIN(seq) FROM entry WHERE kind = ?1)"
BODIES = "SELECT kind, body FROM entry WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq"
OF_BODY = "SELECT MIN(seq) FROM entry WHERE kind = ?1 AND body = ?2"
