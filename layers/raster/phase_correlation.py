"""Phase correlation of two pictures on one grid: the shift between them, and whether it is to be relied on.

A shift is what is to be added to the position of the moving picture to lie on the fixed one, in pixels of the grid, x
right, y down. Two wide looks give some candidates. Each is tried on a grid of tiles, at tiles of the one picture and
then of the other; tiles that agree, look alike there and have one clear peak make it reliable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.phrase import Phrase
from layers.raster.spectra import (
    band_pass,
    correlation_surface,
    deepest_trough,
    frequencies_of,
    hann,
    highest_repeat,
    likeness,
    peak_of,
    peaks_of,
    power_of,
    shift_phases,
    signed_shift,
    spectrum_of,
    spread_of,
    trough_and_rival,
)
from layers.text.counted import counted

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_PX = 48
"""Shortest side of a picture that can be compared."""
_WIDE_PX = 512
"""Longer side of the reduced pictures in which shifts are first looked for."""
_LARGEST_TILE, _SMALLEST_TILE = 160, 32
_TILES_ACROSS = 5
_MOST_TILES, _FEW_TILES = 16, 9
"""Numbers of tiles; the few are enough to choose among candidates."""
_CANDIDATES = 3
_LEAST_VALID = 0.9
"""Share of a tile that must have data in both pictures."""
_LEAST_TILES = 4
_AGREE_PX = 0.75
"""Greatest distance of a tile's own shift from the common one at which the tile agrees."""
_CLEARLY = 0.7
"""Score a tile that ends the search: no other candidate can be much better."""
_ALIKE = 0.8
"""Correlation from which tiles need no further look; without the finest grain and wide shade."""
_MOST_ECHO = 0.1
"""Strongest echo, as a share of the difference between the two pictures: bright beside dark in one direction
everywhere. Where the sun has moved, the shadows of one picture lie so beside those of the other.
"""
_MOST_REPEATED = 0.7
"""Greatest likeness of a picture to itself somewhere else."""
_BOTH_WAYS_PX = 0.4
_UNLIKE = 0.25
"""Least likeness of whole pictures, at any likely shift, from which smaller ones are tried. Where those give a shift,
the likeness is several times as large; pictures with nothing in common have less.
"""
_EXACT_PX = 0.08
"""Error of a shift above which smaller pictures are tried, as they may give a smaller one."""
_MOST_ERROR_PX, _LEAST_TILES_SMALL = 0.25, 6
"""Largest error and fewest tiles with which a shift from smaller pictures is used."""


class _Rules(NamedTuple):
    agreeing: float
    """Least share of the tiles that agree."""
    alike: float
    """Least correlation of those that do."""
    trough: float
    """Greatest depth of the trough beside the peak, as a share of the peak: light from elsewhere turns bright slopes
    dark.
    """
    rival: float
    """Greatest height of the next peak, as a share of the peak: patterns that repeat fit at several places."""


_PLAIN = _Rules(0.55, 0.3, 0.5, 0.7)
_STRICT = _Rules(0.7, 0.75, 0.3, 0.4)


class LocalShift(Struct, frozen=True):
    """The shift of one tile, around a place of the moving picture, in pixels of the grid."""

    x: float
    y: float
    dx: float
    dy: float
    agrees: bool


class Registered(Struct, frozen=True):
    """The shift, or the reason why there is none. `dx`, `dy` are None without any shift; `why` explains either."""

    dx: float | None
    dy: float | None
    reliable: bool
    residual_px: float | None
    why: str
    local: tuple[LocalShift, ...] = field(default=())

    @property
    def error_px(self) -> float:
        """Standard error of the shift as the mean of that of its tiles; infinite where it is not reliable."""
        count = sum(shift.agrees for shift in self.local)
        return (
            math.inf
            if self.residual_px is None or not (count and self.reliable)
            else self.residual_px / math.sqrt(count)
        )

    def enlarged(self, by: float) -> Registered:
        """The same on a grid of so many times finer pixels."""
        dx, dy, residual = (None if v is None else v * by for v in (self.dx, self.dy, self.residual_px))
        local = tuple(
            LocalShift(shift.x * by, shift.y * by, shift.dx * by, shift.dy * by, shift.agrees) for shift in self.local
        )
        return Registered(dx, dy, self.reliable, residual, self.why, local)


