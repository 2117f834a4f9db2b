"""Signs addresses right before they are asked for, with tokens of their catalogue, which are kept in memory only."""

from __future__ import annotations

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote

from msgspec import Struct
from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkRequest

from layers.errors import GeoloupeError, NotAllowed, NotReadable, ServerFault
from layers.services.http_request import HttpRequest
from layers.services.stac.addresses import unsigned
from layers.services.stac.signing import SigningNeed, SigningRule, need_of, rules_of, shipped_rules
from viewer.network.answer import HttpAnswer
from viewer.network.consent import Consent, host_of_url
from viewer.support.settings import config_folder

type Ready = Callable[[GeoloupeError | None], None]
type TokenDone = Callable[[HttpAnswer | None, GeoloupeError | None], None]
MARGIN_S = 30.0
"""Seconds before its end at which a token is no longer used, or a quarter of its time where that is less."""
NO_TOKEN_S = 300.0
"""Seconds for which it is believed that an endpoint has no token for a file."""
MOST_REMEMBERED = 100
MOST_FILES = 20_000
MOST_BYTES = 1 << 20
SHORTEST_LOOKED_FOR = 8
_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded
_NOTHING_THERE = (400, 404, 410)
_PLAIN = re.compile(r"https?://[a-wyz][a-z0-9.-]*/[A-Za-z0-9._~/-]*")
"""Addresses that Qt writes as they are, as nearly all are: to let it read thousands of them takes the window's time."""


class _Token(Struct):
    """A token, empty where the endpoint has none for a file, with two times (monotonic)."""

    word: str
    asked_with_until: float
    """The time from which another one is fetched before a file is asked for."""
    ends_at: float


class _File(Struct, frozen=True):
    """A file of a catalogue: its collection, and the query of its address as the catalogue has signed it, if it has."""

    collection: str = ""
    query: str = ""
    has_run_out: bool = False
    """True where it was signed so, and its host refuses that by now."""


_UNKNOWN = _File()


