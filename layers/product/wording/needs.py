"""Words without which a pattern finds nothing: most patterns are passed over by a look at the words of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

DIGIT = "#"
"""The need of a pattern that begins with a number."""
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_QUANTIFIER = re.compile(r"[?*+]\??|\{\d*,?\d*\}\??")
_FAMILY = re.compile(r"\{(\??)([a-z_]+)\}")
_GROUP = re.compile(r"\((?:\?(?:[-a-z]*:|<?[=!]))?")
type Families = Mapping[str, tuple[str, ...]]
type WordStarts = frozenset[str]
"""Beginnings of words in small letters, of which a sentence has one; a space at the end: the whole word."""


class _Item(NamedTuple):
    """A part of a pattern: `kind` is word, family, group, digit, space, edge or other. `is_sure`: never left out."""

    kind: str
    text: str
    is_sure: bool


def branches_of(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern at its top level."""
    start = place = 0
    while place < len(pattern):
        if pattern[place] == "|":
            yield pattern[start:place]
            start = place + 1
        place = _after(pattern, place)
    yield pattern[start:]


def needs_of(branch: str, families: Families) -> tuple[WordStarts, ...]:
    """All needs of an alternative; empty where it may find anything."""
    needs = []
    at_start = True
    items = list(_items(branch))
    for number, item in enumerate(items):
        starts = _starts(items[number:], families, only_first=True) if at_start and item.is_sure else None
        if starts:
            needs.append(starts)
        if _has_digit(item):
            needs.append(frozenset((DIGIT,)))
        at_start = item.kind in ("space", "edge") or (item.kind == "group" and item.text.endswith(" "))
    return tuple(dict.fromkeys(needs))


def _has_digit(item: _Item) -> bool:
    """True for a part that is never found without a digit."""
    if item.kind == "group" and item.is_sure:
        return all(any(map(_has_digit, _items(branch))) for branch in branches_of(item.text))
    return item.kind == "digit" and item.is_sure


def _starts(items: list[_Item], families: Families, *, only_first: bool = False) -> WordStarts | None:
    """The beginnings of words with which a row of items can begin; None where these cannot be listed."""
    starts = frozenset[str]()
    for number, item in enumerate(items):
        if item.kind == "edge":
            continue
        own = _own_starts(item, items[number + 1 : number + 2], families)
        if own is None:
            return None
        starts |= own
        if item.is_sure:
            return starts
        if only_first:
            return None
    return None


def _own_starts(item: _Item, following: list[_Item], families: Families) -> WordStarts | None:
    if item.kind == "word":
        return frozenset((item.text.casefold() + (" " if following and following[0].kind == "space" else ""),))
    if item.kind == "family":
        words = (_FIRST_WORD.match(entry.casefold()) for entry in families[item.text])
        return frozenset(f"{word[0]} " for word in words if word is not None)
    if item.kind == "group":
        starts = [_starts(list(_items(branch)), families) for branch in branches_of(item.text)]
        return None if None in starts else frozenset[str]().union(*filter(None, starts))
    return None


def _items(branch: str) -> Iterator[_Item]:
    place = 0
    while place < len(branch):
        end = _after(branch, place)
        part = branch[place:end]
        if part.isalpha():
            while end < len(branch) and branch[end].isalpha():
                end += 1
            part = branch[place:end]
            quantifier = _QUANTIFIER.match(branch, end)
            if quantifier and len(part) > 1 and quantifier[0][0] != "+":
                part, end = part[:-1], end - 1
                yield _Item("word", part, is_sure=True)
                end = _QUANTIFIER.match(branch, end + 1).end()  # type: ignore[union-attr]
                yield _Item("other", "", is_sure=False)
                place = end
                continue
        quantifier = _QUANTIFIER.match(branch, end)
        is_sure = quantifier is None or quantifier[0][0] == "+" or quantifier[0].startswith("{1")
        yield _item(part, is_sure=is_sure)
        place = quantifier.end() if quantifier else end


def _item(part: str, *, is_sure: bool) -> _Item:
    if family := _FAMILY.fullmatch(part):
        return _Item("family", family[2], is_sure and not family[1])
    if part[0] == "(":
        head = _GROUP.match(part)
        assert head is not None
        if "=" in head[0] or "!" in head[0]:
            return _Item("edge" if "!" in head[0] else "other", "", is_sure=False)
        return _Item("group", part[head.end() : -1], is_sure)
    if part in (" ", r"\s"):
        return _Item("space", "", is_sure)
    if part in (r"\b", "^"):
        return _Item("edge", "", is_sure=True)
    if part == r"\d":
        return _Item("digit", "", is_sure)
    return _Item("word" if part.isalpha() else "other", part, is_sure)


def _after(pattern: str, place: int) -> int:
    """The place after the sign, class, family or group that begins at a place."""
    sign = pattern[place]
    if sign == "\\":
        return place + 2
    if sign == "{" and (family := _FAMILY.match(pattern, place)):
        return family.end()
    if sign == "[":
        end = place + 1 + (pattern[place + 1] == "^")
        end += pattern[end] == "]"
        while pattern[end] != "]":
            end += 2 if pattern[end] == "\\" else 1
        return end + 1
    if sign == "(":
        head = _GROUP.match(pattern, place)
        assert head is not None
        end = head.end()
        while pattern[end] != ")":
            end = _after(pattern, end)
        return end + 1
    return place + 1
