"""The RPC of one tile of a delivered image: the delivery's RPC is of the whole image, and is moved to the tile."""

from __future__ import annotations

import os
import re
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from layers.errors import GeoloupeError
from layers.readers.raster.rpc import Rpc, read_rpb
from layers.readers.sidecars.sidecar_groups import read_imd
from layers.readers.sidecars.sidecar_text import read_xml
from layers.readers.sidecars.sidecar_values import inside, number, words

_TILE = re.compile(r"_R(\d{1,4})C(\d{1,4})(?=[-._]|$)", re.IGNORECASE)
_OFFSETS = ("LINE_OFF", "SAMP_OFF", "LAT_OFF", "LONG_OFF", "HEIGHT_OFF")
_SCALES = ("LINE_SCALE", "SAMP_SCALE", "LAT_SCALE", "LONG_SCALE", "HEIGHT_SCALE")
_ROWS = ("LINE_NUM", "LINE_DEN", "SAMP_NUM", "SAMP_DEN")
_FIRST_PIXEL = 1.0


def rpc_of_tile(path: str) -> Rpc | None:
    """Return the RPC of a tile; None where its image has none, or where its place in the image is not certain."""
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    tile = _TILE.search(stem)
    if tile is None:
        return None
    whole = stem[: tile.start()] + stem[tile.end() :]
    try:
        if whole.upper().startswith("IMG_"):
            return _of_dimap(folder, whole[4:], int(tile[1]), int(tile[2]))
        return _of_maxar(folder, whole, name)
    except GeoloupeError:
        return None  # a damaged sidecar is as good as none: the image says that it has no place


def _of_maxar(folder: str, whole: str, name: str) -> Rpc | None:
    rpb, til = (inside(folder, f"{whole}.{suffix}") for suffix in ("RPB", "TIL"))
    if not rpb or not til:
        return None
    for tile in read_imd(til).named("TILE"):
        if os.path.basename(tile.values.get("filename", "")).lower() == name.lower():
            col, row = (number(tile.values.get(key), 0) for key in ("ulcoloffset", "ulrowoffset"))
            return _moved(read_rpb(rpb), row, col)
    return None


def _of_dimap(folder: str, whole: str, tile_row: int, tile_col: int) -> Rpc | None:
    rpc, dim = (inside(folder, f"{kind}_{whole}.XML") for kind in ("RPC", "DIM"))
    if not rpc or not dim:
        return None
    root = read_xml(dim).find("Raster_Data/Raster_Dimensions/Tile_Set/Regular_Tiling")
    size = None if root is None else root.find("NTILES_SIZE")
    rows, cols = (0.0, 0.0) if size is None else (number(size.get(key), 1) for key in ("nrows", "ncols"))
    overlaps = any(number(words(root, f"OVERLAP_{axis}")) for axis in ("ROW", "COL"))
    if (tile_row, tile_col) != (1, 1) and (size is None or rows is None or cols is None or overlaps):
        return None
    return _moved(_dimap_rpc(read_xml(rpc)), (tile_row - 1) * (rows or 0.0), (tile_col - 1) * (cols or 0.0))


def _dimap_rpc(root: Element) -> Rpc | None:
    model = root.find("Rational_Function_Model/Global_RFM")
    inverse, validity = (None if model is None else model.find(tag) for tag in ("Inverse_Model", "RFM_Validity"))
    if inverse is None or validity is None:
        return None
    offsets = [number(words(validity, name)) for name in _OFFSETS]
    scales = [number(words(validity, name)) for name in _SCALES]
    rows = [[number(words(inverse, f"{row}_COEFF_{i}")) for i in range(1, 21)] for row in _ROWS]
    if None in offsets or None in scales:
        return None
    rpc = Rpc.of_numbers([v for v in offsets if v is not None], [v for v in scales if v is not None], rows)
    return _moved(rpc, _FIRST_PIXEL, _FIRST_PIXEL)


def _moved(rpc: Rpc | None, row: float | None, col: float | None) -> Rpc | None:
    """The RPC of the pixels from `row`, `col` on."""
    if rpc is None or row is None or col is None:
        return None
    line, sample, *others = rpc.offsets
    return replace(rpc, offsets=(line - row, sample - col, *others))
