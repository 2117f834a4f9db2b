"""Pages of features in GeoJSON, of OGC API and WFS: how many came, how many there are, and where the next page is."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from layers.errors import NotReadable
from layers.services.offers.crs_names import crs_of, is_north_first
from layers.services.offers.documents import json_value, linked, unpacked, whole_number, with_parameters

_KEPT = ("f", "bbox", "crs")
"""Parameters that the address of a next page must not lose."""
_JSON_TYPES = ("geo+json", "json")


class FeaturePage(Struct, frozen=True):
    """One page. `matched` is the number of all features that the question has, None where the server does not tell;
    `next` is the address of the page after it, empty after the last one. `crs` is the CRS that the page itself names,
    in the server's spelling, as servers of WFS write it; empty for none.
    """

    features: tuple[dict[str, Any], ...]
    matched: int | None
    next: str
    crs: str = ""


def read_feature_page(document: bytes, address: str, limit: int, offset: int = 0) -> FeaturePage:
    """Read the answer of `address`, which asked for `limit` features from the one numbered `offset` on.

    A server that names no next page is asked by number as the last resort: while fewer came than it says there are, or,
    where it does not say, while pages are full. Raises NotReadable where it is no page of features.
    """
    page = json_value(unpacked(document))
    if not isinstance(page, dict) or not isinstance(page.get("features"), list):
        raise NotReadable("The answer is no page of features: check the address.")
    features = tuple(feature for feature in page["features"] if isinstance(feature, dict))
    stated = (whole_number(page.get(name)) for name in ("numberMatched", "totalFeatures"))
    matched = next((number for number in stated if number is not None and number >= 0), None)
    following = _next_link(page.get("links"), address)
    end = offset + len(page["features"])
    is_more = len(page["features"]) >= limit if matched is None else end < matched
    if not following and page["features"] and is_more:
        is_wfs = "request=getfeature" in address.lower()
        following = with_parameters(address, {"STARTINDEX" if is_wfs else "offset": str(end)})
    return FeaturePage(features, matched, "" if following == address else following, _own_crs(page.get("crs")))


def _own_crs(stated: Any) -> str:
    properties = stated.get("properties") if isinstance(stated, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""


def _next_link(links: Any, address: str) -> str:
    """The address of the next page, in JSON as the page before; empty where no link leads to one."""
    nexts = [
        link
        for link in (links if isinstance(links, list) else ())
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str)
    ]
    if not nexts:
        return ""
    best = min(nexts, key=lambda link: _type_rank(link.get("type")))
    following = linked(address, best["href"])
    if not following:
        return ""
    present = {name.lower() for name, _ in parse_qsl(urlsplit(following).query, keep_blank_values=True)}
    parts = [part.partition("=") for part in urlsplit(address).query.split("&")]
    lost = {name: value for name, _, value in parts if name.lower() in _KEPT and name.lower() not in present}
    return with_parameters(following, lost) if lost else following


def _type_rank(media_type: object) -> int:
    """Rank of a link by its media type: GeoJSON, JSON, an unknown one, a web page."""
    name = media_type.lower() if isinstance(media_type, str) else ""
    rank = next((at for at, word in enumerate(_JSON_TYPES) if word in name), len(_JSON_TYPES))
    return rank + ("html" in name)


def crs_of_answer(content_crs: str) -> tuple[str, bool] | None:
    """The CRS of an answer and whether north comes first in it, by its header Content-Crs; without one it is longitude
    and latitude. None for a CRS that PROJ does not know.
    """
    spelling = content_crs.strip().strip("<>")
    if not spelling:
        return "OGC:CRS84", False
    crs = crs_of(spelling)
    return None if crs is None else (crs, is_north_first(crs))
