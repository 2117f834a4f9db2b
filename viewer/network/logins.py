"""Shows the secrets of hosts with each request to them, and to nobody else; fetches and renews tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import quote, unquote_plus, urlencode

from msgspec import Struct
from PySide6.QtCore import QUrl, QUrlQuery
from PySide6.QtNetwork import QNetworkRequest

from layers.decoding import decoded_or_none
from layers.errors import GeoloupeError, NotAllowed, ServerFault
from layers.services.http_request import HttpRequest
from viewer.network.answer import REFUSALS, HttpAnswer
from viewer.network.consent import host_of_url, is_private
from viewer.network.secrets import SHORTEST_LOOKED_FOR, Secret, SecretKind, Secrets
from viewer.network.server_faults import LoginRefused

type LoginReady = Callable[[GeoloupeError | None], None]
type DocumentReady = Callable[[HttpAnswer | None, GeoloupeError | None], None]
RENEWED_BEFORE_S = 30.0
SHORTEST_TOKEN_S = 5.0
BAD_REQUEST, UNAUTHORIZED = 400, 401
USUAL_TOKEN_S = 300.0
"""Seconds for which a token is believed whose server does not say for how long it is valid."""


class _TokenAnswer(Struct):
    access_token: str
    expires_in: float = USUAL_TOKEN_S


class _Token(Struct):
    word: str
    valid_until: float


class Logins:
    """The logins of one fetcher. A secret goes to the host that it is for: never by an open connection over the open
    network, and never on to where that host redirects.
    """

    def __init__(
        self,
        secrets: Secrets,
        ask_vault: Callable[[Callable[[], Secret | None], Callable[[Secret | None], None]], None],
        fetch_token: Callable[[HttpRequest, DocumentReady], object],
    ) -> None:
        self.secrets = secrets
        self._ask_vault, self._fetch_token = ask_vault, fetch_token
        self._tokens: dict[str, _Token] = {}
        self._waiting: dict[str, list[tuple[QUrl, LoginReady]]] = {}
        """Functions that wait for a login, by host, each with the address that is to be asked for."""

    def use(self, host: str, secret: Secret) -> None:
        """Show another secret to a host from now on."""
        self.drop_token(host)
        self.secrets.put(host, secret)

    def drop_token(self, host: str) -> None:
        """Show the token of a host no more."""
        self._tokens.pop(host, None)

    def has_login(self, host: str) -> bool:
        """True for a host that has a secret, perhaps one that is still in the vault."""
        return self.secrets.of(host) is not None or self.secrets.is_unread(host)

    def shown(self, host: str) -> Secret | str | None:
        """The secret that a host is shown now, or the token that this has given; None for nothing."""
        secret = self.secrets.of(host)
        return self._token(host) if secret is not None and secret.kind is SecretKind.OAUTH2 else secret

    def prepare(self, url: QUrl, ready: LoginReady) -> None:
        """Call `ready` once a request to this address may be made, at once where nothing has to be fetched first."""
        host = host_of_url(url)
        secret = self.secrets.of(host)
        if self.secrets.is_unread(host):
            self._wait(url, ready, lambda: self._read(host))
        elif secret is not None and url.scheme() == "http" and not is_private(host):
            ready(_open_connection(host))
        elif secret is None or secret.kind is not SecretKind.OAUTH2 or self._token(host):
            ready(None)
        else:
            self._wait(url, ready, lambda: self._ask_for_token(host, secret))

    def apply(self, request: QNetworkRequest, host: str) -> None:
        """Put the secret of a host into a request to it."""
        secret = self.secrets.of(host)
        match secret:
            case None:
                return
            case Secret(kind=SecretKind.BASIC):
                request.setRawHeader(b"Authorization", b"Basic " + secret.pair().encode())
            case Secret(kind=SecretKind.BEARER):
                request.setRawHeader(b"Authorization", b"Bearer " + _header_value(secret.value))
            case Secret(kind=SecretKind.HEADER):
                request.setRawHeader(_header_value(secret.name), _header_value(secret.value))
            case Secret(kind=SecretKind.OAUTH2):
                request.setRawHeader(b"Authorization", b"Bearer " + _header_value(self._token(host)))
            case Secret(kind=SecretKind.QUERY):
                url = self.without_key(request.url(), host)
                pair_text = f"{quote(secret.name, safe='')}={quote(secret.value, safe='')}"
                query = url.query(QUrl.ComponentFormattingOption.FullyEncoded)
                url.setQuery(f"{query}&{pair_text}" if query else pair_text, QUrl.ParsingMode.StrictMode)
                request.setUrl(url)

    def without_key(self, url: QUrl, host: str) -> QUrl:
        """The address without the parameter in which a host wants its key, wherever the address leads."""
        secret = self.secrets.of(host)
        query = url.query(QUrl.ComponentFormattingOption.FullyEncoded)
        if secret is None or secret.kind is not SecretKind.QUERY or not query:
            return url
        pairs = [pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) != secret.name]
        url = QUrl(url)
        if pairs:
            url.setQuery("&".join(pairs), QUrl.ParsingMode.StrictMode)
        else:
            url.setQuery(QUrlQuery())
        return url

    def key_in_addresses(self, host: str) -> tuple[str, ...]:
        """The key as it may stand in the addresses that a document of its host names."""
        secret = self.secrets.of(host)
        return tuple(secret.words()) if secret is not None and secret.kind is SecretKind.QUERY else ()

    def discreet(self, error: GeoloupeError, host: str) -> GeoloupeError:
        """The error, or another one where its sentence repeats a secret."""
        secret = self.secrets.of(host)
        words = [] if secret is None else list(secret.words())
        token = self._token(host)
        words += [token] if len(token) >= SHORTEST_LOOKED_FOR else []
        if any(word in str(error) for word in words):
            return ServerFault("{host} answers with an error that repeats your key: it is not shown.", host=host)
        return error

    def renew(self, host: str, shown: Secret | str | None, status: int) -> bool:
        """True where something else can be shown to a host than what it has refused: a login that was changed since,
        or a new token. A token that it does not know is dropped.
        """
        if self.shown(host) != shown:
            return self.secrets.of(host) is not None
        return status == UNAUTHORIZED and isinstance(shown, str) and self._tokens.pop(host, None) is not None

    # -- waiting for a vault or a token ---------------------------------------------------------------------------

    def _token(self, host: str) -> str:
        token = self._tokens.get(host)
        return token.word if token is not None and time.monotonic() < token.valid_until else ""

    def _wait(self, url: QUrl, ready: LoginReady, begin: Callable[[], None]) -> None:
        """Let `ready` wait with those who wait already, or begin what they wait for."""
        waiting = self._waiting.setdefault(host_of_url(url), [])
        waiting.append((url, ready))
        if len(waiting) == 1:
            begin()

    def _let_in(self, host: str, error: GeoloupeError | None) -> None:
        for _, ready in self._waiting.pop(host, []):
            ready(error)

    def _prepare_again(self, host: str) -> None:
        for url, ready in self._waiting.pop(host, []):
            self.prepare(url, ready)

    def _read(self, host: str) -> None:
        secrets = self.secrets

        def known(secret: Secret | None) -> None:
            if secrets.is_unread(host):  # else somebody has signed in or out while the vault was asked
                secrets.put(host, secret)
            self._prepare_again(host)

        self._ask_vault(lambda: secrets.read(host), known)

    def _ask_for_token(self, host: str, secret: Secret) -> None:
        url = QUrl(secret.token_address, QUrl.ParsingMode.StrictMode)
        token_host = host_of_url(url)
        if url.scheme() != "https" and not is_private(token_host):
            self._let_in(host, _open_connection(token_host))
            return
        form = {"grant_type": "client_credentials", "client_id": secret.name, "client_secret": secret.value}
        form |= {"scope": secret.scope} if secret.scope else {}
        headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"))

        def answered(answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
            if self.secrets.of(host) != secret:  # somebody has signed in anew, or out
                self._prepare_again(host)
                return
            token = None if answer is None or error is not None else _token_in(answer.body)
            if token is None:
                self._let_in(host, self.discreet(_no_token(token_host, answer, error), host))
                return
            valid_s = max(token.expires_in - RENEWED_BEFORE_S, SHORTEST_TOKEN_S)
            self._tokens[host] = _Token(token.access_token, time.monotonic() + valid_s)
            self._let_in(host, None)

        self._fetch_token(HttpRequest(secret.token_address, "POST", urlencode(form).encode(), headers), answered)


def _no_token(host: str, answer: HttpAnswer | None, error: GeoloupeError | None) -> GeoloupeError:
    """The reason why there is no token: the host of tokens does not know the client, or something else failed."""
    from layers.services.server_words import words_of_server  # for start-up time

    if error is None:
        return ServerFault("{host} sent no token for a login.", host=host)
    if answer is None or answer.status not in (BAD_REQUEST, *REFUSALS):
        return error
    if words := words_of_server(answer.body):
        return LoginRefused(
            "{host} refuses this login (code {code}): {words}", host=host, code=answer.status, words=words
        )
    return LoginRefused("{host} refuses this login (code {code}).", host=host, code=answer.status)


def _token_in(body: bytes) -> _TokenAnswer | None:
    try:
        token = decoded_or_none(json.loads(body), _TokenAnswer)
    except (ValueError, RecursionError):
        return None
    return token if token is not None and token.access_token and token.expires_in == token.expires_in else None


def _header_value(text: str) -> bytes:
    """Text as a header holds it: a line break would begin another header."""
    return "".join(sign for sign in text if sign.isprintable()).encode("latin-1", "replace")


def _open_connection(host: str) -> NotAllowed:
    return NotAllowed("{host} is not told your key over an open connection: use its https address.", host=host)
