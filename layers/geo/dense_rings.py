"""Adds points along the geodesics to long legs of many lines or rings at once, within a budget."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.measure import GEOD

MOST_POINTS = 200_000
"""Most points that one call adds: where that is not enough, all legs get fewer."""
_MOST_STEPS = 10_000
_METRES_A_DEGREE = 111_700.0
"""Metres in a degree of latitude at the poles, where it is longest."""

type Floats = NDArray[np.float64]


class Rings(Struct, frozen=True, eq=False):
    """Ring i is ``lonlat[starts[i]:starts[i + 1]]``: longitudes are continuous within each, latitudes within +-90."""

    lonlat: Floats
    starts: NDArray[np.int64]
    """(n + 1,)"""

    @classmethod
    def of(cls, lonlat: Floats, counts: NDArray[np.int64]) -> Rings:
        """Rings of so many places each, one after the other; a step of over 180 degrees goes the short way round."""
        starts = np.concatenate([[0], np.cumsum(counts)])
        return cls(np.column_stack([_unwrapped(lonlat[:, 0], starts), np.clip(lonlat[:, 1], -90.0, 90.0)]), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def ring(self, at: int) -> Floats:
        return self.lonlat[self.starts[at] : self.starts[at + 1]]

    def is_leg(self) -> NDArray[np.bool_]:
        """(places - 1,) False between the last place of a ring and the first of the next."""
        mask = np.ones(max(len(self.lonlat) - 1, 0), bool)
        ends = self.starts[1:-1] - 1
        mask[ends[(ends >= 0) & (ends < len(mask))]] = False
        return mask

    def longest_m(self) -> Floats:
        """(places - 1,) an upper limit of the length of each leg, without solving a geodesic; 0 between rings."""
        return np.hypot(*np.diff(self.lonlat, axis=0).T) * _METRES_A_DEGREE * self.is_leg()

    def places_of(self, rings: NDArray[np.intp]) -> NDArray[np.int64]:
        """Indices of the places of some of the rings, ring after ring."""
        counts = np.diff(self.starts)[rings]
        starts = np.concatenate([[0], np.cumsum(counts)])
        return np.repeat(self.starts[:-1][rings] - starts[:-1], counts) + np.arange(int(starts[-1]))

    def taken(self, rings: NDArray[np.intp]) -> Rings:
        """Some of the rings, in that order."""
        starts = np.concatenate([[0], np.cumsum(np.diff(self.starts)[rings])])
        return Rings(self.lonlat[self.places_of(rings)], starts)

    def stretches(self, legs: NDArray[np.bool_]) -> tuple[Rings, NDArray[np.intp]]:
        """Cuts out the stretches of the rings made of these legs, as lines; with the index of each line's ring."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], legs & self.is_leg(), [False]]).astype(np.int8)))
        firsts, lasts = edges[::2], edges[1::2]
        counts = lasts - firsts + 1
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        source = np.repeat(firsts - starts[:-1], counts) + np.arange(int(starts[-1]))
        return Rings(self.lonlat[source], starts), np.searchsorted(self.starts, firsts, side="right") - 1

    def densified(self, step_m: float, chosen: NDArray[np.bool_] | None = None) -> Rings:
        """Add points so that they are at most `step_m` apart on all legs, or on the `chosen` ones; the given places
        stay.
        """
        steps, azimuths, lengths = self._steps(step_m, chosen)
        wanted = int(steps.sum()) - len(steps)
        if wanted > MOST_POINTS:
            steps = np.maximum((steps * (MOST_POINTS / wanted)).astype(np.int64), 1)
        legs = np.flatnonzero(steps > 1)
        if not len(legs):
            return self
        more = steps[legs] - 1
        leg = np.repeat(legs, more)
        number = np.arange(len(leg)) - np.repeat(np.cumsum(more) - more, more) + 1
        start = self.lonlat[leg]
        lon, lat, _ = GEOD.fwd(start[:, 0], start[:, 1], azimuths[leg], lengths[leg] * (number / steps[leg]))
        before = np.concatenate([[0], np.cumsum(steps - 1)])
        out = np.empty((len(self.lonlat) + len(leg), 2))
        out[np.arange(len(self.lonlat)) + before] = self.lonlat
        out[leg + before[leg] + number] = np.column_stack([lon, lat])
        starts = self.starts + before[np.minimum(self.starts, len(before) - 1)]
        out[:, 0] = _unwrapped(out[:, 0], starts)
        return Rings(out, starts)

    def _steps(self, step_m: float, chosen: NDArray[np.bool_] | None) -> tuple[NDArray[np.int64], Floats, Floats]:
        """(places - 1,) steps, azimuths and lengths of the legs; the latter two are known for legs of several steps."""
        count = max(len(self.lonlat) - 1, 0)
        steps, azimuths, lengths = np.ones(count, np.int64), np.zeros(count), np.zeros(count)
        is_long = self.longest_m() > step_m
        legs = np.flatnonzero(is_long if chosen is None else is_long & chosen)
        if len(legs):
            (lon1, lat1), (lon2, lat2) = self.lonlat[legs].T, self.lonlat[legs + 1].T
            azimuth, _, length = GEOD.inv(lon1, lat1, lon2, lat2)
            azimuths[legs], lengths[legs] = azimuth, length
            steps[legs] = np.clip(np.ceil(np.asarray(length) / step_m), 1, _MOST_STEPS)
        return steps, azimuths, lengths


def _unwrapped(lon: Floats, starts: NDArray[np.int64]) -> Floats:
    """Unwrap the longitudes of each ring as `longitudes.unwrap_longitudes` does."""
    if len(lon) < 2:
        return lon.copy()
    steps = np.diff(lon)
    turns = np.sign(steps) * np.ceil((np.abs(steps) - 180.0) / 360.0).clip(min=0.0)
    gone = np.concatenate([[0.0], np.cumsum(turns)])
    counts = np.diff(starts)
    firsts = np.minimum(starts[:-1], len(lon) - 1)
    return lon - 360.0 * (gone - np.repeat(gone[firsts], counts))
