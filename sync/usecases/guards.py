"""Checks before anything is written: that run, books and site belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

from msgspec.structs import replace

from sync.core.decide.holds import Former, days_to_hold, holds_decided
from sync.core.decide.same_books import cleared, why_older
from sync.core.prove.review import Evidence, MadeFrom, OpenItem, Reviewed, item_of
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import Text, say
from sync.core.values.periods import day_of
from sync.core.values.policy import Policy
from sync.core.values.posting import Decision
from sync.core.values.proposal import Proposal
from sync.core.values.records import BooksMark, Reading
from sync.core.values.runs import Company, Person, Run, SiteSays, holds_lost, same_site, spelled_alike
from sync.usecases.known_heads import unlike_printed
from sync.usecases.ports import Clock, Ledger, ManageSite, Systems


def no_ledger(folder: Path) -> SetupError:
    """Return the error for a folder without a ledger."""
    return SetupError(say("ledger-not-in-folder", folder=str(folder)))


def run_on_record(ledger: Ledger, run_id: str) -> Run:
    """Return a run by its id.

    Raises:
        Refused: the ledger does not hold it.
    """
    run = ledger.run(run_id)
    if run is None:
        raise Refused(say("run-not-in-ledger", run=run_id))
    return run


def require_same_site(ledger: Ledger, systems: Systems, run: Run) -> Run:
    """Return the run, if the settings still name the site that it was made with.

    Raises:
        Refused: they name another.
    """
    company = run.company
    if company not in books_here(ledger, systems):
        raise Refused(
            say(
                "run-of-other-site",
                run=run.id,
                theirs=f"{company.site} ({company.manage})",
                ours=f"{systems.site} ({systems.manage_company})",
            )
        )
    return run


def reviewed_rows(ledger: Ledger, systems: Systems, policy: Policy, run_id: str) -> Reviewed:
    """Return the run behind a workbook with its rows as reviewed, if it may still be pushed.

    Raises:
        Refused: the run is unknown here, belongs to another site, was superseded, read Sage incompletely, or the
            settings that decide have changed since.
    """
    run = require_same_site(ledger, systems, run_on_record(ledger, run_id))
    reviewed = Reviewed(run=run, rows=ledger.reviewed(run_id))
    if why := why_not_pushed(ledger, policy, reviewed):
        raise Refused(*why)
    return reviewed


def keep_decisions(
    ledger: Ledger, person: Person, clock: Clock, reviewed: Reviewed, decisions: Iterable[Decision]
) -> tuple[Sequence[Decision], Sequence[Text]]:
    """Record what a workbook's reviewer decided, and what that holds or releases, unless it is on record already.

    Of a workbook that a newer review has taken the place of, only what somebody has changed in it is recorded.

    Returns:
        The decisions with the days that they hold until, and what is said of days that cannot be.
    """
    run, now = reviewed.run, clock.now()
    before = ledger.decisions(run.id)
    judged, said = days_to_hold(decisions, reviewed.rows, before, day_of(now, clock.today()))
    kept = ledger.holds(run.company)
    holds = holds_decided(judged, run, reviewed.rows, before, kept, person.user, now)
    if ledger.replaced_by(run) is None:
        new = judged if {each.key: _stored(each) for each in judged} != before else []
    else:
        new = touched(ledger, reviewed, judged)
    if new or holds:
        ledger.decide(run.id, new, holds)
    return judged, said


def decision_on_record(ledger: Ledger, reviewed: Reviewed, row: Proposal) -> Decision:
    """Return the last decision on a row of a review; where nobody has decided yet, as the review showed it."""
    known = ledger.decisions(reviewed.run.id).get(row.key)
    return known or _as_shown(row, item_of(ledger.open_items(reviewed.run.company, before=reviewed.run.id), row))


def touched(ledger: Ledger, reviewed: Reviewed, decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that are neither what the review showed nor what is on record of it."""
    run = reviewed.run
    items = ledger.open_items(run.company, before=run.id)
    known = {row.key: _as_shown(row, item_of(items, row)) for row in reviewed.rows.values()}
    known |= ledger.decisions(run.id)
    return [each for each in decisions if each.key in known and (each.no_day or _stored(each) != known[each.key])]


