"""Pages over HTTP: asked for until they come, in bounded time and memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
from urllib3.util import Retry, Timeout

# What may pass by itself; every other status is an answer.
PASSING = (429, 502, 503, 504)
LARGEST_PAGE = 64 << 20
CHUNK = 1 << 16
CONNECT_SECONDS, READ_SECONDS = 10, 60
LONGEST_PAUSE = 300
# Kept free at the end of an invocation.
SECONDS_TO_CLOSE = 15


class Failed(Exception):
    """What a service says cannot be used: one sentence."""


class NoTimeLeft(Exception):
    """The invocation would end before the page is there."""


class NotFound(Exception):
    """The service knows no such page (404)."""


@dataclass(frozen=True)
class Http:
    """A client with patience.

    Attributes:
        attempts: how often a page is asked for at most.
        seconds: pauses are 0, 2, 4, 8… times this, and up to once more of it
            by chance; or what the service asks for (Retry-After).
        left: how many seconds the invocation has left.
    """

    attempts: int
    seconds: float
    left: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep

    def get(self, url: str) -> bytes:
        """The body at a URL, unpacked and otherwise as it came.

        Raises:
            NotFound: for 404.
            Failed: where it does not come at any attempt, or is refused.
            NoTimeLeft: where the invocation ends before.
        """
        retry = Retry(
            total=self.attempts - 1,
            status_forcelist=PASSING,
            backoff_factor=self.seconds,
            backoff_jitter=self.seconds,
            backoff_max=LONGEST_PAUSE,
        )
        while True:
            response, error = None, None
            try:
                response, body = self._ask(url)
                if response.status == 200:
                    return body
                if response.status not in PASSING:
                    raise _refused(url, response)
            except HTTPError as broken:
                error = broken
            try:
                retry = retry.increment("GET", url, response=response, error=error)
            except MaxRetryError:
                times = f"{self.attempts} attempt{'s' if self.attempts > 1 else ''}"
                if response:
                    raise Failed(_answered(url, response, times)) from None
                raise Failed(f"{url} did not answer at {times}: {error}") from error
            self._pause(retry, response)

    def _ask(self, url: str) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        left = self._left()
        response = self._client(url).request(
            "GET",
            url,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
            retries=False,
            redirect=False,
            preload_content=False,
            timeout=Timeout(connect=CONNECT_SECONDS, read=min(READ_SECONDS, left)),
        )
        try:
            return response, self._read(url, response)
        except BaseException:
            response.close()
            raise

    def _read(self, url: str, response: urllib3.BaseHTTPResponse) -> bytes:
        body = bytearray()
        for chunk in response.stream(CHUNK, decode_content=True):
            body += chunk
            if len(body) > LARGEST_PAGE:
                raise Failed(f"{url} is larger than {LARGEST_PAGE >> 20} MB")
            self._left()
        response.release_conn()
        return bytes(body)

    def _pause(self, retry: Retry, response: urllib3.BaseHTTPResponse | None) -> None:
        try:
            asked_for = retry.get_retry_after(response) if response else None
        except InvalidHeader:
            asked_for = None
        pause = asked_for or retry.get_backoff_time()
        if pause > min(self._left(), LONGEST_PAUSE):
            raise NoTimeLeft(f"the service asks to wait {pause:.0f} s")
        if pause:
            self.sleep(pause)

    def _left(self) -> float:
        """The seconds that may be spent on pages.

        Raises:
            NoTimeLeft: where there are none.
        """
        left = self.left() - SECONDS_TO_CLOSE
        if left <= 0:
            raise NoTimeLeft("the invocation is at its end")
        return left

    def _client(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxy = getproxies().get(parts.scheme)
        if proxy and not proxy_bypass(parts.hostname or ""):
            return self._through(proxy)
        return self._direct

    @cached_property
    def _direct(self) -> urllib3.PoolManager:
        return urllib3.PoolManager()

    def _through(self, proxy: str) -> urllib3.PoolManager:
        return urllib3.ProxyManager(proxy)


def _refused(url: str, response: urllib3.BaseHTTPResponse) -> Exception:
    if response.status == 404:
        return NotFound(url)
    if location := response.headers.get("Location"):
        return Failed(f"{url} leads to {location}: put that into url")
    return Failed(_answered(url, response))


def _answered(url: str, response: urllib3.BaseHTTPResponse, times: str = "") -> str:
    return f"{url} answered with {response.status}{times and f' at {times}'}"
