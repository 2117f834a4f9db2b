"""The state of a service's layer on a map as one value: the layer list, the map and the layer's properties show it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from layers.phrase import Phrase, joined
from layers.text.counted import counted, grouped, size_words
from viewer.network.host_state import HostReach

TRIED_S = 0.8
"""Seconds for which it is said that a layer is asked again, however soon that fails."""

_NUMBERS = re.compile(r"[\d.,\s\u202f]+")


class StateKind(StrEnum):
    """The states, of which a layer has the first that holds."""

    PAUSED = "paused"
    UNDATED = "undated"
    OUT_OF_SCALE = "out of scale"
    OUTSIDE = "outside"
    OFFLINE = "offline"
    FAILED = "failed"
    BUSY = "busy"
    LOADING = "loading"
    EMPTY = "empty"
    PARTIAL = "partial"
    OTHER_DATE = "other date"
    NEAREST = "nearest"
    SHOWN = "shown"


DATE_STATES = frozenset({StateKind.UNDATED, StateKind.OTHER_DATE, StateKind.NEAREST})
"""States that tell of the date of a layer."""


class Way(StrEnum):
    """Ways out of a state, each by a click."""

    SIGN_IN = "sign in"
    TRY_AGAIN = "try again"
    WORK_OFFLINE = "work offline"
    WORK_ONLINE = "work online"
    ALLOW = "allow"
    DOWNLOAD = "download"
    CHOOSE_DATE = "choose date"
    SHOW_COVERED = "show covered"
    ZOOM = "zoom"


WAY_WORDS = {
    Way.SIGN_IN: Phrase("Sign in…"),
    Way.TRY_AGAIN: Phrase("Try again"),
    Way.WORK_OFFLINE: Phrase("Work offline"),
    Way.WORK_ONLINE: Phrase("Work online"),
    Way.ALLOW: Phrase("Permissions…"),
    Way.DOWNLOAD: Phrase("Download…"),
    Way.CHOOSE_DATE: Phrase("Choose a date"),
    Way.SHOW_COVERED: Phrase("Show where it is"),
    Way.ZOOM: Phrase("Zoom there"),
}
_WAY_SENTENCES = {
    Way.SIGN_IN: Phrase("Sign in with a name and password, or with a key."),
    Way.TRY_AGAIN: Phrase("Try again when the network or the server is well."),
    Way.WORK_OFFLINE: Phrase(
        "Or work offline: no server is asked then, and only what is stored on this computer shows."
    ),
    Way.WORK_ONLINE: Phrase("Work online to have the others fetched."),
    Way.ALLOW: Phrase("Allow the host in the permissions of the case to see the layer."),
    Way.DOWNLOAD: Phrase("Download the whole file into one of yours: the layer is then drawn from there."),
    Way.CHOOSE_DATE: Phrase("Choose a date below."),
    Way.SHOW_COVERED: Phrase("Show where it is, or choose another layer for this place."),
    Way.ZOOM: Phrase("Zoom in until it shows."),
}


class ServiceState(Struct, frozen=True):
    """The state of a layer: `badge` in one or two words, `sentence` with the layer's name, and the ways out of it.

    `is_said_on_map` is True where the map itself lacks something; `scale` is the n of 1 : n from which the layer shows,
    0 where that is no matter.
    """

    kind: StateKind = StateKind.SHOWN
    badge: str = ""
    sentence: str = ""
    ways: tuple[Way, ...] = ()
    is_said_on_map: bool = False
    scale: float = 0.0
    reason: str = ""
    """The sentence without what is said of one moment only; empty where that is all of it."""

    @property
    def advice(self) -> str:
        """Advice in whole sentences; empty where nothing need be done."""
        return joined(" ", [_WAY_SENTENCES[way] for way in self.ways])

    @property
    def matter(self) -> tuple[str, str]:
        """The subject of a notice: another reason is another one, another number of times enlarged is not."""
        is_of_reason = self.kind in (StateKind.FAILED, StateKind.OFFLINE, StateKind.PAUSED)
        return self.kind, (self.reason or self.sentence) if is_of_reason else _NUMBERS.sub(" ", self.sentence)


SHOWN = ServiceState()
MOST_NAMED = 3
"""Most other layers that a notice names."""
_SHARED = frozenset({StateKind.FAILED, StateKind.OFFLINE, StateKind.PAUSED, StateKind.BUSY})
_OF_HOSTS = frozenset({Way.TRY_AGAIN, Way.WORK_OFFLINE, Way.WORK_ONLINE, Way.ALLOW, Way.SIGN_IN})
"""Ways out that help all layers of a host."""


def trying_state(name: str) -> ServiceState:
    """The state of a service that is asked again because the analyst wants it."""
    sentence = Phrase("“{name}” is asked again.", name=name)
    return ServiceState(StateKind.LOADING, Phrase("loading"), sentence, (), True)


def tried_again(state: ServiceState, clock: str) -> ServiceState:
    """The state of a failure with the time of day at which the analyst last tried again; the same without one."""
    if not clock:
        return state
    sentence = Phrase("{problem} Tried again at {time}.", problem=state.sentence, time=clock)
    return replace(state, sentence=sentence, reason=state.sentence)


def problem_state(
    problem: str, *, is_busy: bool, reach: HostReach, has_pictures: bool, enlarged: float = 0.0
) -> ServiceState:
    """The state of a service whose server does not give what it is asked for.

    problem: the sentence on what is amiss
    is_busy: True where the server wants to be left alone for a while
    reach: another than reached where nothing comes from any host of the service
    has_pictures: True where tiles that came earlier are shown in the view
    enlarged: the number of times that these are enlarged, where that is worth a word; else 0
    """
    sentence = problem
    if has_pictures and enlarged:
        times = grouped(round(enlarged))
        sentence = Phrase("{problem} What came earlier is shown, {times} times enlarged.", problem=problem, times=times)
    elif has_pictures:
        sentence = Phrase("{problem} What came earlier is shown.", problem=problem)
    if is_busy:
        return ServiceState(StateKind.BUSY, Phrase("busy"), sentence, (), True)
    ways = (Way.TRY_AGAIN, Way.WORK_OFFLINE)
    if reach.is_cut_off:
        badge = Phrase("unreachable") if reach is HostReach.UNREACHABLE else Phrase("offline")
        return ServiceState(StateKind.OFFLINE, badge, sentence, ways, True)
    return ServiceState(StateKind.FAILED, Phrase("failed"), sentence, ways, True)


def cut_off_state(problem: str, *, reach: HostReach, has_pictures: bool) -> ServiceState:
    """The state of a file on a host that does not give what a view needs of it, by choice or not."""
    if reach is HostReach.OFFLINE:
        return ServiceState(StateKind.OFFLINE, Phrase("offline mode"), problem, (Way.WORK_ONLINE,), True)
    return problem_state(problem, is_busy=False, reach=reach, has_pictures=has_pictures)


def refused_state(sentence: str) -> ServiceState:
    """The state of a service whose server lets nobody in without a login, or not with this one."""
    ways = (Way.SIGN_IN, Way.TRY_AGAIN, Way.WORK_OFFLINE)
    return ServiceState(StateKind.FAILED, Phrase("refused"), sentence, ways, True)


def whole_only_state(problem: str, size: int) -> ServiceState:
    """The state of a file whose server sends no parts of it. `size`: its bytes; -1 where they are not known."""
    sentence = problem
    if size >= 0:
        sentence = Phrase("{problem} It has {size}.", problem=problem, size=size_words(size))
    return ServiceState(StateKind.FAILED, Phrase("failed"), sentence, (Way.DOWNLOAD, Way.TRY_AGAIN), True)


def waiting_state(problem: str) -> ServiceState:
    """The state of a layer one of whose hosts has not been allowed, or is not any more."""
    return ServiceState(StateKind.PAUSED, Phrase("paused"), problem, (Way.ALLOW,), True)


def sent_on_state(problem: str) -> ServiceState:
    """The state of a layer whose host sends us on to one that has not been allowed."""
    return ServiceState(StateKind.FAILED, Phrase("failed"), problem, (Way.ALLOW, Way.TRY_AGAIN), True)


def while_offline(state: ServiceState) -> ServiceState:
    """The state with the ways that help while the analyst works offline: no server is asked then."""
    if Way.WORK_OFFLINE not in state.ways and Way.TRY_AGAIN not in state.ways:
        return state
    kept = [way for way in state.ways if way not in (Way.WORK_OFFLINE, Way.TRY_AGAIN, Way.DOWNLOAD)]
    return replace(state, ways=(Way.WORK_ONLINE, *kept))


class Tried(Struct, frozen=True):
    """An attempt of the analyst to have a service asked again."""

    clock: str
    """Time of day by the clock of this computer, with seconds."""
    said_until: float
    """Time (monotonic) until which the attempt itself is said, so that it is seen where it fails at once."""

    @classmethod
    def now(cls) -> Tried:
        return cls(datetime.now().strftime("%H:%M:%S"), time.monotonic() + TRIED_S)


class Notice(Struct, frozen=True):
    """The state of a layer that the map itself says. `others` are notices on other layers with the same cause."""

    layer_uuid: str
    state: ServiceState
    name: str = ""
    others: tuple[Notice, ...] = ()

    @property
    def matter(self) -> tuple[str, str, str]:
        """The subject that is closed with the notice."""
        return self.layer_uuid, *self.state.matter

    @property
    def matters(self) -> frozenset[tuple[str, str, str]]:
        """The subjects of it and of all that it tells of."""
        return frozenset(notice.matter for notice in (self, *self.others))

    @property
    def sentence(self) -> str:
        """The sentence on its layer, with the names of others of which the same is true."""
        if not self.others:
            return self.state.sentence
        names = [Phrase("“{name}”", name=notice.name) for notice in self.others[:MOST_NAMED]]
        more = len(self.others) - MOST_NAMED
        if more > 0:
            names.append(counted(more, "more layer"))
        return Phrase("{sentence} The same goes for {names}.", sentence=self.state.sentence, names=joined(", ", names))

    @property
    def cause(self) -> tuple[str, tuple[Way, ...], str]:
        """The fault and its ways out, whatever the layer is called."""
        return self.state.kind, self.state.ways, (self.state.reason or self.state.sentence).replace(self.name, "", 1)


def told_once(notices: Iterable[Notice]) -> list[Notice]:
    """The notices, those of one cause as one: a host that is away is said once for all its layers."""
    by_cause: dict[object, list[Notice]] = {}
    for notice in notices:
        is_shared = notice.state.kind in _SHARED and not set(notice.state.ways) - _OF_HOSTS
        by_cause.setdefault(notice.cause if is_shared else notice.layer_uuid, []).append(notice)
    return [replace(first, others=tuple(others)) for first, *others in by_cause.values()]
