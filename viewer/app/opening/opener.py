"""Opens the files, folders and services that words name: readers probe each file, then all layers are added at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QObject, QTimer, Signal

from layers.document.document import Document
from layers.errors import CannotBePlaced, GeoloupeError, NotAFile
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.requests.probe import Probe
from layers.services.imagery_entry import host_of_address
from viewer.app.case.case_opening import CaseOpening
from viewer.app.case.session import Session
from viewer.app.opening.drop_menu import SITE_SUFFIXES
from viewer.app.opening.folder_files import FolderFiles, files_of_folder
from viewer.app.opening.layer_adder import LayerAdder
from viewer.app.opening.opened_words import FileAddress, ItemFile, ServerAddress, TickedFile, is_server_word, sort_words
from viewer.commands.found_layers import FoundLayer, layer_at, layers_of_address, layers_of_probe
from viewer.network.typed_keys import without_key
from viewer.panels.access import CaseAccess
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages
from viewer.support.outside_words import address_in, dropped_words, is_web_address

if TYPE_CHECKING:
    from viewer.app.opening.opened_words import Meaning, SortedWords
    from viewer.commands.imagery.catalogue_layers import StatedScene

HOST_PATIENCE_MS = 10_000
"""Milliseconds for which a layer waits to be added until a host has said where its file lies."""
EARTH_SUFFIXES = (".kml", ".kmz")
TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx")


class _Reading(Struct, frozen=True):
    """The analyst's answer to the question how a table is read."""

    options: dict[str, Any]
    table: str


class _Opening(Struct, eq=False):
    """One call of `open` or `open_as` under way, with its words. There may be several at once."""

    words: list[str]
    document: Document
    """The case in which the words are opened."""
    outcomes: list[list[FoundLayer] | GeoloupeError | None] = field(default_factory=list)
    """Layers of each word, or why it cannot be opened; None while its file is probed."""
    stays: bool = False
    """True where the map does not move: the new layers are known to lie in view."""
    reading: _Reading | None = None
    is_dropped: bool = False
    """True where it is asked whether rows of files are layers or sites."""
    adds: bool = False
    """True where a case is added to the open one, rather than put in its place."""
    stated: Mapping[str, StatedScene] = {}
    """Statements of a catalogue on files, by path."""


