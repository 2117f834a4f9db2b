"""Questions about pictures to be written: assembled from strips (TIFF, JPEG, WebP), or from others and encoded anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from msgspec import Struct, field
from msgspec.structs import replace

from layers.grid.tile_grid import Affine
from layers.requests.question import Question

ENCODED = ("JPEG", "WEBP", "COG")
_NO_PLACE = Affine(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class WriteStrip(Question, frozen=True):
    """Write rows of RGB, into the TIFF `out`, which is ours alone; the strip at `top` 0, the first, makes it."""

    op: ClassVar[str] = "write_strip"
    out: str = ""
    raw: str = ""
    """A file with the bytes of the rows, beside `out`."""
    width: int = 0
    height: int = 0
    """Height of the whole picture."""
    top: int = 0
    rows: int = 0
    packed: bool = True
    """True for lossless compression; False where it is encoded anew in a moment."""
    crs: str = ""
    """Empty for a picture that is no map."""
    affine: Affine = _NO_PLACE
    """Converts pixels into that CRS."""
    dpi: float = 0.0
    texts: dict[str, str] = field(default_factory=dict)
    """Texts by the names of TIFF's tags (TIFFTAG_...), or of others that GDAL keeps."""
    xmp: str = ""

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        question = super().of(params)
        return replace(question, affine=Affine(*question.affine))


class WritePixels(WriteStrip, frozen=True):
    """The same of raw pixels: `raw` holds the rows of one band after another, then a byte a pixel, 0 for no data."""

    op: ClassVar[str] = "write_pixels"
    dtype: str = "uint8"
    bands: int = 1
    nodata: float | None = None
    names: tuple[str, ...] = ()
    """Names of the bands."""
    colors: tuple[str, ...] = ()
    """Colours of the bands: GDAL's colour interpretations in lower case."""
    palette: tuple[tuple[int, int, int, int], ...] = ()
    """RGBA by value, of the first band."""


class EncodePicture(Question, frozen=True):
    """Write the TIFF `tiff`, of `WriteStrip`, as a JPEG, WebP or Cloud Optimized GeoTIFF `out` beside it."""

    op: ClassVar[str] = "encode_picture"
    tiff: str = ""
    out: str = ""
    format: str = "JPEG"
    quality: int = 92


class RecodedFacts(Struct, frozen=True):
    """The header of a picture that was encoded anew; its size in pixels."""

    content_type: str
    width: int
    height: int


class RecodePicture(Question, frozen=True):
    """Decode a picture that somebody else made, a PNG, JPEG or WebP, and encode its pixels anew. One array: the bytes.

    Header `RecodedFacts`. A JPEG stays one; the others become PNG, which every program shows.
    """

    op: ClassVar[str] = "recode_picture"
    data: str = ""
    """Bytes of the picture in Base64: no file that a reader may open holds them."""
    content_type: str = ""
    width: int = 0
    height: int = 0
    """Height, as `width` judged by the first bytes: a picture of another size is refused."""

    @classmethod
    def facts_kind(cls) -> Any:
        return RecodedFacts
