"""The answer of a server as a value: its body, and the headers that matter to those who asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

from layers.errors import NotReadable, TooLarge
from layers.text.unpacking import GZIP, unpacked_gzip

KEPT_HEADERS = frozenset(
    (
        *("age", "cache-control", "content-type", "content-range", "content-crs", "content-encoding", "date", "etag"),
        *("expires", "last-modified", "link", "location", "pragma", "retry-after", "warning", "x-ve-tile-info"),
    )
)
MOST_NAMES = 256
"""Most names of headers that are remembered: servers repeat the same ones with each answer."""
REFUSALS = (401, 403)
REDIRECTS = (301, 302, 303, 307, 308)


class HttpAnswer(Struct, frozen=True):
    """The answer to a request. `address` is where it came from in the end, without any key; header names are small.

    `stored_at` is the time (seconds of 1970) at which a kept copy was last known to be current, 0 for a fresh answer.
    """

    body: bytes
    address: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stored_at: float = 0.0

    @property
    def content_type(self) -> str:
        """The media type in small letters without its parameters; empty where the server names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        return self.headers.get("last-modified", "")

    @property
    def warning(self) -> str:
        """The server's warning, such as "99 nearest value used" where a map is of another date than was asked for."""
        return self.headers.get("warning", "")

    @property
    def date_s(self) -> float:
        """The time at which it was sent, in seconds of 1970: by the server's clock, or else by ours."""
        sent, now = _seconds_of_date(self.headers.get("date", "")), time.time()
        # A date leaves out the part of a second: our clock has it, where both agree.
        return now if sent is None else min(max(now, sent), sent + 1.0)

    def fresh_until(self, usual_s: float) -> float | None:
        """The time, in seconds of 1970, until which a copy may be used unasked, which may have passed; None where no
        copy may be stored. It is kept for `usual_s` seconds where the server does not say.
        """
        rules = [rule.strip().lower() for rule in self.headers.get("cache-control", "").split(",")]
        now, expires = time.time(), self.headers.get("expires")
        if "no-store" in rules:
            return None
        if any(rule.partition("=")[0] == "no-cache" for rule in rules):
            return 0.0
        ages = [rule.partition("=")[2].strip('" ') for rule in rules if rule.startswith("max-age")]
        if seconds := [_whole(age) for age in ages]:
            return now + (seconds[0] or 0) - (_whole(self.headers.get("age", "")) or 0)
        if "cache-control" not in self.headers and "no-cache" in self.headers.get("pragma", "").lower():
            return 0.0
        if expires is None:
            return now + usual_s
        until, sent = _seconds_of_date(expires), _seconds_of_date(self.headers.get("date", ""))
        # By the server's own clock; a date that is none, such as "0", has passed.
        return 0.0 if until is None else now + until - (now if sent is None else sent)

    @property
    def retry_after_s(self) -> float | None:
        """Seconds for which the server wants to be left alone; None where it does not say."""
        stated = self.headers.get("retry-after")
        return None if stated is None else seconds_of(stated, self.headers.get("date", ""))


def answer_of(reply: QNetworkReply, body: bytes, address: str) -> HttpAnswer:
    """The answer that has come by a reply; `address` as it was asked for, without a key."""
    headers: dict[str, str] = {}
    for name, value in reply.rawHeaderPairs():
        word = _kept_name(bytes(name.data()))
        if word:
            text = bytes(value.data()).decode("latin-1")
            headers[word] = f"{headers[word]}, {text}" if word in headers else text
    status = int(reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) or 0)
    return HttpAnswer(body, address, status, headers)


@lru_cache(MOST_NAMES)
def _kept_name(name: bytes) -> str:
    """The name of a header in small letters; empty for one that is not kept."""
    word = name.decode("latin-1").lower()
    return word if word in KEPT_HEADERS else ""


def unpacked(answer: HttpAnswer, most_bytes: int) -> HttpAnswer | None:
    """The answer with its body unpacked where that is packed with gzip, said or not; None where that fails."""
    if not answer.body.startswith(GZIP):
        return answer
    try:
        return replace(answer, body=unpacked_gzip(answer.body, most_bytes))
    except (NotReadable, TooLarge, MemoryError):
        return None


def seconds_of(retry_after: str, date: str = "") -> float | None:
    """Seconds of a Retry-After, which is a number or a date; by the server's own clock where its `date` is known."""
    number = _whole(retry_after)
    if number is not None:
        return float(number)
    until = _seconds_of_date(retry_after.strip())
    if until is None:
        return None
    now = _seconds_of_date(date)
    return max(until - (time.time() if now is None else now), 0.0)


def _whole(text: str) -> int | None:
    """A number of seconds, as headers hold it: whole, and not below 0."""
    text = text.strip()
    return min(int(text[:10]), 10**9) if text.isascii() and text.isdigit() else None


def _seconds_of_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
