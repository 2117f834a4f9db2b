"""GeoTIFFs of every dtype, form, place, mask and meaning of bands."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

from tests.corpus.odd import Odd
from tests.corpus.pictures import PLACES, at, rgb, simple, size_of, values_of, write

RANGES = {
    "uint8": (1, 250),
    "int8": (-120, 120),
    "uint16": (5, 65_000),
    "int16": (-32_000, 32_000),
    "uint32": (7, 4e9),
    "int32": (-2e9, 2e9),
    "uint64": (9, 2**53),
    "int64": (-(2**52), 2**52),
    "float16": (-2000, 2000),
    "float32": (-1e6, 1e6),
    "float64": (-1e12, 1e12),
    "complex_int16": (1, 30_000),
    "complex64": (1, 1e4),
    "complex128": (1, 1e9),
}


def geotiffs() -> list[Odd]:
    """All of them."""
    return [*_dtypes(), *_places(), *_forms(), *_masks(), *_meanings()]


def _dtypes() -> list[Odd]:
    unlike: dict[str, dict[str, Any]] = {
        "float16": {"written": {"dtypes": ["float16"]}, "why": "GDAL before 3.11 reads 16 bit floats as 32 bit"}
    }
    found = [Odd(f"dtype {name}", partial(_of_dtype, name), **unlike.get(name, {})) for name in RANGES]
    return [
        *found,
        *(Odd(f"{bits} bits a pixel", partial(_of_bits, bits)) for bits in (1, 2, 4, 12)),
        Odd("palette of 256", partial(_palette, 8)),
        Odd("palette of 16 with a hole", partial(_palette, 4)),
    ]


def _of_dtype(name: str, folder: Path, rng: np.random.Generator) -> Path:
    kind = np.dtype("complex64" if name == "complex_int16" else name)
    values = values_of(int(rng.integers(1, 6)), *size_of(rng), *RANGES[name])
    values = values if kind.kind == "f" else np.rint(values)
    stored = values.astype(kind)
    if kind.kind == "c":
        stored = (stored * kind.type(0.6 + 0.8j)).round()
    place = PLACES[["utm north", "degrees", "utm south", "web mercator"][int(rng.integers(4))]]
    return write(folder / f"{name}.tif", stored, place.crs, at(place), dtype=name)


def _of_bits(bits: int, folder: Path, rng: np.random.Generator) -> Path:
    most = 2**bits
    values = np.rint(values_of(1, *size_of(rng), 0, 8 * most)).astype(np.uint16) % most
    kind = np.uint8 if bits <= 8 else np.uint16
    place = PLACES["degrees"]
    return write(folder / f"{bits} bits.tif", values.astype(kind), place.crs, at(place), nbits=bits)


def _palette(bits: int, folder: Path, rng: np.random.Generator) -> Path:
    most = 2**bits
    values = (np.rint(values_of(1, *size_of(rng), 0, 3 * most)) % most).astype(np.uint8)
    place = PLACES["utm south"]
    colours = {at: (*(int(part) for part in rng.integers(60, 256, 3)), 255) for at in range(most)}
    if bits == 4:
        colours[3] = (0, 0, 0, 0)
    path = folder / "palette.tif"
    count, height, width = values.shape
    profile = {"driver": "GTiff", "dtype": "uint8", "nbits": bits, "photometric": "PALETTE"}
    with rasterio.open(
        path, "w", width=width, height=height, count=count, crs=place.crs, transform=at(place), **profile
    ) as out:
        out.write(values)
        out.write_colormap(1, colours)
    return path


def _places() -> list[Odd]:
    return [Odd(f"place {name}", partial(_at_place, name)) for name in PLACES]


def _at_place(name: str, folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES[name]
    height, width = (12, 24) if name == "whole earth" else size_of(rng)
    values = values_of(2, height, width, 100, 9_000).astype(np.float32)
    return write(folder / f"{name}.tif", values, place.crs, at(place))


def _forms() -> list[Odd]:
    turned: dict[str, tuple[float, ...]] = {
        "rotated": (math.cos(0.4), math.sin(0.4), math.sin(0.4), -math.cos(0.4)),
        "turned by 90 degrees": (0, 1, 1, 0),
        "upside down and mirrored": (-1, 0, 0, 1),
        "mirrored": (-1, 0, 0, -1),
        "south up": (1, 0, 0, 1),
        "sheared": (1, 0.35, 0.1, -1),
        "flat pixels": (1, 0, 0, -0.2),
    }
    return [
        *(Odd(f"form {name}", partial(_turned, turn)) for name, turn in turned.items()),
        Odd("form rotated by a pole", partial(_turned, (0.7, 0.7, 0.7, -0.7), place="beside the north pole")),
        Odd("form south up in degrees", partial(_turned, (0.001, 0, 0, 0.001), place="degrees")),
        Odd("form rotated in degrees", partial(_turned, (0.0008, 0.0006, 0.0006, -0.0008), place="degrees")),
        *(
            Odd(f"size {w} x {h}", partial(_sized, w, h))
            for w, h in ((1, 1), (1, 40), (40, 1), (2, 2), (3, 1), (700, 2))
        ),
        Odd("one pixel of the whole earth", partial(_sized, 1, 1, whole_earth=True)),
        Odd("pixel is a point", partial(simple_in, "point.tif", place="degrees", AREA_OR_POINT="Point")),
        Odd("tiled of one pixel more", _tiled),
        Odd("big tiff of motorola", partial(simple_in, "big.tif", BIGTIFF="YES", ENDIANNESS="BIG", bands=3)),
        Odd("interleaved by band", partial(simple_in, "band.tif", interleave="band", bands=4, compress="deflate")),
        Odd("compressed lzw predictor", partial(simple_in, "lzw.tif", compress="lzw", predictor=2, bands=2)),
        Odd("compressed zstd", partial(simple_in, "zstd.tif", compress="zstd")),
        Odd("compressed packbits", partial(simple_in, "packbits.tif", compress="packbits")),
        Odd("compressed lerc", partial(simple_in, "lerc.tif", compress="lerc")),
        Odd("jpeg in tiff", partial(_jpeg_in_tiff, "RGB")),
        Odd("sparse", _sparse),
    ]


def simple_in(
    name: str, folder: Path, rng: np.random.Generator, place: str = "utm north", bands: int = 1, **options: Any
) -> Path:
    """A plain picture with options of its driver, or a tag."""
    point = options.pop("AREA_OR_POINT", "")
    path = simple(folder / name, rng, place, bands, **options)
    if point:
        with rasterio.open(path, "r+") as out:
            out.update_tags(AREA_OR_POINT=point)
    return path


def _turned(turn: tuple[float, ...], folder: Path, rng: np.random.Generator, place: str = "utm north") -> Path:
    where = PLACES[place]
    scale = where.pixel if place != "degrees" else 1.0
    a, b, d, e = (part * scale for part in turn)
    values = np.rint(values_of(2, *size_of(rng), 20, 4_000)).astype(np.uint16)
    return write(folder / "turned.tif", values, where.crs, Affine(a, b, where.x, d, e, where.y))


def _sized(width: int, height: int, folder: Path, rng: np.random.Generator, whole_earth: bool = False) -> Path:
    values = values_of(1, height, width, 40, 900).astype(np.float32) + 7
    if whole_earth:
        return write(folder / "earth.tif", values, "EPSG:4326", Affine(360, 0, -180, 0, -180, 90))
    x, y = float(rng.uniform(2e5, 7e5)), float(rng.uniform(1e5, 9e6))
    return write(folder / f"{width}x{height}.tif", values, "EPSG:32631", Affine(12, 0, x, 0, -12, y))


def _tiled(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["utm north"]
    values = np.rint(values_of(1, 129, 257, 0, 60_000)).astype(np.uint16)
    path = write(folder / "tiled.tif", values, place.crs, at(place), tiled=True, blockxsize=128, blockysize=128)
    with rasterio.open(path, "r+") as out:
        out.build_overviews([2, 4, 8], rasterio.enums.Resampling.average)
    return path


def _jpeg_in_tiff(photometric: str, folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["web mercator"]
    options = {"compress": "jpeg", "photometric": photometric, "interleave": "pixel", "JPEG_QUALITY": 100}
    return write(folder / "jpeg.tif", rgb(rng), place.crs, at(place), **options)


def _sparse(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["utm north"]
    path = folder / "sparse.tif"
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "width": 256, "height": 256, "SPARSE_OK": True}
    with rasterio.open(
        path, "w", crs=place.crs, transform=at(place), tiled=True, blockxsize=128, blockysize=128, nodata=-5, **profile
    ) as out:
        values = np.rint(values_of(1, 128, 128, 100, 9_000)).astype(np.int16)
        out.write(values, window=rasterio.windows.Window(128, 128, 128, 128))
    return path


def _masks() -> list[Odd]:
    nodata: dict[str, tuple[str, Any]] = {
        "nan": ("float32", math.nan),
        "inf": ("float32", math.inf),
        "minus inf": ("float64", -math.inf),
        "lowest float": ("float32", float(np.finfo(np.float32).min)),
        "zero": ("uint8", 0),
        "255": ("uint8", 255),
        "negative": ("int16", -32768),
        "large": ("int64", -(2**53)),
        "of a fraction": ("float32", 0.1),
    }
    return [
        *(Odd(f"nodata {name}", partial(_nodata, dtype, value)) for name, (dtype, value) in nodata.items()),
        Odd(
            "nodata out of range",
            _nodata_out_of_range,
            written={"nodata": [None]},
            why="no byte is 300: it marks nothing",
        ),
        Odd("nodata is text in the tag", _nodata_text),
        Odd("nan without nodata", partial(_nodata, "float32", None)),
        Odd("all nodata", _all_nodata, says="at this size no pixel of it has a value"),
        Odd("internal mask", partial(_masked, True)),
        Odd("external mask", partial(_masked, False)),
        Odd("alpha of byte", partial(_alpha, np.uint8)),
        Odd("alpha of uint16", partial(_alpha, np.uint16)),
        Odd("alpha of one grey band", _grey_alpha),
    ]


def _nodata(dtype: str, value: Any, folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["utm south"]
    values = values_of(1, *size_of(rng), 10, 240).astype(dtype)
    hole = math.nan if value is None else value
    values[:, 7:12, 9:15] = hole
    values[:, 0, :3] = hole
    return write(folder / "nodata.tif", values, place.crs, at(place), nodata=value)


def _nodata_out_of_range(folder: Path, rng: np.random.Generator) -> Path:
    return _renamed(simple(folder / "range.tif", rng, nodata=200), b"200\0", b"300\0")


def _nodata_text(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["degrees"]
    values = values_of(1, *size_of(rng), 10, 240).astype(np.float32)
    values[:, 4:9, 4:9] = -999
    path = write(folder / "text.tif", values, place.crs, at(place), nodata=-12345.0)
    return _renamed(path, b"-12345\0", b"-999.0\0")


def _renamed(path: Path, old: bytes, new: bytes) -> Path:
    """Another text in the tag than GDAL would write there."""
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))
    return path


def _all_nodata(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["utm north"]
    return write(folder / "empty.tif", np.full((1, *size_of(rng)), -1, np.int16), place.crs, at(place), nodata=-1)


def _masked(inside: bool, folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["british grid"]
    values = np.rint(values_of(1, *size_of(rng), 20, 240)).astype(np.uint8)
    mask = np.full(values.shape[1:], 255, np.uint8)
    mask[:, :6] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside):
        path = write(folder / "masked.tif", values, place.crs, at(place))
        with rasterio.open(path, "r+") as out:
            out.write_mask(mask)
    assert inside != path.with_name("masked.tif.msk").exists()
    return path


def _alpha(kind: type, folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["degrees"]
    scale = 1 if kind is np.uint8 else 257
    values = rgb(rng)
    alpha = np.full((1, *values.shape[1:]), 255)
    alpha[:, :5] = 0
    stored = (np.concatenate([values.astype(np.int64), alpha]) * scale).astype(kind)
    return write(folder / "alpha.tif", stored, place.crs, at(place), photometric="RGB", alpha="UNSPECIFIED")


def _grey_alpha(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["degrees"]
    values = np.rint(values_of(2, *size_of(rng), 20, 240)).astype(np.uint8)
    values[1] = 255
    values[1, :, -4:] = 0
    return write(folder / "grey.tif", values, place.crs, at(place), alpha="YES")


def _meanings() -> list[Odd]:
    red, green, blue, grey = ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.gray
    found: list[tuple[str, list[ColorInterp]]] = [
        ("red green blue", [red, green, blue]),
        ("blue green red", [blue, green, red]),
        ("two reds", [red, red, blue]),
        ("alpha first", [ColorInterp.alpha, red, green, blue]),
        ("hue saturation lightness", [ColorInterp.hue, ColorInterp.saturation, ColorInterp.lightness]),
        ("cyan magenta yellow black", [ColorInterp.cyan, ColorInterp.magenta, ColorInterp.yellow, ColorInterp.black]),
        ("grey and nothing", [grey, ColorInterp.undefined]),
        ("green alone", [green]),
    ]
    return [
        *(Odd(f"bands {name}", partial(_meaning, order)) for name, order in found),
        Odd("scale and offset", _scaled),
        Odd("bands with names in three scripts", _named),
        Odd("two hundred bands", _many_bands),
    ]


def _meaning(order: list[ColorInterp], folder: Path, rng: np.random.Generator) -> Path:
    place, base = PLACES["utm north"], rgb(rng)
    stored = np.stack([base[index % 3] for index in range(len(order))])
    for index, kind in enumerate(order):
        if kind is ColorInterp.alpha:
            stored[index] = 255
    path = write(folder / "meaning.tif", stored, place.crs, at(place), photometric="MINISBLACK")
    with rasterio.open(path, "r+") as out:
        out.colorinterp = order
    return path


def _scaled(folder: Path, rng: np.random.Generator) -> Path:
    path = simple(folder / "scaled.tif", rng, bands=2)
    with rasterio.open(path, "r+") as out:
        out.scales, out.offsets, out.units = (0.0001, 2.5), (-273.15, 0.0), ("K", "m")
    return path


def _named(folder: Path, rng: np.random.Generator) -> Path:
    path = simple(folder / "named.tif", rng, bands=3)
    with rasterio.open(path, "r+") as out:
        for index, text in enumerate(("Красный", "近红外", "B8A, narrow "), 1):
            out.set_band_description(index, text)
    return path


def _many_bands(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["degrees"]
    values = np.rint(values_of(200, *size_of(rng), 0, 60_000)).astype(np.uint16)
    return write(folder / "many.tif", values, place.crs, at(place), interleave="band")
