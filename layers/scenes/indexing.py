"""Indexes a folder and all below it: describes the scenes that are not known yet, or have changed."""

from __future__ import annotations

import os
import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from layers.errors import FileMissing, GeoloupeError, GivenUp, ReaderTimeout
from layers.phrase import Phrase, joined
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.requests.question import Question
from layers.requests.scenes import DescribeScene, FolderList, ListScenes
from layers.scenes.found_scene import FoundScene, scene_of_facts
from layers.scenes.scene_store import Known, SceneStore
from layers.text.counted import counted

MOST_FOLDERS, MOST_SCENES, DEEPEST = 50_000, 100_000, 40
MOST_FORETOLD = 500
DESCRIBE_S = 10.0
LOOK_S = 0.1
"""Seconds between two looks whether it is to stop."""
COMMIT_EVERY = 50
MOST_SAID = 5
_PASSING = (FileMissing, ReaderTimeout, GivenUp)
"""Errors of the machine rather than of the file: the file is tried again the next time."""


class Progress(Struct, frozen=True):
    """Progress of the work on a folder."""

    done: int
    of: int
    """0 while it is still being listed."""
    name: str = ""
    found: tuple[FoundScene, ...] = ()
    """Scenes that have become known since the last time."""

    @property
    def fraction(self) -> float:
        return self.done / self.of if self.of else 0.0


class FolderReport(Struct):
    """The scenes of a folder, and a count of each kind of thing that was left out."""

    folder: str
    scenes: list[FoundScene] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    """All that were listed, for whoever watches them."""
    refused: dict[str, str] = field(default_factory=dict)
    """Files and folders that could not be read, by path, and why."""
    links: int = 0
    unplaced: int = 0
    """Pictures that nothing places, and images without a place."""
    is_cut: bool = False
    cache_problem: str = ""
    read: int = 0
    """Files that had to be opened: the others were known."""

    def said(self) -> list[str]:
        """Sentences about things left out, each kind once."""
        sentences = list[str]()
        if self.refused:
            first = joined("; ", [*dict.fromkeys(self.refused.values())][:MOST_SAID])
            count = counted(len(self.refused), "file or folder", "files or folders")
            sentences.append(Phrase("{count} could not be read: {first}", count=count, first=first))
        if self.unplaced:
            lies = Phrase("it lies") if self.unplaced == 1 else Phrase("they lie")
            sentences.append(
                Phrase(
                    "{images} left out: nothing says where on the Earth {lies}.",
                    images=counted(self.unplaced, "image"),
                    lies=lies,
                )
            )
        if self.links:
            count = counted(self.links, "link was", "links were")
            sentences.append(Phrase("{count} not followed: add the folder that it leads to.", count=count))
        if self.is_cut:
            sentences.append(Phrase("The folder holds more than can be listed: add the folders in it one by one."))
        if self.cache_problem:
            sentences.append(self.cache_problem)
        return sentences


def index_folder(
    folder: str,
    pool: ReaderPool,
    store: SceneStore,
    tell: Callable[[Progress], None] = lambda progress: None,
    check: Callable[[], None] = lambda: None,
    in_flight: int = 1,
) -> FolderReport:
    """Find all scenes of a folder, in the order of their paths. `check` raises when it is to stop: what was described
    until then is known from then on.

    Raises FileMissing, or another GeoloupeError, where the folder itself cannot be listed.
    """
    report = FolderReport(folder)
    pool.foretell([folder])
    listed = _listed(report, pool, check, tell, in_flight)
    known = store.known_beneath(folder)
    wanted = [path for path, state in listed.items() if path not in known or known[path].state != state]
    unchanged = {path: known[path] for path in listed if path in known and known[path].state == listed[path]}
    store.forget(path for path in known if path not in listed)
    tell(Progress(0, len(wanted), found=tuple(k.scene for k in unchanged.values() if k.scene is not None)))
    try:
        described = _described(wanted, listed, pool, store, tell, check, in_flight)
    finally:
        store.commit()
    report.read, report.cache_problem = len(wanted), store.problem
    for path in listed:
        entry = unchanged.get(path) or described[path]
        if entry.scene is None:
            report.refused[path] = entry.problem
        elif not entry.scene.ring:
            report.unplaced += 1
        else:
            report.scenes.append(entry.scene)
    return report


