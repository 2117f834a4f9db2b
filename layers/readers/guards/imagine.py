"""ERDAS Imagine files: a tree of named nodes, checked before GDAL opens the files that some of them name.

Large ones keep their pixels in a spill file (.ige), older ones their overviews in another (.rrd).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from layers.errors import NotAllowed, NotReadable
from layers.phrase import Phrase
from layers.readers.guards.own_folder import companion, lies_beside
from layers.readers.signatures import IMAGINE, IMAGINE_PARTS

_MAX_NODES = 100_000
_MAX_DATA = 2**20
_MAX_FILES = 20
_NODE = struct.Struct("<6I64s32s4x")
_RASTERS = ("externalrasterdms", "imgexternalraster")
_OVERVIEWS = ("rrdnameslist", "eimg_rrdnameslist", "dependentfile", "eimg_dependentfile")
_TEXT = re.compile(rb"[^\x00-\x1f]{2,}")
"""One character alone is the length of a text, not a text."""
_NAME = re.compile(r"[^(]*[^( ]")


def judge_imagine(path: str) -> None:
    """Raises NotAllowed where a file keeps pixels outside its folder, FileMissing, NotReadable for a broken tree."""
    waiting, seen = [path], set()
    while waiting:
        file = waiting.pop()
        if os.path.realpath(file) in seen:
            continue  # the overviews name the picture that they are of
        seen.add(os.path.realpath(file))
        if len(seen) > _MAX_FILES:
            raise NotAllowed(
                "{path} leads from file to file without an end: save it as a GeoTIFF.", path=os.path.basename(path)
            )
        waiting += _led_to(file)


def _led_to(path: str) -> list[str]:
    """The files beside that one file leads to. Raises what `judge_imagine` raises."""
    stem = os.path.splitext(path)[0]
    for suffix in IMAGINE_PARTS:
        if os.path.lexists(stem + suffix) and not lies_beside(path, stem + suffix):
            companion(path, os.path.basename(stem + suffix), "pixels")
    with open(path, "rb") as file:
        if file.read(len(IMAGINE)) != IMAGINE:
            return []  # a spill file: it names nothing
        try:
            names = list(_names(file))
        except (struct.error, OverflowError) as error:
            raise NotReadable(
                "{path} is damaged: what it holds cannot be listed. Copy it again.", path=os.path.basename(path)
            ) from error
    return [other for named in dict.fromkeys(names) if (other := _other(path, *named))]


def _other(path: str, named: str, has_pixels: bool) -> str:
    """The file beside that is meant; "" for overviews that are not there, which are only a loss of speed."""
    if has_pixels:
        return companion(path, named, Phrase("its pixels")) if _is_name(path, named) else ""
    named = re.split(r"[/\\]", named)[-1]  # GDAL takes the last part, too: many hold the maker's folders
    beside = os.path.join(os.path.dirname(os.path.abspath(path)), named)
    return companion(path, named, Phrase("its overviews")) if named and os.path.lexists(beside) else ""


def _names(file: BinaryIO) -> Iterator[tuple[str, bool]]:
    """The names of other files, and whether pixels are there. Raises struct.error."""
    file.seek(16)
    (header,) = _read(file, "<I")
    file.seek(header)
    _, _, root, _, _ = _read(file, "<IIIHI")
    waiting, seen = [root], set()
    while waiting:
        at = waiting.pop()
        if at == 0 or at in seen:
            continue
        seen.add(at)
        if len(seen) > _MAX_NODES:
            raise OverflowError
        file.seek(at)
        following, _, _, child, data, size, title, kind = _NODE.unpack(file.read(_NODE.size))
        waiting += [following, child]
        words = {text.split(b"\0")[0].decode("latin-1").strip().lower() for text in (title, kind)}
        has_pixels = not words.isdisjoint(_RASTERS)
        if data and (has_pixels or not words.isdisjoint(_OVERVIEWS)):
            file.seek(data)
            for text in _TEXT.findall(file.read(min(size, _MAX_DATA))):
                if name := _NAME.match(os.fsdecode(text)):
                    yield name[0], has_pixels


def _is_name(path: str, text: str) -> bool:
    """True for a name: beside it in the same node stand numbers, which look like text now and then."""
    return bool(re.search(r"[/\\.]", text)) or os.path.lexists(os.path.join(os.path.dirname(path), text))


def _read(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))
