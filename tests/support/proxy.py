"""A small proxy on a real socket: it lets CONNECT through, or answers as proxies do that do not."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PAGE = b"<html><title>Web access denied</title></html>"


@dataclass
class Proxy:
    """What it does, and what it heard.

    Attributes:
        url: its address.
        login: user and password that it wants; empty for anybody.
        answer: the status line with which it refuses everything; empty where it lets through.
        to: where it connects to whatever is asked for; None for what is asked for.
        heard: the first line of each request.
    """

    url: str
    login: str = ""
    answer: str = ""
    to: tuple[str, int] | None = None
    heard: list[str] = field(default_factory=list)

    def serve(self, client: socket.socket) -> None:
        """One connection."""
        with closing(client), suppress(OSError):
            client.settimeout(5)
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := client.recv(65536)):
                    return
                head += more
            lines = head.decode("latin-1").split("\r\n")
            self.heard.append(lines[0])
            wanted = f"Proxy-Authorization: Basic {b64encode(self.login.encode()).decode()}"
            if self.login and wanted not in lines:
                self._refuse(client, "407 Proxy Authentication Required")
            elif self.answer:
                self._refuse(client, self.answer)
            else:
                self._connect(client, lines[0].split()[1])

    def _refuse(self, client: socket.socket, status: str) -> None:
        client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(PAGE)}\r\n\r\n".encode() + PAGE)

    def _connect(self, client: socket.socket, target: str) -> None:
        host, _, port = target.rpartition(":")
        with closing(socket.create_connection(self.to or (host, int(port)), timeout=5)) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(server, client))
            back.start()
            _pump(client, server)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxy() -> Iterator[Proxy]:
    """A proxy for the length of a block."""
    with closing(socket.create_server((HOST, 0))) as listener:
        made = Proxy(url=f"http://{HOST}:{listener.getsockname()[1]}")
        threads: list[threading.Thread] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threads.append(threading.Thread(target=made.serve, args=(client,)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield made
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for each in threads:
                each.join()
