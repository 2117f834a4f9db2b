"""From names to layers: cases are opened by the session, other files are probed by a reader, services are added."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import CannotBePlaced, FileMissing, GeoloupeError, NotAFile, NotAllowed
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.project.intake import is_case
from layers.services.naming import service_from_text
from viewer.app.session import Session
from viewer.commands.layers import add_layer
from viewer.support.jobs import JobContext, Jobs
from viewer.support.messages import Messages


@dataclass(frozen=True)
class FoundLayer:
    """What a file or service becomes: the arguments of `add_layer`."""

    kind: str
    name: str
    source: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    bounds_lonlat: Bounds | None = None


type _Found = Path | list[FoundLayer] | GeoloupeError
"""What a word leads to: a file to be probed, layers, or why it leads nowhere."""


class FileOpener(QObject):
    """Opens words (paths, tile templates, catalogue names), as typed or dropped. The window's thread only."""

    added = Signal(object)
    """Bounds in lon, lat of layers that came to a case without any, or None where they have no place."""
    finished = Signal()

    def __init__(
        self,
        session: Session,
        pool: ReaderPool,
        jobs: Jobs,
        messages: Messages,
        allow_host: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pool, self._jobs, self._messages = session, pool, jobs, messages
        self._allow_host = allow_host
        self._found: list[_Found | None] = []
        self._is_open = False
        self.failures: list[str] = []
        """The sentences of what could not be opened, in this session of the program."""

    @property
    def is_idle(self) -> bool:
        return not self._is_open

    def open(self, words: Sequence[str]) -> None:
        """Open what each word names; the first case becomes the open case, everything else becomes its layers."""
        if not words:
            return
        self._is_open = True
        self._jobs.run(lambda context: _sort(list(words), context), self._sorted, self._failed, "")

    def _failed(self, error: GeoloupeError) -> None:
        self._refuse(error)
        self._is_open = False
        self.finished.emit()

    def _sorted(self, sorted_words: tuple[Path | None, list[_Found]]) -> None:
        case, found = sorted_words
        if case is not None:
            self._session.open_case(case, lambda: self._probe_all(found), self._case_failed)
        else:
            self._probe_all(found)

    def _case_failed(self, error: GeoloupeError) -> None:
        self.failures.append(error.sentence)
        self._is_open = False
        self.finished.emit()

    def _probe_all(self, found: list[_Found]) -> None:
        self._found = [None if isinstance(one, Path) else one for one in found]
        for at, one in enumerate(found):
            if isinstance(one, Path):
                self._pool.submit(Request("probe", {"path": str(one)}, self._answer_for(at, one), str(one)))
        self._add_ready()

    def _answer_for(self, at: int, path: Path) -> Callable[[Answer | GeoloupeError], None]:
        def answered(answer: Answer | GeoloupeError) -> None:  # on a supervisor thread
            self._jobs.mailbox.post(self._probed, at, path, answer)

        return answered

    def _probed(self, at: int, path: Path, answer: Answer | GeoloupeError) -> None:
        try:
            self._found[at] = answer if isinstance(answer, GeoloupeError) else layers_of_probe(path, answer.header)
        except GeoloupeError as error:
            self._found[at] = error
        self._add_ready()

    def _add_ready(self) -> None:
        """Once all are known: one edit for all layers, in the order they were named."""
        if any(one is None for one in self._found):
            return
        layers: list[FoundLayer] = []
        for one in self._found:
            if isinstance(one, GeoloupeError):
                self._refuse(one)
            elif isinstance(one, list):
                layers += one
        self._found = []
        self._add(layers)
        self._is_open = False
        self.finished.emit()

    def _add(self, layers: list[FoundLayer]) -> None:
        if not layers:
            return
        for layer in layers:
            if "template" in layer.source:
                self._allow_host(layer.source["template"])  # who types or drops an address agrees to its host
        was_empty = not self._session.document.layers and not self._session.document.sites
        self._session.push_or_say(edit_for(self._session.document, layers, self._session.actor))
        places = [layer.bounds_lonlat for layer in layers if layer.bounds_lonlat is not None]
        bounds = None
        for place in places:
            bounds = place if bounds is None else bounds.union(place)
        if was_empty or bounds is not None:
            self.added.emit(bounds)

    def _refuse(self, error: GeoloupeError) -> None:
        self.failures.append(error.sentence)
        self._messages.show(f"open {error.sentence}", error.sentence, "error")


def edit_for(document: Document, layers: Sequence[FoundLayer], actor: str) -> Edit:
    """One edit that adds all layers, the first lowest."""
    trial = Document({"layers": list(document.layers.values())})
    edits = []
    for layer in layers:
        edit = add_layer(trial, layer.kind, layer.name, layer.source, actor=actor, **layer.facts)
        trial.apply(edit)
        edits.append(edit)
    whole = edits[0]
    for edit in edits[1:]:
        whole = whole.joined(edit)
    return whole if len(edits) == 1 else Edit(f"Add {len(edits)} layers", whole.changes)


def layers_of_probe(path: Path, header: dict[str, Any]) -> list[FoundLayer]:
    """The layers a probed file stands for; a vector file may hold several tables.

    Raises CannotBePlaced where nothing says where on Earth the data are.
    """
    sources = [header["raster"]] if header["kind"] == "raster" else header["layers"]
    if not any(source["crs"] for source in sources):
        problems = [problem for source in sources for problem in source["problems"]]
        raise CannotBePlaced(
            problems[0] if problems else f"{path.name} does not say where it lies: it has no CRS. Give it a world file."
        )
    if header["kind"] == "raster":
        raster = header["raster"]
        facts = {"credit": raster["credit"], "acquired_at": raster["acquired_at"], "date_kind": raster["date_kind"]}
        return [FoundLayer("raster", path.stem, {"path": str(path)}, facts, _bounds(raster))]
    tables = header["layers"]
    return [
        FoundLayer(
            "vector",
            path.stem if len(tables) == 1 else f"{path.stem}: {table['name']}",
            {"path": str(path), "table": table["name"]},
            {},
            _bounds(table),
        )
        for table in tables
    ]


def _bounds(facts: dict[str, Any]) -> Bounds | None:
    bounds = facts["bounds_lonlat"]
    return None if bounds is None else Bounds(*bounds)


def _sort(words: list[str], context: JobContext) -> tuple[Path | None, list[_Found]]:
    """Runs in a job: which word is the case to open, and what the others are, in order."""
    case: Path | None = None
    found: list[_Found] = []
    for word in words:
        context.check()
        try:
            if "://" in word or word.startswith("gibs:"):
                service = service_from_text(word)
                found.append([FoundLayer("tiles", service.title, service.to_json(), {"credit": service.attribution})])
                continue
            path = _regular_file(word)
            if case is None and is_case(path):
                case = path
            else:
                found.append(path)
        except GeoloupeError as error:
            found.append(error)
    return case, found


def _regular_file(word: str) -> Path:
    try:
        path = Path(word).resolve()
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise FileMissing(f"There is no file {word}: check the name.") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise NotAllowed(f"{word} cannot be opened: {getattr(error, 'strerror', None) or error}.") from error
    if not stat.S_ISREG(mode):
        raise NotAFile(f"{word} is not a regular file: name a file that holds data.")
    return path
