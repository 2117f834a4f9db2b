"""Writes tiny ENVI rasters byte by byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np

NUMBERS = {np.dtype("uint8"): 1, np.dtype("int16"): 2, np.dtype("float32"): 4, np.dtype("uint16"): 12}
ORDERS = {"bsq": (0, 1, 2), "bil": (1, 0, 2), "bip": (1, 2, 0)}
PLACE = "map info = {UTM, 1, 1, 400000, 5751280, 10, 10, 52, North, WGS-84, units=Meters}"


def write_envi(
    path: Path,
    values: np.ndarray,
    interleave: str = "bsq",
    more: str = PLACE,
    order: str = "<",
    after_the_name: bool = False,
) -> Path:
    """(bands, h, w) values with a header, called after the whole name or with another end."""
    bands, lines, samples = values.shape
    path.write_bytes(values.transpose(ORDERS[interleave]).astype(values.dtype.newbyteorder(order)).tobytes())
    beside = path.with_name(f"{path.name}.hdr") if after_the_name else path.with_suffix(".hdr")
    beside.write_text(
        f"ENVI\ndescription = {{made\n by a test}}\nsamples = {samples}\nlines = {lines}\nbands = {bands}\n"
        f"header offset = 0\nfile type = ENVI Standard\ndata type = {NUMBERS[values.dtype]}\n"
        f"interleave = {interleave}\nbyte order = {int(order == '>')}\n{more}\n"
    )
    return path
