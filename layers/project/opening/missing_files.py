"""Looks for files that are not where a case says: by name, then by content, all at once."""

from __future__ import annotations

import os
import time
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct, field

from layers.disk.content_mark import ContentMark, mark_of
from layers.project.opening.layer_paths import folder_of, is_windows_text, parts_of

MOST_ENTRIES = 50_000
DEEPEST = 12
LONGEST_S = 10.0


class Sameness(StrEnum):
    """Certainty that a file found is the one that is missing."""

    CONTENT = "content"
    """Its content is the same."""
    NAME = "name"
    """Its name is the same; the content is not known."""
    OTHER_CONTENT = "other content"
    """Its name is the same, its content is not: it was changed, or is another file."""


class WantedFile(Struct, frozen=True):
    """A file as a case names it, in any notation, with the known mark of its content."""

    text: str
    mark: ContentMark | None = None


class FoundFile(Struct, frozen=True):
    """A file or folder that stands for a wanted one."""

    path: str
    sameness: Sameness
    mark: ContentMark | None = None


class FileSearch(Struct, frozen=True):
    """Files found, by the text of the path wanted; `is_cut` where not all of the folder was looked through."""

    found: dict[str, FoundFile]
    is_cut: bool = False


class _Listing(Struct):
    """Names below a folder, for comparison without opening a file."""

    by_name: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    files: list[str] = field(default_factory=list)
    is_cut: bool = False


def find_files(
    wanted: Sequence[WantedFile],
    folder: str,
    *,
    old_folder: str = "",
    check: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
) -> FileSearch:
    """Look for files below `folder`. Where they lay below `old_folder`, they are first looked for in the same places.

    The folder is looked through without following links, bounded in number, depth and time; `check` may raise to end
    it. Not for the window's thread.
    """
    files: dict[str, FoundFile] = {}
    for file in wanted:
        check()
        place = remapped(file.text, old_folder, folder) if old_folder else ""
        if place and (os.path.isfile(place) or os.path.isdir(place)):
            files[file.text] = described_file(place, file.mark)
    left = [file for file in wanted if file.text not in files or files[file.text].sameness is Sameness.OTHER_CONTENT]
    if not left:
        return FileSearch(files)
    listing = _listed(folder, check, clock)
    sizes: dict[int, list[str]] | None = None
    for file in left:
        check()
        best = _by_name(file, listing)
        if file.mark is not None and (best is None or best.sameness is not Sameness.CONTENT):
            sizes = _sizes(listing.files, check) if sizes is None else sizes
            best = _by_content(file.mark, sizes) or best
        if best is not None and (file.text not in files or best.sameness is Sameness.CONTENT):
            files[file.text] = best
    return FileSearch(files, listing.is_cut)


def common_folder(texts: Sequence[str]) -> str:
    """The longest folder that holds all of these paths, in their own notation; empty where there is none."""
    notations = {is_windows_text(text) for text in texts}
    if len(notations) != 1:
        return ""
    windows = notations.pop()
    folders = [parts_of(text)[:-1] for text in texts]
    depth = 0
    for names in zip(*folders, strict=False):
        if len({_folded(name, windows) for name in names}) > 1:
            break
        depth += 1
    return _written(texts[0], folders[0][:depth], windows)


def likely_folders(texts: Sequence[str]) -> list[str]:
    """Folders that may have moved as a whole: the longest common one of each drive, share or top folder, that of most
    files first, then those of single files.
    """
    groups: dict[tuple[bool, str], list[str]] = defaultdict(list)
    for text in texts:
        windows = is_windows_text(text)
        groups[windows, _folded((parts_of(text) or [""])[0], windows)].append(text)
    common = [common_folder(group) for group in sorted(groups.values(), key=len, reverse=True)]
    return [folder for folder in dict.fromkeys([*common, *map(folder_of, texts)]) if folder]


