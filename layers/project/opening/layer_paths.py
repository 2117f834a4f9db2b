"""Judges the paths of a case's layers as text, before anything touches them.

No disk, host or directory of users is asked here: what another person wrote into a case may name a share that takes our
password's hash, an automounter, a pipe or a device, and a look alone would reach it.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

import sample_data
from layers.phrase import Phrase
from layers.raster.band_files import KEY as BAND_FILES

WINDOWS = os.name == "nt"
MOST_CHARS = 4096
MOST_SHOWN = 200
"""Characters of a path in a sentence."""
MOST_MEMBERS = 64
"""Most members of a combined layer that are judged; a layer with more is refused anyway."""
LISTS = ("combined", BAND_FILES)
"""Members of a layer's source that list images, or files of bands."""


class Reach(StrEnum):
    """Place to which a path leads, seen from the case that names it."""

    SHIPPED = "shipped"
    """A file of the sample data, by its name."""
    BESIDE = "beside"
    """The path lies below the case's folder."""
    ELSEWHERE = "elsewhere"
    """Anywhere else on this computer, or on the one where the case was made."""
    NETWORK = "network"
    """A share, or a folder where shares and drives are mounted by themselves."""
    DEVICE = "device"
    """The path is a device: it is never read, as no data of a person lie there."""
    REFUSED = "refused"
    """The text is no path at all."""


class LayerFile(Struct, frozen=True):
    """One file that a layer names."""

    text: str
    """Path as the case says it."""
    reach: Reach
    path: str = ""
    """Absolute and without detours, as this system writes it; empty where it is no path of this system."""
    why: str = ""
    """Reason why it is no path, or none of this system; the end of a sentence."""

    @property
    def folder(self) -> str:
        """The folder that holds it, in the notation in which it is written."""
        return folder_of(self.path or self.text)

    @property
    def is_inside(self) -> bool:
        """True for a path that may be looked at without asking."""
        return self.reach in (Reach.SHIPPED, Reach.BESIDE)

    @property
    def can_be_allowed(self) -> bool:
        """True where a permission would lead to a file of this system."""
        return bool(self.path) and self.reach in (Reach.ELSEWHERE, Reach.NETWORK)


_SHARES = frozenset({"smb", "cifs", "nfs", "afp", "file", "sftp", "ssh", "ftp", "dav", "davs", "webdav"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+._-]+):")
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MOUNTS = re.compile(
    r"/(?:net|afs|misc|mnt|media|smb|cifs|nfs|auto|autofs|automount|Network|Volumes|run/media|run/mount|var/autofs"
    r"|run/user/[^/]+/gvfs|(?:home|root)(?:/[^/]+)?/\.gvfs)(?:/|$)"
)
_DEVICES = re.compile(r"/(?:dev(?!/shm/)|proc|sys)(?:/|$)")
_DEVICE_NAMES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(?:\.|$)", re.IGNORECASE)
_OTHER_SYSTEM = Phrase("it is a path of another system")
_NO_NAME = Phrase("it names no file")
_AN_ADDRESS = Phrase("it is an address or a connection, no path")


def places_of(source: Mapping[str, Any], folder: str = "", *, windows: bool = WINDOWS) -> tuple[LayerFile, ...]:
    """Every file that a layer's source names, also of combined images and bands. `folder`: the case's; empty: none."""
    return tuple(_places(source, folder, windows))


def _places(source: Mapping[str, Any], folder: str, windows: bool) -> Iterator[LayerFile]:
    if "shipped" in source:
        yield _shipped(source["shipped"])
    if source.get("path", "") != "":
        yield judged(source["path"], folder, windows=windows)
    for pack in packs_in(source):
        yield judged(pack, folder, windows=windows)
    for name in LISTS:
        if source.get(name) is not None:
            yield from _of_members(source[name], folder, windows)


def _of_members(members: object, folder: str, windows: bool) -> Iterator[LayerFile]:
    if not isinstance(members, list):
        yield _refused(members, Phrase("it is no list of images"))
        return
    for member in members[:MOST_MEMBERS]:
        if not isinstance(member, Mapping):
            yield _refused(member, Phrase("it is no image"))
            continue
        if "shipped" in member:
            yield _shipped(member["shipped"])
        if member.get("path", "") != "":
            yield judged(member["path"], folder, windows=windows)