class GreyPicture(NamedTuple):
    """Grey values and where they are valid, both (h, w)."""

    grey: Singles
    valid: Mask

    @classmethod
    def of_bands(cls, bands: NDArray[Any], valid: Mask) -> Self:
        """The mean of bands (n, h, w), each brought to one spread; what is no number is not valid."""
        grey = np.zeros(bands.shape[1:], np.float32)
        for band in bands:
            values = band.astype(np.float32)
            if band.dtype.kind not in "biu":
                valid = valid & np.isfinite(values)
            known = values.ravel() if valid.all() else values[valid]
            spread = float(known.std()) if known.size else 0.0
            if spread > 0 and math.isfinite(spread):
                values /= spread
                grey += values
        grey /= len(bands)
        return cls(grey if valid.all() else np.where(valid, grey, np.float32(0)), valid)


def register(moving: GreyPicture, fixed: GreyPicture) -> Registered:
    """Find the shift of two pictures of one size on one grid. Where the finest grain hides what they share, smaller
    pictures are tried, and judged more strictly.
    """
    if min(moving.grey.shape) < LEAST_PX:
        return _no(Phrase("They share too few pixels to compare them."))
    by = max(1, math.ceil(max(moving.grey.shape) / _WIDE_PX))
    small = {by: (reduced(moving, by), reduced(fixed, by))}
    candidates, alike = _wide_look(*small[by], by)
    if not candidates:
        return _no(Phrase("One of them shows nothing but an even surface, or hardly any data, where both are."))
    first = _judged_at(moving, fixed, candidates, _PLAIN)
    if by > 1 and alike < _UNLIKE and not first.reliable:
        return first
    for by in (2, 4):
        if first.error_px <= _EXACT_PX or min(moving.grey.shape) < by * LEAST_PX:
            break
        smaller = list(dict.fromkeys((round(dx / by), round(dy / by)) for dx, dy in candidates))
        pair = small.get(by) or (reduced(moving, by), reduced(fixed, by))
        registered = _judged_at(*pair, smaller, _STRICT)
        if (
            registered.reliable
            and registered.error_px * by <= _MOST_ERROR_PX
            and len(registered.local) >= _LEAST_TILES_SMALL
        ):
            return _refined(moving, fixed, registered.enlarged(by))
    return first


def _refined(moving: GreyPicture, fixed: GreyPicture, rough: Registered) -> Registered:
    """Refine a rough shift to the middle between it and the shift of all tiles together at full size."""
    assert rough.dx is not None
    assert rough.dy is not None
    base = round(rough.dx), round(rough.dy)
    _, size, greys = _pairs(moving, fixed, base)
    if not len(greys[0]):
        return rough
    first, second = (spectrum_of(grey) for grey in greys)
    cross = (second * first.conj()).sum(axis=0)
    shares = np.abs(cross) ** 2 / (power_of(first).sum(axis=0) * power_of(second).sum(axis=0) + 1e-30)
    rings = np.rint(frequencies_of((size, size)) * size).astype(np.int64)
    by_chance = 1.0 / len(first)
    ring = np.bincount(rings.ravel(), shares.ravel()) / np.maximum(np.bincount(rings.ravel()), 1)
    shared = ((ring - by_chance) / (1 - by_chance + 1e-9)).clip(0.0, 0.98)
    weight = (shared / (1 - shared))[rings] * band_pass((size, size)) / (np.abs(cross) + 1e-30)
    x, y = peak_of(np.fft.irfft2(cross * weight, (size, size)).astype(np.float32))
    dx, dy = base[0] + x, base[1] + y
    is_near = math.hypot(dx - rough.dx, dy - rough.dy) <= _AGREE_PX
    return replace(rough, dx=float(dx + rough.dx) / 2, dy=float(dy + rough.dy) / 2) if is_near else rough


