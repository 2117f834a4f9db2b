"""Features fetched page by page from a server on loopback, whatever it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.services.features.feature_question import FeatureQuestion
from layers.services.features.feature_walk import FeatureWalk
from tests.support.feature_server import FeatureServer, serving_features
from viewer.network.consent import Consent
from viewer.network.feature_fetch import FeatureFetch
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.support.jobs import Jobs

VIEW = Bounds(10.0, 50.0, 11.0, 51.0)


class Fetched:
    """How a fetch ended."""

    def __init__(self) -> None:
        self.walk: FeatureWalk | None = None
        self.error: GeoloupeError | None = None
        self.count = 0

    def __call__(self, walk: FeatureWalk | None, error: GeoloupeError | None) -> None:
        self.walk, self.error, self.count = walk, error, self.count + 1

    @property
    def places(self) -> list[tuple[float, float]]:
        assert self.walk is not None
        data = self.walk.file_data()
        value: dict[str, Any] = json.loads(data if isinstance(data, bytes) else "".join(data))
        return [tuple(feature["geometry"]["coordinates"]) for feature in value["features"]]


type Ask = Callable[..., Fetched]


@pytest.fixture
def server() -> Iterator[FeatureServer]:
    with serving_features() as server:
        yield server


@pytest.fixture
def fetcher(qtbot: QtBot, server: FeatureServer, tmp_path: Path) -> Iterator[Fetcher]:
    consent = Consent()
    consent.allow_private(server.host)
    fetcher = Fetcher(tmp_path / "tiles", consent, Limits(first_backoff_s=0.02))
    yield fetcher
    fetcher.close()


@pytest.fixture
def begin(fetcher: Fetcher, jobs: Jobs, server: FeatureServer) -> Callable[[Fetched], FeatureFetch]:
    def begin(done: Fetched) -> FeatureFetch:
        address = f"{server.address}collections/parks/items"
        question = FeatureQuestion(kind="ogcapi", address=address, title="Parks", bounds=VIEW)
        fetch = FeatureFetch(fetcher, jobs, question, "Fetching Parks", done)
        fetch.start()
        return fetch

    return begin


@pytest.fixture
def fetched(qtbot: QtBot, server: FeatureServer, begin: Callable[[Fetched], FeatureFetch]) -> Ask:
    """`fetched("no next")`: all that a server with these oddities sends."""

    def ask(*odd: str) -> Fetched:
        server.odd, done = set(odd), Fetched()
        begin(done)
        qtbot.waitUntil(lambda: done.count == 1, timeout=15_000)
        return done

    return ask


@pytest.mark.parametrize(
    "odd", [(), ("no next",), ("lost",), ("html",), ("html", "lost"), ("north first",)], ids=lambda odd: "+".join(odd)
)
def test_o1_to_o4_all_pages_come_from_odd_servers(fetched: Ask, server: FeatureServer, odd: tuple[str, ...]) -> None:
    done = fetched(*odd)
    assert done.walk is not None, done.error
    assert done.places == [(pytest.approx(10 + number / 1000), 50.2) for number in range(25)]
    assert done.walk.is_complete
    assert all("bbox=10,50,11,51" in path for path in server.items)


def test_an_error_in_the_middle_keeps_what_came(fetched: Ask) -> None:
    done = fetched("broken")
    assert done.walk is not None
    assert done.walk.words == "10 of 25 features."
    assert "500" in str(done.walk.problem)


def test_a_server_that_repeats_itself_is_left(fetched: Ask, server: FeatureServer) -> None:
    done = fetched("repeats", "endless")
    assert done.walk is not None
    assert done.walk.words == "10 of at least 21 features."
    assert len(server.items) == 2


def test_o1_a_next_page_on_another_host_waits_for_consent(
    begin: Callable[[Fetched], FeatureFetch], server: FeatureServer, qtbot: QtBot
) -> None:
    with serving_features() as other:
        server.next_host, done = other.host, Fetched()
        fetch = begin(done)
        qtbot.waitUntil(lambda: done.count == 1, timeout=15_000)
        assert other.log == []
        assert fetch.refused_host == other.host
        assert done.walk is not None
        assert done.walk.words == "10 of 25 features."
        assert f"{other.host} is not contacted until you allow it" in str(done.walk.problem)


def test_nothing_is_sent_before_consent(
    begin: Callable[[Fetched], FeatureFetch], server: FeatureServer, fetcher: Fetcher, qtbot: QtBot
) -> None:
    fetcher.consent.withdraw(server.host)
    done = Fetched()
    fetch = begin(done)
    qtbot.waitUntil(lambda: done.count == 1, timeout=15_000)
    assert (server.log, fetch.refused_host) == ([], server.host)
    assert done.error is not None


def test_a_fetch_is_stopped_from_the_status_bar(
    begin: Callable[[Fetched], FeatureFetch], server: FeatureServer, jobs: Jobs, qtbot: QtBot
) -> None:
    server.odd, done = {"endless"}, Fetched()
    server.count = 100_000
    begin(done)
    qtbot.waitUntil(lambda: len(server.items) > 2, timeout=15_000)
    (job,) = jobs.running()
    assert job.is_stoppable
    job.cancel()
    count = len(server.items)
    qtbot.wait(200)
    assert jobs.running() == []
    assert len(server.items) <= count + 1
    assert done.count == 0
