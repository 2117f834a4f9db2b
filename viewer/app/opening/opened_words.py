"""Sorts typed or dropped words into a case, other files, and services."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from layers.disk.patience import within
from layers.errors import FileMissing, GeoloupeError, NotAFile, NotAllowed
from layers.project.saving.recovery import RecoverableSession
from layers.project.storage.sqlite_file import is_case
from layers.requests.addresses import is_ranged_address
from layers.services.naming import is_service_text
from viewer.commands.found_layers import FoundLayer, layers_of_service
from viewer.rendering.drives import ANSWER_S
from viewer.support.jobs import JobContext

if TYPE_CHECKING:
    from layers.services.stac.item import StacItem
    from viewer.commands.imagery.catalogue_layers import StatedScene

ITEM_SUFFIXES = (".json", ".geojson")
"""Endings of files that may hold a STAC item."""


class ServerAddress(Struct, frozen=True):
    """The address of a server, which has to be asked what it offers."""

    text: str


class FileAddress(Struct, frozen=True):
    """The address of a file on a host, which is read by ranges."""

    text: str


class TickedFile(Struct, frozen=True):
    """A fact-check sheet that comes home."""

    path: Path


class ItemFile(Struct, frozen=True):
    """A saved STAC item whose picture is on a host."""

    path: Path


type Meaning = Path | FileAddress | list[FoundLayer] | ServerAddress | TickedFile | ItemFile | GeoloupeError
"""Meaning of a word: a file to be probed, here or on a host, the layer of a service, a server to be asked, a ticked
sheet, a saved item of a catalogue, or the error that it leads to.
"""


class SortedWords(Struct, frozen=True):
    """Meanings of words, one of which may be a case."""

    case: Path | None
    """The first case among the words; None for none."""
    others: list[Meaning]
    """The meanings of all other words, in their order."""
    left: RecoverableSession | None
    """Edits of the case that only a crashed session holds; None for none."""
    stated: Mapping[str, StatedScene] = {}
    """Statements of saved items on pictures beside them, by path: these are opened in their place."""


def sort_words(
    words: Sequence[str],
    context: JobContext,
    left_of: Callable[[Path], RecoverableSession | None],
    *,
    adds_items: bool = False,
) -> SortedWords:
    """Sort words into the case to open and all others. It waits for slow drives: call it in a job.

    `left_of` finds the crashed session of a case, if there is one. With `adds_items` a saved STAC item means the image
    that it describes, else the outline in it.
    """
    from layers.product.factcheck.ticked_file import is_sheet  # for start-up time

    case: Path | None = None
    others: list[Meaning] = []
    stated: dict[str, StatedScene] = {}
    gone: set[str] = set()
    for word in words:
        context.check()
        try:
            if is_ranged_address(word):
                others.append(FileAddress(word))
                continue
            if is_server_word(word):
                others.append(ServerAddress(word))
                continue
            if is_service_text(word):
                others.append(layers_of_service(word))
                continue
            path, may_be_case = _path_of(word, gone)
            if case is None and may_be_case:
                case = path
            elif is_sheet(path):
                others.append(TickedFile(path))
            elif adds_items and (item := _item_in(path)) is not None:
                others.append(_meaning_of_item(path, item, stated))
            else:
                others.append(path)
        except GeoloupeError as error:
            others.append(error)
    return SortedWords(case, others, None if case is None else _edits_left(case, left_of), stated)


def _item_in(path: Path) -> StacItem | None:
    """The item of a catalogue that a file holds; None for any other file."""
    if path.suffix.lower() not in ITEM_SUFFIXES or not path.is_file():
        return None
    from layers.services.stac.saved_item import item_in_file  # for start-up time

    return item_in_file(path)


def _meaning_of_item(path: Path, item: StacItem, stated: dict[str, StatedScene]) -> Meaning:
    """The picture of an item where it lies on this computer, with what the item states of it; else the item."""
    picture = item.picture.asset
    if picture is None or not picture.path or not os.path.isfile(picture.path):
        return ItemFile(path)
    from viewer.commands.imagery.catalogue_layers import stated_scene  # for start-up time

    shown = Path(picture.path).resolve()
    stated[str(shown)] = stated_scene(item, picture.path)
    return shown


def is_server_word(word: str) -> bool:
    """True for the address of a server."""
    if "://" not in word:
        return False
    from layers.services.listed.typed_entry import is_server_address  # for start-up time: it reads documents, too

    return is_server_address(word)


def _edits_left(case: Path, look: Callable[[Path], RecoverableSession | None]) -> RecoverableSession | None:
    """Find the edits that a crash left of a case.

    None without any, and where the folder of sessions does not answer in time: the case itself may still open.
    """
    try:
        return within(ANSWER_S, lambda: look(case))
    except TimeoutError:
        return None


def _path_of(word: str, gone: set[str]) -> tuple[Path, bool]:
    """Return the path that a word names, and True where it is a case.

    Raises FileMissing where its drive does not answer. Such a folder is added to `gone`, and is
    not waited for again.
    """

    def look() -> tuple[Path, bool]:
        path = _existing(word)
        return path, path.is_file() and is_case(path)

    folder = os.path.dirname(word)
    try:
        if folder in gone:
            raise TimeoutError
        return within(ANSWER_S, look)
    except TimeoutError:
        gone.add(folder)
        raise FileMissing(
            "{word} does not answer: its drive may be gone. Look whether it is there, then open it again.", word=word
        ) from None


def _existing(word: str) -> Path:
    """Return the path of a regular file or of a folder, which may hold a delivery.

    Raises FileMissing and NotAllowed.
    """
    try:
        path = Path(word).resolve()
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise FileMissing("There is no file {word}: check the name.", word=word) from None
    except (OSError, ValueError, RuntimeError) as error:
        raise NotAllowed(
            "{word} cannot be opened: {getattr}.", word=word, getattr=getattr(error, "strerror", None) or error
        ) from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise NotAFile("{word} is not a regular file: name a file that holds data.", word=word)
    return path
