"""Places the radii that are written on range rings."""

from __future__ import annotations

from math import isfinite

import numpy as np

from viewer.canvas.sites.mark_painter import SignAt
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_shapes import to_pixels

_RADIUS_ROOM_PX = 24.0
"""Least distance in logical pixels from a radius to the edge of the picture: about half of it has room there."""


def radii_in(frame: SiteFrame) -> tuple[list[SignAt], list[SignAt]]:
    """The radius of each range ring at its north, and once more in the picture where its north is outside."""
    view, radii = frame.view, [ring.radii(frame.view.grid.crs) for ring in frame.rings]
    if not radii:
        return [], []
    signs = [sign for signs, _ in radii for sign in signs]
    places = np.concatenate([places for _, places in radii])
    pixels = to_pixels(view, places.reshape(-1, 2)).reshape(places.shape)
    x, y, room = pixels[..., 0], pixels[..., 1], _RADIUS_ROOM_PX * view.ratio
    inside = (x >= room) & (x <= view.width - room) & (y >= room / 2) & (y <= view.height - room / 2)
    north = [SignAt(sign, *at) for sign, at in zip(signs, pixels[:, 0].tolist(), strict=True) if isfinite(sum(at))]
    first = np.argmax(inside, axis=1)
    elsewhere = np.flatnonzero(inside.any(axis=1) & ~inside[:, 0]).tolist()
    return [sign for sign in north if sign.touches(view)], [
        SignAt(signs[row], *pixels[row, first[row]].tolist()) for row in elsewhere
    ]
