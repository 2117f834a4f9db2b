"""In which encoding a text of unknown origin is, with the evidence."""

from __future__ import annotations

import codecs
import re

ENCODINGS = (
    "utf-8", "cp1251", "koi8-r", "cp866", "gb18030", "big5", "cp1252", "iso-8859-2", "cp1250", "cp1254", "shift_jis",
    "euc-kr", "utf-16",
)  # fmt: skip
"""What a person may choose from."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_FREQUENT = frozenset("оеаинтсрвлкмдпуОЕАИНТСРВЛКМДПУ")
_CYRILLIC = ("cp1251", "koi8-r", "cp866")


def known_encoding(name: str) -> str:
    """Python's name of an encoding as a .cpg file or a person writes it; "" where nobody knows it."""
    text = name.strip().strip("\0").lower().replace("ansi ", "").replace("oem ", "")
    for candidate in (text, f"cp{text}", text.replace("windows-", "cp").replace("_", "-")):
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError, UnicodeError):
            continue
        return str(info.name) if getattr(info, "_is_text_encoding", True) else ""
    return ""


def guessed_encoding(data: bytes) -> tuple[str, str]:
    """The likeliest encoding, and why. The bytes may end within a character."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, "its first bytes say so"
    if data.isascii():
        return "utf-8", "it holds only ASCII"
    if _is_utf8(data):
        return "utf-8", "its bytes are valid UTF-8"
    chinese = _chinese(data)
    if chinese:
        return "gb18030", "it reads as common Chinese characters"
    words = [word for word in re.findall(rb"[A-Za-z\x80-\xff]+", data) if not word.isascii()]
    if sum(len(word) > 1 and min(word) > 127 for word in words) * 2 > len(words):
        best = max(_CYRILLIC, key=lambda encoding: _russian(data, encoding))
        return best, "it reads as Russian with the letters as frequent as usual"
    return "cp1252", "single accented letters, as in western Europe"


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _chinese(data: bytes) -> bool:
    """Russian in cp1251 is often valid GB 18030 too, but reads as rare characters; real Chinese is mostly common."""
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    codes = [character.encode("gb18030") for character in text if ord(character) > 127]
    common = sum(1 for code in codes if 0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7)
    return common * 4 >= len(codes) * 3


def _russian(data: bytes, encoding: str) -> int:
    text = data.decode(encoding, "replace")
    letters = sum(character in _FREQUENT for character in text)
    # In the wrong one of the three, small letters turn up after which a capital follows, and box drawings.
    odd = len(re.findall(r"[а-яё][А-ЯЁ]", text)) + sum("─" <= character <= "▟" for character in text)
    return letters - 3 * odd
