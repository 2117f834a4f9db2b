"""Tags of a photograph that a camera with a position took, as GDAL names those of EXIF."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import rasterio.shutil
from rasterio.io import MemoryFile

TAGS = {
    "EXIF_GPSLatitudeRef": "N",
    "EXIF_GPSLatitude": "(50) (15) (3)",
    "EXIF_GPSLongitudeRef": "E",
    "EXIF_GPSLongitude": "(31) (30) (0)",
    "EXIF_DateTimeOriginal": "2024:05:06 07:08:09",
    "EXIF_Make": "Canon",
    "EXIF_Model": "Canon EOS R5",
}


def write_photograph(path: Path, **more: str) -> Path:
    """A small JPEG as such a camera writes it."""
    with warnings.catch_warnings(), MemoryFile() as memory:
        warnings.simplefilter("ignore")
        with memory.open(driver="GTiff", width=64, height=48, count=3, dtype="uint8") as file:
            file.write(np.full((3, 48, 64), 90, np.uint8))
            file.update_tags(**{**TAGS, **more})
        with memory.open() as file:
            rasterio.shutil.copy(file, path, driver="JPEG")
    Path(f"{path}.aux.xml").unlink(missing_ok=True)
    return path
