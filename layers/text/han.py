"""Chinese and Japanese characters, each of which is a word or a part of one, without spaces between."""

from __future__ import annotations

_RANGES = (("\u2e80", "\u2fdf"), ("\u3040", "\u30ff"), ("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"))
"""Radicals, kana, and the three blocks of ideographs. As a regular expression they take milliseconds to compile."""


def is_han(character: str) -> bool:
    """True for an ideograph, a radical or kana."""
    return any(first <= character <= last for first, last in _RANGES)


def has_han(text: str) -> bool:
    """True where a text has any of them."""
    return not text.isascii() and any(map(is_han, text))


def han_ranges() -> str:
    """The same characters as the inside of a class of a regular expression."""
    return "".join(f"{first}-{last}" for first, last in _RANGES)