def remapped(text: str, old_folder: str, new_folder: str) -> str:
    """The path of a file whose old folder is `new_folder` here; empty where it did not lie in the old one."""
    windows = is_windows_text(text) or is_windows_text(old_folder)
    parts, old = parts_of(text), parts_of(old_folder)
    begins = [_folded(part, windows) for part in parts[: len(old)]] == [_folded(part, windows) for part in old]
    rest = parts[len(old) :]
    if not begins or not rest or any(part == ".." for part in rest):
        return ""
    return os.path.join(new_folder, *rest)


def _written(example: str, parts: list[str], windows: bool) -> str:
    """A folder in the notation of a path in it."""
    if not parts:
        return ""
    if not windows:
        return example[: len(example) - len(example.lstrip("/"))] + "/".join(parts)
    lead = "\\\\" if example.replace("/", "\\").startswith("\\\\") else ""
    return lead + "\\".join(parts)


def _folded(name: str, ignores_case: bool = True) -> str:
    composed = unicodedata.normalize("NFC", name)
    return composed.casefold() if ignores_case else composed


def _listed(folder: str, check: Callable[[], None], clock: Callable[[], float]) -> _Listing:
    """The folder's files and folders, the nearest first."""
    listing, end = _Listing(), clock() + LONGEST_S
    waiting = deque([(folder, 0)])
    entries = 0
    while waiting:
        check()
        now, depth = waiting.popleft()
        try:
            with os.scandir(now) as scanned:
                for entry in scanned:
                    entries += 1
                    if entries > MOST_ENTRIES or clock() > end:
                        listing.is_cut = True
                        return listing
                    if entry.name.startswith("."):
                        continue
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if is_folder and depth < DEEPEST:
                        waiting.append((entry.path, depth + 1))
                    elif is_folder:
                        listing.is_cut = True
                    elif entry.is_file(follow_symlinks=False):
                        listing.files.append(entry.path)
                    else:
                        continue
                    listing.by_name[_folded(entry.name)].append(entry.path)
        except OSError:
            continue  # a folder that may not be read holds nothing that could be shown
    return listing


def _by_name(file: WantedFile, listing: _Listing) -> FoundFile | None:
    """Choose among files of the same name: the one with the wanted content, else the one in folders named alike."""
    parts = parts_of(file.text)
    candidates = listing.by_name.get(_folded(parts[-1]), []) if parts else []
    likeness = {path: _likeness(parts, path) for path in candidates}
    ordered = sorted(candidates, key=lambda path: (-likeness[path], path))
    compared = [described_file(path, file.mark) for path in ordered]
    same = next((file for file in compared if file.sameness is Sameness.CONTENT), None)
    if same is not None or not compared:
        return same
    is_clear = len(ordered) == 1 or likeness[ordered[0]] > likeness[ordered[1]]
    return compared[0] if is_clear else None


def _likeness(parts: list[str], path: str) -> int:
    """Number of names that are equal, counted from the end."""
    count = 0
    for mine, theirs in zip(reversed(parts), reversed(path.split(os.sep)), strict=False):
        if _folded(mine) != _folded(theirs):
            break
        count += 1
    return count


def _by_content(mark: ContentMark, sizes: dict[int, list[str]]) -> FoundFile | None:
    for path in sizes.get(mark.size, []):
        file = described_file(path, mark)
        if file.sameness is Sameness.CONTENT:
            return file
    return None


def described_file(path: str, mark: ContentMark | None) -> FoundFile:
    """Describe a file found in the place of one with this `mark`. Not for the window's thread."""
    try:
        own = mark_of(path)
    except OSError:
        own = None  # it may not be read: the layer will say so
    if mark is None or own is None:
        return FoundFile(path, Sameness.NAME if mark is None else Sameness.OTHER_CONTENT, own)
    return FoundFile(path, Sameness.CONTENT if own == mark else Sameness.OTHER_CONTENT, own)


def _sizes(files: Iterable[str], check: Callable[[], None]) -> dict[int, list[str]]:
    sizes: dict[int, list[str]] = defaultdict(list)
    for path in files:
        check()
        try:
            sizes[os.lstat(path).st_size].append(path)
        except OSError:
            continue  # gone meanwhile
    return sizes