class Signing:
    """The tokens of one fetcher. Wherever an address is kept or shown, it is the one without a token."""

    def __init__(
        self,
        rules: tuple[SigningRule, ...],
        consent: Consent,
        fetch_token: Callable[[HttpRequest, TokenDone], object],
    ) -> None:
        self.rules = rules
        self._consent, self._fetch_token = consent, fetch_token
        self._files: OrderedDict[str, _File] = OrderedDict()
        self._tokens: dict[str, _Token] = {}
        self._waiting: dict[str, list[Ready]] = {}
        self._shown: deque[str] = deque(maxlen=MOST_REMEMBERED)
        """Tokens that were shown to hosts, and may be repeated by them."""

    def note(self, href: str, collection: str) -> str:
        """Note a file of a collection, by an address that its catalogue may have signed; the address without that,
        by which it is kept and asked for.
        """
        address = unsigned(href)
        name = _name(address)
        known = self._files.pop(name, _UNKNOWN)
        query = known.query if address == href else _url(href).query(_ENCODED)
        self._files[name] = _File(collection or known.collection, query)
        if len(self._files) > MOST_FILES:
            self._files.popitem(last=False)
        return address

    def sent_on(self, url: QUrl, target: QUrl) -> None:
        """Note that a server has sent us on for a file: what is there is of the same collection."""
        if collection := self._file(url).collection:
            self._files.setdefault(target.toString(_ENCODED), _File(collection))

    def need(self, url: QUrl) -> SigningNeed | None:
        """The need of a file; None for one that is asked for as it is."""
        name = url.toString(_ENCODED)
        return need_of(self.rules, name, self._files.get(name, _UNKNOWN).collection)

    def prepare(self, url: QUrl, ready: Ready) -> None:
        """Call `ready` once a file may be asked for, at once where nothing has to be fetched first.

        A file is asked for as it is where its endpoint is not allowed, or has no token for it: many are public.
        """
        need = self.need(url)
        if need is None or self._token(need) is not None or not self._consent.permits(need.host):
            ready(None)
        elif need.endpoint in self._waiting:
            self._waiting[need.endpoint].append(ready)
        else:
            self._waiting[need.endpoint] = [ready]
            self._ask(need, host_of_url(url))

    def apply(self, request: QNetworkRequest) -> str:
        """Sign the address of a request; the token, empty for none."""
        url = self.without_token(request.url())
        name = url.toString(_ENCODED)
        file = self._files.get(name, _UNKNOWN)
        need = need_of(self.rules, name, file.collection)
        token = None if need is None else self._tokens.get(need.endpoint)
        # What was fit for a request is fit for it a moment later, when it is sent.
        word = "" if token is None or token.ends_at <= time.monotonic() else token.word
        if word:
            query = url.query(_ENCODED)
            query = f"{query}&{word}" if query else word
        elif word := file.query:
            query = word
        else:
            return ""
        url.setQuery(query, QUrl.ParsingMode.StrictMode)
        request.setUrl(url)
        if word not in self._shown:
            self._shown.append(word)
        return word

    def without_token(self, url: QUrl) -> QUrl:
        """The address without a token of ours, wherever it comes from."""
        url = QUrl(url)
        query = url.query(_ENCODED) if url.hasQuery() else ""
        if not query:
            return url
        bare = _url(unsigned(url.toString(_ENCODED)))
        if self._file(bare).query == query:
            return bare
        word = next((word for word in self._shown if query == word or query.endswith(f"&{word}")), "")
        if word:
            left = query.removesuffix(word).removesuffix("&")
            url.setQuery(left or None, QUrl.ParsingMode.StrictMode)  # type: ignore[arg-type] # None: no "?" either
        return url

    def renew(self, url: QUrl, token: str) -> bool:
        """Drop a token that was refused, empty for none; True where the file is worth asking for with another."""
        need, file = self.need(url), self._file(url)
        if token and file.query == token:
            self._files[url.toString(_ENCODED)] = _File(file.collection, has_run_out=True)
        if need is None or not self._consent.permits(need.host):
            return False
        kept = self._token(need)
        if kept is not None and not kept.word:
            return False
        if kept is not None and kept.word == token:
            del self._tokens[need.endpoint]
        return True

    def refusal(self, url: QUrl) -> GeoloupeError | None:
        """The error of a refusal, for a file that needs a token; None for one that needs none."""
        need, host = self.need(url), host_of_url(url)
        if need is None:
            if not self._file(url).has_run_out:
                return None
            return ServerFault(
                "{host} wants a signature, and that of its catalogue has run out: search for the scene again.",
                host=host,
            )
        if not self._consent.permits(need.host):
            return NotAllowed(
                "{host} wants a signature of {host_2}, which is not contacted until you allow it.",
                host=host,
                host_2=need.host,
            )
        token = self._token(need)
        if token is None or token.word:
            return ServerFault(
                "{host} refuses what {host_2} has signed: try again later, or search for the scene again.",
                host=host,
                host_2=need.host,
            )
        return ServerFault(
            "{host} refuses us, and {host_2} has no signature for this file: search for the scene again.",
            host=host,
            host_2=need.host,
        )

    def discreet(self, error: GeoloupeError, host: str) -> GeoloupeError:
        """The error, or another one where its sentence repeats a token or the signature in one."""
        sentence = str(error)
        if any(part in sentence for word in self._shown for part in self._parts(word)):
            return ServerFault("{host} answers with an error that repeats a signature: it is not shown.", host=host)
        return error

    def words(self) -> tuple[str, ...]:
        """The tokens that were shown to hosts."""
        return tuple(self._shown)

    @staticmethod
    def _parts(word: str) -> set[str]:
        pairs = [pair.partition("=") for pair in word.split("&")]
        values = [value for name, _, value in pairs if "sig" in name.lower() or "token" in name.lower()]
        return {part for text in (word, *values) for part in (text, unquote(text)) if len(part) >= SHORTEST_LOOKED_FOR}

    def _file(self, url: QUrl) -> _File:
        return self._files.get(url.toString(_ENCODED), _UNKNOWN)

    def _token(self, need: SigningNeed) -> _Token | None:
        token = self._tokens.get(need.endpoint)
        return token if token is not None and time.monotonic() < token.asked_with_until else None

    def _ask(self, need: SigningNeed, host: str) -> None:
        def answered(answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
            fault = self._take(need, answer, error)
            if fault is not None and not isinstance(fault, NotAllowed):
                fault = ServerFault("No signature for {host}: {why}", host=host, why=fault.sentence)
            for ready in self._waiting.pop(need.endpoint, []):
                ready(fault)

        self._fetch_token(HttpRequest(need.endpoint), answered)

    def _take(self, need: SigningNeed, answer: HttpAnswer | None, error: GeoloupeError | None) -> GeoloupeError | None:
        """Keep the token of an answer; the reason where there is none."""
        now = time.monotonic()
        if answer is not None and answer.status in _NOTHING_THERE:
            self._tokens[need.endpoint] = _Token("", now + NO_TOKEN_S, now + NO_TOKEN_S)
            return None
        if answer is None or error is not None:
            return error or NotReadable("{host} sent no token: try again later.", host=need.host)
        token = need.token_in(answer.body, answer.date_s)
        if token is None:
            return NotReadable("{host} sent no token: try again later.", host=need.host)
        if token.valid_s <= 0:
            return NotReadable(
                "{host} sent a token that has run out: is the clock of this computer right?", host=need.host
            )
        ends_at = now + token.valid_s
        self._tokens[need.endpoint] = _Token(token.word, ends_at - min(MARGIN_S, token.valid_s / 4), ends_at)
        return None


def known_rules() -> tuple[SigningRule, ...]:
    """The rules of the user's own file, as far as it can be read, and then the shipped ones."""
    with suppress(GeoloupeError):
        return _own_rules() + shipped_rules()
    return shipped_rules()


def problem_of_rules() -> str:
    """The sentence on why the user's own file holds no rules; empty where all is well."""
    try:
        _own_rules()
    except GeoloupeError as error:
        return error.sentence
    return ""


def _own_rules() -> tuple[SigningRule, ...]:
    """The rules of the user's own file. Raises NotReadable and BadTemplate."""
    path = config_folder() / "signing.toml"
    try:
        with path.open("rb") as file:
            return rules_of(file.read(MOST_BYTES).decode("utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise NotReadable("{path} cannot be read ({error}).", path=path, error=error) from error


def _url(address: str) -> QUrl:
    return QUrl(address, QUrl.ParsingMode.StrictMode)


def _name(address: str) -> str:
    """The address as Qt writes it, which is the name of a file here."""
    if _PLAIN.fullmatch(address):
        return address
    return _url(address).toString(_ENCODED)
