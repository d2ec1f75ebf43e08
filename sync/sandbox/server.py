"""Serves the practice site on this computer, and nowhere else."""

from __future__ import annotations

import socket
from threading import Thread
from types import TracebackType
from typing import Self

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sync.core.errors import SetupError
from sync.core.words import say
from sync.sandbox.app import create_app
from sync.sandbox.store import Store

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
        except OSError:
            raise SetupError(
                say(
                    "Port {port} is taken by another program. End that program, then try again; or move the "
                    "practice site to a free port with tieout sandbox --port 0 and the same --profile or --config, and "
                    "sync anew.",
                    port=str(self._port),
                )
            ) from None
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
