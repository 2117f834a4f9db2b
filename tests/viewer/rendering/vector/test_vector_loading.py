"""The load of a layer from readers of which one does not get on with it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from layers.decoding import encoded
from layers.errors import GeoloupeError, NotReadable
from layers.pool.protocol import Answer, Request
from layers.requests.features import FeatureFacts, ReadFeatures
from layers.vector.table import POINT
from viewer.rendering.context import RenderContext
from viewer.rendering.vector.feature_loader import VectorLoading


def test_a_reader_that_gives_the_same_rows_again_and_again_is_given_up() -> None:
    form = {"kind": POINT, "fid": 7, "single": 1, "whole": 1}
    same = FeatureFacts("EPSG:3857", (0.0, 0.0), 1.0, form, next_fid=8)
    asked: list[Request] = []

    def submit(request: Request) -> None:
        asked.append(request)
        assert len(asked) < 100
        request.done(cast(Answer, Answer(encoded(same), (np.zeros((1, 2), np.int32),)).to(request.question)))

    def post(call: Callable[..., object], *arguments: Any) -> None:
        call(*arguments)

    context = SimpleNamespace(pool=SimpleNamespace(submit=submit), mailbox=SimpleNamespace(post=post))
    arrived: list[GeoloupeError | None] = []
    VectorLoading(
        cast(RenderContext, context),
        ReadFeatures("/a.gpkg"),
        lambda _: None,
        lambda tables, is_last, error: arrived.append(error),
    )
    assert isinstance(arrived[-1], NotReadable)