def _as_shown(row: Proposal, item: OpenItem | None) -> Decision:
    return Decision(
        key=row.key,
        approve=row.approve,
        note=item.note if item else "",
        owner=item.owner if item else "",
        until=row.hold.until if row.hold else None,
    )


def _stored(decision: Decision) -> Decision:
    return replace(decision, invoice="", blank=False, no_day="")


def earlier_review(ledger: Ledger, systems: Systems, made: MadeFrom, file: str) -> Reviewed:
    """Return the run behind a file that is to be written over, so that what was decided in it is kept.

    Raises:
        SetupError: it is another company's or another user's, or was made from another ledger of the same runs, so that
            its rows and the work in it are not those on record here.
    """
    run, other = ledger.run(made.run), say("sync-file-of-other-review", file=file)
    if run is None or run.company not in books_here(ledger, systems):
        raise SetupError(other)
    if said := unlike_printed(ledger, made.printed):
        raise SetupError(*said, other)
    return rows_of_run(ledger, made.run)


def rows_of_run(ledger: Ledger, run_id: str) -> Reviewed:
    """Return a run with its rows as shown, whether or not it may still be pushed. Raises as `run_on_record`."""
    return Reviewed(run=run_on_record(ledger, run_id), rows=ledger.reviewed(run_id))


def why_not_pushed(ledger: Ledger, policy: Policy, reviewed: Reviewed) -> tuple[Text, ...]:
    """Return why a review can never be pushed any more; empty where it can."""
    run = reviewed.run
    newer = ledger.replaced_by(run)
    if newer is not None:
        return (say("push-workbook-superseded", run=run.id, newer=newer.id, user=newer.person.user),)
    if run.policy != policy.fingerprint():
        return (say("push-policy-changed"),)
    lost = (ledger.evidence(run.id) or Evidence()).proof(reviewed.rows.values(), {}).differences
    return (say("push-sage-read-incomplete"), *lost) if lost else ()


def books_here(ledger: Ledger, systems: Systems) -> list[Company]:
    """Return the books on record that the site of the settings was used with, first those of its very address.

    Manage is asked which site it is only where the address is not on record, but sites that said which they are.
    """
    known, here = ledger.companies(), Company(sage="", site=systems.site, manage=systems.manage_company)
    if spelled := [each for each in known if spelled_alike(each, here)]:
        says = next((known[each] for each in spelled if known[each]), None)
    else:
        says = systems.manage.says if any(known.values()) else None
    same = [each for each in known if same_site(each, known[each], here, says)]
    return sorted(same, key=lambda each: (each.site, each.manage) != (here.site, here.manage))


def pinned_books(ledger: Ledger, systems: Systems) -> Company | None:
    """Return the books that the site was first used with; None before the first run."""
    return next(iter(books_here(ledger, systems)), None)


def first_push(ledger: Ledger, books: Company) -> tuple[Text, ...]:
    """Return what is proposed before the first push to a site; nothing where one was written to before."""
    return () if ledger.known(books).written else (say("push-first-to-site", site=books.site),)


def new_address(ledger: Ledger, systems: Systems, books: Company) -> tuple[Text, ...]:
    """Return what is said where books are used with a site for the first time, or with one by another address or name.

    Args:
        ledger: before the run is on record.
        systems: the site of the settings.
        books: and the site that it is on record as.
    """
    known, says = ledger.companies(), systems.manage.says
    if books not in known:
        before = [each for each in known if each.sage == books.sage]
        return tuple(say("sync-books-at-other-site", site=each.site, manage=each.manage) for each in before[-1:])
    said = known[books]
    if not spelled_alike(books, Company(sage="", site=systems.site, manage=systems.manage_company)):
        return (say("sync-site-known-again", site=books.site, manage=books.manage, found=systems.site),)
    if says is not None and said is not None and says.company_name != said.company_name:
        return (say("sync-site-renamed", found=says.company_name, known=said.company_name),)
    return ()


