"""File filters of the dialog that opens files, by the endings of names. The content is examined later."""

from __future__ import annotations

import os

from viewer.support.language.translation import translate

CASES = ("*.gpkg",)
IMAGES = (
    "*.tif", "*.tiff", "*.jp2", "*.j2k", "*.ntf", "*.nitf", "*.nsf", "*.vrt", "*.mbtiles", "*.gpkg", "*.png", "*.jpg",
    "*.jpeg", "*.img", "*.dat", "*.bsq", "*.bil", "*.bip", "*.nc", "*.nc4", "*.cdf", "*.h5", "*.he5", "*.hdf5", "*.hdf",
    "*.webp", "*.pmtiles", "*.hgt", "*.dt0", "*.dt1", "*.dt2", "*.asc",
)  # fmt: skip
DELIVERIES = (
    "MTD_MSIL*.xml",
    "S2?_*_MTD_SAFL*.xml",
    "manifest.safe",
    "S1*.zip",
    "S2*.zip",
    "L???_*.tar",
    "*_MTL.txt",
    "*_MTL.json",
    "*_MTL.xml",
    "DIM_*.XML",
    "VOL_*.XML",
    "*.IMD",
    "*.TIL",
    "*_metadata.json",
    "*_metadata.xml",
)
"""Files that describe a whole delivery of Sentinel, Landsat, Airbus, Maxar or Planet."""
VECTORS = (
    "*.shp", "*.gpkg", "*.fgb", "*.geojson", "*.json", "*.geojsonl", "*.geojsons", "*.geojsonseq", "*.ndjson",
    "*.jsonl", "*.kml", "*.kmz", "*.gpx", "*.gml", "*.gdbtable", "*.csv", "*.tsv", "*.tab", "*.txt", "*.xlsx",
)  # fmt: skip


def known_ending(path: str) -> str:
    """Ending of a file's name where the filters have it, such as ".tif"; else empty."""
    ending = os.path.splitext(path)[1].lower()
    return ending if f"*{ending}" in (*IMAGES, *VECTORS) else ""


def table_filters() -> str:
    """Filters for `QFileDialog`: tables and vector files, whose rows can be sites."""
    kinds = (translate("FileKinds", "Vectors and tables"), VECTORS), (translate("FileKinds", "All files"), ("*",))
    return ";;".join(f"{title} ({' '.join(patterns)})" for title, patterns in kinds)


def name_filters() -> str:
    """Filters for `QFileDialog`: all files that can be opened, then one kind after another."""

    everything = tuple(dict.fromkeys((*CASES, *IMAGES, *DELIVERIES, *VECTORS)))
    kinds = (
        (translate("FileKinds", "All that Geoloupe opens"), everything),
        (translate("FileKinds", "Imagery"), IMAGES),
        (translate("FileKinds", "Deliveries, by the file that describes them"), DELIVERIES),
        (translate("FileKinds", "Vectors and tables"), VECTORS),
        (translate("FileKinds", "Cases"), CASES),
        (translate("FileKinds", "All files"), ("*",)),
    )
    return ";;".join(f"{title} ({' '.join(patterns)})" for title, patterns in kinds)
