"""Every question put to the ledger, as SQL. Those about one company take its key; newest first unless said."""

from sync.core.posting import Outcome
from sync.core.proposal import CLOSED
from sync.ledger.lines import READ, SUCCESSFUL

_SETTLED = ", ".join(f"'{state}'" for state in (Outcome.POSTED.value + READ, Outcome.ALREADY.value + READ))
_CLOSED = ", ".join(f"'{status.value}{mark}'" for status in sorted(CLOSED) for mark in ("", READ))
_COMPANY = "run IN (SELECT run FROM entry WHERE kind = 'run' AND key = ?1)"

RUN = "SELECT body FROM entry WHERE kind = 'run' AND run = ?1"
ALL_RUNS = "SELECT body FROM entry WHERE kind = 'run' ORDER BY seq DESC"
RUNS = "SELECT body FROM entry WHERE kind = 'run' AND key = ?1 ORDER BY seq DESC"
FIRST_RUN_OF_SITE = """
SELECT body FROM entry WHERE kind = 'run' AND substr(key, -length(?1)) = ?1 ORDER BY seq LIMIT 1
"""
SUCCESSFUL_RUNS = f"""
SELECT r.body FROM entry r WHERE r.kind = 'run' AND r.key = ?1
   AND (SELECT e.state FROM entry e WHERE e.kind = 'end' AND e.run = r.run ORDER BY e.seq DESC LIMIT 1) = '{SUCCESSFUL}'
 ORDER BY r.seq DESC
"""

ROW = "SELECT body FROM entry WHERE kind = 'row' AND run = ?1 AND key = ?2"
ROWS = "SELECT body FROM entry WHERE kind = 'row' AND run = ?1 ORDER BY seq"
POSTINGS = "SELECT body FROM entry WHERE kind = 'posting' AND run = ?1 ORDER BY seq"
"""Oldest first: a later word on a row replaces an earlier one."""

IN_DOUBT = f"""
SELECT i.body FROM entry i WHERE i.kind = 'intent' AND i.{_COMPANY}
   AND NOT EXISTS (SELECT 1 FROM entry p WHERE p.kind = 'posting' AND p.run = i.run AND p.key = i.key
                      AND p.seq > i.seq AND p.invoice = i.invoice AND p.state <> '{Outcome.UNKNOWN.value}')
 ORDER BY i.seq
"""
"""Oldest first. Only a posting that speaks of the invoice in Manage settles an intent, never a row's refusal here."""

STORY = f"""
SELECT seq, key, run, kind = 'row' AND state NOT IN ({_CLOSED}) FROM entry
 WHERE {_COMPANY} AND (kind = 'row' OR (kind = 'posting' AND state IN ({_SETTLED})))
 ORDER BY seq
"""
"""Oldest first: each time a row was open (1) or closed (0)."""

NOTES = f"SELECT key, body FROM entry WHERE kind = 'decision' AND state = 'noted' AND {_COMPANY} ORDER BY seq"
BODIES = "SELECT seq, body FROM entry WHERE seq IN (SELECT value FROM json_each(?1))"

WRITTEN = f"""
SELECT body FROM entry WHERE seq IN (
  SELECT MAX(seq) FROM entry WHERE kind = 'posting' AND {_COMPANY} AND invoice IS NOT NULL
     AND state IN ('{Outcome.POSTED.value}', '{Outcome.POSTED.value}{READ}') GROUP BY invoice)
"""
SEEN = f"""
SELECT kind, body FROM entry WHERE seq IN (
  SELECT MAX(seq) FROM entry WHERE {_COMPANY} AND invoice IS NOT NULL AND
     ((kind = 'posting' AND state = '{Outcome.POSTED.value}{READ}') OR (kind = 'row' AND state = 'in_agreement{READ}'))
   GROUP BY invoice)
"""
CUSTOMERS = f"SELECT key, invoice FROM entry WHERE kind = 'customer' AND {_COMPANY} ORDER BY seq"

COUNTS = "SELECT run, state, COUNT(*) FROM entry WHERE kind = 'row' GROUP BY run, state"
ENDS = "SELECT body FROM entry WHERE kind = 'end' ORDER BY seq"
POSTED = f"""
SELECT body FROM entry WHERE kind = 'posting' AND state IN ('{Outcome.POSTED.value}', '{Outcome.POSTED.value}{READ}')
 ORDER BY seq
"""
