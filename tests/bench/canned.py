"""A Manage site that costs next to nothing: a process of its own, answers made beforehand, a pause for each request.

The practice site would be measured itself. This one knows three things: pages of invoices by number or by ranges of
ids, how many there are, and one payment record for each invoice. `python -m tests.bench.canned COUNT LATENCY` says its
port.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

from tests.bench.figures import ROOT

FIRST = 100_000
CUSTOMERS = 500
_ABOVE = re.compile(r"id > (\d+) and \(")
_RANGE = re.compile(r"id > (\d+) and id <= (\d+)")
_NUMBER = re.compile(r'"(\d+)"')
_PAYMENTS = re.compile(r"/invoices/(\d+)/payments")


def invoice(number: int) -> bytes:
    """An invoice as Manage sends it; the paid amount is not kept up to date."""
    total, customer = 100 + number % 7 / 4, number % CUSTOMERS
    shown = {
        "id": number,
        "invoiceNumber": str(FIRST + number),
        "type": "Standard",
        "status": {"name": "Closed", "isClosed": True},
        "company": {
            "id": number % CUSTOMERS,
            "identifier": f"C{number % CUSTOMERS}",
            "name": f"Client {customer}",
        },
        "accountNumber": f"Client {customer}",
        "currency": {"currencyCode": "CAD"},
        "date": f"2026-02-{number % 28 + 1:02d}T00:00:00Z",
        "total": total,
        "payments": 0.0,
        "credits": 0.0,
        "balance": total,
    }
    return json.dumps(shown).encode()


class Site:
    """Answers by address."""

    def __init__(self, count: int) -> None:
        self.ids = list(range(1, count + 1))
        self.bodies = [invoice(number) for number in self.ids]
        self.records: dict[str, bytes] = {}
        self.arrived: list[float] = []

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes] | tuple[int, bytes, bool]:
        """Status and JSON, and whether there is a next page."""
        parts = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.startswith("/login"):
            return 200, b'{"Codebase": "v2025_1/"}'
        if parts.path == "/arrived":
            return 200, json.dumps(self.arrived).encode()
        if parts.path == "/forget":
            self.records.clear()
            self.arrived.clear()
            return 200, b"{}"
        if on := _PAYMENTS.search(parts.path):
            return self._payments(method, on[1], body)
        if parts.path.endswith("/count"):
            return 200, b'{"count": %d}' % len(self.ids)
        page = self._page(asked)
        size = int(asked["pageSize"])
        return 200, b"[" + b",".join(page[:size]) + b"]", len(page) > size

    def _payments(self, method: str, invoice_id: str, body: bytes) -> tuple[int, bytes]:
        if method == "POST":
            sent = json.loads(body) | {"id": int(invoice_id), "invoice": {"id": int(invoice_id)}}
            self.records[invoice_id] = json.dumps(sent).encode()
            return 201, self.records[invoice_id]
        return 200, b"[" + self.records.get(invoice_id, b"") + b"]"

    def _page(self, asked: dict[str, str]) -> list[bytes]:
        size, conditions = int(asked["pageSize"]), asked.get("conditions", "")
        if "page" in asked:
            end = len(self.ids) - (int(asked["page"]) - 1) * size
            return self.bodies[max(0, end - size - 1) : max(0, end)][::-1]
        if "invoiceNumber" in conditions:
            return [self.bodies[int(number) - FIRST - 1] for number in _NUMBER.findall(conditions)]
        narrowed = _ABOVE.match(conditions)
        after, found = int(narrowed[1]) if narrowed else 0, []
        for above, up_to in _RANGE.findall(conditions) or [("0", str(2**31))]:
            start = bisect_right(self.ids, max(int(above), after))
            found += self.bodies[start : bisect_right(self.ids, int(up_to))]
        return found[: size + 1]


def _talk(connection: socket.socket, site: Site, latency: float) -> None:
    """Answer one connection for as long as it lasts."""
    with connection, connection.makefile("rb") as stream:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while line := stream.readline():
            arrived = time.monotonic()
            method, target, _ = line.decode().split()
            length = 0
            while (header := stream.readline()) not in {b"\r\n", b""}:
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            status, content, *more = site.answer(method, target, stream.read(length))
            link = 'Link: <x>; rel="next"\r\n' if any(more) else ""
            if not target.startswith(("/arrived", "/forget")):
                site.arrived.append(arrived)
                time.sleep(max(0.0, latency - (time.monotonic() - arrived)))
            head = f"HTTP/1.1 {status} OK\r\nDate: {formatdate(usegmt=True)}\r\n{link}"
            head += f"Content-Length: {len(content)}\r\n\r\n"
            connection.sendall(head.encode() + content)


def serve(count: int, latency: float) -> None:
    """Serve until standard input ends."""
    site = Site(count)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_talk, args=(connection, site, latency), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)  # noqa: T201 - whoever started it reads the port
    sys.stdin.read()


@contextmanager
def canned(count: int, latency: float) -> Iterator[str]:
    """A site of so many invoices, each request answered after so many seconds. Gives its address."""
    command = [sys.executable, "-m", "tests.bench.canned", str(count), str(latency)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.communicate("")


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]))