def packs_in(source: Mapping[str, Any]) -> list[str]:
    """The paths of the offline packs that a layer of tiles names; anything else in their place is passed over."""
    packs = source.get("packs")
    if "template" not in source or not isinstance(packs, list):
        return []
    paths = [pack.get("path") for pack in packs[:MOST_MEMBERS] if isinstance(pack, Mapping)]
    return [path for path in paths if isinstance(path, str)]


def counts_from_the_case(text: str) -> bool:
    """True for the text of a relative path: no root, home or drive at its start, of any system."""
    return not (text.startswith(("/", "\\", "~")) or _DRIVE.match(text))


def judged(text: object, folder: str = "", *, windows: bool = WINDOWS) -> LayerFile:
    """Judge a path by its text. Relative ones refer to `folder`, the case's, which is absolute; empty means none."""
    if not isinstance(text, str) or not text.strip():
        return _refused(text, _NO_NAME)
    why = _unfit(text)
    if why:
        return _refused(text, why)
    bare = text.lstrip()
    folded = bare.replace("\\", "/")
    scheme = _SCHEME.match(folded)
    if scheme:
        is_share = scheme[1].lower() in _SHARES
        return LayerFile(text, Reach.NETWORK, why=_AN_ADDRESS) if is_share else _refused(text, _AN_ADDRESS)
    if "://" in folded:
        return _refused(text, _AN_ADDRESS)
    if counts_from_the_case(bare):
        return _relative(text, folder, windows)
    if bare != text:
        return _refused(text, Phrase("it begins with a blank"))
    if posixpath.normpath("/" + folded.lstrip("/")).startswith("/vsi") and folded.startswith("/"):
        return _refused(text, Phrase("it is a path that only GDAL knows"))
    if folded.startswith("~"):
        return _of_home(text, folded, folder, windows)
    if folded.startswith("/"):
        return _rooted(text, folded, folder, windows)
    return _on_drive(text, folded, folder, windows)


def _unfit(text: str) -> str:
    """Reason why no system could take the text for a path."""
    if len(text) > MOST_CHARS:
        return Phrase("it is longer than any path")
    if _CONTROL.search(text):
        return Phrase("it holds control characters")
    if any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in text):
        return Phrase("it holds half characters")
    if text.lstrip().startswith(("<", "{")):
        return Phrase("it is a description, no path")
    return ""


def _relative(text: str, folder: str, windows: bool) -> LayerFile:
    parts = text.replace("\\", "/").split("/")
    if not folder:
        return _refused(text, Phrase("it counts from the folder of a case, and there is none"))
    if windows and any(":" in part for part in parts):
        return _refused(text, Phrase("it names a drive, or a part of a file"))
    if windows and any(_DEVICE_NAMES.match(part) for part in parts):
        return LayerFile(text, Reach.DEVICE)
    library = ntpath if windows else posixpath
    place = _classified(text, library.normpath(library.join(folder, *parts)), folder, windows)
    # A way up and down again may pass through a link: it is not taken for one that stays inside.
    return _outside(place) if ".." in parts else place


def _rooted(text: str, folded: str, folder: str, windows: bool) -> LayerFile:
    """Judge a path that begins at a root: of this system, of a host, or of no drive in particular."""
    if folded.startswith(("//./", "//?/")):
        return LayerFile(text, Reach.DEVICE)
    if folded.startswith("//"):
        if not windows:
            return LayerFile(text, Reach.NETWORK, why=_OTHER_SYSTEM)
        place = _classified(text, ntpath.normpath(folded), folder, windows)
        return place if place.is_inside else LayerFile(text, Reach.NETWORK, place.path)
    if text.startswith("\\"):
        return _refused(text, Phrase("it names no drive"))
    if windows:
        return LayerFile(text, Reach.ELSEWHERE, why=_OTHER_SYSTEM)
    place = _classified(text, posixpath.normpath(text), folder, windows)
    return _outside(place) if ".." in text.split("/") else place