def _listed(
    report: FolderReport,
    pool: ReaderPool,
    check: Callable[[], None],
    tell: Callable[[Progress], None],
    in_flight: int,
) -> dict[str, tuple[int, ...]]:
    """Return the states of all scenes by path; other files are counted in the report."""
    states: dict[str, tuple[int, ...]] = {}
    level, depth = [report.folder], 0
    while level and depth <= DEEPEST:
        following = []
        for question, answer in answers(pool, map(ListScenes, level), check, in_flight):
            if isinstance(answer, GeoloupeError):
                if question.path == report.folder:
                    raise answer
                report.refused[question.path] = answer.sentence
                continue
            inside: FolderList = answer.facts
            report.folders.append(question.path)
            report.links, report.unplaced = report.links + inside.links, report.unplaced + inside.unplaced
            report.is_cut |= inside.is_cut
            states |= {os.path.join(question.path, scene.name): scene.state for scene in inside.scenes}
            following += [os.path.join(question.path, name) for name in inside.folders]
            tell(Progress(len(report.folders), 0, os.path.basename(question.path)))
        room = MOST_FOLDERS - len(report.folders)
        report.is_cut |= len(following) > room or len(states) > MOST_SCENES or (bool(following) and depth == DEEPEST)
        level, depth = sorted(following)[: max(room, 0)], depth + 1
        if depth == 1:  # a home is not granted whole: its folders are, all at once, or each would cost a reader
            pool.foretell(level[:MOST_FORETOLD])
        if len(states) > MOST_SCENES:
            break
    return dict(sorted(states.items())[:MOST_SCENES])


def _described(
    wanted: list[str],
    listed: dict[str, tuple[int, ...]],
    pool: ReaderPool,
    store: SceneStore,
    tell: Callable[[Progress], None],
    check: Callable[[], None],
    in_flight: int,
) -> dict[str, Known]:
    facts: dict[str, Known] = {}
    for question, answer in answers(pool, map(DescribeScene, wanted), check, in_flight):
        path = question.path
        if pool.is_closed and isinstance(answer, GeoloupeError):
            raise answer
        facts[path], picture = _known_of(path, listed[path], answer)
        if not isinstance(answer, _PASSING):
            store.keep(path, facts[path], picture)
        if len(facts) % COMMIT_EVERY == 0:
            store.commit()
        scene = facts[path].scene
        tell(Progress(len(facts), len(wanted), os.path.basename(path), () if scene is None else (scene,)))
    return facts


def _known_of(path: str, state: tuple[int, ...], answer: Answer | GeoloupeError) -> tuple[Known, bytes]:
    if isinstance(answer, GeoloupeError):
        return Known(state, None, answer.sentence), b""
    picture = answer.arrays[0].tobytes() if answer.arrays else b""
    return Known(state, scene_of_facts(path, answer.facts, has_picture=bool(picture))), picture


def answers(
    pool: ReaderPool, questions: Iterable[Question], check: Callable[[], None], in_flight: int
) -> Iterator[tuple[Question, Answer | GeoloupeError]]:
    """The answers as they come, with at most so many questions under way: who looks at the map is served in between.

    Nobody waits for them: a pool that has only these is idle. Those under way are given up where `check` raises.
    """
    arrived: queue.SimpleQueue[tuple[Request, Answer | GeoloupeError]] = queue.SimpleQueue()
    waiting, under_way = iter(questions), deque[Request]()
    is_over = False
    try:
        while True:
            while not is_over and len(under_way) < in_flight:
                question = next(waiting, None)
                if question is None:
                    is_over = True
                    break
                under_way.append(_ask(pool, question, arrived))
            if not under_way:
                return
            check()
            try:
                request, answer = arrived.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            under_way.remove(request)
            yield request.question, answer
    finally:
        for request in under_way:
            pool.give_up(request)


def _ask(
    pool: ReaderPool, question: Question, arrived: queue.SimpleQueue[tuple[Request, Answer | GeoloupeError]]
) -> Request:
    def done(answer: Answer | GeoloupeError) -> None:  # on a supervisor's thread
        arrived.put((request, answer))

    deadline_s = DESCRIBE_S if isinstance(question, DescribeScene) else None
    request = Request(question, done, strike_key=question.path, deadline_s=deadline_s, is_background=True)
    pool.submit(request)
    return request
