"""Tells links from other text, and names what a link leads to by the link's own words. Nothing is contacted."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+\.[^\s<>\"]+|https?://[^\s<>\"/]+(?:/[^\s<>\"]*)?", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_LONGEST = 4000
_LONGEST_TITLE = 160


def link_in(text: str) -> str:
    """The link that a text is, with its scheme; empty where it is anything else, be it a sentence with a link."""
    text = text.strip()
    if len(text) > _LONGEST:
        return ""
    if match := _DOI.fullmatch(text):
        return f"https://doi.org/{match[1]}"
    if not _LINK.fullmatch(text):
        return ""
    return text if "://" in text else f"https://{text}"


def is_plain_link(link: str) -> bool:
    """True for a web address that leads where it seems to lead: without a user's name before its host, and without
    invisible signs or signs that reverse letters.
    """
    if not link.lower().startswith(("http://", "https://")) or len(link) > _LONGEST:
        return False
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs") or sign == "\\" for sign in link):
        return False
    try:
        parts = urlsplit(link)
        return bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # a bracket that is no IPv6 address
        return False


def title_of_link(link: str) -> str:
    """The host and the words of the last part of the path, as "apnews.com: russia satellite imagery"."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # a bracket that is no IPv6 address
        return link[:_LONGEST_TITLE]
    names = [unquote(name) for name in parts.path.split("/") if name]
    last = re.sub(r"\.(?:html?|php|aspx?|pdf)$", "", names[-1], flags=re.IGNORECASE) if names else ""
    words = " ".join(re.split(r"[-_+\s]+", last)).strip()
    return (f"{host}: {words}" if words else host or link)[:_LONGEST_TITLE]


def same_link(link: str, other: str) -> bool:
    """True where two links lead to the same place, apart from differences that browsers ignore."""
    return bool(link) and bare_link(link) == bare_link(other)


def bare_link(link: str) -> str:
    """A link without the differences that browsers ignore: equal for links that lead to the same place."""
    return re.sub(r"^https?://(?:www\.)?", "", link.strip(), flags=re.IGNORECASE).rstrip("/")
