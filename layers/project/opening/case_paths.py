"""The paths of layers between a case's file and the document: relative in the file, absolute in memory.

A path in memory keeps its meaning wherever the case's file goes, also after an undo. A path in the file stays valid
when the case moves together with the files beside it.
"""

from __future__ import annotations

import json
import ntpath
import os
import posixpath
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from layers.disk.patience import in_a_thread_of_its_own
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.phrase import Phrase
from layers.project.opening.layer_paths import (
    LISTS,
    MOST_MEMBERS,
    WINDOWS,
    Reach,
    counts_from_the_case,
    is_below,
    judged,
    places_of,
)

MOST_LINKS = 40
"""Most links that follow on each other; the system follows as many."""
ANSWER_S = 1.0
"""Seconds within which a folder must list its files; a slower one is on a drive that is gone."""


class CaseHome(Struct, frozen=True):
    """The folder of a case's file, and the paths below it that are links out of it."""

    folder: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    """Absolute targets of links, by the absolute path of the link, as the links say them. The targets were not looked
    at.
    """


def bring_home(document: Document, folder: Path) -> CaseHome:
    """Make the relative paths of a case just read absolute, and find out which of them are links.

    Nothing outside the folder is looked at. Not for the window's thread.
    """
    base = os.path.abspath(folder)
    changes: list[Change] = []
    beside: list[str] = []
    for layer in document.layers.values():
        source = layer.source
        mapped = _mapped(source, lambda text: absolute(text, base))
        if mapped != source:
            changes.append(Change("layers", layer, replace(layer, source_json=json.dumps(mapped))))
        beside += [place.path for place in places_of(source, base) if place.reach is Reach.BESIDE]
    if changes:
        document.apply(Edit(Phrase("Find the files of layers"), tuple(changes)))
    return CaseHome(base, links_out(beside, base))


def absolute(text: str, folder: str, *, windows: bool = WINDOWS) -> str:
    """Make a path relative to `folder` absolute; every other is left as it stands."""
    place = judged(text, folder, windows=windows)
    return place.path if counts_from_the_case(text) and place.path else text


def relative(text: str, folder: str, *, windows: bool = WINDOWS) -> str:
    """Make an absolute path below `folder` relative to it, with "/" between its parts.

    Every other path is left as it stands, and so is one that could not be understood if it were relative.
    """
    place = judged(text, folder, windows=windows)
    library = ntpath if windows else posixpath
    if place.reach is not Reach.BESIDE or not library.isabs(text):
        return text
    path = library.relpath(place.path, folder)
    path = path.replace("\\", "/") if windows else path
    # A name such as "C:x.tif", "~x" or "<x>" would be taken for something else.
    for form in (path, f"./{path}"):
        if library.normcase(absolute(form, folder, windows=windows)) == library.normcase(place.path):
            return form
    return text


def links_out(paths: Iterable[str], folder: str) -> dict[str, str]:
    """Maps paths below `folder` to targets outside it, where links lead there. A silent folder is skipped."""
    targets: dict[str, str] = {}
    left = list(dict.fromkeys(paths))
    while left:
        seen: list[str] = []
        looking = in_a_thread_of_its_own(partial(_look_at, left, folder, seen), "look for links")
        while looking.is_alive():
            count = len(seen)
            looking.join(ANSWER_S)
            if looking.is_alive() and len(seen) == count:
                break
        known = len(seen)
        targets |= {path: target for path, target in zip(left, seen[:known], strict=False) if target}
        silent = os.path.dirname(left[known]) if known < len(left) else ""
        left = [path for path in left[known + 1 :] if os.path.dirname(path) != silent]
    return targets


def _look_at(paths: Iterable[str], folder: str, seen: list[str]) -> None:
    for path in paths:
        seen.append(link_out(path, folder))


def link_out(path: str, folder: str) -> str:
    """The target outside `folder` to which links lead a path below it; empty where it stays inside, or is not there."""
    pending, now = os.path.relpath(path, folder).split(os.sep), folder
    for _ in range(MOST_LINKS):
        leads = ""
        while pending and not leads:
            part = pending.pop(0)
            now = os.path.normpath(os.path.join(now, part))
            leads = _link_at(now) if part not in (os.curdir, os.pardir) else ""
        if not leads:
            return ""
        target = os.path.normpath(os.path.join(os.path.dirname(now), leads, *pending))
        if not is_below(target, folder):
            return target
        now, pending = folder, os.path.relpath(target, folder).split(os.sep)
    return os.path.dirname(folder)  # round in circles: no file, and none of ours


def _link_at(path: str) -> str:
    """The text of a link; empty where there is none."""
    try:
        return os.readlink(path)
    except OSError:
        return ""


def make_paths_relative(connection: sqlite3.Connection, folder: Path, old_folder: Path | None = None) -> None:
    """Store the paths of layers, in rows and in history, as they are to stand in a case in `folder`.

    Paths that are relative already refer to `old_folder`, the case's folder before; None: to `folder`.
    """
    bases = list(dict.fromkeys((os.path.abspath(folder), os.path.realpath(folder))))
    before = bases[0] if old_folder is None else os.path.abspath(old_folder)

    def stored(text: str) -> str:
        whole = text if before in bases else absolute(text, before)
        return next((shorter for base in bases if (shorter := relative(whole, base)) != whole), whole)

    rows = connection.execute("SELECT id, source_json FROM loupe_layers").fetchall()
    changed = [(new, row) for row, text in rows if (new := _stored_json(text, stored)) != text]
    connection.executemany("UPDATE loupe_layers SET source_json = ? WHERE id = ?", changed)
    history = connection.execute(
        "SELECT seq, delta_json FROM loupe_history "
        "WHERE table_name = 'loupe_layers' AND delta_json LIKE '%source_json%'"
    ).fetchall()
    changed = [(new, row) for row, text in history if (new := _stored_delta(text, stored)) != text]
    connection.executemany("UPDATE loupe_history SET delta_json = ? WHERE seq = ?", changed)


def _stored_json(text: object, stored: Callable[[str], str]) -> object:
    """A layer's source in JSON with its paths as they are stored; the same text where nothing changes."""
    source = _object(text)
    mapped = _mapped(source, stored)
    return text if mapped == source else json.dumps(mapped)


def _stored_delta(text: object, stored: Callable[[str], str]) -> object:
    """A row of the history, [old, new] by column, with both paths as they are stored."""
    delta = _object(text)
    sides = delta.get("source_json")
    if not isinstance(sides, list):
        return text
    mapped = [_stored_json(side, stored) for side in sides]
    return text if mapped == sides else json.dumps({**delta, "source_json": mapped}, ensure_ascii=False)


def _mapped(source: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """A layer's source with its paths changed, also of combined images, files of bands and offline packs; anything but
    text is left.
    """
    mapped = dict(source)
    if isinstance(mapped.get("path"), str):
        mapped["path"] = change(mapped["path"])
    for name in (*LISTS, "packs"):
        members = mapped.get(name)
        if isinstance(members, list):
            mapped[name] = [
                {**member, "path": change(member["path"])}
                if isinstance(member, dict) and isinstance(member.get("path"), str)
                else member
                for member in members[:MOST_MEMBERS]
            ] + members[MOST_MEMBERS:]
    return mapped


def _object(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
