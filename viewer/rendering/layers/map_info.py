"""Asks the server of a map what is at a place that the analyst points at, by the fetcher and its consent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from layers.errors import GeoloupeError, NotAllowed, ServerFault
from layers.geo.crs import same_crs, transform_points
from layers.services.http_request import HttpRequest
from layers.services.info.info_answer import InfoAnswer, read_info
from layers.services.info.info_request import FORMATS, can_be_asked, info_address
from viewer.network.answer import HttpAnswer
from viewer.rendering.layers.tiles_drawing import TilesDrawing

type InfoDone = Callable[[InfoAnswer | GeoloupeError], None]


def has_info(drawing: TilesDrawing) -> bool:
    """True where the server can be asked about a place."""
    return drawing.context.fetcher is not None and can_be_asked(drawing.service)


def ask_info(drawing: TilesDrawing, crs: str, place: tuple[float, float], resolution: float, done: InfoDone) -> None:
    """Ask about a place of a canvas in `crs`, as it is seen at a resolution; `done` takes the answer, or why not.

    The formats are tried one after the other while the server refuses them.
    """
    fetcher = drawing.context.fetcher
    assert fetcher is not None, "asked of has_info"
    if fetcher.offline:
        done(NotAllowed("You are working offline: the server is asked once you work online again."))
        return
    service = drawing.service
    x, y = place
    if not same_crs(crs, service.crs):
        xs, ys = transform_points(crs, service.crs, [x, x + resolution], [y, y])
        x, y, resolution = float(xs[0]), float(ys[0]), max(abs(float(xs[1] - xs[0])), abs(float(ys[1] - ys[0])))
    formats = iter(FORMATS)

    def ask(refused: InfoAnswer | GeoloupeError) -> None:
        wanted = next(formats, None)
        if wanted is None:
            done(refused)
            return
        try:
            address = info_address(service, x, y, resolution, wanted)
        except GeoloupeError as error:
            done(error)
            return
        fetcher.fetch_document(HttpRequest(address), answered)

    def answered(answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        if answer is None:
            failure = error or ServerFault("The server sent nothing.")
            done(failure)
            return
        work = partial(read_info, answer.body)
        drawing.context.jobs.run(lambda _: work(), partial(judged, error), done)

    def judged(error: GeoloupeError | None, answer: InfoAnswer) -> None:
        if answer.refusal:
            ask(answer)
        else:
            done(answer if error is None else error)  # a page on an error is no answer

    ask(ServerFault("The server sent nothing."))
