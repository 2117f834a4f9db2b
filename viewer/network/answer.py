"""The answer of a server as a value: its body, and the headers that matter to those who asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from msgspec import Struct, field
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

KEPT_HEADERS = (
    *("content-type", "content-range", "content-crs", "content-encoding", "date", "etag", "last-modified", "link"),
    *("location", "retry-after", "warning"),
)
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

    @property
    def retry_after_s(self) -> float | None:
        """Seconds for which the server wants to be left alone; None where it does not say."""
        return seconds_of(self.headers.get("retry-after", ""), self.headers.get("date", ""))


def answer_of(reply: QNetworkReply, body: bytes, address: str) -> HttpAnswer:
    """The answer that has come by a reply; `address` as it was asked for, without a key."""
    headers = {}
    for name in KEPT_HEADERS:
        if reply.hasRawHeader(name):
            headers[name] = bytes(reply.rawHeader(name).data()).decode("latin-1")
    status = int(reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) or 0)
    return HttpAnswer(body, address, status, headers)


def seconds_of(retry_after: str, date: str = "") -> float | None:
    """Seconds of a Retry-After, which is a number or a date; by the server's own clock where its `date` is known."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:7])
    until = _seconds_of_date(text)
    if until is None:
        return None
    now = _seconds_of_date(date)
    return max(until - (time.time() if now is None else now), 0.0)


def _seconds_of_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
