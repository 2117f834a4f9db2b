"""Faults between this computer and a server, each kind in one sentence."""

from __future__ import annotations

import re

from PySide6.QtNetwork import QNetworkReply, QSslError

from layers.errors import NotAllowed, ServerFault
from layers.phrase import Phrase

_Error = QNetworkReply.NetworkError
NO_SUCH_NAME = (_Error.HostNotFoundError, _Error.ProxyNotFoundError)
UNREACHABLE = (
    _Error.UnknownNetworkError,
    _Error.TemporaryNetworkFailureError,
    _Error.NetworkSessionFailedError,
)
PROXY = (
    _Error.ProxyConnectionRefusedError,
    _Error.ProxyConnectionClosedError,
    _Error.ProxyTimeoutError,
    _Error.ProxyAuthenticationRequiredError,
    _Error.UnknownProxyError,
)
NO_ANSWER = (_Error.OperationCanceledError, _Error.TimeoutError)
CERTIFICATE_FAULTS = {
    QSslError.SslError.CertificateExpired: Phrase("has expired"),
    QSslError.SslError.CertificateNotYetValid: Phrase("is not valid yet (is the clock of this computer right?)"),
    QSslError.SslError.HostNameMismatch: Phrase("is that of another host"),
    QSslError.SslError.SelfSignedCertificate: Phrase("is signed only by itself"),
    QSslError.SslError.SelfSignedCertificateInChain: Phrase("is signed by an authority that is not known here"),
    QSslError.SslError.UnableToGetLocalIssuerCertificate: Phrase("is signed by an authority that is not known here"),
    QSslError.SslError.CertificateRevoked: Phrase("was withdrawn"),
}
"""Reasons for refusing a server's certificate, in the order in which they are looked for."""
_ADDRESS = re.compile(r"\w+://\S+")


class Unreachable(ServerFault):
    """Raised where nothing came from the server: for it, this computer is as good as offline."""


class NoNetwork(Unreachable):
    """Raised where nothing leaves this computer: its proxy does not let anything through."""


class NoSuchName(NoNetwork):
    """Raised where the name cannot be looked up: no network, or a wrong name. Another request at once cannot help."""


class NotTrusted(ServerFault):
    """Raised where the server cannot prove who it is: nothing is requested of it, and trying again cannot help."""


class LoginRefused(ServerFault):
    """Raised where a server lets nobody in without a login, or not with the one that it was shown."""


class AnsweredInWords(ServerFault):
    """Raised where a server answers in words instead of what was asked for: it understood, and will not."""


def not_allowed(host: str) -> NotAllowed:
    """The refusal to contact a host that has not been allowed."""
    return NotAllowed("{host} is not contacted until you allow it.", host=host)


def refusal_of(host: str, status: int, words: str, *, has_login: bool, is_of_tiles: bool) -> LoginRefused:
    """The fault of a refusal; `words` are the server's own, empty for none, `has_login` is True where a login was
    shown.
    """
    if has_login:
        what = Phrase("{host} does not let this login in (code {code})", host=host, code=status)
        if words:
            return LoginRefused("{what}: {words}", what=what, words=words)
        return LoginRefused("{what}: sign in anew, or ask who runs the server.", what=what)
    what = Phrase("{host} refuses us (code {code})", host=host, code=status)
    if words:
        return LoginRefused("{what}: {words}", what=what, words=words)
    if is_of_tiles:
        return LoginRefused("{what}: it may want a key, or not want us at all.", what=what)
    return LoginRefused("{what}: it may want a key.", what=what)


def fault_of(
    host: str, status: int, error: _Error, text: str, certificate_fault: str, *, is_of_tiles: bool
) -> ServerFault:
    """The fault of a request that ended with an HTTP `status` or with an `error` of the network.

    `text` is the network's own words, from which addresses are taken out: they may hold a key.
    """
    words = _ADDRESS.sub("...", text)
    if status >= 400:
        return ServerFault("{host} answers with error {status}.", host=host, status=status)
    if error in NO_SUCH_NAME:
        return NoSuchName("{host} cannot be reached: there is no network, or the name is wrong.", host=host)
    if error == _Error.ConnectionRefusedError:
        return Unreachable("{host} cannot be reached: it takes no connections.", host=host)
    if error in UNREACHABLE:
        return Unreachable("{host} cannot be reached: the network failed on the way.", host=host)
    if error in PROXY:
        return NoNetwork("{host} cannot be reached through the proxy of this computer.", host=host)
    if error in NO_ANSWER:
        return Unreachable("{host} does not answer.", host=host)
    if error == _Error.UnknownContentError:
        return ServerFault(
            "{host} sent a packed tile that cannot be unpacked, or that is far too large then."
            if is_of_tiles
            else "{host} sent something packed that cannot be unpacked, or that is far too large then.",
            host=host,
        )
    if error == _Error.SslHandshakeFailedError:
        why = (
            Phrase("its certificate {fault}", fault=certificate_fault)
            if certificate_fault
            else Phrase("no safe connection ({text})", text=words)
        )
        return NotTrusted("{host} is not used: {why}.", host=host, why=why)
    if is_of_tiles:
        return ServerFault("{host} did not send the tile ({text}).", host=host, text=words)
    return ServerFault("{host} did not send all of its answer ({text}): try again.", host=host, text=words)


def is_worth_retrying(status: int, error: _Error) -> bool:
    """True for what may pass in a moment."""
    return status in (500, 502, 504) or error in (_Error.RemoteHostClosedError, _Error.ConnectionRefusedError)
