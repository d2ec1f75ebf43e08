"""The papers of a pack, in the order of their index."""

from __future__ import annotations

from sync.core.audit import Audit
from workbook.audit import cover, explained, lists, method, receivables, summary
from workbook.audit.paper import Paper


def papers(audit: Audit) -> list[Paper]:
    """Every paper of a pack, the cover first: it lists the others."""
    rest = [
        summary.summary(audit),
        lists.reconciliation(audit),
        lists.posted(audit),
        lists.held(audit),
        *receivables.tie_out(audit),
        explained.applications(audit.rows),
        method.log(audit),
        method.method(),
    ]
    return [cover.cover(audit, rest), *rest]
