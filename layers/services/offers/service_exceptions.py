"""Words of errors that services send in place of a picture or a document, often as a success: in XML and in JSON."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from layers.text.guarded_xml import BadXml, XmlLimits, walk_xml

EXCEPTION_ROOTS = frozenset(("ServiceExceptionReport", "ExceptionReport", "WMTException", "WFSException", "Exception"))
_TEXTS = frozenset(("ServiceException", "ExceptionText", "WMTException", "WFSException", "Exception"))
_LIMITS = XmlLimits(size=2**20, depth=64, elements=2000, passed_doctype=True)
_MOST_CHARS = 400
_JSON_WORDS = ("description", "detail", "text", "message", "title", "error_description", "details")


def words_of_exception(body: bytes) -> str:
    """The server's own words, of several errors one after the other; empty where the answer is no error.

    A report that breaks off gives the words that came. Where an error has no words its code stands for it.
    """
    body = body.lstrip(b" \t\r\n")
    words = _in_json(body) if body[:1] == b"{" else _in_xml(body)
    return "; ".join(dict.fromkeys(words))[:_MOST_CHARS]


def _in_xml(body: bytes) -> list[str]:
    """Words of the errors of a report, read as it comes."""
    errors: list[tuple[str, list[str]]] = []
    path: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not path and name not in EXCEPTION_ROOTS:
            raise BadXml("no report of errors")
        if name in _TEXTS and name != "ExceptionText":
            code = attributes.get("code") or attributes.get("exceptionCode") or ""
            locator = attributes.get("locator") or ""
            errors.append((f"{code} ({locator})" if code and locator else code, []))
        path.append(name)

    def text(words: str) -> None:
        if errors and path and path[-1] in _TEXTS:
            errors[-1][1].append(words)

    def end(_tag: str) -> None:
        if path.pop() in _TEXTS and errors:
            errors[-1][1].append(" ")

    with contextlib.suppress(BadXml):  # the words that came before are kept
        walk_xml((body[: _LIMITS.size],), start, end, text, _LIMITS)
    return [words for code, texts in errors if (words := " ".join("".join(texts).split()) or code)]


def _in_json(body: bytes) -> list[str]:
    """Words of errors in JSON, of OGC API, GeoServer and ArcGIS."""
    try:
        answer = json.loads(body[: _LIMITS.size].decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return []
    if not isinstance(answer, dict):
        return []
    listed = answer.get("exceptions")
    errors: list[Any] = listed if isinstance(listed, list) else [answer.get("error", answer)]
    is_error = (
        "exceptions" in answer
        or "error" in answer
        or ("code" in answer and "type" not in answer)
        or ("status" in answer and "title" in answer)
    )
    return [words for error in errors if is_error and (words := _words(error))]


def _words(error: Any) -> str:
    if isinstance(error, str):
        return " ".join(error.split())
    if not isinstance(error, dict):
        return ""
    texts = (error.get(name) for name in _JSON_WORDS)
    return next(
        (" ".join(text.split()) for text in texts if isinstance(text, str) and text.strip()),
        str(error.get("code") or ""),
    )