def _judged_at(
    moving: GreyPicture, fixed: GreyPicture, candidates: Sequence[tuple[int, int]], rules: _Rules
) -> Registered:
    tried: list[_Tried] = []
    for shift in candidates:
        tried.append(_Tried.at(moving, fixed, shift, most=_FEW_TILES))
        if tried[-1].score >= _CLEARLY * len(tried[-1].shifts) > 0:
            break
    best = max(tried, key=lambda attempt: attempt.score)
    return _judged(moving, fixed, _Tried.at(moving, fixed, best.nearest), rules)


# -- the wide look -----------------------------------------------------------------------------------------------------


def _wide_look(small_moving: GreyPicture, small_fixed: GreyPicture, by: int) -> tuple[list[tuple[int, int]], float]:
    """Find some shifts worth trying in the whole pictures, made smaller, the likeliest first; no shift at all is among
    them.

    Also return the pictures' correlation at the best of them, measured as that of tiles.
    """
    if not (_shows_something(small_moving) and _shows_something(small_fixed)):
        return [], 0.0
    shape = rows, cols = small_moving.grey.shape
    window = hann(rows)[:, None] * hann(cols)[None, :]
    first, second = (spectrum_of(_levelled(picture) * window) for picture in (small_moving, small_fixed))
    cross = second * first.conj()
    surface = correlation_surface(cross, shape)
    shifts = []
    for _ in range(_CANDIDATES):
        row, col = np.unravel_index(int(surface.argmax()), surface.shape)
        dy, dx = (signed_shift(int(at), size) for at, size in ((row, rows), (col, cols)))
        if abs(dx) <= cols * 0.4 and abs(dy) <= rows * 0.4:
            shifts.append((dx * by, dy * by))
        near_rows, near_cols = (np.arange(at - 2, at + 3) % size for at, size in ((row, rows), (col, cols)))
        surface[np.ix_(near_rows, near_cols)] = -np.inf
    shifts = list(dict.fromkeys([*shifts, (0, 0)]))
    side = _tile_side(min(shape))
    spreads = spread_of(first, shape, side) * spread_of(second, shape, side)
    return shifts, float(likeness(cross, spreads, shape, np.array(shifts) / by, side).max())


def reduced(picture: GreyPicture, by: int) -> GreyPicture:
    """The picture with each side divided by `by`, averaged."""
    if by == 1:
        return picture
    if picture.valid.all():
        means = _sums(picture.grey, by) / np.float32(by * by)
        return GreyPicture(means, np.ones(means.shape, bool))
    counts = _sums(picture.valid, by)
    means = _sums(np.where(picture.valid, picture.grey, np.float32(0)), by) / np.maximum(counts, 1)
    return GreyPicture(means.astype(np.float32), counts * 2 >= by * by)


