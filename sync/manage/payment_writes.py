"""One write to a payment record: its request, and what the answer proves. Sent once, never redirected."""

from __future__ import annotations

import re

import msgspec
import requests

from sync.core.decide.write_outcome import MIDNIGHT
from sync.core.values import money
from sync.core.values.errors import TieoutError
from sync.core.values.messages import say
from sync.core.values.posting import LATER, Accepted, NoAnswer, NotSent, Refusal, Reply
from sync.core.values.records import Action, Write
from sync.manage import manage_errors, payloads
from sync.manage.http_session import TIMED_OUT, ManageSession, retry_after
from sync.manage.manage_errors import TOO_MANY
from sync.manage.office_network import wants_login
from sync.settings.settings_file import Behaviour, DateClear

METHOD = {Action.CREATE: "POST", Action.CHANGE: "PATCH", Action.DELETE: "DELETE"}
NO_ACCESS = frozenset({401, 403})
VERSION = "version"
FIELDS = ("type", "paymentDate")
"""What a refusal may name, for which a setting tells another way."""
_OF_A_FIELD = frozenset({400, 409, 422})
DEFAULT_WAIT = 5.0
"""Seconds until a write is sent again that Manage was too busy to take, where it does not say how long."""
_WRITE = say("manage-to-write-payment")


def send(session: ManageSession, write: Write, behaviour: Behaviour) -> Reply:
    """Send a write once, and say what the answer is worth; what became of it is for a reading to tell."""
    path = f"/finance/invoices/{write.invoice_id}/payments"
    if write.payment_id is not None:
        path += f"/{write.payment_id}"
    try:
        url = session.base() + path
    except TieoutError as error:
        return NotSent(message=say("manage-write-not-sent", why=error.text))
    content = body(write, behaviour)
    headers = {"Content-Type": "application/json"} if content else {}
    try:
        response = session.send(METHOD[write.action], url, data=content, headers=headers)
    except requests.RequestException as error:
        if not manage_errors.never_left(error):
            return NoAnswer(message=say("manage-write-unsure-no-answer") + LATER)
        why = say("manage-write-not-sent", why=manage_errors.unreachable(error, session.site, session.route).text)
        hopeless = manage_errors.untrusted(error) or wants_login(error)
        return NotSent(message=why, wait=None if hopeless else session.spend_patience(DEFAULT_WAIT))
    return judge(session, response)


def body(write: Write, behaviour: Behaviour) -> bytes | None:
    """Return the JSON of a write; the amount as a number with exactly two decimals, the day at midnight UTC.

    A new record names its invoice and says its type, as the programs do that are known to write payments. What an undo
    restores is sent as it was: the type, the time of day and fractions of a cent too.
    """
    was = write.restores
    exact = str(write.amount + was.beyond) if was and was.beyond else money.plain(write.amount)
    amount = msgspec.Raw(exact.encode())
    time_of_day = (was.time_of_day if was else "") or MIDNIGHT
    moment = f"{write.paid_on.isoformat()}{time_of_day}" if write.paid_on else None
    if write.action is Action.DELETE:
        return None
    if write.action is Action.CREATE:
        kind = was.kind if was else behaviour.payment_type
        fields: dict[str, object] = {"invoice": {"id": write.invoice_id}, "amount": amount}
        fields |= {"type": kind} if kind else {}
        return msgspec.json.encode(fields | ({"paymentDate": moment} if moment else {}))
    changes: list[dict[str, object]] = [{"op": "replace", "path": "amount", "value": amount}]
    if write.paid_on != write.paid_on_before or (moment and time_of_day != MIDNIGHT):
        if moment is None and behaviour.date_clear is DateClear.REMOVE:
            changes.append({"op": "remove", "path": "paymentDate"})
        else:
            changes.append({"op": "replace", "path": "paymentDate", "value": moment})
    return msgspec.json.encode(changes)


def judge(session: ManageSession, response: requests.Response) -> Reply:
    """Return what a complete answer is worth.

    Only 429 promises that nothing was done. A gateway says 502, 503 and 504 for a site that may have taken the request,
    408 says that somebody did not wait, and a page of a proxy's with any status says nothing of Manage.
    """
    code = response.status_code
    if 200 <= code < 300:  # noqa: PLR2004 - the class of successes
        return Accepted(payment_id=_named(response))
    if code == TOO_MANY:
        asked = retry_after(response)
        wait = session.spend_patience(DEFAULT_WAIT if asked is None else asked)
        return NotSent(message=manage_errors.advice(response, _WRITE), wait=wait)
    if 400 <= code < 500 and code != TIMED_OUT and manage_errors.is_manage_s_own(response):  # noqa: PLR2004 - the class of refusals
        message = manage_errors.advice(response, _WRITE)
        return Refusal(message=message, stop=code in NO_ACCESS, names=_named_by(response))
    said = manage_errors.words(response)
    return NoAnswer(message=say("manage-write-unsure-unexpected-status", code=code, said=said) + LATER)


def _named_by(response: requests.Response) -> frozenset[str]:
    """Return what a refusal of Manage's speaks of: the version of its API, or else fields, whatever shape it has."""
    if manage_errors.refuses_version(response):
        return frozenset({VERSION})
    words = str(manage_errors.words(response)) if response.status_code in _OF_A_FIELD else ""
    return frozenset(name for name in FIELDS if re.search(rf"(?i)\b{name}\b", words))


def _named(response: requests.Response) -> int | None:
    """Return the id of the record that Manage says it wrote; None where it names none."""
    try:
        return payloads.decode(response.content, payloads.RecordId).id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
