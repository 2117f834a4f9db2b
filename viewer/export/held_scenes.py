"""Holds scenes still while a job works on them: tiles and answers that arrive for them wait until it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from layers.document.document import Document
from layers.errors import GeoloupeError
from viewer.canvas.shown_scene import ShownScene
from viewer.rendering.context import RenderContext
from viewer.support.jobs import Job, JobContext, Jobs


class Hold:
    """Holds scenes still until `release`; for the window's thread.

    Scenes without a mailbox of their own (`RenderContext.held`) cannot be held, and are left as they are.
    """

    def __init__(self, scenes: Sequence[ShownScene], give_up: Callable[[], None]) -> None:
        """`give_up` is called where somebody needs the scenes: it ends the work on them soon."""
        contexts = (scene.context for scene in scenes)
        mailboxes = (context.mailbox for context in contexts if context.jobs is not context.jobs.of_window)
        self._mailboxes = list(dict.fromkeys(mailboxes))
        self._give_up = give_up
        for mailbox in self._mailboxes:
            mailbox.hold(give_up)

    def release(self) -> None:
        """Let the scenes take what has arrived meanwhile."""
        for mailbox in self._mailboxes:
            mailbox.release(self._give_up)
        self._mailboxes = []


def make_held[S: ShownScene](
    make: Callable[[Document, RenderContext, Path | None], S],
    document: Document,
    context: RenderContext,
    base_folder: Path | None,
) -> S:
    """Make a scene that can be held."""
    own = context.held()
    scene = make(document, own, base_folder)
    own.jobs.setParent(scene.frames[0])
    return scene


def close_when_free(scenes: Sequence[ShownScene]) -> None:
    """Close scenes, once no job works on them."""
    ask_back(scenes)
    for scene in scenes:
        if scene.context.puts_off(_close, scene):
            continue
        _close(scene)


def _close(scene: ShownScene) -> None:
    scene.close()
    scene.deleteLater()


def are_held(scenes: Sequence[ShownScene]) -> bool:
    """True while a job works on one of the scenes."""
    return any(scene.context.mailbox.is_held for scene in scenes)


def ask_back(scenes: Sequence[ShownScene]) -> None:
    """Ask the jobs that work on the scenes to end soon."""
    for scene in scenes:
        scene.context.mailbox.ask_back()


def run_held[T](
    jobs: Jobs,
    scenes: Sequence[ShownScene],
    work: Callable[[JobContext], T],
    done: Callable[[T], None],
    failed: Callable[[GeoloupeError], None],
    given_up: Callable[[], None] = lambda: None,
) -> Job:
    """Run `work`, which reads the scenes, in a job. It is cancelled where somebody else needs them (`ask_back`).

    Once the scenes are free again, `done` is called with the result, `failed` with the error, or `given_up`.
    """

    def ended[R](call: Callable[[R], None]) -> Callable[[R], None]:
        def release_and_call(result: R) -> None:
            hold.release()
            call(result)

        return release_and_call

    hold = Hold(scenes, lambda: job.cancel())
    job = jobs.of_window.run(work, ended(done), ended(failed), given_up=ended(lambda _result: given_up()))
    return job