class FileOpener(QObject):
    """Opens words (paths, tile templates, catalogue names) as typed or dropped. Used on the window's thread only."""

    files_wanted = Signal(object, object)
    """The path of a folder and its `FolderFiles`, none opened yet: the analyst must choose."""
    columns_wanted = Signal(object)
    """Path of a table that does not say where its rows lie."""
    address_wanted = Signal(str)
    """Emitted with an address of a server, which has to be asked what it offers."""
    sheet_wanted = Signal(object)
    """Path of a fact-check sheet that comes home to the open case."""
    item_wanted = Signal(object)
    """Path of a saved item of a catalogue, whose picture is on a host that has to be asked."""
    earth_wanted = Signal(object)
    """Path of a file of Google Earth whose places, pictures and views the analyst wants in the case."""
    earth_opened = Signal(object)
    """Path of a file of Google Earth that was opened as a layer: its places may also come in as sites."""
    table_wanted = Signal(object)
    """Path of a table or vector file whose rows the analyst wants in the case as sites."""
    case_wanted = Signal(object)
    """Path of a case of which the analyst wants parts in the open one."""
    use_wanted = Signal(object, object, object)
    """Paths of dropped files whose rows can be layers or sites, and the functions for the two answers."""
    finished = Signal()

    def __init__(
        self,
        session: Session,
        pool: ReaderPool,
        jobs: Jobs,
        cases: CaseOpening,
        adder: LayerAdder,
        messages: Messages,
        case: CaseAccess,
        parent: QObject | None = None,
    ) -> None:
        """`case` is the way to servers, and to the consent that a typed address of one is."""
        super().__init__(parent)
        self._session, self._pool, self._jobs, self.messages = session, pool, jobs, messages
        self._cases, self._adder, self._case = cases, adder, case
        self._under_way: list[_Opening] = []

    @property
    def is_idle(self) -> bool:
        return not self._under_way

    def expect(self) -> None:
        """Prepare a reader: the analyst is about to choose files."""
        self._pool.expect()

    def open_scenes(self, paths: Sequence[str], stated: Mapping[str, StatedScene]) -> None:
        """Open files of scenes that lie in view. `stated`: what a catalogue states of them, by path."""
        self._begin(_Opening(list(paths), self._session.document, stays=True, stated=stated))

    def open(self, words: Sequence[str], *, stays: bool = False, is_typed: bool = False) -> None:
        """Open what each word names: the first case becomes the open case, everything else becomes its layers.

        `stays`: the map does not move to the layers. `is_typed`: the words were typed in a terminal, where an address
        is consent to ask its host, and a layer may be named behind a #. The first address of any other server, as no
        template is, is offered to be asked, where somebody is there to answer.
        """
        self._open_words(words, stays=stays, is_typed=is_typed)

    def _open_words(
        self,
        words: Sequence[str],
        *,
        stays: bool = False,
        is_typed: bool = False,
        is_dropped: bool = False,
        adds: bool = False,
    ) -> None:
        servers = [word for word in words if is_server_word(word)]
        for address in servers if is_typed else ():
            self._case.consent(host_of_address(address))
        offered = [word for word in servers if self._adder.asks and not (is_typed and "#" in word)]
        if offered:
            self.address_wanted.emit(offered[0])
            words = [word for word in words if word not in offered]
        if not words:
            return
        # A key stands in no layer: the case goes to others.
        words = [without_key(word, self._case.show_key) for word in words]
        self._begin(_Opening(words, self._session.document, stays=stays, is_dropped=is_dropped, adds=adds))

    def _begin(self, opening: _Opening) -> None:
        self._under_way.append(opening)

        def failed(error: GeoloupeError) -> None:
            self._adder.add_files([error])
            self._end(opening)

        self._jobs.run(
            lambda context: sort_words(
                opening.words, context, self._session.recoverable_of, adds_items=self._adder.asks
            ),
            partial(self._sorted, opening),
            failed,
            apart=True,
        )

    def can_open(self, data: QMimeData) -> bool:
        """True for dragged files and links, and for a text that is an address."""
        return data.hasUrls() or is_web_address(address_in(data), is_sure=False)

    def open_dropped(self, data: QMimeData) -> None:
        """Add what was dropped, after a question where rows of files can be layers or sites."""
        self._open_words(dropped_words(data), is_dropped=True, adds=True)

    def add_words(self, words: Sequence[str]) -> None:
        """Open files as `open` does; of a case the parts are offered, and the open case stays."""
        self._open_words(words, adds=True)

    def open_as(self, path: Path, options: dict[str, Any], table: str) -> None:
        """Add the table named `table` of a file, read with the options that the analyst chose."""
        opening = _Opening([str(path)], self._session.document, reading=_Reading(options, table))
        self._under_way.append(opening)
        self._probe(opening, [path])

    def probe(self, path: Path, done: Callable[[list[FoundLayer] | GeoloupeError], None]) -> None:
        """Find the layers of a file that was written for the analyst, which may be read, without adding them."""
        self._adder.allow([{"path": str(path)}])

        def probed(answer: Answer | GeoloupeError) -> None:
            done(_layers_in(path, answer, None))

        self._pool.submit(Request(Probe(str(path)), partial(self._jobs.mailbox.post, probed), str(path)))

    def add(self, layers: list[FoundLayer]) -> None:
        """Add layers of one file that lie in view."""
        self._adder.add_files([layers], stays=True)

    def _sorted(self, opening: _Opening, words: SortedWords) -> None:
        opening.stated = {**words.stated, **opening.stated}
        if words.case is None:
            self._ask_use(opening, words.others)
            return
        if opening.adds and self._adder.asks and self._session.is_begun:
            self.case_wanted.emit(words.case)
            self._ask_use(opening, words.others)
            return
        self._under_way.remove(opening)  # until it is said that it may be
        self._cases.clear_the_way(words.case, words.left, partial(self._open_case, opening, words.case, words.others))

    def _ask_use(self, opening: _Opening, meanings: list[Meaning]) -> None:
        """Probe the files, once it is known which of those that were dropped are to be layers."""
        tables = [each for each in meanings if isinstance(each, Path) and each.suffix.lower() in SITE_SUFFIXES]
        if not (opening.is_dropped and tables and self._adder.asks):
            self._probe(opening, meanings)
            return
        others = [each for each in meanings if each not in tables]
        self._probe(opening, others)

        def as_layers() -> None:
            self.open([str(path) for path in tables])

        def as_sites() -> None:
            for path in tables:
                (self.earth_wanted if path.suffix.lower() in EARTH_SUFFIXES else self.table_wanted).emit(path)

        self.use_wanted.emit(tables, as_layers, as_sites)

    def _open_case(self, opening: _Opening, case: Path, others: list[Meaning], recovered_from: Path | None) -> None:
        """Open a case from its file, or from the crashed session in the folder `recovered_from`; then the others."""
        self._under_way.append(opening)

        def opened() -> None:
            if opening not in self._under_way:  # it had failed, and what is left of the case was asked for then
                self._under_way.append(opening)
            opening.document = self._session.document
            self._probe(opening, others)

        def failed(error: GeoloupeError) -> None:
            self._adder.failures.append(error.sentence)
            self._end(opening)

        if recovered_from is not None:
            self._session.recover(recovered_from, opened, failed, case=case)
        else:
            self._session.open_case(case, opened, failed)

    # -- first step: probe ----------------------------------------------------------------------------------------

    def _probe(self, opening: _Opening, meanings: Sequence[Meaning]) -> None:
        """Ask readers what the files hold; the last answer leads on to `_add`."""
        waits = Path | FileAddress | ServerAddress
        sheets = [meaning.path for meaning in meanings if isinstance(meaning, TickedFile)]
        items = [meaning.path for meaning in meanings if isinstance(meaning, ItemFile)]
        known = [[] if isinstance(meaning, TickedFile | ItemFile) else meaning for meaning in meanings]
        opening.outcomes = [None if isinstance(meaning, waits) else meaning for meaning in known]
        options = {} if opening.reading is None else opening.reading.options
        with self._pool.together():
            for at, path in enumerate(meanings):
                if isinstance(path, Path):
                    # The answer comes on a supervisor's thread.
                    answered = partial(self._jobs.mailbox.post, self._probed, opening, at, path)
                    self._pool.submit(Request(Probe(str(path), options=options), answered, str(path)))
        for at, meaning in enumerate(meanings):
            if isinstance(meaning, ServerAddress):
                self._ask(meaning, partial(self._jobs.mailbox.post, self._answered, opening, at))
            elif isinstance(meaning, FileAddress):
                self._look_at(opening, at, meaning.text)
        self._add(opening)
        for sheet in sheets:
            self.sheet_wanted.emit(sheet)
        if items:
            self.item_wanted.emit(items[0])

    def _ask(self, address: ServerAddress, done: Callable[[list[FoundLayer] | GeoloupeError], None]) -> None:
        from viewer.app.opening.server_layers import find_server_layers  # for start-up time: it reads documents

        find_server_layers(address.text, self._case.fetcher, self._jobs, done)

    def _look_at(self, opening: _Opening, at: int, address: str) -> None:
        """Find out where the file at an address lies, for the map to go there; a host may be slow, or not answer."""
        self._adder.allow([{"address": address}])
        looked = partial(self._looked_at, opening, at, address)
        self._pool.submit(Request(Probe(address), partial(self._jobs.mailbox.post, looked)))
        QTimer.singleShot(HOST_PATIENCE_MS, self, partial(looked, None))

    def _looked_at(self, opening: _Opening, at: int, address: str, answer: Answer | GeoloupeError | None) -> None:
        """Add the layer in any case: its drawing asks anew, and says what is wrong."""
        if opening.outcomes[at] is None:
            opening.outcomes[at] = _layers_at(address, answer)
            self._add(opening)

    def _answered(self, opening: _Opening, at: int, outcome: list[FoundLayer] | GeoloupeError) -> None:
        opening.outcomes[at] = outcome
        self._add(opening)

    def _probed(self, opening: _Opening, at: int, path: Path, answer: Answer | GeoloupeError) -> None:
        may_ask = self._adder.asks and self._is_wanted(opening) and opening.reading is None
        if isinstance(answer, NotAFile) and may_ask:
            self._look_through(opening, at, path, answer)
            return
        is_table = isinstance(answer, CannotBePlaced) and path.suffix.lower() in TABLE_SUFFIXES
        if is_table and may_ask:
            opening.outcomes[at] = []
            self.columns_wanted.emit(path)
        else:
            layers, stated = _layers_in(path, answer, opening.reading), opening.stated.get(str(path))
            opening.outcomes[at] = _with_stated(layers, stated) if stated and isinstance(layers, list) else layers
            if may_ask and isinstance(layers, list) and path.suffix.lower() in EARTH_SUFFIXES:
                self.earth_opened.emit(path)
        self._add(opening)

    def _look_through(self, opening: _Opening, at: int, folder: Path, refusal: NotAFile) -> None:
        """Offer the files of a folder that is no delivery, or refuse it where none can be opened."""

        def looked(listing: FolderFiles) -> None:
            opening.outcomes[at] = [] if listing.files else refusal
            if listing.files and self._is_wanted(opening):
                self.files_wanted.emit(folder, listing)
            self._add(opening)

        def failed(error: GeoloupeError) -> None:
            opening.outcomes[at] = error
            self._add(opening)

        title = self.tr("Looking through {0}").format(folder.name)
        self._jobs.run(lambda context: files_of_folder(folder, context.check), looked, failed, title, apart=True)

    # -- second step: add -----------------------------------------------------------------------------------------

    def _add(self, opening: _Opening) -> None:
        """Add all layers in one edit, in the order in which they were named, once all of them are known."""
        outcomes = [layers for layers in opening.outcomes if layers is not None]
        if len(outcomes) < len(opening.outcomes):
            return
        if self._is_wanted(opening):
            self._adder.add_files(outcomes, stays=opening.stays)
        else:
            self._say_left_out(opening)
        self._end(opening)

    def _is_wanted(self, opening: _Opening) -> bool:
        """True while the case in which the words were opened is still open."""
        return opening.document is self._session.document

    def _say_left_out(self, opening: _Opening) -> None:
        sentence = self.tr("{0} was not added: another case was opened meanwhile. Open it again to add it to this one.")
        if len(opening.words) > 1:
            sentence = self.tr(
                "{0} and others named with it were not added: another case was opened meanwhile."
                " Open them again to add them to this one."
            )
        name = Path(opening.words[0]).name
        self.messages.show(f"left out {name}", sentence.format(name), "info")

    def _end(self, opening: _Opening) -> None:
        self._under_way.remove(opening)
        self.finished.emit()


def _layers_in(
    path: Path, answer: Answer | GeoloupeError, reading: _Reading | None
) -> list[FoundLayer] | GeoloupeError:
    """Layers of a probed file, or only the table that the analyst chose; else the error that left none."""
    if isinstance(answer, GeoloupeError):
        return answer
    try:
        layers = layers_of_probe(path, answer.facts, None if reading is None else reading.options)
    except GeoloupeError as error:
        return error
    if reading is None or len(layers) == 1:
        return layers
    return [layer for layer in layers if layer.source.get("table") == reading.table]


def _with_stated(layers: list[FoundLayer], stated: StatedScene) -> list[FoundLayer]:
    """The layers with what a catalogue states of their file."""
    return [
        replace(layer, source={**layer.source, **stated.source}, facts={**layer.facts, **stated.fields})
        for layer in layers
    ]


def _layers_at(address: str, answer: Answer | GeoloupeError | None) -> list[FoundLayer]:
    """The layer of a file at an address, with its place where that is known."""
    if isinstance(answer, Answer):
        with suppress(GeoloupeError):
            layers = layers_of_address(address, answer.facts)
            if all(layer.question is None for layer in layers):
                return layers
    return [layer_at(address)]
