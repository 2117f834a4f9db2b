"""Runs work that may never end, as on a drive that is gone, in a thread of its own, and waits for it for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable


def in_a_thread_of_its_own(work: Callable[[], None], name: str) -> threading.Thread:
    """Start work in a thread. Where it hangs, it costs that thread only, and keeps neither others nor the program's end
    waiting.
    """
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


def within[T](seconds: float, work: Callable[[], T]) -> T:
    """Return or raise what `work` does in a thread. Raises TimeoutError after `seconds`; `work` then goes on, its
    result unused.
    """
    answers: list[T] = []
    raised: list[Exception] = []
    ended = threading.Event()

    def whole() -> None:
        try:
            answers.append(work())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            raised.append(error)
        ended.set()

    in_a_thread_of_its_own(whole, "patience")
    if not ended.wait(seconds):
        raise TimeoutError(f"no answer within {seconds:g} s")
    if raised:
        raise raised[0]
    return answers[0]
