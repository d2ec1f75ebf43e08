"""The practice site as one Flask application, served on this computer and nowhere else."""

from __future__ import annotations

import re
import socket
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from threading import Thread
from types import TracebackType
from typing import Self

from flask import Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.practice.api import COMPANY, PRIVATE_KEY, PUBLIC_KEY, Login, Permission, add_api, failed, is_api
from sync.practice.search_page import add_page
from sync.practice.store import Store

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


HOST = "127.0.0.1"


class _QuietHandler(WSGIRequestHandler):
    """Says nothing of requests; errors are still reported."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Server:
    """A practice site on a loopback port, for the length of a block.

    Attributes:
        url: scheme, host and port, without a slash at the end.
    """

    def __init__(self, site: Store | Flask, port: int = 0) -> None:
        """Prepare to serve.

        Args:
            site: a store, served with the published login; or an app made by `create_app`.
            port: 0 for any free one.
        """
        self._app = create_app(site) if isinstance(site, Store) else site
        self._port = port
        self._server: BaseWSGIServer | None = None
        self._thread: Thread | None = None
        self.url = ""

    def __enter__(self) -> Self:
        """Start.

        Raises:
            SetupError: the port is taken.
        """
        try:
            listener = socket.create_server((HOST, self._port))
        except OSError as error:
            raise SetupError(say("practice-port-taken", port=str(self._port))) from error
        with listener:
            self._server = make_server(
                HOST,
                listener.getsockname()[1],
                self._app,
                threaded=True,
                request_handler=_QuietHandler,
                fd=listener.fileno(),
            )
        self.url = f"http://{HOST}:{self._server.port}"
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="practice site", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def stop(self) -> None:
        """Stop answering; harmless when stopped already."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.server_close()
