"""Rules of the hosts that want signed addresses: which endpoint signs what, and what its answer says. Pure values."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec import Struct

from layers.decoding import decoded
from layers.errors import BadTemplate, InvalidValue
from layers.phrase import Phrase
from layers.services.stac.addresses import host_of, is_signed, is_web
from layers.services.stac.foreign_values import members, number, text

USUAL_TOKEN_S = 300.0
"""Seconds for which a token is believed whose endpoint does not say for how long it holds."""
_PLACE = re.compile(r"\{(\w*)\}")
_TOKEN = re.compile(r"[!-\"$-~]{1,4000}")
_OF_ASSETS = {"account": r"(?P<account>[^/.:@]+)", "container": r"(?P<container>[^/]+)"}


class SigningRule(Struct, frozen=True):
    """A host of files, and the endpoints that sign addresses of it, as `signing.toml` describes them."""

    assets: str
    endpoints: tuple[str, ...]
    title: str = ""
    public: tuple[str, ...] = ()
    token: str = "token"
    expiry: str = "expiry"

    def endpoint(self, address: str, collection: str) -> str:
        """The address that gives a token for a file at `address`; empty where none is wanted, or none can be named."""
        match = _pattern(self.assets).match(address)
        if match is None or is_signed(address) or match.groupdict().get("account") in self.public:
            return ""
        known = {name: quote(value, safe="") for name, value in match.groupdict().items()}
        if collection:
            known["collection"] = quote(collection, safe="")
        for endpoint in self.endpoints:
            if set(_PLACE.findall(endpoint)) <= known.keys():
                return _PLACE.sub(lambda place: known[place[1]], endpoint)
        return ""


class SigningToken(Struct, frozen=True):
    """A token, which is the end of a signed address, and the seconds for which it holds."""

    word: str
    valid_s: float


class SigningNeed(Struct, frozen=True):
    """The need of a file for a token of this endpoint, which is in these members of its answer."""

    endpoint: str
    token: str
    expiry: str

    @property
    def host(self) -> str:
        """The host of the endpoint."""
        return host_of(self.endpoint)

    def token_in(self, body: bytes, now: float) -> SigningToken | None:
        """The token in an answer; None where it holds none. `now`, in seconds of 1970, is by the endpoint's clock."""
        try:
            answer = members(json.loads(body))
        except (ValueError, RecursionError):
            return None
        stated = answer.get(self.token)
        word = stated.lstrip("?&") if isinstance(stated, str) else ""
        if not _TOKEN.fullmatch(word):
            return None
        return SigningToken(word, _valid_s(answer.get(self.expiry), now))


def need_of(rules: tuple[SigningRule, ...], address: str, collection: str) -> SigningNeed | None:
    """The need of a file at an address, by the first rule that knows; None for one that is asked for as it is."""
    for rule in rules:
        if endpoint := rule.endpoint(address, collection):
            return SigningNeed(endpoint, rule.token, rule.expiry)
    return None


@cache
def shipped_rules() -> tuple[SigningRule, ...]:
    return rules_of((files(__package__) / "signing.toml").read_text(encoding="utf-8"))


@cache
def rules_of(file_text: str) -> tuple[SigningRule, ...]:
    """The rules of a file. Raises BadTemplate."""
    try:
        stated = tomllib.loads(file_text).get("signing", [])
        rules = decoded(stated, tuple[SigningRule, ...], _bad_member)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadTemplate("The list of signed hosts is no TOML ({error}): mend it.", error=error) from error
    except InvalidValue as error:
        raise BadTemplate(error.sentence) from error
    for rule in rules:
        _check(rule)
    return rules


def _check(rule: SigningRule) -> None:
    """Raises BadTemplate for a rule that cannot be followed, or that may send a token where it does not belong."""
    parts = urlsplit(_PLACE.sub("x", rule.assets))
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.path:
        raise BadTemplate(
            "“{assets}” is no beginning of an address: write https://host/ with all of the host.", assets=rule.assets
        )
    places = [*_PLACE.findall(rule.assets)]
    if not set(places) <= _OF_ASSETS.keys() or len(places) != len(set(places)):
        raise BadTemplate("“{assets}” may hold {account} and {container}, each once.", **_as_written(rule.assets))
    for endpoint in rule.endpoints:
        known = {*places, "collection"}
        if not is_web(endpoint) or "{" in host_of(endpoint) or not set(_PLACE.findall(endpoint)) <= known:
            raise BadTemplate(
                "“{endpoint}” cannot be asked for a token: it needs a whole host, and names that are known.",
                endpoint=endpoint,
            )


def _as_written(assets: str) -> dict[str, str]:
    return {"assets": assets, "account": "{account}", "container": "{container}"}


def _bad_member(name: str) -> Phrase:
    return Phrase("The list of signed hosts has a bad “{name}”: mend it.", name=name or "signing")


@cache
def _pattern(assets: str) -> re.Pattern[str]:
    pieces = _PLACE.split(assets)
    return re.compile("".join(_OF_ASSETS[piece] if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)))


def _valid_s(expiry: Any, now: float) -> float:
    """Seconds for which a token holds that runs out at a time, or after so many seconds."""
    seconds = number(expiry, 0, 1e8)
    if seconds is not None:
        return seconds
    try:
        until = datetime.fromisoformat(text(expiry))
    except ValueError:
        return USUAL_TOKEN_S
    return (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() - now
