"""The practice site as one Flask application: the API, Invoice Search, and what keeps both on this computer."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from http import HTTPStatus

from flask import Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from sync.sandbox.api import add_api, failed, is_api
from sync.sandbox.login import COMPANY, PRIVATE_KEY, PUBLIC_KEY, Login, Permission
from sync.sandbox.page import add_page
from sync.sandbox.store import Store

LARGEST_BODY = 1_000_000
_LOCAL_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.ASCII | re.IGNORECASE)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def create_app(
    store: Store,
    *,
    company: str = COMPANY,
    keys: tuple[str, str] = (PUBLIC_KEY, PRIVATE_KEY),
    permissions: AbstractSet[Permission] = frozenset(Permission),
) -> Flask:
    """Build the practice site over a store.

    Args:
        store: its state.
        company: the company id that logs in.
        keys: the API member's public and private key.
        permissions: what the API member's security role grants; a set that is changed meanwhile takes effect at once.

    Returns:
        The application, to be served on this computer only.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.before_request(_check_host)
    app.after_request(_protect)
    app.register_error_handler(HTTPException, _failed)
    login = Login(company=company, public_key=keys[0], private_key=keys[1], permissions=permissions)
    add_api(app, store, login)
    add_page(app, store)
    return app


def _check_host() -> None:
    """Refuse another host's name, so that no web page elsewhere can reach this site by pointing its own name here."""
    if not _LOCAL_HOST.fullmatch(request.headers.get("Host", "")):
        abort(HTTPStatus.BAD_REQUEST, "This site answers to 127.0.0.1 and localhost only.")


def _protect(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _failed(error: HTTPException) -> Response:
    """Programs get Manage's error record, people a page."""
    if is_api(request.path):
        return failed(error)
    return Response(render_template("failed.html", error=error), error.code)
