"""Rasters placed by control points and RPC, and what a reader says of them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.control import GroundControlPoint as Point
from rasterio.rpc import RPC

from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import SIZE, surface

POOL = ReaderPool(inline=True)
UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)


def tile(path: Path, crs: str, affine, size: int = 80, **more):
    params = {"path": str(path), "crs": crs, "affine": list(affine)[:6], "width": size, "height": size, "bands": [1]}
    answer = POOL.ask(raw("tile", {**params, **more}))
    return answer.arrays[0][0].astype(float), answer.arrays[1]


def points_of(curve: float, steps: int) -> list[Point]:
    """Control points of a turned picture, bent by up to `curve` pixels, with a kink no polynomial follows."""
    found = []
    for row in np.linspace(0, SIZE, steps):
        for col in np.linspace(0, SIZE, steps):
            u, v = col / SIZE - 0.5, row / SIZE - 0.5
            x, y = 10 * (col + 0.3 * row + curve * u * u * v), 10 * (0.2 * col - row + curve * np.sin(7 * u) * v)
            found.append(Point(row, col, UTM.left + x, UTM.top + y))
    return found


def rpc(height_off: float = 215.0) -> RPC:
    """A plausible pushbroom of 5 m pixels at 128 E 52 N, looking from the side, with some curvature."""
    line, samp = np.zeros(20), np.zeros(20)
    line[[1, 2, 3, 7, 10]] = 0.02, -1.0, 0.015, 0.002, 0.0005
    samp[[1, 2, 3, 4, 8]] = 1.0, 0.03, -0.21, 0.003, 0.001
    den = np.zeros(20)
    den[[0, 1, 3]] = 1.0, 0.0004, 0.0002
    return RPC(
        height_off=height_off,
        height_scale=500,
        lat_off=52.0,
        lat_scale=0.003,
        line_den_coeff=list(den),
        line_num_coeff=list(line),
        line_off=63.5,
        line_scale=64,
        long_off=128.0,
        long_scale=0.005,
        samp_den_coeff=list(den),
        samp_num_coeff=list(samp),
        samp_off=63.5,
        samp_scale=64,
    )


def with_rpc(folder: Path, driver: str = "GTiff", name: str = "a.tif", **more) -> Path:
    path = folder / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(
            path, "w", driver=driver, width=SIZE, height=SIZE, count=1, dtype="uint8", rpcs=rpc(), **more
        ) as out:
            out.write(surface().astype(np.uint8))
    return path


def rpb() -> str:
    r = rpc()
    names = ["line", "samp", "lat", "long", "height"]
    lines = [f"  {n}Offset = {getattr(r, n + '_off')};" for n in names]
    lines += [f"  {n}Scale = {getattr(r, n + '_scale')};" for n in names]
    for name, key in (
        ("lineNum", "line_num"),
        ("lineDen", "line_den"),
        ("sampNum", "samp_num"),
        ("sampDen", "samp_den"),
    ):
        numbers = ",\n".join(str(v) for v in getattr(r, f"{key}_coeff"))
        lines.append(f"  {name}Coef = (\n{numbers});")
    return 'satId = "WV02";\nBEGIN_GROUP = IMAGE\n' + "\n".join(lines) + "\nEND_GROUP = IMAGE\nEND;\n"