def _sums(values: NDArray[Any], by: int) -> Singles:
    """Sum blocks of `by` times `by` pixels; pixels left over at the edges are left out."""
    height, width = (size // by * by for size in values.shape)
    rows = np.zeros((height // by, width), np.float32)
    for at in range(by):
        rows += values[at:height:by, :width]
    sums = np.zeros((height // by, width // by), np.float32)
    for at in range(by):
        sums += rows[:, at::by]
    return sums


def _shows_something(picture: GreyPicture) -> bool:
    values = picture.grey[picture.valid]
    return values.size >= LEAST_PX * LEAST_PX // 8 and float(np.ptp(values)) > 0


def _levelled(picture: GreyPicture) -> Singles:
    """Subtract the mean of the valid pixels; pixels without data become 0."""
    mean = float(picture.grey[picture.valid].mean())
    return np.where(picture.valid, picture.grey - np.float32(mean), np.float32(0))


# -- tiles -------------------------------------------------------------------------------------------------------------


class _Compared(Struct, frozen=True):
    """Spectra of tiles of two pictures. Values that only a doubtful shift needs are computed on demand: of unlike
    pictures many shifts are tried, and hardly any of them comes so far.
    """

    moving: NDArray[Any]
    fixed: NDArray[Any]
    cross: NDArray[Any]
    surfaces: Singles
    peaks: NDArray[np.float64]
    spreads: tuple[NDArray[Any], NDArray[Any]]

    @classmethod
    def of(cls, greys: Sequence[Singles], size: int) -> Self:
        moving, fixed = (spectrum_of(grey) for grey in greys)
        cross = fixed * moving.conj()
        surfaces = correlation_surface(cross, (size, size))
        first, second = (spread_of(spectrum, (size, size)) for spectrum in (moving, fixed))
        return cls(moving, fixed, cross, surfaces, peaks_of(surfaces), (first, second))

    def alike(self, size: int) -> Floats:
        """The correlation of each two tiles."""
        return likeness(self.cross, self.spreads[0] * self.spreads[1], (size, size), self.peaks)

    def echo(self) -> float:
        moving, fixed = (
            spectrum / spread[:, None, None]
            for spectrum, spread in zip((self.moving, self.fixed), self.spreads, strict=True)
        )
        y, x = shift_phases(fixed.shape[1:2] * 2, self.peaks)
        return deepest_trough(power_of(fixed * y[:, :, None] * x[:, None, :] - moving).mean(axis=0))

    def repeats(self) -> float:
        moving, spread = self.moving, self.spreads[0]
        return highest_repeat(np.einsum("nij,n->ij", power_of(moving), spread**-2))


class _Tried(Struct, frozen=True):
    """Tiles compared at a whole shift `base`: the shift of each, and how alike each two are there."""

    base: tuple[int, int]
    places: NDArray[np.float64]
    """(n, 2) middles of the tiles in the moving picture."""
    shifts: NDArray[np.float64]
    """(n, 2) x and y of the whole shift of each."""
    alike: NDArray[np.float64]
    _compared: _Compared | None

    @classmethod
    def at(
        cls,
        moving: GreyPicture,
        fixed: GreyPicture,
        base: tuple[int, int],
        *,
        of_fixed: bool = False,
        most: int = _MOST_TILES,
    ) -> Self:
        """Compare tiles at a whole shift. `of_fixed`: the tiles lie evenly in the fixed picture, moved by half a tile,
        so that they are others than before.
        """
        corners, size, greys = _pairs(moving, fixed, base, of_fixed=of_fixed, most=most)
        if not len(corners):
            nothing = np.zeros((0, 2))
            return cls(base, nothing, nothing, np.zeros(0), None)
        compared = _Compared.of(greys, size)
        places: Floats = (corners + size / 2).astype(np.float64, copy=False)
        return cls(base, places, compared.peaks + base, compared.alike(size), compared)

    def landscape(self) -> tuple[float, float]:
        """Trough and rival of all tiles together, as shares of the peak."""
        return (0.0, 1.0) if self._compared is None else trough_and_rival(self._compared.surfaces.mean(axis=0))

    def echo(self) -> float:
        """Strength of the echo in the difference between the two pictures; 0 to 1."""
        return 0.0 if self._compared is None else self._compared.echo()

    def repeats(self) -> float:
        """Likeness of the moving picture to itself somewhere else; 0 to 1."""
        return 0.0 if self._compared is None else self._compared.repeats()

    @property
    def centre(self) -> tuple[float, float]:
        """The shift that most tiles are nearest to, as the mean of those that agree."""
        if not len(self.shifts):
            return float(self.base[0]), float(self.base[1])
        x, y = self.shifts[self.agreeing].mean(axis=0).tolist()
        return x, y

    @property
    def agreeing(self) -> Mask:
        """The tiles of the largest group around one of them."""
        far = np.hypot(*(self.shifts[:, None, axis] - self.shifts[None, :, axis] for axis in (0, 1)))
        votes = (far <= _AGREE_PX) * self.alike.clip(0.05)[None, :]
        leader = int(votes.sum(axis=1).argmax())
        near = far[leader] <= _AGREE_PX
        middle = np.median(self.shifts[near], axis=0)
        close: Mask = np.hypot(*(self.shifts - middle).T) <= _AGREE_PX
        return close

    @property
    def score(self) -> float:
        if not len(self.shifts):
            return 0.0
        agreeing = self.agreeing
        return float((agreeing * self.alike.clip(0.01)).sum())

    @property
    def nearest(self) -> tuple[int, int]:
        x, y = self.centre
        return round(x), round(y)


def _pairs(
    moving: GreyPicture, fixed: GreyPicture, base: tuple[int, int], *, of_fixed: bool = False, most: int = _MOST_TILES
) -> tuple[NDArray[np.int64], int, list[Singles]]:
    """Corners in the moving picture, side and windowed values of the tiles that show something in both."""
    corners, size = _tile_corners(moving.grey.shape, base, of_fixed, most)
    tiles = [_tiles(moving, corners, size), _tiles(fixed, corners + np.array(base), size)]
    valid = np.ones(len(corners), bool)
    for _, mask in tiles:
        if not mask.all():
            valid &= mask.mean(axis=(1, 2)) >= _LEAST_VALID
    window = hann(size)[:, None] * hann(size)[None, :]
    greys = [_tiles_levelled(_those(grey, valid), _those(mask, valid)) for grey, mask in tiles]
    is_textured = np.logical_and.reduce([_is_textured(_spreads(grey)) for grey in greys])
    return corners[valid][is_textured], size, [_those(grey, is_textured) * window for grey in greys]


def _those(tiles: NDArray[Any], wanted: Mask) -> NDArray[Any]:
    """Choose some of the tiles; where all are chosen, nothing is copied."""
    return tiles if wanted.all() else tiles[wanted]


def _tile_corners(
    shape: tuple[int, ...], base: tuple[int, int], of_fixed: bool, most: int
) -> tuple[NDArray[np.int64], int]:
    """(n, 2) x, y of the upper left corners, in the moving picture, of tiles that lie in both; and their side."""
    height, width = shape
    dx, dy = base
    spans = [(max(0, -d), min(length, length - d)) for d, length in ((dx, width), (dy, height))]
    shorter = min(high - low for low, high in spans)
    size = _tile_side(shorter)
    if shorter < size:
        return np.zeros((0, 2), np.int64), size
    counts = [min(_TILES_ACROSS, max(2, (high - low) // size)) for low, high in spans]
    if shorter < size * 2:
        counts = [min(count, 3) for count in counts]
    while counts[0] * counts[1] > most:
        counts[counts.index(max(counts))] -= 1
    axes = []
    for (low, high), count in zip(spans, counts, strict=True):
        ends = (low, high - size)
        inset = (ends[1] - ends[0]) // (count * 2 + 1) if of_fixed else 0
        axes.append(np.linspace(ends[0] + inset, ends[1] - inset, count).astype(np.int64))
    x, y = np.meshgrid(*axes)
    return np.column_stack([x.ravel(), y.ravel()]), size


def _tile_side(shorter: int) -> int:
    return min(_LARGEST_TILE, max(_SMALLEST_TILE, shorter // 3)) // 8 * 8


def _tiles(picture: GreyPicture, corners: NDArray[np.int64], size: int) -> tuple[Singles, Mask]:
    parts = [(slice(y, y + size), slice(x, x + size)) for x, y in corners.tolist()]
    if not parts:
        return np.zeros((0, size, size), np.float32), np.zeros((0, size, size), bool)
    masks = [picture.valid[part] for part in parts]
    is_whole = all(mask.all() for mask in masks)
    valid = np.broadcast_to(np.True_, (len(parts), size, size)) if is_whole else np.stack(masks)
    return np.stack([picture.grey[part] for part in parts]), valid


def _tiles_levelled(grey: Singles, valid: Mask) -> Singles:
    if valid.all():
        return grey - grey.sum((1, 2), keepdims=True, dtype=np.float32) / np.float32(grey[:1].size or 1)
    counts = np.maximum(valid.sum((1, 2), keepdims=True, dtype=np.float32), 1)
    means = np.where(valid, grey, np.float32(0)).sum((1, 2), keepdims=True, dtype=np.float32) / counts
    return np.where(valid, grey - means, np.float32(0))


def _spreads(levelled: Singles) -> Singles:
    return np.sqrt(np.einsum("nij,nij->n", levelled, levelled) / np.float32(levelled[:1].size or 1))


def _is_textured(spread: Singles) -> Mask:
    """True for tiles with texture; nothing can be said of even ones, such as water, cloud or fill."""
    if not len(spread):
        return np.zeros(0, bool)
    return spread > max(float(np.median(spread)) * 0.15, 1e-9)


# -- judging -----------------------------------------------------------------------------------------------------------


def _no(why: str) -> Registered:
    return Registered(None, None, False, None, why)


def _judged(moving: GreyPicture, fixed: GreyPicture, best: _Tried, rules: _Rules) -> Registered:
    count = len(best.shifts)
    if not count:
        return _no(Phrase("Nowhere do both show enough of the ground at one place."))
    agreeing, (dx, dy) = best.agreeing, best.centre
    off = np.hypot(*(best.shifts - (dx, dy)).T)
    why = _doubt(best, rules)
    if not why:
        back = _Tried.at(moving, fixed, best.nearest, of_fixed=True)
        why = _doubt(back, rules)
        if not why and math.hypot(back.centre[0] - dx, back.centre[1] - dy) > _BOTH_WAYS_PX:
            why = Phrase("Tiles of the one give another shift than tiles of the other.")
    residual = float(np.sqrt(np.mean((off if why else off[agreeing]) ** 2)))
    local = tuple(
        LocalShift(float(x), float(y), float(u), float(v), bool(agrees))
        for (x, y), (u, v), agrees in zip(best.places, best.shifts, agreeing, strict=True)
    )
    sentence = why or Phrase(
        "{sum} of {tiles} agree, both ways.", sum=int(agreeing.sum()), tiles=counted(count, "tile")
    )
    return Registered(dx, dy, not why, residual, sentence, local)


def _doubt(tried: _Tried, rules: _Rules) -> str:
    """The reason why a shift is not to be relied on; empty where there is none."""
    count = len(tried.shifts)
    if count < _LEAST_TILES:
        return Phrase(
            "Only {places} enough of the ground in both.", places=counted(count, "place shows", "places show")
        )
    agreeing = tried.agreeing
    agree = int(agreeing.sum())
    if agree < max(_LEAST_TILES, math.ceil(count * rules.agreeing)):
        tiles = counted(count, "tile")
        return Phrase(
            "Only {agree} of {tiles} agree on one shift: they do not match, or differ by more than a shift.",
            agree=agree,
            tiles=tiles,
        )
    alike = float(np.median(tried.alike[agreeing]))
    trough, rival = tried.landscape()
    if trough > rules.trough or (alike < _ALIKE and tried.echo() > _MOST_ECHO):
        return Phrase("Light and shadow lie on other sides in the two, as if the sun was elsewhere.")
    if alike < rules.alike:
        return Phrase(
            "They look too unlike where they agree best (correlation {alike}): other season, light or content.",
            alike=f"{alike:.2f}",
        )
    if rival > rules.rival or tried.repeats() > _MOST_REPEATED:
        return Phrase("They fit at several shifts about as well: what they show repeats itself.")
    return ""
