"""Opens what words name: cases through the session, other files through a reader's probe, services as they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from PySide6.QtCore import QObject, Signal

from layers.disk.patience import within
from layers.document.document import Document
from layers.errors import CannotBePlaced, FileMissing, GeoloupeError, NotAFile, NotAllowed
from layers.geo.crs import PIXEL_SPACE
from layers.geo.lon_extent import around
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.project.saving.recovery import RecoverableSession
from layers.project.storage.sqlite_file import is_case
from layers.requests.probe import Probe
from layers.services.naming import is_service_text
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Recovery
from viewer.app.opening.folder_files import FolderFiles, files_of_folder
from viewer.commands.found_layers import (
    FoundLayer,
    chosen_unasked,
    edit_for,
    layers_of_probe,
    layers_of_service,
    said_of_unasked,
)
from viewer.rendering.drives import ANSWER_S
from viewer.support.jobs import JobContext, Jobs
from viewer.support.messages import Messages

TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx")

type _Found = Path | list[FoundLayer] | GeoloupeError
"""Meaning of a word: a file to be probed, layers, or the error that it leads to."""


class _Opening(Struct, eq=False):
    """One call of `open` under way, with its words. There may be several at once."""

    words: list[str]
    document: Document
    """The case in which the words are opened."""
    found: list[_Found | None] = field(default_factory=list)
    stays: bool = False
    """True where the map does not move: the new layers are known to lie in view."""


class _Named(Struct, frozen=True):
    """The case among the words, the other items, and the case's edits that only a crashed session holds."""

    case: Path | None
    found: list[_Found]
    left: RecoverableSession | None


