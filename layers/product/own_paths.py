"""Removes paths of a person's machine from a text, token by token, so that links and all other words stay."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

HIDDEN = "…"
"""Word in place of a path, or a link to a private machine, that must not be printed at all."""
_LINK = r"(?:https?|ftps?):/{1,}|(?:s3|gs)://|www\.(?=\w)|(?:doi|urn|ark|hdl):(?=\S)"
_LINK_END = re.compile(r"[\s<>\"“”„«»《》「」『』]|[,;|](?=(?:https?|ftps?)://)")
_ROOTS = (
    *("home", "Users", "users", "root", "srv", "mnt", "media", "opt", "var", "tmp", "usr", "etc", "proc", "dev", "run"),
    *(
        "data",
        "work",
        "scratch",
        "export",
        "net",
        "nfs",
        "nas",
        "private",
        "storage",
        "Volumes",
        "cygdrive",
        "workspace",
    ),
)
_HOMES = frozenset(("home", "users", "documents and settings", "profiles"))
"""Folders whose subfolders have the names of users."""
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "«": "»", "‹": "›", "《": "》", "「": "」", "『": "』"}
_OPENERS = r"""\s([{<"'“”„‚‘’«»‹›《》「」『』（【=,;:|>，。；：、！？…–—"""
_BEGINNING = re.compile(
    rf"""(?<![A-Za-z0-9.+-])(?P<link>{_LINK})
      |  (?:(?<![^{_OPENERS}])|(?<=^))
         (?P<path>[A-Za-z]:[\\/](?=\S) | \\\\(?=\w|[?.]\\) | ~[\w.-]*/(?=\S) | //?(?=[\w.~%@+#$-])
                | file:(?=[\\/]|[A-Za-z]:) | [A-Za-z][A-Za-z0-9+.-]*://)
      |  (?<=[^\x00-\x7f])(?P<glued>/(?:{"|".join(_ROOTS)})/(?=\S))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN_END = re.compile(r"[\s\"“”„«»‹›《》「」『』<>|]")
_AFTER = ".,;:!?)]}'’…，。；：、！？）】"
"""Signs that end a sentence or a bracket, and no path."""
_SEPARATORS = re.compile(r"[\\/]+")
_DRIVE = re.compile(r"[A-Za-z]:")
_LONG_PATH = re.compile(r"^\\\\[?.]\\(UNC\\)?", re.IGNORECASE)
"""The beginning of a path on Windows that may be longer than others."""
_FILE = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[ \t]+(\S+)")
_ALTERNATIVES = frozenset(("and/or", "or/and", "either/or", "his/her", "he/she", "n/a", "w/o", "km/h", "m/s", "24/7"))
_MOST_WORDS, _LONGEST = 4, 1000
"""Words of a folder's name in a path without quotation marks; characters of a path within them."""
_OWN_NAMES = re.compile(
    r"[^.]*|localhost|.*\.(?:local|localdomain|internal|lan|intranet|corp|home|private|arpa)", re.IGNORECASE
)


def without_paths(text: str) -> str:
    """The text with each path in it cut to the name of its file; links that others can follow stay whole.

    A folder below which people have theirs, a share of a machine and a link to one's own machine leave `HIDDEN`.
    """
    if not any(sign in text for sign in "/\\:"):
        return text
    parts: list[str] = []
    at = 0
    while (match := _BEGINNING.search(text, at)) is not None:
        begin = match.start()
        parts.append(text[at:begin])
        if match["link"]:
            at = _link_end(text, begin)
            link = text[begin:at]
            parts.append(link if not is_own_link(link) else HIDDEN + _tail(link))
            continue
        at = _path_end(text, begin)
        path = text[begin:at]
        parts.append(path if (name := name_of_path(path)) is None else name)
    parts.append(text[at:])
    whole = "".join(parts)
    return whole if whole != text else text  # a phrase stays one


def name_of_path(path: str) -> str | None:
    """The name of the file that a path leads to; `HIDDEN` where it would name a person or a machine; None for other
    text.
    """
    scheme, colon, rest = path.partition(":")
    is_file_url = scheme.casefold() == "file" and bool(colon)
    if colon and not is_file_url and len(scheme) > 1 and rest.startswith("//"):
        return HIDDEN  # a share or a service by a scheme that no reader of a product can follow
    body = _LONG_PATH.sub(lambda match: "\\\\" if match[1] else "", rest if is_file_url else path)
    has_host = body.startswith(("//", "\\\\")) and not body.startswith("///")
    parts = _SEPARATORS.split(body)
    names = [name for name in parts if name and not _DRIVE.fullmatch(name) and name not in (".", "?")]
    is_sure = is_file_url or has_host or _DRIVE.match(body) is not None or body.startswith(("~", "/vsi"))
    if not is_sure and not _looks_like_one(names):
        return None
    if has_host:
        names = names[2:]  # the machine and what it shares
    elif body.startswith("~"):
        names = names[1:]
    for at, name in enumerate(names):
        if name.casefold() in _HOMES:
            names = names[at + 2 :]
            break
    return names[-1] if names and not body.endswith(("/", "\\")) else HIDDEN


def _looks_like_one(names: list[str]) -> bool:
    """Two names or more, with letters: no date, no fraction."""
    return len(names) > 1 and bool(_LETTER.search("".join(names[:-1]))) and bool(_LETTER.search(names[0]))


def is_own_link(address: str) -> bool:
    """True for an address on a private machine, or with a person's login in it."""
    text = address.strip()
    if text.casefold().startswith(("doi:", "urn:", "ark:", "hdl:", "s3:", "gs:")):
        return False
    try:
        split = urlsplit(text if "://" in text else f"https://{text}")
        host, user = (split.hostname or "").replace("。", ".").rstrip("."), split.username
    except ValueError:
        return True
    if user is not None:
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(_OWN_NAMES.fullmatch(host))


def _link_end(text: str, begin: int) -> int:
    match = _LINK_END.search(text, begin)
    return len(text) if match is None else match.start()


def _tail(token: str) -> str:
    """The signs at the end of a token that belong to the sentence."""
    return token[len(token.rstrip(_AFTER)) :]


def _path_end(text: str, begin: int) -> int:
    """The end of a path: of the text in quotation marks, else of the token, with the tokens in which its folders
    continue.
    """
    closing = _QUOTES.get(text[begin - 1]) if begin else None
    if closing is not None:
        end = text.find(closing, begin, begin + _LONGEST)
        if end >= 0 and "\n" not in text[begin:end]:
            return end
    end = _token_end(text, begin)
    while not _FILE.search(text[begin:end]) and (further := _goes_on(text, begin, end)):
        end = further
    return end


def _token_end(text: str, begin: int) -> int:
    match = _TOKEN_END.search(text, begin)
    end = len(text) if match is None else match.start()
    return begin + max(len(text[begin:end].rstrip(_AFTER)), 1)


def _goes_on(text: str, begin: int, end: int) -> int:
    """The end of the next part of a path with blanks in the names of its folders; 0 where it goes on no further."""
    path = text[begin:end]
    if name_of_path(path) is None:
        return 0
    separator, at = ("\\" if "\\" in path else "/"), end
    for _word in range(_MOST_WORDS):
        match = _WORD.match(text, at)
        if match is None or _BEGINNING.match(text, match.start(1)):
            return 0
        word, at = match[1], match.start(1) + len(match[1])
        if separator in word:
            is_part = word.casefold().rstrip(_AFTER) not in _ALTERNATIVES and bool(
                _LETTER.search(word.split(separator)[0])
            )
            return _token_end(text, match.start(1)) if is_part else 0
        if word[-1] in _AFTER:
            return 0
    return 0
