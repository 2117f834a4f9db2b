"""Watches which folders answer, as looking at a folder on a lost drive may hang for ever."""

from __future__ import annotations

import errno
import os
import threading
import time
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from layers.disk.patience import in_a_thread_of_its_own
from layers.phrase import Phrase
from viewer.support.mailbox import Mailbox

ANSWER_S = 3.0
"""Seconds after which a folder that has not answered counts as gone."""
AT_ONCE_S = 0.03
"""Seconds that the window itself waits for an answer, so that a folder that is there is known at once."""
BELIEVED_S = 5.0
"""Seconds for which an answer is believed, and after which a folder that is gone is looked at again."""
LOOK_MS = 250
"""Milliseconds between two checks for folders that take too long."""
MOST_LOOKS = 3
"""Most threads that may hang at one folder; each try again is one more."""
GONE = {
    errno.EIO,
    errno.ESTALE,
    errno.ENOTCONN,
    errno.ENODEV,
    errno.ENXIO,
    errno.ETIMEDOUT,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
}
"""Error numbers by which the operating system says that it has given up a drive."""


class _Place(Struct, eq=False):
    """The state of one folder. Times are monotonic seconds."""

    looks: int = 0
    """Number of threads that look at it."""
    asked_at: float = 0.0
    answered_at: float = 0.0
    """Time of its last answer; 0 where it has never answered."""
    is_gone: bool = False
    is_awaited: bool = False
    """True once a caller was told that the state is not known yet; `changed` is emitted when it is."""


class Drives(QObject):
    """Looks at folders before their files are read, on threads of its own, which may hang.

    For the window's thread only. A folder that is there counts as there for some seconds; one that is gone is looked at
    again until it is back.
    """

    changed = Signal(str)
    """Emitted with a folder that has gone, or is back."""

    def __init__(self, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._places: dict[str, _Place] = {}
        self._may_wait = True
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self._check_answers)

    def answers(self, folder: Path) -> bool:
        """True where the folder is known to be there, or answers at once.

        Else `changed` is emitted when its state is known.
        """
        place = self._place(folder)
        if place.is_gone:
            return False
        if not (self._is_believed(place) or place.looks):
            seen = self._look(str(folder), place)
            if self._may_wait and not seen.wait(AT_ONCE_S):
                self._may_wait = False  # nobody else waits in vain in this turn of the event loop
                QTimer.singleShot(0, self, self._wait_again)
        place.is_awaited = not self._is_believed(place)
        return not place.is_awaited

    def is_believed(self, folder: Path) -> bool:
        """True where the folder has answered so recently that it is not looked at again."""
        return self._is_believed(self._place(folder))

    def is_gone(self, folder: Path) -> bool:
        return self._place(folder).is_gone

    def gone(self) -> list[str]:
        """The folders that do not answer."""
        return [folder for folder, place in self._places.items() if place.is_gone]

    def is_idle(self) -> bool:
        """True when the state of each folder is known."""
        return all(place.is_gone or not place.looks for place in self._places.values())

    def look_at(self, folder: Path) -> None:
        """Look at a folder, unless its state is known or being found out."""
        place = self._place(folder)
        if not (place.looks or place.is_gone or self._is_believed(place)):
            self._look(str(folder), place)

    def try_again(self, folder: str) -> None:
        """Look again at once at a folder that does not answer, on another thread than those that hang there."""
        place = self._places.get(folder)
        if place is None:
            return
        place.is_gone, place.is_awaited = False, True
        if place.looks < MOST_LOOKS:
            self._look(folder, place)
        else:
            place.asked_at = time.monotonic()
            self._clock.start()

    @staticmethod
    def sentence(name: str, folder: Path) -> str:
        """The sentence for a layer, or a file, that lies in a folder that does not answer."""
        return Phrase(
            "{name} is not available: {folder} does not answer. It is read when that is there again.",
            name=name,
            folder=folder,
        )

    # ----------------------------------------------------------------------------------------------------------

    def _place(self, folder: Path) -> _Place:
        return self._places.setdefault(str(folder), _Place())

    def _is_believed(self, place: _Place) -> bool:
        return place.answered_at > 0.0 and time.monotonic() - place.answered_at < BELIEVED_S

    def _look(self, folder: str, place: _Place) -> threading.Event:
        """Start a thread that looks at a folder; the event is set when it has."""
        place.looks += 1
        place.asked_at = time.monotonic()
        seen = threading.Event()
        answered = partial(self._mailbox.post, self._answered, folder)

        def look() -> None:
            number = error_of(folder)
            if number not in GONE:
                place.answered_at = time.monotonic()
            seen.set()
            answered(number)

        in_a_thread_of_its_own(look, f"look at {folder}")
        if not self._clock.isActive():
            self._clock.start()
        return seen

    def _wait_again(self) -> None:
        self._may_wait = True

    def _answered(self, folder: str, number: int) -> None:
        place = self._places[folder]
        place.looks -= 1
        was_gone, place.is_gone = place.is_gone, number in GONE
        was_awaited, place.is_awaited = place.is_awaited, False
        if place.is_gone != was_gone or was_awaited:
            self.changed.emit(folder)

    def _check_answers(self) -> None:
        """Count folders that take too long as gone, and look again at those that are gone."""
        now = time.monotonic()
        for folder, place in list(self._places.items()):
            waits = place.looks and now - place.asked_at > ANSWER_S
            if waits and not place.is_gone and place.answered_at < place.asked_at:
                place.is_gone = True
                self.changed.emit(folder)
            elif place.is_gone and not place.looks and now - place.asked_at > BELIEVED_S:
                self._look(folder, place)  # it has given up by itself: it may come back by itself
        if not any(place.looks or place.is_gone for place in self._places.values()):
            self._clock.stop()


def error_of(folder: str) -> int:
    """Error number of a look at a folder; 0 where it answers. A folder that does not exist has answered, too."""
    try:
        os.stat(folder)
    except (OSError, ValueError) as error:
        return getattr(error, "errno", None) or errno.ENOENT
    return 0
