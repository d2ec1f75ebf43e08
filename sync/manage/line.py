"""The line to Manage: where the API is, one request at a time, and patience with reads. Writes get none of it."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests

from sync.core.errors import Part, SetupError
from sync.core.words import Text, say
from sync.manage import faults
from sync.manage.conditions import query
from sync.manage.pace import Pace
from sync.manage.session import CONNECT_SECONDS
from sync.manage.wire import CompanyInfo, decode

Shape = TypeVar("Shape")
ATTEMPTS = 4
LONGEST_WAIT = 60.0
OK = 200
NOT_FOUND = 404
TOO_MANY = 429
PASSING = frozenset({TOO_MANY, 500, 502, 503, 504})


class Line:
    """Sends requests to one site for one login, and counts them.

    Attributes:
        requests: sent so far, by all threads.
        clock_skew: how far this computer's clock is ahead of Manage's, once something was answered.
        pace: when the next request may go.
    """

    def __init__(
        self,
        session: requests.Session,
        site: str,
        company: str,
        timeout: float,
        pace: Pace | None = None,
    ) -> None:
        self.session = session
        self.site = site
        self.requests = 0
        self.clock_skew: timedelta | None = None
        self._company = company
        self._timeout = (CONNECT_SECONDS, timeout)
        self.pace = pace or Pace()
        self._waited = 0.0
        self._base: str | None = None
        self._counting = threading.Lock()
        self._looking_up = threading.Lock()

    def base(self) -> str:
        """The API's address, looked up once.

        Raises:
            SetupError: Manage knows no such company.
            Unavailable: no answer.
        """
        with self._looking_up:
            if self._base is None:
                self._base = self._look_up()
            return self._base

    def send(self, method: str, url: str, **more: object) -> requests.Response:
        """Send one request, once; never redirected.

        Raises:
            requests.RequestException: no complete answer.
        """
        gone = self.pace.turn()
        with self._counting:
            self.requests += 1
        response = self.session.request(
            method,
            url,
            timeout=self._timeout,
            allow_redirects=False,
            **more,  # type: ignore[arg-type] # passed on as given
        )
        self._note_clock(response)
        with self._counting:
            self._waited += response.elapsed.total_seconds()
        if response.status_code == TOO_MANY:
            self.pace.slow(gone)
        return response

    @property
    def latency(self) -> float:
        """Seconds until Manage answers, on average so far; 0 before the first request."""
        return self._waited / max(1, self.requests)

    def get(
        self, path: str, shape: type[Shape], what: Text, parameters: Mapping[str, object], **headers: str
    ) -> tuple[Shape, requests.Response]:
        """Read something, trying again where that can help.

        Args:
            path: below the API's address, such as `/finance/invoices`.
            shape: what the JSON must be.
            what: what is asked, as a verb, for messages.
            parameters: of the query.
            headers: further headers; underscores stand for hyphens.

        Raises:
            SetupError: login, permission or address.
            Unavailable: no complete answer of that shape.
        """
        base = self.base()
        response = self._patient(self._url(base, path, parameters), headers)
        if response.status_code == NOT_FOUND and self._moved(base):
            response = self._patient(self._url(self.base(), path, parameters), headers)
        if response.status_code != OK:
            raise faults.refused(response, what)
        return self.decoded(response, shape), response

    def url_room(self, path: str, parameters: Mapping[str, object]) -> int:
        """How many characters a URL with these parameters has already."""
        return len(self._url(self.base(), path, parameters))

    def _look_up(self) -> str:
        response = self._patient(f"{self.site}/login/companyinfo/{quote(self._company, safe='')}", {})
        if response.status_code != OK:
            raise faults.refused(response, say("read the company's address"))
        info = self.decoded(response, CompanyInfo | None)  # type: ignore[arg-type] # a union is a shape too
        if info is None:
            raise SetupError(
                say(
                    "Manage at {site} knows no company {company}. Correct it in the settings.",
                    site=self.site,
                    company=self._company,
                ),
                parts=[Part.ADDRESS, Part.COMPANY],
            )
        return f"{self.site}/{info.codebase.strip('/')}/apis/3.0"

    def _moved(self, old: str) -> bool:
        """Whether a cloud site has changed its address since it was looked up, as it does on upgrades."""
        with self._looking_up:
            if self._base == old:
                self._base = self._look_up()
            return self._base != old

    def _url(self, base: str, path: str, parameters: Mapping[str, object]) -> str:
        return f"{base}{path}?{query(parameters)}" if parameters else f"{base}{path}"

    def _patient(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """Read, and read again after a pause where the fault may pass."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                response = self.send("GET", url, headers=named)
            except requests.RequestException as error:
                if last or isinstance(error, requests.exceptions.SSLError):
                    raise faults.unreachable(error, self.site) from None
                wait, pause = None, self.pace.wait
            else:
                if last or response.status_code not in PASSING:
                    return response
                wait = retry_after(response)
                pause = self.pace.rest if response.status_code == TOO_MANY else self.pace.wait
            pause(wait if wait is not None else random.uniform(0.5, 1.0) * 2 ** (attempt - 1))  # noqa: S311 - jitter, not a secret
        raise AssertionError  # the last attempt returns or raises

    def decoded(self, response: requests.Response, shape: type[Shape]) -> Shape:
        """What an answer says.

        Raises:
            Unavailable: it is not of that shape.
        """
        try:
            return decode(response.content, shape)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise faults.not_manage(self.site) from None

    def _note_clock(self, response: requests.Response) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self.clock_skew = datetime.now(UTC) - theirs


def retry_after(response: requests.Response) -> float | None:
    """Seconds that Manage asks to wait, at most a minute; None when it says nothing usable."""
    text = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(seconds, LONGEST_WAIT) if 0 <= seconds < float("inf") else None
