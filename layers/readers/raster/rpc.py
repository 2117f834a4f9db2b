"""Rational polynomial coefficients: pixels of positions on the ground at one height, and back.

Source: NGA.SIP.0001 and STDI-0002 (RPC00B). Longitude, latitude in degrees, heights above the ellipsoid in metres.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.measure import distance_m
from layers.readers.files import is_readable
from layers.readers.raster.warp import Warp, rough_affine

Floats = NDArray[np.float64]

_MAX_TEXT_BYTES = 65536
_NEWTON_STEPS = 12
_LATTICE = 5
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_OFFSETS = ("LINE_OFF", "SAMP_OFF", "LAT_OFF", "LONG_OFF", "HEIGHT_OFF")
_SCALES = ("LINE_SCALE", "SAMP_SCALE", "LAT_SCALE", "LONG_SCALE", "HEIGHT_SCALE")
_RPB_NAMES = {
    "LINE_OFF": "lineOffset",
    "SAMP_OFF": "sampOffset",
    "LAT_OFF": "latOffset",
    "LONG_OFF": "longOffset",
    "HEIGHT_OFF": "heightOffset",
    "LINE_SCALE": "lineScale",
    "SAMP_SCALE": "sampScale",
    "LAT_SCALE": "latScale",
    "LONG_SCALE": "longScale",
    "HEIGHT_SCALE": "heightScale",
    "LINE_NUM": "lineNumCoef",
    "LINE_DEN": "lineDenCoef",
    "SAMP_NUM": "sampNumCoef",
    "SAMP_DEN": "sampDenCoef",
}


class Rpc(Struct, frozen=True, eq=False):
    """`offsets` and `scales` of line, sample, latitude, longitude, height; four rows of 20 `coefficients`."""

    offsets: tuple[float, ...]
    scales: tuple[float, ...]
    coefficients: Floats

    @classmethod
    def of_rasterio(cls, rpcs: Any) -> Self | None:
        """Build an RPC from what rasterio read out of the file; None where a number is missing or makes no sense."""
        pairs = [(getattr(rpcs, f"{n}_off"), getattr(rpcs, f"{n}_scale")) for n in ("line", "samp", "lat", "long")]
        pairs.append((rpcs.height_off, rpcs.height_scale))
        rows = (rpcs.line_num_coeff, rpcs.line_den_coeff, rpcs.samp_num_coeff, rpcs.samp_den_coeff)
        return cls.of_numbers([p[0] for p in pairs], [p[1] for p in pairs], rows)

    @classmethod
    def of_numbers(cls, offsets: Sequence[float], scales: Sequence[float], rows: Sequence[Any]) -> Self | None:
        """Build an RPC from offsets, scales and coefficients; None where a number is missing or makes no sense."""
        try:
            coefficients = np.array([[float(v) for v in row] for row in rows])
            rpc = cls(tuple(float(v) for v in offsets), tuple(float(v) for v in scales), coefficients)
        except (TypeError, ValueError):
            return None
        numbers = np.array([*rpc.offsets, *rpc.scales])
        if coefficients.shape != (4, 20) or not np.isfinite(numbers).all() or not np.isfinite(coefficients).all():
            return None
        dens = (coefficients[1], coefficients[3])
        return None if 0.0 in rpc.scales or not all(d.any() for d in dens) else rpc

    @property
    def height_off_m(self) -> float:
        return self.offsets[4]

    def pixels(self, lon: Floats, lat: Floats, height_m: float) -> tuple[Floats, Floats]:
        """Columns and rows, pixel edges at whole numbers (RPCs count the first pixel's centre as 0)."""
        y, x = (lat - self.offsets[2]) / self.scales[2], (lon - self.offsets[3]) / self.scales[3]
        z = np.full_like(x, (height_m - self.offsets[4]) / self.scales[4])
        terms = np.stack([
            np.ones_like(x), x, y, z, x * y, x * z, y * z, x * x, y * y, z * z,
            x * y * z, x**3, x * y * y, x * z * z, x * x * y, y**3, y * z * z, x * x * z, y * y * z, z**3,
        ])  # fmt: skip
        with np.errstate(divide="ignore", invalid="ignore"):
            line_num, line_den, samp_num, samp_den = np.tensordot(self.coefficients, terms, 1)
            rows = line_num / line_den * self.scales[0] + self.offsets[0] + 0.5
            cols = samp_num / samp_den * self.scales[1] + self.offsets[1] + 0.5
        return cols, rows

    def ground(self, cols: Floats, rows: Floats, height_m: float) -> tuple[Floats, Floats]:
        """Longitudes and latitudes of pixel positions at a height, by Newton's method; nan where it does not end."""
        lon, lat = np.full_like(cols, self.offsets[3]), np.full_like(rows, self.offsets[2])
        step_lon, step_lat = 1e-4 * self.scales[3], 1e-4 * self.scales[2]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for _ in range(_NEWTON_STEPS):
                px, py = self.pixels(lon, lat, height_m)
                east_x, east_y = self.pixels(lon + step_lon, lat, height_m)
                north_x, north_y = self.pixels(lon, lat + step_lat, height_m)
                a, d = (east_x - px) / step_lon, (east_y - py) / step_lon
                b, e = (north_x - px) / step_lat, (north_y - py) / step_lat
                det = a * e - b * d
                lon = lon + (e * (cols - px) - b * (rows - py)) / det
                lat = lat + (a * (rows - py) - d * (cols - px)) / det
            px, py = self.pixels(lon, lat, height_m)
            lost = ~(np.hypot(px - cols, py - rows) < 0.01)
        return np.where(lost, np.nan, lon), np.where(lost, np.nan, lat)

    def warp(self, width: int, height: int, height_m: float) -> Warp | None:
        """Return the warp from longitude and latitude to pixels at one height; None where there is none."""
        cols, rows = np.meshgrid(np.linspace(0, width, _LATTICE), np.linspace(0, height, _LATTICE))
        lon, lat = self.ground(cols.ravel(), rows.ravel(), height_m)
        if not np.isfinite(lon).all() or np.abs(lat).max() > 90:
            return None
        rough = rough_affine(cols.ravel(), rows.ravel(), lon, lat)
        return None if rough is None else Warp(lambda x, y: self.pixels(x, y, height_m), rough, width, height)

    def displacement_m(self, width: int, height: int, height_m: float) -> float:
        """Distance in metres by which ground 100 m higher is drawn from its place, in the middle of the picture."""
        cols, rows = np.array([width / 2]), np.array([height / 2])
        here, there = self.ground(cols, rows, height_m), self.ground(cols, rows, height_m + 100.0)
        points = [float(v[0]) for v in (*here, *there)]
        return distance_m(*points) if np.isfinite(points).all() else float("nan")


def read_rpc_beside(path: str) -> Rpc | None:
    """The RPC in name.RPB, name_RPC.TXT or name.RPC.TXT beside a picture, None where there is none that is whole."""
    stem = os.path.splitext(path)[0]
    for ending in (".RPB", ".rpb", "_RPC.TXT", "_rpc.txt", "_RPC.txt", ".RPC.TXT"):
        if is_readable(stem + ending):
            with open(stem + ending, "rb") as file:
                text = file.read(_MAX_TEXT_BYTES).decode("latin-1")
            return parse_rpb(text) if ending.lower() == ".rpb" else _parse_text(text)
    return None


def read_rpb(path: str) -> Rpc | None:
    """The RPC in a file of Maxar's RPB form, None where it is not whole."""
    with open(path, "rb") as file:
        return parse_rpb(file.read(_MAX_TEXT_BYTES).decode("latin-1"))


def parse_rpb(text: str) -> Rpc | None:
    """DigitalGlobe's RPB: name = number; name = (number, ... number);"""
    fields: dict[str, str] = {}
    for statement in text.split(";")[:-1]:
        before, equals, value = statement.rpartition("=")
        if equals and before.strip():
            fields.setdefault(before.split()[-1], value)

    def numbers(name: str) -> list[float]:
        return [float(v) for v in _NUMBER.findall(fields.get(_RPB_NAMES[name], ""))]

    rows = [numbers(f"{axis}_{part}") for axis in ("LINE", "SAMP") for part in ("NUM", "DEN")]
    return _of_lists([numbers(n) for n in _OFFSETS], [numbers(n) for n in _SCALES], rows)


def _parse_text(text: str) -> Rpc | None:
    """NAME: number, one a line; LINE_NUM_COEFF_1 to SAMP_DEN_COEFF_20."""
    numbers = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        number = _NUMBER.search(value)
        if number:
            numbers[name.strip().upper()] = float(number.group())
    rows = [
        [numbers[n] for i in range(1, 21) if (n := f"{axis}_{part}_COEFF_{i}") in numbers]
        for axis in ("LINE", "SAMP")
        for part in ("NUM", "DEN")
    ]
    offsets, scales = ([[numbers[n]] if n in numbers else [] for n in names] for names in (_OFFSETS, _SCALES))
    return _of_lists(offsets, scales, rows)


def _of_lists(offsets: list[list[float]], scales: list[list[float]], rows: list[list[float]]) -> Rpc | None:
    if not all(len(v) == 1 for v in (*offsets, *scales)) or not all(len(row) == 20 for row in rows):
        return None
    return Rpc.of_numbers([v[0] for v in offsets], [v[0] for v in scales], rows)
