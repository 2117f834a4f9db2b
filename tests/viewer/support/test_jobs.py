from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest

from layers.errors import FileMissing, GeoloupeError
from viewer.support.jobs import JobContext, Jobs
from viewer.support.mailbox import Mailbox


def test_results_are_delivered_in_the_windows_thread(jobs: Jobs, qtbot) -> None:
    seen: list[tuple[object, int]] = []
    jobs.run(lambda _: threading.get_ident(), lambda result: seen.append((result, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] != threading.get_ident()
    assert seen[0][1] == threading.get_ident()
    assert jobs.is_idle()


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt(), RecursionError()])
def test_f83_any_exception_becomes_a_sentence_and_is_logged(jobs: Jobs, caplog, error: BaseException) -> None:
    failed: list[GeoloupeError] = []

    def work(_: JobContext) -> None:
        raise error

    with caplog.at_level(logging.ERROR):
        jobs.run(work, failed=failed.append, title="Reading")
        assert jobs.wait(5)
    assert failed[0].sentence.startswith("Reading stopped by an error")
    assert caplog.records[0].exc_info is not None


def test_an_error_of_ours_comes_as_it_is_and_is_never_lost(jobs: Jobs) -> None:
    def work(_: JobContext) -> None:
        raise FileMissing("gone.tif is not there.")

    failed: list[GeoloupeError] = []
    unheard: list[GeoloupeError] = []
    jobs.unheard.connect(unheard.append)
    jobs.run(work, failed=failed.append)
    jobs.run(work)
    assert jobs.wait(5)
    assert [type(error) for error in failed + unheard] == [FileMissing, FileMissing]


def test_titled_jobs_are_announced_with_their_progress(jobs: Jobs) -> None:
    told: list[str] = []
    jobs.started.connect(lambda job: told.append(f"start {job.title}"))
    jobs.progressed.connect(lambda job: told.append(f"{job.fraction:.1f} {job.text}"))
    jobs.finished.connect(lambda job: told.append("end"))
    jobs.run(lambda context: context.progress(0.5, "half"), title="Long")
    jobs.run(lambda context: context.progress(0.1))
    assert jobs.wait(5)
    assert told == ["start Long", "0.5 half", "end"]


def test_a_cancelled_job_stops_and_answers_nothing(jobs: Jobs) -> None:
    entered, called = threading.Event(), []

    def work(context: JobContext) -> None:
        entered.set()
        while True:
            context.check()

    job = jobs.run(work, called.append, called.append, title="Endless")
    assert entered.wait(5)
    job.cancel()
    assert jobs.wait(5)
    assert not called
    assert job.is_finished


def test_a_letter_that_raises_does_not_hold_up_the_next(qtbot) -> None:
    mailbox, got = Mailbox(), []

    def bad() -> None:
        raise ValueError("seen by the excepthook")

    mailbox.post(bad)
    mailbox.post(got.append, 1)
    with qtbot.captureExceptions() as exceptions:
        qtbot.waitUntil(lambda: got == [1])
    assert [kind for kind, _, _ in exceptions] == [ValueError]


def test_letters_from_many_threads_arrive_in_order(qtbot) -> None:
    mailbox, got = Mailbox(), []
    threads = [
        threading.Thread(target=lambda n=n: [mailbox.post(got.append, (n, i)) for i in range(500)]) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: len(got) == 2000)
    for n in range(4):
        assert [i for m, i in got if m == n] == list(range(500))


@pytest.mark.parametrize("outcome", ["result", "result with the panel", "error"])
def test_f86_whom_a_job_held_last_goes_in_the_windows_thread(outcome: str, jobs: Jobs, qtbot, monkeypatch) -> None:
    """A panel that was closed meanwhile is taken apart beside its event loop, not in the thread that worked for it."""
    ended: list[str] = []

    class Panel:
        def __del__(self) -> None:
            ended.append(threading.current_thread().name)

        def work(self, _context: JobContext) -> object:
            if outcome == "error":
                raise FileMissing("gone.tif is not there.")
            return 1 if outcome == "result" else self

        def done(self, _result: object) -> None:
            heard.set()

        def failed(self, _error: GeoloupeError) -> None:
            heard.set()

    def slowly(call: Callable[..., object], *arguments: object) -> None:
        post(call, *arguments)
        assert heard.wait(5)
        time.sleep(0.05)

    post, heard = jobs.mailbox.post, threading.Event()
    monkeypatch.setattr(jobs.mailbox, "post", slowly)
    panel = Panel()
    jobs.run(panel.work, panel.done, panel.failed)
    del panel
    qtbot.waitUntil(lambda: heard.is_set() and bool(ended))
    assert ended == [threading.main_thread().name]


def test_nobody_hears_of_work_for_a_case_that_was_open_before(jobs: Jobs) -> None:
    heard: list[str] = []
    may_end = threading.Event()

    def work(_: JobContext) -> str:
        assert may_end.wait(5)
        return "found"

    def fails(_: JobContext) -> None:
        assert may_end.wait(5)
        raise FileMissing("gone.tif is not there.")

    jobs.unheard.connect(lambda error: heard.append(error.sentence))
    jobs.run(work, lambda found: heard.append(f"{found} of the case before"), apart=True, of_case=True)
    jobs.run(fails, apart=True, of_case=True)
    jobs.run(work, lambda found: heard.append(f"{found} of any"), apart=True)
    jobs.begin_case()
    jobs.run(work, lambda found: heard.append(f"{found} of this case"), apart=True, of_case=True)
    may_end.set()
    assert jobs.wait(5)
    assert sorted(heard) == ["found of any", "found of this case"]
