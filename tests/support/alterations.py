"""Sites that are not as the sample is: the company's tables altered in a copy, and Manage's answers on their way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import requests
from msgspec import Struct
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.practice.sample_company import TABLES, SampleCompany, fill
from sync.practice.world import Practice
from tests.support.mariadb import READER, MariaDb


class SampleCopies:
    """The sample company in MariaDB, filled once; each alteration is done to a copy of it."""

    def __init__(self, server: MariaDb, company: SampleCompany) -> None:
        self._server = server
        self._base = server.new_database()
        with closing(server.admin(self._base)) as admin:
            fill(admin, company, sqlite=False)

    def altered(self, statements: Sequence[str]) -> str:
        """Return the name of a new copy, after these statements."""
        name = self._server.new_database()
        with closing(self._server.admin(name)) as admin:
            for table in TABLES:
                admin.execute(f"CREATE TABLE {table} LIKE {self._base}.{table}")
                admin.execute(f"INSERT INTO {table} SELECT * FROM {self._base}.{table}")
            for statement in statements:
                admin.execute(statement)
        return name

    def section(self, database: str) -> str:
        """Return the lines of the settings that name a copy."""
        return f'host = "127.0.0.1"\nport = {self._server.port}\ndatabase = "{database}"\nuser = "{READER}"'


class Answer(Struct, frozen=True):
    """What Manage answers, before it arrives."""

    status: int
    body: Any


Change = Callable[[str, Answer], Answer]
"""Takes a path with its query, then what the request accepts; and what is answered there."""


@contextmanager
def relayed(site: HTTPServer, practice: Practice, change: Change) -> Iterator[str]:
    """Run a site that answers what the practice site does, changed; its address."""

    def relay(request: Request) -> Response:
        path = request.full_path.rstrip("?")
        headers = {name: value for name, value in request.headers if name not in {"Host", "Content-Length"}}
        given = requests.request(
            request.method, practice.url.rstrip("/") + path, headers=headers, data=request.get_data(), timeout=30
        )
        found = change(
            f"{path} {request.headers.get('Accept', '')}",
            Answer(given.status_code, json.loads(given.content) if given.content else None),
        )
        links = {"Link": given.headers["Link"]} if "Link" in given.headers else {}
        return Response(json.dumps(found.body), found.status, links, content_type="application/json")

    site.clear()
    site.expect_request(re.compile(".*")).respond_with_handler(relay)
    yield site.url_for("").rstrip("/")


def refusing(pattern: str, status: int, message: str = "not here") -> Change:
    """Refuse whatever matches a pattern, in Manage's own form."""

    def change(path: str, answer: Answer) -> Answer:
        return Answer(status, {"code": "Refused", "message": message}) if re.search(pattern, path) else answer

    return change


def editing(pattern: str, edit: Callable[[dict[str, object]], object]) -> Change:
    """Edit every record of what matches a pattern."""

    def change(path: str, answer: Answer) -> Answer:
        if re.search(pattern, path) and answer.status == 200:
            for record in answer.body if isinstance(answer.body, list) else [answer.body]:
                edit(record)
        return answer

    return change
