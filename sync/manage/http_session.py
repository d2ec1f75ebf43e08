"""The session with Manage: how it logs in, spaces its requests, reads patiently, and sends a write once."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests

from sync import __version__
from sync.core.values.errors import LoginPart, SetupError
from sync.core.values.messages import Text, say
from sync.core.values.runs import SiteSays
from sync.manage import manage_errors
from sync.manage.answer_limits import Deadline, EndlessAnswerError, WatchedAdapter, read_whole
from sync.manage.office_network import trusting, wants_login
from sync.manage.payloads import decode
from sync.settings.manage_route import Route
from sync.system.log import words_of

Shape = TypeVar("Shape")
_log = logging.getLogger(__name__)
READ_ATTEMPTS = 4
PAUSE = 0.5, 1.0
"""Between how many seconds the pause after a first attempt lasts; after each further one twice as long."""
LONGEST_WAIT = 60.0
PATIENCE = 150.0
"""Seconds that a session waits in all for a site that does not answer or asks it to wait."""
OK = 200
NOT_FOUND, TIMED_OUT = 404, 408
PASSING = frozenset({TIMED_OUT, manage_errors.TOO_MANY, 500, 502, 503, 504})


class Pace:
    """Spaces requests, whichever thread sends them: never more than `per_minute` in any sixty seconds.

    A twentieth of a minute's requests may go at once after a pause, so that reading a site's pages waits for nothing.
    Without `per_minute` only Manage's own "wait" is kept.

    Attributes:
        spacing: seconds from one request to the next when many follow each other.
    """

    def __init__(
        self,
        per_minute: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        minute: float = 60.0,
    ) -> None:
        at_once = max(1, (per_minute or 0) // 20)
        # Requests that leave apart may arrive closer together, hence a little more than a minute.
        self.spacing = (minute + 0.2) / (per_minute - at_once + 1) if per_minute else 0.0
        self._saved = self.spacing * (at_once - 1)
        self._clock, self._sleep = clock, sleep
        self._next = float("-inf")
        self._lock = threading.Lock()

    def turn(self) -> None:
        """Wait until one more request may go, and let it go."""
        while True:
            self.wait_for_turn()
            with self._lock:
                now = self._clock()
                if self._next <= now:
                    self._next = max(self._next, now - self._saved) + self.spacing
                    return

    def wait_for_turn(self) -> None:
        """Wait until one more request may go, without taking its turn."""
        while (left := self._next - self._clock()) > 0:
            self._sleep(max(left, 0.001))  # never so short that the clock would not move

    def rest(self, seconds: float) -> None:
        """Hold back all requests, from every thread, for this many seconds."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)