class FileOpener(QObject):
    """Opens words (paths, tile templates, catalogue names) as typed or dropped. Used on the window's thread only."""

    added = Signal(object)
    """Bounds in lon, lat of new layers that the map should show. None: the first layers of a case have no place."""
    layer_added = Signal(str)
    """Uuid of the topmost of the newly added layers."""
    unplaced = Signal(object)
    """List of FoundLayer that were not added yet: the analyst must say where they lie."""
    choice_wanted = Signal(object, object)
    """A path and the list of FoundLayer in it, none added yet: the analyst must choose."""
    files_wanted = Signal(object, object)
    """The path of a folder and its `FolderFiles`, none opened yet: the analyst must choose."""
    columns_wanted = Signal(object)
    """Path of a table that does not say where its rows lie."""
    refused = Signal(object)
    """GeoloupeError of a file or service that cannot be opened."""
    finished = Signal()

    def __init__(
        self,
        session: Session,
        pool: ReaderPool,
        jobs: Jobs,
        messages: Messages,
        allow: Callable[[Iterable[Mapping[str, Any]]], None],
        parent: QObject | None = None,
        *,
        asks: bool = True,
        guard: Callable[[Callable[[], None]], None] = lambda go_on: go_on(),
        recovery: Callable[[Path, RecoverableSession], Recovery] = lambda case, left: Recovery.AS_SAVED,
    ) -> None:
        """`allow` gets the sources of layers: opening, typing or dropping them is consent to their hosts and folders.

        `guard` asks about unsaved changes and calls its argument once the open case may be replaced. `recovery` decides
        about the edits that a crash has left of a case to be opened.
        """
        super().__init__(parent)
        self._session, self._pool, self._jobs, self._messages = session, pool, jobs, messages
        self._allow, self._guard, self._recovery = allow, guard, recovery
        self._under_way: list[_Opening] = []
        self.failures: list[str] = []
        """Sentences on what could not be opened since the program started."""
        self.asks = asks
        """False where nobody can answer: layers that raise a question are shown in pixel space or refused."""
        self.needs_earth = False
        """True where a part of the Earth was asked for: pixel space is then no solution."""
        self.notices: list[str] = []
        """Sentences on decisions made because nobody could be asked."""

    @property
    def is_idle(self) -> bool:
        return not self._under_way

    def expect(self) -> None:
        """Prepare a reader: the analyst is about to choose files."""
        self._pool.expect()

    def open(self, words: Sequence[str], *, stays: bool = False) -> None:
        """Open what each word names: the first case becomes the open case, everything else becomes its layers.

        `stays`: the map does not move to the layers.
        """
        if not words:
            return
        opening = _Opening(list(words), self._session.document, stays=stays)
        self._under_way.append(opening)

        def failed(error: GeoloupeError) -> None:
            self._refuse(error)
            self._end(opening)

        self._jobs.run(
            lambda context: _sort(opening.words, context, self._session.recoverable_of),
            partial(self._sorted, opening),
            failed,
            apart=True,
        )

    def _end(self, opening: _Opening) -> None:
        self._under_way.remove(opening)
        self.finished.emit()

    def _sorted(self, opening: _Opening, named: _Named) -> None:
        case, left = named.case, named.left
        if case is None:
            self._probe_all(opening, named.found)
            return
        self._under_way.remove(opening)  # until it is said that it may be

        def open_it() -> None:
            answer = Recovery.AS_SAVED if left is None else self._recovery(case, left)
            if left is not None and answer is Recovery.DISCARD:
                self._session.forget_session(left.folder, lambda: self._open_case(opening, case, named.found))
            elif answer is not Recovery.CANCEL:
                folder = left.folder if left is not None and answer is Recovery.RECOVER else None
                self._open_case(opening, case, named.found, folder)

        self._guard(open_it)

    def _open_case(
        self, opening: _Opening, case: Path, found: list[_Found], recovered_from: Path | None = None
    ) -> None:
        """Open a case from its file, or from the crashed session in the folder `recovered_from`."""
        self._under_way.append(opening)

        def opened() -> None:
            if opening not in self._under_way:  # it had failed, and what is left of the case was asked for then
                self._under_way.append(opening)
            opening.document = self._session.document
            self._probe_all(opening, found)

        def failed(error: GeoloupeError) -> None:
            self.failures.append(error.sentence)
            self._end(opening)

        if recovered_from is not None:
            self._session.recover(recovered_from, opened, failed, case=case)
        else:
            self._session.open_case(case, opened, failed)

    def _probe_all(self, opening: _Opening, found: list[_Found]) -> None:
        opening.found = [None if isinstance(one, Path) else one for one in found]
        with self._pool.together():
            for at, one in enumerate(found):
                if isinstance(one, Path):
                    self._probe(opening, at, one)
        self._add_ready(opening)

    def _probe(self, opening: _Opening, at: int, path: Path) -> None:
        def answered(answer: Answer | GeoloupeError) -> None:  # on a supervisor thread
            self._jobs.mailbox.post(self._probed, opening, at, path, answer)

        self._pool.submit(Request(Probe(str(path)), answered, str(path)))

    def _probed(self, opening: _Opening, at: int, path: Path, answer: Answer | GeoloupeError) -> None:
        if isinstance(answer, NotAFile) and self.asks and self._is_wanted(opening):
            self._look_through(opening, at, path, answer)
            return
        try:
            opening.found[at] = answer if isinstance(answer, GeoloupeError) else layers_of_probe(path, answer.facts)
            is_table = isinstance(answer, CannotBePlaced) and path.suffix.lower() in TABLE_SUFFIXES
            if self.asks and is_table and self._is_wanted(opening):
                opening.found[at] = []
                self.columns_wanted.emit(path)
        except GeoloupeError as error:
            opening.found[at] = error
        self._add_ready(opening)

    def _look_through(self, opening: _Opening, at: int, folder: Path, refusal: NotAFile) -> None:
        """Offer the files of a folder that is no delivery, or refuse it where none can be opened."""

        def looked(found: FolderFiles) -> None:
            opening.found[at] = [] if found.files else refusal
            if found.files and self._is_wanted(opening):
                self.files_wanted.emit(folder, found)
            self._add_ready(opening)

        def failed(error: GeoloupeError) -> None:
            opening.found[at] = error
            self._add_ready(opening)

        title = self.tr("Looking through {0}").format(folder.name)
        self._jobs.run(lambda context: files_of_folder(folder, context.check), looked, failed, title, apart=True)

    def _is_wanted(self, opening: _Opening) -> bool:
        """True while the case in which the words were opened is still open."""
        return opening.document is self._session.document

    def _add_ready(self, opening: _Opening) -> None:
        """Add all layers in one edit, in the order in which they were named, once all of them are known."""
        if any(one is None for one in opening.found):
            return
        if self._is_wanted(opening):
            self._add_found(opening)
        else:
            self._say_left_out(opening)
        self._end(opening)

    def _say_left_out(self, opening: _Opening) -> None:
        sentence = self.tr("{0} was not added: another case was opened meanwhile. Open it again to add it to this one.")
        if len(opening.words) > 1:
            sentence = self.tr(
                "{0} and others named with it were not added: another case was opened meanwhile."
                " Open them again to add them to this one."
            )
        name = Path(opening.words[0]).name
        self._messages.show(f"left out {name}", sentence.format(name), "info")

    def _add_found(self, opening: _Opening) -> None:
        layers: list[FoundLayer] = []
        for one in opening.found:
            if isinstance(one, GeoloupeError):
                self._refuse(one)
            elif isinstance(one, list) and len(one) > 1 and self.asks:
                self.choice_wanted.emit(Path(one[0].source["path"]), one)
            elif isinstance(one, list):
                layers += chosen_unasked(one)
                self.notices += filter(None, (said_of_unasked(one),))
        self.add(layers, stays=opening.stays)

    def open_as(self, path: Path, options: dict[str, Any], sheet: str) -> None:
        """Add one table of a file, read with `options`."""
        opening = _Opening([str(path)], self._session.document)

        def take(answer: Answer | GeoloupeError) -> None:
            if self._is_wanted(opening):
                self._read_as(path, options, sheet, answer)
            else:
                self._say_left_out(opening)

        def answered(answer: Answer | GeoloupeError) -> None:  # on a supervisor thread
            self._jobs.mailbox.post(take, answer)

        self._pool.submit(Request(Probe(str(path), options=options), answered, str(path)))

    def _read_as(self, path: Path, options: dict[str, Any], sheet: str, answer: Answer | GeoloupeError) -> None:
        try:
            if isinstance(answer, GeoloupeError):
                raise answer
            found = layers_of_probe(path, answer.facts, options)
            self.add([layer for layer in found if len(found) == 1 or layer.source.get("table") == sheet])
        except GeoloupeError as error:
            self._refuse(error)

    def add(self, layers: list[FoundLayer], *, stays: bool = False) -> None:
        """Add layers in one edit; for those without a place, ask where they lie."""
        self._allow(layer.source for layer in layers)
        asked = [layer for layer in layers if layer.question is not None]
        if asked and not self.asks:
            layers, asked = self._decided(layers), []
        self._add([layer for layer in layers if layer.question is None], stays)
        if asked:
            self.unplaced.emit(asked)

    def _add(self, layers: list[FoundLayer], stays: bool = False) -> None:
        if not layers:
            return
        was_empty = not self._session.document.layers and not self._session.document.sites
        edit = edit_for(self._session.document, layers, self._session.actor)
        if not self._session.push_or_say(edit):
            return
        self.layer_added.emit(edit.changes[-1].uuid)
        bounds = around(layer.bounds_lonlat for layer in layers if layer.bounds_lonlat is not None)
        if not stays and (was_empty or bounds is not None):
            self.added.emit(bounds)

    def _decided(self, layers: list[FoundLayer]) -> list[FoundLayer]:
        """Decide without asking: a lone picture is shown in pixel space, anything else without a place is refused."""
        question = layers[0].question
        is_one = all(layer.question is question for layer in layers)
        if is_one and question is not None and question.has_pixels and self._may_be_pixels:
            self.notices.append(question.notice)
            return [layer.placed(PIXEL_SPACE) for layer in layers]
        is_alone = len(layers) == 1 and not self._session.document.layers
        questions = [layer.question for layer in layers if layer.question is not None]
        for refusal in dict.fromkeys(question.refusal(is_alone) for question in questions):
            self._refuse(CannotBePlaced(refusal))
        return layers

    @property
    def _may_be_pixels(self) -> bool:
        return not (self.needs_earth or self._session.document.layers)

    def _refuse(self, error: GeoloupeError) -> None:
        self.failures.append(error.sentence)
        self.refused.emit(error)
        self._messages.show(f"open {error.sentence}", error.sentence, "error")


