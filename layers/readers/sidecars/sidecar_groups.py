"""Metadata as lines of KEY = VALUE in groups: Landsat's MTL, Maxar's IMD and TIL, and their XML and JSON twins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from msgspec import Struct

from layers.readers.sidecars.sidecar_text import read_text, read_xml
from layers.readers.sidecars.sidecar_values import text

MAX_LINES = 50_000

_KEY = re.compile(r"(?:(?P<group>[A-Za-z][A-Za-z0-9_]{0,99})\.)?(?P<key>[A-Za-z][A-Za-z0-9_]{0,199})")


class MetadataGroup(Struct, frozen=True):
    """One group: `values` by key in lower case, in the file's order."""

    name: str
    values: dict[str, str]


class Groups(Struct, frozen=True):
    """All groups of a file in its order; keys outside of any group are in one named ""."""

    groups: tuple[MetadataGroup, ...]

    def named(self, name: str) -> Iterator[MetadataGroup]:
        """The groups of this name, or of this name and a number: IMAGE finds IMAGE_1 and IMAGE_2."""
        wanted = re.compile(re.escape(name) + r"(_\d+)?", re.IGNORECASE)
        return (group for group in self.groups if wanted.fullmatch(group.name))

    def first(self, key: str, *names: str) -> str:
        """The value of `key` in the first of the groups that has it: those named, or, without names, any."""
        groups = [group for name in names for group in self.named(name)] if names else list(self.groups)
        return next((group.values[key.lower()] for group in groups if group.values.get(key.lower())), "")


def parse_groups(content: str) -> Groups:
    """Read GROUP or BEGIN_GROUP, KEY = VALUE and END_GROUP lines; lists in parentheses are passed over.

    In flat form, without lines of groups, a key stands behind the name of its group: TILE_1.filename = VALUE.
    """
    groups: list[MetadataGroup] = [MetadataGroup("", {})]
    flat: dict[str, MetadataGroup] = {}
    open_groups = [groups[0]]
    for line in content.splitlines()[:MAX_LINES]:
        key, equals, value = line.partition("=")
        match = _KEY.fullmatch(key.strip().upper())
        if not equals or match is None:
            continue
        key = match["key"]
        value = text(value.strip().removesuffix(";")).strip('"').strip()
        if key in ("GROUP", "BEGIN_GROUP"):
            groups.append(MetadataGroup(value, {}))
            open_groups.append(groups[-1])
        elif key == "END_GROUP":
            if len(open_groups) > 1:
                open_groups.pop()
        elif match["group"] and not value.startswith("("):
            if match["group"] not in flat:
                flat[match["group"]] = MetadataGroup(match["group"], {})
                groups.append(flat[match["group"]])
            flat[match["group"]].values.setdefault(key.lower(), value)
        elif not value.startswith("("):
            open_groups[-1].values.setdefault(key.lower(), value)
    return Groups(tuple(groups))


def groups_of_xml(root: Element) -> Groups:
    """Elements that hold elements are groups, those that hold text are their values."""
    groups = [
        MetadataGroup("" if element is root else element.tag, _texts(element))
        for element in root.iter()
        if len(element)
    ]
    return Groups(tuple(groups))


def groups_of_json(data: dict[str, Any]) -> Groups:
    """Objects are groups, wherever they stand."""
    groups: list[MetadataGroup] = []
    waiting: list[tuple[str, dict[str, Any]]] = [("", data)]
    while waiting:
        name, values = waiting.pop(0)
        groups.append(MetadataGroup(name, {key.lower(): text(value) for key, value in values.items() if text(value)}))
        waiting += [(key, value) for key, value in values.items() if isinstance(value, dict)]
    return Groups(tuple(groups))


def _texts(element: Element) -> dict[str, str]:
    texts: dict[str, str] = {}
    for child in element:
        if len(child) == 0 and child.text and child.text.strip():
            texts.setdefault(child.tag.lower(), text(child.text))
    return texts


def read_imd(path: str) -> Groups:
    """The groups of an IMD, TIL or Maxar XML file. Raises what reading metadata files raises."""
    return groups_of_xml(read_xml(path)) if path.lower().endswith(".xml") else parse_groups(read_text(path))
