"""One write to a payment record: its request, and what the answer proves. Sent once, never redirected."""

from __future__ import annotations

import msgspec
import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from sync.behaviour import Behaviour, DateClear
from sync.core import money
from sync.core.errors import TieoutError
from sync.core.posting import Applied, NoAnswer, NotApplied, Reply
from sync.core.records import Action, Write
from sync.core.words import say
from sync.manage import faults, wire
from sync.manage.line import LONGEST_WAIT, Line, retry_after

SUCCESS = {Action.CREATE: 201, Action.CHANGE: 200, Action.DELETE: 204}
METHOD = {Action.CREATE: "POST", Action.CHANGE: "PATCH", Action.DELETE: "DELETE"}
SAID_NO = frozenset({400, 401, 403, 404, 405, 409, 415, 422})
LOGIN = frozenset({401, 403})
BUSY = frozenset({429, 503})
DEFAULT_WAIT = 5.0


def send(line: Line, write: Write, behaviour: Behaviour) -> Reply:
    """Send a write and judge its answer.

    Only an exact success that answers with this very record is Applied; a site may store another amount or date than
    was sent, which the reading back shows. Only a complete refusal, or a request that certainly never left, is
    NotApplied. All else is NoAnswer: the write may or may not have been applied.
    """
    path = f"/finance/invoices/{write.invoice_id}/payments"
    if write.payment_id is not None:
        path += f"/{write.payment_id}"
    try:
        url = line.base() + path
    except TieoutError as error:
        return NotApplied(message=say("Not sent: {why}", why=error.text))
    content = body(write, behaviour)
    headers = {"Content-Type": "application/json"} if content else {}
    try:
        response = line.send(METHOD[write.action], url, data=content, headers=headers)
    except requests.RequestException as error:
        if _never_left(error):
            return NotApplied(message=say("Not sent: {why}", why=faults.unreachable(error, line.site).text))
        return NoAnswer(message=say("Manage gave no clear answer, so it is not known whether this was written."))
    return judge(response, write)


def body(write: Write, behaviour: Behaviour) -> bytes | None:
    """The JSON of a write; the amount as a number with exactly two decimals, the day at midnight UTC."""
    amount = msgspec.Raw(money.plain(write.amount).encode())
    moment = f"{write.paid_on.isoformat()}T00:00:00Z" if write.paid_on else None
    if write.action is Action.DELETE:
        return None
    if write.action is Action.CREATE:
        fields: dict[str, object] = {"amount": amount}
        return msgspec.json.encode(fields | ({"paymentDate": moment} if moment else {}))
    changes: list[dict[str, object]] = [{"op": "replace", "path": "amount", "value": amount}]
    if write.paid_on != write.paid_on_before:
        if moment is None and behaviour.date_clear is DateClear.REMOVE:
            changes.append({"op": "remove", "path": "paymentDate"})
        else:
            changes.append({"op": "replace", "path": "paymentDate", "value": moment})
    return msgspec.json.encode(changes)


def judge(response: requests.Response, write: Write) -> Reply:
    """What a complete answer proves."""
    code = response.status_code
    if code == SUCCESS[write.action]:
        return _echoed(response, write)
    if code in SAID_NO:
        return NotApplied(message=faults.advice(response, "write the payment"), stop=code in LOGIN)
    if code in BUSY:
        wait = retry_after(response)
        return NotApplied(
            message=faults.advice(response, "write the payment"),
            wait=min(DEFAULT_WAIT if wait is None else wait, LONGEST_WAIT),
        )
    return NoAnswer(
        message=say("Manage answered with status {code}, so it is not known whether this was written.", code=code)
    )


def _echoed(response: requests.Response, write: Write) -> Reply:
    if write.action is Action.DELETE:
        return Applied(payment=None)
    try:
        echo = wire.decode(response.content, wire.WirePayment)
        payment = wire.payment(echo, write.invoice_id)
    except (msgspec.MsgspecError, UnicodeDecodeError, money.BadAmountError):
        return NoAnswer(
            message=say("Something other than Manage answered, so it is not known whether this was written.")
        )
    as_sent = (payment.amount, payment.paid_on) == (write.amount, write.paid_on)
    named = echo.invoice.id if echo.invoice else None
    this_record = write.payment_id in {None, payment.id}
    if this_record and (named == write.invoice_id or (named is None and as_sent)):
        return Applied(payment=payment)  # whether it says what was sent is for the reading back to tell
    return NoAnswer(message=say("Manage answered about another payment. Look at the invoice's payments in Manage."))


def _never_left(error: requests.RequestException) -> bool:
    """The connection itself failed, so that no byte of the request can have arrived."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