def require_same_books(
    pinned: Company | None, before: BooksMark | None, systems: Systems, reading: Reading, said: SiteSays | None = None
) -> tuple[Company, tuple[Text, ...]]:
    """Return books and site as one company, if the books are as pinned and known before; and what was cleared there.

    Args:
        pinned: the books that the site was first used with; None before the first run.
        before: what they were known by then.
        systems: both.
        reading: of the books, now.
        said: what the site said of itself before.

    Raises:
        Refused: they are another company's, or an older copy; or another company's site answers at the address.
    """
    says = systems.manage.says
    if says is not None and said is not None and says.company_id.casefold() != said.company_id.casefold():
        found, known = says.company_id, said.company_id
        raise Refused(say("sync-site-of-other-company", site=systems.site, found=found, known=known))
    if pinned is not None and pinned.sage != reading.company:
        raise Refused(say("sync-books-of-other-company", found=reading.company, site=systems.site, pinned=pinned.sage))
    company = pinned or Company(sage=reading.company, site=systems.site, manage=systems.manage_company)
    if before is None:
        return company, ()
    if why := why_older(before, reading):
        raise Refused(why, say("sync-older-books-open", company=company.sage))
    return company, cleared(before, reading)


MOST_SKEW = timedelta(minutes=5)
"""Clocks that differ by less are taken to agree."""
A_DAY = timedelta(days=1)


def require_clock(manage: ManageSite) -> tuple[Text, ...]:
    """Return what is said where this computer's clock is not Manage's, or where no answer told Manage's time.

    A site that tells no time stops nothing: no window and no watermark rests on its clock.

    Raises:
        Refused: they are a day apart: windows and watermarks would be wrong.
    """
    if manage.clock_skew is None:
        return (say("manage-clocks-not-compared"),) if manage.requests else ()
    skew = abs(manage.clock_skew)
    if skew <= MOST_SKEW:
        return ()
    apart = say("manage-clocks-apart", minutes=round(skew / timedelta(minutes=1)))
    if skew >= A_DAY:
        raise Refused(apart)
    return (apart,)


def require_quiet(ledger: Ledger, now: datetime, quiet: timedelta) -> None:
    """Let nothing be sent too soon after a ledger was rebuilt, or found to be an older one or a copy.

    The one before it may have known of a write whose answer never came: that must not meet a second one.

    Args:
        ledger: this one.
        now: the moment.
        quiet: how long a late write may still arrive.

    Raises:
        Refused: says how many minutes are left.
    """
    since = ledger.ends_since_rebuilt()
    if minutes := _minutes_left(since[0].at if since else None, now, quiet):
        raise Refused(say("push-wait-after-rebuild", minutes=minutes))
    if minutes := _minutes_left(ledger.doubtful_since(), now, quiet):
        raise Refused(_LEDGER_OLDER, say("push-wait-minutes", minutes=minutes))


def _minutes_left(since: datetime | None, now: datetime, quiet: timedelta) -> int:
    return max(0, ceil((quiet - (now - since)) / timedelta(minutes=1))) if since else 0


def forgotten(ledger: Ledger) -> tuple[Text, ...]:
    """Return what is said where a ledger took the place of one of which not all could be read; see `holds_lost`."""
    lost = holds_lost(ledger.ends_since_rebuilt())
    return forgotten_by(Former(), lost.at) if lost else ()


def forgotten_by(former: Former, at: datetime) -> tuple[Text, ...]:
    """Return what is said of a lost ledger whose place another one takes at a moment, unless all of it was read."""
    return () if former.whole else (say("ledger-holds-not-known", day=day_of(at, None)),)


def knows_all(ledger: Ledger) -> bool:
    """Return whether what a ledger does not hold never was: it took the place of no other, and is not in doubt."""
    return not ledger.ends_since_rebuilt() and ledger.doubtful_since() is None


def ledger_in_doubt(ledger: Ledger) -> tuple[Text, ...]:
    """Return what is said of a ledger that is older than it has been, or a copy."""
    return () if ledger.doubtful_since() is None else (_LEDGER_OLDER,)


_LEDGER_OLDER = say("ledger-older-or-copied")
