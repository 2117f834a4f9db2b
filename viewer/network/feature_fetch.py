"""Fetches the features of a question, page by page; each page is read in a job."""

from __future__ import annotations

from collections.abc import Callable

from layers.errors import GeoloupeError, NotAllowed, ServerFault
from layers.services.features.feature_question import MOST_FEATURES, FeatureQuestion
from layers.services.features.feature_walk import FeatureWalk
from viewer.network.answer import HttpAnswer
from viewer.network.consent import host_of
from viewer.network.document_fetch import WaitingFetch
from viewer.network.fetcher import Fetcher
from viewer.support.jobs import Job, Jobs

type FeaturesDone = Callable[[FeatureWalk | None, GeoloupeError | None], None]


class FeatureFetch:
    """One question under way, shown in the status bar, where it can be stopped. Used on the window's thread only."""

    def __init__(self, fetcher: Fetcher, jobs: Jobs, question: FeatureQuestion, title: str, done: FeaturesDone) -> None:
        """`done(walk, error)` is called at the end, with a walk or an error; never after `stop`."""
        self._fetcher, self._jobs, self._question, self._done = fetcher, jobs, question, done
        self._walk: FeatureWalk | None = None
        self._fetch: WaitingFetch | None = None
        self._is_over = False
        self.refused_host = ""
        """The host of a link that was not followed, as it has not been allowed; empty for none."""
        self._job: Job = jobs.follow(title, self.stop)

    def start(self) -> None:
        """Begin. The first address takes PROJ, which is slow to load."""
        self._jobs.run(lambda _: FeatureWalk(self._question), self._begin, self._end_by)

    def stop(self) -> None:
        """End without an answer."""
        fetch, self._fetch = self._fetch, None
        if fetch is not None:
            fetch.cancel()
        self._end()

    def _end(self) -> None:
        self._is_over = True
        self._jobs.end(self._job)

    def _end_by(self, error: GeoloupeError) -> None:
        if not self._is_over:
            self._end()
            self._done(None, error)

    def _begin(self, walk: FeatureWalk) -> None:
        self._walk = walk
        self._go_on()

    def _go_on(self) -> None:
        """Make the next request, or end."""
        walk = self._walk
        if self._is_over or walk is None:
            return
        request = walk.next_request()
        most = min(walk.matched or MOST_FEATURES, MOST_FEATURES)
        self._jobs.tell(self._job, min(walk.count / max(most, 1), 1.0))
        if request is not None:
            self._fetch = self._fetcher.fetch_document(request, self._answered)
        else:
            self._end()
            self._done(walk, None)

    def _answered(self, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        walk, self._fetch = self._walk, None
        if self._is_over or walk is None:
            return
        if error is None and answer is not None:
            body, address, crs = answer.body, answer.address, answer.headers.get("content-crs", "")
            self._jobs.run(lambda _: walk.take(body, address, crs), lambda _: self._go_on(), self._end_by)
            return
        request = walk.next_request()
        if isinstance(error, NotAllowed) and request is not None:
            host = host_of(request.address)
            self.refused_host = "" if self._fetcher.consent.permits(host) else host
        try:
            walk.fail(error or ServerFault("The server sent nothing."))
        except GeoloupeError as fault:
            self._end_by(fault)
        else:
            self._go_on()