def _on_drive(text: str, folded: str, folder: str, windows: bool) -> LayerFile:
    rest = folded[2:]
    if not rest.startswith("/"):
        return _refused(text, Phrase("it names a drive without a folder"))
    if not windows:
        return LayerFile(text, Reach.ELSEWHERE, why=_OTHER_SYSTEM)
    if ":" in rest:
        return _refused(text, Phrase("it names a part of a file"))
    if any(_DEVICE_NAMES.match(part) for part in rest.split("/")):
        return LayerFile(text, Reach.DEVICE)
    place = _classified(text, ntpath.normpath(folded), folder, windows)
    return _outside(place) if ".." in rest.split("/") else place


def _of_home(text: str, folded: str, folder: str, windows: bool) -> LayerFile:
    """Judge a path in our own home folder; that of others would have to be looked up."""
    home = os.environ.get("USERPROFILE" if windows else "HOME", "")
    name, _, rest = folded.partition("/")
    if name != "~" or not home:
        return LayerFile(text, Reach.ELSEWHERE, why=Phrase("it is in the home folder of somebody else"))
    library = ntpath if windows else posixpath
    return _outside(_classified(text, library.normpath(library.join(home, rest)), folder, windows))


def _classified(text: str, path: str, folder: str, windows: bool) -> LayerFile:
    """Classify an absolute path of this system, without detours."""
    if folder and is_below(path, folder, windows=windows):
        return LayerFile(text, Reach.BESIDE, path)
    if not windows and _DEVICES.match(path):
        return LayerFile(text, Reach.DEVICE)
    if not windows and _MOUNTS.match(path):
        return LayerFile(text, Reach.NETWORK, path)
    return LayerFile(text, Reach.ELSEWHERE, path)


def _outside(place: LayerFile) -> LayerFile:
    return place if place.reach is not Reach.BESIDE else LayerFile(place.text, Reach.ELSEWHERE, place.path)


def _shipped(name: object) -> LayerFile:
    """Judge a name of a shipped file: it must be on our own list, and not lead out of its folder."""
    if isinstance(name, str) and name in sample_data.names():
        return LayerFile(name, Reach.SHIPPED)
    return _refused(name, Phrase("Geoloupe ships no such file"))


def _refused(text: object, why: str) -> LayerFile:
    shown = text if isinstance(text, str) else repr(text)[:80]
    return LayerFile(shown, Reach.REFUSED, why=why)


def is_below(path: str, folder: str, *, windows: bool = WINDOWS) -> bool:
    """True where `path` is `folder` or in it, both absolute and without detours: as text."""
    if windows:
        path, folder = ntpath.normcase(path), ntpath.normcase(folder)
    separator = "\\" if windows else "/"
    return path == folder or path.startswith(folder.rstrip(separator) + separator)


def is_windows_text(text: str) -> bool:
    """True for a path in the notation of Windows, whatever system this is."""
    return bool(_DRIVE.match(text)) or text.startswith("\\") or ("\\" in text and not text.startswith("/"))


def parts_of(text: str) -> list[str]:
    """The names in a path, from the outermost on, in whatever notation."""
    folded = text.replace("\\", "/") if is_windows_text(text) else text
    return [part for part in folded.split("/") if part not in ("", ".")]


def folder_of(text: str) -> str:
    """The folder of a path in its own notation; empty for a bare name."""
    if not is_windows_text(text):
        return posixpath.dirname(text)
    folder = ntpath.dirname(text)
    return folder.rstrip("\\/") if folder.startswith(("\\", "/")) else folder


def described(place: LayerFile) -> str:
    """Describes a path that leads outside, as the end of a sentence about its layer or file."""
    text = place.text if len(place.text) <= MOST_SHOWN else f"{place.text[: MOST_SHOWN - 1]}…"
    match place.reach:
        case Reach.ELSEWHERE if place.path:
            return Phrase("lies outside the case, in {folder}", folder=place.folder)
        case Reach.ELSEWHERE:
            return Phrase("lies where this computer has no such folder, as {why}: {text}", why=place.why, text=text)
        case Reach.NETWORK:
            return Phrase("lies on a network share or a mounted drive: {path}", path=place.path or text)
        case Reach.DEVICE:
            return Phrase("leads to a device, which is never read: {text}", text=text)
        case Reach.REFUSED:
            return Phrase("does not name a file, as {why}: {text}", why=place.why, text=text)
    return Phrase("lies beside the case: {text}", text=text)
