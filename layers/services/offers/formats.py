"""Formats of pictures as services name them, in the order in which we ask for them."""

from __future__ import annotations

from collections.abc import Sequence

_BEST_FIRST = (
    ("vnd.jpeg-png", "jpgpng", "mixed"),  # JPEG where all is opaque, else PNG
    ("png32", "png24"),
    ("png",),
    ("webp",),
    ("jpeg", "jpg"),
)
_OTHERS = ("svg", "tiff", "geotiff", "kml", "pdf", "gif", "protobuf", "mvt", "utfgrid", "json", "html")


def drawn_formats(formats: Sequence[str]) -> list[str]:
    """The formats that are drawn, each as the server spells it, those with transparency first; a plain one before one
    with parameters. A format that the server left empty may be any.
    """
    ranked = []
    for spelling in dict.fromkeys(formats):
        name = spelling.lower()
        rank = next((at for at, words in enumerate(_BEST_FIRST) if any(word in name for word in words)), None)
        if rank is not None and not any(word in name for word in _OTHERS):
            ranked.append((rank, ";" in name or name.endswith("png8"), spelling))
        elif not name:
            ranked.append((len(_BEST_FIRST), False, spelling))
    return [spelling for _, _, spelling in sorted(ranked, key=lambda entry: entry[:2])]