def _sort(words: list[str], context: JobContext, left_of: Callable[[Path], RecoverableSession | None]) -> _Named:
    """Sort the words into the case to open, with its edits left by a crash, and all others. Runs in a job."""
    case: Path | None = None
    found: list[_Found] = []
    gone: set[str] = set()
    for word in words:
        context.check()
        try:
            if is_service_text(word):
                found.append(layers_of_service(word))
                continue
            path, may_be_case = _looked_at(word, gone)
            if case is None and may_be_case:
                case = path
            else:
                found.append(path)
        except GeoloupeError as error:
            found.append(error)
    return _Named(case, found, None if case is None else _left_of(case, left_of))


def _left_of(case: Path, look: Callable[[Path], RecoverableSession | None]) -> RecoverableSession | None:
    """Find the edits that a crash left of a case.

    None without any, and where the folder of sessions does not answer in time: the case itself may still open.
    """
    try:
        return within(ANSWER_S, lambda: look(case))
    except TimeoutError:
        return None


def _looked_at(word: str, gone: set[str]) -> tuple[Path, bool]:
    """Return the path that a word names, and True where it is a case.

    Raises FileMissing where its drive does not answer. Folders that did not answer are in `gone`, and not waited for
    again.
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
    """Return the path of a regular file or of a folder; whether a folder holds a delivery, a reader decides.

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
