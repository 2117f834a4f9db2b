"""The words by which a server explains itself, taken from the body of an answer that is not what was asked for."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml

MOST_READ = 1 << 20
MOST_SHOWN = 300
_LIMITS = XmlLimits(size=MOST_READ, elements=20_000, bare_doctype=True)
_EXCEPTIONS = ("ServiceException", "ExceptionText", "ErrorMessage", "Message", "message", "Text", "title", "detail")
_MEMBERS = ("message", "detail", "description", "error_description", "details", "title", "error")
_HIDDEN = re.compile(rb"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(rb"<[^>]*>")
_ADDRESS = re.compile(r"\w+://\S+")
_WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body")


def words_of_server(body: bytes) -> str:
    """A server's own words in the body of an error: of XML exceptions, JSON or a web page; else empty.

    They are one line of plain text. Addresses are taken out: a server may repeat one that holds a key.
    """
    text = body[:MOST_READ].lstrip(b"\xef\xbb\xbf \t\r\n")
    if is_web_page(text):
        return _line([_of_page(text)])
    if text.startswith(b"<"):
        return _line(_of_xml(text))
    if text.startswith((b"{", b"[")):
        return _line(_of_json(text))
    return ""


def is_web_page(body: bytes) -> bool:
    """True for a page that is made for people."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower().startswith(_WEB_PAGE)


def is_text(body: bytes) -> bool:
    """True for XML, JSON and web pages, which are no picture whatever their type says."""
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{"))


def _of_xml(text: bytes) -> list[str]:
    try:
        root = parse_xml(text, _LIMITS)
    except BadXml:
        return []
    texts = []
    for element in root.iter():
        name = element.tag.rpartition(":")[2]
        if name in _EXCEPTIONS:
            texts.append("".join(element.itertext()))
            code = element.get("exceptionCode") or element.get("code") or ""
            texts += [] if texts[-1].strip() else [code]
        elif name == "Exception" and not "".join(element.itertext()).strip():
            texts.append(element.get("exceptionCode") or "")
    return texts


def _of_json(text: bytes) -> list[str]:
    try:
        return list(_told(json.loads(text), 0))
    except (ValueError, RecursionError):
        return []


def _told(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < 4:
        for member in value[:5]:
            yield from _told(member, depth + 1)
    elif isinstance(value, dict) and depth < 4:
        for name in (*_MEMBERS, "msg", "errors"):
            if value.get(name):
                yield from _told(value[name], depth + 1)


def _of_page(text: bytes) -> str:
    title = _TITLE.search(text)
    words = title[1] if title else _TAG.sub(b" ", _HIDDEN.sub(b" ", text))
    return html.unescape(words.decode("utf-8", "replace"))


def _line(texts: list[str]) -> str:
    lines = [" ".join(_ADDRESS.sub("...", text).split()) for text in texts]
    whole = "; ".join(dict.fromkeys(line for line in lines if line))
    whole = "".join(sign for sign in whole if sign.isprintable())
    return whole if len(whole) <= MOST_SHOWN else whole[: MOST_SHOWN - 3].rstrip() + "..."