class ManageSession:
    """Sends requests to one site for one login, and counts them.

    Attributes:
        requests: sent so far, by all threads.
        clock_skew: how far this computer's clock is ahead of Manage's; None as long as no answer told its time.
        pace: when the next request may go.
        route: how the site is reached.
        version: of the API, which each request asks for; empty for whichever is current.
        current_version: which one the last answer said is current; empty where none did.
        says: what the site said of itself when its address was looked up; None before, or where it said too little.
        version_refused: what Manage said when it took the version no more; None where it did not.
    """

    def __init__(
        self,
        session: requests.Session,
        site: str,
        company: str,
        timeout: float,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        version: str = "",
        route: Route | None = None,
    ) -> None:
        self.session = session
        self.route = route or Route()
        self.current_version = ""
        self.version_refused: Text | None = None
        self.ask_for_version(version)
        self.site = site
        self.requests = 0
        self.clock_skew: timedelta | None = None
        self._company = company
        self._timeout = (CONNECT_SECONDS, timeout)
        self.pace = pace or Pace()
        self._clock = clock
        self._waited = self._lost = 0.0
        self._troubled_to = float("-inf")
        self._base: str | None = None
        self.says: SiteSays | None = None
        self._counting = threading.Lock()
        self._looking_up = threading.Lock()

    def base(self) -> str:
        """Return the API's address, looked up once.

        Raises:
            SetupError: Manage knows no such company, or another one than before.
            Unavailable: no answer.
        """
        with self._looking_up:
            if self._base is None:
                self._base = self._look_up()
            return self._base

    def send(self, method: str, url: str, **more: object) -> requests.Response:
        """Send one request, once; never redirected. The answer has come whole.

        Raises:
            requests.RequestException: no complete answer, or one beyond the limits in seconds and bytes.
        """
        self.pace.turn()
        with self._counting:
            self.requests += 1
        begun = time.monotonic()
        try:
            with Deadline(self._timeout[1]) as deadline:
                response = self.session.request(
                    method,
                    url,
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                    **more,  # type: ignore[arg-type] # passed on as given
                )
                read_whole(response, deadline)
        except requests.RequestException as error:
            _log.warning("%s %s: no answer after %d ms: %s", method, url, (time.monotonic() - begun) * 1000, error)
            raise
        size, took = len(response.content), (time.monotonic() - begun) * 1000
        _log.info("%s %s: status %d, %d ms, %d bytes", method, url, response.status_code, took, size)
        if not response.ok or response.is_redirect:
            _log_answer(response)
        self._note_clock(response)
        self._note_version(response)
        with self._counting:
            self._waited += response.elapsed.total_seconds()
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
        response = self._read(self._url(base, path, parameters), headers)
        if response.status_code == NOT_FOUND and self._looked_up_again(base):
            response = self._read(self._url(self.base(), path, parameters), headers)
        if response.status_code != OK:
            raise manage_errors.refused(response, what)
        return self.decoded(response, shape), response

    def url_room(self, path: str, parameters: Mapping[str, object]) -> int:
        """Return how many characters a URL with these parameters has already."""
        return len(self._url(self.base(), path, parameters))

    def _look_up(self) -> str:
        response = self._read(f"{self.site}/login/companyinfo/{quote(self._company, safe='')}", {})
        if response.status_code != OK:
            raise manage_errors.refused(response, say("manage-to-read-company-address"))
        info = self.decoded(response, dict[str, object] | None)  # type: ignore[arg-type] # a union is a shape too
        if info is None:
            raise SetupError(
                say("manage-company-unknown", site=self.site, company=self._company),
                parts=[LoginPart.ADDRESS, LoginPart.COMPANY],
            )
        told = {name.casefold(): each for name, each in info.items()}
        codebase, company_id, name = (told.get(each) for each in ("codebase", "companyid", "companyname"))
        if isinstance(company_id, str) and isinstance(name, str) and company_id.strip() and name.strip():
            self._note_whose(SiteSays(company_id=company_id.strip(), company_name=name.strip()))
        place = codebase.strip(" /") if isinstance(codebase, str) else ""
        if not place:
            raise manage_errors.not_manage(response, self.site)
        return f"{self.site}/{place}/apis/3.0"

    def _note_whose(self, says: SiteSays) -> None:
        """Keep what a site says of itself. Raises SetupError where it said before that it is another company's."""
        if self.says is not None and self.says.company_id.casefold() != says.company_id.casefold():
            found, known = says.company_id, self.says.company_id
            said = say("sync-site-of-other-company", site=self.site, found=found, known=known)
            raise SetupError(said, parts=[LoginPart.ADDRESS])
        self.says = says

    def _looked_up_again(self, old: str) -> bool:
        """Return whether a cloud site has changed its address since it was looked up, as it does on upgrades."""
        with self._looking_up:
            if self._base == old:
                self._base = self._look_up()
            return self._base != old

    def _url(self, base: str, path: str, parameters: Mapping[str, object]) -> str:
        return f"{base}{path}?{query_string(parameters)}" if parameters else f"{base}{path}"

    def spend_patience(self, wait: float, begun: float | None = None) -> float | None:
        """Return the seconds to wait before trying again; None once all troubles of this session have lasted too long.

        Waits of threads side by side are one wait: a push of many rows to a site in maintenance loses a minute or two,
        and not that for each row.

        Args:
            wait: as long as Manage asks for, or as would do.
            begun: when the request was begun that got no answer, by the session's clock: the wait for it counts too.
        """
        with self._counting:
            now = self._clock()
            lost = max(0.0, now + wait - max(now if begun is None else begun, self._troubled_to))
            if self._lost + lost > PATIENCE:
                return None
            self._lost += lost
            self._troubled_to = max(self._troubled_to, now + wait)
            return wait

    def _read(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """Read; where Manage does not take the version of its API, once more without one, as from then on.

        Versions are withdrawn in the cloud, and older servers do not know newer ones, be it at one place only.
        """
        response = self._get_with_retries(url, headers)
        if "version=" in response.request.headers.get("Accept", "") and manage_errors.refuses_version(response):
            with self._counting:
                if self.version:
                    said = manage_errors.words(response)
                    self.version_refused = say("manage-version-given-up", version=self.version, said=said)
                    self.ask_for_version("")
            return self._get_with_retries(url, headers)
        return response

    def ask_for_version(self, version: str) -> None:
        """Ask for a version of the API from now on; for whichever is current where it is empty."""
        self.version = version
        self.session.headers["Accept"] = f"{MODEL}; version={version}" if version else "application/json"

    def _get_with_retries(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """Read, and read again after a pause where the fault may pass."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for attempt in range(1, READ_ATTEMPTS + 1):
            begun, pause = self._clock(), random.uniform(*PAUSE) * 2 ** (attempt - 1)  # noqa: S311 - jitter, not a secret
            last = attempt == READ_ATTEMPTS
            try:
                response = self.send("GET", url, headers=named)
            except requests.RequestException as error:
                endless = isinstance(error, EndlessAnswerError) and attempt > 1
                final = last or endless or manage_errors.untrusted(error) or wants_login(error)
                wait = None if final else self.spend_patience(pause, begun)
                if wait is None:
                    raise manage_errors.unreachable(error, self.site, self.route) from error
            else:
                asked = retry_after(response)
                passing = response.status_code in PASSING and not last
                wait = self.spend_patience(pause if asked is None else asked, begun) if passing else None
                if wait is None:
                    return response
            self.pace.rest(wait)
        raise AssertionError("the last attempt returns or raises")

    def decoded(self, response: requests.Response, shape: type[Shape]) -> Shape:
        """Return the answer's JSON as a value of the given shape.

        Raises:
            Unavailable: it is not of that shape.
        """
        try:
            return decode(response.content, shape)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            _log_answer(response)
            raise manage_errors.not_manage(response, self.site) from error

    def _note_version(self, response: requests.Response) -> None:
        found = response.headers.get("api-current-version", "")
        if found and found != self.current_version:
            asked = self.version or "whichever is current"
            _log.info("Manage's current version of the API is %s; asked for: %s", found, asked)
            self.current_version = found

    def _note_clock(self, response: requests.Response) -> None:
        """Compare clocks. An answer that a cache has kept (`Age`, RFC 9111 5.1) bears the time at which it was made."""
        if response.headers.get("Age", "0").strip() != "0":
            return
        try:
            theirs = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self.clock_skew = datetime.now(UTC) - theirs


def _log_answer(response: requests.Response) -> None:
    """Log an answer that is not what was asked for in the server's own words, which may be a proxy's."""
    kind, target = (response.headers.get(name, "-") for name in ("Content-Type", "Location"))
    words = words_of(response.content)
    _log.warning("%s answers %s (%s, %s): %s", response.url, response.status_code, kind, target, words)


def retry_after(response: requests.Response) -> float | None:
    """Return the seconds that Manage asks to wait, at most a minute; None when it says nothing usable."""
    text = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(seconds, LONGEST_WAIT) if 0 <= seconds < float("inf") else None


CONNECT_SECONDS = 5.0
MODEL = "application/vnd.connectwise.com+json"


def build_session(
    *, company: str, client_id: str, public_key: str, private_key: str, threads: int, route: Route
) -> requests.Session:
    """Build a session for one login.

    Args:
        company: Manage's company id, as used to log in.
        client_id: the integration's client id.
        public_key: of the API member.
        private_key: of the API member.
        threads: how many requests may be under way at once.
        route: whose certificates are trusted beside those of the operating system, and the proxy.

    Returns:
        A session that takes nothing from netrc, proxies or certificate settings in the environment, keeps no cookies
        and never sends anything again by itself.
    """
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.auth = (f"{company}+{public_key}", private_key)
    session.headers.update({"clientId": client_id, "User-Agent": f"Tieout/{__version__}"})
    if route.proxy is not None:
        session.proxies = {"https": route.proxy}  # plain http goes to this computer alone
    adapter = WatchedAdapter(trusting(route), threads)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


URL_LIMIT = 1700
"""Manage promises 2,000 characters of URL and warns from 1,745 on."""
_LEGIBLE = "(),/:"
UNSPELLABLE = frozenset(map(chr, range(32))) | frozenset('"\\')
"""No source says how a condition spells these; Manage might refuse the question, or quietly find nothing."""


def can_be_asked_for(number: str) -> bool:
    """Return whether it is known how a condition spells an invoice number."""
    return UNSPELLABLE.isdisjoint(number)


def quoted(text: str) -> str:
    """Return a text as a condition takes it: in double quotes, opening brackets escaped as Manage's guide says."""
    return '"' + text.replace("[", "[[]") + '"'


def query_string(parameters: Mapping[str, object]) -> str:
    """Return parameters as a query string, with the characters that a condition is full of left legible."""
    return "&".join(f"{name}={quote(str(value), safe=_LEGIBLE)}" for name, value in parameters.items())


def number_conditions(numbers: Iterable[str], room: int) -> Iterator[str]:
    """Yield conditions `invoiceNumber in (…)` that ask for every number once.

    Args:
        numbers: invoice numbers that can be asked for.
        room: how many characters of the URL are left for one encoded condition.

    Yields:
        Conditions, as few as fit.
    """
    start, end = "invoiceNumber in (", ")"
    taken: list[str] = []
    used = empty = len(quote(start + end, safe=_LEGIBLE))
    for number in sorted(numbers):
        item = quoted(number)
        size = len(quote(item, safe=_LEGIBLE)) + 1
        if taken and used + size > room:
            yield start + ",".join(taken) + end
            taken, used = [], empty
        taken.append(item)
        used += size
    if taken:
        yield start + ",".join(taken) + end
